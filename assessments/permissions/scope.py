"""What a user may see, as querysets: always a filter in SQL, never a list of ids (performance.md, the peer's failure).

``cases(user)`` is the single gate to a case; it also brings along, in the same query, what the user is in that case,
so that a page asks for both with one statement. ``case(user, number)`` is the way through it to one of them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from django.conf import settings
from django.db.models import CharField, Exists, F, FilteredRelation, OuterRef, Q, QuerySet, Value
from django.utils import timezone

from assessments.models import (
    AnswerImport,
    Assessment,
    Certificate,
    ConflictOfInterest,
    Delegation,
    EligibilityWaiver,
    Event,
    EvidenceFile,
    EvidenceLink,
    Membership,
    Organisation,
    PendingUpload,
    User,
)
from assessments.models.eligibility import GRANTED, REFUSED
from assessments.permissions import statements
from assessments.workflow import CaseRole, Party, Role, StateCode

ENTERPRISE_ROLES = (Role.ENTERPRISE_ADMINISTRATOR, Role.CONTRIBUTOR, Role.VIEWER)
#: States in which nobody but the enterprise sees the case, unless it asks the office for a waiver of eligibility.
PRIVATE_STATES = (StateCode.DRAFT, StateCode.FINALISED)
#: The columns of outsiders for somebody who is none.
_NO_OUTSIDER = {
    "viewer_body_role": Value(None, output_field=CharField()),
    **{f"viewer_{part}": Value(False) for part in ("lead", "assessor", "reviewer", "officer", "district")},
}
#: States from sign-off on: only then does the office read answers, evidence and the review.
ASSESSED_STATES = (
    StateCode.COMPLIANCE_REVIEW,
    StateCode.EXPERT_REVIEW,
    StateCode.PUBLIC_NOTICE,
    StateCode.CERTIFIED,
    StateCode.REJECTED,
)


def _held(user: User, **conditions: object) -> QuerySet[Membership]:
    return Membership.objects.filter(user=user, is_active=True, **conditions)


def of_bodies(**conditions: object) -> QuerySet[Membership]:
    """Active memberships of evaluation bodies: who has one decides on no waiver (``rules.can_decide_waiver``)."""
    return Membership.objects.filter(is_active=True, organisation__kind=Party.BODY, **conditions)


def _conflicts(user: User, enterprise: str, today: dt.date) -> Q:
    """The user is barred from cases of this enterprise: a declared tie, or membership now or within the set years."""
    tie = ConflictOfInterest.objects.filter(user=user, enterprise=OuterRef(enterprise), until__gte=today)
    return Q(Exists(tie)) | Q(Exists(recent_memberships(user, today).filter(organisation=OuterRef(enterprise))))


def recent_memberships(user: User, today: dt.date) -> QuerySet[Membership]:
    """Memberships that count as employment: active ones, and ended ones within ``CONFLICT_YEARS``."""
    return Membership.objects.filter(employed_since(timezone.now()), user=user)


def employed_since(now: dt.datetime) -> Q:
    """The condition on memberships for :func:`recent_memberships`, for queries over several people."""
    return Q(is_active=True) | Q(ended_at__gte=now - dt.timedelta(days=365 * settings.CONFLICT_YEARS))


def cases(user: User) -> QuerySet[Assessment]:
    """The assessments the user may see, each with ``viewer_*`` columns for :func:`case_roles`.

    Whoever belongs to the body or was on the team of a case is no officer in it, whatever other memberships they hold
    or come to hold: nobody decides on their own work.
    """
    if not looks_in(user):
        return own_cases(user).annotate(**_NO_OUTSIDER)
    today = timezone.localdate()
    district = _held(user, role=Role.DISTRICT_OFFICER, district_code=OuterRef("enterprise__district_code"))
    on_team = Q(of_lead__isnull=False) | Q(of_assessor__isnull=False) | Q(of_reviewer__isnull=False)
    neutral = Q(of_body__isnull=True) & ~on_team
    handed_in = Q(applied_at__isnull=False) & ~Q(state__in=PRIVATE_STATES)
    of_the_body = Q(viewer_body_role=Role.BODY_MANAGER) | (Q(of_body__isnull=False) & on_team)
    # A request for a waiver shows the office a case that is not handed in yet. One taken back no longer does, nor one
    # decided before the case was last reopened: what the enterprise has changed since was not put to anybody.
    decided_since = Q(decision__in=[GRANTED, REFUSED], decided_at__gte=OuterRef("state_since"))
    asked = EligibilityWaiver.objects.filter(Q(decision="") | decided_since, assessment=OuterRef("pk"))
    put_to_office = Q(viewer_officer=True, state=StateCode.FINALISED) & Q(Exists(asked))
    outsider = of_the_body | Q(viewer_officer=True) | Q(viewer_district=True)
    # Joins to rows of which there is at most one a case: far cheaper to build and to run than a subquery for each.
    return (
        _with_own_role(user)
        .annotate(
            of_body=_own_membership(user, "body__memberships"),
            of_lead=_own_part(user, CaseRole.LEAD),
            of_assessor=_own_part(user, CaseRole.ASSESSOR),
            of_reviewer=_own_part(user, CaseRole.QUALITY_REVIEWER),
            viewer_body_role=F("of_body__role"),
            viewer_lead=Q(of_lead__isnull=False),
            viewer_assessor=Q(of_assessor__isnull=False),
            viewer_reviewer=Q(of_reviewer__isnull=False),
            viewer_officer=Q(Exists(_held(user, role=Role.CERTIFICATION_OFFICER))) & neutral,
            viewer_district=Q(Exists(district)) & neutral,
        )
        .filter(
            Q(viewer_enterprise_role__isnull=False)
            | (((handed_in & outsider) | put_to_office) & ~_conflicts(user, "enterprise", today))
        )
    )


def looks_in(user: User) -> bool:
    """Whether anything but membership of an enterprise could show the user a case: all else needs a role elsewhere.

    No query once ``rules.memberships`` has been asked in this request, else a small one: the whole rule takes ten times
    as long to write down in SQL as to ask for one's own.
    """
    if not user.is_authenticated:
        return False
    known: list[Membership] | None = getattr(user, "_active_memberships", None)
    if known is not None:
        return any(m.role not in ENTERPRISE_ROLES or m.organisation.kind != Party.ENTERPRISE for m in known)
    return _held(user).exclude(role__in=ENTERPRISE_ROLES, organisation__kind=Party.ENTERPRISE).exists()


def own_cases(user: User) -> QuerySet[Assessment]:
    """Those of :func:`cases` that are of an enterprise the user belongs to: the part of the rule that needs no other.

    They come without the ``viewer_*`` columns of outsiders, which :func:`case_roles` does not ask in one's own case.
    """
    if not user.is_authenticated:
        return Assessment.objects.none()
    return _with_own_role(user).filter(viewer_enterprise_role__in=ENTERPRISE_ROLES)


def case(
    user: User, number: str, shaped: Callable[[QuerySet[Assessment]], QuerySet[Assessment]] = QuerySet.all
) -> Assessment:
    """The case with this number, of :func:`cases`. Raises ``Assessment.DoesNotExist`` when the user may not see it.

    Nearly all requests are of people in a case of their own, so those are looked through first and at once.
    ``shaped`` adds joins, columns or a lock.
    """
    try:
        return shaped(own_cases(user)).get(number=number)
    except Assessment.DoesNotExist:
        return shaped(cases(user)).get(number=number)


def locked_case(user: User, number: str) -> Assessment:
    """As :func:`case`, locked and without anything beside it: what a save begins with."""
    found = _own_case_locked(user, number) if user.is_authenticated else None
    return found or cases(user).select_for_update(of=("self",)).get(number=number)


def _own_case_locked(user: User, number: str) -> Assessment | None:
    """One of :func:`own_cases`."""
    found = statements.case(_any_own_case_locked, user, number)
    if found:
        found.viewer_delegated = bool(found.viewer_delegated)  # SQLite says 0 or 1
    return found


def _any_own_case_locked(user: User) -> QuerySet[Assessment]:
    return own_cases(user).filter(number=statements.ANY_NUMBER).select_for_update(of=("self",))


def _with_own_role(user: User) -> QuerySet[Assessment]:
    """All assessments with what the user is in their enterprise, and whether parts were assigned to the user."""
    return Assessment.objects.annotate(
        of_enterprise=_own_membership(user, "enterprise__memberships"),
        viewer_enterprise_role=F("of_enterprise__role"),
        viewer_delegated=Exists(Delegation.objects.filter(assessment=OuterRef("pk"), user=user)),
    )


def _own_membership(user: User, relation: str) -> FilteredRelation:
    """The user's active membership among these; at most one, for a person is in an organisation once."""
    return FilteredRelation(relation, condition=Q(**{f"{relation}__user": user, f"{relation}__is_active": True}))


