"""Who may apply: facts, rules by reading and date, and a check that explains itself. Pure: standard library only."""

from assessments.eligibility.check import (
    MET,
    NOT_STATED,
    UNMET,
    Condition,
    Eligibility,
    Requirement,
    check,
    facts_asked,
)
from assessments.eligibility.facts import TRACKS, Fact, Slot, Value, get_fact, get_slot, read_value, write_value
from assessments.eligibility.readings import Reading, Rule, get_reading, readings

__all__ = [
    "MET",
    "NOT_STATED",
    "TRACKS",
    "UNMET",
    "Condition",
    "Eligibility",
    "Fact",
    "Reading",
    "Requirement",
    "Rule",
    "Slot",
    "Value",
    "check",
    "facts_asked",
    "get_fact",
    "get_reading",
    "get_slot",
    "read_value",
    "readings",
    "write_value",
]
