"""Text as a flowable: runs of regular and bold in one column, broken by our own rules, without any markup.

Because nothing is parsed, no text that a person typed can be taken for markup, and a line is broken only once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from reportlab.lib.colors import Color, HexColor
from reportlab.platypus.flowables import Flowable

from assessments.reports.fonts import Face
from assessments.reports.lines import Line, break_lines

INK = HexColor("#1c1a18")
SOFT = HexColor("#45413c")
MUTED = HexColor("#5e5952")
RULE = HexColor("#dedad3")
RULE_STRONG = HexColor("#a19a8f")
TINT = HexColor("#f0f6f8")
PAPER = HexColor("#ffffff")
BRAND = HexColor("#115264")
BRAND_DEEP = HexColor("#0a323d")
RED = HexColor("#a8201a")
AMBER = HexColor("#6b4300")


@dataclass(frozen=True)
class Style:
    """Sizes in points; ``indent`` of first lines in ems; ``justify`` stretches full lines of Chinese."""

    size: float = 10.0
    leading: float = 17.0
    colour: Color = INK
    bold: bool = False
    align: str = "left"
    before: float = 0.0
    after: float = 0.0
    indent: float = 0.0
    justify: bool = False
    #: points added after every character
    tracking: float = 0.0

    def but(self, **changes: object) -> Style:
        return replace(self, **changes)  # type: ignore[arg-type]


BODY = Style(after=6)
SMALL = Style(size=8.6, leading=13.5, colour=SOFT, after=4)
CELL = Style(size=8.4, leading=12.6)
HEAD_CELL = Style(size=8.2, leading=11.8, bold=True, colour=BRAND_DEEP)


class Run(NamedTuple):
    """A piece of text in one weight and colour; ``None`` takes those of the style."""

    text: str
    bold: bool | None = None
    colour: Color | None = None


class Text(Flowable):
    """A block of text in one size."""

    def __init__(self, face: Face, runs: str | Sequence[Run], style: Style = BODY) -> None:
        super().__init__()
        self.face, self.style = face, style
        pieces = [Run(runs)] if isinstance(runs, str) else runs
        self.runs = [Run(face.write(r.text, self._bold(r)), self._bold(r), r.colour or style.colour) for r in pieces]
        self._text = "".join(r.text for r in self.runs)
        self._lines: list[Line] = []
        self._broken_at: float | None = None

    def _bold(self, run: Run) -> bool:
        return self.style.bold if run.bold is None else run.bold

    def getSpaceBefore(self) -> float:  # noqa: N802 (reportlab's names)
        return self.style.before

    def getSpaceAfter(self) -> float:  # noqa: N802
        return self.style.after

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        if self._broken_at != width:
            self._lines = break_lines(self._text, self._advances(), width, self.style.indent * self.style.size)
            self._broken_at = width
        self.width, self.height = width, len(self._lines) * self.style.leading
        return self.width, self.height

    def natural_width(self) -> float:
        """The width of the text on one line."""
        return sum(self._advances())

    def _advances(self) -> list[float]:
        scale = self.style.size / 1000
        found: list[float] = []
        for run in self.runs:
            widths = self.face.advances(bool(run.bold))
            found.extend(widths.get(ord(c), 1000.0) * scale + self.style.tracking for c in run.text)
        return found

    def scaled(self, factor: float) -> Text:
        """The same text in another size."""
        style = self.style
        return Text(self.face, self.runs, style.but(size=style.size * factor, leading=style.leading * factor))

    def split(self, width: float, height: float) -> list[Flowable]:
        """Two parts with at least two lines each, or nothing where that is impossible."""
        self.wrap(width, height)
        fits = min(int(height / self.style.leading + 1e-6), len(self._lines) - 2)
        if fits < 2:
            return []
        return [self._part(self._lines[:fits], is_first=True), self._part(self._lines[fits:], is_first=False)]

    def _part(self, lines: list[Line], *, is_first: bool) -> Text:
        """A text of these lines alone, so that it comes out right in whatever width it is wrapped again."""
        start, end, position = lines[0].start, lines[-1].end, 0
        runs = []
        for run in self.runs:
            runs.append(run._replace(text=run.text[max(0, start - position) : max(0, end - position)]))
            position += len(run.text)
        style = self.style.but(after=0.0) if is_first else self.style.but(before=0.0, indent=0.0)
        return Text(self.face, runs, style)

    def draw(self) -> None:
        if getattr(self.canv, "is_rehearsal", False):
            return
        target = self.canv.beginText()
        y = self.height + self.style.leading * 0.5 - self.style.size * 0.37
        previous_ended = True
        for line in self._lines:
            y -= self.style.leading
            indent = self.style.indent * self.style.size if previous_ended else 0.0
            self._draw_line(target, line, indent, y)
            previous_ended = line.is_last
        self.canv.drawText(target)

    def _draw_line(self, target: Any, line: Line, indent: float, y: float) -> None:
        spare = self.width - indent - line.width
        x = indent + {"left": 0.0, "center": spare / 2, "right": spare}[self.style.align]
        gaps = line.end - line.start - 1
        stretch = spare / gaps if self.style.justify and not line.is_last and gaps else 0.0
        # A line that an unbreakable word left far too short stays ragged.
        stretch = stretch if stretch <= self.style.size * 0.08 else 0.0
        stretch += self.style.tracking
        target.setTextOrigin(x, y)
        if stretch:
            target.setCharSpace(stretch)
        position = 0
        for run in self.runs:
            start, end = max(line.start, position), min(line.end, position + len(run.text))
            if start < end:
                target.setFont(self.face.name(bool(run.bold)), self.style.size)
                target.setFillColor(run.colour)
                target.textOut(run.text[start - position : end - position])
            position += len(run.text)
        if stretch:
            target.setCharSpace(0)
