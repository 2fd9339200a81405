"""What was said of the same criterion last time: by the enterprise, and by those who assessed it.

A finding is shown as far as the enterprise reads it today in its evaluation report, and from the same sources: verdicts
of the frozen scorecard, the remarks that carry them, without names. Nothing of a review that is still going on.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from assessments.models import Answer, Assessment, EvidenceLink, Scorecard, User
from assessments.permissions import scope
from assessments.permissions.rules import can_read_assessed_result, can_read_material
from assessments.queries.results import reconciliation_reasons, scorecard, team_remarks
from assessments.standard import Criterion, Kind, Link, edition_codes, get_crosswalk
from assessments.workflow import StateCode


@dataclass(frozen=True)
class Earlier:
    """The earlier case, and what became of the criterion since."""

    case: Assessment
    kind: Kind


@dataclass(frozen=True)
class PastAnswer:
    """The answer to one criterion of the earlier case with its evidence; ``answer`` is ``None`` if there was none."""

    criterion: Criterion
    answer: Answer | None
    evidence: tuple[EvidenceLink, ...]


@dataclass(frozen=True)
class PastAnswers:
    """``answers`` is empty for a requirement that is new since; ``reads_material``: the evidence may be opened."""

    earlier: Earlier
    answers: tuple[PastAnswer, ...]
    reads_material: bool


@dataclass(frozen=True)
class Finding:
    """What the team found: its verdict, the remarks that carry it, and the reason where the assessors had differed."""

    criterion: Criterion
    verdict: str
    remark: str
    reason: str


@dataclass(frozen=True)
class PastFindings:
    earlier: Earlier
    card: Scorecard
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class Past:
    """Either is ``None`` where there is no such earlier case."""

    answers: PastAnswers | None
    findings: PastFindings | None


def past_of(user: User, case: Assessment, criterion: Criterion) -> Past:
    """The latest earlier answer, and the latest finding that the viewer may read; they may come from two cases.

    At most six queries. ``user`` must be a member of the enterprise (``rules.can_read_answer_history``).
    """
    earlier = _earlier(user, case)
    assessed = next((c for c in earlier if can_read_material(c) and can_read_assessed_result(c)), None)
    return Past(
        answers=_answers(case, earlier[0], criterion) if earlier else None,
        findings=_findings(case, assessed, criterion) if assessed else None,
    )


def _earlier(user: User, case: Assessment) -> list[Assessment]:
    """The enterprise's earlier cases from which a way leads to this one's edition, newest first; drafts may change."""
    ways = [code for code in edition_codes() if get_crosswalk(code, case.edition_code)]
    found = scope.cases(user).filter(
        enterprise=case.enterprise_id, edition_code__in=ways, created_at__lt=case.created_at
    )
    return list(found.exclude(pk=case.pk).exclude(state=StateCode.DRAFT).order_by("-created_at", "-pk"))


def _link(case: Assessment, earlier: Assessment, criterion: Criterion) -> Link:
    walk = get_crosswalk(earlier.edition_code, case.edition_code)
    assert walk is not None
    return walk.criteria[criterion.code]


def _answers(case: Assessment, earlier: Assessment, criterion: Criterion) -> PastAnswers:
    link = _link(case, earlier, criterion)
    there = {"assessment": earlier, "criterion_code__in": link.sources}
    given = {a.criterion_code: a for a in Answer.objects.filter(**there)}
    evidence: dict[str, list[EvidenceLink]] = defaultdict(list)
    for one in EvidenceLink.objects.filter(**there).select_related("file").order_by("pk"):
        evidence[one.criterion_code].append(one)
    criteria = earlier.edition.criteria
    return PastAnswers(
        earlier=Earlier(earlier, link.kind),
        answers=tuple(PastAnswer(criteria[c], given.get(c), tuple(evidence[c])) for c in link.sources),
        reads_material=bool(can_read_material(earlier)),
    )


def _findings(case: Assessment, earlier: Assessment, criterion: Criterion) -> PastFindings | None:
    card = scorecard(earlier, "assessed")
    if card is None:
        return None
    link = _link(case, earlier, criterion)
    return PastFindings(Earlier(earlier, link.kind), card, tuple(_found(earlier, card, link.sources)))


def _found(earlier: Assessment, card: Scorecard, codes: Iterable[str]) -> Iterable[Finding]:
    verdicts = {code: card.verdicts[code] for code in codes if code in card.verdicts}
    remarks = team_remarks(earlier, verdicts, codes=list(verdicts))
    reasons = reconciliation_reasons(earlier, codes=list(verdicts))
    criteria = earlier.edition.criteria
    return [Finding(criteria[c], v, remarks.get(c, ""), reasons.get(c, "")) for c, v in verdicts.items()]
