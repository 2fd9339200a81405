"""Two assessments of one enterprise side by side; across editions only what answers the same question."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from decimal import Decimal

from assessments.models import Assessment, User
from assessments.permissions import scope
from assessments.permissions.rules import can_read_assessed_result, can_read_material
from assessments.queries.results import Outcome, assessed_outcome, self_outcome
from assessments.scoring import ItemResult
from assessments.standard import (
    Bilingual,
    Criterion,
    Crosswalk,
    Domain,
    Edition,
    Item,
    Kind,
    get_crosswalk,
)


def others(user: User, case: Assessment) -> list[Assessment]:
    """The other assessments of the same enterprise whose figures the user may read, newest first; one query."""
    found = scope.cases(user).filter(enterprise=case.enterprise_id, self_answered__gt=0).exclude(pk=case.pk)
    listed = found.select_related("enterprise").order_by("-created_at", "-pk")
    return [c for c in listed if can_read_material(c) or can_read_assessed_result(c)]


@dataclass(frozen=True)
class Side:
    """One of the two: the case and the layer compared."""

    case: Assessment
    outcome: Outcome

    @property
    def edition(self) -> Edition:
        return self.case.edition

    @property
    def unanswered(self) -> int:
        """Criteria that count as nothing because nobody has answered them yet."""
        return len(self.edition.criteria) - self.outcome.result.answered


@dataclass(frozen=True)
class ItemPair:
    """An item of the later edition beside the one it comes from; ``why`` says why the two cannot be compared."""

    item: Item
    sources: tuple[Item, ...]
    kind: Kind
    before: ItemResult | None
    after: ItemResult
    is_comparable: bool
    why: Bilingual
    #: criteria of the later item that ask the same as before, of all it has
    same: int

    @property
    def difference(self) -> Decimal | None:
        if not self.is_comparable or self.before is None or self.before.score is None or self.after.score is None:
            return None
        return self.after.score - self.before.score


@dataclass(frozen=True)
class DomainPair:
    """A domain of the later edition; ``before`` and ``difference`` only where all its items are comparable."""

    domain: Domain
    source: Domain | None
    before: Decimal | None
    after: Decimal | None
    items: tuple[ItemPair, ...]

    @property
    def is_comparable(self) -> bool:
        return self.source is not None

    @property
    def difference(self) -> Decimal | None:
        return None if self.before is None or self.after is None else self.after - self.before


@dataclass(frozen=True)
class Change:
    """A criterion that asks the same in both, answered differently."""

    criterion: Criterion
    source: Criterion
    before: str
    after: str
    is_raised: bool | None


@dataclass(frozen=True)
class Comparison:
    """``obstacles`` says why the overall figures cannot be set against each other; empty when they can."""

    earlier: Side
    later: Side
    layer: str
    obstacles: tuple[Bilingual, ...]
    domains: tuple[DomainPair, ...]
    #: answers to single criteria are material: ``None`` for whoever may not read that of both
    changes: tuple[Change, ...] | None
    #: criteria that ask the same in both
    comparable_criteria: int

    @property
    def unfinished(self) -> tuple[Side, ...]:
        """Of the two, those whose figures may still rise."""
        return tuple(side for side in (self.earlier, self.later) if side.unanswered)

    @property
    def items(self) -> tuple[ItemPair, ...]:
        return tuple(i for d in self.domains for i in d.items)

    @property
    def comparable_items(self) -> int:
        return sum(i.is_comparable for i in self.items)

    @property
    def difference(self) -> Decimal | None:
        before, after = self.earlier.outcome.result.score, self.later.outcome.result.score
        return None if self.obstacles or before is None or after is None else after - before

    @property
    def moves(self) -> dict[str, int]:
        """How many comparable criteria were raised or lowered."""
        told = [c.is_raised for c in self.changes or () if c.is_raised is not None]
        counts = Counter("raised" if raised else "lowered" for raised in told)
        return {"raised": counts["raised"], "lowered": counts["lowered"]}


def compare(case: Assessment, other: Assessment) -> Comparison | None:
    """The two cases in the order of their editions, then of their opening; ``None`` where no cross-walk leads over.

    Both must come from the viewer's scope with material that the viewer may read; the assessed layer is compared
    where both have one that may be read, else the self layer.
    """
    first, second = sorted((case, other), key=lambda c: (c.edition.in_force, c.edition_code, c.created_at, c.pk))
    walk = get_crosswalk(first.edition_code, second.edition_code)
    if walk is None:
        return None
    layer = "self"
    outcomes: list[Outcome | None] = [None, None]
    if all(can_read_assessed_result(c) for c in (first, second)):
        outcomes = [assessed_outcome(first), assessed_outcome(second)]
        layer = "assessed"
    reads_material = all(can_read_material(c) for c in (first, second))
    if any(o is None for o in outcomes):
        if not reads_material:
            return None
        outcomes, layer = [self_outcome(first), self_outcome(second)], "self"
    before, after = outcomes
    assert before is not None
    assert after is not None
    earlier, later = Side(first, before), Side(second, after)
    same = [link for link in walk.criteria.values() if link.kind.is_comparable]
    return Comparison(
        earlier=earlier,
        later=later,
        layer=layer,
        obstacles=_obstacles(first, second),
        domains=tuple(_domain(d, walk, earlier, later) for d in second.edition.domains),
        changes=tuple(_changes(walk, before, after)) if reads_material else None,
        comparable_criteria=len(same),
    )


_OBSTACLES = {
    "edition_code": Bilingual(
        "两次评估所用标准版本不同，能力域和能力项有增减，综合得分和等级不可直接比较。",
        "The two assessments are on different editions with other domains and items: overall score and level cannot be "
        "set against each other.",
    ),
    "scheme_code": Bilingual(
        "两次评估的计分方案不同，综合得分和等级不可直接比较。",
        "The two assessments were scored by different schemes: overall score and level cannot be set against each "
        "other.",
    ),
    "key_domains": Bilingual(
        "两次评估选择的重点能力域不同，权重不同，综合得分和等级不可直接比较。",
        "The two assessments weigh other key domains: overall score and level cannot be set against each other.",
    ),
    "track": Bilingual(
        "两次评估的类型（甲方、乙方）不同，权重不同，综合得分和等级不可直接比较。",
        "The two assessments are of different tracks with other weights: overall score and level cannot be set against "
        "each other.",
    ),
}


_OTHER_SCALE = Bilingual(
    "两次评估对“大部分满足”“部分满足”等的计分不同，各能力项和能力域的得分也不可直接比较。",
    "The two assessments score 'largely met' and 'partially met' differently: the scores of items and domains cannot "
    "be set against each other either.",
)


def _obstacles(first: Assessment, second: Assessment) -> tuple[Bilingual, ...]:
    differing = [name for name in _OBSTACLES if _framed(first, name) != _framed(second, name)]
    if "edition_code" in differing:  # another edition has other domains and another scheme anyway
        differing = [name for name in differing if name in ("edition_code", "track")]
    found = [_OBSTACLES[name] for name in differing]
    return tuple(found) if _same_scale(first, second) else (*found, _OTHER_SCALE)


def _framed(case: Assessment, name: str) -> object:
    return set(case.key_domains) if name == "key_domains" else getattr(case, name)


def _same_scale(first: Assessment, second: Assessment) -> bool:
    """Item and domain scores come from the conformity scale alone; gates, bands and weights decide later."""
    return first.scheme.conformity == second.scheme.conformity


def _domain(domain: Domain, walk: Crosswalk, earlier: Side, later: Side) -> DomainPair:
    pairs = tuple(_item(item, walk, earlier, later) for item in domain.items)
    sources = {s.domain_code for p in pairs for s in p.sources}
    source = walk.earlier.domains_by_code[next(iter(sources))] if len(sources) == 1 else None
    whole = source is not None and all(p.is_comparable for p in pairs)
    if not whole or source is None or {s.code for p in pairs for s in p.sources} != {i.code for i in source.items}:
        source = None
    return DomainPair(
        domain=domain,
        source=source,
        before=earlier.outcome.result.domains[source.code].score if source else None,
        after=later.outcome.result.domains[domain.code].score,
        items=pairs,
    )


def _item(item: Item, walk: Crosswalk, earlier: Side, later: Side) -> ItemPair:
    link = walk.items[item.code]
    sources = tuple(walk.earlier.items[code] for code in link.sources)
    has_same_scale = _same_scale(earlier.case, later.case)
    return ItemPair(
        item=item,
        sources=sources,
        kind=link.kind,
        before=earlier.outcome.result.items[sources[0].code] if len(sources) == 1 else None,
        after=later.outcome.result.items[item.code],
        is_comparable=link.is_comparable and has_same_scale,
        why=link.note if has_same_scale else _OTHER_SCALE,
        same=sum(walk.criteria[c.code].kind.is_comparable for c in item.criteria),
    )


def _changes(walk: Crosswalk, before: Outcome, after: Outcome) -> list[Change]:
    scale = after.given.scheme.conformity
    found = []
    for link in walk.criteria.values():
        if not link.kind.is_comparable:
            continue
        (source,) = link.sources
        was, now = before.given.verdicts.get(source), after.given.verdicts.get(link.target)
        if was is None or now is None or was == now:
            continue
        raised = scale[now] > scale[was] if was in scale and now in scale else None
        found.append(
            Change(walk.later.criteria[link.target], walk.earlier.criteria[source], was, now, is_raised=raised)
        )
    return found
