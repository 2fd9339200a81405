"""Turning the ``tells`` column of the workflow table into messages."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Q, QuerySet

from assessments.models import Assessment, InboxMessage, Transition, User
from assessments.workflow import CaseRole, Role


def recipients(assessment: Assessment, roles: Collection[CaseRole]) -> QuerySet[User]:
    """The people who hold one of these roles in the case, once each."""
    wanted = Q(pk__in=[])
    in_enterprise = {CaseRole.ENTERPRISE_ADMINISTRATOR, CaseRole.CONTRIBUTOR, CaseRole.VIEWER} & set(roles)
    if in_enterprise:
        wanted |= Q(
            memberships__organisation=assessment.enterprise_id,
            memberships__is_active=True,
            memberships__role__in=in_enterprise,
        )
    if CaseRole.BODY_MANAGER in roles and assessment.body_id:
        wanted |= Q(
            memberships__organisation=assessment.body_id,
            memberships__is_active=True,
            memberships__role=Role.BODY_MANAGER,
        )
    on_team = {CaseRole.LEAD, CaseRole.ASSESSOR, CaseRole.QUALITY_REVIEWER} & set(roles)
    if on_team:
        wanted |= Q(team_memberships__assessment=assessment, team_memberships__role__in=on_team)
    if CaseRole.OFFICER in roles:
        wanted |= Q(memberships__is_active=True, memberships__role=Role.CERTIFICATION_OFFICER)
    return User.objects.filter(wanted, is_active=True).distinct()


def tell(transition: Transition, roles: Collection[CaseRole]) -> None:
    """Puts a message about this step into the inbox of everyone concerned but the one who did it."""
    people = recipients(transition.assessment, roles).exclude(pk=transition.by_id)
    InboxMessage.objects.bulk_create(
        [
            InboxMessage(user=u, assessment=transition.assessment, transition=transition, created_at=transition.at)
            for u in people
        ]
    )
