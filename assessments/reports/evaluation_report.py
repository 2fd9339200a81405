"""The evaluation report of an evaluation body as PDF (A4 portrait)."""

from __future__ import annotations

from assessments.reports import annexes, findings
from assessments.reports.dataset import EvaluationReport, Signature
from assessments.reports.front import basis, body_name, cover, enterprise_name, profile
from assessments.reports.paper import HEADINGS, MEASURE, Paper, Running
from assessments.reports.tables import Column, data_table
from assessments.reports.text import BODY, Style
from assessments.reports.wording import DASH, ORIGIN, level, moment
from assessments.standard import Bilingual

TITLE = Bilingual("数据管理能力成熟度评估报告", "Data management capability maturity evaluation report")


def render(data: EvaluationReport, language: str) -> bytes:
    """The whole report in ``zh-hans`` or ``en``: cover, statement, contents, seven chapters, the annexes."""
    is_english = language.lower().startswith("en")
    paper = Paper(
        language,
        title=TITLE,
        subject=data.case.number,
        author=data.case.body,
        running=Running(
            data.case.number,
            TITLE.in_language(language),
            (is_english and data.case.body_en) or data.case.body,
        ),
        is_demo=data.case.is_demo,
    )
    cover(
        paper,
        data,
        TITLE,
        Bilingual(
            "本报告给出评估发现和推荐等级，不是证书。",
            "This report states findings and a recommended level. It is not a certificate.",
        ),
    )
    _statement(paper, data)
    paper.page_break()
    paper.contents(Bilingual("目录", "Contents"))
    profile(paper, data)
    basis(paper, data)
    findings.summary(paper, data)
    findings.domains(paper, data)
    findings.checks(paper, data)
    findings.gaps(paper, data)
    _conclusion(paper, data)
    annexes.criteria(paper, data, "A")
    annexes.evidence(paper, data, "B")
    annexes.differences(paper, data, "C")
    annexes.eligibility(paper, data, "D")
    return paper.render()


def _statement(paper: Paper, data: EvaluationReport) -> None:
    enterprise, body = (
        enterprise_name(paper, data),
        body_name(paper, data) or paper.say(Bilingual("评估机构", "the evaluation body")),
    )
    paper.add(paper.text(Bilingual("真实性与公正性声明", "Statement of authenticity and impartiality"), HEADINGS[0]))
    for position, words in enumerate(_STATEMENT, 1):
        text = paper.say(words).format(
            enterprise=enterprise,
            body=body,
            edition=paper.say(data.edition.title),
            origin=paper.say(ORIGIN[data.edition.wording]),
        )
        paper.paragraph(f"{position}. {text}", BODY.but(size=10.4, leading=18.5, after=9))


_STATEMENT = (
    Bilingual(
        "本报告由{body}依据《{edition}》和第 2 章所列评分方案编制，结论只对所列评估范围和评估期间内提供的材料、"
        "系统和访谈有效。",
        "{body} prepared this report under the {edition} and the scoring scheme in chapter 2. Its conclusions "
        "hold only for "
        "the stated scope and for the documents, systems and interviews available during the evaluation.",
    ),
    Bilingual(
        "{enterprise}对其提供的材料和陈述的真实性负责。评估机构对依据这些材料作出的判定和结论负责。",
        "{enterprise} is responsible for the truth of the material and statements it supplied; the evaluation body is "
        "responsible for the rulings and conclusions drawn from them.",
    ),
    Bilingual(
        "评估组成员在接受任务前作出利益冲突申报；存在任职、咨询辅导或其他可能影响公正的关系的人员，不参与本次评估。",
        "The members of the team declared their interests before accepting the assignment. Nobody who is "
        "employed by the "
        "enterprise, has coached it or stands in another relation that could affect impartiality took part.",
    ),
    Bilingual(
        "每条条款由两名评估师独立判定，判定不一致的经合议确定并记录理由。签发报告的质量审核员既不是评估组长，"
        "也未参与判定。",
        "Two assessors ruled on every criterion independently, and where they differed the reconciled ruling and "
        "its reason "
        "are recorded. The quality reviewer who signs off the report is neither the lead assessor nor one of "
        "those who ruled.",
    ),
    Bilingual(
        "{origin}。评分方案中的暂定参数均已标明，由其决定的结果应据此理解。",
        "{origin}. Provisional parameters of the scoring scheme are marked, and what they decide should be read "
        "accordingly.",
    ),
    Bilingual(
        "本报告不得部分引用以致改变原意。等级以发证后公开查询页面显示的证书状态为准。",
        "No part of this report may be quoted in a way that changes its meaning. The level counts only as shown by the "
        "status of the certificate on the public check page once issued.",
    ),
)


def _conclusion(paper: Paper, data: EvaluationReport) -> None:
    number = paper.chapter(Bilingual("评估结论与推荐等级", "Conclusion and recommended level"), room=500)
    parts = (
        (Bilingual("主要优势", "Strengths"), data.conclusion.strengths),
        (Bilingual("主要不足", "Weaknesses"), data.conclusion.weaknesses),
        (Bilingual("改进建议", "Advice"), data.conclusion.advice),
    )
    for position, (title, text) in enumerate(parts, 1):
        paper.heading(1, title, number=f"{number}.{position}")
        for block in text.strip().splitlines() or [paper.say(Bilingual("评估组未填写。", "Nothing was entered."))]:
            if block.strip():
                paper.paragraph(block.strip())
    paper.heading(1, Bilingual("推荐等级", "Recommended level"), number=f"{number}.4")
    paper.paragraph(_recommendation(data), Style(size=12, leading=20, bold=True, after=6))
    paper.heading(1, Bilingual("签字", "Signatures"), number=f"{number}.5")
    columns = [
        Column(paper.say(Bilingual("职责", "Role")), MEASURE * 0.3, bold=True),
        Column(paper.say(Bilingual("姓名", "Name")), MEASURE * 0.3),
        Column(paper.say(Bilingual("签字时间（平台记录）", "Signed at (recorded by the platform)")), MEASURE * 0.4),
    ]
    rows = [_signature(paper, s) for s in data.signatures] or [(DASH, DASH, DASH)]
    paper.add(data_table(paper.face, columns, rows, style=Style(size=9.4, leading=15), padding=7))


def _signature(paper: Paper, signature: Signature) -> tuple[str, str, str]:
    when = paper.say(moment(signature.at)) if signature.at else paper.say(Bilingual("尚未签字", "Not yet signed"))
    return paper.say(signature.role), signature.name or DASH, when


def _recommendation(data: EvaluationReport) -> Bilingual:
    recommended, reached = data.recommended_level, data.result.level
    if not recommended:
        return Bilingual("评估组不推荐等级。", "The team recommends no level.")
    words = level(recommended)
    if recommended == reached:
        return Bilingual(
            f"推荐等级：{words.zh}，与综合等级一致。", f"Recommended: {words.en}, the same as the overall level."
        )
    return Bilingual(
        f"推荐等级：{words.zh}；按评分方案计算的综合等级为{level(reached).zh}。",
        f"Recommended: {words.en}; the overall level under the scoring scheme is {level(reached).en}.",
    )
