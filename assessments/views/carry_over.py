"""What came over from an earlier assessment."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from assessments.permissions import rules
from assessments.queries import carry_over as queries
from assessments.views.access import case_or_404, permit, user_of
from assessments.views.head import case_head


@login_required
@require_safe
def carry_over(request: HttpRequest, number: str) -> HttpResponse:
    """The report of a case that was opened from an earlier one: what came over, what is open, what did not."""
    case = case_or_404(request, number)
    permit(rules.can_read_material(case))
    found = queries.report(case)
    if found is None:
        raise Http404
    context = case_head(request, case) | {
        "report": found,
        "reads_source": queries.reads_source(user_of(request), found),
        "may_answer": bool(rules.can_answer(case)),
        "printed_at": timezone.now(),
    }
    return render(request, "assessments/carry_over.html", context)
