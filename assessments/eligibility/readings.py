"""Readings: what one kind of source asks of applicants, from one day to another.

Public texts disagree on who may apply, so each text is kept as a reading of its own and none is corrected by another.
On a given day, of all readings in force that speak of a fact the latest one decides. An installation adds readings as
files in ``eligibility/`` of its folder; one of them may replace an earlier reading as a whole (``replaces``).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path

from assessments.eligibility.facts import (
    DATA,
    DATE,
    FACTS,
    NUMBER,
    TRACKS,
    YES_NO,
    Fact,
    Value,
    catalogue,
    number,
    some_of,
)
from assessments.standard.bilingual import Bilingual
from assessments.standard.catalogue import installation_root
from assessments.standard.reading import DataError, Table, read_file
from assessments.standard.transition import PARAMETER_STATUSES

#: comparison -> the kind of fact it compares
COMPARISONS = {"at_least": NUMBER, "is_yes": YES_NO, "years_since": DATE}
#: Level 1 needs no certificate and has no conditions.
LEVELS = (2, 3, 4, 5)
_YEARS_MOST = 200


@dataclass(frozen=True)
class Rule:
    """One condition for some levels and tracks. ``threshold`` is a number or years; ``None`` where yes is asked."""

    code: str
    levels: tuple[int, ...]
    tracks: tuple[str, ...]
    fact: Fact
    comparison: str
    threshold: Decimal | None
    source: Bilingual
    status: str

    @property
    def is_provisional(self) -> bool:
        return self.status == "provisional"

    @property
    def required(self) -> Bilingual:
        """What is asked for, in words."""
        if self.threshold is None:
            return Bilingual("是", "Yes")
        if self.comparison == "years_since":
            years = int(self.threshold)
            return Bilingual(f"满 {years} 年", f"at least {years} year{'' if years == 1 else 's'}")
        assert self.fact.unit is not None
        return Bilingual("不少于 {n}", "at least {n}").format(n=self.fact.unit.after(self.threshold))

    def is_met(self, value: Value, on: dt.date) -> bool:
        """Whether a value meets the rule on a day. A value of another kind meets nothing."""
        if self.threshold is None:
            return value is True
        if self.comparison == "years_since":
            return isinstance(value, dt.date) and anniversary(value, int(self.threshold)) <= on
        return isinstance(value, Decimal) and value >= self.threshold


def anniversary(day: dt.date, years: int) -> dt.date:
    """The day so many years later; for 29 February the first of March where the year has none."""
    year = min(day.year + years, dt.MAXYEAR)
    try:
        return day.replace(year=year)
    except ValueError:
        return dt.date(year, 3, 1)


@dataclass(frozen=True)
class Reading:
    """The rules of one kind of source and the days on which they hold, both included."""

    code: str
    name: Bilingual
    source: Bilingual
    status: str
    valid_from: dt.date
    valid_to: dt.date | None
    replaces: tuple[str, ...]
    rules: tuple[Rule, ...]

    def is_valid(self, on: dt.date) -> bool:
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)

    def rules_for(self, level: int, track: str) -> tuple[Rule, ...]:
        return tuple(r for r in self.rules if level in r.levels and track in r.tracks)


def readings() -> tuple[Reading, ...]:
    """All readings, the later ones first. Raises ``DataError`` if one is damaged."""
    files = {**_added(), **_shipped()}
    facts_stamp = _facts_stamp()
    found = [_loaded(file, file.stat().st_mtime_ns, facts_stamp) for file in files.values()]
    codes = {r.code for r in found}
    for reading in found:
        if unknown := set(reading.replaces) - codes:
            place, known = "reading.replaces", ", ".join(sorted(codes))
            raise DataError(files[reading.code], place, f"expected some of {known}, found {sorted(unknown)[0]!r}")
    return tuple(sorted(found, key=lambda r: (r.valid_from, r.code), reverse=True))


def in_force(on: dt.date) -> tuple[Reading, ...]:
    """The readings that hold on a day and are replaced by none of them, the later ones first."""
    valid = [r for r in readings() if r.is_valid(on)]
    replaced = {code for r in valid for code in r.replaces}
    return tuple(r for r in valid if r.code not in replaced)


def get_reading(code: str) -> Reading:
    """The reading with this code. Raises ``KeyError`` with a sentence when there is none, ``DataError`` if damaged."""
    found = {r.code: r for r in readings()}
    if code not in found:
        raise KeyError(f"unknown reading {code!r}; known: {', '.join(sorted(found))}")
    return found[code]


@cache
def _shipped() -> dict[str, Path]:
    return {file.stem: file for file in sorted(DATA.glob("reading-*.toml"))}


def _added() -> dict[str, Path]:
    """Readings of the installation; one that ships cannot be rewritten, because decisions refer to it."""
    root = installation_root()
    files = sorted((root / "eligibility").glob("*.toml")) if root else []
    return {file.stem: file for file in files if file.name != FACTS}


def _facts_stamp() -> int:
    """Changes with the installation's facts, to which rules refer."""
    root = installation_root()
    file = root / "eligibility" / FACTS if root else None
    return file.stat().st_mtime_ns if file and file.exists() else 0


