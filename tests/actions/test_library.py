"""The library: documents described, versions, links and pointers, each all or nothing and each an event."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import ObjectDoesNotExist
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from assessments.actions import audit, library
from assessments.actions.errors import NotAllowed, Refused
from assessments.models import Assessment, Delegation, Event, Evidence, EvidenceFile, EvidenceLink
from tests import factories

CODE, OTHER = "6.1-L1-01", "7.1-L1-01"
AT = timezone.now()


@pytest.fixture
def file(world, draft_case) -> EvidenceFile:
    held = factories.keep_file(world.enterprise, world.enterprise_admin)
    factories.link_file(draft_case, CODE, held, world.enterprise_admin, pointer="第3页")
    return held


@pytest.fixture
def second(world) -> Assessment:
    return factories.open_case(world.enterprise_admin, world.enterprise)


def described(case: Assessment, by: Any, document: Evidence, **changed: Any) -> Evidence:
    given = {"title": "策略", "owner": document.owner, "confidentiality": "internal"}
    days = {"effective_from": None, "effective_until": None}
    return library.describe(by=by, number=case.number, evidence_id=document.pk, at=AT, **{**given, **days, **changed})


def revised(case: Assessment, by: Any, document: Evidence, content: bytes = b"%PDF-1.7 two", **changed: Any) -> Any:
    name = changed.pop("name", "制度修订.pdf")
    return library.add_version(
        by=by,
        number=case.number,
        evidence_id=document.pk,
        upload=SimpleUploadedFile(name, content),
        content_type="application/pdf",
        at=AT,
        **{"move_links": True, **changed},
    )


def linked(case: Assessment) -> set[tuple[str, int, str]]:
    return set(case.evidence_links.values_list("criterion_code", "file__version", "pointer"))


# --- describing -----------------------------------------------------------------------------------------------------


def test_describing_keeps_both_sides_of_what_changed(world, draft_case, file):
    until = dt.date(2027, 1, 31)
    document = described(
        draft_case, world.enterprise_admin, file.evidence, title=" 数据  策略\n", owner=world.contributor,
        confidentiality="secret", effective_until=until,
    )  # fmt: skip
    document.refresh_from_db()
    assert (document.title, document.owner, document.confidentiality) == ("数据 策略", world.contributor, "secret")
    event = Event.objects.get(action="evidence.described")
    assert event.before == {
        "document": "制度", "owner": "赵敏", "confidentiality": "internal", "effective_until": "",
    }  # fmt: skip
    assert event.after["effective_until"] == "2027-01-31"
    again = {"title": "数据 策略", "owner": world.contributor, "confidentiality": "secret", "effective_until": until}
    described(draft_case, world.enterprise_admin, document, **again)
    assert Event.objects.filter(action="evidence.described").count() == 1
    assert audit.verify()[1] is None


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"title": " "}, "请填写材料名称"),
        ({"title": "长" * 201}, "不能超过 200"),
        ({"confidentiality": "top"}, "请选择密级"),
        ({"effective_from": dt.date(2026, 2, 1), "effective_until": dt.date(2026, 1, 1)}, "不能早于"),
        ({"owner": "stranger"}, "应为本企业现有成员"),
        ({"owner": "assessor"}, "应为本企业现有成员"),
    ],
)
def test_a_description_that_cannot_be_changes_nothing(world, draft_case, file, changed, words):
    if "owner" in changed:
        changed = {"owner": getattr(world, changed["owner"])}
    before = Evidence.objects.values().get()
    with pytest.raises(Refused, match=words):
        described(draft_case, world.enterprise_admin, file.evidence, **changed)
    assert Evidence.objects.values().get() == before
    assert Event.objects.filter(action="evidence.described").count() == 0


def test_an_owner_who_has_left_may_stay(world, draft_case, file):
    Evidence.objects.update(owner=world.contributor)
    world.enterprise.memberships.filter(user=world.contributor).update(is_active=False, ended_at=AT)
    document = Evidence.objects.get()
    assert described(draft_case, world.enterprise_admin, document, title="新名").owner == world.contributor


# --- versions -------------------------------------------------------------------------------------------------------


def test_drafts_follow_a_new_version_with_their_pointers_and_what_was_handed_in_stays(world, draft_case, second, file):
    factories.link_file(second, OTHER, file, world.enterprise_admin, pointer="附录")
    past = factories.open_case(world.enterprise_admin, world.enterprise)
    factories.link_file(past, CODE, file, world.enterprise_admin)
    Assessment.objects.filter(pk=past.pk).update(state="finalised")
    made = revised(draft_case, world.enterprise_admin, file.evidence)
    assert (made.file.version, made.file.evidence_id, made.file.name) == (2, file.evidence_id, "制度修订.pdf")
    assert made.moved == {draft_case.number: (CODE,), second.number: (OTHER,)}
    assert linked(draft_case) == {(CODE, 2, "第3页")}
    assert linked(second) == {(OTHER, 2, "附录")}
    assert linked(past) == {(CODE, 1, "")}
    events = Event.objects.filter(action="evidence.versioned")
    assert {(e.assessment, tuple(e.after["criteria"]), e.after["version"]) for e in events} == {
        (draft_case, (CODE,), 2), (second, (OTHER,), 2),
    }  # fmt: skip
    assert audit.verify()[1] is None


def test_criteria_stay_when_it_is_asked_for(world, draft_case, file):
    made = revised(draft_case, world.enterprise_admin, file.evidence, move_links=False)
    assert made.criteria_moved == 0
    assert linked(draft_case) == {(CODE, 1, "第3页")}
    assert Event.objects.get(action="evidence.versioned").after["criteria"] == []


def test_only_criteria_that_the_person_may_answer_follow(world, draft_case, file):
    factories.link_file(draft_case, OTHER, file, world.enterprise_admin)
    Delegation.objects.create(assessment=draft_case, user=world.contributor, part_code="7.1")
    made = revised(draft_case, world.contributor, file.evidence)
    assert made.moved == {draft_case.number: (OTHER,)}
    assert linked(draft_case) == {(CODE, 1, "第3页"), (OTHER, 2, "")}


def test_of_several_versions_at_a_criterion_the_latest_gives_way(world, draft_case, file):
    revised(draft_case, world.enterprise_admin, file.evidence, move_links=False)
    later = EvidenceFile.objects.get(version=2)
    factories.link_file(draft_case, CODE, later, world.enterprise_admin)
    revised(draft_case, world.enterprise_admin, file.evidence, b"%PDF-1.7 three", name="制度三.pdf")
    assert linked(draft_case) == {(CODE, 1, "第3页"), (CODE, 3, "")}


def test_the_same_content_is_no_new_version(world, draft_case, file):
    revised(draft_case, world.enterprise_admin, file.evidence)
    held = set(EvidenceFile.objects.values_list("pk", flat=True))
    with pytest.raises(Refused, match="与第 2 版内容相同"):
        revised(draft_case, world.enterprise_admin, file.evidence, name="换了名字.pdf")
    another = factories.keep_file(world.enterprise, world.enterprise_admin, "别的.pdf")
    with pytest.raises(Refused, match="与第 2 版内容相同"):
        revised(draft_case, world.enterprise_admin, file.evidence)
    with pytest.raises(Refused, match="已作为另一份材料“制度”保存"):
        revised(draft_case, world.enterprise_admin, another.evidence)
    assert set(EvidenceFile.objects.values_list("pk", flat=True)) == {*held, another.pk}
    assert Event.objects.filter(action="evidence.versioned").count() == 1


@pytest.mark.parametrize("who", ["stranger", "viewer", "officer", "body_manager"])
def test_nobody_else_adds_versions_or_describes(world, draft_case, file, who):
    user = getattr(world, who)
    for act in (lambda: revised(draft_case, user, file.evidence), lambda: described(draft_case, user, file.evidence)):
        with pytest.raises((NotAllowed, ObjectDoesNotExist)):
            act()
    assert EvidenceFile.objects.count() == 1
    assert Evidence.objects.get().title == "制度"


def test_a_document_of_another_enterprise_does_not_exist(world, draft_case, file):
    foreign = factories.keep_file(world.other_enterprise, world.stranger, "别家.pdf")
    for act in (revised, described):
        with pytest.raises(Evidence.DoesNotExist):
            act(draft_case, world.enterprise_admin, foreign.evidence)
    assert foreign.evidence.versions.count() == 1
    assert Evidence.objects.get(pk=foreign.evidence_id).title == "别家"


# --- links and pointers ---------------------------------------------------------------------------------------------


def test_linking_what_stands_there_keeps_a_new_pointer_and_never_takes_one_away(world, draft_case, file):
    given = {"by": world.contributor, "number": draft_case.number, "file_id": file.pk, "criterion_code": CODE, "at": AT}
    for words, kept in (("", "第3页"), ("第 9 页", "第 9 页")):
        assert library.link(**given, pointer=words).pointer == kept
        assert linked(draft_case) == {(CODE, 1, kept)}
    assert Event.objects.get(action="evidence.pointer").before == {"pointer": "第3页"}


def test_an_earlier_version_that_stands_beside_the_latest_may_be_chosen_again(world, draft_case, file):
    latest = factories.next_version(file, world.enterprise_admin)
    factories.link_file(draft_case, CODE, latest, world.enterprise_admin)
    for one in (file, latest):
        given = {"number": draft_case.number, "file_id": one.pk, "criterion_code": CODE, "at": AT}
        assert library.link(by=world.contributor, **given).file == one
    assert linked(draft_case) == {(CODE, 1, "第3页"), (CODE, 2, "")}
    assert not Event.objects.filter(action="evidence.linked").exists()


def test_linking_is_an_event_and_the_same_again_is_none(world, draft_case, file):
    for _ in range(2):
        library.link(
            by=world.contributor,
            number=draft_case.number,
            file_id=file.pk,
            criterion_code=OTHER,
            pointer=" 第 2 条 ",
            at=AT,
        )
    assert linked(draft_case) == {(CODE, 1, "第3页"), (OTHER, 1, "第 2 条")}
    event = Event.objects.get(action="evidence.linked")
    assert (event.actor, event.before, event.after["criterion"]) == (world.contributor, None, OTHER)


def test_a_later_version_takes_the_place_of_an_earlier_one(world, draft_case, file):
    revised(draft_case, world.enterprise_admin, file.evidence, move_links=False)
    later = EvidenceFile.objects.get(version=2)
    library.link(by=world.enterprise_admin, number=draft_case.number, file_id=later.pk, criterion_code=CODE, at=AT)
    assert linked(draft_case) == {(CODE, 2, "第3页")}
    assert Event.objects.get(action="evidence.linked").before == {"file": str(file.pk), "version": 1}


def test_what_cannot_be_linked_writes_nothing(world, draft_case, file):
    foreign = factories.keep_file(world.other_enterprise, world.stranger, "别家.pdf")
    admin = world.enterprise_admin
    for by, file_id, code, pointer, error in (
        (admin, foreign.pk, OTHER, "", ObjectDoesNotExist),
        (admin, file.pk, "6.1-L9-99", "", Refused),
        (admin, file.pk, OTHER, "长" * 121, Refused),
        (world.viewer, file.pk, OTHER, "", NotAllowed),
        (world.stranger, file.pk, OTHER, "", ObjectDoesNotExist),
    ):
        with pytest.raises(error):
            library.link(by=by, number=draft_case.number, file_id=file_id, criterion_code=code, pointer=pointer, at=AT)
    assert EvidenceLink.objects.count() == 1
    assert Event.objects.filter(action="evidence.linked").count() == 0


def test_pointers_change_with_an_event_for_those_who_may_answer_there(world, draft_case, file):
    link = EvidenceLink.objects.get()
    Delegation.objects.create(assessment=draft_case, user=world.contributor, part_code="7")
    with pytest.raises(NotAllowed):
        library.point(by=world.contributor, number=draft_case.number, link_id=link.pk, pointer="第9页", at=AT)
    with pytest.raises(Refused, match="不能超过 120"):
        library.point(by=world.enterprise_admin, number=draft_case.number, link_id=link.pk, pointer="长" * 121, at=AT)
    assert linked(draft_case) == {(CODE, 1, "第3页")}
    for _ in range(2):
        library.point(by=world.enterprise_admin, number=draft_case.number, link_id=link.pk, pointer="第4页", at=AT)
    event = Event.objects.get(action="evidence.pointer")
    assert (event.before["pointer"], event.after["pointer"]) == ("第3页", "第4页")


# --- reading --------------------------------------------------------------------------------------------------------


def test_looking_again_within_the_hour_is_one_reading(world, draft_case, file):
    other = factories.keep_file(world.enterprise, world.enterprise_admin, "二.pdf")
    hour = library.SAME_READING
    for by, seen, at in (
        (world.viewer, file, AT),
        (world.viewer, file, AT + hour / 2),
        (world.viewer, other, AT),
        (world.contributor, file, AT),
        (world.viewer, file, AT + hour),
    ):
        library.record_preview(by=by, case=draft_case, file=seen, at=at)
    found = Event.objects.filter(action="evidence.previewed").values_list("actor__name", "subject")
    assert sorted(found) == sorted(
        [("孙立", "制度.pdf"), ("孙立", "制度.pdf"), ("孙立", "二.pdf"), ("钱进", "制度.pdf")]
    )
