"""What every change of who fills in what shares: the checks, and the rows it writes. The caller holds the case."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable

from assessments.actions import audit
from assessments.actions.errors import refuse_unless
from assessments.models import Assessment, Delegation, Invitation, User
from assessments.queries.delegations import NOTHING, WRITERS, colleagues, in_order, without_covered
from assessments.standard import listed
from assessments.workflow import StateCode


def check_parts(case: Assessment, part_codes: Collection[str]) -> list[str]:
    """The parts in order, without items that their domain covers. Raises ``Refused`` for a code of no part."""
    unknown = set(part_codes) - set(case.edition.domains_by_code) - set(case.edition.items)
    refuse_unless(
        not unknown,
        "能力域或能力项 {code} 不存在。",
        "There is no domain or item {code}.",
        code=listed(sorted(unknown)),
    )
    return in_order(case.edition, without_covered(part_codes))


def check_colleague(case: Assessment, user: User) -> None:
    """Raises ``Refused`` unless the person may answer for this enterprise now."""
    refuse_unless(
        colleagues(case).filter(pk=user.pk).exists(),
        "{name}不是本企业的填报人，请先在成员管理中添加。",
        "{name} is not a contributor of this enterprise; add them under members first.",
        name=user.name,
    )


def held_by(case: Assessment, user: User) -> list[Delegation]:
    """The person's parts in this case."""
    return list(Delegation.objects.filter(assessment=case, user=user))


def drop_covered(case: Assessment, user: User) -> None:
    """Removes items of the person whose domain they hold as well."""
    codes = {row.part_code for row in held_by(case, user)}
    covered = codes - without_covered(codes)
    if covered:
        Delegation.objects.filter(assessment=case, user=user, part_code__in=covered).delete()


def take_up(invitation: Invitation, *, by: User, at: dt.datetime) -> Assessment | None:
    """Assigns the parts that came with an accepted invitation; ``None`` where there are none to assign any more.

    A case that was finalised in the meantime is left as it is: the person has joined all the same.
    """
    if invitation.assessment_id is None or invitation.role not in WRITERS:
        return None
    case = Assessment.objects.select_for_update().get(pk=invitation.assessment_id)
    known = set(case.edition.domains_by_code) | set(case.edition.items)
    before = {row.part_code for row in held_by(case, by)} - {NOTHING}
    parts = without_covered(before | (known & set(invitation.part_codes)))
    if case.state != StateCode.DRAFT or not parts - before:
        return None
    _add(case, by, in_order(case.edition, parts - before), invitation.due_date, invitation.invited_by, at)
    Delegation.objects.filter(assessment=case, user=by, part_code=NOTHING).delete()
    drop_covered(case, by)
    audit.record(
        action="case.delegated",
        by=by,
        at=at,
        assessment=case,
        subject=by.email,
        before={"parts": in_order(case.edition, before)},
        after={
            "parts": in_order(case.edition, parts),
            "due_date": invitation.due_date.isoformat() if invitation.due_date else None,
        },
    )
    return case


def _add(
    case: Assessment, user: User, codes: Iterable[str], due_date: dt.date | None, assigned_by: User, at: dt.datetime
) -> None:
    Delegation.objects.bulk_create(
        [
            Delegation(
                assessment=case, user=user, part_code=c, due_date=due_date, assigned_by=assigned_by, assigned_at=at
            )
            for c in codes
        ]
    )
