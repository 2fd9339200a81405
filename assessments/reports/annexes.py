"""The annexes: every criterion, every piece of evidence, differences from the self-assessment, eligibility."""

from __future__ import annotations

from assessments.eligibility import MET, NOT_STATED, UNMET, Condition
from assessments.reports.dataset import CriterionRow, EvaluationReport, Report
from assessments.reports.findings import criterion_cell, verdict_run, verdict_width
from assessments.reports.paper import MEASURE, Paper
from assessments.reports.tables import Cell, Column, RowTable, data_table
from assessments.reports.text import Style
from assessments.reports.wording import DASH, UNANSWERED, VERDICT_ORDER, day, joined, level, verdict
from assessments.standard import Bilingual, Item


def criteria(paper: Paper, data: Report, annex: str) -> None:
    """Annex: the full criterion table, one block an item."""
    paper.chapter(Bilingual("条款明细", "All criteria"), annex=annex)
    paper.note_line(
        Bilingual("证明材料前的编号见证明材料清单。", "The numbers before evidence refer to the list of evidence.")
    )
    numbers = _evidence_numbers(data)
    for item in data.edition.items.values():
        paper.heading(1, f"{item.code} {paper.say(item.name)}", listed=False)
        paper.add(_item_table(paper, data, item, numbers))


def _item_table(paper: Paper, data: Report, item: Item, numbers: dict[str, int]) -> RowTable:
    say, is_evaluation = paper.say, isinstance(data, EvaluationReport)
    columns = [
        Column(say(Bilingual("编码", "Code")), 56),
        Column(say(Bilingual("条款、说明与证明材料", "Criterion, notes and evidence")), 0),
        Column(say(Bilingual("自评", "Self")), verdict_width(paper)),
    ]
    if is_evaluation:
        columns.append(Column(say(Bilingual("评估", "Assessed")), verdict_width(paper)))
    columns[1] = Column(columns[1].title, MEASURE - sum(c.width for c in columns))
    rows: list[list[Cell]] = []
    for criterion in item.criteria:
        row = data.row(criterion.code)
        cells: list[Cell] = [
            criterion.code,
            criterion_cell(paper, criterion, _parts(data, row, numbers, "; " if paper.is_english else "；")),
            verdict_run(paper, row.self_verdict),
        ]
        if is_evaluation:
            cells.append(verdict_run(paper, row.assessed_verdict))
        rows.append(cells)
    return data_table(paper.face, columns, rows, padding=2.8)


def _parts(data: Report, row: CriterionRow, numbers: dict[str, int], separator: str) -> list[tuple[Bilingual, str]]:
    evidence = separator.join(f"[{numbers[name]}] {name}" for name in row.evidence)
    parts = [(Bilingual("不适用理由", "Reason for not applicable"), row.na_reason)]
    if isinstance(data, EvaluationReport):
        parts.append((Bilingual("评语", "Remark"), row.remark))
    else:
        parts.append((Bilingual("说明", "Note"), row.self_note))
    parts.append((Bilingual("证明材料", "Evidence"), evidence))
    return parts


def _evidence_numbers(data: Report) -> dict[str, int]:
    """Evidence names numbered in the order of the criteria they are first attached to."""
    numbers: dict[str, int] = {}
    for code in data.edition.criteria:
        for name in data.row(code).evidence:
            numbers.setdefault(name, len(numbers) + 1)
    return numbers


def evidence(paper: Paper, data: Report, annex: str) -> None:
    """Annex: each piece of evidence once, with the criteria it supports."""
    say = paper.say
    paper.chapter(Bilingual("证明材料清单", "List of evidence"), annex=annex)
    numbers = _evidence_numbers(data)
    if not numbers:
        paper.paragraph(Bilingual("没有附证明材料。", "No evidence is attached."))
        return
    used: dict[str, list[str]] = {}
    for code in data.edition.criteria:
        for name in data.row(code).evidence:
            used.setdefault(name, []).append(code)
    covered = sum(bool(data.row(code).evidence) for code in data.edition.criteria)
    total = len(data.edition.criteria)
    paper.paragraph(
        Bilingual(
            f"共 {len(numbers)} 份材料，支持 {covered} 条条款（全部 {total} 条）。",
            f"{len(numbers)} pieces of evidence support {covered} of {total} criteria.",
        )
    )
    columns = [
        Column(say(Bilingual("编号", "No.")), 34, "right"),
        Column(say(Bilingual("名称", "Name")), 222),
        Column(say(Bilingual("支持的条款", "Criteria supported")), MEASURE - 256),
    ]
    rows = [(str(number), name, ", ".join(used[name])) for name, number in numbers.items()]
    paper.add(data_table(paper.face, columns, rows, padding=2.8))


