"""The team of a case: who takes which part, and each member's declaration."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from assessments.actions import review as actions
from assessments.actions.errors import Refused
from assessments.forms.team import AssignmentForm, DeclarationForm
from assessments.models import Assessment, TeamMember
from assessments.permissions import rules
from assessments.queries import team as teams
from assessments.templatetags.platform import local
from assessments.views.access import case_or_404, permit, user_of
from assessments.views.review import page_context
from assessments.workflow import CaseRole

PAGE_SIZE = 20


@login_required
@require_http_methods(["GET", "POST"])
def team(request: HttpRequest, number: str) -> HttpResponse:
    """The team; while planning the manager adds people here (POST: user, role)."""
    case = case_or_404(request, number)
    permit(rules.can_read_team(case))
    form = AssignmentForm(request.POST or None, body_id=case.body_id)
    if request.method == "POST":
        permit(rules.can_assign_team(case))
        if form.is_valid():
            user, role = form.cleaned_data["user"], form.cleaned_data["role"]
            try:
                actions.assign(by=user_of(request), number=number, user=user, role=role, at=timezone.now())
            except Refused as refused:
                form.add_error(None, local(refused.reason))
            else:
                words = {"name": user.name, "role": local(CaseRole(role).label)}
                messages.success(request, _("已指派%(name)s担任%(role)s。") % words)
                return redirect("team", number)
    return _page(request, case, form=form)


@login_required
@require_POST
def team_declare(request: HttpRequest, number: str) -> HttpResponse:
    """A member declares to have no conflict of interest."""
    case = case_or_404(request, number)
    permit(rules.can_declare(case))
    declaration = DeclarationForm(request.POST)
    if not declaration.is_valid():
        return _page(request, case, declaration=declaration)
    actions.declare_no_conflict(by=user_of(request), number=number, at=timezone.now())
    messages.success(request, _("无利益冲突声明已提交。"))
    return redirect("team", number)


@login_required
@require_POST
def team_remove(request: HttpRequest, number: str, member_id: int) -> HttpResponse:
    """Takes a person off the team; already gone is a 404."""
    case = case_or_404(request, number)
    permit(rules.can_assign_team(case))
    try:
        actions.unassign(by=user_of(request), number=number, member_id=member_id, at=timezone.now())
    except TeamMember.DoesNotExist as gone:
        raise Http404 from gone
    messages.success(request, _("已移除该成员。"))
    return redirect("team", number)


def _page(
    request: HttpRequest,
    case: Assessment,
    *,
    form: AssignmentForm | None = None,
    declaration: DeclarationForm | None = None,
) -> HttpResponse:
    user = user_of(request)
    members = teams.members(case)
    mine = [m for m in members if m.user_id == user.pk]
    context: dict[str, Any] = {
        "members": members,
        "is_assigning": bool(rules.can_assign_team(case)),
        "form": form,
        "must_declare": bool(rules.can_declare(case)) and any(m.declared_at is None for m in mine),
        "declaration": declaration or DeclarationForm(),
        "q": request.GET.get("q", "").strip(),
        "conflict_years": settings.CONFLICT_YEARS,
    }
    if context["is_assigning"]:
        roles = {r for allowed in actions.QUALIFIED_FOR.values() for r in allowed}
        found = teams.qualified(case, roles, timezone.localdate(), context["q"])
        context["page_obj"] = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
        context["people"] = teams.people(context["page_obj"], members, actions.QUALIFIED_FOR)
    invalid = (form is not None and form.errors) or (declaration is not None and declaration.errors)
    context |= page_context(request, case, "team", _("评估组"), steps=True)
    return render(request, "review/team.html", context, status=422 if invalid else 200)
