"""Saving one answer: the most frequent write of the platform, kept to one short transaction."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction

from assessments.actions import audit, figures
from assessments.actions.cases import allow_answering, cleaned, lock_case
from assessments.actions.errors import Conflict, Refused, refuse_unless
from assessments.models import Answer, Assessment, User
from assessments.models.questionnaire import NOTE_MAX, REASON_MAX
from assessments.queries.results import self_verdicts
from assessments.scoring import VERDICTS, Result, Verdict
from assessments.standard import Bilingual, Criterion


@dataclass(frozen=True)
class Saved:
    """What a save did: ``result`` is the whole live result, ``None`` when the verdict stayed and so did all figures.

    Nothing was written at all (not ``is_written``) where the same answer stood there already.
    """

    case: Assessment
    answer: Answer
    result: Result | None = None
    is_written: bool = True


@transaction.atomic
def save(
    *,
    by: User,
    number: str,
    criterion_code: str,
    verdict: str,
    reason: str,
    note: str,
    version: int,
    at: dt.datetime,
    restored: int | None = None,
) -> Saved:
    """Saves an answer and the figures that follow from it.

    ``version`` is the one the person's form was made from, 0 for a criterion without an answer. Raises
    ``Assessment.DoesNotExist`` out of sight, ``NotAllowed``, ``Refused`` for an unknown criterion or verdict or too
    long a text, and ``Conflict`` with the current answer when someone saved in between. Saving what already stands
    there changes nothing and is never a conflict, so a double click is harmless; for an answer that was carried over
    it says that it still holds. ``restored`` is the earlier version these words were taken from; the event keeps it.
    """
    case = lock_case(by=by, number=number, beside=())
    allow_answering(case, by, [criterion_code])
    criterion = _criterion(case, criterion_code)
    wanted = _wanted(verdict, reason, note)
    answer = next(iter(Answer.objects.filter(assessment=case, criterion_code=criterion.code)), None)
    if answer and wanted == _content(answer) and not answer.is_carried:
        return Saved(case, answer, is_written=False)
    if version != (answer.version if answer else 0):
        raise Conflict(answer)
    before = _content(answer) if answer else None
    told: dict[str, bool | int] = {"confirmed": True} if answer and answer.is_carried else {}
    if restored is not None:
        told["restored"] = restored
    answer = answer or Answer(assessment=case, criterion_code=criterion.code, version=0)
    for field, value in wanted.items():
        setattr(answer, field, value)
    answer.version, answer.saved_by, answer.saved_at, answer.is_carried = answer.version + 1, by, at, False
    answer.save()
    result, columns = None, None
    if before is None or before["verdict"] != wanted["verdict"]:
        result, columns = figures.update_layer(case, "self", self_verdicts(case), domains=[criterion.domain_code])
    audit.record(
        action="answer.saved",
        by=by,
        at=at,
        assessment=case,
        subject=criterion.code,
        before=before,
        after={**wanted, "version": answer.version, **told},
        columns=columns,
    )
    return Saved(case, answer, result)


@dataclass(frozen=True)
class Given:
    """An answer as given, for saving many at once; ``version`` as in :func:`save`."""

    verdict: str
    reason: str = ""
    note: str = ""
    version: int = 0


@transaction.atomic
def save_many(*, by: User, number: str, answers: Mapping[str, Given], at: dt.datetime) -> Assessment:
    """Saves a batch of answers by criterion code, all or none, with one event and one update of the figures.

    Raises as :func:`save` does; the ``Conflict`` carries the first answer that was saved in between.
    """
    case = lock_case(by=by, number=number)
    allow_answering(case, by, answers)
    standing = {a.criterion_code: a for a in Answer.objects.filter(assessment=case, criterion_code__in=answers)}
    rows, before, after = [], {}, {}
    for code, given in answers.items():
        criterion = _criterion(case, code)
        wanted = _wanted(given.verdict, given.reason, given.note)
        answer = standing.get(code)
        if answer and wanted == _content(answer) and not answer.is_carried:
            continue
        if given.version != (answer.version if answer else 0):
            raise Conflict(answer)
        if answer:
            before[code] = _content(answer)
        version = given.version + 1
        rows.append(
            Answer(
                assessment=case,
                criterion_code=criterion.code,
                version=version,
                saved_by=by,
                saved_at=at,
                **wanted,
            )
        )
        after[code] = {**wanted, "version": version} | ({"confirmed": True} if answer and answer.is_carried else {})
    if not rows:
        return case
    Answer.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["assessment", "criterion_code"],
        update_fields=["verdict", "reason", "note", "version", "saved_by", "saved_at", "is_carried"],
    )
    domains = {r.criterion_code.split(".")[0] for r in rows}
    _, columns = figures.update_layer(case, "self", self_verdicts(case), domains=domains)
    audit.record(
        action="answers.saved",
        by=by,
        at=at,
        assessment=case,
        subject=f"{len(rows)}",
        before=before,
        after=after,
        columns=columns,
    )
    return case


def _wanted(verdict: str, reason: str, note: str) -> dict[str, str]:
    """The content to store, cleaned and checked; a reason belongs to *not applicable* alone."""
    reason, note = cleaned(reason), cleaned(note)
    _check(verdict, reason, note)
    return {"verdict": verdict, "reason": reason if verdict == Verdict.NOT_APPLICABLE else "", "note": note}


def _criterion(case: Assessment, code: str) -> Criterion:
    criterion = case.edition.criteria.get(code)
    if criterion is None:
        raise Refused(
            Bilingual(
                "本评估所用版本没有条款 {code}。", "The edition of this assessment has no criterion {code}."
            ).format(code=code)
        )
    return criterion


def _check(verdict: str, reason: str, note: str) -> None:
    refuse_unless(verdict == "" or verdict in VERDICTS, "没有这一符合程度选项。", "There is no such verdict.")
    refuse_unless(
        len(note) <= NOTE_MAX,
        "说明共 {n} 字，超出 {most} 字的上限，请精简。",
        "The note has {n} characters; at most {most} are kept. Shorten it.",
        n=len(note),
        most=NOTE_MAX,
    )
    refuse_unless(
        len(reason) <= REASON_MAX,
        "理由共 {n} 字，超出 {most} 字的上限，请精简。",
        "The reason has {n} characters; at most {most} are kept. Shorten it.",
        n=len(reason),
        most=REASON_MAX,
    )


def _content(answer: Answer) -> dict[str, str]:
    return {"verdict": answer.verdict, "reason": answer.reason, "note": answer.note}
