"""Template words used on every page (a builtin library: no ``{% load %}`` needed)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django import template
from django.utils.translation import get_language

from assessments.standard import LEVELS, Bilingual
from assessments.standard import listed as in_a_row
from assessments.workflow import STATES

register = template.Library()


@register.filter
def local(text: Bilingual | str | None) -> str:
    """A bilingual wording in the reader's language; plain text passes through, ``None`` becomes empty."""
    if isinstance(text, Bilingual):
        return text.in_language(get_language() or "zh-hans")
    return "" if text is None else str(text)


@register.filter
def other_language(text: Bilingual) -> str:
    """The wording that :func:`local` does not show."""
    return text.zh if local(text) == text.en else text.en


@register.filter
def listed(words: Iterable[Bilingual | str]) -> str:
    """Names in a row, parted as the reader's language parts them."""
    return local(in_a_row(words))


@register.filter
def score(value: Decimal | int | None) -> str:
    """A score with two places, or an en dash where there is none."""
    return "–" if value is None else f"{value:.2f}"


@register.filter
def signed(value: Decimal | None) -> str:
    """A difference of scores with its sign, or an en dash where nothing can be compared."""
    return "–" if value is None else f"{value:+.2f}"


@register.filter
def of(values: Mapping[Any, Any] | None, key: Any) -> Any:
    """What a mapping holds under a key that is itself a variable; ``None`` where it holds nothing."""
    return (values or {}).get(key)


@register.filter
def item_of(criterion_code: str) -> str:
    """The item that a criterion code stands under."""
    return criterion_code.split("-")[0]


@register.filter
def level_name(number: int | None) -> str:
    """The name of a maturity level: 3 -> 稳健级; 0 -> below initial."""
    if number is None:
        return "–"
    if number == 0:
        return local(Bilingual("未达初始级", "Below initial"))
    return local(LEVELS[number - 1].name)


@register.filter
def state_label(code: str) -> str:
    return local(STATES[code].label)


@register.filter
def get(mapping: Any, key: Any) -> Any:
    """``mapping[key]`` or ``None``: for looking up figures by code."""
    return mapping.get(key) if mapping else None


@register.filter
def percent(part: int | None, whole: int | None) -> int:
    """Whole percent, rounded down so that 100 means all; 0 of 0 is 0."""
    return 100 * (part or 0) // whole if whole else 0