def _own_part(user: User, role: CaseRole) -> FilteredRelation:
    """The user's row in the team of the case with this role; at most one."""
    return FilteredRelation("team", condition=Q(team__user=user, team__role=role))


def case_roles(assessment: Assessment) -> frozenset[CaseRole]:
    """What the user of :func:`cases` is in this assessment; it must come from there."""
    roles: set[CaseRole] = set()
    role = assessment.viewer_enterprise_role
    if role in ENTERPRISE_ROLES:
        # Whoever belongs to the enterprise is nothing else in its case (conflict of interest).
        return frozenset({CaseRole(role)})
    if assessment.viewer_body_role:
        if assessment.viewer_body_role == Role.BODY_MANAGER:
            roles.add(CaseRole.BODY_MANAGER)
        team = {
            CaseRole.LEAD: assessment.viewer_lead,
            CaseRole.ASSESSOR: assessment.viewer_assessor,
            CaseRole.QUALITY_REVIEWER: assessment.viewer_reviewer,
        }
        roles |= {r for r, held in team.items() if held}
    if assessment.viewer_officer:
        roles.add(CaseRole.OFFICER)
    if assessment.viewer_district:
        roles.add(CaseRole.DISTRICT_OFFICER)
    return frozenset(roles)


def organisations(user: User) -> QuerySet[Organisation]:
    """Organisations whose page the user may open: those of their own memberships."""
    return Organisation.objects.filter(Exists(_held(user, organisation=OuterRef("pk"))))


