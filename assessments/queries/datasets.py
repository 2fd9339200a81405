"""From the database to the frozen data that the renderers of reports read; one builder a report, a few queries each.

The dataclasses themselves import no layer above the scoring, which is why this module may know them.

Verdicts and figures of a frozen layer come from its scorecard, never from the live rows: what was signed is what is
printed. Only a self-assessment that is still being filled in is scored here and now, and marked as a draft.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from assessments.models import (
    Answer,
    Assessment,
    Certificate,
    EnterpriseProfile,
    EvidenceLink,
    Scorecard,
    TeamMember,
    Transition,
)
from assessments.models import Conclusion as ConclusionRow
from assessments.models import Signature as SignatureRow
from assessments.queries.certificates import issuing_office
from assessments.queries.eligibility import kept_standing
from assessments.queries.results import (
    reconciliation_reasons,
    scorecard,
    scoring_input,
    self_verdicts,
    team_remarks,
)
from assessments.reports.dataset import (
    UNSTATED,
    CaseDates,
    CaseSheet,
    CertificateSheet,
    Conclusion,
    CriterionRow,
    EligibilitySheet,
    EvaluationReport,
    SelfReport,
    Signature,
)
from assessments.reports.dataset import TeamMember as TeamLine
from assessments.scoring import score
from assessments.standard import Bilingual
from assessments.workflow import CaseRole, StateCode

#: Which step of the case gives which date of the report.
_STEPS = {
    "open": "opened",
    "finalise": "finalised",
    "apply": "applied",
    "accept": "accepted",
    "start_review": "review_started",
    "go_onsite": "onsite",
    "start_reporting": "reporting",
    "sign_off": "signed",
}
_SIGNERS = {
    "pledge": CaseRole.ENTERPRISE_ADMINISTRATOR.label,
    "lead": CaseRole.LEAD.label,
    "quality": CaseRole.QUALITY_REVIEWER.label,
}


def self_report(case: Assessment, today: dt.date) -> SelfReport:
    """The self-assessment: from the scorecard of the latest revision, or live and marked as a draft while drafting."""
    card = None if case.state == StateCode.DRAFT else scorecard(case, "self")
    verdicts = card.verdicts if card else self_verdicts(case)
    given = scoring_input(case, verdicts)
    return SelfReport(
        case=_sheet(case, revision=case.revision, steps=("open", "finalise") if card else ("open",)),
        result=card.result if card else score(given),
        rows=_rows(case, verdicts),
        given=given,
        printed_on=timezone.localdate(card.frozen_at) if card else today,
        signatures=_signatures(case, ("pledge",), case.revision) if card else (),
        is_draft=card is None,
    )


def evaluation_report(case: Assessment) -> EvaluationReport:
    """The report of the evaluation body as signed off. Raises ``Scorecard.DoesNotExist`` before that."""
    own, assessed = scorecard(case, "self"), scorecard(case, "assessed")
    if own is None or assessed is None:
        raise Scorecard.DoesNotExist(case.number)
    return EvaluationReport(
        case=_sheet(case, revision=assessed.revision, steps=tuple(_STEPS), with_body=True),
        self_result=own.result,
        result=assessed.result,
        rows=_rows(case, own.verdicts, assessed.verdicts),
        given=scoring_input(case, assessed.verdicts),
        printed_on=timezone.localdate(assessed.frozen_at),
        conclusion=_conclusion(case),
        signatures=_signatures(case, ("lead", "quality"), assessed.revision),
        recommended_level=assessed.result.level,
        eligibility=_eligibility(case),
    )


def _eligibility(case: Assessment) -> EligibilitySheet | None:
    """The check that was kept with the application this report came from."""
    kept = kept_standing(case)
    return EligibilitySheet(outcome=kept.outcome, waived=kept.waived, reasons=kept.reasons) if kept else None


def certificate_sheet(certificate: Certificate, today: dt.date) -> CertificateSheet:
    """The certificate as issued, with its status on the day."""
    office = issuing_office()
    return CertificateSheet(
        number=certificate.number,
        holder=certificate.holder_name,
        holder_en=certificate.holder_name_en,
        uscc=certificate.uscc,
        level=certificate.level,
        edition=certificate.edition_code,
        track=certificate.track,
        scope=certificate.scope,
        issued=certificate.issue_date,
        expires=certificate.expiry_date,
        body=certificate.body_name,
        body_en=certificate.body_name_en,
        verify_url=settings.SITE_URL + reverse("verify", args=[certificate.number]),
        authority=office.both_names if office else UNSTATED,
        status=certificate.status_on(today),
        is_demo=certificate.is_demo,
    )


def _sheet(case: Assessment, *, revision: int, steps: Iterable[str], with_body: bool = False) -> CaseSheet:
    enterprise = case.enterprise
    profile = EnterpriseProfile.objects.filter(organisation=enterprise).first()
    return CaseSheet(
        number=case.number,
        enterprise=enterprise.name,
        enterprise_en=enterprise.name_en,
        uscc=enterprise.uscc or "",
        edition=case.edition_code,
        scheme=case.scheme_code,
        track=case.track,
        target_level=case.target_level,
        district=enterprise.district,
        industry=profile.industry if profile else UNSTATED,
        size=profile.size if profile else UNSTATED,
        staff=profile.employees if profile else None,
        scope=case.scope,
        key_domains=tuple(case.key_domains),
        body=case.body.name if with_body and case.body else "",
        body_en=case.body.name_en if with_body and case.body else "",
        contract_number=case.contract_number if with_body else "",
        filing_number=case.filing_number if with_body else "",
        team=_team(case) if with_body else (),
        dates=_dates(case, steps),
        revision=revision,
        profile=_profile_rows(profile),
        is_demo=settings.ENVIRONMENT != "production",
    )


def _profile_rows(profile: EnterpriseProfile | None) -> tuple[tuple[Bilingual, str], ...]:
    if profile is None:
        return ()
    rows = []
    if profile.business:
        rows.append((Bilingual("主营业务", "Main business"), profile.business))
    if profile.data_volume_tb is not None:
        volume = f"{profile.data_volume_tb.normalize():f} TB"
        rows.append((Bilingual("业务数据总量", "Volume of business data"), volume))
    return tuple(rows)


def _team(case: Assessment) -> tuple[TeamLine, ...]:
    members = TeamMember.objects.filter(assessment=case).select_related("user")
    return tuple(TeamLine(name=m.user.name, role=m.role_label) for m in members)


def _dates(case: Assessment, steps: Iterable[str]) -> CaseDates:
    """The day on which each step was last taken; only the steps that belong into this report."""
    taken = Transition.objects.filter(assessment=case, action__in=list(steps)).values_list("action", "at")
    return CaseDates(**{_STEPS[action]: timezone.localdate(at) for action, at in taken})


def _signatures(case: Assessment, kinds: Iterable[str], revision: int) -> tuple[Signature, ...]:
    kinds = list(kinds)
    found = SignatureRow.objects.filter(assessment=case, kind__in=kinds, revision=revision, is_void=False)
    by_kind = {s.kind: s for s in found}
    return tuple(
        _signature(kind, by_kind[kind]) if kind in by_kind else Signature(role=_SIGNERS[kind]) for kind in kinds
    )


def _signature(kind: str, row: SignatureRow) -> Signature:
    at = timezone.localtime(row.signed_at)
    return Signature(role=_SIGNERS[kind], name=row.name, at=at, statement=row.statement)


def _rows(
    case: Assessment, verdicts: Mapping[str, str], assessed: Mapping[str, str] | None = None
) -> tuple[CriterionRow, ...]:
    """Every criterion in the order of the standard; the assessed columns only when ``assessed`` is given."""
    answers = {a.criterion_code: a for a in Answer.objects.filter(assessment=case)}
    evidence: dict[str, list[str]] = defaultdict(list)
    for code, name in EvidenceLink.objects.filter(assessment=case).values_list("criterion_code", "file__name"):
        evidence[code].append(name)
    remarks = team_remarks(case, assessed) if assessed is not None else {}
    reasons = reconciliation_reasons(case) if assessed is not None else {}
    none = Answer()
    return tuple(
        CriterionRow(
            code=code,
            self_verdict=verdicts.get(code),
            self_note=answers.get(code, none).note,
            na_reason=answers.get(code, none).reason,
            evidence=tuple(evidence[code]),
            assessed_verdict=(assessed or {}).get(code),
            remark=remarks.get(code, ""),
            reconciliation_reason=reasons.get(code, ""),
        )
        for code in case.edition.criteria
    )


def _conclusion(case: Assessment) -> Conclusion:
    words = ConclusionRow.objects.filter(assessment=case).first()
    if words is None:
        return Conclusion()
    return Conclusion(strengths=words.strengths, weaknesses=words.weaknesses, advice=words.advice)
