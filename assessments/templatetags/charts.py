"""Charts as SVG or tables written on the server: classes and presentation attributes only, no inline style.

``{% load charts %}``; then ``{% radar %}``, ``{% level_bars %}``, ``{% heat_map %}`` and ``{% bar %}``. A page with
a chart also shows its figures as a table; ``radar`` brings one along on request. Lengths start from zero throughout.
Floats appear only as coordinates: every figure shown is the ``Decimal`` that was given.
"""

from __future__ import annotations

import functools
import math
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import template
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from assessments.templatetags.components import level_badge
from assessments.templatetags.platform import local, score

register = template.Library()

Figure = Decimal | int | None
Point = tuple[float, float]

_WIDTH, _HEIGHT = 480, 404
_X, _Y, _RADIUS = 240.0, 186.0, 122.0
_TOP = 5
#: Width of a wrapped axis label in half-width characters: six Chinese characters.
_LABEL_WIDTH = 12
_LINE_HEIGHT = 17


def _px(value: float) -> str:
    return f"{value:.1f}"


def _join(parts: Iterable[str]) -> SafeString:
    """Pieces of markup one after the other; what is not marked as safe is escaped."""
    return SafeString("".join(map(conditional_escape, parts)))


# --- radar --------------------------------------------------------------------------------------------------------


@register.simple_tag
def radar(
    axes: Iterable[Any],
    series: Iterable[Sequence[Any]],
    target: Figure = None,
    label: str = "",
    table: bool = False,
    small: bool = False,
) -> SafeString:
    """A radar of scores 0 to 5.

    ``axes``: labels (Bilingual or text). ``series``: up to three of (name, figures in the order of the axes with
    ``None`` for no part, css class ``series-a``, ``series-b`` or ``series-c``). ``target``: one figure for all axes,
    drawn as a dotted ring. ``label``: accessible name. ``table``: adds the figures in a closed ``<details>``.
    ``small``: axes alone, without figures and key, for a narrow column whose page has the figures beside it.
    Fewer than three axes make no radar: then the table stands alone.
    """
    labels = [local(a) for a in axes]
    drawn = [(local(name), list(figures), str(css)) for name, figures, css in series]
    if len(labels) < 3:
        return _radar_table(labels, drawn, target)
    parts = [_radar_grid(len(labels)), _radar_target(len(labels), target)]
    parts += [_radar_shape(figures, css) for _name, figures, css in reversed(drawn)]
    shown = [] if small else drawn
    parts += [_radar_label(i, text, tuple(s[1][i] for s in shown), len(labels)) for i, text in enumerate(labels)]
    if not small:
        parts.append(_radar_key(drawn, target))
    picture = format_html(
        '<svg class="chart radar" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>',
        _WIDTH,
        _HEIGHT,
        label or _("雷达图：各能力域得分，满分 5 分"),
        _join(parts),
    )
    if not table:
        return format_html('<div class="chart-figure">{}</div>', picture)
    return format_html(
        '<div class="chart-figure">{}<details class="fold"><summary>{}</summary>{}</details></div>',
        picture,
        _("以表格查看"),
        _radar_table(labels, drawn, target),
    )


def _at(index: int, count: int, radius: float) -> Point:
    """The point of axis ``index``: the first one straight up, then clockwise."""
    angle = 2 * math.pi * index / count - math.pi / 2
    return _X + radius * math.cos(angle), _Y + radius * math.sin(angle)


def _radius(value: Figure) -> float:
    return _RADIUS * min(max(float(value or 0), 0.0), float(_TOP)) / _TOP


def _points(points: Iterable[Point]) -> str:
    return " ".join(f"{_px(x)},{_px(y)}" for x, y in points)


def _ring(count: int, radius: float) -> str:
    return _points(_at(i, count, radius) for i in range(count))


