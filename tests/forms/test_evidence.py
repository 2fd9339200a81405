"""What counts as an acceptable file; archives are judged by their list of members and never unpacked."""

from __future__ import annotations

import io
import zipfile

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile

from assessments.forms import evidence as forms


def archive(*members: str, comment: bytes = b"", content: bytes = b"x") -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as written:
        for member in members:
            written.writestr(member, content)
        written.comment = comment
    return target.getvalue()


def check(name: str, content: bytes) -> str:
    return forms.check_upload(SimpleUploadedFile(name, content))


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("a.pdf", b"%PDF-1.4\n", "application/pdf"),
        ("a.PNG", b"\x89PNG\r\n\x1a\n" + b"\x00" * 32, "image/png"),
        ("a.txt", "制度全文".encode(), "text/plain"),
        ("a.csv", "编号,名称".encode("gb18030"), "text/csv"),
        ("a.zip", archive("a.txt"), "application/zip"),
        ("a.zip", archive("a.txt", comment=b"c" * 65535), "application/zip"),
        ("a.ofd", archive("OFD.xml"), "application/ofd"),
        ("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 8, "application/msword"),
        ("a.xlsx", archive("xl/workbook.xml"), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ],
)
def test_accepted(name, content, expected):
    assert check(name, content) == expected


def test_a_bomb_is_not_unpacked():
    """A gigabyte of zeros packs into a megabyte; only the list of members is read."""
    bomb = archive("xl/workbook.xml", *(f"xl/{n}.bin" for n in range(50)), content=b"\x00" * 1_000_000)
    assert len(bomb) < 100_000
    assert check("a.xlsx", bomb).endswith("sheet")


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
    monkeypatch.setattr(forms.zipfile, "ZipFile", never)
    with pytest.raises(ValidationError, match="内容与扩展名不符"):
        check("a.zip", huge)


def test_a_zip64_end_that_could_hide_its_size_is_refused():
    plain = archive("a.txt")
    at = plain.rfind(b"PK\x05\x06")
    locator = b"PK\x06\x07" + b"\x00" * 16
    with pytest.raises(ValidationError, match="内容与扩展名不符"):
        check("a.zip", plain[:at] + locator + plain[at:])


@pytest.mark.parametrize("content", [b"PK\x05\x06", b"PK\x03\x04", b"x" * 100, b"PK\x05\x06" + b"\x00" * 10])
def test_fragments_of_archives_are_refused(content):
    with pytest.raises(ValidationError, match="内容与扩展名不符"):
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
