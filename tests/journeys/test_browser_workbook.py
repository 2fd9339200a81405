"""A department's workbook in a real browser: downloaded, filled in, sent back, a conflict decided by keyboard."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from assessments.actions import questionnaire
from assessments.models import Answer
from tests.answer_files import filled, stored

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

FIRST, SECOND = "6.1-L1-01", "6.1-L1-02"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def save(world: Any, case: Any, note: str, version: int) -> None:
    questionnaire.save(
        by=world.contributor,
        number=case.number,
        criterion_code=FIRST,
        verdict="largely",
        reason="",
        note=note,
        version=version,
        at=timezone.now(),
    )


def test_a_workbook_there_and_back(context_of, world, draft_case, expect):
    save(world, draft_case, "导出前的说明", 0)
    page = context_of(world.enterprise_admin).new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(reverse("answer_workbook", args=[draft_case.number]))
    page.get_by_label("导出范围").select_option("6")
    with page.expect_download() as coming:
        page.get_by_role("button", name="下载工作簿").click()
    content = Path(coming.value.path()).read_bytes()
    assert coming.value.suggested_filename.startswith(f"{draft_case.number}_6_")

    work = {FIRST: ("部分满足", "文件中的说明"), SECOND: ("完全满足", "=新填的说明")}
    file = {"name": "战略部.xlsx", "mimeType": XLSX, "buffer": filled(content, {**work, SECOND: ("也许", None)})}
    page.set_input_files("input[name=workbook]", file)
    page.get_by_role("button", name="上传并核对").click()
    faults = page.locator(".error-summary")
    expect(faults).to_contain_text("填写!H3")
    expect(faults).to_contain_text("没有“也许”这一符合程度")

    save(world, draft_case, "线上补充的说明", 1)
    page.set_input_files(
        "input[name=workbook]", {**file, "buffer": filled(content, {**work, SECOND: ("完全满足", "新填")})}
    )
    page.get_by_role("button", name="上传并核对").click()
    conflict = page.locator("#conflict")
    expect(conflict).to_contain_text(world.contributor.name)
    expect(conflict).to_contain_text("线上补充的说明")
    expect(conflict).to_contain_text("文件中的说明")
    expect(page.locator("#changed")).to_contain_text("新填")
    assert stored(draft_case) == {FIRST: ("largely", "", "线上补充的说明")}

    conflict.get_by_role("link", name=FIRST).focus()
    page.keyboard.press("Tab")
    expect(conflict.get_by_label("保留线上作答")).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(conflict.get_by_label("保留线上的符合程度，合并两份说明")).to_be_checked()
    confirm = page.get_by_role("button", name="确认导入")
    for _ in range(3):
        page.keyboard.press("Tab")
        if confirm.evaluate("e => e === document.activeElement"):
            break
    expect(confirm).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".messages, [role=status]").first).to_contain_text("已从“战略部.xlsx”写入 2 条作答")

    joined = f"线上补充的说明\n【战略部.xlsx {timezone.localdate().isoformat()}】\n文件中的说明"
    assert stored(draft_case) == {FIRST: ("largely", "", joined), SECOND: ("full", "", "新填")}
    page.goto(reverse("item", args=[draft_case.number, "6.1"]))
    expect(page.locator(f'[data-criterion="{FIRST}"] textarea[name=note]')).to_have_value(joined)
    expect(page.locator(f'[data-criterion="{SECOND}"] input[value="full"]')).to_be_checked()
    assert errors == []
    assert Answer.objects.get(criterion_code=SECOND).saved_by == world.enterprise_admin


def test_pages_are_accessible_and_do_not_overflow(context_of, world, draft_case):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    save(world, draft_case, "导出前", 0)
    page = context_of(world.enterprise_admin).new_page()

    def look() -> None:
        for width in (1440, 360):
            page.set_viewport_size({"width": width, "height": 900})
            assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
            assert [v["id"] for v in axe.run(page).response["violations"]] == []

    home = reverse("answer_workbook", args=[draft_case.number])
    page.goto(home)
    page.get_by_label("导出范围").select_option("6")
    with page.expect_download() as coming:
        page.get_by_role("button", name="下载工作簿").click()
    content = Path(coming.value.path()).read_bytes()
    save(world, draft_case, "导出后", 1)
    work = filled(content, {FIRST: ("不满足", "很长的说明" * 40), SECOND: ("完全满足", "x" * 300)})
    for name, buffer in (("坏.xlsx", filled(content, {FIRST: ("也许", "x" * 5000)})), (f"{'长' * 60}.xlsx", work)):
        page.goto(home)
        page.set_input_files("input[name=workbook]", {"name": name, "mimeType": XLSX, "buffer": buffer})
        page.get_by_role("button", name="上传并核对").click()
        page.wait_for_load_state()
        look()
    page.goto(home)
    assert page.locator("td .import-actions").count() == 1
    look()
