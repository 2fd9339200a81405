"""Asking to join an enterprise that is registered already, and deciding on it."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from assessments.actions import audit
from assessments.actions.cases import cleaned
from assessments.actions.errors import Refused, allow, refuse_unless
from assessments.models import JoinRequest, Membership, Organisation, User
from assessments.notifications import joining as notifications
from assessments.permissions.rules import assignable_roles, can_manage_members
from assessments.queries.joining import open_request, why_not_ask
from assessments.workflow import Party


@transaction.atomic
def ask(*, by: User, organisation: Organisation, message: str, at: dt.datetime) -> JoinRequest:
    """Asks the administrators of an enterprise; a form sent twice finds the request it has made. Raises ``Refused``."""
    refuse_unless(
        organisation.kind == Party.ENTERPRISE, "只能申请加入企业。", "Only an enterprise can be asked to be joined."
    )
    # Two clicks may arrive together, and the limit counts what the other one is about to write.
    audit.lock_platform()
    if (standing := open_request(by, organisation)) is not None:
        return standing
    if (reason := why_not_ask(by, organisation, at)) is not None:
        raise Refused(reason)
    request = JoinRequest.objects.create(organisation=organisation, user=by, message=cleaned(message), created_at=at)
    audit.record(action="member.join_requested", by=by, at=at, subject=organisation.name, after={"email": by.email})
    notifications.asked(request, at=at)
    return request


@transaction.atomic
def withdraw(*, by: User, request: JoinRequest, at: dt.datetime) -> None:
    """Takes back one's own request while nobody has decided. Raises ``Refused``."""
    removed, _ = JoinRequest.objects.filter(pk=request.pk, user=by, decided_at__isnull=True).delete()
    refuse_unless(removed, "该申请已有答复或已撤回。", "This request was already answered or withdrawn.")
    audit.record(
        action="member.join_withdrawn", by=by, at=at, subject=request.organisation.name, before={"email": by.email}
    )


@transaction.atomic
def approve(*, by: User, request: JoinRequest, role: str, at: dt.datetime) -> Membership:
    """Makes the applicant a member with this role, or a member again. Raises ``NotAllowed``/``Refused``.

    Somebody who has come in by an invitation meanwhile keeps the role they have.
    """
    locked = _lock(by, request)
    refuse_unless(
        role in assignable_roles(locked.organisation),
        "该角色不适用于此类组织。",
        "That role does not belong to this kind of organisation.",
    )
    standing = Membership.objects.filter(user=locked.user, organisation=locked.organisation, is_active=True).first()
    membership = standing or _admit(locked, role, at)
    locked.is_accepted, locked.decided_by, locked.decided_at = True, by, at
    locked.save(update_fields=["is_accepted", "decided_by", "decided_at"])
    audit.record(
        action="member.joined",
        by=by,
        at=at,
        subject=locked.organisation.name,
        after={"email": locked.user.email, "role": membership.role},
    )
    notifications.accepted(locked, membership.role, by=by, at=at)
    return membership


@transaction.atomic
def decline(*, by: User, request: JoinRequest, reason: str, at: dt.datetime) -> None:
    """Says no, with a reason that the applicant reads. Raises ``NotAllowed``/``Refused``."""
    locked = _lock(by, request)
    reason = cleaned(reason)
    refuse_unless(reason, "请填写拒绝的理由。", "Give the reason for declining.")
    locked.decided_by, locked.decided_at = by, at
    locked.save(update_fields=["decided_by", "decided_at"])
    audit.record(
        action="member.join_declined",
        by=by,
        at=at,
        subject=locked.organisation.name,
        after={"email": locked.user.email, "reason": reason},
    )
    notifications.declined(locked, reason, by=by, at=at)


def _admit(request: JoinRequest, role: str, at: dt.datetime) -> Membership:
    membership, _ = Membership.objects.update_or_create(
        user=request.user,
        organisation=request.organisation,
        defaults={"role": role, "is_active": True, "ended_at": None},
        create_defaults={"role": role, "created_at": at},
    )
    return membership


def _lock(by: User, request: JoinRequest) -> JoinRequest:
    # The enterprise first, as everywhere: two administrators may decide at the same moment.
    organisation = Organisation.objects.select_for_update(no_key=True).get(pk=request.organisation_id)
    allow(can_manage_members(by, organisation))
    undecided = JoinRequest.objects.select_for_update(of=("self",)).select_related("user", "organisation")
    locked = undecided.filter(pk=request.pk, decided_at__isnull=True).first()
    if locked is None:
        refuse_unless(False, "该申请已有答复或已撤回。", "This request was already answered or withdrawn.")
    assert locked is not None
    return locked
