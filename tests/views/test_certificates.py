"""The register of certificates: who sees which, filters, and a change of status in two steps."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from assessments.models import Assessment, Certificate, CertificateStatusChange, Event
from tests.conftest import World


@pytest.fixture
def certificate(certified_case: Assessment) -> Certificate:
    found: Certificate = certified_case.certificate
    return found


def url(certificate: Certificate, rest: str = "") -> str:
    return f"/certificates/{certificate.number}/{rest}"


def given(**values: str) -> dict[str, str]:
    return {"status": "suspended", "reason": "监督评审逾期未完成", "seen": "active", "confirmed": "1"} | values


@pytest.mark.parametrize(
    ("who", "is_seen"),
    [
        ("officer", True), ("viewer", True), ("district_officer", True), ("other_district_officer", False),
        ("stranger", False), ("body_manager", False), ("auditor", False), ("nobody", False),
    ],
)  # fmt: skip
def test_who_sees_it(login: Any, world: World, certificate: Certificate, who: str, is_seen: bool) -> None:
    client = login(getattr(world, who))
    assert (certificate.number in client.get("/certificates/").content.decode()) is is_seen
    assert client.get(url(certificate)).status_code == (200 if is_seen else 404)


def test_visitors_log_in_first(client: Any, certificate: Certificate) -> None:
    assert client.get("/certificates/")["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize(
    ("query", "is_found"),
    [
        ({"q": "浦江"}, True), ({"q": "没有"}, False), ({"level": "3"}, True), ({"level": "5"}, False),
        ({"district": "310115"}, True), ({"district": "310101"}, False), ({"status": "active"}, True),
        ({"status": "expired"}, False), ({"year": str(timezone.localdate().year)}, True),
    ],
)  # fmt: skip
def test_filters(login: Any, world: World, certificate: Certificate, query: dict[str, str], is_found: bool) -> None:
    text = login(world.officer).get("/certificates/", query).content.decode()
    assert (certificate.number in text) is is_found


def test_expired_is_told_by_the_date(login: Any, world: World, certificate: Certificate) -> None:
    today = timezone.localdate()
    Certificate.objects.update(issue_date=today - dt.timedelta(days=1100), expiry_date=today - dt.timedelta(days=1))
    client = login(world.officer)
    assert certificate.number in client.get("/certificates/", {"status": "expired"}).content.decode()
    assert certificate.number not in client.get("/certificates/", {"status": "active"}).content.decode()
    assert "变更证书状态" not in client.get(url(certificate)).content.decode()


def test_list_does_not_ask_more_with_more_certificates(
    login: Any, world: World, certificate: Certificate, django_assert_max_num_queries: Any
) -> None:
    client = login(world.officer)
    with django_assert_max_num_queries(11):
        client.get("/certificates/")


def test_only_officers_find_the_change(login: Any, world: World, certificate: Certificate) -> None:
    found = [
        "核对变更内容" in login(user).get(url(certificate)).content.decode()
        for user in (world.officer, world.viewer, world.district_officer)
    ]
    assert found == [True, False, False]


def test_the_first_step_only_shows_the_consequence(login: Any, world: World, certificate: Certificate) -> None:
    response = login(world.officer).post(
        url(certificate, "status/"), {k: v for k, v in given(status="revoked").items() if k != "confirmed"}
    )
    text = response.content.decode()
    assert "撤销后不能恢复" in text
    assert "监督评审逾期未完成" in text


def test_unconfirmed_changes_nothing(login: Any, world: World, certificate: Certificate) -> None:
    sent = {k: v for k, v in given().items() if k != "confirmed"}
    assert login(world.officer).post(url(certificate, "status/"), sent).status_code == 200
    assert Certificate.objects.get().status == "active"
    assert CertificateStatusChange.objects.count() == 1


def test_confirmed_it_changes_at_once_in_public(
    login: Any, world: World, client: Any, certificate: Certificate
) -> None:
    response = login(world.officer).post(url(certificate, "status/"), given(), follow=True)
    assert "状态已变更为“暂停”" in response.content.decode()
    assert Certificate.objects.get().status == "suspended"
    assert "监督评审逾期未完成" in client.get(f"/verify/{certificate.number}").content.decode()
    event = Event.objects.get(action="certificate.status")
    assert (event.before, event.after) == (
        {"status": "active"},
        {"status": "suspended", "reason": "监督评审逾期未完成"},
    )


def test_a_change_without_reason_keeps_what_was_chosen(login: Any, world: World, certificate: Certificate) -> None:
    text = login(world.officer).post(url(certificate, "status/"), given(reason=" ")).content.decode()
    assert "请填写变更理由。" in text
    assert 'value="suspended"' in text
    assert Certificate.objects.get().status == "active"


def test_twice_is_once(login: Any, world: World, certificate: Certificate) -> None:
    client = login(world.officer)
    client.post(url(certificate, "status/"), given())
    text = client.post(url(certificate, "status/"), given()).content.decode()
    assert "证书状态已变更为“暂停”，本次变更未生效" in text
    assert CertificateStatusChange.objects.count() == 2


def test_a_decision_on_an_old_page_is_refused(login: Any, world: World, certificate: Certificate) -> None:
    client = login(world.officer)
    client.post(url(certificate, "status/"), given())
    text = client.post(url(certificate, "status/"), given(status="revoked")).content.decode()
    assert "本次变更未生效" in text
    assert "监督评审逾期未完成" in text
    assert Certificate.objects.get().status == "suspended"


def test_revoked_is_final(login: Any, world: World, certificate: Certificate) -> None:
    client = login(world.officer)
    client.post(url(certificate, "status/"), given(status="revoked"))
    text = client.post(url(certificate, "status/"), given(status="active", seen="revoked")).content.decode()
    assert "证书当前状态为“撤销”，不能变更为“有效”" in text
    assert Certificate.objects.get().status == "revoked"


@pytest.mark.parametrize(("who", "expected"), [("viewer", 403), ("district_officer", 403), ("stranger", 404)])
def test_nobody_else_changes_a_status(
    login: Any, world: World, certificate: Certificate, who: str, expected: int
) -> None:
    assert login(getattr(world, who)).post(url(certificate, "status/"), given()).status_code == expected
    assert Certificate.objects.get().status == "active"


def test_changing_is_by_post_with_a_token(login: Any, world: World, certificate: Certificate) -> None:
    assert login(world.officer).get(url(certificate, "status/")).status_code == 405
    assert login(world.officer, csrf=True).post(url(certificate, "status/"), given()).status_code == 403
    assert Certificate.objects.get().status == "active"
