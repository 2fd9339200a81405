"""The public self-check as pages show it, and the draft begun from one; only the last part asks the database."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Count, Q

from assessments.models import Answer, Assessment, SelfCheck
from assessments.scoring import Result, Scheme, scheme_for
from assessments.scoring.self_check import Standing, claims, complete_levels, estimate, strongest, weakest
from assessments.standard import (
    Bilingual,
    Criterion,
    Domain,
    Edition,
    Item,
    ItemHelp,
    UnknownCode,
    editions,
    get_edition,
    get_help,
)

#: Items named as weak or strong, and criteria of the next level shown for a weak one.
NAMED = 5
CRITERIA_SHOWN = 2


def offered() -> list[Edition]:
    """The editions that have questions to ask, the one in force first."""
    found = [e for e in editions() if get_help(e.code)]
    return sorted(found, key=lambda e: (e.status != "current", -e.in_force.toordinal()))


def edition_of(code: str) -> Edition | None:
    """An edition that can be checked against."""
    try:
        found = get_edition(code)
    except UnknownCode:
        return None
    return found if get_help(found.code) else None


# --- the questions -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Question:
    """One item to choose a level for; ``choices`` are (level, statement), ``chosen`` is ``None`` while open."""

    item: Item
    help: ItemHelp
    chosen: int | None

    @property
    def choices(self) -> list[tuple[int, Bilingual]]:
        return list(enumerate(self.help.levels, start=1))


@dataclass(frozen=True)
class Step:
    """The questions of one domain."""

    domain: Domain
    questions: tuple[Question, ...]

    @property
    def open(self) -> list[Question]:
        return [q for q in self.questions if q.chosen is None]


def steps(edition: Edition, levels: Mapping[str, int]) -> tuple[Step, ...]:
    """All questions by domain, with what is chosen already."""
    texts = get_help(edition.code)
    return tuple(
        Step(domain, tuple(Question(i, texts[i.code], levels.get(i.code)) for i in domain.items))
        for domain in edition.domains
    )


# --- the result ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Advice:
    """A weak item: what the next level looks like, and where the edition says so."""

    standing: Standing
    next_level: int
    statement: Bilingual
    criteria: tuple[Criterion, ...]


@dataclass(frozen=True)
class Outcome:
    """A complete self-check with everything its page shows."""

    edition: Edition
    scheme: Scheme
    levels: Mapping[str, int]
    result: Result
    strongest: tuple[Standing, ...]
    advice: tuple[Advice, ...]

    @property
    def domains(self) -> list[tuple[Domain, list[tuple[Item, int]]]]:
        """Domains with their items and the levels chosen."""
        return [(d, [(i, self.levels[i.code]) for i in d.items]) for d in self.edition.domains]


def outcome(edition: Edition, levels: Mapping[str, int], today: dt.date) -> Outcome:
    """The result by the scheme that an assessment opened today would use."""
    scheme = scheme_for(edition, today)
    result = estimate(edition, levels, scheme)
    return Outcome(
        edition=edition,
        scheme=scheme,
        levels=levels,
        result=result,
        strongest=tuple(strongest(edition, levels, result, NAMED)),
        advice=tuple(_advice(edition, s) for s in weakest(edition, levels, result, NAMED)),
    )


def _advice(edition: Edition, standing: Standing) -> Advice:
    number = standing.level + 1
    criteria = standing.item.by_level[number - 1][1][:CRITERIA_SHOWN]
    return Advice(standing, number, get_help(edition.code)[standing.item.code].levels[number - 1], criteria)


# --- the draft begun from a self-check ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Offer:
    """What taking a self-check over would do: ``code`` is the one from the address."""

    edition: Edition
    code: str
    levels: Mapping[str, int]

    @property
    def value(self) -> str:
        """As a form carries it."""
        return f"{self.edition.code}:{self.code}"

    @property
    def criteria(self) -> int:
        return len(claims(self.edition, self.levels))


def offer(value: str) -> Offer | None:
    """From ``edition:code``; ``None`` for an unknown edition and for a code that is not complete."""
    name, _, code = value.partition(":")
    edition = edition_of(name)
    levels = complete_levels(edition, code) if edition else None
    return Offer(edition, code, levels) if edition and levels is not None else None


@dataclass(frozen=True)
class ItemRow:
    """An item of the draft: the level chosen, its criteria filled in, and how many wait to be confirmed."""

    item: Item
    level: int
    filled: int
    to_confirm: int


@dataclass(frozen=True)
class Report:
    """What a draft took over from a self-check, and how far it is confirmed."""

    record: SelfCheck
    rows: tuple[tuple[Domain, tuple[ItemRow, ...]], ...]

    @property
    def filled(self) -> int:
        return sum(r.filled for _, rows in self.rows for r in rows)

    @property
    def to_confirm(self) -> int:
        return sum(r.to_confirm for _, rows in self.rows for r in rows)


def waiting(case: Assessment) -> int | None:
    """How many answers taken over wait to be confirmed; ``None`` for a case without a self-check. One query."""
    carried = Count("assessment__answers", filter=Q(assessment__answers__is_carried=True))
    found = SelfCheck.objects.filter(assessment=case).values("pk").annotate(n=carried)
    return next((row["n"] for row in found), None)


def report(case: Assessment) -> Report | None:
    """Two queries; ``None`` for a case that did not begin from a self-check."""
    record = SelfCheck.objects.select_related("taken_by").filter(assessment=case).first()
    if record is None:
        return None
    given = claims(case.edition, record.levels)
    waiting = set(Answer.objects.filter(assessment=case, is_carried=True).values_list("criterion_code", flat=True))

    def row(item: Item) -> ItemRow:
        codes = [c.code for c in item.criteria]
        filled, waits = sum(c in given for c in codes), sum(c in waiting for c in codes)
        return ItemRow(item, record.levels[item.code], filled, waits)

    return Report(record, tuple((d, tuple(row(i) for i in d.items)) for d in case.edition.domains))
