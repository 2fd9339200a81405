"""The road of a case: its stages as done, current and to come, and its history as one party may read it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.utils import timezone

from assessments.models import Assessment, PublicNotice, Transition
from assessments.permissions.rules import can_read_assessed_result
from assessments.permissions.scope import case_roles
from assessments.standard import Bilingual
from assessments.workflow import ARROWS, ASIDES, STAGES, STATES, Arrow, Aside, CaseRole, Party, StateCode

#: Steps that hand a case back with something to put right.
RETURNS = frozenset({"decline", "send_back", "return", "panel_return"})
_PANEL_LEVEL = 4

_PARTY_OF = {
    CaseRole.ENTERPRISE_ADMINISTRATOR: Party.ENTERPRISE,
    CaseRole.CONTRIBUTOR: Party.ENTERPRISE,
    CaseRole.VIEWER: Party.ENTERPRISE,
    CaseRole.BODY_MANAGER: Party.BODY,
    CaseRole.LEAD: Party.BODY,
    CaseRole.ASSESSOR: Party.BODY,
    CaseRole.QUALITY_REVIEWER: Party.BODY,
    CaseRole.OFFICER: Party.OFFICE,
}


def parties(roles: Collection[CaseRole]) -> frozenset[Party]:
    """The parties that these roles belong to; a district officer looks on and belongs to none."""
    return frozenset(_PARTY_OF[r] for r in roles if r in _PARTY_OF)


def steps_taken(case: Assessment) -> list[Transition]:
    """Every step of the case in order, with who took it; one query."""
    return list(case.transitions.select_related("by"))


# --- stages -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Stage:
    """One station. ``status``: done, current or todo; ``since``: when a done one was left; ``due``: of the current."""

    label: Bilingual
    status: str
    owner: Bilingual
    due: dt.date | None = None
    since: dt.date | None = None


def stages(case: Assessment, taken: Sequence[Transition]) -> tuple[Stage, ...]:
    """The stations of a case for its viewer; one query more while a public notice runs.

    The panel is a station only for levels 4 and 5; a closed case ends with how it closed.
    """
    left = {t.source: timezone.localdate(t.at) for t in taken if t.source != t.target}
    road = [s for s in STAGES if s.code != StateCode.EXPERT_REVIEW or _meets_panel(case, left)]
    codes = [s.code for s in road]
    if case.state not in codes:
        road = [*(s for s in road if s.code in left), STATES[case.state]]
        codes = [s.code for s in road]
    here = codes.index(StateCode(case.state))
    arrived = case.state == StateCode.CERTIFIED
    return tuple(
        Stage(
            label=state.label,
            status="done" if i < here or arrived else "current" if i == here else "todo",
            owner=state.owner.label,
            due=_due(case) if i == here else None,
            since=left.get(state.code) if i < here else timezone.localdate(case.state_since) if i == here else None,
        )
        for i, state in enumerate(road)
    )


def _meets_panel(case: Assessment, left: Collection[str]) -> bool:
    if case.state == StateCode.EXPERT_REVIEW or StateCode.EXPERT_REVIEW in left:
        return True
    # Before it is published, the assessed level must not show through the length of the road.
    known = case.assessed_level if case.assessed_level and can_read_assessed_result(case) else 0
    if case.state in (StateCode.PUBLIC_NOTICE, StateCode.CERTIFIED):
        return False
    return max(case.target_level, known) >= _PANEL_LEVEL


def _due(case: Assessment) -> dt.date | None:
    if case.state == StateCode.DRAFT:
        return case.planned_date
    if case.state == StateCode.PUBLIC_NOTICE:
        open_notice = PublicNotice.objects.filter(assessment=case, closed_at__isnull=True)
        return open_notice.values_list("closes_on", flat=True).first()
    return None


# --- history ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Entry:
    """One step as the viewer may read it; ``reason`` and ``minutes`` are empty where they concern others only."""

    action: str
    label: Bilingual
    source: Bilingual | None
    target: Bilingual
    at: dt.datetime
    name: str
    role: Bilingual
    organisation: Bilingual | str
    reason: str
    minutes: str
    votes: tuple[int, int] | None


def history(case: Assessment, taken: Sequence[Transition]) -> tuple[Entry, ...]:
    """The steps of a case, latest first. Rulings are no steps and never appear here."""
    viewer = parties(case_roles(case))
    return tuple(_entry(case, step, viewer) for step in reversed(taken))


def returned(case: Assessment, taken: Sequence[Transition]) -> Entry | None:
    """The latest step if it handed the case back and its reason concerns the viewer."""
    moves = [step for step in taken if step.action not in ASIDES]
    if not moves or moves[-1].action not in RETURNS:
        return None
    entry = _entry(case, moves[-1], parties(case_roles(case)))
    return entry if entry.reason else None


def _entry(case: Assessment, step: Transition, viewer: frozenset[Party]) -> Entry:
    arrows: list[Arrow | Aside] = [a for a in ARROWS if a.action == step.action and a.source == step.source]
    arrow = arrows[0] if arrows else ASIDES.get(step.action)
    party, role = _actor(arrow)
    reads = bool(viewer & (parties(arrow.roles | arrow.tells) if arrow else {Party.ENTERPRISE}))
    details = step.details if reads and Party.OFFICE in viewer else {}
    return Entry(
        action=step.action,
        label=step.label,
        source=STATES[step.source].label if step.source else None,
        target=STATES[step.target].label,
        at=step.at,
        name=step.by.name,
        role=role,
        organisation=_organisation(case, step, party),
        reason=step.reason if reads else "",
        minutes=details.get("minutes", ""),
        votes=(details["in_favour"], details["present"]) if "present" in details else None,
    )


def _actor(arrow: Arrow | Aside | None) -> tuple[Party, Bilingual]:
    """The party that acts by an arrow, and its role where only one may act."""
    if arrow is None:
        return Party.ENTERPRISE, CaseRole.ENTERPRISE_ADMINISTRATOR.label
    party = next(iter(parties(arrow.roles)))
    return party, next(iter(arrow.roles)).label if len(arrow.roles) == 1 else party.label


def _organisation(case: Assessment, step: Transition, party: Party) -> Bilingual | str:
    if party is Party.ENTERPRISE:
        return case.enterprise.both_names
    # The body of a declined application is no longer the case's: the step itself remembers it.
    if party is Party.BODY and "body" in step.details:
        return Bilingual(step.details["body"], step.details.get("body_en") or step.details["body"])
    return case.body.both_names if party is Party.BODY and case.body else ""
