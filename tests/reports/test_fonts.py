"""The typeface: what is not in it shows, weights differ, nothing stays behind, threads do not meet."""

from __future__ import annotations

import io
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor

import pytest
from fontTools.ttLib import TTFont
from pypdf import PdfReader
from reportlab.lib import fonts as reportlab_fonts
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfgen.canvas import Canvas

from assessments.reports import certificate, fonts
from tests.reports import cases


@pytest.fixture(autouse=True)
def _nothing_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """Here every cut is made anew, whatever other tests have left."""
    monkeypatch.setattr(fonts, "_cache", OrderedDict())


def registered() -> tuple[int, ...]:
    return (
        len(pdfmetrics._fonts),
        len(pdfmetrics._dynFaceNames),
        len(pdfmetrics._typefaces),
        len(reportlab_fonts._tt2ps_map),
    )


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("喆垚", "喆垚"),
        ("数据😀", "数据〓"),
        ("一\r\n二\r三", "一\n二\n三"),
        ("甲\x07乙\u200b丙\ufe0f", "甲乙丙"),
        ("a\u00a0b\tc", "a b c"),
    ],
)
def test_settable(text, shown):
    assert fonts.settable(text).replace("\u00a0", " ") == shown


def test_weights_are_instanced_named_apart_and_differ():
    regular, bold = (TTFont(io.BytesIO(fonts.cut(frozenset("数据"), w))) for w in (fonts.REGULAR, fonts.BOLD))
    assert [f["name"].getDebugName(6) for f in (regular, bold)] == ["DCMMSans-Regular", "DCMMSans-Bold"]
    assert "fvar" not in regular
    assert "glyf" in regular
    glyph = regular.getBestCmap()[ord("数")]
    assert regular["glyf"][glyph].xMax != bold["glyf"][bold.getBestCmap()[ord("数")]].xMax


def test_characters_beyond_the_basic_plane_can_be_read_back():
    face, out = fonts.Face(), io.BytesIO()
    text = face.write("王𬍛")
    with face:
        canvas = Canvas(out, initialFontName=face.name())
        canvas.setFont(face.name(), 20)
        canvas.drawString(100, 700, text)
        canvas.save()
    assert PdfReader(out).pages[0].extract_text().strip() == "王𬍛"


def test_nothing_stays_registered():
    certificate.render(cases.certificate_sheet(), "zh-hans")
    before = registered()
    for number in range(12):
        certificate.render(cases.certificate_sheet(number=f"N{number}"), "zh-hans")
    assert registered() == before
    assert len(fonts._cache) <= fonts._KEPT


def test_an_error_inside_leaves_nothing_registered():
    face, before = fonts.Face(), registered()
    with pytest.raises(ZeroDivisionError), face:
        1 / 0  # noqa: B018
    assert registered() == before


def test_several_threads_each_read_their_own_names():
    names = [f"{a}{b}数据有限公司" for a, b in zip("喆垚鑫淼", "甲乙丙丁", strict=True)]
    with ThreadPoolExecutor(4) as pool:
        files = list(pool.map(lambda n: certificate.render(cases.certificate_sheet(holder=n), "zh-hans"), names))
    texts = [PdfReader(io.BytesIO(f)).pages[0].extract_text() for f in files]
    assert [name for name, text in zip(names, texts, strict=True) if name not in text] == []