def evidence_files(user: User) -> QuerySet[EvidenceFile]:
    """Files of the own enterprise, and files linked in a case whose material the user may read."""
    linked = EvidenceLink.objects.filter(file=OuterRef("pk"), assessment__in=readers_of_material(user).values("pk"))
    return EvidenceFile.objects.filter(Q(Exists(_held(user, organisation=OuterRef("enterprise")))) | Q(Exists(linked)))


def uploads(user: User) -> QuerySet[PendingUpload]:
    """What the user has begun to send, in cases that are still in sight; nobody sees another's."""
    return PendingUpload.objects.filter(Exists(cases(user).filter(pk=OuterRef("assessment"))), user=user)


def answer_imports(user: User) -> QuerySet[AnswerImport]:
    """Workbooks of answers that came back: one's own, all of the enterprise for its administrators."""
    holder = OuterRef("assessment__enterprise")
    administers = _held(user, organisation=holder, role=Role.ENTERPRISE_ADMINISTRATOR)
    contributes = _held(user, organisation=holder, role=Role.CONTRIBUTOR)
    return AnswerImport.objects.filter(Q(Exists(administers)) | Q(Exists(contributes), uploaded_by=user))


def readers_of_material(user: User) -> QuerySet[Assessment]:
    """Cases whose answers and evidence the user may read; see ``rules.can_read_material``."""
    return cases(user).filter(
        Q(viewer_enterprise_role__isnull=False)
        | Q(viewer_body_role__isnull=False)
        | Q(viewer_officer=True, state__in=ASSESSED_STATES)
    )


def certificates(user: User) -> QuerySet[Certificate]:
    """The register as staff see it: the office all, a district officer the own district, an enterprise its own."""
    officer = Q(Exists(_held(user, role=Role.CERTIFICATION_OFFICER)))
    district = Q(Exists(_held(user, role=Role.DISTRICT_OFFICER, district_code=OuterRef("district_code"))))
    own = Q(Exists(_held(user, organisation=OuterRef("holder"))))
    return Certificate.objects.filter(officer | district | own)


def events(user: User) -> QuerySet[Event]:
    """The whole audit trail, for audit administrators; nobody else reads it here."""
    return Event.objects.filter(Exists(_held(user, role=Role.AUDIT_ADMINISTRATOR)))
