"""Public notices: what is laid open, to whom one objects, and nothing beyond."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from assessments.models import Assessment, PublicNotice
from tests import factories
from tests.conftest import World


@pytest.fixture
def notice(world: World, compliance_case: Assessment) -> PublicNotice:
    """Published two days ago, so five days are left."""
    world.office.address, world.office.contact_phone = "上海市人民大道200号", "021-12345678"
    world.office.save()
    factories.move(compliance_case, world.officer, "pass_to_notice", at=timezone.now() - dt.timedelta(days=2))
    return PublicNotice.objects.get()


def test_list_needs_no_login(client: Client, world: World, notice: PublicNotice) -> None:
    text = client.get("/notices/").content.decode()
    for words in (world.enterprise.name, "浦东新区", "稳健级", world.body.name, "公示中"):
        assert words in text


def test_open_ones_come_first(client: Client, world: World, notice: PublicNotice) -> None:
    now = timezone.now()
    case = factories.open_case(world.stranger, world.other_enterprise)
    Assessment.objects.filter(pk=case.pk).update(body=world.body, applied_at=now)
    PublicNotice.objects.create(
        assessment=case, level=2, published_at=now - dt.timedelta(days=1), closes_on=timezone.localdate(), closed_at=now
    )
    text = client.get("/notices/").content.decode()
    assert text.index(world.enterprise.name) < text.index(world.other_enterprise.name)


def test_detail_says_what_when_and_to_whom(client: Client, world: World, notice: PublicNotice) -> None:
    text = client.get(f"/notices/{notice.pk}/").content.decode()
    last = notice.closes_on - dt.timedelta(days=1)
    for words in (
        world.enterprise.uscc, notice.assessment.scope, "GB/T 36073", world.body.name, "距公示期结束还有 5 天",
        f"{last.year}年{last.month}月{last.day}日", "上海市评估工作部", "上海市人民大道200号", "021-12345678",
    ):  # fmt: skip
        assert words in text


def test_nothing_beyond_the_notice(client: Client, world: World, notice: PublicNotice) -> None:
    case = Assessment.objects.get(pk=notice.assessment_id)
    secrets = [
        case.contract_number, str(case.assessed_score), str(case.self_score), world.enterprise_admin.name,
        world.lead.name, "制度体系完整",
    ]  # fmt: skip
    assert all(secrets)
    texts = [client.get(url).content.decode() for url in ("/notices/", f"/notices/{notice.pk}/")]
    assert [s for s in secrets for text in texts if s in text] == []


def test_a_past_notice_takes_no_objections_and_leads_to_the_certificate(
    client: Client, certified_case: Assessment
) -> None:
    notice = certified_case.notices.get()
    text = client.get(f"/notices/{notice.pk}/").content.decode()
    assert "公示结束" in text
    assert "不再受理对本次公示的异议" in text
    assert f"/verify/{certified_case.certificate.number}" in text


@pytest.mark.django_db
def test_empty_and_unknown(client: Client) -> None:
    assert "暂无公示" in client.get("/notices/").content.decode()
    assert client.get("/notices/4711/").status_code == 404


def test_not_before_it_is_published(client: Client, notice: PublicNotice) -> None:
    PublicNotice.objects.update(published_at=timezone.now() + dt.timedelta(days=1))
    assert client.get(f"/notices/{notice.pk}/").status_code == 404


@pytest.mark.parametrize(("q", "is_found"), [("浦江", True), ("外滩", False)])
def test_search(client: Client, world: World, notice: PublicNotice, q: str, is_found: bool) -> None:
    text = client.get("/notices/", {"q": q}).content.decode()
    assert (world.enterprise.name in text) is is_found
    assert ("没有符合条件的公示" in text) is not is_found


def test_list_takes_few_queries(client: Client, notice: PublicNotice, django_assert_max_num_queries: Any) -> None:
    with django_assert_max_num_queries(3):
        client.get("/notices/")
