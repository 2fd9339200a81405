"""The glossary page: every term once, at its anchor, under its letter."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from assessments.standard.glossary import glossary

pytestmark = pytest.mark.django_db
ENGLISH = {"accept-language": "en"}


def page(client: Client, headers: dict[str, str] | None = None) -> str:
    response = client.get(reverse("glossary"), headers=headers or {})
    assert response.status_code == 200
    return response.content.decode()


def anchors(html: str) -> list[str]:
    return re.findall(r'<div class="term-entry" id="([^"]+)">', html)


@pytest.mark.parametrize(("headers", "language"), [({}, "zh"), (ENGLISH, "en")])
def test_every_term_stands_once_under_its_letter(client: Client, headers: dict[str, str], language: str) -> None:
    html = page(client, headers)
    groups = glossary().by_letter(language)
    assert anchors(html) == [t.key for _letter, terms in groups for t in terms]
    assert sorted(anchors(html)) == sorted(glossary().terms)
    assert re.findall(r'<a href="#letter-([A-Z])">', html) == [letter for letter, _terms in groups]
    assert re.findall(r'<h2 id="letter-([A-Z])">', html) == [letter for letter, _terms in groups]
    for term in glossary().terms.values():
        assert escape(term.definition.in_language(language)) in html


def test_chinese_is_sorted_by_pinyin_english_by_the_alphabet(client: Client) -> None:
    chinese, english = anchors(page(client)), anchors(page(client, ENGLISH))
    assert chinese.index("reference-data") < chinese.index("master-data")  # c before z
    assert english.index("master-data") < english.index("reference-data")


def test_both_names_other_names_sources_and_related_terms(client: Client) -> None:
    html = page(client)
    entry = re.search(r'<div class="term-entry" id="data-lineage">.*?</div>', html, re.S)
    assert entry
    for text in ("数据血缘", "data lineage", "又称 血缘、血缘关系", '<a href="#impact-analysis">影响分析</a>'):
        assert text in entry.group()
    assert "财会〔2023〕11 号" in html
    assert set(re.findall(r'<a href="#([a-z0-9-]+)">', html)) <= {*glossary().terms, *()}


def test_terms_lead_to_the_criteria_they_stand_in(client: Client) -> None:
    from urllib.parse import quote

    html = page(client)
    assert f'href="{reverse("standard_search")}?q={quote("数据血缘")}"' in html
    assert f'?q={quote("自评")}"' not in html  # the word stands in criteria with another meaning
