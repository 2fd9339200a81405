"""The answer to "may this user": falsy with its reason."""

from __future__ import annotations

from dataclasses import dataclass

from assessments.standard import Bilingual


@dataclass(frozen=True)
class Decision:
    """Truthy when allowed; otherwise ``reason`` says why not, in both languages."""

    reason: Bilingual | None = None

    def __bool__(self) -> bool:
        return self.reason is None


ALLOWED = Decision()


def refuse(zh: str, en: str) -> Decision:
    return Decision(Bilingual(zh, en))
