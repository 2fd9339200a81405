"""The findings of both reports: summary, each domain and item, conditions of the levels, gaps and path."""

from __future__ import annotations

from decimal import Decimal

from reportlab.lib.colors import Color

from assessments.reports import figures
from assessments.reports.dataset import EvaluationReport, Report
from assessments.reports.front import PROVISIONAL
from assessments.reports.paper import MEASURE, Paper
from assessments.reports.reasons import why_this_level
from assessments.reports.tables import Cell, Column, RowTable, data_table
from assessments.reports.text import AMBER, BODY, MUTED, RED, SMALL, Run, Style, Text
from assessments.reports.wording import (
    DASH,
    PARAMETERS,
    UNANSWERED,
    VERDICT_ORDER,
    joined,
    level,
    level_name,
    level_short,
    points,
    signed,
    verdict,
)
from assessments.scoring import Result, Verdict, gap_to_level, path_to_level
from assessments.standard import Bilingual, Criterion, Domain, Item

#: how many gaps the ranked list shows
GAPS_SHOWN = 20
#: how many criteria the advice on one item names
ADVICE_SHOWN = 4
#: points that heading, radar and domain table take together
_RADAR_AND_TABLE = 428.0
_TONES: dict[str, Color] = {
    Verdict.NONE: RED,
    Verdict.PARTIALLY: AMBER,
    Verdict.FULL: MUTED,
    Verdict.NOT_APPLICABLE: MUTED,
}
_WORST_FIRST: tuple[str | None, ...] = (None, Verdict.NONE, Verdict.PARTIALLY, Verdict.LARGELY)
_HEAVY = (Verdict.NONE, Verdict.PARTIALLY)


def verdict_run(paper: Paper, code: str | None) -> list[Run]:
    """A verdict as a cell: words first; weight and colour only underline them."""
    return [Run(paper.say(verdict(code)), code in _HEAVY, _TONES.get(code or ""))]


def verdict_width(paper: Paper) -> float:
    """The width of a column of verdicts in points: the longest word on one line."""
    return 66.0 if paper.is_english else 51.0


def other_result(data: Report) -> Result | None:
    """The self-assessment beside an evaluation; a self-report has nothing beside it."""
    return data.self_result if isinstance(data, EvaluationReport) else None


# --- summary -----------------------------------------------------------------------------------------------------


def summary(paper: Paper, data: Report) -> None:
    """Chapter: level and score, why, radar with its table, item by level."""
    number = paper.chapter(Bilingual("结果摘要", "Summary of results"))
    paper.add(figures.Scoreboard(paper.face, _scores(paper, data)))
    paper.space(10)
    paper.heading(1, _why_title(data.result), number=f"{number}.1")
    for sentence in why_this_level(data.result, data.edition):
        paper.paragraph(sentence, BODY.but(after=2))
    _provisional_note(paper, data)
    paper.need(_RADAR_AND_TABLE)
    paper.heading(1, Bilingual("各能力域得分", "Scores of the domains"), number=f"{number}.2")
    paper.add(_radar(paper, data), _domain_table(paper, data))
    paper.page_break()
    paper.heading(1, Bilingual("各能力项的级别得分", "Level scores of the items"), number=f"{number}.3")
    paper.note_line(
        Bilingual(
            "格内为该级别条款符合度的均值，颜色越深得分越高；加粗表示达到能力项等级达标线，“–”表示不参与计分。",
            "Each cell is the mean conformity of that level's criteria, darker for higher; bold figures reach the "
            "threshold of an item level, a dash takes no part.",
        )
    )
    paper.add(_heat_map(paper, data))


def _why_title(result: Result) -> Bilingual:
    if not result.level:
        return Bilingual("等级判定说明", "How the level was decided")
    if result.level == 5:
        return Bilingual("为什么是 5 级", "Why level 5")
    n = result.level
    return Bilingual(f"为什么是 {n} 级而不是 {n + 1} 级", f"Why level {n} and not level {n + 1}")


