"""Columns, constraints, querysets and small properties; one module a topic."""

from assessments.models.accounts import User
from assessments.models.assessments import (
    Assessment,
    Delegation,
    DomainScore,
    Scorecard,
    Signature,
    Transition,
    WorkingPlace,
    parts_with,
)
from assessments.models.audit import Event, Ledger
from assessments.models.certificates import Certificate, CertificateStatusChange, PublicNotice
from assessments.models.eligibility import EligibilityEvidence, EligibilityStatement, EligibilityWaiver
from assessments.models.evidence import Evidence, EvidenceFile, EvidenceLink, PendingUpload
from assessments.models.inbox import InboxMessage
from assessments.models.numbers import NumberSeries
from assessments.models.organisations import (
    BodyProfile,
    ConflictOfInterest,
    EnterpriseProfile,
    Invitation,
    JoinRequest,
    Membership,
    Organisation,
)
from assessments.models.questionnaire import Answer, AnswerImport, CarryOver, Comment, Discussion, SelfCheck
from assessments.models.review import Conclusion, ItemReview, ReconciledVerdict, Ruling, TeamMember

__all__ = [
    "Answer",
    "AnswerImport",
    "Assessment",
    "BodyProfile",
    "CarryOver",
    "Certificate",
    "CertificateStatusChange",
    "Comment",
    "Conclusion",
    "ConflictOfInterest",
    "Delegation",
    "Discussion",
    "DomainScore",
    "EligibilityEvidence",
    "EligibilityStatement",
    "EligibilityWaiver",
    "EnterpriseProfile",
    "Event",
    "Evidence",
    "EvidenceFile",
    "EvidenceLink",
    "InboxMessage",
    "Invitation",
    "ItemReview",
    "JoinRequest",
    "Ledger",
    "Membership",
    "NumberSeries",
    "Organisation",
    "PendingUpload",
    "PublicNotice",
    "ReconciledVerdict",
    "Ruling",
    "Scorecard",
    "SelfCheck",
    "Signature",
    "TeamMember",
    "Transition",
    "User",
    "WorkingPlace",
    "parts_with",
]
