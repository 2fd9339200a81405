"""Fetching a case for writing: within the user's scope, locked until the transaction ends."""

from __future__ import annotations

from assessments.models import Assessment, User
from assessments.permissions import scope


def lock_case(*, by: User, number: str) -> Assessment:
    """The case, locked. Raises ``Assessment.DoesNotExist`` when the user may not see it."""
    return scope.cases(by).select_related("enterprise", "body").select_for_update(of=("self",)).get(number=number)
