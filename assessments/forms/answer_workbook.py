"""A workbook of answers that came back: what differs from its export, or every fault with its cell; nothing is written.

Rows are known by their code and columns by their head, so that sorting, deleting rows and columns of one's own do no
harm. What stands online now is of no concern here (see ``queries.answer_imports.plan``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from assessments.forms.answer_cells import AnswerCells
from assessments.forms.edition_faults import Fault, Faults
from assessments.forms.spreadsheets import MAX_ROWS, Sheet, Unreadable, place, read_sheets
from assessments.models import Assessment
from assessments.queries.answer_imports import Content
from assessments.reports.answer_workbook import (
    COLUMNS,
    FORMAT,
    README,
    SHEET,
    SIGNATURE,
    STAMP,
    STAMP_SHEET,
    Column,
    is_genuine,
    texts,
)
from assessments.scoring import Verdict
from assessments.standard import Bilingual

#: More faults than a person reads at once; the number of all is said.
MOST_FAULTS = 200
_OWN_SHEETS = Bilingual("原有工作表", "original sheets")
_READ_ONLY = ("domain", "item", "level", "text", "guidance", "typical")


@dataclass(frozen=True)
class Entry:
    """An answer of the file that is not the one exported; ``version`` and ``digest`` are of the one exported."""

    code: str
    content: Content
    version: int
    digest: str


@dataclass(frozen=True)
class Reading:
    """What a workbook holds, or the faults that keep it from being read. ``remarks`` are places and sentences."""

    entries: tuple[Entry, ...] = ()
    #: criteria whose answers are as they were exported
    untouched: int = 0
    stamp: Mapping[str, str] | None = None
    remarks: tuple[Fault, ...] = ()
    faults: tuple[Fault, ...] = ()
    #: of all faults, when more were found than are listed
    total: int = 0

    @property
    def rows(self) -> dict[str, Any]:
        """As ``AnswerImport.rows`` keeps it."""
        stamp = self.stamp or {}
        return {
            "exported_at": stamp.get("exported_at", ""),
            "exported_by": stamp.get("exported_by", ""),
            "part": stamp.get("part", ""),
            "untouched": self.untouched,
            "answers": [
                {
                    "code": e.code,
                    "verdict": e.content.verdict,
                    "reason": e.content.reason,
                    "note": e.content.note,
                    "version": e.version,
                    "digest": e.digest,
                }
                for e in self.entries
            ],
            "remarks": [[r.place, r.message.zh, r.message.en] for r in self.remarks],
        }


def read(content: bytes, case: Assessment, closed: Mapping[str, tuple[str, ...]]) -> Reading:
    """The workbook as an import of this case. ``closed``: criteria that whoever sends it may not answer, and who may.

    A row of theirs that was changed is a fault; untouched it is left alone.
    """
    try:
        sheets = read_sheets(content, _OWN_SHEETS)
    except Unreadable as error:
        return Reading(faults=(Fault("", "", error.reason),), total=1)
    reader = _Reader(sheets, case, closed)
    reader.read()
    if reader.faults:
        return Reading(faults=tuple(reader.faults.in_order()[:MOST_FAULTS]), total=len(reader.faults))
    return Reading(
        entries=tuple(reader.entries),
        untouched=reader.untouched,
        stamp=reader.stamp,
        remarks=tuple(reader.remarks.in_order()[:MOST_FAULTS]),
    )


class _Reader:
    def __init__(self, sheets: list[Sheet], case: Assessment, closed: Mapping[str, tuple[str, ...]]) -> None:
        self.all, self.case, self.closed = sheets, case, closed
        self.faults, self.remarks = Faults(sheets), Faults(sheets)
        self.stamp: dict[str, str] = {}
        self.columns: dict[str, int] = {}
        self.language = "zh-hans"
        self.entries: list[Entry] = []
        self.untouched = 0

    def read(self) -> None:
        sheet = self._the_sheet()
        if sheet is None:
            return
        self._read_stamp()
        if not self.faults:
            self._check_shape(sheet)
            self._find_columns(sheet)
        if self.faults and not self.columns:
            return
        self._read_rows(sheet)
        self._remark_sheets()

    # --- the file as a whole --------------------------------------------------------------------------------------

    def _the_sheet(self) -> Sheet | None:
        found = [s for s in self.all if s.title.strip() in (SHEET.zh, SHEET.en)]
        if len(found) == 1:
            return found[0]
        self._refuse(
            "缺少工作表“{zh}”，或有多个。请使用本评估导出的工作簿填写，不要删除、复制或改名工作表。",
            "The sheet “{en}” is missing, or there are several. Work in the workbook exported from this assessment and "
            "do not delete, copy or rename its sheets.",
            zh=SHEET.zh,
            en=SHEET.en,
        )
        return None

    def _read_stamp(self) -> None:
        """Whose workbook it is; said in the order in which a person would ask."""
        stamps = [s for s in self.all if s.title.strip() == STAMP_SHEET]
        rows = [row for row in stamps[0].rows.values() if 1 in row and 2 in row] if len(stamps) == 1 else []
        found = {str(row[1].value): str(row[2].value or "") for row in rows}
        self.stamp = {key: found.get(key, "") for key in STAMP}
        if self.stamp["format"] not in ("", FORMAT):
            self._refuse(
                "工作簿格式为 {found}，平台现在使用格式 {wanted}。请重新导出工作簿，把填写的内容粘贴进去。",
                "The workbook has format {found}; the platform uses format {wanted}. Export it again and paste the "
                "content.",
                found=self.stamp["format"],
                wanted=FORMAT,
            )
        elif not is_genuine(self.stamp, found.get(SIGNATURE, "")):
            self._refuse(
                "工作簿标识缺失或被改动，无法确认出自哪次导出。请重新导出工作簿，把填写的内容粘贴进去。",
                "The stamp of the workbook is missing or was changed, so where it comes from is not certain. Export it "
                "again and paste the content.",
            )
        elif self.stamp["number"] != self.case.number:
            self._refuse(
                "工作簿出自评估 {found}，不能导入 {wanted}。请到该评估上传，或在本评估重新导出。",
                "The workbook was exported from assessment {found} and cannot be imported into {wanted}. Upload it "
                "there, or export it from this assessment.",
                found=self.stamp["number"],
                wanted=self.case.number,
            )
        elif self.stamp["edition"] != self.case.edition_code:
            self._refuse(
                "工作簿按标准版本 {found} 导出，本评估采用 {wanted}，条款编号不同。请重新导出工作簿填写。",
                "The workbook is of the edition {found}, the assessment of {wanted}, whose codes differ. Export it "
                "again.",
                found=self.stamp["edition"],
                wanted=self.case.edition_code,
            )

    def _refuse(self, zh: str, en: str, /, **values: object) -> None:
        self.faults.add("", "", zh, en, **values)

    def _check_shape(self, sheet: Sheet) -> None:
        for area in sheet.merged:
            self.faults.add(
                sheet,
                area,
                "存在合并单元格。请取消合并，并逐格填写。",
                "Cells are merged here. Unmerge them and fill in each cell.",
            )
        last = int(self.stamp["rows"]) + 1
        beyond = next((n for n in sorted(sheet.rows) if n > last), None)
        if beyond is not None or sheet.overflow:
            at = place(beyond, min(sheet.rows[beyond])) if beyond else str(sheet.overflow)
            self.faults.add(
                sheet,
                at,
                "第 {row} 行起不属于本工作簿（导出时至第 {last} 行）：{at}。请删除多余的行，把内容填入对应条款。",
                "From row {row} on this does not belong to the workbook, which was exported with {last} rows: {at}. "
                "Delete the surplus rows and fill in the rows of the criteria.",
                row=beyond or MAX_ROWS,
                last=last,
                at=at,
            )

    def _remark_sheets(self) -> None:
        ours = {SHEET.zh, SHEET.en, README.zh, README.en, STAMP_SHEET}
        for other in (s for s in self.all if s.title.strip() not in ours):
            self.remarks.add(
                other.title[:40], "", "自行增加的工作表，内容未读取。", "A sheet of your own; its content was not read."
            )

    # --- heads ----------------------------------------------------------------------------------------------------

    def _find_columns(self, sheet: Sheet) -> None:
        heads = {n: "".join(str(cell.value or "").split()) for n, cell in sheet.rows.get(1, {}).items()}
        in_english = {"".join(c.head.en.split()) for c in COLUMNS}
        self.language = "en" if sum(head in in_english for head in heads.values()) > 1 else "zh-hans"
        known = set()
        for position, column in enumerate(COLUMNS, 1):
            wanted = {"".join(words.split()) for words in (column.head.zh, column.head.en)}
            found = [n for n, head in heads.items() if head in wanted]
            known.update(found)
            if len(found) == 1:
                self.columns[column.key] = found[0]
            else:
                self._head_fault(sheet, column, found, position)
        if len(self.columns) < len(COLUMNS):
            self.columns = {}
        for n in sorted(set(heads) - known):
            self.remarks.add(
                sheet, place(1, n), "自行增加的列，内容未读取。", "A column of your own; its content was not read."
            )

    def _head_fault(self, sheet: Sheet, column: Column, found: list[int], position: int) -> None:
        if found:
            self.faults.add(
                sheet,
                place(1, found[1]),
                "表头“{head}”重复。请删除多余的列。",
                "The head “{head}” stands there twice. Delete the surplus column.",
                head=column.head,
            )
        else:
            self.faults.add(
                sheet,
                place(1, position),
                "缺少列“{head}”，或表头被改。请恢复导出时的表头。",
                "The column “{head}” is missing, or its head was changed. Restore the heads as exported.",
                head=column.head,
            )

    # --- rows -----------------------------------------------------------------------------------------------------

    def _read_rows(self, sheet: Sheet) -> None:
        cells = AnswerCells(sheet, self.columns, self.faults, self.remarks)
        rows: dict[str, int] = {}
        last = int(self.stamp["rows"]) + 1
        for number in (n for n in sorted(sheet.rows) if 1 < n <= last):
            code = cells.code(number, self.case.edition)
            if code is None:
                continue
            if code in rows:
                self.faults.add(
                    sheet,
                    place(number, self.columns["code"]),
                    "条款 {code} 已在 {first} 填写。请删除重复的行。",
                    "Criterion {code} stands at {first} already. Delete the row that repeats it.",
                    code=code,
                    first=place(rows[code], self.columns["code"]),
                )
                continue
            rows[code] = number
            self._read_answer(cells, number, code)
        self._remark_changes(cells, rows)

    def _read_answer(self, cells: AnswerCells, number: int, code: str) -> None:
        base, content = cells.base(number), cells.content(number)
        if base is None or content is None:
            return
        version, digest = base
        if content.digest(self.case.number, code) == digest:
            self.untouched += 1
        elif code in self.closed:
            self._deny(cells, number, code)
        elif cells.is_sound(number, content):
            if content.verdict == Verdict.NOT_APPLICABLE and not content.reason:
                cells.remark(number, "reason", "“不适用”未写明理由。", "Not applicable, and no reason is given.")
            self.entries.append(Entry(code, content, version, digest))

    def _deny(self, cells: AnswerCells, number: int, code: str) -> None:
        people = self.closed[code]
        if people:
            cells.fault(
                number,
                "code",
                "条款 {code} 由{people}负责填报，您不能修改。请恢复该行原有内容，或请其上传。",
                "Criterion {code} is assigned to {people}; you cannot change it. Restore the row, or have them upload "
                "the file.",
                code=code,
                people=Bilingual("、".join(people), ", ".join(people)),
            )
        else:
            cells.fault(
                number,
                "code",
                "条款 {code} 未分配给您填报。请恢复该行原有内容，或联系企业管理员。",
                "Criterion {code} is not assigned to you. Restore the row, or ask your administrator.",
                code=code,
            )

    def _remark_changes(self, cells: AnswerCells, rows: Mapping[str, int]) -> None:
        """Columns that are only to be read: where they were changed, once a column."""
        edition = self.case.edition
        if self.stamp["checksum"] != edition.checksum:
            self.remarks.add(
                "",
                "",
                "导出后标准条款文字有更新，以平台现行文字为准。",
                "The wording of the criteria was updated after the export; the platform's present wording counts.",
            )
            return
        wanted = {code: texts(edition.criteria[code], edition, self.language) for code in rows}
        for key in _READ_ONLY:
            changed = [n for code, n in rows.items() if cells.shown(n, key) != "".join(wanted[code][key].split())]
            if changed:
                cells.remark(
                    changed[0],
                    key,
                    "该列只供查阅，有 {n} 处与平台的文字不同，未读取。",
                    "This column is for reading; {n} cells differ from the platform's text and were not read.",
                    n=len(changed),
                )
