"""The workbook of answers, out and in again: untouched it changes nothing, damaged it says where."""

from __future__ import annotations

import dataclasses
import datetime as dt
import io
import re
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone
from openpyxl import Workbook, load_workbook

from assessments.forms import answer_cells
from assessments.forms.answer_workbook import MOST_FAULTS, Entry, Reading, read
from assessments.models import Answer, Assessment
from assessments.models.questionnaire import NOTE_MAX
from assessments.permissions import scope
from assessments.queries import answer_imports as queries
from assessments.reports import answer_workbook as workbook
from assessments.scoring import VERDICTS
from assessments.standard import Bilingual
from tests import factories
from tests.answer_files import NOTE, REASON, VERDICT, changed, row_of, saved
from tests.conftest import World

NOW = dt.datetime(2026, 11, 22, 1, 30, tzinfo=dt.UTC)
FIRST, SECOND, THIRD = "6.1-L1-01", "6.1-L1-02", "6.1-L2-01"
#: Notes that a spreadsheet program, XML or a careless reader would change.
ODD = [
    "=1+1", "+86 21", "-负数", "@家", "\t制表", "第一行\n\n第三行", "_x0041_ 与 _x000D_", "控\x0b制\x01",
    "表情👨\u200d👩", "\uffff末", "  两端空格  ", "'引号", "#N/A", "0012", "尾\r\n换行", "＝全角", "<b>&amp;</b>",
    "字" * NOTE_MAX, "软\xad连字", "C1\x85控制",
]  # fmt: skip


def seen(case: Assessment, user: Any) -> Assessment:
    return scope.cases(user).select_related("enterprise").get(pk=case.pk)


def exported(case: Assessment, user: Any, language: str = "zh-hans", part: str = "all") -> bytes:
    mine = seen(case, user)
    chosen = next(p for p in queries.parts(mine, user) if p.key == part)
    return workbook.render(queries.export(mine, user, chosen, NOW), language)


@pytest.fixture
def given(world: World, draft_case: Assessment) -> Assessment:
    """A draft with odd notes in its first answers, and one that does not apply."""
    now = timezone.now()
    codes = list(draft_case.edition.criteria)
    Answer.objects.bulk_create(
        Answer(assessment=draft_case, criterion_code=c, verdict="full", note=n, saved_by=world.viewer, saved_at=now)
        for c, n in zip(codes, ODD, strict=False)
    )
    Answer.objects.create(
        assessment=draft_case, criterion_code=codes[40], verdict="not_applicable", reason="=无此业务", version=7,
        saved_by=world.viewer, saved_at=now,
    )  # fmt: skip
    return draft_case


@pytest.fixture
def back(given: Assessment, world: World) -> Callable[..., Reading]:
    """What is read after a change to the workbook of the whole case."""
    content, case = exported(given, world.enterprise_admin), seen(given, world.enterprise_admin)

    def after(change: Callable[[Workbook], object], closed: dict[str, tuple[str, ...]] | None = None) -> Reading:
        return read(changed(content, change), case, closed or {})

    return after


def fault(reading: Reading) -> tuple[str, Bilingual]:
    """The one fault there is."""
    assert [f.place for f in reading.faults] == [reading.faults[0].place], [str(f.message) for f in reading.faults]
    assert (reading.entries, reading.total) == ((), 1)
    words = reading.faults[0].message
    for text in (words.zh, words.en):
        assert text.strip()
        assert not re.search(r"{[a-z]+}", text), "a placeholder was left"
    return reading.faults[0].place, words


def put(place: str, value: object, kind: str = "") -> Callable[[Workbook], None]:
    def change(book: Workbook) -> None:
        cell = book.worksheets[0][place]
        cell.value = value
        if kind:
            cell.data_type = kind

    return change


# --- there and back ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_untouched_it_changes_nothing(given: Assessment, world: World, language: str) -> None:
    """As it was exported, and after a spreadsheet program saved it."""
    content, case = exported(given, world.enterprise_admin, language), seen(given, world.enterprise_admin)
    reading = read(content, case, {})
    assert (reading.faults, reading.remarks, reading.entries) == ((), (), ())
    assert reading.untouched == 445