@functools.cache
def _radar_grid(count: int) -> SafeString:
    """What is drawn below the figures; it has no words, so that one drawing serves every reader."""
    rings = format_html_join(
        "",
        '<polygon class="chart-grid" points="{}"/>',
        ((_ring(count, _RADIUS * n / _TOP),) for n in range(1, _TOP + 1)),
    )
    spokes = format_html_join(
        "",
        '<line class="chart-axis" x1="{}" y1="{}" x2="{}" y2="{}"/>',
        ((_px(_X), _px(_Y), *(_px(v) for v in _at(i, count, _RADIUS))) for i in range(count)),
    )
    numbers = format_html_join(
        "",
        '<text class="chart-ring-label" x="{}" y="{}" aria-hidden="true">{}</text>',
        ((_px(_X + 4), _px(_Y - _RADIUS * n / _TOP + 4), n) for n in range(1, _TOP + 1)),
    )
    return format_html("{}{}{}", rings, spokes, numbers)


@functools.cache
def _radar_target(count: int, target: Figure) -> SafeString | str:
    if target is None:
        return ""
    return format_html('<polygon class="series-target" points="{}"/>', _ring(count, _radius(target)))


def _radar_shape(figures: Sequence[Figure], css: str) -> SafeString:
    """A closed line; where an axis takes no part the line is broken, not drawn through zero."""
    count = len(figures)
    points = [None if v is None else _at(i, count, _radius(v)) for i, v in enumerate(figures)]
    known = [p for p in points if p is not None]
    if len(known) == count:
        line = format_html('<polygon class="series-shape {}" points="{}"/>', css, _points(known))
    else:
        line = format_html_join(
            "",
            '<polyline class="series-shape series-open {}" points="{}"/>',
            ((css, _points((a, b))) for a, b in zip(points, points[1:] + points[:1], strict=True) if a and b),
        )
    return format_html("{}{}", line, _join(_mark(css, p) for p in known))


def _mark(css: str, point: Point) -> SafeString:
    """Each series has a shape of its own, so that it can be told apart without colour."""
    x, y = point
    if css == "series-b":
        return format_html(
            '<rect class="series-point {}" x="{}" y="{}" width="8" height="8"/>', css, _px(x - 4), _px(y - 4)
        )
    if css == "series-c":
        corners = _points(((x, y - 5.5), (x + 5.5, y), (x, y + 5.5), (x - 5.5, y)))
        return format_html('<polygon class="series-point {}" points="{}"/>', css, corners)
    return format_html('<circle class="series-point {}" cx="{}" cy="{}" r="4"/>', css, _px(x), _px(y))


@functools.lru_cache(maxsize=512)
def _radar_label(index: int, text: str, figures: tuple[Figure, ...], count: int) -> SafeString:
    """Name of the axis, and below it the figures of the series in their order."""
    x, y = _at(index, count, _RADIUS + 14)
    side = x - _X
    anchor = "middle" if abs(side) < 12 else "start" if side > 0 else "end"
    figure_lines = [" / ".join(score(v) for v in figures)] if figures else []
    lines = [*wrapped(text), *figure_lines]
    above = y - _Y
    top = y - _LINE_HEIGHT * (len(lines) - 1) / 2 + 4
    if anchor == "middle":
        top = y - _LINE_HEIGHT * (len(lines) - 1) if above < 0 else y + 12
    classes = ["chart-axis-label"] * (len(lines) - len(figure_lines)) + ["chart-axis-figure"] * len(figure_lines)
    spans = format_html_join(
        "",
        '<tspan class="{}" x="{}" y="{}">{}</tspan>',
        ((classes[i], _px(x), _px(top + i * _LINE_HEIGHT), line) for i, line in enumerate(lines)),
    )
    return format_html('<text text-anchor="{}">{}</text>', anchor, spans)


def wrapped(text: str, width: int = _LABEL_WIDTH) -> list[str]:
    """Lines of at most ``width`` half-width characters: Chinese breaks anywhere, Latin between words."""
    lines, line = [], ""
    for piece in _pieces(text):
        if line and _breadth(line + piece.rstrip()) > width:
            lines.append(line.rstrip())
            line = ""
        line += piece
    return [*lines, line.rstrip()]


def _pieces(text: str) -> list[str]:
    """What may not be broken: one wide character, or a run of narrow ones up to and with its space."""
    pieces = [""]
    for character in text:
        if _is_wide(character) or (pieces[-1] and (_is_wide(pieces[-1][-1]) or pieces[-1].endswith(" "))):
            pieces.append(character)
        else:
            pieces[-1] += character
    return [p for p in pieces if p]


