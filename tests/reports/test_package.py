"""The evidence package: a ZIP that is written while it is sent."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import io
import json
import tracemalloc
import zipfile
from typing import Any, BinaryIO

import pytest

from assessments.reports import package
from assessments.reports.package import Entry

AT = dt.datetime(2026, 11, 22, 9, 30, tzinfo=dt.UTC)


def entry(name: str = "策略.pdf", content: bytes = b"abc", **changed: Any) -> Entry:
    given = {
        "title": "策略",
        "name": name,
        "version": 1,
        "criteria": (("6.1-L3-02", "第12页"),),
        "confidentiality": "内部",
        "size": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
        "uploaded_by": "赵敏",
        "uploaded_at": AT,
        "open": lambda: io.BytesIO(content),
    }
    return Entry(**{**given, **changed})


def packed(*entries: Entry, language: str = "zh-hans") -> zipfile.ZipFile:
    content = b"".join(package.stream(entries, number="SH-2026-00001", at=AT, language=language))
    return zipfile.ZipFile(io.BytesIO(content))


def table(archive: zipfile.ZipFile) -> list[dict[str, str]]:
    text = archive.read("manifest.csv").decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def test_files_stand_in_folders_under_their_first_criterion_and_both_manifests_list_them():
    twice = entry("汇编.pdf", b"xyz", criteria=(("10.1-L2-01", ""), ("6.1-L3-02", "第3页")), version=2)
    with packed(entry(), twice) as archive:
        assert archive.testzip() is None
        names = ["6/6.1/6.1-L3-02 策略.pdf", "10/10.1/10.1-L2-01 汇编.pdf"]
        assert archive.namelist() == [*names, "manifest.csv", "manifest.json"]
        assert [archive.read(name) for name in names] == [b"abc", b"xyz"]
        assert archive.read("manifest.csv").startswith(b"\xef\xbb\xbf")
        rows, listed = table(archive), json.loads(archive.read("manifest.json"))
    assert [row["文件"] for row in rows] == names
    assert (rows[1]["条款"], rows[1]["位置"], rows[1]["版本"]) == ("10.1-L2-01 6.1-L3-02", "6.1-L3-02 第3页", "2")
    assert rows[0]["SHA-256"] == hashlib.sha256(b"abc").hexdigest()
    assert listed["case"] == "SH-2026-00001"
    assert [(f["path"], f["state"], f["uploaded_by"]) for f in listed["files"]] == [
        (n, "present", "赵敏") for n in names
    ]
    assert listed["files"][1]["criteria"][1] == {"code": "6.1-L3-02", "pointer": "第3页"}


def test_a_lost_file_and_a_changed_one_are_named_and_the_rest_still_comes():
    def lost() -> BinaryIO:
        raise FileNotFoundError

    changed = entry("改过.pdf", b"new", sha256="0" * 64)
    with packed(entry("丢失.pdf", open=lost), changed, entry("好.pdf")) as archive:
        assert archive.testzip() is None
        states = [f["state"] for f in json.loads(archive.read("manifest.json"))["files"]]
        assert states == ["missing", "altered", "present"]
        assert [row["收入情况"] for row in table(archive)] == [
            "存储中缺失，未收入", "内容与登记的 SHA-256 不符", "已收入",
        ]  # fmt: skip
        assert not any("丢失" in name for name in archive.namelist())


@pytest.mark.parametrize("name", ["=cmd|' /C calc'!A0.pdf", "+1.pdf", "-1.pdf", "@SUM(A1).pdf", "\t=1.pdf"])
def test_no_cell_of_the_manifest_is_a_formula(name):
    with packed(entry(name, title=name, uploaded_by="=1+1")) as archive:
        for row in table(archive):
            for cell in row.values():
                assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))
            assert row["上传人"] == "'=1+1"


def test_names_are_safe_and_no_two_are_the_same():
    odd = ["a.pdf", "A.PDF", "a.pdf", "../../etc/passwd.pdf", 'x<>:"|?*.pdf', "长" * 190 + ".pdf", "b\u202e.pdf"]
    paths = package.unique_paths([entry(name) for name in odd])
    assert len({path.lower() for path in paths}) == len(odd)
    assert paths[:3] == [f"6/6.1/6.1-L3-02 {name}" for name in ("a.pdf", "A (2).PDF", "a (3).pdf")]
    for path in paths:
        folder, _, name = path.rpartition("/")
        assert folder == "6/6.1"
        assert not set(name) & set('<>:"/\\|?*\u202e')
        assert len(name.encode()) < 240
        assert name.lower().endswith(".pdf")


def test_memory_does_not_grow_with_the_files():
    """Forty files of two megabytes go through; only pieces of them are ever held."""

    class Long(io.RawIOBase):
        def __init__(self) -> None:
            self.left = 2 * 1024 * 1024

        def read(self, size: int = -1) -> bytes:
            taken = min(size, self.left)
            self.left -= taken
            return bytes(taken)

    many = [entry(f"{n}.pdf", open=lambda: Long()) for n in range(40)]
    tracemalloc.start()
    sent = sum(len(part) for part in package.stream(many, number="n", at=AT, language="en"))
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert sent > 80 * 1024 * 1024
    assert most < 2 * 1024 * 1024


def test_the_manifest_speaks_the_language_of_its_reader():
    with packed(entry(), language="en") as archive:
        assert table(archive)[0]["State"] == "included"
