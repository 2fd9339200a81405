"""Registering an enterprise, its details, members, invitations, and choosing the organisation one acts for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from assessments.actions import organisations
from assessments.models import Assessment, Event, Invitation, Membership, Organisation, User
from assessments.queries import organisations as queries
from assessments.workflow import Party, Role
from tests import factories
from tests.conftest import World

Login = Callable[..., Client]


def details(**changed: str) -> dict[str, str]:
    return {
        "uscc": factories.uscc(9_000_001),
        "name": "上海新登记科技有限公司",
        "district_code": "310115",
        "industry_code": "I",
        "size_code": "small",
    } | changed


def invite(world: World, email: str = "nobody@test.example", role: str = "contributor", **ago: int) -> Invitation:
    return organisations.invite(
        by=world.enterprise_admin,
        organisation=world.enterprise,
        email=email,
        role=role,
        at=timezone.now() - dt.timedelta(**ago),
    )


def membership(user: User, organisation: Organisation) -> Membership:
    return Membership.objects.get(user=user, organisation=organisation)


# --- registering ---------------------------------------------------------------------------------------------------


def test_registering_makes_the_person_administrator_and_acts_for_the_enterprise(world: World, login: Login) -> None:
    client = login(world.nobody)
    page = client.get(reverse("enterprise_new"))
    assert "您尚未加入任何单位" in page.content.decode()
    assert "也可以请本企业的管理员邀请 nobody@test.example" in page.content.decode()

    answer = client.post(reverse("enterprise_new"), details(employees="120", data_volume_tb="3.5", business="软件"))

    enterprise = Organisation.objects.get(name="上海新登记科技有限公司")
    assert (answer.status_code, answer["Location"]) == (302, reverse("organisation_detail", args=[enterprise.pk]))
    assert membership(world.nobody, enterprise).role == Role.ENTERPRISE_ADMINISTRATOR
    assert (enterprise.kind, enterprise.uscc, enterprise.enterprise_profile.employees) == (
        Party.ENTERPRISE,
        factories.uscc(9_000_001),
        120,
    )
    assert client.session["organisation"] == enterprise.pk
    shown = client.get(answer["Location"]).content.decode()
    assert "信息传输、软件和信息技术服务业" in shown
    assert "3.50 TB" in shown


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("9131011", "应为 18 位，现为 7 位。"),
        ("91310115MA765432OG", "第 17 位“O”不可用"),
        ("9131011AMA76543210", "第 8 位应为数字，现为“A”"),
        ("", "请填写统一社会信用代码。"),
    ],
)
def test_a_wrong_code_says_what_is_wrong_and_keeps_the_input(
    world: World, login: Login, typed: str, sentence: str
) -> None:
    before = Organisation.objects.count(), Event.objects.count()
    page = login(world.nobody).post(reverse("enterprise_new"), details(uscc=typed)).content.decode()
    assert sentence in page
    assert "请更正以下内容后再提交" in page
    assert "上海新登记科技有限公司" in page
    assert (Organisation.objects.count(), Event.objects.count()) == before


def test_a_wrong_check_digit_is_named(world: World, login: Login) -> None:
    good = factories.uscc(9_000_002)
    wrong = good[:-1] + ("1" if good[-1] != "1" else "2")
    page = login(world.nobody).post(reverse("enterprise_new"), details(uscc=wrong)).content.decode()
    assert "校验位（第 18 位）不符" in page
    assert not Organisation.objects.filter(uscc=wrong).exists()


def test_full_width_small_letters_and_blanks_are_put_right(world: World, login: Login) -> None:
    good = factories.uscc(9_000_003)
    full_width = "".join(chr(ord(c) + 0xFEE0) for c in good.lower())
    login(world.nobody).post(reverse("enterprise_new"), details(uscc=f"  {full_width[:9]} {full_width[9:]}\u200b "))
    assert Organisation.objects.get(name="上海新登记科技有限公司").uscc == good


def test_a_code_that_is_taken_is_refused_on_its_field_and_nothing_is_written(world: World, login: Login) -> None:
    before = Organisation.objects.count(), Membership.objects.count(), Event.objects.count()
    answer = login(world.nobody).post(reverse("enterprise_new"), details(uscc=world.enterprise.uscc or ""))
    assert answer.context["form"].errors == {
        "uscc": [f"统一社会信用代码 {world.enterprise.uscc} 已登记。如为本企业，请申请加入。"]
    }
    assert (Organisation.objects.count(), Membership.objects.count(), Event.objects.count()) == before


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("founded_date", "2999-01-01"),
        ("employees", "0"),
        ("data_volume_tb", "-1"),
        ("contact_phone", "<script>"),
        ("district_code", "110101"),
        ("industry_code", "Z"),
        ("name", "   "),
    ],
)
def test_impossible_details_are_refused(world: World, login: Login, field: str, value: str) -> None:
    before = Organisation.objects.count()
    answer = login(world.nobody).post(reverse("enterprise_new"), details(**{field: value}))
    assert list(answer.context["form"].errors) == [field]
    assert Organisation.objects.count() == before


def test_choices_follow_the_language_of_the_reader(world: World, login: Login) -> None:
    client = login(world.nobody)
    chinese = client.get(reverse("enterprise_new"), headers={"accept-language": "zh-CN"}).content.decode()
    english = client.get(reverse("enterprise_new"), headers={"accept-language": "en"}).content.decode()
    assert ("C 制造业" in chinese, "C Manufacturing" in chinese) == (True, False)
    assert ("C 制造业" in english, "C Manufacturing" in english) == (False, True)


def test_a_visitor_is_sent_to_log_in(db: None, client: Client) -> None:
    answer = client.get(reverse("enterprise_new"))
    assert answer["Location"] == f"{reverse('account_login')}?next={reverse('enterprise_new')}"


# --- details -------------------------------------------------------------------------------------------------------


def test_members_read_the_details_and_strangers_get_404(world: World, login: Login) -> None:
    address = reverse("organisation_detail", args=[world.enterprise.pk])
    for person in (world.enterprise_admin, world.contributor, world.viewer):
        shown = login(person).get(address)
        assert shown.status_code == 200
        assert world.enterprise.uscc in shown.content.decode()
    for person in (world.stranger, world.body_manager, world.officer, world.auditor, world.nobody):
        refused = login(person).get(address)
        assert refused.status_code == 404
        assert world.enterprise.name not in refused.content.decode()


def test_an_administrator_changes_details_but_never_the_code(world: World, login: Login) -> None:
    client, code = login(world.enterprise_admin), world.enterprise.uscc
    address = reverse("organisation_detail", args=[world.enterprise.pk])
    form = client.get(address, {"edit": "1"}).context["form"]
    assert form.initial["name"] == world.enterprise.name
    changes = details(name="上海浦江\n  新名有限公司", uscc=factories.uscc(9_000_004), size_code="medium")
    answer = client.post(address, changes)
    assert answer["Location"] == address
    world.enterprise.refresh_from_db()
    assert (world.enterprise.name, world.enterprise.uscc) == ("上海浦江 新名有限公司", code)
    assert world.enterprise.enterprise_profile.size_code == "medium"
    event = Event.objects.get(action="organisation.updated")
    assert event.after is not None
    assert event.after["name"] == "上海浦江 新名有限公司"


def test_others_see_why_they_cannot_change_details(world: World, login: Login) -> None:
    address = reverse("organisation_detail", args=[world.enterprise.pk])
    for answer in (
        login(world.contributor).get(address, {"edit": "1"}),
        login(world.contributor).post(address, details(name="被改的名称")),
    ):
        assert answer.status_code == 403
        assert "只有管理员可以管理成员。" in answer.content.decode()
    assert "修改信息</a>" not in login(world.contributor).get(address).content.decode()
    world.enterprise.refresh_from_db()
    assert world.enterprise.name == "上海浦江精密制造有限公司"


@pytest.mark.parametrize(
    ("profile", "word"),
    [
        ({}, "资质有效"),
        ({"is_suspended": True}, "资质暂停"),
        ({"valid_until": dt.date(2020, 1, 1)}, "资质已过期"),
        ({"valid_from": dt.date(2999, 1, 1), "valid_until": dt.date(2999, 2, 1)}, "尚未生效"),
    ],
)
def test_a_body_reads_its_qualification_and_cannot_change_it(
    world: World, login: Login, profile: dict[str, Any], word: str
) -> None:
    row = world.body.body_profile
    values = {"valid_from": dt.date(2019, 1, 1), **profile}
    for name, value in values.items():
        setattr(row, name, value)
    row.save()
    client, address = login(world.body_manager), reverse("organisation_detail", args=[world.body.pk])
    shown = client.get(address).content.decode()
    assert row.register_number in shown
    assert word in shown
    client.post(address, details(name="申城新名", register_number="X", max_level="1", is_suspended=""))
    row.refresh_from_db()
    assert (row.register_number, row.max_level, row.is_suspended) == (
        f"PG-{world.body.pk:04d}",
        5,
        profile.get("is_suspended", False),
    )
    world.body.refresh_from_db()
    assert world.body.name == "申城新名"


def test_the_office_has_a_page_without_business_figures(world: World, login: Login) -> None:
    shown = login(world.officer).get(reverse("organisation_detail", args=[world.office.pk])).content.decode()
    assert "上海市评估工作部" in shown
    assert "本单位的信息和成员由平台运行方维护。" in shown
    assert "行业门类" not in shown


# --- members -------------------------------------------------------------------------------------------------------


def test_the_list_shows_members_invitations_and_those_who_left(world: World, login: Login) -> None:
    organisations.end_membership(
        by=world.enterprise_admin, membership=membership(world.viewer, world.enterprise), at=timezone.now()
    )
    invitation, expired = invite(world), invite(world, "late@test.example", days=15)
    page = login(world.enterprise_admin).get(reverse("member_list", args=[world.enterprise.pk]))
    text = page.content.decode()
    assert [m.user for m in page.context["page_obj"]] == [world.enterprise_admin, world.contributor]
    assert [m.user for m in page.context["former"]] == [world.viewer]
    assert f"http://127.0.0.1:8000/invitations/{invitation.token}/" in text
    assert expired.token not in text
    assert "已过期" in text


def test_the_list_is_for_administrators(world: World, login: Login) -> None:
    address = reverse("member_list", args=[world.enterprise.pk])
    token = invite(world).token
    refused = login(world.contributor).get(address)
    assert (refused.status_code, token in refused.content.decode()) == (403, False)
    assert "只有管理员可以管理成员。" in refused.content.decode()
    assert login(world.stranger).get(address).status_code == 404
    assert login(world.body_manager).get(address).status_code == 404


def test_queries_of_the_list_do_not_grow(world: World, login: Login) -> None:
    client, address = login(world.enterprise_admin), reverse("member_list", args=[world.enterprise.pk])

    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200
        return len(queries)

    invite(world, "one@test.example")
    organisations.end_membership(
        by=world.enterprise_admin, membership=membership(world.viewer, world.enterprise), at=timezone.now()
    )
    few = count()
    for n in range(30):
        factories.join(factories.make_user(f"成员{n}"), world.enterprise, Role.VIEWER)
        invite(world, f"more{n}@test.example")
    assert count() == few
    assert few <= 15
    second = client.get(address, {"page": "2"}).context["page_obj"]
    assert (second.number, len(second), second.paginator.count) == (2, 12, 32)


def test_an_invitation_is_sent_in_both_languages_once_committed(
    world: World, login: Login, django_capture_on_commit_callbacks: Any
) -> None:
    address = reverse("member_invite", args=[world.enterprise.pk])
    with django_capture_on_commit_callbacks(execute=True):
        answer = login(world.enterprise_admin).post(address, {"email": "New@Test.example", "role": "viewer"})
        assert mail.outbox == []
    assert answer["Location"] == reverse("member_list", args=[world.enterprise.pk])
    invitation = Invitation.objects.get()
    assert (invitation.email, invitation.role) == ("new@test.example", "viewer")
    (letter,) = mail.outbox
    assert letter.to == ["new@test.example"]
    assert letter.subject == (
        "上海浦江精密制造有限公司邀请您加入 DCMM 评估平台 / Invitation to join 上海浦江精密制造有限公司 Ltd"
    )
    link = f"http://127.0.0.1:8000{reverse('invitation_accept', args=[invitation.token])}"
    assert letter.body.count(link) == 2
    assert "赵敏邀请您以“查看人”身份加入" in letter.body
    assert "as Viewer on the data management maturity assessment platform" in letter.body


def test_a_mail_server_that_is_down_does_not_undo_the_invitation(
    world: World, login: Login, settings: Any, django_capture_on_commit_callbacks: Any
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    with django_capture_on_commit_callbacks(execute=True):
        answer = login(world.enterprise_admin).post(
            reverse("member_invite", args=[world.enterprise.pk]), {"email": "new@test.example", "role": "viewer"}
        )
    assert answer.status_code == 302
    assert Invitation.objects.get().email == "new@test.example"


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"email": "not an address", "role": "viewer"}, "email"),
        ({"email": "new@test.example", "role": "certification_officer"}, "role"),
        ({"email": "CONTRIBUTOR@test.example", "role": "viewer"}, "email"),
        ({"email": "", "role": ""}, "email"),
    ],
)
def test_an_impossible_invitation_keeps_its_input(world: World, login: Login, data: dict[str, str], field: str) -> None:
    answer = login(world.enterprise_admin).post(reverse("member_invite", args=[world.enterprise.pk]), data)
    assert field in answer.context["form"].errors
    assert answer.context["form"].data["email"] == data["email"]
    assert Invitation.objects.count() == 0


def test_sending_again_replaces_the_link(world: World, login: Login) -> None:
    first = invite(world, "new@test.example", days=15)
    login(world.enterprise_admin).post(
        reverse("member_invite", args=[world.enterprise.pk]), {"email": first.email, "role": first.role}
    )
    again = Invitation.objects.get()
    assert again.token != first.token
    assert again.expires_at > timezone.now()


def test_an_invitation_is_withdrawn(world: World, login: Login) -> None:
    invitation = invite(world)
    address = reverse("invitation_withdraw", args=[world.enterprise.pk, invitation.pk])
    assert login(world.contributor).post(address).status_code == 403
    assert login(world.stranger).post(address).status_code == 404
    assert (
        login(world.stranger)
        .post(reverse("invitation_withdraw", args=[world.other_enterprise.pk, invitation.pk]))
        .status_code
        == 404
    )
    assert Invitation.objects.count() == 1
    assert login(world.enterprise_admin).post(address).status_code == 302
    assert Invitation.objects.count() == 0
    assert login(world.nobody).get(reverse("invitation_accept", args=[invitation.token])).status_code == 404


def test_roles_change_and_the_last_administrator_stays(world: World, login: Login) -> None:
    client = login(world.enterprise_admin)
    own, other = membership(world.enterprise_admin, world.enterprise), membership(world.viewer, world.enterprise)
    refused = client.post(reverse("member_role", args=[world.enterprise.pk, own.pk]), {"role": "viewer"}, follow=True)
    assert "至少须保留一名管理员，请先指定其他管理员。" in refused.content.decode()
    refused = client.post(reverse("member_end", args=[world.enterprise.pk, own.pk]), follow=True)
    assert "至少须保留一名管理员，请先指定其他管理员。" in refused.content.decode()
    own.refresh_from_db()
    assert (own.role, own.is_active) == (Role.ENTERPRISE_ADMINISTRATOR, True)

    changed = client.post(
        reverse("member_role", args=[world.enterprise.pk, other.pk]), {"role": "enterprise_administrator"}, follow=True
    )
    assert "孙立的角色已改为企业管理员。" in changed.content.decode()
    given_up = client.post(reverse("member_role", args=[world.enterprise.pk, own.pk]), {"role": "viewer"})
    assert given_up["Location"] == reverse("organisation_detail", args=[world.enterprise.pk])
    left = login(world.viewer).post(reverse("member_end", args=[world.enterprise.pk, own.pk]))
    assert left["Location"] == reverse("member_list", args=[world.enterprise.pk])


@pytest.mark.parametrize("role", ["", "lead_assessor", "platform", "certification_officer"])
def test_a_role_of_another_kind_of_organisation_is_refused(world: World, login: Login, role: str) -> None:
    row = membership(world.viewer, world.enterprise)
    answer = login(world.enterprise_admin).post(
        reverse("member_role", args=[world.enterprise.pk, row.pk]), {"role": role}, follow=True
    )
    assert "该角色不适用于此类组织。" in answer.content.decode()
    row.refresh_from_db()
    assert row.role == Role.VIEWER


@pytest.mark.parametrize("name", ["member_role", "member_end"])
def test_members_of_elsewhere_are_out_of_reach(world: World, login: Login, name: str) -> None:
    row = membership(world.viewer, world.enterprise)
    there = reverse(name, args=[world.other_enterprise.pk, row.pk])
    here = reverse(name, args=[world.enterprise.pk, row.pk])
    assert login(world.stranger).post(there, {"role": "contributor"}).status_code == 404
    assert login(world.stranger).post(here, {"role": "contributor"}).status_code == 404
    assert login(world.contributor).post(here, {"role": "contributor"}).status_code == 403
    row.refresh_from_db()
    assert (row.role, row.is_active) == (Role.VIEWER, True)


def test_ending_twice_says_so_and_changes_nothing(world: World, login: Login) -> None:
    client, row = login(world.enterprise_admin), membership(world.viewer, world.enterprise)
    address = reverse("member_end", args=[world.enterprise.pk, row.pk])
    assert "孙立已移出上海浦江精密制造有限公司。" in client.post(address, follow=True).content.decode()
    row.refresh_from_db()
    ended, events = row.ended_at, Event.objects.count()
    assert "孙立已不是成员，无需再次操作。" in client.post(address, follow=True).content.decode()
    row.refresh_from_db()
    assert (row.ended_at, Event.objects.count()) == (ended, events)


def test_access_ends_with_the_membership(world: World, login: Login, draft_case: Assessment) -> None:
    client = login(world.contributor)
    case, page = (
        reverse("assessment_detail", args=[draft_case.number]),
        reverse("organisation_detail", args=[world.enterprise.pk]),
    )
    assert [client.get(case).status_code, client.get(page).status_code] == [200, 200]
    organisations.end_membership(
        by=world.enterprise_admin, membership=membership(world.contributor, world.enterprise), at=timezone.now()
    )
    assert [client.get(case).status_code, client.get(page).status_code] == [404, 404]


@pytest.mark.parametrize("name", ["member_invite", "switch_organisation", "member_end", "member_role"])
def test_changes_are_post_only(world: World, login: Login, name: str) -> None:
    row = membership(world.viewer, world.enterprise)
    args: dict[str, list[int]] = {"member_invite": [world.enterprise.pk], "switch_organisation": []}
    address = reverse(name, args=args.get(name, [world.enterprise.pk, row.pk]))
    assert login(world.enterprise_admin).get(address).status_code == 405
    assert login(world.enterprise_admin, csrf=True).post(address).status_code == 403
    row.refresh_from_db()
    assert row.is_active


# --- invitations ---------------------------------------------------------------------------------------------------


def test_the_invited_person_reads_and_joins(world: World, login: Login) -> None:
    invitation, client = invite(world, "NOBODY@test.example"), login(world.nobody)
    address = reverse("invitation_accept", args=[invitation.token])
    shown = client.get(address).content.decode()
    assert "<h1>加入上海浦江精密制造有限公司</h1>" in shown
    assert ("填报人" in shown, "赵敏" in shown) == (True, True)
    assert not world.nobody.memberships.exists()
    answer = client.post(address)
    assert answer["Location"] == reverse("organisation_detail", args=[world.enterprise.pk])
    assert membership(world.nobody, world.enterprise).role == Role.CONTRIBUTOR
    assert client.session["organisation"] == world.enterprise.pk


def test_another_address_finds_nothing(world: World, login: Login) -> None:
    address = reverse("invitation_accept", args=[invite(world).token])
    for answer in (login(world.stranger).get(address), login(world.stranger).post(address)):
        assert answer.status_code == 404
        assert world.enterprise.name not in answer.content.decode()
    assert not Membership.objects.filter(user=world.stranger, organisation=world.enterprise).exists()


def test_a_visitor_logs_in_and_comes_back(world: World, client: Client) -> None:
    address = reverse("invitation_accept", args=[invite(world).token])
    sent = client.get(address, follow=True)
    assert sent.redirect_chain == [(f"{reverse('account_login')}?next={address}", 302)]
    text = sent.content.decode()
    assert "请使用收到邀请的电子邮箱登录；尚无账户的，请先注册，再打开邀请链接。" in text
    assert world.enterprise.name not in text
    assert f"{reverse('account_signup')}?next=" in text
    answer = client.post(
        reverse("account_login"), {"login": "nobody@test.example", "password": factories.PASSWORD, "next": address}
    )
    assert answer["Location"] == address


def test_signing_up_leads_back_to_the_invitation(world: World, client: Client) -> None:
    address = reverse("invitation_accept", args=[invite(world, "fresh@test.example").token])
    answer = client.post(
        reverse("account_signup"),
        {
            "name": "许新",
            "email": "fresh@test.example",
            "password1": "long-and-unusual-7",
            "password2": "long-and-unusual-7",
            "next": address,
        },
    )
    assert answer["Location"] == address
    assert client.post(address).status_code == 302
    assert world.enterprise.memberships.filter(user__email="fresh@test.example", is_active=True).count() == 1


@pytest.mark.parametrize("method", ["get", "post"])
def test_an_expired_invitation_says_so(world: World, login: Login, method: str) -> None:
    address = reverse("invitation_accept", args=[invite(world, days=15).token])
    answer = getattr(login(world.nobody), method)(address)
    assert answer.status_code == {"get": 410, "post": 409}[method]
    assert "该邀请已使用或已过期，请联系管理员重新邀请。" in answer.content.decode()
    assert not world.nobody.memberships.exists()


def test_a_used_invitation_cannot_bring_a_person_back(world: World, login: Login) -> None:
    invitation, client = invite(world), login(world.nobody)
    address = reverse("invitation_accept", args=[invitation.token])
    client.post(address)
    row = membership(world.nobody, world.enterprise)
    organisations.end_membership(by=world.enterprise_admin, membership=row, at=timezone.now())
    assert client.post(address).status_code == 409
    row.refresh_from_db()
    assert row.is_active is False


def test_an_invitation_never_lowers_an_administrator_who_changed_the_address(world: World, login: Login) -> None:
    invitation = invite(world, "second@test.example", role="viewer")
    User.objects.filter(pk=world.enterprise_admin.pk).update(email="second@test.example")
    answer = login(User.objects.get(pk=world.enterprise_admin.pk)).post(
        reverse("invitation_accept", args=[invitation.token])
    )
    assert answer.status_code == 409
    assert membership(world.enterprise_admin, world.enterprise).role == Role.ENTERPRISE_ADMINISTRATOR


def test_an_invitation_sent_anew_at_this_moment_is_not_there(world: World, login: Login, monkeypatch: Any) -> None:
    invitation = invite(world)

    def replaced(*given: Any) -> None:
        Invitation.objects.all().delete()

    monkeypatch.setattr(queries, "why_not_accept", replaced)
    assert login(world.nobody).post(reverse("invitation_accept", args=[invitation.token])).status_code == 404
    assert not Membership.objects.filter(user=world.nobody).exists()


def test_only_a_verified_address_accepts_where_verification_is_mandatory(
    world: World, login: Login, settings: Any
) -> None:
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
    address, client = reverse("invitation_accept", args=[invite(world).token]), login(world.nobody)
    row = EmailAddress.objects.create(user=world.nobody, email=world.nobody.email, primary=True, verified=False)
    refused = client.post(address)
    assert refused.status_code == 409
    assert "您的电子邮箱尚未验证。" in refused.content.decode()
    assert not world.nobody.memberships.exists()
    row.verified = True
    row.save()
    assert client.post(address).status_code == 302
    assert world.nobody.memberships.count() == 1


def test_waiting_invitations_are_shown_to_proven_addresses_only(world: World, login: Login) -> None:
    invitation, client = invite(world), login(world.nobody)
    link = reverse("invitation_accept", args=[invitation.token])
    assert link not in client.get(reverse("enterprise_new")).content.decode()
    EmailAddress.objects.create(user=world.nobody, email=world.nobody.email, primary=True, verified=True)
    assert link in client.get(reverse("enterprise_new")).content.decode()


# --- acting for an organisation ------------------------------------------------------------------------------------


def test_someone_of_two_enterprises_switches_between_them(world: World, login: Login) -> None:
    factories.join(world.contributor, world.other_enterprise, Role.VIEWER)
    client, address = login(world.contributor), reverse("switch_organisation")
    page = reverse("organisation_detail", args=[world.enterprise.pk])
    text = client.get(page).content.decode()
    assert (world.enterprise.name in text, world.other_enterprise.name in text) == (True, True)
    answer = client.post(address, {"organisation": world.other_enterprise.pk, "next": page})
    assert answer["Location"] == page
    assert client.session["organisation"] == world.other_enterprise.pk
    client.post(address, {"organisation": ""})
    assert "organisation" not in client.session


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "javascript:alert(1)", ""])
def test_switching_never_leads_off_the_site(world: World, login: Login, target: str) -> None:
    answer = login(world.contributor).post(
        reverse("switch_organisation"), {"organisation": world.enterprise.pk, "next": target}
    )
    assert answer["Location"] == reverse("home")


@pytest.mark.parametrize("chosen", ["other", "999999", "x", "1e9"])
def test_switching_to_a_strange_organisation_is_404(world: World, login: Login, chosen: str) -> None:
    client = login(world.contributor)
    client.post(reverse("switch_organisation"), {"organisation": world.enterprise.pk})
    value = str(world.other_enterprise.pk) if chosen == "other" else chosen
    assert client.post(reverse("switch_organisation"), {"organisation": value}).status_code == 404
    assert client.session["organisation"] == world.enterprise.pk