def _is_wide(character: str) -> bool:
    return unicodedata.east_asian_width(character) in "WF"


def _breadth(text: str) -> int:
    return sum(2 if _is_wide(c) else 1 for c in text)


def _radar_key(drawn: Sequence[tuple[str, list[Figure], str]], target: Figure) -> SafeString:
    """Names of the lines, centred below, with the line itself as sample."""
    entries = [(css, name) for name, _figures, css in drawn]
    if target is not None:
        entries.append(("series-target", _("目标 %(level)s") % {"level": target}))
    widths = [46 + 7.8 * _breadth(name) for _css, name in entries]
    x, parts = (_WIDTH - sum(widths)) / 2, []
    y = float(_HEIGHT - 12)
    for (css, name), width in zip(entries, widths, strict=True):
        shape = css if css == "series-target" else f"series-shape {css}"
        parts.append(
            format_html(
                '<polyline class="{}" points="{}"/>{}<text class="chart-key" x="{}" y="{}">{}</text>',
                shape,
                _points(((x, y - 4), (x + 24, y - 4))),
                "" if css == "series-target" else _mark(css, (x + 12, y - 4)),
                _px(x + 30),
                _px(y),
                name,
            )
        )
        x += width
    return _join(parts)


def _radar_table(labels: Sequence[str], drawn: Sequence[tuple[str, list[Figure], str]], target: Figure) -> SafeString:
    heads = [name for name, _figures, _css in drawn] + ([_("目标")] if target is not None else [])
    rows = (
        (
            text,
            format_html_join(
                "",
                '<td class="num">{}</td>',
                [(score(figures[i]),) for _name, figures, _css in drawn]
                + ([(score(Decimal(target)),)] if target is not None else []),
            ),
        )
        for i, text in enumerate(labels)
    )
    return format_html(
        '<table class="data-table table-compact"><thead><tr><th scope="col">{}</th>{}</tr></thead>'
        "<tbody>{}</tbody></table>",
        _("能力域"),
        format_html_join("", '<th scope="col" class="num">{}</th>', ((h,) for h in heads)),
        format_html_join("", '<tr><th scope="row">{}</th>{}</tr>', rows),
    )


# --- bars ---------------------------------------------------------------------------------------------------------

_BAR_BASE, _BAR_FULL = 88.0, 64.0


@register.simple_tag
def level_bars(levels: Sequence[Figure], gate: Figure = None, label: str = "") -> SafeString:
    """The five level scores of an item (0 to 1, ``None`` takes no part) as bars with their figures.

    ``gate``: the score a level has to reach, drawn as a dashed line. ``label``: accessible name.
    """
    line = ""
    if gate is not None:
        y = _px(_BAR_BASE - _BAR_FULL * float(gate))
        line = format_html('<line class="bar-gate" x1="0" y1="{}" x2="240" y2="{}"/>', y, y)
    words = _("各等级得分：") + _("，").join(f"L{n} {score(value)}" for n, value in enumerate(levels, start=1))
    return format_html(
        '<svg class="chart level-bars" viewBox="0 0 240 112" role="img" aria-label="{}">{}'
        '<line class="chart-axis" x1="0" y1="{}" x2="240" y2="{}"/>{}{}</svg>',
        f"{local(label)} {words}".strip(),
        _join(_level_bar(n, value) for n, value in enumerate(levels, start=1)),
        _px(_BAR_BASE),
        _px(_BAR_BASE),
        line,
        _join(_level_figure(n, value) for n, value in enumerate(levels, start=1)),
    )


def _bar_height(value: Figure) -> float:
    return _BAR_FULL * min(max(float(value or 0), 0.0), 1.0)


def _level_bar(number: int, value: Figure) -> SafeString:
    height = _bar_height(value)
    return format_html(
        '<rect class="bar-{}" x="{}" y="{}" width="32" height="{}"/>',
        number,
        8 + (number - 1) * 48,
        _px(_BAR_BASE - height),
        _px(height),
    )


