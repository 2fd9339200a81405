"""The list of all criteria: filters, their counts, pages, and that they are there again on the next visit."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from assessments.models import Answer, Assessment, Delegation
from assessments.views.worklist import SESSION_KEY
from tests import factories
from tests.conftest import World

Login = Callable[..., Client]


def address(case: Assessment) -> str:
    return reverse("worklist", args=[case.number])


def codes(client: Client, case: Assessment, query: str) -> list[str]:
    """The codes on all pages."""
    first = client.get(f"{address(case)}?{query}").context["page_obj"]
    pages = [client.get(f"{address(case)}?{query}&page={n}") for n in first.paginator.page_range]
    return [r.criterion.code for p in pages for r in p.context["page_obj"]]


@pytest.fixture
def filled(world: World, draft_case: Assessment) -> Assessment:
    """Level 1 answered; one not applicable, one carried; one with evidence; domain 6 and item 7.1 assigned."""
    factories.answer_all(draft_case, world.contributor, lambda code: "full" if "-L1-" in code else "")
    Answer.objects.filter(assessment=draft_case, verdict="").delete()
    Answer.objects.filter(criterion_code="6.1-L1-01").update(verdict="not_applicable", reason="没有此项业务")
    Answer.objects.filter(criterion_code="7.1-L1-01").update(is_carried=True, note="独特的说明文字")
    file = factories.keep_file(world.enterprise, world.contributor)
    factories.link_file(draft_case, "6.2-L1-01", file, world.contributor)
    for user, part in ((world.contributor, "6"), (world.enterprise_admin, "7.1")):
        Delegation.objects.create(assessment=draft_case, user=user, part_code=part)
    return draft_case


def test_each_filter_leaves_what_it_says(world: World, filled: Assessment, login: Login) -> None:
    criteria = list(filled.edition.criteria.values())
    client = login(world.contributor)
    for query, expected in {
        "show=all": [c.code for c in criteria],
        "show=unanswered": [c.code for c in criteria if c.level > 1],
        "show=mine": [c.code for c in criteria if c.domain_code == "6"],
        "show=not-applicable": ["6.1-L1-01"],
        "show=to-confirm": ["7.1-L1-01"],
        "show=no-evidence": [c.code for c in criteria if c.code != "6.2-L1-01"],
        "show=unanswered,target": [c.code for c in criteria if 1 < c.level <= 3],
        "show=unanswered&domain=8&level=5": [c.code for c in criteria if c.domain_code == "8" and c.level == 5],
        f"person={world.enterprise_admin.pk}": [c.code for c in criteria if c.item_code == "7.1"],
        "person=nobody": [c.code for c in criteria if c.domain_code != "6" and c.item_code != "7.1"],
        "q=独特的说明": ["7.1-L1-01"],
        "q=6.2-l1-01": ["6.2-L1-01"],
        f"q={criteria[7].text.zh[:12]}": [c.code for c in criteria if criteria[7].text.zh[:12] in c.text.zh],
        "q=没有此项业务&show=unanswered": [],
    }.items():
        assert codes(client, filled, query) == expected, query


def test_chips_count_within_the_fields(world: World, filled: Assessment, login: Login) -> None:
    page = login(world.contributor).get(f"{address(filled)}?domain=6&show=unanswered")
    six = [c for c in filled.edition.criteria.values() if c.domain_code == "6"]
    ones = sum(c.level == 1 for c in six)
    counts = {c["label"]: (c["count"], c["is_active"]) for c in page.context["chips"]}
    assert counts["全部"] == (len(six), False)
    assert counts["未作答"] == (len(six) - ones, True)
    assert counts["不适用"] == (1, False)
    assert all("domain=6" in c["url"] for c in page.context["chips"])


@pytest.mark.parametrize(
    "query", ["show=nothing", "person=99999", "person=x", "domain=0", "level=9", "level=x", "page=x"]
)
def test_a_wrong_filter_is_left_aside(world: World, filled: Assessment, login: Login, query: str) -> None:
    page = login(world.viewer).get(f"{address(filled)}?{query}")
    assert page.context["page_obj"].paginator.count == len(filled.edition.criteria)


def test_rows_lead_to_the_item_page_with_the_filter(world: World, filled: Assessment, login: Login) -> None:
    body = login(world.contributor).get(f"{address(filled)}?show=unanswered,target&domain=6").content.decode()
    code = next(c.code for c in filled.edition.items["6.1"].criteria if c.level == 2)
    item = reverse("item", args=[filled.number, "6.1"])
    assert f'href="{item}?show=unanswered,target#c-{code}"' in body


def test_the_filters_are_there_on_the_next_visit(world: World, filled: Assessment, login: Login) -> None:
    client = login(world.contributor)
    page = client.get(f"{address(filled)}?show=unanswered&domain=7&q=数据&junk=1&page=1")
    assert not page.context["is_restored"]
    again = client.get(address(filled), follow=True)
    assert again.context["is_restored"]
    assert "已按上次的筛选显示" in again.content.decode()
    assert [r.criterion.code for r in again.context["page_obj"]] == [r.criterion.code for r in page.context["page_obj"]]
    assert "junk" not in client.session[SESSION_KEY][filled.number]
    assert not client.get(f"{address(filled)}?show=all").context["is_restored"]
    assert client.get(address(filled)).status_code == 200
    assert filled.number not in client.session[SESSION_KEY]


def test_at_most_twenty_cases_are_remembered(world: World, filled: Assessment, login: Login) -> None:
    client = login(world.contributor)
    session = client.session
    session[SESSION_KEY] = {f"SH-{n}": "show=mine" for n in range(20)}
    session.save()
    client.get(f"{address(filled)}?show=mine")
    kept = client.session[SESSION_KEY]
    assert (len(kept), "SH-0" in kept, kept[filled.number]) == (20, False, "show=mine")


def test_an_empty_list_says_what_to_do(world: World, filled: Assessment, login: Login) -> None:
    body = login(world.viewer).get(f"{address(filled)}?q=没有这样的词").content.decode()
    assert "没有符合筛选条件的条款" in body
    assert "没有这样的词" in body


def test_answers_of_another_case_are_not_counted(world: World, filled: Assessment, login: Login) -> None:
    other = factories.open_case(world.enterprise_admin, world.enterprise)
    Answer.objects.create(
        assessment=other, criterion_code="9.1-L5-01", verdict="full", note="彼案专有的话", saved_by=world.contributor,
        saved_at=timezone.now(),
    )  # fmt: skip
    client = login(world.contributor)
    assert "9.1-L5-01" in codes(client, filled, "show=unanswered")
    assert codes(client, filled, "q=彼案专有的话") == []
