"""Managing editions in the browser: who may, what is said, and that nothing changes before it is confirmed."""

from __future__ import annotations

import io
import logging
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from openpyxl import load_workbook

from assessments.actions import editions as actions
from assessments.forms.edition_workbook import read
from assessments.models import Event, User
from assessments.standard import Edition, get_draft, get_edition, get_window, installation
from assessments.standard.installed import INDEX
from tests import editions as given
from tests.conftest import World

HOME = "/standard/manage/"
IMPORT = f"{HOME}import/"
DRAFT = f"{HOME}drafts/{given.SHIPPED}/"
ERRATA = f"{HOME}editions/{given.SHIPPED}/errata/"
WINDOW = f"{HOME}editions/{given.SHIPPED}/transition/"
CRITERION = "6.1-L1-01"


@pytest.fixture
def client(login: Callable[..., Client], system_administrator: User) -> Client:
    return login(system_administrator)


@pytest.fixture
def content() -> bytes:
    return given.licensed(get_edition(given.SHIPPED))


@pytest.fixture
def draft(system_administrator: User, content: bytes) -> Edition:
    edition = read(content).edition
    assert edition
    actions.save_draft(by=system_administrator, edition=edition, workbook="f" * 64, at=timezone.now())
    return get_draft(given.SHIPPED)


def upload(client: Client, content: bytes, name: str = "2018.xlsx", **more: str) -> Any:
    return client.post(IMPORT, {"workbook": SimpleUploadedFile(name, content), **more})


def text_of(response: Any) -> str:
    found: str = response.content.decode()
    return found


PAGES = [
    HOME, IMPORT, f"{IMPORT}{'0' * 64}/", f"{HOME}new.xlsx?base={given.SHIPPED}&code={given.NEW}",
    f"{HOME}editions/{given.SHIPPED}/edition.xlsx", ERRATA, WINDOW, DRAFT, f"{DRAFT}edition.xlsx", f"{DRAFT}publish/",
    f"{DRAFT}delete/",
]  # fmt: skip


# --- who --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["officer", "enterprise_admin", "stranger", "auditor", "body_manager", "nobody"])
def test_nobody_else_comes_in(login: Any, world: World, draft: Edition, content: bytes, who: str) -> None:
    client, stands, events = login(getattr(world, who)), given.state(), Event.objects.count()
    assert [client.get(page).status_code for page in PAGES] == [403] * len(PAGES)
    assert "只有系统管理员可以管理标准版本" in text_of(client.get(HOME))
    assert upload(client, content).status_code == 403
    for page in (ERRATA, WINDOW, f"{DRAFT}publish/", f"{DRAFT}delete/"):
        assert client.post(page, {"folder": given.seen(), "typed": given.SHIPPED}).status_code == 403
    assert (given.state(), Event.objects.count()) == (stands, events)


def test_visitors_log_in_first(db: None) -> None:
    for page in PAGES:
        assert Client().get(page)["Location"].startswith("/accounts/login/")


def test_the_administrator_finds_the_way(client: Client) -> None:
    home = text_of(client.get("/"))
    assert home.count(f'href="{HOME}"') == 2, "in the side navigation, and where there is nothing to do"
    page = text_of(client.get(HOME))
    assert page.count('aria-current="page"') == 1


@pytest.mark.parametrize("page", ["editions/none-1/errata/", "drafts/none-1/", "import/../x/", f"import/{'z' * 64}/"])
def test_what_is_not_there(client: Client, page: str) -> None:
    assert client.get(HOME + page).status_code == 404


# --- the list ---------------------------------------------------------------------------------------------------------


def test_everything_in_one_place(client: Client, system_administrator: User, draft: Edition) -> None:
    page = text_of(client.get(HOME))
    for words in ("gbt36073-2018", "gbt36073-2025", "随平台提供", "替代现有文字", "暂定", "没有勘误"):
        assert words in page
    assert system_administrator.name in page


def test_the_list_does_not_ask_more_with_more_editions(
    client: Client, system_administrator: User, draft: Edition, django_assert_max_num_queries: Any
) -> None:
    client.get(HOME)
    with django_assert_max_num_queries(9):
        client.get(HOME)
    other = read(given.licensed(get_edition(given.SHIPPED), new_code=given.NEW)).edition
    assert other
    actions.save_draft(by=system_administrator, edition=other, workbook="f" * 64, at=timezone.now())
    actions.publish(by=system_administrator, code=given.NEW, folder=given.seen(given.NEW), at=timezone.now())
    with django_assert_max_num_queries(9):
        assert "导入发布" in text_of(client.get(HOME))


