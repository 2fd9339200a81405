"""What every write to a case begins with: the case, locked and within the user's scope; words as they are kept."""

from __future__ import annotations

from assessments.models import Assessment, User
from assessments.permissions import scope


def lock_case(*, by: User, number: str) -> Assessment:
    """The case, locked. Raises ``Assessment.DoesNotExist`` when the user may not see it."""
    return scope.cases(by).select_related("enterprise", "body").select_for_update(of=("self",)).get(number=number)


def cleaned(text: str) -> str:
    """Words from a form as they are kept: one kind of line end, nothing a database refuses, no blank edges."""
    return text.replace("\r\n", "\n").replace("\x00", "").strip()
