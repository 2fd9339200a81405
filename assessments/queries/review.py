"""The review as its pages show it: the queue of items, differences between assessors, how far they agree.

Other people's rulings come through ``permissions.visibility`` alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from django.db.models import Count, OuterRef, QuerySet, Subquery

from assessments.models import Answer, Assessment, ItemReview, ReconciledVerdict, Ruling, TeamMember, User
from assessments.permissions.scope import case_roles
from assessments.permissions.visibility import ITEM_CODE, RULINGS_EACH, open_rulings
from assessments.standard import Bilingual, Criterion, Domain, Item
from assessments.workflow import CaseRole

#: How far the review of one item is, in the order of work.
ITEM_STATES: dict[str, Bilingual] = {
    "untouched": Bilingual("未开始", "Not started"),
    "blind": Bilingual("独立评定中", "Ruling independently"),
    "differences": Bilingual("待合议", "To be reconciled"),
    "agreed": Bilingual("结论已确定", "Settled"),
}


@dataclass(frozen=True)
class Progress:
    """One assessor on one item. ``ruled`` is ``None`` where the reader is a blind party and must not see a count."""

    name: str
    is_self: bool
    ruled: int | None
    is_finished: bool


@dataclass(frozen=True)
class QueueItem:
    """One item of the queue; ``mine`` is ``None`` for readers who do not rule, ``taken``: two others rule on it."""

    item: Item
    state: str
    assessors: tuple[Progress, ...]
    differences: int
    is_taken: bool

    @property
    def total(self) -> int:
        return len(self.item.criteria)

    @property
    def mine(self) -> Progress | None:
        return next((p for p in self.assessors if p.is_self), None)

    @property
    def is_waiting_for_me(self) -> bool:
        return self.mine is not None and not self.mine.is_finished

    def is_shown_by(self, show: str) -> bool:
        """Does the filter ``mine`` or ``differences`` keep this item? Any other keeps all."""
        if show == "mine":
            return self.is_waiting_for_me
        return show != "differences" or self.state == "differences"

    @property
    def state_label(self) -> Bilingual:
        return ITEM_STATES[self.state]


@dataclass(frozen=True)
class QueueDomain:
    domain: Domain
    items: tuple[QueueItem, ...]


@dataclass(frozen=True)
class Queue:
    """All items of the case in the order of the standard, with the figures above them."""

    domains: tuple[QueueDomain, ...]

    @property
    def items(self) -> tuple[QueueItem, ...]:
        return tuple(i for d in self.domains for i in d.items)

    @property
    def criteria(self) -> int:
        return sum(i.total for i in self.items)

    @property
    def ruled_by_me(self) -> int:
        return sum(i.mine.ruled or 0 for i in self.items if i.mine)

    @property
    def finished_by_me(self) -> int:
        return sum(1 for i in self.items if i.mine and i.mine.is_finished)

    @property
    def waiting_for_me(self) -> int:
        return sum(i.is_waiting_for_me for i in self.items)

    @property
    def open(self) -> int:
        """Items whose rulings are open."""
        return sum(i.state in ("differences", "agreed") for i in self.items)

    @property
    def with_differences(self) -> int:
        return sum(i.state == "differences" for i in self.items)

    @property
    def differences(self) -> int:
        return sum(i.differences for i in self.items)

    @property
    def next(self) -> QueueItem | None:
        """Where the reader goes on: an item begun before one not begun."""
        waiting = [i for i in self.items if i.is_waiting_for_me]
        return next((i for i in waiting if i.mine and i.mine.ruled), waiting[0] if waiting else None)

    def narrowed(self, domain: str, show: str) -> tuple[QueueDomain, ...]:
        """The domains left by the filters of the page; ``show`` is ``mine``, ``differences`` or anything for all."""
        found = (
            QueueDomain(d.domain, tuple(i for i in d.items if i.is_shown_by(show)))
            for d in self.domains
            if domain in ("", d.domain.code)
        )
        return tuple(d for d in found if d.items)


def queue(user: User, assessment: Assessment) -> Queue:
    """The queue as this user may see it; three queries whatever the size."""
    rows: dict[str, list[ItemReview]] = {}
    for row in ItemReview.objects.filter(assessment=assessment).select_related("assessor").order_by("pk"):
        rows.setdefault(row.item_code, []).append(row)
    team = [
        m.user for m in TeamMember.objects.filter(assessment=assessment, role=CaseRole.ASSESSOR).select_related("user")
    ]
    settled = dict(
        ReconciledVerdict.objects.filter(assessment=assessment)
        .annotate(item_code=ITEM_CODE)
        .values("item_code")
        .annotate(n=Count("pk"))
        .values_list("item_code", "n")
    )
    is_blind = CaseRole.ASSESSOR in case_roles(assessment)

    def one(item: Item) -> QueueItem:
        found = rows.get(item.code, [])
        return _queue_item(item, found, _assessors(user, team, found, is_blind), settled.get(item.code, 0))

    return Queue(tuple(QueueDomain(d, tuple(one(i) for i in d.items)) for d in assessment.edition.domains))


def _assessors(user: User, team: Sequence[User], rows: Sequence[ItemReview], is_blind: bool) -> tuple[Progress, ...]:
    """Who rules on an item: those who began, and the team as long as both places are not taken."""
    begun = [
        Progress(
            name=r.assessor.name,
            is_self=r.assessor_id == user.pk,
            ruled=None if is_blind and r.assessor_id != user.pk else r.ruled,
            is_finished=r.finished_at is not None,
        )
        for r in rows
    ]
    if len(begun) >= RULINGS_EACH:
        return tuple(begun)
    known = {r.assessor_id for r in rows}
    free = [
        Progress(u.name, u.pk == user.pk, None if is_blind and u.pk != user.pk else 0, False)
        for u in team
        if u.pk not in known
    ]
    # By name, not by who began first: that would tell a blind party something.
    return tuple(sorted(begun + free, key=lambda p: (not p.is_self, p.name)))


def _queue_item(item: Item, rows: Sequence[ItemReview], assessors: tuple[Progress, ...], settled: int) -> QueueItem:
    finished = sum(r.finished_at is not None for r in rows)
    differences = len(item.criteria) - settled if finished >= RULINGS_EACH else 0
    if finished >= RULINGS_EACH:
        state = "differences" if differences else "agreed"
    else:
        # A blind party may not learn from this state that the other has begun: own rulings decide.
        own = next((p for p in assessors if p.is_self), None)
        begun = own.ruled if own else any(p.ruled for p in assessors)
        state = "blind" if begun else "untouched"
    is_taken = len(rows) >= RULINGS_EACH and not any(p.is_self for p in assessors)
    return QueueItem(item, state, assessors, differences, is_taken)


def next_unruled(user: User, assessment: Assessment, after: str) -> Criterion | None:
    """The next criterion in the order of the standard that the assessor has to rule on; starts again at the top.

    Items two others rule on are left out. Two queries.
    """
    own = set(Ruling.objects.filter(assessment=assessment, assessor=user).values_list("criterion_code", flat=True))
    taken = set(
        ItemReview.objects.filter(assessment=assessment)
        .exclude(assessor=user)
        .values("item_code")
        .annotate(n=Count("pk"))
        .filter(n__gte=RULINGS_EACH)
        .values_list("item_code", flat=True)
    )
    criteria = list(assessment.edition.criteria.values())
    start = next((n for n, c in enumerate(criteria, start=1) if c.code == after), 0)
    left = (c for c in criteria[start:] + criteria[:start] if c.code not in own and c.item_code not in taken)
    return next(left, None)


# --- differences ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Difference:
    """A criterion on which the two assessors differ, with all that speaks for either."""

    criterion: Criterion
    item: Item
    answer: Answer | None
    rulings: tuple[Ruling, ...]
    settled: ReconciledVerdict | None


@dataclass(frozen=True)
class DifferenceCodes:
    """Codes of the criteria on open items where the rulings differ; ``settled`` are those with a team verdict."""

    all: tuple[str, ...]
    settled: frozenset[str]

    @property
    def left(self) -> tuple[str, ...]:
        return tuple(c for c in self.all if c not in self.settled)


def differing(user: User, assessment: Assessment) -> DifferenceCodes:
    """Two queries; in the order of the standard."""
    found = set(
        open_rulings(user, assessment)
        .values("criterion_code")
        .annotate(kinds=Count("verdict", distinct=True))
        .filter(kinds__gt=1)
        .values_list("criterion_code", flat=True)
    )
    settled = ReconciledVerdict.objects.filter(assessment=assessment, had_difference=True)
    return DifferenceCodes(
        all=tuple(c for c in assessment.edition.criteria if c in found),
        settled=frozenset(settled.values_list("criterion_code", flat=True)),
    )


def differences_of(user: User, assessment: Assessment, codes: Iterable[str]) -> list[Difference]:
    """The differences with these codes, complete; three queries. Codes still blind for the user are left out."""
    codes = list(codes)
    rulings: dict[str, list[Ruling]] = {}
    visible = open_rulings(user, assessment).filter(criterion_code__in=codes)
    for ruling in visible.select_related("assessor").order_by("assessor_id"):
        rulings.setdefault(ruling.criterion_code, []).append(ruling)
    here = {"assessment": assessment, "criterion_code__in": codes}
    answers = {a.criterion_code: a for a in Answer.objects.filter(**here)}
    settled = {v.criterion_code: v for v in ReconciledVerdict.objects.filter(**here).select_related("decided_by")}
    edition = assessment.edition
    return [
        Difference(
            criterion=edition.criteria[c],
            item=edition.items[edition.criteria[c].item_code],
            answer=answers.get(c),
            rulings=tuple(rulings[c]),
            settled=settled.get(c),
        )
        for c in codes
        if c in rulings
    ]


@dataclass(frozen=True)
class Agreement:
    """How far two assessors agree over the open items, before reconciling.

    ``share`` = equal / pairs, in whole and tenths of a percent. ``kappa`` is Cohen's (po - pe) / (1 - pe) with po the
    share of equal verdicts and pe what chance alone would give, the sum over verdicts of the product of both assessors'
    shares; two places. ``None`` where there are no pairs, or where pe is 1 and kappa is not defined.
    """

    pairs: int
    equal: int
    share: Decimal | None
    kappa: Decimal | None


def agreement(user: User, assessment: Assessment) -> Agreement:
    """Counted in SQL, one query. With more than two assessors in the case the pairs of all items are taken together."""
    other = Ruling.objects.filter(
        assessment=assessment, criterion_code=OuterRef("criterion_code"), assessor_id__gt=OuterRef("assessor_id")
    )
    pairs: QuerySet[Ruling] = open_rulings(user, assessment).annotate(second=Subquery(other.values("verdict")[:1]))
    counts = pairs.filter(second__isnull=False).values_list("verdict", "second").annotate(n=Count("pk")).order_by()
    return agreement_of({(a, b): n for a, b, n in counts})


def agreement_of(counts: dict[tuple[str, str], int]) -> Agreement:
    """The agreement of pairs counted by (first verdict, second verdict)."""
    pairs = sum(counts.values())
    if not pairs:
        return Agreement(0, 0, None, None)
    equal = sum(n for (a, b), n in counts.items() if a == b)
    first: dict[str, int] = {}
    second: dict[str, int] = {}
    for (a, b), n in counts.items():
        first[a] = first.get(a, 0) + n
        second[b] = second.get(b, 0) + n
    by_chance = sum(n * second.get(verdict, 0) for verdict, n in first.items())  # pe times pairs squared
    share = (Decimal(100 * equal) / pairs).quantize(Decimal("0.1"), ROUND_HALF_UP)
    if by_chance == pairs * pairs:
        return Agreement(pairs, equal, share, None)
    kappa = Decimal(equal * pairs - by_chance) / (pairs * pairs - by_chance)
    return Agreement(pairs, equal, share, kappa.quantize(Decimal("0.01"), ROUND_HALF_UP))
