"""Eligibility: the check rule by rule, what is stated, its proof, and waivers."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments.actions import eligibility as actions
from assessments.actions.errors import Conflict, NotAllowed, Refused, allow
from assessments.eligibility import facts_asked
from assessments.forms.eligibility import FactsForm, KeptFileForm, WaiverDecisionForm, WaiverRequestForm
from assessments.forms.evidence import ACCEPT, max_bytes
from assessments.models import Assessment, EligibilityWaiver
from assessments.permissions import rules
from assessments.permissions.scope import case_roles
from assessments.queries import eligibility as queries
from assessments.templatetags.platform import local
from assessments.views.access import case_or_404, permit, user_of
from assessments.views.evidence import handed_out, keep_each, say_what_was_kept
from assessments.views.head import case_head
from assessments.views.questionnaire import FRAGMENT, login_or_401
from assessments.workflow import CaseRole

_ENTERPRISE = {CaseRole.ENTERPRISE_ADMINISTRATOR, CaseRole.CONTRIBUTOR, CaseRole.VIEWER}


@login_required
@require_safe
def eligibility(request: HttpRequest, number: str) -> HttpResponse:
    """The conditions one by one, their proof, and what became of requests for a waiver."""
    case = case_or_404(request, number)
    permit(rules.can_read_eligibility(case))
    return _page(request, case)


@login_required
@require_http_methods(["GET", "POST"])
def eligibility_facts(request: HttpRequest, number: str) -> HttpResponse:
    """The form of what is asked at the target level today; at first with what is known of the enterprise."""
    case = case_or_404(request, number)
    permit(rules.can_state_eligibility(case, is_waiver_open=queries.is_waiver_open(case)))
    now = timezone.now()
    today, statement = timezone.localdate(now), queries.statement_of(case)
    facts = facts_asked(level=case.target_level, track=case.track, on=today)
    stated = queries.typed(statement.values) if statement else {}
    known = {code: value for code, value in queries.known_values(case).items() if code not in stated}
    stale: dict[str, Any] = {}
    form = FactsForm(
        request.POST if request.method == "POST" else None,
        facts=facts,
        stated={**known, **stated},
        seen=statement.stated_at if statement else None,
        today=today,
    )
    if request.method == "POST" and form.is_valid():
        try:
            seen = form.cleaned_data["seen"]
            actions.state(by=user_of(request), number=number, values=form.values(), at=now, seen=seen)
        except NotAllowed:
            raise
        except Conflict as overtaken:
            form.add_error(None, local(overtaken.reason))
            form.show_anew(overtaken.current.stated_at)
            stale = {
                "held": overtaken.current,
                "differences": queries.differences(facts, overtaken.current, form.values()),
            }
        except Refused as refused:
            form.add_error(None, local(refused.reason))
        else:
            messages.success(request, _("申报条件已保存，核对结果如下。"))
            return redirect("eligibility", number)
    prefilled = [fact.label for fact in facts if fact.code in known]
    context = case_head(request, case) | {"form": form, "facts": facts, "prefilled": prefilled} | stale
    return render(request, "eligibility/eligibility_facts.html", context)


@login_or_401
@require_POST
def eligibility_attach(request: HttpRequest, number: str, slot_code: str) -> HttpResponse:
    """Keeps the acceptable ones of the files that came and says for each other one what is wrong with it."""
    case = case_or_404(request, number)
    _permit_stating(case)
    if slot_code not in {slot.code for slot in queries.asked_slots(case, timezone.localdate())}:
        raise Http404
    kept, problems = keep_each(
        request,
        lambda upload, content_type: actions.attach(
            by=user_of(request),
            number=number,
            slot_code=slot_code,
            upload=upload,
            content_type=content_type,
            at=timezone.now(),
        ),
    )
    if request.htmx:  # type: ignore[attr-defined]
        return _files_block(request, case, slot_code, problems)
    say_what_was_kept(request, kept, problems)
    return redirect("eligibility", number)


@login_required
@require_POST
def eligibility_attach_kept(request: HttpRequest, number: str) -> HttpResponse:
    """Offers a file that the enterprise has uploaded before."""
    case = case_or_404(request, number)
    _permit_stating(case)
    slots = queries.asked_slots(case, timezone.localdate())
    form = KeptFileForm(request.POST, slots=slots, files=queries.library(case))
    if not form.is_valid():
        return _page(request, case, kept_form=form)
    slot_code, file = form.cleaned_data["slot"], form.cleaned_data["file"]
    actions.attach_kept(by=user_of(request), number=number, slot_code=slot_code, file_id=file.pk, at=timezone.now())
    messages.success(request, _("已选用“%(name)s”。") % {"name": file.name})
    return redirect("eligibility", number)


@login_required
@require_POST
def eligibility_detach(request: HttpRequest, number: str, evidence_id: int) -> HttpResponse:
    """Takes a file out of its slot."""
    try:
        entry = actions.detach(by=user_of(request), number=number, evidence_id=evidence_id, at=timezone.now())
    except ObjectDoesNotExist as missing:
        raise Http404 from missing
    messages.success(request, _("已移除证明材料“%(name)s”。") % {"name": entry.file.name})
    return redirect("eligibility", number)


@login_required
@require_safe
def eligibility_download(request: HttpRequest, number: str, file_id: UUID) -> HttpResponseBase:
    """A proof as an attachment; that it was read is an event of the case."""
    case = case_or_404(request, number)
    permit(rules.can_read_eligibility(case))
    file = queries.readable(user_of(request), case).filter(pk=file_id).first()
    if file is None:
        raise Http404
    return handed_out(request, case, file)


@login_required
@require_http_methods(["GET", "POST"])
def waiver_request(request: HttpRequest, number: str) -> HttpResponse:
    """Asking the office for a waiver: which conditions, what follows, and why."""
    case = case_or_404(request, number)
    permit(rules.can_request_waiver(case))
    now = timezone.now()
    form = WaiverRequestForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.request_waiver(by=user_of(request), number=number, request=form.cleaned_data["request"], at=now)
        except NotAllowed:
            raise
        except Refused as refused:
            form.add_error(None, local(refused.reason))
        else:
            messages.success(request, _("资格豁免申请已提交，等待评估工作部审批。"))
            return redirect("eligibility", number)
    context = case_head(request, case) | {
        "form": form,
        "standing": queries.standing(case, timezone.localdate(now)),
        "is_waiver_open": queries.is_waiver_open(case),
    }
    return render(request, "eligibility/waiver_request.html", context)


@login_required
@require_POST
def waiver_withdraw(request: HttpRequest, number: str) -> HttpResponse:
    """Takes the open request back."""
    case = case_or_404(request, number)
    permit(rules.can_request_waiver(case))
    actions.withdraw_waiver(by=user_of(request), number=number, at=timezone.now())
    messages.success(request, _("资格豁免申请已撤回，可以修改填报内容。"))
    return redirect("eligibility", number)


@login_required
@require_POST
def waiver_decide(request: HttpRequest, number: str, waiver_id: int) -> HttpResponse:
    """An officer grants or refuses."""
    case = case_or_404(request, number)
    permit(rules.can_decide_waiver(user_of(request), case))
    if not EligibilityWaiver.objects.filter(pk=waiver_id, assessment=case).exists():
        raise Http404
    form = WaiverDecisionForm(request.POST)
    if not form.is_valid():
        return _page(request, case, decision_form=form)
    waiver = actions.decide_waiver(
        by=user_of(request), number=number, waiver_id=waiver_id, at=timezone.now(), **form.cleaned_data
    )
    messages.success(request, _("审批已完成：%(decision)s，已通知企业。") % {"decision": local(waiver.decision_label)})
    return redirect("eligibility", number)


def _permit_stating(case: Assessment) -> None:
    """Before files are read: 403 with the reason."""
    allow(rules.can_state_eligibility(case, is_waiver_open=queries.is_waiver_open(case)))


def _files_block(request: HttpRequest, case: Assessment, slot_code: str, problems: list[str]) -> HttpResponse:
    """The files of one slot as a fragment; 422 when a file was refused, whatever else was kept."""
    files = queries.proof(case, slot_code)
    context = {
        "case": case,
        "files": files,
        "editable": True,
        "bearing": queries.bearing(case),
        "problems": problems,
    }
    response = render(request, "eligibility/files.html", context, status=422 if problems else 200)
    response[FRAGMENT] = "evidence"
    return response


def _page(
    request: HttpRequest,
    case: Assessment,
    *,
    kept_form: KeptFileForm | None = None,
    decision_form: WaiverDecisionForm | None = None,
) -> HttpResponse:
    now = timezone.now()
    today, roles = timezone.localdate(now), case_roles(case)
    statement, waivers = queries.statement_of(case), queries.waivers_of(case)
    shown = queries.shown_waivers(waivers, is_ours=bool(roles & _ENTERPRISE))
    request_open = next((w for w in waivers if w.is_open), None)
    standing = queries.shown_standing(case, today, statement=statement, waivers=waivers)
    may_state = rules.can_state_eligibility(case, is_waiver_open=request_open is not None)
    may_decide = rules.can_decide_waiver(user_of(request), case)
    asked = queries.hold_against(request_open, standing.outcome) if request_open else None
    context: dict[str, Any] = {
        "standing": standing,
        "outcome": standing.outcome,
        "statement": statement,
        "proofs": queries.proofs(case, standing.outcome),
        "waivers": [w for w in shown if not w.is_open],
        "request_open": request_open,
        "asked": asked,
        "bearing": queries.bearing(case, waivers),
        "may_not_decide": may_decide.reason if CaseRole.OFFICER in roles and request_open else None,
        "may_state": bool(may_state),
        "may_request": bool(rules.can_request_waiver(case)) and request_open is None,
        "may_withdraw": bool(rules.can_request_waiver(case)) and request_open is not None,
        "why_not": may_state.reason if CaseRole.ENTERPRISE_ADMINISTRATOR in roles and not may_state else None,
        "accept": ACCEPT,
        "max_bytes": max_bytes(),
        "printed_at": now,
    }
    if asked and may_decide:
        context["decision_form"] = decision_form or WaiverDecisionForm(may_grant=asked.is_current and asked.is_needed)
    if may_state:
        slots = queries.asked_slots(case, today)
        context["kept_form"] = kept_form or KeptFileForm(slots=slots, files=queries.library(case))
    invalid = any(form is not None and form.errors for form in (kept_form, decision_form))
    return render(
        request, "eligibility/eligibility.html", case_head(request, case) | context, status=422 if invalid else 200
    )
