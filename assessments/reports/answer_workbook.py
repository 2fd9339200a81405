"""A part of the questionnaire as a workbook to fill in and send back: the layout that writing and reading share.

Everything is in the language of whoever asked for the file; reading takes either. What a person wrote goes out as text,
whatever it begins with. Only answers are unlocked, and a hidden sheet says by whose hand the file was made.
"""

from __future__ import annotations

import datetime as dt
import io
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from django.core.signing import BadSignature, Signer
from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.styles import Alignment, Font, PatternFill, Protection
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from assessments.reports.wording import moment
from assessments.reports.workbook import FORMULA_STARTS, WHOLE, write
from assessments.scoring import VERDICTS, Verdict
from assessments.standard import Bilingual, Criterion, Edition

#: Version of the layout; a workbook of another version is refused.
FORMAT = "1"
SHEET, README = Bilingual("填写", "Answers"), Bilingual("说明", "Read me")
#: The sheet that says where the workbook comes from; spreadsheet programs do not offer to show it.
STAMP_SHEET = "stamp"
STAMP = ("format", "number", "edition", "checksum", "part", "rows", "exported_at", "exported_by")
SIGNATURE = "signature"


@dataclass(frozen=True)
class Column:
    """``is_open``: to be filled in; ``is_hidden``: for the comparison on the way back."""

    key: str
    head: Bilingual
    width: float
    is_open: bool = False
    is_hidden: bool = False


COLUMNS = (
    Column("code", Bilingual("条款编号", "Criterion code"), 13),
    Column("domain", Bilingual("能力域", "Domain"), 15),
    Column("item", Bilingual("能力项", "Item"), 18),
    Column("level", Bilingual("等级", "Level"), 7),
    Column("text", Bilingual("条款", "Criterion"), 46),
    Column("guidance", Bilingual("释义", "Guidance"), 38),
    Column("typical", Bilingual("常见证明材料", "Typical evidence"), 28),
    Column("verdict", Bilingual("符合程度", "Verdict"), 14, is_open=True),
    Column("reason", Bilingual("不适用理由", "Reason for not applicable"), 26, is_open=True),
    Column("note", Bilingual("说明", "Note"), 50, is_open=True),
    Column("evidence", Bilingual("证明材料", "Evidence attached"), 30),
    Column("version", Bilingual("导出版本", "Version exported"), 10, is_hidden=True),
    Column("digest", Bilingual("导出校验", "Digest exported"), 20, is_hidden=True),
)
LETTER = {column.key: get_column_letter(n) for n, column in enumerate(COLUMNS, 1)}


class RowData(Protocol):
    """A criterion with its answer as it stands; ``is_open``: whoever asked for the workbook may change it."""

    @property
    def criterion(self) -> Criterion: ...
    @property
    def verdict(self) -> str: ...
    @property
    def reason(self) -> str: ...
    @property
    def note(self) -> str: ...
    @property
    def evidence(self) -> Sequence[str]: ...
    @property
    def version(self) -> int: ...
    @property
    def digest(self) -> str: ...
    @property
    def is_open(self) -> bool: ...


class ExportData(Protocol):
    """What a workbook is made of; ``most``: how many characters a reason and a note may have."""

    @property
    def number(self) -> str: ...
    @property
    def enterprise(self) -> Bilingual: ...
    @property
    def edition(self) -> Edition: ...
    @property
    def part(self) -> Bilingual: ...
    @property
    def exported_by(self) -> str: ...
    @property
    def exported_at(self) -> dt.datetime: ...
    @property
    def rows(self) -> Sequence[RowData]: ...
    @property
    def most(self) -> Mapping[str, int]: ...


_FONT = Font(name="Microsoft YaHei", size=10)
_BOLD = Font(name="Microsoft YaHei", size=10, bold=True)
_TITLE = Font(name="Microsoft YaHei", size=14, bold=True, color="115264")
_HEAD_FONT = Font(name="Microsoft YaHei", size=10, bold=True, color="FFFFFF")
_HEAD_FILL, _OPEN_HEAD_FILL = PatternFill("solid", fgColor="115264"), PatternFill("solid", fgColor="2F8297")
_LOCKED_FILL = PatternFill("solid", fgColor="F0F6F8")
#: The five levels from light to deep, as everywhere (static/css/tokens.css), and the ink upon them.
_LEVELS = tuple(
    (
        PatternFill("solid", fgColor=colour),
        Font(name="Microsoft YaHei", size=10, bold=True, color=ink),
    )
    for colour, ink in (
        ("E4EFF2", "0A323D"),
        ("BCD9E0", "0A323D"),
        ("7FB4C1", "06222B"),
        ("236F83", "FFFFFF"),
        ("0A323D", "FFFFFF"),
    )
)
_MIDDLE = Alignment(vertical="center", wrap_text=True)
_WRAPPED = Alignment(vertical="top", wrap_text=True)
_FREE = Protection(locked=False)
#: What a spreadsheet program would read as a character of its own, such as ``_x000D_``.
_ESCAPE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
#: The looks of cells by what they are and whether their text begins like a formula.
_Styles = dict[tuple[str, bool], Any]


