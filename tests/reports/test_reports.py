"""Both reports: complete, embedded, navigable; and every result the engine can give renders."""

from __future__ import annotations

import io
import re
from dataclasses import replace

import pytest
from pypdf import PdfReader

from assessments.reports import evaluation_report, self_report
from assessments.reports.dataset import Conclusion, CriterionRow, Report
from assessments.scoring import ScoringInput, score
from assessments.standard import get_edition
from tests.reports import cases
from tests.reports.conftest import Printed

EDITION = get_edition(cases.EDITION)
pytestmark = pytest.mark.usefixtures("typeface")


def outline_titles(entries: list) -> list[str]:
    found: list[str] = []
    for entry in entries:
        found += outline_titles(entry) if isinstance(entry, list) else [entry.title]
    return found


def test_every_criterion_can_be_read_in_the_annex(evaluation_zh: Printed):
    annex = evaluation_zh.joined(evaluation_zh.starts("附录 A"), evaluation_zh.starts("附录 B"))
    assert [c for c in EDITION.criteria if c not in annex] == []
    # A cell is read in one piece, so a text is interrupted only where its row was continued on the next page.
    assert [c.code for c in EDITION.criteria.values() if "".join(c.text.zh.split()) not in annex] == []


def test_rare_characters_of_names_can_be_read(evaluation_zh: Printed):
    assert "上海喆垚智能制造" in evaluation_zh.joined(0, 1)


def test_english_criteria_can_be_read(self_en: Printed):
    start = self_en.starts("Annex A")
    annex = self_en.joined(start, start + 4)
    first = EDITION.items["6.1"].criteria
    assert [c.code for c in first if "".join(c.text.en.split()) not in annex] == []


def test_length_of_the_genre(evaluation_zh: Printed):
    assert len(evaluation_zh.reader.pages) >= 50


def test_every_font_is_embedded(evaluation_zh: Printed, self_en: Printed):
    for printed in (evaluation_zh, self_en):
        fonts = [
            font.get_object() for page in printed.reader.pages for font in page["/Resources"].get("/Font", {}).values()
        ]
        assert fonts
        assert {"DCMMSans-Regular", "DCMMSans-Bold"} == {str(f["/BaseFont"]).split("+")[1] for f in fonts}
        assert all("/FontFile2" in f["/FontDescriptor"].get_object() for f in fonts)
        assert b"Helvetica" not in printed.content


def test_outline_and_contents_lead_to_the_right_pages(evaluation_zh: Printed):
    reader = evaluation_zh.reader
    titles = outline_titles(reader.outline)
    assert len([t for t in titles if re.match(r"4\.\d\.\d ", t)]) == 28
    assert [t[:4] for t in titles if t.startswith("附录")] == ["附录 A", "附录 B", "附录 C"]
    contents = evaluation_zh.text(2, 4)
    for entry in reader.outline:
        if not isinstance(entry, list):
            page = reader.get_destination_page_number(entry)
            assert entry.title.split("  ")[1] in evaluation_zh.page(page)
            assert re.search(rf"{re.escape(entry.title)}\s*{page + 1}\b", contents), entry.title


