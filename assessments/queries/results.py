"""Figures of a case: from the kept rows while it lives, from scorecards once frozen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from assessments.models import Answer, Assessment, DomainScore, ReconciledVerdict, Scorecard
from assessments.scoring import Result, ScoringInput, score
from assessments.standard import Domain, Item


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
    found = Answer.objects.filter(assessment=assessment).exclude(verdict="")
    return dict(found.values_list("criterion_code", "verdict"))


def assessed_verdicts(assessment: Assessment) -> dict[str, str]:
    """The team's verdicts by criterion code, as far as agreed."""
    return dict(ReconciledVerdict.objects.filter(assessment=assessment).values_list("criterion_code", "verdict"))


def live_result(assessment: Assessment, layer: str) -> Result:
    """The whole result tree scored now; for pages that explain, not for lists."""
    verdicts = self_verdicts(assessment) if layer == "self" else assessed_verdicts(assessment)
    return score(scoring_input(assessment, verdicts))


def scorecard(assessment: Assessment, layer: str) -> Scorecard | None:
    """The frozen scorecard of the latest revision of a layer, if there is one."""
    return Scorecard.objects.filter(assessment=assessment, layer=layer).order_by("-revision").first()


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


def _item(item: Item, figures: Mapping[str, object]) -> ItemFigures:
    return ItemFigures(
        item=item,
        score=_decimal(figures["score"]),
        level=figures["level"],  # type: ignore[arg-type]
        levels=tuple(_decimal(v) for v in figures["levels"]),  # type: ignore[attr-defined]
        answered=figures["answered"],  # type: ignore[arg-type]
        total=figures["total"],  # type: ignore[arg-type]
    )


def _decimal(value: object) -> Decimal | None:
    return None if value is None else Decimal(str(value))
