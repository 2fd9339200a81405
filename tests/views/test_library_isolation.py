"""A file of one enterprise is never readable by another, nor by anybody before or beyond what was put to them.

Every route to evidence, by every id it takes, for every kind of outsider: the status, and that no name came along.
"""

from __future__ import annotations

import io
import json
import uuid
import zipfile
from collections.abc import Iterable
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from assessments.models import Assessment, ConflictOfInterest, Event, Evidence, EvidenceFile, EvidenceLink
from assessments.reports import previews
from assessments.workflow import Role
from tests import factories
from tests.views.test_library import png

CODE, OTHER = "6.1-L1-01", "7.1-L1-01"
#: Words of the files that must not leak: linked in the case, in the library alone, a version that is not linked.
LINKED, UNLINKED, LATER = "甲关联材料", "乙未关联材料", "丙后续版本"
#: Routes that show or hand out something.
READS = ("list", "coverage", "package", "detail", "download", "preview", "picture")
#: Routes that take an id of a file or document.
FILE_IDS = ("download", "preview", "picture")
BY_ID = ("detail", *FILE_IDS)
#: Routes that are for those alone who may answer.
ANSWERS = ("choose", "link", "pointer", "version", "describe")


def routes(case: Assessment, file: EvidenceFile, link_id: int = 0) -> dict[str, tuple[str, str, dict[str, Any]]]:
    """Method, address and form of every route, with these ids in it."""

    def at(name: str, *more: Any) -> str:
        return reverse(f"evidence_{name}", args=[case.number, *more])

    document = file.evidence_id
    upload = {"file": SimpleUploadedFile("新版.pdf", b"%PDF-1.7 new"), "move_links": "on"}
    about = {"title": "改名", "owner": file.uploaded_by_id, "confidentiality": "public"}
    return {
        "list": ("get", at("list"), {}),
        "coverage": ("get", at("coverage"), {}),
        "package": ("get", at("package"), {}),
        "detail": ("get", at("detail", document), {}),
        "download": ("get", at("download", file.pk), {}),
        "preview": ("get", at("preview", file.pk), {}),
        "picture": ("get", at("page", file.pk, 1), {}),
        "choose": ("get", at("choose", CODE), {}),
        "link": ("post", at("link"), {"file": str(file.pk), "criterion": OTHER}),
        "pointer": ("post", at("pointer", link_id), {"pointer": "别处"}),
        "version": ("post", at("version", document), upload),
        "describe": ("post", at("detail", document), about),
    }


def answers(
    client: Client, case: Assessment, file: EvidenceFile, link_id: int = 0, *, only: Iterable[str] = ()
) -> dict[str, int]:
    """The status of every route, or of these; fails where a name of a file came along with a refusal."""
    cache.clear()
    found = {}
    for name, (method, address, data) in routes(case, file, link_id).items():
        if only and name not in only:
            continue
        response = getattr(client, method)(address, data)
        found[name] = response.status_code
        if response.status_code >= 400:
            assert not any(word in content(response) for word in (LINKED, UNLINKED, LATER)), name
    return found


def content(response: Any) -> str:
    """Everything a response says; of a package also what is packed."""
    body = b"".join(response.streaming_content) if response.streaming else response.content
    words = body.decode(errors="replace") + str(dict(response.items()))
    if body.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            words += " ".join(archive.namelist()) + archive.read("manifest.json").decode()
    return words


def world_of_evidence() -> tuple[Any, ...]:
    """Everything an attack could have changed."""
    return (
        sorted(EvidenceLink.objects.values_list("pk", "assessment", "file", "criterion_code", "pointer")),
        sorted(EvidenceFile.objects.values_list("pk", "sha256")),
        sorted(Evidence.objects.values_list("pk", "title", "owner", "confidentiality")),
        Event.objects.exclude(action__in=["evidence.downloaded", "evidence.previewed", "evidence.packaged"]).count(),
    )


def reads() -> int:
    return Event.objects.filter(action__in=["evidence.downloaded", "evidence.previewed", "evidence.packaged"]).count()


@pytest.fixture(autouse=True)
def _only_who_may(monkeypatch: pytest.MonkeyPatch) -> None:
    """How a picture is made is tested elsewhere; here the question is who gets one."""
    monkeypatch.setattr(previews, "count_pages", lambda file, kind: 1)
    monkeypatch.setattr(previews, "draw", lambda file, kind, page: previews.Picture(b"picture", "image/png"))


