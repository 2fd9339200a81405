"""The codes of an edition's workbook as a whole: shape, order, gaps; for a code in use, that they are its own."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from itertools import groupby

from assessments.forms.edition_faults import Faults, Row, Rows, Sheets, Stamp
from assessments.forms.spreadsheets import Sheet, place
from assessments.reports.edition_workbook import CRITERIA, DOMAINS, ITEMS, README, Table
from assessments.standard import Bilingual, Edition

_DOMAIN, _ITEM = re.compile(r"[1-9][0-9]?"), re.compile(r"[1-9][0-9]?\.[1-9][0-9]?")
_CRITERION = re.compile(r"([1-9][0-9]?\.[1-9][0-9]?)-L([1-5])-([0-9]{2})")
_COUNTED = {"domains": DOMAINS, "items": ITEMS, "criteria": CRITERIA}


class Codes:
    """Checks rows that were read; a row whose code is at fault keeps the order from being judged."""

    def __init__(self, sheets: Sheets, rows: Rows, stamp: Stamp, faults: Faults) -> None:
        self.sheets, self.rows, self.stamp, self.faults = sheets, rows, stamp, faults

    def check(self, in_use: Edition | None) -> None:
        before = len(self.faults)
        tables = (DOMAINS, ITEMS, CRITERIA)
        readable = [self._check_shapes(t) for t in tables]
        if not all(readable) or any(not self.rows[t.title.zh] for t in tables):
            return
        if in_use is not None:
            self._check_same(DOMAINS, list(in_use.domains_by_code), in_use)
            self._check_same(ITEMS, list(in_use.items), in_use)
            self._check_same(CRITERIA, list(in_use.criteria), in_use)
        else:
            self._check_domains()
            self._check_items()
            self._check_criteria()
        if len(self.faults) == before:
            self._check_counts()

    def _check_shapes(self, table: Table) -> bool:
        """Every code by itself, and none twice; whether the order of codes can be judged."""
        sheet, fine = self.sheets[table.title.zh], True
        first: dict[str, str] = {}
        for row in self.rows[table.title.zh]:
            at = place(row.number, 1)
            if not row.code or (table is CRITERIA and row.level is None):
                fine = False
            elif message := self._misshapen(table, row):
                self.faults.say(sheet, at, message)
                fine = False
            elif row.code in first:
                self.faults.add(
                    sheet,
                    at,
                    "编号 {code} 与 {first} 重复。请更正或删除其中一行。",
                    "The code {code} stands at {first} already. Correct or delete one of the two rows.",
                    code=row.code,
                    first=first[row.code],
                )
                fine = False
            else:
                first[row.code] = at
        return fine

    def _misshapen(self, table: Table, row: Row) -> Bilingual | None:
        if table is DOMAINS:
            fits, example = _DOMAIN.fullmatch(row.code), "6"
        elif table is ITEMS:
            fits, example = _ITEM.fullmatch(row.code), "6.1"
        else:
            fits, example = _CRITERION.fullmatch(row.code), "6.1-L3-02"
            if fits and int(fits[2]) != row.level:
                return Bilingual(
                    "编号 {code} 的等级与 {cell} 的等级 {level} 不符。请更正其一。",
                    "The code {code} does not fit level {level} in {cell}. Correct one of them.",
                ).format(code=row.code, cell=place(row.number, 2), level=row.level)
        if fits is None:
            return Bilingual(
                "编号“{code}”不合规则，应形如 {example}。",
                "The code “{code}” will not do; it should look like {example}.",
            ).format(code=row.code, example=example)
        return None

    def _check_same(self, table: Table, wanted: list[str], in_use: Edition) -> None:
        """The codes are those of the edition in use, in its order."""
        sheet, rows = self.sheets[table.title.zh], self.rows[table.title.zh]
        found = [r.code for r in rows]
        if sorted(found) == sorted(wanted):
            wrong = next((n for n, code in enumerate(found) if code != wanted[n]), None)
            if wrong is not None:
                self._not_there(sheet, rows[wrong], wanted[wrong])
            return
        for kind, a, b, c, d in SequenceMatcher(None, wanted, found, autojunk=False).get_opcodes():
            if kind == "equal":
                continue
            for n in range(max(b - a, d - c)):
                if a + n < b and c + n < d:
                    self._not_there(sheet, rows[c + n], wanted[a + n])
                elif c + n < d:
                    self.faults.add(
                        sheet,
                        place(rows[c + n].number, 1),
                        "版本“{edition}”没有编号 {code}。请删除该行。",
                        "The edition “{edition}” has no {code}. Delete the row.",
                        edition=in_use.code,
                        code=rows[c + n].code,
                    )
                else:
                    at = rows[d].number if d < len(rows) else rows[-1].number + 1
                    self.faults.add(
                        sheet,
                        place(at, 1),
                        "此处缺少编号 {code}。请补上该行。",
                        "The code {code} is missing here. Put its row back.",
                        code=wanted[a + n],
                    )

    def _not_there(self, sheet: Sheet, row: Row, wanted: str) -> None:
        self.faults.add(
            sheet,
            place(row.number, 1),
            "此处应为编号 {wanted}，现为 {found}。请恢复导出时的编号和顺序。",
            "Expected the code {wanted} here, found {found}. Restore codes and order as exported.",
            wanted=wanted,
            found=row.code,
        )

    def _out_of_order(self, table: Table, row: Row, wanted: str) -> None:
        self.faults.add(
            self.sheets[table.title.zh],
            place(row.number, 1),
            "编号不连续：此处应为 {wanted}，现为 {found}。请按顺序编号。",
            "The numbering has a gap: expected {wanted} here, found {found}. Number without gaps.",
            wanted=wanted,
            found=row.code,
        )

    def _check_domains(self) -> None:
        last = 0
        for row in self.rows[DOMAINS.title.zh]:
            if int(row.code) < last:
                self._out_of_order(DOMAINS, row, f"> {last}")
                return
            last = int(row.code)

    def _check_items(self) -> None:
        rows = self.rows[ITEMS.title.zh]
        domains = self.rows[DOMAINS.title.zh]
        if self._check_blocks(ITEMS, rows, DOMAINS, domains, separator="."):
            for code, group in groupby(rows, key=lambda r: r.code.split(".")[0]):
                for n, row in enumerate(group, 1):
                    if row.code != f"{code}.{n}":
                        self._out_of_order(ITEMS, row, f"{code}.{n}")
                        break

    def _check_criteria(self) -> None:
        rows = self.rows[CRITERIA.title.zh]
        if not self._check_blocks(CRITERIA, rows, ITEMS, self.rows[ITEMS.title.zh], separator="-"):
            return
        for item, group in groupby(rows, key=lambda r: r.code.split("-")[0]):
            self._check_levels(item, list(group))

    def _check_blocks(self, table: Table, rows: list[Row], above: Table, owners: list[Row], separator: str) -> bool:
        """Rows stand together under what they belong to, in its order, and nothing above is without rows."""
        sheet, wanted = self.sheets[table.title.zh], [r.code for r in owners]
        found = [(code, next(group)) for code, group in groupby(rows, key=lambda r: r.code.split(separator)[0])]
        strange = [(code, row) for code, row in found if code not in wanted]
        for code, row in strange:
            self.faults.add(
                sheet,
                place(row.number, 1),
                "编号 {code} 所属的 {owner} 不在“{above}”表中。请更正编号，或在该表补上。",
                "{code} belongs to {owner}, which is not on the sheet “{above}”. Correct the code or add it there.",
                code=row.code,
                owner=code,
                above=above.title,
            )
        empty = [o for o in owners if o.code not in {code for code, _ in found}]
        for owner in empty:
            self.faults.add(
                self.sheets[above.title.zh],
                place(owner.number, 1),
                "{code} 在“{table}”表中没有内容。请补上，或删除该行。",
                "{code} has no rows on the sheet “{table}”. Add them or delete this row.",
                code=owner.code,
                table=table.title,
            )
        if strange or empty:
            return False
        for n, (code, row) in enumerate(found):
            if n >= len(wanted) or code != wanted[n]:
                self.faults.add(
                    sheet,
                    place(row.number, 1),
                    "{code} 不在应在的位置：同属 {owner} 的各行须连续，并按“{above}”表的顺序排列。",
                    "{code} is out of place: the rows of {owner} stand together, in the order of the sheet “{above}”.",
                    code=row.code,
                    owner=code,
                    above=above.title,
                )
                return False
        return True

    def _check_levels(self, item: str, rows: list[Row]) -> None:
        """Within an item: levels 1 to 5 in order, each with criteria numbered from 01. The first fault is enough."""
        level, number = 1, 0
        for row in rows:
            assert row.level is not None
            following = f"{item}-L{level}-{number + 1:02d}"
            above = f"{item}-L{level + 1}-01"
            if row.code == following:
                number += 1
            elif number and row.code == above:
                level, number = level + 1, 1
            else:
                self._out_of_order(CRITERIA, row, above if number and row.level > level else following)
                return
        if level < 5:
            self.faults.add(
                self.sheets[CRITERIA.title.zh],
                place(rows[-1].number, 1),
                "能力项 {item} 缺少等级 {level} 的条款。请在其后补上。",
                "The item {item} has no criterion at level {level}. Add one below.",
                item=item,
                level=level + 1,
            )

    def _check_counts(self) -> None:
        sheet = self.sheets[README.zh]
        for key, table in _COUNTED.items():
            row, stated = self.stamp.get(key, (0, None))
            found = len(self.rows[table.title.zh])
            if row and stated != found:
                self.faults.add(
                    sheet,
                    place(row, 3),
                    "标识的数量为 {stated}，“{table}”表中有 {found} 行。请核对有无缺漏，再更正数量。",
                    "The stamp says {stated}, the sheet “{table}” has {found} rows. Check that nothing is missing, "
                    "then correct the number.",
                    stated="–" if stated is None else stated,
                    found=found,
                    table=table.title,
                )
