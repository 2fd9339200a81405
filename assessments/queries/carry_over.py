"""From an earlier assessment to a new one: which may be taken, and what came over."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from django.db.models import QuerySet

from assessments.models import Answer, Assessment, CarryOver, Organisation, User
from assessments.permissions import scope
from assessments.permissions.rules import can_read_material
from assessments.standard import (
    Bilingual,
    Criterion,
    Crosswalk,
    Edition,
    Item,
    Kind,
    crosswalks,
    edition_codes,
    get_crosswalk,
)
from assessments.workflow import StateCode


def sources(user: User, enterprises: Iterable[Organisation]) -> QuerySet[Assessment]:
    """Earlier assessments of these enterprises whose answers may be carried over, newest first.

    A draft is not among them: its answers may still change.
    """
    ways = {earlier for earlier, _ in crosswalks()} | set(edition_codes())
    return (
        scope.cases(user)
        .filter(enterprise__in=list(enterprises), edition_code__in=ways)
        .exclude(state=StateCode.DRAFT)
        .select_related("enterprise")
        .order_by("-created_at", "-pk")
    )


@dataclass(frozen=True)
class Row:
    """A criterion of the new edition: what became of it, the answers that came over, and how it stands today."""

    criterion: Criterion
    kind: Kind
    sources: tuple[str, ...]
    #: what came over; empty when there was nothing to carry
    verdict: str
    answer: Answer | None

    @property
    def is_open(self) -> bool:
        """Still to be confirmed."""
        return bool(self.answer and self.answer.is_carried)


@dataclass(frozen=True)
class ItemRows:
    """An item of the new edition with its criteria, where it comes from and what changed."""

    item: Item
    kind: Kind
    sources: tuple[Item, ...]
    note: Bilingual | None
    rows: tuple[Row, ...]

    @property
    def carried(self) -> int:
        return sum(bool(r.verdict) for r in self.rows)

    @property
    def to_confirm(self) -> int:
        return sum(r.is_open for r in self.rows)

    @property
    def empty(self) -> int:
        """Criteria that nothing came over for and that are not answered yet."""
        return sum(not r.verdict and not (r.answer and r.answer.verdict) for r in self.rows)


@dataclass(frozen=True)
class LeftRow:
    """An earlier answer that did not come over, why, and where its subject lives on."""

    criterion: Criterion
    verdict: str
    reason: Bilingual | None
    see: tuple[str, ...]


@dataclass(frozen=True)
class Report:
    """What came over and what did not."""

    record: CarryOver
    earlier: Edition
    later: Edition
    items: tuple[ItemRows, ...]
    left: tuple[LeftRow, ...]

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        return tuple(r for i in self.items for r in i.rows)

    @property
    def carried(self) -> int:
        return sum(bool(r.verdict) for r in self.rows)

    @property
    def to_confirm(self) -> int:
        return sum(r.is_open for r in self.rows)

    @property
    def empty(self) -> int:
        return sum(i.empty for i in self.items)

    @property
    def is_other_edition(self) -> bool:
        return self.earlier.code != self.later.code

    @property
    def kinds(self) -> tuple[tuple[Kind, int, int], ...]:
        """Kind, criteria of this kind, and how many of them came over; kinds that do not occur are left out."""
        found = ((k, [r for r in self.rows if r.kind is k]) for k in Kind)
        return tuple((k, len(rows), sum(bool(r.verdict) for r in rows)) for k, rows in found if rows)


def report(case: Assessment) -> Report | None:
    """The report of a case that was opened from an earlier one; two queries."""
    record = CarryOver.objects.select_related("source", "carried_by").filter(assessment=case).first()
    if record is None:
        return None
    earlier, later = record.source.edition, case.edition
    answers = {a.criterion_code: a for a in Answer.objects.filter(assessment=case)}
    entries = {target: (kind, codes, verdict) for target, kind, codes, verdict in record.entries}
    walk = get_crosswalk(earlier.code, later.code)
    return Report(
        record=record,
        earlier=earlier,
        later=later,
        items=tuple(_item(item, walk, entries, answers, earlier) for item in later.items.values()),
        left=tuple(_left(code, verdict, earlier, walk) for code, verdict in record.left),
    )


def reads_source(user: User, found: Report) -> bool:
    """Whether the viewer may read the earlier case itself: what was left behind there is its material, not ours."""
    source = scope.cases(user).filter(pk=found.record.source_id).first()
    return source is not None and bool(can_read_material(source))


def _item(
    item: Item,
    walk: Crosswalk | None,
    entries: Mapping[str, tuple[str, list[str], str]],
    answers: Mapping[str, Answer],
    earlier: Edition,
) -> ItemRows:
    rows = []
    for criterion in item.criteria:
        kind, codes, verdict = entries[criterion.code]
        rows.append(Row(criterion, Kind(kind), tuple(codes), verdict, answers.get(criterion.code)))
    link = walk.items[item.code] if walk else None
    return ItemRows(
        item=item,
        kind=link.kind if link else Kind.SAME,
        sources=tuple(earlier.items[code] for code in link.sources) if link else (),
        note=link.note if link else None,
        rows=tuple(rows),
    )


def _left(code: str, verdict: str, earlier: Edition, walk: Crosswalk | None) -> LeftRow:
    dropped = walk.dropped.get(code) if walk else None
    return LeftRow(
        criterion=earlier.criteria[code],
        verdict=verdict,
        reason=dropped.reason if dropped else None,
        see=dropped.see if dropped else (),
    )


@dataclass(frozen=True)
class Origin:
    """Where the carried answer of one criterion comes from."""

    number: str
    edition: Edition
    kind: Kind
    sources: tuple[str, ...]


@dataclass(frozen=True)
class Carried:
    """The short word of a case page: where its answers came from and how many wait to be confirmed."""

    number: str
    edition: Edition
    to_confirm: int


def carried_from(case: Assessment) -> Carried | None:
    """One query for a case that began empty, two for one that did not."""
    record = CarryOver.objects.select_related("source").defer("entries", "left").filter(assessment=case).first()
    return Carried(record.source.number, record.source.edition, to_confirm(case)) if record else None


def to_confirm(case: Assessment) -> int:
    """Answers carried over that nobody has confirmed yet; one query."""
    return Answer.objects.filter(assessment=case, is_carried=True).count()
