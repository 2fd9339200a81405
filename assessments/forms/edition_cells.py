"""The single cells of an edition's workbook: filled, of the right kind, not too long, nothing hidden in them."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Sequence

from assessments.forms.edition_faults import Faults, Row, Sheets
from assessments.forms.spreadsheets import Sheet, place
from assessments.reports.edition_workbook import (
    CRITERIA,
    EVIDENCE_LENGTH,
    EVIDENCE_PIECES,
    FIELDS,
    FORMAT,
    HEAD,
    README,
    STAMP,
    Column,
    Table,
)
from assessments.scoring import get_scheme
from assessments.standard import listed
from assessments.standard.words import EDITION_STATUSES, WORDINGS

#: With a digit, so that it is never one of the words that stand in the addresses of the standard.
EDITION_CODE = r"(?=[a-z-]*[0-9])[a-z0-9]+(-[a-z0-9]+)*"
_EXCEL_EPOCH = dt.date(1899, 12, 30)
_STATUSES = tuple(s for s in EDITION_STATUSES if s != "draft")
_STRANGE = (
    "含有不可见的控制字符 U+{code}。请删除后重新填写，可先粘贴到记事本再复制。",
    "The cell holds the invisible control character U+{code}. Remove it, for example by pasting the text through a "
    "plain editor.",
)
_MISSING = "此处必填。", "This cell has to be filled in."


class Cells:
    """Reads the sheets whose shape is right, and collects what is wrong with their cells."""

    def __init__(self, sheets: Sheets, faults: Faults) -> None:
        self.sheets, self.faults = sheets, faults
        self.stamp: dict[str, tuple[int, str | int | None]] = {}
        self.head: dict[str, tuple[int, str | None]] = {}
        self.in_force = dt.date.min

    def value(self, key: str) -> str:
        """A value of the sheet 版本; empty where it is missing or at fault."""
        return self.head.get(key, (0, None))[1] or ""

    def find_formulas(self) -> None:
        for sheet in self.sheets.values():
            for number, row in sheet.rows.items():
                for column, cell in row.items():
                    if cell.is_formula:
                        self.faults.add(
                            sheet,
                            place(number, column),
                            "单元格含有公式。请改为填写文字，可用“选择性粘贴—数值”。",
                            "The cell holds a formula. Replace it by its text, for example with “paste special: "
                            "values”.",
                        )
                    elif cell.half:
                        self.faults.add(sheet, place(number, column), *_STRANGE, code=cell.half)
                    elif cell.is_error or isinstance(cell.value, bool):
                        self.faults.add(
                            sheet,
                            place(number, column),
                            "单元格的内容不是文字，可能是错误值或逻辑值。请改为填写文字。",
                            "The cell holds an error or a truth value instead of text. Fill in the text.",
                        )

    def _text(self, sheet: Sheet, row: int, column: int, most: int, *, lines: bool) -> str | None:
        """The text of a cell that has to be filled, ``None`` where it is at fault."""
        cell, at = sheet.cell(row, column), place(row, column)
        if cell is None:
            self.faults.add(sheet, at, *_MISSING)
            return None
        if cell.is_formula or cell.is_error or isinstance(cell.value, bool):
            return None  # said already
        if not isinstance(cell.value, str):
            self.faults.add(
                sheet,
                at,
                "应为文本，现为数值 {value}。请把单元格格式设为“文本”后重新填写。",
                "Expected text, found the number {value}. Format the cell as text and fill it in again.",
                value=cell.value,
            )
            return None
        text = cell.value.replace("\r\n", "\n").replace("\r", "\n").strip()
        if strange := next((c for c in text if _is_strange(c)), None):
            self.faults.add(
                sheet,
                at,
                *_STRANGE,
                code=f"{ord(strange):04X}",
            )
            return None
        if "\n" in text and not lines:
            self.faults.add(sheet, at, "此处只能填写一行。", "This cell takes a single line.")
            return None
        if len(text) > most:
            self.faults.add(
                sheet,
                at,
                "共 {n} 字，超过 {most} 字的上限。请缩短。",
                "The text has {n} characters; at most {most} fit. Shorten it.",
                n=len(text),
                most=most,
            )
            return None
        return text

    def read_stamp(self) -> None:
        sheet = self.sheets[README.zh]
        for number, row in sheet.rows.items():
            key = row[1].value if 1 in row else None
            if isinstance(key, str) and key.strip() in STAMP and key.strip() not in self.stamp:
                cell = row.get(3)
                self.stamp[key.strip()] = number, cell.value if cell and not isinstance(cell.value, float) else None
        for key, label in STAMP.items():
            if key not in self.stamp:
                self.faults.add(
                    sheet,
                    "",
                    "缺少工作簿标识“{label}”（{key}）。请使用导出的工作簿填写。",
                    "The stamp “{label}” ({key}) is missing. Work in the exported workbook.",
                    label=label,
                    key=key,
                )
        if "format" in self.stamp and str(self.stamp["format"][1]).strip() != str(FORMAT):
            self.faults.add(
                sheet,
                place(self.stamp["format"][0], 3),
                "工作簿格式为 {found}，平台现在使用格式 {wanted}。请重新导出工作簿，把内容粘贴进去。",
                "The workbook has format {found}; the platform uses format {wanted}. Export it again and paste the "
                "content.",
                found=self.stamp["format"][1] or "–",
                wanted=FORMAT,
            )

    def read_head(self) -> None:
        sheet = self.sheets[HEAD.title.zh]
        fields = {f.key: f for f in FIELDS}
        for number in (n for n in sorted(sheet.rows) if n > 1):
            cell = sheet.cell(number, 1)
            key = cell.value.strip() if cell and isinstance(cell.value, str) else None
            if key not in fields:
                self.faults.add(
                    sheet,
                    place(number, 1),
                    "没有这一项。请恢复导出时的标识，不要增加行。",
                    "There is no such key. Restore the keys as exported and add no rows.",
                )
            elif key in self.head:
                self.faults.add(
                    sheet,
                    place(number, 1),
                    "“{key}”已在 {first} 填写。请删除重复的行。",
                    "“{key}” is filled in at {first} already. Delete the row that repeats it.",
                    key=key,
                    first=place(self.head[key][0], 1),
                )
            else:
                text = self._day(sheet, number) if key == "in_force" else None
                if text is None:
                    text = self._text(sheet, number, 3, fields[key].most, lines=fields[key].lines)
                self.head[key] = number, text
        for missing in (f for f in FIELDS if f.key not in self.head):
            self.faults.add(
                sheet,
                "",
                "缺少“{label}”（{key}）。请使用导出的工作簿填写。",
                "“{label}” ({key}) is missing. Work in the exported workbook.",
                label=missing.label,
                key=missing.key,
            )
        self._check_head(sheet)

    def _day(self, sheet: Sheet, row: int) -> str | None:
        """A day that the spreadsheet program turned into its own number."""
        cell = sheet.cell(row, 3)
        if cell is None or isinstance(cell.value, str | bool) or cell.value is None:
            return None
        return (_EXCEL_EPOCH + dt.timedelta(days=int(cell.value))).isoformat() if 1 <= cell.value < 200_000 else None

    def _check_head(self, sheet: Sheet) -> None:
        def expect(key: str, holds: bool, zh: str, en: str, **values: object) -> None:
            row, text = self.head.get(key, (0, None))
            if text is not None and not holds:
                self.faults.add(sheet, place(row, 3), zh, en, found=text, **values)

        code, scheme = self.value("code"), self.value("scheme")
        expect(
            "code",
            re.fullmatch(EDITION_CODE, code) is not None,
            "版本编号“{found}”不合规则。请用小写字母、数字和连字符，须含数字，如 gbt36073-2030。",
            "The code “{found}” will not do. Use small letters, digits (at least one) and hyphens, such "
            "as gbt36073-2030.",
        )
        expect(
            "status",
            self.value("status") in _STATUSES,
            "状态“{found}”无效，应为 {codes} 之一。",
            "The status “{found}” is unknown; expected one of {codes}.",
            codes=listed(_STATUSES),
        )
        expect(
            "wording",
            self.value("wording") in WORDINGS,
            "文字来源“{found}”无效，应为 {codes} 之一。",
            "The wording “{found}” is unknown; expected one of {codes}.",
            codes=listed(WORDINGS),
        )
        expect(
            "scheme",
            _is_scheme(scheme),
            "平台没有计分方案“{found}”。请先由运维人员安装该方案，或改用已有方案。",
            "There is no scoring scheme “{found}”. Have the operator install it first, or name one that exists.",
        )
        try:
            self.in_force = dt.date.fromisoformat(self.value("in_force"))
        except ValueError:
            expect(
                "in_force",
                False,
                "“{found}”不是日期。请填写如 2026-07-01 的日期。",
                "“{found}” is no day. Write it as 2026-07-01.",
            )

    def read_rows(self, table: Table) -> list[Row]:
        sheet = self.sheets[table.title.zh]
        rows = []
        for number in (n for n in sorted(sheet.rows) if n > 1):
            row = Row(number)
            for position, column in enumerate(table.columns, 1):
                if column.key == "level":
                    row.level = self._level(sheet, number, position)
                else:
                    row.values[column.key] = self._text(sheet, number, position, column.most, lines=column.lines)
            if table is CRITERIA:
                self._read_evidence(sheet, row, table.columns)
            rows.append(row)
        if not rows:
            self.faults.add(sheet, "A2", "工作表没有内容。", "The sheet is empty.")
        return rows

    def _level(self, sheet: Sheet, row: int, column: int) -> int | None:
        cell, at = sheet.cell(row, column), place(row, column)
        if cell is None:
            self.faults.add(sheet, at, *_MISSING)
        elif cell.is_formula or cell.is_error or isinstance(cell.value, bool):
            pass  # said already
        elif isinstance(cell.value, int | float) and cell.value in range(1, 6):
            return int(cell.value)
        else:
            self.faults.add(
                sheet,
                at,
                "等级应为 1 至 5 的整数，现为“{found}”。请填写数字。",
                "A level is a whole number from 1 to 5; found “{found}”. Fill in the number.",
                found=cell.value,
            )
        return None

    def _read_evidence(self, sheet: Sheet, row: Row, columns: Sequence[Column]) -> None:
        keys = [c.key for c in columns]
        for key in ("evidence_zh", "evidence_en"):
            text = row.values[key]
            if text is None:
                continue
            pieces = tuple(line.strip() for line in text.splitlines() if line.strip())
            row.evidence[key] = pieces
            if len(pieces) > EVIDENCE_PIECES or any(len(p) > EVIDENCE_LENGTH for p in pieces):
                self.faults.add(
                    sheet,
                    place(row.number, keys.index(key) + 1),
                    "典型证据至多 {most} 项，每项至多 {length} 字。请删减。",
                    "At most {most} pieces of evidence of {length} characters each. Shorten the list.",
                    most=EVIDENCE_PIECES,
                    length=EVIDENCE_LENGTH,
                )
                row.values[key] = None
        both = [row.evidence[k] for k in row.evidence if row.values[k] is not None]
        if len(both) == 2 and len(both[0]) != len(both[1]):
            self.faults.add(
                sheet,
                place(row.number, keys.index("evidence_en") + 1),
                "典型证据中文 {zh} 行、英文 {en} 行，行数应相同。请逐项对应填写。",
                "Evidence has {zh} lines in Chinese and {en} in English. Give both languages the same pieces, one a "
                "line.",
                zh=len(both[0]),
                en=len(both[1]),
            )


def has_strange_characters(text: str) -> bool:
    return any(_is_strange(character) for character in text)


def _is_strange(character: str) -> bool:
    """Control characters, and those that reverse or hide what follows them; line breaks are not."""
    return character != "\n" and unicodedata.category(character) in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")


def _is_scheme(code: str) -> bool:
    try:
        get_scheme(code)
    except KeyError:
        return False
    return True
