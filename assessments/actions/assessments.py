"""Opening an assessment and changing its frame."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from assessments.actions import audit, figures, numbers
from assessments.actions.carry_over import carry_over
from assessments.actions.cases import lock_case
from assessments.actions.editions import pin_scheme
from assessments.actions.errors import allow, refuse_unless
from assessments.actions.self_check import take_over
from assessments.models import Assessment, Organisation, Transition, User
from assessments.permissions.rules import can_manage_assessment, can_open_assessment
from assessments.queries.assessments import just_opened
from assessments.scoring import scheme_for
from assessments.standard import Edition, get_edition, get_window
from assessments.workflow import StateCode


@transaction.atomic
def open_assessment(
    *,
    by: User,
    enterprise: Organisation,
    edition_code: str,
    track: str,
    key_domains: Sequence[str],
    target_level: int,
    scope: str,
    planned_date: dt.date | None,
    at: dt.datetime,
    carry_from: str = "",
    self_check: str = "",
) -> Assessment:
    """A new draft, pinned to an edition, the scheme of the day and a track.

    ``carry_from`` is the number of an earlier assessment whose answers come over, ``self_check`` a self-check to begin
    from (``edition:code``); one of the two at most. Raises ``NotAllowed``, or ``Refused`` for an edition that may no
    longer be chosen or a source that cannot be carried over.
    """
    allow(can_open_assessment(by, enterprise))
    edition, today = get_edition(edition_code), timezone.localdate(at)
    _require_one_beginning(carry_from, self_check)
    _require_open_edition(edition, today)
    scheme = scheme_for(edition, today)
    pin_scheme(by=by, scheme=scheme, at=at)
    case = Assessment.objects.create(
        number=numbers.draw(prefix="SH", at=at),
        enterprise=enterprise,
        edition_code=edition.code,
        scheme_code=scheme.code,
        track=track,
        key_domains=list(key_domains),
        target_level=target_level,
        scope=scope.strip(),
        planned_date=planned_date,
        state=StateCode.DRAFT,
        state_since=at,
        created_at=at,
        created_by=by,
        total=len(edition.criteria),
    )
    figures.open_layer(case, "self")
    Transition.objects.create(assessment=case, action="open", source="", target=case.state, by=by, at=at)
    audit.record(
        action="case.open",
        by=by,
        at=at,
        assessment=case,
        subject=case.number,
        after={"edition": edition.code, "scheme": scheme.code, "track": track, "target_level": target_level},
    )
    if carry_from:
        carry_over(case, source_number=carry_from, by=by, at=at)
    if self_check:
        take_over(case, self_check=self_check, by=by, at=at)
    return case


def _require_one_beginning(carry_from: str, self_check: str) -> None:
    refuse_unless(
        not (carry_from and self_check),
        "不能同时带入快速自测和沿用以往作答，请选择其一。",
        "A draft begins from a self-check or from an earlier assessment, not from both; choose one.",
    )


def _require_open_edition(edition: Edition, today: dt.date) -> None:
    refuse_unless(
        get_window(edition.code).may_open(today),
        "{edition}已停止新建评估，请选择其他版本。",
        "No new assessment can be opened on the {edition}; choose another.",
        edition=edition.short,
    )


@transaction.atomic
def open_once(
    *, by: User, enterprise: Organisation, frame: Mapping[str, Any], at: dt.datetime
) -> tuple[Assessment, bool]:
    """As :func:`open_assessment`, but a form sent twice finds the draft it has just opened; second: is it new?"""
    # Two clicks may arrive together, so the second has to wait here until the first draft is there to be found.
    Organisation.objects.select_for_update(no_key=True).get(pk=enterprise.pk)
    if (case := just_opened(by, enterprise, frame, at)) is not None:
        return case, False
    return open_assessment(by=by, enterprise=enterprise, at=at, **frame), True


@transaction.atomic
def change_frame(
    *, by: User, number: str, target_level: int, scope: str, planned_date: dt.date | None, at: dt.datetime
) -> Assessment:
    """Changes target level, scope and planned date of a draft. Raises ``NotAllowed``."""
    case = lock_case(by=by, number=number)
    allow(can_manage_assessment(case))
    before = {
        "target_level": case.target_level,
        "scope": case.scope,
        "planned_date": case.planned_date.isoformat() if case.planned_date else None,
    }
    after = {
        "target_level": target_level,
        "scope": scope.strip(),
        "planned_date": planned_date.isoformat() if planned_date else None,
    }
    audit.record(
        action="case.frame",
        by=by,
        at=at,
        assessment=case,
        subject=case.number,
        before=before,
        after=after,
        columns={"target_level": target_level, "scope": scope.strip(), "planned_date": planned_date},
    )
    return case
