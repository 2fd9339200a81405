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
    """A table that breaks between rows, and inside a row only where the row is too tall to move as a whole."""

    def split(self, width: float, height: float) -> list[Flowable]:
        self._calc(width, height)
        self.splitInRow = 40 if max(self._rowHeights[self.repeatRows :], default=0) > _TALL else 0
        parts: list[Flowable] = super().split(width, height)
        return parts


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
    head = [Text(face, c.title, HEAD_CELL.but(align=c.align)) for c in columns]
    body = [
        [cell_of(face, cell, style.but(align=c.align, bold=c.bold)) for c, cell in zip(columns, row, strict=True)]
        for row in rows
    ]
    table = RowTable([head, *body], [c.width for c in columns], repeatRows=1, hAlign="LEFT")
    commands = [
        *_plain(face, padding),
        ("LINEABOVE", (0, 0), (-1, 0), 0.9, BRAND),
        ("LINEBELOW", (0, 0), (-1, 0), 0.5, BRAND),
        ("BACKGROUND", (0, 0), (-1, 0), TINT),
        ("LINEBELOW", (0, 1), (-1, -1), 0.3, RULE),
        ("LINEBELOW", (0, -1), (-1, -1), 0.6, BRAND),
        *(("BACKGROUND", (c, r + 1), (c, r + 1), colour) for c, r, colour in shades),
        *(("BACKGROUND", (0, r + 1), (-1, r + 1), TINT) for r in strong_rows),
    ]
    table.setStyle(TableStyle(commands))
    return table


def facts_table(face: Face, facts: Iterable[tuple[str, Cell]], label_width: float, width: float) -> RowTable:
    """Labels on the left, values on the right; values nobody gave read as an en dash."""
    label, value = CELL.but(size=9, leading=14, colour=MUTED), CELL.but(size=9.4, leading=14)
    rows = [[Text(face, name, label), cell_of(face, cell or "–", value)] for name, cell in facts]
    table = RowTable(rows, [label_width, width - label_width], hAlign="LEFT")
    commands = [
        *_plain(face, 4.2),
        ("LINEABOVE", (0, 0), (-1, 0), 0.6, BRAND),
        ("LINEBELOW", (0, 0), (-1, -2), 0.3, RULE),
        ("LINEBELOW", (0, -1), (-1, -1), 0.6, BRAND),
    ]
    table.setStyle(TableStyle(commands))
    return table


def side_by_side(face: Face, cells: Sequence[Flowable], widths: Sequence[float], valign: str = "TOP") -> Table:
    """Flowables next to each other, without lines."""
    table = Table([[[c] for c in cells]], list(widths), hAlign="LEFT")
    table.setStyle(
        TableStyle([*_plain(face, 0), ("LEFTPADDING", (0, 0), (0, 0), 0), ("VALIGN", (0, 0), (-1, -1), valign)])
    )
    return table


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