def _provisional_note(paper: Paper, data: Report) -> None:
    names = [PARAMETERS[p.name] for p in data.scheme.provisional if p.name in ("bands", "domain_floor", "level_gate")]
    if names:
        listed = joined(names)
        paper.note_line(
            Bilingual(
                f"{PROVISIONAL.zh}参数：{listed.zh}。来源见第 2 章。",
                f"{PROVISIONAL.en} parameters: {listed.en.lower()}. Their sources are in chapter 2.",
            )
        )


def _scores(paper: Paper, data: Report) -> list[figures.Score]:
    say, result, other = paper.say, data.result, other_result(data)
    reached = (
        Bilingual("评估等级", "Assessed level")
        if other
        else Bilingual("自评等级（准备程度）", "Self-assessed level (readiness)")
    )
    scores = [
        figures.Score(say(reached), say(_level_figure(result.level)), say(level_name(result.level)), is_main=True),
        figures.Score(
            say(Bilingual("综合得分", "Overall score")),
            points(result.score),
            say(Bilingual("满分 5.00", "out of 5.00")),
            is_main=True,
        ),
    ]
    if other:
        below = Bilingual(f"自评 {level(other.level).zh}", level(other.level).en)
        scores.append(figures.Score(say(Bilingual("自评得分", "Self-assessed")), points(other.score), say(below)))
    target = data.case.target_level
    met = result.level is not None and result.level >= target
    scores.append(
        figures.Score(
            say(Bilingual("目标等级", "Target level")),
            say(_level_figure(target)),
            say(Bilingual("已达到", "Reached") if met else Bilingual("未达到", "Not reached")),
        )
    )
    if isinstance(data, EvaluationReport):
        scores.append(
            figures.Score(
                say(Bilingual("推荐等级", "Recommended")),
                say(_level_figure(data.recommended_level)),
                say(level_name(data.recommended_level)) if data.recommended_level else say(Bilingual("不推荐", "None")),
            )
        )
    return scores


def _level_figure(number: int | None) -> Bilingual:
    """A level as one large figure; the name stands below it."""
    return Bilingual(f"{number} 级", str(number)) if number else Bilingual(DASH, DASH)


def _radar(paper: Paper, data: Report) -> figures.Radar:
    other = other_result(data)
    codes = [d.code for d in data.edition.domains]
    main = paper.say(Bilingual("评估", "Assessed") if other else Bilingual("自评", "Self-assessed"))
    series = [figures.Series(main, [data.result.domains[c].score for c in codes], is_main=True)]
    if other:
        series.append(
            figures.Series(
                paper.say(Bilingual("自评", "Self-assessed")), [other.domains[c].score for c in codes], is_main=False
            )
        )
    return figures.Radar(paper.face, [paper.say(d.name) for d in data.edition.domains], series)


def _domain_table(paper: Paper, data: Report) -> RowTable:
    say, other = paper.say, other_result(data)
    columns = [
        Column(say(Bilingual("能力域", "Domain")), 0, bold=True),
        Column(say(Bilingual("得分", "Score")), 62, "right"),
        Column(say(Bilingual("等级", "Level")), 62, "right"),
        Column(say(Bilingual("权重", "Weight")), 62, "right"),
    ]
    if other:
        columns[3:3] = [
            Column(say(Bilingual("自评得分", "Self score")), 66, "right"),
            Column(say(Bilingual("差值", "Difference")), 66, "right"),
        ]
    columns[0] = Column(columns[0].title, MEASURE - sum(c.width for c in columns), bold=True)
    rows: list[list[Cell]] = []
    for domain in data.edition.domains:
        mine = data.result.domains[domain.code]
        row: list[Cell] = [
            f"{domain.code}  {say(domain.name)}",
            points(mine.score),
            say(level_short(mine.level)),
            DASH if mine.weight is None else f"{mine.weight * 100:.2f}%",
        ]
        if other:
            theirs = other.domains[domain.code].score
            row[3:3] = [points(theirs), _difference(mine.score, theirs)]
        rows.append(row)
    return data_table(paper.face, columns, rows, padding=2.0)


def _difference(mine: Decimal | None, theirs: Decimal | None) -> str:
    return DASH if mine is None or theirs is None else signed(mine - theirs)


