"""The first page: what DCMM is for visitors, what waits for whoever is logged in."""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from assessments.permissions.rules import can_manage_standard, holds, memberships
from assessments.queries import joining, notices, self_check, todo
from assessments.queries.assessments import cases_of, rows
from assessments.queries.home import case_figures
from assessments.standard import LEVELS, current_edition
from assessments.views.access import user_of
from assessments.views.assessments import acting_membership, list_columns
from assessments.workflow import Role

_LATEST = 5


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Public front page, or the to-do list of the person."""
    return landing(request) if isinstance(request.user, AnonymousUser) else desk(request)


def landing(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    return render(
        request,
        "home/landing.html",
        {
            "edition": current_edition(),
            "levels": LEVELS,
            "notices": notices.published(now)[:_LATEST],
        },
    )


def desk(request: HttpRequest) -> HttpResponse:
    """The to-do list, the latest cases, a few figures."""
    user = user_of(request)
    cases = cases_of(user, acting_membership(request))
    own_requests, to_decide = joining.concerning(user)
    return render(
        request,
        "home/desk.html",
        {
            "today": timezone.localdate(),
            "todos": todo.todos(user),
            "rows": rows(cases[:_LATEST]),
            "figures": case_figures(cases),
            "memberships": memberships(user),
            "own_requests": own_requests,
            "to_decide": to_decide,
            "checks": self_check.offered(),
            **list_columns(request),
            "may_open": holds(user, Role.ENTERPRISE_ADMINISTRATOR),
            "may_manage_standard": bool(can_manage_standard(user)),
            "is_auditor": holds(user, Role.AUDIT_ADMINISTRATOR),
        },
    )
