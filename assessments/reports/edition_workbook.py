"""An edition as a workbook to fill in and send back: the layout that writing and reading share, and the writing.

Heads and keys are the same in either language of the interface, so that reading does not depend on it; explanations
are in the language of whoever asked for the file.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from assessments.reports.workbook import WHOLE, write
from assessments.standard import Bilingual, Criterion, Edition

#: Version of the layout; a workbook of another version is refused.
FORMAT = 1
#: Stands for the checksum of an edition that does not exist yet.
NEW = "new"
#: Typical evidence stands one piece a line.
EVIDENCE_PIECES, EVIDENCE_LENGTH = 20, 200


@dataclass(frozen=True)
class Column:
    """A column of a table. ``most``: characters a cell may hold; ``lines``: line breaks are allowed."""

    key: str
    zh: str
    en: str
    width: float
    most: int = 0
    lines: bool = False
    is_code: bool = False

    @property
    def head(self) -> str:
        return f"{self.zh} {self.en}"


@dataclass(frozen=True)
class Table:
    """A sheet with one table, its head in row 1."""

    title: Bilingual
    columns: tuple[Column, ...]


def _both(key: str, zh: str, en: str, width: float, most: int, *, lines: bool = False) -> tuple[Column, Column]:
    return (
        Column(f"{key}_zh", f"{zh}（中文）", f"{en} (Chinese)", width, most, lines),
        Column(f"{key}_en", f"{zh}（英文）", f"{en} (English)", width, most, lines),
    )


_CODE = Column("code", "编号", "Code", 14, 20, is_code=True)
README = Bilingual("说明", "Read me")
HEAD = Table(
    Bilingual("版本", "Edition"),
    (
        Column("key", "标识", "Key", 13, 20, is_code=True),
        Column("label", "项目", "Field", 26),
        Column("value", "内容", "Value", 90),
    ),
)
DOMAINS = Table(
    Bilingual("能力域", "Domains"),
    (_CODE, *_both("name", "名称", "Name", 26, 100), *_both("summary", "概述", "Summary", 60, 1000, lines=True)),
)
ITEMS = Table(
    Bilingual("能力项", "Items"),
    (_CODE, *_both("name", "名称", "Name", 26, 100), *_both("purpose", "目的", "Purpose", 60, 1000, lines=True)),
)
CRITERIA = Table(
    Bilingual("条款", "Criteria"),
    (
        _CODE,
        Column("level", "等级", "Level", 12, is_code=True),
        *_both("text", "条款", "Text", 52, 2000, lines=True),
        *_both("guidance", "说明", "Guidance", 52, 4000, lines=True),
        *_both("evidence", "典型证据", "Evidence", 34, EVIDENCE_PIECES * (EVIDENCE_LENGTH + 1), lines=True),
    ),
)
TABLES = (HEAD, DOMAINS, ITEMS, CRITERIA)


@dataclass(frozen=True)
class Field:
    """A row of the sheet 版本. ``most`` as for columns; ``is_fixed``: the same in every text of one edition."""

    key: str
    label: Bilingual
    most: int = 20
    lines: bool = False
    is_fixed: bool = False


FIELDS = (
    Field("code", Bilingual("版本编号", "Code of the edition"), is_fixed=True),
    Field("title_zh", Bilingual("全称（中文）", "Title (Chinese)"), 200),
    Field("title_en", Bilingual("全称（英文）", "Title (English)"), 200),
    Field("short_zh", Bilingual("简称（中文）", "Short title (Chinese)"), 40),
    Field("short_en", Bilingual("简称（英文）", "Short title (English)"), 40),
    Field("status", Bilingual("状态：current 或 superseded", "Status: current or superseded"), is_fixed=True),
    Field("scheme", Bilingual("计分方案", "Scoring scheme"), is_fixed=True),
    Field("in_force", Bilingual("实施日期，如 2026-07-01", "In force since, such as 2026-07-01"), is_fixed=True),
    Field("wording", Bilingual("文字来源：own 或 licensed", "Wording: own or licensed")),
    Field("source_zh", Bilingual("来源和授权依据（中文）", "Source and licence (Chinese)"), 1000, lines=True),
    Field("source_en", Bilingual("来源和授权依据（英文）", "Source and licence (English)"), 1000, lines=True),
    Field("use_zh", Bilingual("适用说明（中文）", "What it is used for (Chinese)"), 1000, lines=True),
    Field("use_en", Bilingual("适用说明（英文）", "What it is used for (English)"), 1000, lines=True),
)
#: What the stamp on the sheet 说明 holds; the value stands in column C beside its key.
STAMP = {
    "format": Bilingual("工作簿格式", "Format of the workbook"),
    "edition": Bilingual("版本编号", "Code of the edition"),
    "checksum": Bilingual("导出时的校验值", "Checksum when exported"),
    "domains": Bilingual("能力域数", "Number of domains"),
    "items": Bilingual("能力项数", "Number of items"),
    "criteria": Bilingual("条款数", "Number of criteria"),
}

_BRAND, _TINT, _LINE = "115264", "F0F6F8", "DEDAD3"
_FONT = Font(name="Microsoft YaHei", size=10)
_BOLD = Font(name="Microsoft YaHei", size=10, bold=True)
_TITLE = Font(name="Microsoft YaHei", size=14, bold=True, color=_BRAND)
_HEAD_FONT = Font(name="Microsoft YaHei", size=10, bold=True, color="FFFFFF")
_HEAD_FILL, _LOCKED_FILL = PatternFill("solid", fgColor=_BRAND), PatternFill("solid", fgColor=_TINT)
_RULE = Border(bottom=Side(style="thin", color=_LINE))
_MIDDLE = Alignment(vertical="center", wrap_text=True)
_FREE = Protection(locked=False)

Row = Sequence[str | int]


def render(edition: Edition, language: str, *, new_code: str = "") -> bytes:
    """The edition as XLSX. With ``new_code`` it is the pattern of a new edition: names and sources left to fill in."""
    book = Workbook()
    book.remove(book.active)
    book.properties.title, book.properties.creator = new_code or edition.code, "DCMM"
    is_locked = not new_code
    _readme(book.create_sheet(README.in_language(language)), edition, language, new_code)
    _table(book, HEAD, _head_rows(edition, language, new_code), language, is_locked)
    _table(book, DOMAINS, _domain_rows(edition), language, is_locked)
    _table(book, ITEMS, _item_rows(edition), language, is_locked)
    sheet = _table(book, CRITERIA, [_criterion_row(c) for c in edition.criteria.values()], language, is_locked)
    levels = DataValidation(type="whole", operator="between", formula1="1", formula2="5", showErrorMessage=True)
    levels.error = Bilingual("等级为 1 至 5 的整数。", "A level is a whole number from 1 to 5.").in_language(language)
    levels.add(f"B2:B{sheet.max_row + (1000 if new_code else 0)}")
    sheet.add_data_validation(levels)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def file_name(edition: Edition, new_code: str = "") -> str:
    return f"{new_code or edition.code}.xlsx"


# --- the sheets -----------------------------------------------------------------------------------------------------


def _readme(sheet: Worksheet, edition: Edition, language: str, new_code: str) -> None:
    def say(words: Bilingual) -> str:
        return words.in_language(language)

    for letter, width in zip("ABC", (14, 96, 70), strict=True):
        sheet.column_dimensions[letter].width = width
    write(sheet, 1, 2, say(_NEW_TITLE if new_code else edition.title), _TITLE)
    row = 3
    for line in _instructions(edition, new_code):
        write(sheet, row, 2, say(line), _FONT)
        row += 1
    row += 1
    head = (HEAD.columns[0].head, say(Bilingual("工作簿标识", "Stamp of the workbook")), HEAD.columns[2].head)
    for column, text in enumerate(head, 1):
        _head(sheet, row, column, text)
    counts = {key: edition.counts[key] for key in ("domains", "items", "criteria")}
    values: dict[str, str | int] = {
        "format": FORMAT,
        "edition": new_code or edition.code,
        "checksum": NEW if new_code else edition.checksum,
        **counts,
    }
    for key, label in STAMP.items():
        row += 1
        write(sheet, row, 1, key, _BOLD)
        write(sheet, row, 2, say(label), _FONT)
        cell = write(sheet, row, 3, values[key], _FONT, WHOLE)
        cell.alignment = Alignment(vertical="top", horizontal="left", wrap_text=True)
        if new_code and key in counts:
            cell.protection = _FREE
    sheet.sheet_view.showGridLines = False
    _protect(sheet)


_NEW_TITLE = Bilingual("新版本工作簿", "Workbook for a new edition")


def _instructions(edition: Edition, new_code: str) -> Iterable[Bilingual]:
    if new_code:
        yield Bilingual(
            "用于新增一个标准版本：按各表填写后，在“标准版本管理”中导入，先存为草稿，核对后发布。",
            "For a further edition of the standard: fill in the sheets, import the file under “Editions”, check the "
            "draft, then publish it.",
        )
        yield Bilingual(
            "能力域、能力项和条款的内容取自“{base}”，仅作示例，请全部改写；可增删行，编号须连续。",
            "Domains, items and criteria are those of the {base}, as an example to be rewritten; rows may be added and "
            "removed, and numbering has to be without gaps.",
        ).format(base=edition.short)
        yield Bilingual(
            "条款编号为“能力项-L等级-两位序号”，如 6.1-L3-02；每个能力项的五个等级均须有条款，按等级和序号排列。",
            "The code of a criterion is item-Llevel-number, such as 6.1-L3-02; every item has criteria at all five "
            "levels, in the order of levels and numbers.",
        )
        yield Bilingual(
            "完成后把下方标识中的三个数量改为实际数量，导入时据此核对有无缺漏。",
            "When done, set the three numbers of the stamp below to what the sheets hold; the import checks them.",
        )
    else:
        yield Bilingual(
            "用于载入授权文本：逐条替换文字后在“标准版本管理”中导入，先存为草稿，核对后发布，替代平台自行编写的文字。",
            "For loading licensed text: replace the wording, import the file under “Editions”, check the draft, then "
            "publish it in place of the platform's own words.",
        )
        yield Bilingual(
            "编号、等级、状态、计分方案和实施日期不能改动，不能增删行列；其余文字均可修改。",
            "Codes, levels, status, scheme and the date in force must stay; rows and columns cannot be added or "
            "removed. All other wording may change.",
        )
        yield Bilingual(
            "须在“版本”表写明来源和授权依据；导入后文字来源记为“授权文本”。",
            "Name the source and the licence on the sheet Edition; once imported, the wording counts as licensed.",
        )
    yield Bilingual(
        "典型证据每行一项，中英文行数相同。不要使用公式、合并单元格和宏，不要改动表头。",
        "Typical evidence stands one piece a line, as many lines in Chinese as in English. Use no formulas, merged "
        "cells or macros, and leave the heads as they are.",
    )
    yield _WORDING[edition.wording]


_WORDING = {
    "own": Bilingual(
        "本工作簿中的条款、说明和典型证据为平台自行编写，不是标准原文。",
        "Criteria, guidance and typical evidence in this workbook are in the platform's own words and not the text of "
        "the standard.",
    ),
    "licensed": Bilingual(
        "本工作簿含有授权文本，使用和传播须遵守授权条件。",
        "This workbook holds licensed text; use and distribution are subject to the licence.",
    ),
}


def _head_rows(edition: Edition, language: str, new_code: str) -> list[Row]:
    values = {
        "code": new_code or edition.code,
        **_texts("title", edition.title),
        **_texts("short", edition.short),
        "status": edition.status,
        "scheme": edition.scheme,
        "in_force": edition.in_force.isoformat(),
        "wording": edition.wording,
        **_texts("source", edition.source),
        **_texts("use", edition.use),
    }
    if new_code:
        values |= {key: "" for key in values if key.endswith(("_zh", "_en"))}
    return [(f.key, f.label.in_language(language), values[f.key]) for f in FIELDS]


def _texts(key: str, text: Bilingual) -> dict[str, str]:
    return {f"{key}_zh": text.zh, f"{key}_en": text.en}


def _domain_rows(edition: Edition) -> list[Row]:
    return [(d.code, d.name.zh, d.name.en, d.summary.zh, d.summary.en) for d in edition.domains]


def _item_rows(edition: Edition) -> list[Row]:
    return [(i.code, i.name.zh, i.name.en, i.purpose.zh, i.purpose.en) for i in edition.items.values()]


def _criterion_row(criterion: Criterion) -> Row:
    return (
        criterion.code,
        criterion.level,
        criterion.text.zh,
        criterion.text.en,
        criterion.guidance.zh,
        criterion.guidance.en,
        "\n".join(criterion.evidence_zh),
        "\n".join(criterion.evidence_en),
    )


# --- building -------------------------------------------------------------------------------------------------------


def _table(book: Workbook, table: Table, rows: Sequence[Row], language: str, is_locked: bool) -> Worksheet:
    """A sheet with frozen head; codes are locked where they may not change, all else is open."""
    sheet = book.create_sheet(table.title.in_language(language))
    for position, column in enumerate(table.columns, 1):
        _head(sheet, 1, position, column.head)
        sheet.column_dimensions[get_column_letter(position)].width = column.width
    sheet.row_dimensions[1].height = 32
    fixed = {f.key for f in FIELDS if f.is_fixed}
    for down, row in enumerate(rows, 2):
        for position, (value, column) in enumerate(zip(row, table.columns, strict=True), 1):
            cell = write(sheet, down, position, value, _BOLD if column.is_code else _FONT, WHOLE)
            stays = column.is_code or column.key == "label" or (table is HEAD and row[0] in fixed)
            if is_locked and stays:
                cell.fill = _LOCKED_FILL
            elif table is not HEAD or column.key == "value":
                cell.protection = _FREE
    sheet.freeze_panes = "C2" if table is CRITERIA else "B2"
    sheet.print_title_rows = "1:1"
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", sheet.PAPERSIZE_A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.sheet_view.showGridLines = False
    if is_locked or table is HEAD:
        _protect(sheet)
    return sheet


def _protect(sheet: Worksheet) -> None:
    """Against slips of the hand, so without a password: whoever means to can lift it, and the import checks anyway."""
    sheet.protection.sheet = True
    sheet.protection.formatColumns = sheet.protection.formatRows = sheet.protection.formatCells = False


def _head(sheet: Worksheet, row: int, column: int, text: str) -> None:
    cell = sheet.cell(row, column)
    cell.value, cell.font, cell.fill, cell.border, cell.alignment = text, _HEAD_FONT, _HEAD_FILL, _RULE, _MIDDLE
