"""What the item page shows, put together for its template: the rows themselves are of ``views.item_rows``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from assessments.models import Assessment
from assessments.permissions import rules
from assessments.queries import discussions, filters
from assessments.queries import questionnaire as queries
from assessments.queries.filters import TARGET, Setting
from assessments.queries.places import place_in
from assessments.queries.questionnaire import Division, Row, Unsaved
from assessments.queries.results import DomainFigures, ItemFigures, domain_figures
from assessments.standard import DataError, Example, Item, Level, get_help
from assessments.templatetags.platform import local, score
from assessments.views.access import user_of
from assessments.views.item_rows import Around, Written, row_writer
from assessments.views.item_tree import TreeDomain, TreeItem, tree
from assessments.views.live_figures import panel

#: In the address: no filter at all, where otherwise those of the last visit are used.
ALL = "all"
PAGE, CARDS = "page", "cards"
#: Stands for the code of an item in an address that is looked up once for all of them.
_MARK = "CRITERION-CODE"


# --- how the page was asked for ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Asked:
    """Which rows, and all at once or one at a time; ``is_restored`` when the filters are those of the last visit."""

    names: tuple[str, ...]
    view: str
    is_restored: bool = False

    @property
    def show(self) -> str:
        return ",".join(self.names)


def asked(request: HttpRequest, case: Assessment) -> Asked:
    """From the address or the form that was posted; what neither says, from the place kept for this person."""
    place = place_in(case)
    given = request.GET.get("show", request.POST.get("show"))
    view = request.GET.get("view") or (place.view if place else PAGE)
    view = CARDS if view == CARDS else PAGE
    if given is not None or place is None:
        return Asked(filters.read(given or ""), view)
    names = filters.read(place.filters.removeprefix("show="))
    return Asked(names, view, is_restored=bool(names))


def setting_of(case: Assessment, shared: Division) -> Setting:
    """What the filters of this case look at; one query at most (see ``filters.past``)."""
    return Setting(filters.past(case), shared.is_mine, case.target_level)


# --- rows ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ShownSection:
    """A level with its rows; ``figure`` is its score as text, empty where it takes no part."""

    level: Level
    figure: str
    rows: tuple[Written, ...]


# --- the tree ------------------------------------------------------------------------------------------------------


def _tree(
    case: Assessment, current: Item, figures: Sequence[DomainFigures], shared: Division, waiting: Counter[str]
) -> SafeString:
    pattern = reverse("item", args=[case.number, _MARK])

    def item(found: ItemFigures) -> TreeItem:
        code, url = found.item.code, pattern.replace(_MARK, found.item.code)
        is_current = code == current.code
        figures = (found.answered, found.total, found.level)
        return TreeItem(code, found.item.name, url, *figures, is_current=is_current, waiting=waiting[code])

    return tree(
        TreeDomain(
            code=d.domain.code,
            name=d.domain.name,
            answered=d.answered,
            total=d.total,
            items=[item(i) for i in d.items],
            is_open=d.domain.code == current.domain_code,
            is_mine=d.domain.code in shared.mine,
            people=shared.names.get(d.domain.code, ()),
        )
        for d in figures
    )


# --- filters -------------------------------------------------------------------------------------------------------


def labels() -> dict[str, str]:
    """The filters in words."""
    return {
        "unanswered": _("未作答"),
        "mine": _("我负责"),
        "returned": _("退回待改"),
        "no-evidence": _("无证明材料"),
        "not-applicable": _("不适用"),
        "changed": _("较上次有变化"),
        "to-confirm": _("沿用待确认"),
        TARGET: _("目标等级以内"),
    }


def _chips(here: str, rows: Sequence[Row], now: Asked, setting: Setting, meaningless: set[str]) -> list[dict[str, Any]]:
    """One of the filters at a time, and how many rows each would leave."""
    beside = (TARGET,) if TARGET in now.names else ()
    chosen = next((n for n in now.names if n != TARGET), "")
    return [
        _chip(label, here, (name, *beside) if name else beside, rows, setting, is_active=name == chosen)
        for name, label in {"": _("全部"), **labels()}.items()
        if name != TARGET and (name not in meaningless or name == chosen)
    ]


def _target_chip(here: str, rows: Sequence[Row], now: Asked, setting: Setting) -> dict[str, Any]:
    """The target level, switched on and off beside whichever filter is chosen."""
    without = tuple(n for n in now.names if n != TARGET)
    is_on = TARGET in now.names
    chip = _chip(labels()[TARGET], here, without if is_on else (*without, TARGET), rows, setting, is_active=is_on)
    return {**chip, "count": len(queries.matching(rows, (*without, TARGET), setting))}


def _chip(
    label: str, here: str, names: tuple[str, ...], rows: Sequence[Row], setting: Setting, is_active: bool
) -> dict[str, Any]:
    return {
        "label": label,
        "url": f"{here}?show={','.join(names) or ALL}",
        "is_active": is_active,
        "count": len(queries.matching(rows, names, setting)),
    }


def _meaningless(rows: Sequence[Row], setting: Setting, shared: Division, waiting: Counter[str]) -> set[str]:
    """Filters that can leave nothing in this case, and so are not offered."""
    return {
        *({"mine"} if not shared.mine else ()),
        *({"returned"} if not queries.matching(rows, ("returned",), setting) else ()),
        *({"changed"} if setting.past.is_empty else ()),
        *({"to-confirm"} if not waiting else ()),
    }


# --- the page ------------------------------------------------------------------------------------------------------


def page(
    request: HttpRequest, case: Assessment, item: Item, not_kept: tuple[str, Unsaved] | None = None
) -> dict[str, Any]:
    """The context of the item page; ``not_kept`` is a criterion code with what could not be saved there."""
    now = asked(request, case)
    figures = domain_figures(case, "self")
    shared = queries.division(case, user_of(request))
    setting = setting_of(case, shared)
    answering = rules.can_answer(case, delegated_here=shared.is_mine(item.code))
    rows = queries.rows(case, item, setting.past)
    if not_kept:
        rows = queries.with_unsaved(rows, *not_kept)
    came_over = setting.past.source is not None or any(r.is_carried for r in rows) or hasattr(case, "self_check")
    waiting = queries.to_confirm_by_item(case) if came_over else Counter[str]()
    live = queries.live_from_rows(case, item, figures)
    here = reverse("item", args=[case.number, item.code])
    left = queries.matching(rows, now.names, setting)
    sections = queries.sections(left, live.item.levels)
    is_cards = now.view == CARDS
    said = discussions.counts(case, item.code) if rules.can_read_discussions(case) else {}
    write = row_writer(Around(case, bool(answering), is_cards, now.show, get_token(request), said))
    return {
        "case": case,
        "crumbs": crumbs(case, f"{item.code} {local(item.name)}"),
        "item": item,
        "here": here,
        "domain": case.edition.domains_by_code[item.domain_code],
        "tree": _tree(case, item, figures, shared, waiting),
        "to_confirm": sum(waiting.values()),
        "people": shared.people(item),
        "panel": panel(case, item, live),
        "sections": [ShownSection(s.level, _figure(s.score), tuple(map(write, s.rows))) for s in sections],
        "rows_shown": len(left),
        "chips": _chips(here, rows, now, setting, _meaningless(rows, setting, shared, waiting)),
        "target_chip": _target_chip(here, rows, now, setting),
        "show": now.show,
        "filtered": [labels()[n] for n in now.names],
        "is_restored": now.is_restored,
        "cards": is_cards,
        "ways": _ways_to_work(here, now),
        "answering": answering,
        "example": _example(case, item),
        "previous_item": _neighbour(case, item, -1),
        "next_item": _neighbour(case, item, 1),
    }


def _figure(value: Decimal | None) -> str:
    return "" if value is None else score(value)


def crumbs(case: Assessment, here: str) -> list[dict[str, str]]:
    """The way to a page inside a case."""
    return [
        {"label": _("评估项目"), "url": reverse("assessment_list")},
        {"label": case.number, "url": reverse("assessment_detail", args=[case.number])},
        {"label": here},
    ]


def _ways_to_work(here: str, now: Asked) -> list[dict[str, Any]]:
    show = f"&show={now.show}" if now.show else ""
    return [
        {"label": label, "url": f"{here}?view={view}{show}", "is_active": view == now.view}
        for view, label in ((PAGE, _("按能力项")), (CARDS, _("逐条作答")))
    ]


def _example(case: Assessment, item: Item) -> Example | None:
    """A model answer to one criterion of the item; none for an edition that did not come with help."""
    try:
        found = get_help(case.edition_code).get(item.code)
    except DataError:
        return None
    return found.example if found else None


def _neighbour(case: Assessment, item: Item, step: int) -> Item | None:
    items = list(case.edition.items.values())
    at = items.index(item) + step
    return items[at] if 0 <= at < len(items) else None
