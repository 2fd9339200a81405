"""Columns, constraints, querysets and small properties; one module a topic."""

from assessments.models.accounts import User
from assessments.models.assessments import Assessment, Delegation, DomainScore, Scorecard, Signature, Transition
from assessments.models.audit import Event, Ledger
from assessments.models.certificates import Certificate, CertificateStatusChange, PublicNotice
from assessments.models.eligibility import EligibilityEvidence, EligibilityStatement, EligibilityWaiver
from assessments.models.evidence import EvidenceFile, EvidenceLink
from assessments.models.inbox import InboxMessage
from assessments.models.numbers import NumberSeries
from assessments.models.organisations import (
    BodyProfile,
    ConflictOfInterest,
    EnterpriseProfile,
    Invitation,
    Membership,
    Organisation,
)
from assessments.models.questionnaire import Answer, CarryOver
from assessments.models.review import Conclusion, ItemReview, ReconciledVerdict, Ruling, TeamMember

__all__ = [
    "Answer",
    "Assessment",
    "BodyProfile",
    "CarryOver",
    "Certificate",
    "CertificateStatusChange",
    "Conclusion",
    "ConflictOfInterest",
    "Delegation",
    "DomainScore",
    "EligibilityEvidence",
    "EligibilityStatement",
    "EligibilityWaiver",
    "EnterpriseProfile",
    "Event",
    "EvidenceFile",
    "EvidenceLink",
    "InboxMessage",
    "Invitation",
    "ItemReview",
    "Ledger",
    "Membership",
    "NumberSeries",
    "Organisation",
    "PublicNotice",
    "ReconciledVerdict",
    "Ruling",
    "Scorecard",
    "Signature",
    "TeamMember",
    "Transition",
    "User",
]