def _heat_map(paper: Paper, data: Report) -> RowTable:
    say, other = paper.say, other_result(data)
    gate = Decimal(data.scheme.level_gate) / 100
    columns = [Column(say(Bilingual("能力项", "Item")), 0)]
    columns += [Column(say(level_short(n)), 46, "center") for n in range(1, 6)]
    columns += [
        Column(say(Bilingual("得分", "Score")), 44, "right"),
        Column(say(Bilingual("等级", "Level")), 46, "right"),
    ]
    if other:
        columns.append(Column(say(Bilingual("自评", "Self")), 42, "right"))
    columns[0] = Column(columns[0].title, MEASURE - sum(c.width for c in columns))
    rows: list[list[Cell]] = []
    shades = []
    for item in data.edition.items.values():
        mine = data.result.items[item.code]
        row: list[Cell] = [f"{item.code}  {say(item.name)}"]
        for number, value in enumerate(mine.levels, 1):
            fill, ink = figures.score_shade(value)
            shades.append((number, len(rows), fill))
            row.append([Run(points(value), value is not None and value >= gate, ink)])
        row += [[Run(points(mine.score), True)], say(level_short(mine.level))]
        if other:
            row.append(points(other.items[item.code].score))
        rows.append(row)
    style = Style(size=8.2, leading=11.6)
    return data_table(paper.face, columns, rows, style=style, shades=shades, padding=2.9)


# --- domains and items -------------------------------------------------------------------------------------------


def domains(paper: Paper, data: Report) -> None:
    """Chapter: every domain and item with its figures, what is not fully met, and advice."""
    number = paper.chapter(Bilingual("各能力域评估结果", "Results by domain"))
    for position, domain in enumerate(data.edition.domains, 1):
        if position > 1:
            paper.page_break()
        own = f"{number}.{position}"
        paper.heading(
            1, Bilingual(f"能力域 {domain.code} {domain.name.zh}", f"Domain {domain.code} {domain.name.en}"), number=own
        )
        paper.paragraph(domain.summary)
        paper.paragraph(_domain_words(data, domain))
        for place, item in enumerate(domain.items, 1):
            _item(paper, data, item, f"{own}.{place}")


def _domain_words(data: Report, domain: Domain) -> Bilingual:
    mine = data.result.domains[domain.code]
    if mine.score is None:
        return Bilingual("本能力域没有参与计分的条款。", "No criterion of this domain counts.")
    scored = [(data.result.items[i.code].score, i) for i in domain.items]
    ranked = sorted(((s, i) for s, i in scored if s is not None), key=lambda pair: pair[0])
    low, high = ranked[0], ranked[-1]
    zh = (
        f"本能力域含 {len(domain.items)} 个能力项、{mine.total} 条条款，得分 {points(mine.score)}，等级 {mine.level} 级"
    )
    en = (
        f"The domain has {len(domain.items)} items and {mine.total} criteria; "
        f"it scores {points(mine.score)} at level {mine.level}"
    )
    other = other_result(data)
    if other and other.domains[domain.code].score is not None:
        theirs = points(other.domains[domain.code].score)
        zh, en = f"{zh}（自评 {theirs}）", f"{en} (self-assessed {theirs})"
    if low[0] != high[0]:
        zh += f"。得分最高的是{high[1].name.zh}（{points(high[0])}），最低的是{low[1].name.zh}（{points(low[0])}）"
        en += (
            f". {high[1].name.en} scores highest ({points(high[0])}), {low[1].name.en[0].lower()}{low[1].name.en[1:]} "
            f"lowest ({points(low[0])})"
        )
    return Bilingual(f"{zh}。", f"{en}.")


def _item(paper: Paper, data: Report, item: Item, number: str) -> None:
    paper.need(250)
    paper.heading(2, Bilingual(f"能力项 {item.code} {item.name.zh}", f"Item {item.code} {item.name.en}"), number=number)
    paper.paragraph(item.purpose, SMALL.but(after=6))
    paper.add(figures.ItemStrip(paper.face, _strip(paper, data, item)))
    short = [c for c in item.criteria if data.verdict(c.code) not in (Verdict.FULL, Verdict.NOT_APPLICABLE)]
    if short:
        paper.add(_short_table(paper, data, short))
    else:
        paper.paragraph(Bilingual("参与计分的条款均完全满足。", "Every criterion that counts is fully met."))
    _advice(paper, data, item, short)


