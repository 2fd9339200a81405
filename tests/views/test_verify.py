"""The public check: every status unmistakable, page and JSON alike, nothing leaks, nobody copies the register."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from assessments.actions import certificates
from assessments.forms.verify import normalised
from assessments.models import Answer, Assessment, Certificate
from assessments.views.verify import CHECKS_PER_MINUTE
from tests import factories
from tests.conftest import World

JSON = {"HTTP_ACCEPT": "application/json"}


@pytest.fixture(autouse=True)
def _fresh_limits() -> None:
    cache.clear()


@pytest.fixture
def certificate(certified_case: Assessment) -> Certificate:
    found: Certificate = certified_case.certificate
    return found


def page(client: Client, certificate: Certificate) -> str:
    return client.get(f"/verify/{certificate.number}").content.decode()


def put(world: World, certificate: Certificate, status: str, reason: str = "监督评审发现重大不符合") -> None:
    certificates.change_status(
        by=world.officer, certificate=certificate, status=status, reason=reason, at=timezone.now()
    )


@pytest.mark.parametrize(
    ("status", "word", "sentence"),
    [
        ("active", "有效", "证书在有效期内"),
        ("suspended", "暂停", "起暂停，暂停期间不能用于证明能力等级"),
        ("revoked", "撤销", "撤销，不能用于证明能力等级"),
        ("expired", "过期", "有效期已于"),
        ("superseded", "被新证书取代", "请以新证书为准"),
    ],
)
def test_each_status_is_said_large(
    client: Client, world: World, certificate: Certificate, status: str, word: str, sentence: str
) -> None:
    if status in ("suspended", "revoked"):
        put(world, certificate, status)
    elif status == "expired":
        today = timezone.localdate()
        Certificate.objects.update(issue_date=today - dt.timedelta(days=1100), expiry_date=today - dt.timedelta(days=1))
    elif status == "superseded":
        Certificate.objects.update(status="superseded")
    text = page(client, certificate)
    assert f'<div class="check-answer is-{status}">' in text
    assert f"{word}</p>" in text
    assert sentence in text
    assert client.get(f"/verify/{certificate.number}", **JSON).json()["status"] == status


def test_the_page_says_what_the_certificate_says(client: Client, certificate: Certificate) -> None:
    text = page(client, certificate)
    for value in (
        certificate.number,
        certificate.holder_name,
        certificate.holder_name_en,
        certificate.uscc,
        certificate.scope,
        certificate.body_name,
        "3 级（稳健级）",
        "演示数据，不具效力",
        "首次签发",
        "查询时间：",
        f"/notices/{certificate.assessment.notices.get().pk}/",
    ):
        assert value in text


def test_the_last_day_still_counts(client: Client, certificate: Certificate) -> None:
    today = timezone.localdate()
    Certificate.objects.update(issue_date=today - dt.timedelta(days=1000), expiry_date=today)
    assert client.get(f"/verify/{certificate.number}", **JSON).json()["status"] == "active"


def test_history_shows_reasons_and_dates(client: Client, world: World, certificate: Certificate) -> None:
    put(world, certificate, "suspended", "监督评审逾期未完成")
    put(world, certificate, "active", "已完成监督评审")
    text = page(client, certificate)
    assert text.index("已完成监督评审") < text.index("监督评审逾期未完成") < text.index("首次签发")
    changes = client.get(f"/verify/{certificate.number}", **JSON).json()["status_changes"]
    assert [(c["status"], c["reason"]) for c in changes] == [
        ("active", "首次签发"),
        ("suspended", "监督评审逾期未完成"),
        ("active", "已完成监督评审"),
    ]


def test_json_is_the_same_as_the_page(client: Client, certificate: Certificate) -> None:
    response = client.get(f"/verify/{certificate.number}", **JSON)
    data = response.json()
    assert response["Content-Type"] == "application/json"
    assert data["holder"] == {
        "name": certificate.holder_name,
        "name_en": certificate.holder_name_en,
        "uscc": certificate.uscc,
    }
    assert {k: data[k] for k in ("number", "level", "edition", "track", "scope", "body", "is_demo")} == {
        "number": certificate.number,
        "level": 3,
        "edition": "gbt36073-2018",
        "track": "owner",
        "scope": certificate.scope,
        "body": certificate.body_name,
        "is_demo": True,
    }
    assert (data["issue_date"], data["expiry_date"]) == (
        certificate.issue_date.isoformat(),
        certificate.expiry_date.isoformat(),
    )
    assert set(data) == {
        "number", "status", "holder", "level", "edition", "track", "scope", "body", "issue_date", "expiry_date",
        "status_changes", "checked_at", "is_demo",
    }  # fmt: skip
    assert abs(dt.datetime.fromisoformat(data["checked_at"]) - timezone.now()) < dt.timedelta(minutes=1)


def test_never_from_a_cache(client: Client, certificate: Certificate) -> None:
    response = client.get(f"/verify/{certificate.number}")
    assert "no-store" in response["Cache-Control"]
    assert {"Accept", "Accept-Language", "Cookie"} <= {v.strip() for v in response["Vary"].split(",")}


def test_neither_answers_nor_evidence_nor_scores(client: Client, world: World, certified_case: Assessment) -> None:
    file = factories.keep_file(world.enterprise, world.contributor, "机密制度汇编.pdf")
    factories.link_file(certified_case, "6.1-L1-01", file, world.contributor)
    number = certified_case.certificate.number
    secrets = [
        file.name,
        Answer.objects.filter(assessment=certified_case).first().note,
        certified_case.rulings.first().remark,
        "制度体系完整",
        str(certified_case.assessed_score),
        certified_case.contract_number,
        world.enterprise_admin.name,
        world.officer.name,
        world.lead.name,
    ]
    assert all(secrets)
    texts = [client.get(f"/verify/{number}").content.decode(), client.get(f"/verify/{number}", **JSON).content.decode()]
    assert [s for s in secrets for text in texts if s in text] == []


def test_no_navigation_even_when_logged_in(login: Any, world: World, certificate: Certificate) -> None:
    response = login(world.officer).get(f"/verify/{certificate.number}")
    assert 'id="side"' not in response.content.decode()
    assert world.officer.name not in response.content.decode()


@pytest.mark.django_db
def test_unknown_number_says_what_to_check(client: Client) -> None:
    response = client.get("/verify/DCMM-SH-2026-99999")
    text = response.content.decode()
    assert response.status_code == 404
    assert "没有该编号的证书" in text
    assert "DCMM-SH-2026-99999" in text
    assert "只以本平台的查询结果为准" in text
    response = client.get("/verify/DCMM-SH-2026-99999", **JSON)
    assert response.status_code == 404
    assert response.json() == {
        "number": "DCMM-SH-2026-99999", "status": "unknown", "detail": "没有该编号的证书。"
    }  # fmt: skip


@pytest.mark.django_db
def test_an_unknown_number_is_shown_escaped(client: Client) -> None:
    text = client.get("/verify/%3Cscript%3Ealert(1)%3C%2Fscript%3E".replace("%2F", "")).content.decode()
    assert "<SCRIPT>" not in text
    assert "&lt;SCRIPT&gt;" in text


@pytest.mark.parametrize(
    "typed",
    [
        "DCMM-SH-2026-00042",
        " dcmm-sh-2026-00042 ",
        "ＤＣＭＭ－ＳＨ－２０２６－０００４２",
        "DCMM—SH—2026—00042",
        "dcmm sh".replace(" ", "-") + "-2026-000 42",
    ],
)
def test_numbers_are_read_as_people_type_them(typed: str) -> None:
    assert normalised(typed) == "DCMM-SH-2026-00042"


@pytest.mark.django_db
def test_search_leads_to_the_page(client: Client) -> None:
    response = client.get("/verify/", {"number": "　ｄｃｍｍ－sh－2026－00042 "})
    assert (response.status_code, response["Location"]) == (302, "/verify/DCMM-SH-2026-00042")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("typed", "complaint"),
    [("", "请输入证书编号。"), ("a/b?c", "证书编号由字母、数字和连字符组成"), ("9" * 61, "证书编号过长")],
)
def test_search_says_what_is_wrong_and_keeps_the_input(client: Client, typed: str, complaint: str) -> None:
    response = client.get("/verify/", {"number": typed})
    assert response.status_code == 200
    assert complaint in response.content.decode()
    assert f'value="{typed}"' in response.content.decode() or not typed


def test_the_number_in_the_address_may_be_sloppy(client: Client, certificate: Certificate) -> None:
    assert client.get(f"/verify/{certificate.number.lower()}").status_code == 200


@pytest.mark.django_db
def test_sixty_checks_a_minute_and_no_more(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    now = timezone.now().replace(second=5)
    monkeypatch.setattr("assessments.views.limits.timezone.now", lambda: now)
    answers = [client.get("/verify/DCMM-SH-2026-99999", **JSON).status_code for _ in range(CHECKS_PER_MINUTE + 1)]
    assert answers == [404] * CHECKS_PER_MINUTE + [429]
    response = client.get("/verify/DCMM-SH-2026-99999")
    assert response.status_code == 429
    assert "请一分钟后再试" in response.content.decode()
    assert response["Retry-After"] == "60"
    other = client.get("/verify/DCMM-SH-2026-99999", REMOTE_ADDR="10.0.0.9")
    assert other.status_code == 404


def test_a_check_takes_few_queries(
    client: Client, certificate: Certificate, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(4):
        client.get(f"/verify/{certificate.number}")


def test_only_reading(client: Client, certificate: Certificate) -> None:
    assert client.post(f"/verify/{certificate.number}").status_code == 405


def test_english(client: Client, certificate: Certificate) -> None:
    data = json.loads(client.get(f"/verify/{certificate.number}", **JSON, HTTP_ACCEPT_LANGUAGE="en").content)
    assert data["holder"]["name_en"] == certificate.holder_name_en
