"""The library as pages: the list and its filters, a document, choosing, previews, the map, the package."""

from __future__ import annotations

import datetime as dt
import io
import json
import zipfile
from threading import BoundedSemaphore
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import Prefetch
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from PIL import Image
from reportlab.pdfgen.canvas import Canvas

from assessments.actions import delegations
from assessments.models import Event, Evidence, EvidenceFile, EvidenceLink
from assessments.queries import library as queries
from assessments.reports import previews as pictures
from assessments.views import coverage, previews
from tests import factories

CODE, OTHER = "6.1-L1-01", "10.1-L1-01"
HTMX = {"HX-Request": "true"}


def pdf(pages: int = 3) -> bytes:
    target = io.BytesIO()
    canvas = Canvas(target, pagesize=(200, 300))
    for page in range(pages):
        canvas.drawString(20, 200, f"page {page + 1}")
        canvas.showPage()
    canvas.save()
    return target.getvalue()


def png() -> bytes:
    target = io.BytesIO()
    Image.new("RGB", (30, 20), "red").save(target, "PNG")
    return target.getvalue()


def days(n: int) -> dt.date:
    return timezone.localdate() + dt.timedelta(days=n)


def held(
    case: Any, by: Any, name: str, *codes: str, content: bytes = b"%PDF-1.7", pointer: str = "", **about: Any
) -> Any:
    """A document of the enterprise, linked to these criteria and described."""
    file = factories.keep_file(case.enterprise, by, name, content)
    for code in codes:
        factories.link_file(case, code, file, by, pointer=pointer)
    Evidence.objects.filter(pk=file.evidence_id).update(**about)
    return file


def url(name: str, case: Any, *more: Any) -> str:
    return reverse(name, args=[case.number, *more])


def text_of(response: Any) -> str:
    return " ".join(response.content.decode().split())


@pytest.fixture
def admin(login, world):
    return login(world.enterprise_admin)


@pytest.fixture
def file(world, draft_case) -> EvidenceFile:
    return held(draft_case, world.enterprise_admin, "策略.pdf", CODE, pointer="第2页", content=pdf())


# --- the list ------------------------------------------------------------------------------------------------------


@pytest.fixture
def shelf(world, draft_case) -> dict[str, EvidenceFile]:
    """Documents of every kind; the last two stand in no criterion of this case."""
    by, case = world.enterprise_admin, draft_case
    other = factories.open_case(by, world.enterprise)
    return {
        "valid": held(case, by, "有效.pdf", CODE, effective_from=days(-10), effective_until=days(400)),
        "soon": held(case, by, "将到期.pdf", OTHER, effective_until=days(60)),
        "past": held(case, by, "已失效.pdf", CODE, OTHER, effective_until=days(-1), confidentiality="secret"),
        "today": held(case, by, "今日到期.pdf", CODE, effective_until=days(0), confidentiality="public"),
        "free": held(case, by, "未关联.pdf", title="未关联文件"),
        "used": held(other, by, "他案使用.pdf", CODE),
    }


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, {"valid", "soon", "past", "today"}),
        ({"show": "expired"}, {"past"}),
        ({"show": "expiring"}, {"soon", "today"}),
        ({"domain": "10"}, {"soon", "past"}),
        ({"domain": "10", "show": "expired"}, {"past"}),
        ({"confidentiality": "secret"}, {"past"}),
        ({"q": "到期"}, {"soon", "today"}),
        ({"show": "elsewhere"}, {"free", "used"}),
        ({"show": "elsewhere", "domain": "10"}, {"free", "used"}),
        ({"show": "unlinked"}, {"free"}),
        ({"show": "elsewhere", "q": "未关联文件"}, {"free"}),
        ({"q": "没有这个"}, set()),
        ({"show": "x", "domain": "99", "confidentiality": "x", "page": "x"}, {"valid", "soon", "past", "today"}),
    ],
    ids=lambda given: str(sorted(given) if isinstance(given, set) else given),
)  # fmt: skip
def test_the_list_is_narrowed_by_what_stands_in_the_address(admin, draft_case, shelf, query, found):
    response = admin.get(url("evidence_list", draft_case), query)
    assert response.status_code == 200
    names = {key for key, kept in shelf.items() if kept.pk in {row.file.pk for row in response.context["rows"]}}
    assert names == found
    for key, kept in shelf.items():
        assert (kept.name in response.content.decode()) == (key in found)