def test_page_x_of_y_and_running_heads(evaluation_zh: Printed):
    total = len(evaluation_zh.reader.pages)
    for number in (2, 7, total // 2, total):
        text = evaluation_zh.page(number - 1)
        assert f"第 {number} 页 / 共 {total} 页" in text
        assert "DCMM-2026-000128" in text
        assert "演示数据，不具效力" in text


def test_metadata_and_language(evaluation_zh: Printed, self_en: Printed):
    assert evaluation_zh.reader.metadata.title == "数据管理能力成熟度评估报告"
    assert evaluation_zh.reader.trailer["/Root"]["/Lang"] == "zh-CN"
    assert self_en.reader.trailer["/Root"]["/Lang"] == "en-GB"


def test_a_self_assessment_says_readiness_and_no_certificate(self_en: Printed):
    last = len(self_en.reader.pages) - 1
    assert "readiness" in self_en.page(0)
    assert all("is not a certificate" in " ".join(self_en.page(n).split()) for n in (0, 1, 6, last // 2, last))


def test_an_english_report_holds_no_chinese_of_ours():
    rows = tuple(replace(r, self_note="", na_reason="x", evidence=("plan.pdf",)) for r in cases.rows())
    data = cases.self_report(rows, enterprise="Zheyao", profile=(), scope="All data.", is_demo=True)
    printed = Printed(self_report.render(replace(data, signatures=()), "en"))
    read = printed.text(0, 12) + printed.text(printed.starts("5"), printed.starts("Annex A") + 2)
    read += printed.text(printed.starts("Annex B"))
    assert re.findall(r"[\u4e00-\u9fff]+", read) == []


def test_figures_are_those_of_the_result(evaluation_zh: Printed):
    data = cases.evaluation_report()
    summary = evaluation_zh.starts("3")
    table = evaluation_zh.text(summary, summary + 2)
    assert f"{data.result.score:.2f}" in table
    assert [c for c, i in data.result.items.items() if f"{i.score:.2f}" not in table] == []


def test_nothing_leaves_the_page(evaluation_zh: Printed):
    outside = []
    for number, page in enumerate(evaluation_zh.reader.pages[:14], 1):

        def visit(text, cm, tm, font, size, number=number):
            x, y = tm[4] * cm[0] + cm[4], tm[5] * cm[3] + cm[5]
            if text.strip() and not (40 <= x <= 560 and 20 <= y <= 830):
                outside.append((number, text, x, y))

        page.extract_text(visitor_text=visit)
    assert outside == []


def uniform(verdict: str | None) -> tuple[CriterionRow, ...]:
    return tuple(CriterionRow(code=c, self_verdict=verdict, assessed_verdict=verdict) for c in EDITION.criteria)


def scored(data: Report, given: ScoringInput) -> Report:
    return replace(data, given=given, result=score(given))


def end_of_the_scale(module, data: Report) -> str:
    printed = Printed(module.render(data, "zh-hans"))
    return printed.joined(printed.starts("3"), printed.starts("3") + 1)


@pytest.mark.parametrize(
    ("verdict", "words"), [("none", "综合等级为未达初始级"), ("not_applicable", "没有参与计分的条款")]
)
def test_evaluations_without_a_level_render(verdict, words):
    data = replace(cases.evaluation_report(uniform(verdict)), conclusion=Conclusion(), signatures=())
    assert words in end_of_the_scale(evaluation_report, replace(data, recommended_level=None))


def test_an_empty_self_assessment_renders():
    assert "445条条款未作答" in end_of_the_scale(self_report, cases.self_report(uniform(None)))


def test_provider_track_shows_its_weights_and_key_domains():
    keys = ("6", "7", "8", "9", "10")
    given = cases.scored(dict.fromkeys(EDITION.criteria, "full"), track="provider", key_domains=keys)
    data = scored(cases.self_report(uniform("full"), track="provider", key_domains=keys), given)
    printed = Printed(self_report.render(data, "zh-hans"))
    text = printed.joined(printed.starts("1"), printed.starts("4"))
    assert "综合等级已是最高等级" in text
    assert "15.80%" in text
    assert "重点能力域" in text
    assert "乙方能力域权重" in text


def test_typed_text_is_never_markup_and_runs_on_over_pages():
    rows = list(uniform("full"))
    long = "开头" + "查阅记录后认定未执行。" * 500 + "结尾"
    markup = "<b>&amp; <para> a<b && c>d"
    rows[0] = replace(rows[0], assessed_verdict="none", remark=markup, evidence=("<i>.pdf",))
    rows[1] = replace(rows[1], assessed_verdict="none", remark=long)
    printed = Printed(evaluation_report.render(cases.evaluation_report(tuple(rows)), "zh-hans"))
    start = printed.starts("附录 A")
    annex = printed.joined(start, start + 8)
    assert "".join(markup.split()) in annex
    assert "<i>.pdf" in annex
    assert annex.count("查阅记录后认定") >= 490
    assert "开头" in annex
    assert "结尾" in annex


def test_the_file_is_one_a_strict_reader_takes(evaluation_zh: Printed):
    strict = PdfReader(io.BytesIO(evaluation_zh.content), strict=True)
    assert len(strict.pages) == len(evaluation_zh.reader.pages)