def _strip(paper: Paper, data: Report, item: Item) -> figures.ItemFigures:
    say, mine, other = paper.say, data.result.items[item.code], other_result(data)
    theirs = other.items[item.code] if other else None
    verdicts = [data.verdict(c.code) for c in item.criteria]
    counts = [(say(verdict(v)), verdicts.count(v)) for v in VERDICT_ORDER]
    if None in verdicts:
        counts = [*counts[:4], (say(UNANSWERED), verdicts.count(None))]
    return figures.ItemFigures(
        score_label=say(Bilingual("能力项得分（满分 5.00）", "Item score (of 5.00)")),
        score=points(mine.score),
        level=say(level(mine.level)),
        other="" if theirs is None else say(_self_words(theirs.score, theirs.level)),
        bars_label=say(_bars_words(theirs is not None)),
        level_labels=[say(level_short(n)) for n in range(1, 6)],
        levels=mine.levels,
        others=theirs.levels if theirs else (None,) * 5,
        gate=Decimal(data.scheme.level_gate) / 100,
        counts_label=say(Bilingual(f"条款判定（共 {len(verdicts)} 条）", f"Verdicts ({len(verdicts)} criteria)")),
        counts=counts,
    )


def _self_words(score: Decimal | None, reached: int | None) -> Bilingual:
    return Bilingual(
        f"自评 {points(score)}，{level_short(reached).zh}", f"Self {points(score)}, {level_short(reached).en.lower()}"
    )


def _bars_words(has_self: bool) -> Bilingual:
    if has_self:
        return Bilingual("级别得分（虚线为达标线，◇ 为自评）", "Level scores (dotted: threshold, ◇ self)")
    return Bilingual("级别得分（虚线为达标线）", "Level scores (dotted: threshold)")


def _short_table(paper: Paper, data: Report, short: list[Criterion]) -> RowTable:
    say, is_evaluation = paper.say, isinstance(data, EvaluationReport)
    columns = [
        Column(say(Bilingual("编码", "Code")), 56),
        Column(
            say(
                Bilingual("未完全满足的条款与评语", "Criteria not fully met, with remarks")
                if is_evaluation
                else Bilingual("未完全满足的条款与说明", "Criteria not fully met, with notes")
            ),
            0,
        ),
        Column(
            say(Bilingual("评估", "Assessed") if is_evaluation else Bilingual("自评", "Verdict")), verdict_width(paper)
        ),
    ]
    if is_evaluation:
        columns.insert(2, Column(say(Bilingual("自评", "Self")), verdict_width(paper)))
    columns[1] = Column(columns[1].title, MEASURE - sum(c.width for c in columns))
    rows: list[list[Cell]] = []
    for criterion in short:
        row: list[Cell] = [
            criterion.code,
            criterion_cell(paper, criterion, _remark_parts(data, criterion.code)),
            verdict_run(paper, data.verdict(criterion.code)),
        ]
        if is_evaluation:
            row.insert(2, verdict_run(paper, data.row(criterion.code).self_verdict))
        rows.append(row)
    return data_table(paper.face, columns, rows)


def _remark_parts(data: Report, code: str) -> list[tuple[Bilingual, str]]:
    label = Bilingual("评语", "Remark") if isinstance(data, EvaluationReport) else Bilingual("说明", "Note")
    return [(label, data.remark(code))]


def criterion_cell(paper: Paper, criterion: Criterion, parts: list[tuple[Bilingual, str]]) -> Cell:
    """The text of a criterion, below it the labelled texts that are not empty."""
    stack = [Text(paper.face, paper.say(criterion.text), Style(size=8.4, leading=12.6))]
    below = Style(size=7.9, leading=11.6, before=2)
    colon = "：" if not paper.is_english else ": "
    for name, text in parts:
        if text.strip():
            runs = [Run(paper.say(name) + colon, True, MUTED), Run(text.strip(), False)]
            stack.append(Text(paper.face, runs, below))
    return list(stack)


