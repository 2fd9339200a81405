"""The standard to read, without an account: editions side by side, items with their criteria, one page to print."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from assessments.permissions.rules import can_read_wording
from assessments.scoring import Scheme, schemes
from assessments.standard import (
    LEVELS,
    Bilingual,
    Criterion,
    Crosswalk,
    Domain,
    Edition,
    Item,
    Kind,
    Level,
    UnknownCode,
    Window,
    crosswalks,
    editions,
    get_crosswalk,
    get_edition,
    get_window,
)
from assessments.standard.glossary import glossary
from assessments.templatetags.platform import local
from assessments.views.caching import kept_briefly


@require_safe
@kept_briefly
def standard(request: HttpRequest) -> HttpResponse:
    """All editions side by side, which domain became which, and the ways to cross-walk, terms and schemes."""
    pairs = crosswalks()
    walk = get_crosswalk(*pairs[-1]) if pairs else None
    known = schemes()
    context = {
        "cards": [_card(e, known) for e in latest_first(editions())],
        "walk": walk,
        "changes": domain_changes(walk) if walk else (),
        "terms": len(glossary().terms),
        "schemes": known,
    }
    return render(request, "standard/standard.html", context)


@require_safe
@kept_briefly
def standard_edition(request: HttpRequest, edition: str) -> HttpResponse:
    """One edition at a glance: its levels, domains and items with their number of criteria by level."""
    found = edition_of(edition)
    if found is None:
        return unknown(request, edition)
    context = {
        "edition": found,
        "window": get_window(found.code),
        "reading": can_read_wording(request.user, found),
        "levels": [
            (level, sum(len(i.by_level[level.number - 1][1]) for i in found.items.values())) for level in LEVELS
        ],
        "others": [e for e in latest_first(editions()) if e.code != found.code],
        "pairs": pairs_of(found),
        "crumbs": crumbs(found),
    }
    return render(request, "standard/standard_edition.html", context)


@require_safe
@kept_briefly
def standard_item(request: HttpRequest, edition: str, item: str) -> HttpResponse:
    """One item: purpose, criteria by level with guidance and evidence, errata, and what other editions say."""
    found = edition_of(edition)
    if found is None:
        return unknown(request, edition)
    if item not in found.items:
        return unknown(request, item, found)
    here, order = found.items[item], list(found.items.values())
    place = order.index(here)
    walks = walks_of(found)
    context = {
        "edition": found,
        "item": here,
        "domain": found.domains_by_code[here.domain_code],
        "reading": can_read_wording(request.user, found),
        "sections": sections(found, here, walks),
        "ways": [way for walk in walks for way in item_ways(walk, found, here)],
        "previous_item": order[place - 1] if place else None,
        "next_item": order[place + 1] if place + 1 < len(order) else None,
        "crumbs": crumbs(found, f"{here.code} {local(here.name)}"),
    }
    return render(request, "standard/standard_item.html", context)


@require_safe
def standard_criterion(request: HttpRequest, edition: str, code: str) -> HttpResponse:
    """The address of one criterion, to be quoted: leads to its place among its neighbours."""
    found = edition_of(edition)
    if found is None:
        return unknown(request, edition)
    if code not in found.criteria:
        return unknown(request, code, found)
    return HttpResponseRedirect(criterion_url(found, code))


@require_safe
@kept_briefly
def standard_print(request: HttpRequest, edition: str) -> HttpResponse:
    """The whole edition, or with ``?domain=`` one domain, laid out for paper."""
    found = edition_of(edition)
    if found is None:
        return unknown(request, edition)
    wanted = request.GET.get("domain", "")
    if wanted and wanted not in found.domains_by_code:
        return unknown(request, wanted, found)
    context = {
        "edition": found,
        "domains": (found.domains_by_code[wanted],) if wanted else found.domains,
        "is_whole": not wanted,
        "levels": LEVELS,
        "reading": can_read_wording(request.user, found),
        "today": timezone.localdate(),
    }
    return render(request, "standard/standard_print.html", context)


# --- what several pages need ---------------------------------------------------------------------------------------


def edition_of(code: str) -> Edition | None:
    try:
        return get_edition(code)
    except UnknownCode:
        return None


def latest_first(found: tuple[Edition, ...]) -> list[Edition]:
    return sorted(found, key=lambda e: e.in_force, reverse=True)


def unknown(request: HttpRequest, code: str, edition: Edition | None = None) -> HttpResponse:
    """404 that helps on: the item the code belongs to, other editions that have it, the search."""
    item_code = code.split("-")[0]
    context = {
        "code": code[:60],
        "edition": edition,
        "item": edition.items.get(item_code) if edition else None,
        "elsewhere": [_place(e, code) for e in latest_first(editions()) if e is not edition and _has(e, code)],
        "editions": latest_first(editions()),
    }
    return render(request, "standard/unknown.html", context, status=404)


def item_url(edition: Edition, code: str) -> str:
    return reverse("standard_item", args=[edition.code, code])


def criterion_url(edition: Edition, code: str) -> str:
    return f"{item_url(edition, code.split('-')[0])}#{code}"


def crumbs(edition: Edition, here: str = "") -> list[dict[str, str]]:
    """The way to an edition, or to a page in it."""
    way = [
        {"label": _("标准"), "url": reverse("standard")},
        {"label": local(edition.short), "url": reverse("standard_edition", args=[edition.code])},
    ]
    return [*way, {"label": here}] if here else way


def pairs_of(edition: Edition) -> list[tuple[str, str, Edition]]:
    """The cross-walks from or to an edition, each with the edition at its other end."""
    pairs = [pair for pair in crosswalks() if edition.code in pair]
    return [(a, b, get_edition(b if a == edition.code else a)) for a, b in pairs]


def walks_of(edition: Edition) -> list[Crosswalk]:
    found = [get_crosswalk(a, b) for a, b, _other in pairs_of(edition)]
    return [walk for walk in found if walk is not None]


def _has(edition: Edition, code: str) -> bool:
    return code in edition.criteria or code in edition.items


def _place(edition: Edition, code: str) -> tuple[Edition, str]:
    return edition, criterion_url(edition, code) if code in edition.criteria else item_url(edition, code)


# --- editions side by side -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Card:
    """One edition as the first page shows it."""

    edition: Edition
    window: Window
    schemes: tuple[Scheme, ...]


def _card(edition: Edition, known: tuple[Scheme, ...]) -> Card:
    return Card(edition, get_window(edition.code), tuple(s for s in known if edition.code in s.editions))


@dataclass(frozen=True)
class DomainChange:
    """A domain of the later edition beside those it comes from; ``later`` is ``None`` for one that was given up."""

    later: Domain | None
    earlier: tuple[Domain, ...]
    kinds: tuple[tuple[Kind, int], ...]


def domain_changes(walk: Crosswalk) -> list[DomainChange]:
    """The domains of both editions aligned by where their items come from."""
    rows = []
    for domain in walk.later.domains:
        sources = {s.split(".")[0] for i in domain.items for s in walk.items[i.code].sources}
        kinds = [walk.criteria[c.code].kind for i in domain.items for c in i.criteria]
        tally = tuple((kind, kinds.count(kind)) for kind in Kind if kind in kinds)
        rows.append(DomainChange(domain, tuple(d for d in walk.earlier.domains if d.code in sources), tally))
    used = {d.code for row in rows for d in row.earlier}
    given_up = [d for d in walk.earlier.domains if d.code not in used]
    return [*rows, *(DomainChange(None, (d,), ((Kind.DROPPED, _criteria_in(d)),)) for d in given_up)]


def _criteria_in(domain: Domain) -> int:
    return sum(len(i.criteria) for i in domain.items)


# --- an item and what other editions say ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Way:
    """What became of something in another edition, or where it comes from: the kind, the places, a sentence."""

    edition: Edition
    kind: Kind
    places: tuple[tuple[str, str], ...]
    note: Bilingual | None = None
    is_of_item: bool = False


@dataclass(frozen=True)
class Row:
    """One criterion with its ways to other editions."""

    criterion: Criterion
    ways: tuple[Way, ...]


def sections(edition: Edition, item: Item, walks: list[Crosswalk]) -> list[tuple[Level, list[Row]]]:
    """The criteria of an item by level."""

    def row(criterion: Criterion) -> Row:
        return Row(criterion, tuple(way for walk in walks for way in criterion_ways(walk, edition, criterion.code)))

    return [(LEVELS[number - 1], [row(c) for c in criteria]) for number, criteria in item.by_level if criteria]


def criterion_ways(walk: Crosswalk, edition: Edition, code: str) -> list[Way]:
    """Where a criterion of the later edition comes from, or what became of one of the earlier."""
    if edition.code == walk.later.code:
        link = walk.criteria[code]
        return [Way(walk.earlier, link.kind, _criteria(walk.earlier, link.sources))]
    if (gone := walk.dropped.get(code)) is not None:
        return [Way(walk.later, Kind.DROPPED, _criteria(walk.later, gone.see), gone.reason)]
    return [Way(walk.later, t.kind, _criteria(walk.later, (t.target,))) for t in walk.targets[code]]


def item_ways(walk: Crosswalk, edition: Edition, item: Item) -> list[Way]:
    """The same for a whole item, with the sentence that says what changed."""
    if edition.code == walk.later.code:
        link = walk.items[item.code]
        return [Way(walk.earlier, link.kind, _items(walk.earlier, link.sources), link.note, True)]
    found = [link for link in walk.items.values() if item.code in link.sources]
    return [Way(walk.later, link.kind, _items(walk.later, (link.target,)), link.note, True) for link in found]


def _criteria(edition: Edition, codes: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    return tuple((code, criterion_url(edition, code)) for code in codes)


def _items(edition: Edition, codes: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    return tuple((f"{code} {local(edition.items[code].name)}", item_url(edition, code)) for code in codes)
