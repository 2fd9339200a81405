"""Large files in pieces, many files by their names: what continues, what is refused, what is left behind."""

from __future__ import annotations

import datetime as dt
import os
import uuid
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from assessments.actions import uploads as actions
from assessments.models import Assessment, Delegation, Event, EvidenceFile, EvidenceLink, PendingUpload
from tests import factories
from tests.sample_files import PDF, archive
from tests.scanner import MALWARE, Scanner

CODE, OTHER_CODE = "6.1-L1-01", "7.1-L1-01"
HTMX = {"HX-Request": "true"}
CONTENT = PDF + b"x" * 1000 + b"\n%%EOF"
NAME = "制度.pdf"


@pytest.fixture(autouse=True)
def _own_uploads(settings: Any, tmp_path: Path) -> None:
    settings.UPLOADS_DIR = tmp_path / "uploads"


@pytest.fixture
def client(login, enterprise_admin, draft_case) -> Client:
    return login(enterprise_admin, csrf=False)


def begin_url(case: Assessment) -> str:
    return reverse("uploads", args=[case.number])


def announced(client: Client, case: Assessment, content: bytes = CONTENT, name: str = NAME, **more: Any) -> Any:
    data = {"name": name, "size": len(content), "modified": 1, "criteria": [CODE]} | more
    return client.post(begin_url(case), data, headers=HTMX)


def begun(client: Client, case: Assessment, content: bytes = CONTENT, name: str = NAME, **more: Any) -> str:
    response = announced(client, case, content, name, **more)
    assert response.status_code == 201, response.content.decode()
    return str(response.json()["address"])


def send(client: Client, address: str, piece: bytes, offset: int | str, **headers: str) -> Any:
    return client.patch(
        address,
        piece,
        content_type="application/offset+octet-stream",
        headers=HTMX | {"Upload-Offset": str(offset)} | headers,
    )


def send_whole(client: Client, case: Assessment, content: bytes = CONTENT, name: str = NAME, **more: Any) -> Any:
    return send(client, begun(client, case, content, name, **more), content, 0)


def on_disk(settings: Any) -> list[str]:
    """What lies in the library and among the pieces."""
    roots = (Path(settings.MEDIA_ROOT), Path(settings.UPLOADS_DIR))
    return [str(p) for root in roots for p in root.rglob("*") if p.is_file()]


def assert_nothing_kept(settings: Any) -> None:
    assert on_disk(settings) == []
    assert (EvidenceFile.objects.count(), EvidenceLink.objects.count(), PendingUpload.objects.count()) == (0, 0, 0)
    assert not Event.objects.filter(action="evidence.attached").exists()


# --- the protocol ----------------------------------------------------------------------------------------------------


def test_a_file_in_pieces_becomes_evidence_like_any_other(client, enterprise_admin, draft_case, settings):
    address = begun(client, draft_case)
    first = send(client, address, CONTENT[:400], 0)
    assert (first.status_code, first["Upload-Offset"], first["X-Fragment"]) == (204, "400", "upload")
    assert EvidenceFile.objects.count() == 0
    last = send(client, address, CONTENT[400:], 400)
    assert (last.status_code, last["X-Fragment"]) == (201, "upload")
    assert f'data-codes="{CODE}"' in last.content.decode()
    file = EvidenceFile.objects.get()
    assert file.content.read() == CONTENT
    assert (file.name, file.size, file.content_type) == (NAME, len(CONTENT), "application/pdf")
    assert EvidenceLink.objects.get().criterion_code == CODE
    assert Event.objects.get(action="evidence.attached").after["criteria"] == [CODE]
    assert PendingUpload.objects.count() == 0
    assert on_disk(settings) == [file.content.path]


def test_from_a_row_the_evidence_of_the_row_comes_back(client, draft_case):
    response = send(client, begun(client, draft_case), CONTENT, 0, **{"Upload-Row": CODE})
    assert (response.status_code, response["X-Fragment"]) == (201, "evidence")
    assert NAME in response.content.decode()