def _level_figure(number: int, value: Figure) -> SafeString:
    """Drawn after the line of the gate, which must not cross out a figure."""
    return format_html(
        '<text class="chart-figure-label" x="{}" y="{}" text-anchor="middle">{}</text>'
        '<text x="{}" y="104" text-anchor="middle">L{}</text>',
        24 + (number - 1) * 48,
        _px(_BAR_BASE - _bar_height(value) - 5),
        score(value),
        24 + (number - 1) * 48,
        number,
    )


@register.simple_tag
def bar(value: Figure, maximum: Figure = 5, label: str = "") -> SafeString:
    """One horizontal bar from zero, for a cell beside its figure; without a label it is decoration."""
    share = min(max(float(value or 0) / float(maximum or 1), 0.0), 1.0)
    name = format_html('role="img" aria-label="{}"', local(label)) if label else format_html('aria-hidden="{}"', "true")
    return format_html(
        '<svg class="bar-chart" viewBox="0 0 100 8" preserveAspectRatio="none" {}>'
        '<rect class="bar-track" width="100" height="8"/><rect class="bar-fill" width="{}" height="8"/></svg>',
        name,
        _px(100 * share),
    )


# --- heat map -----------------------------------------------------------------------------------------------------

#: Lower bounds of the shades 5 to 1 for a level score; the step to shade 4 is the level gate of the default scheme.
_SHADES = ((Decimal("0.90"), 5), (Decimal("0.70"), 4), (Decimal("0.50"), 3), (Decimal("0.30"), 2), (Decimal("0.01"), 1))


@register.simple_tag
def heat_map(rows: Iterable[Mapping[str, Any]], caption: str = "") -> SafeString:
    """Items by levels as a table of shaded cells with their figures; it is its own table.

    ``rows``: mappings ``{"code", "label", "levels": five scores 0..1 or None, "score", "level", "url"}``, or
    ``{"heading": label}`` for the name of a domain above its items. ``url`` is optional.
    """
    title = caption or _("各能力项在五个等级上的得分")
    head = format_html_join("", '<th scope="col" class="num">L{}</th>', ((n,) for n in range(1, 6)))
    body = _join(_heat_heading(row) if "heading" in row else _heat_row(row) for row in rows)
    return format_html(
        '<div class="table-scroll" tabindex="0" role="region" aria-label="{}">'
        '<table class="data-table table-compact heat-map"><caption class="visually-hidden">{}</caption>'
        '<thead><tr><th scope="col">{}</th>{}<th scope="col" class="num">{}</th><th scope="col">{}</th></tr></thead>'
        "<tbody>{}</tbody></table></div>{}",
        title,
        title,
        _("能力项"),
        head,
        _("得分"),
        _("等级"),
        body,
        _heat_key(),
    )


def _heat_heading(row: Mapping[str, Any]) -> SafeString:
    return format_html('<tr class="heat-domain"><th scope="rowgroup" colspan="8">{}</th></tr>', local(row["heading"]))


def _heat_row(row: Mapping[str, Any]) -> SafeString:
    name = format_html('<span class="code">{}</span> {}', row["code"], local(row["label"]))
    if row.get("url"):
        name = format_html('<a href="{}">{}</a>', row["url"], name)
    return format_html(
        '<tr><th scope="row">{}</th>{}<td class="num">{}</td><td>{}</td></tr>',
        name,
        _join(_heat_cell(value) for value in row["levels"]),
        score(row["score"]),
        level_badge(row["level"], True),
    )


def _heat_cell(value: Figure) -> SafeString:
    if value is None:
        return format_html('<td class="heat-cell heat-none">{}</td>', "–")
    return format_html('<td class="heat-cell heat-{}">{}</td>', shade(Decimal(value)), score(Decimal(value)))


def shade(value: Decimal) -> int:
    """Shade 0 (white) to 5 (deep) of a level score 0..1."""
    return next((n for bound, n in _SHADES if value >= bound), 0)


def _heat_key() -> SafeString:
    cells = format_html_join(
        "", '<span class="heat-swatch heat-{}">≥ {}</span>', ((n, bound) for bound, n in reversed(_SHADES))
    )
    return format_html('<p class="heat-map heat-key"><span>{}</span>{}</p>', _("底色由浅到深："), cells)
