"""Figures of a case: from the kept rows while it lives, from scorecards once frozen."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from assessments.models import Answer, Assessment, DomainScore, ReconciledVerdict, Ruling, Scorecard
from assessments.scoring import Result, ScoringInput, score
from assessments.standard import Domain, Item
from assessments.workflow import StateCode


def scoring_input(assessment: Assessment, verdicts: Mapping[str, str]) -> ScoringInput:
    """The engine's input for verdicts in this case's edition, scheme and track."""
    return ScoringInput.of(
        assessment.edition_code,
        verdicts,
        track=assessment.track,
        scheme=assessment.scheme_code,
        key_domains=tuple(assessment.key_domains),
    )


def self_verdicts(assessment: Assessment) -> dict[str, str]:
    """The enterprise's verdicts by criterion code; unanswered ones are left out."""
    found = Answer.objects.filter(assessment=assessment).values_list("criterion_code", "verdict")
    return {code: verdict for code, verdict in found if verdict}


def assessed_verdicts(assessment: Assessment) -> dict[str, str]:
    """The team's verdicts by criterion code, as far as agreed."""
    return dict(ReconciledVerdict.objects.filter(assessment=assessment).values_list("criterion_code", "verdict"))


def team_remarks(
    assessment: Assessment, assessed: Mapping[str, str], *, codes: Collection[str] | None = None
) -> dict[str, str]:
    """The remarks that carry the team's verdict, each wording once; without names, for the team speaks as one.

    Of all criteria or of those with these ``codes``. Ask ``can_read_assessed_result`` first.
    """
    found: dict[str, dict[str, None]] = defaultdict(dict)
    rulings = _those(Ruling.objects.filter(assessment=assessment).exclude(remark=""), codes)
    rulings = rulings.order_by("criterion_code", "pk")
    for code, verdict, remark in rulings.values_list("criterion_code", "verdict", "remark"):
        if verdict == assessed.get(code):
            found[code][remark.strip()] = None
    return {code: "\n".join(lines) for code, lines in found.items()}


def reconciliation_reasons(assessment: Assessment, *, codes: Collection[str] | None = None) -> dict[str, str]:
    """Why the team decided as it did where its assessors had differed; ``codes`` as in :func:`team_remarks`."""
    differed = _those(ReconciledVerdict.objects.filter(assessment=assessment, had_difference=True), codes)
    return dict(differed.values_list("criterion_code", "reason"))


def _those(rows: QuerySet[Any], codes: Collection[str] | None) -> QuerySet[Any]:
    return rows if codes is None else rows.filter(criterion_code__in=codes)


def live_result(assessment: Assessment, layer: str) -> Result:
    """The whole result tree scored now; for pages that explain, not for lists."""
    verdicts = self_verdicts(assessment) if layer == "self" else assessed_verdicts(assessment)
    return score(scoring_input(assessment, verdicts))


def scorecard(assessment: Assessment, layer: str) -> Scorecard | None:
    """The frozen scorecard of the latest revision of a layer, if there is one."""
    return Scorecard.objects.filter(assessment=assessment, layer=layer).order_by("-revision").first()


@dataclass(frozen=True)
class Outcome:
    """One layer as a page explains it: the input, what it scored, and the scorecard if it is frozen."""

    given: ScoringInput
    result: Result
    card: Scorecard | None


def self_outcome(assessment: Assessment) -> Outcome:
    """The self layer: frozen once the current revision was finalised, live while it is open."""
    card = None if assessment.state == StateCode.DRAFT else scorecard(assessment, "self")
    if card is None:
        given = scoring_input(assessment, self_verdicts(assessment))
        return Outcome(given, score(given), None)
    return Outcome(scoring_input(assessment, card.verdicts), card.result, card)


def assessed_outcome(assessment: Assessment) -> Outcome | None:
    """The assessed layer as last signed off; ``None`` before. Ask ``can_read_assessed_result`` first."""
    card = scorecard(assessment, "assessed")
    return Outcome(scoring_input(assessment, card.verdicts), card.result, card) if card else None


@dataclass(frozen=True)
class ItemFigures:
    """Kept figures of one item; ``levels`` are the five level scores, ``None`` where a level takes no part."""

    item: Item
    score: Decimal | None
    level: int | None
    levels: tuple[Decimal | None, ...]
    answered: int
    total: int


@dataclass(frozen=True)
class DomainFigures:
    """Kept figures of one domain with its items in the order of the standard."""

    domain: Domain
    score: Decimal | None
    level: int | None
    answered: int
    total: int
    items: tuple[ItemFigures, ...]


def domain_figures(assessment: Assessment, layer: str) -> tuple[DomainFigures, ...]:
    """The figures of a layer in the order of the standard; one query. Empty when the layer was not opened."""
    rows = {r.domain_code: r for r in DomainScore.objects.filter(assessment=assessment, layer=layer)}
    return tuple(_domain(d, rows[d.code]) for d in assessment.edition.domains if d.code in rows)


def _domain(domain: Domain, row: DomainScore) -> DomainFigures:
    return DomainFigures(
        domain=domain,
        score=row.score,
        level=row.level,
        answered=row.answered,
        total=row.total,
        items=tuple(_item(i, row.items[i.code]) for i in domain.items),
    )


def _item(item: Item, figures: Mapping[str, Any]) -> ItemFigures:
    return ItemFigures(
        item=item,
        score=_decimal(figures["score"]),
        level=figures["level"],
        levels=tuple(_decimal(v) for v in figures["levels"]),
        answered=figures["answered"],
        total=figures["total"],
    )


def _decimal(value: object) -> Decimal | None:
    return None if value is None else Decimal(str(value))
