"""The editions that ship with the platform, loaded once a process."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from assessments.standard.edition import Edition
from assessments.standard.loader import EditionError, load_edition

DATA = Path(__file__).parent / "data"

#: The editions in the order they were published, each with the SHA-256 of its domain files. A published edition is
#: frozen: results refer to its codes and texts, so a changed file is refused until its new checksum stands here.
EDITIONS: dict[str, str] = {"gbt36073-2018": "26f88dc43d22f361fbfa89e2fbf6c26770dc3b802e0865b437d621f389660036"}


class UnknownCode(KeyError):  # noqa: N818 - names what is unknown
    """A code that the catalogue does not hold; ``str()`` is a sentence naming it."""

    def __str__(self) -> str:
        return str(self.args[0])


@cache
def get_edition(code: str) -> Edition:
    """The edition with this code.

    Raises :class:`UnknownCode`, or :class:`EditionError` if its data are damaged or not the frozen ones.
    """
    if code not in EDITIONS:
        raise UnknownCode(f"unknown edition {code!r}; known: {', '.join(EDITIONS)}")
    edition = load_edition(DATA / code)
    if edition.checksum != EDITIONS[code]:
        raise EditionError(DATA / code, "checksum", f"expected {EDITIONS[code]}, found {edition.checksum}")
    return edition


def editions() -> tuple[Edition, ...]:
    return tuple(get_edition(code) for code in EDITIONS)
