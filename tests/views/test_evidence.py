"""Evidence: who may add, read and take away, and what is refused."""

from __future__ import annotations

import io
import uuid
import zipfile
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from assessments.actions import delegations
from assessments.actions import evidence as actions
from assessments.models import Assessment, ConflictOfInterest, Event, EvidenceFile, EvidenceLink, TeamMember
from tests import factories

CODE = "6.1-L1-01"
HTMX = {"HX-Request": "true"}
PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\n"


def upload(name: str = "制度.pdf", content: bytes = PDF) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def attach_url(case: Assessment, code: str = CODE) -> str:
    return reverse("evidence_attach", args=[case.number, code])


def download_url(case: Assessment, file: EvidenceFile | uuid.UUID) -> str:
    return reverse("evidence_download", args=[case.number, getattr(file, "pk", file)])


def list_url(case: Assessment) -> str:
    return reverse("evidence_list", args=[case.number])


def attached(case: Assessment, by: Any, *codes: str, name: str = "制度.pdf", content: bytes = PDF) -> EvidenceFile:
    return actions.attach(
        by=by,
        number=case.number,
        criterion_codes=codes or [CODE],
        upload=upload(name, content),
        content_type="application/pdf",
        at=timezone.now(),
    )


def body_of(response: Any) -> bytes:
    return b"".join(response.streaming_content)


@pytest.fixture
def evidence(draft_case: Assessment, enterprise_admin: Any) -> EvidenceFile:
    """A file in the case while it was a draft; ask for it before the later stages."""
    return attached(draft_case, enterprise_admin)


# --- adding --------------------------------------------------------------------------------------------------------


def test_several_files_are_kept_and_linked(login, enterprise_admin, draft_case):
    files = [upload("一.pdf"), upload("二.pdf", PDF + b"2")]
    response = login(enterprise_admin).post(attach_url(draft_case), {"files": files})
    assert response.status_code == 302
    assert response["Location"] == reverse("item", args=[draft_case.number, "6.1"]) + f"#c-{CODE}"
    assert sorted(EvidenceFile.objects.values_list("name", flat=True)) == ["一.pdf", "二.pdf"]
    assert set(EvidenceLink.objects.values_list("criterion_code", "added_by")) == {(CODE, enterprise_admin.pk)}
    assert Event.objects.filter(action="evidence.attached").count() == 2


def test_good_files_are_kept_when_another_is_refused(login, enterprise_admin, draft_case):
    client = login(enterprise_admin)
    files = [upload("好.pdf"), upload("病毒.pdf", b"MZ\x90\x00" + b"\x00" * 400), upload("空.pdf", b"")]
    client.post(attach_url(draft_case), {"files": files})
    assert list(EvidenceFile.objects.values_list("name", flat=True)) == ["好.pdf"]
    html = client.get(reverse("item", args=[draft_case.number, "6.1"])).content.decode()
    assert "已上传 1 个文件。" in html
    assert "“病毒.pdf”的内容与扩展名不符" in html
    assert "“空.pdf”是空文件" in html


def test_with_script_the_block_of_the_row_comes_back(login, enterprise_admin, draft_case):
    client = login(enterprise_admin)
    good = client.post(attach_url(draft_case), {"files": [upload("好.pdf")]}, headers=HTMX)
    assert (good.status_code, good["X-Fragment"]) == (200, "evidence")
    assert "好.pdf" in good.content.decode()
    bad = client.post(attach_url(draft_case), {"files": [upload("坏.exe", b"MZ")]}, headers=HTMX)
    assert bad.status_code == 422
    assert "“坏.exe”的类型不在可上传范围内" in bad.content.decode()
    assert "好.pdf" in bad.content.decode()
    none = client.post(attach_url(draft_case), {}, headers=HTMX)
    assert none.status_code == 422
    assert "尚未选择文件" in none.content.decode()
    assert EvidenceFile.objects.count() == 1


