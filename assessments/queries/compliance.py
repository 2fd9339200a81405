"""What the office looks at before it passes a case on: assessed against self, large differences, not applicable."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from assessments.models import Answer, Assessment, Conclusion, ReconciledVerdict, Scorecard, Signature
from assessments.queries.results import DomainFigures, ItemFigures, domain_figures
from assessments.scoring import Verdict
from assessments.standard import Criterion, Domain

#: The verdicts in order, so that the distance of two is a number of steps.
_STEPS = {Verdict.FULL: 0, Verdict.LARGELY: 1, Verdict.PARTIALLY: 2, Verdict.NONE: 3}
#: From how many steps on a difference between self and assessed is shown to the office.
LARGE_STEPS = 2


@dataclass(frozen=True)
class Finding:
    """One criterion worth a look: what the enterprise said, what the team found."""

    criterion: Criterion
    answer: Answer | None
    settled: ReconciledVerdict
    steps: int


@dataclass(frozen=True)
class DomainPair:
    domain: Domain
    claimed: Decimal | None
    assessed: Decimal | None

    @property
    def change(self) -> Decimal | None:
        return None if self.claimed is None or self.assessed is None else self.assessed - self.claimed


@dataclass(frozen=True)
class Summary:
    """Frozen results of both layers (``None`` before they exist) and the points that need a second look."""

    claimed: Scorecard | None
    assessed: Scorecard | None
    domains: tuple[DomainPair, ...]
    large: tuple[Finding, ...]
    not_applicable: tuple[Finding, ...]
    refused_not_applicable: tuple[Finding, ...]
    conclusion: Conclusion | None
    signatures: tuple[Signature, ...]


def summary(assessment: Assessment) -> Summary:
    """Five queries. The case is past sign-off, so its verdicts no longer change."""
    cards: dict[str, Scorecard] = {}
    for card in Scorecard.objects.filter(assessment=assessment).order_by("revision"):
        cards[card.layer] = card
    answers = {a.criterion_code: a for a in Answer.objects.filter(assessment=assessment)}
    settled = ReconciledVerdict.objects.filter(assessment=assessment)
    by_code = {v.criterion_code: v for v in settled}
    findings = [
        Finding(c, answers.get(c.code), by_code[c.code], _steps(answers.get(c.code), by_code[c.code]))
        for c in assessment.edition.criteria.values()
        if c.code in by_code
    ]
    claimed, assessed = cards.get("self"), cards.get("assessed")
    return Summary(
        claimed=claimed,
        assessed=assessed,
        domains=_pairs(assessment, claimed, assessed),
        large=tuple(f for f in findings if f.steps >= LARGE_STEPS),
        not_applicable=tuple(f for f in findings if f.settled.verdict == Verdict.NOT_APPLICABLE),
        refused_not_applicable=tuple(f for f in findings if _is_refused(f)),
        conclusion=Conclusion.objects.filter(assessment=assessment).select_related("saved_by").first(),
        signatures=tuple(
            Signature.objects.filter(assessment=assessment, is_void=False, kind__in=("lead", "quality")).filter(
                revision=assessment.report_revision
            )
        ),
    )


def _steps(answer: Answer | None, settled: ReconciledVerdict) -> int:
    """Steps between the two verdicts; 0 where one of them is not on the scale."""
    claimed = _STEPS.get(Verdict(answer.verdict)) if answer and answer.verdict else None
    found = _STEPS.get(Verdict(settled.verdict))
    return 0 if claimed is None or found is None else abs(claimed - found)


def _is_refused(finding: Finding) -> bool:
    claimed = finding.answer.verdict if finding.answer else ""
    return claimed == Verdict.NOT_APPLICABLE and finding.settled.verdict != Verdict.NOT_APPLICABLE


def _pairs(assessment: Assessment, claimed: Scorecard | None, assessed: Scorecard | None) -> tuple[DomainPair, ...]:
    def of(card: Scorecard | None, code: str) -> Decimal | None:
        return card.result.domains[code].score if card else None

    return tuple(DomainPair(d, of(claimed, d.code), of(assessed, d.code)) for d in assessment.edition.domains)


@dataclass(frozen=True)
class Hints:
    """What the figures suggest for the conclusion: assessed domains, and the strongest and weakest items."""

    domains: tuple[DomainFigures, ...]
    strongest: tuple[ItemFigures, ...]
    weakest: tuple[ItemFigures, ...]


def hints(assessment: Assessment, *, most: int = 5) -> Hints:
    """One query. An item never stands on both lists."""
    domains = domain_figures(assessment, "assessed")
    scored = [i for d in domains for i in d.items if i.score is not None]
    ranked = sorted(scored, key=lambda i: i.score or Decimal(0), reverse=True)
    strongest = ranked[: min(most, len(ranked) // 2)]
    weakest = ranked[len(ranked) - len(strongest) :][::-1]
    return Hints(domains, tuple(strongest), tuple(weakest))
