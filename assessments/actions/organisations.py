"""Registering enterprises, keeping their details, and managing who belongs to an organisation."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import IntegrityError, transaction

from assessments.actions import audit, parts
from assessments.actions.errors import Refused, allow, refuse_unless
from assessments.models import Assessment, EnterpriseProfile, Invitation, Membership, Organisation, User
from assessments.notifications.organisations import send_invitation
from assessments.permissions.rules import assignable_roles, can_manage_members
from assessments.queries.organisations import ADMINISTRATORS, why_not_accept
from assessments.standard import Bilingual
from assessments.workflow import Party, Role

INVITATION_DAYS = 14
ORGANISATION_FIELDS = ("name", "name_en", "district_code", "address", "contact_name", "contact_phone", "contact_email")
PROFILE_FIELDS = ("industry_code", "size_code", "employees", "founded_date", "business", "data_volume_tb")


def register_enterprise(*, by: User, uscc: str, details: Mapping[str, Any], at: dt.datetime) -> Organisation:
    """A new enterprise with ``by`` as its administrator; ``uscc`` is already normalised and checked by the form.

    A form sent twice answers the enterprise it has just registered. Raises ``Refused`` when the code is taken: the
    person then asks to join that enterprise (``actions.joining``).
    """
    try:
        with transaction.atomic():
            enterprise = Organisation.objects.create(
                kind=Party.ENTERPRISE,
                uscc=uscc,
                created_at=at,
                **{f: details[f] for f in ORGANISATION_FIELDS if f in details},
            )
            EnterpriseProfile.objects.create(
                organisation=enterprise, **{f: details[f] for f in PROFILE_FIELDS if f in details}
            )
            Membership.objects.create(
                user=by, organisation=enterprise, role=Role.ENTERPRISE_ADMINISTRATOR, created_at=at
            )
            audit.record(action="organisation.registered", by=by, at=at, subject=uscc, after={"name": enterprise.name})
            return enterprise
    except IntegrityError:
        standing = Organisation.objects.filter(uscc=uscc).first()
        if standing is None:
            raise
        if _registered_just_now(by, standing, at):
            return standing
        reason = _TAKEN if standing.kind == Party.ENTERPRISE else _TAKEN_BY_A_BODY
        raise Refused(reason.format(uscc=uscc)) from None


_TAKEN = Bilingual(
    "统一社会信用代码 {uscc} 已登记。如为本企业，请申请加入。",
    "The code {uscc} is already registered. If this is your enterprise, ask to join it.",
)
_TAKEN_BY_A_BODY = Bilingual(
    "统一社会信用代码 {uscc} 属于已开通的机构。请联系本机构负责人邀请您加入。",
    "The code {uscc} belongs to a body on the platform. Ask its manager to invite you.",
)


def _registered_just_now(by: User, enterprise: Organisation, at: dt.datetime) -> bool:
    administers = Membership.objects.filter(
        user=by, organisation=enterprise, role=Role.ENTERPRISE_ADMINISTRATOR, is_active=True
    )
    return enterprise.created_at > at - dt.timedelta(seconds=60) and administers.exists()


@transaction.atomic
def update_details(*, by: User, organisation: Organisation, details: Mapping[str, Any], at: dt.datetime) -> None:
    """Changes an organisation's details; code and kind never change. Raises ``NotAllowed``."""
    allow(can_manage_members(by, organisation))
    changed: dict[str, list[str]] = {}
    targets: list[tuple[Any, tuple[str, ...]]] = [(organisation, ORGANISATION_FIELDS)]
    profile = EnterpriseProfile.objects.filter(organisation=organisation).first()
    if profile:
        targets.append((profile, PROFILE_FIELDS))
    # The caller's form may already have put new values on its own copy: compare with what is stored.
    stored = Organisation.objects.select_for_update().get(pk=organisation.pk)
    for target, fields in targets:
        row = stored if target is organisation else target
        for field in fields:
            if field in details and getattr(row, field) != details[field]:
                changed[field] = [str(getattr(row, field)), str(details[field])]
                setattr(row, field, details[field])
        row.save()
    if changed:
        audit.record(
            action="organisation.updated",
            by=by,
            at=at,
            subject=organisation.uscc or organisation.name,
            before={f: v[0] for f, v in changed.items()},
            after={f: v[1] for f, v in changed.items()},
        )


@transaction.atomic
def invite(
    *,
    by: User,
    organisation: Organisation,
    email: str,
    role: str,
    at: dt.datetime,
    assessment: Assessment | None = None,
    part_codes: Sequence[str] = (),
    due_date: dt.date | None = None,
) -> Invitation:
    """Invites an address; an open invitation of the same address is replaced. Raises ``NotAllowed``/``Refused``.

    ``part_codes`` of an assessment are assigned to whoever accepts; sent anew without any, those of the invitation
    that is replaced come along.
    """
    allow(can_manage_members(by, organisation))
    email = email.strip().lower()
    _check_role(organisation, role)
    # Of two invitations sent at the same moment, the later one has to see the earlier to replace it.
    Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
    taken = Membership.objects.filter(organisation=organisation, user__email__iexact=email, is_active=True)
    refuse_unless(not taken.exists(), "{email} 已是成员。", "{email} is already a member.", email=email)
    standing = Invitation.objects.filter(organisation=organisation, email=email, accepted_at__isnull=True)
    work = {"assessment": assessment, "part_codes": list(part_codes), "due_date": due_date}
    if assessment is None and (earlier := standing.filter(assessment__isnull=False).first()):
        work = {name: getattr(earlier, name) for name in work}
    standing.delete()
    invitation = Invitation.objects.create(
        organisation=organisation,
        email=email,
        role=role,
        invited_by=by,
        created_at=at,
        expires_at=at + dt.timedelta(days=INVITATION_DAYS),
        **work,
    )
    audit.record(action="member.invited", by=by, at=at, subject=organisation.name, after={"email": email, "role": role})
    send_invitation(invitation)
    return invitation


