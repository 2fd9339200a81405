"""The letter that goes with an invitation."""

from __future__ import annotations

from django.conf import settings
from django.urls import reverse

from assessments.models import Invitation
from assessments.notifications import letters
from assessments.queries.delegations import part_name


def invitation_link(invitation: Invitation) -> str:
    """The full address under which the invited person accepts."""
    return settings.SITE_URL + reverse("invitation_accept", args=[invitation.token])


def send_invitation(invitation: Invitation) -> None:
    """Sends the letter once the invitation is committed, so that the link in it works."""
    case = invitation.assessment
    parts = [part_name(case.edition, code) for code in invitation.part_codes] if case else []
    context = {"invitation": invitation, "link": invitation_link(invitation), "parts": parts}
    subject, body = "organisations/invitation_subject.txt", "organisations/invitation_letter.txt"
    letters.write(invitation.email, subject, body, context)
