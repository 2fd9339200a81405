"""The letter that goes with an invitation. One letter in both languages: nobody knows yet what the reader reads."""

from __future__ import annotations

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse

from assessments.models import Invitation
from assessments.queries.delegations import part_name


def invitation_link(invitation: Invitation) -> str:
    """The full address under which the invited person accepts."""
    return settings.SITE_URL + reverse("invitation_accept", args=[invitation.token])


def send_invitation(invitation: Invitation) -> None:
    """Sends the letter; call it once the invitation is committed, so that the link in it works."""
    case = invitation.assessment
    parts = [part_name(case.edition, code) for code in invitation.part_codes] if case else []
    context = {"invitation": invitation, "link": invitation_link(invitation), "parts": parts}
    # A subject is one line, whatever the name of the organisation contains.
    subject = " ".join(render_to_string("organisations/invitation_subject.txt", context).split())
    body = render_to_string("organisations/invitation_letter.txt", context)
    send_mail(subject, body, None, [invitation.email])
