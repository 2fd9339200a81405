"""The engine: scoring.md steps 1 to 9, in integer hundredths, rounding half-up exactly where the rules round.

>>> half_up(335, 10), half_up(334, 10)
(34, 33)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal

from assessments.scoring.inputs import ScoringInput
from assessments.scoring.result import DomainResult, ItemResult, LevelCheck, Result, points
from assessments.scoring.schemes import Scheme
from assessments.scoring.verdicts import Verdict
from assessments.standard import Domain, Item

#: Stored with every frozen result; raise it when a figure could come out differently.
ENGINE_VERSION = "1"
TOP = 500
#: Looked up once: the engine asks for them some hundred times after every save.
_NONE, _NOT_APPLICABLE = str(Verdict.NONE), str(Verdict.NOT_APPLICABLE)


def half_up(numerator: int, denominator: int) -> int:
    """``numerator / denominator`` rounded half-up to a whole number; both are non-negative."""
    return (2 * numerator + denominator) // (2 * denominator)


def score(given: ScoringInput) -> Result:
    """The whole result tree of one assessment."""
    items = {i.code: _item(i, given) for i in given.edition.items.values()}
    domains = {d.code: _domain(d, items) for d in given.edition.domains}
    taking_part = {c: given.weights[c] for c, (score, *_) in domains.items() if score is not None}
    base = weighted_mean({c: _known(domains[c][0]) for c in taking_part}, taking_part)
    bonus = bonus_points(given)
    total = None if base is None else min(TOP, base + bonus)
    checks = tuple(_check(level, total, domains, given.scheme) for level in range(1, 6))
    return Result(
        engine=ENGINE_VERSION,
        edition=given.edition.code,
        scheme=given.scheme.code,
        track=str(given.track),
        answered=len(given.verdicts),
        total=len(given.edition.criteria),
        base_score=_points(base),
        bonus=points(bonus),
        score=_points(total),
        level=None if total is None else max((c.level for c in checks if c.is_met), default=0),
        domains={
            code: DomainResult(code, _points(value), level, _share(taking_part, code), answered, count)
            for code, (value, level, answered, count) in domains.items()
        },
        items={
            code: ItemResult(code, _points(value), level, tuple(_points(v) for v in levels), answered, count)
            for code, (value, level, levels, answered, count) in items.items()
        },
        checks=checks,
    )


def level_score(values: Sequence[int]) -> int | None:
    """Step 2: the rounded mean of conformities; ``None`` when no criterion counts."""
    return half_up(sum(values), len(values)) if values else None


def item_score(levels: Sequence[int]) -> int | None:
    """Step 3: five times the mean of the level scores that take part."""
    return half_up(5 * sum(levels), len(levels)) if levels else None


def weighted_mean(values: Mapping[str, int], weights: Mapping[str, int]) -> int | None:
    """Steps 5 and 6: the rounded mean with weights re-normalised over what is given."""
    if not values:
        return None
    return half_up(sum(weights[c] * v for c, v in values.items()), sum(weights[c] for c in values))


def bonus_points(given: ScoringInput) -> int:
    """Step 7: recognised bonus points in hundredths; data owners only."""
    return min(given.scheme.bonus_at_most, given.bonuses * given.scheme.bonus_each) if given.track == "owner" else 0


def _item(item: Item, given: ScoringInput) -> tuple[int | None, int | None, tuple[int | None, ...], int, int]:
    conformity, verdict_of = given.scheme.conformity, given.verdicts.get
    answered, levels = 0, []
    for _, criteria in item.by_level:
        verdicts = [verdict_of(c.code) for c in criteria]
        answered += len(verdicts) - verdicts.count(None)
        levels.append(level_score([conformity.get(v or _NONE, 0) for v in verdicts if v != _NOT_APPLICABLE]))
    value = item_score([v for v in levels if v is not None])
    level = None if value is None else _item_level(levels, given.scheme)
    return value, level, tuple(levels), answered, len(item.criteria)


def _item_level(levels: Sequence[int | None], scheme: Scheme) -> int:
    """Step 4: the highest level up to which every level passes the gate or takes no part."""
    for number, value in enumerate(levels):
        if value is not None and value < scheme.level_gate:
            return number
    return 5


def _domain(domain: Domain, items: Mapping[str, tuple]) -> tuple[int | None, int | None, int, int]:
    parts = [items[i.code] for i in domain.items]
    counting = [(value, level) for value, level, *_ in parts if value is not None]
    return (
        half_up(sum(v for v, _ in counting), len(counting)) if counting else None,
        min((level for _, level in counting), default=None),
        sum(p[3] for p in parts),
        sum(p[4] for p in parts),
    )


def _check(level: int, total: int | None, domains: Mapping[str, tuple], scheme: Scheme) -> LevelCheck:
    band, floor = scheme.bands[level - 1], scheme.floor(level)
    short = {
        code: points(floor - value)
        for code, (value, *_) in domains.items()
        if floor is not None and value is not None and value < floor
    }
    return LevelCheck(level, points(band), points(max(0, band - (total or 0))), _points(floor), short)


def _share(weights: Mapping[str, int], code: str) -> Decimal | None:
    if code not in weights:
        return None
    return (Decimal(weights[code]) / sum(weights.values())).quantize(Decimal("0.0001"), ROUND_HALF_UP)


def _points(hundredths: int | None) -> Decimal | None:
    return None if hundredths is None else points(hundredths)


def _known(value: int | None) -> int:
    assert value is not None
    return value