def test_chosen_again_it_continues_where_it_was(client, draft_case):
    address = begun(client, draft_case)
    send(client, address, CONTENT[:300], 0)
    again = announced(client, draft_case).json()
    assert (again["address"], again["received"]) == (address, 300)
    assert client.get(address, headers=HTMX)["Upload-Offset"] == "300"
    assert client.head(address, headers=HTMX)["Upload-Offset"] == "300"
    (listed,) = client.get(begin_url(draft_case), headers=HTMX).json()["uploads"]
    assert (listed["name"], listed["received"], listed["criteria"]) == (NAME, 300, [CODE])
    assert send(client, address, CONTENT[300:], 300).status_code == 201


@pytest.mark.parametrize(
    "other", [{"name": "别的.pdf"}, {"modified": 2}, {"criteria": [OTHER_CODE]}, {"content": CONTENT + b"x"}]
)
def test_another_file_or_purpose_is_another_upload(client, draft_case, other):
    assert begun(client, draft_case) != begun(client, draft_case, **other)
    assert PendingUpload.objects.count() == 2


@pytest.mark.parametrize("offset", [0, 299, 301, 10_000])
def test_a_piece_elsewhere_writes_nothing_and_says_where_it_continues(client, draft_case, settings, offset):
    address = begun(client, draft_case)
    send(client, address, CONTENT[:300], 0)
    response = send(client, address, b"WRONG", offset)
    assert (response.status_code, response["Upload-Offset"]) == (409, "300")
    assert Path(on_disk(settings)[0]).read_bytes() == CONTENT[:300]
    assert send(client, address, CONTENT[300:], 300).status_code == 201
    assert EvidenceFile.objects.get().content.read() == CONTENT


def test_a_reply_that_was_lost_is_given_again(client, draft_case):
    address = begun(client, draft_case)
    first = send(client, address, CONTENT, 0)
    assert first.status_code == 201
    assert client.get(address, headers=HTMX)["Upload-Offset"] == str(len(CONTENT))
    again = send(client, address, b"", len(CONTENT))
    assert (again.status_code, again.content) == (201, first.content)
    assert EvidenceFile.objects.count() == 1
    assert Event.objects.filter(action="evidence.attached").count() == 1


def test_pieces_lost_on_the_disk_are_sent_again(client, draft_case, settings):
    address = begun(client, draft_case)
    send(client, address, CONTENT[:300], 0)
    os.truncate(on_disk(settings)[0], 100)
    assert announced(client, draft_case).json()["received"] == 100
    assert send(client, address, CONTENT[300:], 300)["Upload-Offset"] == "100"
    assert send(client, address, CONTENT[100:], 100).status_code == 201


def test_rubbish_beyond_what_was_received_is_overwritten(client, draft_case, settings):
    """A write that was not confirmed leaves bytes behind; the row counts."""
    address = begun(client, draft_case)
    send(client, address, CONTENT[:300], 0)
    with Path(on_disk(settings)[0]).open("ab") as file:
        file.write(b"RUBBISH" * 1000)
    send(client, address, CONTENT[300:500], 300)
    assert Path(on_disk(settings)[0]).read_bytes() == CONTENT[:500]


@pytest.mark.parametrize("offset", ["", "-1", "1.5", "x", "9" * 30])
def test_a_request_that_makes_no_sense_is_refused(client, draft_case, settings, offset):
    address = begun(client, draft_case)
    assert send(client, address, b"x", offset).status_code == 400
    assert on_disk(settings) == []


def test_more_than_a_piece_or_than_was_announced_is_refused(client, draft_case, settings):
    address = begun(client, draft_case)
    assert send(client, address, CONTENT + b"x", 0).status_code == 422
    settings.UPLOAD_PIECE_BYTES = 100
    assert announced(client, draft_case).json()["piece"] == 100
    assert send(client, address, CONTENT[:101], 0).status_code == 413
    assert on_disk(settings) == []
    assert PendingUpload.objects.get().received == 0


