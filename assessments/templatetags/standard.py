"""Texts of the standard as a reader sees them: terms explained where they occur, words of a search marked.

``{% load standard %}``, then ``{{ text|glossed }}``, ``{{ text|marked:words }}`` and ``{% kind_badge kind %}``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache

from django import template
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from assessments.standard import Bilingual, Kind
from assessments.standard.glossary import Term, glossary
from assessments.standard.search import marks
from assessments.templatetags.platform import local

register = template.Library()

_NEW_WINDOW = Bilingual("（在新窗口打开）", " (opens in a new window)")


@register.filter
def glossed(text: Bilingual | str, window: str = "") -> SafeString:
    """The text with the first occurrence of each term linked to the glossary and its definition at hand.

    ``"new"`` opens the glossary beside the page, where somebody is in the middle of filling in a form.
    """
    language = "en" if (get_language() or "").startswith("en") else "zh"
    return _glossed(local(text), language, window == "new")


@register.filter
def marked(text: Bilingual | str, words: Sequence[str]) -> SafeString:
    """The text with every occurrence of the (folded) words marked."""
    plain = local(text)
    return _woven(plain, ((a, b, format_html("<mark>{}</mark>", plain[a:b])) for a, b in marks(plain, words)))


#: A change of what is asked is coloured; what stays comparable is quiet.
_TONES = {Kind.NEW: "ok", Kind.DROPPED: "warning"}


@register.simple_tag
def kind_badge(kind: Kind) -> SafeString:
    """What became of a requirement, in a word; a tag because it stands hundreds of times on one page."""
    tone = _TONES.get(kind) or ("quiet" if kind.is_comparable else "brand")
    return format_html('<span class="tag tag-{}">{}</span>', tone, local(kind.label))


@lru_cache(maxsize=8192)
def _glossed(text: str, language: str, in_new_window: bool) -> SafeString:
    found = glossary().occurrences(text, language)
    return _woven(
        text, ((o.start, o.end, _link(text[o.start : o.end], o.term, language, in_new_window)) for o in found)
    )


def _link(words: str, term: Term, language: str, in_new_window: bool) -> SafeString:
    title = term.definition.in_language(language) + (_NEW_WINDOW.in_language(language) if in_new_window else "")
    elsewhere = SafeString(' target="_blank" rel="noopener"') if in_new_window else ""
    return format_html(
        '<a class="term" href="{}#{}" title="{}"{}>{}</a>', reverse("glossary"), term.key, title, elsewhere, words
    )


def _woven(text: str, pieces: Iterable[tuple[int, int, SafeString]]) -> SafeString:
    """The text, escaped, with the markup of each piece in place of what it covers."""
    parts: list[tuple[str | SafeString]] = []
    done = 0
    for start, end, markup in pieces:
        parts += [(text[done:start],), (markup,)]
        done = end
    return format_html_join("", "{}", [*parts, (text[done:],)])