def test_one_damaged_edition_does_not_hide_the_others(client: Client, system_administrator: User) -> None:
    other = read(given.licensed(get_edition(given.SHIPPED), new_code=given.NEW)).edition
    assert other
    actions.save_draft(by=system_administrator, edition=other, workbook="f" * 64, at=timezone.now())
    actions.publish(by=system_administrator, code=given.NEW, folder=given.seen(given.NEW), at=timezone.now())
    (given.root() / installation().published[given.NEW].folder / "06.json").unlink()
    from assessments.standard import catalogue

    catalogue._loaded.cache_clear()
    catalogue._corrected.cache_clear()
    page = text_of(client.get(HOME))
    assert "数据已损坏，该版本暂不能使用" in page
    assert "06.toml: file: expected this file, which is missing" in page
    assert "gbt36073-2025" in page


@pytest.mark.parametrize("content", ["", "{", '{"published": {}}'])
def test_an_index_that_cannot_be_read_is_said_with_a_reference(
    client: Client, login: Any, world: World, content: str, caplog: pytest.LogCaptureFixture
) -> None:
    given.root().mkdir(parents=True)
    (given.root() / INDEX).write_text(content)
    with caplog.at_level(logging.ERROR):
        page = client.get(HOME)
    assert page.status_code == 503
    assert "标准数据暂时无法读取" in text_of(page)
    assert INDEX in text_of(page), "who manages the editions reads which file it is"
    reference = text_of(page).split('<span class="code">')[1].split("<")[0]
    assert f"reference {reference}: GET {HOME}" in caplog.text
    other = login(world.enterprise_admin).get("/assessments/new/")
    assert other.status_code == 503
    assert INDEX not in text_of(other)
    assert Client().get("/").status_code == 503
    assert given.state() == {INDEX: content.encode()}


# --- out and in -------------------------------------------------------------------------------------------------------


def test_an_export_is_a_workbook_and_an_event(client: Client, system_administrator: User) -> None:
    response = client.get(f"{HOME}editions/{given.SHIPPED}/edition.xlsx")
    assert response["Content-Disposition"] == f'attachment; filename="{given.SHIPPED}.xlsx"'
    assert response["Cache-Control"] == "private, no-store"
    book = load_workbook(io.BytesIO(b"".join(response.streaming_content)))
    assert book.sheetnames == ["说明", "版本", "能力域", "能力项", "条款"]
    event = Event.objects.get(action="edition.exported")
    assert (event.subject, event.actor) == (given.SHIPPED, system_administrator)


def test_the_pattern_of_a_new_edition(client: Client) -> None:
    response = client.get(f"{HOME}new.xlsx", {"base": given.SHIPPED, "code": given.NEW})
    assert response["Content-Disposition"] == f'attachment; filename="{given.NEW}.xlsx"'
    for code, words in (
        ("", "请填写新版本编号"),
        (given.SHIPPED, "该编号已在使用"),
        ("Neu!", "请用小写字母"),
        ("manage", "须含数字"),
    ):
        page = text_of(client.get(f"{HOME}new.xlsx", {"base": given.SHIPPED, "code": code}))
        assert words in page


def test_an_upload_is_looked_at_before_it_is_kept(client: Client, content: bytes) -> None:
    checked = upload(client, content)
    assert checked.status_code == 302
    page = text_of(client.get(checked["Location"]))
    edition = read(content).edition
    assert edition
    for words in (edition.checksum, "授权文字 6.1-L1-01", "文字有改动的条款", "存为草稿：替代现有文字", "授权文本"):
        assert words in page
    assert get_edition(given.SHIPPED).criteria[CRITERION].text.zh in page, "the wording before stands beside the new"
    assert installation().drafts == {}, "nothing is kept by looking"
    assert client.get(checked["Location"], {"page": "99", "domain": "13"}).status_code == 200
    kept = client.post(checked["Location"])
    assert kept["Location"] == DRAFT
    assert get_draft(given.SHIPPED) == edition
    assert Event.objects.get(action="edition.drafted").subject == given.SHIPPED
    again = client.post(checked["Location"], follow=True)
    assert "该次上传已处理或已过期" in text_of(again)
    assert Event.objects.filter(action="edition.drafted").count() == 1


