"""The self-check as pure figures: codes, the rough result, what a draft may claim, what is weak and strong."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.scoring import Verdict, get_scheme
from assessments.scoring.self_check import (
    claims,
    code_of,
    complete_levels,
    estimate,
    levels_of,
    strongest,
    weakest,
)
from assessments.standard import SHIPPED, Edition, get_edition

EDITIONS = [get_edition(code) for code in sorted(SHIPPED)]
E2018 = get_edition("gbt36073-2018")


def everywhere(edition: Edition, level: int, **other: int) -> dict[str, int]:
    """One level for all items but those of the domains in ``other`` (``d6=0``)."""
    return {i: other.get(f"d{i.split('.')[0]}", level) for i in edition.items}


def result(edition: Edition, levels: dict[str, int]):  # type: ignore[no-untyped-def]
    return estimate(edition, levels, get_scheme(edition.scheme))


# --- codes ---------------------------------------------------------------------------------------------------------


@given(st.sampled_from(EDITIONS), st.data())
def test_a_code_and_its_levels_say_the_same(edition: Edition, data: st.DataObject) -> None:
    code = data.draw(st.text("012345-", min_size=len(edition.items), max_size=len(edition.items)))
    levels = levels_of(edition, code)
    assert levels is not None
    assert code_of(edition, levels) == code
    assert complete_levels(edition, code) == (None if "-" in code else levels)


@given(st.sampled_from(EDITIONS), st.text(max_size=60))
def test_whatever_is_no_code_is_refused_and_nothing_raises(edition: Edition, text: str) -> None:
    levels = levels_of(edition, text)
    is_code = len(text) == len(edition.items) and all(c in "012345-" for c in text)
    assert (levels is not None) == is_code


@pytest.mark.parametrize("code", ["", "3" * 27, "3" * 29, "6" * 28, "３" * 28, "3" * 27 + " ", "3" * 27 + "٣"])
def test_length_and_digits_are_strict(code: str) -> None:
    assert levels_of(E2018, code) is None


# --- the result ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("edition", EDITIONS, ids=lambda e: e.code)
@pytest.mark.parametrize("level", range(6))
def test_one_level_everywhere_is_that_level_and_that_score(edition: Edition, level: int) -> None:
    found = result(edition, everywhere(edition, level))
    assert (found.score, found.level) == (Decimal(level).quantize(Decimal("0.01")), level)
    assert {i.score for i in found.items.values()} == {Decimal(level).quantize(Decimal("0.01"))}


@pytest.mark.parametrize("edition", EDITIONS, ids=lambda e: e.code)
def test_every_item_scores_the_level_chosen_for_it(edition: Edition) -> None:
    levels = {code: n % 6 for n, code in enumerate(edition.items)}
    found = result(edition, levels)
    assert {c: int(i.score) for c, i in found.items.items() if i.score is not None} == levels
    assert {c: i.level for c, i in found.items.items()} == levels


def test_a_result_computed_by_hand() -> None:
    """2018: domain 6 has three items. 6.1 = 1, 6.2 = 2, 6.3 = 2, all others 3.

    Domain 6 = 5/3 = 1.67; overall (1.67 + 7 x 3.00) / 8 = 22.67 / 8 = 2.83375 = 2.83: in the band of level 3 (2.50),
    and domain 6 is above the floor of level 3 (1.50).
    """
    found = result(E2018, everywhere(E2018, 3) | {"6.1": 1, "6.2": 2, "6.3": 2})
    assert found.domains["6"].score == Decimal("1.67")
    assert (found.score, found.level) == (Decimal("2.83"), 3)


def test_one_weak_domain_holds_the_level_down() -> None:
    """All 4 but domain 6 at 1: (1 + 28) / 8 = 3.625 = 3.63, the band of level 4 (3.50); its floor of 2.50 is missed,
    and so is that of level 3 (1.50). Level 2 takes 0.50."""
    found = result(E2018, everywhere(E2018, 4, d6=1))
    assert (found.score, found.level) == (Decimal("3.63"), 2)
    assert found.check(4).domains_short == {"6": Decimal("1.50")}


# --- what a draft may claim ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        (0, {}),
        (1, {1: {"partially"}}),
        (3, {1: {"largely"}, 2: {"largely"}, 3: {"partially"}}),
        (5, {1: {"largely"}, 2: {"largely"}, 3: {"largely"}, 4: {"largely"}, 5: {"partially"}}),
    ],
)
def test_a_claim_is_careful(chosen: int, expected: dict[int, set[str]]) -> None:
    item = E2018.items["6.1"]
    given = claims(E2018, everywhere(E2018, 0) | {"6.1": chosen})
    found: dict[int, set[str]] = {}
    for criterion in item.criteria:
        if criterion.code in given:
            found.setdefault(criterion.level, set()).add(given[criterion.code])
    assert found == expected
    assert {c.split("-")[0] for c in given} == ({"6.1"} if chosen else set())


@given(st.sampled_from(EDITIONS), st.data())
def test_no_claim_is_full_and_none_is_above_the_level_chosen(edition: Edition, data: st.DataObject) -> None:
    levels = {i: data.draw(st.integers(0, 5)) for i in edition.items}
    given = claims(edition, levels)
    assert set(given.values()) <= {Verdict.LARGELY, Verdict.PARTIALLY}
    assert all(edition.criteria[c].level <= levels[edition.criteria[c].item_code] for c in given)


# --- weak and strong -----------------------------------------------------------------------------------------------


def test_the_weakest_come_first_and_among_equals_those_that_weigh_most() -> None:
    levels = everywhere(E2018, 3) | {"7.2": 1, "13.1": 0}
    found = weakest(E2018, levels, result(E2018, levels), 4)
    assert [(s.item.code, s.level) for s in found[:2]] == [("13.1", 0), ("7.2", 1)]
    sizes = Counter(code.split(".")[0] for code in E2018.items)
    assert [sizes[s.item.domain_code] for s in found[2:]] == [min(sizes.values())] * 2


def test_the_top_level_needs_no_advice_and_equal_levels_have_no_strength() -> None:
    top = everywhere(E2018, 5)
    assert weakest(E2018, top, result(E2018, top), 5) == []
    assert strongest(E2018, top, result(E2018, top), 5) == []
    mixed = everywhere(E2018, 2) | {"8.1": 4, "9.1": 3}
    assert [s.item.code for s in strongest(E2018, mixed, result(E2018, mixed), 5)] == ["8.1", "9.1"]
