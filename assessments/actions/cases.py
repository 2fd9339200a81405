"""What every write to a case begins with: the case, locked and within the user's scope; words as they are kept."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from django.db.models import QuerySet

from assessments.actions.errors import allow
from assessments.models import Assessment, Delegation, User, parts_with
from assessments.permissions import scope
from assessments.permissions.rules import can_answer


def lock_case(*, by: User, number: str, beside: Sequence[str] = ("enterprise", "body")) -> Assessment:
    """The case, locked, with what it refers to. Raises ``Assessment.DoesNotExist`` when the user may not see it."""

    def shaped(found: QuerySet[Assessment]) -> QuerySet[Assessment]:
        return found.select_related(*beside).select_for_update(of=("self",))

    return scope.case(by, number, shaped) if beside else scope.locked_case(by, number)


def allow_answering(case: Assessment, by: User, criterion_codes: Iterable[str]) -> None:
    """Raises ``NotAllowed`` unless the person may change the answers to all of these criteria.

    One query for whoever was assigned parts of this case, none for all others.
    """
    mine: set[str] = set()
    if case.viewer_delegated:
        mine.update(Delegation.objects.filter(assessment=case, user=by).values_list("part_code", flat=True))
    allow(can_answer(case, delegated_here=all(mine.intersection(parts_with(code)) for code in criterion_codes)))


#: What no document can hold: control characters and what Unicode says is no character (XML 1.0, 2.2).
_NO_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def cleaned(text: str) -> str:
    """Words from a form as they are kept: one kind of line end, nothing a document refuses, no blank edges."""
    return _NO_TEXT.sub("", text.replace("\r\n", "\n")).strip()