def test_giving_up_leaves_nothing(client, draft_case, settings):
    address = begun(client, draft_case)
    send(client, address, CONTENT[:300], 0)
    assert client.delete(address, headers=HTMX).status_code == 204
    assert_nothing_kept(settings)
    assert client.delete(address, headers=HTMX).status_code == 404
    assert send(client, address, CONTENT[300:], 300).status_code == 404


def test_the_token_is_asked_for(login, enterprise_admin, draft_case, settings):
    client = login(enterprise_admin, csrf=True)
    assert announced(client, draft_case).status_code == 403
    pending = factory_upload(draft_case, enterprise_admin)
    address = reverse("upload", args=[draft_case.number, pending.pk])
    assert send(client, address, CONTENT, 0).status_code == 403
    assert client.delete(address, headers=HTMX).status_code == 403
    assert PendingUpload.objects.get().received == 0


def factory_upload(case: Assessment, user: Any, **fields: Any) -> PendingUpload:
    now = timezone.now()
    given = {"name": NAME, "size": len(CONTENT), "fingerprint": "f", "criterion_codes": [CODE], "touched_at": now}
    return PendingUpload.objects.create(assessment=case, user=user, created_at=now, **(given | fields))


def test_queries_of_a_piece_are_few(client, draft_case, django_assert_max_num_queries):
    address = begun(client, draft_case)
    with django_assert_max_num_queries(12):
        send(client, address, CONTENT[:10], 0)


# --- who may ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "status"),
    [("stranger", 404), ("nobody", 404), ("lead", 404), ("viewer", 403), ("contributor", 201)],
)
def test_who_may_begin(login, world, draft_case, who, status):
    response = announced(login(getattr(world, who)), draft_case)
    assert response.status_code == status
    assert PendingUpload.objects.count() == (1 if status == 201 else 0)


@pytest.mark.parametrize(("who", "status"), [("stranger", 404), ("contributor", 404), ("viewer", 403), ("lead", 404)])
def test_nobody_continues_what_somebody_else_began(login, world, client, draft_case, settings, who, status):
    address = begun(client, draft_case)
    other = login(getattr(world, who))
    assert send(other, address, CONTENT, 0).status_code == status
    assert other.get(address, headers=HTMX).status_code == 404
    assert other.delete(address, headers=HTMX).status_code == 404
    assert PendingUpload.objects.get().received == 0
    assert on_disk(settings) == []


def test_not_through_another_case(client, world, draft_case):
    second = factories.open_case(world.enterprise_admin, world.enterprise)
    pending = PendingUpload.objects.get(pk=announced(client, draft_case).json()["id"])
    address = reverse("upload", args=[second.number, pending.pk])
    assert send(client, address, CONTENT, 0).status_code == 404
    assert client.get(address, headers=HTMX).status_code == 404


def test_a_lost_session_is_401_and_costs_nothing(client, draft_case):
    address = begun(client, draft_case)
    send(client, address, CONTENT[:300], 0)
    assert send(Client(), address, CONTENT[300:], 300).status_code == 401
    assert send(client, address, CONTENT[300:], 300, **{"X-User": "0"}).status_code == 401
    assert announced(Client(), draft_case).status_code == 401
    assert send(client, address, CONTENT[300:], 300).status_code == 201


def test_parts_of_others_are_refused_at_the_beginning(login, world, draft_case):
    Delegation.objects.create(
        assessment=draft_case,
        user=world.contributor,
        part_code="7",
        assigned_by=world.enterprise_admin,
        assigned_at=timezone.now(),
    )
    client = login(world.contributor)
    response = announced(client, draft_case)
    assert response.status_code == 403
    assert "未分配给您填报" in response.content.decode()
    assert announced(client, draft_case, criteria=[OTHER_CODE]).status_code == 201


