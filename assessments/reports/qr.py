"""A QR code as one filled path on a canvas: sharp at every size, no image inside the file."""

from __future__ import annotations

import segno
from reportlab.lib.colors import HexColor
from reportlab.pdfgen.canvas import Canvas

#: modules of quiet zone that scanners need around the code
QUIET = 4
_INK = HexColor("#000000")


def matrix(text: str) -> tuple[tuple[int, ...], ...]:
    """Rows of modules from the top, 1 for dark; error correction of a quarter or better."""
    return tuple(tuple(int(module) for module in row) for row in segno.make(text, error="q", micro=False).matrix)


def draw(canvas: Canvas, text: str, x: float, y: float, size: float) -> None:
    """The code of ``text`` with its lower left corner at (x, y); ``size`` in points includes the quiet zone."""
    rows = matrix(text)
    module = size / (len(rows) + 2 * QUIET)
    canvas.setFillColor(_INK)
    path = canvas.beginPath()
    for down, row in enumerate(rows):
        top = y + size - (QUIET + down + 1) * module
        for start, length in _runs(row):
            path.rect(x + (QUIET + start) * module, top, length * module, module)
    canvas.drawPath(path, stroke=0, fill=1)


def _runs(row: tuple[int, ...]) -> list[tuple[int, int]]:
    """Start and length of each run of dark modules: one rectangle each leaves no hairlines between modules."""
    runs: list[tuple[int, int]] = []
    for position, dark in enumerate(row):
        if dark and runs and sum(runs[-1]) == position:
            runs[-1] = (runs[-1][0], runs[-1][1] + 1)
        elif dark:
            runs.append((position, 1))
    return runs
