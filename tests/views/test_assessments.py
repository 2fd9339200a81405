"""Cases: list, opening, case page, frame, history."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from assessments.models import Assessment, User
from tests import factories
from tests.conftest import World

FRAME = {"edition_code": "gbt36073-2018", "track": "owner", "target_level": "3", "scope": "全公司", "planned_date": ""}
LIST = "/assessments/"


def _numbers(client: Client, query: str = "") -> list[str]:
    return [r.case.number for r in client.get(LIST + query).context["rows"]]


def _form_errors(page: object) -> dict:
    return page.context["form"].errors.as_data().keys()  # type: ignore[attr-defined]


# --- who may -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["assessment_detail", "assessment_frame", "delegations", "history", "result"])
def test_a_case_out_of_sight_does_not_exist(world: World, draft_case: Assessment, login: Callable, name: str) -> None:
    address = reverse(name, args=[draft_case.number])
    for user in (
        world.stranger,
        world.officer,
        world.body_manager,
        world.district_officer,
        world.auditor,
        world.nobody,
    ):
        assert login(user).get(address).status_code == 404
    answer = Client().get(address)
    assert (answer.status_code, answer.url) == (302, f"{reverse('account_login')}?next={address}")


@pytest.mark.parametrize(
    ("name", "persona", "status"),
    [
        ("assessment_detail", "viewer", 200),
        ("assessment_frame", "viewer", 403),
        ("assessment_frame", "contributor", 403),
        ("assessment_frame", "enterprise_admin", 200),
        ("delegations", "viewer", 200),
        ("delegations", "contributor", 200),
        ("history", "viewer", 200),
        ("result", "viewer", 200),
    ],
)
def test_pages_of_a_draft(
    world: World, draft_case: Assessment, login: Callable, name: str, persona: str, status: int
) -> None:
    assert login(getattr(world, persona)).get(reverse(name, args=[draft_case.number])).status_code == status


@pytest.mark.parametrize("name", ["assessment_frame", "delegations"])
def test_others_see_the_case_but_not_what_the_enterprise_manages(
    world: World, review_case: Assessment, login: Callable, name: str
) -> None:
    for user in (world.body_manager, world.lead, world.officer, world.district_officer):
        page = login(user).get(reverse(name, args=[review_case.number]))
        assert page.status_code == 403
        assert "企业" in page.content.decode()


# --- the list ------------------------------------------------------------------------------------------------------


def test_drafts_are_never_listed_to_the_office(world: World, applied_case: Assessment, login: Callable) -> None:
    draft = factories.open_case(world.enterprise_admin, world.enterprise)
    assert _numbers(login(world.officer)) == [applied_case.number]
    assert _numbers(login(world.district_officer)) == [applied_case.number]
    assert _numbers(login(world.other_district_officer)) == []
    assert _numbers(login(world.enterprise_admin)) == [draft.number, applied_case.number]


def test_filters_live_in_the_address(world: World, applied_case: Assessment, login: Callable) -> None:
    draft = factories.open_case(world.enterprise_admin, world.enterprise, target_level=4)
    ours, office = login(world.enterprise_admin), login(world.officer)
    assert _numbers(ours, "?state=draft") == [draft.number]
    assert _numbers(ours, "?level=3") == [applied_case.number]
    assert _numbers(ours, f"?q={draft.number}") == [draft.number]
    assert _numbers(ours, "?turn=body") == [applied_case.number]
    assert _numbers(office, f"?q={world.enterprise.uscc}") == [applied_case.number]
    assert _numbers(office, f"?q={world.enterprise.name[2:6]}&district=310115") == [applied_case.number]
    assert _numbers(office, "?district=310101") == []
    assert _numbers(office, f"?body={world.body.pk}") == [applied_case.number]
    assert _numbers(office, "?q=没有这家") == []


@pytest.mark.parametrize(
    "query", ["?level=99", "?level=x", "?district=0", "?body=999999", "?turn=me", "?state=no", "?page=99"]
)
def test_a_wrong_filter_is_left_aside(world: World, applied_case: Assessment, login: Callable, query: str) -> None:
    assert _numbers(login(world.officer), query) == [applied_case.number]


def test_chips_count_states_within_the_other_filters(world: World, applied_case: Assessment, login: Callable) -> None:
    factories.open_case(world.enterprise_admin, world.enterprise, target_level=4)
    client = login(world.enterprise_admin)
    assert [(c["label"], c["count"]) for c in client.get(LIST).context["chips"]] == [
        ("全部", 2),
        ("自评中", 1),
        ("已申请", 1),
    ]
    chips = client.get(f"{LIST}?level=4").context["chips"]
    assert [(c["label"], c["count"], c["url"]) for c in chips] == [
        ("全部", 1, "?level=4&state="),
        ("自评中", 1, "?level=4&state=draft"),
    ]


def test_scores_are_listed_to_those_who_may_read_them(
    world: World, compliance_case: Assessment, login: Callable
) -> None:
    def shown(user: User) -> tuple[bool, bool]:
        row = login(user).get(LIST).context["rows"][0]
        return row.reads_self, row.reads_assessed

    assert shown(world.enterprise_admin) == (True, False)
    assert shown(world.officer) == (True, True)
    assert shown(world.body_manager) == (True, True)
    assert shown(world.district_officer) == (False, False)


def test_the_list_has_pages_and_a_fixed_number_of_queries(
    world: World, login: Callable, django_assert_max_num_queries: Callable
) -> None:
    for _n in range(3):
        factories.open_case(world.enterprise_admin, world.enterprise)
    client = login(world.enterprise_admin)
    with django_assert_max_num_queries(10) as few:
        client.get(LIST)
    for _n in range(19):
        factories.open_case(world.enterprise_admin, world.enterprise)
    with django_assert_max_num_queries(10) as many:
        assert len(_numbers(client)) == 20
    assert len(few) == len(many)
    assert len(_numbers(client, "?page=2")) == 2


def test_an_empty_list_offers_the_first_step(world: World, login: Callable) -> None:
    assert reverse("assessment_new") in login(world.enterprise_admin).get(LIST).content.decode()
    assert reverse("assessment_new") not in login(world.officer).get(LIST).content.decode()


# --- opening -------------------------------------------------------------------------------------------------------


def test_an_administrator_opens_an_assessment(world: World, login: Callable) -> None:
    answer = login(world.enterprise_admin).post(
        reverse("assessment_new"), {**FRAME, "enterprise": world.enterprise.pk, "planned_date": "2099-01-31"}
    )
    case = Assessment.objects.get()
    assert (answer.status_code, answer.url) == (302, reverse("item", args=[case.number, "6.1"]))
    assert (case.enterprise, case.track, case.key_domains, case.target_level, case.scope, case.planned_date) == (
        world.enterprise,
        "owner",
        [],
        3,
        "全公司",
        dt.date(2099, 1, 31),
    )


def test_sent_twice_it_is_opened_once(world: World, login: Callable) -> None:
    client, data = login(world.enterprise_admin), {**FRAME, "enterprise": world.enterprise.pk}
    first = client.post(reverse("assessment_new"), data)
    second = client.post(reverse("assessment_new"), data)
    assert first.url == second.url
    assert Assessment.objects.count() == 1
    assert "未重复创建" in str(list(second.wsgi_request._messages)[-1])


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"scope": ""}, "scope"),
        ({"scope": "长" * 301}, "scope"),
        ({"target_level": "6"}, "target_level"),
        ({"edition_code": "gbt0"}, "edition_code"),
        ({"edition_code": ""}, "edition_code"),
        ({"planned_date": "2020-01-01"}, "planned_date"),
        ({"track": "provider", "key_domains": ["6", "7", "8", "9"]}, "key_domains"),
        ({"track": "provider", "key_domains": ["6", "7", "8", "9", "10", "11"]}, "key_domains"),
        ({"track": "provider"}, "key_domains"),
        ({"track": "other"}, "track"),
    ],
)
def test_a_wrong_frame_is_refused_and_kept(world: World, login: Callable, change: dict, field: str) -> None:
    data = {**FRAME, "enterprise": world.enterprise.pk, "scope": "总部及两家工厂", **change}
    page = login(world.enterprise_admin).post(reverse("assessment_new"), data)
    assert page.status_code == 200
    assert list(_form_errors(page)) == [field]
    assert data["scope"] in page.content.decode()
    assert Assessment.objects.count() == 0


def test_a_provider_chooses_five_key_domains(world: World, login: Callable) -> None:
    keys = ["6", "7", "8", "9", "10"]
    data = {**FRAME, "enterprise": world.enterprise.pk, "track": "provider", "key_domains": keys}
    login(world.enterprise_admin).post(reverse("assessment_new"), data)
    assert list(Assessment.objects.values_list("track", "key_domains")) == [("provider", keys)]


def test_an_owner_has_no_key_domains_whatever_was_ticked(world: World, login: Callable) -> None:
    data = {**FRAME, "enterprise": world.enterprise.pk, "key_domains": ["6", "7"]}
    login(world.enterprise_admin).post(reverse("assessment_new"), data)
    assert list(Assessment.objects.values_list("track", "key_domains")) == [("owner", [])]


def test_only_administrators_open_and_only_for_their_own(world: World, login: Callable) -> None:
    data = {**FRAME, "enterprise": world.other_enterprise.pk}
    page = login(world.enterprise_admin).post(reverse("assessment_new"), data)
    assert list(_form_errors(page)) == ["enterprise"]
    for user in (world.contributor, world.viewer, world.body_manager, world.officer, world.nobody):
        assert login(user).get(reverse("assessment_new")).status_code == 403
        assert login(user).post(reverse("assessment_new"), data).status_code == 403
    assert Assessment.objects.count() == 0


# --- the case page -------------------------------------------------------------------------------------------------


def test_the_case_page_names_what_is_missing(world: World, draft_case: Assessment, login: Callable) -> None:
    page = login(world.enterprise_admin).get(reverse("assessment_detail", args=[draft_case.number]))
    assert [(a.label.zh, [str(r) for r in a.reasons]) for a in page.context["actions"]] == [
        ("提交自评", ["还有 445 条未作答，请全部作答后再提交。"])
    ]
    body = page.content.decode()
    assert 'aria-disabled="true"' in body
    assert reverse("transition", args=[draft_case.number, "finalise"]) in body


def test_only_the_steps_of_one_s_role_are_offered(world: World, applied_case: Assessment, login: Callable) -> None:
    def offered(user: User) -> list[str]:
        page = login(user).get(reverse("assessment_detail", args=[applied_case.number]))
        return [a.label.zh for a in page.context["actions"]]

    assert offered(world.enterprise_admin) == ["撤回申请"]
    assert offered(world.body_manager) == ["受理申请", "不予受理"]
    assert offered(world.contributor) == offered(world.viewer) == offered(world.officer) == []


def test_steps_that_answer_what_nobody_can_send_yet_are_hidden(
    world: World, notice_case: Assessment, login: Callable
) -> None:
    page = login(world.officer).get(reverse("assessment_detail", args=[notice_case.number]))
    assert [a.label.zh for a in page.context["actions"]] == ["结束公示", "签发证书"]
    assert [a.tone for a in page.context["actions"]] == ["main", "other"]


def test_why_it_came_back_stands_on_top_for_those_it_concerns(
    world: World, applied_case: Assessment, login: Callable
) -> None:
    reason = "评估范围未写明信息系统"
    factories.move(applied_case, world.body_manager, "decline", reason=reason)
    page = login(world.enterprise_admin).get(reverse("assessment_detail", args=[applied_case.number]))
    assert page.context["returned"].reason == reason
    factories.move(applied_case, world.enterprise_admin, "apply", body=world.body)
    page = login(world.enterprise_admin).get(reverse("assessment_detail", args=[applied_case.number]))
    assert page.context["returned"] is None


def test_what_body_and_office_tell_each_other_is_not_read_by_the_enterprise(
    world: World, compliance_case: Assessment, login: Callable
) -> None:
    reason = "6.2 的评审意见与结论不一致"
    factories.move(compliance_case, world.officer, "return", reason=reason)

    def body(user: User, name: str) -> str:
        return login(user).get(reverse(name, args=[compliance_case.number])).content.decode()

    for name in ("assessment_detail", "history"):
        assert reason in body(world.lead, name)
        assert reason in body(world.officer, name)
        assert reason not in body(world.enterprise_admin, name)
        assert reason not in body(world.district_officer, name)


def test_a_district_officer_reads_neither_answers_nor_scores_before_publication(
    world: World, compliance_case: Assessment, login: Callable
) -> None:
    client = login(world.district_officer)
    page = client.get(reverse("assessment_detail", args=[compliance_case.number]))
    assert (page.status_code, page.context["figures"]) == (200, ())
    body = page.content.decode()
    assert "3.20" not in body
    assert reverse("self_report", args=[compliance_case.number]) not in body
    assert [t.label for t in page.context["tabs"]] == ["概况", "办理记录"]
    assert client.get(reverse("result", args=[compliance_case.number])).status_code == 403


def test_the_case_page_stays_within_its_queries(
    world: World, reporting_case: Assessment, login: Callable, django_assert_max_num_queries: Callable
) -> None:
    for user in (world.enterprise_admin, world.lead, world.officer):
        client = login(user)
        with django_assert_max_num_queries(20):
            client.get(reverse("assessment_detail", args=[reporting_case.number]))


@pytest.mark.parametrize(
    ("stage", "current", "done"),
    [("draft_case", "自评中", 0), ("review_case", "文件评审", 4), ("compliance_case", "合规性审查", 7)],
)
def test_the_timeline_follows_the_state(
    request: pytest.FixtureRequest, world: World, login: Callable, stage: str, current: str, done: int
) -> None:
    case = request.getfixturevalue(stage)
    stages = login(world.enterprise_admin).get(reverse("assessment_detail", args=[case.number])).context["stages"]
    assert [str(s.label) for s in stages if s.status == "current"] == [current]
    assert sum(s.status == "done" for s in stages) == done
    assert "专家评议" not in {str(s.label) for s in stages}


def test_a_high_target_leads_past_the_panel(world: World, login: Callable) -> None:
    case = factories.open_case(world.enterprise_admin, world.enterprise, target_level=4)
    stages = login(world.enterprise_admin).get(reverse("assessment_detail", args=[case.number])).context["stages"]
    assert "专家评议" in {str(s.label) for s in stages}


def test_a_closed_case_ends_with_how_it_closed(world: World, applied_case: Assessment, login: Callable) -> None:
    factories.move(applied_case, world.enterprise_admin, "withdraw", reason="企业重组")
    stages = (
        login(world.enterprise_admin).get(reverse("assessment_detail", args=[applied_case.number])).context["stages"]
    )
    assert [(str(s.label), s.status) for s in stages] == [
        ("自评中", "done"),
        ("自评完成", "done"),
        ("已申请", "done"),
        ("撤回", "current"),
    ]


# --- frame ---------------------------------------------------------------------------------------------------------


def test_the_frame_changes_while_drafting(world: World, draft_case: Assessment, login: Callable) -> None:
    address = reverse("assessment_frame", args=[draft_case.number])
    data = {"target_level": "4", "scope": "总部", "planned_date": ""}
    answer = login(world.enterprise_admin).post(address, data)
    assert (answer.status_code, answer.url) == (302, reverse("assessment_detail", args=[draft_case.number]))
    draft_case.refresh_from_db()
    assert (draft_case.target_level, draft_case.scope, draft_case.planned_date) == (4, "总部", None)


def test_the_frame_is_fixed_once_finalised(world: World, finalised_case: Assessment, login: Callable) -> None:
    address = reverse("assessment_frame", args=[finalised_case.number])
    answer = login(world.enterprise_admin).post(address, {"target_level": "5", "scope": "别处", "planned_date": ""})
    finalised_case.refresh_from_db()
    assert (answer.status_code, finalised_case.target_level) == (403, 3)


# --- history -------------------------------------------------------------------------------------------------------


def test_history_names_who_did_what_and_never_a_ruling(
    world: World, compliance_case: Assessment, login: Callable
) -> None:
    page = login(world.enterprise_admin).get(reverse("history", args=[compliance_case.number]))
    entries = page.context["entries"]
    assert [(e.label.zh, e.name, e.organisation) for e in entries][:2] == [
        ("质量审核签发", world.quality_reviewer.name, world.body.both_names),
        ("组长签字", world.lead.name, world.body.both_names),
    ]
    assert [e.label.zh for e in entries][-1] == "新建自评"
    assert f"{world.assessor.name}的意见" not in page.content.decode()


@pytest.mark.parametrize("name", ["assessment_list", "assessment_detail", "history"])
def test_pages_that_only_show_take_no_post(world: World, draft_case: Assessment, login: Callable, name: str) -> None:
    args = [] if name == "assessment_list" else [draft_case.number]
    assert login(world.enterprise_admin).post(reverse(name, args=args)).status_code == 405