def zip_named(*members: str) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for member in members:
            archive.writestr(zipfile.ZipInfo(member), "x")  # without the time of day: the bytes name the test
    return target.getvalue()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("程序.pdf", b"MZ\x90\x00" + b"\x00" * 400),
        ("压缩包.xlsx", zip_named("a.txt")),
        ("文档.xlsx", zip_named("word/document.xml")),
        ("网页.txt", b"<html>\x00</html>"),
        ("图片.png", PDF),
        ("截断.zip", zip_named("a.txt")[:-10]),
        ("页面.html", b"<script>alert(1)</script>"),
        ("图形.svg", b"<svg onload='alert(1)'/>"),
        ("无扩展名", PDF),
    ],
)
def test_disguised_and_unwanted_files_are_refused(login, enterprise_admin, draft_case, name, content):
    response = login(enterprise_admin).post(attach_url(draft_case), {"files": [upload(name, content)]}, headers=HTMX)
    assert response.status_code == 422
    assert f"“{name}”" in response.content.decode()
    assert EvidenceFile.objects.count() == 0
    assert Event.objects.filter(action="evidence.attached").count() == 0


def test_file_over_the_limit_is_cut_off_while_it_arrives(login, enterprise_admin, draft_case, settings, tmp_path):
    settings.EVIDENCE_MAX_BYTES = 1024 * 1024
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path
    files = [upload("大.pdf", PDF + b"0" * (3 * 1024 * 1024)), upload("小.pdf")]
    response = login(enterprise_admin).post(attach_url(draft_case), {"files": files}, headers=HTMX)
    assert response.status_code == 422
    assert "“大.pdf”超过 1 MB 的上限，请压缩或拆分后上传。" in response.content.decode()
    assert list(EvidenceFile.objects.values_list("name", flat=True)) == ["小.pdf"]
    assert list(tmp_path.glob("*.upload*")) == []


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("..\\..\\windows\\制度.pdf", "制度.pdf"),
        ("制度\u202efdp.pdf", "制度fdp.pdf"),
        ("制\u200b度.PDF", "制度.pdf"),
        ("长" * 300 + ".pdf", "长" * 196 + ".pdf"),
    ],
)
def test_odd_names_are_made_harmless(login, enterprise_admin, draft_case, sent, kept):
    file = upload()
    file.name = sent
    assert login(enterprise_admin).post(attach_url(draft_case), {"files": [file]}).status_code == 302
    stored = EvidenceFile.objects.get()
    assert stored.name == kept
    assert stored.content.name == f"evidence/{draft_case.enterprise_id}/{stored.pk.hex}"


def test_the_same_file_twice_is_one_file_one_link_one_event(login, enterprise_admin, draft_case):
    client = login(enterprise_admin)
    for _ in range(2):
        assert client.post(attach_url(draft_case), {"files": [upload()]}, headers=HTMX).status_code == 200
    assert EvidenceFile.objects.count() == 1
    assert EvidenceLink.objects.count() == 1
    assert Event.objects.filter(action="evidence.attached").count() == 1
    client.post(attach_url(draft_case, "6.1-L1-02"), {"files": [upload()]}, headers=HTMX)
    assert (EvidenceFile.objects.count(), EvidenceLink.objects.count()) == (1, 2)


def test_unknown_criterion_is_404(login, enterprise_admin, draft_case):
    assert login(enterprise_admin).post(attach_url(draft_case, "6.1-L9-99"), {"files": [upload()]}).status_code == 404
    assert EvidenceFile.objects.count() == 0


@pytest.mark.parametrize("who", ["stranger", "other_manager", "body_manager", "officer", "auditor"])
def test_others_cannot_add_or_remove_nor_learn_of_the_case(login, world, draft_case, evidence, who):
    client, link = login(getattr(world, who)), EvidenceLink.objects.get()
    assert client.post(attach_url(draft_case), {"files": [upload("别家.pdf")]}).status_code == 404
    remove = reverse("evidence_detach", args=[draft_case.number, link.pk])
    assert client.post(remove).status_code == 404
    assert client.get(list_url(draft_case)).status_code == 404
    assert list(EvidenceFile.objects.values_list("name", flat=True)) == ["制度.pdf"]
    assert EvidenceLink.objects.count() == 1


