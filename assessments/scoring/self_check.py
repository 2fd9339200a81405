"""The public self-check: one level chosen for each item, as a code for the address, a rough result, a careful claim.

The result comes from the same engine as every other: a chosen level counts as fully met with all levels below it.
What a draft is filled in with claims less, because nobody has read a single criterion yet (``claims``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from assessments.scoring.engine import score
from assessments.scoring.inputs import ScoringInput
from assessments.scoring.result import Result
from assessments.scoring.schemes import Scheme
from assessments.scoring.verdicts import Verdict
from assessments.standard import Edition, Item

TOP_LEVEL = 5
#: In a code: no level chosen yet.
OPEN = "-"
_DIGITS = "".join(str(n) for n in range(TOP_LEVEL + 1))


def code_of(edition: Edition, levels: Mapping[str, int]) -> str:
    """One character an item in the order of the edition: the level chosen, 0 to 5, or ``-`` for none."""
    return "".join(str(levels[item]) if item in levels else OPEN for item in edition.items)


def levels_of(edition: Edition, code: str) -> dict[str, int] | None:
    """The levels a code stands for, items that are open left out; ``None`` when it is no code of this edition."""
    if len(code) != len(edition.items) or not set(code) <= {*_DIGITS, OPEN}:
        return None
    return {item: int(digit) for item, digit in zip(edition.items, code, strict=True) if digit != OPEN}


def complete_levels(edition: Edition, code: str) -> dict[str, int] | None:
    """As :func:`levels_of`, and ``None`` too while an item is open."""
    levels = levels_of(edition, code)
    return levels if levels is not None and len(levels) == len(edition.items) else None


def estimate(edition: Edition, levels: Mapping[str, int], scheme: Scheme) -> Result:
    """The result tree of a self-check: each item scores the level that was chosen for it."""
    verdicts = {
        c.code: Verdict.FULL if c.level <= levels[item.code] else Verdict.NONE
        for item in edition.items.values()
        for c in item.criteria
    }
    return score(ScoringInput.of(edition.code, verdicts, scheme=scheme.code))


def claims(edition: Edition, levels: Mapping[str, int]) -> dict[str, str]:
    """What a draft begins with, by criterion: largely below the level chosen, partially at it, nothing above.

    Whoever chose a statement has not read the criteria behind it, so no criterion is claimed in full.
    """
    return {
        c.code: Verdict.PARTIALLY if c.level == levels[item.code] else Verdict.LARGELY
        for item in edition.items.values()
        for c in item.criteria
        if c.level <= levels[item.code]
    }


@dataclass(frozen=True)
class Standing:
    """An item with the level chosen; ``weight`` is its share of the overall score."""

    item: Item
    level: int
    weight: float


def weakest(edition: Edition, levels: Mapping[str, int], result: Result, most: int) -> list[Standing]:
    """The items with most to gain: the lowest levels first, among equals what weighs most; none at the top level."""
    found = [s for s in _standings(edition, levels, result) if s.level < TOP_LEVEL]
    return sorted(found, key=lambda s: (s.level, -s.weight))[:most]


def strongest(edition: Edition, levels: Mapping[str, int], result: Result, most: int) -> list[Standing]:
    """The highest levels first; empty where all are alike, and never an item of the lowest level chosen."""
    lowest = min(levels.values(), default=0)
    found = [s for s in _standings(edition, levels, result) if s.level > lowest]
    return sorted(found, key=lambda s: (-s.level, -s.weight))[:most]


def _standings(edition: Edition, levels: Mapping[str, int], result: Result) -> list[Standing]:
    return [
        Standing(item, levels[item.code], float(result.domains[domain.code].weight or 0) / len(domain.items))
        for domain in edition.domains
        for item in domain.items
    ]
