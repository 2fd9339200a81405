"""Finding ``@姓名`` in what people write."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Piece:
    """A stretch of a text; ``name`` is whom it mentions, empty for ordinary words."""

    text: str
    name: str = ""


def pieces(text: str, names: Iterable[str]) -> tuple[Piece, ...]:
    """The text cut at its mentions of these names, of several that fit the longest; joined again it is the text.

    ``@`` within a word is an address and mentions nobody; a name in Latin letters ends where its word ends. Both forms
    of the sign count, the plain one and that of Chinese keyboards.
    """
    known = sorted({n for n in names if n}, key=len, reverse=True)
    if not known:
        return (Piece(text),) if text else ()
    found, done = [], 0
    for match in re.finditer(f"(?<![A-Za-z0-9._-])[@＠]({'|'.join(map(_whole, known))})", text):
        if match.start() > done:
            found.append(Piece(text[done : match.start()]))
        found.append(Piece(match.group(), match.group(1)))
        done = match.end()
    return (*found, Piece(text[done:])) if done < len(text) else tuple(found)


def names_in(text: str, names: Iterable[str]) -> frozenset[str]:
    """Which of these names the text mentions."""
    return frozenset(p.name for p in pieces(text, names) if p.name)


def _whole(name: str) -> str:
    """The pattern of a name; ``Li`` is not the beginning of ``Lisa``."""
    return re.escape(name) + ("(?![A-Za-z0-9])" if name[-1].isascii() and name[-1].isalnum() else "")