def test_a_new_edition_is_shown_whole(client: Client) -> None:
    checked = upload(client, given.licensed(get_edition(given.SHIPPED), new_code=given.NEW))
    page = text_of(client.get(checked["Location"]))
    for words in ("存为草稿：新增版本", "6.1-L1-01", "6.3-L5-01"):
        assert words in page
    assert "7.1-L1-01" not in page, "one domain at a time"
    assert "7.1-L1-01" in text_of(client.get(checked["Location"], {"domain": "7"}))
    client.post(checked["Location"])
    assert get_draft(given.NEW).code == given.NEW


def test_faults_are_listed_with_their_cells(client: Client) -> None:
    def change(book: Any) -> None:
        book["条款"]["C17"], book["条款"]["E18"] = "=A1", None

    page = text_of(upload(client, given.licensed(get_edition(given.SHIPPED), change), "我的工作簿.xlsx"))
    assert "“我的工作簿.xlsx”未导入" in page
    assert page.index("条款!C17") < page.index("条款!E18")
    assert "发现 2 处问题，平台数据没有改动" in page
    assert given.state() == {}
    assert not Event.objects.filter(action__startswith="edition.").exists()


def test_forms_without_a_usable_file(client: Client, settings: Any) -> None:
    assert "请选择要导入的工作簿" in text_of(client.post(IMPORT))
    assert "所选文件是空文件" in text_of(upload(client, b""))
    assert "超过 5 MB 的上限" in text_of(upload(client, b"x" * (5 * 1024 * 1024 + 1)))
    settings.EVIDENCE_MAX_BYTES = 1000
    assert "超过 5 MB 的上限" in text_of(upload(client, b"x" * 100_000)), "cut off while it arrived"
    assert "不是可读取的 XLSX 工作簿" in text_of(upload(client, b"x"))
    assert given.state() == {}


def test_another_administrators_upload_is_not_there(client: Client, login: Any, world: World, content: bytes) -> None:
    from assessments.workflow import Role
    from tests import factories

    other = factories.make_user("另一管理员")
    factories.join(other, world.auditor.memberships.get().organisation, Role.SYSTEM_ADMINISTRATOR)
    checked = upload(client, content)["Location"]
    assert login(other).get(checked)["Location"] == IMPORT
    assert login(other).post(checked)["Location"] == IMPORT
    assert installation().drafts == {}


# --- drafts -----------------------------------------------------------------------------------------------------------


def test_publishing_asks_for_the_code(client: Client, draft: Edition) -> None:
    page = text_of(client.get(f"{DRAFT}publish/"))
    for words in (draft.checksum, "发布后文字冻结，不能撤回、替换或删除", "8 个能力域、28 个能力项、445 条条款"):
        assert words in page
    for typed in ("", "gbt36073"):
        assert client.post(f"{DRAFT}publish/", {"folder": given.seen(), "typed": typed}).status_code == 200
    assert "已被替换" in text_of(client.post(f"{DRAFT}publish/", {"folder": "0" * 64, "typed": given.SHIPPED}))
    assert installation().published == {}
    done = client.post(f"{DRAFT}publish/", {"folder": given.seen(), "typed": given.SHIPPED}, follow=True)
    assert "即时生效" in text_of(done)
    assert get_edition(given.SHIPPED) == draft
    assert client.get(DRAFT).status_code == 404


def test_frozen_text_leads_to_errata(client: Client, draft: Edition, content: bytes) -> None:
    client.post(f"{DRAFT}publish/", {"folder": given.seen(), "typed": given.SHIPPED})
    exported = client.get(f"{HOME}editions/{given.SHIPPED}/edition.xlsx")
    book = load_workbook(io.BytesIO(b"".join(exported.streaming_content)))
    book["条款"]["C2"] = "又一份文字"
    checked = upload(client, given.saved(book))["Location"]
    stands = given.state()
    page = text_of(client.get(checked))
    assert "不能存为草稿" in page
    assert f"{ERRATA}?criterion=6.1-L1-01&amp;part=text" in page
    assert ">存为草稿</button>" not in page
    assert client.post(checked).status_code == 409
    assert given.state() == stands


def test_a_draft_is_deleted_once_confirmed(client: Client, draft: Edition) -> None:
    assert "不能恢复" in text_of(client.get(f"{DRAFT}delete/"))
    assert installation().drafts
    done = client.post(f"{DRAFT}delete/", {"folder": given.seen()}, follow=True)
    assert f"已删除草稿 {given.SHIPPED}" in text_of(done)
    assert given.state().keys() == {INDEX}


