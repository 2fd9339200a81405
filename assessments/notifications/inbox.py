"""Turning the ``tells`` column of the workflow table into messages."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from assessments.models import (
    Assessment,
    ConflictOfInterest,
    InboxMessage,
    Membership,
    Organisation,
    TeamMember,
    Transition,
    User,
)
from assessments.permissions.scope import employed_since, of_bodies
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
        wanted |= Q(memberships__is_active=True, memberships__role=Role.CERTIFICATION_OFFICER) & ~barred(assessment)
    return User.objects.filter(wanted, is_active=True).distinct()


def barred(assessment: Assessment) -> Q:
    """Officers who are none in this case: with a tie to the enterprise, of the body, or on the team.

    Before a body is chosen the office is asked for waivers alone, which nobody decides who belongs to any body.
    """
    now = timezone.now()
    tie = ConflictOfInterest.objects.filter(
        enterprise=assessment.enterprise_id, user=OuterRef("pk"), until__gte=timezone.localdate(now)
    )
    employed = Membership.objects.filter(
        employed_since(now), organisation=assessment.enterprise_id, user=OuterRef("pk")
    )
    body = {"organisation": assessment.body_id} if assessment.body_id else {}
    of_body = of_bodies(user=OuterRef("pk"), **body)
    on_team = TeamMember.objects.filter(assessment=assessment, user=OuterRef("pk"))
    return Q(Exists(tie)) | Q(Exists(employed)) | Q(Exists(of_body)) | Q(Exists(on_team))


def tell(transition: Transition, roles: Collection[CaseRole]) -> None:
    """Puts a message about this step into the inbox of everyone concerned but the one who did it."""
    people = recipients(transition.assessment, roles).exclude(pk=transition.by_id)
    InboxMessage.objects.bulk_create(
        [
            InboxMessage(user=u, assessment=transition.assessment, transition=transition, created_at=transition.at)
            for u in people
        ]
    )


def tell_people(
    people: Iterable[User],
    *,
    kind: str,
    by: User,
    at: dt.datetime,
    path: str,
    values: Mapping[str, Any],
    assessment: Assessment | None = None,
    organisation: Organisation | None = None,
) -> None:
    """Puts a message of a kind of ``notifications.words`` into these inboxes, but not into that of ``by``.

    ``path`` is an address on this site; ``values`` fill in the words, a pair of words as ``Bilingual.to_dict()``.
    """
    InboxMessage.objects.bulk_create(
        [
            InboxMessage(
                user=person,
                kind=kind,
                by=by,
                path=path,
                values={"name": by.name, **values},
                assessment=assessment,
                organisation=organisation,
                created_at=at,
            )
            for person in dict.fromkeys(people)
            if person.pk != by.pk
        ]
    )
