"""Dividing the work: who has which part, handing parts over, saying that one is finished, and one's own part."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments.actions import delegations as actions
from assessments.actions.errors import NotAllowed, Refused
from assessments.forms.delegations import DelegationForm, HandOverForm, WorkInvitationForm, shown_for
from assessments.models import Assessment
from assessments.permissions import rules
from assessments.queries import delegations as queries
from assessments.queries.delegations import Division, Share
from assessments.templatetags.platform import local
from assessments.views.access import case_or_404, permit, user_of
from assessments.views.head import case_head
from assessments.workflow import Role, StateCode

#: How the division is shown: by person, or by domain and item.
_VIEWS = ("people", "parts")


@login_required
@require_http_methods(["GET", "POST"])
def delegations(request: HttpRequest, number: str) -> HttpResponse:
    """Who fills in which parts, and how far each is; administrators of the enterprise change it while drafting."""
    case = case_or_404(request, number)
    permit(rules.can_read_division(case))
    if request.method == "POST":
        permit(rules.can_manage_assessment(case))
    whole = queries.division(case, timezone.localdate())
    if request.method != "POST":
        return _division_page(request, case, whole)
    form = _delegation_form(request, whole)
    if form.is_valid():
        try:
            actions.delegate(by=user_of(request), number=case.number, at=timezone.now(), **form.given())
        except Refused as refused:
            form.add_error(None, local(refused.reason))
        else:
            messages.success(request, _("%(name)s的填报分工已保存。") % {"name": form.cleaned_data["user"].name})
            return redirect("delegations", case.number)
    return _division_page(request, case, whole, form=form, status=422)


@login_required
@require_POST
def delegation_invite(request: HttpRequest, number: str) -> HttpResponse:
    """Invites an address to the enterprise, with parts that are assigned on joining."""
    case = case_or_404(request, number)
    permit(rules.can_manage_assessment(case))
    whole = queries.division(case, timezone.localdate())
    form = WorkInvitationForm(request.POST, whole=whole, today=timezone.localdate(), prefix="invite")
    if form.is_valid():
        try:
            invitation = actions.invite(by=user_of(request), number=case.number, at=timezone.now(), **form.cleaned_data)
        except Refused as refused:
            form.add_error("email", local(refused.reason))
        else:
            messages.success(
                request, _("已向 %(email)s 发出邀请，对方加入后自动获得分工。") % {"email": invitation.email}
            )
            return redirect("delegations", case.number)
    return _division_page(request, case, whole, invitation_form=form, status=422)


def _division_page(
    request: HttpRequest,
    case: Assessment,
    whole: Division,
    *,
    form: DelegationForm | None = None,
    invitation_form: WorkInvitationForm | None = None,
    status: int = 200,
) -> HttpResponse:
    decision, today = rules.can_manage_assessment(case), timezone.localdate()
    view = request.GET.get("view", "")
    if decision:
        form = form or _delegation_form(request, whole)
        invitation_form = invitation_form or WorkInvitationForm(whole=whole, today=today, prefix="invite")
    context = case_head(request, case) | {
        "whole": whole,
        "shares": whole.shares,
        "view": view if view in _VIEWS else _VIEWS[0],
        "views": _views(case, view),
        "form": form,
        "invitation_form": invitation_form,
        "invited": queries.invited(case, timezone.now()) if decision else (),
        "may_manage": bool(decision),
        "why_not": decision.reason,
        "viewer": user_of(request),
    }
    return render(request, "delegations/delegations.html", context, status=status)


def _views(case: Assessment, current: str) -> list[dict[str, Any]]:
    here = reverse("delegations", args=[case.number])
    labels = {"people": _("按人员查看"), "parts": _("按能力域和能力项查看")}
    chosen = current if current in _VIEWS else _VIEWS[0]
    return [
        {"label": label, "url": here if name == _VIEWS[0] else f"{here}?view={name}", "is_active": name == chosen}
        for name, label in labels.items()
    ]


def _delegation_form(request: HttpRequest, whole: Division) -> DelegationForm:
    """The form, filled with what the colleague named in the address holds already."""
    share = next((s for s in whole.shares if str(s.user.pk) == request.GET.get("user")), None)
    initial: dict[str, Any] = {}
    if share:
        first = share.parts[0].delegation
        initial = {
            "user": share.user.pk,
            "part_codes": share.part_codes,
            "due_date": share.due or first.due_date,
            "note": first.note,
            "shown_for": shown_for(share),
        }
    return DelegationForm(
        request.POST or None,
        initial=initial,
        whole=whole,
        colleagues=queries.colleagues(whole.case),
        today=timezone.localdate(),
    )


@login_required
@require_http_methods(["GET", "POST"])
def hand_over(request: HttpRequest, number: str, user_id: int) -> HttpResponse:
    """Gives parts of one person to a colleague: the person themselves, or an administrator for anybody."""
    case, user = case_or_404(request, number), user_of(request)
    permit(rules.can_change_part(case, is_own=user.pk == user_id))
    share = next((s for s in queries.division(case, timezone.localdate()).shares if s.user.pk == user_id), None)
    if share is None:
        raise Http404
    part = request.GET.get("part")
    chosen = [part] if part in share.part_codes else [p.code for p in share.open_parts]
    form = HandOverForm(
        request.POST or None, initial={"part_codes": chosen}, share=share, colleagues=queries.colleagues(case)
    )
    if request.method == "POST" and form.is_valid():
        try:
            actions.hand_over(by=user, number=case.number, user=share.user, at=timezone.now(), **form.cleaned_data)
        except Refused as refused:
            form.add_error(None, local(refused.reason))
        else:
            messages.success(request, _("已移交给%(name)s。") % {"name": form.cleaned_data["receiver"].name})
            return redirect("my_part" if share.user == user else "delegations", case.number)
    context = case_head(request, case) | {"form": form, "share": share, "is_own": share.user == user}
    return render(request, "delegations/hand_over.html", context, status=422 if form.errors else 200)


# --- one's own part ------------------------------------------------------------------------------------------------


@login_required
@require_safe
def my_part(request: HttpRequest, number: str) -> HttpResponse:
    """What the person fills in, what is left of it, and until when."""
    case = case_or_404(request, number)
    permit(rules.can_have_part(case))
    return _own_page(request, case)


@login_required
@require_POST
def part_finish(request: HttpRequest, number: str, delegation_id: int) -> HttpResponse:
    """The person says that a part of theirs is finished; what keeps it open is shown as a list of links."""
    case = case_or_404(request, number)
    try:
        row = actions.finish(by=user_of(request), number=case.number, delegation_id=delegation_id, at=timezone.now())
    except actions.Unfinished as refused:
        missing = queries.by_item(case.edition, refused.criteria)
        return _own_page(request, case, problem=local(refused.reason), missing=missing, status=422)
    except NotAllowed:
        raise
    except Refused as refused:
        messages.error(request, local(refused.reason))
    else:
        part = local(queries.part_name(case.edition, row.part_code))
        messages.success(request, _("%(part)s已确认填报完成，已通知企业管理员。") % {"part": part})
    return redirect("my_part", case.number)


@login_required
@require_POST
def part_reopen(request: HttpRequest, number: str, delegation_id: int) -> HttpResponse:
    """Takes back that a part is finished; back to where the button was pressed."""
    case, user = case_or_404(request, number), user_of(request)
    try:
        row = actions.reopen(by=user, number=case.number, delegation_id=delegation_id, at=timezone.now())
    except NotAllowed:
        raise
    except Refused as refused:
        messages.error(request, local(refused.reason))
        return redirect("delegations", case.number)
    messages.success(
        request, _("%(part)s已恢复填报。") % {"part": local(queries.part_name(case.edition, row.part_code))}
    )
    return redirect("my_part" if row.user_id == user.pk else "delegations", case.number)


def _own_page(
    request: HttpRequest,
    case: Assessment,
    *,
    problem: str = "",
    missing: tuple[queries.OpenItem, ...] = (),
    status: int = 200,
) -> HttpResponse:
    user = user_of(request)
    whole = queries.division(case, timezone.localdate())
    mine = queries.mine(case, user, whole)
    is_open = case.state == StateCode.DRAFT
    context = case_head(request, case) | {
        "mine": mine,
        "share": mine.share,
        "due": _due(case, mine.share),
        "today": timezone.localdate(),
        "is_open": is_open,
        "is_administrator": case.viewer_enterprise_role == Role.ENTERPRISE_ADMINISTRATOR,
        "problem": problem,
        "missing": missing,
    }
    return render(request, "delegations/my_part.html", context, status=status)


def _due(case: Assessment, share: Share | None) -> Any:
    """Until when: the earliest date of an unfinished part, else the date planned for the whole."""
    if share is None:
        return case.planned_date
    return share.due or (case.planned_date if share.open_parts else None)