@pytest.mark.parametrize("who", ["viewer", "lead", "officer"])
def test_those_who_may_only_read_get_403(login, world, evidence, review_case, who):
    client, link = login(getattr(world, who)), EvidenceLink.objects.get()
    assert client.post(attach_url(review_case), {"files": [upload("新.pdf")]}).status_code == 403
    assert client.post(reverse("evidence_detach", args=[review_case.number, link.pk])).status_code == 403
    assert EvidenceLink.objects.count() == 1
    assert EvidenceFile.objects.count() == 1


def test_not_in_a_domain_of_others(login, world, contributor, draft_case, evidence):
    delegations.delegate(
        by=world.enterprise_admin,
        number=draft_case.number,
        user=contributor,
        part_codes=["7"],
        due_date=None,
        at=timezone.now(),
    )
    client = login(contributor)
    response = client.post(attach_url(draft_case), {"files": [upload("新.pdf")]})
    assert response.status_code == 403
    assert "该能力域未分配给您填报" in response.content.decode()
    link = EvidenceLink.objects.get()
    assert client.post(reverse("evidence_detach", args=[draft_case.number, link.pk])).status_code == 403
    assert EvidenceLink.objects.count() == 1
    assert client.post(attach_url(draft_case, "7.1-L1-01"), {"files": [upload("新.pdf")]}).status_code == 302


def test_missing_csrf_token_is_403(login, enterprise_admin, draft_case, evidence):
    client, link = login(enterprise_admin, csrf=True), EvidenceLink.objects.get()
    assert client.post(attach_url(draft_case), {"files": [upload("新.pdf")]}).status_code == 403
    assert client.post(reverse("evidence_detach", args=[draft_case.number, link.pk])).status_code == 403
    assert (EvidenceFile.objects.count(), EvidenceLink.objects.count()) == (1, 1)


def test_script_without_session_gets_401(draft_case):
    assert Client().post(attach_url(draft_case), {"files": [upload()]}, headers=HTMX).status_code == 401
    assert EvidenceFile.objects.count() == 0


# --- reading -------------------------------------------------------------------------------------------------------


def test_download_is_an_attachment_that_runs_nothing_and_an_event(login, enterprise_admin, draft_case, evidence):
    response = login(enterprise_admin).get(download_url(draft_case, evidence))
    assert response.status_code == 200
    assert body_of(response) == PDF
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == "attachment; filename*=utf-8''%E5%88%B6%E5%BA%A6.pdf"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert response["Cache-Control"] == "private, no-store"
    event = Event.objects.get(action="evidence.downloaded")
    assert (event.actor, event.subject, event.after["file"]) == (enterprise_admin, "制度.pdf", str(evidence.pk))


@pytest.mark.parametrize(
    "who", ["stranger", "other_manager", "body_manager", "lead", "assessor", "officer", "district_officer", "auditor"]
)
def test_nobody_outside_reads_evidence_of_an_undisclosed_case(login, world, evidence, finalised_case, who):
    """A real file id does not help; the enterprise itself reads the file at this very moment."""
    assert login(getattr(world, who)).get(download_url(finalised_case, evidence)).status_code == 404
    assert Event.objects.filter(action="evidence.downloaded").count() == 0
    assert body_of(login(world.viewer).get(download_url(finalised_case, evidence))) == PDF


@pytest.mark.parametrize("who", ["lead", "assessor", "quality_reviewer", "body_manager"])
def test_the_team_reads_evidence(login, world, evidence, review_case, who):
    assert body_of(login(getattr(world, who)).get(download_url(review_case, evidence))) == PDF
    assert Event.objects.get(action="evidence.downloaded").actor == getattr(world, who)


def test_the_office_reads_evidence_from_sign_off_on(login, world, evidence, compliance_case):
    assert body_of(login(world.officer).get(download_url(compliance_case, evidence))) == PDF
    assert Event.objects.get(action="evidence.downloaded").actor == world.officer


def test_the_office_is_told_why_it_reads_nothing_before(login, world, evidence, review_case):
    response = login(world.officer).get(download_url(review_case, evidence))
    assert response.status_code == 403
    assert "评估报告签发后" in response.content.decode()


