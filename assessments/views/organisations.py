"""Pages about organisations: registering, details, members, invitations, and choosing which one to act for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.core.paginator import Paginator
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from assessments.actions import organisations
from assessments.actions.errors import Refused
from assessments.actions.organisations import ORGANISATION_FIELDS, PROFILE_FIELDS
from assessments.forms.joining import ApprovalForm, DeclineForm
from assessments.forms.organisations import (
    EnterpriseForm,
    InvitationForm,
    OrganisationForm,
    RegistrationForm,
    role_choices,
)
from assessments.models import Invitation, JoinRequest, Membership, Organisation, User
from assessments.notifications.organisations import invitation_link
from assessments.permissions import rules, scope
from assessments.queries import joining
from assessments.queries import organisations as queries
from assessments.queries.delegations import WRITERS, parts_in_words
from assessments.standard import Bilingual
from assessments.templatetags.platform import level_name, local
from assessments.views.access import permit, user_of
from assessments.views.limits import WINDOW, exceeds
from assessments.views.self_check import waiting_address
from assessments.views.shell import SESSION_KEY
from assessments.workflow import Party, StateCode

PAGE_SIZE = 20
#: Attempts to register, for one person: each says whether a code or a name is known here.
REGISTRATIONS_PER_MINUTE = 20
#: How many of those who left are listed; older ones are in the audit trail.
FORMER_SHOWN = 20


def organisation_or_404(request: HttpRequest, pk: int) -> Organisation:
    """An organisation the reader belongs to, with its profiles; 404 for every other one."""
    found = scope.organisations(user_of(request)).select_related("enterprise_profile", "body_profile")
    organisation = found.filter(pk=pk).first()
    if organisation is None:
        raise Http404
    return organisation


def too_many(request: HttpRequest) -> HttpResponse:
    """429 for a person who asks faster than anybody who fills in forms."""
    response = render(request, "organisations/too_many.html", status=429)
    response["Retry-After"] = str(WINDOW)
    return response


# --- registering and details ---------------------------------------------------------------------------------------


@login_required
@require_http_methods(["GET", "POST"])
def enterprise_new(request: HttpRequest) -> HttpResponse:
    """Registers an enterprise; the person becomes its administrator and acts for it from then on.

    One that is registered already, or seems to be under a similar name, is shown by its name to be joined instead.
    """
    user = user_of(request)
    if request.method == "POST" and exceeds(request, "register", per_minute=REGISTRATIONS_PER_MINUTE, person=user):
        return too_many(request)
    form = RegistrationForm(request.POST or None, initial={"contact_name": user.name})
    known: list[Organisation] = []
    if request.method == "POST" and form.is_valid():
        enterprise, known = _register(user, form)
        if enterprise is not None:
            return _registered(request, enterprise)
    context = {
        "form": form,
        "is_newcomer": not rules.memberships(user),
        "invitations": queries.invitations_for(user, timezone.now()),
        "known": [(e, joining.token_of(e)) for e in known],
    }
    return render(request, "organisations/enterprise_new.html", context)


def _register(user: User, form: RegistrationForm) -> tuple[Organisation | None, list[Organisation]]:
    """The enterprise registered now, or those the person may have meant; the reason stands on the form then."""
    details = dict(form.cleaned_data)
    uscc, standing = details["uscc"], joining.registered(details.pop("uscc"))
    alike = [] if standing or details["is_another"] else joining.similar(details["name"], uscc=uscc)
    if alike:
        form.add_error("name", _("已有名称相近的企业登记，请先核对是否为同一家。"))
        return None, alike
    try:
        return organisations.register_enterprise(by=user, uscc=uscc, details=details, at=timezone.now()), []
    except Refused as refused:
        form.add_error("uscc", local(refused.reason))
        return None, [standing] if standing else []


def _registered(request: HttpRequest, enterprise: Organisation) -> HttpResponse:
    """The person acts for the enterprise from now on; somebody who came with a self-check goes on to take it over."""
    request.session[SESSION_KEY] = enterprise.pk
    messages.success(request, _("%(name)s已登记，您是该企业的管理员。") % {"name": local(enterprise.both_names)})
    if address := waiting_address(request):
        return HttpResponseRedirect(address)
    return redirect("organisation_detail", enterprise.pk)


@login_required
@require_http_methods(["GET", "POST"])
def organisation_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """The details; with ``?edit=1`` the form, for administrators."""
    user, organisation = user_of(request), organisation_or_404(request, pk)
    decision = rules.can_manage_members(user, organisation)
    context = _organisation_context(organisation, "detail", may_manage=bool(decision))
    if request.method == "GET" and "edit" not in request.GET:
        context["sections"] = _detail_sections(organisation)
        context["qualification"] = _qualification(organisation)
        context["administrators"] = queries.administrators(organisation)
        return render(request, "organisations/organisation_detail.html", context)
    permit(decision)
    form = _details_form(request, organisation)
    if request.method == "POST" and form.is_valid():
        organisations.update_details(by=user, organisation=organisation, details=form.cleaned_data, at=timezone.now())
        messages.success(request, _("信息已保存。"))
        return redirect("organisation_detail", organisation.pk)
    context |= {"form": form, "crumbs": _crumbs(organisation, _("修改信息"))}
    return render(request, "organisations/organisation_edit.html", context)


def _details_form(request: HttpRequest, organisation: Organisation) -> Form:
    initial = {name: getattr(organisation, name) for name in ORGANISATION_FIELDS}
    profile = getattr(organisation, "enterprise_profile", None)
    if profile is None:
        return OrganisationForm(request.POST or None, initial=initial)
    initial |= {name: getattr(profile, name) for name in PROFILE_FIELDS}
    return EnterpriseForm(request.POST or None, initial=initial)


def _crumbs(organisation: Organisation, here: str) -> list[dict[str, str]]:
    first = {"label": local(organisation.both_names), "url": reverse("organisation_detail", args=[organisation.pk])}
    return [first, {"label": here}]


def _organisation_context(organisation: Organisation, page: str, *, may_manage: bool) -> dict[str, Any]:
    """What every page of an organisation shows: its tabs, and what the reader may do on the page."""
    addresses = {
        "detail": (_("基本信息"), reverse("organisation_detail", args=[organisation.pk])),
        "members": (_members_title(organisation), reverse("member_list", args=[organisation.pk])),
    }
    tabs = [{"label": label, "url": url, "is_current": key == page} for key, (label, url) in addresses.items()]
    edit = {"url": f"{addresses['detail'][1]}?edit=1", "label": _("修改信息"), "icon": "edit"}
    return {
        "organisation": organisation,
        "kind": Party(organisation.kind).label,
        "tabs": tabs if may_manage else [],
        "edit": edit if may_manage else None,
    }


def _detail_sections(organisation: Organisation) -> list[dict[str, Any]]:
    """Headings with rows for the component ``definitions``."""
    basic = [
        _row(_("名称"), organisation.name),
        _row(_("英文名称"), organisation.name_en),
        *([_row(_("统一社会信用代码"), organisation.uscc)] if organisation.uscc else []),
        _row(_("所在区"), organisation.district),
        _row(_("地址"), organisation.address),
        _row(_("登记日期"), _date(timezone.localtime(organisation.created_at))),
    ]
    contact = [
        _row(_("联系人"), organisation.contact_name),
        _row(_("联系电话"), organisation.contact_phone),
        _row(_("联系邮箱"), organisation.contact_email),
    ]
    business = _business_rows(organisation) if organisation.kind == Party.ENTERPRISE else []
    sections = [(_("基本信息"), basic), (_("经营情况"), business), (_("联系方式"), contact)]
    return [{"title": title, "rows": rows} for title, rows in sections if rows]


def _business_rows(organisation: Organisation) -> list[dict[str, Any]]:
    profile = getattr(organisation, "enterprise_profile", None)
    if profile is None:
        return []
    people = _("%(count)s 人") % {"count": number_format(profile.employees, use_l10n=True)} if profile.employees else ""
    volume = "" if profile.data_volume_tb is None else f"{number_format(profile.data_volume_tb, 2, use_l10n=True)} TB"
    return [
        _row(_("行业门类"), profile.industry),
        _row(_("企业规模"), profile.size),
        _row(_("从业人数"), people),
        _row(_("成立日期"), _date(profile.founded_date)),
        _row(_("业务数据总量"), volume),
        _row(_("主营业务"), profile.business),
    ]


def _qualification(organisation: Organisation) -> dict[str, Any] | None:
    """The standing of an evaluation body today, in a word and in rows; ``None`` for other kinds."""
    profile = getattr(organisation, "body_profile", None)
    if profile is None:
        return None
    today = timezone.localdate()
    if profile.is_suspended:
        label, tone = _("资质暂停"), "danger"
    elif today < profile.valid_from:
        label, tone = _("尚未生效"), "warning"
    elif today > profile.valid_until:
        label, tone = _("资质已过期"), "danger"
    else:
        label, tone = _("资质有效"), "ok"
    rows = [
        _row(_("机构备案号"), profile.register_number),
        _row(_("可评最高等级"), f"{profile.max_level} {level_name(profile.max_level)}"),
        _row(_("资质生效日期"), _date(profile.valid_from)),
        _row(_("资质失效日期"), _date(profile.valid_until)),
    ]
    return {"label": label, "tone": tone, "rows": rows}


def _row(label: str, value: str | Bilingual) -> dict[str, Any]:
    return {"label": label, "value": local(value)}


def _date(day: Any) -> str:
    return date_format(day, "DATE_FORMAT") if day else ""


# --- members -------------------------------------------------------------------------------------------------------


@login_required
@require_http_methods(["GET"])
def member_list(request: HttpRequest, pk: int) -> HttpResponse:
    """Members, open invitations and those who left, for administrators."""
    organisation = organisation_or_404(request, pk)
    permit(rules.can_manage_members(user_of(request), organisation))
    return member_page(request, organisation, InvitationForm(organisation=organisation))


@login_required
@require_POST
def member_invite(request: HttpRequest, pk: int) -> HttpResponse:
    """Invites an address, or sends an open invitation anew with another link and another fortnight."""
    user, organisation = user_of(request), organisation_or_404(request, pk)
    permit(rules.can_manage_members(user, organisation))
    form = InvitationForm(request.POST, organisation=organisation)
    if form.is_valid():
        try:
            invitation = organisations.invite(
                by=user, organisation=organisation, at=timezone.now(), **form.cleaned_data
            )
        except Refused as refused:
            form.add_error("email", local(refused.reason))
        else:
            messages.success(request, _("已向 %(email)s 发出邀请。") % {"email": invitation.email})
            return redirect("member_list", organisation.pk)
    return member_page(request, organisation, form)


def _members_title(organisation: Organisation) -> str:
    """The name of the page, as the side navigation of this kind of organisation has it."""
    return _("人员管理") if organisation.kind == Party.BODY else _("成员管理")


def member_page(
    request: HttpRequest,
    organisation: Organisation,
    form: InvitationForm,
    *,
    declining: Mapping[int, DeclineForm] | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page of members; ``declining`` are forms that were sent incomplete, by the request they answer."""
    title, former = _members_title(organisation), queries.former_members(organisation)
    now = timezone.now()
    invitations = [
        {"row": i, "link": invitation_link(i), "is_expired": now >= i.expires_at}
        for i in queries.open_invitations(organisation)
    ]
    context = {
        **_organisation_context(organisation, "members", may_manage=True),
        "title": title,
        "crumbs": _crumbs(organisation, title),
        "invite_link": {"url": "#invite", "label": _("邀请成员"), "icon": "plus"},
        "page_obj": Paginator(queries.members(organisation), PAGE_SIZE).get_page(request.GET.get("page")),
        "former": former[:FORMER_SHOWN],
        "former_count": former.count(),
        "former_shown": FORMER_SHOWN,
        "invitations": invitations,
        "roles": role_choices(organisation),
        "form": form,
        "invitation_days": organisations.INVITATION_DAYS,
        "requests": [_join_row(r, organisation, declining or {}) for r in joining.waiting(organisation)],
    }
    return render(request, "organisations/member_list.html", context, status=status)