def render(data: ExportData, language: str) -> bytes:
    """The workbook as XLSX."""
    book = Workbook()
    book.remove(book.active)
    book.properties.title, book.properties.creator = data.number, "DCMM"
    _answers(book.create_sheet(SHEET.in_language(language)), data, language)
    _readme(book.create_sheet(README.in_language(language)), data, language)
    _stamp(book.create_sheet(STAMP_SHEET), data, language)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def file_name(data: ExportData, language: str) -> str:
    """Such as ``CASE_6_数据战略.xlsx``, without what a disk refuses in a name."""
    part = re.sub(r'[\s\\/:*?"<>|]+', "_", data.part.in_language(language)).strip("_")
    return f"{data.number}_{part}.xlsx"


def texts(criterion: Criterion, edition: Edition, language: str) -> dict[str, str]:
    """What the columns of a criterion that are only to be read say, by their keys."""
    domain, item = edition.domains_by_code[criterion.domain_code], edition.items[criterion.item_code]
    evidence = criterion.evidence_en if language.startswith("en") else criterion.evidence_zh
    return {
        "domain": f"{domain.code} {domain.name.in_language(language)}",
        "item": f"{item.code} {item.name.in_language(language)}",
        "level": str(criterion.level),
        "text": criterion.text.in_language(language),
        "guidance": criterion.guidance.in_language(language),
        "typical": "\n".join(evidence),
    }


def signature(stamp: Mapping[str, str]) -> str:
    """The hand of the platform under a stamp."""
    return _signer().signature(_payload(stamp))


def is_genuine(stamp: Mapping[str, str], found: str) -> bool:
    """Whether the platform signed this stamp, with its present key or one it still accepts."""
    try:
        _signer().unsign(f"{_payload(stamp)}:{found}")
    except BadSignature:
        return False
    return True


def _signer() -> Signer:
    return Signer(salt="assessments.answer_workbook")


def _payload(stamp: Mapping[str, str]) -> str:
    return json.dumps([stamp.get(key, "") for key in STAMP], ensure_ascii=False)


# --- the sheets -----------------------------------------------------------------------------------------------------


def _answers(sheet: Worksheet, data: ExportData, language: str) -> None:
    for position, column in enumerate(COLUMNS, 1):
        cell = sheet.cell(1, position)
        cell.value, cell.font, cell.alignment = column.head.in_language(language), _HEAD_FONT, _MIDDLE
        cell.fill = _OPEN_HEAD_FILL if column.is_open else _HEAD_FILL
        sheet.column_dimensions[get_column_letter(position)].width = column.width
        sheet.column_dimensions[get_column_letter(position)].hidden = column.is_hidden
    sheet.row_dimensions[1].height = 28
    styles: _Styles = {}
    for number, row in enumerate(data.rows, 2):
        _row(sheet, number, row, data, language, styles)
    last = len(data.rows) + 1
    _validate(sheet, data, last, language)
    sheet.freeze_panes = "B2"
    sheet.auto_filter.ref = f"A1:{LETTER['evidence']}{last}"
    sheet.print_title_rows = "1:1"
    sheet.print_area = f"A1:{LETTER['evidence']}{last}"
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", sheet.PAPERSIZE_A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.oddFooter.left.text, sheet.oddFooter.right.text = data.number.replace("&", "&&"), "&P / &N"
    sheet.sheet_view.showGridLines = False
    _protect(sheet)


