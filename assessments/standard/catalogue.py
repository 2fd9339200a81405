"""The editions that ship with the platform, loaded once a process."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from assessments.standard.edition import Edition
from assessments.standard.loader import load_edition

DATA = Path(__file__).parent / "data"

#: Codes of the editions in the order they were published.
EDITIONS: tuple[str, ...] = ("gbt36073-2018",)


class UnknownCode(KeyError):
    """A code that the catalogue does not hold; ``str()`` is a sentence naming it."""

    def __str__(self) -> str:
        return str(self.args[0])


@cache
def get_edition(code: str) -> Edition:
    """The edition with this code. Raises :class:`UnknownCode`, or :class:`EditionError` if its data are damaged."""
    if code not in EDITIONS:
        raise UnknownCode(f"unknown edition {code!r}; known: {', '.join(EDITIONS)}")
    return load_edition(DATA / code)


def editions() -> tuple[Edition, ...]:
    return tuple(get_edition(code) for code in EDITIONS)
