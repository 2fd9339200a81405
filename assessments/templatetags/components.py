"""The smallest components as tags: they stand hundreds of times on one page, where an include would be slow.

``{% load components %}``, then ``{% icon %}``, ``{% verdict_badge %}``, ``{% level_badge %}``, ``{% state_badge %}``.
The templates under ``templates/components/`` with the same names call these.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django import template
from django.templatetags.static import static
from django.utils.functional import lazy
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from assessments.models import InboxMessage
from assessments.notifications.words import words_of
from assessments.scoring.verdicts import VERDICTS
from assessments.standard import Bilingual
from assessments.templatetags.platform import level_name, local
from assessments.workflow import STATES
from assessments.workflow.parties import Party

register = template.Library()

#: The address of the sprite is the same for the whole life of the process (its name carries a hash).
_sprite = lazy(lambda: static("img/icons.svg"), str)()

_STATE_TONES = {
    "certified": "ok",
    "rejected": "stop",
    "withdrawn": "quiet",
    "archived": "quiet",
}
_OWNER_TONES = {Party.ENTERPRISE: "enterprise", Party.BODY: "body", Party.OFFICE: "office"}


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """A drawn sign from ``static/img/icons.svg``; decoration unless it has a label. A page shows hundreds."""
    return _labelled_icon(name, label) if label else _icon(name)


def _labelled_icon(name: str, label: str) -> SafeString:
    return format_html(
        '<svg class="icon" role="img" aria-label="{}"><use href="{}#{}"></use></svg>', label, _sprite, name
    )


@functools.cache
def _icon(name: str) -> SafeString:
    return format_html('<svg class="icon" aria-hidden="true"><use href="{}#{}"></use></svg>', _sprite, name)


@register.simple_tag
def verdict_badge(code: str | None, short: bool = False) -> SafeString:
    """Sign and words of a verdict; ``None`` or empty is 未作答. ``short`` hides the words from sight only."""
    name = code if code in VERDICTS else "unanswered"
    words = local(VERDICTS[name]) if name in VERDICTS else _("未作答")
    return format_html(
        '<span class="verdict verdict-{}"{}>{}<span class="{}">{}</span></span>',
        name.replace("_", "-"),
        format_html(' title="{}"', words) if short else "",
        icon(f"verdict-{name}"),
        "visually-hidden" if short else "verdict-words",
        words,
    )


@register.simple_tag
def level_badge(number: int | None, short: bool = False) -> SafeString:
    """Number and name of a level 1..5; 0 is below initial, ``None`` takes no part. ``short`` shows the number alone."""
    return _level_badge(number, _("不参与") if number is None else level_name(number), short)


@functools.lru_cache(maxsize=64)
def _level_badge(number: int | None, name: str, short: bool) -> SafeString:
    if number is None:
        return format_html('<span class="level level-none">{}</span>', name)
    return format_html(
        '<span class="level level-{0}"{1}><span class="level-number">{0}</span><span class="{2}">{3}</span></span>',
        number,
        format_html(' title="{}"', name) if short else "",
        "visually-hidden" if short else "level-name",
        name,
    )


@register.simple_tag
def state_badge(code: str) -> SafeString:
    """The state of a case; the tone says whose turn it is, the words say the state."""
    state = STATES[code]
    tone = _STATE_TONES.get(code) or _OWNER_TONES.get(state.owner, "quiet")
    return format_html('<span class="state state-{}">{}</span>', tone, local(state.label))


@dataclass(frozen=True)
class Choice:
    """One option of the verdict control."""

    code: str
    label: Bilingual

    @property
    def css(self) -> str:
        return self.code.replace("_", "-")

    @property
    def icon(self) -> str:
        return f"verdict-{self.code}"


_CHOICES = tuple(Choice(code, label) for code, label in VERDICTS.items())


@register.simple_tag
def verdict_choices() -> tuple[Choice, ...]:
    """The five verdicts in the order of the keys 1 to 5."""
    return _CHOICES


@register.simple_tag
def split_actions(actions: Iterable[Any]) -> dict[str, list[Any]]:
    """Actions of a case by place: ``main`` are buttons, ``others`` stand in the menu with those of tone stop last."""
    listed = list(actions)
    tones = [_part(action, "tone") for action in listed]
    return {
        "main": [a for a, tone in zip(listed, tones, strict=True) if tone == "main"],
        "others": [a for wanted in ("other", "stop") for a, tone in zip(listed, tones, strict=True) if tone == wanted],
    }


def _part(action: Any, name: str) -> Any:
    """An action may be a mapping or an object, as everywhere in templates."""
    return action[name] if isinstance(action, Mapping) else getattr(action, name)


@register.filter
def message_words(message: InboxMessage) -> Bilingual:
    """What a message says, in both languages."""
    return words_of(message)
