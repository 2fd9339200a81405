"""Eligibility of a case: the check of the day, what waivers cover, what was kept with the application, the proof."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from assessments.eligibility import (
    MET,
    NOT_STATED,
    UNMET,
    Condition,
    Eligibility,
    Fact,
    Slot,
    Value,
    check,
    get_fact,
    get_slot,
    read_value,
)
from assessments.models import (
    Assessment,
    EligibilityEvidence,
    EligibilityStatement,
    EligibilityWaiver,
    EnterpriseProfile,
    EvidenceFile,
    User,
)
from assessments.models.eligibility import GRANTED, WITHDRAWN
from assessments.permissions.rules import can_read_eligibility
from assessments.standard import Bilingual
from assessments.workflow import StateCode

_GB_IN_TB = 1024


# --- the check ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Standing:
    """The check of a case, and which of its unmet conditions a waiver covers.

    Frozen on applying, ``kept_at`` says when and ``reasons`` why the office waived something.
    """

    outcome: Eligibility
    waived: frozenset[str]
    kept_at: dt.datetime | None = None
    reasons: tuple[str, ...] = ()

    @property
    def unmet(self) -> tuple[Condition, ...]:
        """Conditions not met that no waiver covers."""
        return tuple(c for c in self.outcome.of(UNMET) if c.fact_code not in self.waived)

    @property
    def not_stated(self) -> tuple[Condition, ...]:
        return self.outcome.of(NOT_STATED)

    @property
    def may_apply(self) -> bool:
        return not self.unmet and not self.not_stated


def statement_of(case: Assessment) -> EligibilityStatement | None:
    return EligibilityStatement.objects.filter(assessment=case).select_related("stated_by").first()


def waivers_of(case: Assessment) -> list[EligibilityWaiver]:
    """Every request for a waiver, the latest first; one query."""
    return list(EligibilityWaiver.objects.filter(assessment=case).select_related("requested_by", "decided_by"))


def typed(values: Mapping[str, Any]) -> dict[str, Value]:
    """Stated values by fact; a fact that the data no longer know, or a value of another shape, counts as not stated."""
    found: dict[str, Value] = {}
    for code, kept in values.items():
        try:
            value = read_value(get_fact(code), kept)
        except KeyError:
            continue
        if value is not None:
            found[code] = value
    return found


def standing(
    case: Assessment,
    on: dt.date,
    *,
    statement: EligibilityStatement | None = None,
    waivers: list[EligibilityWaiver] | None = None,
) -> Standing:
    """The check as of a day; two queries unless statement and waivers are given. Raises ``DataError``."""
    if statement is None:
        statement = statement_of(case)
    values = typed(statement.values) if statement else {}
    outcome = check(values, level=case.target_level, track=case.track, on=on)
    if outcome.is_eligible:
        return Standing(outcome, frozenset())
    granted = [w for w in (waivers_of(case) if waivers is None else waivers) if w.decision == GRANTED]
    return Standing(outcome, waived(outcome, [w for w in granted if w.target_level == case.target_level]))


def waived(outcome: Eligibility, granted: list[EligibilityWaiver]) -> frozenset[str]:
    """Facts whose unmet condition is just the one that was waived: same rule, same requirement, same value."""
    allowed = {
        _matter(condition) for waiver in granted for condition in Eligibility.from_dict(waiver.outcome).of(UNMET)
    }
    return frozenset(c.fact_code for c in outcome.of(UNMET) if _matter(c) in allowed)


def _matter(condition: Condition) -> tuple[str, ...]:
    """What the office decided on when it waived a condition."""
    asked = condition.governing
    assert asked is not None
    stated = condition.stated.zh if condition.stated else ""
    return condition.fact_code, asked.reading_code, asked.rule_code, asked.required.zh, stated


@dataclass(frozen=True)
class Asked:
    """What a request for a waiver asks for, held against a check: ``rows`` are the conditions unmet there."""

    rows: tuple[Condition, ...]
    is_current: bool

    @property
    def is_needed(self) -> bool:
        return bool(self.rows)


def hold_against(waiver: EligibilityWaiver, outcome: Eligibility) -> Asked:
    """Whether what is unmet in a check is just what was asked for: neither more, nor less, nor under other rules."""
    rows, before = outcome.of(UNMET), Eligibility.from_dict(waiver.outcome).of(UNMET)
    return Asked(rows, {_matter(c) for c in rows} == {_matter(c) for c in before})


def kept_standing(case: Assessment) -> Standing | None:
    """The check as it was kept with the latest application; ``None`` where there is none. One query."""
    step = case.transitions.filter(action="apply", details__has_key="eligibility").order_by("-at", "-pk").first()
    if step is None:
        return None
    kept = step.details["eligibility"]
    covered = frozenset(code for waiver in kept["waivers"] for code in waiver["facts"])
    reasons = tuple(waiver["reason"] for waiver in kept["waivers"])
    return Standing(Eligibility.from_dict(kept["outcome"]), covered, step.at, reasons)


def shown_standing(
    case: Assessment, today: dt.date, *, statement: EligibilityStatement | None, waivers: list[EligibilityWaiver]
) -> Standing:
    """As of today while the enterprise prepares; what was kept once it applied; a closed case as of its last day."""
    if case.applied_at is not None and (kept := kept_standing(case)):
        return kept
    day = timezone.localdate(case.state_since) if case.current_state.is_closed else today
    return standing(case, day, statement=statement, waivers=waivers)


def for_keeping(case: Assessment, on: dt.date) -> dict[str, Any]:
    """All that explains the outcome years later: rows, readings, values, waivers and proof, as JSON."""
    statement, waivers = statement_of(case), waivers_of(case)
    result = standing(case, on, statement=statement, waivers=waivers)
    granted = [w for w in waivers if w.decision == GRANTED and w.target_level == case.target_level]
    return {
        "outcome": result.outcome.to_dict(),
        "values": statement.values if statement else {},
        "waivers": [
            {
                "facts": sorted(facts),
                "request": w.request,
                "reason": w.reason,
                "by": w.decided_by.name if w.decided_by else "",
                "at": w.decided_at.isoformat() if w.decided_at else "",
            }
            for w in granted
            if (facts := waived(result.outcome, [w]))
        ],
        "evidence": [
            {"slot": e.slot_code, "file": str(e.file_id), "name": e.file.name, "sha256": e.file.sha256}
            for e in EligibilityEvidence.objects.filter(assessment=case).select_related("file")
        ],
    }


def outcome_words(kept: Mapping[str, Any]) -> Bilingual:
    """The kept outcome in one line, for the audit trail."""
    outcome = Eligibility.from_dict(kept["outcome"])
    covered = sum(len(waiver["facts"]) for waiver in kept["waivers"])
    return Bilingual(
        "{level} 级，{met}/{all} 项满足，{waived} 项豁免", "level {level}: {met} of {all} met, {waived} waived"
    ).format(level=outcome.level, met=len(outcome.of(MET)), all=len(outcome.rows), waived=covered)


def facts_words(values: Mapping[str, Any]) -> Bilingual:
    """Stated values in words, for the audit trail."""
    lines = []
    for code, kept in values.items():
        try:
            fact = get_fact(code)
        except KeyError:
            lines.append(Bilingual(f"{code} {kept}", f"{code} {kept}"))
            continue
        words = _value_words(fact, read_value(fact, kept))
        lines.append(Bilingual(f"{fact.label.zh}：{words.zh}", f"{fact.label.en}: {words.en}"))
    return Bilingual("；".join(w.zh for w in lines), "; ".join(w.en for w in lines))


# --- what the page shows --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Difference:
    """A fact that two people state differently: what stands there, and what somebody would put there."""

    label: Bilingual
    held: Bilingual
    given: Bilingual


def differences(
    facts: Iterable[Fact], held: EligibilityStatement, given: Mapping[str, Value | None]
) -> tuple[Difference, ...]:
    """Where what is given departs from what is stated, in the order of the facts."""
    stated = typed(held.values)
    return tuple(
        Difference(fact.label, _value_words(fact, stated.get(fact.code)), _value_words(fact, given.get(fact.code)))
        for fact in facts
        if stated.get(fact.code) != given.get(fact.code)
    )


def _value_words(fact: Fact, value: Value | None) -> Bilingual:
    return Bilingual("未填报", "not stated") if value is None else fact.words(value)


@dataclass(frozen=True)
class Proof:
    """One slot with its files, and what is stated that it proves."""

    slot: Slot
    facts: tuple[Bilingual, ...]
    files: tuple[EligibilityEvidence, ...]


def proofs(case: Assessment, outcome: Eligibility) -> tuple[Proof, ...]:
    """The slots that the conditions call for, in the order of the facts, then others that hold files; one query."""
    held: dict[str, list[EligibilityEvidence]] = {}
    for entry in EligibilityEvidence.objects.filter(assessment=case).select_related("file", "added_by"):
        held.setdefault(entry.slot_code, []).append(entry)
    wanted = dict.fromkeys(code for row in outcome.rows for code in row.slots)
    return tuple(
        Proof(slot_of(code), tuple(r.label for r in outcome.rows if code in r.slots), tuple(held.get(code, ())))
        for code in dict.fromkeys([*wanted, *held])
    )


def slot_of(code: str) -> Slot:
    """A slot by its code, which stands for it where the data no longer know it."""
    try:
        return get_slot(code)
    except KeyError:
        return Slot(code, Bilingual(code, code), Bilingual("", ""))


def proof(case: Assessment, slot_code: str) -> tuple[EligibilityEvidence, ...]:
    """The files of one slot; one query."""
    held = EligibilityEvidence.objects.filter(assessment=case, slot_code=slot_code)
    return tuple(held.select_related("file", "added_by"))


def asked_slots(case: Assessment, on: dt.date) -> tuple[Slot, ...]:
    """The slots that the conditions of a day call for; no query."""
    outcome = check({}, level=case.target_level, track=case.track, on=on)
    return tuple(get_slot(code) for code in dict.fromkeys(code for row in outcome.rows for code in row.slots))


def library(case: Assessment) -> QuerySet[EvidenceFile]:
    """Files that the enterprise has uploaded anywhere and may offer again; nobody else's."""
    return EvidenceFile.objects.filter(enterprise=case.enterprise_id)


