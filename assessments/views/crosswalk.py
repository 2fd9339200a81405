"""From one edition to the next, criterion by criterion."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from assessments.permissions.rules import can_read_wording
from assessments.standard import (
    Criterion,
    Crosswalk,
    Domain,
    Item,
    Kind,
    UnknownCode,
    crosswalks,
    get_crosswalk,
)
from assessments.standard.crosswalk import Dropped, ItemLink, Link
from assessments.templatetags.platform import local
from assessments.views.caching import kept_briefly
from assessments.views.standard import unknown


@require_safe
def crosswalk_latest(request: HttpRequest) -> HttpResponse:
    """Leads to the cross-walk between the two latest editions that have one."""
    pairs = crosswalks()
    if not pairs:
        raise Http404
    return HttpResponseRedirect(reverse("crosswalk", args=pairs[-1]))


@require_safe
@kept_briefly
def crosswalk(request: HttpRequest, earlier: str, later: str) -> HttpResponse:
    """Each criterion of the later edition beside those it comes from; ``kind`` and ``domain`` stand in the address."""
    walk = _walk(earlier, later)
    if walk is None:
        return unknown(request, f"{earlier} – {later}")
    kind, domain = _asked(request, walk)
    context = {
        "walk": walk,
        "kind": kind,
        "domain": domain,
        "table": [(d, _counts(_of_domain(walk, d))) for d in walk.later.domains],
        "totals": list(walk.counts.items()),
        "kinds": list(Kind),
        "kind_chips": _kind_chips(walk, kind, domain),
        "domain_chips": _domain_chips(walk, kind, domain),
        "parts": _parts(walk, kind, domain),
        "dropped": _dropped(walk, domain) if kind in (None, Kind.DROPPED) else [],
        "reads_earlier": can_read_wording(request.user, walk.earlier),
        "reads_later": can_read_wording(request.user, walk.later),
        "others": [pair for pair in crosswalks() if pair != (earlier, later)],
        "crumbs": [{"label": _("标准"), "url": reverse("standard")}, {"label": _("版本对照")}],
    }
    return render(request, "standard/crosswalk.html", context)


@dataclass(frozen=True)
class Row:
    """A criterion of the later edition and its sources."""

    criterion: Criterion
    link: Link
    sources: tuple[Criterion, ...]


@dataclass(frozen=True)
class Part:
    """An item of the later edition with the rows that are asked for."""

    item: Item
    link: ItemLink
    sources: tuple[Item, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Given:
    """A criterion that was given up, with where its subject lives on."""

    criterion: Criterion
    dropped: Dropped


def _walk(earlier: str, later: str) -> Crosswalk | None:
    try:
        return get_crosswalk(earlier, later) if earlier != later else None
    except UnknownCode:
        return None


def _asked(request: HttpRequest, walk: Crosswalk) -> tuple[Kind | None, Domain | None]:
    """The filters of the address; what means nothing filters nothing."""
    kind = request.GET.get("kind", "")
    return Kind(kind) if kind in list(Kind) else None, walk.later.domains_by_code.get(request.GET.get("domain", ""))


def _parts(walk: Crosswalk, kind: Kind | None, only: Domain | None) -> list[tuple[Domain, list[Part]]]:
    found = []
    for domain in [only] if only else walk.later.domains:
        parts = [part for item in domain.items if (part := _part(walk, item, kind)).rows]
        if parts:
            found.append((domain, parts))
    return found


def _part(walk: Crosswalk, item: Item, kind: Kind | None) -> Part:
    link, earlier = walk.items[item.code], walk.earlier
    rows = tuple(
        Row(c, walk.criteria[c.code], tuple(earlier.criteria[s] for s in walk.criteria[c.code].sources))
        for c in item.criteria
        if kind in (None, walk.criteria[c.code].kind)
    )
    return Part(item, link, tuple(earlier.items[s] for s in link.sources), rows)


def _dropped(walk: Crosswalk, only: Domain | None) -> list[tuple[Item, list[Given]]]:
    """What was given up, by item of the earlier edition; for one domain, what its items' predecessors lost."""
    heirs = {s for i in only.items for s in walk.items[i.code].sources} if only else set(walk.earlier.items)
    found = []
    for item in walk.earlier.items.values():
        gone = [Given(c, walk.dropped[c.code]) for c in item.criteria if c.code in walk.dropped]
        if gone and item.code in heirs:
            found.append((item, gone))
    return found


def _of_domain(walk: Crosswalk, domain: Domain) -> list[Kind]:
    kinds = [walk.criteria[c.code].kind for i in domain.items for c in i.criteria]
    return [*kinds, *(Kind.DROPPED for _item, gone in _dropped(walk, domain) for _one in gone)]


def _counts(kinds: Iterable[Kind]) -> list[tuple[Kind, int]]:
    found = list(kinds)
    return [(kind, found.count(kind)) for kind in Kind]


def _kind_chips(walk: Crosswalk, chosen: Kind | None, domain: Domain | None) -> list[dict[str, object]]:
    counts = dict(_counts(_of_domain(walk, domain))) if domain else walk.counts
    every = _chip(_("全部"), sum(counts.values()), chosen is None, None, domain)
    return [every, *(_chip(local(k.label), n, k is chosen, k, domain) for k, n in counts.items())]


def _domain_chips(walk: Crosswalk, kind: Kind | None, chosen: Domain | None) -> list[dict[str, object]]:
    every = _chip(_("全部"), None, chosen is None, kind, None)
    names = [(d, f"{d.code} {local(d.name)}") for d in walk.later.domains]
    return [every, *(_chip(name, None, d is chosen, kind, d) for d, name in names)]


def _chip(
    label: str, count: int | None, is_active: bool, kind: Kind | None, domain: Domain | None
) -> dict[str, object]:
    query = urlencode({**({"domain": domain.code} if domain else {}), **({"kind": kind.value} if kind else {})})
    return {"label": label, "count": count, "url": f"?{query}#list", "is_active": is_active}