def test_parts_taken_away_meanwhile_are_refused_at_the_end(login, world, draft_case, settings):
    client = login(world.contributor)
    address = begun(client, draft_case)
    send(client, address, CONTENT[:300], 0)
    Delegation.objects.create(
        assessment=draft_case,
        user=world.contributor,
        part_code="7",
        assigned_by=world.enterprise_admin,
        assigned_at=timezone.now(),
    )
    response = send(client, address, CONTENT[300:], 300)
    assert (response.status_code, response["X-Fragment"]) == (403, "upload")
    assert_nothing_kept(settings)


def test_nothing_comes_in_after_finalising(login, world, answered_case, settings):
    client = login(world.enterprise_admin)
    address = begun(client, answered_case)
    send(client, address, CONTENT[:300], 0)
    factories.state_eligibility(answered_case, world.enterprise_admin)
    factories.move(answered_case, world.enterprise_admin, "finalise", pledge=True)
    response = send(client, address, CONTENT[300:], 300)
    assert (response.status_code, response["X-Fragment"]) == (403, "upload")
    assert "自评已提交" in response.content.decode()
    assert announced(client, answered_case, name="新.pdf").status_code == 403
    assert EvidenceFile.objects.count() == 0
    assert client.delete(address, headers=HTMX).status_code == 204


# --- what is refused -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"name": "程序.exe"}, "类型不在可上传范围内"),
        ({"name": "发票.pdf.exe"}, "有两个扩展名"),
        ({"size": 0}, "是空文件"),
        ({"size": 300 * 1024 * 1024}, "超过 200 MB 的上限"),
        ({"criteria": ["6.1-L9-99"]}, "没有条款 6.1-L9-99"),
        ({"size": "x"}, "上传请求不完整"),
        ({"name": ""}, "上传请求不完整"),
        ({"evidence": "x"}, "上传请求不完整"),
    ],
)
def test_refused_before_anything_is_sent(client, draft_case, settings, given, reason):
    response = announced(client, draft_case, **given)
    assert (response.status_code, response["X-Fragment"]) == (422, "upload")
    assert reason in response.content.decode()
    assert_nothing_kept(settings)


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("程序.pdf", b"MZ" + b"\x00" * 500, "内容与扩展名不符"),
        ("宏.docx", archive("word/document.xml", "word/vbaProject.bin"), "含有宏"),
        ("脚本.pdf", PDF + b"<</S/JavaScript>>", "含有脚本"),
        ("两用.pdf", PDF + archive("a.class"), "夹带了其他格式"),
    ],
)
def test_refused_content_leaves_nothing(client, draft_case, settings, name, content, reason):
    address = begun(client, draft_case, content, name)
    send(client, address, content[:20], 0)
    response = send(client, address, content[20:], 20)
    assert (response.status_code, response["X-Fragment"]) == (422, "upload")
    assert f"“{name}”" in response.content.decode()
    assert reason in response.content.decode()
    assert_nothing_kept(settings)
    direct = client.post(
        reverse("evidence_attach", args=[draft_case.number, CODE]),
        {"files": [SimpleUploadedFile(name, content)]},
        headers=HTMX,
    )
    assert direct.status_code == 422
    assert_nothing_kept(settings)


def test_malware_in_pieces_is_refused(client, draft_case, settings):
    with Scanner() as scanner:
        settings.CLAMD_ADDRESS = scanner.address
        response = send_whole(client, draft_case, PDF + MALWARE)
    assert response.status_code == 422
    assert "Test.Signature" in response.content.decode()
    assert_nothing_kept(settings)
    assert Event.objects.filter(action="evidence.refused").count() == 1


def test_without_the_scanner_the_pieces_stay_and_go_through_later(client, draft_case, settings):
    settings.CLAMD_ADDRESS = "/no/such/socket"
    address = begun(client, draft_case)
    response = send(client, address, CONTENT, 0)
    assert (response.status_code, response["X-Fragment"]) == (503, "upload")
    assert "扫描服务暂不可用" in response.content.decode()
    assert (EvidenceFile.objects.count(), PendingUpload.objects.get().received) == (0, len(CONTENT))
    with Scanner() as scanner:
        settings.CLAMD_ADDRESS = scanner.address
        assert send(client, address, b"", len(CONTENT)).status_code == 201
    assert EvidenceFile.objects.get().scanned_at is not None


