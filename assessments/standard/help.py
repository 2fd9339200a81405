"""Help for every capability item in our own words: where an enterprise stands, and what a good answer looks like.

The data are in ``data/help/<edition>/<domain>.toml``. They stand outside the checksum that freezes an edition, because
no result refers to them: they may be improved with any release (docs/decisions/0017-help-is-ours.md).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from assessments.standard.bilingual import Bilingual
from assessments.standard.catalogue import DATA, SHIPPED, get_shipped
from assessments.standard.edition import LEVELS, Domain, Edition, Item
from assessments.standard.reading import Table, read_file

#: What an example may answer. That a criterion does not apply is no model for anybody.
EXAMPLE_VERDICTS = ("full", "largely", "partially", "none")


@dataclass(frozen=True)
class Example:
    """A model answer of an invented enterprise to one criterion of the item, and why it reads as it does."""

    criterion: str
    verdict: str
    note: Bilingual
    evidence: Bilingual
    why: Bilingual


@dataclass(frozen=True)
class ItemHelp:
    """One question on a capability item with five statements to choose from, level 1 first, and an example."""

    code: str
    question: Bilingual
    levels: tuple[Bilingual, ...]
    example: Example


@cache
def get_help(edition_code: str) -> Mapping[str, ItemHelp]:
    """Help by item code, in the order of the edition; empty for an edition that does not ship.

    Raises ``DataError`` where help that ships is incomplete.
    """
    if edition_code not in SHIPPED:
        return {}
    return load_help(DATA / "help" / edition_code, get_shipped(edition_code))


def load_help(folder: Path, edition: Edition) -> Mapping[str, ItemHelp]:
    """Help for all items of the edition, from one file a domain in ``folder``.

    Raises :class:`DataError` for a file or item that is missing, anything mistyped or empty, an item or criterion the
    edition does not have, a verdict there is not, and more or fewer statements than levels.
    """
    return {help_.code: help_ for domain in edition.domains for help_ in _domain(folder, domain)}


def _domain(folder: Path, domain: Domain) -> list[ItemHelp]:
    file = folder / f"{domain.code}.toml"
    items = Table(file, "help", read_file(file), {"items"}).table("items", {i.code for i in domain.items})
    return [_item(items, item) for item in domain.items]


def _item(items: Table, item: Item) -> ItemHelp:
    entry = items.table(item.code, {"question", "levels", "example"})
    return ItemHelp(item.code, entry.text("question"), _levels(entry), _example(entry, item))


def _levels(entry: Table) -> tuple[Bilingual, ...]:
    both = entry.table("levels", {"zh", "en"})
    zh, en = both.strings("zh"), both.strings("en")
    for language, statements in (("zh", zh), ("en", en)):
        if len(statements) != len(LEVELS):
            raise both.error(language, f"expected {len(LEVELS)} statements, one a level, found {len(statements)}")
    return tuple(map(Bilingual, zh, en))


def _example(entry: Table, item: Item) -> Example:
    example = entry.table("example", {"criterion", "verdict", "note", "evidence", "why"})
    return Example(
        criterion=example.one_of("criterion", tuple(c.code for c in item.criteria)),
        verdict=example.one_of("verdict", EXAMPLE_VERDICTS),
        note=example.text("note"),
        evidence=example.text("evidence"),
        why=example.text("why"),
    )
