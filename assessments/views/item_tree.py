"""The tree of domains and items beside the criteria, as markup: forty entries that differ in a few words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.safestring import SafeString

from assessments.standard import Bilingual
from assessments.templatetags.markup import filled, joined
from assessments.templatetags.platform import local


@dataclass(frozen=True)
class TreeItem:
    """An item: how far it is, the level reached, and how many carried answers wait to be confirmed."""

    code: str
    name: Bilingual
    url: str
    answered: int
    total: int
    level: int | None
    is_current: bool = False
    waiting: int = 0


@dataclass(frozen=True)
class TreeDomain:
    """A domain with its items; ``people`` are the names it was assigned to, ``is_mine`` when the reader is one."""

    code: str
    name: Bilingual
    answered: int
    total: int
    items: Sequence[TreeItem]
    is_open: bool = False
    is_mine: bool = False
    people: Sequence[str] = ()


def tree(domains: Iterable[TreeDomain]) -> SafeString:
    """All of it; where there are ids, the figures can be replaced after a save (:func:`tree_figure`)."""
    return filled("components/item_tree.html", {"domains": joined(map(_domain, domains))})


def _domain(domain: TreeDomain) -> SafeString:
    slots = {
        "code": domain.code,
        "name": local(domain.name),
        "figures": tree_figure(domain.code, domain.answered, domain.total),
        "waiting": _waiting(domain.code, sum(i.waiting for i in domain.items)),
        "people": "、".join(domain.people),
        "items": joined(map(_item, domain.items)),
    }
    fixed = {"is_open": domain.is_open, "is_mine": domain.is_mine, "is_assigned": bool(domain.people)}
    return filled("components/tree_domain.html", slots, **fixed)


def _item(item: TreeItem) -> SafeString:
    slots = {
        "code": item.code,
        "name": local(item.name),
        "url": item.url,
        "figures": tree_figure(item.code, item.answered, item.total, level=item.level, is_item=True),
        "waiting": _waiting(item.code, item.waiting),
    }
    return filled("components/tree_item.html", slots, is_current=item.is_current)


def _waiting(code: str, count: int) -> SafeString:
    return filled("components/tree_waiting.html", {"code": code}, count=count) if count else SafeString("")


def tree_figure(code: str, answered: int, total: int, **fixed: Any) -> SafeString:
    """Progress of a domain or an item; ``fixed`` as in its template."""
    template = "components/tree_figure.html"
    if answered == total:
        return filled(template, {"code": code}, answered=answered, total=total, **fixed)
    # Two marks are never equal: that it is not complete can be seen without the figures.
    return filled(template, {"code": code, "answered": answered, "total": total}, **fixed)
