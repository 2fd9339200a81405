"""An edition from its workbook: everything that is wrong with it at once, each with its cell; nothing is written here.

Checks go from coarse to fine, and a fault is not reported again by what follows from it: the file, the sheets and their
heads, the single cells, then codes and numbers as a whole.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from itertools import groupby

from assessments.forms.edition_cells import Cells
from assessments.forms.edition_codes import Codes
from assessments.forms.edition_faults import Fault, Faults, Row
from assessments.forms.spreadsheets import MAX_COLUMNS, MAX_ROWS, Sheet, Unreadable, place, read_sheets
from assessments.reports.edition_workbook import CRITERIA, DOMAINS, HEAD, ITEMS, NEW, README, TABLES, Column, Table
from assessments.standard import (
    Bilingual,
    Criterion,
    Domain,
    Edition,
    Item,
    UnknownCode,
    edition_codes,
    get_draft,
    get_edition,
)
from assessments.standard.installed import edition_data, files_checksum

#: More faults than a person reads at once; the number of all is said.
MOST_FAULTS = 200


@dataclass(frozen=True)
class Reading:
    """What a workbook holds: an edition, or the faults that keep it from being one."""

    edition: Edition | None
    faults: tuple[Fault, ...] = ()
    #: of all faults, when more were found than are listed
    total: int = 0


def read(content: bytes) -> Reading:
    """The edition in the workbook. A code in use stays the same edition with licensed text; another is a new edition.

    Raises ``DataError`` when the edition in use, to which it is compared, is itself damaged.
    """
    try:
        sheets = read_sheets(content)
    except Unreadable as error:
        return Reading(None, (Fault("", "", error.reason),), 1)
    faults = Faults(sheets)
    edition = _Reader(sheets, faults).edition()
    return Reading(edition, tuple(faults.in_order()[:MOST_FAULTS]), len(faults))


class _Reader:
    def __init__(self, sheets: list[Sheet], faults: Faults) -> None:
        self.all, self.faults = sheets, faults
        self.sheets: dict[str, Sheet] = {}
        self.cells = Cells(self.sheets, faults)
        self.rows: dict[str, list[Row]] = {}

    def edition(self) -> Edition | None:
        self._find_sheets()
        if self.faults:
            return None
        self.cells.find_formulas()
        self.cells.read_stamp()
        self.cells.read_head()
        for table in (DOMAINS, ITEMS, CRITERIA):
            self.rows[table.title.zh] = self.cells.read_rows(table)
        code = self.cells.value("code")
        in_use = get_edition(code) if code in edition_codes() else None
        if self._comes_from(code, in_use):
            if in_use is not None:
                self._check_fixed(in_use)
            Codes(self.sheets, self.rows, self.cells.stamp, self.faults).check(in_use)
        return None if self.faults else self._assembled(in_use)

    # --- sheets and heads -----------------------------------------------------------------------------------------

    def _find_sheets(self) -> None:
        for words in (README, *(t.title for t in TABLES)):
            found = [s for s in self.all if s.title.strip() in (words.zh, words.en)]
            if len(found) == 1:
                self.sheets[words.zh] = found[0]
            else:
                self.faults.add(
                    words.zh,
                    "",
                    "缺少工作表“{zh}”，或有多个。请使用导出的工作簿填写，不要删除、复制或改名工作表。",
                    "The sheet “{en}” is missing, or there are several. Work in the exported workbook and do not "
                    "delete, copy or rename its sheets.",
                    zh=words.zh,
                    en=words.en,
                )
        ours = {name for words in (README, *(t.title for t in TABLES)) for name in (words.zh, words.en)}
        for sheet in self.all:
            if sheet.title.strip() not in ours:
                self.faults.add(
                    sheet,
                    "",
                    "多余的工作表，内容不会被读取。请删除后重新上传。",
                    "This sheet is not part of the workbook and would not be read. Delete it and upload again.",
                )
        for sheet in self.sheets.values():
            self._check_shape(sheet)
        for table in TABLES:
            if table.title.zh in self.sheets and not self.faults:
                self._check_heads(self.sheets[table.title.zh], table)

    def _check_shape(self, sheet: Sheet) -> None:
        if sheet.overflow:
            self.faults.add(
                sheet,
                sheet.overflow,
                "工作表超过 {most} 行，不予读取。请删除多余的行。",
                "The sheet has more than {most} rows and was not read. Remove the surplus rows.",
                most=MAX_ROWS,
            )
        if sheet.too_wide:
            self.faults.add(
                sheet,
                sheet.too_wide,
                "内容超出第 {most} 列，不予读取。请删除多余的列。",
                "There is content beyond column {most}; it was not read. Remove the surplus columns.",
                most=MAX_COLUMNS,
            )
        for area in sheet.merged:
            self.faults.add(
                sheet,
                area,
                "存在合并单元格。请取消合并，并逐格填写。",
                "Cells are merged here. Unmerge them and fill in each cell.",
            )

    def _check_heads(self, sheet: Sheet, table: Table) -> None:
        filled = {column for row in sheet.rows.values() for column in row}
        heads = [sheet.cell(1, n) for n in range(1, sheet.width + 1)]
        found = ["".join(str(c.value or "").split()) if c else "" for c in heads]
        wanted = ["".join(c.head.split()) for c in table.columns]
        last = max((n for n, head in enumerate(found) if head in wanted), default=-1)
        for kind, a, b, c, d in SequenceMatcher(None, wanted, found, autojunk=False).get_opcodes():
            if kind == "equal":
                continue
            for n in range(max(b - a, d - c)):
                position = min(c + n, d) + 1
                if a + n < b:
                    is_renamed = c + n < d and bool(found[c + n])
                    self._head_missing(sheet, place(1, position), table.columns[a + n], is_renamed=is_renamed)
                elif position in filled or position <= last:
                    self.faults.add(
                        sheet,
                        place(1, position),
                        "多余的列。请删除该列，保持导出时的表头。",
                        "There is no such column. Delete it and keep the heads as exported.",
                    )

    def _head_missing(self, sheet: Sheet, at: str, column: Column, *, is_renamed: bool) -> None:
        if is_renamed:
            self.faults.add(
                sheet,
                at,
                "表头应为“{head}”。请恢复导出时的表头和列序。",
                "The head should read “{head}”. Restore heads and columns as exported.",
                head=column.head,
            )
        else:
            self.faults.add(
                sheet,
                at,
                "缺少列“{head}”。请恢复导出时的表头和列序。",
                "The column “{head}” is missing. Restore heads and columns as exported.",
                head=column.head,
            )

    # --- which edition --------------------------------------------------------------------------------------------

    def _comes_from(self, code: str, in_use: Edition | None) -> bool:
        """Whether the stamp says that the workbook was exported for this edition, as it is in use or drafted."""
        sheet, stamp = self.sheets[README.zh], self.cells.stamp
        if not code or not {"edition", "checksum"} <= set(stamp):
            return False
        row, stamped = stamp["edition"]
        if stamped != code:
            self.faults.add(
                sheet,
                place(row, 3),
                "工作簿标识的版本为“{stamped}”，“版本”表中为“{code}”，两者不符。请使用该版本导出的工作簿填写。",
                "The stamp names the edition “{stamped}”, the sheet Edition “{code}”. Work in the workbook exported "
                "for this edition.",
                stamped=stamped or "",
                code=code,
            )
            return False
        accepted = {in_use.checksum} if in_use else {NEW}
        with contextlib.suppress(UnknownCode):
            accepted.add(get_draft(code).checksum)
        row, stamped = stamp["checksum"]
        if stamped not in accepted:
            self.faults.add(
                sheet,
                place(row, 3),
                "校验值与版本“{code}”不符，工作簿出自其他版本或其他文字。请重新导出该版本的工作簿填写；新增版本请下载新版本工作簿。",
                "The checksum does not belong to the edition “{code}”: the workbook comes from another edition or "
                "another text. Export this edition again; for a further edition, download a workbook for a new one.",
                code=code,
            )
            return False
        return True

    def _check_fixed(self, in_use: Edition) -> None:
        """What every text of one edition shares; and a licensed text must not keep the statement of our own words."""
        sheet, cells = self.sheets[HEAD.title.zh], self.cells
        same = {"status": in_use.status, "scheme": in_use.scheme, "in_force": in_use.in_force.isoformat()}
        for key, value in same.items():
            at = place(cells.head[key][0], 3) if key in cells.head else ""
            if cells.value(key) not in ("", value) and not self.faults.at(sheet, at):
                self.faults.add(
                    sheet,
                    at,
                    "版本“{code}”的此项为“{value}”，不能改动。请恢复。",
                    "In the edition “{code}” this is “{value}” and cannot change. Restore it.",
                    code=in_use.code,
                    value=value,
                )
        ours = {"source_zh": in_use.source.zh, "source_en": in_use.source.en}
        for key in (k for k, v in ours.items() if in_use.wording == "own" and cells.value(k) == v):
            self.faults.add(
                sheet,
                place(cells.head[key][0], 3),
                "仍是平台自编文字的来源说明。请写明授权文本的来源和授权依据。",
                "This is still the statement about our own words. Name the source and the licence of the text.",
            )

    # --- the edition ----------------------------------------------------------------------------------------------

    def _assembled(self, in_use: Edition | None) -> Edition:
        criteria: Mapping[str, list[Row]] = _grouped(self.rows[CRITERIA.title.zh], "-")
        items: Mapping[str, list[Row]] = _grouped(self.rows[ITEMS.title.zh], ".")

        def item(row: Row) -> Item:
            return Item(row.code, row.both("name"), row.both("purpose"), tuple(map(_criterion, criteria[row.code])))

        domains = tuple(
            Domain(row.code, row.both("name"), row.both("summary"), tuple(map(item, items[row.code])))
            for row in self.rows[DOMAINS.title.zh]
        )
        edition = Edition(
            code=self.cells.value("code"),
            title=self._pair("title"),
            short=self._pair("short"),
            status=self.cells.value("status"),
            scheme=self.cells.value("scheme"),
            in_force=self.cells.in_force,
            wording="licensed" if in_use else self.cells.value("wording"),
            source=self._pair("source"),
            use=self._pair("use"),
            checksum="",
            domains=domains,
        )
        return replace(edition, checksum=files_checksum(edition_data(edition)))

    def _pair(self, key: str) -> Bilingual:
        return Bilingual(self.cells.value(f"{key}_zh"), self.cells.value(f"{key}_en"))


def _grouped(rows: list[Row], separator: str) -> dict[str, list[Row]]:
    return {code: list(group) for code, group in groupby(rows, key=lambda r: r.code.split(separator)[0])}


def _criterion(row: Row) -> Criterion:
    assert row.level is not None
    texts = row.both("text"), row.both("guidance")
    return Criterion(row.code, row.level, *texts, row.evidence["evidence_zh"], row.evidence["evidence_en"])
