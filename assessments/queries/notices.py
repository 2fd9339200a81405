"""Public notices: those that anyone may read, open ones first."""

from __future__ import annotations

import datetime as dt

from django.db.models import BooleanField, Case, Q, QuerySet, Value, When
from django.utils import timezone

from assessments.models import PublicNotice
from assessments.standard import Bilingual


def published(at: dt.datetime) -> QuerySet[PublicNotice]:
    """Notices published by now with all that a list shows; those open for objections first, then the newest.

    ``is_open`` is added: the period is running and nobody has closed it.
    """
    running = Q(closed_at__isnull=True, closes_on__gt=timezone.localdate(at))
    return (
        PublicNotice.objects.filter(published_at__lte=at)
        .annotate(is_open=Case(When(running, then=Value(True)), default=Value(False), output_field=BooleanField()))
        .select_related("assessment__enterprise", "assessment__body", "assessment__certificate")
        .order_by("-is_open", "-published_at", "-pk")
    )


def matching(notices: QuerySet[PublicNotice], q: str) -> QuerySet[PublicNotice]:
    """Those whose enterprise's name holds these words, or whose credit code they are."""
    enterprise = "assessment__enterprise__"
    return notices.filter(
        Q(**{f"{enterprise}name__icontains": q})
        | Q(**{f"{enterprise}name_en__icontains": q})
        | Q(**{f"{enterprise}uscc__iexact": q})
    )


def state_of(notice: PublicNotice, today: dt.date) -> Bilingual:
    """Where a notice stands, in words."""
    if notice.closed_at is None:
        return Bilingual("公示中", "Open") if today < notice.closes_on else Bilingual("公示期满", "Period over")
    if timezone.localdate(notice.closed_at) < notice.closes_on:
        return Bilingual("提前终止", "Ended early")
    return Bilingual("公示结束", "Closed")


def last_day(notice: PublicNotice) -> dt.date:
    """The last day on which objections are taken; ``closes_on`` is the day after."""
    return notice.closes_on - dt.timedelta(days=1)
