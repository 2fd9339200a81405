"""Why this level, what is missing for the next, and the shortest way there (scoring.md, "Explaining").

The shortest path is exact. Level, item, domain and overall figures each depend only on a *sum* of the figures
below and never fall when it rises, so the best figure for a number of raised criteria can be built bottom-up: within
a level raise the worst first; across levels, items and domains combine the best sums (max-plus convolution).
Rounding happens between the steps exactly as in the engine.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from assessments.scoring.engine import TOP, bonus_points, half_up, level_score, score
from assessments.scoring.inputs import ScoringInput
from assessments.scoring.result import Result
from assessments.scoring.verdicts import Verdict
from assessments.standard import Item


@dataclass(frozen=True, slots=True)
class GapEntry:
    """A criterion below ``full``; ``adds`` is what raising it alone adds to the base score, before any rounding."""

    code: str
    verdict: str | None
    adds: Decimal
    #: raising it also helps a domain that is below the floor of the level
    lifts_floor: bool


@dataclass(frozen=True, slots=True)
class Gap:
    """What stands between a result and an overall level; empty when the level is reached."""

    level: int
    entries: tuple[GapEntry, ...]


@dataclass(frozen=True, slots=True)
class Path:
    """A smallest set of criteria whose raising to ``full`` reaches ``level``; ``codes`` is ``None`` if none does."""

    level: int
    codes: tuple[str, ...] | None
    is_exact: bool = True


def what_if(given: ScoringInput, changes: Mapping[str, str]) -> Result:
    """The result if some verdicts were different. Raises ``ScoringError`` for unknown codes or verdicts."""
    return score(given.with_changes(changes))


def gap_to_level(given: ScoringInput, level: int) -> Gap:
    """Criteria below ``full``, those that help a domain below the floor first, then by what each would add."""
    result = score(given)
    check = result.check(level)
    if check.is_met or result.score is None:
        return Gap(level, ())
    entries = [
        GapEntry(code, given.verdicts.get(code), adds, code.split(".")[0] in check.domains_short)
        for code, adds in _gains(given, result)
    ]
    if not check.short_by:  # the score is there already: only the floors stand in the way
        entries = [e for e in entries if e.lifts_floor]
    return Gap(level, tuple(sorted(entries, key=lambda e: (not e.lifts_floor, -e.adds))))


def _gains(given: ScoringInput, result: Result) -> list[tuple[str, Decimal]]:
    top = given.scheme.conformity[Verdict.FULL]
    together = sum(w for c, w in given.weights.items() if result.domains[c].score is not None)
    gains = []
    for item in given.edition.items.values():
        weight = given.weights[item.domain_code]
        levels = sum(v is not None for v in result.items[item.code].levels)
        items = sum(i.score is not None for i in result.items.values() if i.code.split(".")[0] == item.domain_code)
        for _, criteria in item.by_level:
            counting = [c for c in criteria if given.verdicts.get(c.code) != Verdict.NOT_APPLICABLE]
            for criterion in counting:
                missing = top - _conformity(given, criterion.code)
                if missing:  # so it counts, and with it its level, item and domain
                    adds = Decimal(5 * missing * weight) / (100 * len(counting) * levels * items * together)
                    gains.append((criterion.code, adds.quantize(Decimal("0.0001"))))
    return gains


def _conformity(given: ScoringInput, code: str) -> int:
    return given.scheme.conformity.get(given.verdicts.get(code, Verdict.NONE), 0)


# --- the shortest path -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Best:
    """``value[m]``: the best figure with ``m`` raises; ``pick(m)``: the criteria that give it."""

    value: list[int]
    pick: Callable[[int], tuple[str, ...]]


#: Marks what cannot be: a domain still below its floor.
_NEVER = -(10**9)


def path_to_level(given: ScoringInput, level: int) -> Path:
    """A smallest set of criteria to raise to ``full`` so that the overall level is at least ``level``; exact."""
    result = score(given)
    if result.score is None:
        return Path(level, None)
    if result.check(level).is_met:
        return Path(level, ())
    floor = given.scheme.floor(level) or 0
    weights = {c: w for c, w in given.weights.items() if result.domains[c].score is not None}
    parts = []
    for domain in given.edition.domains:
        if domain.code in weights:
            items = [b for b in (_best_item(i, given) for i in domain.items) if b is not None]
            sums = _combine(items)
            scores = [half_up(v, len(items)) for v in sums.value]
            weighted = [weights[domain.code] * v if v >= floor else _NEVER for v in scores]
            parts.append(_Best(weighted, sums.pick))
    best, together, bonus = _combine(parts), sum(weights.values()), bonus_points(given)
    for count, value in enumerate(best.value):
        if value >= 0 and min(TOP, half_up(value, together) + bonus) >= given.scheme.bands[level - 1]:
            return Path(level, tuple(sorted(best.pick(count), key=list(given.edition.criteria).index)))
    return Path(level, None)


def _best_item(item: Item, given: ScoringInput) -> _Best | None:
    levels = []
    for _, criteria in item.by_level:
        codes = [c.code for c in criteria if given.verdicts.get(c.code) != Verdict.NOT_APPLICABLE]
        if codes:
            levels.append(_best_level(codes, given))
    if not levels:
        return None
    sums = _combine(levels)
    return _Best([half_up(5 * v, len(levels)) for v in sums.value], sums.pick)


def _best_level(codes: Sequence[str], given: ScoringInput) -> _Best:
    top = given.scheme.conformity[Verdict.FULL]
    worst_first = sorted((c for c in codes if _conformity(given, c) < top), key=lambda c: _conformity(given, c))
    values = []
    for count in range(len(worst_first) + 1):
        raised = set(worst_first[:count])
        values.append(level_score([top if c in raised else _conformity(given, c) for c in codes]) or 0)
    return _Best(values, lambda count: tuple(worst_first[:count]))


def _combine(parts: Sequence[_Best]) -> _Best:
    """The best sum over ``parts`` for every total number of raises."""
    best = parts[0]
    for part in parts[1:]:
        best = _pair(best, part)
    return best


def _pair(left: _Best, right: _Best) -> _Best:
    size = len(left.value) + len(right.value) - 1
    values, from_right = [_NEVER * 1000] * size, [0] * size
    for i, a in enumerate(left.value):
        for j, b in enumerate(right.value):
            if a + b > values[i + j]:
                values[i + j], from_right[i + j] = a + b, j

    def pick(count: int) -> tuple[str, ...]:
        j = from_right[count]
        return left.pick(count - j) + right.pick(j)

    return _Best(values, pick)
