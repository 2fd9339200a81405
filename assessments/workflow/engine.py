"""Two questions on the table: what may be done now by these roles, and may this be done at all."""

from __future__ import annotations

from collections.abc import Collection

from assessments.standard.bilingual import Bilingual
from assessments.workflow.facts import CaseFacts
from assessments.workflow.parties import CaseRole
from assessments.workflow.states import STATES
from assessments.workflow.table import ARROWS, Arrow


class Refused(Exception):  # noqa: N818 - an answer of the workflow, not a fault
    """An action was refused and nothing has changed; ``reason`` is one sentence in both languages."""

    def __init__(self, reason: Bilingual) -> None:
        self.reason = reason
        super().__init__(reason.zh)


class NotAllowed(Refused):
    """The action exists in this state, but not for this person."""


def available(state: str, roles: Collection[CaseRole]) -> tuple[Arrow, ...]:
    """The arrows that these roles see as buttons, in the order of the table; guards are not asked."""
    return tuple(a for a in ARROWS if a.source == state and a.roles & set(roles))


def refusals(arrow: Arrow, facts: CaseFacts) -> tuple[Bilingual, ...]:
    """Every reason why the arrow cannot be taken now; empty when it can."""
    return tuple(reason for guard in arrow.guards if (reason := guard(facts)))


def require(state: str, action: str, roles: Collection[CaseRole], facts: CaseFacts) -> Arrow:
    """The arrow, if it may be taken. Raises :class:`NotAllowed` or :class:`Refused` with the first reason."""
    arrow = next((a for a in ARROWS if a.source == state and a.action == action), None)
    if arrow is None:
        known = next((a for a in ARROWS if a.action == action), None)
        name = known.label if known else Bilingual(action, action)
        raise Refused(
            Bilingual(
                "当前状态为“{state}”，不能执行“{name}”。请刷新页面查看最新状态。",
                "The case is in state '{state}', where '{name}' is not possible. Reload the page to see where it is.",
            ).format(state=STATES[state].label, name=name)
        )
    if not arrow.roles & set(roles):
        allowed = Bilingual(
            "、".join(sorted(r.label.zh for r in arrow.roles)), " or ".join(sorted(r.label.en for r in arrow.roles))
        )
        raise NotAllowed(
            Bilingual("“{name}”须由{allowed}办理。", "Only the {allowed} may do this: {name}.").format(
                name=arrow.label, allowed=allowed
            )
        )
    if reasons := refusals(arrow, facts):
        raise Refused(reasons[0])
    return arrow
