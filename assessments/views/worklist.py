"""All criteria of a case in one list; its filters stand in the address and are there again on the next visit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from assessments.forms.worklist import WorklistForm
from assessments.models import Assessment
from assessments.permissions import rules
from assessments.queries import delegations, filters
from assessments.queries import worklist as queries
from assessments.queries.delegations import Division, Figures
from assessments.queries.filters import TARGET, Setting
from assessments.queries.worklist import Wanted
from assessments.templatetags.platform import local
from assessments.views.access import case_or_404, permit, user_of
from assessments.views.head import case_head
from assessments.views.item_page import labels

_PAGE = 50
#: In the session: the last filters by number of the case, those of the case visited last at the end.
SESSION_KEY = "worklist"
_CASES_KEPT = 20
#: In the address of a list whose filters are those of the last visit.
_RESTORED = "restored"


@login_required
@require_safe
def worklist(request: HttpRequest, number: str) -> HttpResponse:
    """The criteria of the case, fifty a page, in the order of the standard."""
    case = case_or_404(request, number)
    permit(rules.can_read_division(case))
    kept = request.session.get(SESSION_KEY, {})
    if not request.GET and kept.get(case.number):
        return redirect(f"{request.path}?{kept[case.number]}&{_RESTORED}=1")
    whole = delegations.division(case, timezone.localdate())
    form = WorklistForm(request.GET, whole=whole)
    wanted = form.wanted(filters.read(request.GET.get("show", "")))
    setting = _setting(request, case, whole)
    rows = queries.narrowed(case, queries.rows(case, whole), whole, wanted)
    page = Paginator(queries.matching(rows, wanted.names, setting), _PAGE).get_page(request.GET.get("page"))
    _keep(request, case, _query(wanted, page.number))
    context = case_head(request, case) | {
        "form": form,
        "chips": _chips(wanted, queries.counts(rows, wanted.names, setting), setting),
        "page_obj": page,
        "show": ",".join(wanted.names),
        "is_filtered": bool(_query(wanted)),
        "is_restored": _RESTORED in request.GET and bool(_query(wanted)),
        "whole": whole,
        "progress": _progress(case, whole),
    }
    return render(request, "worklist/worklist.html", context)


def _setting(request: HttpRequest, case: Assessment, whole: Division) -> Setting:
    share = whole.of(user_of(request))
    mine = {c.code for c in delegations.criteria_in(case.edition, share.part_codes)} if share else frozenset()
    return Setting(filters.past(case), mine.__contains__, case.target_level)


def _query(wanted: Wanted, page: int = 1) -> str:
    """The filters as they stand in an address; empty when nothing is narrowed."""
    values = {
        "show": ",".join(wanted.names),
        "q": wanted.words,
        "person": wanted.person,
        "domain": wanted.domain,
        "level": wanted.level or "",
        "page": page if page > 1 else "",
    }
    return urlencode({name: value for name, value in values.items() if value})


def _keep(request: HttpRequest, case: Assessment, query: str) -> None:
    """Remembers the filters for the next visit; the session is written only when they are others than before."""
    kept = dict(request.session.get(SESSION_KEY, {}))
    if kept.pop(case.number, "") == query:
        return
    kept |= {case.number: query} if query else {}
    request.session[SESSION_KEY] = dict(list(kept.items())[-_CASES_KEPT:])


def _chips(wanted: Wanted, counts: Mapping[str, int], setting: Setting) -> list[dict[str, Any]]:
    """One chip a filter, keeping the fields; those that can find nothing in this case are left out."""
    chosen = next((n for n in wanted.names if n != TARGET), "")
    beside = tuple(n for n in wanted.names if n == TARGET)
    usual = {"", "unanswered", "no-evidence", "not-applicable", chosen}
    chips = [
        _chip(label, wanted, (*([name] if name else []), *beside), counts[name], is_active=name == chosen)
        for name, label in {"": _("全部"), **labels()}.items()
        if name != TARGET and (name in usual or counts[name] or (name == "changed" and not setting.past.is_empty))
    ]
    others = (chosen,) if chosen else ()
    names = others if beside else (*others, TARGET)
    return [*chips, _chip(labels()[TARGET], wanted, names, counts[TARGET], is_active=bool(beside))]


def _chip(label: str, wanted: Wanted, names: tuple[str, ...], count: int, *, is_active: bool) -> dict[str, Any]:
    fields = Wanted(names, wanted.person, wanted.domain, wanted.level, wanted.words)
    return {"label": label, "url": f"?{_query(fields) or 'show=all'}", "is_active": is_active, "count": count}


@dataclass(frozen=True)
class Line:
    """How far one person, domain or item is, and where its criteria are."""

    name: str
    figures: Figures
    url: str


@dataclass(frozen=True)
class Table:
    """Lines of one kind."""

    title: str
    lines: list[Line]


def _progress(case: Assessment, whole: Division) -> list[Table]:
    """How far each person, domain and item is; no table of people while nothing is assigned."""
    here = reverse("worklist", args=[case.number])
    people = [Line(s.user.name, s.figures, f"{here}?person={s.user.pk}") for s in whole.shares]
    domains = [
        Line(f"{d.domain.code} {local(d.domain.name)}", d.figures, f"{here}?domain={d.domain.code}")
        for d in whole.domains
    ]
    items = [
        Line(f"{i.item.code} {local(i.item.name)}", i.figures, reverse("item", args=[case.number, i.item.code]))
        for d in whole.domains
        for i in d.items
    ]
    tables = [Table(_("按人员"), people), Table(_("按能力域"), domains), Table(_("按能力项"), items)]
    return [table for table in tables if table.lines]