def _advice(paper: Paper, data: Report, item: Item, short: list[Criterion]) -> None:
    """What to do first: the guidance of the missing criteria up to the next level of the item."""
    mine = data.result.items[item.code]
    if not short or mine.level is None:
        return
    aim = min(mine.level + 1, 5)
    missing = [c for c in short if c.level <= aim] or short
    missing = sorted(missing, key=lambda c: (-c.level, _WORST_FIRST.index(data.verdict(c.code))))
    paper.need(70)
    paper.space(7)
    paper.runs(Run(paper.say(Bilingual("改进建议", "Suggestions")), True), style=SMALL.but(size=9, after=2))
    paper.paragraph(_advice_words(data, item, aim, len(missing)), SMALL.but(after=3))
    for criterion in missing[:ADVICE_SHOWN]:
        runs = [Run(criterion.code + "  ", True), Run(paper.say(criterion.guidance))]
        paper.add(Text(paper.face, runs, SMALL.but(size=8.4, leading=13, after=3, justify=not paper.is_english)))
    paper.space(6)


def _advice_words(data: Report, item: Item, aim: int, count: int) -> Bilingual:
    mine = data.result.items[item.code]
    if mine.level == 5:
        return Bilingual(
            f"各级别均已达标，还有 {count} 条条款未完全满足。判定要点如下：",
            f"Every level reaches its threshold; {count} criteria are not fully met. What decides them:",
        )
    now, gate = points(mine.levels[aim - 1]), points(Decimal(data.scheme.level_gate) / 100)
    shown = min(count, ADVICE_SHOWN)
    return Bilingual(
        f"要达到 {aim} 级，该级别得分需从 {now} 提高到 {gate}。{aim} 级及以下尚有 {count} 条未完全满足，"
        f"{'先' if shown < count else ''}按下列判定要点补齐{f' {shown} 条' if shown < count else ''}：",
        f"To reach level {aim} its score has to rise from {now} to {gate}. Up to that level {count} criteria are not "
        f"fully met; {f'start with these {shown}' if shown < count else 'this is what decides them'}:",
    )


# --- conditions, gaps, path --------------------------------------------------------------------------------------


def checks(paper: Paper, data: Report) -> None:
    """Chapter: the conditions of every level against the figures."""
    say, result = paper.say, data.result
    paper.chapter(Bilingual("等级条件核对", "Conditions of the levels"), room=280)
    paper.paragraph(
        Bilingual(
            "综合等级取同时满足下列两项条件的最高级：综合得分不低于该级分数线；参与计分的每个能力域不低于该级下限。",
            "The overall level is the highest for which both conditions hold: the score reaches the level's band, and "
            "every domain that counts reaches the level's floor.",
        )
    )
    columns = [
        Column(say(Bilingual("等级", "Level")), 98, bold=True),
        Column(say(Bilingual("分数线", "Band")), 48, "right"),
        Column(say(Bilingual("综合得分", "Score")), 54, "right"),
        Column(say(Bilingual("尚差", "Short by")), 50, "right"),
        Column(say(Bilingual("能力域下限", "Domain floor")), 62, "right"),
        Column(say(Bilingual("低于下限的能力域", "Domains below the floor")), 0),
        Column(say(Bilingual("结论", "Finding")), 54),
    ]
    columns[5] = Column(columns[5].title, MEASURE - sum(c.width for c in columns))
    rows: list[list[Cell]] = []
    for check in result.checks:
        # Without a score no condition can be met, whatever the empty figures say.
        is_met = check.is_met and result.score is not None
        short = [f"{say(data.edition.domains_by_code[c].name)} −{points(v)}" for c, v in check.domains_short.items()]
        rows.append(
            [
                say(level(check.level)),
                points(check.band),
                points(result.score),
                points(check.short_by) if check.short_by else DASH,
                points(check.floor),
                "\n".join(short) or DASH,
                [Run(say(Bilingual("满足", "Met") if is_met else Bilingual("不满足", "Not met")), not is_met)],
            ]
        )
    strong = [result.level - 1] if result.level else []
    paper.add(data_table(paper.face, columns, rows, strong_rows=strong))
    paper.space(8)
    _provisional_note(paper, data)


