"""Carrying answers over: along the cross-walk, flagged "confirm again", reported, and never more than was said."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import timezone

from assessments.actions import questionnaire
from assessments.actions.errors import Refused
from assessments.models import Answer, Assessment, CarryOver, Event
from assessments.standard import Bilingual, Kind, Window, get_crosswalk, installation_root, use_installation
from assessments.standard.installed import Index, write_index
from assessments.workflow import StateCode
from tests import factories
from tests.conftest import World

OLD, NEW = "gbt36073-2018", "gbt36073-2025"
WALK = get_crosswalk(OLD, NEW)
assert WALK is not None
FRAME = {"edition_code": NEW, "track": "owner", "target_level": "3", "scope": "全公司", "planned_date": ""}


def _carried(world: World, source: Assessment, edition: str = NEW) -> Assessment:
    return factories.open_case(world.enterprise_admin, world.enterprise, edition=edition, carry_from=source.number)


def _kind(kind: Kind) -> str:
    """The first criterion of this kind."""
    return next(link.target for link in WALK.criteria.values() if link.kind is kind)


def test_across_editions(world: World, finalised_case: Assessment) -> None:
    """What has a way comes over with its verdict, new items stay empty, and all of it waits to be confirmed."""
    case = _carried(world, finalised_case)
    answers = {a.criterion_code: a for a in case.answers.all()}
    with_source = {c for c, link in WALK.criteria.items() if link.sources}
    assert set(answers) == with_source
    assert all(a.is_carried for a in answers.values())
    assert not {c for c in answers if WALK.criteria[c].kind is Kind.NEW}
    assert not [c for c in answers if c.split("-")[0] in {"9.1", "9.2", "9.3", "14.2"}]
    moved = WALK.criteria[_kind(Kind.MOVED)]
    assert answers[moved.target].verdict == factories.by_level(moved.sources[0])
    assert answers[moved.target].note == f"自评说明 {moved.sources[0]}"
    assert (case.self_answered, case.total) == (len(with_source), 486)


def test_a_split_item_arrives_in_both_halves(world: World, finalised_case: Assessment) -> None:
    case = _carried(world, finalised_case)
    split = [link for link in WALK.criteria.values() if link.kind is Kind.SPLIT]
    assert {link.target.split("-")[0] for link in split} == {"10.2", "10.3"}
    source = split[0].sources[0]
    halves = [link.target for link in WALK.targets[source]]
    assert len(halves) == 2
    assert {case.answers.get(criterion_code=h).verdict for h in halves} == {factories.by_level(source)}


def test_joined_answers_claim_no_more_than_the_least(world: World, draft_case: Assessment) -> None:
    joined = next(link for link in WALK.criteria.values() if len(link.sources) == 2)
    first, second = joined.sources
    verdicts = {first: "full", second: "partially"}
    factories.answer_all(draft_case, world.enterprise_admin, lambda code: verdicts.get(code, "full"))
    source = factories.move(draft_case, world.enterprise_admin, "finalise", pledge=True)
    answer = _carried(world, source).answers.get(criterion_code=joined.target)
    assert answer.verdict == "partially"
    assert answer.note == f"【2018 版 {first}】自评说明 {first}\n【2018 版 {second}】自评说明 {second}"


def test_evidence_comes_along(world: World, finalised_case: Assessment) -> None:
    link = WALK.criteria[_kind(Kind.MOVED)]
    file = factories.keep_file(world.enterprise, world.enterprise_admin)
    factories.link_file(finalised_case, link.sources[0], file, world.enterprise_admin, pointer="第 3 页")
    case = _carried(world, finalised_case)
    came = case.evidence_links.values_list("criterion_code", "file", "pointer")
    assert list(came) == [(link.target, file.pk, "第 3 页")]
    assert finalised_case.evidence_links.count() == 1


def test_within_an_edition_everything_comes_over(world: World, finalised_case: Assessment) -> None:
    case = _carried(world, finalised_case, OLD)
    assert case.answers.filter(is_carried=True).count() == 445
    assert (case.self_score, case.self_level) == (finalised_case.self_score, finalised_case.self_level)
    assert case.carry_over.left == []


def test_the_report_accounts_for_every_answer(world: World, login: Callable, finalised_case: Assessment) -> None:
    case = _carried(world, finalised_case)
    page = login(world.enterprise_admin).get(reverse("carry_over", args=[case.number]))
    report = page.context["report"]
    assert report.carried == sum(bool(link.sources) for link in WALK.criteria.values())
    assert report.to_confirm == report.carried
    assert report.empty == 486 - report.carried
    assert [row.criterion.code for row in report.left] == [c for c in WALK.earlier.criteria if c in WALK.dropped]
    body = page.content.decode()
    assert all(row.reason.zh in body for row in report.left)
    assert {(str(k), n) for k, n, _ in report.kinds} == {
        (str(k), n) for k, n in WALK.counts.items() if k is not Kind.DROPPED and n
    }


def test_an_answer_is_confirmed_by_saving_it_as_it_is(
    world: World, login: Callable, finalised_case: Assessment
) -> None:
    case = _carried(world, finalised_case)
    code = _kind(Kind.SAME)
    client, item = login(world.enterprise_admin), reverse("item", args=[case.number, code.split("-")[0]])
    assert f"沿用自 {finalised_case.number}（2018 版 {code}）。" in client.get(item).content.decode()
    before = case.answers.get(criterion_code=code)
    client.post(
        reverse("answer_save", args=[case.number, code]),
        {"verdict": before.verdict, "reason": "", "note": before.note, "version": before.version},
    )
    after = case.answers.get(criterion_code=code)
    assert (after.is_carried, after.verdict, after.note, after.version) == (False, before.verdict, before.note, 2)
    assert case.answers.filter(is_carried=True).count() == case.answers.count() - 1
    assert f"（2018 版 {code}）" not in client.get(item).content.decode()
    # Saved once more it is what already stands there.
    saved = questionnaire.save(
        by=world.enterprise_admin, number=case.number, criterion_code=code, verdict=after.verdict, reason="",
        note=after.note, version=2, at=timezone.now(),
    )  # fmt: skip
    assert saved.result is None


def test_next_goes_to_what_waits_to_be_confirmed(world: World, login: Callable, finalised_case: Assessment) -> None:
    case = _carried(world, finalised_case, OLD)
    case.answers.exclude(criterion_code="8.2-L3-02").update(is_carried=False)
    client = login(world.enterprise_admin)
    answer = client.get(reverse("next_unanswered", args=[case.number]))
    assert answer.url == reverse("item", args=[case.number, "8.2"]) + "#c-8.2-L3-02"
    rows = client.get(reverse("item", args=[case.number, "8.2"]) + "?show=to-confirm").context["sections"]
    assert [r.code for s in rows for r in s.rows] == ["8.2-L3-02"]


def test_nothing_is_finalised_that_was_not_confirmed(world: World, finalised_case: Assessment) -> None:
    case = _carried(world, finalised_case, OLD)
    with pytest.raises(Refused, match="有 445 条沿用的作答尚未确认"):
        factories.move(case, world.enterprise_admin, "finalise", pledge=True)
    assert Assessment.objects.get(pk=case.pk).state == StateCode.DRAFT
    case.answers.update(is_carried=False)
    assert factories.move(case, world.enterprise_admin, "finalise", pledge=True).state == StateCode.FINALISED


def test_confirming_can_be_read_in_the_audit_trail(world: World, finalised_case: Assessment) -> None:
    case = _carried(world, finalised_case, OLD)
    answer = case.answers.get(criterion_code="6.1-L1-01")
    for version in (1, 2):
        questionnaire.save(
            by=world.enterprise_admin, number=case.number, criterion_code="6.1-L1-01", verdict=answer.verdict,
            reason="", note=answer.note if version == 1 else "改", version=version, at=timezone.now(),
        )  # fmt: skip
    events = Event.objects.filter(assessment=case, action="answer.saved").order_by("sequence")
    assert [e.after.get("confirmed", False) for e in events] == [True, False]


def test_what_was_left_behind_is_read_by_those_who_may_read_the_source(
    world: World, login: Callable, finalised_case: Assessment
) -> None:
    case = _carried(world, finalised_case)
    case.answers.update(is_carried=False)
    factories.answer_all(case, world.enterprise_admin)
    case = factories.move(case, world.enterprise_admin, "finalise", pledge=True)
    factories.state_eligibility(case, world.enterprise_admin)
    case = factories.move(case, world.enterprise_admin, "apply", body=world.body)
    address, dropped = reverse("carry_over", args=[case.number]), next(iter(WALK.dropped))
    text = WALK.earlier.criteria[dropped].text.zh
    mine = login(world.enterprise_admin).get(address).content.decode()
    assert text in mine
    page = login(world.body_manager).get(address)
    assert page.status_code == 200
    body = page.content.decode()
    assert text not in body
    assert f"明细仅限可查看 {finalised_case.number} 的人员" in body
    assert reverse("item", args=[finalised_case.number, dropped.split("-")[0]]) not in body


# --- opening -------------------------------------------------------------------------------------------------------


def test_from_the_form_to_the_report(world: World, login: Callable, finalised_case: Assessment) -> None:
    client = login(world.enterprise_admin)
    page = client.get(reverse("assessment_new"))
    assert page.context["form"]["edition_code"].value() is None, "no edition is preselected"
    assert "checked" not in page.content.decode().split('id="div_id_edition_code"')[1].split("</fieldset>")[0]
    assert [c.edition.code for c in page.context["editions"]] == [NEW, OLD]
    data = {**FRAME, "enterprise": world.enterprise.pk, "carry_from": finalised_case.pk}
    answer = client.post(reverse("assessment_new"), data)
    case = Assessment.objects.exclude(pk=finalised_case.pk).get()
    assert answer.url == reverse("carry_over", args=[case.number])
    assert (case.edition_code, case.scheme_code, case.total) == (NEW, "practice-2026", 486)
    assert client.post(reverse("assessment_new"), data).url == reverse("item", args=[case.number, "6.1"])
    assert Assessment.objects.count() == 2
    assert Event.objects.filter(assessment=case, action="case.carried_over").count() == 1


def test_a_blank_draft_is_not_what_was_asked_for(world: World, login: Callable, finalised_case: Assessment) -> None:
    """Opened blank by mistake and at once again with a source: the second is another form, not the first sent twice."""
    client, data = login(world.enterprise_admin), {**FRAME, "enterprise": world.enterprise.pk}
    client.post(reverse("assessment_new"), data)
    client.post(reverse("assessment_new"), {**data, "carry_from": finalised_case.pk})
    drafts = Assessment.objects.exclude(pk=finalised_case.pk).order_by("pk")
    assert [CarryOver.objects.filter(assessment=d).exists() for d in drafts] == [False, True]


def test_the_newer_edition_does_not_lead_back(world: World, login: Callable) -> None:
    newer = factories.open_case(world.enterprise_admin, world.enterprise, edition=NEW)
    factories.answer_all(newer, world.enterprise_admin)
    factories.move(newer, world.enterprise_admin, "finalise", pledge=True)
    data = {**FRAME, "enterprise": world.enterprise.pk, "carry_from": newer.pk, "edition_code": OLD}
    page = login(world.enterprise_admin).post(reverse("assessment_new"), data)
    assert "从2025 版到2018 版没有条款对照" in page.content.decode()
    assert Assessment.objects.count() == 1


def test_neither_drafts_nor_strangers_are_offered(world: World, login: Callable, draft_case: Assessment) -> None:
    theirs = factories.open_case(world.stranger, world.other_enterprise)
    factories.answer_all(theirs, world.stranger)
    factories.move(theirs, world.stranger, "finalise", pledge=True)
    client = login(world.enterprise_admin)
    assert theirs.number not in client.get(reverse("assessment_new")).content.decode()
    for source in (draft_case, theirs):
        data = {**FRAME, "enterprise": world.enterprise.pk, "carry_from": source.pk}
        assert "carry_from" in client.post(reverse("assessment_new"), data).context["form"].errors
        with pytest.raises(Refused, match="找不到可沿用的评估"):
            _carried(world, source)
    assert Assessment.objects.count() == 2
    assert not CarryOver.objects.exists()
    assert not Answer.objects.filter(is_carried=True).exists()


def test_the_report_is_material(world: World, login: Callable, finalised_case: Assessment) -> None:
    case = _carried(world, finalised_case)
    address = reverse("carry_over", args=[case.number])
    for user in (world.enterprise_admin, world.contributor, world.viewer):
        assert login(user).get(address).status_code == 200
    for user in (world.stranger, world.body_manager, world.lead, world.nobody):
        assert login(user).get(address).status_code == 404
    for user in (world.officer, world.district_officer):
        assert login(user).get(address).status_code in (403, 404)
    assert login(world.enterprise_admin).get(reverse("carry_over", args=[finalised_case.number])).status_code == 404


def test_saving_stays_within_its_queries(
    world: World, login: Callable, finalised_case: Assessment, django_assert_max_num_queries: Callable
) -> None:
    case = _carried(world, finalised_case)
    client, code = login(world.enterprise_admin), _kind(Kind.WIDENED)
    answer = case.answers.get(criterion_code=code)
    with django_assert_max_num_queries(12):
        client.post(
            reverse("answer_save", args=[case.number, code]),
            {"verdict": "full", "reason": "", "note": answer.note, "version": 1},
            headers={"HX-Request": "true"},
        )
    assert case.answers.get(criterion_code=code).verdict == "full"


# --- until when an edition may be chosen -----------------------------------------------------------------------------


@pytest.fixture
def closed(tmp_path: Path) -> Iterator[Path]:
    """An installation that has ended the 2018 edition: opening yesterday, applying today."""
    before, today = installation_root(), timezone.localdate()
    use_installation(tmp_path)
    window = Window(OLD, today - dt.timedelta(days=1), today, "confirmed", Bilingual("通知", "Notice"))
    write_index(tmp_path, Index().with_window(window))
    yield tmp_path
    use_installation(before)


def test_an_edition_whose_time_is_over_cannot_be_chosen(world: World, login: Callable, closed: Path) -> None:
    client = login(world.enterprise_admin)
    cards = {c.edition.code: c.may_open for c in client.get(reverse("assessment_new")).context["editions"]}
    assert cards == {NEW: True, OLD: False}
    data = {**FRAME, "enterprise": world.enterprise.pk, "edition_code": OLD}
    page = client.post(reverse("assessment_new"), data)
    assert list(page.context["form"].errors) == ["edition_code"]
    assert "后不再新建评估" in page.content.decode()
    with pytest.raises(Refused, match="2018 版已停止新建评估"):
        factories.open_case(world.enterprise_admin, world.enterprise)
    assert not Assessment.objects.exists()


def test_what_is_open_may_be_applied_with_until_the_last_day(
    world: World, closed: Path, finalised_old: Assessment
) -> None:
    factories.state_eligibility(finalised_old, world.enterprise_admin)
    tomorrow = timezone.now() + dt.timedelta(days=1)
    with pytest.raises(Refused, match=r"2018 版的评估申请已于 \d{4}-\d\d-\d\d 截止"):
        factories.move(finalised_old, world.enterprise_admin, "apply", tomorrow, body=world.body)
    assert Assessment.objects.get(pk=finalised_old.pk).state == StateCode.FINALISED
    assert factories.move(finalised_old, world.enterprise_admin, "apply", body=world.body).state == StateCode.APPLIED
    assert (
        factories.move(finalised_old, world.enterprise_admin, "withdraw", reason="改按新版").state
        == StateCode.WITHDRAWN
    )


@pytest.fixture
def finalised_old(world: World, closed: Path) -> Assessment:
    """A case on the 2018 edition from before it was closed."""
    days_ago = timezone.now() - dt.timedelta(days=30)
    case = factories.open_case(world.enterprise_admin, world.enterprise, at=days_ago)
    factories.answer_all(case, world.enterprise_admin)
    return factories.move(case, world.enterprise_admin, "finalise", pledge=True)
