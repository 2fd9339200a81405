"""An assessor at the workbench: an item ruled on by keyboard alone, and nothing of it on the other assessor's page."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.urls import reverse

from assessments.models import Ruling
from tests import factories
from tests.journeys.browsing import eventually

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

ITEM, FIRST = "6.1", "6.1-L1-01"
REMARK = "抽查三份纪要，鹦鹉螺四七九一"
KEYS = {"full": "1", "largely": "2", "partially": "3", "none": "4"}


def test_an_item_by_keyboard_and_blind(context_of: Any, world: Any, review_case: Any, expect: Any) -> None:
    codes = [c.code for c in review_case.edition.items[ITEM].criteria]
    address = reverse("review_item", args=[review_case.number, ITEM])
    page = context_of(world.lead, viewport={"width": 1440, "height": 900}).new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(address)
    page.evaluate("window.isFirstLoad = true")

    def shown(code: str) -> None:
        expect(page.locator("#workbench")).to_have_attribute("data-key", re.compile(f":{code}:"))
        # Not to_be_focused(): that also asks whether the window is the active one, which is no matter of the page.
        eventually(page, lambda: page.evaluate("document.activeElement?.matches('[data-bench-focus]')"))

    # To and fro in the list, then back to the first.
    page.locator("[data-bench-focus]").focus()
    page.keyboard.press("j")
    shown(codes[1])
    page.keyboard.press("k")
    shown(FIRST)

    # The first unlike the answer, with its remark; Ctrl+Enter also from inside the text.
    page.keyboard.press(KEYS["largely"])
    expect(page.locator('form[data-ruling] input[value="largely"]')).to_be_checked()
    page.keyboard.press("n")
    eventually(page, lambda: page.evaluate("document.activeElement?.name === 'remark'"))
    page.keyboard.type(REMARK)
    page.keyboard.press("Control+Enter")
    for code, following in zip(codes[1:], [*codes[2:], None], strict=True):
        shown(code)
        verdict = factories.by_level(code)
        page.keyboard.press(KEYS[verdict])
        expect(page.locator(f'form[data-ruling] input[value="{verdict}"]')).to_be_checked()
        if following:
            page.keyboard.press("Control+Enter")

    # The last is saved on the spot, for the next one would be in another item; then the item is finished.
    page.get_by_role("button", name="保存评定", exact=True).press("Enter")
    finish = page.get_by_role("button", name="完成该能力项")
    expect(finish).to_be_visible()
    assert dict(Ruling.objects.values_list("criterion_code", "verdict")) == {
        code: "largely" if code == FIRST else factories.by_level(code) for code in codes
    }
    assert page.evaluate("window.isFirstLoad"), "however quick the keys, only the panes are replaced"
    finish.press("Enter")
    expect(page.get_by_text(f"已完成能力项 {ITEM}")).to_be_visible()
    assert review_case.item_reviews.get(item_code=ITEM, assessor=world.lead).finished_at

    # The other assessor sees neither verdict nor remark, and rules on the same from nothing.
    other = context_of(world.assessor, viewport={"width": 1440, "height": 900}).new_page()
    other.goto(f"{address}?c={FIRST}")
    expect(other.locator("form[data-ruling]")).to_be_visible()
    expect(other.locator("form[data-ruling] input:checked")).to_have_count(0)
    expect(other.locator(".bench-item-state .verdict")).to_have_count(0)
    assert "鹦鹉螺" not in other.content()
    assert world.lead.name not in other.locator("#workbench").inner_text()
    assert errors == []