def test_what_expires_is_said_in_words(admin, draft_case, shelf):
    html = text_of(admin.get(url("evidence_list", draft_case)))
    for day, words in ((-1, "失效"), (0, "到期"), (60, "到期")):
        assert html.count(f"{date_format(days(day))} {words}</span>") == 1
    assert html.count("evidence-flag") == 4
    assert "第 1 版" in html
    assert "商业秘密</span>" in html


def test_chips_keep_each_other(admin, draft_case, shelf):
    response = admin.get(url("evidence_list", draft_case), {"domain": "10", "q": "期"})
    chips = {chip["label"]: chip["url"] for group in response.context["groups"] for chip in group["items"]}
    assert chips["已过期"].partition("?")[2] == "domain=10&show=expired&q=%E6%9C%9F"
    assert chips["商业秘密"].partition("?")[2] == "domain=10&confidentiality=secret&q=%E6%9C%9F"


def test_an_earlier_version_in_the_case_says_so(world, admin, draft_case, file):
    factories.next_version(file, world.enterprise_admin)
    html = text_of(admin.get(url("evidence_list", draft_case)))
    assert "第 1 版（资料库已有第 2 版）" in html
    row = admin.get(url("evidence_list", draft_case)).context["rows"][0]
    assert (row.file, row.latest, row.is_outdated) == (file, 2, True)


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("evidence_list", ()),
        ("evidence_choose", (CODE,)),
        ("evidence_coverage", ()),
        ("evidence_detail", "document"),
        ("evidence_preview", "file"),
    ],
)
def test_pages_ask_as_often_for_many_as_for_few(
    world, admin, draft_case, file, name, arguments, django_assert_num_queries, django_assert_max_num_queries
):
    if isinstance(arguments, str):
        arguments = (file.evidence_id if arguments == "document" else file.pk,)
    address = url(name, draft_case, *arguments)
    admin.get(address)  # the reading is an event once, the count of pages is kept
    with django_assert_max_num_queries(24) as few:
        assert admin.get(address).status_code == 200
    more = [held(draft_case, world.enterprise_admin, f"{n}.pdf", CODE, OTHER) for n in range(12)]
    latest = file
    for _ in range(5):
        latest = factories.next_version(latest, world.enterprise_admin)
    for code in list(draft_case.edition.criteria)[4:16]:
        factories.link_file(draft_case, code, file, world.enterprise_admin)
        factories.link_file(draft_case, code, latest, world.enterprise_admin)
    assert more
    with django_assert_num_queries(len(few)):
        assert admin.get(address).status_code == 200


# --- a document ----------------------------------------------------------------------------------------------------


def test_a_document_shows_its_versions_and_where_it_is_used(world, admin, draft_case, file):
    second = factories.open_case(world.enterprise_admin, world.enterprise)
    later = factories.next_version(file, world.enterprise_admin)
    factories.link_file(second, OTHER, later, world.enterprise_admin, pointer="p. 3")
    response = admin.get(url("evidence_detail", draft_case, file.evidence_id))
    html = text_of(response)
    assert [v.version for v in response.context["versions"]] == [2, 1]
    for version in (file, later):
        assert version.sha256 in html
    assert [(u.case, u.is_here) for u in response.context["uses"]] == [(draft_case, True), (second, False)]
    assert reverse("evidence_preview", args=[draft_case.number, file.pk]) + "?page=2" in html
    assert reverse("evidence_preview", args=[second.number, later.pk]) + "?page=3" in html


