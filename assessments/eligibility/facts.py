"""What an applicant states and the documents that prove it: data in ``data/facts.toml``.

An installation adds facts and slots of its own in ``eligibility/facts.toml`` of its folder.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cache, lru_cache
from pathlib import Path
from typing import TypeVar

from assessments.standard.bilingual import Bilingual
from assessments.standard.catalogue import installation_root
from assessments.standard.reading import DataError, Table, read_file

DATA = Path(__file__).parent / "data"
FACTS = "facts.toml"
NUMBER, YES_NO, DATE = KINDS = ("number", "yes_no", "date")
#: The tracks of an assessment; the words for them are those of scoring, which stands beside this package.
TRACKS = ("owner", "provider")
#: Largest number that is taken; nothing an enterprise states comes near it.
MOST = 10**12
_PLACES_MOST = 4
_MONTHS = tuple(
    "January February March April May June July August September October November December".split()  # noqa: SIM905
)

Value = Decimal | bool | dt.date
_T = TypeVar("_T")


@dataclass(frozen=True)
class Unit:
    """What a number counts; English needs a form for one."""

    name: Bilingual
    one: str

    def after(self, amount: Decimal) -> Bilingual:
        """The number with its unit, such as 50 人 / 50 people."""
        plain = _plain(amount)
        grouped = f"{amount.normalize():,f}"
        return Bilingual(f"{plain} {self.name.zh}", f"{grouped} {self.one if amount == 1 else self.name.en}")


@dataclass(frozen=True)
class Slot:
    """A kind of document that proves something stated."""

    code: str
    label: Bilingual
    help: Bilingual


@dataclass(frozen=True)
class Fact:
    """Something an applicant states. ``places``: digits after a number's point; ``slots``: where its proof goes."""

    code: str
    kind: str
    label: Bilingual
    help: Bilingual
    unit: Unit | None
    places: int
    tracks: tuple[str, ...]
    slots: tuple[str, ...]

    def words(self, value: Value) -> Bilingual:
        """The value as it is read."""
        if isinstance(value, bool):
            return Bilingual("是", "Yes") if value else Bilingual("否", "No")
        if isinstance(value, dt.date):
            return day_words(value)
        assert self.unit is not None
        return self.unit.after(value)


def day_words(day: dt.date) -> Bilingual:
    """2026年11月22日 / 22 November 2026."""
    return Bilingual(f"{day.year}年{day.month}月{day.day}日", f"{day.day} {_MONTHS[day.month - 1]} {day.year}")


def read_value(fact: Fact, kept: object) -> Value | None:
    """The value of a fact as :func:`write_value` kept it; ``None`` where nothing, or nothing that fits, was kept."""
    if fact.kind == YES_NO:
        return kept if isinstance(kept, bool) else None
    if not isinstance(kept, str):
        return None
    try:
        return dt.date.fromisoformat(kept) if fact.kind == DATE else number(kept, fact.places)
    except ValueError:
        return None


def write_value(value: Value) -> str | bool:
    """The value as JSON holds it; numbers as text, so that none passes through a binary fraction."""
    if isinstance(value, bool):
        return value
    return value.isoformat() if isinstance(value, dt.date) else _plain(value)


def number(text: str, places: int) -> Decimal:
    """A number of 0 or more with at most so many places. Raises ``ValueError``."""
    try:
        amount = Decimal(text)
    except InvalidOperation:
        raise ValueError(text) from None
    if not amount.is_finite() or not 0 <= amount <= MOST or amount != round(amount, places):
        raise ValueError(text)
    return abs(amount)  # there is a minus zero


def get_fact(code: str) -> Fact:
    """The fact with this code. Raises ``KeyError`` with a sentence when there is none, ``DataError`` if damaged."""
    return _found(code, catalogue()[0], "fact")


def get_slot(code: str) -> Slot:
    """The evidence slot with this code. Raises as :func:`get_fact`."""
    return _found(code, catalogue()[1], "evidence slot")


def catalogue() -> tuple[Mapping[str, Fact], Mapping[str, Slot]]:
    """All facts and all slots by code, in the order of the data; the installation's come last."""
    facts, slots = _shipped()
    root = installation_root()
    file = root / "eligibility" / FACTS if root else None
    if file is None or not file.exists():
        return facts, slots
    return _extended(file, file.stat().st_mtime_ns)


def _found(code: str, known: Mapping[str, _T], what: str) -> _T:
    if code not in known:
        raise KeyError(f"unknown {what} {code!r}; known: {', '.join(known)}")
    return known[code]


@cache
def _shipped() -> tuple[dict[str, Fact], dict[str, Slot]]:
    return _read(DATA / FACTS, {}, {})


@lru_cache(maxsize=2)
def _extended(file: Path, _changed_at: int) -> tuple[dict[str, Fact], dict[str, Slot]]:
    return _read(file, *_shipped())


def _read(file: Path, facts: dict[str, Fact], slots: dict[str, Slot]) -> tuple[dict[str, Fact], dict[str, Slot]]:
    """What the file says, added to what is known; a code is given once."""
    table = Table(file, "facts", read_file(file), set(), {"facts", "slots"})
    slots, facts = dict(slots), dict(facts)
    for n, data in enumerate(table.tables("slots") if "slots" in table.data else [], 1):
        slot = _slot(Table(file, f"slot {n}", data, {"code", "label", "help"}))
        _once(file, f"slot {n}.code", slot.code, slots)
        slots[slot.code] = slot
    keys = {"code", "kind", "label", "help", "tracks", "slots"}
    for n, data in enumerate(table.tables("facts") if "facts" in table.data else [], 1):
        fact = _fact(Table(file, f"fact {n}", data, keys, {"unit", "places"}), slots)
        _once(file, f"fact {n}.code", fact.code, facts)
        facts[fact.code] = fact
    return facts, slots


def _once(file: Path, place: str, code: str, known: Mapping[str, object]) -> None:
    if code in known:
        raise DataError(file, place, f"expected a code of its own, found {code!r} a second time")


def _slot(table: Table) -> Slot:
    return Slot(table.string("code"), table.text("label"), table.text("help"))


def _fact(table: Table, slots: Mapping[str, Slot]) -> Fact:
    kind = table.one_of("kind", KINDS)
    if ("unit" in table.data) != (kind == NUMBER):
        raise table.error("unit", "expected a unit for a number, and for nothing else")
    if "places" in table.data and kind != NUMBER:
        raise table.error("places", "expected places for a number alone")
    places = table.whole("places") if "places" in table.data else 0
    if places > _PLACES_MOST:
        raise table.error("places", f"expected at most {_PLACES_MOST}, found {places}")
    return Fact(
        code=table.string("code"),
        kind=kind,
        label=table.text("label"),
        help=table.text("help"),
        unit=_unit(table.table("unit", {"zh", "en"}, {"one"})) if kind == NUMBER else None,
        places=places,
        tracks=some_of(table, "tracks", TRACKS),
        slots=some_of(table, "slots", tuple(slots)),
    )


def _unit(table: Table) -> Unit:
    name = Bilingual(table.string("zh"), table.string("en"))
    return Unit(name, table.string("one") if "one" in table.data else name.en)


def some_of(table: Table, key: str, known: tuple[str, ...]) -> tuple[str, ...]:
    """A list of known words, each once."""
    words = table.strings(key)
    if strange := set(words) - set(known):
        raise table.error(key, f"expected some of {', '.join(known)}, found {sorted(strange)[0]!r}")
    if len(set(words)) < len(words):
        raise table.error(key, "expected each once")
    return words


def _plain(amount: Decimal) -> str:
    return f"{amount.normalize():f}"
