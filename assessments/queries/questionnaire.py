"""What the questionnaire shows: the rows of an item, who fills in which part, live figures, what comes next."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from assessments.models import Answer, Assessment, Delegation, EvidenceLink, User, parts_with
from assessments.permissions.rules import can_read_division
from assessments.queries.carry_over import Origin
from assessments.queries.filters import Past, Setting, Standing, matches, standings
from assessments.queries.results import DomainFigures, ItemFigures
from assessments.scoring import DomainResult, ItemResult, Result
from assessments.scoring.result import points
from assessments.standard import LEVELS, Bilingual, Criterion, Domain, Item, Level


@dataclass(frozen=True)
class Unsaved:
    """What a person wrote and the platform did not keep: their words, why, and in a conflict the other answer."""

    verdict: str
    reason: str
    note: str
    version: int
    problem: str
    is_conflict: bool = False
    theirs: Answer | None = None


@dataclass(frozen=True)
class Row:
    """One criterion of an item with its answer and evidence; what was not kept stands before what was."""

    criterion: Criterion
    answer: Answer | None
    evidence: tuple[EvidenceLink, ...] = ()
    unsaved: Unsaved | None = None
    #: where the answer comes from while it was carried over and not confirmed; a self-check has none
    origin: Origin | None = None

    @property
    def shown(self) -> Answer | Unsaved | None:
        return self.unsaved or self.answer

    @property
    def version(self) -> int:
        return self.shown.version if self.shown else 0

    @property
    def is_carried(self) -> bool:
        return bool(self.answer and self.answer.is_carried)

    @property
    def standing(self) -> Standing:
        return Standing.of(self.criterion, self.answer, has_evidence=bool(self.evidence))


@dataclass(frozen=True)
class Section:
    """The rows of one level; ``score`` is the level's score 0 to 1, ``None`` where it takes no part."""

    level: Level
    rows: tuple[Row, ...]
    score: Decimal | None


def rows(case: Assessment, item: Item, past: Past) -> tuple[Row, ...]:
    """The criteria of an item in the order of the standard; two queries."""
    of_item = {"assessment": case, "criterion_code__startswith": f"{item.code}-"}
    answers = {a.criterion_code: a for a in Answer.objects.filter(**of_item).select_related("saved_by")}
    links: dict[str, list[EvidenceLink]] = defaultdict(list)
    for link in EvidenceLink.objects.filter(**of_item).select_related("file__evidence"):
        links[link.criterion_code].append(link)
    return tuple(_row(c, answers.get(c.code), tuple(links[c.code]), past) for c in item.criteria)


def _row(criterion: Criterion, answer: Answer | None, evidence: tuple[EvidenceLink, ...], past: Past) -> Row:
    entry = past.entries.get(criterion.code) if answer and answer.is_carried else None
    if entry is None or past.source is None:
        return Row(criterion, answer, evidence)
    origin = Origin(past.source.number, past.source.edition, entry.kind, entry.sources)
    return Row(criterion, answer, evidence, origin=origin)


def evidence_of(case: Assessment, criterion_code: str) -> tuple[EvidenceLink, ...]:
    """The evidence of one criterion, oldest first; one query."""
    found = EvidenceLink.objects.filter(assessment=case, criterion_code=criterion_code).select_related("file__evidence")
    return tuple(found)


def matching(found: Iterable[Row], names: tuple[str, ...], setting: Setting) -> tuple[Row, ...]:
    """The rows that filters leave. A row with unsaved words always stays."""
    return tuple(r for r in found if r.unsaved or matches(r.standing, names, setting))


def sections(found: Iterable[Row], levels: Sequence[Decimal | None]) -> tuple[Section, ...]:
    """Rows by level; a level without rows is left out."""
    by_level: dict[int, list[Row]] = defaultdict(list)
    for row in found:
        by_level[row.criterion.level].append(row)
    return tuple(
        Section(level, tuple(by_level[level.number]), levels[level.number - 1])
        for level in LEVELS
        if by_level[level.number]
    )


def with_unsaved(found: Iterable[Row], criterion_code: str, unsaved: Unsaved) -> tuple[Row, ...]:
    return tuple(replace(r, unsaved=unsaved) if r.criterion.code == criterion_code else r for r in found)


@dataclass(frozen=True)
class Division:
    """Who fills in what: names by the code of a domain or item, and the parts of the viewer."""

    names: Mapping[str, tuple[str, ...]]
    mine: frozenset[str]

    def is_mine(self, code: str) -> bool:
        """Whether a criterion or an item is among the viewer's parts, by itself or with its domain."""
        return not self.mine.isdisjoint(parts_with(code))

    def people(self, item: Item) -> tuple[str, ...]:
        """Who was assigned an item, by itself or with its domain; each name once."""
        return tuple(dict.fromkeys(name for part in parts_with(item.code) for name in self.names.get(part, ())))