@pytest.mark.parametrize("who", ["third_assessor", "other_manager", "stranger", "other_district_officer", "nobody"])
def test_those_not_on_the_case_do_not(login, world, evidence, review_case, who):
    assert login(getattr(world, who)).get(download_url(review_case, evidence)).status_code == 404
    assert Event.objects.filter(action="evidence.downloaded").count() == 0


def test_district_officer_gets_403_with_the_reason(login, district_officer, evidence, review_case):
    response = login(district_officer).get(download_url(review_case, evidence))
    assert response.status_code == 403
    assert "区级主管人员" in response.content.decode()
    assert login(district_officer).get(list_url(review_case)).status_code == 403


def test_an_assessor_with_a_conflict_does_not(login, world, evidence, review_case):
    ConflictOfInterest.objects.create(
        enterprise=world.enterprise,
        user=world.assessor,
        kind="coaching",
        until=timezone.localdate().replace(year=timezone.localdate().year + 1),
        declared_at=timezone.now(),
    )
    assert TeamMember.objects.filter(assessment=review_case, user=world.assessor).exists()
    assert login(world.assessor).get(download_url(review_case, evidence)).status_code == 404


def test_forged_ids_are_404(login, world, evidence, review_case):
    client = login(world.assessor)
    assert client.get(download_url(review_case, uuid.uuid4())).status_code == 404
    other = factories.open_case(world.stranger, world.other_enterprise)
    foreign = attached(other, world.stranger, name="别家.pdf", content=PDF + b"other")
    assert client.get(download_url(review_case, foreign)).status_code == 404
    assert login(world.enterprise_admin).get(download_url(review_case, foreign)).status_code == 404


def test_files_of_the_same_enterprise_that_are_not_in_this_case_stay_out_of_it(login, world, evidence, review_case):
    second = factories.open_case(world.enterprise_admin, world.enterprise)
    private = attached(second, world.enterprise_admin, name="内部.pdf", content=PDF + b"private")
    for user in (world.assessor, world.lead, world.body_manager):
        assert login(user).get(download_url(review_case, private)).status_code == 404
        assert login(user).get(download_url(second, private)).status_code == 404
    assert body_of(login(world.enterprise_admin).get(download_url(second, private))).endswith(b"private")


def test_a_file_taken_off_is_read_in_the_library_alone(login, world, evidence, review_case):
    assert login(world.assessor).get(download_url(review_case, evidence)).status_code == 200
    EvidenceLink.objects.all().delete()
    for user in (world.assessor, world.lead, world.body_manager, world.quality_reviewer):
        assert login(user).get(download_url(review_case, evidence)).status_code == 404
    assert body_of(login(world.viewer).get(download_url(review_case, evidence))) == PDF


def test_a_file_lost_in_the_storage_says_so(login, enterprise_admin, draft_case, evidence):
    evidence.content.storage.delete(evidence.content.name)
    response = login(enterprise_admin).get(download_url(draft_case, evidence))
    assert response.status_code == 409
    assert "该文件在存储中缺失" in response.content.decode()
    assert Event.objects.filter(action="evidence.downloaded").count() == 0


def test_no_public_address_serves_evidence(login, enterprise_admin, draft_case, evidence):
    for address in (f"/media/{evidence.content.name}", f"/static/{evidence.content.name}", f"/{evidence.content.name}"):
        assert login(enterprise_admin).get(address).status_code == 404


# --- taking away ---------------------------------------------------------------------------------------------------


def test_removing_leads_back_to_the_row_and_keeps_the_file(login, enterprise_admin, draft_case, evidence):
    link = EvidenceLink.objects.get()
    client = login(enterprise_admin)
    address = reverse("evidence_detach", args=[draft_case.number, link.pk])
    assert client.get(address).status_code == 405
    response = client.post(address)
    assert response["Location"] == reverse("item", args=[draft_case.number, "6.1"]) + f"#c-{CODE}"
    assert EvidenceLink.objects.count() == 0
    assert EvidenceFile.objects.count() == 1
    assert client.post(address).status_code == 404  # the second click finds nothing
    assert Event.objects.filter(action="evidence.detached").count() == 1


