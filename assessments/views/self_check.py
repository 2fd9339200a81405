"""The public self-check: choosing an edition, the questions, the result, and taking it over into a draft.

Nothing is stored before an assessment is opened: the answers stand in the address and in the visitor's browser.
"""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from assessments.forms.self_check import CODE, levels_sent
from assessments.permissions import rules
from assessments.permissions.rules import can_read_wording
from assessments.queries import self_check as queries
from assessments.queries.self_check import Outcome
from assessments.reports.reasons import why_this_level
from assessments.scoring.self_check import code_of, levels_of
from assessments.standard import LEVELS, Edition
from assessments.views.access import case_or_404, permit, user_of
from assessments.views.caching import kept_briefly
from assessments.views.head import case_head
from assessments.views.standard import unknown
from assessments.workflow import Role

#: Where the answers of somebody wait who has to register an enterprise first.
SESSION_KEY = "self_check"


@require_safe
@kept_briefly
def self_check(request: HttpRequest) -> HttpResponse:
    """What the self-check is, and the editions to choose from."""
    return render(request, "self_check/self_check.html", {"editions": queries.offered()})


@require_safe
@kept_briefly
def self_check_form(request: HttpRequest, edition: str) -> HttpResponse:
    """The questions, with the answers of ``?a=`` chosen; those that are open there are named."""
    found = queries.edition_of(edition)
    if found is None:
        return unknown(request, edition)
    code = request.GET.get(CODE)
    levels = levels_of(found, code) if code is not None else {}
    return _form(request, found, levels or {}, is_checked=bool(code), is_damaged=levels is None)


@require_safe
@kept_briefly
def self_check_result(request: HttpRequest, edition: str) -> HttpResponse:
    """The result of ``?a=``. What the form sends is put into such an address first, so that it can be kept."""
    found = queries.edition_of(edition)
    if found is None:
        return unknown(request, edition)
    code = request.GET.get(CODE)
    if code is None:
        return HttpResponseRedirect(_address(found, levels_sent(found, request.GET)))
    levels = levels_of(found, code)
    if levels is None:
        return _form(request, found, {}, is_checked=False, is_damaged=True)
    if len(levels) < len(found.items):
        return HttpResponseRedirect(_address(found, levels))
    outcome = queries.outcome(found, levels, timezone.localdate())
    return _not_indexed(render(request, "self_check/self_check_result.html", _result(request, outcome, code)))


def _address(edition: Edition, levels: dict[str, int]) -> str:
    """The result of a complete self-check, and the form that says what is missing of any other."""
    name = "self_check_result" if len(levels) == len(edition.items) else "self_check_form"
    return f"{reverse(name, args=[edition.code])}?{urlencode({CODE: code_of(edition, levels)})}"


def _form(
    request: HttpRequest, edition: Edition, levels: dict[str, int], *, is_checked: bool, is_damaged: bool
) -> HttpResponse:
    steps = queries.steps(edition, levels)
    context = {
        "edition": edition,
        "steps": steps,
        "answered": len(levels),
        "missing": [q for s in steps for q in s.open] if is_checked else [],
        "is_damaged": is_damaged,
        "is_given": bool(levels),
        "others": [e for e in queries.offered() if e.code != edition.code],
        "level_names": {level.number: level.name for level in LEVELS},
    }
    response = render(request, "self_check/self_check_form.html", context, status=400 if is_damaged else 200)
    return _not_indexed(response) if CODE in request.GET else response


def _result(request: HttpRequest, outcome: Outcome, code: str) -> dict[str, object]:
    edition, result = outcome.edition, outcome.result
    take_over = f"{reverse('self_check_take_over', args=[edition.code])}?{urlencode({CODE: code})}"
    return {
        "edition": edition,
        "outcome": outcome,
        "code": code,
        "why": why_this_level(result, edition),
        "axes": [d.name for d in edition.domains],
        "series": [(_("自测"), [result.domains[d.code].score for d in edition.domains], "series-a")],
        "reading": can_read_wording(request.user, edition),
        "again": f"{reverse('self_check_form', args=[edition.code])}?{urlencode({CODE: code})}",
        "take_over": take_over,
        "entrance": urlencode({"next": take_over}),
        "printed_at": timezone.now(),
    }


def _not_indexed(response: HttpResponse) -> HttpResponse:
    """One visitor's answers are nothing for a search engine."""
    response["X-Robots-Tag"] = "noindex"
    return response


# --- into a draft --------------------------------------------------------------------------------------------------


@login_required
@require_safe
def self_check_take_over(request: HttpRequest, edition: str) -> HttpResponse:
    """From a result to the page that opens an assessment; whoever has no enterprise yet registers one first."""
    found = queries.offer(f"{edition}:{request.GET.get(CODE, '')}")
    if found is None:
        messages.error(request, _("链接中的自测内容不完整或有误，没有带入。请重新打开自测结果，再选择带入。"))
        return redirect("self_check")
    user = user_of(request)
    if rules.holds(user, Role.ENTERPRISE_ADMINISTRATOR):
        request.session.pop(SESSION_KEY, None)
        return HttpResponseRedirect(f"{reverse('assessment_new')}?{urlencode({'self_check': found.value})}")
    request.session[SESSION_KEY] = found.value
    if not rules.memberships(user):
        messages.info(request, _("自测内容已保留。请先登记企业，登记后即可带入自评。"))
        return redirect("enterprise_new")
    return _not_indexed(render(request, "self_check/self_check_take_over.html", {"offer": found}))


def waiting_address(request: HttpRequest) -> str | None:
    """Where somebody goes on who registered an enterprise in order to take a self-check over; asked once."""
    kept = queries.offer(str(request.session.pop(SESSION_KEY, "")))
    return f"{reverse('assessment_new')}?{urlencode({'self_check': kept.value})}" if kept else None


@login_required
@require_safe
def self_check_report(request: HttpRequest, number: str) -> HttpResponse:
    """What a draft took over from a self-check, item by item, and what waits to be confirmed."""
    case = case_or_404(request, number)
    permit(rules.can_read_material(case))
    found = queries.report(case)
    if found is None:
        raise Http404
    context = case_head(request, case) | {
        "report": found,
        "code": code_of(case.edition, found.record.levels),
        "may_answer": bool(rules.can_answer(case)),
    }
    return render(request, "self_check/self_check_report.html", context)
