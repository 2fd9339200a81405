"""Two assessments of one enterprise side by side."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from assessments.permissions import rules
from assessments.queries.comparison import compare, others
from assessments.views.access import case_or_404, permit, user_of
from assessments.views.head import case_head


@login_required
@require_safe
def comparison(request: HttpRequest, number: str) -> HttpResponse:
    """This case beside another of the same enterprise, chosen in the address; without one the latest other."""
    case = case_or_404(request, number)
    if not rules.can_read_assessed_result(case):
        permit(rules.can_read_material(case))
    choices = others(user_of(request), case)
    wanted = request.GET.get("with")
    other = next((c for c in choices if wanted in (None, c.number)), None)
    if wanted and other is None:
        raise Http404
    context = case_head(request, case) | {
        "choices": choices,
        "other": other,
        "comparison": compare(case, other) if other else None,
        "printed_at": timezone.now(),
    }
    return render(request, "assessments/comparison.html", context)
