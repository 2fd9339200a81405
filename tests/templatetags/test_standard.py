"""Terms explained and words marked within a text: markup of ours, everything else escaped."""

from __future__ import annotations

import re

import pytest
from django.template import engines
from django.utils.translation import override

from assessments.standard import Bilingual, Kind, get_edition
from assessments.standard.glossary import glossary
from assessments.templatetags.standard import glossed, kind_badge, marked


def bare(html: str) -> str:
    return re.sub(r"</?a\b[^>]*>|</?mark>", "", html)


def test_a_term_leads_to_its_place_in_the_glossary_and_says_what_it_means() -> None:
    html = glossed("先查元数据，再查元数据")
    definition = glossary().terms["metadata"].definition.zh
    link = f'<a class="term" href="/standard/glossary/#metadata" title="{definition}">元数据</a>'
    assert html == f"先查{link}，再查元数据"


def test_the_language_is_the_readers() -> None:
    text = Bilingual("核对元数据", "Check the metadata")
    assert ">元数据</a>" in glossed(text)
    with override("en"):
        html = glossed(text)
    assert bare(html) == "Check the metadata"
    assert 'title="Data about data: ' in html


def test_in_a_form_the_glossary_opens_beside_the_page() -> None:
    html = glossed("核对元数据", "new")
    assert '" target="_blank" rel="noopener">元数据</a>' in html
    assert "（在新窗口打开）" in html
    assert "_blank" not in glossed("核对元数据")


@pytest.mark.parametrize("evil", ["<script>alert(1)</script>", '"><img src=x>', "a & b", "{{ x }}"])
def test_the_text_is_escaped(evil: str) -> None:
    from django.utils.html import escape

    assert bare(glossed(f"{evil}元数据{evil}")) == f"{escape(evil)}元数据{escape(evil)}"
    assert bare(marked(f"{evil}元数据", ("元数据",))) == f"{escape(evil)}元数据"
    assert glossed(evil) == escape(evil)


def test_the_template_engine_does_not_escape_twice() -> None:
    template = engines["django"].from_string("{% load standard %}{{ text|glossed }}|{{ text|marked:words }}")
    html = template.render({"text": "<元数据>", "words": ("元数据",)})
    assert html.startswith('&lt;<a class="term"')
    assert html.endswith("&lt;<mark>元数据</mark>&gt;")


def test_marks_keep_the_text_as_written() -> None:
    assert marked("ＤＣＭＭ与dcmm", ("dcmm",)) == "<mark>ＤＣＭＭ</mark>与<mark>dcmm</mark>"
    assert marked("<b>", ("b",)) == "&lt;<mark>b</mark>&gt;"
    assert marked("没有", ()) == "没有"


@pytest.mark.parametrize("code", ["gbt36073-2018", "gbt36073-2025"])
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_no_text_of_the_standard_is_changed_by_its_links(code: str, language: str) -> None:
    from django.utils.html import escape

    with override(language):
        for criterion in get_edition(code).criteria.values():
            for text in (criterion.text, criterion.guidance):
                assert bare(glossed(text)) == escape(text.in_language(language))


@pytest.mark.parametrize("kind", Kind)
def test_what_became_of_a_requirement_is_said_in_words(kind: Kind) -> None:
    tones = {"new": "ok", "dropped": "warning", "same": "quiet", "moved": "quiet"}
    assert kind_badge(kind) == f'<span class="tag tag-{tones.get(kind.value, "brand")}">{kind.label.zh}</span>'
    with override("en"):
        assert f">{kind.label.en}<" in kind_badge(kind)
