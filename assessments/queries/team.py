"""The team of a case and who of the body may join it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from assessments.models import Assessment, ConflictOfInterest, Membership, TeamMember, User
from assessments.permissions.scope import employed_since
from assessments.queries.facts import conflict_words
from assessments.standard import Bilingual
from assessments.workflow import CaseRole, Role


@dataclass(frozen=True)
class Person:
    """Someone of the body; ``parts`` may still be given, ``refusal`` says why none can be."""

    membership: Membership
    held: tuple[CaseRole, ...]
    parts: tuple[CaseRole, ...]
    refusal: Bilingual | None

    @property
    def user(self) -> User:
        return self.membership.user


def members(assessment: Assessment) -> list[TeamMember]:
    """Lead first, then assessors, then the quality reviewer; one query."""
    order = {CaseRole.LEAD: 0, CaseRole.ASSESSOR: 1, CaseRole.QUALITY_REVIEWER: 2}
    found = TeamMember.objects.filter(assessment=assessment).select_related("user")
    return sorted(found, key=lambda m: (order[CaseRole(m.role)], m.pk))


def qualified(assessment: Assessment, roles: Iterable[Role], today: dt.date, words: str = "") -> QuerySet[Membership]:
    """Active members of the body with one of these roles, each with what would bar them; ``words`` narrows by name."""
    tie = ConflictOfInterest.objects.filter(
        user=OuterRef("user"), enterprise=assessment.enterprise_id, until__gte=today
    )
    employed = Membership.objects.filter(employed_since(timezone.now()), user=OuterRef("user"))
    return (
        Membership.objects.filter(organisation=assessment.body_id, is_active=True, role__in=tuple(roles))
        .filter(Q(user__name__icontains=words) | Q(user__email__icontains=words))
        .annotate(
            tie_kind=Subquery(tie.values("kind")[:1]),
            is_employed=Exists(employed.filter(organisation=assessment.enterprise_id)),
        )
        .select_related("user")
        .order_by("user__name", "pk")
    )


def people(
    found: Iterable[Membership], team: Iterable[TeamMember], qualified_for: Mapping[str, tuple[Role, ...]]
) -> list[Person]:
    """The members of a page with the parts each may still take; no query."""
    team = list(team)
    has_lead = any(m.role == CaseRole.LEAD for m in team)
    held: dict[int, list[CaseRole]] = {}
    for member in team:
        held.setdefault(member.user_id, []).append(CaseRole(member.role))
    return [_person(m, held.get(m.user_id, []), has_lead, qualified_for) for m in found]


def _person(
    membership: Membership, held: list[CaseRole], has_lead: bool, qualified_for: Mapping[str, tuple[Role, ...]]
) -> Person:
    refusal = conflict_words(membership.user.name, is_employed=membership.is_employed, kind=membership.tie_kind or "")
    open_parts = {CaseRole.LEAD: not has_lead, CaseRole.ASSESSOR: True, CaseRole.QUALITY_REVIEWER: not held}
    if CaseRole.QUALITY_REVIEWER in held:
        open_parts = {}
    parts = tuple(
        part
        for part, is_free in open_parts.items()
        if is_free and part not in held and membership.role in qualified_for[part]
    )
    return Person(membership, tuple(held), () if refusal else parts, refusal)
