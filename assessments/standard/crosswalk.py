"""From one edition to the next: where each item and each criterion of the later edition comes from.

The files stand in ``crosswalks/<earlier>--<later>/``, one a domain of the later edition.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from pathlib import Path

from assessments.standard.bilingual import Bilingual
from assessments.standard.edition import Edition
from assessments.standard.reading import DataError, Table, find_file, read_file


class Kind(StrEnum):
    """What became of a requirement."""

    SAME = "same"
    WIDENED = "widened"
    SPLIT = "split"
    MOVED = "moved"
    NEW = "new"
    DROPPED = "dropped"

    @property
    def label(self) -> Bilingual:
        return _KINDS[self][0]

    @property
    def meaning(self) -> Bilingual:
        return _KINDS[self][1]

    @property
    def is_comparable(self) -> bool:
        """The figure before and the figure after answer the same question."""
        return self in (Kind.SAME, Kind.MOVED)


_KINDS = {
    Kind.SAME: (
        Bilingual("不变", "Same"),
        Bilingual("编号和要求都未变", "The code and what is asked are unchanged"),
    ),
    Kind.WIDENED: (
        Bilingual("扩展", "Widened"),
        Bilingual("原有要求是新要求的一部分", "What was asked is a part of what is asked now"),
    ),
    Kind.SPLIT: (
        Bilingual("拆分", "Split"),
        Bilingual("原来的一条拆成几条", "One requirement has become several"),
    ),
    Kind.MOVED: (
        Bilingual("移位", "Moved"),
        Bilingual("要求未变，编号变了", "What is asked is unchanged and stands under another code"),
    ),
    Kind.NEW: (
        Bilingual("新增", "New"),
        Bilingual("原版没有对应要求", "Nothing in the earlier edition corresponds to it"),
    ),
    Kind.DROPPED: (
        Bilingual("不再沿用", "Dropped"),
        Bilingual("新版不再作为单独要求", "The later edition no longer asks for it on its own"),
    ),
}


@dataclass(frozen=True)
class ItemLink:
    """An item of the later edition, the earlier items it comes from, and what changed in a sentence."""

    target: str
    kind: Kind
    sources: tuple[str, ...]
    note: Bilingual
    #: the scores before and after answer the same question; told in the data where the kind alone would mislead
    is_comparable: bool


@dataclass(frozen=True)
class Link:
    """A criterion of the later edition and the earlier criteria it comes from."""

    target: str
    kind: Kind
    sources: tuple[str, ...]


@dataclass(frozen=True)
class Dropped:
    """A criterion of the earlier edition that feeds none of the later, why, and where its subject lives on."""

    source: str
    see: tuple[str, ...]
    reason: Bilingual


@dataclass(frozen=True)
class Crosswalk:
    """The way from ``earlier`` to ``later``; complete on both sides."""

    earlier: Edition
    later: Edition
    items: Mapping[str, ItemLink]
    criteria: Mapping[str, Link]
    dropped: Mapping[str, Dropped]

    @cached_property
    def targets(self) -> dict[str, tuple[Link, ...]]:
        """The links that each earlier criterion feeds."""
        found: dict[str, list[Link]] = defaultdict(list)
        for link in self.criteria.values():
            for source in link.sources:
                found[source].append(link)
        return {code: tuple(links) for code, links in found.items()}

    @property
    def counts(self) -> dict[Kind, int]:
        """How many criteria of each kind, in the order of the kinds."""
        kinds = [link.kind for link in self.criteria.values()] + [Kind.DROPPED] * len(self.dropped)
        return {kind: kinds.count(kind) for kind in Kind}


def same_edition(edition: Edition) -> Crosswalk:
    """The way of an edition to itself: everything is the same."""
    unchanged = Bilingual("同一版本，条款未变。", "The same edition; nothing changed.")
    return Crosswalk(
        earlier=edition,
        later=edition,
        items={i: ItemLink(i, Kind.SAME, (i,), unchanged, is_comparable=True) for i in edition.items},
        criteria={c: Link(c, Kind.SAME, (c,)) for c in edition.criteria},
        dropped={},
    )


def load_crosswalk(folder: Path, earlier: Edition, later: Edition) -> Crosswalk:
    """The cross-walk in ``folder``.

    Raises :class:`DataError` for an unknown code or kind on either side, a criterion that is missing or stands twice,
    a kind at odds with its sources, and a source that is neither used nor given up with a reason.
    """
    items: dict[str, ItemLink] = {}
    criteria: dict[str, Link] = {}
    dropped: dict[str, Dropped] = {}
    where: dict[str, Path] = {}
    for domain in later.domains:
        file = find_file(folder, f"{int(domain.code):02d}")
        table = Table(file, f"domain {domain.code}", read_file(file), {"domain", "items", "criteria"}, {"dropped"})
        if table.string("domain") != domain.code:
            raise table.error("domain", f"expected {domain.code!r}, found {table.string('domain')!r}")
        for item in domain.items:
            items[item.code] = _item_link(table, item.code, earlier)
        _no_others(table, "items", {i.code for i in domain.items})
        for code in (c.code for i in domain.items for c in i.criteria):
            criteria[code] = _link(table, code, items[code.split("-")[0]], earlier)
        _no_others(table, "criteria", {c.code for i in domain.items for c in i.criteria})
        for code in table.named("dropped"):
            if code in dropped:
                raise table.error(f"dropped.{code}", f"expected each criterion once; it is also in {where[code].name}")
            dropped[code], where[code] = _dropped(table, code, earlier, later), file
    found = Crosswalk(earlier, later, items, criteria, dropped)
    _check_whole(folder, found)
    return found


def _item_link(table: Table, code: str, earlier: Edition) -> ItemLink:
    entry = _entry(table, "items", code, {"kind", "from", "note"}, {"comparable"})
    sources = _known(entry, "from", earlier.items, "item", earlier)
    kind = _kind(entry, sources)
    comparable = entry.data.get("comparable", kind.is_comparable)
    if not isinstance(comparable, bool) or (comparable and len(sources) != 1):
        raise entry.error("comparable", f"expected false, or true for one source, found {comparable!r}")
    return ItemLink(code, kind, sources, entry.text("note"), comparable)


def _link(table: Table, code: str, item: ItemLink, earlier: Edition) -> Link:
    entry = _entry(table, "criteria", code, {"kind", "from"})
    sources = _known(entry, "from", earlier.criteria, "criterion", earlier)
    kind = _kind(entry, sources)
    for source in sources:
        if source.split("-")[0] not in item.sources:
            raise entry.error("from", f"expected criteria of {', '.join(item.sources) or 'no item'}, found {source}")
    if kind is Kind.SAME and sources != (code,):
        raise entry.error("from", f"expected only {code} for the kind same, found {', '.join(sources)}")
    if kind is Kind.MOVED and (len(sources) != 1 or sources == (code,)):
        raise entry.error("from", f"expected one other code for the kind moved, found {', '.join(sources)}")
    return Link(code, kind, sources)


def _dropped(table: Table, code: str, earlier: Edition, later: Edition) -> Dropped:
    entry = _entry(table, "dropped", code, {"see", "reason"})
    if code not in earlier.criteria:
        raise DataError(entry.file, entry.place, f"unknown criterion {code} of {earlier.code}")
    return Dropped(code, _known(entry, "see", later.criteria, "criterion", later), entry.text("reason"))


def _entry(table: Table, group: str, code: str, keys: set[str], optional: Set[str] = frozenset()) -> Table:
    entries = table.named(group)
    place = f"{table.place}.{group}.{code}"
    if code not in entries:
        raise DataError(table.file, place, "expected this entry, which is missing")
    return Table(table.file, place, entries[code], keys, optional)


def _kind(entry: Table, sources: tuple[str, ...]) -> Kind:
    kind = Kind(entry.one_of("kind", tuple(k for k in Kind if k is not Kind.DROPPED)))
    if (kind is Kind.NEW) == bool(sources):
        raise entry.error("from", f"expected {'no' if kind is Kind.NEW else 'a'} source for the kind {kind}")
    return kind


def _known(entry: Table, key: str, codes: Iterable[str], what: str, edition: Edition) -> tuple[str, ...]:
    found = entry.strings(key, may_be_empty=True)
    for code in found:
        if code not in codes:
            raise entry.error(key, f"unknown {what} {code} of {edition.code}")
    if len(set(found)) < len(found):
        raise entry.error(key, f"expected each code once, found {', '.join(found)}")
    return found


def _no_others(table: Table, group: str, codes: set[str]) -> None:
    if strange := sorted(set(table.named(group)) - codes):
        raise DataError(table.file, f"{table.place}.{group}", f"unknown target {strange[0]}")


def _check_whole(folder: Path, walk: Crosswalk) -> None:
    """Every earlier criterion is either used or given up, and what feeds several is told as split or widened."""
    for code in walk.earlier.criteria:
        if (code in walk.targets) == (code in walk.dropped):
            both = "both used and dropped" if code in walk.dropped else "neither used nor dropped"
            raise DataError(folder, code, f"expected it to be used or dropped, found it {both}")
    for code, links in walk.targets.items():
        for link in links:
            if len(links) > 1 and link.kind not in (Kind.SPLIT, Kind.WIDENED):
                raise DataError(folder, link.target, f"expected split or widened: {code} feeds {len(links)} criteria")
    for link in walk.criteria.values():
        if link.kind is Kind.SPLIT and all(len(walk.targets[s]) < 2 for s in link.sources):
            raise DataError(
                folder, link.target, "expected for the kind split a source that feeds another criterion too"
            )