def division(case: Assessment, user: User) -> Division:
    """The division of work of a case; one query. Empty for anybody but the enterprise, whose business it is."""
    if not can_read_division(case):
        return Division({}, frozenset())
    names: dict[str, list[str]] = defaultdict(list)
    mine = set()
    for delegation in Delegation.objects.filter(assessment=case).select_related("user").order_by("pk"):
        names[delegation.part_code].append(delegation.user.name)
        if delegation.user_id == user.pk:
            mine.add(delegation.part_code)
    return Division({code: tuple(n) for code, n in names.items()}, frozenset(mine))


@dataclass(frozen=True)
class Live:
    """The figures beside an item: its own, its domain's, the case's, and the score of every domain."""

    item: ItemFigures | ItemResult
    domain: DomainFigures | DomainResult
    score: Decimal | None
    level: int | None
    answered: int
    total: int
    domains: tuple[Domain, ...]
    domain_scores: tuple[Decimal | None, ...]
    #: what a level of an item must reach to count as achieved, 0 to 1
    gate: Decimal

    @property
    def radar_axes(self) -> list[str]:
        """Codes alone: beside the criteria there is no room for names, the table below has them."""
        return [d.code for d in self.domains]

    @property
    def radar_series(self) -> list[tuple[Bilingual, tuple[Decimal | None, ...], str]]:
        return [(Bilingual("自评", "Self-assessment"), self.domain_scores, "series-a")]

    @property
    def scores_by_domain(self) -> list[tuple[Domain, Decimal | None]]:
        return list(zip(self.domains, self.domain_scores, strict=True))


def live_from_rows(case: Assessment, item: Item, figures: Sequence[DomainFigures]) -> Live:
    """From the kept figures (``results.domain_figures``); no query."""
    domain = next(d for d in figures if d.domain.code == item.domain_code)
    return Live(
        item=next(i for i in domain.items if i.item.code == item.code),
        domain=domain,
        score=case.self_score,
        level=case.self_level,
        answered=case.self_answered,
        total=case.total,
        domains=case.edition.domains,
        domain_scores=tuple(d.score for d in figures),
        gate=points(case.scheme.level_gate),
    )


def live_from_result(case: Assessment, item: Item, result: Result) -> Live:
    """From the result a save has just computed; no query."""
    return Live(
        item=result.items[item.code],
        domain=result.domains[item.domain_code],
        score=result.score,
        level=result.level,
        answered=result.answered,
        total=result.total,
        domains=case.edition.domains,
        domain_scores=tuple(result.domains[d.code].score for d in case.edition.domains),
        gate=points(case.scheme.level_gate),
    )


def next_unanswered(
    case: Assessment, *, after: str = "", first_in: frozenset[str] = frozenset(), only_there: bool = False
) -> Criterion | None:
    """The first criterion without a verdict, or with a carried one to confirm; one query.

    It starts at the criterion or item ``after`` and goes round once. Those of the parts ``first_in`` come
    first, and are the only ones with ``only_there``.
    """
    settled = Answer.objects.filter(assessment=case, is_carried=False).exclude(verdict="")
    answered = set(settled.values_list("criterion_code", flat=True))
    listed = list(case.edition.criteria.values())
    start = next((i for i, c in enumerate(listed) if after in (c.code, c.item_code)), 0)
    still_open = [c for c in listed[start:] + listed[:start] if c.code not in answered]
    preferred = [c for c in still_open if not first_in.isdisjoint(parts_with(c.code))]
    return next(iter(preferred if only_there else preferred + still_open), None)


def next_matching(case: Assessment, names: tuple[str, ...], setting: Setting, *, after_item: str) -> Criterion | None:
    """The first criterion that filters leave in the items after ``after_item``, going round once but not back to it.

    Two queries; none without filters.
    """
    listed = list(case.edition.items.values())
    at = next((i for i, item in enumerate(listed) if item.code == after_item), len(listed) - 1)
    others = listed[at + 1 :] + listed[:at]
    if not names:
        return others[0].criteria[0] if others else None
    left = {s.code for s in standings(case) if matches(s, names, setting)}
    return next((c for item in others for c in item.criteria if c.code in left), None)


def to_confirm_by_item(case: Assessment) -> Counter[str]:
    """How many answers of each item were carried over and not confirmed yet; one query."""
    codes = Answer.objects.filter(assessment=case, is_carried=True).values_list("criterion_code", flat=True)
    return Counter(code.split("-")[0] for code in codes)
