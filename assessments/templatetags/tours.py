"""Introductions to pages: ``{% load tours %}``, then ``{% tour "questionnaire" %}`` at the end of the page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import template

from assessments.standard import Bilingual

register = template.Library()


@dataclass(frozen=True)
class Stop:
    """One thing of a page. ``at``: the CSS selector of what is pointed out; it may be missing on a page."""

    at: str
    title: Bilingual
    text: Bilingual


@dataclass(frozen=True)
class Tour:
    """An introduction; ``name`` is what ``User.tours_seen`` keeps."""

    name: str
    title: Bilingual
    stops: tuple[Stop, ...]


def _stop(at: str, title: tuple[str, str], text: tuple[str, str]) -> Stop:
    return Stop(at, Bilingual(*title), Bilingual(*text))


_CASE = Tour(
    "case",
    Bilingual("项目概况", "The assessment"),
    (
        _stop(
            ".timeline, .stage-current",
            ("一次评估的全过程", "The whole way of an assessment"),
            (
                "从自评到发证的每个阶段都在这里，当前阶段由谁办理、何时到期一目了然。",
                "Every stage from self-assessment to certificate: whose turn it is and until when.",
            ),
        ),
        _stop(
            "#frame-title",
            ("先核对评估要素", "First check the frame"),
            (
                "目标等级、评估范围和计划日期决定后续要求，自评期间随时可以修改。",
                "Target level, scope and planned date shape what follows; you can change them while drafting.",
            ),
        ),
        _stop(
            '.tabs a[href$="/delegations/"]',
            ("把能力域分给同事", "Share the work"),
            (
                "按能力域或能力项分配给同事并设定期限；尚未注册的同事可以发邮件邀请。",
                "Assign domains or items to colleagues with a due date; invite those without an account by mail.",
            ),
        ),
        _stop(
            '.tabs a[href*="/items/"]',
            ("在问卷中逐条作答", "Answer in the questionnaire"),
            (
                "每次改动自动保存。断网或登录失效时内容留在本机，恢复后自动补存。",
                "Every change is saved at once. Without a line or a session it waits in your browser and goes later.",
            ),
        ),
        _stop(
            '.tabs a[href$="/evidence/"]',
            ("集中管理证明材料", "Keep evidence in one place"),
            (
                "一份材料可以证明多个条款；文件名带条款编号的材料可以批量上传、自动对应。",
                "One file may serve many criteria; files named with a code are attached by themselves.",
            ),
        ),
        _stop(
            "#next-title",
            ("下一步随时看得到", "The next step is always here"),
            (
                "全部作答后在此提交自评。还缺什么，“提交前检查”逐条列出并可直接前往。",
                "Finalise here once all is answered. “Check before finalising” lists what is missing, with links.",
            ),
        ),
    ),
)

_QUESTIONNAIRE = Tour(
    "questionnaire",
    Bilingual("自评问卷", "The questionnaire"),
    (
        _stop(
            ".q-tree",
            ("能力域与能力项", "Domains and items"),
            (
                "左侧是标准的全部能力项，显示各项进度和已达到的等级；分配给您的能力域有标注。",
                "All items of the standard with progress and the level reached; your own parts are marked.",
            ),
        ),
        _stop(
            ".criterion .verdict-control, .criterion .verdicts, .criterion fieldset",
            ("选择符合程度", "Choose a verdict"),
            (
                "对照条款要求选择，也可按数字键 1 至 5。“不适用”须说明理由，由评估师复核。",
                "Compare with the requirement and choose, or press 1 to 5. “Not applicable” needs a reason.",
            ),
        ),
        _stop(
            ".criterion textarea[name=note]",
            ("说明做法和依据", "Say what you do"),
            (
                "写清做了什么、由谁负责、记录在哪里。评估师会读到这里的内容。",
                "Who does what, since when, and where it is recorded. The assessor reads this.",
            ),
        ),
        _stop(
            ".criterion-evidence",
            ("附上证明材料", "Attach evidence"),
            (
                "上传文件或从资料库选用，并注明页码或条款，方便评估师核对。",
                "Upload a file or choose one from the library, and say on which page to look.",
            ),
        ),
        _stop(
            "[data-guide-panel], .guide-fold",
            ("看不懂条款时", "When a criterion is unclear"),
            (
                "这里有条款释义、常见证明材料，以及上次的作答和评估发现。",
                "Here is what it means in practice, typical evidence, your last answer and past findings.",
            ),
        ),
        _stop(
            "[data-save-summary]",
            ("是否已保存", "Is it saved"),
            (
                "全页的保存状态显示在这里，每条作答右上角另有各自的状态：已保存、正在保存、未保存或需核对。",
                "This line speaks for the page, and each answer for itself: saved, saving, waiting, or in conflict.",
            ),
        ),
    ),
)

TOURS: Mapping[str, Tour] = {t.name: t for t in (_CASE, _QUESTIONNAIRE)}


@register.inclusion_tag("tours/tour.html", takes_context=True)
def tour(context: Mapping[str, Any], name: str, starts: bool = True) -> dict[str, Any]:
    """The walk round this page; it begins by itself when ``starts`` and the person has not seen it."""
    user = context["user"]
    return {"tour": TOURS[name], "is_new": bool(starts) and name not in user.tours_seen}