def test_describing_on_the_page(world, admin, draft_case, file):
    address = url("evidence_detail", draft_case, file.evidence_id)
    given = {
        "title": "数据战略", "owner": world.contributor.pk, "confidentiality": "secret",
        "effective_from": "2026-01-01", "effective_until": "2025-01-01",
    }  # fmt: skip
    response = admin.post(address, given)
    assert response.status_code == 422
    assert "失效日期不能早于生效日期。" in text_of(response)
    assert 'value="数据战略"' in text_of(response)
    assert Evidence.objects.get().title == "策略"
    assert admin.post(address, {**given, "owner": world.stranger.pk}).status_code == 422
    assert admin.post(address, {**given, "effective_until": "2028-01-01"}).status_code == 302
    document = Evidence.objects.get()
    assert (document.title, document.owner, document.effective_until) == (
        "数据战略",
        world.contributor,
        dt.date(2028, 1, 1),
    )
    assert "本案评估机构和报告签发后的发证审查员仍可查阅" in text_of(admin.get(address))


def test_a_new_version_on_the_page(world, admin, draft_case, file):
    address = url("evidence_version", draft_case, file.evidence_id)

    def sent(content: bytes, name: str = "策略二.pdf", **more: str) -> Any:
        return admin.post(address, {"file": SimpleUploadedFile(name, content), **more})

    for response, words in (
        (admin.post(address, {}), "尚未选择文件"),
        (sent(b"MZ\x90\x00", "程序.exe"), "“程序.exe”的类型不在可上传范围内"),
        (sent(b"", "空.pdf"), "是空文件"),
    ):
        assert response.status_code == 422
        assert words in text_of(response)
    assert EvidenceFile.objects.count() == 1
    changed = pdf(5)
    assert sent(changed, move_links="on").status_code == 302
    html = text_of(admin.get(url("evidence_detail", draft_case, file.evidence_id)))
    assert "第 2 版已保存。1 个条款已改用新版本" in html
    assert EvidenceLink.objects.get().file.version == 2
    again = sent(changed, "改名.pdf")
    assert "与第 2 版内容相同" in text_of(again)
    assert EvidenceFile.objects.count() == 2


def test_who_may_only_read_sees_no_forms_and_posts_nothing(world, login, draft_case, file):
    client = login(world.viewer)
    page = client.get(url("evidence_detail", draft_case, file.evidence_id))
    assert page.status_code == 200
    for absent in ("上传新版本", "修改材料信息", "关联条款</button>", "保存位置"):
        assert absent not in text_of(page)
    link = EvidenceLink.objects.get()
    for address, data in (
        (url("evidence_detail", draft_case, file.evidence_id), {"title": "x"}),
        (url("evidence_version", draft_case, file.evidence_id), {"file": SimpleUploadedFile("a.pdf", pdf())}),
        (url("evidence_link", draft_case), {"file": file.pk, "criterion": OTHER}),
        (url("evidence_pointer", draft_case, link.pk), {"pointer": "第9页"}),
        (url("evidence_pointer", draft_case, link.pk), {"pointer": "长" * 200}),
    ):
        assert client.post(address, data).status_code == 403
    assert client.get(url("evidence_choose", draft_case, CODE)).status_code == 403
    assert (Evidence.objects.get().title, EvidenceFile.objects.count()) == ("策略", 1)
    assert EvidenceLink.objects.get().pointer == "第2页"


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE"])
def test_what_writes_takes_posts_alone(admin, draft_case, file, method):
    link = EvidenceLink.objects.get()
    for address in (
        url("evidence_link", draft_case),
        url("evidence_pointer", draft_case, link.pk),
        url("evidence_version", draft_case, file.evidence_id),
    ):
        assert admin.generic(method, address).status_code == 405


def test_missing_csrf_token_is_403(world, login, draft_case, file):
    client = login(world.enterprise_admin, csrf=True)
    assert client.post(url("evidence_link", draft_case), {"file": file.pk, "criterion": OTHER}).status_code == 403
    assert EvidenceLink.objects.count() == 1


