"""All criteria of a case in one list, with the filters of ``queries.filters`` and a few fields of its own."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Count, Q

from assessments.models import Answer, Assessment, EvidenceLink, User
from assessments.queries import filters
from assessments.queries.delegations import Division
from assessments.queries.filters import FILTERS, TARGET, Setting, Standing
from assessments.standard import Criterion

#: As a person: criteria that nobody was assigned who may still answer.
NOBODY = "nobody"


@dataclass(frozen=True)
class Wanted:
    """What the list is narrowed to; empty values narrow nothing. ``names`` are filters of ``queries.filters``."""

    names: tuple[str, ...] = ()
    #: the key of a person, or :data:`NOBODY`
    person: str = ""
    domain: str = ""
    level: int | None = None
    words: str = ""


@dataclass(frozen=True)
class Row:
    """One criterion: its answer in short, how much evidence it has, and who is to fill it in."""

    criterion: Criterion
    verdict: str
    is_carried: bool
    saved_by: str
    saved_at: dt.datetime | None
    evidence: int
    people: tuple[User, ...]

    @property
    def standing(self) -> Standing:
        return Standing(
            self.criterion.code, self.criterion.level, self.verdict, self.is_carried, self.saved_at, self.evidence > 0
        )


def rows(case: Assessment, whole: Division) -> tuple[Row, ...]:
    """Every criterion in the order of the standard; two queries, whatever is answered and attached."""
    columns = ("criterion_code", "verdict", "is_carried", "saved_by__name", "saved_at")
    answers = {code: rest for code, *rest in Answer.objects.filter(assessment=case).values_list(*columns)}
    links = EvidenceLink.objects.filter(assessment=case).order_by().values("criterion_code").annotate(n=Count("pk"))
    evidence = dict(links.values_list("criterion_code", "n"))
    nothing = ["", False, "", None]
    return tuple(
        Row(c, *answers.get(c.code, nothing), evidence=evidence.get(c.code, 0), people=whole.people_of[c.item_code])
        for c in case.edition.criteria.values()
    )


def narrowed(case: Assessment, found: Sequence[Row], whole: Division, wanted: Wanted) -> tuple[Row, ...]:
    """The rows that the fields leave, before any filter; one query when words are looked for."""
    unassigned = {i.item.code for d in whole.domains for i in d.items if not i.is_assigned}
    noted = _noted(case, wanted.words) if wanted.words else frozenset()
    return tuple(
        r
        for r in found
        if (not wanted.domain or r.criterion.domain_code == wanted.domain)
        and (wanted.level is None or r.criterion.level == wanted.level)
        and _is_of(r, wanted.person, unassigned)
        and (not wanted.words or r.criterion.code in noted or _says(r.criterion, wanted.words.casefold()))
    )


def _is_of(row: Row, person: str, unassigned: set[str]) -> bool:
    if person == NOBODY:
        return row.criterion.item_code in unassigned
    return not person or any(str(u.pk) == person for u in row.people)


def _says(criterion: Criterion, words: str) -> bool:
    return any(words in text.casefold() for text in (criterion.code, criterion.text.zh, criterion.text.en))


def _noted(case: Assessment, words: str) -> frozenset[str]:
    said = Answer.objects.filter(Q(note__icontains=words) | Q(reason__icontains=words), assessment=case)
    return frozenset(said.values_list("criterion_code", flat=True))


def matching(found: Sequence[Row], names: tuple[str, ...], setting: Setting) -> tuple[Row, ...]:
    """The rows that filters leave."""
    return tuple(r for r in found if filters.matches(r.standing, names, setting))


def counts(found: Sequence[Row], names: tuple[str, ...], setting: Setting) -> Mapping[str, int]:
    """How many rows each filter would leave, beside :data:`TARGET` when it is on; the empty name is no filter."""
    beside = tuple(n for n in names if n == TARGET)
    others = tuple(n for n in names if n != TARGET)
    found_counts = {name: len(matching(found, (name, *beside), setting)) for name in FILTERS}
    return found_counts | {
        "": len(matching(found, beside, setting)),
        TARGET: len(matching(found, (*others, TARGET), setting)),
    }
