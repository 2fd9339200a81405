"""The workbook of an edition, out and in again: equal when nothing is wrong, else one clear fault at the right cell."""

from __future__ import annotations

import dataclasses
import datetime as dt
import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from assessments.forms import spreadsheets
from assessments.forms.edition_workbook import MOST_FAULTS, Reading, read
from assessments.reports.edition_workbook import render
from assessments.standard import Bilingual, Edition, get_edition, installation_root
from assessments.standard.installed import Index, Installed, edition_data, folder_name, write_edition, write_index
from assessments.standard.loader import load_edition
from tests.standard import small

CODE, NEW_CODE = "small-2030", "small-2031"


@pytest.fixture
def edition(tmp_path: Path) -> Edition:
    """A small edition in use, so that its workbook is one of a known code."""
    found = load_edition(small.write_edition(tmp_path / "written", CODE))
    root, files = installation_root(), edition_data(found)
    assert root
    place = write_edition(root, files, folder_name(files))
    entry = Installed(CODE, place.name, load_edition(place).checksum, dt.date(2026, 11, 1))
    write_index(root, Index(published={CODE: entry}))
    return get_edition(CODE)


def saved(book: Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def opened(edition: Edition, language: str = "zh-hans", new_code: str = "") -> Workbook:
    return load_workbook(io.BytesIO(render(edition, language, new_code=new_code)))


def sourced(book: Workbook) -> Workbook:
    """With what a person has to fill in before anything else can be right."""
    for row in range(2, 15):
        key = book.worksheets[1].cell(row, 1).value
        if key.endswith("_zh") and (key.startswith("source") or not book.worksheets[1].cell(row, 3).value):
            book.worksheets[1].cell(row, 3).value = f"授权内容 {key}"
        if key.endswith("_en") and (key.startswith("source") or not book.worksheets[1].cell(row, 3).value):
            book.worksheets[1].cell(row, 3).value = f"licensed {key}"
    return book


def after(edition: Edition, change: Callable[[Workbook], object], *, new: bool = False) -> Reading:
    """What is read from the sound workbook once it was changed in one place."""
    book = sourced(opened(edition, new_code=NEW_CODE if new else ""))
    change(book)
    return read(saved(book))


def fault(reading: Reading) -> tuple[str, Bilingual]:
    """The one fault there is."""
    assert reading.edition is None
    assert [f.place for f in reading.faults] == [reading.faults[0].place], [str(f.message) for f in reading.faults]
    assert reading.total == 1
    words = reading.faults[0].message
    for text in (words.zh, words.en):
        assert text.strip()
        assert not re.search(r"{[a-z]+}", text), "a placeholder was left"
    return reading.faults[0].place, words


def _stamp_row(book: Workbook, key: str) -> int:
    return next(n for n in range(1, 30) if book.worksheets[0].cell(n, 1).value == key)


def _stamp(book: Workbook, key: str, value: object) -> None:
    book.worksheets[0].cell(_stamp_row(book, key), 3).value = value


# --- there and back ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("code", ["gbt36073-2018", "gbt36073-2025"])
def test_an_edition_comes_back_equal(code: str, language: str) -> None:
    """Every text and code; only what says where the wording comes from is new, and so is the checksum of the files."""
    before = get_edition(code)
    reading = read(saved(sourced(opened(before, language))))
    assert reading.faults == ()
    edition = reading.edition
    assert edition
    told = {"wording", "source", "checksum"}
    for field in dataclasses.fields(Edition):
        if field.name not in told:
            assert getattr(edition, field.name) == getattr(before, field.name), field.name
    assert edition.wording == "licensed"
    assert edition.source == Bilingual("授权内容 source_zh", "licensed source_en")


def test_the_checksum_is_that_of_the_files_once_written(edition: Edition, tmp_path: Path) -> None:
    found = after(edition, lambda book: None).edition
    assert found
    files = edition_data(found)
    assert load_edition(write_edition(tmp_path, files, folder_name(files))) == found


def test_texts_that_look_like_formulas_stay_texts(edition: Edition) -> None:
    odd = ["=1+1", "+86", "-负数", "@家", "＝全角"]

    def change(book: Workbook) -> None:
        for n, text in enumerate(odd, 2):
            cell = book["条款"].cell(n, 3)
            cell.value, cell.data_type = text, "s"

    found = after(edition, change).edition
    assert found
    assert [c.text.zh for c in found.criteria.values()][:5] == odd
    again = read(render(dataclasses.replace(found, code=NEW_CODE, checksum="new"), "zh-hans")).edition
    assert again
    assert [c.text.zh for c in again.criteria.values()][:5] == odd


def test_line_breaks_and_spaces_around_are_put_right(edition: Edition) -> None:
    def change(book: Workbook) -> None:
        book["条款"]["C2"] = "  第一行_x000D_\n第二行 "
        book["条款"]["G2"] = "甲\n\n乙\n"

    found = after(edition, change).edition
    assert found
    first = next(iter(found.criteria.values()))
    assert first.text.zh == "第一行\n第二行"
    assert first.evidence_zh == ("甲", "乙")


def test_a_day_typed_as_a_day_is_read(edition: Edition) -> None:
    def change(book: Workbook) -> None:
        book["版本"]["C9"] = dt.datetime(2030, 1, 1)

    assert opened(edition)["版本"]["A9"].value == "in_force"
    assert after(edition, change).edition


def test_a_new_edition_is_a_pattern_to_fill_in(edition: Edition) -> None:
    reading = read(render(edition, "zh-hans", new_code=NEW_CODE))
    assert {f.place for f in reading.faults} == {f"版本!C{n}" for n in (3, 4, 5, 6, 11, 12, 13, 14)}
    found = after(edition, lambda book: None, new=True).edition
    assert found
    assert (found.code, found.wording, found.counts) == (NEW_CODE, "own", edition.counts)
    assert found.domains == edition.domains


def test_a_new_edition_may_have_other_numbers(edition: Edition) -> None:
    def change(book: Workbook) -> None:
        book["条款"].append(["7.2-L5-02", 5, "文", "text", "说明", "guidance", "证据", "evidence"])
        _stamp(book, "criteria", edition.counts["criteria"] + 1)

    found = after(edition, change, new=True).edition
    assert found
    assert list(found.criteria)[-1] == "7.2-L5-02"


# --- what is said, and where ------------------------------------------------------------------------------------------

MALFORMED: dict[str, tuple[Callable[[Workbook], object], str, str]] = {
    "missing sheet": (lambda b: b.remove(b["能力项"]), "能力项", "缺少工作表“能力项”"),
    "extra sheet": (lambda b: b.create_sheet("草稿纸"), "草稿纸", "多余的工作表"),
    "missing column": (lambda b: b["条款"].delete_cols(8), "条款!H1", "缺少列“典型证据（英文） Evidence (English)”"),
    "missing column in between": (lambda b: b["条款"].delete_cols(4), "条款!D1", "缺少列“条款（英文） Text (English)”"),
    "extra column": (lambda b: b["能力域"].cell(1, 6, "备注"), "能力域!F1", "多余的列"),
    "column without a head": (lambda b: b["能力域"].cell(2, 6, "备注"), "能力域!F1", "多余的列"),
    "renamed head": (lambda b: b["条款"].cell(1, 3, "原文"), "条款!C1", "表头应为“条款（中文） Text (Chinese)”"),
    "merged cells": (lambda b: b["条款"].merge_cells("C3:C4"), "条款!C3:C4", "存在合并单元格"),
    "formula": (lambda b: b["条款"].cell(5, 3, "=C4&C6"), "条款!C5", "单元格含有公式"),
    "formula in the read me": (lambda b: b["说明"].cell(20, 2, "=1"), "说明!B20", "单元格含有公式"),
    "error value": (lambda b: _typed(b["条款"].cell(5, 3), "#REF!", "e"), "条款!C5", "单元格的内容不是文字"),
    "truth value": (lambda b: b["条款"].cell(5, 3, True), "条款!C5", "单元格的内容不是文字"),
    "empty cell": (lambda b: _emptied(b["条款"]["E17"]), "条款!E17", "此处必填"),
    "blank cell": (lambda b: b["条款"].cell(17, 5, "  \n "), "条款!E17", "此处必填"),
    "number for text": (lambda b: b["能力项"].cell(2, 2, 2030), "能力项!B2", "应为文本，现为数值 2030"),
    "number for a code": (lambda b: b["能力域"].cell(2, 1, 6), "能力域!A2", "应为文本，现为数值 6"),
    "level as text": (lambda b: b["条款"].cell(4, 2, "二级"), "条款!B4", "等级应为 1 至 5 的整数，现为“二级”"),
    "level out of range": (lambda b: b["条款"].cell(4, 2, 6), "条款!B4", "现为“6”"),
    "level in halves": (lambda b: b["条款"].cell(4, 2, 2.5), "条款!B4", "现为“2.5”"),
    "no level": (lambda b: _emptied(b["条款"]["B4"]), "条款!B4", "此处必填"),
    "code at odds with its level": (lambda b: b["条款"].cell(4, 2, 3), "条款!A4", "与 B4 的等级 3 不符"),
    "misshapen code": (lambda b: b["条款"].cell(4, 1, "6.1-2-02"), "条款!A4", "应形如 6.1-L3-02"),
    "braces in a code": (lambda b: b["条款"].cell(4, 1, "{6.1}"), "条款!A4", "编号“{6.1}”不合规则"),
    "code twice": (lambda b: b["条款"].cell(4, 1, "6.1-L2-01"), "条款!A4", "与 A3 重复"),
    "control character": (lambda b: b["条款"].cell(3, 3, "甲_x0007_乙"), "条款!C3", "U+0007"),
    "character that reverses": (lambda b: b["条款"].cell(3, 3, "甲\u202e乙"), "条款!C3", "U+202E"),
    "too long": (lambda b: b["条款"].cell(3, 3, "长" * 2001), "条款!C3", "共 2001 字，超过 2000 字"),
    "two lines for one": (lambda b: b["能力项"].cell(2, 2, "甲\n乙"), "能力项!B2", "只能填写一行"),
    "evidence of unequal length": (lambda b: b["条款"].cell(3, 8, "only one"), "条款!H3", "中文 2 行、英文 1 行"),
    "too much evidence": (
        lambda b: [b["条款"].cell(3, c, "\n".join("x" * 21)) for c in (7,)], "条款!G3", "至多 20 项",
    ),
    "wrong stamp": (lambda b: _stamp(b, "edition", "gbt36073-2025"), "说明!C11", "标识的版本为“gbt36073-2025”"),
    "checksum of another edition": (lambda b: _stamp(b, "checksum", "0" * 64), "说明!C12", "校验值与版本"),
    "format of another time": (lambda b: _stamp(b, "format", 2), "说明!C10", "工作簿格式为 2"),
    "no stamp": (lambda b: _emptied(b["说明"].cell(_stamp_row(b, "format"), 1)), "说明", "缺少工作簿标识“工作簿格式”"),
    "wrong count": (lambda b: _stamp(b, "criteria", 999), "说明!C15", "标识的数量为 999，“条款”表中有 16 行"),
    "unknown scheme": (lambda b: b["版本"].cell(8, 3, "practice-1999"), "版本!C8", "没有计分方案“practice-1999”"),
    "no such day": (lambda b: b["版本"].cell(9, 3, "2030-02-30"), "版本!C9", "“2030-02-30”不是日期"),
    "unknown status": (lambda b: b["版本"].cell(7, 3, "old"), "版本!C7", "状态“old”无效"),
    "unknown wording": (lambda b: b["版本"].cell(10, 3, "theirs"), "版本!C10", "文字来源“theirs”无效"),
    "unknown key": (lambda b: b["版本"].cell(15, 1, "colour"), "版本!A15", "没有这一项"),
    "key twice": (
        lambda b: [b["版本"].cell(15, c, v) for c, v in ((1, "use_en"), (3, "x"))], "版本!A15", "已在 A14 填写",
    ),
    "missing key": (lambda b: b["版本"].delete_rows(14), "版本", "缺少“适用说明（英文）”（use_en）"),
    "too many rows": (
        lambda b: [b["条款"].append([f"x{n}"]) for n in range(10_000)], "条款!A3002", "超过 3000 行",
    ),
}  # fmt: skip


def _typed(cell: object, value: str, kind: str) -> None:
    cell.value, cell.data_type = value, kind  # type: ignore[attr-defined]


def _emptied(cell: object) -> None:
    cell.value = None  # type: ignore[attr-defined]


@pytest.mark.parametrize("case", MALFORMED)
@pytest.mark.parametrize("new", [False, True], ids=["same codes", "new edition"])
def test_each_fault_is_said_once_at_its_cell(edition: Edition, case: str, new: bool) -> None:
    change, at, words = MALFORMED[case]
    found, message = fault(after(edition, change, new=new))
    assert found == (at if "说明!C" not in at else f"说明!C{int(at[4:]) + new}")
    assert words in message.zh


#: Codes of a known edition stay; each change, the cell, and a part of what is said.
OTHER_CODES: dict[str, tuple[Callable[[Workbook], object], str, str]] = {
    "row removed": (lambda b: b["条款"].delete_rows(4), "条款!A4", "此处缺少编号 6.1-L2-02"),
    "last row removed": (lambda b: b["条款"].delete_rows(17), "条款!A17", "此处缺少编号 7.2-L5-01"),
    "row added": (
        lambda b: b["条款"].append(["7.2-L5-02", 5, "文", "text", "说明", "guidance", "证据", "evidence"]),
        "条款!A18",
        "没有编号 7.2-L5-02",
    ),
    "renumbered": (lambda b: b["条款"].cell(4, 1, "6.1-L2-07"), "条款!A4", "应为编号 6.1-L2-02，现为 6.1-L2-07"),
    "item renumbered": (lambda b: b["能力项"].cell(4, 1, "7.3"), "能力项!A4", "应为编号 7.2，现为 7.3"),
    "domain removed": (lambda b: b["能力域"].delete_rows(3), "能力域!A3", "此处缺少编号 7"),
    "rows swapped": (lambda b: _swap(b["条款"], 3, 4), "条款!A3", "应为编号 6.1-L2-01，现为 6.1-L2-02"),
    "another scheme": (lambda b: b["版本"].cell(8, 3, "practice-2023"), "版本!C8", "不能改动"),
    "another day": (lambda b: b["版本"].cell(9, 3, "2031-01-01"), "版本!C9", "不能改动"),
    "another status": (lambda b: b["版本"].cell(7, 3, "superseded"), "版本!C7", "不能改动"),
    "our own source": (lambda b: b["版本"].cell(11, 3, "来源"), "版本!C11", "写明授权文本的来源"),
}


def _swap(sheet: Worksheet, one: int, other: int) -> None:
    for column in range(1, 9):
        a, b = sheet.cell(one, column), sheet.cell(other, column)
        a.value, b.value = b.value, a.value


@pytest.mark.parametrize("case", OTHER_CODES)
def test_a_known_edition_keeps_its_codes(edition: Edition, case: str) -> None:
    change, at, words = OTHER_CODES[case]
    found, message = fault(after(edition, change))
    assert found == at
    assert words in message.zh


def _row(*values: object) -> Callable[[Workbook], object]:
    return lambda book: book["条款"].append(list(values))


#: Numbering of a new edition.
NUMBERING: dict[str, tuple[Callable[[Workbook], object], str, str]] = {
    "gap": (lambda b: b["条款"].cell(4, 1, "6.1-L2-03"), "条款!A4", "应为 6.1-L2-02，现为 6.1-L2-03"),
    "swapped": (lambda b: _swap(b["条款"], 3, 4), "条款!A3", "应为 6.1-L2-01，现为 6.1-L2-02"),
    "level left out": (lambda b: b["条款"].delete_rows(2), "条款!A2", "应为 6.1-L1-01，现为 6.1-L2-01"),
    "last level left out": (lambda b: b["条款"].delete_rows(17), "条款!A16", "7.2 缺少等级 5 的条款"),
    "item nobody knows": (
        _row("8.1-L1-01", 1, "文", "text", "说明", "guidance", "证据", "evidence"),
        "条款!A18",
        "所属的 8.1 不在“能力项”表中",
    ),
    "item without criteria": (
        lambda b: b["能力项"].append(["7.3", "甲", "A", "乙", "B"]), "能力项!A5", "7.3 在“条款”表中没有内容",
    ),
    "item numbered with a gap": (
        lambda b: [b["能力项"].cell(4, 1, "7.4")]
        + [b["条款"].cell(n, 1, b["条款"].cell(n, 1).value.replace("7.2", "7.4")) for n in range(13, 18)],
        "能力项!A4",
        "应为 7.2，现为 7.4",
    ),
    "domain without items": (
        lambda b: b["能力域"].append(["8", "甲", "A", "乙", "B"]), "能力域!A4", "8 在“能力项”表中没有内容",
    ),
    "item apart": (
        _row("6.1-L5-02", 5, "文", "text", "说明", "guidance", "证据", "evidence"), "条款!A18", "同属 6.1 的各行须连续",
    ),
    "domains out of order": (lambda b: b["能力域"].cell(2, 1, "8"), "能力域!A3", "应为 > 8，现为 7"),
    "draft as a status": (lambda b: b["版本"].cell(7, 3, "draft"), "版本!C7", "状态“draft”无效"),
    "code that will not do": (
        lambda b: [b["版本"].cell(2, 3, "Small 2031"), _stamp(b, "edition", "Small 2031")], "版本!C2", "不合规则",
    ),
    "code without a digit": (
        lambda b: [b["版本"].cell(2, 3, "manage"), _stamp(b, "edition", "manage")], "版本!C2", "不合规则",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", NUMBERING)
def test_a_new_edition_is_numbered_without_gaps(edition: Edition, case: str) -> None:
    change, at, words = NUMBERING[case]
    reading = after(edition, change, new=True)
    if case == "domains out of order":
        # The items of the domain that was renamed are strays, too: each says so in its own cell.
        assert at in {f.place for f in reading.faults}
        return
    found, message = fault(reading)
    assert found == at
    assert words in message.zh


def test_the_code_of_a_known_edition_cannot_be_given_away(edition: Edition) -> None:
    """An edition with its code overwritten is neither the one nor a new one."""

    def change(book: Workbook) -> None:
        book["版本"]["C2"] = NEW_CODE
        _stamp(book, "edition", NEW_CODE)

    at, words = fault(after(edition, change))
    assert at == "说明!C12"
    assert "新增版本请下载新版本工作簿" in words.zh


def test_all_faults_at_once_in_reading_order_and_no_more_than_a_person_reads(edition: Edition) -> None:
    big = get_edition("gbt36073-2018")

    def change(book: Workbook) -> None:
        for row in range(2, 447):
            book["条款"].cell(row, 4).value = None
        book["版本"]["C3"] = "=A1"

    reading = after(big, change)
    assert reading.total == 446
    assert len(reading.faults) == MOST_FAULTS
    assert [f.place for f in reading.faults[:3]] == ["版本!C3", "条款!D2", "条款!D3"]


def test_an_english_workbook_names_its_own_sheets(edition: Edition) -> None:
    book = sourced(opened(edition, "en"))
    book["Criteria"]["C17"] = None
    at, words = fault(read(saved(book)))
    assert at == "Criteria!C17"
    assert words.en == "This cell has to be filled in."


# --- files that are no workbook ---------------------------------------------------------------------------------------


def repacked(content: bytes, change: Callable[[str, bytes], bytes | None], **added: bytes) -> bytes:
    """The archive with its members passed through ``change``; ``None`` leaves one out."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if (data := change(name, old.read(name))) is not None:
                new.writestr(name, data)
        for name, data in added.items():
            new.writestr(name, data)
    return out.getvalue()


def _macro(content: bytes) -> bytes:
    return repacked(content, lambda n, d: d, **{"xl/vbaProject.bin": b"x"})


def _macro_type(content: bytes) -> bytes:
    return repacked(
        content, lambda n, d: d.replace(b"spreadsheetml.sheet.main", b"sheet.macroEnabled.main") if "Types" in n else d
    )


def _bomb(content: bytes) -> bytes:
    return repacked(content, lambda n, d: d + b" " * 60_000_000 if n.endswith("sheet5.xml") else d)


def _entities(content: bytes) -> bytes:
    declared = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]>'
    return repacked(content, lambda n, d: declared + d.split(b"?>")[-1] if n.endswith("sheet5.xml") else d)


def _locked(content: bytes) -> bytes:
    """The mark of encryption on the first member, in its own head and in the directory."""
    raw = bytearray(content)
    raw[6] |= 1
    at = raw.index(b"PK\x01\x02")
    raw[at + 8] |= 1
    return bytes(raw)


def _sheets(content: bytes, times: int) -> bytes:
    """The last sheet named again and again, always with the same member."""

    def more(name: str, data: bytes) -> bytes:
        return re.sub(rb"(<sheet [^>]*/>)(?=</sheets>)", rb"\1" * times, data) if name == "xl/workbook.xml" else data

    return repacked(content, more)


def _twice(content: bytes) -> bytes:
    with pytest.warns(UserWarning, match="Duplicate name"):
        return repacked(content, lambda n, d: d, **{"xl/worksheets/sheet5.xml": b"<worksheet/>"})


FILES: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "empty": (lambda c: b"", "不是可读取的 XLSX 工作簿"),
    "text": (lambda c: "编号,等级".encode(), "不是可读取的 XLSX 工作簿"),
    "cut off": (lambda c: c[: len(c) // 2], "不是可读取的 XLSX 工作簿"),
    "damaged": (lambda c: c.replace(b"PK\x03\x04", b"PK\x03\x05"), "不是可读取的 XLSX 工作簿"),
    "an archive of something else": (lambda c: repacked(c, lambda n, d: None if "workbook" in n else d), "不是可读取"),
    "entities": (_entities, "不是可读取的 XLSX 工作簿"),
    "old format or password": (lambda c: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + c, "文件已加密，或是旧的 XLS 格式"),
    "encrypted members": (_locked, "文件已加密"),
    "macros": (_macro, "文件含有宏"),
    "macros by type": (_macro_type, "文件含有宏"),
    "unpacks to too much": (_bomb, "文件解压后超过 48 MB"),
    "too many sheets": (lambda c: _sheets(c, 17), "工作表超过 20 个"),
    "a sheet twice": (lambda c: _sheets(c, 2), "不是可读取的 XLSX 工作簿"),
    "a member twice": (_twice, "不是可读取的 XLSX 工作簿"),
    "too large": (lambda c: c + b" " * spreadsheets.MAX_BYTES, "文件超过 5 MB 的上限"),
}


@pytest.mark.parametrize("case", FILES)
def test_a_file_that_is_no_sound_workbook(edition: Edition, case: str) -> None:
    change, words = FILES[case]
    at, message = fault(read(change(render(edition, "zh-hans"))))
    assert at == ""
    assert words in message.zh


def test_a_wide_sheet_is_not_spread_out(edition: Edition) -> None:
    at, _ = fault(after(edition, lambda book: book["能力域"].cell(1, 16384, "远")))
    assert at == "能力域!XFD1"


@pytest.mark.parametrize("cell", ["<c><f>1</f></c>", "<c><v>1</v></c>", '<c t="inlineStr"><is><t>_xDC00_</t></is></c>'])
def test_content_beyond_the_last_column_is_a_fault(edition: Edition, cell: str) -> None:
    row = f'<row r="2">{"<c/>" * 18_300}{cell}</row></sheetData>'.encode()
    content = saved(sourced(opened(edition)))
    at, words = fault(read(repacked(content, lambda n, d: d.replace(b"</sheetData>", row) if "sheet5" in n else d)))
    assert at == "条款!XFD2"
    assert "超出第 16384 列" in words.zh


@pytest.mark.parametrize(
    ("sheet", "cell"), [("条款", "C3"), ("条款", "B3"), ("版本", "C2"), ("说明", "C11"), ("条款", "Z1")]
)
def test_half_a_character_is_a_fault_in_its_cell(edition: Edition, sheet: str, cell: str) -> None:
    def change(book: Workbook) -> None:
        book[sheet][cell] = "文_xD800_字"

    reading = after(edition, change)
    assert reading.edition is None
    found = [(f.place, f.message.zh + f.message.en) for f in reading.faults]
    assert all(text.encode() for _, text in found)
    assert any(at == f"{sheet}!{cell}" and (cell == "Z1" or "U+D800" in text) for at, text in found)


def test_an_edition_in_use_keeps_its_code_locked(edition: Edition) -> None:
    """Codes and levels are locked against slips; the pattern of a new edition is open."""
    book = opened(edition)
    criteria = book["条款"]
    assert criteria.protection.sheet
    assert criteria.protection.password is None
    assert [criteria.cell(2, n).protection.locked for n in range(1, 9)] == [True, True] + [False] * 6
    assert criteria.freeze_panes == "C2"
    assert [str(v.sqref) for v in criteria.data_validations.dataValidation] == ["B2:B17"]
    assert not opened(edition, new_code=NEW_CODE)["条款"].protection.sheet
