"""The questionnaire: one page an item with all its levels, saving one answer, and the way to the next open one."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from assessments.actions import questionnaire as actions
from assessments.actions.errors import Conflict, NotAllowed, Refused
from assessments.actions.places import keep_place
from assessments.forms.evidence import ACCEPT, max_bytes
from assessments.forms.questionnaire import AnswerForm
from assessments.models import Assessment
from assessments.permissions import rules
from assessments.permissions.scope import case_roles
from assessments.queries import questionnaire as queries
from assessments.queries.places import place_of
from assessments.queries.questionnaire import Division, Unsaved
from assessments.queries.results import DomainFigures, domain_figures
from assessments.standard import Bilingual, Item
from assessments.templatetags.platform import local
from assessments.views.access import case_or_404, item_or_404, permit, user_of
from assessments.workflow import CaseRole

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
    case = case_or_404(request, number)
    permit(rules.can_read_material(case))
    found = item_or_404(case, item_code)
    user = user_of(request)
    keep_place(place_of(user, case), by=user, case=case, at=timezone.now(), code=found.code)
    return render(request, "questionnaire/item.html", page(request, case, found))


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
    """To the next criterion without a verdict, from ``?after=`` or from where the person last was."""
    case = case_or_404(request, number)
    permit(rules.can_read_material(case))
    mine = queries.division(case, user_of(request)).mine
    only_mine = bool(mine) and CaseRole.CONTRIBUTOR in case_roles(case)
    place = place_of(user_of(request), case)
    after = request.GET.get("after") or (place.code if place else "")
    found = queries.next_unanswered(case, after=after, first_in=mine, only_there=only_mine)
    if found is None:
        done = _("分配给您的条款已全部作答。") if only_mine else _("全部条款均已作答。")
        messages.info(request, done)
        return redirect("assessment_detail", case.number)
    return redirect(row_address(case, found.code))


def row_address(case: Assessment, criterion_code: str, show: str = "") -> str:
    """The address of a criterion's row on its item page."""
    page_address = reverse("item", args=[case.number, criterion_code.split("-")[0]])
    query = f"?{urlencode({'show': show})}" if show in queries.FILTERS else ""
    return f"{page_address}{query}#c-{criterion_code}"


# --- after a save --------------------------------------------------------------------------------------------------


def _saved_fragment(saved: actions.Saved) -> HttpResponse:
    """Figures out of band; the new version and the words of the save state travel as headers."""
    case, answer = saved.case, saved.answer
    criterion = case.edition.criteria[answer.criterion_code]
    found = case.edition.items[criterion.item_code]
    if saved.result is not None:
        live = queries.live_from_result(case, found, saved.result)
    else:
        live = queries.live_from_rows(case, found, domain_figures(case, "self"))
    context = {
        "case": case,
        "item": found,
        "live": live,
        "level": criterion.level,
        "saved_code": criterion.code,
        "out_of_band": True,
    }
    response = HttpResponse(render_to_string("questionnaire/figures.html", context))
    state = {"at": answer.saved_at, "by": answer.saved_by.name}
    response["X-Version"] = str(answer.version)
    response["X-Saved"] = quote(render_to_string("questionnaire/state_words.html", state).strip())
    response[FRAGMENT] = "answer"
    return response


def _not_saved(request: HttpRequest, number: str, criterion_code: str, refused: Refused) -> HttpResponse:
    """What was not kept, with the reason and the person's own words; both answers in a conflict."""
    if isinstance(refused, NotAllowed) and not request.htmx:  # type: ignore[attr-defined]
        raise refused
    case = case_or_404(request, number)
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


# --- the page ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class TreeItem:
    """An item in the tree."""

    code: str
    name: Bilingual
    url: str
    answered: int
    total: int
    level: int | None
    is_current: bool


@dataclass(frozen=True)
class TreeDomain:
    """A domain in the tree; ``people`` are the names it was assigned to."""

    code: str
    name: Bilingual
    answered: int
    total: int
    is_open: bool
    is_mine: bool
    people: tuple[str, ...]
    items: tuple[TreeItem, ...]


