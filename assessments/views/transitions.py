"""Taking a step of a case: one page for every action of the workflow table."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from assessments.actions import transitions
from assessments.forms.transitions import StepForm, form_for
from assessments.models import Assessment
from assessments.permissions import scope
from assessments.permissions.scope import case_roles
from assessments.queries.eligibility import standing
from assessments.queries.facts import gather
from assessments.queries.transitions import WORDS, checks, is_offered
from assessments.templatetags.platform import local
from assessments.views.access import case_or_404, user_of
from assessments.views.head import case_head
from assessments.views.readiness import missing
from assessments.workflow import ACTIONS, ARROWS, Arrow, CaseFacts, NotAllowed, Refused, require
from assessments.workflow import guards as g


@login_required
@require_http_methods(["GET", "POST"])
def transition(request: HttpRequest, number: str, action: str) -> HttpResponse:
    """What the step does and what it needs; posting takes it."""
    case = case_or_404(request, number)
    arrow = _arrow_or_404(request, case, action)
    now = timezone.now()
    # Not "POST or None": a step that asks for nothing posts an empty form, which is valid.
    form = form_for(action)(
        request.POST if request.method == "POST" else None, case=case, today=timezone.localdate(now)
    )
    if request.method == "POST" and form.is_valid():
        try:
            transitions.move(by=user_of(request), number=number, action=action, at=now, given=form.given())
        except NotAllowed:
            raise
        except Refused as refused:
            form.add_error(None, local(refused.reason))
        else:
            return _onwards(request, case, action)
    return render(request, "transitions/transition.html", _context(request, case, arrow, form))


def _arrow_or_404(request: HttpRequest, case: Assessment, action: str) -> Arrow:
    """The arrow that leaves the present state.

    404 when the action does not exist, or not here. Raises ``NotAllowed`` for others, and ``Refused`` for a form sent
    when the case had already moved on: a second click gets its sentence, not a page that says nothing.
    """
    arrow = next((a for a in ARROWS if a.source == case.state and a.action == action), None)
    if action not in ACTIONS or (arrow is None and request.method != "POST"):
        raise Http404
    try:
        require(case.state, action, case_roles(case), CaseFacts())
    except NotAllowed:
        raise
    except Refused:
        if arrow is None:
            raise
    assert arrow is not None
    return arrow


def _context(request: HttpRequest, case: Assessment, arrow: Arrow, form: StepForm) -> dict[str, Any]:
    facts = gather(case, by=user_of(request), at=timezone.now())
    listed = checks(arrow, facts)
    today = timezone.localdate()
    return case_head(request, case) | {
        "actions": (),
        **(missing(request, case) if g.pledge_signed in arrow.guards else {}),
        "eligibility": standing(case, today) if g.eligible in arrow.guards else None,
        "arrow": arrow,
        "words": WORDS[arrow.action],
        "checks": listed,
        "is_open": is_offered(arrow, facts) and not any(c.status == "unmet" for c in listed),
        "form": form,
    }


def _onwards(request: HttpRequest, case: Assessment, action: str) -> HttpResponse:
    """Back to the case, or to the list when the step took it out of sight."""
    messages.success(request, local(WORDS[action].done))
    if scope.cases(user_of(request)).filter(pk=case.pk).exists():
        return redirect("assessment_detail", case.number)
    return redirect("assessment_list")
