"""Signing up, logging in and out, passwords: by e-mail address, in both languages, without giving away who is here."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from assessments.models import Event, Membership, Organisation, User
from assessments.workflow import Party, Role
from tests import factories
from tests.conftest import World

GOOD = "long-and-unusual-7"
Login = Callable[..., Client]


@pytest.fixture(autouse=True)
def _no_attempts_left_over(db: None) -> Iterator[None]:
    """Limits count in the cache; every test starts at nought."""
    cache.clear()
    yield
    cache.clear()


def sign_up(client: Client, **changed: str) -> Any:
    data = {"name": "许新", "email": "fresh@test.example", "password1": GOOD, "password2": GOOD}
    return client.post(reverse("account_signup"), data | changed)


def log_in(client: Client, email: str, password: str = factories.PASSWORD) -> Any:
    return client.post(reverse("account_login"), {"login": email, "password": password})


def is_logged_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


# --- signing up ----------------------------------------------------------------------------------------------------


def test_signing_up_keeps_the_name_and_a_lower_case_address(client: Client) -> None:
    answer = sign_up(client, name="  许新 ", email="Fresh@Test.Example")
    assert (answer.status_code, answer["Location"]) == (302, reverse("home"))
    user = User.objects.get()
    assert (user.name, user.email, user.is_staff, user.is_superuser) == ("许新", "fresh@test.example", False, False)
    assert user.check_password(GOOD)
    assert not user.memberships.exists()
    assert is_logged_in(client)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"name": "   "}, "name"),
        ({"email": "no address"}, "email"),
        ({"password1": "short", "password2": "short"}, "password1"),
        ({"password1": "1234567890123", "password2": "1234567890123"}, "password1"),
        ({"password1": "fresh@test.example", "password2": "fresh@test.example"}, "password1"),
        ({"password2": "something-else-8"}, "password2"),
    ],
)
def test_impossible_sign_ups_keep_the_input(client: Client, changed: dict[str, str], field: str) -> None:
    answer = sign_up(client, **changed)
    assert list(answer.context["form"].errors) == [field]
    assert answer.context["form"].data["email"] == changed.get("email", "fresh@test.example")
    assert User.objects.count() == 0
    assert GOOD not in answer.content.decode()


def test_signing_up_twice_makes_no_second_person(client: Client) -> None:
    user = factories.make_user("许新", "fresh@test.example")
    answer = sign_up(client, email="FRESH@test.example", name="冒名")
    assert answer.status_code == 200
    assert list(answer.context["form"].errors) == ["email"]
    assert User.objects.get() == user
    assert user.name == "许新"


def test_where_verification_is_mandatory_a_known_address_looks_like_a_new_one(client: Client, settings: Any) -> None:
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
    factories.make_user("许新", "fresh@test.example")
    known, new = sign_up(client), sign_up(Client(), email="other@test.example")
    assert (known.status_code, known["Location"]) == (new.status_code, new["Location"])
    assert new["Location"] == reverse("account_email_verification_sent")
    assert [letter.to for letter in mail.outbox] == [["fresh@test.example"], ["other@test.example"]]
    assert not is_logged_in(client)


def test_a_mandatory_address_is_verified_by_its_letter(client: Client, settings: Any) -> None:
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
    sign_up(client)
    assert log_in(client, "fresh@test.example", GOOD)["Location"] == reverse("account_email_verification_sent")
    assert not is_logged_in(client)
    (link,) = re.findall(r"/accounts/confirm-email/\S+", mail.outbox[0].body)
    assert client.get(link).status_code == 200
    assert not EmailAddress.objects.get().verified
    client.post(link)
    assert EmailAddress.objects.get().verified
    client.logout()
    log_in(client, "fresh@test.example", GOOD)
    assert is_logged_in(client)


# --- logging in and out --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("email", ["nobody@test.example", "NOBODY@Test.Example", " nobody@test.example "])
def test_logging_in_by_address_in_any_case(world: World, client: Client, email: str) -> None:
    answer = log_in(client, email)
    assert (answer.status_code, answer["Location"]) == (302, reverse("home"))
    assert client.session["_auth_user_id"] == str(world.nobody.pk)


def test_wrong_password_and_unknown_address_give_the_same_one_sentence(world: World, client: Client) -> None:
    sentences = []
    for email in ("nobody@test.example", "stranger-to-all@test.example"):
        answer = log_in(client, email, "wrong-password")
        assert answer.status_code == 200
        errors = answer.context["form"].errors
        assert list(errors) == ["__all__"]
        sentences.append([str(e) for e in errors["__all__"]])
        assert answer.content.decode().count(sentences[-1][0]) >= 1
        assert "wrong-password" not in answer.content.decode()
    assert sentences[0] == sentences[1]
    assert len(sentences[0]) == 1
    assert not is_logged_in(client)


def test_too_many_wrong_passwords_lock_even_the_right_one_out(world: World, client: Client) -> None:
    for _ in range(5):
        log_in(client, "nobody@test.example", "wrong-password")
    answer = log_in(client, "nobody@test.example")
    assert not is_logged_in(client)
    assert [str(e) for e in answer.context["form"].errors["__all__"]] == ["登录失败次数过多，请稍后重试。"]


def test_a_deactivated_person_cannot_log_in_and_loses_the_session(world: World, client: Client) -> None:
    log_in(client, "viewer@test.example")
    address = reverse("organisation_detail", args=[world.enterprise.pk])
    assert client.get(address).status_code == 200
    User.objects.filter(pk=world.viewer.pk).update(is_active=False)
    assert client.get(address)["Location"].startswith(reverse("account_login"))
    fresh = Client()
    assert log_in(fresh, "viewer@test.example")["Location"] == reverse("account_inactive")
    assert not is_logged_in(fresh)


def test_logging_out_takes_a_post(world: World, login: Login) -> None:
    client = login(world.nobody)
    assert client.get(reverse("account_logout")).status_code == 200
    assert is_logged_in(client)
    assert client.post(reverse("account_logout"))["Location"] == reverse("home")
    assert not is_logged_in(client)


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example/x", "javascript:alert(1)"])
def test_logging_in_never_leads_off_the_site(world: World, client: Client, target: str) -> None:
    answer = client.post(
        reverse("account_login"),
        {"login": "nobody@test.example", "password": factories.PASSWORD, "next": target},
    )
    assert answer["Location"] == reverse("home")


# --- passwords -----------------------------------------------------------------------------------------------------


def test_a_forgotten_password_is_reset_by_letter(world: World, client: Client) -> None:
    client.post(reverse("account_reset_password"), {"email": "NOBODY@test.example"})
    (letter,) = mail.outbox
    assert letter.to == ["nobody@test.example"]
    (link,) = re.findall(r"/accounts/password/reset/key/\S+", letter.body)
    form = client.get(link, follow=True)
    address = form.redirect_chain[-1][0]
    client.post(address, {"password1": "another-long-one-9", "password2": "another-long-one-9"})
    world.nobody.refresh_from_db()
    assert world.nobody.check_password("another-long-one-9")
    assert client.get(link, follow=True).context["token_fail"] is True


def test_resetting_does_not_say_whether_an_address_is_known(world: World, client: Client) -> None:
    known = client.post(reverse("account_reset_password"), {"email": "nobody@test.example"}, follow=True)
    unknown = client.post(reverse("account_reset_password"), {"email": "unknown@test.example"}, follow=True)
    assert known.redirect_chain == unknown.redirect_chain == [(reverse("account_reset_password_done"), 302)]

    def words(answer: Any) -> str:
        return re.sub(r'(nonce|csrf[^"]*|value|hx-headers)=(".*?"|\'.*?\')', "", answer.content.decode())

    assert words(known) == words(unknown)
    assert [letter.to for letter in mail.outbox if "password/reset/key" in letter.body] == [["nobody@test.example"]]


def test_changing_the_password_takes_the_old_one_and_a_login(world: World, login: Login, client: Client) -> None:
    address = reverse("account_change_password")
    assert client.get(address)["Location"] == f"{reverse('account_login')}?next={address}"
    inside = login(world.nobody)
    new = {"password1": "another-long-one-9", "password2": "another-long-one-9"}
    assert list(inside.post(address, {"oldpassword": "wrong", **new}).context["form"].errors) == ["oldpassword"]
    world.nobody.refresh_from_db()
    assert world.nobody.check_password(factories.PASSWORD)
    inside.post(address, {"oldpassword": factories.PASSWORD, **new})
    world.nobody.refresh_from_db()
    assert world.nobody.check_password("another-long-one-9")
    assert inside.get(address).status_code == 200


def test_letters_are_in_the_words_of_the_site(world: World, client: Client, settings: Any) -> None:
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
    client.post(reverse("account_reset_password"), {"email": "nobody@test.example"})
    client.post(reverse("account_reset_password"), {"email": "unknown@test.example"})
    sign_up(Client())
    sign_up(Client(), email="nobody@test.example")
    letters = {letter.subject: letter.body for letter in mail.outbox}
    assert set(letters) == {"重置密码", "请验证您的电子邮箱", "本邮箱已有账户"}
    for body in letters.values():
        assert body.startswith("您好：\n")
        assert "数据管理能力成熟度评估平台" in body
        assert "Hello" not in body
        assert "&" not in body


# --- words ---------------------------------------------------------------------------------------------------------

PAGES = ["account_login", "account_signup", "account_reset_password", "account_email", "account_change_password"]


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("name", PAGES)
def test_no_page_speaks_of_a_user_name(world: World, login: Login, name: str, language: str) -> None:
    client = login(world.nobody) if name in PAGES[3:] else Client()
    page = client.get(reverse(name), headers={"accept-language": language})
    text = page.content.decode()
    assert page.status_code == 200
    assert text.count("<h1") == 1
    assert ("电子邮件" in text, " placeholder=" in text.partition("<main")[2]) == (False, False)
    assert re.search(r"user\s?name|用户名", text, re.IGNORECASE) is None


# --- the administration --------------------------------------------------------------------------------------------


@pytest.fixture
def root(db: None) -> User:
    return User.objects.create_superuser("root@test.example", factories.PASSWORD, name="管理")


def test_the_administration_uses_the_sites_own_login(world: World, login: Login, client: Client) -> None:
    answer = client.get(reverse("admin:index"), follow=True)
    assert answer.redirect_chain[-1][0].startswith(reverse("account_login"))
    assert login(world.enterprise_admin).get(reverse("admin:index")).status_code in (302, 403)


@pytest.mark.parametrize("model", ["user", "organisation", "membership", "conflictofinterest"])
def test_lists_and_forms_of_the_administration_open(world: World, root: User, login: Login, model: str) -> None:
    client = login(root)
    assert client.get(reverse(f"admin:assessments_{model}_changelist"), {"q": "a"}).status_code == 200
    assert client.get(reverse(f"admin:assessments_{model}_add")).status_code == 200
    if model != "conflictofinterest":
        first = Membership.objects.earliest("pk")
        pk = {"user": world.nobody.pk, "organisation": world.body.pk, "membership": first.pk}[model]
        assert client.get(reverse(f"admin:assessments_{model}_change", args=[pk])).status_code == 200
        assert client.post(reverse(f"admin:assessments_{model}_delete", args=[pk]), {"post": "yes"}).status_code == 403


def test_nothing_of_a_case_is_in_the_administration(root: User, login: Login) -> None:
    text = login(root).get(reverse("admin:index")).content.decode()
    registered = set(re.findall(r"/admin/assessments/(\w+)/", text))
    assert registered == {"user", "organisation", "membership", "conflictofinterest"}


def test_setting_up_an_officer_is_recorded_and_fits_the_organisation(world: World, root: User, login: Login) -> None:
    client, address = login(root), reverse("admin:assessments_membership_add")
    data = {"user": world.nobody.pk, "organisation": world.office.pk, "district_code": "", "is_active": "on"}
    refused = client.post(address, data | {"role": Role.CONTRIBUTOR.value})
    assert "该角色不适用于此类组织。" in refused.content.decode()
    assert not world.nobody.memberships.exists()
    assert client.post(address, data | {"role": Role.CERTIFICATION_OFFICER.value}).status_code == 302
    row = world.nobody.memberships.get()
    event = Event.objects.get(action="admin.membership_added")
    assert (row.role, event.actor) == (Role.CERTIFICATION_OFFICER, root)

    change = reverse("admin:assessments_membership_change", args=[row.pk])
    client.post(change, {"role": row.role, "district_code": ""})
    row.refresh_from_db()
    assert (row.is_active, row.ended_at is not None) == (False, True)


def test_setting_up_a_body_records_its_qualification(root: User, login: Login) -> None:
    data = {
        "kind": Party.BODY.value,
        "name": "新评估中心",
        "name_en": "",
        "uscc": factories.uscc(9_000_010),
        "district_code": "310104",
        "enterprise_profile-TOTAL_FORMS": 0,
        "enterprise_profile-INITIAL_FORMS": 0,
        "body_profile-TOTAL_FORMS": 1,
        "body_profile-INITIAL_FORMS": 0,
        "body_profile-0-register_number": "PG-77",
        "body_profile-0-valid_from": "2026-01-01",
        "body_profile-0-valid_until": "2028-12-31",
        "body_profile-0-max_level": "4",
    }
    assert login(root).post(reverse("admin:assessments_organisation_add"), data).status_code == 302
    body = Organisation.objects.get(name="新评估中心")
    assert (body.body_profile.register_number, body.body_profile.max_level) == ("PG-77", 4)
    written = set(Event.objects.values_list("action", flat=True))
    assert written == {"admin.organisation_added", "admin.bodyprofile_added"}


def test_a_new_password_never_reaches_the_audit_trail(root: User, login: Login) -> None:
    data = {
        "email": "New@Test.example",
        "name": "新人",
        "password1": GOOD,
        "password2": GOOD,
        "usable_password": "true",
    }
    assert login(root).post(reverse("admin:assessments_user_add"), data).status_code == 302
    user = User.objects.get(email="new@test.example")
    assert user.check_password(GOOD)
    event = Event.objects.get(action="admin.user_added")
    assert GOOD not in str(event.after)