def test_a_draft_goes_out_and_comes_in_again(client: Client, draft: Edition) -> None:
    exported = client.get(f"{DRAFT}edition.xlsx")
    book = load_workbook(io.BytesIO(b"".join(exported.streaming_content)))
    book["条款"]["C2"] = "再改一次"
    checked = upload(client, given.saved(book))["Location"]
    assert "该编号已有草稿，保存后以本次导入的内容取代" in text_of(client.get(checked))
    client.post(checked)
    assert get_draft(given.SHIPPED).criteria[CRITERION].text.zh == "再改一次"


# --- errata and days --------------------------------------------------------------------------------------------------


def correction(client: Client, **changes: str) -> Any:
    page = client.get(ERRATA, {"criterion": CRITERION, "part": "text"})
    values = {
        "zh": "更正后的文字",
        "en": "Corrected wording",
        "reason_zh": "笔误",
        "reason_en": "A slip",
        "seen": page.context["form"].initial["seen"],
    }
    return client.post(f"{ERRATA}?criterion={CRITERION}&part=text", values | changes)


def test_an_erratum_in_three_steps(client: Client) -> None:
    before = get_edition(given.SHIPPED).criteria[CRITERION].text
    assert "该版本没有此条款" in text_of(client.get(ERRATA, {"criterion": "6.1-L1-99", "part": "text"}))
    assert before.zh in text_of(client.get(ERRATA, {"criterion": CRITERION, "part": "text"}))
    check = text_of(correction(client))
    assert before.zh in check
    assert "更正后的文字" in check
    assert get_edition(given.SHIPPED).errata == ()
    assert "返回修改" not in text_of(correction(client, revise="1")), "back to the form, with what was written"
    correction(client, confirmed="1")
    page = text_of(client.get(HOME))
    today = timezone.localdate()
    for words in (CRITERION, "更正后的文字", before.zh, "笔误", today.isoformat()):
        assert words in page
    assert [e.date for e in get_edition(given.SHIPPED).errata] == [today]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"zh": ""}, "请填写更正后的中文"),
        ({"reason_en": " "}, "请填写更正理由的英文"),
        ({"zh": "甲\u202e乙"}, "含有不可见的控制字符"),
        ({"zh": "长" * 2001}, "2000"),
        ({"seen": "0" * 16, "confirmed": "1"}, "已有新的勘误"),
    ],
)
def test_an_erratum_that_will_not_do(client: Client, changes: dict[str, str], words: str) -> None:
    assert words in text_of(correction(client, **changes))
    assert get_edition(given.SHIPPED).errata == ()


def test_evidence_is_corrected_piece_by_piece(client: Client) -> None:
    address = f"{ERRATA}?criterion={CRITERION}&part=evidence"
    seen = client.get(address).context["form"].initial["seen"]
    values = {
        "zh": "甲\r\n\r\n乙",
        "en": "A",
        "reason_zh": "漏列",
        "reason_en": "Left out",
        "seen": seen,
        "confirmed": "1",
    }
    assert "中英文的项数应相同" in text_of(client.post(address, values))
    client.post(address, values | {"en": "A\r\nB"})
    assert get_edition(given.SHIPPED).criteria[CRITERION].evidence_zh == ("甲", "乙")


def test_days_of_the_transition(client: Client) -> None:
    values = {
        "open_until": "2026-12-31",
        "apply_until": "2026-11-30",
        "status": "confirmed",
        "source_zh": "公告",
        "source_en": "Notice",
    }
    assert "不能早于可新建的最后日期" in text_of(client.post(WINDOW, values))
    client.post(WINDOW, values | {"apply_until": "2027-06-30"})
    window = get_window(given.SHIPPED)
    assert (str(window.open_until), str(window.apply_until), window.source.zh) == ("2026-12-31", "2027-06-30", "公告")
    assert "设置没有变化" in text_of(client.post(WINDOW, values | {"apply_until": "2027-06-30"}))
    page = text_of(client.get(HOME))
    assert "2027-06-30" in page
    assert 'value="2026-12-31"' in text_of(client.get(WINDOW))


def test_the_audit_trail_says_it_in_words(client: Client, login: Any, world: World) -> None:
    correction(client, confirmed="1")
    page = text_of(login(world.auditor).get("/audit/"))
    for words in ("登记勘误", "中文文字", "更正后的文字", "条款"):
        assert words in page


@pytest.mark.parametrize("page", [HOME, IMPORT, DRAFT, f"{DRAFT}publish/", f"{DRAFT}delete/", ERRATA, WINDOW])
def test_pages_in_english(client: Client, draft: Edition, page: str) -> None:
    client.cookies["language"] = "en"
    assert client.get(page).status_code == 200
