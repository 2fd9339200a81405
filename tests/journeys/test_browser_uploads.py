"""Evidence over a bad line: it continues after a cut and a reload; and many files find their criteria by name."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.urls import reverse

from assessments.models import EvidenceFile, EvidenceLink, PendingUpload
from tests import factories
from tests.journeys.browsing import eventually
from tests.sample_files import PDF

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

CODE = "6.1-L1-01"
PIECE = 1000


@pytest.fixture(autouse=True)
def _small_pieces(settings: Any, tmp_path: Path) -> None:
    settings.UPLOADS_DIR = tmp_path / "uploads"
    settings.UPLOAD_PIECE_BYTES = PIECE


def written(folder: Path, name: str, size: int) -> Path:
    path = folder / name
    path.write_bytes((PDF + name.encode()).ljust(size, b" "))
    return path


class Line:
    """The line between browser and site: what went over it, and a cut after some pieces."""

    def __init__(self, page: Any, cut_after: int) -> None:
        self.left, self.is_cut = cut_after, False
        #: offset of every piece that reached the site, by its address
        self.pieces: list[tuple[str, int]] = []
        page.route(re.compile(r"/uploads/"), self._pass)

    def _pass(self, route: Any) -> None:
        request = route.request
        if request.method == "PATCH" and not self.is_cut:
            self.is_cut = self.left == 0
            self.left -= 1
        if self.is_cut:
            route.abort("internetdisconnected")
            return
        if request.method == "PATCH":
            self.pieces.append((request.url, int(request.headers["upload-offset"])))
        route.continue_()


def rows(page: Any) -> Any:
    return page.locator(f'[data-criterion="{CODE}"] .file-row')


def choose(page: Any, *files: Path) -> None:
    page.locator(f'[id="id_files-{CODE}"]').set_input_files([str(f) for f in files])


def test_a_cut_a_reload_and_the_rest_of_the_file(context_of, world, draft_case, tmp_path, expect):
    """Two files at once; the line goes after three pieces, the page too. Only what is missing is sent again."""
    small, large = written(tmp_path, "小.pdf", 900), written(tmp_path, "大.pdf", 5 * PIECE + 1)
    context = context_of(world.enterprise_admin)
    page = context.new_page()
    address = reverse("item", args=[draft_case.number, "6.1"])
    page.goto(address)
    line = Line(page, cut_after=4)
    fold = page.locator(f'[data-criterion="{CODE}"] .criterion-upload')
    fold.locator("summary").click()
    choose(page, small, large)
    expect(rows(page).filter(has_text="小.pdf")).to_contain_text("已上传")
    expect(rows(page).filter(has_text="大.pdf")).to_contain_text("网络中断，已暂停，恢复后自动继续")
    expect(page.locator(f'[id="evidence-{CODE}"]')).to_contain_text("小.pdf")
    pending = PendingUpload.objects.get()
    assert 0 < pending.received < pending.size
    assert EvidenceFile.objects.get().name == "小.pdf"

    page.unroute_all()
    page.reload()
    left = rows(page).filter(has_text="大.pdf")
    expect(left).to_contain_text("未传完，请重新选择该文件继续")
    line = Line(page, cut_after=100)
    choose(page, large)
    expect(rows(page).filter(has_text="大.pdf")).to_contain_text("已上传")
    expect(page.locator(f'[id="evidence-{CODE}"]')).to_contain_text("大.pdf")
    assert [offset for _, offset in line.pieces] == list(range(pending.received, large.stat().st_size, PIECE))
    assert {url for url, _ in line.pieces} == {
        page.url.split("/assessments")[0] + reverse("upload", args=[draft_case.number, pending.pk])
    }
    kept = EvidenceFile.objects.get(name="大.pdf")
    assert kept.content.read() == large.read_bytes()
    assert EvidenceLink.objects.filter(criterion_code=CODE).count() == 2
    assert PendingUpload.objects.count() == 0


def test_the_line_comes_back_and_it_goes_on_by_itself(context_of, world, draft_case, tmp_path, expect):
    large = written(tmp_path, "大.pdf", 4 * PIECE)
    context = context_of(world.enterprise_admin)
    page = context.new_page()
    page.goto(reverse("item", args=[draft_case.number, "6.1"]))
    Line(page, cut_after=2)
    page.locator(f'[data-criterion="{CODE}"] .criterion-upload summary').click()
    choose(page, large)
    expect(rows(page)).to_contain_text("已暂停")
    page.unroute_all()
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(rows(page)).to_contain_text("已上传")
    assert EvidenceFile.objects.get().content.read() == large.read_bytes()


def test_without_a_session_it_waits_and_a_cancelled_file_is_gone(context_of, world, draft_case, tmp_path, expect):
    large = written(tmp_path, "大.pdf", 4 * PIECE)
    context = context_of(world.enterprise_admin)
    page = context.new_page()
    page.goto(reverse("item", args=[draft_case.number, "6.1"]))
    Session.objects.all().delete()
    page.locator(f'[data-criterion="{CODE}"] .criterion-upload summary').click()
    choose(page, large)
    expect(rows(page)).to_contain_text("登录已过期，重新登录后自动继续")
    expect(rows(page).get_by_role("link", name="重新登录")).to_be_visible()
    rows(page).get_by_role("button", name="取消上传").click()
    expect(rows(page)).to_contain_text("已取消")
    assert (EvidenceFile.objects.count(), PendingUpload.objects.count()) == (0, 0)


def test_files_find_their_criteria_by_name_and_one_is_assigned_by_keyboard(
    context_of, world, draft_case, tmp_path, expect
):
    files = [
        written(tmp_path, "6.1-L1-01 6.1-L1-02 策略.pdf", 900),
        written(tmp_path, "7.1-L1-01 制度.pdf", 2500),
        written(tmp_path, "会议纪要.pdf", 800),
        tmp_path / "程序.exe",
    ]
    files[-1].write_bytes(b"MZ" * 50)
    context = context_of(world.enterprise_admin)
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(reverse("evidence_add", args=[draft_case.number]))
    page.locator("#id_files").set_input_files([str(f) for f in files])
    lines = page.locator(".file-row")
    expect(lines.nth(0)).to_contain_text("关联到 6.1-L1-01、6.1-L1-02。")
    expect(lines.nth(2)).to_contain_text("存入资料库，上传后请选择条款。")
    assert EvidenceFile.objects.count() == 0
    page.get_by_role("button", name="上传文件").press("Enter")
    expect(page.locator("[data-upload-summary]")).to_have_text(
        "已上传 3 个文件，关联 3 个条款，尚未关联条款的文件 1 个，未上传 1 个。"
    )
    expect(lines.nth(0)).to_contain_text("已上传，关联到 6.1-L1-01 6.1-L1-02")
    expect(lines.nth(3)).to_contain_text("“程序.exe”的类型不在可上传范围内")
    assert EvidenceLink.objects.count() == 3

    box = page.get_by_role("checkbox", name="会议纪要.pdf")
    expect(box).to_be_checked()  # the only one there is
    box.focus()
    page.keyboard.press("Tab")
    expect(page.locator("#criterion")).to_be_focused()
    page.keyboard.type("8.1-L1-01")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text("已将 1 个文件关联到 8.1-L1-01。")).to_be_visible()
    expect(page.locator("#criterion")).to_have_count(0)
    eventually(page, lambda: EvidenceLink.objects.filter(criterion_code="8.1-L1-01").exists())
    assert errors == []


def test_a_new_version_arrives_in_pieces_too(context_of, world, draft_case, tmp_path, expect):
    first = factories.keep_file(world.enterprise, world.enterprise_admin)
    factories.link_file(draft_case, CODE, first, world.enterprise_admin)
    page = context_of(world.enterprise_admin).new_page()
    page.goto(reverse("evidence_detail", args=[draft_case.number, first.evidence_id]))
    page.locator("summary", has_text="上传新版本").click()
    page.get_by_label("新版本文件").set_input_files(str(written(tmp_path, "制度（修订）.pdf", 2 * PIECE + 5)))
    page.get_by_role("button", name="上传新版本").click()
    expect(page.locator("table")).to_contain_text("制度（修订）.pdf")
    assert EvidenceLink.objects.get().file.version == 2