# --- choosing and pointing -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", ["6.1\x00", "6.1-L9-99", ""])
def test_a_criterion_there_is_not_is_no_row_to_answer_with(admin, draft_case, file, code):
    response = admin.post(url("evidence_link", draft_case), {"criterion": code, "file": file.pk}, headers=HTMX)
    assert (response.status_code, response.url) == (302, url("evidence_list", draft_case))
    assert EvidenceLink.objects.count() == 1


def test_choosing_offers_the_library_and_says_what_is_there_already(world, admin, draft_case, file):
    held(draft_case, world.enterprise_admin, "纪要.txt")
    address = url("evidence_choose", draft_case, CODE)
    html = text_of(admin.get(address))
    assert "纪要.txt" in html
    assert html.count("已用于本条款") == 1
    found = text_of(admin.get(address, {"q": "纪要"}))
    assert "纪要.txt" in found
    assert "策略.pdf" not in found
    assert "没有名称相符的材料" in text_of(admin.get(address, {"q": "没有"}))
    part = admin.get(address, headers=HTMX)
    assert part["X-Fragment"] == "choose"
    assert "<html" not in text_of(part)
    assert admin.get(url("evidence_choose", draft_case, "6.1-L9-99")).status_code == 404


def test_a_choice_leads_back_to_its_row_or_brings_the_evidence_of_the_row(admin, draft_case, file):
    address = url("evidence_link", draft_case)
    given = {"file": str(file.pk), "criterion": OTHER, "pointer": "第3页"}
    response = admin.post(address, given)
    assert response["Location"] == reverse("item", args=[draft_case.number, "10.1"]) + f"#c-{OTHER}"
    assert set(EvidenceLink.objects.values_list("criterion_code", "pointer")) == {(CODE, "第2页"), (OTHER, "第3页")}
    part = admin.post(address, {**given, "criterion": "6.1-L1-02"}, headers=HTMX)
    assert (part.status_code, part["X-Fragment"], part["HX-Trigger"]) == (200, "evidence", "evidence-linked")
    assert "策略.pdf" in text_of(part)
    from_document = admin.post(address, {**given, "criterion": "7.1-l1-01", "from": "document"})
    assert from_document["Location"] == url("evidence_detail", draft_case, file.evidence_id)
    assert EvidenceLink.objects.count() == 4


def test_what_is_wrong_with_a_choice_is_said(admin, draft_case, file):
    address = url("evidence_link", draft_case)
    wrong = admin.post(address, {"file": str(file.pk), "criterion": "6.1-L9-99", "from": "document"}, follow=True)
    assert "没有条款 6.1-L9-99。" in text_of(wrong)
    long = {"file": str(file.pk), "criterion": OTHER, "pointer": "长" * 121}
    assert "位置说明不能超过 120 个字" in text_of(admin.post(address, long, headers=HTMX))
    for bad in ("", "x", "1" * 40):
        assert admin.post(address, {"file": bad, "criterion": OTHER}).status_code == 404
    assert EvidenceLink.objects.count() == 1


def test_not_in_a_domain_of_others(world, login, draft_case, file):
    delegations.delegate(
        by=world.enterprise_admin, number=draft_case.number, user=world.contributor, part_codes=["7"],
        due_date=None, note="", at=timezone.now(),
    )  # fmt: skip
    client, link = login(world.contributor), EvidenceLink.objects.get()
    assert client.get(url("evidence_choose", draft_case, CODE)).status_code == 403
    assert client.post(url("evidence_link", draft_case), {"file": file.pk, "criterion": OTHER}).status_code == 403
    assert client.post(url("evidence_pointer", draft_case, link.pk), {"pointer": "x"}).status_code == 403
    assert set(EvidenceLink.objects.values_list("criterion_code", "pointer")) == {(CODE, "第2页")}
    assert client.post(url("evidence_link", draft_case), {"file": file.pk, "criterion": "7.1-L1-01"}).status_code == 302


