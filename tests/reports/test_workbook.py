"""The workbook, read back: figures are figures, texts are texts whatever they begin with."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from openpyxl import Workbook, load_workbook

from assessments.reports import workbook
from tests.reports import cases


def opened(data: object, language: str = "zh-hans") -> Workbook:
    return load_workbook(io.BytesIO(workbook.render(data, language)))  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def book() -> Workbook:
    """The workbook of an evaluation, to be read only."""
    return opened(cases.evaluation_report())


def heads(sheet) -> list[str]:
    return [cell.value for cell in sheet[1]]


def test_sheets_and_languages(book):
    assert book.sheetnames == ["概览", "条款作答", "能力项得分", "等级得分"]
    assert opened(cases.self_report(), "en").sheetnames == ["Overview", "Criteria", "Item scores", "Level scores"]


def test_assessed_columns_only_in_an_evaluation(book):
    assert "评估判定" in heads(book["条款作答"])
    assert "评估判定" not in heads(opened(cases.self_report())["条款作答"])


def test_answers_are_all_there(book):
    data = cases.evaluation_report()
    sheet = book["条款作答"]
    rows = list(sheet.iter_rows(min_row=2, values_only=True))
    assert [r[0] for r in rows] == list(data.edition.criteria)
    column = heads(sheet).index("评语")
    assert [r[column] or "" for r in rows] == [data.row(r[0]).remark for r in rows]


def test_figures_are_numbers_with_formats(book):
    data = cases.evaluation_report()
    item = book["能力项得分"]["D2"]
    assert (item.data_type, item.number_format) == ("n", "0.00")
    assert item.value == pytest.approx(float(data.result.items["6.1"].score))
    level = book["等级得分"]["C2"]
    assert level.value == pytest.approx(float(data.result.items["6.1"].levels[0]))


def test_head_is_frozen_filtered_and_columns_are_wide():
    sheet = opened(cases.self_report())["条款作答"]
    assert sheet.freeze_panes == "B2"
    assert sheet.auto_filter.ref == "A1:I446"
    assert sheet.column_dimensions["E"].width >= 50
    assert sheet["E2"].alignment.wrap_text


STARTS = ("=", "+", "-", "@", "\t=", "\r=", "\n=", "＝", '=HYPERLINK("http://x","y")')


def test_no_typed_text_becomes_a_formula():
    """Each beginning in note, remark and file name of a row of its own, and all in name and scope."""
    attacks = [f"{start}cmd|' /C calc'!A0" for start in STARTS]
    rows = list(cases.rows())
    for n, attack in enumerate(attacks):
        rows[n] = replace(rows[n], self_note=attack, remark=attack, evidence=(attack,))
    hits = 0
    for everywhere in attacks[:1] + attacks[-1:]:
        data = cases.evaluation_report(tuple(rows), enterprise=everywhere, scope=everywhere)
        for sheet in opened(replace(data, conclusion=cases.Conclusion())):
            for row in sheet.iter_rows():
                for cell in row:
                    assert cell.data_type != "f", cell.coordinate
                    if isinstance(cell.value, str) and "cmd|" in cell.value:
                        hits += 1
                        assert cell.quotePrefix
    assert hits == 2 * (3 * len(STARTS) + 2)


def test_control_characters_and_endless_texts_do_not_break_the_file():
    rows = list(cases.rows())
    rows[0] = replace(rows[0], self_note="前\x00\x0b后", remark="长" * 40_000)
    sheet = opened(cases.evaluation_report(tuple(rows)))["条款作答"]
    assert sheet["G2"].value == "前后"
    assert len(sheet["K2"].value) == 32_767


def test_nothing_counted_renders():
    rows = tuple(replace(r, self_verdict="not_applicable") for r in cases.rows())
    book = opened(cases.self_report(rows))
    assert book["能力项得分"]["D2"].value is None
