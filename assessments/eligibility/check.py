"""The check: what was stated against every condition of the day, one row a condition, with the words that explain it.

The answer holds words and codes alone, so that it can be kept with the application (``to_dict``) and be read years
later, whatever has become of the data.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from assessments.eligibility.facts import Fact, Value, catalogue, day_words
from assessments.eligibility.readings import Reading, Rule, anniversary, in_force, readings
from assessments.standard.bilingual import Bilingual

MET, UNMET, NOT_STATED = STATUSES = ("met", "unmet", "not_stated")


@dataclass(frozen=True)
class Requirement:
    """What one reading asks for, where that comes from, and whether the value stated would meet it."""

    reading_code: str
    reading: Bilingual
    rule_code: str
    required: Bilingual
    source: Bilingual
    is_provisional: bool
    status: str

    def to_dict(self) -> dict[str, Any]:
        return {
            "reading_code": self.reading_code,
            "reading": self.reading.to_dict(),
            "rule_code": self.rule_code,
            "required": self.required.to_dict(),
            "source": self.source.to_dict(),
            "is_provisional": self.is_provisional,
            "status": self.status,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Requirement:
        return cls(
            reading_code=data["reading_code"],
            reading=Bilingual(**data["reading"]),
            rule_code=data["rule_code"],
            required=Bilingual(**data["required"]),
            source=Bilingual(**data["source"]),
            is_provisional=data["is_provisional"],
            status=data["status"],
        )


@dataclass(frozen=True)
class Condition:
    """One fact that some reading asks for at this level.

    ``governing`` decides on the day and is ``None`` where only ``others`` ask; ``silent`` are readings that speak of
    the fact, but not at this level.
    """

    fact_code: str
    label: Bilingual
    stated: Bilingual | None
    governing: Requirement | None
    others: tuple[Requirement, ...]
    silent: tuple[Bilingual, ...]
    slots: tuple[str, ...]
    sentence: Bilingual

    @property
    def differing(self) -> tuple[Requirement, ...]:
        """What other readings ask for, where that is something else."""
        return tuple(o for o in self.others if self.governing is None or o.required != self.governing.required)

    @property
    def status(self) -> str | None:
        """Met, unmet or not stated; ``None`` where nothing is asked on the day."""
        return self.governing.status if self.governing else None

    def to_dict(self) -> dict[str, Any]:
        return {
            "fact_code": self.fact_code,
            "label": self.label.to_dict(),
            "stated": self.stated.to_dict() if self.stated else None,
            "governing": self.governing.to_dict() if self.governing else None,
            "others": [o.to_dict() for o in self.others],
            "silent": [name.to_dict() for name in self.silent],
            "slots": list(self.slots),
            "sentence": self.sentence.to_dict(),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Condition:
        return cls(
            fact_code=data["fact_code"],
            label=Bilingual(**data["label"]),
            stated=Bilingual(**data["stated"]) if data["stated"] else None,
            governing=Requirement.from_dict(data["governing"]) if data["governing"] else None,
            others=tuple(Requirement.from_dict(o) for o in data["others"]),
            silent=tuple(Bilingual(**name) for name in data["silent"]),
            slots=tuple(data["slots"]),
            sentence=Bilingual(**data["sentence"]),
        )


@dataclass(frozen=True)
class Eligibility:
    """The outcome for a level and track on a day: the conditions that decide, then those only other readings know."""

    level: int
    track: str
    on: dt.date
    rows: tuple[Condition, ...]
    elsewhere: tuple[Condition, ...]
    readings: tuple[Bilingual, ...]

    @property
    def is_eligible(self) -> bool:
        """Every condition of the day is met; where none is known, nothing stands against applying."""
        return all(row.status == MET for row in self.rows)

    @property
    def has_rules(self) -> bool:
        return bool(self.rows)

    @property
    def is_provisional(self) -> bool:
        return any(row.governing.is_provisional for row in self.rows if row.governing)

    def of(self, status: str) -> tuple[Condition, ...]:
        return tuple(row for row in self.rows if row.status == status)

    def to_dict(self) -> dict[str, Any]:
        return {
            "level": self.level,
            "track": self.track,
            "on": self.on.isoformat(),
            "rows": [row.to_dict() for row in self.rows],
            "elsewhere": [row.to_dict() for row in self.elsewhere],
            "readings": [name.to_dict() for name in self.readings],
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Eligibility:
        return cls(
            level=data["level"],
            track=data["track"],
            on=dt.date.fromisoformat(data["on"]),
            rows=tuple(Condition.from_dict(row) for row in data["rows"]),
            elsewhere=tuple(Condition.from_dict(row) for row in data["elsewhere"]),
            readings=tuple(Bilingual(**name) for name in data["readings"]),
        )


def check(values: Mapping[str, Value], *, level: int, track: str, on: dt.date) -> Eligibility:
    """Every condition for a level and track on a day, in the order of the facts. Raises ``DataError``."""
    facts, _slots = catalogue()
    current, every = in_force(on), readings()
    said = {r.code: {rule.fact.code: rule for rule in r.rules_for(level, track)} for r in every}
    found = [_condition(fact, values.get(code), current, every, said, on) for code, fact in facts.items()]
    rows = tuple(c for c in found if c and c.governing)
    used = {row.governing.reading_code for row in rows if row.governing}
    return Eligibility(
        level=level,
        track=track,
        on=on,
        rows=rows,
        elsewhere=tuple(c for c in found if c and not c.governing),
        readings=tuple(r.name for r in current if r.code in used),
    )


def facts_asked(*, level: int, track: str, on: dt.date) -> tuple[Fact, ...]:
    """The facts that some condition of the day compares, in the order of the data. Raises ``DataError``."""
    asked = {rule.fact.code for reading in in_force(on) for rule in reading.rules_for(level, track)}
    return tuple(fact for code, fact in catalogue()[0].items() if code in asked)


def _condition(
    fact: Fact,
    value: Value | None,
    current: tuple[Reading, ...],
    every: tuple[Reading, ...],
    said: Mapping[str, Mapping[str, Rule]],
    on: dt.date,
) -> Condition | None:
    """The row of a fact, ``None`` where no reading asks for it."""
    asking = [r for r in every if fact.code in said[r.code]]
    if not asking:
        return None
    decider = next((r for r in current if fact.code in said[r.code]), None)
    governing = _requirement(decider, said[decider.code][fact.code], value, on) if decider else None
    others = tuple(_requirement(r, said[r.code][fact.code], value, on) for r in asking if r is not decider)
    return Condition(
        fact_code=fact.code,
        label=fact.label,
        stated=fact.words(value) if value is not None else None,
        governing=governing,
        others=others,
        silent=_silent(fact, every, said),
        slots=fact.slots,
        sentence=_sentence(said[decider.code][fact.code], value, on) if decider else _nothing_asked(fact),
    )


def _silent(fact: Fact, every: tuple[Reading, ...], said: Mapping[str, Mapping[str, Rule]]) -> tuple[Bilingual, ...]:
    """Readings that speak of this fact, but ask nothing at this level and in this track."""
    return tuple(
        r.name for r in every if fact.code not in said[r.code] and any(rule.fact.code == fact.code for rule in r.rules)
    )


def _requirement(reading: Reading, rule: Rule, value: Value | None, on: dt.date) -> Requirement:
    status = NOT_STATED if value is None else MET if rule.is_met(value, on) else UNMET
    return Requirement(reading.code, reading.name, rule.code, rule.required, rule.source, rule.is_provisional, status)


# --- words --------------------------------------------------------------------------------------------------------


def _sentence(rule: Rule, value: Value | None, on: dt.date) -> Bilingual:
    """Why the condition is met or not, with the figures."""
    given = {"label": rule.fact.label, "required": rule.required}
    if value is None:
        return Bilingual(
            "尚未填报“{label}”，要求：{required}。", "Not stated yet: {label}. Required: {required}."
        ).format(**given)
    if isinstance(value, dt.date):
        return _since(rule, value, on)
    if isinstance(value, bool):
        return _declared(rule, value)
    assert rule.threshold is not None
    unit = rule.fact.unit
    assert unit is not None
    given["stated"] = unit.after(value)
    if value >= rule.threshold:
        return Bilingual(
            "“{label}”填报为 {stated}，{required}，符合。", "{label}: {stated} stated, {required} required. Met."
        ).format(**given)
    return Bilingual(
        "“{label}”填报为 {stated}，要求{required}，还差 {short}，不符合。",
        "{label}: {stated} stated, {required} required; {short} short. Not met.",
    ).format(**given, short=unit.after(rule.threshold - value))


def _since(rule: Rule, value: dt.date, on: dt.date) -> Bilingual:
    assert rule.threshold is not None
    reached = anniversary(value, int(rule.threshold))
    given = {
        "label": rule.fact.label,
        "stated": day_words(value),
        "on": day_words(on),
        "required": rule.required,
        "reached": day_words(reached),
    }
    if reached <= on:
        return Bilingual(
            "“{label}”为 {stated}，截至 {on} 已{required}，符合。",
            "{label}: {stated}; on {on} that is {required}. Met.",
        ).format(**given)
    return Bilingual(
        "“{label}”为 {stated}，截至 {on} 未{required}，{reached} 起满足，目前不符合。",
        "{label}: {stated}; {required} required on {on}, reached on {reached}. Not met yet.",
    ).format(**given)


def _declared(rule: Rule, value: bool) -> Bilingual:
    words = (
        Bilingual("“{label}”填报为“是”，符合。", "{label}: stated as yes. Met.")
        if value
        else Bilingual("“{label}”填报为“否”，要求为“是”，不符合。", "{label}: stated as no, yes required. Not met.")
    )
    return words.format(label=rule.fact.label)


def _nothing_asked(fact: Fact) -> Bilingual:
    return Bilingual(
        "当日适用的口径对“{label}”没有要求，仅供参考。",
        "The readings in force on the day ask nothing of this: {label}. For information.",
    ).format(label=fact.label)
