"""What counts as an acceptable file; archives are judged by their list of members and never unpacked."""

from __future__ import annotations

import tracemalloc

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile

from assessments.forms import evidence as forms
from assessments.forms import evidence_archives as archives
from assessments.forms import evidence_content as content_checks
from assessments.forms import evidence_pdf
from assessments.forms.evidence_names import codes_in
from tests.sample_files import PDF, archive, bomb, compound, huge_png, image, object_stream, pdf, workbook

OFFICE = "application/vnd.openxmlformats-officedocument"
SHEET = f"{OFFICE}.spreadsheetml.sheet"


def check(name: str, content: bytes) -> str:
    return forms.check_upload(SimpleUploadedFile(name, content))


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("a.pdf", b"%PDF-1.4\n", "application/pdf"),
        ("a.pdf", pdf(b"<</Type/Catalog/OpenAction [3 0 R /Fit]>>", b"<</Title (JavaScript /Launchpad)>>"), None),
        ("a.pdf", pdf(object_stream(b"1 0 << /Type /Page >>")), "application/pdf"),
        ("a.PNG", image("PNG"), "image/png"),
        ("a.jpg", image("JPEG"), "image/jpeg"),
        ("a.jpeg", image("JPEG") + b"\x00" * 40, "image/jpeg"),
        ("a.txt", "制度全文 1 < 2".encode(), "text/plain"),
        ("a.csv", "编号,名称".encode("gb18030"), "text/csv"),
        ("a.zip", archive("a.txt", "制度.docx", "内层.zip"), "application/zip"),
        ("a.zip", archive("a.txt", comment=b"c" * 65535), "application/zip"),
        ("a.ofd", archive("OFD.xml"), "application/ofd"),
        ("a.doc", compound("WordDocument"), "application/msword"),
        ("a.xls", compound("Workbook", stream=b"\x09\x08\x10\x00" + b"\x00" * 16), "application/vnd.ms-excel"),
        ("a.ppt", compound("PowerPoint Document"), "application/vnd.ms-powerpoint"),
        ("a.wps", compound("WordDocument"), "application/vnd.ms-works"),
        ("a.xlsx", workbook(), SHEET),
        ("6.1-L3-02 v1.2 说明.doc.pdf", PDF, "application/pdf"),
    ],
)
def test_accepted(name, content, expected):
    assert check(name, content) == (expected or "application/pdf")