def test_removing_from_the_list_leads_back_to_the_list(login, enterprise_admin, draft_case, evidence):
    address = reverse("evidence_detach", args=[draft_case.number, EvidenceLink.objects.get().pk])
    assert login(enterprise_admin).post(address, {"from": "list"})["Location"] == list_url(draft_case)


def test_a_link_of_another_case_is_not_removed_through_this_one(login, world, draft_case, evidence):
    second = factories.open_case(world.enterprise_admin, world.enterprise)
    attached(second, world.enterprise_admin, name="二.pdf", content=PDF + b"2")
    link = EvidenceLink.objects.get(assessment=second)
    address = reverse("evidence_detach", args=[draft_case.number, link.pk])
    assert login(world.enterprise_admin).post(address).status_code == 404
    assert EvidenceLink.objects.count() == 2


def test_nothing_is_removed_after_finalising(login, enterprise_admin, evidence, finalised_case):
    link = EvidenceLink.objects.get()
    client = login(enterprise_admin)
    assert client.post(reverse("evidence_detach", args=[finalised_case.number, link.pk])).status_code == 403
    assert client.post(attach_url(finalised_case), {"files": [upload("新.pdf")]}).status_code == 403
    assert EvidenceLink.objects.count() == 1


# --- the list ------------------------------------------------------------------------------------------------------


def test_list_shows_files_with_their_criteria_and_what_is_missing(login, world, draft_case):
    attached(draft_case, world.contributor, CODE, "7.1-L1-01", name="制度汇编.pdf")
    second = factories.open_case(world.enterprise_admin, world.enterprise)
    attached(second, world.enterprise_admin, name="另一项目.pdf", content=PDF + b"2")
    response = login(world.enterprise_admin).get(list_url(draft_case))
    html = response.content.decode()
    assert "制度汇编.pdf" in html
    assert "另一项目.pdf" not in html
    for code in (CODE, "7.1-L1-01"):
        assert f"{reverse('item', args=[draft_case.number, code.split('-')[0]])}#c-{code}" in html
    assert world.contributor.name in html
    by_domain = {c.domain.code: (c.total, c.covered, c.missing) for c in response.context["coverage"]}
    total = {d.code: sum(len(i.criteria) for i in d.items) for d in draft_case.edition.domains}
    assert by_domain == {code: (n, 1, n - 1) if code in ("6", "7") else (n, 0, n) for code, n in total.items()}


def test_list_filters_by_domain_in_the_address(login, enterprise_admin, draft_case):
    attached(draft_case, enterprise_admin, CODE, name="六.pdf")
    attached(draft_case, enterprise_admin, "10.1-L1-01", name="十.pdf", content=PDF + b"2")
    client = login(enterprise_admin)
    html = client.get(list_url(draft_case), {"domain": "10"}).content.decode()
    assert "十.pdf" in html
    assert "六.pdf" not in html
    assert "该能力域尚无证明材料" in client.get(list_url(draft_case), {"domain": "8"}).content.decode()


def test_list_paginates_and_keeps_its_number_of_queries(
    login, enterprise_admin, draft_case, django_assert_num_queries, django_assert_max_num_queries
):
    client = login(enterprise_admin)
    attached(draft_case, enterprise_admin)
    with django_assert_max_num_queries(20) as few:
        client.get(list_url(draft_case))
    for n in range(24):
        codes = (CODE, f"7.1-L1-0{1 + n % 2}")
        attached(draft_case, enterprise_admin, *codes, name=f"{n}.pdf", content=PDF + str(n).encode())
    with django_assert_num_queries(len(few)):
        response = client.get(list_url(draft_case))
    assert len(response.context["page_obj"].object_list) == 20
    assert len(client.get(list_url(draft_case), {"page": 2}).context["page_obj"].object_list) == 5


def test_empty_list_offers_the_first_step(login, enterprise_admin, viewer, draft_case):
    assert reverse("next_unanswered", args=[draft_case.number]) in (
        login(enterprise_admin).get(list_url(draft_case)).content.decode()
    )
    html = login(viewer).get(list_url(draft_case)).content.decode()
    assert "尚无证明材料" in html
    assert reverse("next_unanswered", args=[draft_case.number]) not in html
