"""Joining an enterprise that is registered already: asking, taking back, deciding."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from assessments.actions import joining
from assessments.actions.errors import Refused
from assessments.forms.joining import ApprovalForm, DeclineForm, JoinForm
from assessments.forms.organisations import InvitationForm
from assessments.models import JoinRequest, Organisation
from assessments.permissions import rules
from assessments.queries import joining as queries
from assessments.templatetags.platform import local
from assessments.views.access import permit, user_of
from assessments.views.limits import exceeds
from assessments.views.organisations import member_page, organisation_or_404, too_many

#: Sending requests and looking codes up, for one person.
TRIES_PER_MINUTE = 20


@login_required
@require_http_methods(["GET", "POST"])
def enterprise_join(request: HttpRequest, token: str) -> HttpResponse:
    """Asks to join the enterprise that a code or a name led to: its public name, and nothing else about it."""
    user, now = user_of(request), timezone.now()
    if exceeds(request, "join", per_minute=TRIES_PER_MINUTE, person=user):
        return too_many(request)
    enterprise = queries.enterprise_of(token)
    if enterprise is None:
        raise Http404
    form = JoinForm(request.POST or None)
    standing = queries.open_request(user, enterprise)
    refusal = None if standing else queries.why_not_ask(user, enterprise, now)
    if request.method == "POST" and form.is_valid():
        try:
            joining.ask(by=user, organisation=enterprise, message=form.cleaned_data["message"], at=now)
        except Refused as refused:
            refusal = refused.reason
        else:
            messages.success(request, _("申请已提交，管理员处理后将通过站内消息和邮件通知您。"))
            return redirect("home")
    context = {
        "enterprise": enterprise,
        "form": form,
        "standing": standing,
        "refusal": refusal,
        "is_member": rules.role_in(user, enterprise) is not None,
        "other_parties": queries.other_parties(user),
    }
    status = 409 if refusal and request.method == "POST" else 200
    return render(request, "organisations/enterprise_join.html", context, status=status)


@login_required
@require_POST
def join_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Takes back one's own request."""
    user = user_of(request)
    found = JoinRequest.objects.select_related("organisation").filter(pk=pk, user=user).first()
    if found is None:
        raise Http404
    try:
        joining.withdraw(by=user, request=found, at=timezone.now())
    except Refused as refused:
        messages.error(request, local(refused.reason))
    else:
        messages.success(request, _("已撤回加入%(name)s的申请。") % {"name": local(found.organisation.both_names)})
    return redirect("home")


@login_required
@require_POST
def join_approve(request: HttpRequest, pk: int, request_id: int) -> HttpResponse:
    """Makes the applicant a member."""
    organisation, found = _request_or_404(request, pk, request_id)
    form = ApprovalForm(request.POST, organisation=organisation)
    if not form.is_valid():
        messages.error(request, _("请选择新成员的角色。"))
        return redirect("member_list", organisation.pk)
    try:
        joining.approve(by=user_of(request), request=found, at=timezone.now(), **form.cleaned_data)
    except Refused as refused:
        messages.error(request, local(refused.reason))
    else:
        messages.success(request, _("已同意%(name)s加入。") % {"name": found.user.name or found.user.email})
    return redirect("member_list", organisation.pk)


@login_required
@require_POST
def join_decline(request: HttpRequest, pk: int, request_id: int) -> HttpResponse:
    """Says no with a reason; without one the page comes back with what was typed."""
    organisation, found = _request_or_404(request, pk, request_id)
    form = DeclineForm(request.POST, auto_id=f"decline-{found.pk}-%s")
    if not form.is_valid():
        invitation = InvitationForm(organisation=organisation)
        return member_page(request, organisation, invitation, declining={found.pk: form}, status=422)
    try:
        joining.decline(by=user_of(request), request=found, at=timezone.now(), **form.cleaned_data)
    except Refused as refused:
        messages.error(request, local(refused.reason))
    else:
        messages.success(request, _("已拒绝%(name)s的加入申请。") % {"name": found.user.name or found.user.email})
    return redirect("member_list", organisation.pk)


def _request_or_404(request: HttpRequest, pk: int, request_id: int) -> tuple[Organisation, JoinRequest]:
    organisation = organisation_or_404(request, pk)
    permit(rules.can_manage_members(user_of(request), organisation))
    found = organisation.join_requests.select_related("user", "organisation").filter(pk=request_id).first()
    if found is None:
        raise Http404
    return organisation, found
