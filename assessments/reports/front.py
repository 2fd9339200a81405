"""The first pages of both reports: cover with control sheet, enterprise profile, scope and basis."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from assessments.reports.dataset import EvaluationReport, Report
from assessments.reports.paper import MEASURE, Paper
from assessments.reports.tables import Column, data_table, facts_table
from assessments.reports.text import BRAND, BRAND_DEEP, MUTED, SMALL, SOFT, Style
from assessments.reports.wording import DASH, ORIGIN, PARAMETERS, day, joined, level, parameter_value
from assessments.scoring import TRACKS
from assessments.standard import Bilingual

PROVISIONAL = Bilingual("暂定", "Provisional")


def cover(paper: Paper, data: Report, title: Bilingual, note: Bilingual) -> None:
    """Title, enterprise, a sentence of what this is, and the control sheet."""
    case = data.case
    paper.space(48)
    paper.add(paper.text(data.edition.title, Style(size=11, leading=17, colour=MUTED)))
    paper.space(6)
    paper.add(paper.text(title, Style(size=30, leading=42, bold=True, colour=BRAND_DEEP)))
    paper.space(30)
    for text, style in zip(_names(paper, data), _NAME_STYLES, strict=False):
        paper.add(paper.text(text, style))
    paper.space(8)
    paper.add(paper.text(note, SMALL.but(size=9.4, leading=15)))
    paper.space(24)
    paper.add(facts_table(paper.face, _control(paper, data), 118, MEASURE))
    paper.foot_of_cover()
    if isinstance(data, EvaluationReport) and case.body:
        paper.add(paper.text(body_name(paper, data), Style(size=12, leading=19, bold=True)))
    paper.add(paper.text(day(data.printed_on), Style(size=10, leading=16, colour=SOFT)))
    paper.begin()


_NAME_STYLES = (
    Style(size=20, leading=30, bold=True, colour=BRAND),
    Style(size=11.5, leading=17, colour=SOFT),
)


def _names(paper: Paper, data: Report) -> list[str]:
    """The enterprise's name in the language of the report first, the other below."""
    names = [data.case.enterprise, data.case.enterprise_en]
    return [n for n in (reversed(names) if paper.is_english else names) if n]


def body_name(paper: Paper, data: Report) -> str:
    return (data.case.body_en if paper.is_english else "") or data.case.body


def enterprise_name(paper: Paper, data: Report) -> str:
    return _names(paper, data)[0]


def _control(paper: Paper, data: Report) -> list[tuple[str, str]]:
    case, say = data.case, paper.say
    rows: list[tuple[Bilingual, Bilingual | str]] = [
        (Bilingual("评估编号", "Case number"), case.number),
        (Bilingual("报告版次", "Revision"), Bilingual(f"第 {case.revision} 版", f"Revision {case.revision}")),
        (Bilingual("统一社会信用代码", "Unified social credit code"), case.uscc),
        (Bilingual("标准与版本", "Standard and edition"), data.edition.title),
        (Bilingual("评估类型", "Track"), TRACKS[case.track]),
        (Bilingual("目标等级", "Target level"), level(case.target_level)),
    ]
    if isinstance(data, EvaluationReport):
        rows += [
            (Bilingual("评估机构", "Evaluation body"), body_name(paper, data)),
            (Bilingual("合同编号", "Contract number"), case.contract_number),
            (Bilingual("备案编号", "Filing number"), case.filing_number),
            (Bilingual("报告签发日期", "Date of sign-off"), day(case.dates.signed)),
        ]
    else:
        rows.append((Bilingual("自评完成日期", "Self-assessment finalised"), day(case.dates.finalised)))
    return [(say(name), say(value)) for name, value in rows]


def profile(paper: Paper, data: Report) -> None:
    """Chapter: the enterprise."""
    case, say = data.case, paper.say
    paper.chapter(Bilingual("企业概况", "The enterprise"))
    facts: list[tuple[Bilingual, Bilingual | str]] = [
        (Bilingual("企业名称", "Name"), case.enterprise),
        (Bilingual("英文名称", "English name"), case.enterprise_en),
        (Bilingual("统一社会信用代码", "Unified social credit code"), case.uscc),
        (Bilingual("所在区", "District"), case.district),
        (Bilingual("所属行业", "Industry"), case.industry),
        (Bilingual("企业规模", "Size"), case.size),
        (
            Bilingual("从业人数", "Staff"),
            DASH if case.staff is None else Bilingual(f"{case.staff:,} 人", f"{case.staff:,}"),
        ),
        *case.profile,
    ]
    paper.add(facts_table(paper.face, [(say(n), say(v)) for n, v in facts], 118, MEASURE))


