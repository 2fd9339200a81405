"""The certificate: one page, both languages, the code that leads to the check page."""

from __future__ import annotations

import io
import re

import pytest
from pypdf import PdfReader

from assessments.reports import certificate, qr
from tests.reports import cases

pytestmark = pytest.mark.usefixtures("typeface")


def read(**changes: object) -> PdfReader:
    return PdfReader(io.BytesIO(certificate.render(cases.certificate_sheet(**changes), "zh-hans")))


def text_of(reader: PdfReader) -> str:
    return "".join(reader.pages[0].extract_text().split())


def test_everything_stands_on_one_landscape_page():
    reader, sheet = read(), cases.certificate_sheet()
    page = reader.pages[0]
    assert len(reader.pages) == 1
    assert page.mediabox.width > page.mediabox.height
    text = text_of(reader)
    for part in (
        "数据管理能力成熟度等级证书", "CertificateofDataManagementCapabilityMaturity", sheet.number, sheet.holder,
        sheet.uscc, "3级稳健级", "Level3Robust", "GB/T36073-2018", "甲方（数据拥有方）", "Dataowner", sheet.scope,
        "2026年10月20日", "20October2026", "2029年10月19日", sheet.body, sheet.authority.zh, "印章处", "Seal",
        sheet.verify_url,
    ):  # fmt: skip
        assert "".join(part.split()) in text, part


def test_the_code_drawn_is_the_code_of_the_address():
    """Reads the rectangles back from the page and puts the modules together again."""
    url = cases.certificate_sheet().verify_url
    content = read().pages[0].get_contents().get_data().decode("latin-1")
    boxes = [tuple(map(float, m)) for m in re.findall(r"([\d.]+) ([\d.]+) ([\d.]+) ([\d.]+) re\b", content)]
    expected = qr.matrix(url)
    module = min(h for _, _, _, h in boxes)
    boxes = [b for b in boxes if abs(b[3] - module) < 0.01]
    left, top = min(x for x, *_ in boxes), max(y for _, y, *_ in boxes)
    drawn = [[0] * len(expected) for _ in expected]
    for x, y, width, _ in boxes:
        row, start = round((top - y) / module), round((x - left) / module)
        for column in range(start, start + round(width / module)):
            drawn[row][column] = 1
    assert drawn == [list(row) for row in expected]


def test_the_address_is_a_link():
    links = [a.get_object()["/A"]["/URI"] for a in read().pages[0]["/Annots"]]
    assert links == [cases.certificate_sheet().verify_url]


@pytest.mark.parametrize("length", [1, 60, 300, 480])
def test_a_scope_is_whole_up_to_its_limit(length):
    scope = ("数据管理范围" * 80)[:length]
    reader = read(scope=scope)
    assert scope in text_of(reader)
    assert len(reader.pages) == 1


def test_a_scope_beyond_all_sizes_points_to_the_check_page():
    text = text_of(read(scope="数据管理范围" * 400))
    assert "（完整范围见查验页面）" in text


def test_long_names_wrap_on_the_one_page():
    reader = read(
        holder="上海喆垚智能制造数据服务集团股份有限公司" * 3, holder_en="Shanghai Zheyao Group Co., Ltd. " * 6
    )
    assert len(reader.pages) == 1
    assert "上海喆垚智能制造数据服务集团股份有限公司" * 3 in text_of(reader)


def test_demonstration_and_status_are_marked_only_where_they_hold():
    plain = text_of(read())
    assert "演示数据" not in plain
    assert "证书状态" not in plain
    marked = text_of(read(is_demo=True, status="revoked"))
    assert "演示数据，不具效力Demonstrationdata,nolegaleffect" in marked
    assert "撤销Revoked" in marked


def test_fonts_are_embedded():
    reader = read()
    fonts = [f.get_object() for f in reader.pages[0]["/Resources"]["/Font"].values()]
    assert fonts
    assert all("/FontFile2" in f["/FontDescriptor"].get_object() for f in fonts)


def test_file_language_follows_the_reader():
    content = certificate.render(cases.certificate_sheet(), "en")
    assert PdfReader(io.BytesIO(content)).metadata.title.startswith("Certificate of Data Management")