@pytest.fixture
def linked(world, draft_case) -> EvidenceFile:
    """Linked while the case was a draft; ask for it before the later stages."""
    file = factories.keep_file(world.enterprise, world.enterprise_admin, f"{LINKED}.png", png())
    factories.link_file(draft_case, CODE, file, world.enterprise_admin, pointer="第1页")
    return file


@pytest.fixture
def unlinked(world) -> EvidenceFile:
    return factories.keep_file(world.enterprise, world.enterprise_admin, f"{UNLINKED}.png", png())


@pytest.fixture
def later(world, linked) -> EvidenceFile:
    """A second version of the linked document that is in no case."""
    file = factories.next_version(linked, world.enterprise_admin, png())
    EvidenceFile.objects.filter(pk=file.pk).update(name=f"{LATER}.png")
    file.refresh_from_db()
    return file


def everything(status: int) -> dict[str, int]:
    return dict.fromkeys((*READS, *ANSWERS), status)


# --- those the case is not open to ---------------------------------------------------------------------------------


def test_a_draft_is_nobody_elses(login, world, draft_case, linked, unlinked, later):
    before, link = world_of_evidence(), EvidenceLink.objects.get()
    outsiders = (
        "stranger",
        "other_manager",
        "body_manager",
        "lead",
        "officer",
        "district_officer",
        "auditor",
        "nobody",
    )
    for who in outsiders:
        client = login(getattr(world, who))
        assert answers(client, draft_case, linked, link.pk) == everything(404), who
        for file in (unlinked, later):
            assert set(answers(client, draft_case, file, only=BY_ID).values()) == {404}, who
    assert world_of_evidence() == before
    assert reads() == 0


def test_without_a_login_there_is_the_login(world, draft_case, linked):
    before, link = world_of_evidence(), EvidenceLink.objects.get()
    assert answers(Client(), draft_case, linked, link.pk) == everything(302)
    assert world_of_evidence() == before


def test_an_id_of_another_enterprise_is_one_that_does_not_exist(login, world, draft_case, linked, unlinked, later):
    """The stranger in their own case, with real ids of ours; and with ids that nobody has."""
    own = factories.open_case(world.stranger, world.other_enterprise)
    mine = factories.keep_file(world.other_enterprise, world.stranger, "本家.png", png())
    own_link = factories.link_file(own, CODE, mine, world.stranger)
    before, link = world_of_evidence(), EvidenceLink.objects.get(assessment=draft_case)
    client = login(world.stranger)
    ghost = EvidenceFile(pk=uuid.uuid4(), evidence_id=uuid.uuid4(), uploaded_by=world.stranger)
    by_ghost = answers(client, own, ghost, 10**6)
    for file in (linked, unlinked, later):
        assert answers(client, own, file, link.pk) == by_ghost
    assert {name for name, status in by_ghost.items() if status != 404} == {"list", "coverage", "package", "choose"}
    assert world_of_evidence() == before
    for name in ("list", "coverage", "package", "choose"):
        words = content(client.get(routes(own, ghost)[name][1]))
        assert not any(word in words for word in (LINKED, UNLINKED, LATER)), name
    for show in ("elsewhere", "unlinked", "expired"):
        assert UNLINKED not in content(client.get(routes(own, ghost)["list"][1], {"show": show, "q": "材料"}))
    assert own_link.pk in EvidenceLink.objects.values_list("pk", flat=True)