def test_the_quota_counts_what_is_kept_and_what_is_coming(client, draft_case, settings):
    settings.EVIDENCE_QUOTA_BYTES = 3 * len(CONTENT)
    assert send_whole(client, draft_case).status_code == 201
    address = begun(client, draft_case, name="二.pdf")
    response = announced(client, draft_case, name="三.pdf", size=len(CONTENT) + 1)
    assert response.status_code == 422
    assert "本企业资料库空间共 4 KB，已用 3 KB，放不下" in response.content.decode()
    assert PendingUpload.objects.count() == 1
    direct = client.post(
        reverse("evidence_attach", args=[draft_case.number, CODE]),
        {"files": [SimpleUploadedFile("三.pdf", CONTENT + b"x")]},
        headers=HTMX,
    )
    assert direct.status_code == 422
    assert "放不下" in direct.content.decode()
    assert send(client, address, CONTENT, 0).status_code == 201
    assert EvidenceFile.objects.count() == 2
    assert len(on_disk(settings)) == 2


def test_too_many_unfinished_files_are_refused(client, draft_case, monkeypatch):
    monkeypatch.setattr(actions, "PENDING_MAX", 1)
    begun(client, draft_case)
    response = announced(client, draft_case, name="二.pdf")
    assert response.status_code == 422
    assert "未传完的文件已有 1 个" in response.content.decode()
    assert announced(client, draft_case).status_code == 201


def test_the_same_file_again_is_kept_once(client, draft_case, settings):
    send_whole(client, draft_case)
    assert send_whole(client, draft_case, criteria=[OTHER_CODE]).status_code == 201
    assert (EvidenceFile.objects.count(), EvidenceLink.objects.count()) == (1, 2)
    assert len(on_disk(settings)) == 1
    assert PendingUpload.objects.count() == 0


# --- new versions ----------------------------------------------------------------------------------------------------


def test_a_new_version_may_come_in_pieces(client, world, draft_case):
    first = factories.keep_file(world.enterprise, world.enterprise_admin)
    factories.link_file(draft_case, CODE, first, world.enterprise_admin)
    address = begun(client, draft_case, criteria=[], evidence=str(first.evidence_id))
    assert send(client, f"{address}?move_links=on", CONTENT, 0).status_code == 201
    second = first.evidence.versions.get(version=2)
    assert second.content.read() == CONTENT
    assert EvidenceLink.objects.get().file == second
    assert PendingUpload.objects.count() == 0


def test_a_last_piece_sent_twice_is_one_version(client, world, draft_case, settings):
    first = factories.keep_file(world.enterprise, world.enterprise_admin)
    address = begun(client, draft_case, criteria=[], evidence=str(first.evidence_id))
    pending = PendingUpload.objects.get()
    assert send(client, address, CONTENT, 0).status_code == 201
    # The other request read the row and the pieces before this one took them away.
    pending.received = pending.size
    pending.save(force_insert=True)
    actions.path_of(pending).write_bytes(CONTENT)
    assert send(client, address, b"", len(CONTENT)).status_code == 201
    assert list(first.evidence.versions.order_by("version").values_list("version", flat=True)) == [1, 2]
    assert Event.objects.filter(action="evidence.versioned").count() == 1
    assert PendingUpload.objects.count() == 0


def test_documents_of_others_have_no_versions_here(client, world, draft_case):
    foreign = factories.keep_file(world.other_enterprise, world.stranger)
    assert announced(client, draft_case, criteria=[], evidence=str(foreign.evidence_id)).status_code == 404
    assert announced(client, draft_case, criteria=[], evidence=str(uuid.uuid4())).status_code == 404
    assert PendingUpload.objects.count() == 0