def _join_row(asked: JoinRequest, organisation: Organisation, declining: Mapping[int, DeclineForm]) -> dict[str, Any]:
    """A request to join with the two forms that answer it; ids differ, because each stands there many times."""
    decline = declining.get(asked.pk) or DeclineForm(auto_id=f"decline-{asked.pk}-%s")
    return {
        "row": asked,
        "approve": ApprovalForm(organisation=organisation, auto_id=f"approve-{asked.pk}-%s"),
        "decline": decline,
        "is_open": asked.pk in declining,
    }


@login_required
@require_POST
def member_role(request: HttpRequest, pk: int, membership_id: int) -> HttpResponse:
    """Gives a member another role."""
    organisation = organisation_or_404(request, pk)
    permit(rules.can_manage_members(user_of(request), organisation))
    membership = _membership_or_404(organisation, membership_id)
    role = request.POST.get("role", "")
    try:
        organisations.change_role(by=user_of(request), membership=membership, role=role, at=timezone.now())
    except Refused as refused:
        messages.error(request, local(refused.reason))
    else:
        labels = dict(role_choices(organisation))
        messages.success(request, _("%(name)s的角色已改为%(role)s。") % {"name": membership.user, "role": labels[role]})
    return _after_change(request, organisation, membership)


@login_required
@require_POST
def member_end(request: HttpRequest, pk: int, membership_id: int) -> HttpResponse:
    """Ends a membership; access to the organisation and its cases ends with it."""
    organisation = organisation_or_404(request, pk)
    permit(rules.can_manage_members(user_of(request), organisation))
    membership = _membership_or_404(organisation, membership_id)
    try:
        organisations.end_membership(by=user_of(request), membership=membership, at=timezone.now())
    except Refused as refused:
        messages.error(request, local(refused.reason))
    else:
        messages.success(
            request,
            _("%(name)s已移出%(organisation)s。")
            % {"name": membership.user.name, "organisation": local(organisation.both_names)},
        )
    return _after_change(request, organisation, membership)