def test_every_verdict_and_note_comes_back(back: Callable[..., Reading], given: Assessment) -> None:
    words = [w for code, v in VERDICTS.items() for w in (v.zh, v.en, str(code), f" {v.zh}　", v.en.upper())]
    codes = list(given.edition.criteria)[100:]

    def change(book: Workbook) -> None:
        sheet = book.worksheets[0]
        for n, (code, word) in enumerate(zip(codes, words, strict=False)):
            row = row_of(sheet, code)
            sheet[f"{VERDICT}{row}"], sheet[f"{NOTE}{row}"], sheet[f"{REASON}{row}"] = word, f"说明 {n}", "理由"

    reading = back(change)
    assert reading.faults == ()
    wanted = [str(code) for code in VERDICTS for _ in range(5)]
    assert [e.content for e in reading.entries] == [
        queries.Content(v, "理由" if v == "not_applicable" else "", f"说明 {n}") for n, v in enumerate(wanted)
    ]
    assert [r.message.zh for r in reading.remarks] == ["符合程度不是“不适用”，理由未读取。"] * 20
    assert reading.untouched == 445 - 25


def test_an_entry_brings_what_it_was_exported_from(back: Callable[..., Reading], given: Assessment) -> None:
    code = list(given.edition.criteria)[40]
    reading = back(put(f"{NOTE}42", "已补充"))
    base = queries.Content("not_applicable", "=无此业务", "").digest(given.number, code)
    content = queries.Content("not_applicable", "=无此业务", "已补充")
    assert reading.entries == (Entry(code, content, version=7, digest=base),)
    assert reading.rows["answers"][0]["code"] == code
    assert (reading.rows["exported_by"], reading.rows["untouched"]) == ("赵敏", 444)


def test_texts_go_out_as_texts(given: Assessment, world: World) -> None:
    """No cell is a formula, whatever a note begins with."""
    content = exported(given, world.enterprise_admin)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        sheets = b"".join(archive.read(name) for name in archive.namelist() if "worksheets/" in name)
    assert b"<f>" not in sheets
    assert b"<f " not in sheets
    book = load_workbook(io.BytesIO(content))
    for row, note in ((2, ODD[0]), (3, ODD[1]), (4, ODD[2]), (5, ODD[3])):
        cell = book.worksheets[0][f"{NOTE}{row}"]
        assert (cell.value, cell.data_type, cell.quotePrefix, cell.number_format) == (note, "s", True, "@")


def test_only_answers_are_open(given: Assessment, world: World) -> None:
    book = load_workbook(io.BytesIO(exported(given, world.enterprise_admin)))
    sheet, readme, stamp = book.worksheets
    assert (sheet.title, readme.title, stamp.sheet_state) == ("填写", "说明", "veryHidden")
    assert sheet.protection.sheet
    assert sheet.protection.password is None
    open_columns = {c.column_letter for row in sheet.iter_rows(min_row=2) for c in row if not c.protection.locked}
    assert open_columns == {VERDICT, REASON, NOTE}
    assert [sheet.column_dimensions[letter].hidden for letter in "KLM"] == [False, True, True]
    lists = [v for v in sheet.data_validations.dataValidation if v.type == "list"]
    assert [(v.formula1, str(v.sqref)) for v in lists] == [
        ('"完全满足,大部分满足,部分满足,不满足,不适用"', f"{VERDICT}2:{VERDICT}446")
    ]
    assert (sheet.freeze_panes, sheet.auto_filter.ref, sheet.print_title_rows) == ("B2", "A1:K446", "$1:$1")
    shown = "\n".join(str(c.value) for row in readme.iter_rows() for c in row if c.value)
    for words in (
        given.number,
        "赵敏",
        "2026年11月22日 09:30",
        given.edition.checksum[:12],
        "完全满足",
        "不会读取的内容",
    ):
        assert words in shown
    first = VERDICT + "2"
    assert sheet[first].number_format == "@", "what looks like a day stays as it was typed"


def test_rows_of_others_are_locked(given: Assessment, world: World) -> None:
    given.delegations.create(user=world.contributor, part_code="6.1")
    given.delegations.create(user=world.enterprise_admin, part_code="7")
    book = load_workbook(io.BytesIO(exported(given, world.contributor, "en")))
    sheet = book.worksheets[0]
    opened = {sheet.cell(c.row, 1).value for c in sheet[NOTE][1:] if not c.protection.locked}
    assert opened == {c.code for c in given.edition.items["6.1"].criteria}
    assert (sheet.title, sheet["A1"].value, sheet[f"{VERDICT}1"].value) == ("Answers", "Criterion code", "Verdict")
    mine = load_workbook(io.BytesIO(exported(given, world.contributor, part="mine"))).worksheets[0]
    assert {c.value for c in mine["A"][1:]} == opened


