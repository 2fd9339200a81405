"""An enterprise that is registered already: found by code or name, asked to be joined, decided on by its own people."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from assessments.actions import joining, organisations
from assessments.actions.errors import NotAllowed, Refused
from assessments.models import Event, InboxMessage, JoinRequest, Membership, Organisation, User
from assessments.notifications.words import words_of
from assessments.permissions.scope import cases
from assessments.queries import joining as queries
from assessments.workflow import Role
from tests import factories
from tests.conftest import World
from tests.views.test_organisations import details

Login = Callable[..., Client]


@pytest.fixture(autouse=True)
def _no_counts_from_before() -> None:
    cache.clear()


def ask(world: World, user: User | None = None, **given: Any) -> JoinRequest:
    values = {"organisation": world.enterprise, "message": "制造部数据管理员", "at": timezone.now()} | given
    return joining.ask(by=user or world.nobody, **values)


def join_url(enterprise: Organisation) -> str:
    return reverse("enterprise_join", args=[queries.token_of(enterprise)])


def answer_url(name: str, request: JoinRequest) -> str:
    return reverse(name, args=[request.organisation_id, request.pk])


def state() -> list[Any]:
    """What a refused step must not change."""
    return [
        list(model.objects.order_by("pk").values())
        for model in (JoinRequest, Membership, InboxMessage, Event, Organisation)
    ]


def told(user: User, kind: str) -> list[str]:
    return [words_of(m).zh for m in InboxMessage.objects.filter(user=user, kind=kind)]


# --- the same enterprise twice -------------------------------------------------------------------------------------


def test_a_code_that_is_taken_leads_to_joining_and_names_nothing_but_the_enterprise(world: World, login: Login) -> None:
    client = login(world.nobody)
    before = state()
    typed = details(uscc=str(world.enterprise.uscc), name="冒名企业", business="自填的主营业务")
    page = client.post(reverse("enterprise_new"), typed).content.decode()
    assert state() == before
    assert "该企业已在平台登记" in page
    assert world.enterprise.name in page
    assert join_url(world.enterprise) in page
    assert "自填的主营业务" in page  # nothing typed is lost
    page += client.get(join_url(world.enterprise)).content.decode()
    people = (world.enterprise_admin, world.contributor, world.viewer)
    assert not [u for u in people if u.name in page or u.email in page]


def test_neither_page_says_whether_there_are_assessments(world: World, login: Login) -> None:
    client = login(world.nobody)

    def shown() -> str:
        return client.get(join_url(world.enterprise)).content.decode().split("<main")[1].split("</main>")[0]

    def plain(page: str) -> list[str]:
        return [line for line in page.splitlines() if "csrfmiddlewaretoken" not in line]

    before = plain(shown())
    number = factories.open_case(world.enterprise_admin, world.enterprise).number
    assert plain(shown()) == before
    assert number not in "".join(before)


@pytest.mark.parametrize(
    "name",
    [
        "上海浦江精密制造有限责任公司",
        "上海（浦江）精密制造有限公司",
        "上海浦江 精密制造股份有限公司",
        "上海浦江精密制造集团有限公司",
        "上海浦江精密制造",
    ],
)
def test_a_similar_name_under_another_code_is_asked_about(world: World, login: Login, name: str) -> None:
    client, before = login(world.nobody), state()
    page = client.post(reverse("enterprise_new"), details(name=name)).content.decode()
    assert state() == before
    assert "已有名称相近的企业" in page
    assert join_url(world.enterprise) in page
    assert world.other_enterprise.name not in page
    assert client.post(reverse("enterprise_new"), details(name=name, is_another="on")).status_code == 302
    assert Organisation.objects.get(name=name).uscc == details()["uscc"]


@pytest.mark.parametrize("name", ["上海浦江精密仪器有限公司", "有限公司", "集团有限公司"])
def test_another_name_is_registered_at_once(world: World, login: Login, name: str) -> None:
    factories.make_enterprise("股份有限公司", world.stranger)
    assert login(world.nobody).post(reverse("enterprise_new"), details(name=name)).status_code == 302
    assert Organisation.objects.filter(name=name, uscc=details()["uscc"]).exists()


def test_a_form_sent_twice_is_no_duplicate_of_itself(world: World, login: Login) -> None:
    client = login(world.nobody)
    addresses = {client.post(reverse("enterprise_new"), details()).headers["Location"] for _ in range(2)}
    enterprise = Organisation.objects.get(uscc=details()["uscc"])
    assert addresses == {reverse("organisation_detail", args=[enterprise.pk])}


def test_bodies_are_not_joined_this_way(world: World, login: Login) -> None:
    page = login(world.nobody).post(reverse("enterprise_new"), details(uscc=str(world.body.uscc))).content.decode()
    assert "请联系本机构负责人邀请您加入" in page
    assert "申请加入" not in page.split("<form")[-1]
    assert login(world.nobody).get(join_url(world.body)).status_code == 404
    with pytest.raises(Refused):
        ask(world, organisation=world.body)


@pytest.mark.parametrize("token", ["1", "1:x", "x", "1:1:1", "９"])
def test_an_address_cannot_be_counted_through(world: World, login: Login, token: str) -> None:
    assert login(world.nobody).get(reverse("enterprise_join", args=[token])).status_code == 404


def test_trying_codes_and_names_is_slowed_down(world: World, login: Login) -> None:
    client = login(world.nobody)
    statuses = [client.post(reverse("enterprise_new"), {}).status_code for _ in range(21)]
    assert statuses == [200] * 20 + [429]
    statuses = [client.get(join_url(world.enterprise)).status_code for _ in range(21)]
    assert statuses == [200] * 20 + [429]


# --- asking --------------------------------------------------------------------------------------------------------


def test_asking_tells_the_administrators_alone(
    world: World, login: Login, django_capture_on_commit_callbacks: Any
) -> None:
    client = login(world.nobody)
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post(join_url(world.enterprise), {"message": "  制造部数据管理员 "}, follow=True)
    assert answer.redirect_chain == [(reverse("home"), 302)]
    page = answer.content.decode()
    assert f"申请加入{world.enterprise.name}：等待管理员同意" in page
    assert world.enterprise_admin.name not in page
    request = JoinRequest.objects.get()
    assert (request.user, request.message, request.decided_at) == (world.nobody, "制造部数据管理员", None)
    assert told(world.enterprise_admin, "join_request") == [f"韩新人申请加入{world.enterprise.name}"]
    assert InboxMessage.objects.filter(kind="join_request").count() == 1
    assert InboxMessage.objects.get().path == reverse("member_list", args=[world.enterprise.pk]) + "#requests"
    assert [m.to for m in mail.outbox] == [[world.enterprise_admin.email]]
    assert "制造部数据管理员" in mail.outbox[0].body
    assert world.nobody.email in mail.outbox[0].body
    assert Event.objects.filter(action="member.join_requested", subject=world.enterprise.name).count() == 1
    admin_home = login(world.enterprise_admin).get(reverse("home")).content.decode()
    assert f"有 1 人申请加入{world.enterprise.name}，等您审批。" in admin_home
    assert "等您审批" not in login(world.contributor).get(reverse("home")).content.decode()
    assert "等您审批" not in login(world.stranger).get(reverse("home")).content.decode()


def test_asking_twice_is_one_request(world: World, login: Login) -> None:
    first = ask(world)
    assert ask(world, message="另一说明") == first
    client = login(world.nobody)
    assert "正在等待管理员同意" in client.get(join_url(world.enterprise)).content.decode()
    client.post(join_url(world.enterprise), {"message": "再次"})
    assert JoinRequest.objects.get().message == "制造部数据管理员"
    assert InboxMessage.objects.filter(kind="join_request").count() == 1


def test_a_member_is_told_so(world: World, login: Login) -> None:
    before = state()
    page = login(world.viewer).get(join_url(world.enterprise)).content.decode()
    assert "无需申请" in page
    assert reverse("organisation_detail", args=[world.enterprise.pk]) in page
    with pytest.raises(Refused):
        ask(world, world.viewer)
    assert state() == before


def test_five_requests_may_wait_at_a_time(world: World, login: Login) -> None:
    owner = factories.make_user("多企业")
    for n in range(6):
        enterprise = factories.make_enterprise(f"第{n}家数据有限公司", owner)
        if n < 5:
            ask(world, organisation=enterprise)
    before = state()
    answer = login(world.nobody).post(join_url(enterprise), {"message": "第六份"})
    assert answer.status_code == 409
    assert "已有 5 份加入申请" in answer.content.decode()
    assert state() == before


def test_without_an_administrator_the_operator_is_named(world: World, login: Login) -> None:
    world.enterprise_admin.is_active = False
    world.enterprise_admin.save()
    page = login(world.nobody).get(join_url(world.enterprise)).content.decode()
    assert "请联系平台运行方" in page
    assert "<textarea" not in page
    with pytest.raises(Refused):
        ask(world)


def test_too_long_a_message_comes_back(world: World, login: Login) -> None:
    answer = login(world.nobody).post(join_url(world.enterprise), {"message": "长" * 301})
    assert answer.status_code == 200
    assert "长" * 301 in answer.content.decode()
    assert not JoinRequest.objects.exists()


def test_people_of_a_body_are_warned_and_barred_afterwards(world: World, review_case: Any, login: Login) -> None:
    page = login(world.assessor).get(join_url(world.enterprise)).content.decode()
    assert f"您同时是{world.body.name}的成员" in page
    assert "须回避" in page
    assert "您同时是" not in login(world.nobody).get(join_url(world.enterprise)).content.decode()
    third = world.third_assessor
    joining.approve(by=world.enterprise_admin, request=ask(world, third), role=Role.VIEWER, at=timezone.now())
    seen = cases(User.objects.get(pk=third.pk)).get(pk=review_case.pk)
    assert (seen.viewer_enterprise_role, seen.viewer_assessor) == (Role.VIEWER, False)


# --- taking back ---------------------------------------------------------------------------------------------------


def test_a_request_is_taken_back_by_who_made_it(world: World, login: Login) -> None:
    request = ask(world)
    assert login(world.stranger).post(reverse("join_withdraw", args=[request.pk])).status_code == 404
    assert JoinRequest.objects.count() == 1
    page = login(world.nobody).post(reverse("join_withdraw", args=[request.pk]), follow=True).content.decode()
    assert f"已撤回加入{world.enterprise.name}的申请。" in page
    assert not JoinRequest.objects.exists()
    assert login(world.nobody).post(reverse("join_withdraw", args=[request.pk])).status_code == 404
    with pytest.raises(Refused):
        joining.approve(by=world.enterprise_admin, request=request, role=Role.VIEWER, at=timezone.now())
    assert not Membership.objects.filter(user=world.nobody).exists()
    assert ask(world).pk != request.pk  # and may ask again


def test_asking_and_taking_back_in_turn_is_slowed_down(world: World, login: Login) -> None:
    for _ in range(queries.ASKED_AT_MOST):
        joining.withdraw(by=world.nobody, request=ask(world), at=timezone.now())
    before = state()
    answer = login(world.nobody).post(join_url(world.enterprise), {"message": "再申请"})
    assert answer.status_code == 409
    assert "一天内已提交 10 份加入申请" in answer.content.decode()
    assert state() == before
    ask(world, at=timezone.now() + queries.ASKED_WITHIN)
    assert JoinRequest.objects.count() == 1


# --- deciding ------------------------------------------------------------------------------------------------------


def test_an_administrator_approves_with_a_role(
    world: World, login: Login, django_capture_on_commit_callbacks: Any
) -> None:
    request, client = ask(world), login(world.enterprise_admin)
    page = client.get(reverse("member_list", args=[world.enterprise.pk])).content.decode()
    assert "待审批的加入申请（1 份）" in page
    assert "制造部数据管理员" in page
    assert world.nobody.email in page
    assert '<option value="contributor" selected>' in page.split('id="members"')[0]
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post(answer_url("join_approve", request), {"role": "viewer"}, follow=True)
    assert "已同意韩新人加入。" in answer.content.decode()
    membership = Membership.objects.get(user=world.nobody)
    assert (membership.organisation, membership.role, membership.is_active) == (world.enterprise, Role.VIEWER, True)
    request.refresh_from_db()
    assert (request.is_accepted, request.decided_by) == (True, world.enterprise_admin)
    assert told(world.nobody, "join_decision") == [
        f"{world.enterprise.name}：已同意您加入，角色为{Role.VIEWER.label.zh}"
    ]
    assert [m.to for m in mail.outbox] == [[world.nobody.email]]
    event = Event.objects.get(action="member.joined", subject=world.enterprise.name)
    assert event.after == {"email": world.nobody.email, "role": "viewer"}


def test_the_applicant_does_not_learn_who_declined(
    world: World, login: Login, django_capture_on_commit_callbacks: Any
) -> None:
    request = ask(world)
    with django_capture_on_commit_callbacks(execute=True):
        login(world.enterprise_admin).post(answer_url("join_decline", request), {"reason": "不是本企业人员"})
    request.refresh_from_db()
    assert (request.is_accepted, request.decided_by) == (False, world.enterprise_admin)
    assert not Membership.objects.filter(user=world.nobody).exists()
    page = login(world.nobody).get(reverse("inbox")).content.decode()
    assert "未同意您加入（不是本企业人员）" in page
    assert "不是本企业人员" in mail.outbox[0].body
    for shown in (
        page,
        mail.outbox[0].body,
        mail.outbox[0].subject,
        str(InboxMessage.objects.get(user=world.nobody).values),
    ):
        assert world.enterprise_admin.name not in shown
        assert world.enterprise_admin.email not in shown
    before = state()
    with pytest.raises(Refused):
        ask(world)
    assert state() == before
    assert ask(world, at=timezone.now() + dt.timedelta(days=1, seconds=1)).decided_at is None


def test_declining_takes_a_reason_and_keeps_what_was_typed(world: World, login: Login) -> None:
    request, client = ask(world), login(world.enterprise_admin)
    for reason in ("", "  ", "长" * 301):
        answer = client.post(answer_url("join_decline", request), {"reason": reason})
        assert answer.status_code == 422
        request.refresh_from_db()
        assert request.decided_at is None
    assert "长" * 301 in answer.content.decode()
    with pytest.raises(Refused):
        joining.decline(by=world.enterprise_admin, request=request, reason=" ", at=timezone.now())


@pytest.mark.parametrize(
    ("persona", "status"),
    [("stranger", 404), ("body_manager", 404), ("viewer", 403), ("contributor", 403), ("nobody", 404)],
)
def test_nobody_else_decides(world: World, login: Login, persona: str, status: int) -> None:
    request, user = ask(world), getattr(world, persona)
    before = state()
    for name, sent in (("join_approve", {"role": "viewer"}), ("join_decline", {"reason": "否"})):
        assert login(user).post(answer_url(name, request), sent).status_code == status
    with pytest.raises(NotAllowed):
        joining.approve(by=user, request=request, role=Role.VIEWER, at=timezone.now())
    with pytest.raises(NotAllowed):
        joining.decline(by=user, request=request, reason="否", at=timezone.now())
    assert state() == before


def test_an_administrator_cannot_reach_the_requests_of_another_enterprise_through_the_own(
    world: World, login: Login
) -> None:
    request = ask(world)
    url = reverse("join_approve", args=[world.other_enterprise.pk, request.pk])
    assert login(world.stranger).post(url, {"role": "viewer"}).status_code == 404
    assert not Membership.objects.filter(user=world.nobody).exists()


@pytest.mark.parametrize("role", ["body_manager", "certification_officer", "", "x"])
def test_a_role_of_another_party_is_not_given(world: World, login: Login, role: str) -> None:
    request = ask(world)
    login(world.enterprise_admin).post(answer_url("join_approve", request), {"role": role})
    with pytest.raises(Refused):
        joining.approve(by=world.enterprise_admin, request=request, role=role, at=timezone.now())
    request.refresh_from_db()
    assert request.decided_at is None
    assert not Membership.objects.filter(user=world.nobody).exists()


def test_decided_is_decided(world: World, login: Login) -> None:
    request, client = ask(world), login(world.enterprise_admin)
    client.post(answer_url("join_approve", request), {"role": "viewer"})
    before = state()
    page = client.post(answer_url("join_decline", request), {"reason": "晚了"}, follow=True).content.decode()
    assert "该申请已有答复或已撤回。" in page
    client.post(answer_url("join_approve", request), {"role": "contributor"})
    assert state() == before


def test_somebody_who_left_comes_back_with_the_same_membership(world: World) -> None:
    row = Membership.objects.get(user=world.viewer)
    organisations.end_membership(by=world.enterprise_admin, membership=row, at=timezone.now())
    viewer = User.objects.get(pk=world.viewer.pk)
    joining.approve(by=world.enterprise_admin, request=ask(world, viewer), role=Role.CONTRIBUTOR, at=timezone.now())
    back = Membership.objects.get(user=viewer)
    assert (back.pk, back.role, back.is_active, back.ended_at) == (row.pk, Role.CONTRIBUTOR, True, None)


def test_who_came_in_by_invitation_meanwhile_keeps_that_role(world: World) -> None:
    request = ask(world)
    factories.join(world.nobody, world.enterprise, Role.ENTERPRISE_ADMINISTRATOR)
    assert list(queries.waiting(world.enterprise)) == []
    joining.approve(by=world.enterprise_admin, request=request, role=Role.VIEWER, at=timezone.now())
    assert Membership.objects.get(user=world.nobody).role == Role.ENTERPRISE_ADMINISTRATOR


def test_queries_of_home_and_members_do_not_grow_with_requests(world: World, login: Login) -> None:
    client = login(world.enterprise_admin)

    def counted() -> list[int]:
        found = []
        for url in (reverse("home"), reverse("member_list", args=[world.enterprise.pk])):
            with CaptureQueriesContext(
                connection,
            ) as queries_made:
                client.get(url)
            found.append(len(queries_made))
        return found

    ask(world)
    few = counted()
    for n in range(8):
        ask(world, factories.make_user(f"申请人{n}"))
    assert counted() == few
