"""Who belongs to an organisation, who is invited, and whether an invitation can still be accepted."""

from __future__ import annotations

import datetime as dt

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db.models import Exists, OuterRef, QuerySet

from assessments.models import Invitation, Membership, Organisation, User
from assessments.standard import Bilingual
from assessments.workflow import Role

ADMINISTRATORS = (Role.ENTERPRISE_ADMINISTRATOR, Role.BODY_MANAGER)


def members(organisation: Organisation) -> QuerySet[Membership]:
    """Active members with their users, the longest-standing first."""
    return organisation.memberships.filter(is_active=True).select_related("user").order_by("created_at", "pk")


def former_members(organisation: Organisation) -> QuerySet[Membership]:
    """Ended memberships with their users, the latest to leave first."""
    return organisation.memberships.filter(is_active=False).select_related("user").order_by("-ended_at", "-pk")


def administrators(organisation: Organisation) -> QuerySet[Membership]:
    return members(organisation).filter(role__in=ADMINISTRATORS)


def open_invitations(organisation: Organisation) -> QuerySet[Invitation]:
    """Invitations nobody has accepted yet, expired ones among them, the latest first."""
    return organisation.invitations.filter(accepted_at__isnull=True).select_related("invited_by")


def invitation_of(user: User, token: str) -> Invitation | None:
    """The invitation with this token if it was sent to this person's address, accepted or not."""
    sent = Invitation.objects.filter(token=token, email__iexact=user.email)
    return sent.select_related("organisation", "invited_by").first()


def invitations_for(user: User, at: dt.datetime) -> QuerySet[Invitation]:
    """Invitations waiting for this person, without their token as proof: so only for an address proven to be theirs."""
    proven = EmailAddress.objects.filter(user=user, verified=True, email__iexact=OuterRef("email"))
    waiting = Invitation.objects.filter(email__iexact=user.email, accepted_at__isnull=True, expires_at__gt=at)
    return waiting.filter(Exists(proven)).select_related("organisation")


def has_verified_email(user: User) -> bool:
    return bool(EmailAddress.objects.filter(user=user, verified=True, email__iexact=user.email).exists())


def why_not_accept(user: User, invitation: Invitation, at: dt.datetime) -> Bilingual | None:
    """Why this person's own invitation cannot be accepted now, or ``None``."""
    if invitation.accepted_at is not None or at >= invitation.expires_at:
        return Bilingual(
            "该邀请已使用或已过期，请联系管理员重新邀请。",
            "This invitation was used or has expired; ask the administrator for a new one.",
        )
    if settings.ACCOUNT_EMAIL_VERIFICATION == "mandatory" and not has_verified_email(user):
        return Bilingual(
            "您的电子邮箱尚未验证。请先点击验证邮件中的链接，再接受邀请。",
            "Your email address is not verified yet. Follow the link in the verification letter, then accept.",
        )
    if user.memberships.filter(organisation=invitation.organisation_id, is_active=True).exists():
        return Bilingual(
            "您已是{name}的成员，无需再次加入。", "You already belong to {name}; there is nothing to accept."
        ).format(name=invitation.organisation.both_names)
    return None