def test_whoever_is_in_two_enterprises_does_not_carry_files_across(login, world, draft_case, linked, unlinked, later):
    factories.join(world.stranger, world.enterprise, Role.ENTERPRISE_ADMINISTRATOR)
    own = factories.open_case(world.stranger, world.other_enterprise)
    mine = factories.keep_file(world.other_enterprise, world.stranger, "丁外部材料.png", png())
    factories.link_file(own, CODE, mine, world.stranger)
    before, link = world_of_evidence(), EvidenceLink.objects.get(assessment=draft_case)
    client = login(world.stranger)
    for case, file in ((own, linked), (own, unlinked), (own, later), (draft_case, mine)):
        found = answers(client, case, file, link.pk if case is own else EvidenceLink.objects.get(assessment=own).pk)
        assert {found[name] for name in (*BY_ID, "link", "pointer", "version", "describe")} == {404}
    for name in ("list", "coverage", "package", "choose"):
        words = content(client.get(routes(own, mine)[name][1]))
        assert not any(word in words for word in (LINKED, UNLINKED, LATER)), name
        assert "丁外部材料" not in content(client.get(routes(draft_case, linked)[name][1])), name
    for show in ("elsewhere", "unlinked"):
        assert UNLINKED not in content(client.get(routes(own, mine)["list"][1], {"show": show}))
        assert "丁外部材料" not in content(client.get(routes(draft_case, linked)["list"][1], {"show": show}))
    assert world_of_evidence() == before
    # What could have leaked is there: in its own case each of them opens.
    assert client.get(routes(draft_case, unlinked)["detail"][1]).status_code == 200
    assert client.get(routes(own, mine)["detail"][1]).status_code == 200


def test_a_document_does_not_tell_of_the_other_enterprise_of_its_reader(login, world, draft_case, linked):
    """Even a link that should not be there shows nothing of a case of another enterprise."""
    factories.join(world.stranger, world.enterprise, Role.ENTERPRISE_ADMINISTRATOR)
    own = factories.open_case(world.stranger, world.other_enterprise)
    factories.link_file(own, CODE, linked, world.stranger)
    client = login(world.stranger)
    assert own.number not in content(client.get(routes(draft_case, linked)["detail"][1]))
    found = answers(client, own, linked)
    assert {found[name] for name in BY_ID} == {404}
    assert LINKED not in content(client.get(routes(own, linked)["package"][1]))


# --- those the case was put to -------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["assessor", "body_manager"])
def test_the_body_reads_what_is_linked_and_nothing_else(login, world, linked, unlinked, later, review_case, who):
    before, link = world_of_evidence(), EvidenceLink.objects.get()
    client = login(getattr(world, who))
    allowed = answers(client, review_case, linked, link.pk)
    assert {name: allowed[name] for name in READS} == dict.fromkeys(READS, 200)
    assert {allowed[name] for name in ANSWERS} == {403}
    for file in (unlinked, later):
        assert set(answers(client, review_case, file, only=FILE_IDS).values()) == {404}
    assert set(answers(client, review_case, unlinked, only=["detail", "link", "version", "describe"]).values()) <= {
        403,
        404,
    }
    assert answers(client, review_case, unlinked, only=["detail"]) == {"detail": 404}
    assert world_of_evidence() == before
    for name in READS:
        words = content(client.get(routes(review_case, linked)[name][1]))
        assert UNLINKED not in words, name
        assert LATER not in words, name
        assert later.sha256 not in words, name
    for show in ("elsewhere", "unlinked", "expired", "expiring", ""):
        for words in ("材料", UNLINKED, LATER):
            shown = client.get(routes(review_case, linked)["list"][1], {"show": show, "q": words})
            assert f"{UNLINKED}.png" not in content(shown)
            assert f"{LATER}.png" not in content(shown)
    listed = json.loads(
        zipfile.ZipFile(
            io.BytesIO(b"".join(client.get(routes(review_case, linked)["package"][1]).streaming_content))
        ).read("manifest.json")
    )
    assert [file["sha256"] for file in listed["files"]] == [linked.sha256]


def test_searching_for_an_unseen_version_finds_nothing(login, world, linked, later, review_case):
    """Not even that it exists: the name of a version that is not linked finds no document."""
    address = routes(review_case, linked)["list"][1]
    assert login(world.assessor).get(address, {"q": LATER}).context["rows"] == ()
    assert len(login(world.viewer).get(address, {"q": LATER}).context["rows"]) == 1


def test_a_document_shows_the_body_this_case_alone(login, world, linked, later, review_case):
    second = factories.open_case(world.enterprise_admin, world.enterprise)
    factories.link_file(second, OTHER, later, world.enterprise_admin)
    page = login(world.assessor).get(routes(review_case, linked)["detail"][1])
    assert [version.pk for version in page.context["versions"]] == [linked.pk]
    assert [use.case for use in page.context["uses"]] == [review_case]
    assert second.number not in content(page)
    own = login(world.viewer).get(routes(review_case, linked)["detail"][1])
    assert [use.case for use in own.context["uses"]] == [review_case, second]


