"""Charts as SVG or tables written on the server: classes and presentation attributes only, no inline style.

``{% load charts %}``; then ``{% radar %}``, ``{% level_bars %}``, ``{% heat_map %}`` and ``{% bar %}``. A page that uses a
chart also shows its figures as a table; ``radar`` brings one along on request. Lengths start from zero throughout.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from assessments.templatetags.platform import local, score

register = template.Library()

Figure = Decimal | int | None
Series = tuple[Any, Sequence[Figure], str]

_WIDTH, _HEIGHT = 560, 440
_CENTRE = (280.0, 214.0)
_RADIUS = 150.0
_RINGS = 5
_MARKS = ("circle", "square", "diamond")


# --- radar --------------------------------------------------------------------------------------------------------


@register.simple_tag
def radar(
    axes: Iterable[Any],
    series: Iterable[Series],
    target: Figure = None,
    label: str = "",
    table: bool = False,
) -> SafeString:
    """A radar of scores 0 to 5.

    ``axes``: labels (Bilingual or text), three or more. ``series``: up to three of (name, figures in the order of the
    axes with ``None`` for no part, css class ``series-a``, ``series-b`` or ``series-c``). ``target``: one figure for
    all axes, drawn as a dotted ring. ``label``: accessible name. ``table``: adds the figures in a closed ``<details>``.
    Fewer than three axes give the table alone.
    """
    labels = [local(a) for a in axes]
    drawn = [(local(name), list(figures), css) for name, figures, css in series]
    figures_table = _radar_table(labels, drawn, target)
    if len(labels) < 3:
        return figures_table
    picture = format_html(
        '<svg class="chart radar" viewBox="0 0 {} {}" role="img" aria-label="{}">{}{}{}{}{}</svg>',
        _WIDTH,
        _HEIGHT,
        label or _("雷达图：各能力域得分，满分 5 分"),
        _radar_grid(len(labels)),
        _radar_target(len(labels), target),
        format_html_join("", "{}", ((_radar_series(figures, css, i),) for i, (_n, figures, css) in enumerate(drawn))),
        _radar_labels(labels),
        _radar_key(drawn, target),
    )
    if not table:
        return format_html('<div class="chart-figure">{}</div>', picture)
    return format_html(
        '<div class="chart-figure">{}<details class="fold"><summary>{}</summary>{}</details></div>',
        picture,
        _("以表格查看"),
        figures_table,
    )


def _at(index: int, count: int, radius: float) -> tuple[float, float]:
    """The point of axis ``index``, the first one straight up, then clockwise."""
    angle = 2 * math.pi * index / count - math.pi / 2
    return _CENTRE[0] + radius * math.cos(angle), _CENTRE[1] + radius * math.sin(angle)


def _points(pairs: Iterable[tuple[float, float]]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in pairs)


def _scaled(value: Figure) -> float:
    """A score as a radius; geometry only, no figure is computed from it."""
    return _RADIUS * min(max(float(value or 0), 0.0), float(_RINGS)) / _RINGS


def _radar_grid(count: int) -> SafeString:
    rings = format_html_join(
        "",
        '<polygon class="chart-grid" points="{}"/>',
        ((_points(_at(i, count, _RADIUS * n / _RINGS) for i in range(count)),) for n in range(1, _RINGS + 1)),
    )
    spokes = format_html_join(
        "",
        '<line class="chart-axis" x1="{}" y1="{}" x2="{:.1f}" y2="{:.1f}"/>',
        ((*map(str, _CENTRE), *_Fixed.pair(_at(i, count, _RADIUS))) for i in range(count)),
    )
    figures = format_html_join(
        "",
        '<text class="chart-ring-label" x="{}" y="{}">{}</text>',
        ((_CENTRE[0] + 4, round(_CENTRE[1] - _RADIUS * n / _RINGS + 4, 1), n) for n in range(1, _RINGS + 1)),
    )
    return format_html("{}{}{}", rings, spokes, figures)
