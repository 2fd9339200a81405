"""The single cells of a workbook of answers: verdicts in either language, words without anything hidden in them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

from assessments.forms.edition_faults import Faults
from assessments.forms.spreadsheets import Cell, Sheet, place
from assessments.models.questionnaire import NOTE_MAX, REASON_MAX
from assessments.queries.answer_imports import Content, plain
from assessments.scoring import VERDICTS, Verdict
from assessments.standard import Bilingual, Edition, listed

_ANSWER = ("verdict", "reason", "note")
_MOST = {"reason": REASON_MAX, "note": NOTE_MAX}
#: Control characters other than tabs and line ends, and those that reverse what follows them.
_STRANGE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufffe\uffff]")
_DIGEST = re.compile("[0-9a-f]{16}")
#: Whole numbers that may be a day between 1990 and 2119 which the spreadsheet program turned into its own number.
_DAYS = range(32_874, 80_354)
#: Beyond this a spreadsheet program no longer keeps every digit.
_LARGEST = 10**15


def _key(words: str) -> str:
    """Words without regard to width, case and spaces."""
    return "".join(unicodedata.normalize("NFKC", words).casefold().split())


#: Every way in which a verdict may be written.
_VERDICTS = {_key(words): str(code) for code, verdict in VERDICTS.items() for words in (code, verdict.zh, verdict.en)}


class AnswerCells:
    """Reads the rows of the sheet, and collects what is wrong with their cells."""

    def __init__(self, sheet: Sheet, columns: Mapping[str, int], faults: Faults, remarks: Faults) -> None:
        self.sheet, self.columns, self.faults, self.remarks = sheet, columns, faults, remarks

    def fault(self, row: int, key: str, zh: str, en: str, **values: object) -> None:
        self.faults.add(self.sheet, self._place(row, key), zh, en, **values)

    def remark(self, row: int, key: str, zh: str, en: str, **values: object) -> None:
        self.remarks.add(self.sheet, self._place(row, key), zh, en, **values)

    def _place(self, row: int, key: str) -> str:
        return place(row, self.columns[key])

    def _cell(self, row: int, key: str) -> Cell | None:
        return self.sheet.cell(row, self.columns[key])

    # --- what a row is about --------------------------------------------------------------------------------------

    def code(self, row: int, edition: Edition) -> str | None:
        """The criterion of a row; ``None`` for a row without answers, and where it is at fault."""
        cell = self._cell(row, "code")
        if cell is None:
            if any(self._cell(row, key) for key in _ANSWER):
                self.fault(
                    row,
                    "code",
                    "缺少条款编号。请填写编号，或删除该行的作答。",
                    "The code of the criterion is missing. Fill it in, or remove the answer.",
                )
            return None
        code = unicodedata.normalize("NFKC", str(cell.value)).strip() if isinstance(cell.value, str) else ""
        if code in edition.criteria:
            return code
        self.fault(
            row,
            "code",
            "本评估所用版本没有条款“{code}”。请恢复导出时的条款编号。",
            "The edition of this assessment has no criterion “{code}”. Restore the code as exported.",
            code=code[:40] or _shown(cell),
        )
        return None

    def base(self, row: int) -> tuple[int, str] | None:
        """Version and digest of the answer that was exported; ``None`` where they are at fault."""
        version, digest = self._cell(row, "version"), self._cell(row, "digest")
        number = version.value if version else None
        words = digest.value if digest else None
        is_number = isinstance(number, int) and number >= 0
        if is_number and isinstance(words, str) and _DIGEST.fullmatch(words.strip()):
            return int(number or 0), words.strip()
        self.fault(
            row,
            "digest" if is_number else "version",
            "该行的导出信息（隐藏列）缺失或被改动，无法核对。请重新导出工作簿，把填写的内容粘贴进去。",
            "What the row was exported with (hidden columns) is missing or was changed. Export the workbook again and "
            "paste the content.",
        )
        return None

    def shown(self, row: int, key: str) -> str:
        """What a column that is only to be read says, without spaces; a mark where it is no text."""
        cell = self._cell(row, key)
        value = cell.value if cell else ""
        return "".join(plain(str(value)).split()) if value is not None else "\x00"

    # --- the answer -----------------------------------------------------------------------------------------------

    def content(self, row: int) -> Content | None:
        """The answer of a row in words a cell can hold; ``None`` where a cell is at fault."""
        found = {key: self._text(row, key) for key in _ANSWER}
        if any(text is None for text in found.values()):
            return None
        verdict = self._verdict(row, found["verdict"] or "")
        if verdict is None:
            return None
        reason, note = plain(found["reason"] or ""), plain(found["note"] or "")
        if reason and verdict != Verdict.NOT_APPLICABLE:
            self.remark(
                row,
                "reason",
                "符合程度不是“不适用”，理由未读取。",
                "The verdict is not Not applicable; the reason was not read.",
            )
            reason = ""
        return Content(verdict, reason, note)

    def is_sound(self, row: int, content: Content) -> bool:
        """Whether the words of an answer that was changed may be kept; says what is wrong with them."""
        before = len(self.faults)
        for key, text in (("reason", content.reason), ("note", content.note)):
            strange = _STRANGE.search(self._text(row, key) or "") if text else None
            if strange:
                self._strange(row, key, f"{ord(strange[0]):04X}")
            elif len(text) > _MOST[key]:
                self.fault(
                    row,
                    key,
                    "共 {n} 字，超过 {most} 字的上限。请精简。",
                    "The text has {n} characters; at most {most} are kept. Shorten it.",
                    n=len(text),
                    most=_MOST[key],
                )
        return len(self.faults) == before

    def _verdict(self, row: int, words: str) -> str | None:
        if not words.strip():
            return ""
        if (verdict := _VERDICTS.get(_key(words))) is not None:
            return verdict
        self.fault(
            row,
            "verdict",
            "没有“{words}”这一符合程度。可填：{allowed}；未作答的留空。",
            "There is no verdict “{words}”. Use one of: {allowed}; leave it empty when unanswered.",
            words=words.strip()[:40],
            allowed=_allowed(),
        )
        return None

    def _text(self, row: int, key: str) -> str | None:
        """The words of a cell, empty for none; ``None`` where it is no text."""
        cell = self._cell(row, key)
        if cell is None:
            return ""
        if isinstance(cell.value, str):
            return cell.value
        at = self._place(row, key)
        if cell.is_formula:
            self.fault(
                row,
                key,
                "{at} 含公式，请改为文字，可用“选择性粘贴—数值”。",
                "{at} holds a formula. Replace it by text, for example with “paste special: values”.",
                at=at,
            )
        elif cell.half:
            self._strange(row, key, cell.half)
        elif cell.is_error or isinstance(cell.value, bool):
            self.fault(
                row,
                key,
                "内容不是文字，可能是错误值或逻辑值。请改为填写文字。",
                "The cell holds an error or a truth value instead of text. Fill in the text.",
            )
        elif (number := _whole(cell.value)) is not None:
            return str(number)
        else:
            self.fault(
                row,
                key,
                "现为数值 {value}，可能是日期或百分比。请把单元格格式设为“文本”后重新填写。",
                "The cell holds the number {value}, which may be a date or a percentage. Format it as text and fill it "
                "in again.",
                value=cell.value,
            )
        return None

    def _strange(self, row: int, key: str, code: str) -> None:
        self.fault(
            row,
            key,
            "含有不可见的控制字符 U+{code}。请删除后重新填写，可先粘贴到记事本再复制。",
            "The cell holds the invisible control character U+{code}. Remove it, for example by pasting the text "
            "through a plain editor.",
            code=code,
        )


def _whole(value: float | None) -> int | None:
    """A number that can only be meant as it reads; ``None`` for one that may be a day, a share or a rounded code."""
    if value is None or value != value or abs(value) >= _LARGEST or int(value) != value or int(value) in _DAYS:
        return None
    return int(value)


def _allowed() -> Bilingual:
    return listed(VERDICTS.values())


def _shown(cell: Cell) -> str:
    return "…" if cell.value is None else str(cell.value)[:40]
