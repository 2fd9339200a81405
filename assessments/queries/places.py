"""Where a person last worked in a case."""

from __future__ import annotations

from assessments.models import Assessment, User, WorkingPlace


def place_of(user: User, case: Assessment) -> WorkingPlace | None:
    """The person's place in this case; ``None`` before the first visit. One query."""
    return WorkingPlace.objects.filter(assessment=case, user=user).first()
