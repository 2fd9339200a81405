"""Searching the standard: hits by edition, marked, in the address, in both languages."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from assessments.standard import get_edition
from assessments.views.search import PER_PAGE

pytestmark = pytest.mark.django_db
ENGLISH = {"accept-language": "en"}
OLD, NEW = "gbt36073-2018", "gbt36073-2025"


def asked(client: Client, headers: dict[str, str] | None = None, **query: str | int) -> str:
    response = client.get(reverse("standard_search"), query, headers=headers or {})
    assert response.status_code == 200
    return response.content.decode()


def counts(html: str) -> list[int]:
    """The figures of the chips: all, glossary, then the editions."""
    return [int(n) for n in re.findall(r'<span class="chip-count">(\d+)</span>', html)]


def hits(html: str) -> list[str]:
    return re.findall(r'<p class="hit-head"><a href="([^"]+)">', html)


@pytest.mark.parametrize("headers", [{}, ENGLISH], ids=["zh", "en"])
@pytest.mark.parametrize("q", ["", "   ", "、，"])
def test_nothing_asked_says_what_can_be_found(client: Client, q: str, headers: dict[str, str]) -> None:
    html = asked(client, headers, q=q)
    assert hits(html) == []
    assert "chip" not in re.findall(r'class="(\w+)"', html)
    assert f'href="{reverse("glossary")}"' in html


def test_hits_by_edition_glossary_first_then_the_edition_in_force(client: Client) -> None:
    html = asked(client, q="血缘")
    every, terms, new, old = counts(html)
    assert every == terms + new + old
    assert min(terms, new, old) > 0
    assert re.findall(r'<h2 id="g-([^"]+)">', html)[0] == "glossary"
    assert hits(html)[0] == f"{reverse('glossary')}#data-lineage"
    assert "数据<mark>血缘</mark>" in html


def test_a_code_leads_straight_to_its_criterion(client: Client) -> None:
    html = asked(client, q="６．１–l3–０2", edition=NEW)
    assert hits(html) == [f"{reverse('standard_item', args=[NEW, '6.1'])}#6.1-L3-02"]
    assert '<span class="code"><mark>6.1-L3-02</mark></span>' in html
    assert get_edition(NEW).criteria["6.1-L3-02"].text.zh in html


def test_one_edition_alone_in_the_address(client: Client) -> None:
    whole, part = asked(client, q="主数据"), asked(client, q="主数据", edition=OLD)
    assert counts(whole) == counts(part)
    assert re.findall(r'<h2 id="g-([^"]+)">', part) == [OLD]
    assert all(OLD in url for url in hits(part))
    assert f'<input type="hidden" name="edition" value="{OLD}">' in part
    assert asked(client, q="主数据", edition="none").count("<h2 id=") == whole.count("<h2 id=")


def test_pages(client: Client) -> None:
    total = counts(asked(client, q="数据"))[2]
    whole = [
        url for n in range(1, -(-total // PER_PAGE) + 1) for url in hits(asked(client, q="数据", edition=NEW, page=n))
    ]
    assert len(whole) == len(set(whole)) == total > PER_PAGE
    assert len(hits(asked(client, q="数据", edition=NEW))) == PER_PAGE
    assert hits(asked(client, q="数据", edition=NEW, page="x")) == whole[:PER_PAGE]


def test_domains_and_items_are_hits_of_their_own(client: Client) -> None:
    found = hits(asked(client, q="数据架构", edition=NEW))
    assert found[0] == f"{reverse('standard_edition', args=[NEW])}#d-8"
    assert reverse("standard_item", args=[NEW, "8.4"]) in hits(asked(client, q="元数据管理", edition=NEW))


def test_a_word_of_the_other_language_shows_the_text_it_stands_in(client: Client) -> None:
    html = asked(client, ENGLISH, q="血缘", edition=NEW)
    assert hits(html)
    assert re.search(r'<p class="hit-line is-more" lang="zh-Hans">|<p class="hit-line" lang="zh-Hans">', html)
    assert "<mark>血缘</mark>" in html
    chinese = asked(client, q="lineage", edition=NEW)
    assert re.search(r'lang="en">(?:(?!</p>).)*<mark>[Ll]ineage</mark>', chinese, re.S)


def test_guidance_and_evidence_are_shown_where_the_word_stands_there(client: Client) -> None:
    criterion = next(
        c for c in get_edition(NEW).criteria.values() if "抽" in c.guidance.zh and "抽" not in c.text.zh + c.evidence.zh
    )
    html = asked(client, q=f"{criterion.code} 抽", edition=NEW)
    assert len(hits(html)) == 1
    assert '<span class="hit-label">释义</span>' in html
    assert "<mark>抽</mark>" in html


@pytest.mark.parametrize("headers", [{}, ENGLISH], ids=["zh", "en"])
def test_nothing_found_offers_a_way_on(client: Client, headers: dict[str, str]) -> None:
    html = asked(client, headers, q="量子纠缠")
    assert counts(html) == [0, 0, 0, 0]
    assert "empty-state" in html
    assert f'href="{reverse("glossary")}"' in html


@pytest.mark.parametrize("q", ["<script>alert(1)</script>", '"><b>', "%", "\\", "a" * 5000, "[(*+?"])
def test_whatever_is_typed_comes_back_escaped_and_bounded(client: Client, q: str) -> None:
    html = asked(client, q=q)
    assert "<script>alert" not in html
    assert '"><b>' not in html
    [field] = re.findall(r'<input class="form-control" id="standard-q" name="q" type="search" value="([^"]*)"', html)
    assert unescape(field) == q[:100]


def test_marks_do_not_undo_the_escaping(client: Client) -> None:
    """Some texts have quotation marks; a word beside one is marked and the mark of quotation stays escaped."""
    html = asked(client, ENGLISH, q="'largely met'", edition=NEW)
    assert "&#x27;<mark>" in html or "<mark>&#x27;" in html


def test_no_query_at_any_size(client: Client, django_assert_num_queries: Any) -> None:
    for q in ("血缘", "数据"):
        with django_assert_num_queries(0):
            asked(client, q=q)
