"""From a message that mentions somebody to the row, the answer there, and putting an earlier version back."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from assessments.actions import discussions, questionnaire
from assessments.models import Answer, Comment
from tests.journeys.browsing import eventually

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
CODE = "6.1-L1-01"


def _save(case: Any, by: Any, verdict: str, note: str, version: int) -> None:
    questionnaire.save(
        by=by,
        number=case.number,
        criterion_code=CODE,
        verdict=verdict,
        reason="",
        note=note,
        version=version,
        at=timezone.now(),
    )


def test_a_mention_leads_to_the_row_where_one_answers(context_of, world, draft_case, expect):
    discussions.comment(
        by=world.enterprise_admin, number=draft_case.number, criterion_code=CODE, text="@钱进 请核实", at=timezone.now()
    )
    page = context_of(world.contributor).new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(reverse("inbox"))
    page.get_by_role("link", name="赵敏在 6.1-L1-01 的讨论中提到您").click()
    page.wait_for_url(f"**{reverse('item', args=[draft_case.number, '6.1'])}*#c-{CODE}")
    row = page.locator(f'[data-criterion="{CODE}"]')
    expect(row).to_be_in_viewport()
    row.locator("summary", has_text="讨论").click()
    thread = row.locator("[data-discussion]")
    expect(thread.locator(".comment-text")).to_have_text("@钱进 请核实")
    expect(thread.locator(".mention").first).to_have_text("@钱进")

    thread.get_by_role("button", name="发表意见").click()
    expect(thread.get_by_role("alert").locator("visible=true")).to_contain_text("请填写意见内容")
    thread.locator("textarea").fill("已核实\n明天补充")
    page.context.set_offline(True)
    thread.get_by_role("button", name="发表意见").click()
    expect(thread.locator("[data-failed]")).to_be_visible()
    expect(thread.locator("textarea")).to_have_value("已核实\n明天补充")
    page.context.set_offline(False)
    thread.get_by_role("button", name="发表意见").click()
    expect(thread.locator(".comment")).to_have_count(2)
    expect(thread.locator("textarea")).to_have_value("")
    thread.get_by_role("button", name="标为已解决").click()
    expect(thread.locator(".tag-ok")).to_have_text("已解决")
    assert list(Comment.objects.values_list("text", flat=True)) == ["@钱进 请核实", "已核实\n明天补充"]
    assert errors == []


def test_an_earlier_version_comes_back_into_the_row(context_of, world, draft_case, expect):
    _save(draft_case, world.contributor, "none", "第一稿", 0)
    _save(draft_case, world.enterprise_admin, "full", "第二稿", 1)
    page = context_of(world.contributor, viewport={"width": 1440, "height": 900}).new_page()
    page.goto(f"{reverse('item', args=[draft_case.number, '6.1'])}#c-{CODE}")
    row = page.locator(f'[data-criterion="{CODE}"]')
    row.focus()
    page.get_by_text("作答记录（2 版）").click()
    page.get_by_role("button", name="恢复为第 1 版").click()
    eventually(page, lambda: Answer.objects.filter(version=3, verdict="none", note="第一稿").exists())
    expect(row.locator('input[name="verdict"][value="none"]')).to_be_checked()
    expect(row.locator('textarea[name="note"]')).to_have_value("第一稿")
