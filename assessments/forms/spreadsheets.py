"""Reads the cells of an XLSX file that somebody sent: every limit is checked before memory is spent.

Written for workbooks whose text becomes data of the platform: it sees what a friendlier reader hides (merged cells,
formulas, errors) and looks at nothing else (styles, pictures, links), so that it does not fail on them either.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from posixpath import join, normpath
from typing import Any
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring, iterparse
from openpyxl.utils import column_index_from_string, get_column_letter

from assessments.standard import Bilingual

MAX_BYTES = 5 * 1024 * 1024
#: Of all members together, as their directory declares it; no member is ever read beyond its declared size.
MAX_UNPACKED = 48 * 1024 * 1024
MAX_MEMBERS = 300
MAX_ROWS = 3000
MAX_SHEETS = 20
#: As far as a spreadsheet program goes.
MAX_COLUMNS = 16_384
_MAX_CELLS = 200_000
_MAX_STRINGS = 100_000

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PLACE = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
#: What a workbook is to be cut down to when it is too large, unless the caller names its own sheets.
_FIVE = Bilingual("五个工作表", "five sheets")
#: How Excel writes characters that XML cannot hold.
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_DAMAGED = (
    *(zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, EOFError, KeyError, ValueError, IndexError),
    *(NotImplementedError, OSError, ParseError, DefusedXmlException, UnicodeDecodeError),
)


class Unreadable(Exception):  # noqa: N818 - says what the file is
    """The file as a whole cannot be read; ``reason`` says why and what to do."""

    def __init__(self, zh: str, en: str, **values: object) -> None:
        self.reason = Bilingual(zh, en).format(**values)
        super().__init__(self.reason.zh)


@dataclass(frozen=True)
class Cell:
    """One filled cell. ``value`` is text, a number or a truth value; formulas and errors have none."""

    value: str | int | float | bool | None
    is_formula: bool = False
    is_error: bool = False
    #: the code of half a character, which no text can hold, such as D800
    half: str = ""


@dataclass
class Sheet:
    """The filled cells of a sheet by row and column, both counted from 1."""

    title: str
    rows: dict[int, dict[int, Cell]] = field(default_factory=dict)
    merged: list[str] = field(default_factory=list)
    #: the first filled cell beyond ``MAX_ROWS``; reading stopped there
    overflow: str | None = None
    #: the first filled cell beyond ``MAX_COLUMNS``; it was not read
    too_wide: str | None = None

    def cell(self, row: int, column: int) -> Cell | None:
        return self.rows.get(row, {}).get(column)

    @property
    def width(self) -> int:
        return max((max(row) for row in self.rows.values()), default=0)


def place(row: int, column: int) -> str:
    """The name of a cell, such as ``C17``."""
    return f"{get_column_letter(min(column, MAX_COLUMNS))}{row}"


def read_sheets(content: bytes, kept: Bilingual = _FIVE) -> list[Sheet]:
    """The sheets in the order of their tabs; ``kept`` are the words for those of the export.

    Raises :class:`Unreadable`.
    """
    if len(content) > MAX_BYTES:
        raise Unreadable(
            "文件超过 {most} MB 的上限。请只保留导出工作簿的{kept}，删除图片等内容后重新上传。",
            "The file is larger than {most} MB. Keep the {kept} of the exported workbook, remove pictures and the "
            "like, and upload it again.",
            most=MAX_BYTES // 1024 // 1024,
            kept=kept,
        )
    if content.startswith(_OLE):
        raise Unreadable(
            "文件已加密，或是旧的 XLS 格式。请取消密码并另存为“Excel 工作簿（.xlsx）”后重新上传。",
            "The file is encrypted or in the old XLS format. Remove the password, save it as “Excel workbook (.xlsx)” "
            "and upload it again.",
        )
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _check_archive(archive)
            tabs = list(_tabs(archive))
            _check_tabs(tabs, kept)
            strings = _shared_strings(archive)
            return [_sheet(archive, title, path, strings) for title, path in tabs]
    except _DAMAGED:
        raise Unreadable(
            "文件不是可读取的 XLSX 工作簿，或内容已损坏。请用表格软件打开并另存为“Excel 工作簿（.xlsx）”后重新上传。",
            "The file is not an XLSX workbook that can be read, or it is damaged. Open it in a spreadsheet program, "
            "save it as “Excel workbook (.xlsx)” and upload it again.",
        ) from None


def _check_archive(archive: zipfile.ZipFile) -> None:
    members = archive.infolist()
    if len(members) > MAX_MEMBERS or sum(m.file_size for m in members) > MAX_UNPACKED:
        raise Unreadable(
            "文件解压后超过 {most} MB，不予读取。请把内容粘贴到新导出的工作簿中再上传。",
            "Unpacked, the file would be larger than {most} MB; it was not read. Paste the content into a freshly "
            "exported workbook and upload that.",
            most=MAX_UNPACKED // 1024 // 1024,
        )
    if any(m.flag_bits & 1 for m in members):
        raise Unreadable(
            "文件已加密。请取消密码后重新上传。", "The file is encrypted. Remove the password and upload it again."
        )
    names = {m.filename for m in members}
    if len(names) < len(members):
        raise ValueError("a member twice")
    types = archive.read("[Content_Types].xml")
    if b"macroEnabled" in types or any(name.endswith("vbaProject.bin") for name in names):
        raise Unreadable(
            "文件含有宏，不予读取。请另存为不含宏的“Excel 工作簿（.xlsx）”后重新上传。",
            "The file holds macros and was not read. Save it without them as “Excel workbook (.xlsx)” and upload it "
            "again.",
        )
    if "xl/workbook.xml" not in names:
        raise KeyError("xl/workbook.xml")


def _local(tag: Any) -> str:
    """The name of an element without its namespace: there are two for the same format."""
    return str(tag).rpartition("}")[2]


def _tabs(archive: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    """Name and member of every sheet."""
    relations = {
        e.get("Id"): (e.get("Type", ""), e.get("Target", ""))
        for e in fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    }
    for element in fromstring(archive.read("xl/workbook.xml")).iter():
        if _local(element.tag) != "sheet":
            continue
        kind, target = relations[next((v for k, v in element.attrib.items() if k.endswith("}id")), "")]
        if kind.rpartition("/")[2] != "worksheet":
            raise ValueError("a sheet that is a chart or a dialogue")
        yield element.get("name", ""), normpath(join("/xl", target)).lstrip("/")


def _check_tabs(tabs: list[tuple[str, str]], kept: Bilingual) -> None:
    """Each sheet costs its reading, however often the file names it."""
    if len(tabs) > MAX_SHEETS:
        raise Unreadable(
            "工作表超过 {most} 个，不予读取。请只保留导出工作簿的{kept}后重新上传。",
            "The workbook has more than {most} sheets and was not read. Keep the {kept} of the exported workbook "
            "and upload it again.",
            most=MAX_SHEETS,
            kept=kept,
        )
    if len({path for _, path in tabs}) < len(tabs):
        raise ValueError("two sheets in one member")


def _shared_strings(archive: zipfile.ZipFile) -> list[str]:
    name = "xl/sharedStrings.xml"
    if name not in archive.namelist():
        return []
    found: list[str] = []
    root: Element | None = None
    with archive.open(name) as source:
        for event, element in iterparse(source, events=("start", "end"), forbid_dtd=True):
            root = element if root is None else root
            if event == "end" and _local(element.tag) == "si":
                found.append(_text(element))
                root.clear()
                if len(found) > _MAX_STRINGS:
                    raise ValueError("more texts than any edition has")
    return found


def _text(element: Element) -> str:
    """The text of a string in runs, without the pronunciation that may stand above it."""
    parts = []
    for child in element:
        if _local(child.tag) == "t":
            parts.append(child.text or "")
        elif _local(child.tag) == "r":
            parts += [t.text or "" for t in child if _local(t.tag) == "t"]
    return _ESCAPED.sub(lambda m: chr(int(m[1], 16)), "".join(parts))


def _sheet(archive: zipfile.ZipFile, title: str, path: str, strings: list[str]) -> Sheet:
    sheet = Sheet(title)
    row = column = cells = 0
    data: Element | None = None
    with archive.open(path) as source:
        for event, element in iterparse(source, events=("start", "end"), forbid_dtd=True):
            tag = _local(element.tag)
            if event == "start":
                if tag == "sheetData":
                    data = element
                elif tag == "row":
                    row, column = int(element.get("r", row + 1)), 0
            elif tag == "c":
                cells += 1
                row, column = _position(element, row, column)
                if not _keep(sheet, row, column, _cell(element, strings), cells):
                    break
                element.clear()
            elif tag == "row" and data is not None:
                data.clear()
            elif tag == "mergeCell":
                sheet.merged.append(element.get("ref", ""))
    return sheet


def _keep(sheet: Sheet, row: int, column: int, cell: Cell | None, count: int) -> bool:
    """Keeps a filled cell; false where the sheet turns out to be too long to read on."""
    if count > _MAX_CELLS:
        raise ValueError("more cells than any edition has")
    if cell is not None and row > MAX_ROWS + 1:
        sheet.overflow = place(row, column)
        return False
    if cell is not None and column > MAX_COLUMNS:
        sheet.too_wide = sheet.too_wide or place(row, column)
    elif cell is not None:
        sheet.rows.setdefault(row, {})[column] = cell
    return True


def _position(element: Element, row: int, column: int) -> tuple[int, int]:
    """Where a cell stands; one without a name follows the one before it."""
    name = element.get("r")
    if name is None:
        return row, column + 1
    match = _PLACE.fullmatch(name)
    if match is None:
        raise ValueError(name)
    return int(match[2]), column_index_from_string(match[1])


def _cell(element: Element, strings: list[str]) -> Cell | None:
    """The content of a cell, ``None`` for an empty one."""
    parts = {_local(child.tag): child for child in element}
    if "f" in parts:
        return Cell(None, is_formula=True)
    kind = element.get("t", "n")
    raw = parts["v"].text if "v" in parts else None
    value: str | int | float | bool | None
    if kind == "inlineStr":
        value = _text(parts["is"]) if "is" in parts else None
    elif raw is None:
        value = None
    elif kind == "s":
        value = strings[int(raw)]
    elif kind == "b":
        value = raw == "1"
    elif kind == "e":
        return Cell(None, is_error=True)
    elif kind == "n":
        value = float(raw) if re.search(r"[.eE]", raw) else int(raw)
    else:
        value = raw
    if isinstance(value, str) and (half := next((c for c in value if "\ud800" <= c <= "\udfff"), None)):
        return Cell(None, is_error=True, half=f"{ord(half):04X}")
    return None if value is None or (isinstance(value, str) and not value.strip()) else Cell(value)
