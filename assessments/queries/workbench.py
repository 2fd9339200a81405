"""One item on the assessor's workbench: its criteria with answers, evidence and the rulings the reader may see."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from assessments.models import (
    Answer,
    Assessment,
    EvidenceLink,
    ItemReview,
    ReconciledVerdict,
    Ruling,
    User,
)
from assessments.permissions.visibility import RULINGS_EACH, rulings
from assessments.scoring import Verdict
from assessments.standard import Bilingual, Criterion, Item


@dataclass(frozen=True)
class Row:
    """One criterion: the enterprise's answer and evidence, the own ruling; the rest only once the item is open."""

    criterion: Criterion
    answer: Answer | None
    evidence: tuple[EvidenceLink, ...]
    own: Ruling | None
    others: tuple[Ruling, ...]
    settled: ReconciledVerdict | None

    @property
    def claimed(self) -> str:
        return self.answer.verdict if self.answer else ""

    @property
    def is_unruled(self) -> bool:
        return self.own is None

    @property
    def differs_from_self(self) -> bool:
        """The own verdict, or the team's for a reader without one, is not what the enterprise said."""
        ruled = self.own or self.settled
        return ruled is not None and ruled.verdict != self.claimed

    @property
    def is_claimed_not_applicable(self) -> bool:
        return self.claimed == Verdict.NOT_APPLICABLE

    @property
    def lacks_evidence(self) -> bool:
        return not self.evidence

    @property
    def lacks_remark(self) -> bool:
        """A verdict that is not the enterprise's own has to be explained before the item can be finished."""
        return self.own is not None and self.own.verdict != self.claimed and not self.own.remark

    @property
    def is_difference(self) -> bool:
        """The assessors' rulings, as far as the reader may see them, are not equal."""
        return len({r.verdict for r in self.rulings}) > 1

    @property
    def rulings(self) -> tuple[Ruling, ...]:
        return (*((self.own,) if self.own else ()), *self.others)


@dataclass(frozen=True)
class Filter:
    """One way to narrow the list of criteria."""

    code: str
    label: Bilingual
    keeps: Callable[[Row], bool]


FILTERS: dict[str, Filter] = {
    f.code: f
    for f in (
        Filter("all", Bilingual("全部", "All"), lambda row: True),
        Filter("unruled", Bilingual("未评定", "Not ruled"), lambda row: row.is_unruled),
        Filter("differs", Bilingual("与自评不一致", "Differs from self"), lambda row: row.differs_from_self),
        Filter("na", Bilingual("申报不适用", "Claimed not applicable"), lambda row: row.is_claimed_not_applicable),
        Filter("bare", Bilingual("无证明材料", "Without evidence"), lambda row: row.lacks_evidence),
    )
}


@dataclass(frozen=True)
class Bench:
    """An item as the reader may see it. ``progress`` is the reader's own, ``others`` who else rules on it."""

    item: Item
    rows: tuple[Row, ...]
    progress: ItemReview | None
    others: tuple[ItemReview, ...]

    @property
    def is_open(self) -> bool:
        finished = [r for r in (self.progress, *self.others) if r is not None and r.finished_at]
        return len(finished) >= RULINGS_EACH

    @property
    def is_taken(self) -> bool:
        """Two others rule on this item, so the reader cannot."""
        return self.progress is None and len(self.others) >= RULINGS_EACH

    @property
    def is_finished(self) -> bool:
        return bool(self.progress and self.progress.finished_at)

    @property
    def ruled(self) -> int:
        return sum(not r.is_unruled for r in self.rows)

    @cached_property
    def unruled(self) -> tuple[Row, ...]:
        return tuple(r for r in self.rows if r.is_unruled)

    @cached_property
    def without_remark(self) -> tuple[Row, ...]:
        return tuple(r for r in self.rows if r.lacks_remark)

    def row(self, code: str) -> Row | None:
        return next((r for r in self.rows if r.criterion.code == code), None)

    def listed(self, show: str, selected: str) -> tuple[Row, ...]:
        """The rows a filter leaves; the selected one stays, so that it does not vanish once it is ruled."""
        keeps = FILTERS[show].keeps
        return tuple(r for r in self.rows if keeps(r) or r.criterion.code == selected)

    def choose(self, wanted: str, show: str) -> Row:
        """The row asked for, else the first of the filter that waits for the reader, else the first at all."""
        keeps = FILTERS[show].keeps
        kept = [r for r in self.rows if keeps(r)] or list(self.rows)
        waiting = [r for r in kept if r.is_unruled and not self.is_open]
        return self.row(wanted) or (waiting or kept)[0]


def bench(user: User, assessment: Assessment, item: Item) -> Bench:
    """Everything about one item that the user may see; five queries whatever its size."""
    here = {"assessment": assessment, "criterion_code__startswith": f"{item.code}-"}
    reviews = list(ItemReview.objects.filter(assessment=assessment, item_code=item.code).select_related("assessor"))
    answers = {a.criterion_code: a for a in Answer.objects.filter(**here)}
    evidence: dict[str, list[EvidenceLink]] = {}
    for link in EvidenceLink.objects.filter(**here).select_related("file"):
        evidence.setdefault(link.criterion_code, []).append(link)
    visible: dict[str, list[Ruling]] = {}
    for ruling in rulings(user, assessment, item.code).select_related("assessor").order_by("assessor_id"):
        visible.setdefault(ruling.criterion_code, []).append(ruling)
    settled = {v.criterion_code: v for v in ReconciledVerdict.objects.filter(**here).select_related("decided_by")}
    return Bench(
        item=item,
        rows=tuple(
            Row(
                criterion=c,
                answer=answers.get(c.code),
                evidence=tuple(evidence.get(c.code, ())),
                own=next((r for r in visible.get(c.code, ()) if r.assessor_id == user.pk), None),
                others=tuple(r for r in visible.get(c.code, ()) if r.assessor_id != user.pk),
                settled=settled.get(c.code),
            )
            for c in item.criteria
        ),
        progress=next((r for r in reviews if r.assessor_id == user.pk), None),
        others=tuple(r for r in reviews if r.assessor_id != user.pk),
    )