MIXED = "夹带了其他格式的内容"
OTHER = "内容与扩展名不符"


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        # names
        ("发票.pdf.exe", b"MZ", "有两个扩展名（.pdf、.exe）"),
        ("发票.pdf      .scr", b"MZ", "有两个扩展名（.pdf、.scr）"),
        ("报告.pdf.html", PDF, "有两个扩展名（.pdf、.html）"),
        ("图.php.png", image("PNG"), "有两个扩展名（.php、.png）"),
        ("宏.xlsm.zip", archive("a.txt"), "有两个扩展名（.xlsm、.zip）"),
        ("全角.exe．pdf", PDF, "有两个扩展名"),
        ("图形.svg", b"<svg/>", "类型不在可上传范围内"),
        ("页面.html", b"<html>", "类型不在可上传范围内"),
        ("宏.docm", archive("word/document.xml"), "类型不在可上传范围内"),
        ("空.pdf", b"", "是空文件"),
        # other content than the name says
        ("程序.pdf", b"MZ\x90\x00" + b"\x00" * 400, OTHER),
        ("文档.xlsx", archive("word/document.xml"), OTHER),
        ("安装包.doc", compound("_TableOf"), OTHER),
        ("表格.doc", compound("Workbook"), OTHER),
        ("网页.txt", b"<html>\x00</html>", OTHER),
        ("图片.jpg", image("PNG"), OTHER),
        ("推迟.pdf", b"GIF89a\n" + PDF, OTHER),
        # two things at once
        ("网页.txt", "\n<!DOCTYPE html><p>制度".encode(), MIXED),
        ("脚本.csv", b"<?php system($_GET[0]);", MIXED),
        ("脚本.png", image("PNG")[:-12] + b"<script>alert(1)</script>", MIXED),
        ("脚本.pdf", b"%PDF-1.7\n<html><script>", MIXED),
        ("两用.txt", b"a\n%PDF-1.7\n", MIXED),
        ("改名.txt", PDF, MIXED),
        ("两用.pdf", PDF + archive("a.class"), MIXED),
        ("两用.jpg", image("JPEG") + archive("a.class", comment=b"c" * 60000), MIXED),
        ("两用.png", image("PNG") + archive("a.class"), MIXED),
        ("两用.jpg", image("JPEG") + b"Rar!\x1a\x07\x01\x00", MIXED),
        ("拖尾.png", image("PNG") + b"MZ\x90", MIXED),
        ("自解压.zip", b"MZ\x90\x00" + archive("a.txt"), MIXED),
        ("拖尾.zip", archive("a.txt") + b"tail", MIXED),
        # macros
        ("宏.docx", archive("word/document.xml", "word/vbaProject.bin"), "含有宏"),
        ("宏.xlsx", archive("xl/workbook.xml", "xl/macrosheets/sheet1.xml"), "含有宏"),
        ("宏.xlsx", workbook("application/vnd.ms-excel.sheet.macroEnabled.main+xml"), "含有宏"),
        ("宏.doc", compound("WordDocument", "Macros", "VBA", "_VBA_PROJECT"), "含有宏"),
        ("宏.xls", compound("Workbook", "_VBA_PROJECT_CUR"), "含有宏"),
        (
            "宏.ppt",
            compound(
                "PowerPoint Document",
                stream=b"\x0f\x00\xff\x03\x14\x00\x00\x00\x02\x00\x00\x04\x0c\x00\x00\x00\x09\x00\x00\x00\x01\x00\x00\x00",
            ),
            "含有宏",
        ),
        ("宏.zip", archive("内部/报表.XLSM"), "“内部/报表.XLSM”是程序或含宏的文件"),
        # passwords
        ("密.docx", compound("EncryptionInfo", "EncryptedPackage"), "设有密码"),
        ("密.doc", compound("WordDocument", stream=b"\xec\xa5" + b"\x00" * 9 + b"\x01"), "设有密码"),
        (
            "密.xls",
            compound("Workbook", stream=b"\x09\x08\x04\x00\x00\x00\x00\x00\x2f\x00\x36\x00"),
            "设有密码",
        ),
        ("密.ppt", compound("PowerPoint Document", "EncryptedSummary"), "设有密码"),
        ("密.pdf", pdf(b"<<>>") + b"trailer << /Encrypt 9 0 R >>", "已加密或限制了权限"),
        # archives
        ("炸弹.xlsx", bomb(), "疑似压缩炸弹"),
        ("层层.zip", archive(*(f"{n}.zip" for n in range(4))), "又有 4 个压缩包"),
        ("越界.zip", archive("../../etc/passwd.txt"), "会解压到别处"),
        ("越界.zip", archive("C:\\windows\\a.txt"), "会解压到别处"),
        ("越界.zip", archive("/etc/a.txt"), "会解压到别处"),
        ("程序.zip", archive("说明.txt", "安装.exe"), "“安装.exe”是程序或含宏的文件"),
        ("程序.ofd", archive("OFD.xml", "Doc_0/run.js"), "是程序或含宏的文件"),
        # documents that act
        ("脚本.pdf", pdf(b"<</S/JavaScript/JS(app.alert(1))>>"), "含有脚本"),
        ("脚本.pdf", pdf(b"<</S/#4a#61vaScript/JS(x)>>"), "含有脚本"),
        ("脚本.pdf", pdf(object_stream(b"1 0 <</S/JavaScript/JS(x)>>")), "含有脚本"),
        ("表单.pdf", pdf(b"<</AcroForm<</Fields[]/XFA[(template) 5 0 R]>>>>"), "含有脚本"),
        ("脚本.pdf", pdf(object_stream(b"1 0 <</S/JavaScript/JS(x)>>", kind=b"/Obj#53tm")), "结构不规范"),
        ("脚本.pdf", pdf(object_stream(b"1", b"/Filter [/ASCIIHexDecode /FlateDecode]")), "结构不规范"),
        ("脚本.pdf", pdf(object_stream(b"1", b"/Filter /FlateDecode /DecodeParms <</Predictor 12>>")), "结构不规范"),
        ("启动.pdf", pdf(b"<</S /Launch /F (cmd.exe)>>"), "启动程序"),
        ("附件.pdf", pdf(b"<</Type /EmbeddedFile /Length 0>>"), "内嵌了其他文件"),
        # images
        ("残.png", image("PNG")[:-6], "已损坏"),
        ("改.png", image("PNG")[:40] + b"\x00" + image("PNG")[41:], "已损坏"),
        ("残.jpg", b"\xff\xd8\xff\xe0" + b"\x00" * 30, "已损坏"),
        ("巨.png", huge_png(20_000, 20_000), "超过 1 亿像素"),
        ("大.png", huge_png(10_001, 10_000), "超过 1 亿像素"),
    ],
)
@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
def test_refused_with_the_reason(name, content, reason):
    with pytest.raises(ValidationError) as refused:
        check(name, content)
    (sentence,) = refused.value.messages
    assert sentence.startswith(f"“{forms.clean_name(name)}”")
    assert reason in sentence


