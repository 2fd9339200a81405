"""The life of a case: states, arrows, guards. Pure: standard library only (workflow.md is the source)."""

from assessments.workflow.engine import NotAllowed, Refused, available, refusals, require
from assessments.workflow.facts import CaseFacts
from assessments.workflow.parties import CaseRole, Party, Role
from assessments.workflow.states import STAGES, STATES, State, StateCode
from assessments.workflow.table import ACTIONS, ARROWS, ASIDES, Arrow, Aside

__all__ = [
    "ACTIONS",
    "ARROWS",
    "ASIDES",
    "STAGES",
    "STATES",
    "Arrow",
    "Aside",
    "CaseFacts",
    "CaseRole",
    "NotAllowed",
    "Party",
    "Refused",
    "Role",
    "State",
    "StateCode",
    "available",
    "refusals",
    "require",
]
