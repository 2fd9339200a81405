"""What is wrong with a workbook of an edition, cell by cell, and the rows that were read from it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from assessments.forms.spreadsheets import Sheet
from assessments.standard import Bilingual


@dataclass(frozen=True)
class Fault:
    """What is wrong, where, and what to do. ``sheet`` is empty for the file as a whole."""

    sheet: str
    cell: str
    message: Bilingual

    @property
    def place(self) -> str:
        return "!".join(part for part in (self.sheet, self.cell) if part)


class Faults:
    """Collects faults; they come out in the order in which one reads the workbook."""

    def __init__(self, sheets: Sequence[Sheet]) -> None:
        self._titles = [s.title for s in sheets]
        self._found: list[Fault] = []

    def __len__(self) -> int:
        return len(self._found)

    def add(self, sheet: Sheet | str, cell: str, zh: str, en: str, /, **values: object) -> None:
        self.say(sheet, cell, Bilingual(zh, en).format(**values))

    def say(self, sheet: Sheet | str, cell: str, message: Bilingual) -> None:
        self._found.append(Fault(sheet.title if isinstance(sheet, Sheet) else sheet, cell, message))

    def at(self, sheet: Sheet, cell: str) -> bool:
        """Whether something was said of this cell already."""
        return any(f.sheet == sheet.title and f.cell == cell for f in self._found)

    def in_order(self) -> list[Fault]:
        return sorted(self._found, key=self._position)

    def _position(self, fault: Fault) -> tuple[int, int, str]:
        sheet = self._titles.index(fault.sheet) if fault.sheet in self._titles else -1
        match = re.match(r"([A-Z]+)([0-9]+)", fault.cell)
        return (sheet, int(match[2]), match[1].rjust(3)) if match else (sheet, 0, "")


@dataclass
class Row:
    """One row of a table; a value is ``None`` where its cell is at fault."""

    number: int
    values: dict[str, str | None] = field(default_factory=dict)
    level: int | None = None
    evidence: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def code(self) -> str:
        return self.values.get("code") or ""

    def both(self, key: str) -> Bilingual:
        return Bilingual(self.values[f"{key}_zh"] or "", self.values[f"{key}_en"] or "")


#: Sheets and rows by the Chinese title of their table.
Sheets = Mapping[str, Sheet]
Rows = Mapping[str, list[Row]]
#: key -> row and value, of the stamp
Stamp = Mapping[str, tuple[int, str | int | None]]