def test_an_archive_under_a_password_is_refused():
    locked = bytearray(archive("a.txt"))
    locked[6] |= 1
    locked[locked.find(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(ValidationError, match="设有密码"):
        check("a.zip", bytes(locked))


def test_a_script_across_a_border_of_reading_is_found(monkeypatch):
    monkeypatch.setattr(content_checks, "_WINDOW", 64)
    for shift in range(64):
        with pytest.raises(ValidationError, match="含有脚本"):
            check("a.pdf", pdf(b" " * shift + b"<</S/JavaScript>>" + b" " * 200))


def test_objects_that_never_end_unpacking_are_refused(monkeypatch):
    monkeypatch.setattr(evidence_pdf, "_INFLATED_MAX", 100_000)
    assert check("a.pdf", pdf(object_stream(b" " * 90_000))) == "application/pdf"
    with pytest.raises(ValidationError, match="结构不规范"):
        check("a.pdf", pdf(object_stream(b" " * 200_000)))


def test_more_object_streams_than_any_document_has_are_refused(monkeypatch):
    monkeypatch.setattr(evidence_pdf, "_STREAMS_MAX", 3)
    assert check("a.pdf", pdf(*[object_stream(b"1")] * 3)) == "application/pdf"
    with pytest.raises(ValidationError, match="结构不规范"):
        check("a.pdf", pdf(*[object_stream(b"1")] * 4))


@pytest.mark.parametrize("name", ["a.pdf", "a.txt", "a.doc"])
def test_a_large_file_is_never_in_memory_whole(name, tmp_path):
    path = tmp_path / name
    with path.open("wb") as file:
        file.write({"a.pdf": PDF, "a.txt": b"a" * 70_000, "a.doc": compound("WordDocument")}[name])
        file.truncate(60 * 1024 * 1024)
    with path.open("rb") as file:
        upload = UploadedFile(file, name, size=path.stat().st_size)
        tracemalloc.start()
        try:
            forms.check_upload(upload)
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
    assert peak < 8 * 1024 * 1024


def directory_of(size: int) -> bytes:
    """An archive whose end record claims a list of members of this size."""
    plain = bytearray(archive("a.txt"))
    at = plain.rfind(b"PK\x05\x06")
    plain[at + 12 : at + 16] = size.to_bytes(4, "little")
    return bytes(plain)


@pytest.mark.parametrize("size", [8 * 1024 * 1024 + 1, 0xFFFFFFFF])
def test_a_huge_list_of_members_is_not_read(size, monkeypatch):
    def never(*args: object) -> None:
        raise AssertionError("the archive was opened")

    huge = directory_of(size)
    monkeypatch.setattr(archives.zipfile, "ZipFile", never)
    with pytest.raises(ValidationError, match=OTHER):
        check("a.zip", huge)


def test_a_zip64_end_that_could_hide_its_size_is_refused():
    plain = archive("a.txt")
    at = plain.rfind(b"PK\x05\x06")
    locator = b"PK\x06\x07" + b"\x00" * 16
    with pytest.raises(ValidationError, match=OTHER):
        check("a.zip", plain[:at] + locator + plain[at:])


@pytest.mark.parametrize("content", [b"PK\x05\x06", b"PK\x03\x04", b"x" * 100, b"PK\x05\x06" + b"\x00" * 10])
def test_fragments_of_archives_are_refused(content):
    with pytest.raises(ValidationError, match=OTHER):
        check("a.zip", content)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("/etc/passwd", "passwd"),
        ("C:\\a\\b.pdf", "b.pdf"),
        ("a\x00b.pdf", "ab.pdf"),
        ("\u202egnp.exe", "gnp.exe"),
        ("...", "file"),
        ("", "file"),
        ("  空格 .pdf", "空格.pdf"),
        ("e\u0301.pdf", "é.pdf"),
    ],
)
def test_clean_name(name, expected):
    assert forms.clean_name(name) == expected


KNOWN = {"6.1-L3-02", "6.1-L3-03", "10.2-L1-01"}


@pytest.mark.parametrize(
    ("name", "codes", "unknown"),
    [
        ("6.1-L3-02 策略发布文件.pdf", ["6.1-L3-02"], []),
        ("6.1-L3-02 6.1-L3-03 发布.pdf", ["6.1-L3-02", "6.1-L3-03"], []),
        ("6.1-L3-03、6.1-L3-02、6.1-L3-03.pdf", ["6.1-L3-03", "6.1-L3-02"], []),
        ("【6.1-l3-02】策略.pdf", ["6.1-L3-02"], []),
        ("６．１－Ｌ３－０２策略.pdf", ["6.1-L3-02"], []),
        ("6.1_L3_02_策略.pdf", ["6.1-L3-02"], []),
        ("6.1–L3—02策略.pdf", ["6.1-L3-02"], []),
        ("6.1 L3 2 策略.pdf", ["6.1-L3-02"], []),
        ("6。1-L3-02（定稿）.pdf", ["6.1-L3-02"], []),
        ("DCMM10.2-L1-01.docx", ["10.2-L1-01"], []),
        ("2026-11-6.1-L3-02.pdf", ["6.1-L3-02"], []),
        ("6.1-L9-99 6.1-L3-02.pdf", ["6.1-L3-02"], ["6.1-L9-99"]),
        ("6.1-L3-021.pdf", [], []),
        ("1.6.1-L3-02.pdf", [], []),
        ("6.1 数据战略规划 2026-01.pdf", [], []),
        ("策略发布文件.pdf", [], []),
    ],
)
def test_codes_in_a_name(name, codes, unknown):
    named = codes_in(name, KNOWN)
    assert (list(named.codes), list(named.unknown)) == (codes, unknown)
