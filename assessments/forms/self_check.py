"""The questions of the self-check as an address carries them: one parameter an item, or all in one code."""

from __future__ import annotations

from django.http import QueryDict

from assessments.scoring.self_check import TOP_LEVEL
from assessments.standard import Edition

#: The parameter that carries the code.
CODE = "a"
_LEVELS = {str(n): n for n in range(TOP_LEVEL + 1)}


def levels_sent(edition: Edition, sent: QueryDict) -> dict[str, int]:
    """The levels chosen in the form; whatever is no level of an item is left aside, as if not answered."""
    chosen = {item: str(sent.get(item, "")) for item in edition.items}
    return {item: _LEVELS[value] for item, value in chosen.items() if value in _LEVELS}
