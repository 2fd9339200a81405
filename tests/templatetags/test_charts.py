"""Charts are checked by parsing what they drew: figures given, places computed by hand, nothing inline."""

from __future__ import annotations

import re
from decimal import Decimal as D
from xml.etree.ElementTree import Element

import pytest
from defusedxml import ElementTree
from django.template import Context, Template
from django.utils.translation import override

from assessments.standard import Bilingual
from assessments.templatetags import charts

AXES = [
    Bilingual("数据战略", "Data strategy"),
    Bilingual("数据治理", "Data governance"),
    Bilingual("数据安全", "Security"),
]


def drawing(html: str) -> Element:
    """The first SVG of the output."""
    return ElementTree.fromstring(re.search(r"<svg.*?</svg>", html, re.S).group())


def by_class(root: Element, name: str) -> list[Element]:
    return [e for e in root.iter() if name in (e.get("class") or "").split()]


def points(element: Element) -> list[tuple[float, float]]:
    return [tuple(float(v) for v in pair.split(",")) for pair in element.get("points").split()]


def test_radar_puts_the_full_score_on_the_outer_ring_and_zero_in_the_centre():
    root = drawing(charts.radar(AXES, [("自评", [D("5.00"), D("0.00"), D("2.50")], "series-a")]))
    shape = next(e for e in by_class(root, "series-shape") if e.tag == "polygon")
    outer = points(by_class(root, "chart-grid")[-1])
    assert points(shape)[0] == outer[0]
    assert points(shape)[1] == (240.0, 186.0)
    assert points(shape)[2] == pytest.approx(((240 + outer[2][0]) / 2, (186 + outer[2][1]) / 2), abs=0.1)


def test_radar_breaks_the_line_where_an_axis_takes_no_part():
    four = [*AXES, "第四"]
    root = drawing(charts.radar(four, [("自评", [D(3), None, D(3), D(3)], "series-a")]))
    assert [e for e in by_class(root, "series-shape") if e.tag == "polygon"] == []
    assert len(by_class(root, "series-open")) == 2
    assert len(by_class(root, "series-point")) == 3 + 1  # three figures and the sample in the key


def test_radar_shows_the_figures_of_every_series_at_its_axis():
    series = [
        ("自评", [D("3.42"), D("3.00"), None], "series-a"),
        ("评估", [D("3.10"), D("2.50"), D("1.00")], "series-b"),
    ]
    root = drawing(charts.radar(AXES, series, target=4))
    assert [e.text for e in by_class(root, "chart-axis-figure")] == ["3.42 / 3.10", "3.00 / 2.50", "– / 1.00"]
    assert [e.text for e in by_class(root, "chart-key")] == ["自评", "评估", "目标 4"]
    assert root.get("aria-label") == "雷达图：各能力域得分，满分 5 分"


def test_radar_brings_its_table_along_when_asked():
    html = charts.radar(AXES, [("自评", [D("3.42"), D("3.00"), None], "series-a")], target=4, table=True)
    cells = re.findall(r"<(?:th|td)[^>]*>([^<]*)</", html)
    assert cells[:3] == ["能力域", "自评", "目标"]
    assert cells[3:] == ["数据战略", "3.42", "4.00", "数据治理", "3.00", "4.00", "数据安全", "–", "4.00"]
    assert "<table" not in charts.radar(AXES, [("自评", [D(1), D(1), D(1)], "series-a")])


def test_two_axes_make_a_table_and_no_drawing():
    html = charts.radar(AXES[:2], [("自评", [D("1.00"), D("2.00")], "series-a")])
    assert "<svg" not in html
    assert re.findall(r'<td class="num">([^<]*)</td>', html) == ["1.00", "2.00"]


