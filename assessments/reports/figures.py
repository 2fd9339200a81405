"""Drawn figures: scoreboard, radar, the strip of an item. All read in grey: shape, dash and figure before colour."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import cos, pi, sin

from reportlab.lib.colors import Color, HexColor
from reportlab.platypus.flowables import Flowable

from assessments.reports.fonts import Face
from assessments.reports.text import BRAND, BRAND_DEEP, INK, MUTED, PAPER, RULE, RULE_STRONG, TINT, Style, Text

#: level 0 to 5 from light to deep, each with the ink that reads on it
LEVEL_SHADES: tuple[tuple[Color, Color], ...] = (
    (HexColor("#f5f4f0"), INK),
    (HexColor("#e0eef1"), INK),
    (HexColor("#c6dfe5"), INK),
    (HexColor("#9cc6d0"), INK),
    (HexColor("#1a677b"), PAPER),
    (HexColor("#0a323d"), PAPER),
)
SELF_LINE = HexColor("#855400")


def score_shade(value: Decimal | None) -> tuple[Color, Color]:
    """The shade of a level score 0..1 and the ink on it."""
    if value is None:
        return PAPER, MUTED
    return LEVEL_SHADES[min(5, int(value * 5 + Decimal("0.0001")))]


@dataclass(frozen=True)
class Score:
    """One box of the scoreboard: a label, a large figure, a line below."""

    label: str
    figure: str
    below: str
    is_main: bool = False


class Scoreboard(Flowable):
    """Boxes in a row; the first ones are the main result and stand on the brand colour."""

    GAP = 8.0

    def __init__(self, face: Face, scores: Sequence[Score]) -> None:
        super().__init__()
        self._boxes = [(s, *self._texts(face, s)) for s in scores]

    @staticmethod
    def _texts(face: Face, score: Score) -> tuple[Text, Text, Text]:
        quiet, loud = (TINT, PAPER) if score.is_main else (MUTED, BRAND_DEEP)
        return (
            Text(face, score.label, Style(size=8.6, leading=12.5, colour=quiet)),
            Text(face, score.figure, Style(size=25, leading=33, bold=True, colour=loud)),
            Text(face, score.below, Style(size=9, leading=13, bold=score.is_main, colour=loud)),
        )

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        self._each = (width - self.GAP * (len(self._boxes) - 1)) / len(self._boxes)
        tallest = max(sum(t.wrap(self._each - 20, height)[1] for t in texts) for _, *texts in self._boxes)
        self.width, self.height = width, tallest + 18
        return self.width, self.height

    def draw(self) -> None:
        for index, (score, *texts) in enumerate(self._boxes):
            x = index * (self._each + self.GAP)
            self.canv.setFillColor(BRAND if score.is_main else TINT)
            self.canv.setStrokeColor(BRAND if score.is_main else LEVEL_SHADES[2][0])
            self.canv.setLineWidth(0.6)
            self.canv.rect(x, 0, self._each, self.height, stroke=1, fill=1)
            y = self.height - 9
            for text in texts:
                y -= text.height
                text.drawOn(self.canv, x + 10, y)


@dataclass(frozen=True)
class Series:
    """One line of the radar; values 0..5 or ``None`` where the axis takes no part."""

    name: str
    values: Sequence[Decimal | None]
    is_main: bool


class Radar(Flowable):
    """Axes from zero in the middle to five at the rim; the main series filled, the other dashed with hollow marks."""

    RADIUS = 82.0
    LABEL = 96.0

    def __init__(self, face: Face, axes: Sequence[str], series: Sequence[Series]) -> None:
        super().__init__()
        self.face, self.series = face, series
        self._labels = [
            Text(face, axis, Style(size=8.6, leading=11.5, bold=True, align=self._align(n, len(axes))))
            for n, axis in enumerate(axes)
        ]
        self._figures = [
            Text(face, self._figure(n), Style(size=8, leading=11, colour=MUTED, align=self._align(n, len(axes))))
            for n in range(len(axes))
        ]
        self._legend = [Text(face, s.name, Style(size=8.4, leading=12)) for s in series]
        face.write("012345")

    def _figure(self, axis: int) -> str:
        ordered = sorted(self.series, key=lambda s: not s.is_main)
        return " / ".join("–" if s.values[axis] is None else f"{s.values[axis]:.2f}" for s in ordered)

    @staticmethod
    def _align(axis: int, count: int) -> str:
        across = sin(2 * pi * axis / count)
        return "center" if abs(across) < 0.1 else "left" if across > 0 else "right"

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        self.width, self.height = width, 2 * self.RADIUS + 84
        for text in (*self._labels, *self._figures):
            text.wrap(self.LABEL, height)
        return self.width, self.height

    def _point(self, axis: int, value: float) -> tuple[float, float]:
        angle = 2 * pi * axis / len(self._labels)
        reach = self.RADIUS * value / 5
        return self.width / 2 + reach * sin(angle), self.height / 2 + 8 + reach * cos(angle)

    def draw(self) -> None:
        self._grid()
        for series in sorted(self.series, key=lambda s: not s.is_main):
            self._line(series)
        for axis in range(len(self._labels)):
            self._label(axis)
        self._draw_legend()

    def _grid(self) -> None:
        count = len(self._labels)
        self.canv.setLineWidth(0.5)
        for ring in range(1, 6):
            self.canv.setStrokeColor(RULE_STRONG if ring == 5 else RULE)
            self._polygon([self._point(n, ring) for n in range(count)], stroke=1, fill=0)
        self.canv.setStrokeColor(RULE)
        for axis in range(count):
            self.canv.line(*self._point(axis, 0), *self._point(axis, 5))
        self.canv.setFont(self.face.name(), 6.6)
        self.canv.setFillColor(MUTED)
        for ring in range(6):
            x, y = self._point(0, ring)
            self.canv.drawRightString(x - 2.5, y + 1, str(ring))

    def _line(self, series: Series) -> None:
        points = [self._point(n, float(v)) for n, v in enumerate(series.values) if v is not None]
        if not points:
            return
        colour = BRAND if series.is_main else SELF_LINE
        self.canv.saveState()
        self.canv.setStrokeColor(colour)
        self.canv.setFillColor(colour if series.is_main else PAPER)
        self.canv.setLineWidth(1.6 if series.is_main else 1.2)
        if series.is_main:
            self.canv.setFillAlpha(0.14)
            self._polygon(points, stroke=0, fill=1)
            self.canv.setFillAlpha(1)
        else:
            self.canv.setDash(4, 2.5)
        self._polygon(points, stroke=1, fill=0)
        self.canv.setDash()
        for x, y in points:
            self.canv.circle(x, y, 2.3, stroke=1, fill=1)
        self.canv.restoreState()

    def _polygon(self, points: Sequence[tuple[float, float]], *, stroke: int, fill: int) -> None:
        path = self.canv.beginPath()
        path.moveTo(*points[0])
        for point in points[1:]:
            path.lineTo(*point)
        path.close()
        self.canv.drawPath(path, stroke=stroke, fill=fill)

    def _label(self, axis: int) -> None:
        label, figure = self._labels[axis], self._figures[axis]
        angle = 2 * pi * axis / len(self._labels)
        x, y = self._point(axis, 5)
        x, y = x + 8 * sin(angle), y + 8 * cos(angle)
        left = {"left": x, "right": x - self.LABEL, "center": x - self.LABEL / 2}[label.style.align]
        tall = label.height + figure.height
        # Labels above the middle grow upwards, labels below it downwards.
        top = y + tall * (1 + cos(angle)) / 2
        label.drawOn(self.canv, left, top - label.height)
        figure.drawOn(self.canv, left, top - tall)

    def _draw_legend(self) -> None:
        widths = [30 + text.natural_width() + 22 for text in self._legend]
        x = (self.width - sum(widths) + 22) / 2
        for series, text, width in zip(self.series, self._legend, widths, strict=True):
            colour = BRAND if series.is_main else SELF_LINE
            self.canv.saveState()
            self.canv.setStrokeColor(colour)
            self.canv.setFillColor(colour if series.is_main else PAPER)
            self.canv.setLineWidth(1.6 if series.is_main else 1.2)
            if not series.is_main:
                self.canv.setDash(4, 2.5)
            self.canv.line(x, 6, x + 24, 6)
            self.canv.setDash()
            self.canv.circle(x + 12, 6, 2.3, stroke=1, fill=1)
            self.canv.restoreState()
            text.wrap(width, 20)
            text.drawOn(self.canv, x + 30, 0)
            x += width


@dataclass(frozen=True)
class ItemFigures:
    """What the strip of an item shows: ``levels`` are its five level scores, ``others`` the self-assessed ones."""

    score_label: str
    score: str
    level: str
    other: str
    bars_label: str
    level_labels: Sequence[str]
    levels: Sequence[Decimal | None]
    others: Sequence[Decimal | None]
    gate: Decimal
    counts_label: str
    counts: Sequence[tuple[str, int]]


class ItemStrip(Flowable):
    """Score and level, five level bars with the threshold, and how the verdicts are spread."""

    HEIGHT = 96.0

    def __init__(self, face: Face, figures: ItemFigures) -> None:
        super().__init__()
        self.face, self.figures = face, figures
        quiet = Style(size=7.8, leading=11, colour=MUTED)
        self._score = [
            Text(face, figures.score_label, quiet),
            Text(face, figures.score, Style(size=24, leading=32, bold=True, colour=BRAND_DEEP)),
            Text(face, figures.level, Style(size=9, leading=13, bold=True, colour=BRAND_DEEP)),
            Text(face, figures.other, quiet),
        ]
        self._titles = [Text(face, figures.bars_label, quiet), Text(face, figures.counts_label, quiet)]
        for label in (*figures.level_labels, *(name for name, _ in figures.counts)):
            face.write(label)

    def getSpaceAfter(self) -> float:  # noqa: N802 (reportlab's name)
        return 8

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        self.width, self.height = width, self.HEIGHT
        return self.width, self.height

    def draw(self) -> None:
        self.canv.setFillColor(TINT)
        self.canv.rect(0, 0, self.width, self.height, stroke=0, fill=1)
        y = self.height - 7
        for text in self._score:
            y -= text.wrap(104, 60)[1]
            text.drawOn(self.canv, 10, y)
        self._bars(124, 170)
        self._counts(322, self.width - 322 - 10)

    def _bars(self, x: float, width: float) -> None:
        self._titles[0].wrap(width + 14, 20)
        self._titles[0].drawOn(self.canv, x, self.height - 18)
        start, track = x + 36, width - 36 - 26
        gate = start + track * float(self.figures.gate)
        for n, (value, other) in enumerate(zip(self.figures.levels, self.figures.others, strict=True)):
            y = self.height - 33 - n * 13.6
            self._bar(n, x, y, start, track, value)
            if other is not None:
                self._hollow(start + track * float(other), y + 4)
        self.canv.setStrokeColor(INK)
        self.canv.setLineWidth(0.6)
        self.canv.setDash(1.5, 1.5)
        self.canv.line(gate, self.height - 22, gate, self.height - 33 - 4 * 13.6 - 3)
        self.canv.setDash()

    def _bar(self, n: int, x: float, y: float, start: float, track: float, value: Decimal | None) -> None:
        self.canv.setFont(self.face.name(), 7.8)
        self.canv.setFillColor(INK)
        self.canv.drawString(x, y + 1.4, self.figures.level_labels[n])
        self.canv.setFillColor(PAPER)
        self.canv.setStrokeColor(RULE)
        self.canv.setLineWidth(0.4)
        self.canv.rect(start, y, track, 8, stroke=1, fill=1)
        if value:
            self.canv.setFillColor(BRAND)
            self.canv.rect(start, y, track * float(value), 8, stroke=0, fill=1)
        passes = value is not None and value >= self.figures.gate
        self.canv.setFillColor(INK)
        self.canv.setFont(self.face.name(passes), 7.8)
        self.canv.drawRightString(start + track + 26, y + 1.4, "–" if value is None else f"{value:.2f}")

    def _hollow(self, x: float, y: float) -> None:
        """A diamond where the self-assessment stood."""
        self.canv.setFillColor(PAPER)
        self.canv.setStrokeColor(SELF_LINE)
        self.canv.setLineWidth(1)
        path = self.canv.beginPath()
        path.moveTo(x - 3, y)
        for dx, dy in ((0, 3), (3, 0), (0, -3)):
            path.lineTo(x + dx, y + dy)
        path.close()
        self.canv.drawPath(path, stroke=1, fill=1)

    def _counts(self, x: float, width: float) -> None:
        self._titles[1].wrap(width, 20)
        self._titles[1].drawOn(self.canv, x, self.height - 18)
        most = max((count for _, count in self.figures.counts), default=0) or 1
        label = max((self.face.width(name, 7.8) for name, _ in self.figures.counts), default=0) + 6
        track = width - label - 16
        for n, (name, count) in enumerate(self.figures.counts):
            y = self.height - 33 - n * 13.6
            self.canv.setFillColor(INK)
            self.canv.setFont(self.face.name(), 7.8)
            self.canv.drawString(x, y + 1.4, name)
            self.canv.drawRightString(x + width, y + 1.4, str(count))
            self.canv.setFillColor(LEVEL_SHADES[3][0])
            self.canv.rect(x + label, y, max(track * count / most, 0.5), 8, stroke=0, fill=1)
