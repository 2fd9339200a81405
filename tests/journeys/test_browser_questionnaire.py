"""Filling in by mouse and keyboard, without a line, without a session, and two people at once."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.db import OperationalError
from django.urls import reverse

from assessments.actions import questionnaire as actions
from assessments.models import Answer, EvidenceLink
from tests import factories
from tests.journeys.browsing import eventually

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

FIRST, SECOND, THIRD = "6.1-L1-01", "6.1-L1-02", "6.1-L2-01"
SAVED = re.compile(r"已保存 \d\d:\d\d · .+")


def row(page: Any, code: str) -> Any:
    return page.locator(f'[data-criterion="{code}"]')


def state(page: Any, code: str) -> Any:
    return row(page, code).locator(".save-state")


def choose(page: Any, code: str, words: str) -> None:
    row(page, code).locator(".verdict-option", has_text=re.compile(rf"^\s*{words}")).click()


def summary(page: Any) -> Any:
    return page.locator("[data-save-summary]")


def _broken(**_: Any) -> None:
    """A platform that cannot save just now."""
    raise OperationalError


def cut(page: Any) -> None:
    """The saves of a page no longer get through, everything else does."""
    page.route("**/answer/", lambda route: route.abort())


def log_in(page: Any, user: Any) -> None:
    page.goto(reverse("account_login"))
    page.fill("input[name=login]", user.email)
    page.fill("input[name=password]", factories.PASSWORD)
    page.locator("form:has(input[name=password]) button[type=submit]").first.click()
    page.wait_for_url(lambda url: "/accounts/login" not in url)


def press_log_out(page: Any) -> None:
    page.locator("details[data-menu] > summary").last.click()
    page.get_by_role("button", name="退出登录").click()


def unsent(page: Any) -> list[str]:
    return page.evaluate("Object.keys(localStorage).filter((k) => k.startsWith('dcmm:unsent')).map((k) => k.slice(12))")


def stored() -> dict[str, str]:
    return dict(Answer.objects.values_list("criterion_code", "verdict"))


@pytest.fixture
def address(draft_case: Any) -> str:
    return reverse("item", args=[draft_case.number, "6.1"])


def test_log_in_and_answer_by_mouse_and_keyboard(chromium, live_server, world, draft_case, address, expect):
    context = chromium.new_context(base_url=live_server.url, locale="zh-CN")
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(address)
    page.fill("input[name=login]", world.enterprise_admin.email)
    page.fill("input[name=password]", factories.PASSWORD)
    page.locator("form:has(input[name=password]) button[type=submit]").first.click()
    page.wait_for_url(f"**{address}")

    choose(page, FIRST, "大部分满足")
    expect(state(page, FIRST)).to_have_text(SAVED)
    total = len(draft_case.edition.items["6.1"].criteria)
    expect(page.locator('[id="tree-6.1"] .tree-figure')).to_have_text(f"1/{total}")
    expect(page.locator("#live-figures")).to_contain_text("1 / 445")

    row(page, FIRST).focus()
    page.keyboard.press("j")
    expect(row(page, SECOND)).to_be_focused()
    for key, verdict in (("1", "full"), ("2", "largely"), ("3", "partially"), ("4", "none")):
        page.keyboard.press(key)
        expect(row(page, SECOND).locator(f'input[value="{verdict}"]')).to_be_checked()
    expect(state(page, SECOND)).to_have_text(SAVED)
    page.keyboard.press("5")
    reason = row(page, SECOND).locator("textarea[name=reason]")
    expect(reason).to_be_focused()
    page.keyboard.type("本企业无此业务12345")  # figures typed into a text are no verdicts
    page.keyboard.press("Escape")
    expect(state(page, SECOND)).to_have_text(SAVED)
    row(page, THIRD).locator("textarea[name=note]").fill("按一下停顿后自动保存")
    expect(state(page, THIRD)).to_have_text(SAVED)

    page.reload()
    expect(row(page, FIRST).locator('input[value="largely"]')).to_be_checked()
    expect(row(page, SECOND).locator('input[value="not_applicable"]')).to_be_checked()
    expect(reason).to_have_value("本企业无此业务12345")
    expect(row(page, THIRD).locator("textarea[name=note]")).to_have_value("按一下停顿后自动保存")
    assert stored() == {FIRST: "largely", SECOND: "not_applicable", THIRD: ""}
    assert errors == []
    context.close()


def test_without_a_line_nothing_is_lost(context_of, world, address, expect):
    context = context_of(world.enterprise_admin)
    page = context.new_page()
    page.goto(address)
    context.set_offline(True)
    choose(page, FIRST, "完全满足")
    expect(state(page, FIRST)).to_contain_text("未保存")
    choose(page, SECOND, "不满足")
    expect(state(page, SECOND)).to_contain_text("未保存")
    expect(summary(page)).to_have_text("2 条未保存（无网络，恢复后自动保存）")
    assert stored() == {}
    context.set_offline(False)
    expect(summary(page)).to_have_text("全部已保存")
    expect(state(page, FIRST)).to_have_text(SAVED)
    expect(state(page, SECOND)).to_have_text(SAVED)
    assert stored() == {FIRST: "full", SECOND: "none"}
    assert page.evaluate("Object.keys(localStorage).filter((k) => k.startsWith('dcmm:unsent')).length") == 0


def test_a_closed_tab_brings_its_words_back(context_of, world, address, expect):
    context = context_of(world.enterprise_admin)
    page = context.new_page()
    page.goto(address)
    context.set_offline(True)
    row(page, FIRST).locator("textarea[name=note]").fill("断网时写的说明")
    page.close(run_before_unload=False)
    context.set_offline(False)
    again = context.new_page()
    again.goto(address)
    expect(row(again, FIRST).locator("textarea[name=note]")).to_have_value("断网时写的说明")
    expect(state(again, FIRST)).to_have_text(SAVED)
    assert Answer.objects.get().note == "断网时写的说明"


def test_words_left_on_another_item_are_sent_from_here(context_of, world, draft_case, address, expect):
    context = context_of(world.enterprise_admin)
    page = context.new_page()
    page.goto(address)
    context.set_offline(True)
    choose(page, FIRST, "部分满足")
    expect(state(page, FIRST)).to_contain_text("未保存")
    page.close(run_before_unload=False)
    context.set_offline(False)
    other = context.new_page()
    other.goto(reverse("item", args=[draft_case.number, "6.2"]))
    expect(other.locator("[data-unsent]")).to_be_hidden()
    unsent = "Object.keys(localStorage).some((k) => k.startsWith('dcmm:unsent'))"
    eventually(other, lambda: not other.evaluate(unsent))
    assert stored() == {FIRST: "partially"}


def test_a_lost_session_keeps_the_words_until_after_logging_in(context_of, world, address, expect):
    context = context_of(world.enterprise_admin)
    page = context.new_page()
    page.goto(address)
    Session.objects.all().delete()
    choose(page, FIRST, "完全满足")
    expect(state(page, FIRST)).to_contain_text("登录已过期")
    expect(page.locator(".session-notice")).to_be_visible()
    expect(page.locator(".session-notice")).to_contain_text("内容已暂存在本机")
    assert stored() == {}
    with context.expect_page() as opened:
        page.locator(".session-notice a").click()
    login = opened.value
    login.fill("input[name=login]", world.enterprise_admin.email)
    login.fill("input[name=password]", factories.PASSWORD)
    login.locator("form:has(input[name=password]) button[type=submit]").first.click()
    login.wait_for_url(lambda url: "/accounts/login" not in url)
    page.evaluate("dispatchEvent(new Event('online'))")  # sooner than the round every 15 seconds
    expect(state(page, FIRST)).to_have_text(SAVED)
    expect(page.locator(".session-notice")).to_be_hidden()
    assert stored() == {FIRST: "full"}


def test_cut_off_in_mid_typing_then_reloaded_then_logged_out_nothing_is_lost(
    chromium, live_server, world, draft_case, address, expect, monkeypatch
):
    context = chromium.new_context(base_url=live_server.url, locale="zh-CN")
    context.set_default_timeout(10_000)
    page = context.new_page()
    page.on("dialog", lambda dialog: dialog.accept())  # leaving with answers that are stuck asks first
    log_in(page, world.enterprise_admin)
    page.goto(address)
    row(page, FIRST).locator("textarea[name=note]").press_sequentially("数据战略已经")
    context.set_offline(True)
    row(page, FIRST).locator("textarea[name=note]").press_sequentially("总经理办公会批准")
    choose(page, SECOND, "部分满足")
    expect(summary(page)).to_have_text("2 条未保存（无网络，恢复后自动保存）")
    # The browser tries its error page again by itself; so that it finds nothing to do, saving does not get through yet.
    monkeypatch.setattr(actions, "save", _broken)
    with pytest.raises(Exception, match="ERR_INTERNET_DISCONNECTED"):
        page.reload()
    page.close(run_before_unload=False)
    page = context.new_page()
    page.on("dialog", lambda dialog: dialog.accept())
    context.set_offline(False)
    page.goto(address)
    expect(row(page, FIRST).locator("textarea[name=note]")).to_have_value("数据战略已经总经理办公会批准")
    expect(row(page, SECOND).locator('input[value="partially"]')).to_be_checked()

    page.goto(reverse("home"))
    expect(page.locator("[data-unsent]")).to_contain_text("有 2 条作答尚未保存")
    expect(page.locator("[data-unsent-list]")).to_contain_text(f"{draft_case.number} {FIRST}")
    press_log_out(page)
    dialog = page.locator("#unsent-dialog")
    expect(dialog).to_contain_text("还有 2 条作答尚未保存到平台。")
    dialog.get_by_role("button", name="不保存，直接退出").click()
    page.wait_for_function("!document.querySelector('[data-unsent]')")
    assert SECOND not in stored()
    assert not Answer.objects.filter(note__contains="总经理").exists()

    log_in(page, world.stranger)  # somebody else at this computer
    monkeypatch.undo()
    expect(page.locator("[data-unsent]")).to_be_hidden()
    page.reload()
    assert len(unsent(page)) == 2
    press_log_out(page)
    page.wait_for_function("!document.querySelector('[data-unsent]')")

    log_in(page, world.enterprise_admin)  # on whatever page that leads to
    eventually(page, lambda: unsent(page) == [])
    expect(page.locator("[data-unsent]")).to_be_hidden()
    assert stored() == {FIRST: "", SECOND: "partially"}
    assert Answer.objects.get(criterion_code=FIRST).note == "数据战略已经总经理办公会批准"
    context.close()


def test_logging_out_can_send_first(context_of, world, address, expect):
    page = context_of(world.enterprise_admin).new_page()
    cut(page)
    page.goto(address)
    choose(page, FIRST, "完全满足")
    expect(summary(page)).to_contain_text("1 条未保存")
    press_log_out(page)
    page.locator("#unsent-dialog").get_by_role("button", name="暂不退出").click()
    expect(row(page, FIRST)).to_be_visible()
    press_log_out(page)
    page.unroute("**/answer/")
    page.locator("#unsent-dialog").get_by_role("button", name="保存后退出").click()
    page.wait_for_url(lambda url: address not in url)
    assert stored() == {FIRST: "full"}


def test_a_conflict_found_on_another_page_is_linked_and_can_be_settled(context_of, world, draft_case, address, expect):
    context = context_of(world.enterprise_admin)
    page = context.new_page()
    page.on("dialog", lambda dialog: dialog.accept())
    cut(page)
    page.goto(address)
    choose(page, FIRST, "完全满足")
    expect(summary(page)).to_contain_text("1 条未保存")
    theirs = context_of(world.contributor).new_page()
    theirs.goto(address)
    choose(theirs, FIRST, "部分满足")
    expect(state(theirs, FIRST)).to_have_text(SAVED)
    page.unroute("**/answer/")
    page.goto(reverse("home"))
    notice = page.locator("[data-unsent]")
    expect(notice).to_contain_text("有 1 条作答未能保存到平台，请核对")
    expect(notice).to_contain_text("他人已修改，请核对")
    assert stored() == {FIRST: "partially"}
    notice.get_by_role("link", name=FIRST).click()
    conflict = row(page, FIRST).locator(".criterion-conflict")
    expect(conflict).to_contain_text("部分满足")
    expect(conflict).to_contain_text("完全满足")
    expect(summary(page)).to_have_text("1 条需核对")
    conflict.get_by_text("用我的覆盖").click()
    expect(summary(page)).to_have_text("全部已保存")
    assert stored() == {FIRST: "full"}


def test_two_windows_of_one_person(context_of, world, address, expect):
    """What is saved in one stands in the other; the same row written in both is a conflict, whatever was typed last."""
    context = context_of(world.enterprise_admin)
    one, other = context.new_page(), context.new_page()
    for page in (one, other):
        page.goto(address)
    choose(one, FIRST, "大部分满足")
    expect(state(one, FIRST)).to_have_text(SAVED)
    expect(row(other, FIRST).locator('input[value="largely"]')).to_be_checked()
    choose(other, FIRST, "完全满足")
    expect(state(other, FIRST)).to_have_text(SAVED)
    expect(row(one, FIRST).locator('input[value="full"]')).to_be_checked()

    context.set_offline(True)
    row(one, SECOND).locator("textarea[name=note]").fill("第一个窗口")
    row(other, SECOND).locator("textarea[name=note]").fill("第二个窗口")
    expect(state(other, SECOND)).to_contain_text("未保存")
    assert len(unsent(one)) == 2
    context.set_offline(False)
    conflicts = [row(page, SECOND).locator(".criterion-conflict") for page in (one, other)]
    eventually(one, lambda: sum(c.count() for c in conflicts) == 1)
    loser = one if conflicts[0].count() else other
    expect(row(loser, SECOND).locator(".criterion-conflict")).to_contain_text("第一个窗口")
    expect(row(loser, SECOND).locator(".criterion-conflict")).to_contain_text("第二个窗口")
    assert Answer.objects.get(criterion_code=SECOND).version == 1


def test_a_browser_that_keeps_nothing_says_so(context_of, world, address, expect):
    context = context_of(world.enterprise_admin)
    page = context.new_page()
    page.goto(address)
    expect(page.locator("[data-storage-notice]")).to_be_hidden()
    page.add_init_script("Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); };")
    page.goto(address)
    expect(page.locator("[data-storage-notice]")).to_contain_text("无法暂存内容")
    choose(page, FIRST, "完全满足")
    expect(state(page, FIRST)).to_have_text(SAVED)


def test_two_people_at_once_see_both_answers(context_of, world, address, expect):
    mine = context_of(world.enterprise_admin).new_page()
    theirs = context_of(world.contributor).new_page()
    for page in (mine, theirs):
        page.goto(address)
    choose(theirs, FIRST, "部分满足")
    expect(state(theirs, FIRST)).to_have_text(SAVED)
    choose(mine, FIRST, "完全满足")
    conflict = row(mine, FIRST).locator(".criterion-conflict")
    expect(conflict).to_contain_text(world.contributor.name)
    expect(conflict).to_contain_text("部分满足")
    expect(conflict).to_contain_text("完全满足")
    assert stored() == {FIRST: "partially"}

    conflict.get_by_text("用我的覆盖").click()
    expect(state(mine, FIRST)).to_have_text(SAVED)
    expect(conflict).to_have_count(0)
    assert stored() == {FIRST: "full"}

    choose(theirs, FIRST, "不满足")  # now the other page is the stale one
    row(theirs, FIRST).get_by_text("保留对方的").click()
    expect(row(theirs, FIRST).locator('input[value="full"]')).to_be_checked()
    choose(theirs, FIRST, "大部分满足")
    expect(state(theirs, FIRST)).to_have_text(SAVED)
    assert stored() == {FIRST: "largely"}


def test_fast_changes_of_one_row_never_conflict_with_themselves(context_of, world, address, expect):
    page = context_of(world.enterprise_admin).new_page()
    page.goto(address)
    row(page, FIRST).focus()
    for key in "1234123":
        page.keyboard.press(key)
    expect(state(page, FIRST)).to_have_text(SAVED)
    expect(row(page, FIRST).locator(".criterion-conflict")).to_have_count(0)
    eventually(page, lambda: stored() == {FIRST: "partially"})
    expect(state(page, FIRST)).to_have_text(SAVED)
    expect(row(page, FIRST).locator(".criterion-conflict")).to_have_count(0)


def test_files_are_sent_when_chosen_and_refusals_stand_beside_them(context_of, world, address, expect):
    page = context_of(world.enterprise_admin).new_page()
    page.goto(address)
    block = row(page, FIRST)
    block.locator(".criterion-upload > summary").click()
    block.locator("input[type=file]").set_input_files(
        [
            {"name": "制度.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7\n"},
            {"name": "伪装.pdf", "mimeType": "application/pdf", "buffer": b"MZ\x90\x00" + b"\x00" * 300},
        ]
    )
    expect(block.locator(".evidence-chip")).to_contain_text("制度.pdf")
    expect(block.locator(".file-row").nth(0)).to_contain_text("已上传")
    expect(block.locator(".file-row").nth(1)).to_contain_text("内容与扩展名不符")
    assert EvidenceLink.objects.get().file.name == "制度.pdf"
    block.locator("button[formaction]").click()
    expect(row(page, FIRST)).to_contain_text("尚无证明材料")
    assert EvidenceLink.objects.count() == 0


def test_without_script_the_page_works(context_of, world, address, expect):
    page = context_of(world.enterprise_admin, java_script_enabled=False).new_page()
    page.goto(address)
    choose(page, FIRST, "完全满足")
    row(page, FIRST).locator("textarea[name=note]").fill("不用脚本")
    row(page, FIRST).get_by_role("button", name="保存作答").click()
    page.wait_for_url(f"**{address}#c-{FIRST}")
    expect(page.locator(".messages, [role=status]").first).to_contain_text("已保存")
    assert Answer.objects.get().note == "不用脚本"


@pytest.mark.parametrize("width", [1440, 360])
def test_item_page_is_accessible_and_does_not_overflow(context_of, world, draft_case, address, width):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    page = context_of(world.enterprise_admin, viewport={"width": width, "height": 900}).new_page()
    for where in (address, reverse("evidence_list", args=[draft_case.number])):
        page.goto(where)
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
        assert [v["id"] for v in axe.run(page).response["violations"]] == []


def test_a_carried_answer_is_confirmed_with_one_click(context_of, world, finalised_case, expect):
    case = factories.open_case(
        world.enterprise_admin, world.enterprise, edition="gbt36073-2025", carry_from=finalised_case.number
    )
    page = context_of(world.enterprise_admin).new_page()
    page.goto(reverse("item", args=[case.number, "13.1"]))
    waiting = page.locator(".carried button")
    expect(waiting.first).to_be_visible()
    count = waiting.count()
    code = page.locator("[data-criterion]:has(.carried button)").first.get_attribute("data-criterion")
    expect(state(page, code)).to_have_text("沿用，待确认")
    row(page, code).locator(".carried button").click()
    expect(state(page, code)).to_have_text(SAVED)
    expect(waiting).to_have_count(count - 1)
    other = page.locator("[data-criterion]:has(.carried button)").first.get_attribute("data-criterion")
    choose(page, other, "部分满足")
    expect(state(page, other)).to_have_text(SAVED)
    expect(waiting).to_have_count(count - 2)
    carried = dict(Answer.objects.filter(assessment=case).values_list("criterion_code", "is_carried"))
    assert (carried[code], carried[other], sum(carried.values())) == (False, False, len(carried) - 2)
