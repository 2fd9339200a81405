"""The check against tables worked out by hand from the sources (domain.md 3.3 and 4.3), and its properties."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.eligibility import (
    MET,
    NOT_STATED,
    TRACKS,
    UNMET,
    Eligibility,
    check,
    facts_asked,
    get_fact,
    read_value,
    readings,
    write_value,
)
from assessments.eligibility.facts import catalogue
from assessments.eligibility.readings import anniversary
from assessments.scoring import TRACKS as SCORED_TRACKS

BEFORE, AFTER = dt.date(2025, 12, 31), dt.date(2026, 1, 1)
#: The codes of the readings by their year.
R = {"2022": "reading-2022", "2023": "reading-2023", "2026": "reading-2026"}

#: level, day -> fact -> (what decides, which reading), for both tracks. Years, 10,000 yuan, people.
GENERAL: dict[tuple[int, dt.date], dict[str, tuple[Any, str]]] = {
    (2, BEFORE): {
        "founded": (1, "2022"), "revenue": (100, "2022"), "employees": (50, "2022"), "data_staff": (2, "2023"),
    },
    (3, BEFORE): {
        "founded": (2, "2022"), "revenue": (500, "2022"), "employees": (100, "2022"), "data_staff": (2, "2023"),
        "data_certificates": (2, "2023"),
    },
    (4, BEFORE): {
        "founded": (3, "2022"), "revenue": (1000, "2022"), "employees": (1000, "2022"), "data_staff": (2, "2023"),
    },
    (5, BEFORE): {
        "founded": (5, "2022"), "revenue": (1000, "2022"), "employees": (5000, "2022"), "data_staff": (2, "2023"),
    },
    (2, AFTER): {
        "founded": (1, "2026"), "revenue": (100, "2026"), "employees": (50, "2026"), "data_staff": (2, "2026"),
        "systems": (2, "2026"), "projects_one_year": (1, "2026"),
    },
    (3, AFTER): {
        "founded": (3, "2026"), "revenue": (1000, "2026"), "employees": (100, "2026"), "data_staff": (5, "2026"),
        "data_certificates": (2, "2023"), "systems": (3, "2026"), "projects_three_years": (3, "2026"),
    },
    (4, AFTER): {
        "founded": (4, "2026"), "revenue": (5000, "2026"), "employees": (1000, "2026"), "data_staff": (2, "2023"),
        "systems": (3, "2026"),
    },
    (5, AFTER): {
        "founded": (5, "2026"), "revenue": (10000, "2026"), "employees": (5000, "2026"), "data_staff": (2, "2023"),
        "systems": (3, "2026"),
    },
}  # fmt: skip
#: What each track is asked besides. Data volume in GB.
OWN: dict[tuple[int, dt.date, str], dict[str, tuple[Any, str]]] = {
    (2, BEFORE, "owner"): {"data_volume": (100, "2022")},
    (2, AFTER, "owner"): {"data_volume": (100, "2026")},
    (3, AFTER, "owner"): {"data_volume": (1024, "2026")},
    (4, AFTER, "owner"): {"data_volume": (5120, "2026")},
    (5, AFTER, "owner"): {"data_volume": (10240, "2026")},
}
for _level, _contracts in ((2, (3, 150, 50)), (3, (5, 500, 60)), (4, (10, 1500, 70))):
    for _day in (BEFORE, AFTER):
        _names = ("contracts", "contracts_total", "contracts_smallest")
        OWN[_level, _day, "provider"] = {n: (v, "2023") for n, v in zip(_names, _contracts, strict=True)}
for _level in (2, 3, 4, 5):
    for _day in (BEFORE, AFTER):
        OWN.setdefault((_level, _day, "owner"), {}).update(policy_domains=(4, "2023"), tools=(2, "2023"))
        OWN.setdefault((_level, _day, "provider"), {})
    OWN[_level, BEFORE, "provider"]["service_domains"] = (4, "2022")

EVERYTHING: dict[str, Any] = {
    fact.code: True if fact.kind == "yes_no" else dt.date(1990, 1, 1) if fact.kind == "date" else Decimal(10**6)
    for fact in catalogue()[0].values()
}


def expected(level: int, day: dt.date, track: str) -> dict[str, tuple[Any, str]]:
    general = "2022" if day <= BEFORE else "2026"
    yes = {"legal_entity": (None, general), "good_standing": (None, general)}
    return {**yes, **GENERAL[level, day], **OWN[level, day, track]}


def threshold(fact_code: str, reading_code: str, level: int, track: str) -> Any:
    reading = next(r for r in readings() if r.code == reading_code)
    rule = next(r for r in reading.rules_for(level, track) if r.fact.code == fact_code)
    return rule.threshold


@pytest.mark.parametrize("level", [2, 3, 4, 5])
@pytest.mark.parametrize("track", TRACKS)
@pytest.mark.parametrize("day", [BEFORE, AFTER])
def test_the_table_worked_out_by_hand(level: int, track: str, day: dt.date) -> None:
    outcome = check({}, level=level, track=track, on=day)
    found = {
        c.fact_code: (threshold(c.fact_code, c.governing.reading_code, level, track), c.governing.reading_code)
        for c in outcome.rows
        if c.governing
    }
    wanted = expected(level, day, track)
    assert found == {code: (value, R[year]) for code, (value, year) in wanted.items()}
    assert {c.status for c in outcome.rows} == {NOT_STATED}
    assert [f.code for f in facts_asked(level=level, track=track, on=day)] == [c.fact_code for c in outcome.rows]


@pytest.mark.parametrize("track", TRACKS)
@pytest.mark.parametrize("day", [BEFORE, AFTER])
@pytest.mark.parametrize("level", [2, 3, 4, 5])
def test_just_enough_is_enough_and_a_little_less_is_not(level: int, track: str, day: dt.date) -> None:
    """Every condition at its boundary, one after the other just below it."""
    wanted = expected(level, day, track)
    enough: dict[str, Any] = {
        code: True if value is None else day.replace(year=day.year - value) if code == "founded" else Decimal(value)
        for code, (value, _) in wanted.items()
    }
    assert check(enough, level=level, track=track, on=day).is_eligible
    for code, value in enough.items():
        less = (
            False if value is True else value + dt.timedelta(days=1) if code == "founded" else value - Decimal("0.01")
        )
        outcome = check({**enough, code: less}, level=level, track=track, on=day)
        assert [c.fact_code for c in outcome.of(UNMET)] == [code]
        assert not outcome.is_eligible
        missing = check({c: v for c, v in enough.items() if c != code}, level=level, track=track, on=day)
        assert [c.fact_code for c in missing.of(NOT_STATED)] == [code]
        assert not missing.is_eligible


@pytest.mark.parametrize("track", TRACKS)
def test_level_one_has_no_conditions(track: str) -> None:
    outcome = check({}, level=1, track=track, on=AFTER)
    assert (outcome.rows, outcome.elsewhere, outcome.has_rules, outcome.is_eligible) == ((), (), False, True)


def test_before_the_first_reading_nothing_is_known() -> None:
    outcome = check({}, level=3, track="owner", on=dt.date(2021, 12, 31))
    assert not outcome.has_rules
    assert outcome.is_eligible
    assert {c.fact_code for c in outcome.elsewhere} >= {"founded", "revenue"}


# --- where the readings disagree ------------------------------------------------------------------------------------


def test_the_day_decides_and_the_other_reading_is_shown() -> None:
    values = {"revenue": Decimal(600)}
    earlier = row(check(values, level=3, track="owner", on=BEFORE), "revenue")
    assert (earlier.status, earlier.governing.required.zh) == (MET, "不少于 500 万元")
    assert [(o.reading_code, o.required.zh, o.status) for o in earlier.differing] == [
        ("reading-2026", "不少于 1000 万元", UNMET)
    ]
    later = row(check(values, level=3, track="owner", on=AFTER), "revenue")
    assert (later.status, later.governing.required.zh) == (UNMET, "不少于 1000 万元")
    assert [(o.reading_code, o.required.zh, o.status) for o in later.differing] == [
        ("reading-2022", "不少于 500 万元", MET)
    ]


def test_what_only_the_other_reading_asks_decides_nothing() -> None:
    earlier = check(EVERYTHING | {"data_volume": Decimal(1)}, level=3, track="owner", on=BEFORE)
    assert earlier.is_eligible
    volume = next(c for c in earlier.elsewhere if c.fact_code == "data_volume")
    assert (volume.status, [o.status for o in volume.others]) == (None, [UNMET])
    later = row(check(EVERYTHING, level=3, track="owner", on=AFTER), "data_volume")
    assert [name.zh for name in later.silent] == ["2022 年公开口径"]


def test_every_source_is_named_and_marked() -> None:
    outcome = check({}, level=3, track="owner", on=AFTER)
    marks = {c.fact_code: c.governing.is_provisional for c in outcome.rows if c.governing}
    assert [code for code, is_provisional in marks.items() if not is_provisional] == ["legal_entity", "good_standing"]
    assert outcome.is_provisional
    assert [name.zh for name in outcome.readings] == ["2026 年公开口径", "2023 版审核要点公开解读"]
    assert all(c.governing.source.zh and c.governing.source.en for c in outcome.rows if c.governing)


def row(outcome: Eligibility, code: str) -> Any:
    return next(c for c in outcome.rows if c.fact_code == code)


# --- words ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "value", "zh", "en"),
    [
        ("revenue", Decimal("620.50"),
         "“上年度营业收入”填报为 620.5 万元，要求不少于 1000 万元，还差 379.5 万元，不符合。",
         "Revenue of last year: 620.5 × CNY 10,000 stated, at least 1,000 × CNY 10,000 required; "
         "379.5 × CNY 10,000 short. Not met."),
        ("revenue", Decimal(12000), "“上年度营业收入”填报为 12000 万元，不少于 1000 万元，符合。",
         "Revenue of last year: 12,000 × CNY 10,000 stated, at least 1,000 × CNY 10,000 required. Met."),
        ("revenue", None, "尚未填报“上年度营业收入”，要求：不少于 1000 万元。",
         "Not stated yet: Revenue of last year. Required: at least 1,000 × CNY 10,000."),
        ("data_staff", Decimal(1), "“专职数据管理人员”填报为 1 人，要求不少于 5 人，还差 4 人，不符合。",
         "Full-time data-management staff: 1 person stated, at least 5 people required; 4 people short. Not met."),
        ("founded", dt.date(2023, 6, 2),
         "“成立日期”为 2023年6月2日，截至 2026年6月1日 未满 3 年，2026年6月2日 起满足，目前不符合。",
         "Date of foundation: 2 June 2023; at least 3 years required on 1 June 2026, reached on 2 June 2026. "
         "Not met yet."),
        ("founded", dt.date(2023, 6, 1), "“成立日期”为 2023年6月1日，截至 2026年6月1日 已满 3 年，符合。",
         "Date of foundation: 1 June 2023; on 1 June 2026 that is at least 3 years. Met."),
        ("good_standing", False, "“近三年无严重违法失信记录”填报为“否”，要求为“是”，不符合。",
         "No serious violation or bad credit in three years: stated as no, yes required. Not met."),
        ("good_standing", True, "“近三年无严重违法失信记录”填报为“是”，符合。",
         "No serious violation or bad credit in three years: stated as yes. Met."),
    ],
)  # fmt: skip
def test_a_sentence_explains_with_figures(code: str, value: Any, zh: str, en: str) -> None:
    values = {} if value is None else {code: value}
    sentence = row(check(values, level=3, track="owner", on=dt.date(2026, 6, 1)), code).sentence
    assert (sentence.zh, sentence.en) == (zh, en)


@pytest.mark.parametrize(
    ("day", "years", "reached"),
    [("2024-02-29", 1, "2025-03-01"), ("2024-02-29", 4, "2028-02-29"), ("2020-12-31", 5, "2025-12-31")],
)
def test_anniversaries(day: str, years: int, reached: str) -> None:
    assert anniversary(dt.date.fromisoformat(day), years) == dt.date.fromisoformat(reached)


def test_a_founding_at_the_end_of_the_calendar_is_no_fault() -> None:
    assert not check({"founded": dt.date.max}, level=5, track="owner", on=AFTER).is_eligible


# --- keeping --------------------------------------------------------------------------------------------------------


@given(
    st.integers(1, 5),
    st.sampled_from(TRACKS),
    st.dates(dt.date(2020, 1, 1), dt.date(2030, 1, 1)),
    st.dictionaries(st.sampled_from(sorted(EVERYTHING)), st.integers(0, 20000)),
)
def test_the_outcome_survives_being_kept(level: int, track: str, day: dt.date, amounts: dict[str, int]) -> None:
    outcome = check(stated(amounts), level=level, track=track, on=day)
    assert Eligibility.from_dict(json.loads(json.dumps(outcome.to_dict()))) == outcome


def stated(amounts: dict[str, int]) -> dict[str, Any]:
    """Numbers made values of the right kind: odd is yes, days before the end of 2025."""
    found: dict[str, Any] = {}
    for code, amount in amounts.items():
        kind = get_fact(code).kind
        found[code] = (
            bool(amount % 2) if kind == "yes_no"
            else dt.date(2025, 12, 31) - dt.timedelta(days=amount) if kind == "date"
            else Decimal(amount)
        )  # fmt: skip
    return found


@pytest.mark.parametrize(
    ("code", "value", "kept"),
    [("revenue", Decimal("1000.50"), "1000.5"), ("employees", Decimal(2000), "2000"), ("legal_entity", False, False),
     ("founded", dt.date(2001, 3, 1), "2001-03-01"), ("employees", Decimal("1E+3"), "1000")],
)  # fmt: skip
def test_values_are_kept_without_binary_fractions(code: str, value: Any, kept: object) -> None:
    assert write_value(value) == kept
    assert read_value(get_fact(code), kept) == value


@pytest.mark.parametrize(
    ("code", "kept"),
    [("revenue", 1000.5), ("revenue", "1000.505"), ("revenue", "-1"), ("revenue", "NaN"), ("revenue", "1e999999"),
     ("employees", "1.5"), ("employees", True), ("employees", None), ("founded", "2001-02-30"), ("founded", 2001),
     ("legal_entity", "yes"), ("legal_entity", 1)],
)  # fmt: skip
def test_a_kept_value_of_another_shape_counts_as_not_stated(code: str, kept: object) -> None:
    assert read_value(get_fact(code), kept) is None


# --- properties -----------------------------------------------------------------------------------------------------

RISING = sorted(code for code, fact in catalogue()[0].items() if fact.kind == "number")


@given(
    st.integers(2, 5),
    st.sampled_from(TRACKS),
    st.sampled_from([BEFORE, AFTER]),
    st.fixed_dictionaries({code: st.integers(0, 20000) for code in RISING}),
    st.sampled_from(RISING),
    st.integers(0, 20000),
)
def test_more_never_loses_eligibility(
    level: int, track: str, day: dt.date, amounts: dict[str, int], code: str, more: int
) -> None:
    values = {**EVERYTHING, **stated(amounts)}
    met = {c.fact_code for c in check(values, level=level, track=track, on=day).of(MET)}
    raised = {**values, code: values[code] + more}
    assert met <= {c.fact_code for c in check(raised, level=level, track=track, on=day).of(MET)}


@given(
    st.integers(2, 5), st.sampled_from(TRACKS), st.dates(dt.date(1990, 1, 1), dt.date(2026, 1, 1)), st.integers(0, 400)
)
def test_waiting_never_loses_the_years(level: int, track: str, founded: dt.date, days: int) -> None:
    values = {**EVERYTHING, "founded": founded}
    if check(values, level=level, track=track, on=AFTER).is_eligible:
        assert check(values, level=level, track=track, on=AFTER + dt.timedelta(days=days)).is_eligible


def test_the_tracks_are_those_of_scoring() -> None:
    assert tuple(str(t) for t in SCORED_TRACKS) == TRACKS


def test_what_ships_is_in_both_languages_and_proved() -> None:
    facts, slots = catalogue()
    for words in [w for thing in (*facts.values(), *slots.values()) for w in (thing.label, thing.help)]:
        assert words.zh != words.en
    assert {code for fact in facts.values() for code in fact.slots} == set(slots), "every slot proves something"
    asked = {rule.fact.code for reading in readings() for rule in reading.rules}
    assert asked == set(facts), "every fact is asked for by some rule"
