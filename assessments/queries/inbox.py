"""Messages of a person."""

from __future__ import annotations

from django.db.models import QuerySet

from assessments.models import InboxMessage, User


def messages_of(user: User) -> QuerySet[InboxMessage]:
    """Newest first, with what the list shows; what a step keeps besides its reason may be long."""
    shown = InboxMessage.objects.filter(user=user).select_related(
        "assessment__enterprise", "organisation", "transition", "transition__by", "by"
    )
    return shown.defer("transition__details")


def unread(user: User) -> int:
    return InboxMessage.objects.filter(user=user, read_at__isnull=True).count()