def test_a_file_is_read_through_its_own_case(login, world, linked, unlinked, review_case):
    """Two cases of one enterprise with the same body: what is linked in one is not read through the other."""
    second = factories.open_case(world.enterprise_admin, world.enterprise)
    factories.link_file(second, CODE, unlinked, world.enterprise_admin)
    Assessment.objects.filter(pk=second.pk).update(state="document_review", body=world.body, applied_at=timezone.now())
    client = login(world.body_manager)
    for case, here, elsewhere in ((review_case, linked, unlinked), (second, unlinked, linked)):
        assert set(answers(client, case, here, only=BY_ID).values()) == {200}
        assert set(answers(client, case, elsewhere, only=BY_ID).values()) == {404}


def test_those_not_on_the_case_learn_nothing(login, world, linked, unlinked, review_case):
    before, link = world_of_evidence(), EvidenceLink.objects.get()
    for who in ("third_assessor", "other_manager", "stranger", "other_district_officer", "nobody"):
        for file in (linked, unlinked):
            assert answers(login(getattr(world, who)), review_case, file, link.pk) == everything(404), who
    assert world_of_evidence() == before
    assert reads() == 0


def test_an_assessor_with_a_conflict_learns_nothing(login, world, linked, review_case):
    assert login(world.assessor).get(routes(review_case, linked)["preview"][1]).status_code == 200
    today = timezone.localdate()
    ConflictOfInterest.objects.create(
        enterprise=world.enterprise,
        user=world.assessor,
        kind="coaching",
        until=today.replace(year=today.year + 1, day=1),
        declared_at=timezone.now(),
    )
    before, link, known = world_of_evidence(), EvidenceLink.objects.get(), reads()
    assert answers(login(world.assessor), review_case, linked, link.pk) == everything(404)
    assert world_of_evidence() == before
    assert reads() == known


def test_the_office_before_sign_off_is_told_why(login, world, linked, unlinked, review_case):
    before, link = world_of_evidence(), EvidenceLink.objects.get()
    for who in ("officer", "district_officer"):
        for file in (linked, unlinked):
            assert answers(login(getattr(world, who)), review_case, file, link.pk) == everything(403), who
    assert world_of_evidence() == before
    assert reads() == 0


def test_the_office_after_sign_off_reads_what_is_linked(login, world, linked, unlinked, later, compliance_case):
    before, link, client = world_of_evidence(), EvidenceLink.objects.get(), login(world.officer)
    allowed = answers(client, compliance_case, linked, link.pk)
    assert {name: allowed[name] for name in READS} == dict.fromkeys(READS, 200)
    assert {allowed[name] for name in ANSWERS} == {403}
    for file in (unlinked, later):
        assert set(answers(client, compliance_case, file, only=FILE_IDS).values()) == {404}
    for name in READS:
        words = content(client.get(routes(compliance_case, linked)[name][1]))
        assert UNLINKED not in words, name
        assert LATER not in words, name
    assert world_of_evidence() == before
    assert answers(login(world.district_officer), compliance_case, linked, link.pk) == everything(403)


# --- the enterprise itself -----------------------------------------------------------------------------------------


def test_the_enterprise_reads_its_library_and_changes_nothing_after_finalising(
    login, world, linked, unlinked, later, finalised_case
):
    before, link = world_of_evidence(), EvidenceLink.objects.get()
    for who in (world.enterprise_admin, world.viewer):
        found = answers(login(who), finalised_case, linked, link.pk)
        assert {name: found[name] for name in READS} == dict.fromkeys(READS, 200)
        assert {found[name] for name in ANSWERS} == {403}
        for file in (unlinked, later):
            assert set(answers(login(who), finalised_case, file, only=BY_ID).values()) == {200}
    assert world_of_evidence() == before


def test_whoever_has_left_reads_nothing(login, world, linked, unlinked, review_case):
    world.enterprise.memberships.filter(user=world.viewer).update(is_active=False, ended_at=timezone.now())
    for file in (linked, unlinked):
        assert answers(login(world.viewer), review_case, file) == everything(404)
