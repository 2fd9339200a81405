"""What was said of a criterion before: last time's answer and finding, every version of it, putting one back."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from assessments.actions import answer_history as actions
from assessments.actions import delegations, questionnaire
from assessments.actions.errors import Conflict, NotAllowed, Refused
from assessments.actions.questionnaire import Given
from assessments.models import Answer, Assessment, Event, ReconciledVerdict, SelfCheck, User
from assessments.models.questionnaire import NOTE_MAX
from assessments.queries.answer_history import history
from assessments.queries.past import past_of
from assessments.queries.results import live_result
from assessments.standard import Kind, get_crosswalk
from assessments.workflow import StateCode
from tests import factories
from tests.conftest import World

OLD, NEW = "gbt36073-2018", "gbt36073-2025"
WALK = get_crosswalk(OLD, NEW)
assert WALK is not None
CODE = "6.1-L1-01"
HTMX = {"HX-Request": "true"}
Login = Callable[..., Client]


def url(case: Assessment, name: str = "criterion_past", code: str = CODE) -> str:
    return reverse(name, args=[case.number, code])


def save(case: Assessment, by: User, verdict: str, note: str = "", version: int = 0, **more: Any) -> Answer:
    given = {"criterion_code": CODE, "reason": "", **more}
    return questionnaire.save(
        by=by, number=case.number, verdict=verdict, note=note, version=version, at=timezone.now(), **given
    ).answer


def put_back(case: Assessment, by: User, restored: int, version: int, code: str = CODE) -> Any:
    return actions.restore(
        by=by, number=case.number, criterion_code=code, restored=restored, version=version, at=timezone.now()
    )


def content(case: Assessment, code: str = CODE) -> tuple[str, str, str, int]:
    return Answer.objects.values_list("verdict", "reason", "note", "version").get(assessment=case, criterion_code=code)


def closed(case: Assessment) -> Assessment:
    Assessment.objects.filter(pk=case.pk).update(state=StateCode.ARCHIVED)
    return case


def versions(case: Assessment, code: str = CODE) -> list[tuple[int, str, str, str, str]]:
    return [(v.number, v.content.verdict, v.content.note, v.by, v.way.zh) for v in history(case, code).versions]


# --- every version -------------------------------------------------------------------------------------------------


def test_single_and_batch_saves_newest_first(world: World, draft_case: Assessment) -> None:
    save(draft_case, world.contributor, "partially", "一")
    others = {c: Given("full", note="别处") for c in list(draft_case.edition.criteria)[1:4]}
    questionnaire.save_many(
        by=world.enterprise_admin,
        number=draft_case.number,
        answers={**others, CODE: Given("largely", note="二", version=1)},
        at=timezone.now(),
    )
    save(draft_case, world.contributor, "not_applicable", "三", 2, reason="无此业务")
    save(draft_case, world.contributor, "full", "别的条款", criterion_code="6.1-L1-02", version=1)
    assert versions(draft_case) == [
        (3, "not_applicable", "三", "钱进", "保存作答"),
        (2, "largely", "二", "赵敏", "批量保存"),
        (1, "partially", "一", "钱进", "保存作答"),
    ]
    newest, middle, first = history(draft_case, CODE).versions
    assert (newest.before, middle.before, first.before) == (middle.content, first.content, None)
    assert (newest.content.reason, newest.is_current, newest.is_restorable) == ("无此业务", True, False)
    assert (middle.is_current, middle.is_restorable) == (False, True)


def test_carried_answers_begin_with_what_came_over(world: World, draft_case: Assessment) -> None:
    save(draft_case, world.enterprise_admin, "largely", "旧说明")
    closed(draft_case)
    case = factories.open_case(world.enterprise_admin, world.enterprise, edition=OLD, carry_from=draft_case.number)
    way = f"沿用自 {draft_case.number}"
    assert versions(case) == [(1, "largely", "旧说明", "赵敏", way)]
    save(case, world.contributor, "largely", "旧说明", 1)
    assert versions(case)[0] == (2, "largely", "旧说明", "钱进", "确认沿用的作答仍然成立")
    save(case, world.contributor, "full", "新说明", 2)
    assert [(n, note, how) for n, _, note, _, how in versions(case)] == [
        (3, "新说明", "保存作答"),
        (2, "旧说明", "确认沿用的作答仍然成立"),
        (1, "旧说明", way),
    ]
    put_back(case, world.contributor, 1, 3)
    assert content(case) == ("largely", "", "旧说明", 4)


def test_answers_made_from_a_self_check_say_so(world: World, draft_case: Assessment) -> None:
    SelfCheck.objects.create(
        assessment=draft_case, levels={}, taken_by=world.enterprise_admin, taken_at=draft_case.created_at
    )
    factories.answer_all(draft_case, world.contributor)
    assert versions(draft_case) == [(1, "full", f"自评说明 {CODE}", "赵敏", "由快速自测生成")]


def test_an_answer_older_than_the_trail_is_there_too(world: World, answered_case: Assessment) -> None:
    save(answered_case, world.contributor, "none", "", 1)
    assert versions(answered_case) == [
        (2, "none", "", "钱进", "保存作答"),
        (1, "full", f"自评说明 {CODE}", "", "此前的作答"),
    ]


def test_the_page_shows_both_texts_and_the_row_only_the_latest(
    login: Login, world: World, draft_case: Assessment
) -> None:
    for n in range(22):
        save(draft_case, world.contributor, "full" if n % 2 else "none", f"第{n}稿<b>", n)
    client = login(world.viewer)
    part = client.get(url(draft_case), headers=HTMX)
    html = part.content.decode()
    assert part["X-Fragment"] == "past"
    assert "<html" not in html
    assert html.count('<li class="version') == 5
    assert "作答记录（22 版）" in html
    assert "查看全部作答记录" in html
    assert "第21稿&lt;b&gt;" in html
    assert "第20稿&lt;b&gt;" in html
    assert "<b>" not in html
    assert "恢复为第" not in html  # a viewer changes nothing
    page = client.get(url(draft_case)).content.decode()
    assert page.count("<h1>") == 1
    assert page.count('<li class="version') == 20
    assert client.get(f"{url(draft_case)}?page=2").content.decode().count('<li class="version') == 2
    assert "恢复为第 1 版" in login(world.contributor).get(f"{url(draft_case)}?page=2").content.decode()


def test_queries_do_not_grow(
    login: Login,
    world: World,
    draft_case: Assessment,
    django_assert_num_queries: Any,
    django_assert_max_num_queries: Any,
) -> None:
    past = factories.open_case(world.enterprise_admin, world.enterprise)
    save(draft_case, world.contributor, "full", "去年")
    closed(draft_case)
    save(past, world.contributor, "full", "0")
    client = login(world.contributor)
    client.get(url(past), headers=HTMX)
    with django_assert_max_num_queries(18) as few:
        client.get(url(past), headers=HTMX)
    for n in range(1, 9):
        save(past, world.contributor, "full", f"{n}", n)
        file = factories.keep_file(world.enterprise, world.contributor, f"{n}.pdf")
        factories.link_file(draft_case, CODE, file, world.contributor)
    with django_assert_num_queries(len(few)):
        client.get(url(past), headers=HTMX)


# --- putting one back ----------------------------------------------------------------------------------------------


def test_putting_back_is_an_ordinary_save_that_says_where_from(world: World, draft_case: Assessment) -> None:
    save(draft_case, world.contributor, "not_applicable", "甲\n乙", reason="无此业务")
    before = live_result(draft_case, "self")
    save(draft_case, world.enterprise_admin, "full", "丙", 1)
    assert live_result(draft_case, "self") != before
    saved = put_back(draft_case, world.contributor, 1, 2)
    assert content(draft_case) == ("not_applicable", "无此业务", "甲\n乙", 3)
    assert live_result(draft_case, "self") == before
    draft_case.refresh_from_db()
    assert (draft_case.self_score, draft_case.self_level) == (before.score, before.level)
    assert saved.answer.saved_by == world.contributor
    event = Event.objects.filter(action="answer.saved").latest("sequence")
    assert event.after == {
        "verdict": "not_applicable", "reason": "无此业务", "note": "甲\n乙", "version": 3, "restored": 1,
    }  # fmt: skip
    assert event.before == {"verdict": "full", "reason": "", "note": "丙"}
    assert versions(draft_case)[0] == (3, "not_applicable", "甲\n乙", "钱进", "恢复为第 1 版")


def test_somebody_saved_in_between_nothing_changes(login: Login, world: World, draft_case: Assessment) -> None:
    save(draft_case, world.contributor, "none", "一")
    save(draft_case, world.contributor, "full", "二", 1)
    save(draft_case, world.enterprise_admin, "largely", "三", 2)
    standing, events = content(draft_case), Event.objects.count()
    with pytest.raises(Conflict):
        put_back(draft_case, world.contributor, 1, 2)
    client = login(world.contributor)
    for headers in ({}, HTMX):
        answer = client.post(url(draft_case, "answer_restore"), {"restored": 1, "version": 2}, headers=headers)
        assert answer.status_code == 409
        assert "未作恢复" in answer.content.decode()
        assert '<input type="hidden" name="version" value="3">' in answer.content.decode()  # so the next try works
    assert (content(draft_case), Event.objects.count()) == (standing, events)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"restored": 9, "version": 1}, "没有第 9 版作答"),
        ({"restored": "x", "version": 1}, "页面内容不完整"),
        ({"restored": 1}, "页面内容不完整"),
        ({"restored": 1, "version": 2**40}, "页面内容不完整"),
    ],
)
def test_nonsense_is_refused_with_a_sentence(
    login: Login, world: World, draft_case: Assessment, given: dict[str, Any], words: str
) -> None:
    save(draft_case, world.contributor, "none", "一")
    answer = login(world.contributor).post(url(draft_case, "answer_restore"), given)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert content(draft_case) == ("none", "", "一", 1)


def test_without_script_back_to_the_row_with_it_the_row_is_told(
    login: Login, world: World, draft_case: Assessment
) -> None:
    save(draft_case, world.contributor, "none", "一")
    save(draft_case, world.contributor, "full", "二", 1)
    client = login(world.contributor)
    answer = client.post(url(draft_case, "answer_restore"), {"restored": 1, "version": 2})
    assert (answer.status_code, answer["Location"]) == (
        302,
        f"{reverse('item', args=[draft_case.number, '6.1'])}#c-{CODE}",
    )
    part = client.post(url(draft_case, "answer_restore"), {"restored": 2, "version": 3}, headers=HTMX)
    assert json.loads(part["HX-Trigger"]) == {
        "answer-restored": {"code": CODE, "version": 4, "verdict": "full", "reason": "", "note": "二"}
    }
    assert "恢复为第 2 版" in part.content.decode()
    # What already stands there is no change.
    same = client.post(url(draft_case, "answer_restore"), {"restored": 2, "version": 4}, follow=True)
    assert "未作更改" in same.content.decode()
    assert content(draft_case) == ("full", "", "二", 4)


def test_words_too_long_for_a_header_load_the_page_anew(login: Login, world: World, draft_case: Assessment) -> None:
    long = "数" * NOTE_MAX
    save(draft_case, world.contributor, "none", long)
    save(draft_case, world.contributor, "full", "二", 1)
    client = login(world.contributor)
    answer = client.post(url(draft_case, "answer_restore"), {"restored": 1, "version": 2}, headers=HTMX)
    assert (answer.status_code, answer["HX-Refresh"], answer["X-Fragment"]) == (200, "true", "past")
    assert "HX-Trigger" not in answer
    assert sum(len(name) + len(value) for name, value in answer.items()) < 2000
    assert content(draft_case) == ("none", "", long, 3)
    page = client.get(url(draft_case)).content.decode()
    assert f"{CODE} 的作答已恢复为第 1 版。" in page


def test_only_whoever_may_answer_here_may_put_back(login: Login, world: World, draft_case: Assessment) -> None:
    save(draft_case, world.enterprise_admin, "none", "一")
    save(draft_case, world.enterprise_admin, "full", "二", 1)
    given = {"restored": 1, "version": 2}
    assert login(world.viewer).post(url(draft_case, "answer_restore"), given).status_code == 403
    delegations.delegate(
        by=world.enterprise_admin,
        number=draft_case.number,
        user=world.contributor,
        part_codes=["8"],
        due_date=None,
        at=timezone.now(),
    )
    client = login(world.contributor)
    assert "恢复为第" not in client.get(url(draft_case)).content.decode()
    assert client.post(url(draft_case, "answer_restore"), given).status_code == 403
    assert login(world.stranger).post(url(draft_case, "answer_restore"), given).status_code == 404
    closed(draft_case)
    with pytest.raises(NotAllowed, match="自评已提交"):
        put_back(draft_case, world.enterprise_admin, 1, 2)
    assert "恢复为第" not in login(world.enterprise_admin).get(url(draft_case)).content.decode()
    assert content(draft_case) == ("full", "", "二", 2)


def test_an_unknown_criterion(login: Login, world: World, draft_case: Assessment) -> None:
    client = login(world.contributor)
    assert client.get(url(draft_case, code="99.9-L1-01")).status_code == 404
    assert client.post(url(draft_case, "answer_restore", "99.9-L1-01"), {}).status_code == 404
    with pytest.raises(Refused, match="没有第 1 版"):
        put_back(draft_case, world.contributor, 1, 1, code="99.9-L1-01")


# --- last time -----------------------------------------------------------------------------------------------------


def test_nothing_before_says_so(login: Login, world: World, draft_case: Assessment) -> None:
    html = login(world.contributor).get(url(draft_case)).content.decode()
    assert "此前没有可对照的评估" in html
    assert "没有可查看的评估发现" in html
    assert "本条款尚未作答" in html


def test_the_answer_of_last_time_along_the_cross_walk(login: Login, world: World, answered_case: Assessment) -> None:
    moved = next(link for link in WALK.criteria.values() if link.kind is Kind.MOVED)
    new = next(link.target for link in WALK.criteria.values() if link.kind is Kind.NEW)
    file = factories.keep_file(world.enterprise, world.contributor, "去年的制度.pdf")
    factories.link_file(answered_case, moved.sources[0], file, world.contributor, pointer="第3页")
    other = factories.open_case(world.stranger, world.other_enterprise)
    factories.answer_all(other, world.stranger)
    for case in (answered_case, other):
        closed(case)
    draft = factories.open_case(world.enterprise_admin, world.enterprise, edition=NEW)
    factories.open_case(world.enterprise_admin, world.enterprise, edition=NEW)  # a draft, and later: neither counts
    html = login(world.viewer).get(url(draft, code=moved.target)).content.decode()
    assert answered_case.number in html
    assert other.number not in html
    assert f"自评说明 {moved.sources[0]}" in html
    assert WALK.earlier.criteria[moved.sources[0]].text.zh in html
    assert reverse("evidence_download", args=[answered_case.number, file.pk]) in html
    assert "去年的制度.pdf" in html
    assert "第3页" in html
    assert "本条款为新增要求" in login(world.viewer).get(url(draft, code=new)).content.decode()


def test_a_draft_and_a_later_case_are_no_last_time(world: World, login: Login, draft_case: Assessment) -> None:
    save(draft_case, world.contributor, "full", "仍在修改")
    later = factories.open_case(world.enterprise_admin, world.enterprise)
    assert "仍在修改" not in login(world.contributor).get(url(later)).content.decode()
    closed(later)
    assert later.number not in login(world.contributor).get(url(draft_case)).content.decode()


def test_a_finding_is_shown_exactly_as_long_as_its_result_may_be_read(
    login: Login, world: World, reporting_case: Assessment
) -> None:
    """Nothing of a review under way, nor of a report signed off but not published; then verdict, remark and reason."""
    from assessments.actions import review

    ReconciledVerdict.objects.filter(assessment=reporting_case, criterion_code=CODE).update(
        had_difference=True, reason="经合议从严"
    )
    draft = factories.open_case(world.enterprise_admin, world.enterprise)
    client = login(world.enterprise_admin)
    remark = f"{world.lead.name}的意见 {CODE}"

    def shows() -> tuple[bool, bool, bool]:
        html = client.get(url(draft)).content.decode()
        assert f"自评说明 {CODE}" in html  # the own answer of last time is there throughout
        return remark in html, "经合议从严" in html, past_of_now() is not None

    def past_of_now() -> Any:
        from assessments.permissions import scope

        user = world.enterprise_admin
        mine = scope.cases(user).get(pk=draft.pk)
        return past_of(user, mine, mine.edition.criteria[CODE]).findings

    assert shows() == (False, False, False)
    review.write_conclusion(
        by=world.lead, number=reporting_case.number, strengths="优", weaknesses="劣", advice="议", at=timezone.now()
    )
    case = factories.move(reporting_case, world.lead, "sign_report")
    case = factories.move(case, world.quality_reviewer, "sign_off")
    assert shows() == (False, False, False)
    case = factories.move(case, world.officer, "pass_to_notice")
    assert shows() == (True, True, True)
    found = past_of_now()
    assert [(f.criterion.code, f.verdict) for f in found.findings] == [(CODE, "full")]
    assert found.earlier.case == case
    # Brought back for more work, it is under review again.
    Assessment.objects.filter(pk=case.pk).update(state=StateCode.REPORTING)
    assert shows() == (False, False, False)


@pytest.mark.parametrize("who", ["lead", "body_manager", "district_officer"])
def test_others_in_the_case_are_told_why_not(login: Login, world: World, applied_case: Assessment, who: str) -> None:
    if who == "lead":
        factories.move(applied_case, world.body_manager, "accept", contract_number="H", filing_number="B")
        factories.form_team(applied_case, world.body_manager, world.lead, world.assessor, world.quality_reviewer)
    client = login(getattr(world, who))
    answer = client.get(url(applied_case))
    assert answer.status_code == 403
    assert "仅限本企业成员查看" in answer.content.decode()
    assert f"自评说明 {CODE}" not in answer.content.decode()
    assert client.post(url(applied_case, "answer_restore"), {"restored": 1, "version": 1}).status_code == 403


@pytest.mark.parametrize("who", ["stranger", "lead", "officer", "auditor"])
def test_out_of_sight_is_404(login: Login, world: World, draft_case: Assessment, who: str) -> None:
    save(draft_case, world.contributor, "full")
    assert login(getattr(world, who)).get(url(draft_case)).status_code == 404