_HEAD = {"code", "name", "source", "status", "valid_from", "rules"}
_RULE = {"code", "levels", "tracks", "fact", "comparison"}


@cache
def _loaded(file: Path, _changed_at: int, _facts_changed_at: int) -> Reading:
    table = Table(file, "reading", read_file(file), _HEAD, {"valid_to", "replaces"})
    if table.string("code") != file.stem:
        raise table.error("code", f"expected {file.stem!r}, found {table.string('code')!r}")
    start, end = table.date("valid_from"), table.date("valid_to")
    if start is None or (end is not None and end < start):
        raise table.error("valid_to", f"expected a day not before valid_from, found {end}")
    source, status = table.text("source"), table.one_of("status", PARAMETER_STATUSES)
    rules = tuple(_rule(file, n, d, source, status) for n, d in enumerate(table.tables("rules"), 1))
    _check_once(file, rules)
    return Reading(
        code=file.stem,
        name=table.text("name"),
        source=source,
        status=status,
        valid_from=start,
        valid_to=end,
        replaces=table.strings("replaces") if "replaces" in table.data else (),
        rules=rules,
    )


def _rule(file: Path, n: int, data: object, source: Bilingual, status: str) -> Rule:
    table = Table(file, f"rule {n}", data, _RULE, {"threshold", "source", "status"})
    facts, _slots = catalogue()
    fact = facts[table.one_of("fact", tuple(facts))]
    comparison = table.one_of("comparison", tuple(COMPARISONS))
    if COMPARISONS[comparison] != fact.kind:
        raise table.error("comparison", f"expected one for a {fact.kind} such as {fact.code!r}, found {comparison!r}")
    tracks = some_of(table, "tracks", TRACKS)
    if not set(tracks) <= set(fact.tracks):
        raise table.error("tracks", f"expected some of {', '.join(fact.tracks)}, in which {fact.code!r} is stated")
    return Rule(
        code=table.string("code"),
        levels=_levels(table),
        tracks=tracks,
        fact=fact,
        comparison=comparison,
        threshold=_threshold(table, fact, comparison),
        source=table.text("source") if "source" in table.data else source,
        status=table.one_of("status", PARAMETER_STATUSES) if "status" in table.data else status,
    )


def _levels(table: Table) -> tuple[int, ...]:
    value = table.data["levels"]
    right = isinstance(value, list) and value and all(type(v) is int and v in LEVELS for v in value)
    if not right or value != sorted(set(value)):
        raise table.error("levels", f"expected rising levels from 2 to 5, found {value!r}")
    return tuple(value)


def _threshold(table: Table, fact: Fact, comparison: str) -> Decimal | None:
    """The number to compare with: whole, or as text (``"0.5"``) where the fact has places; never a binary fraction."""
    if comparison == "is_yes":
        if "threshold" in table.data:
            raise table.error("threshold", "expected none, because yes is asked")
        return None
    value = table.data.get("threshold")
    if comparison == "years_since":
        if type(value) is not int or not 1 <= value <= _YEARS_MOST:
            raise table.error("threshold", f"expected a whole number of years from 1 on, found {value!r}")
        return Decimal(value)
    try:
        return number(str(value) if type(value) in (int, str) else "", fact.places)
    except ValueError:
        shape = f'a number, as text such as "0.5" with at most {fact.places} places' if fact.places else "a number"
        raise table.error("threshold", f"expected {shape}, found {value!r}") from None


def _check_once(file: Path, rules: tuple[Rule, ...]) -> None:
    """One reading says one thing of a fact at a level in a track, and its rules have codes of their own."""
    codes: set[str] = set()
    said: dict[tuple[str, int, str], str] = {}
    for n, rule in enumerate(rules, 1):
        if rule.code in codes:
            raise DataError(file, f"rule {n}.code", f"expected a code of its own, found {rule.code!r} a second time")
        codes.add(rule.code)
        for key in ((rule.fact.code, level, track) for level in rule.levels for track in rule.tracks):
            if key in said:
                words = f"{key[0]!r} at level {key[1]} for {key[2]}"
                raise DataError(file, f"rule {n}", f"expected one rule for {words}, found {said[key]!r} as well")
            said[key] = rule.code