def page(
    request: HttpRequest, case: Assessment, item: Item, not_kept: tuple[str, Unsaved] | None = None
) -> dict[str, Any]:
    """The context of the item page; ``not_kept`` is a criterion code with what could not be saved there."""
    figures = domain_figures(case, "self")
    shared = queries.division(case, user_of(request))
    answering = rules.can_answer(case, delegated_here=shared.is_mine(item.code))
    show = request.GET.get("show") or request.POST.get("show", "")
    rows = queries.rows(case, item)
    if not_kept:
        rows = queries.with_unsaved(rows, *not_kept)
    live = queries.live_from_rows(case, item, figures)
    return {
        "case": case,
        "crumbs": crumbs(case, f"{item.code} {local(item.name)}"),
        "item": item,
        "domain": case.edition.domains_by_code[item.domain_code],
        "tree": _tree(case, item, figures, shared),
        "people": shared.people(item),
        "live": live,
        "sections": queries.sections(queries.matching(rows, show), live.item.levels),
        "chips": _chips(case, item, rows, show),
        "show": show if show in queries.FILTERS else "",
        "answering": answering,
        "previous_item": _neighbour(case, item, -1),
        "next_item": _neighbour(case, item, 1),
        "accept": ACCEPT,
        "max_bytes": max_bytes(),
    }


def crumbs(case: Assessment, here: str) -> list[dict[str, str]]:
    """The way to a page inside a case."""
    return [
        {"label": _("评估项目"), "url": reverse("assessment_list")},
        {"label": case.number, "url": reverse("assessment_detail", args=[case.number])},
        {"label": here},
    ]


def evidence_block(
    request: HttpRequest, case: Assessment, criterion_code: str, problems: Sequence[str]
) -> HttpResponse:
    """The evidence of one row as a fragment; 422 when a file was refused, whatever else was kept."""
    links = queries.evidence_of(case, criterion_code)
    context = {"case": case, "code": criterion_code, "links": links, "editable": True, "problems": problems}
    response = render(request, "questionnaire/evidence.html", context, status=422 if problems else 200)
    response[FRAGMENT] = "evidence"
    return response


def _tree(
    case: Assessment, current: Item, figures: Sequence[DomainFigures], shared: Division
) -> tuple[TreeDomain, ...]:
    return tuple(
        TreeDomain(
            code=d.domain.code,
            name=d.domain.name,
            answered=d.answered,
            total=d.total,
            is_open=d.domain.code == current.domain_code,
            is_mine=d.domain.code in shared.mine,
            people=shared.names.get(d.domain.code, ()),
            items=tuple(
                TreeItem(
                    code=i.item.code,
                    name=i.item.name,
                    url=reverse("item", args=[case.number, i.item.code]),
                    answered=i.answered,
                    total=i.total,
                    level=i.level,
                    is_current=i.item.code == current.code,
                )
                for i in d.items
            ),
        )
        for d in figures
    )


def _chips(case: Assessment, item: Item, rows: Sequence[queries.Row], show: str) -> list[dict[str, Any]]:
    """Filters of the page, with how many rows each would leave."""
    here = reverse("item", args=[case.number, item.code])
    labels = {
        "": _("全部条款"),
        "unanswered": _("未作答"),
        "to-confirm": _("沿用待确认"),
        "no-evidence": _("无证明材料"),
        "not-applicable": _("不适用"),
    }
    if not any(row.origin for row in rows):
        del labels["to-confirm"]
    return [
        {
            "label": label,
            "url": f"{here}?show={name}" if name else here,
            "is_active": name == (show if show in queries.FILTERS else ""),
            "count": len(queries.matching(rows, name)),
        }
        for name, label in labels.items()
    ]


def _neighbour(case: Assessment, item: Item, step: int) -> Item | None:
    items = list(case.edition.items.values())
    at = items.index(item) + step
    return items[at] if 0 <= at < len(items) else None
