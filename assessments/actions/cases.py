"""What every write to a case begins with: the case, locked and within the user's scope; words as they are kept."""

from __future__ import annotations

from collections.abc import Iterable

from assessments.actions.errors import allow
from assessments.models import Assessment, Delegation, User, parts_with
from assessments.permissions import scope
from assessments.permissions.rules import can_answer


def lock_case(*, by: User, number: str) -> Assessment:
    """The case, locked. Raises ``Assessment.DoesNotExist`` when the user may not see it."""
    return scope.cases(by).select_related("enterprise", "body").select_for_update(of=("self",)).get(number=number)


def allow_answering(case: Assessment, by: User, criterion_codes: Iterable[str]) -> None:
    """Raises ``NotAllowed`` unless the person may change the answers to all of these criteria."""
    mine = set(Delegation.objects.filter(assessment=case, user=by).values_list("part_code", flat=True))
    allow(can_answer(case, delegated_here=all(mine.intersection(parts_with(code)) for code in criterion_codes)))


def cleaned(text: str) -> str:
    """Words from a form as they are kept: one kind of line end, nothing a database refuses, no blank edges."""
    return text.replace("\r\n", "\n").replace("\x00", "").strip()
