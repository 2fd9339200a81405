"""Letters by mail. Each is in both languages: what somebody reads on the platform is not known here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.mail import send_mail
from django.db import transaction
from django.template.loader import render_to_string


def write(address: str, subject: str, body: str, context: Mapping[str, Any]) -> None:
    """Sets a letter from two templates and sends it once what it tells of is committed.

    Robustly, for a mail server that is down must not undo what was done.
    """
    # A subject is one line, whatever the names in it contain.
    line = " ".join(render_to_string(subject, dict(context)).split())
    text = render_to_string(body, dict(context))
    transaction.on_commit(lambda: send_mail(line, text, None, [address]), robust=True)
