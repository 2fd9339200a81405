"""What the reports are made from: frozen, complete, without a database. Builders fill these, renderers read them.

Texts that a person typed are plain strings in whatever language they were typed; words of the platform are
:class:`Bilingual`. Scores and levels come only from :class:`assessments.scoring.Result`; nothing is computed twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from assessments.eligibility import Eligibility
from assessments.scoring import Result, Scheme, ScoringInput, get_scheme
from assessments.standard import Bilingual, Edition, get_edition

#: A bilingual value nobody gave.
UNSTATED = Bilingual("", "")


@dataclass(frozen=True, kw_only=True)
class TeamMember:
    """One person of the assessment team and what this person is in the case."""

    name: str
    role: Bilingual


@dataclass(frozen=True, kw_only=True)
class CaseDates:
    """Local calendar days of the case; ``None`` for what has not happened."""

    opened: date | None = None
    finalised: date | None = None
    applied: date | None = None
    accepted: date | None = None
    review_started: date | None = None
    onsite: date | None = None
    reporting: date | None = None
    signed: date | None = None


@dataclass(frozen=True, kw_only=True)
class CaseSheet:
    """The control data of one case, as they were when the report was made."""

    number: str
    enterprise: str
    uscc: str
    edition: str
    scheme: str
    #: "owner" or "provider"
    track: str
    target_level: int
    enterprise_en: str = ""
    district: Bilingual = UNSTATED
    industry: Bilingual = UNSTATED
    size: Bilingual = UNSTATED
    staff: int | None = None
    scope: str = ""
    #: codes of the five key domains; provider track only
    key_domains: tuple[str, ...] = ()
    body: str = ""
    body_en: str = ""
    contract_number: str = ""
    filing_number: str = ""
    team: tuple[TeamMember, ...] = ()
    dates: CaseDates = CaseDates()
    #: revision of the report, from 1
    revision: int = 1
    #: further rows of the enterprise profile, for example data volume or systems in scope
    profile: tuple[tuple[Bilingual, str], ...] = ()
    is_demo: bool = False


@dataclass(frozen=True, kw_only=True)
class CriterionRow:
    """One criterion with its layers of verdicts; verdicts are codes of ``scoring.VERDICTS`` or ``None``."""

    code: str
    self_verdict: str | None = None
    self_note: str = ""
    na_reason: str = ""
    #: names of the attached files, in the order shown to the assessor
    evidence: tuple[str, ...] = ()
    assessed_verdict: str | None = None
    remark: str = ""
    reconciliation_reason: str = ""


@dataclass(frozen=True, kw_only=True)
class Conclusion:
    """The lead assessor's own words; blank lines separate paragraphs, every line break is kept."""

    strengths: str = ""
    weaknesses: str = ""
    advice: str = ""


@dataclass(frozen=True, kw_only=True)
class Signature:
    """Somebody who signs; ``at`` is local time and ``None`` until signed."""

    role: Bilingual
    name: str = ""
    at: datetime | None = None
    #: what was signed, word for word; a line a language
    statement: str = ""


@dataclass(frozen=True, kw_only=True)
class EligibilitySheet:
    """The check of eligibility kept with the application. ``waived``: fact codes; ``reasons``: why they were waived."""

    outcome: Eligibility
    waived: frozenset[str] = frozenset()
    reasons: tuple[str, ...] = ()


class _OnEdition:
    """Edition and scheme of a report by the codes on its case sheet."""

    case: CaseSheet
    rows: tuple[CriterionRow, ...]

    @property
    def edition(self) -> Edition:
        return get_edition(self.case.edition)

    @property
    def scheme(self) -> Scheme:
        return get_scheme(self.case.scheme)

    @cached_property
    def by_code(self) -> Mapping[str, CriterionRow]:
        return {row.code: row for row in self.rows}

    def row(self, code: str) -> CriterionRow:
        """The row of a criterion; an empty one where nothing was answered."""
        return self.by_code.get(code) or CriterionRow(code=code)


@dataclass(frozen=True, kw_only=True)
class SelfReport(_OnEdition):
    """A self-assessment: readiness, never a certificate. ``given`` is the input that ``result`` was scored from."""

    case: CaseSheet
    result: Result
    rows: tuple[CriterionRow, ...]
    given: ScoringInput
    printed_on: date
    #: truth pledge and internal sign-off
    signatures: tuple[Signature, ...] = ()
    #: still being filled in: figures of the moment, said on every page
    is_draft: bool = False

    def verdict(self, code: str) -> str | None:
        """The verdict that counts in this report."""
        return self.row(code).self_verdict

    def remark(self, code: str) -> str:
        return self.row(code).self_note


@dataclass(frozen=True, kw_only=True)
class EvaluationReport(_OnEdition):
    """An evaluation body's report. ``given`` holds the assessed verdicts that ``result`` was scored from."""

    case: CaseSheet
    self_result: Result
    result: Result
    rows: tuple[CriterionRow, ...]
    given: ScoringInput
    printed_on: date
    conclusion: Conclusion = Conclusion()
    signatures: tuple[Signature, ...] = ()
    recommended_level: int | None = None
    #: ``None`` where none was kept
    eligibility: EligibilitySheet | None = None

    def verdict(self, code: str) -> str | None:
        """The verdict that counts in this report."""
        return self.row(code).assessed_verdict

    def remark(self, code: str) -> str:
        return self.row(code).remark


#: Either report; the sections that both share read ``case``, ``result``, ``verdict()`` and ``remark()``.
Report = SelfReport | EvaluationReport

CERTIFICATE_STATUSES: dict[str, Bilingual] = {
    "active": Bilingual("有效", "Active"),
    "suspended": Bilingual("暂停", "Suspended"),
    "revoked": Bilingual("撤销", "Revoked"),
    "expired": Bilingual("到期失效", "Expired"),
    "superseded": Bilingual("已被新证书取代", "Superseded"),
}


@dataclass(frozen=True, kw_only=True)
class CertificateSheet:
    """One certificate. ``status`` is a key of ``CERTIFICATE_STATUSES`` on the day the file was made."""

    number: str
    holder: str
    uscc: str
    level: int
    edition: str
    track: str
    scope: str
    issued: date
    expires: date
    body: str
    #: absolute URL of the public check page of this certificate
    verify_url: str
    authority: Bilingual
    holder_en: str = ""
    body_en: str = ""
    status: str = "active"
    is_demo: bool = False