def test_a_pointer_is_changed_in_the_row(admin, draft_case, file):
    link = EvidenceLink.objects.get()
    address = url("evidence_pointer", draft_case, link.pk)
    part = admin.post(address, {"pointer": " 第4.2条 "}, headers=HTMX)
    assert "第4.2条" in text_of(part)
    assert 'name="csrfmiddlewaretoken"' in text_of(part)
    assert EvidenceLink.objects.get().pointer == "第4.2条"
    long = admin.post(address, {"pointer": "长" * 121}, headers=HTMX)
    assert "位置说明不能超过 120 个字" in text_of(long)
    assert admin.post(address, {"pointer": "", "from": "document"})["Location"] == (
        url("evidence_detail", draft_case, file.evidence_id)
    )
    assert EvidenceLink.objects.get().pointer == ""
    assert admin.post(url("evidence_pointer", draft_case, 999_999), {"pointer": "x"}).status_code == 404


def test_the_row_shows_pointer_flag_and_ways_to_the_file(admin, draft_case, file):
    Evidence.objects.update(effective_until=days(-1), confidentiality="secret")
    html = text_of(admin.get(reverse("item", args=[draft_case.number, "6.1"])))
    assert url("evidence_preview", draft_case, file.pk) + "?page=2" in html
    assert url("evidence_download", draft_case, file.pk) in html
    assert "失效</span>" in html
    assert "商业秘密" in html
    assert url("evidence_pointer", draft_case, EvidenceLink.objects.get().pk) in html


# --- previews ------------------------------------------------------------------------------------------------------


def test_pages_of_a_pdf_are_turned(admin, draft_case, file):
    address = url("evidence_preview", draft_case, file.pk)
    response = admin.get(address, {"page": 2})
    html = text_of(response)
    assert (response.context["page"], response.context["pages"]) == (2, 3)
    assert f'src="{url("evidence_page", draft_case, file.pk, 2)}"' in html
    assert 'rel="prev" href="?page=1"' in html
    assert 'rel="next" href="?page=3"' in html
    for asked, shown in (("0", 1), ("99", 3), ("x", 1), ("", 1), ("9" * 30, 1)):
        assert admin.get(address, {"page": asked}).context["page"] == shown
    assert "is-full" in text_of(admin.get(address, {"width": "full"}))


def test_a_picture_has_the_headers_of_a_download_and_is_a_reading(world, login, draft_case, file):
    client = login(world.viewer)
    response = client.get(url("evidence_page", draft_case, file.pk, 3))
    assert (response.status_code, response["Content-Type"]) == (200, "image/png")
    assert Image.open(io.BytesIO(response.content)).width == 1600
    assert response["Cache-Control"] == "private, no-store"
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert response["X-Content-Type-Options"] == "nosniff"
    client.get(url("evidence_preview", draft_case, file.pk))
    event = Event.objects.get(action="evidence.previewed")
    assert (event.actor, event.subject, event.after["file"]) == (world.viewer, "策略.pdf", str(file.pk))
    for page in (0, 4, 9999):
        assert client.get(url("evidence_page", draft_case, file.pk, page)).status_code == 404


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("图.png", png(), '<img src="'),
        ("清单.csv", "系统,<b>粗</b>".encode(), "系统,&lt;b&gt;粗&lt;/b&gt;"),
        ("旧.txt", "会议纪要".encode("gb18030"), "会议纪要"),
        ("表.xlsx", b"PK\x03\x04", "该类型的文件不能在线预览"),
        ("坏.pdf", b"%PDF-1.7 nothing", "该文件已损坏或格式不规范"),
        ("坏.png", png()[:50], "该文件已损坏或格式不规范"),
    ],
)
def test_each_kind_is_shown_in_its_way_and_always_offers_the_file(world, admin, draft_case, name, content, words):
    kept = held(draft_case, world.enterprise_admin, name, CODE, content=content)
    response = admin.get(url("evidence_preview", draft_case, kept.pk))
    assert response.status_code == 200
    assert words in text_of(response)
    assert url("evidence_download", draft_case, kept.pk) in text_of(response)
    if "img" not in words:
        assert admin.get(url("evidence_page", draft_case, kept.pk, 1)).status_code == 404


