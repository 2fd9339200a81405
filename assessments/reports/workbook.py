"""Answers and scores as an Excel workbook. Every text is text: nothing a person typed can become a formula."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from assessments.reports.dataset import CriterionRow, EvaluationReport, Report
from assessments.reports.reasons import why_this_level
from assessments.reports.wording import PARAMETERS, day, level, parameter_value, verdict
from assessments.scoring import TRACKS, ItemResult, Result
from assessments.standard import Bilingual, Criterion, Item

#: characters that make a spreadsheet program read a text as a formula
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
SHEETS = (
    Bilingual("概览", "Overview"),
    Bilingual("条款作答", "Criteria"),
    Bilingual("能力项得分", "Item scores"),
    Bilingual("等级得分", "Level scores"),
)
SCORE, PERCENT, WHOLE = "0.00", "0.00%", "0"
#: what Excel holds in one cell
_CELL_LIMIT = 32_767
_BRAND, _TINT, _LINE = "115264", "F0F6F8", "DEDAD3"
_HEAD_FONT = Font(name="Microsoft YaHei", size=10, bold=True, color="FFFFFF")
_FONT = Font(name="Microsoft YaHei", size=10)
_BOLD = Font(name="Microsoft YaHei", size=10, bold=True)
_TITLE = Font(name="Microsoft YaHei", size=14, bold=True, color=_BRAND)
_HEAD_FILL = PatternFill("solid", fgColor=_BRAND)
_SECTION_FILL = PatternFill("solid", fgColor=_TINT)
_RULE = Border(bottom=Side(style="thin", color=_LINE))
_TEXT = Alignment(vertical="top", wrap_text=True)
_FIGURE = Alignment(vertical="top", horizontal="right")
_CENTRE = Alignment(vertical="center", horizontal="center", wrap_text=True)

Value = str | int | Decimal | None
#: a row of the overview: name, value, remark
_Fact = tuple[Bilingual | str, Bilingual | str | int | Decimal, Bilingual | str]


@dataclass(frozen=True)
class _Column:
    """``width`` in characters; ``form`` is the number format of figures."""

    title: str
    width: float
    form: str = "@"


def render(data: Report, language: str) -> bytes:
    """The workbook as XLSX; assessed columns are there when ``data`` is an :class:`EvaluationReport`."""
    book = Workbook()
    book.remove(book.active)
    book.properties.title = f"{data.case.number}"
    book.properties.creator = "DCMM"
    sheets = _Sheets(book, data, language)
    sheets.overview()
    sheets.criteria()
    sheets.items()
    sheets.levels()
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


class _Sheets:
    def __init__(self, book: Workbook, data: Report, language: str) -> None:
        self.book, self.data, self.language = book, data, language
        self.other: Result | None = data.self_result if isinstance(data, EvaluationReport) else None

    def _say(self, words: Bilingual | str) -> str:
        return words.in_language(self.language) if isinstance(words, Bilingual) else words

    def _new(self, index: int) -> Worksheet:
        return self.book.create_sheet(self._say(SHEETS[index]))

    # --- the four sheets -----------------------------------------------------------------------------------------

    def overview(self) -> None:
        sheet, say, data = self._new(0), self._say, self.data
        write(
            sheet,
            1,
            1,
            say(Bilingual("数据管理能力成熟度评估结果", "Data management capability maturity results")),
            _TITLE,
        )
        row = 3
        sections: tuple[tuple[Bilingual, Sequence[_Fact]], ...] = (
            (Bilingual("基本信息", "Case"), self._case_facts()),
            (Bilingual("结果", "Results"), self._result_facts()),
            (Bilingual("等级说明", "Why this level"), self._reason_facts()),
            (Bilingual("评分方案参数", "Parameters of the scheme"), self._parameter_facts()),
        )
        for title, facts in sections:
            for column in (1, 2, 3):
                sheet.cell(row, column).fill = _SECTION_FILL
            write(sheet, row, 1, say(title), _BOLD)
            row += 1
            for name, value, remark in facts:
                write(sheet, row, 1, say(name), _FONT)
                write(sheet, row, 2, value if isinstance(value, Decimal | int) else say(value), _FONT, SCORE)
                write(sheet, row, 3, say(remark), _FONT)
                row += 1
            row += 1
        if not isinstance(data, EvaluationReport):
            note = Bilingual(
                "自评结果反映准备程度，不构成证书。", "A self-assessment shows readiness; it is not a certificate."
            )
            write(sheet, row, 1, say(note), _BOLD)
            sheet.cell(row, 1).alignment = Alignment(wrap_text=False)
        sheet.cell(1, 1).alignment = Alignment(wrap_text=False)
        for letter, width in zip("ABC", (30, 60, 70), strict=True):
            sheet.column_dimensions[letter].width = width
        sheet.freeze_panes = "A3"
        self._page(sheet)

    def _case_facts(self) -> list[_Fact]:
        case, edition = self.data.case, self.data.edition
        facts: list[_Fact] = [
            (Bilingual("评估编号", "Case number"), case.number, ""),
            (Bilingual("企业名称", "Enterprise"), case.enterprise, case.enterprise_en),
            (Bilingual("统一社会信用代码", "Unified social credit code"), case.uscc, ""),
            (Bilingual("标准与版本", "Standard and edition"), edition.title, edition.code),
            (Bilingual("评分方案", "Scoring scheme"), self.data.scheme.name, self.data.scheme.code),
            (Bilingual("评估类型", "Track"), TRACKS[case.track], ""),
            (Bilingual("目标等级", "Target level"), level(case.target_level), ""),
            (Bilingual("评估范围", "Scope"), case.scope, ""),
        ]
        if isinstance(self.data, EvaluationReport):
            facts.append((Bilingual("评估机构", "Evaluation body"), case.body, case.body_en))
        return [*facts, (Bilingual("制表日期", "Made on"), day(self.data.printed_on), "")]

    def _result_facts(self) -> list[_Fact]:
        result = self.data.result
        facts: list[_Fact] = [
            (Bilingual("综合等级", "Overall level"), level(result.level), ""),
            (Bilingual("综合得分", "Overall score"), _or_dash(result.score), ""),
            (Bilingual("基础得分", "Base score"), _or_dash(result.base_score), ""),
            (Bilingual("加分", "Bonus"), result.bonus, ""),
            (Bilingual("已作答条款", "Criteria answered"), f"{result.answered} / {result.total}", ""),
        ]
        if self.other:
            facts.append((Bilingual("自评等级", "Self-assessed level"), level(self.other.level), ""))
            facts.append((Bilingual("自评得分", "Self-assessed score"), _or_dash(self.other.score), ""))
        if isinstance(self.data, EvaluationReport):
            facts.append((Bilingual("推荐等级", "Recommended level"), level(self.data.recommended_level), ""))
        return facts

    def _reason_facts(self) -> list[_Fact]:
        return [(str(n), words, "") for n, words in enumerate(why_this_level(self.data.result, self.data.edition), 1)]

    def _parameter_facts(self) -> list[_Fact]:
        provisional = self._say(Bilingual("暂定：", "Provisional: "))
        return [
            (
                PARAMETERS[p.name],
                parameter_value(self.data.scheme, p.name),
                (provisional if p.is_provisional else "") + self._say(p.source),
            )
            for p in self.data.scheme.parameters
        ]

    def criteria(self) -> None:
        columns: list[tuple[_Column, Callable[[Criterion, CriterionRow], Value]]] = [
            (self._column("编码", "Code", 13), lambda c, r: c.code),
            (self._column("能力域", "Domain", 14), lambda c, r: self._domain(c.domain_code)),
            (self._column("能力项", "Item", 20), lambda c, r: self._item(c.item_code)),
            (self._column("级别", "Level", 7, WHOLE), lambda c, r: c.level),
            (self._column("条款", "Criterion", 60), lambda c, r: self._say(c.text)),
            (self._column("自评判定", "Self verdict", 14), lambda c, r: self._say(verdict(r.self_verdict))),
            (self._column("自评说明", "Self note", 36), lambda c, r: r.self_note),
            (self._column("不适用理由", "Reason for not applicable", 28), lambda c, r: r.na_reason),
            (self._column("证明材料", "Evidence", 40), lambda c, r: "\n".join(r.evidence)),
        ]
        if self.other:
            columns += [
                (self._column("评估判定", "Assessed verdict", 14), lambda c, r: self._say(verdict(r.assessed_verdict))),
                (self._column("评语", "Remark", 40), lambda c, r: r.remark),
                (self._column("合议理由", "Reason for reconciliation", 36), lambda c, r: r.reconciliation_reason),
            ]
        rows = [[get(c, self.data.row(c.code)) for _, get in columns] for c in self.data.edition.criteria.values()]
        self._table(1, [c for c, _ in columns], rows, frozen="B2")

    def items(self) -> None:
        result, other = self.data.result, self.other
        columns = [
            self._column("编号", "Code", 9),
            self._column("能力项", "Item", 34),
            self._column("能力域", "Domain", 24),
            self._column("得分", "Score", 10, SCORE),
            self._column("等级", "Level", 10, WHOLE),
            self._column("已作答", "Answered", 11, WHOLE),
            self._column("条款数", "Criteria", 11, WHOLE),
        ]
        if other:
            columns += [
                self._column("自评得分", "Self score", 12, SCORE),
                self._column("自评等级", "Self level", 12, WHOLE),
                self._column("差值", "Difference", 12, "+0.00;[Red]-0.00;0.00"),
            ]
        rows = []
        for item in self.data.edition.items.values():
            mine = result.items[item.code]
            row: list[Value] = [
                item.code,
                self._say(item.name),
                self._domain(item.domain_code),
                mine.score,
                mine.level,
                mine.answered,
                mine.total,
            ]
            if other:
                row += _compared(mine, other.items[item.code])
            rows.append(row)
        last = self._table(2, columns, rows, frozen="C2")
        self._domain_block(last)

    def _domain_block(self, sheet: Worksheet) -> None:
        """The domains below the items, two rows apart."""
        start = sheet.max_row + 3
        heads = [
            Bilingual("编号", "Code"),
            Bilingual("能力域", "Domain"),
            Bilingual("权重", "Weight"),
            Bilingual("得分", "Score"),
            Bilingual("等级", "Level"),
            Bilingual("已作答", "Answered"),
            Bilingual("条款数", "Criteria"),
            *([Bilingual("自评得分", "Self score")] if self.other else []),
        ]
        for column, head in enumerate(heads, 1):
            _head(sheet.cell(start, column), self._say(head))
        for down, domain in enumerate(self.data.edition.domains, 1):
            mine = self.data.result.domains[domain.code]
            row: list[Value] = [
                domain.code,
                self._say(domain.name),
                mine.weight,
                mine.score,
                mine.level,
                mine.answered,
                mine.total,
            ]
            forms = ["@", "@", PERCENT, SCORE, WHOLE, WHOLE, WHOLE, SCORE]
            if self.other:
                row.append(self.other.domains[domain.code].score)
            for column, (value, form) in enumerate(zip(row, forms, strict=False), 1):
                write(sheet, start + down, column, value, _FONT, form)

    def levels(self) -> None:
        result, other = self.data.result, self.other
        columns = [self._column("编号", "Code", 9), self._column("能力项", "Item", 34)]
        columns += [self._column(f"{n} 级", f"Level {n}", 10, SCORE) for n in range(1, 6)]
        columns += [self._column("得分", "Score", 10, SCORE), self._column("等级", "Level", 10, WHOLE)]
        if other:
            columns += [self._column(f"自评 {n} 级", f"Self level {n}", 12, SCORE) for n in range(1, 6)]
        rows = [self._level_row(item, result, other) for item in self.data.edition.items.values()]
        self._table(3, columns, rows, frozen="C2")

    def _level_row(self, item: Item, result: Result, other: Result | None) -> list[Value]:
        mine = result.items[item.code]
        row: list[Value] = [item.code, self._say(item.name), *mine.levels, mine.score, mine.level]
        return row + (list(other.items[item.code].levels) if other else [])

    # --- building ------------------------------------------------------------------------------------------------

    def _column(self, zh: str, en: str, width: float, form: str = "@") -> _Column:
        return _Column(self._say(Bilingual(zh, en)), width, form)

    def _domain(self, code: str) -> str:
        return f"{code} {self._say(self.data.edition.domains_by_code[code].name)}"

    def _item(self, code: str) -> str:
        return f"{code} {self._say(self.data.edition.items[code].name)}"

    def _table(
        self, index: int, columns: Sequence[_Column], rows: Sequence[Sequence[Value]], *, frozen: str
    ) -> Worksheet:
        """A sheet with one table: frozen head, filter, widths, formats, printed across one page."""
        sheet = self._new(index)
        for position, column in enumerate(columns, 1):
            _head(sheet.cell(1, position), column.title)
            sheet.column_dimensions[get_column_letter(position)].width = column.width
        sheet.row_dimensions[1].height = 24
        for down, row in enumerate(rows, 2):
            for position, (value, column) in enumerate(zip(row, columns, strict=True), 1):
                write(sheet, down, position, value, _FONT, column.form)
        sheet.freeze_panes = frozen
        sheet.auto_filter.ref = f"A1:{get_column_letter(len(columns))}{len(rows) + 1}"
        sheet.print_title_rows = "1:1"
        self._page(sheet)
        return sheet

    def _page(self, sheet: Worksheet) -> None:
        sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", sheet.PAPERSIZE_A4
        sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
        sheet.sheet_properties.pageSetUpPr.fitToPage = True
        sheet.oddFooter.left.text, sheet.oddFooter.right.text = self.data.case.number.replace("&", "&&"), "&P / &N"
        sheet.sheet_view.showGridLines = False


def write(sheet: Worksheet, row: int, column: int, value: Value, font: Font = _FONT, form: str = "@") -> Cell:
    """Writes one value: figures as figures, text always as text, ``None`` as an empty cell.

    A text cell is typed as a string whatever it begins with; if it begins like a formula it also carries the quote
    prefix, so that it stays text when somebody edits the cell.
    """
    cell: Cell = sheet.cell(row, column)
    cell.font, cell.border = font, _RULE
    if isinstance(value, str):
        text = ILLEGAL_CHARACTERS_RE.sub("", value)[:_CELL_LIMIT]
        cell.value, cell.alignment = text or None, _TEXT
        if text:
            cell.data_type, cell.number_format = "s", "@"
            if text.startswith(FORMULA_STARTS):
                cell.quotePrefix = True
    elif value is not None:
        cell.value, cell.number_format, cell.alignment = value, form, _FIGURE
    return cell


def _head(cell: Cell, text: str) -> None:
    cell.value, cell.font, cell.fill, cell.alignment = text, _HEAD_FONT, _HEAD_FILL, _CENTRE


def _or_dash(value: Decimal | None) -> Decimal | str:
    return "–" if value is None else value


def _compared(mine: ItemResult, theirs: ItemResult) -> list[Value]:
    both = mine.score is not None and theirs.score is not None
    difference = mine.score - theirs.score if both else None  # type: ignore[operator]
    return [theirs.score, theirs.level, difference]