# --- leftovers -------------------------------------------------------------------------------------------------------


def test_what_nobody_continues_is_thrown_away(client, draft_case, settings, capsys):
    now = timezone.now()
    with time_machine.travel(now - dt.timedelta(hours=settings.UPLOAD_HOURS + 1), tick=False):
        old = factory_upload(draft_case, draft_case.created_by, touched_at=timezone.now())
    address = begun(client, draft_case, name="新.pdf")
    send(client, address, CONTENT[:10], 0)
    folder = Path(settings.UPLOADS_DIR)
    stale = (now - dt.timedelta(days=10)).timestamp()
    for name in (old.pk.hex, "stray"):
        (folder / name).write_bytes(b"x")
        os.utime(folder / name, (stale, stale))
    (folder / "just-begun").write_bytes(b"x")
    call_command("clean_uploads")
    assert capsys.readouterr().out == "uploads: 1, stray pieces: 1\n"
    assert sorted(p.name for p in folder.iterdir()) == sorted(["just-begun", PendingUpload.objects.get().pk.hex])


# --- many files by their names ---------------------------------------------------------------------------------------


def add_url(case: Assessment) -> str:
    return reverse("evidence_add", args=[case.number])


def test_where_files_go_is_said_before(client, draft_case):
    names = ["6.1-L1-01 7.1-L1-01 制度.pdf", "６．１－Ｌ１－０１.pdf", "6.1-L9-99.pdf", "制度.pdf", "a.pdf.exe"]
    response = client.post(reverse("upload_names", args=[draft_case.number]), {"names": names}, headers=HTMX)
    assert response.json()["places"] == [
        "关联到 6.1-L1-01、7.1-L1-01。",
        "关联到 6.1-L1-01。",
        "本版标准没有条款 6.1-L9-99。存入资料库，上传后请选择条款。",
        "存入资料库，上传后请选择条款。",
        "“a.pdf.exe”有两个扩展名（.pdf、.exe），可能被误当成另一种文件打开。请改为一个扩展名后上传。",
    ]


def test_in_pieces_a_name_says_where_a_file_goes(client, draft_case):
    name = "6.1-l1-01 7.1–L1–01 制度.pdf"
    response = send_whole(client, draft_case, name=name, by_name="on", criteria=[])
    assert 'data-codes="6.1-L1-01 7.1-L1-01"' in response.content.decode()
    assert sorted(EvidenceLink.objects.values_list("criterion_code", flat=True)) == [CODE, OTHER_CODE]
    response = send_whole(client, draft_case, CONTENT + b"2", name="无编号.pdf", by_name="on", criteria=[])
    assert "尚未关联条款" in response.content.decode()
    assert EvidenceLink.objects.count() == 2
    assert Event.objects.filter(action="evidence.attached").count() == 2
    html = client.get(add_url(draft_case)).content.decode()
    assert "无编号.pdf" in html
    assert name not in html


def test_criteria_of_others_are_left_out_with_the_reason(login, world, draft_case):
    Delegation.objects.create(
        assessment=draft_case,
        user=world.contributor,
        part_code="7.1",
        assigned_by=world.enterprise_admin,
        assigned_at=timezone.now(),
    )
    client = login(world.contributor)
    files = [SimpleUploadedFile("6.1-L1-01 制度.pdf", CONTENT), SimpleUploadedFile("7.1-L1-01.pdf", CONTENT + b"2")]
    html = client.post(add_url(draft_case), {"files": files}, follow=True).content.decode()
    assert "6.1-L1-01 未分配给您填报，不予关联。" in html
    assert "已上传 2 个文件，关联 1 个条款，尚未关联条款的文件 1 个。" in html
    assert EvidenceLink.objects.get().criterion_code == "7.1-L1-01"
    assert EvidenceFile.objects.count() == 2
    assert 'value="7.1-L1-01"' in html
    assert 'value="6.1-L1-01"' not in html


