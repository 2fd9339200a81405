"""Choices of the pure layers as the database wants them: (code, Chinese label) pairs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.db.models import Q

from assessments.scoring import TRACKS, VERDICTS
from assessments.standard import Bilingual
from assessments.workflow import STATES, Party, Role


def _pairs(words: Mapping[str, Bilingual]) -> list[tuple[str, str]]:
    return [(str(code), label.zh) for code, label in words.items()]


VERDICT_CHOICES = _pairs(VERDICTS)
TRACK_CHOICES = _pairs(TRACKS)
STATE_CHOICES = [(str(s.code), s.label.zh) for s in STATES.values()]
ROLE_CHOICES = [(str(r), r.label.zh) for r in Role]
KIND_CHOICES = [(str(p), p.label.zh) for p in Party if p is not Party.NOBODY]


def one_of(field: str, choices: Iterable[tuple[str, object]], *, or_empty: bool = False) -> Q:
    """A check-constraint condition: the column holds one of the codes."""
    codes = [code for code, _ in choices]
    return Q(**{f"{field}__in": [*codes, ""] if or_empty else codes})