def test_an_archive_lists_names_alone(world, admin, draft_case):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("制度/<i>一</i>.pdf", "secret words")
    kept = held(draft_case, world.enterprise_admin, "包.zip", CODE, content=target.getvalue())
    html = text_of(admin.get(url("evidence_preview", draft_case, kept.pk)))
    assert "制度/&lt;i&gt;一&lt;/i&gt;.pdf" in html
    assert "压缩包内有 1 个文件" in html
    assert "secret words" not in html


def test_a_file_lost_in_the_storage_says_so_everywhere(admin, draft_case, file):
    file.content.storage.delete(file.content.name)
    for address in (url("evidence_preview", draft_case, file.pk), url("evidence_page", draft_case, file.pk, 1)):
        response = admin.get(address)
        assert response.status_code == 409
        assert "该文件在存储中缺失" in text_of(response)


def test_floods_are_held_off_by_person(world, login, draft_case, file, monkeypatch):
    cache.clear()
    monkeypatch.setattr(previews, "_PREVIEWS", 1)
    monkeypatch.setattr(previews, "_PICTURES", 1)
    pages = [url("evidence_preview", draft_case, file.pk), url("evidence_page", draft_case, file.pk, 1)]
    first, second = login(world.enterprise_admin), login(world.viewer)
    for client in (first, second):
        assert [client.get(page).status_code for page in pages] == [200, 200]
    refused = [first.get(page) for page in pages]
    assert [(r.status_code, r["Retry-After"]) for r in refused] == [(429, "60"), (429, "60")]
    assert "一分钟内的预览次数已达上限" in text_of(refused[0])


def test_what_passes_by_itself_is_not_remembered(admin, draft_case, file, monkeypatch):
    cache.clear()
    turns = BoundedSemaphore(1)
    monkeypatch.setattr(pictures, "_AT_ONCE", turns)
    monkeypatch.setattr(pictures, "_TURN", 0.01)
    with turns:
        assert "平台正在生成其他预览" in text_of(admin.get(url("evidence_preview", draft_case, file.pk)))
        picture = admin.get(url("evidence_page", draft_case, file.pk, 1))
    assert (picture.status_code, picture["Retry-After"], picture["Cache-Control"]) == (503, "10", "private, no-store")
    assert "共 3 页" in text_of(admin.get(url("evidence_preview", draft_case, file.pk)))
    assert cache.get(f"pages:{file.sha256}") == 3


# --- the map -------------------------------------------------------------------------------------------------------


def test_the_map_counts_documents_and_marks_what_has_expired(world, admin, draft_case, shelf):
    factories.link_file(draft_case, CODE, factories.next_version(shelf["valid"], world.enterprise_admin), world.viewer)
    response = admin.get(url("evidence_coverage", draft_case))
    cells = {c.criterion.code: c for d in response.context["map"].domains for i in d.items for c in i.cells}
    assert set(cells) == set(draft_case.edition.criteria)
    assert (cells[CODE].documents, cells[CODE].shade, cells[CODE].is_expired) == (3, 3, False)
    assert (cells[OTHER].documents, cells["6.1-L1-02"].documents) == (2, 0)
    whole = response.context["map"]
    assert (whole.covered, whole.missing, whole.expired) == (2, len(cells) - 2, 0)
    html = text_of(response)
    assert f"{CODE}：3 份材料" in html
    assert f"{reverse('item', args=[draft_case.number, '6.1'])}#c-{CODE}" in html
    EvidenceLink.objects.exclude(file__evidence__effective_until__lt=timezone.localdate()).delete()
    response = admin.get(url("evidence_coverage", draft_case))
    assert response.context["map"].expired == 2
    assert f"{CODE}：1 份材料，全部过期" in text_of(response)


