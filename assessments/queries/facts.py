"""Gathering what the workflow's guards look at."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Q
from django.utils import timezone

from assessments.models import (
    Answer,
    Assessment,
    Conclusion,
    ConflictOfInterest,
    Membership,
    Organisation,
    PublicNotice,
    ReconciledVerdict,
    Scorecard,
    TeamMember,
    User,
)
from assessments.permissions.scope import recent_memberships
from assessments.permissions.visibility import open_items
from assessments.queries.carry_over import to_confirm
from assessments.queries.eligibility import standing
from assessments.scoring import Verdict
from assessments.standard import Bilingual, get_window
from assessments.workflow import CaseFacts, CaseRole, StateCode


@dataclass(frozen=True, kw_only=True)
class Given:
    """What the person brings along with an action; each action reads what it needs."""

    reason: str = ""
    pledge: bool = False
    body: Organisation | None = None
    contract_number: str = ""
    filing_number: str = ""
    panel_present: int = 0
    panel_in_favour: int = 0
    minutes: str = ""


def gather(assessment: Assessment, *, by: User, at: dt.datetime, given: Given | None = None) -> CaseFacts:
    """The facts of a case for this person at this moment; asks only for those its state can need."""
    given = given or Given()
    today = timezone.localdate(at)
    facts: dict[str, object] = {
        "total": assessment.total,
        "answered": assessment.self_answered,
        "pledge_signed": given.pledge,
        "contract_number": given.contract_number,
        "filing_number": given.filing_number,
        "panel_present": given.panel_present,
        "panel_in_favour": given.panel_in_favour,
        "minutes": given.minutes,
        "reason": given.reason,
    }
    if assessment.state == StateCode.DRAFT:
        facts["unconfirmed"] = to_confirm(assessment)
        facts["not_applicable_without_reason"] = Answer.objects.filter(
            assessment=assessment, verdict=Verdict.NOT_APPLICABLE, reason=""
        ).count()
    if assessment.state == StateCode.FINALISED:
        eligibility = standing(assessment, today)
        facts |= {
            "edition_refusal": edition_refusal(assessment, today),
            "conditions_unmet": len(eligibility.unmet),
            "conditions_not_stated": len(eligibility.not_stated),
        }
    if assessment.state in (StateCode.FINALISED, StateCode.APPLIED, StateCode.PLANNING):
        body = given.body or assessment.body
        facts["body_chosen"] = body is not None
        facts["body_refusal"] = body_refusal(assessment, body, today) if body else None
    if assessment.state == StateCode.PLANNING:
        facts |= _team(assessment, today)
    if assessment.state in (StateCode.DOCUMENT_REVIEW, StateCode.ONSITE, StateCode.REPORTING):
        facts |= _review(assessment, by)
    if assessment.state in (StateCode.COMPLIANCE_REVIEW, StateCode.EXPERT_REVIEW, StateCode.PUBLIC_NOTICE):
        facts |= _office(assessment, today)
    return CaseFacts(**facts)  # type: ignore[arg-type]


def edition_refusal(assessment: Assessment, today: dt.date) -> Bilingual | None:
    """Why an assessment on this edition can no longer be applied with, or ``None``."""
    window = get_window(assessment.edition_code)
    if window.may_apply(today):
        return None
    return Bilingual(
        "{edition}的评估申请已于 {day} 截止，请按现行版本新建自评，可沿用本次作答。",
        "Applications on the {edition} closed on {day}. Open an assessment on the edition in force; you can carry "
        "these answers over.",
    ).format(edition=assessment.edition.short, day=window.apply_until)


def body_refusal(assessment: Assessment, body: Organisation, today: dt.date) -> Bilingual | None:
    """Why a body may not act in this case: its qualification, or a tie with the enterprise."""
    tied = ConflictOfInterest.objects.filter(enterprise=assessment.enterprise_id, body=body, until__gte=today)
    if tied.exists():
        return Bilingual(
            "{name}曾为该企业提供咨询，不得评估该企业。", "{name} has advised this enterprise and may not assess it."
        ).format(name=body.both_names)
    profile = getattr(body, "body_profile", None)
    if profile is None:
        return Bilingual("{name}不是备案的评估机构。", "{name} is not a registered evaluation body.").format(
            name=body.both_names
        )
    refusal: Bilingual | None = profile.refusal(today, assessment.target_level)
    return refusal


def conflict_of(user: User, enterprise_id: int, today: dt.date) -> Bilingual | None:
    """Why a person is barred from cases of an enterprise, or ``None``."""
    if recent_memberships(user, today).filter(organisation=enterprise_id).exists():
        return conflict_words(user.name, is_employed=True)
    tie = ConflictOfInterest.objects.filter(user=user, enterprise=enterprise_id, until__gte=today).first()
    return conflict_words(user.name, kind=tie.kind) if tie else None


def conflict_words(name: str, *, is_employed: bool = False, kind: str = "") -> Bilingual | None:
    """The sentence for a tie of a person with an enterprise; ``None`` without one."""
    if is_employed:
        return Bilingual(
            "{name}现任职或近年曾任职于该企业。", "{name} works or recently worked for the enterprise."
        ).format(name=name)
    reasons = {
        "employment": Bilingual("{name}曾任职于该企业。", "{name} was employed by the enterprise."),
        "coaching": Bilingual("{name}曾为该企业提供咨询辅导。", "{name} has coached the enterprise."),
        "relation": Bilingual("{name}与该企业存在利害关系。", "{name} has a declared relation with the enterprise."),
    }
    return reasons[kind].format(name=name) if kind else None


def _team(assessment: Assessment, today: dt.date) -> dict[str, object]:
    members = list(TeamMember.objects.filter(assessment=assessment).select_related("user"))
    people = {m.user_id: m.user for m in members}
    conflicted = [u.name for u in people.values() if conflict_of(u, assessment.enterprise_id, today)]
    gone = set(people) - set(
        Membership.objects.filter(organisation=assessment.body, is_active=True, user__in=people).values_list(
            "user_id", flat=True
        )
    )
    return {
        "leads": sum(m.role == CaseRole.LEAD and m.user_id not in gone for m in members),
        "assessors": sum(m.role == CaseRole.ASSESSOR and m.user_id not in gone for m in members),
        "undeclared": tuple(sorted({m.user.name for m in members if m.declared_at is None})),
        "conflicted": tuple(sorted(conflicted)),
    }


def _review(assessment: Assessment, by: User) -> dict[str, object]:
    signed, items = assessment.lead_signatures, assessment.edition.items
    ruled_twice = sum(len(items[code].criteria) for code in open_items(assessment))
    reconciled = ReconciledVerdict.objects.filter(assessment=assessment).count()
    ever = TeamMember.objects.filter(assessment=assessment, user=by)
    return {
        "ruled_twice": ruled_twice,
        "unreconciled": ruled_twice - reconciled,
        "lead_signed": signed.exists(),
        "signer_led": ever.filter(role=CaseRole.LEAD).exists() or signed.filter(user=by).exists(),
        "signer_ruled": ever.filter(role=CaseRole.ASSESSOR).exists() or assessment.rulings.filter(assessor=by).exists(),
        "conclusion_written": Conclusion.objects.filter(assessment=assessment)
        .exclude(Q(strengths="") | Q(weaknesses="") | Q(advice=""))
        .exists(),
    }


def _office(assessment: Assessment, today: dt.date) -> dict[str, object]:
    card = Scorecard.objects.filter(assessment=assessment, layer="assessed").order_by("-revision").first()
    notice = PublicNotice.objects.filter(assessment=assessment).order_by("-published_at").first()
    return {
        "recommended_level": card.result.level if card else None,
        "notice_days_left": notice.days_left(today) if notice else 0,
        "notice_closed": bool(notice and notice.closed_at),
    }
