"""Lists of cases, their counts, and which bodies may be chosen."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from assessments.models import (
    Assessment,
    ConflictOfInterest,
    Membership,
    Organisation,
    Signature,
    User,
)
from assessments.permissions import scope
from assessments.permissions.rules import can_read_assessed_result, can_read_material, memberships
from assessments.queries.self_check import offer
from assessments.workflow import STATES, Party, State, StateCode

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
    same = {name: value for name, value in frame.items() if name not in ("carry_from", "self_check")}
    source, checked = frame.get("carry_from"), offer(frame.get("self_check") or "")
    origin: dict[str, Any] = {"carry_over__source__number": source} if source else {"carry_over__isnull": True}
    origin |= {"self_check__levels": checked.levels} if checked else {"self_check__isnull": True}
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


def pledge(case: Assessment) -> Signature | None:
    """The truth pledge under the present revision, or ``None`` while it is open; no query for a draft."""
    if case.state == StateCode.DRAFT:
        return None
    return case.signatures.filter(kind="pledge", revision=case.revision, is_void=False).first()
