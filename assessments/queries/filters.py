"""The filters of criteria: one rule each, the same wherever criteria are listed.

In an address they stand as ``show=unanswered,target``: at most one of :data:`FILTERS`, and :data:`TARGET` by itself or
beside it. Labels are words of the page (``views.item_page``).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from assessments.models import Answer, Assessment, CarryOver, EvidenceLink, Scorecard
from assessments.permissions.rules import can_read_assessed_result
from assessments.scoring import Verdict, least
from assessments.standard import Criterion, Kind

#: By their name in the address, in the order in which they are offered.
FILTERS = ("unanswered", "mine", "returned", "no-evidence", "not-applicable", "changed", "to-confirm")
#: Levels up to the target of the case; goes together with any of the others.
TARGET = "target"


@dataclass(frozen=True)
class Standing:
    """How one criterion stands, as far as a filter looks at it."""

    code: str
    level: int
    verdict: str = ""
    is_carried: bool = False
    saved_at: dt.datetime | None = None
    has_evidence: bool = False

    @classmethod
    def of(cls, criterion: Criterion, answer: Answer | None, *, has_evidence: bool) -> Standing:
        if answer is None:
            return cls(criterion.code, criterion.level, has_evidence=has_evidence)
        return cls(criterion.code, criterion.level, answer.verdict, answer.is_carried, answer.saved_at, has_evidence)


@dataclass(frozen=True)
class Entry:
    """What came over for one criterion from an earlier assessment; without a verdict nothing did."""

    kind: Kind
    sources: tuple[str, ...]
    verdict: str


@dataclass(frozen=True)
class Past:
    """What the answers of a case are compared with: its own revision before, or the assessment they came from."""

    #: when the revision before was finalised; empty in the first
    finalised_at: dt.datetime | None = None
    source: Assessment | None = None
    entries: Mapping[str, Entry] = field(default_factory=dict)
    #: criteria whose answer the assessors did not accept in full in the assessment it came from
    not_accepted: frozenset[str] = frozenset()

    @property
    def is_empty(self) -> bool:
        return self.finalised_at is None and self.source is None

    def is_changed(self, standing: Standing) -> bool:
        """Saved since the last finalising; of a case that was carried over: answered otherwise than what came over."""
        if self.finalised_at is not None:
            return standing.saved_at is not None and standing.saved_at > self.finalised_at
        entry = self.entries.get(standing.code)
        return self.source is not None and standing.verdict != (entry.verdict if entry else "")


@dataclass(frozen=True)
class Setting:
    """What a filter has to know beside the criterion itself."""

    past: Past
    #: whether a criterion is among the parts assigned to the viewer (``questionnaire.Division.is_mine``)
    is_mine: Callable[[str], bool]
    target_level: int


Rule = Callable[[Standing, Setting], bool]

_RULES: dict[str, Rule] = {
    "unanswered": lambda s, _: not s.verdict,
    "mine": lambda s, around: around.is_mine(s.code),
    # Nobody returns a single criterion today. What comes back are the findings of the last review: answers that came
    # over although the assessors did not accept them, until somebody has looked at them.
    "returned": lambda s, around: s.is_carried and s.code in around.past.not_accepted,
    "no-evidence": lambda s, _: not s.has_evidence,
    "not-applicable": lambda s, _: s.verdict == Verdict.NOT_APPLICABLE,
    "changed": lambda s, around: around.past.is_changed(s),
    "to-confirm": lambda s, _: s.is_carried,
    TARGET: lambda s, around: s.level <= around.target_level,
}


def read(show: str) -> tuple[str, ...]:
    """The filters that ``show`` names; what is no filter is left out, and a second one of :data:`FILTERS`."""
    named = show.split(",")
    return (*[n for n in named if n in FILTERS][:1], *([TARGET] if TARGET in named else []))


def matches(standing: Standing, names: tuple[str, ...], setting: Setting) -> bool:
    """Whether a criterion stays under all these filters; under none it does."""
    return all(_RULES[name](standing, setting) for name in names)


def past(case: Assessment) -> Past:
    """For a case from ``scope.cases``: one query, and one more if ``carry_over__source`` was not selected with it."""
    if case.revision > 1:
        return Past(finalised_at=_frozen(case, "self", case.revision - 1, "frozen_at"))
    record: CarryOver | None = getattr(case, "carry_over", None)
    if record is None:
        return Past()
    entries = {code: Entry(Kind(kind), tuple(used), verdict) for code, kind, used, verdict in record.entries}
    found: Mapping[str, str] = {}
    if _reads_findings(case, record.source):
        found = _frozen(record.source, "assessed", record.source.report_revision, "verdicts") or {}
    refused = frozenset(code for code, entry in entries.items() if _is_less(entry, found))
    return Past(source=record.source, entries=entries, not_accepted=refused)


def _frozen(case: Assessment, layer: str, revision: int, column: str) -> Any:
    """One column of a frozen scorecard; ``None`` when this revision of the layer has none."""
    cards = Scorecard.objects.filter(assessment=case, layer=layer, revision=revision)
    return cards.values_list(column, flat=True).first()


def _reads_findings(case: Assessment, source: Assessment) -> bool:
    """The enterprise reads the findings on its earlier case once they are public; others have no part in it here."""
    if case.viewer_enterprise_role is None:
        return False
    source.viewer_enterprise_role = case.viewer_enterprise_role  # both are of the same enterprise
    return bool(can_read_assessed_result(source))


def _is_less(entry: Entry, found: Mapping[str, str]) -> bool:
    ruled = [found[code] for code in entry.sources if code in found]
    return bool(ruled) and bool(entry.verdict) and least([*ruled, entry.verdict]) != entry.verdict


def standings(case: Assessment) -> tuple[Standing, ...]:
    """Every criterion of the case in the order of the standard; two queries, no texts."""
    columns = ("criterion_code", "verdict", "is_carried", "saved_at")
    answers = {code: rest for code, *rest in Answer.objects.filter(assessment=case).values_list(*columns)}
    with_evidence = set(EvidenceLink.objects.filter(assessment=case).values_list("criterion_code", flat=True))
    nothing = ["", False, None]
    return tuple(
        Standing(c.code, c.level, *answers.get(c.code, nothing), has_evidence=c.code in with_evidence)
        for c in case.edition.criteria.values()
    )
