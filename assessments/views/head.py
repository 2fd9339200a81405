"""What stands above every page of a case: stages, next steps, and the pages of the case as tabs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from assessments.models import Assessment, Transition
from assessments.permissions import rules
from assessments.permissions.scope import case_roles
from assessments.queries import timeline
from assessments.queries.transitions import Step, next_steps
from assessments.standard import Bilingual
from assessments.views.access import user_of
from assessments.workflow import CaseRole, StateCode

_ENTERPRISE = {CaseRole.ENTERPRISE_ADMINISTRATOR, CaseRole.CONTRIBUTOR, CaseRole.VIEWER}
_WRITERS = _ENTERPRISE - {CaseRole.VIEWER}
_REVIEWERS = {CaseRole.BODY_MANAGER, CaseRole.LEAD, CaseRole.ASSESSOR, CaseRole.QUALITY_REVIEWER}


@dataclass(frozen=True)
class CaseAction:
    """A step as ``components/case_header.html`` shows it."""

    label: Bilingual
    url: str
    tone: str
    refusal: Bilingual | None
    reasons: tuple[Bilingual, ...]
    method: str = "get"


@dataclass(frozen=True)
class Tab:
    """One page of the case."""

    label: str | Promise
    url: str
    is_current: bool


def case_head(request: HttpRequest, case: Assessment, *, taken: Sequence[Transition] | None = None) -> dict[str, Any]:
    """Context for ``assessments/head.html``: ``case``, ``stages``, ``actions`` and ``tabs``."""
    taken = timeline.steps_taken(case) if taken is None else taken
    return {
        "case": case,
        "stages": timeline.stages(case, taken),
        "actions": actions(case, next_steps(case, by=user_of(request), at=timezone.now())),
        "tabs": tabs(request, case),
    }


def actions(case: Assessment, steps: Sequence[Step]) -> list[CaseAction]:
    """Steps as buttons with one main step: the first that can be taken, else the first; other main ones give way."""
    candidates = sorted((s for s in steps if s.arrow.tone == "main"), key=lambda s: not s.is_open)
    first = candidates[0] if candidates else None
    return [
        CaseAction(
            label=step.arrow.label,
            url=reverse("transition", args=[case.number, step.arrow.action]),
            tone="other" if step.arrow.tone == "main" and step is not first else step.arrow.tone,
            refusal=step.reasons[0] if step.reasons else None,
            reasons=step.reasons,
        )
        for step in steps
    ]


def tabs(request: HttpRequest, case: Assessment) -> list[Tab]:
    """The pages of the case that its viewer may open; no query."""
    here = request.resolver_match.url_name if request.resolver_match else ""
    return [
        Tab(label, reverse(name, args=[case.number, *more]), here in (name, *also))
        for name, label, more, also, may in _pages(case)
        if may
    ]


def _pages(case: Assessment) -> list[tuple[str, Any, list[str], tuple[str, ...], bool]]:
    roles = case_roles(case)
    reads = bool(rules.can_read_material(case))
    first = next(iter(case.edition.items))
    with_body = case.body_id is not None and case.state != StateCode.APPLIED
    return [
        ("assessment_detail", _("概况"), [], (), True),
        ("item", _("自评问卷"), [first], (), reads),
        ("my_part", _("我的填报"), [], ("part_finish",), bool(roles & _WRITERS) and case.state == StateCode.DRAFT),
        ("worklist", _("条款清单"), [], (), bool(roles & _ENTERPRISE)),
        ("evidence_list", _("证明材料"), [], (), reads),
        (
            "eligibility",
            _("申报条件"),
            [],
            ("eligibility_facts", "waiver_request"),
            bool(rules.can_read_eligibility(case)),
        ),
        ("delegations", _("填报分工"), [], ("delegation_invite", "hand_over"), bool(roles & _ENTERPRISE)),
        ("discussion_list", _("讨论"), [], ("discussion",), bool(rules.can_read_discussions(case))),
        ("team", _("评估组"), [], (), with_body and bool(roles & _REVIEWERS)),
        ("review", _("评审"), [], ("review_item", "differences"), bool(rules.can_read_review(case))),
        ("result", _("评估结果"), [], (), reads or bool(rules.can_read_assessed_result(case))),
        ("history", _("办理记录"), [], (), True),
    ]