@transaction.atomic
def withdraw_invitation(*, by: User, invitation: Invitation, at: dt.datetime) -> None:
    """Takes back an invitation nobody has accepted. Raises ``NotAllowed``/``Refused``."""
    allow(can_manage_members(by, invitation.organisation))
    removed, _ = Invitation.objects.filter(pk=invitation.pk, accepted_at__isnull=True).delete()
    refuse_unless(removed, "该邀请已被接受或已撤回。", "This invitation was already accepted or withdrawn.")
    audit.record(
        action="member.invitation_withdrawn",
        by=by,
        at=at,
        subject=invitation.organisation.name,
        before={"email": invitation.email, "role": invitation.role},
    )


@transaction.atomic
def accept_invitation(*, by: User, token: str, at: dt.datetime) -> Membership:
    """Joins by invitation. Raises ``Invitation.DoesNotExist`` for a token that is not this person's, ``Refused``."""
    found = Invitation.objects.get(token=token, email__iexact=by.email)
    # In the order of :func:`invite`, for the invitation may be sent anew at this moment, with parts of a case.
    if found.assessment_id:
        Assessment.objects.select_for_update().get(pk=found.assessment_id)
    Organisation.objects.select_for_update(no_key=True).get(pk=found.organisation_id)
    invitation = Invitation.objects.select_for_update(of=("self",)).get(pk=found.pk)
    if (reason := why_not_accept(by, invitation, at)) is not None:
        raise Refused(reason)
    membership, _ = Membership.objects.update_or_create(
        user=by,
        organisation=invitation.organisation,
        defaults={"role": invitation.role, "is_active": True, "ended_at": None},
        create_defaults={"role": invitation.role, "created_at": at},
    )
    invitation.accepted_at = at
    invitation.save(update_fields=["accepted_at"])
    parts.take_up(invitation, by=by, at=at)
    audit.record(
        action="member.joined",
        by=by,
        at=at,
        subject=invitation.organisation.name,
        after={"email": by.email, "role": invitation.role},
    )
    return membership


@transaction.atomic
def change_role(*, by: User, membership: Membership, role: str, at: dt.datetime) -> None:
    """Gives a member another role of this kind of organisation. Raises ``NotAllowed``/``Refused``."""
    allow(can_manage_members(by, membership.organisation))
    _check_role(membership.organisation, role)
    locked = _lock(membership)
    if role not in ADMINISTRATORS:
        _keep_an_administrator(locked)
    before, locked.role = locked.role, role
    locked.save(update_fields=["role"])
    audit.record(
        action="member.role",
        by=by,
        at=at,
        subject=f"{membership.organisation.name} {membership.user.email}",
        before={"role": before},
        after={"role": role},
    )


@transaction.atomic
def end_membership(*, by: User, membership: Membership, at: dt.datetime) -> None:
    """Ends a membership; it is kept for conflict checks. Raises ``NotAllowed``/``Refused``."""
    allow(can_manage_members(by, membership.organisation))
    locked = _lock(membership)
    _keep_an_administrator(locked)
    locked.is_active, locked.ended_at = False, at
    locked.save(update_fields=["is_active", "ended_at"])
    audit.record(
        action="member.left",
        by=by,
        at=at,
        subject=f"{membership.organisation.name} {membership.user.email}",
        before={"role": locked.role},
    )


def _lock(membership: Membership) -> Membership:
    # The organisation first: two administrators who end each other at the same moment must not leave none.
    Organisation.objects.select_for_update().get(pk=membership.organisation_id)
    locked = Membership.objects.select_for_update().filter(pk=membership.pk, is_active=True).first()
    if locked is None:
        raise Refused(
            Bilingual(
                "{name}已不是成员，无需再次操作。", "{name} is no longer a member; there is nothing left to change."
            ).format(name=membership.user.name or membership.user.email)
        )
    return locked


def _check_role(organisation: Organisation, role: str) -> None:
    refuse_unless(
        role in assignable_roles(organisation),
        "该角色不适用于此类组织。",
        "That role does not belong to this kind of organisation.",
    )


def _keep_an_administrator(membership: Membership) -> None:
    if membership.role not in ADMINISTRATORS:
        return
    others = Membership.objects.filter(
        organisation=membership.organisation_id, role__in=ADMINISTRATORS, is_active=True
    ).exclude(pk=membership.pk)
    refuse_unless(
        others.exists(),
        "至少须保留一名管理员，请先指定其他管理员。",
        "One administrator must remain; appoint another one first.",
    )
