"""Keeping a person's place in a case. Not audited: it changes nothing for anybody else."""

from __future__ import annotations

import datetime as dt

from assessments.models import Assessment, User, WorkingPlace


def keep_place(
    place: WorkingPlace | None, *, by: User, case: Assessment, at: dt.datetime, **now: str
) -> WorkingPlace | None:
    """Writes what has changed of ``code``, ``view`` and ``filters``; no query when nothing has.

    ``place`` is what ``queries.places.place_of`` found.
    """
    if place is not None and all(getattr(place, field) == value for field, value in now.items()):
        return place
    kept, _ = WorkingPlace.objects.update_or_create(
        assessment=case,
        user=by,
        defaults={**now, "changed_at": at},
        create_defaults={"code": "", **now, "changed_at": at},
    )
    return kept
