"""Lists of cases, their counts, who has which part of the questionnaire, and which bodies may be chosen."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet, Subquery, Sum

from assessments.models import (
    Assessment,
    ConflictOfInterest,
    DomainScore,
    Membership,
    Organisation,
    User,
)
from assessments.permissions import scope
from assessments.permissions.rules import can_read_assessed_result, can_read_material, memberships
from assessments.standard import Domain
from assessments.workflow import STATES, Party, Role, State

#: Whose turn it is, as a filter: the states that each party owns.
TURNS: dict[str, list[str]] = {
    str(party): [code for code, state in STATES.items() if state.owner is party]
    for party in (Party.ENTERPRISE, Party.BODY, Party.OFFICE)
}


def acting_for(user: User, organisation_pk: object) -> Membership | None:
    """The membership the person chose to act by, if it is one of theirs."""
    return next((m for m in memberships(user) if m.organisation_id == organisation_pk), None)


def cases_of(user: User, membership: Membership | None = None) -> QuerySet[Assessment]:
    """The cases the user may see, newest first; with a membership those seen by virtue of it alone."""
    found = scope.cases(user).select_related("enterprise", "body")
    if membership is None:
        return found
    if membership.organisation.kind == Party.ENTERPRISE:
        return found.filter(enterprise=membership.organisation_id)
    if membership.organisation.kind == Party.BODY:
        return found.filter(body=membership.organisation_id)
    return found.filter(Q(viewer_officer=True) | Q(viewer_district=True), viewer_enterprise_role__isnull=True)


def filtered(cases: QuerySet[Assessment], wanted: Mapping[str, Any]) -> QuerySet[Assessment]:
    """Cases that meet ``q`` (number, enterprise or social credit code), ``district``, ``level``, ``body``, ``turn``."""
    if q := str(wanted.get("q") or "").strip():
        cases = cases.filter(
            Q(number__icontains=q)
            | Q(enterprise__name__icontains=q)
            | Q(enterprise__name_en__icontains=q)
            | Q(enterprise__uscc__icontains=q)
        )
    if district := wanted.get("district"):
        cases = cases.filter(enterprise__district_code=district)
    if level := wanted.get("level"):
        cases = cases.filter(target_level=level)
    if body := wanted.get("body"):
        cases = cases.filter(body=body)
    if turn := wanted.get("turn"):
        cases = cases.filter(state__in=TURNS[turn])
    return cases


@dataclass(frozen=True)
class StateCount:
    """How many cases are in a state."""

    state: State
    count: int


def by_state(cases: QuerySet[Assessment]) -> tuple[StateCount, ...]:
    """The states that occur, in the order of the road; one query."""
    counted = dict(cases.order_by().values("state").annotate(n=Count("pk")).values_list("state", "n"))
    return tuple(StateCount(state, counted[code]) for code, state in STATES.items() if code in counted)


@dataclass(frozen=True)
class Row:
    """One line of a list, with the figures its viewer may read."""

    case: Assessment
    reads_self: bool
    reads_assessed: bool


def rows(cases: Iterable[Assessment]) -> list[Row]:
    """Lines for cases from :func:`cases_of`; costs no query."""
    return [Row(c, bool(can_read_material(c)), bool(can_read_assessed_result(c))) for c in cases]


def bodies_seen(cases: QuerySet[Assessment]) -> QuerySet[Organisation]:
    """The evaluation bodies that occur in these cases, for a filter."""
    return Organisation.objects.filter(Exists(cases.order_by().filter(body=OuterRef("pk"))))


def just_opened(user: User, enterprise: Organisation, frame: Mapping[str, Any], at: dt.datetime) -> Assessment | None:
    """The same draft opened by the same person a moment ago, from the same source: a form that was sent twice."""
    same = {name: value for name, value in frame.items() if name != "carry_from"}
    source = frame.get("carry_from")
    origin = {"carry_over__source__number": source} if source else {"carry_over__isnull": True}
    recent = Assessment.objects.filter(
        created_by=user, enterprise=enterprise, created_at__gt=at - dt.timedelta(seconds=60)
    )
    return recent.filter(**same, **origin).first()


# --- choosing a body ----------------------------------------------------------------------------------------------


def eligible_bodies(case: Assessment, on: dt.date) -> QuerySet[Organisation]:
    """Bodies qualified on that day for the target level, without a tie to the enterprise; the guard checks again."""
    tied = ConflictOfInterest.objects.filter(enterprise=case.enterprise_id, body=OuterRef("pk"), until__gte=on)
    return (
        Organisation.objects.filter(
            kind=Party.BODY,
            body_profile__is_suspended=False,
            body_profile__valid_from__lte=on,
            body_profile__valid_until__gte=on,
            body_profile__max_level__gte=case.target_level,
        )
        .exclude(Exists(tied))
        .select_related("body_profile")
    )


# --- dividing the work --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Share:
    """What one colleague was assigned and how far it is; ``due`` is the earliest date of theirs."""

    user_id: int
    name: str
    total: int
    answered: int
    due: dt.date | None
    domains: list[Domain] = field(default_factory=list)

    @property
    def left(self) -> int:
        return self.total - self.answered


def shares(case: Assessment) -> tuple[Share, ...]:
    """Who was assigned which whole domains, with the figures added up in SQL; two queries."""
    scored = DomainScore.objects.filter(
        assessment=OuterRef("assessment"), layer="self", domain_code=OuterRef("part_code")
    )
    assigned = case.delegations.annotate(
        here_total=Subquery(scored.values("total")), here_answered=Subquery(scored.values("answered"))
    )
    found = {
        row["user_id"]: Share(row["user_id"], row["user__name"], row["sum_total"], row["sum_answered"], row["due"])
        for row in assigned.order_by("user__name", "user_id")
        .values("user_id", "user__name")
        .annotate(sum_total=Sum("here_total"), sum_answered=Sum("here_answered"), due=Min("due_date"))
    }
    held = set(case.delegations.values_list("user_id", "part_code"))
    for domain in case.edition.domains:  # the codes are numbers of clauses: sorted as text, 10 would come before 6
        for user_id, share in found.items():
            if (user_id, domain.code) in held:
                share.domains.append(domain)
    return tuple(found.values())


def colleagues(case: Assessment) -> QuerySet[User]:
    """People of the enterprise who may be assigned domains."""
    held = Membership.objects.filter(
        user=OuterRef("pk"),
        organisation=case.enterprise_id,
        is_active=True,
        role__in=[Role.ENTERPRISE_ADMINISTRATOR, Role.CONTRIBUTOR],
    )
    return User.objects.filter(Exists(held), is_active=True).order_by("name", "pk")
