"""One criterion at a time, by keyboard alone; filters and the way of working that are there again."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.urls import reverse

from assessments.models import Answer, EvidenceLink, SelfCheck
from tests import factories
from tests.journeys.browsing import eventually

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SAVED = re.compile(r"已保存 \d\d:\d\d · .+")
PDF = {"name": "制度.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7\n"}


def card(page: Any) -> Any:
    return page.locator("[data-criterion]:visible")


def at(page: Any) -> str:
    return card(page).get_attribute("data-criterion")


def stored() -> dict[str, str]:
    return dict(Answer.objects.values_list("criterion_code", "verdict"))


@pytest.fixture
def address(draft_case: Any) -> str:
    return reverse("item", args=[draft_case.number, "6.1"])


def test_a_whole_item_by_keyboard_alone(context_of, world, draft_case, address, expect):
    codes = [c.code for c in draft_case.edition.items["6.1"].criteria]
    page = context_of(world.enterprise_admin).new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("filechooser", lambda chooser: chooser.set_files([PDF]))
    page.goto(f"{address}?view=cards")
    keys = page.keyboard
    expect(card(page)).to_have_count(1)
    expect(card(page)).to_be_focused()
    expect(page.locator("[data-card-position]")).to_have_text(f"第 1 / {len(codes)} 条 · 本项还剩 {len(codes)} 条")

    keys.press("n")
    keys.type("已由总经理办公会批准 123")  # typed figures are no verdicts
    keys.press("Escape")
    keys.press("e")
    keys.press("Enter")  # opens the choice of files
    expect(card(page).locator(".evidence-chip")).to_contain_text("制度.pdf")
    keys.press("Escape")
    keys.press("1")
    assert at(page) == codes[1]
    keys.press("5")
    expect(card(page).locator("textarea[name=reason]")).to_be_focused()
    keys.type("本企业不对外提供数据产品")
    keys.press("Control+Enter")
    assert at(page) == codes[2]
    keys.press("ArrowLeft")
    assert at(page) == codes[1]
    keys.press("j")
    for _ in codes[2:]:
        keys.press("3")
    expect(page.locator("[data-card-next]")).to_be_focused()  # the last stays, to be looked at
    expect(page.locator("[data-card-position]")).to_have_text(f"第 {len(codes)} / {len(codes)} 条 · 本项还剩 0 条")
    expect(page.locator("[data-save-summary]")).to_have_text("全部已保存")

    assert stored() == {codes[0]: "full", codes[1]: "not_applicable"} | dict.fromkeys(codes[2:], "partially")
    assert Answer.objects.get(criterion_code=codes[0]).note == "已由总经理办公会批准 123"
    assert Answer.objects.get(criterion_code=codes[1]).reason == "本企业不对外提供数据产品"
    assert EvidenceLink.objects.get().criterion_code == codes[0]
    keys.press("Enter")
    page.wait_for_url("**/items/6.2/**")
    expect(card(page)).to_have_count(1)
    assert at(page) == draft_case.edition.items["6.2"].criteria[0].code
    keys.press("k")  # before the first: the last of the item before
    page.wait_for_url("**/items/6.1/**")
    assert at(page) == codes[-1]
    assert errors == []


def test_keys_are_explained_and_act_nowhere_else(context_of, world, address, expect):
    page = context_of(world.enterprise_admin).new_page()
    page.goto(f"{address}?view=cards")
    page.keyboard.press("?")
    expect(page.locator("#keys-help")).to_be_visible()
    page.keyboard.press("2")
    page.keyboard.press("Escape")
    expect(page.locator("#keys-help")).to_be_hidden()
    page.locator("[data-search-shortcut]:visible").first.click()
    page.keyboard.type("3j")
    page.keyboard.press("Control+1")
    assert stored() == {}


def test_moving_inside_an_item_needs_no_line(context_of, world, draft_case, address, expect):
    context = context_of(world.enterprise_admin)
    page = context.new_page()
    page.goto(f"{address}?view=cards")
    context.set_offline(True)
    for key in "123":
        page.keyboard.press(key)
    codes = [c.code for c in draft_case.edition.items["6.1"].criteria]
    assert at(page) == codes[3]
    expect(page.locator("[data-save-summary]")).to_have_text("3 条未保存（无网络，恢复后自动保存）")
    context.set_offline(False)
    expect(page.locator("[data-save-summary]")).to_have_text("全部已保存")
    assert stored() == dict(zip(codes, ("full", "largely", "partially"), strict=False))


def test_the_address_follows_and_everything_is_there_again(context_of, world, draft_case, address, expect):
    codes = [c.code for c in draft_case.edition.items["6.1"].criteria]
    page = context_of(world.enterprise_admin).new_page()
    page.goto(f"{address}?view=cards&show=unanswered")
    page.keyboard.press("j")
    page.keyboard.press("j")
    assert page.url.endswith(f"#c-{codes[2]}")
    page.reload()
    assert at(page) == codes[2]
    page.goto(reverse("evidence_list", args=[draft_case.number]))
    page.go_back()
    assert at(page) == codes[2]
    expect(page.locator(".chip[aria-current]")).to_contain_text("未作答")

    page = context_of(world.enterprise_admin).new_page()  # another day, another computer
    page.goto(reverse("item", args=[draft_case.number, "6.2"]))
    expect(card(page)).to_have_count(1)
    expect(page.locator(".q-restored")).to_contain_text("已按上次的筛选显示：未作答")
    page.get_by_role("link", name="显示全部").click()
    expect(page.locator(".q-restored")).to_have_count(0)
    page.get_by_role("link", name="按能力项").click()
    expect(card(page)).to_have_count(len(draft_case.edition.items["6.2"].criteria))


def test_still_true_one_after_the_other(context_of, world, finalised_case, expect):
    case = factories.open_case(
        world.enterprise_admin, world.enterprise, edition="gbt36073-2025", carry_from=finalised_case.number
    )
    waiting = Answer.objects.filter(assessment=case, is_carried=True)
    total = waiting.count()
    page = context_of(world.enterprise_admin).new_page()
    page.goto(reverse("item", args=[case.number, "13.1"]) + "?view=cards&show=to-confirm")
    expect(page.locator("[data-to-confirm]")).to_have_text(f"还剩 {total} 条待确认")
    first = at(page)
    expect(card(page)).to_contain_text(f"沿用自 {finalised_case.number}")
    page.keyboard.press("y")
    expect(page.locator("[data-to-confirm]")).to_have_text(f"还剩 {total - 1} 条待确认")
    second = at(page)
    page.keyboard.press("Enter")
    expect(page.locator("[data-to-confirm]")).to_have_text(f"还剩 {total - 2} 条待确认")
    third = at(page)
    page.keyboard.press("4")  # anything else edits
    expect(page.locator("[data-to-confirm]")).to_have_text(f"还剩 {total - 3} 条待确认")
    assert len({first, second, third}) == 3
    expect(page.locator("[data-save-summary]")).to_have_text("全部已保存")
    assert waiting.count() == total - 3
    assert Answer.objects.get(assessment=case, criterion_code=third).verdict == "none"
    left = page.locator("[data-criterion]").count() - 3
    for _ in range(left):
        page.keyboard.press("y")
    expect(page.locator("[data-to-confirm]")).to_have_text(f"还剩 {total - 3 - left} 条待确认")
    expect(page.locator("[data-save-summary]")).to_have_text("全部已保存")
    assert waiting.count() == total - 3 - left
    page.keyboard.press("Enter")  # on the way to the next item with something to confirm
    page.wait_for_url(lambda url: "/items/13.1/" not in url)
    assert "show=to-confirm" in page.url
    expect(card(page)).to_have_count(1)
    expect(card(page)).to_contain_text("沿用自")


def test_confirming_without_a_line_is_not_lost(context_of, world, finalised_case, expect):
    case = factories.open_case(
        world.enterprise_admin, world.enterprise, edition="gbt36073-2025", carry_from=finalised_case.number
    )
    context = context_of(world.enterprise_admin)
    page = context.new_page()
    page.goto(reverse("item", args=[case.number, "13.1"]) + "?view=cards&show=to-confirm")
    first = at(page)
    context.set_offline(True)
    page.keyboard.press("y")
    expect(page.locator("[data-save-summary]")).to_contain_text("1 条未保存")
    page.close(run_before_unload=False)
    context.set_offline(False)
    again = context.new_page()
    again.goto(reverse("home"))
    unsent = "Object.keys(localStorage).some((key) => key.startsWith('dcmm:unsent'))"
    eventually(again, lambda: not again.evaluate(unsent))
    assert not Answer.objects.get(assessment=case, criterion_code=first).is_carried


def test_answers_of_a_self_check_say_where_they_come_from(context_of, world, draft_case, address, expect):
    factories.answer_all(draft_case, world.enterprise_admin)
    Answer.objects.update(is_carried=True)
    SelfCheck.objects.create(
        assessment=draft_case,
        levels={"6.1": 2},
        taken_by=world.enterprise_admin,
        taken_at=draft_case.created_at,
    )
    page = context_of(world.enterprise_admin).new_page()
    page.goto(f"{address}?show=to-confirm&view=cards")
    expect(card(page)).to_contain_text("来自快速自测")
    expect(page.locator("[data-to-confirm]")).to_have_text(f"还剩 {draft_case.total} 条待确认")


@pytest.mark.parametrize("width", [1440, 360])
@pytest.mark.parametrize("view", ["cards", "page"])
def test_both_ways_are_accessible_and_do_not_overflow(context_of, world, draft_case, address, width, view, expect):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    page = context_of(world.enterprise_admin, viewport={"width": width, "height": 900}).new_page()
    page.goto(f"{address}?view={view}")
    code = draft_case.edition.items["6.1"].criteria[0].code
    page.locator(f'[id="c-{code}"]').focus()
    expect(page.locator(".past-here:visible")).to_contain_text("上次作答")
    page.keyboard.press("d")
    expect(page.locator(f'[id="c-{code}"] .comment-form')).to_be_visible()
    page.keyboard.press("Escape")
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert [v["id"] for v in axe.run(page).response["violations"]] == []
