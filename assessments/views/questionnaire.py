"""The questionnaire: one page an item with all its levels, saving one answer, and the way to the next open one."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from assessments.actions import questionnaire as actions
from assessments.actions.errors import Conflict, NotAllowed, Refused
from assessments.actions.places import keep_place
from assessments.forms.questionnaire import AnswerForm
from assessments.models import Assessment
from assessments.permissions import rules, scope
from assessments.permissions.scope import case_roles
from assessments.queries import filters
from assessments.queries import questionnaire as queries
from assessments.queries.places import place_in, with_place
from assessments.queries.questionnaire import Unsaved
from assessments.queries.results import domain_figures
from assessments.standard import Bilingual
from assessments.templatetags.platform import local
from assessments.views.access import item_or_404, permit, user_of
from assessments.views.item_page import asked, crumbs, page, setting_of
from assessments.views.item_rows import evidence_list, saved_words
from assessments.views.live_figures import after_save, confirmed
from assessments.workflow import CaseRole

__all__ = ["answer_save", "crumbs", "evidence_block", "item", "login_or_401", "next_unanswered", "row_address"]

#: Says that the body is a fragment of ours and not, say, a login page that a proxy or a redirect put in its place.
FRAGMENT = "X-Fragment"


def login_or_401(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Like ``login_required``; a script in a page left open gets 401 instead of a login page it cannot show.

    The script names the person the page was made for, so that after a change of login nothing is saved under another.
    """

    @functools.wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        meant_for = request.headers.get("X-User")
        is_other = meant_for is not None and meant_for != str(request.user.pk)
        if request.htmx and (is_other or not request.user.is_authenticated):  # type: ignore[attr-defined]
            return HttpResponse(status=401)
        return login_required(view)(request, *args, **kwargs)

    return wrapped


@login_required
@require_safe
def item(request: HttpRequest, number: str, item_code: str) -> HttpResponse:
    """All levels of one item with answers, evidence and live figures; read-only for whoever may not answer."""
    case = _case_with_place(request, number)
    permit(rules.can_read_material(case))
    found = item_or_404(case, item_code)
    context = page(request, case, found)
    now = asked(request, case)
    kept = {"code": found.code, "view": now.view, "filters": f"show={now.show}" if now.show else ""}
    keep_place(place_in(case), by=user_of(request), case=case, at=timezone.now(), **kept)
    return render(request, "questionnaire/item.html", context)


@login_or_401
@require_POST
def answer_save(request: HttpRequest, number: str, criterion_code: str) -> HttpResponse:
    """Saves one answer: a fragment with the new figures for the script, a redirect to the row without it."""
    form = AnswerForm(request.POST)
    try:
        if not form.is_valid():
            raise Refused(Bilingual(form.problem, form.problem))
        saved = actions.save(
            by=user_of(request), number=number, criterion_code=criterion_code, at=timezone.now(), **form.answer
        )
    except Assessment.DoesNotExist as missing:
        raise Http404 from missing
    except Refused as refused:
        return _not_saved(request, number, criterion_code, refused)
    if request.htmx:  # type: ignore[attr-defined]
        return _saved_fragment(saved)
    messages.success(request, _("%(code)s 的作答已保存。") % {"code": criterion_code})
    return redirect(row_address(saved.case, criterion_code, request.POST.get("show", "")))


@login_required
@require_safe
def next_unanswered(request: HttpRequest, number: str) -> HttpResponse:
    """To the next criterion without a verdict, from ``?after=`` or from where the person last was.

    With ``?beyond=`` an item: to the next item with criteria that the filters in ``?show=`` leave.
    """
    case = _case_with_place(request, number)
    permit(rules.can_read_material(case))
    shared = queries.division(case, user_of(request))
    if "beyond" in request.GET:
        return _next_item(request, case, shared)
    mine = shared.mine
    only_mine = bool(mine) and CaseRole.CONTRIBUTOR in case_roles(case)
    place = place_in(case)
    after = request.GET.get("after") or (place.code if place else "")
    found = queries.next_unanswered(case, after=after, first_in=mine, only_there=only_mine)
    if found is None:
        done = _("分配给您的条款已全部作答。") if only_mine else _("全部条款均已作答。")
        messages.info(request, done)
        return redirect("assessment_detail", case.number)
    return redirect(row_address(case, found.code))


