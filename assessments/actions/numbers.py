"""Drawing the next running number."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from assessments.models import NumberSeries


def draw(*, prefix: str, at: dt.datetime) -> str:
    """The next number of this year's series, such as ``SH-2026-00042``; call it inside the transaction that uses it."""
    year = timezone.localtime(at).year
    series, _ = NumberSeries.objects.select_for_update().get_or_create(name=f"{prefix}-{year}")
    series.last += 1
    series.save(update_fields=["last"])
    return f"{prefix}-{year}-{series.last:05d}"