def test_without_script_the_form_does_it_all(client, draft_case):
    files = [
        SimpleUploadedFile("6.1-L1-01 制度.pdf", CONTENT),
        SimpleUploadedFile("未编号.pdf", CONTENT + b"2"),
        SimpleUploadedFile("坏.pdf", b"MZ"),
    ]
    html = client.post(add_url(draft_case), {"files": files}, follow=True).content.decode()
    assert "已上传 2 个文件，关联 1 个条款，尚未关联条款的文件 1 个。" in html
    assert "“坏.pdf”的内容与扩展名不符" in html
    assert EvidenceFile.objects.count() == 2


def test_files_without_a_criterion_are_assigned(client, world, draft_case):
    files = [factories.keep_file(world.enterprise, world.enterprise_admin, f"{n}.pdf") for n in range(2)]
    ids = [str(f.pk) for f in files]
    address = reverse("evidence_assign", args=[draft_case.number])
    assert client.post(address, {"files": ids, "criterion": CODE}).status_code == 302
    assert sorted(EvidenceLink.objects.values_list("criterion_code", "file")) == sorted((CODE, f.pk) for f in files)
    html = client.get(add_url(draft_case)).content.decode()
    assert 'name="files" value=' not in html


def test_assigning_what_may_not_be_assigned_changes_nothing(client, login, world, draft_case):
    mine = factories.keep_file(world.enterprise, world.enterprise_admin, "我.pdf")
    foreign = factories.keep_file(world.other_enterprise, world.stranger, "外.pdf")
    address = reverse("evidence_assign", args=[draft_case.number])
    for files, code, status in (
        ([foreign.pk], CODE, 404),
        ([mine.pk, foreign.pk], CODE, 404),
        (["x"], CODE, 404),
        ([uuid.uuid4()], CODE, 404),
        ([mine.pk], "6.1-L9-99", 302),
        ([mine.pk], "", 302),
        ([], CODE, 302),
    ):
        assert client.post(address, {"files": files, "criterion": code}).status_code == status
    assert login(world.viewer).post(address, {"files": [mine.pk], "criterion": CODE}).status_code == 403
    assert login(world.stranger).post(address, {"files": [mine.pk], "criterion": CODE}).status_code == 404
    assert EvidenceLink.objects.count() == 0


def test_the_page_shows_room_and_what_is_not_finished_and_nobody_elses(client, login, world, draft_case, settings):
    settings.EVIDENCE_QUOTA_BYTES = 100 * 1024 * 1024
    factory_upload(draft_case, world.enterprise_admin, name="未完.pdf", size=30 * 1024 * 1024)
    factory_upload(draft_case, world.contributor, name="他人.pdf")
    factories.keep_file(world.other_enterprise, world.stranger, "外企.pdf")
    html = client.get(add_url(draft_case)).content.decode()
    assert "31 / 100" in html
    assert "还有 1 个文件未传完，请重新选择该文件继续" in html
    assert "未完.pdf" in html
    assert "他人.pdf" not in html
    assert "外企.pdf" not in html
    assert login(world.viewer).get(add_url(draft_case)).status_code == 403
    assert login(world.stranger).get(add_url(draft_case)).status_code == 404


def test_the_page_keeps_its_number_of_queries(
    client, world, draft_case, django_assert_num_queries, django_assert_max_num_queries
):
    factories.keep_file(world.enterprise, world.enterprise_admin, "一.pdf")
    factory_upload(draft_case, world.enterprise_admin)
    client.get(add_url(draft_case))
    with django_assert_max_num_queries(20) as few:
        client.get(add_url(draft_case))
    for n in range(10):
        factories.keep_file(world.enterprise, world.contributor, f"{n}.pdf")
        factory_upload(draft_case, world.enterprise_admin, name=f"{n}.pdf", fingerprint=str(n))
    with django_assert_num_queries(len(few)):
        client.get(add_url(draft_case))