def _row(sheet: Worksheet, number: int, row: RowData, data: ExportData, language: str, styles: _Styles) -> None:
    verdict = VERDICTS[row.verdict].in_language(language) if row.verdict else ""
    values = {
        "code": row.criterion.code,
        **texts(row.criterion, data.edition, language),
        "verdict": verdict,
        "reason": row.reason,
        "note": row.note,
        "evidence": "\n".join(row.evidence),
        "version": row.version,
        "digest": row.digest,
    }
    for position, column in enumerate(COLUMNS, 1):
        value = values[column.key]
        if column.is_hidden:
            sheet.cell(number, position).value = value
            continue
        cell = sheet.cell(number, position)
        text = _ESCAPE.sub("_x005F_", str(value))
        cell.value = text or None
        if text:
            cell.data_type = "s"
        look = _look(column, row)
        key = (look, text.startswith(FORMULA_STARTS))
        if key not in styles:
            _dress(cell, look, text)
            styles[key] = cell._style
        cell._style = styles[key]
        if column.key == "level":
            cell.value = row.criterion.level


def _look(column: Column, row: RowData) -> str:
    if column.is_open:
        return "open" if row.is_open else "locked"
    return f"level-{row.criterion.level}" if column.key == "level" else "code" if column.key == "code" else "locked"


def _dress(cell: Cell, look: str, text: str) -> None:
    """The looks of a cell; dressing each of thousands would take most of the time, so those alike share them."""
    write(cell.parent, cell.row, cell.column, text, _BOLD if look == "code" else _FONT)
    if look == "open":
        cell.protection, cell.number_format, cell.alignment = _FREE, "@", _WRAPPED
    elif look.startswith("level-"):
        cell.fill, cell.font = _LEVELS[int(look[-1]) - 1]
        cell.alignment, cell.number_format = Alignment(vertical="top", horizontal="center"), WHOLE
    else:
        cell.fill, cell.alignment = _LOCKED_FILL, _WRAPPED


def _validate(sheet: Worksheet, data: ExportData, last: int, language: str) -> None:
    """The drop-down of verdicts, and the longest that a reason and a note may be."""
    words = [verdict.in_language(language) for verdict in VERDICTS.values()]
    listed = DataValidation(type="list", formula1=f'"{",".join(words)}"', allow_blank=True, showErrorMessage=True)
    listed.error = Bilingual(
        "请从下拉列表中选择符合程度，或清空单元格。", "Choose a verdict from the list, or clear the cell."
    ).in_language(language)
    listed.add(f"{LETTER['verdict']}2:{LETTER['verdict']}{last}")
    sheet.add_data_validation(listed)
    for key, most in data.most.items():
        length = DataValidation(
            type="textLength", operator="lessThanOrEqual", formula1=str(most), allow_blank=True, showErrorMessage=True
        )
        said = Bilingual("至多 {most} 字，请精简。", "At most {most} characters. Shorten the text.").format(most=most)
        length.error = said.in_language(language)
        length.add(f"{LETTER[key]}2:{LETTER[key]}{last}")
        sheet.add_data_validation(length)


def _protect(sheet: Worksheet) -> None:
    """Against slips of the hand, so without a password: whoever means to can lift it, and the import checks anyway."""
    protection = sheet.protection
    protection.sheet = True
    protection.formatColumns = protection.formatRows = protection.formatCells = protection.autoFilter = False


def _readme(sheet: Worksheet, data: ExportData, language: str) -> None:
    def say(row: int, column: int, words: Bilingual | str, font: Font = _FONT) -> None:
        text = words.in_language(language) if isinstance(words, Bilingual) else words
        write(sheet, row, column, _ESCAPE.sub("_x005F_", text), font)

    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 24, 100
    say(1, 1, Bilingual("自评填报工作簿", "Workbook of the self-assessment"), _TITLE)
    sheet.cell(1, 1).alignment = Alignment(wrap_text=False)
    row = 3
    for title, lines in (
        (Bilingual("本工作簿", "This workbook"), _facts(data)),
        (Bilingual("填写方法", "How to fill in"), [("", line) for line in _how(data)]),
        (Bilingual("符合程度", "Verdicts"), [(VERDICTS[v], meaning) for v, meaning in _MEANINGS.items()]),
        (Bilingual("不会读取的内容", "What is not read"), [("", line) for line in _NOT_READ]),
    ):
        say(row, 1, title, _BOLD)
        for column in (1, 2):
            sheet.cell(row, column).fill = _LOCKED_FILL
        for name, text in lines:
            row += 1
            say(row, 1, name)
            say(row, 2, text)
        row += 2
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.sheet_view.showGridLines = False
    _protect(sheet)


