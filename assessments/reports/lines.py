"""Breaks Chinese and English text into lines: no closing mark starts a line, no opening mark ends one.

reportlab lets a closing mark hang outside the column and allows the Chinese comma at the start of a line, so the
rules are here: break between ideographs and after spaces, carry a character down rather than break a rule, and cut
a word only when it is longer than the line.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

_OPENING = frozenset("（《〈「『【〔〖［｛“‘([{￥¥＄$№§#＃")
_CLOSING = frozenset("，。、；：？！）》〉」』】〕〗］｝”’…—～·‧・々％‰℃°,.;:?!)]}%’-")
#: closing marks after which a line may break even before a Latin letter or digit
_FULL_STOP = frozenset("，。、；：？！）》〉」』】〕〗］｝")
#: where a word that is longer than the line is cut by preference
_SEAMS = frozenset("/_-.&=?@:\\")
_SLACK = 1e-6


class Line(NamedTuple):
    """Characters ``start`` to ``end`` of the text; ``width`` in points; ``is_last`` of its paragraph."""

    start: int
    end: int
    width: float
    is_last: bool


@cache
def _kind(char: str) -> str:
    if char == " ":
        return "space"
    if char in _OPENING:
        return "opening"
    if char in _CLOSING:
        return "closing"
    return "wide" if ord(char) >= 0x2E80 or "①" <= char <= "⓿" or "←" <= char <= "⇿" else "narrow"


@cache
def may_break(left: str, right: str) -> bool:
    """Whether a line may end between two characters.

    >>> may_break("据", "管"), may_break("据", "，"), may_break("（", "据"), may_break("a", "b"), may_break(" ", "b")
    (True, False, False, False, True)
    """
    before, after = _kind(left), _kind(right)
    if before == "space" or after == "space":
        return after != "space"
    if after == "closing" or before == "opening":
        return False
    return left in _FULL_STOP or "wide" in (before, after)


def break_lines(text: str, advances: Sequence[float], width: float, indent: float = 0.0) -> list[Line]:
    """The lines of ``text`` in a column of ``width``; ``advances`` holds the width of every character.

    ``indent`` shortens the first line of each paragraph; a line feed ends a paragraph. At least one line comes back.
    """
    lines: list[Line] = []
    position = 0
    for paragraph in text.split("\n"):
        end = position + len(paragraph)
        lines.extend(_paragraph(text, advances, position, end, width, indent))
        position = end + 1
    return lines


def _paragraph(text: str, advances: Sequence[float], start: int, end: int, width: float, indent: float) -> list[Line]:
    lines: list[Line] = []
    chance = start
    room, used = width - indent + _SLACK, 0.0
    for index in range(start, end):
        char = text[index]
        if index > start and may_break(text[index - 1], char):
            chance = index
        used += advances[index]
        # Spaces hang at the end of a line, so what is carried down may itself be too long: hence the loop.
        while used > room and char != " " and index > start:
            cut = chance if chance > start else _seam(text, start, index)
            lines.append(_line(text, advances, start, cut, is_last=False))
            start = cut
            while start < index and text[start] == " ":
                start += 1
            chance, room = start, width + _SLACK
            used = sum(advances[start : index + 1])
    lines.append(_line(text, advances, start, end, is_last=True))
    return lines


def _seam(text: str, start: int, index: int) -> int:
    """Where to cut a run that has no chance to break: after a joint in its second half, else right here."""
    for cut in range(index, start + (index - start) // 2, -1):
        if text[cut - 1] in _SEAMS:
            return cut
    return index


def _line(text: str, advances: Sequence[float], start: int, end: int, *, is_last: bool) -> Line:
    while end > start and text[end - 1] == " ":
        end -= 1
    return Line(start, end, sum(advances[start:end]), is_last)
