"""Tables: repeated heads, hairlines, cells that wrap; a row taller than a page is continued on the next."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from reportlab.lib.colors import Color
from reportlab.platypus import Table, TableStyle
from reportlab.platypus.flowables import Flowable

from assessments.reports.fonts import Face
from assessments.reports.text import BRAND, CELL, HEAD_CELL, MUTED, RULE, TINT, Run, Style, Text

#: what a cell may hold; a list is stacked
Cell: TypeAlias = str | Sequence[Run] | Flowable | list[Flowable] | None
#: rows above this height may be broken inside, in points
_TALL = 420.0


@dataclass(frozen=True)
class Column:
    """``width`` in points; ``align`` left, center or right."""

    title: str
    width: float
    align: str = "left"
    bold: bool = False


class RowTable(Table):
    """A table that breaks between rows, and inside a row only where the row is too tall to move as a whole.

    Tall rows are broken here and not by reportlab's ``splitInRow``: that asks a cell to split at the width of its
    column including the padding, so the parts do not fit.
    """

    face: Face
    frame: list[tuple[Any, ...]]

    def split(self, width: float, height: float) -> list[Flowable]:
        self._calc(width, height)
        parts: list[Flowable] = super().split(width, height)
        head = self.repeatRows
        if parts or self._rowHeights[head] <= _TALL:
            return [self._adopt(part) for part in parts]
        room = height - sum(self._rowHeights[:head])
        return self._break_row(self._cellvalues[:head], self._cellvalues[head:], room)

    def _adopt(self, part: Flowable) -> Flowable:
        """Parts cut between rows have to know how to break a row too."""
        if isinstance(part, RowTable):
            part.face, part.frame = self.face, self.frame
        return part

    def _break_row(self, head: list[Any], body: list[Any], room: float) -> list[Flowable]:
        """The first row of ``body`` in two, each part under the head; nothing if not even two lines fit."""
        upper, lower = [], []
        for cell, style, width in zip(body[0], self._cellStyles[self.repeatRows], self._colWidths, strict=True):
            inner = width - style.leftPadding - style.rightPadding
            top, rest = _split_stack(cell, inner, room - style.topPadding - style.bottomPadding)
            upper.append(top)
            lower.append(rest)
        if not any(upper):
            return []
        empty = Text(self.face, "", CELL)
        rows = [[stack or [empty] for stack in part] for part in (upper, lower)]
        return [self._again(head, [rows[0]]), self._again(head, [rows[1], *body[1:]])]

    def _again(self, head: list[Any], body: list[Any]) -> RowTable:
        return _row_table(self.face, self._colWidths, head, body, self.frame)


def _split_stack(stack: Sequence[Flowable], width: float, height: float) -> tuple[list[Flowable], list[Flowable]]:
    """What of a cell fits into ``height``, and what is left."""
    top: list[Flowable] = []
    for position, flowable in enumerate(stack):
        height -= flowable.getSpaceBefore() if position else 0.0
        tall = flowable.wrap(width, height)[1]
        if tall > height:
            parts = flowable.split(width, height)
            rest = parts[1:] if parts else [flowable]
            return top + parts[:1], [*rest, *stack[position + 1 :]]
        top.append(flowable)
        height -= tall + flowable.getSpaceAfter()
    return top, []


def _row_table(
    face: Face,
    widths: Sequence[float],
    head: Sequence[Sequence[Any]],
    body: Sequence[Sequence[Any]],
    frame: list[tuple[Any, ...]],
) -> RowTable:
    table = RowTable([*head, *body], list(widths), repeatRows=len(head), hAlign="LEFT")
    table.face, table.frame = face, frame
    table.setStyle(TableStyle(frame))
    return table


def data_table(
    face: Face,
    columns: Sequence[Column],
    rows: Iterable[Sequence[Cell]],
    *,
    style: Style = CELL,
    shades: Sequence[tuple[int, int, Color]] = (),
    strong_rows: Sequence[int] = (),
    padding: float = 3.4,
) -> RowTable:
    """A table with a head. ``shades`` are (column, row, colour) of cells, rows counted from 0 below the head."""
    head = [[Text(face, c.title, HEAD_CELL.but(align=c.align))] for c in columns]
    body = [
        [cell_of(face, cell, style.but(align=c.align, bold=c.bold)) for c, cell in zip(columns, row, strict=True)]
        for row in rows
    ]
    frame = [
        *_plain(face, padding),
        ("LINEABOVE", (0, 0), (-1, 0), 0.9, BRAND),
        ("LINEBELOW", (0, 0), (-1, 0), 0.5, BRAND),
        ("BACKGROUND", (0, 0), (-1, 0), TINT),
        ("LINEBELOW", (0, 1), (-1, -1), 0.3, RULE),
        ("LINEBELOW", (0, -1), (-1, -1), 0.6, BRAND),
    ]
    table = _row_table(face, [c.width for c in columns], [head], body, frame)
    # Tables with shades hold figures and short words, so their rows are never broken and need not carry these along.
    shaded = [("BACKGROUND", (c, r + 1), (c, r + 1), colour) for c, r, colour in shades]
    strong = [("BACKGROUND", (0, r + 1), (-1, r + 1), TINT) for r in strong_rows]
    table.setStyle(TableStyle(shaded + strong))
    return table


def facts_table(face: Face, facts: Iterable[tuple[str, Cell]], label_width: float, width: float) -> RowTable:
    """Labels on the left, values on the right; values nobody gave read as an en dash."""
    label, value = CELL.but(size=9, leading=14, colour=MUTED), CELL.but(size=9.4, leading=14)
    rows = [[[Text(face, name, label)], cell_of(face, cell or "–", value)] for name, cell in facts]
    frame = [
        *_plain(face, 4.2),
        ("LINEABOVE", (0, 0), (-1, 0), 0.6, BRAND),
        ("LINEBELOW", (0, 0), (-1, -2), 0.3, RULE),
        ("LINEBELOW", (0, -1), (-1, -1), 0.6, BRAND),
    ]
    return _row_table(face, [label_width, width - label_width], [], rows, frame)


def cell_of(face: Face, cell: Cell, style: Style) -> list[Flowable]:
    """Whatever a cell may hold as a list of flowables."""
    if isinstance(cell, Flowable):
        return [cell]
    if isinstance(cell, str) or cell is None:
        return [Text(face, cell or "", style)]
    if cell and isinstance(cell[0], Flowable):
        return list(cell)
    return [Text(face, cell, style)]


def _plain(face: Face, padding: float) -> list[tuple[Any, ...]]:
    """Every cell in our font: reportlab's own default would leave a Helvetica in the file."""
    whole = (0, 0), (-1, -1)
    return [
        ("FONTNAME", *whole, face.name()),
        ("VALIGN", *whole, "TOP"),
        ("TOPPADDING", *whole, padding),
        ("BOTTOMPADDING", *whole, padding),
        ("LEFTPADDING", *whole, 4),
        ("RIGHTPADDING", *whole, 4),
    ]
