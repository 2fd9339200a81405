"""Reading one's messages. Not audited: it changes nothing for anybody else."""

from __future__ import annotations

import datetime as dt

from assessments.models import InboxMessage, User


def mark_read(*, by: User, message: InboxMessage, at: dt.datetime) -> None:
    """Marks one message of this person as read; the first time counts."""
    InboxMessage.objects.filter(pk=message.pk, user=by, read_at__isnull=True).update(read_at=at)


def mark_all_read(*, by: User, at: dt.datetime) -> int:
    """Marks every message of this person as read; answers how many were unread."""
    return InboxMessage.objects.filter(user=by, read_at__isnull=True).update(read_at=at)