def gaps(paper: Paper, data: Report) -> None:
    """Chapter: the ranked gaps to the next level and the shortest path there."""
    result = data.result
    number = paper.chapter(Bilingual("主要差距与最短路径", "Main gaps and shortest path"), room=300)
    if result.score is None or result.level is None:
        paper.paragraph(
            Bilingual("没有参与计分的条款，无法计算差距。", "No criterion counts, so no gap can be computed.")
        )
        return
    if result.level == 5:
        paper.paragraph(
            Bilingual("综合等级已是最高等级，没有更高等级的差距。", "The highest level is reached; no gap remains.")
        )
        return
    aim = result.level + 1
    gap = gap_to_level(data.given, aim)
    paper.heading(1, Bilingual(f"距 {aim} 级的主要差距", f"Main gaps to level {aim}"), number=f"{number}.1")
    shown = gap.entries[:GAPS_SHOWN]
    paper.paragraph(
        Bilingual(
            f"共有 {len(gap.entries)} 条条款未完全满足。下表按对综合得分的提升幅度列出前 {len(shown)} 条；"
            f"低于该级下限的能力域排在前面，以“▲”标出。",
            f"{len(gap.entries)} criteria are not fully met. The table ranks the first {len(shown)} by what each "
            f"would add "
            "to the overall score; those in a domain below the floor of the level come first and are marked ▲.",
        )
    )
    say = paper.say
    columns = [
        Column(say(Bilingual("序号", "No.")), 30, "right"),
        Column(say(Bilingual("编码", "Code")), 62),
        Column(say(Bilingual("条款", "Criterion")), 0),
        Column(say(Bilingual("当前判定", "Verdict")), 62),
        Column(say(Bilingual("可提升", "Would add")), 50, "right"),
    ]
    columns[2] = Column(columns[2].title, MEASURE - sum(c.width for c in columns))
    rows: list[list[Cell]] = [
        [
            str(n),
            f"{entry.code}{' ▲' if entry.lifts_floor else ''}",
            say(data.edition.criteria[entry.code].text),
            verdict_run(paper, entry.verdict),
            f"{entry.adds:.4f}",
        ]
        for n, entry in enumerate(shown, 1)
    ]
    paper.add(data_table(paper.face, columns, rows))
    _path(paper, data, aim, f"{number}.2")


def _path(paper: Paper, data: Report, aim: int, number: str) -> None:
    say, path = paper.say, path_to_level(data.given, aim)
    paper.heading(1, Bilingual(f"到 {aim} 级的最短路径", f"Shortest path to level {aim}"), number=number)
    if path.codes is None:
        paper.paragraph(
            Bilingual("提升全部条款仍不能达到该级。", "Raising every criterion would still not reach the level.")
        )
        return
    paper.paragraph(
        Bilingual(
            f"至少把下列 {len(path.codes)} 条条款提升到完全满足即可达到 {aim} "
            f"级（{'精确' if path.is_exact else '近似'}解）。"
            "条数最少的组合可能不止一种，企业可按实施难度另选。",
            f"Raising these {len(path.codes)} criteria to fully met reaches level {aim} "
            f"({'an exact minimum' if path.is_exact else 'an approximation'}). Other sets of the same size may exist; "
            "the enterprise may choose by effort.",
        )
    )
    by_item: dict[str, list[str]] = {}
    for code in path.codes:
        by_item.setdefault(code.split("-")[0], []).append(code)
    columns = [
        Column(say(Bilingual("能力项", "Item")), 168, bold=True),
        Column(say(Bilingual("条数", "Count")), 42, "right"),
        Column(say(Bilingual("条款编码", "Criteria")), MEASURE - 210),
    ]
    rows = [
        (f"{item}  {say(data.edition.items[item].name)}", str(len(codes)), ", ".join(codes))
        for item, codes in by_item.items()
    ]
    paper.add(data_table(paper.face, columns, rows))
