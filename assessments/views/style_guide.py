"""The living style guide: every token, and every component once, with parameters as pages give them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from assessments.models.certificates import STATUSES
from assessments.scoring import Result, ScoringInput, get_scheme, score
from assessments.scoring.result import points
from assessments.standard import LEVELS, Bilingual, Domain, Edition, get_shipped
from assessments.views.item_tree import TreeDomain, TreeItem, tree
from assessments.workflow import ARROWS, STAGES, STATES, StateCode

EDITION = "gbt36073-2018"
_PALETTES = ("teal", "grey", "green", "amber", "red")
_SHADES = (25, 50, 100, 200, 300, 400, 500, 600, 700, 800, 900, 950)
_TONES = {
    "teal": _SHADES[1:],
    "grey": _SHADES[:-1],
    "green": (50, 100, 700),
    "amber": (50, 100, 300, 700, 800),
    "red": (50, 100, 300, 700, 800),
}
_ICONS = (
    "home", "cases", "people", "building", "certificate", "notice", "documents", "audit", "book", "search", "inbox",
    "link", "account", "menu", "close", "down", "right", "left", "check", "ok", "info", "warning", "danger", "plus",
    "upload", "download", "attachment", "comment", "clock", "lock", "print", "edit", "filter", "arrow", "external",
    "more", "language", "keyboard", "history", "star", "text-size", "verdict-full", "verdict-largely",
    "verdict-partially", "verdict-none", "verdict-not_applicable", "verdict-unanswered",
)  # fmt: skip


@require_safe
def style_guide(request: HttpRequest) -> HttpResponse:
    """Public; reads nothing from the database, and shows our own words even where a licensed text is installed."""
    edition = get_shipped(EDITION)
    item = edition.items["6.1"]
    result = _sample_result()
    scheme = get_scheme(edition.scheme)
    return render(
        request,
        "style_guide.html",
        {
            "palettes": [(name, _TONES[name]) for name in _PALETTES],
            "icons": _ICONS,
            "crumbs": [
                {"label": _("我的评估"), "url": "#"},
                {"label": "DCMM-2026-000018", "url": "#"},
                {"label": _("自评")},
            ],
            "case": _case(edition),
            "stages": _stages(),
            "actions": _actions(),
            "tabs": [
                {"label": _("概况"), "url": "#g-case", "is_current": True},
                {"label": _("自评问卷"), "url": "#g-questionnaire", "count": 37},
                {"label": _("证明材料"), "url": "#g-forms"},
                {"label": _("评估结果"), "url": "#g-charts"},
            ],
            "chips": [
                {"label": STATES[code].label.in_language(request.LANGUAGE_CODE), "url": f"?state={code}"}
                | {"count": count, "is_active": code == StateCode.DRAFT}
                for code, count in ((StateCode.DRAFT, 12), (StateCode.APPLIED, 4), (StateCode.PUBLIC_NOTICE, 0))
            ],
            "filter_form": _SampleFilter(),
            "certificate_statuses": list(STATUSES.items()),
            "status_lines": _status_lines(),
            "states": list(STATES),
            "levels": range(6),
            "level_texts": LEVELS,
            "item": item,
            "criteria": item.by_level[2][1],
            "now": timezone.now(),
            "today": timezone.localdate(),
            "yesterday": timezone.localdate() - dt.timedelta(days=1),
            "form": _SampleForm({"contact": "", "email": "wang@", "track": "owner"}),
            "empty_form": _SampleForm(),
            "page_obj": Paginator(range(212), 20).get_page(request.GET.get("page")),
            "gate": points(scheme.level_gate),
            "gate_source": scheme.parameters[0].source,
            "definition_rows": [
                {"label": _("统一社会信用代码"), "value": "91310115MA1K3ABC2X"},
                {"label": _("所在区"), "value": Bilingual("浦东新区", "Pudong New Area")},
                {"label": _("从业人数"), "value": 1286, "note": _("2025 年末")},
                {"label": _("英文名称"), "value": ""},
            ],
            "consequences": [_("公开查询显示“已撤销”及撤销原因。"), _("企业和评估机构收到通知。")],
            "tree": _tree(edition.domains, result),
            **_chart_samples(edition, result),
        },
    )


class _SampleForm(forms.Form):
    contact = forms.CharField(label=_("联系人"), help_text=_("评估期间与评估机构对接的人员。"))
    email = forms.EmailField(label=_("电子邮箱"))
    track = forms.ChoiceField(
        label=_("评估类别"), choices=[("owner", _("甲方（数据拥有方）")), ("provider", _("乙方（服务提供方）"))]
    )
    scope = forms.CharField(label=_("评估范围"), widget=forms.Textarea(attrs={"rows": 3}), required=False)
    pledge = forms.BooleanField(label=_("确认填报内容真实、准确、完整"))


class _SampleFilter(forms.Form):
    number = forms.CharField(label=_("证书编号"), required=False)
    level = forms.ChoiceField(label=_("等级"), choices=[("", _("全部")), ("3", "3"), ("4", "4")], required=False)


@dataclass(frozen=True)
class _Enterprise:
    both_names: Bilingual


@dataclass(frozen=True)
class _Case:
    """The attributes that ``case_header.html`` reads."""

    number: str
    enterprise: _Enterprise
    edition_title: Bilingual
    target_level: int
    state: str


def _case(edition: Edition) -> _Case:
    enterprise = _Enterprise(
        Bilingual(
            "上海东岸港航数据科技集团股份有限公司", "Shanghai Dong'an Port and Shipping Data Technology Group Co., Ltd."
        )
    )
    return _Case("DCMM-2026-000018", enterprise, edition.title, 4, StateCode.DOCUMENT_REVIEW)


def _stages() -> list[dict[str, Any]]:
    here = next(i for i, stage in enumerate(STAGES) if stage.code == StateCode.DOCUMENT_REVIEW)
    today = timezone.localdate()
    return [
        {
            "label": stage.label,
            "status": "done" if i < here else "current" if i == here else "todo",
            "owner": stage.owner.label,
            "due": today + dt.timedelta(days=12),
            "since": today - dt.timedelta(days=14 * (here - i)),
        }
        for i, stage in enumerate(STAGES)
    ]


def _status_lines() -> list[dict[str, Any]]:
    now = timezone.now()
    return [
        {
            "at": now - dt.timedelta(days=200),
            "status": "active",
            "label": STATUSES["active"],
            "reason": Bilingual("公示无异议，签发证书。", "No objection during the notice; certificate issued."),
        },
        {
            "at": now,
            "status": "suspended",
            "label": STATUSES["suspended"],
            "reason": Bilingual("未按期接受监督评估。", "Surveillance was not carried out in time."),
        },
    ]


def _actions() -> list[dict[str, Any]]:
    """The arrows of three states with every tone, one of them refused."""
    wanted = {"go_onsite", "reopen", "withdraw"}
    refusal = Bilingual(
        "还有 12 条未由两名评估师评定，请完成后再进入现场评审。",
        "12 criteria do not yet have a ruling from two assessors; finish them before going on site.",
    )
    return [
        {"label": a.label, "url": "#", "tone": a.tone, "refusal": refusal if a.action == "reopen" else None}
        for a in ARROWS
        if a.action in wanted
    ]


@lru_cache(maxsize=1)
def _sample_result() -> Result:
    """A plausible organisation at level 3: verdicts fall off with the level, differently from item to item."""
    ladder = ("full", "full", "largely", "partially", "none")
    edition = get_shipped(EDITION)
    verdicts = {
        c.code: ladder[min(max(c.level - 2 + (n + d) % 3 - (c.level < 3), 0), 4)]
        for d, domain in enumerate(edition.domains)
        for i in domain.items
        for n, c in enumerate(i.criteria)
    }
    return score(ScoringInput.of(EDITION, verdicts))


def _tree(domains: tuple[Domain, ...], result: Result) -> SafeString:
    return tree(
        TreeDomain(
            code=d.code,
            name=d.name,
            answered=result.domains[d.code].answered,
            total=result.domains[d.code].total,
            items=[
                TreeItem(
                    code=i.code,
                    name=i.name,
                    url=f"#tree-{i.code}",
                    answered=result.items[i.code].answered - 3 * (i.code == "6.2"),
                    total=result.items[i.code].total,
                    level=result.items[i.code].level,
                    is_current=i.code == "6.2",
                )
                for i in d.items
            ],
            is_open=d.code == "6",
        )
        for d in domains[:3]
    )


def _chart_samples(edition: Edition, result: Result) -> dict[str, Any]:
    scores = [result.domains[d.code].score for d in edition.domains]
    steps = (Decimal("0.35") + Decimal(n % 3) / 10 for n in range(len(scores)))
    lower = [None if s is None else max(s - step, Decimal(0)) for s, step in zip(scores, steps, strict=True)]
    rows: list[dict[str, Any]] = []
    for domain in edition.domains[:2]:
        rows.append({"heading": domain.name})
        rows += [
            {
                "code": item.code,
                "label": item.name,
                "levels": result.items[item.code].levels,
                "score": result.items[item.code].score,
                "level": result.items[item.code].level,
            }
            for item in domain.items
        ]
    return {
        "axes": [d.name for d in edition.domains],
        "series": [(_("自评"), scores, "series-a"), (_("评估"), lower, "series-b")],
        "domain_scores": list(zip(edition.domains, scores, strict=True)),
        "item_levels": result.items["6.1"].levels,
        "heat_rows": rows,
        "result": result,
    }
