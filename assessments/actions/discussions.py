"""Discussing a criterion among colleagues. What is said is never changed, and stays out of the audit trail."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable

from django.db import transaction

from assessments.actions import audit
from assessments.actions.cases import cleaned, lock_case
from assessments.actions.errors import allow, refuse_unless
from assessments.models import Assessment, Comment, Discussion, User
from assessments.models.questionnaire import COMMENT_MAX
from assessments.notifications.discussions import tell_of_comment
from assessments.permissions.rules import can_comment
from assessments.queries.discussions import members
from assessments.queries.mentions import names_in

#: The same words of the same person within so many seconds are one comment sent twice.
_TWICE = dt.timedelta(seconds=60)


@transaction.atomic
def comment(
    *, by: User, number: str, criterion_code: str, text: str, mentioned: Iterable[User] = (), at: dt.datetime
) -> Comment:
    """Adds a comment, opening the discussion when it is the first and opening it again when it was resolved.

    Mentioned are the people picked and those named in the text with ``@``. They and those who take part are told.
    Raises ``Assessment.DoesNotExist`` out of sight, ``NotAllowed``, and ``Refused`` for no words, too many, an unknown
    criterion, or somebody who does not belong to the enterprise.
    """
    case = lock_case(by=by, number=number)
    allow(can_comment(case))
    _check_criterion(case, criterion_code)
    text = cleaned(text)
    _check(text)
    people = _mentioned(case, by, text, mentioned)
    discussion, _ = Discussion.objects.get_or_create(
        assessment=case, criterion_code=criterion_code, defaults={"opened_by": by, "opened_at": at}
    )
    if (standing := _just_said(discussion, by, text, at)) is not None:
        return standing
    reopened = discussion.resolved_at is not None
    if reopened:
        _settle(discussion, None, None)
    said = Comment.objects.create(discussion=discussion, author=by, text=text, created_at=at)
    said.mentioned.set(people)
    audit.record(
        action="discussion.commented",
        by=by,
        at=at,
        assessment=case,
        subject=criterion_code,
        after={
            "sha256": hashlib.sha256(text.encode()).hexdigest(),
            "mentioned": [p.email for p in people],
            **({"reopened": True} if reopened else {}),
        },
    )
    tell_of_comment(case, said, people)
    return said


@transaction.atomic
def resolve(*, by: User, number: str, criterion_code: str, is_resolved: bool, at: dt.datetime) -> Discussion:
    """Marks a discussion as resolved, or opens it again; what it is already stays as it is.

    Raises ``Assessment.DoesNotExist`` out of sight, ``NotAllowed``, ``Refused`` where nobody has said anything.
    """
    case = lock_case(by=by, number=number)
    allow(can_comment(case))
    found = Discussion.objects.filter(assessment=case, criterion_code=criterion_code).first()
    refuse_unless(
        found is not None,
        "{code} 尚无讨论，无需标记。",
        "Nobody has said anything about {code} yet; there is nothing to resolve.",
        code=criterion_code,
    )
    assert found is not None
    if is_resolved == (found.resolved_at is not None):
        return found
    _settle(found, by if is_resolved else None, at if is_resolved else None)
    audit.record(
        action="discussion.resolved" if is_resolved else "discussion.reopened",
        by=by,
        at=at,
        assessment=case,
        subject=criterion_code,
    )
    return found


def _settle(discussion: Discussion, by: User | None, at: dt.datetime | None) -> None:
    discussion.resolved_by, discussion.resolved_at = by, at
    discussion.save(update_fields=["resolved_by", "resolved_at"])


def _check_criterion(case: Assessment, code: str) -> None:
    refuse_unless(
        code in case.edition.criteria,
        "本评估所用版本没有条款 {code}。",
        "The edition of this assessment has no criterion {code}.",
        code=code,
    )


def _check(text: str) -> None:
    refuse_unless(text, "请填写意见内容后再发表。", "Write something before you send it.")
    refuse_unless(
        len(text) <= COMMENT_MAX,
        "意见共 {n} 字，超出 {most} 字的上限，请精简或分几次发表。",
        "The comment has {n} characters; at most {most} are kept. Shorten it or send it in parts.",
        n=len(text),
        most=COMMENT_MAX,
    )


def _mentioned(case: Assessment, by: User, text: str, picked: Iterable[User]) -> list[User]:
    """Whom the comment mentions, by name; never its author. Two colleagues of one name are both meant."""
    colleagues = list(members(case))
    chosen = {p.pk for p in picked}
    refuse_unless(
        chosen <= {p.pk for p in colleagues},
        "只能提及本企业的现有成员，请重新选择。",
        "Only present members of the enterprise can be mentioned; choose again.",
    )
    named = names_in(text, (p.name for p in colleagues))
    return [p for p in colleagues if p.pk != by.pk and (p.pk in chosen or p.name in named)]


def _just_said(discussion: Discussion, by: User, text: str, at: dt.datetime) -> Comment | None:
    last = Comment.objects.filter(discussion=discussion).order_by("-created_at", "-pk").first()
    is_same = last is not None and last.author_id == by.pk and last.text == text and at - last.created_at < _TWICE
    return last if is_same else None