# --- what a file may be and still be read -----------------------------------------------------------------------------


def test_rows_are_known_by_code_and_columns_by_head(back: Callable[..., Reading], given: Assessment) -> None:
    """Sorted backwards, with a column of one's own in front and rows of other departments deleted."""

    def change(book: Workbook) -> None:
        sheet = book.worksheets[0]
        sheet[f"{NOTE}{row_of(sheet, THIRD)}"] = "改过的"
        rows = [[c.value for c in row] for row in sheet.iter_rows(min_row=2, max_row=60)]
        sheet.delete_rows(2, 500)
        sheet.insert_cols(1)
        sheet["A1"] = "责任部门"
        for n, values in enumerate(reversed(rows), 2):
            for column, value in enumerate(["财务部", *values], 1):
                cell = sheet.cell(n, column)
                cell.value = value
                cell.data_type = "s" if isinstance(value, str) else cell.data_type
        book.create_sheet("草稿")["A1"] = "=1+1"

    reading = back(change)
    assert reading.faults == ()
    assert [(e.code, e.content.note) for e in reading.entries] == [(THIRD, "改过的")]
    assert reading.untouched == 58
    assert [(r.place, r.message.zh) for r in reading.remarks] == [
        ("填写!A1", "自行增加的列，内容未读取。"),
        ("草稿", "自行增加的工作表，内容未读取。"),
    ]


def test_what_is_only_to_be_read_is_not_read(back: Callable[..., Reading]) -> None:
    def change(book: Workbook) -> None:
        sheet = book.worksheets[0]
        sheet["E5"], sheet["E9"], sheet["G3"], sheet["K2"] = "改写条款", None, "=A1", "自写的文件.pdf"

    reading = back(change)
    assert (reading.entries, reading.faults) == ((), ())
    assert [(r.place, r.message.zh[:16]) for r in reading.remarks] == [
        ("填写!G3", "该列只供查阅，有 1 处与平台的"),
        ("填写!E5", "该列只供查阅，有 2 处与平台的"),
    ]


def test_a_reason_is_asked_for(back: Callable[..., Reading]) -> None:
    reading = back(put(f"{VERDICT}100", "不适用"))
    assert [e.content.verdict for e in reading.entries] == ["not_applicable"]
    assert [(r.place, r.message.zh) for r in reading.remarks] == [(f"填写!{REASON}100", "“不适用”未写明理由。")]


@pytest.mark.parametrize(("value", "text"), [(7, "7"), (20_000.0, "20000"), (-3, "-3"), (202_611, "202611")])
def test_numbers_that_can_only_mean_themselves(back: Callable[..., Reading], value: float, text: str) -> None:
    assert [e.content.note for e in back(put(f"{NOTE}100", value)).entries] == [text]