def basis(paper: Paper, data: Report) -> None:
    """Chapter: scope, edition, team and dates, and the scoring scheme with what is provisional in it."""
    case, say = data.case, paper.say
    number = paper.chapter(Bilingual("评估范围与依据", "Scope and basis"), room=300)
    paper.heading(1, Bilingual("评估范围", "Scope"), number=f"{number}.1")
    paper.paragraph(case.scope or Bilingual("未另行限定范围。", "The scope is not limited further."))
    paper.heading(1, Bilingual("评估依据", "Basis"), number=f"{number}.2")
    paper.add(facts_table(paper.face, [(say(n), say(v)) for n, v in _basis_facts(data)], 118, MEASURE))
    paper.space(6)
    paper.paragraph(
        Bilingual(
            "{origin}；条款编码由能力项编号、等级和序号组成，同一版本内不变。",
            "{origin}. A code consists of item, level and number and does not change within an edition.",
        ).format(origin=ORIGIN[data.edition.wording]),
        SMALL,
    )
    if isinstance(data, EvaluationReport):
        _team(paper, data, number)
    paper.heading(
        1, Bilingual("评分方案", "Scoring scheme"), number=f"{number}.{4 if isinstance(data, EvaluationReport) else 3}"
    )
    _scheme(paper, data)


def _basis_facts(data: Report) -> list[tuple[Bilingual, Bilingual | str]]:
    case, counts = data.case, data.edition.counts
    facts: list[tuple[Bilingual, Bilingual | str]] = [
        (Bilingual("标准", "Standard"), data.edition.title),
        (
            Bilingual("模型规模", "Model"),
            Bilingual(
                f"{counts['domains']} 个能力域、{counts['items']} 个能力项、{counts['criteria']} 条条款",
                f"{counts['domains']} domains, {counts['items']} items, {counts['criteria']} criteria",
            ),
        ),
        (Bilingual("评估类型", "Track"), TRACKS[case.track]),
        (Bilingual("目标等级", "Target level"), level(case.target_level)),
    ]
    if case.key_domains:
        names = [data.edition.domains_by_code[code].name for code in case.key_domains]
        facts.append((Bilingual("重点能力域", "Key domains"), joined(names)))
    facts += [(name, day(when)) for name, when in _dates(data) if when is not None]
    return facts


def _dates(data: Report) -> Sequence[tuple[Bilingual, date | None]]:
    dates = data.case.dates
    return (
        (Bilingual("自评开始", "Self-assessment opened"), dates.opened),
        (Bilingual("自评完成", "Self-assessment finalised"), dates.finalised),
        (Bilingual("申请评估", "Applied"), dates.applied),
        (Bilingual("受理", "Accepted"), dates.accepted),
        (Bilingual("文件评审", "Document review"), dates.review_started),
        (Bilingual("现场评审", "On-site review"), dates.onsite),
        (Bilingual("报告编制", "Reporting"), dates.reporting),
        (Bilingual("报告签发", "Signed off"), dates.signed),
    )


def _team(paper: Paper, data: EvaluationReport, number: str) -> None:
    paper.heading(1, Bilingual("评估组与方法", "Team and method"), number=f"{number}.3")
    if data.case.team:
        columns = [
            Column(paper.say(Bilingual("姓名", "Name")), MEASURE * 0.4),
            Column(paper.say(Bilingual("职责", "Role")), MEASURE * 0.6),
        ]
        paper.add(data_table(paper.face, columns, [(m.name, paper.say(m.role)) for m in data.case.team]))
        paper.space(8)
    paper.paragraph(
        Bilingual(
            "评估采用文件评审、系统查看、人员访谈和记录抽查。每条条款先由两名评估师各自独立判定，判定不一致的经合议形成"
            "一致结论并记录理由；报告经评估组长签字、质量审核员审核后签发。",
            "The evaluation rests on document review, inspection of systems, interviews and sampling of records. Two "
            "assessors first ruled on every criterion independently; where they differed they reconciled their rulings "
            "and recorded the reason. The lead assessor signs the report and a quality reviewer signs it off.",
        )
    )


def _scheme(paper: Paper, data: Report) -> None:
    say, scheme = paper.say, data.scheme
    used = [p for p in scheme.parameters if data.case.track == "provider" or p.name != "provider_weights"]
    used = [p for p in used if data.case.track == "owner" or p.name != "bonus"]
    paper.paragraph(
        Bilingual(
            f"采用“{scheme.name.zh}”（{scheme.code}）。标为“暂定”的参数没有查到官方公布的数值，"
            f"凡由其决定的结果均应据此理解。",
            f"The scheme is {scheme.name.en} ({scheme.code}). For parameters marked provisional no official figure is "
            "public; whatever they decide should be read accordingly.",
        )
    )
    columns = [
        Column(say(Bilingual("参数", "Parameter")), 88, bold=True),
        Column(say(Bilingual("取值", "Value")), 178),
        Column(say(Bilingual("状态", "Status")), 58),
        Column(say(Bilingual("来源", "Source")), MEASURE - 324),
    ]
    rows = [
        (
            say(PARAMETERS[p.name]),
            say(parameter_value(scheme, p.name)),
            say(PROVISIONAL if p.is_provisional else Bilingual("已确认", "Confirmed")),
            say(p.source),
        )
        for p in used
    ]
    paper.add(data_table(paper.face, columns, rows))
    paper.space(8)
    paper.note_line(
        Bilingual(
            "计算顺序：条款符合度 → 级别得分（均值）→ 能力项得分（级别得分均值乘以 5）→ 能力域得分 → 综合得分；"
            "每一步四舍五入到两位小数。",
            "Order of calculation: conformity of criteria, level score (mean), item score (five times the mean of its "
            "level scores), domain score, overall score; each step is rounded half-up to two decimals.",
        )
    )
