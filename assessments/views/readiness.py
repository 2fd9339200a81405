"""What a self-assessment still lacks before it can be finalised: a list of links, for everybody of the enterprise."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from assessments.models import Assessment
from assessments.permissions.scope import case_roles
from assessments.queries import readiness as queries
from assessments.queries.questionnaire import division
from assessments.views.access import case_or_404, user_of
from assessments.views.head import case_head
from assessments.workflow import CaseRole, StateCode

_ENTERPRISE = {CaseRole.ENTERPRISE_ADMINISTRATOR, CaseRole.CONTRIBUTOR, CaseRole.VIEWER}


@login_required
@require_safe
def readiness(request: HttpRequest, number: str) -> HttpResponse:
    """What is missing, criterion by criterion; members of the enterprise, while drafting."""
    case = case_or_404(request, number)
    if not case_roles(case) & _ENTERPRISE:
        raise PermissionDenied(_("提交前检查仅限本企业成员查看。"))
    context = case_head(request, case) | {"is_draft": case.state == StateCode.DRAFT}
    if context["is_draft"]:
        context |= missing(request, case)
    return render(request, "transitions/readiness.html", context)


def missing(request: HttpRequest, case: Assessment) -> dict[str, Any]:
    """The context of ``transitions/gaps.html``."""
    found = queries.gaps(case, timezone.localdate())
    shared = division(case, user_of(request))
    return {
        "blocking": [g for g in found if g.blocks],
        "advisory": [g for g in found if not g.blocks],
        "people": {item.code: shared.people(item) for gap in found for item, _codes in gap.items},
        "parts_open": queries.parts_open(case),
    }
