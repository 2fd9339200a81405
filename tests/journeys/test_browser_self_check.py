"""A visitor's self-check in a real browser: kept on the device over reload and days, and into a draft of the own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse

from assessments.models import Answer, Assessment
from assessments.standard import get_edition
from tests.conftest import World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
EDITION = get_edition("gbt36073-2018")
KEY = f"self-check:{EDITION.code}"


def _choose(page: Any, item: str, level: int) -> None:
    page.locator(f'input[name="{item}"][value="{level}"]').check()


def test_answers_stay_on_the_device_until_they_are_taken_over(
    world: World, context_of: Callable[..., Any], expect: Any
) -> None:
    context = context_of(world.enterprise_admin)
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto(reverse("self_check_form", args=[EDITION.code]))

    # One domain at a time; what is chosen is there after a reload, in the step one left.
    first, second = EDITION.domains[:2]
    expect(page.locator("[data-check-domain]:visible")).to_have_count(1)
    for item in first.items:
        _choose(page, item.code, 2)
    page.get_by_role("button", name="下一个能力域").click()
    expect(page.locator(f"#d-{second.code}")).to_be_focused()
    _choose(page, second.items[0].code, 4)
    done = len(first.items) + 1
    expect(page.locator(".progress-figure")).to_have_text(f"{done} / {len(EDITION.items)}")
    page.reload()
    expect(page.locator("[data-check-domain]:visible h2")).to_contain_text(second.name.zh)
    expect(page.locator(f'input[name="{second.items[0].code}"][value="4"]')).to_be_checked()
    expect(page.locator(".progress-figure")).to_have_text(f"{done} / {len(EDITION.items)}")

    # Another page of the same browser, later: the start page says how far one was.
    later = context.new_page()
    later.goto(reverse("self_check"))
    expect(later.locator(f'[data-check-kept="{EDITION.code}"]')).to_contain_text(f"已答 {done} / {len(EDITION.items)}")
    expect(later.locator('[data-check-kept="gbt36073-2025"]')).to_be_hidden()
    later.goto(reverse("home"))
    expect(later.locator("[data-check-notice]")).to_be_hidden()  # not complete yet

    # Sent too early: the first open question is in sight, and a link of the summary opens the step of another.
    page.evaluate("document.querySelector('form[data-check]').requestSubmit()")
    expect(page.locator(".error-summary")).to_contain_text(f"还有 {len(EDITION.items) - done} 题未答")
    expect(page.locator("[data-check-domain]:visible h2")).to_contain_text(second.name.zh)
    last = EDITION.domains[-1].items[-1].code
    page.locator(f'.check-missing a[href="#q-{last}"]').click()
    expect(page.locator(f'[id="q-{last}"]')).to_be_focused()
    page.evaluate(
        """names => names.filter(name => !document.querySelector(`input[name="${name}"]:checked`))
            .forEach(name => document.querySelector(`input[name="${name}"][value="3"]`).click())""",
        list(EDITION.items),
    )
    expect(page.locator(".progress-figure")).to_have_text(f"{len(EDITION.items)} / {len(EDITION.items)}")
    code = "".join("2" if i.domain_code == first.code else "3" for i in EDITION.items.values())
    code = code[: len(first.items)] + "4" + code[len(first.items) + 1 :]
    assert page.evaluate("key => JSON.parse(localStorage.getItem(key)).code", KEY) == code

    # The home page of somebody without an assessment offers it; taking it over empties the device.
    later.reload()
    later.locator("[data-check-notice] a:visible").click()
    expect(later.locator("#offered")).to_contain_text("将带入快速自测")
    later.locator("[name=scope]").fill("公司总部")
    later.get_by_role("button", name="新建自评").click()
    expect(later.locator("#summary-title")).to_contain_text("从快速自测")
    case = Assessment.objects.get()
    assert case.self_check.levels == dict(zip(EDITION.items, map(int, code), strict=True))
    assert Answer.objects.filter(assessment=case, is_carried=True).count() == case.self_answered > 0
    assert later.evaluate("key => localStorage.getItem(key)", KEY) is None
    assert faults == []


def test_what_is_kept_can_be_deleted(world: World, context_of: Callable[..., Any], expect: Any) -> None:
    page = context_of(world.nobody).new_page()
    page.goto(reverse("self_check_form", args=[EDITION.code]) + f"?a=3{'-' * (len(EDITION.items) - 1)}")
    _choose(page, "6.1", 5)
    page.locator("[data-check-clear] summary").click()
    page.locator("[data-check-erase]").click()
    expect(page.locator(".progress-figure")).to_have_text(f"0 / {len(EDITION.items)}")
    expect(page.locator("input:checked")).to_have_count(0)
    expect(page.locator("[data-check-clear]")).to_be_hidden()
    assert page.evaluate("key => localStorage.getItem(key)", KEY) is None
