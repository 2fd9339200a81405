"""Line breaking: the rules of Chinese setting, with every character one unit wide."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.reports.lines import break_lines


def lines(text: str, width: float, indent: float = 0.0) -> list[str]:
    return [text[line.start : line.end] for line in break_lines(text, [1.0] * len(text), width, indent)]


def test_full_lines_of_ideographs():
    assert lines("数据管理能力", 3) == ["数据管", "理能力"]


@pytest.mark.parametrize("mark", "，。、；：？！）》”")
def test_closing_mark_takes_a_character_down(mark):
    assert lines(f"数据管{mark}理", 3) == ["数据", f"管{mark}理"]


def test_opening_mark_goes_down_with_what_it_opens():
    assert lines("数据《管理》", 3) == ["数据", "《管", "理》"]


def test_english_breaks_at_spaces_and_loses_them():
    assert lines("data are managed", 8) == ["data are", "managed"]


def test_word_longer_than_the_line_is_cut_at_a_seam():
    assert lines("data-quality-report.pdf", 14) == ["data-quality-", "report.pdf"]
    assert lines("abcdefgh", 3) == ["abc", "def", "gh"]


def test_line_feeds_end_paragraphs_and_empty_text_is_one_line():
    assert lines("数据\n\n管理", 9) == ["数据", "", "管理"]
    assert lines("", 9) == [""]


def test_indent_shortens_first_lines_only():
    assert lines("数据管理能力", 4, indent=2) == ["数据", "管理能力"]


@given(st.text(alphabet="数据管理，。（）《》 ab-1\n", max_size=60), st.integers(2, 12))
def test_nothing_is_lost_and_nothing_overflows(text, width):
    broken = lines(text, width)
    assert "".join("".join(broken).split()) == "".join(text.split())
    assert all(len(line) <= width for line in broken)
