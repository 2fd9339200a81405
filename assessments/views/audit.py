"""The audit trail for audit administrators: read, filter, verify; nothing here changes anything."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from assessments.actions import audit as trail
from assessments.forms.audit import AuditFilter
from assessments.models import Assessment
from assessments.permissions import rules, scope
from assessments.queries import audit
from assessments.views.access import permit, user_of


@dataclass(frozen=True)
class Verification:
    """What walking the chain of one case gave."""

    count: int
    broken: trail.Break | None


@login_required
@require_safe
def audit_list(request: HttpRequest) -> HttpResponse:
    """Events newest first, page by page. With a case number its chain can be verified (``verify=1``)."""
    user = user_of(request)
    permit(rules.can_read_audit(user))
    form = AuditFilter(request.GET)
    form.is_valid()
    wanted = form.cleaned_data
    case = Assessment.objects.filter(number=wanted["case"]).first() if wanted.get("case") else None
    page = audit.page(audit.matching(scope.events(user), wanted), request.GET.get("after", ""))
    context = {
        "form": form,
        "page": page,
        "case": case,
        "verification": _verified(case) if case and "verify" in request.GET else None,
        "is_filtered": any(wanted.values()),
        "is_first": "after" not in request.GET,
    }
    return render(request, "audit/audit_list.html", context)


def _verified(case: Assessment) -> Verification:
    return Verification(*trail.verify(trail.stream_of(case)))
