"""The self-assessment report as PDF: readiness, never a certificate."""

from __future__ import annotations

from assessments.reports import annexes, findings
from assessments.reports.dataset import SelfReport
from assessments.reports.front import basis, cover, profile
from assessments.reports.paper import MEASURE, Paper, Running
from assessments.reports.tables import Column, data_table
from assessments.reports.text import Style
from assessments.reports.wording import DASH, moment
from assessments.standard import Bilingual

TITLE = Bilingual("数据管理能力成熟度自评报告", "Data management capability maturity self-assessment report")
NOTE = Bilingual("自评结果反映准备程度，不构成证书", "A self-assessment shows readiness; it is not a certificate")
DRAFT = Bilingual("草稿，自评尚未提交；自评结果不构成证书", "Draft, not finalised; not a certificate")


def render(data: SelfReport, language: str) -> bytes:
    """The whole report in ``zh-hans`` or ``en``; every page says that it is not a certificate."""
    paper = Paper(
        language,
        title=TITLE,
        subject=data.case.number,
        author=data.case.enterprise,
        running=Running(
            data.case.number, TITLE.in_language(language), (DRAFT if data.is_draft else NOTE).in_language(language)
        ),
        is_demo=data.case.is_demo,
    )
    cover(
        paper,
        data,
        TITLE,
        Bilingual(
            "本报告由企业自行填报形成，反映其对照标准的准备程度，未经评估机构评估，不构成证书。",
            "The enterprise made this report itself. It shows readiness against the standard, was "
            "not examined by an evaluation body and is not a certificate.",
        ),
    )
    paper.contents(Bilingual("目录", "Contents"))
    profile(paper, data)
    basis(paper, data)
    findings.summary(paper, data)
    findings.domains(paper, data)
    findings.checks(paper, data)
    findings.gaps(paper, data)
    _pledge(paper, data)
    annexes.criteria(paper, data, "A")
    annexes.evidence(paper, data, "B")
    return paper.render()


_TO_PLEDGE = Bilingual(
    "提交自评时，由企业管理员承诺所填内容和所附证明材料真实、完整、有效，并对其承担责任。",
    "On finalising, an administrator of the enterprise pledges that the answers and the evidence are true, complete "
    "and valid, and answers for them.",
)


def _pledge(paper: Paper, data: SelfReport) -> None:
    paper.chapter(Bilingual("真实性承诺", "Pledge of truth"))
    signed: list[Bilingual | str] = [line for s in data.signatures for line in s.statement.splitlines()]
    for words in signed or [_TO_PLEDGE]:
        paper.paragraph(words)
    columns = [
        Column(paper.say(Bilingual("身份", "Capacity")), MEASURE * 0.3, bold=True),
        Column(paper.say(Bilingual("姓名", "Name")), MEASURE * 0.3),
        Column(paper.say(Bilingual("承诺时间（平台记录）", "Pledged at (recorded by the platform)")), MEASURE * 0.4),
    ]
    pending = paper.say(Bilingual("尚未承诺", "Not yet pledged"))
    rows = [
        (paper.say(s.role), s.name or DASH, paper.say(moment(s.at)) if s.at else pending) for s in data.signatures
    ] or [(DASH, DASH, pending)]
    paper.add(data_table(paper.face, columns, rows, style=Style(size=9.4, leading=15), padding=7))
