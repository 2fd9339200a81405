"""Markup that is the same but for some words: rendered once with marks in their places, then filled.

The criteria of an item, the entries of the tree and the figures beside them stand many times on a page or are sent
after every save. Their templates are ordinary ones, and what :func:`filled` makes of them is what rendering would make;
it only does not walk through the template again. A test compares the two.

In a template: ``{% load markup %}``, then ``{% kept "components/footer.html" %}`` for a part that has no slots at all.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Mapping
from functools import lru_cache
from typing import Any

from django import template as templates
from django.template.loader import render_to_string
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString
from django.utils.translation import get_language

register = templates.Library()

#: Characters for private use, which no wording and no answer of ours gives a meaning.
_MARK = "\ue000{}\ue001"
_CUT = re.compile("\ue000([a-z_]+)\ue001")


def filled(template: str, slots: Mapping[str, Any], **fixed: Hashable) -> SafeString:
    """The template with ``slots`` and ``fixed`` as its context.

    A slot has to stand in the template as ``{{ name }}`` alone: nothing may be decided, formatted or built from it
    there, for it is not known when the template is rendered. ``fixed`` may be used in any way; the template is
    rendered once for each combination of them, and of which slots there are, in each language.
    """
    cut, names = _rendered(template, get_language(), tuple(slots), tuple(fixed.items()))
    escaped = {name: conditional_escape(value) for name, value in slots.items()}
    parts = list(cut)
    parts[1::2] = [escaped[name] for name in names]
    return SafeString("".join(parts))


@register.simple_tag
def kept(template: str, **fixed: Hashable) -> SafeString:
    """A part of a page that is the same for everybody but for ``fixed``: an include that is rendered once."""
    return filled(template, {}, **fixed)


def joined(parts: Iterable[SafeString]) -> SafeString:
    """Pieces of markup one after the other."""
    return SafeString("".join(map(conditional_escape, parts)))


@lru_cache(maxsize=2048)
def _rendered(
    template: str, _language: str | None, slots: tuple[str, ...], fixed: tuple[tuple[str, Hashable], ...]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The markup cut at its slots: every second part is the name of one; and these names by themselves."""
    marks = {name: SafeString(_MARK.format(name)) for name in slots}
    parts = tuple(_CUT.split(render_to_string(template, {**dict(fixed), **marks})))
    return parts, parts[1::2]
