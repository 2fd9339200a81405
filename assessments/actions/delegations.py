"""Dividing the work: assigning parts, handing them over, saying that one is finished, inviting somebody to one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from django.db import transaction

from assessments.actions import audit, organisations
from assessments.actions.cases import cleaned, lock_case
from assessments.actions.errors import Refused, allow, refuse_unless
from assessments.actions.parts import check_colleague, check_parts, drop_covered, held_by
from assessments.models import Assessment, Delegation, Invitation, Membership, User
from assessments.notifications import delegations as notifications
from assessments.permissions.rules import can_change_part, can_finish_part, can_manage_assessment
from assessments.queries.delegations import NOTHING, criteria_in, in_order, part_name, unfinished
from assessments.standard import Bilingual, Criterion, listed
from assessments.workflow import Role

NOTE_MAX = 300


class Unfinished(Refused):
    """A part that is not finished; ``criteria`` are those that keep it open."""

    def __init__(self, criteria: tuple[Criterion, ...]) -> None:
        self.criteria = criteria
        super().__init__(
            Bilingual(
                "还有 {n} 条未作答或待确认，不能确认填报完成。请处理下列条款后再确认。",
                "{n} criteria are unanswered or to be confirmed, so the part is not finished. See to these first.",
            ).format(n=len(criteria))
        )


@transaction.atomic
def delegate(
    *,
    by: User,
    number: str,
    user: User,
    part_codes: Collection[str],
    due_date: dt.date | None,
    at: dt.datetime,
    note: str = "",
) -> None:
    """Assigns exactly these domains and items to a colleague (none: all away), with a date and what is expected.

    A part the colleague keeps stays finished if it was. Whoever gets something new, or another date, is told. Saving
    what already stands changes nothing. Raises ``NotAllowed``/``Refused``.
    """
    case = lock_case(by=by, number=number)
    allow(can_manage_assessment(case))
    check_colleague(case, user)
    note = _checked_note(note)
    codes = check_parts(case, part_codes)
    rows = held_by(case, user)
    standing = {row.part_code: row for row in rows}
    added = [c for c in codes if c not in standing]
    redated = [c for c in codes if c in standing and standing[c].due_date != due_date]
    reworded = [c for c in codes if c in standing and standing[c].note != note]
    gone = [row.pk for row in rows if row.part_code not in codes]
    if not (added or redated or reworded or gone):
        return
    Delegation.objects.filter(pk__in=gone).delete()
    Delegation.objects.filter(assessment=case, user=user).update(due_date=due_date, note=note)
    Delegation.objects.bulk_create(
        [
            Delegation(
                assessment=case,
                user=user,
                part_code=c,
                due_date=due_date,
                note=note,
                assigned_by=by,
                assigned_at=at,
            )
            for c in added
        ]
    )
    audit.record(
        action="case.delegated",
        by=by,
        at=at,
        assessment=case,
        subject=user.email,
        before={"parts": in_order(case.edition, set(standing) - {NOTHING})},
        after={"parts": codes, "due_date": due_date.isoformat() if due_date else None}
        | ({"note": note} if note else {}),
    )
    if added or redated:
        notifications.assigned(case, user, new=added or codes, parts=codes, due_date=due_date, note=note, by=by, at=at)


@transaction.atomic
def hand_over(
    *, by: User, number: str, user: User, receiver: User, part_codes: Collection[str], reason: str, at: dt.datetime
) -> None:
    """Moves parts of ``user`` to a colleague, with their dates. Raises ``NotAllowed``/``Refused``.

    The person themselves may, and an administrator for anybody, such as for somebody who has left. The receiver, the
    administrators and the one who gives are told.
    """
    case = lock_case(by=by, number=number)
    allow(can_change_part(case, is_own=user == by))
    reason = _checked_reason(reason)
    refuse_unless(user != receiver, "接收人不能是移交人本人。", "The parts cannot be handed over to the same person.")
    check_colleague(case, receiver)
    rows = {row.part_code: row for row in held_by(case, user) if row.part_code != NOTHING}
    codes = in_order(case.edition, part_codes)
    refuse_unless(codes, "请选择要移交的能力域或能力项。", "Choose the domains or items to hand over.")
    if strange := [c for c in codes if c not in rows]:
        raise Refused(
            Bilingual(
                "{name}目前不负责 {parts}，无法移交；分工可能已调整，请刷新后再办理。",
                "{name} does not have {parts}; the division may have changed, so reload the page first.",
            ).format(name=user.name, parts=listed(strange))
        )
    _move([rows[c] for c in codes], case, receiver, by=by, at=at)
    if len(codes) == len(rows):
        _leave_nothing(case, user, by=by, at=at)
    audit.record(
        action="delegation.handed_over",
        by=by,
        at=at,
        assessment=case,
        subject=f"{user.email} → {receiver.email}",
        after={"parts": codes, "reason": reason},
    )
    notifications.handed_over(case, user, receiver, parts=codes, rows=list(rows.values()), reason=reason, by=by, at=at)


def _move(rows: list[Delegation], case: Assessment, receiver: User, *, by: User, at: dt.datetime) -> None:
    """What the receiver has already, by itself or with its domain, is only taken from the one who gives it."""
    held = {row.part_code for row in held_by(case, receiver)}
    Delegation.objects.filter(assessment=case, user=receiver, part_code=NOTHING).delete()
    for row in rows:
        if row.part_code in held or row.part_code.split(".")[0] in held:
            row.delete()
        else:
            row.user, row.assigned_by, row.assigned_at = receiver, by, at
            row.save(update_fields=["user", "assigned_by", "assigned_at"])
    drop_covered(case, receiver)


def _leave_nothing(case: Assessment, user: User, *, by: User, at: dt.datetime) -> None:
    """A contributor without any part may answer everything: whoever gave all theirs away must not gain by it."""
    still_here = Membership.objects.filter(
        organisation=case.enterprise_id, user=user, is_active=True, role=Role.CONTRIBUTOR
    )
    if still_here.exists():
        Delegation.objects.create(
            assessment=case, user=user, part_code=NOTHING, assigned_by=by, assigned_at=at, done_at=at
        )


@transaction.atomic
def finish(*, by: User, number: str, delegation_id: int, at: dt.datetime) -> Delegation:
    """The person says that a part of theirs is finished; the administrators are told. Again changes nothing.

    Raises ``NotAllowed``, ``Refused`` for a part that is assigned no more, ``Unfinished`` with what is left.
    """
    case = lock_case(by=by, number=number)
    row = _row(case, delegation_id)
    allow(can_finish_part(case, is_own=row.user_id == by.pk))
    if row.done_at is not None:
        return row
    if left := unfinished(case, row.part_code):
        raise Unfinished(left)
    row.done_at = at
    row.save(update_fields=["done_at"])
    _record_part("delegation.done", case, row, by, at)
    notifications.part_done(case, row, by=by, at=at)
    return row


@transaction.atomic
def reopen(*, by: User, number: str, delegation_id: int, at: dt.datetime) -> Delegation:
    """Takes back that a part is finished: the person or an administrator. Raises ``NotAllowed``/``Refused``."""
    case = lock_case(by=by, number=number)
    row = _row(case, delegation_id)
    allow(can_change_part(case, is_own=row.user_id == by.pk))
    if row.done_at is None:
        return row
    row.done_at = None
    row.save(update_fields=["done_at"])
    _record_part("delegation.reopened", case, row, by, at)
    notifications.reopened(case, row, by=by, at=at)
    return row


@transaction.atomic
def invite(
    *, by: User, number: str, email: str, part_codes: Collection[str], due_date: dt.date | None, at: dt.datetime
) -> Invitation:
    """Invites an address as a contributor who gets these parts on joining. Raises ``NotAllowed``/``Refused``."""
    case = lock_case(by=by, number=number)
    allow(can_manage_assessment(case))
    codes = check_parts(case, part_codes)
    refuse_unless(codes, "请选择要分配的能力域或能力项。", "Choose the domains or items to assign.")
    return organisations.invite(
        by=by,
        organisation=case.enterprise,
        email=email,
        role=Role.CONTRIBUTOR,
        at=at,
        assessment=case,
        part_codes=codes,
        due_date=due_date,
    )


def _row(case: Assessment, delegation_id: int) -> Delegation:
    row = Delegation.objects.select_related("user").filter(assessment=case, pk=delegation_id).first()
    if row is None:
        raise Refused(
            Bilingual(
                "该部分已不在分工中，可能已被调整或移交，请刷新页面查看。",
                "This part is assigned no more; it may have been changed or handed over. Reload the page.",
            )
        )
    return row


def _record_part(action: str, case: Assessment, row: Delegation, by: User, at: dt.datetime) -> None:
    after = {"parts": [row.part_code], "criteria": len(criteria_in(case.edition, [row.part_code]))}
    subject = f"{row.user.email} {part_name(case.edition, row.part_code)}"
    audit.record(action=action, by=by, at=at, assessment=case, subject=subject, after=after)


def _checked_note(note: str) -> str:
    note = cleaned(note)
    refuse_unless(
        len(note) <= NOTE_MAX,
        "填报要求共 {n} 字，超出 {most} 字的上限，请精简。",
        "The note has {n} characters; at most {most} are kept. Shorten it.",
        n=len(note),
        most=NOTE_MAX,
    )
    return note


def _checked_reason(reason: str) -> str:
    reason = cleaned(reason)
    refuse_unless(reason, "请填写移交说明，便于接收人了解情况。", "Say why, so that the receiver knows.")
    refuse_unless(
        len(reason) <= NOTE_MAX,
        "移交说明共 {n} 字，超出 {most} 字的上限，请精简。",
        "The explanation has {n} characters; at most {most} are kept. Shorten it.",
        n=len(reason),
        most=NOTE_MAX,
    )
    return reason