def test_labels_follow_the_language_and_are_escaped():
    with override("en"):
        root = drawing(charts.radar([*AXES[:2], '<b onclick="x">'], [("a&b", [D(1), D(1), D(1)], "series-a")]))
    words = "".join(e.text or "" for e in by_class(root, "chart-axis-label"))
    assert words == 'DatastrategyDatagovernance<bonclick="x">'


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("数据战略", ["数据战略"]),
        ("数据生存周期", ["数据生存周期"]),
        ("数据生存周期管理", ["数据生存周期", "管理"]),
        ("Data architecture", ["Data", "architecture"]),
        ("Data quality", ["Data quality"]),
        ("DCMM能力", ["DCMM能力"]),
        ("", [""]),
    ],
)
def test_axis_labels_wrap_at_six_chinese_characters(text, lines):
    assert charts.wrapped(text) == lines


def test_level_bars_start_at_zero_and_are_as_high_as_their_figure():
    root = drawing(charts.level_bars([D("1.00"), D("0.50"), None, D("0.00"), D("0.25")], gate=D("0.70")))
    heights = [float(e.get("height")) for e in root.iter("rect")]
    assert heights == [64.0, 32.0, 0.0, 0.0, 16.0]
    assert {float(e.get("y")) + float(e.get("height")) for e in root.iter("rect")} == {88.0}
    assert [e.text for e in by_class(root, "chart-figure-label")] == ["1.00", "0.50", "–", "0.00", "0.25"]
    assert by_class(root, "bar-gate")[0].get("y1") == "43.2"
    assert root.get("aria-label") == "各等级得分：L1 1.00，L2 0.50，L3 –，L4 0.00，L5 0.25"


@pytest.mark.parametrize(("value", "width"), [(D("2.50"), "50.0"), (D(5), "100.0"), (None, "0.0"), (D(9), "100.0")])
def test_bar_width_is_the_share_of_the_maximum(value, width):
    root = drawing(charts.bar(value, 5))
    assert by_class(root, "bar-fill")[0].get("width") == width
    assert root.get("aria-hidden") == "true"
    assert drawing(charts.bar(value, 5, "总得分")).get("aria-label") == "总得分"


@pytest.mark.parametrize(
    ("value", "shade"),
    [
        *[("0.00", 0), ("0.01", 1), ("0.29", 1), ("0.30", 2), ("0.49", 2)],
        *[("0.50", 3), ("0.69", 3), ("0.70", 4), ("0.89", 4), ("0.90", 5), ("1.00", 5)],
    ],
)
def test_shades_are_in_order_and_step_at_the_gate(value, shade):
    assert charts.shade(D(value)) == shade


def test_heat_map_is_a_table_with_every_figure():
    html = charts.heat_map(
        [
            {"heading": Bilingual("数据战略", "Data strategy")},
            {
                "code": "6.1",
                "label": Bilingual("数据战略规划", "Planning"),
                "levels": (D("1.00"), D("0.85"), D("0.70"), D("0.10"), None),
                "score": D("3.31"),
                "level": 3,
                "url": "/x/",
            },
        ]
    )
    cells = re.findall(r'<td class="heat-cell (heat-\w+)">([^<]*)</td>', html)
    assert cells == [("heat-5", "1.00"), ("heat-4", "0.85"), ("heat-4", "0.70"), ("heat-1", "0.10"), ("heat-none", "–")]
    assert '<a href="/x/"><span class="code">6.1</span> 数据战略规划</a>' in html
    assert '<td class="num">3.31</td>' in html
    assert 'scope="rowgroup" colspan="8">数据战略<' in html


def test_no_chart_writes_style_or_handlers():
    html = Template(
        "{% load charts %}{% radar axes series target=3 table=True %}"
        "{% level_bars levels gate=1 %}{% bar 3 5 %}{% heat_map rows %}"
    ).render(
        Context(
            {
                "axes": AXES,
                "series": [("自评", [D(1), D(2), D(3)], "series-a")],
                "levels": [D(0)] * 5,
                "rows": [{"code": "6.1", "label": "x", "levels": [D(0)] * 5, "score": None, "level": None}],
            }
        )
    )
    assert re.findall(r"\s(?:style|on\w+)=", html) == []
