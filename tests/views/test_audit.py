"""The audit trail: readable by audit administrators alone, in words, page by page; a tampered chain is named."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from assessments.models import Assessment, Event
from assessments.queries import audit
from assessments.workflow import ARROWS
from tests.conftest import World


def rows(client: Any, **query: Any) -> list[str]:
    return re.findall(r'class="definition-note code">([a-z_.]+)<', client.get("/audit/", query).content.decode())


def test_audit_administrators_alone(login: Any, world: World, finalised_case: Assessment) -> None:
    people = ("officer", "enterprise_admin", "body_manager", "nobody")
    answers = [login(getattr(world, p)).get("/audit/") for p in people]
    assert [a.status_code for a in answers] == [403] * 4
    assert "只有审计管理员可以查看审计记录" in answers[0].content.decode()
    assert finalised_case.number not in answers[0].content.decode()
    assert login(world.auditor).get("/audit/").status_code == 200


def test_events_in_words_newest_first(login: Any, world: World, finalised_case: Assessment) -> None:
    client = login(world.auditor)
    assert rows(client, case=finalised_case.number) == ["case.finalise", "eligibility.stated", "case.open"]
    text = client.get("/audit/", {"case": finalised_case.number}).content.decode()
    for words in (
        "提交自评",
        "赵敏 &lt;enterprise_admin@test.example&gt;",
        "自评中",
        "自评完成",
        "共 3 条记录",
        "填报申报条件",
        "上年度营业收入：20000 万元",
    ):
        assert words in text


def test_filters(login: Any, world: World, finalised_case: Assessment) -> None:
    client = login(world.auditor)
    assert rows(client, action="case.finalise") == ["case.finalise"]
    assert set(rows(client, actor="李外")) == {"organisation.registered"}
    assert rows(client, actor="enterprise_admin@", action="case.open") == ["case.open"]
    assert rows(client, case=finalised_case.number.lower()) == ["case.finalise", "eligibility.stated", "case.open"]
    assert rows(client, case="SH-1999-00001") == []
    assert rows(client, until="2000-01-01") == []
    assert rows(client, since="2000-01-01") == rows(client)
    assert (
        "结束日期早于开始日期" in client.get("/audit/", {"since": "2026-02-01", "until": "2026-01-01"}).content.decode()
    )


def test_pages_follow_each_other_without_gap_or_double(login: Any, world: World, draft_case: Assessment) -> None:
    now = draft_case.created_at
    Event.objects.bulk_create(
        [
            Event(stream="x", sequence=n, at=now, action="answer.saved", subject=str(n), digest="d")
            for n in range(1, 121)
        ]
    )
    seen: list[str] = []
    after, pages = "", 0
    while True:
        page = audit.page(Event.objects.filter(stream="x"), after)
        seen += [r.event.subject for r in page.rows]
        pages += 1
        if page.older is None:
            break
        after = page.older
    assert (pages, seen) == (3, [str(n) for n in range(120, 0, -1)])


@pytest.mark.parametrize(
    "mark", ["", "x", "2026-01-01_1", "2026-01-01T00:00:00+08:00_x", "2026-99-01T00:00:00+08:00_1"]
)
@pytest.mark.django_db
def test_a_made_up_mark_shows_the_newest(mark: str) -> None:
    Event.objects.create(stream="x", sequence=1, at="2026-01-01T00:00:00+08:00", action="answer.saved", digest="d")
    assert len(audit.page(Event.objects.all(), mark).rows) == 1


def test_page_takes_few_queries(
    login: Any, world: World, finalised_case: Assessment, django_assert_max_num_queries: Any
) -> None:
    client = login(world.auditor)
    with django_assert_max_num_queries(8):
        client.get("/audit/")


def test_verifying_the_chain_of_a_case(login: Any, world: World, finalised_case: Assessment) -> None:
    client = login(world.auditor)
    query = {"case": finalised_case.number, "verify": "1"}
    assert "已核验 3 条记录，未发现改动或缺失" in client.get("/audit/", query).content.decode()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE assessments_event SET actor_name = 'x' WHERE action = 'case.open'")
    text = client.get("/audit/", query).content.decode()
    assert "记录链不完整" in text
    assert "第 1 条记录写入后被改动" in text


def test_reading_only(login: Any, world: World, draft_case: Assessment) -> None:
    assert login(world.auditor).post("/audit/").status_code == 405


def test_every_kind_of_event_has_words() -> None:
    actions = Path(audit.__file__).parents[1] / "actions"
    source = "\n".join(path.read_text(encoding="utf-8") for path in actions.glob("*.py"))
    recorded = set(re.findall(r'"([a-z]+\.[a-z_]+)"', source)) | {arrow.event for arrow in ARROWS}
    assert {name for name in recorded if name not in audit.KINDS} == set()


def test_what_is_equal_is_left_out() -> None:
    found = audit.changes(
        {"verdict": "full", "note": "一", "version": 1}, {"verdict": "none", "note": "一", "version": 2}
    )
    assert [(str(c.field), str(c.before), str(c.after)) for c in found] == [
        ("判定", "完全满足", "不满足"),
        ("版本", "1", "2"),
    ]
