"""Cases: the list, opening one, the case page, its frame, its history."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from assessments.actions import assessments as actions
from assessments.forms.assessments import CaseFilterForm, FrameForm, OpeningForm
from assessments.models import Assessment, Membership, Organisation
from assessments.permissions import rules
from assessments.permissions.scope import case_roles
from assessments.queries import assessments as queries
from assessments.queries import carry_over, self_check, timeline
from assessments.queries.eligibility import is_waiver_open
from assessments.queries.results import domain_figures
from assessments.scoring import Scheme, scheme_for
from assessments.standard import Edition, Window, editions, get_window
from assessments.templatetags.platform import local
from assessments.views.access import case_or_404, permit, user_of
from assessments.views.head import case_head
from assessments.views.shell import SESSION_KEY
from assessments.workflow import CaseRole, Party, Role, StateCode

_PAGE = 20
_ENTERPRISE = {CaseRole.ENTERPRISE_ADMINISTRATOR, CaseRole.CONTRIBUTOR, CaseRole.VIEWER}


def acting_membership(request: HttpRequest) -> Membership | None:
    """The membership chosen in the organisation switcher, or ``None`` when the person chose none."""
    return queries.acting_for(user_of(request), request.session.get(SESSION_KEY))


def list_columns(request: HttpRequest) -> dict[str, bool]:
    """Which columns and filters of a list of cases fit the reader: those of an enterprise, or those of the office."""
    acting = acting_membership(request)
    held = [acting] if acting else rules.memberships(user_of(request))
    kinds = {m.organisation.kind for m in held}
    return {"is_enterprise": kinds == {Party.ENTERPRISE}, "is_office": Party.OFFICE in kinds}


# --- the list -----------------------------------------------------------------------------------------------------


@login_required
@require_safe
def assessment_list(request: HttpRequest) -> HttpResponse:
    """The cases one may see, filtered by what stands in the address."""
    user, columns = user_of(request), list_columns(request)
    cases = queries.cases_of(user, acting_membership(request))
    form = CaseFilterForm(request.GET, bodies=queries.bodies_seen(cases), is_office=columns["is_office"])
    wanted = form.wanted()
    found = queries.filtered(cases, wanted)
    counts = queries.by_state(found)
    state = request.GET.get("state", "")
    listed = found.filter(state=state) if any(c.state.code == state for c in counts) else found
    page = Paginator(listed, _PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "assessments/assessment_list.html",
        {
            "form": form,
            "chips": _chips(request, counts, state),
            "page_obj": page,
            "rows": queries.rows(page.object_list),
            "is_filtered": bool(wanted or state),
            **columns,
            "may_open": rules.holds(user, Role.ENTERPRISE_ADMINISTRATOR),
        },
    )


def _chips(request: HttpRequest, counts: tuple[queries.StateCount, ...], state: str) -> list[dict[str, Any]]:
    """One chip a state, keeping the other filters of the address."""

    def address(code: str) -> str:
        parameters = request.GET.copy()
        parameters.pop("page", None)
        parameters["state"] = code
        return f"?{parameters.urlencode()}"

    chips = [{"label": _("全部"), "url": address(""), "is_active": not state, "count": sum(c.count for c in counts)}]
    return chips + [
        {
            "label": local(c.state.label),
            "url": address(c.state.code),
            "is_active": c.state.code == state,
            "count": c.count,
        }
        for c in counts
    ]


# --- opening ------------------------------------------------------------------------------------------------------


@login_required
@require_http_methods(["GET", "POST"])
def assessment_new(request: HttpRequest) -> HttpResponse:
    """A new self-assessment of an enterprise that the person administers."""
    user, now = user_of(request), timezone.now()
    held = [m.organisation_id for m in rules.memberships(user) if m.role == Role.ENTERPRISE_ADMINISTRATOR]
    if not held:
        raise PermissionDenied(_("只有企业管理员可以新建自评。"))
    enterprises = Organisation.objects.filter(pk__in=held)
    acting = acting_membership(request)
    initial = {"enterprise": acting.organisation_id} if acting else {}
    offered = self_check.offer((request.POST or request.GET).get("self_check", ""))
    form = OpeningForm(
        request.POST or None,
        initial=initial,
        enterprises=enterprises,
        sources=carry_over.sources(user, enterprises),
        offered=offered,
        today=timezone.localdate(now),
    )
    if request.method == "POST" and form.is_valid():
        enterprise, frame = form.cleaned_data["enterprise"], form.frame()
        case, is_new = actions.open_once(by=user, enterprise=enterprise, frame=frame, at=now)
        return _opened(request, case, frame, is_new=is_new)
    context = {"form": form, "editions": edition_cards(timezone.localdate(now)), "offered": offered}
    return render(request, "assessments/assessment_new.html", context)


def _opened(request: HttpRequest, case: Assessment, frame: dict[str, Any], *, is_new: bool) -> HttpResponse:
    """To the report of what came over, or to the first item of an empty draft."""
    number = {"number": case.number}
    if not is_new:
        messages.info(request, _("该自评刚刚已新建，未重复创建。"))
    elif frame["carry_from"]:
        messages.success(request, _("已新建自评 %(number)s，沿用情况如下。") % number)
        return redirect("carry_over", case.number)
    elif frame["self_check"]:
        messages.success(request, _("已新建自评 %(number)s，带入情况如下。") % number)
    else:
        messages.success(request, _("已新建自评 %(number)s，请从第一个能力项开始作答。") % number)
    if frame["self_check"]:
        return redirect("self_check_report", case.number)
    return redirect("item", case.number, next(iter(case.edition.items)))


@dataclass(frozen=True)
class EditionCard:
    """An edition as the opening page sets it beside the others."""

    edition: Edition
    window: Window
    may_open: bool
    scheme: Scheme


def edition_cards(today: dt.date) -> list[EditionCard]:
    """All editions with what may still be chosen until when; the one in force first, none chosen."""
    cards = [
        EditionCard(e, get_window(e.code), get_window(e.code).may_open(today), scheme_for(e, today)) for e in editions()
    ]
    return sorted(cards, key=lambda c: (c.edition.status != "current", -c.edition.in_force.toordinal()))


# --- the case -----------------------------------------------------------------------------------------------------


@login_required
@require_safe
def assessment_detail(request: HttpRequest, number: str) -> HttpResponse:
    """Where the case stands, what to do next, how far the self-assessment is."""
    case = case_or_404(request, number)
    taken = timeline.steps_taken(case)
    reads = bool(rules.can_read_material(case))
    figures = domain_figures(case, "self") if reads else ()
    return render(
        request,
        "assessments/assessment_detail.html",
        case_head(request, case, taken=taken)
        | {
            "reads_material": reads,
            "reads_assessed": bool(rules.can_read_assessed_result(case)),
            "may_manage": bool(rules.can_manage_assessment(case)),
            "is_draft": case.state == StateCode.DRAFT,
            "is_ours": bool(case_roles(case) & _ENTERPRISE),
            "may_fill_in": bool(rules.can_have_part(case)) and case.state == StateCode.DRAFT,
            "waiver_waits": bool(rules.can_decide_waiver(user_of(request), case)) and is_waiver_open(case),
            "returned": timeline.returned(case, taken),
            "recent": timeline.history(case, taken)[:4],
            "pledge": queries.pledge(case) if reads else None,
            "carried": carry_over.carried_from(case) if reads else None,
            "self_checked": self_check.waiting(case) if reads else None,
            "figures": figures,
            "axes": [f.domain.name for f in figures],
            "series": [(_("自评"), [f.score for f in figures], "series-a")],
            "key_domains": [case.edition.domains_by_code[c] for c in case.key_domains],
        },
    )


@login_required
@require_http_methods(["GET", "POST"])
def assessment_frame(request: HttpRequest, number: str) -> HttpResponse:
    """Target level, scope and planned date of a draft."""
    case = case_or_404(request, number)
    permit(rules.can_manage_assessment(case))
    now = timezone.now()
    initial = {"target_level": case.target_level, "scope": case.scope, "planned_date": case.planned_date}
    form = FrameForm(request.POST or None, initial=initial, today=timezone.localdate(now))
    if request.method == "POST" and form.is_valid():
        actions.change_frame(by=user_of(request), number=case.number, at=now, **form.cleaned_data)
        messages.success(request, _("评估要素已保存。"))
        return redirect("assessment_detail", case.number)
    return render(request, "assessments/assessment_frame.html", case_head(request, case) | {"form": form})


@login_required
@require_safe
def history(request: HttpRequest, number: str) -> HttpResponse:
    """The steps of the case, latest first."""
    case = case_or_404(request, number)
    taken = timeline.steps_taken(case)
    context = case_head(request, case, taken=taken) | {"entries": timeline.history(case, taken)}
    return render(request, "assessments/history.html", context)
