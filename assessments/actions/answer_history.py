"""Putting an earlier version of an answer back."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from assessments.actions import questionnaire
from assessments.actions.cases import allow_answering, lock_case
from assessments.actions.errors import refuse_unless
from assessments.actions.questionnaire import Saved
from assessments.models import User
from assessments.queries.answer_history import version_of


@transaction.atomic
def restore(*, by: User, number: str, criterion_code: str, restored: int, version: int, at: dt.datetime) -> Saved:
    """Saves what version ``restored`` of an answer said as a new version; nothing that came since is lost.

    It is an ordinary save, so ``version`` and what may be raised are those of :func:`questionnaire.save`; also
    ``Refused`` for a version that the history does not have. The present words put back again change nothing.
    """
    case = lock_case(by=by, number=number)
    allow_answering(case, by, [criterion_code])
    found = version_of(case, criterion_code, restored)
    refuse_unless(
        found is not None,
        "{code} 没有第 {n} 版作答，请刷新页面后重新选择。",
        "{code} has no version {n} of its answer; reload the page and choose again.",
        code=criterion_code,
        n=restored,
    )
    assert found is not None
    said = found.content
    return questionnaire.save(
        by=by,
        number=number,
        criterion_code=criterion_code,
        verdict=said.verdict,
        reason=said.reason,
        note=said.note,
        version=version,
        at=at,
        restored=restored,
    )
