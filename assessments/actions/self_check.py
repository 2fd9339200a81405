"""Filling a draft from a self-check: every answer claims little and waits to be confirmed."""

from __future__ import annotations

import datetime as dt

from assessments.actions import audit, figures
from assessments.actions.errors import refuse_unless
from assessments.models import Answer, Assessment, SelfCheck, User
from assessments.queries.results import self_verdicts
from assessments.queries.self_check import offer
from assessments.scoring.self_check import claims


def take_over(case: Assessment, *, self_check: str, by: User, at: dt.datetime) -> SelfCheck:
    """Fills a draft that was just opened; part of the opening.

    ``self_check`` is ``edition:code``. Raises ``Refused`` when it is not one of the edition of the case.
    """
    found = offer(self_check)
    refuse_unless(
        found is not None and found.edition.code == case.edition_code,
        "快速自测的内容与所选标准版本不符，不能带入。请回到自测结果页重新带入。",
        "The self-check does not fit the edition chosen, so it cannot be taken over; start again from its result.",
    )
    assert found is not None
    given = claims(case.edition, found.levels)
    Answer.objects.bulk_create(
        [
            Answer(assessment=case, criterion_code=code, verdict=verdict, is_carried=True, saved_by=by, saved_at=at)
            for code, verdict in given.items()
        ]
    )
    record = SelfCheck.objects.create(assessment=case, levels=dict(found.levels), taken_by=by, taken_at=at)
    _, columns = figures.update_layer(case, "self", self_verdicts(case))
    audit.record(
        action="case.self_checked",
        by=by,
        at=at,
        assessment=case,
        subject=case.number,
        after={"edition": case.edition_code, "count": len(given)},
        columns=columns,
    )
    return record