def _membership_or_404(organisation: Organisation, pk: int) -> Membership:
    found = organisation.memberships.select_related("user", "organisation").filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def _after_change(request: HttpRequest, organisation: Organisation, membership: Membership) -> HttpResponse:
    """Back to the list; who has just given up the administration or left can no longer open it."""
    if membership.user_id != user_of(request).pk:
        return redirect("member_list", organisation.pk)
    now_held = organisation.memberships.get(pk=membership.pk)
    if not now_held.is_active:
        return redirect("home")
    is_administrator = now_held.role in queries.ADMINISTRATORS
    return redirect("member_list" if is_administrator else "organisation_detail", organisation.pk)


# --- invitations ---------------------------------------------------------------------------------------------------


@login_required
@require_POST
def invitation_withdraw(request: HttpRequest, pk: int, invitation_id: int) -> HttpResponse:
    """Takes back an open invitation, for a wrong address above all."""
    user, organisation = user_of(request), organisation_or_404(request, pk)
    permit(rules.can_manage_members(user, organisation))
    invitation = organisation.invitations.select_related("organisation").filter(pk=invitation_id).first()
    if invitation is None:
        raise Http404
    try:
        organisations.withdraw_invitation(by=user, invitation=invitation, at=timezone.now())
    except Refused as refused:
        messages.error(request, local(refused.reason))
    else:
        messages.success(request, _("已撤回对 %(email)s 的邀请，原链接失效。") % {"email": invitation.email})
    return redirect("member_list", organisation.pk)