def _next_item(request: HttpRequest, case: Assessment, shared: queries.Division) -> HttpResponse:
    here, show = request.GET["beyond"], request.GET.get("show", "")
    names = filters.read(show)
    found = queries.next_matching(case, names, setting_of(case, shared), after_item=here)
    if found is None:
        messages.info(request, _("其他能力项中没有符合筛选条件的条款。"))
        return redirect("item", case.number, item_or_404(case, here).code)
    return redirect(row_address(case, found.code, show))


def row_address(case: Assessment, criterion_code: str, show: str = "") -> str:
    """The address of a criterion's row on its item page."""
    page_address = reverse("item", args=[case.number, criterion_code.split("-")[0]])
    names = filters.read(show)
    query = f"?show={','.join(names)}" if names else ""
    return f"{page_address}{query}#c-{criterion_code}"


def _case_with_place(request: HttpRequest, number: str) -> Assessment:
    """As ``case_or_404``, with what the page of an item needs besides; still one query."""
    user = user_of(request)

    def shaped(found: QuerySet[Assessment]) -> QuerySet[Assessment]:
        # The case that answers came over from is asked for where there is one: most have none, and every join costs.
        return with_place(found, user).select_related("enterprise", "body", "self_check", "carry_over")

    try:
        return scope.case(user, number, shaped)
    except Assessment.DoesNotExist as missing:
        raise Http404 from missing


# --- after a save --------------------------------------------------------------------------------------------------


def _saved_fragment(saved: actions.Saved) -> HttpResponse:
    """Figures out of band, where they may have changed; the new version and the save state travel as headers."""
    case, answer = saved.case, saved.answer
    criterion = case.edition.criteria[answer.criterion_code]
    found = case.edition.items[criterion.item_code]
    if saved.result is not None:
        markup = after_save(case, criterion, queries.live_from_result(case, found, saved.result))
    elif saved.is_written:
        markup = confirmed(criterion.code)
    else:
        # The answer to an earlier request with the same words may have been lost on the way, and its figures with it.
        markup = after_save(case, criterion, queries.live_from_rows(case, found, domain_figures(case, "self")))
    response = HttpResponse(markup)
    response["X-Version"] = str(answer.version)
    response["X-Saved"] = quote(saved_words(answer.saved_at, answer.saved_by.name))
    response[FRAGMENT] = "answer"
    return response


def _not_saved(request: HttpRequest, number: str, criterion_code: str, refused: Refused) -> HttpResponse:
    """What was not kept, with the reason and the person's own words; both answers in a conflict."""
    if isinstance(refused, NotAllowed) and not request.htmx:  # type: ignore[attr-defined]
        raise refused
    case = _case_with_place(request, number)
    criterion = case.edition.criteria.get(criterion_code)
    if criterion is None:
        raise Http404
    theirs = refused.current if isinstance(refused, Conflict) else None
    unsaved = Unsaved(
        verdict=request.POST.get("verdict", ""),
        reason=request.POST.get("reason", ""),
        note=request.POST.get("note", ""),
        version=_whole(request.POST.get("version")),
        problem=local(refused.reason),
        is_conflict=isinstance(refused, Conflict),
        theirs=theirs,
    )
    status = 403 if isinstance(refused, NotAllowed) else 409 if unsaved.is_conflict else 422
    if request.htmx:  # type: ignore[attr-defined]
        context = {"case": case, "criterion": criterion, "unsaved": unsaved, "has_script": True}
        response = render(request, "questionnaire/unsaved.html", context, status=status)
        response[FRAGMENT] = "answer"
        return response
    context = page(request, case, case.edition.items[criterion.item_code], (criterion_code, unsaved))
    return render(request, "questionnaire/item.html", context, status=status)


def _whole(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else 0


def evidence_block(
    request: HttpRequest, case: Assessment, criterion_code: str, problems: Sequence[str]
) -> HttpResponse:
    """The evidence of one row as a fragment; 422 when a file was refused, whatever else was kept."""
    links = queries.evidence_of(case, criterion_code)
    token = get_token(request)
    markup = evidence_list(case, criterion_code, links, editable=True, csrf_token=token, problems=problems)
    response = HttpResponse(markup, status=422 if problems else 200)
    response[FRAGMENT] = "evidence"
    return response
