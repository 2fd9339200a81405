"""What an action may answer instead of acting. Nothing has changed when one of these is raised."""

from __future__ import annotations

from typing import Any

from assessments.permissions.decision import Decision
from assessments.standard import Bilingual
from assessments.workflow import NotAllowed, Refused

__all__ = ["Conflict", "NotAllowed", "NotNow", "Refused", "allow", "refuse_unless"]


class Conflict(Refused):
    """Someone else saved in the meantime; ``current`` is what stands there now (or ``None``)."""

    def __init__(self, current: Any, reason: Bilingual | None = None) -> None:
        self.current = current
        super().__init__(
            reason
            or Bilingual(
                "在您填写期间，该条款已有新的保存。您的内容尚未保存，请核对后选择保留哪一份。",
                "This was saved by someone while you were editing. Yours is not saved yet: compare both and choose.",
            )
        )


class NotNow(Refused):
    """It cannot be done at this moment; the same again later may go through."""


def allow(decision: Decision) -> None:
    """Raises :class:`NotAllowed` with the reason unless the rule says yes."""
    if decision.reason is not None:
        raise NotAllowed(decision.reason)


def refuse_unless(condition: object, zh: str, en: str, **values: object) -> None:
    """Raises :class:`Refused` with this sentence unless the condition holds."""
    if not condition:
        raise Refused(Bilingual(zh, en).format(**values))