def readable(user: User, case: Assessment) -> QuerySet[EvidenceFile]:
    """Files offered in this case as proof of eligibility, for whoever may read it; the case comes from ``scope``."""
    if not can_read_eligibility(case):
        return EvidenceFile.objects.none()
    linked = EligibilityEvidence.objects.filter(assessment=case, file=OuterRef("pk"))
    return EvidenceFile.objects.filter(Exists(linked), enterprise=case.enterprise_id)


def known_values(case: Assessment) -> dict[str, Value]:
    """What the platform knows of the enterprise already, by fact; a first suggestion for the form."""
    try:
        profile: EnterpriseProfile = case.enterprise.enterprise_profile
    except ObjectDoesNotExist:
        return {}
    found: dict[str, Value | None] = {
        "founded": profile.founded_date,
        "employees": Decimal(profile.employees) if profile.employees is not None else None,
        "data_volume": Decimal(profile.data_volume_tb) * _GB_IN_TB if profile.data_volume_tb is not None else None,
    }
    return {code: value for code, value in found.items() if value is not None}


def is_waiver_open(case: Assessment) -> bool:
    return EligibilityWaiver.objects.filter(assessment=case, decision="").exists()


def bearing(case: Assessment, waivers: Iterable[EligibilityWaiver] | None = None) -> dt.datetime | None:
    """When the latest waiver was granted that this finalised case rests on: the proof of that moment must stay.

    ``None`` where there is none; one query unless the waivers are given.
    """
    if case.state != StateCode.FINALISED:
        return None
    found = waivers_of(case) if waivers is None else waivers
    days = (w.decided_at for w in found if w.decision == GRANTED and w.target_level == case.target_level)
    return max((day for day in days if day), default=None)


def shown_waivers(waivers: list[EligibilityWaiver], *, is_ours: bool) -> list[EligibilityWaiver]:
    """Requests as one party reads them: what the enterprise took back concerns nobody else."""
    return [w for w in waivers if is_ours or w.decision != WITHDRAWN]
