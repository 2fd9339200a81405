"""Filling in with workbooks: who may, what a preview says, all or nothing, and many departments without loss."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from openpyxl import Workbook, load_workbook

from assessments.actions import questionnaire
from assessments.actions.answer_imports import MOST_PENDING
from assessments.actions.questionnaire import Given
from assessments.models import Answer, AnswerImport, Assessment, Event, User
from assessments.models.questionnaire import NOTE_MAX
from assessments.standard import get_edition
from tests import factories
from tests.answer_files import changed, confirm, download, filled, stored, upload
from tests.conftest import World

#: All in the domain whose workbook most tests take, for the whole standard is slow to save.
A, B, C, D, PART = "6.1-L1-01", "6.1-L1-02", "6.1-L2-01", "6.2-L1-01", "6"
SIZE = len([c for c in get_edition("gbt36073-2018").criteria if c.startswith("6.")])
PAGES = ("answer_workbook", "answer_workbook_download", "answer_import_new")


@pytest.fixture
def admin(login: Callable[..., Client], world: World) -> Client:
    return login(world.enterprise_admin)


@pytest.fixture
def case(world: World, draft_case: Assessment) -> Assessment:
    """A draft with three answers of the contributor and one of the administrator."""
    save(draft_case, world.contributor, {A: ("full", "甲"), B: ("largely", "乙"), C: ("none", "丙")})
    save(draft_case, world.enterprise_admin, {D: ("full", "丁")})
    return draft_case


def save(case: Assessment, by: User, answers: dict[str, tuple[str, str]]) -> None:
    """What people save online."""
    versions = dict(Answer.objects.filter(assessment=case).values_list("criterion_code", "version"))
    given = {code: Given(v, note=n, version=versions.get(code, 0)) for code, (v, n) in answers.items()}
    questionnaire.save_many(by=by, number=case.number, answers=given, at=timezone.now())


def waiting(client: Client, case: Assessment, content: bytes, name: str = "部门.xlsx") -> str:
    """The address of the preview."""
    response = upload(client, case, content, name)
    assert response.status_code == 302, [str(f.message) for f in response.context["reading"].faults]
    return str(response["Location"])


def text_of(response: Any) -> str:
    found: str = response.content.decode()
    return found


def counts(case: Assessment) -> tuple[int, int, int]:
    return (
        Answer.objects.filter(assessment=case).count(),
        Event.objects.filter(assessment=case).count(),
        AnswerImport.objects.filter(assessment=case).count(),
    )


def codes(lines: Any) -> list[str]:
    return [line.criterion.code for line in lines]


# --- who --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "status"),
    [("viewer", 403), ("stranger", 404), ("nobody", 404), ("officer", 404), ("lead", 404), ("body_manager", 404)],
)
def test_nobody_else(
    login: Callable[..., Client], world: World, admin: Client, case: Assessment, who: str, status: int
) -> None:
    content = download(admin, case, PART)
    address = waiting(admin, case, filled(content, {A: ("不满足", "甲")}))
    before, says = counts(case), stored(case)
    client = login(getattr(world, who))
    assert [client.get(reverse(page, args=[case.number])).status_code for page in PAGES] == [status] * 3
    assert client.get(address).status_code == status
    assert client.post(address, {"seen": "x"}).status_code == status
    assert client.post(f"{address}discard/").status_code == status
    assert upload(client, case, content).status_code == status
    assert (counts(case), stored(case)) == (before, says)


def test_visitors_log_in_first(case: Assessment) -> None:
    for page in PAGES:
        assert Client().get(reverse(page, args=[case.number]))["Location"].startswith("/accounts/login/")


def test_once_finalised_nothing_goes_out_or_in(admin: Client, world: World, answered_case: Assessment) -> None:
    content = download(admin, answered_case)
    address = waiting(admin, answered_case, filled(content, {A: ("不满足", "甲")}))
    factories.state_eligibility(answered_case, world.enterprise_admin)
    factories.move(answered_case, world.enterprise_admin, "finalise", pledge=True)
    before, says = counts(answered_case), stored(answered_case)
    page = admin.get(reverse("answer_workbook", args=[answered_case.number]))
    assert page.status_code == 403
    assert "自评已提交，作答不能再修改" in text_of(page)
    assert upload(admin, answered_case, content).status_code == 403
    assert admin.post(address, {"seen": "x"}).status_code == 403
    assert admin.post(f"{address}discard/").status_code == 403
    assert (counts(answered_case), stored(answered_case)) == (before, says)


def test_an_import_is_its_uploaders_and_the_administrators(
    login: Callable[..., Client], world: World, admin: Client, case: Assessment
) -> None:
    """Another contributor of the same enterprise sees nothing of it, not even that it is there."""
    colleague = factories.make_user("杨同事")
    factories.join(colleague, world.enterprise, "contributor")  # type: ignore[arg-type]
    uploader, other = login(world.contributor), login(colleague)
    address = waiting(uploader, case, filled(download(uploader, case, PART), {A: ("不满足", "甲")}), "财务部绝密.xlsx")
    lists = [text_of(c.get(reverse("answer_workbook", args=[case.number]))) for c in (uploader, admin, other)]
    assert ["财务部绝密" in page for page in lists] == [True, True, False]
    before = counts(case)
    assert [other.get(address).status_code, other.post(address, {"seen": "x"}).status_code] == [404, 404]
    assert other.post(f"{address}discard/").status_code == 404
    assert counts(case) == before
    assert confirm(admin, address).status_code == 302
    assert stored(case)[A] == ("none", "", "甲")
    assert Answer.objects.get(assessment=case, criterion_code=A).saved_by == world.enterprise_admin


def test_an_import_of_another_case_is_not_there(admin: Client, world: World, case: Assessment) -> None:
    address = waiting(admin, case, filled(download(admin, case, PART), {A: ("不满足", "甲")}))
    other = factories.open_case(world.enterprise_admin, world.enterprise, edition="gbt36073-2025")
    assert admin.get(address.replace(case.number, other.number)).status_code == 404
    assert admin.post(address.replace(case.number, other.number), {"seen": "x"}).status_code == 404
    assert stored(case)[A] == ("full", "", "甲")


# --- out --------------------------------------------------------------------------------------------------------------


def test_parts(login: Callable[..., Client], world: World, admin: Client, case: Assessment) -> None:
    case.delegations.create(user=world.contributor, part_code="6.1")
    case.delegations.create(user=world.contributor, part_code="8")
    client = login(world.contributor)
    form = client.get(reverse("answer_workbook", args=[case.number])).context["form"]
    domains = [d.code for d in case.edition.domains]
    assert list(form.parts) == ["all", "mine", *domains]
    person = f"person-{world.contributor.pk}"
    assert list(admin.get(reverse("answer_workbook", args=[case.number])).context["form"].parts) == [
        "all", person, *domains,
    ]  # fmt: skip
    sizes = {
        part: load_workbook(io.BytesIO(download(admin, case, part))).worksheets[0].max_row - 1
        for part in ("all", "7", person)
    }
    held = {c.code for c in case.edition.criteria.values() if c.item_code == "6.1" or c.domain_code == "8"}
    seven = [c for c in case.edition.criteria if c.startswith("7.")]
    assert sizes == {"all": 445, "7": len(seven), person: len(held)}
    mine = load_workbook(io.BytesIO(download(client, case, "mine"))).worksheets[0]
    assert {c.value for c in mine["A"][1:]} == held
    for part in ("", "99", "person-0", "mine"):
        page = admin.get(reverse("answer_workbook_download", args=[case.number]), {"part": part})
        assert page.status_code == 422


def test_a_download_is_an_event(admin: Client, world: World, case: Assessment) -> None:
    response = admin.get(reverse("answer_workbook_download", args=[case.number]), {"part": "7"})
    assert f"{case.number}_7_" in response["Content-Disposition"]
    assert response["Cache-Control"] == "private, no-store"
    event = Event.objects.get(action="answers.exported")
    assert (event.actor, event.subject[:2]) == (world.enterprise_admin, "7 ")
    assert event.after["count"] == len([c for c in case.edition.criteria if c.startswith("7.")])


def test_evidence_is_named_and_not_read(admin: Client, world: World, case: Assessment) -> None:
    file = factories.keep_file(world.enterprise, world.enterprise_admin, "=制度.pdf")
    factories.link_file(case, A, file, world.enterprise_admin, pointer="第 3 页")
    content = download(admin, case, PART)
    assert load_workbook(io.BytesIO(content)).worksheets[0]["K2"].value == "=制度.pdf 第 3 页"
    assert upload(admin, case, content).context["unchanged"].kept == SIZE


# --- back -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_untouched_nothing_is_to_be_done(admin: Client, case: Assessment, language: str) -> None:
    admin.cookies["django_language"] = language
    content = download(admin, case)
    before = counts(case)
    page = upload(admin, case, content)
    assert (page.status_code, page.context["unchanged"].kept, page.context["unchanged"].lines) == (200, 445, ())
    assert counts(case) == before


def test_everything_filled_in_arrives(admin: Client, case: Assessment) -> None:
    """In the English workbook, confirmed at once; then the same file again changes nothing."""
    admin.cookies["django_language"] = "en"
    verdicts = ["Fully met", "Largely met", "Partially met", "Not met"]
    wanted = {c: (verdicts[n % 4], f"note {n}") for n, c in enumerate(case.edition.criteria)}
    content = filled(download(admin, case), wanted)
    address = waiting(admin, case, content)
    assert len(admin.get(address).context["plan"].changed) == 445
    assert confirm(admin, address)["Location"] == reverse("answer_workbook", args=[case.number])
    short = ["full", "largely", "partially", "none"]
    assert stored(case) == {c: (short[n % 4], "", f"note {n}") for n, c in enumerate(case.edition.criteria)}
    case.refresh_from_db()
    assert (case.self_answered, AnswerImport.objects.get().written) == (445, 445)
    admin.cookies["django_language"] = "zh-hans"
    again = upload(admin, case, content)
    assert again.context["unchanged"].kept == 445
    assert "中的 445 条作答与线上一致，不需要导入" in text_of(again)


def test_an_upload_alone_writes_nothing(admin: Client, world: World, case: Assessment) -> None:
    content, says = filled(download(admin, case, PART), {A: ("不满足", "甲改")}), stored(case)
    address = waiting(admin, case, content, "一部.xlsx")
    page = admin.get(address)
    assert (codes(page.context["plan"].changed), page.context["plan"].kept) == ([A], SIZE - 1)
    for words in ("甲改", "一部.xlsx", "钱进", A):
        assert words in text_of(page)
    assert stored(case) == says
    assert waiting(admin, case, content, "一部.xlsx") == address, "the same file is not kept twice"
    assert [e.action for e in Event.objects.order_by("-pk")[:2]] == ["answers.uploaded", "answers.exported"]
    confirm(admin, address)
    after = dict(Event.objects.get(action="answers.imported").after)
    assert (after["name"], after["written"], after["left"]) == ("一部.xlsx", 1, [])
    saved = Event.objects.filter(action="answers.saved").latest("pk")
    assert (saved.actor, saved.before[A]["note"], saved.after[A]["note"]) == (world.enterprise_admin, "甲", "甲改")


def test_discarding_leaves_everything(admin: Client, case: Assessment) -> None:
    says = stored(case)
    address = waiting(admin, case, filled(download(admin, case, PART), {A: ("不满足", "甲改")}))
    page = admin.post(f"{address}discard/", follow=True)
    assert "已放弃导入“部门.xlsx”，线上作答没有改动。" in text_of(page)
    assert stored(case) == says
    assert "已放弃" in text_of(admin.get(address))
    for late in (admin.post(address, {"seen": "x"}), admin.post(f"{address}discard/")):
        assert late.status_code == 409
        assert "该工作簿已处理" in text_of(late)
    assert stored(case) == says


def test_only_so_many_wait(admin: Client, case: Assessment, world: World) -> None:
    rows = {"untouched": 0, "answers": [], "remarks": [], "part": "", "exported_at": "", "exported_by": ""}
    AnswerImport.objects.bulk_create(
        AnswerImport(
            assessment=case, name=f"{n}.xlsx", sha256=str(n), rows=rows, uploaded_by=world.enterprise_admin,
            uploaded_at=timezone.now(),
        )
        for n in range(MOST_PENDING)
    )  # fmt: skip
    page = upload(admin, case, filled(download(admin, case, PART), {A: ("不满足", "甲改")}))
    assert page.status_code == 409
    assert "您有 20 份工作簿待确认" in text_of(page)


def test_faults_are_listed_and_nothing_is_kept(admin: Client, case: Assessment) -> None:
    def change(book: Workbook) -> None:
        sheet = book.worksheets[0]
        sheet["H2"], sheet["J3"] = "=1", "<script>" * 600

    content = changed(download(admin, case, PART), change)
    before = counts(case)
    page = upload(admin, case, content, "<b>坏.xlsx")
    assert page.status_code == 422
    body = text_of(page)
    assert body.index("填写!H2") < body.index("填写!J3")
    for words in (
        "H2 含公式，请改为文字",
        "共 4800 字，超过 4000 字",
        "发现 2 处问题，线上作答没有改动",
        "&lt;b&gt;坏.xlsx",
    ):
        assert words in body
    assert counts(case) == before


def test_forms_without_a_usable_file(admin: Client, case: Assessment) -> None:
    before, address = counts(case), reverse("answer_import_new", args=[case.number])
    assert "请选择要导入的工作簿" in text_of(admin.post(address))
    large = SimpleUploadedFile("大.xlsx", b"0" * (5 * 1024 * 1024 + 1))
    assert "请删除工作簿中的图片等内容后重新上传" in text_of(admin.post(address, {"workbook": large}))
    assert admin.get(address).status_code == 200
    assert counts(case) == before


# --- three ways -------------------------------------------------------------------------------------------------------


def test_every_way_two_sides_may_differ(admin: Client, world: World, case: Assessment) -> None:
    """Untouched, changed here, changed there, the same in both, different in both, emptied."""
    content = download(admin, case, PART)
    save(case, world.contributor, {B: ("full", "线上乙"), C: ("partially", "都改成这样"), D: ("none", "线上丁")})
    file = filled(content, {A: (None, "甲"), C: ("部分满足", "都改成这样"), D: ("大部分满足", "文件丁")})
    plan = admin.get(address := waiting(admin, case, file)).context["plan"]
    assert [codes(plan.of(k)) for k in ("changed", "conflict", "cleared", "same", "denied")] == [[], [D], [A], [C], []]
    assert plan.kept == SIZE - 2
    page = text_of(admin.get(address))
    for words in ("线上：钱进 于", "线上丁", "文件丁", "导出后线上已保存 1 次", "按文件写入 6.1-L1-01，清空原有内容"):
        assert words in page
    # Nothing chosen: everything stays, and what was typed online in between above all.
    confirm(admin, address)
    assert stored(case) == {
        A: ("full", "", "甲"),
        B: ("full", "", "线上乙"),
        C: ("partially", "", "都改成这样"),
        D: ("none", "", "线上丁"),
    }
    assert (AnswerImport.objects.get().written, AnswerImport.objects.get().state) == (0, "confirmed")
    assert Event.objects.get(action="answers.imported").after["left"] == [A, D]


@pytest.mark.parametrize(
    ("choice", "expected"),
    [
        ("online", ("none", "", "线上丁")),
        ("file", ("largely", "", "文件丁")),
        ("both", ("none", "", "线上丁\n【部门.xlsx {day}】\n文件丁")),
        ("made up", ("none", "", "线上丁")),
    ],
)
def test_a_conflict_is_decided(
    admin: Client, world: World, case: Assessment, choice: str, expected: tuple[str, str, str]
) -> None:
    content = download(admin, case, PART)
    save(case, world.contributor, {D: ("none", "线上丁")})
    address = waiting(admin, case, filled(content, {D: ("大部分满足", "文件丁"), A: ("不满足", "甲")}))
    confirm(admin, address, **{f"choice-{D}": choice})
    verdict, reason, note = expected
    day = timezone.localdate().isoformat()
    assert stored(case)[D] == (verdict, reason, note.format(day=day))
    assert stored(case)[A] == ("none", "", "甲"), "what is no conflict is written either way"


def test_notes_are_joined_only_where_they_fit(admin: Client, world: World, case: Assessment) -> None:
    content = download(admin, case, PART)
    save(case, world.contributor, {C: ("none", "线" * (NOTE_MAX - 5)), D: ("none", "线上：文件丁，另有补充")})
    address = waiting(admin, case, filled(content, {C: ("完全满足", "十个字以内"), D: ("完全满足", "文件丁")}))
    page = admin.get(address)
    assert [line.joined for line in page.context["plan"].conflicts] == [None, None]
    assert "合并两份说明" not in text_of(page)
    confirm(admin, address, **{f"choice-{C}": "both"})
    assert stored(case)[C][2] == "线" * (NOTE_MAX - 5)


def test_emptying_takes_a_tick(admin: Client, case: Assessment) -> None:
    content = filled(download(admin, case, PART), {A: (None, None), B: ("大部分满足", None)})
    address = waiting(admin, case, content)
    assert codes(admin.get(address).context["plan"].cleared) == [A, B]
    confirm(admin, address, **{f"clear-{A}": "1"})
    assert (stored(case)[A], stored(case)[B]) == (("", "", ""), ("largely", "", "乙"))


def test_a_carried_answer_that_was_not_touched_still_waits(admin: Client, case: Assessment) -> None:
    Answer.objects.filter(assessment=case, criterion_code__in=[A, B]).update(is_carried=True)
    confirm(admin, waiting(admin, case, filled(download(admin, case, PART), {B: ("完全满足", "乙")})))
    carried = dict(Answer.objects.filter(assessment=case).values_list("criterion_code", "is_carried"))
    assert (carried[A], carried[B]) == (True, False)


def test_an_answer_saved_while_checking_stops_the_whole(admin: Client, world: World, case: Assessment) -> None:
    """Nothing is written, the page is made anew, and what was chosen stays chosen."""
    content = download(admin, case, PART)
    save(case, world.contributor, {D: ("none", "线上丁")})
    address = waiting(admin, case, filled(content, {A: ("不满足", "文件甲"), D: ("大部分满足", "文件丁")}))
    seen = admin.get(address).context["plan"].seen
    save(case, world.contributor, {A: ("partially", "刚刚改的")})
    says, before = stored(case), counts(case)
    page = admin.post(address, {"seen": seen, f"choice-{D}": "file"})
    assert page.status_code == 409
    assert "本次没有写入" in text_of(page)
    assert codes(page.context["plan"].conflicts) == [A, D]
    assert (stored(case), counts(case)) == (says, before)
    assert f'name="choice-{D}" value="file" checked' in text_of(page)
    assert admin.post(address, {}).status_code == 409, "a form that was cut short writes nothing either"
    done = admin.post(address, {"seen": page.context["plan"].seen, f"choice-{D}": "file"})
    assert done.status_code == 302
    assert (stored(case)[A], stored(case)[D]) == (("partially", "", "刚刚改的"), ("largely", "", "文件丁"))


def test_parts_of_others_are_refused_on_upload_and_left_out_later(
    login: Callable[..., Client], world: World, admin: Client, case: Assessment
) -> None:
    colleague = factories.make_user("杨同事")
    factories.join(colleague, world.enterprise, "contributor")  # type: ignore[arg-type]
    case.delegations.create(user=world.contributor, part_code="6.1")
    case.delegations.create(user=colleague, part_code="6.2")
    client = login(world.contributor)
    content = download(client, case, PART)
    refused = upload(client, case, filled(content, {A: ("不满足", "甲"), D: ("不满足", "丁")}))
    assert [f.message.zh for f in refused.context["reading"].faults] == [
        f"条款 {D} 由杨同事负责填报，您不能修改。请恢复该行原有内容，或请其上传。"
    ]
    address = waiting(client, case, filled(content, {A: ("不满足", "甲"), B: ("不满足", "乙")}))
    case.delegations.filter(user=world.contributor).update(part_code="8")
    case.delegations.create(user=colleague, part_code="6")
    plan = client.get(address).context["plan"]
    assert (codes(plan.denied), plan.has_work, plan.denied[0].people) == ([A, B], False, ("杨同事",))
    assert confirm(client, address).status_code == 302
    assert (stored(case)[A], stored(case)[B]) == (("full", "", "甲"), ("largely", "", "乙"))


# --- many departments -------------------------------------------------------------------------------------------------


def test_departments_one_after_the_other(
    login: Callable[..., Client], world: World, admin: Client, case: Assessment
) -> None:
    """Twelve files of one export: ten apart, two over what came before; somebody works online all the while."""
    content = download(admin, case, PART)
    listed = [c for c in case.edition.criteria if c.startswith("6.") and c not in (A, B, C, D)]
    online, theirs = listed[:12], listed[12:]
    by_department = [theirs[3 * n : 3 * n + 3] for n in (*range(10), 9, 8)]
    wanted = stored(case)
    conflicts = []
    for n, department in enumerate(by_department):
        file = filled(content, dict.fromkeys(department, ("大部分满足", f"部门 {n}")))
        save(case, world.contributor, {online[n]: ("partially", f"线上 {n}")})
        address = waiting(admin, case, file, f"部门{n}.xlsx")
        plan = admin.get(address).context["plan"]
        conflicts.append(codes(plan.conflicts))
        assert plan.kept == SIZE - 3
        chosen = {f"choice-{code}": ("file", "both", "online")[k] for k, code in enumerate(conflicts[n])}
        assert admin.post(address, {"seen": plan.seen, **chosen}).status_code == 302
        wanted |= {online[n]: ("partially", "", f"线上 {n}")}
        wanted |= {code: ("largely", "", f"部门 {n}") for code in department if code not in conflicts[n]}
    day = timezone.localdate().isoformat()
    for late, early in ((10, 9), (11, 8)):
        first, second, _third = by_department[late]
        wanted[first] = ("largely", "", f"部门 {late}")
        wanted[second] = ("largely", "", f"部门 {early}\n【部门{late}.xlsx {day}】\n部门 {late}")
    assert conflicts == [[]] * 10 + [by_department[9], by_department[8]]
    assert stored(case) == wanted
    assert [r.written for r in AnswerImport.objects.order_by("pk")] == [3] * 10 + [2, 2]


# --- cost -------------------------------------------------------------------------------------------------------------


def test_the_cost_does_not_grow_with_the_answers(admin: Client, case: Assessment) -> None:
    def cost(do: Callable[[], Any]) -> int:
        with CaptureQueriesContext(connection) as found:
            do()
        return len(found)

    spent = []
    for size in (4, 40):
        content = download(admin, case, PART)
        wanted = dict.fromkeys(list(case.edition.criteria)[:size], ("部分满足", f"第 {size} 轮"))
        file = filled(content, wanted)
        costs = [cost(lambda: download(admin, case, PART)), cost(lambda: upload(admin, case, file))]  # noqa: B023
        address = reverse("answer_import", args=[case.number, AnswerImport.objects.latest("pk").pk])
        seen = admin.get(address).context["plan"].seen
        costs.append(cost(lambda: admin.get(address)))  # noqa: B023
        costs.append(cost(lambda: admin.post(address, {"seen": seen})))  # noqa: B023
        spent.append(costs)
    assert spent[0] == spent[1]
    assert max(spent[0]) <= 30


def test_the_list_of_imports_does_not_ask_more_when_it_grows(admin: Client, world: World, case: Assessment) -> None:
    address, spent = reverse("answer_workbook", args=[case.number]), []
    for n in (1, 8):
        AnswerImport.objects.bulk_create(
            AnswerImport(
                assessment=case, name=f"{n}-{k}.xlsx", sha256="0", rows={}, uploaded_by=world.contributor,
                uploaded_at=timezone.now(),
            )
            for k in range(n)
        )  # fmt: skip
        with CaptureQueriesContext(connection) as found:
            page = admin.get(address)
        assert text_of(page).count(".xlsx</a>") == AnswerImport.objects.count()
        spent.append(len(found))
    assert spent[0] == spent[1]
