"""Workbooks of answers: going out, coming back, and written all at once or not at all."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from typing import Any

from django.db import transaction

from assessments.actions import audit, questionnaire
from assessments.actions.cases import lock_case
from assessments.actions.errors import Conflict, allow, refuse_unless
from assessments.actions.questionnaire import Given
from assessments.models import AnswerImport, Assessment, User
from assessments.permissions.rules import can_answer
from assessments.queries import answer_imports as queries
from assessments.queries.answer_imports import Content, Kind, Line
from assessments.standard import Bilingual

#: Of one person in one case; further files wait until some of them are decided on.
MOST_PENDING = 20
_CHANGED = Bilingual(
    "核对期间，线上作答、填报分工或待导入内容有变化，本次没有写入。以下已按最新情况重新比对，请再次核对后确认。",
    "The answers online, or who may answer, changed while you were checking; nothing was written. The comparison below "
    "is made anew: check it and confirm again.",
)


@transaction.atomic
def record_export(*, by: User, case: Assessment, part: Bilingual, criteria: int, sha256: str, at: dt.datetime) -> None:
    """A workbook that leaves the platform is an event of its case, with the digest of the file handed out."""
    locked = Assessment.objects.select_for_update(of=("self",)).get(pk=case.pk)
    audit.record(
        action="answers.exported",
        by=by,
        at=at,
        assessment=locked,
        subject=part.zh,
        after={"sha256": sha256, "count": criteria},
    )


@transaction.atomic
def keep(*, by: User, number: str, name: str, sha256: str, rows: Mapping[str, Any], at: dt.datetime) -> AnswerImport:
    """Keeps a workbook that was read (``forms.answer_workbook``) for its preview; no answer changes.

    The same file of the same person that still waits is not kept twice. Raises ``Assessment.DoesNotExist`` out of
    sight, ``NotAllowed``, and ``Refused`` when too many files of this person wait.
    """
    case = lock_case(by=by, number=number)
    allow(can_answer(case))
    waiting = AnswerImport.objects.filter(assessment=case, uploaded_by=by, state="pending")
    if (same := waiting.filter(sha256=sha256).first()) is not None:
        return same
    refuse_unless(
        waiting.count() < MOST_PENDING,
        "您有 {most} 份工作簿待确认。请先确认或放弃其中一些，再上传新的。",
        "{most} of your workbooks wait to be confirmed. Confirm or discard some of them first.",
        most=MOST_PENDING,
    )
    record = AnswerImport.objects.create(
        assessment=case, name=name[:200], sha256=sha256, rows=dict(rows), uploaded_by=by, uploaded_at=at
    )
    audit.record(
        action="answers.uploaded",
        by=by,
        at=at,
        assessment=case,
        subject=name,
        after={"name": name, "sha256": sha256, "count": len(rows["answers"])},
    )
    return record


@transaction.atomic
def confirm(
    *,
    by: User,
    number: str,
    pk: int,
    choices: Mapping[str, str],
    cleared: Collection[str],
    seen: str,
    at: dt.datetime,
) -> int:
    """Writes an import and answers how many criteria were written.

    ``choices`` says by code which conflicts take the file (``file``) or both notes (``both``); ``cleared`` are the
    codes whose words may be emptied; all others of these kinds stay as they are online. ``seen`` is
    :attr:`Plan.seen` of the page. Raises as ``questionnaire.save_many`` does, ``AnswerImport.DoesNotExist`` out of
    sight, ``Refused`` when it was decided on already, and ``Conflict`` when anything changed since the page was made.
    """
    case = lock_case(by=by, number=number)
    allow(can_answer(case))
    record = _pending(case, by, pk)
    plan = queries.plan(case, by, record)
    if plan.seen != seen:
        raise Conflict(None, _CHANGED)
    wanted = {line.criterion.code: _wanted(line, choices, cleared) for line in plan.lines}
    answers = {
        line.criterion.code: Given(content.verdict, content.reason, content.note, line.version)
        for line in plan.lines
        if (content := wanted[line.criterion.code]) is not None
    }
    if answers:
        case = questionnaire.save_many(by=by, number=number, answers=answers, at=at)
    record.state, record.decided_at, record.written = "confirmed", at, len(answers)
    record.save(update_fields=["state", "decided_at", "written"])
    left = [
        line.criterion.code for line in plan.lines if wanted[line.criterion.code] is None and line.kind != Kind.SAME
    ]
    audit.record(
        action="answers.imported",
        by=by,
        at=at,
        assessment=case,
        subject=record.name,
        after={"name": record.name, "sha256": record.sha256, "written": len(answers), "left": left},
    )
    return len(answers)


@transaction.atomic
def discard(*, by: User, number: str, pk: int, at: dt.datetime) -> AnswerImport:
    """Lays an import aside; raises as :func:`confirm` does."""
    case = lock_case(by=by, number=number)
    allow(can_answer(case))
    record = _pending(case, by, pk)
    record.state, record.decided_at = "discarded", at
    record.save(update_fields=["state", "decided_at"])
    audit.record(
        action="answers.import_discarded",
        by=by,
        at=at,
        assessment=case,
        subject=record.name,
        after={"name": record.name, "sha256": record.sha256},
    )
    return record


def _pending(case: Assessment, by: User, pk: int) -> AnswerImport:
    record = queries.visible(case, by).get(pk=pk)
    refuse_unless(
        record.state == "pending",
        "该工作簿已处理，不能再次确认或放弃。如需再次导入，请重新上传。",
        "This workbook was decided on already. Upload it again to import it again.",
    )
    return record


def _wanted(line: Line, choices: Mapping[str, str], cleared: Collection[str]) -> Content | None:
    """What is to stand there, ``None`` where the answer online stays."""
    code = line.criterion.code
    if line.kind == Kind.CHANGED or (line.kind == Kind.CLEARED and code in cleared):
        return line.given
    if line.kind == Kind.CONFLICT and choices.get(code) == "file":
        return line.given
    if line.kind == Kind.CONFLICT and choices.get(code) == "both":
        return line.joined
    return None