def _facts(data: ExportData) -> list[tuple[Bilingual | str, Bilingual | str]]:
    return [
        (Bilingual("评估编号", "Case number"), data.number),
        (Bilingual("企业名称", "Enterprise"), data.enterprise),
        (Bilingual("标准与版本", "Standard and edition"), data.edition.title),
        (Bilingual("版本标识", "Edition stamp"), f"{data.edition.code} · {data.edition.checksum[:12]}"),
        (Bilingual("导出范围", "Part"), data.part),
        (Bilingual("条款数", "Criteria"), str(len(data.rows))),
        (Bilingual("导出人", "Exported by"), data.exported_by),
        (Bilingual("导出时间", "Exported at"), moment(data.exported_at)),
    ]


def _how(data: ExportData) -> list[Bilingual]:
    return [
        Bilingual(
            "在“填写”表中填写“符合程度”“不适用理由”“说明”三列，其余各列只供查阅。浅色底纹的整行由他人负责，不能填写。",
            "Fill in the columns Verdict, Reason for not applicable and Note of the sheet Answers; all others are for "
            "reading. Rows shaded throughout belong to somebody else.",
        ),
        Bilingual(
            "符合程度从下拉列表中选择；选“不适用”的须写明理由。理由至多 {reason} 字，说明至多 {note} 字。",
            "Choose the verdict from the list, and give a reason where it is Not applicable. A reason takes up to "
            "{reason} characters, a note up to {note}.",
        ).format(**data.most),
        Bilingual(
            "填好后在平台本评估的“Excel 填报”页面上传。上传后先核对改动，确认后才写入；"
            "导出后平台上另有修改的条款会逐条请您选择。",
            "When done, upload the file on the page “Fill in with Excel” of this assessment. You check the changes "
            "before anything is written; where an answer was changed online meanwhile you are asked which to keep.",
        ),
        Bilingual(
            "可以分发给多个部门分别填写、先后上传，互不覆盖。删去与本部门无关的行不影响其他作答。",
            "Several departments may fill in copies and upload them one after the other without overwriting each "
            "other. Rows that do not concern a department may be deleted.",
        ),
        Bilingual(
            "把原有内容清空，表示要删除线上的该项作答，上传后须另行勾选确认。",
            "Clearing what was filled in means that the answer online is to be emptied; that has to be ticked on "
            "upload.",
        ),
    ]


_MEANINGS: dict[str, Bilingual] = {
    Verdict.FULL: Bilingual(
        "条款要求的做法已全面落实，证明材料齐全。",
        "What the criterion asks for is done throughout, and the evidence is complete.",
    ),
    Verdict.LARGELY: Bilingual(
        "主要做法已落实，只有个别范围或环节尚有欠缺。",
        "The main part is done; single areas or steps are still missing.",
    ),
    Verdict.PARTIALLY: Bilingual(
        "已有部分做法，尚有较大范围或重要环节没有落实。",
        "Some of it is done; large areas or important steps are missing.",
    ),
    Verdict.NONE: Bilingual("没有相应做法，或无法举证。", "It is not done, or there is nothing to show for it."),
    Verdict.NOT_APPLICABLE: Bilingual(
        "本企业没有条款所涉及的业务，须写明理由。",
        "The enterprise has no business that the criterion is about; give the reason.",
    ),
}
_NOT_READ = (
    Bilingual(
        "条款文字、释义、常见证明材料和“证明材料”列的改动。证明材料请在平台上传。",
        "Changes to the criteria, guidance, typical evidence and the column Evidence attached. Upload evidence online.",
    ),
    Bilingual(
        "公式、批注、图片、颜色和自行增加的列、工作表。作答单元格中有公式的，整份文件不予导入。",
        "Comments, pictures, colours, and columns or sheets of your own. A formula in an answer keeps the whole file "
        "from being imported.",
    ),
    Bilingual("自行增加的行。", "Rows of your own."),
)


def _stamp(sheet: Worksheet, data: ExportData, language: str) -> None:
    values = {
        "format": FORMAT,
        "number": data.number,
        "edition": data.edition.code,
        "checksum": data.edition.checksum,
        "part": data.part.in_language(language),
        "rows": str(len(data.rows)),
        "exported_at": data.exported_at.isoformat(timespec="seconds"),
        "exported_by": data.exported_by,
    }
    for row, (key, value) in enumerate({**values, SIGNATURE: signature(values)}.items(), 1):
        write(sheet, row, 1, key)
        write(sheet, row, 2, _ESCAPE.sub("_x005F_", value))
    sheet.sheet_state = "veryHidden"
    _protect(sheet)