def test_the_map_shows_levels_up_to_one(admin, draft_case):
    for asked, most in (("1", 1), ("3", 3), ("", 5), ("9", 5), ("x", 5)):
        shown = admin.get(url("evidence_coverage", draft_case), {"level": asked}).context["map"]
        expected = sum(1 for c in draft_case.edition.criteria.values() if c.level <= most)
        assert shown.total == expected
    assert "3 级及以下（目标）" in text_of(admin.get(url("evidence_coverage", draft_case)))


def test_the_map_asks_once(draft_case, shelf, django_assert_num_queries):
    with django_assert_num_queries(1):
        queries.coverage_map(draft_case, timezone.localdate())


# --- the package ---------------------------------------------------------------------------------------------------


def test_the_package_holds_what_is_linked_and_is_an_event(admin, enterprise_admin, draft_case, shelf):
    response = admin.get(url("evidence_package", draft_case))
    assert response.streaming
    assert response["Content-Disposition"] == f'attachment; filename="{draft_case.number}-evidence.zip"'
    assert response["Cache-Control"] == "private, no-store"
    with zipfile.ZipFile(io.BytesIO(b"".join(response.streaming_content))) as archive:
        names = set(archive.namelist())
        listed = json.loads(archive.read("manifest.json"))
    assert names == {
        f"6/6.1/{CODE} 有效.pdf", f"10/10.1/{OTHER} 将到期.pdf", f"10/10.1/{OTHER} 已失效.pdf",
        f"6/6.1/{CODE} 今日到期.pdf", "manifest.csv", "manifest.json",
    }  # fmt: skip
    past = next(f for f in listed["files"] if f["name"] == "已失效.pdf")
    assert [c["code"] for c in past["criteria"]] == [OTHER, CODE]
    event = Event.objects.get(action="evidence.packaged")
    assert (event.actor, event.after["files"], len(event.after["sha256"])) == (enterprise_admin, 4, 4)


def test_a_file_lost_in_the_storage_is_listed_as_missing(admin, draft_case, file):
    file.content.storage.delete(file.content.name)
    response = admin.get(url("evidence_package", draft_case))
    with zipfile.ZipFile(io.BytesIO(b"".join(response.streaming_content))) as archive:
        assert archive.namelist() == ["manifest.csv", "manifest.json"]
        assert json.loads(archive.read("manifest.json"))["files"][0]["state"] == "missing"


def test_a_file_taken_off_at_this_moment_is_not_in_the_package(admin, draft_case, shelf, monkeypatch):
    gone = Prefetch("links", EvidenceLink.objects.none(), to_attr="case_links")
    monkeypatch.setattr(coverage.evidence_queries, "files_of", lambda case: EvidenceFile.objects.prefetch_related(gone))
    assert admin.get(url("evidence_package", draft_case)).status_code == 409


def test_an_empty_package_and_a_flood_of_them_are_refused(admin, draft_case, monkeypatch, world):
    response = admin.get(url("evidence_package", draft_case))
    assert response.status_code == 409
    assert "本案尚无证明材料" in text_of(response)
    held(draft_case, world.enterprise_admin, "一.pdf", CODE)
    monkeypatch.setattr(coverage, "_PACKAGES_PER_MINUTE", 0)
    assert "下载过于频繁" in text_of(admin.get(url("evidence_package", draft_case)))
    assert Event.objects.filter(action="evidence.packaged").count() == 0


def test_the_list_leads_to_everything(admin, draft_case, file):
    html = text_of(admin.get(url("evidence_list", draft_case)))
    for address in (
        url("evidence_coverage", draft_case),
        url("evidence_package", draft_case),
        url("evidence_add", draft_case),
        url("evidence_detail", draft_case, file.evidence_id),
        url("evidence_preview", draft_case, file.pk),
        url("evidence_download", draft_case, file.pk),
    ):
        assert f'"{address}"' in html