def differences(paper: Paper, data: EvaluationReport, annex: str) -> None:
    """Annex: how verdicts moved in all, then every criterion ruled differently from the self-assessment."""
    say = paper.say
    paper.chapter(Bilingual("自评与评估差异", "Self-assessment against evaluation"), annex=annex)
    paper.add(_movement(paper, data))
    paper.space(10)
    rows: list[list[Cell]] = []
    for criterion in data.edition.criteria.values():
        row = data.row(criterion.code)
        if row.self_verdict != row.assessed_verdict:
            parts = [
                (Bilingual("评语", "Remark"), row.remark),
                (Bilingual("合议理由", "Reason for reconciliation"), row.reconciliation_reason),
            ]
            rows.append(
                [
                    criterion.code,
                    criterion_cell(paper, criterion, parts),
                    verdict_run(paper, row.self_verdict),
                    verdict_run(paper, row.assessed_verdict),
                ]
            )
    if not rows:
        paper.paragraph(Bilingual("两者判定完全一致。", "The two agree on every criterion."))
        return
    total = len(data.edition.criteria)
    paper.paragraph(
        Bilingual(
            f"{total} 条条款中有 {len(rows)} 条的评估判定与自评不同。",
            f"The evaluation differs from the self-assessment on {len(rows)} of {total} criteria.",
        )
    )
    columns = [
        Column(say(Bilingual("编码", "Code")), 56),
        Column(say(Bilingual("条款与理由", "Criterion and reasons")), MEASURE - 56 - 2 * verdict_width(paper)),
        Column(say(Bilingual("自评", "Self")), verdict_width(paper)),
        Column(say(Bilingual("评估", "Assessed")), verdict_width(paper)),
    ]
    paper.add(data_table(paper.face, columns, rows, padding=2.8))


def _movement(paper: Paper, data: EvaluationReport) -> RowTable:
    """A cross table of verdicts, self-assessment down, evaluation across."""
    say = paper.say
    codes: list[str | None] = [*VERDICT_ORDER]
    pairs = [(data.row(c).self_verdict, data.row(c).assessed_verdict) for c in data.edition.criteria]
    if any(None in pair for pair in pairs):
        codes.append(None)
    each = (MEASURE - 118) / (len(codes) + 1)
    columns = [Column(say(Bilingual("自评 ↓　评估 →", "Self ↓  assessed →")), 118, bold=True)]
    columns += [Column(say(UNANSWERED if c is None else verdict(c)), each, "right") for c in codes]
    columns.append(Column(say(Bilingual("合计", "Total")), each, "right"))
    rows: list[list[Cell]] = []
    for mine in codes:
        counts = [pairs.count((mine, theirs)) for theirs in codes]
        rows.append([say(verdict(mine)), *map(str, counts), str(sum(counts))])
    totals = [sum(theirs == code for _, theirs in pairs) for code in codes]
    rows.append([say(Bilingual("合计", "Total")), *map(str, totals), str(len(pairs))])
    return data_table(paper.face, columns, rows, style=Style(size=8.6, leading=13), strong_rows=[len(rows) - 1])


def eligibility(paper: Paper, data: EvaluationReport, annex: str) -> None:
    """Annex: the conditions of eligibility as checked on the day of application; nothing where none were kept."""
    sheet = data.eligibility
    if sheet is None or not sheet.outcome.has_rules:
        return
    say, outcome = paper.say, sheet.outcome
    paper.chapter(Bilingual("申报条件核对", "Eligibility check"), annex=annex)
    paper.paragraph(
        Bilingual(
            "以下为申请评估当日（{day}）按目标等级（{level}）核对企业填报内容的结果，适用口径：{readings}。"
            "各口径来自公开资料，不是官方原文；标注“暂定”的要求尚未得到官方确认。",
            "What the enterprise stated, as checked on the day of application ({day}) for the target, {level}, by: "
            "{readings}. The readings come from public texts, not from an official one; requirements marked "
            "provisional have not been confirmed officially.",
        ).format(day=day(outcome.on), level=level(outcome.level), readings=joined([*outcome.readings]))
    )
    columns = [
        Column(say(Bilingual("条件", "Condition")), MEASURE * 0.34),
        Column(say(Bilingual("要求", "Required")), MEASURE * 0.24),
        Column(say(Bilingual("填报内容", "Stated")), MEASURE * 0.22),
        Column(say(Bilingual("结果", "Result")), MEASURE * 0.2),
    ]
    rows = [_condition(paper, row, row.fact_code in sheet.waived) for row in outcome.rows]
    paper.add(data_table(paper.face, columns, rows, padding=2.8))
    for reason in sheet.reasons:
        words = Bilingual("资格豁免由评估工作部准予，理由：", "Waived by the certification office, because: ")
        paper.paragraph(say(words) + reason)


def _condition(paper: Paper, row: Condition, is_waived: bool) -> list[Cell]:
    assert row.governing is not None
    required = paper.say(row.governing.required)
    required = required[:1].upper() + required[1:]
    if row.governing.is_provisional:
        required = paper.say(Bilingual("{required}（暂定）", "{required} (provisional)")).format(required=required)
    return [
        paper.say(row.label),
        required,
        paper.say(row.stated) if row.stated else DASH,
        paper.say(_RESULTS["waived" if is_waived else row.status or ""]),
    ]


_RESULTS = {
    MET: Bilingual("满足", "Met"),
    UNMET: Bilingual("不满足", "Not met"),
    "waived": Bilingual("不满足，已豁免", "Not met, waived"),
    NOT_STATED: Bilingual("未填报", "Not stated"),
}