@require_http_methods(["GET", "POST"])
def invitation_accept(request: HttpRequest, token: str) -> HttpResponse:
    """Shows who invites to what; POST joins. A visitor logs in or signs up first and comes back."""
    if not request.user.is_authenticated:
        messages.info(request, _("请使用收到邀请的电子邮箱登录；尚无账户的，请先注册，再打开邀请链接。"))
        return redirect_to_login(request.get_full_path())
    user, now = user_of(request), timezone.now()
    invitation = queries.invitation_of(user, token)
    if invitation is None:
        raise Http404
    refusal = queries.why_not_accept(user, invitation, now)
    if request.method == "POST" and refusal is None:
        try:
            membership = organisations.accept_invitation(by=user, token=token, at=now)
        except Invitation.DoesNotExist as gone:  # withdrawn or sent anew at this moment
            raise Http404 from gone
        except Refused as refused:
            refusal = refused.reason
        else:
            request.session[SESSION_KEY] = membership.organisation_id
            messages.success(request, _("您已加入%(name)s。") % {"name": local(invitation.organisation.both_names)})
            case = invitation.assessment
            if case is not None and case.state == StateCode.DRAFT and membership.role in WRITERS:
                return redirect("my_part", case.number)
            return redirect("organisation_detail", membership.organisation_id)
    return _invitation_page(request, invitation, refusal)


def _invitation_page(request: HttpRequest, invitation: Invitation, refusal: Bilingual | None) -> HttpResponse:
    is_member = rules.role_in(user_of(request), invitation.organisation) is not None
    rows = [
        _row(_("单位"), invitation.organisation.both_names),
        _row(_("角色"), invitation.role_label),
        _row(_("邀请人"), invitation.invited_by.name),
        _row(_("有效期至"), date_format(timezone.localtime(invitation.expires_at), "DATETIME_FORMAT")),
    ]
    if (case := invitation.assessment) is not None:
        rows.append(_row(_("填报任务"), parts_in_words(case.edition, invitation.part_codes)))
        rows += [_row(_("完成期限"), _date(invitation.due_date))] if invitation.due_date else []
    context = {"invitation": invitation, "refusal": refusal, "is_member": is_member, "rows": rows}
    status = 200 if refusal is None else 409 if request.method == "POST" else 410
    return render(request, "organisations/invitation_accept.html", context, status=status)


# --- acting for an organisation ------------------------------------------------------------------------------------


@login_required
@require_POST
def switch_organisation(request: HttpRequest) -> HttpResponse:
    """Remembers for which organisation the reader acts; empty forgets it. Back to where they were."""
    chosen = request.POST.get("organisation", "")
    if not chosen:
        request.session.pop(SESSION_KEY, None)
        return HttpResponseRedirect(_safe_next(request))
    held = {str(m.organisation_id): m.organisation_id for m in rules.memberships(user_of(request))}
    if chosen not in held:
        raise Http404
    request.session[SESSION_KEY] = held[chosen]
    return HttpResponseRedirect(_safe_next(request))


def _safe_next(request: HttpRequest) -> str:
    """An address of this site, never the name of a view, so it must not go through ``redirect``."""
    target = request.POST.get("next", "")
    is_safe = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return target if is_safe else reverse("home")