def test_the_wording_may_be_updated_after_the_export(
    back: Callable[..., Reading], given: Assessment, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Codes stay the same, so nothing that was filled in is thrown away."""
    content = exported(given, world.enterprise_admin)
    monkeypatch.setattr(Assessment, "edition", dataclasses.replace(given.edition, checksum="0" * 64))
    reading = read(changed(content, put(f"{NOTE}100", "新")), seen(given, world.enterprise_admin), {})
    assert [e.content.note for e in reading.entries] == ["新"]
    assert [r.message.zh for r in reading.remarks] == ["导出后标准条款文字有更新，以平台现行文字为准。"]


# --- what is refused, and where ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("place", "value", "kind", "words"),
    [
        (f"{VERDICT}17", "=A1", "", f"{VERDICT}17 含公式，请改为文字"),
        (f"{NOTE}17", '=HYPERLINK("http://x")', "", f"{NOTE}17 含公式"),
        (f"{VERDICT}17", "基本满足", "", "没有“基本满足”这一符合程度。可填：完全满足、大部分满足"),
        (f"{VERDICT}17", 3, "", "没有“3”这一符合程度"),
        (f"{NOTE}17", "#DIV/0!", "e", "可能是错误值或逻辑值"),
        (f"{REASON}17", True, "", "可能是错误值或逻辑值"),
        (f"{NOTE}17", 46_000, "", "现为数值 46000，可能是日期或百分比"),
        (f"{NOTE}17", 0.85, "", "现为数值 0.85，可能是日期或百分比"),
        (f"{NOTE}17", "1e999", "n", "可能是日期或百分比"),
        (f"{NOTE}17", "字" * 4001, "", "共 4001 字，超过 4000 字的上限"),
        (f"{NOTE}17", "半个字符 _xD83D_", "", "U+D83D"),
        (f"{NOTE}17", "看不见 _x0007_ 的", "", "U+0007"),
        (f"{NOTE}17", "倒写 \u202e 的", "", "U+202E"),
        ("A17", "6.9-L9-99", "", "没有条款“6.9-L9-99”"),
        ("A17", "=B1", "", "没有条款"),
        ("A17", "6.1-L1-01", "", "条款 6.1-L1-01 已在 A2 填写"),
        ("L17", None, "", "导出信息（隐藏列）缺失或被改动"),
        ("M17", "ffff", "", "导出信息（隐藏列）缺失或被改动"),
        ("M17", "=A1", "", "导出信息（隐藏列）缺失或被改动"),
    ],
)  # fmt: skip
def test_faults_name_their_cell(back: Callable[..., Reading], place: str, value: object, kind: str, words: str) -> None:
    where, message = fault(back(put(place, value, kind)))
    assert where == f"填写!{place}"
    assert words in message.zh


def test_an_answer_without_a_code(back: Callable[..., Reading]) -> None:
    assert fault(back(put("A2", None)))[0] == "填写!A2"
    emptied = back(lambda book: [put(f"{c}30", None)(book) for c in "ABCDEFGHIJK"])
    assert (emptied.faults, emptied.untouched) == ((), 444)


def test_a_long_reason_counts_for_what_does_not_apply(back: Callable[..., Reading]) -> None:
    def change(book: Workbook) -> None:
        put(f"{VERDICT}17", "不适用")(book)
        put(f"{REASON}17", "因" * 1001)(book)

    where, message = fault(back(change))
    assert (where, message.zh) == (f"填写!{REASON}17", "共 1001 字，超过 1000 字的上限。请精简。")


def test_rows_beyond_the_export_are_named(back: Callable[..., Reading]) -> None:
    """Two thousand rows, and one row with a gap before it."""

    def many(book: Workbook) -> None:
        for n in range(447, 2001):
            book.worksheets[0].cell(n, 1).value = FIRST

    where, message = fault(back(many))
    assert (where, message.zh.split("：")[0]) == ("填写!A447", "第 447 行起不属于本工作簿（导出时至第 446 行）")
    assert fault(back(put("C480", "多写的")))[0] == "填写!C480"
    assert fault(back(put("B9000", "远处")))[0] == "填写!B9000"


def test_merged_cells(back: Callable[..., Reading]) -> None:
    where, message = fault(back(lambda book: book.worksheets[0].merge_cells("J100:J101")))
    assert (where, message.zh) == ("填写!J100:J101", "存在合并单元格。请取消合并，并逐格填写。")


@pytest.mark.parametrize(
    ("change", "place", "words"),
    [
        (lambda b: put("H1", "评分")(b), "填写!H1", "缺少列“符合程度”，或表头被改"),
        (lambda b: b.worksheets[0].delete_cols(10), "填写!J1", "缺少列“说明”"),
        (lambda b: b.worksheets[0].delete_cols(13), "填写!M1", "缺少列“导出校验”"),
        (lambda b: put("N1", "说明")(b), "填写!N1", "表头“说明”重复"),
        (lambda b: setattr(b.worksheets[0], "title", "Sheet1"), "", "缺少工作表“填写”"),
        (lambda b: b.copy_worksheet(b.worksheets[0]), "", ""),
        (lambda b: b.remove(b["stamp"]), "", "工作簿标识缺失或被改动"),
        (lambda b: put_stamp(b, "rows", "9999"), "", "工作簿标识缺失或被改动"),
        (lambda b: put_stamp(b, "number", "SH-2026-99999"), "", "工作簿标识缺失或被改动"),
        (lambda b: put_stamp(b, "signature", "x"), "", "工作簿标识缺失或被改动"),
        (lambda b: put_stamp(b, "format", "9"), "", "工作簿格式为 9，平台现在使用格式 1"),
    ],
)
def test_the_wrong_shape(back: Callable[..., Reading], change: Any, place: str, words: str) -> None:
    reading = back(change)
    if not words:  # a copy beside the original: not read, and said so
        assert (reading.faults, [r.place for r in reading.remarks]) == ((), ["填写 Copy"])
        return
    where, message = fault(reading)
    assert where == place
    assert words in message.zh


def put_stamp(book: Workbook, key: str, value: str) -> None:
    sheet = book["stamp"]
    row = next(n for n in range(1, 12) if sheet.cell(n, 1).value == key)
    sheet.cell(row, 2).value = value


def test_the_workbook_of_another_case(given: Assessment, world: World) -> None:
    """Of the same enterprise, and of another one."""
    other = factories.open_case(world.enterprise_admin, world.enterprise, edition="gbt36073-2025")
    strange = factories.open_case(world.stranger, world.other_enterprise)
    case = seen(given, world.enterprise_admin)
    for there, user in ((other, world.enterprise_admin), (strange, world.stranger)):
        where, message = fault(read(exported(there, user), case, {}))
        assert where == ""
        assert message.zh.startswith(f"工作簿出自评估 {there.number}，不能导入 {given.number}。")


def test_the_workbook_of_another_edition(given: Assessment, world: World) -> None:
    content = exported(given, world.enterprise_admin)
    Assessment.objects.filter(pk=given.pk).update(edition_code="gbt36073-2025")
    where, message = fault(read(content, seen(given, world.enterprise_admin), {}))
    assert where == ""
    assert message.zh.startswith("工作簿按标准版本 gbt36073-2018 导出，本评估采用 gbt36073-2025，")


def _macros(content: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.infolist():
            new.writestr(member, old.read(member))
        new.writestr("xl/vbaProject.bin", b"\xd0\xcf\x11\xe0")
    return out.getvalue()


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda c: c[: len(c) // 2], "文件不是可读取的 XLSX 工作簿，或内容已损坏"),
        (lambda c: c.replace(b"PK\x01\x02", b"PK\x09\x09"), "或内容已损坏"),
        (lambda c: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512, "文件已加密，或是旧的 XLS 格式"),
        (lambda c: b"%PDF-1.7", "不是可读取的 XLSX 工作簿"),
        (lambda c: c + b"\0" * 5_300_000, "文件超过 5 MB 的上限。请只保留导出工作簿的原有工作表"),
        (_macros, "文件含有宏，不予读取"),
    ],
)
def test_files_that_are_no_workbooks(given: Assessment, world: World, spoil: Any, words: str) -> None:
    reading = read(spoil(exported(given, world.enterprise_admin)), seen(given, world.enterprise_admin), {})
    where, message = fault(reading)
    assert where == ""
    assert words in message.zh


def test_a_huge_cell_costs_one_fault(back: Callable[..., Reading]) -> None:
    assert "共 32767 字" in fault(back(put(f"{NOTE}50", "长" * 40_000)))[1].zh


def test_all_faults_at_once_and_capped(back: Callable[..., Reading]) -> None:
    def change(book: Workbook) -> None:
        for n in range(2, 400):
            put(f"{VERDICT}{n}", "也许")(book)

    reading = back(change)
    assert (len(reading.faults), reading.total, reading.entries) == (MOST_FAULTS, 398, ())
    assert reading.faults[0].place == f"填写!{VERDICT}2"


def test_rows_of_others_are_faults_once_changed(back: Callable[..., Reading]) -> None:
    closed = {FIRST: ("钱进", "孙立"), SECOND: (), THIRD: ("钱进",)}

    def change(book: Workbook) -> None:
        sheet = book.worksheets[0]
        for code in (FIRST, SECOND):
            put(f"{NOTE}{row_of(sheet, code)}", "改了")(book)

    reading = back(change, closed)
    assert [(f.place, f.message.zh[:30]) for f in reading.faults] == [
        ("填写!A2", "条款 6.1-L1-01 由钱进、孙立负责填报，您不能修改。"),
        ("填写!A3", "条款 6.1-L1-02 未分配给您填报。请恢复该行原有内容"),
    ]


def test_what_counts_as_a_day() -> None:
    whole = answer_cells._whole
    assert [whole(n) for n in (1990, 32_873, 32_874, 46_348, 80_353, 80_354, 10**15, 1.5)] == [
        1990, 32_873, None, None, None, 80_354, None, None,
    ]  # fmt: skip


def test_what_comes_from_openpyxl_alone_is_no_workbook_of_ours(given: Assessment, world: World) -> None:
    book = Workbook()
    book.active.title = "填写"
    assert "工作簿标识缺失" in fault(read(saved(book), seen(given, world.enterprise_admin), {}))[1].zh
