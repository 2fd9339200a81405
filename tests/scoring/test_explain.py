"""Gap, shortest path and what-if: what is promised is scored again, and shortest means that no smaller set does it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from itertools import combinations
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessments.scoring import Result, ScoringError, ScoringInput, gap_to_level, path_to_level, score, what_if
from assessments.standard import get_edition
from tests.scoring.pictures import REAL, STEADY, Picture, input_of, installed, pictures, result_of, shown
from tests.scoring.test_engine import CONFORMITY, random_verdicts

KEYS = ("1", "2", "3", "4", "5")
PROVIDER: dict[str, Any] = {"track": "provider", "key_domains": KEYS}


def _below_full(checked: ScoringInput) -> list[str]:
    """What may be raised: everything that counts and is not full."""
    return [c for c in checked.edition.criteria if checked.verdicts.get(c) not in ("full", "not_applicable")]


def _with_full(checked: ScoringInput, codes: Sequence[str]) -> Result:
    """The score with these raised, without the help of what is tested here."""
    return score(replace(checked, verdicts={**checked.verdicts, **dict.fromkeys(codes, "full")}))


# --- the shortest path ---------------------------------------------------------------------------------------------

PATHS = [
    # 2.50 is level 3: reached already, as is everything below
    ({"1.1": "F|F|P|N|N"}, 3, ()),
    ({"1.1": "F|F|P|N|N"}, 1, ()),
    # 3.50 -> 4.50 needs a whole point, and only level 4 has one to give
    ({"1.1": "F|F|P|N|F"}, 5, ("1.1-L4-01",)),
    # 5 x 1.40 / 3 = 2.33; with level 5: 5 x 2.40 / 3 = 4.00; with level 1 or 2: 5 x 1.70 / 3 = 2.83
    ({"1.1": "L|L|X|X|N"}, 4, ("1.1-L5-01",)),
    # 5 x (0.00 + 1.00) / 2 = 2.50; two of level 1 give 5 x 0.67 / 2 = 1.68, one of each 5 x 0.83 / 2 = 2.08
    ({"1.1": "NNN|NN|X|X|X"}, 3, ("1.1-L2-01", "1.1-L2-02")),
    # level 1 has no floor: (5.00 + 0.00) / 2 = 2.50 with the heavy one; one of the light ones gives 0.50 / 2 = 0.25
    ({"1.1": "N||||", "2.1": "NN|NN|NN|NN|NN"}, 1, ("1.1-L1-01",)),
    # (4.00 + 0.00) / 2 = 2.00 is in band 2, but domain 2 misses the floor; raising 1.1-L5-01 does not help it
    ({"1.1": "F|F|F|F|N", "2.1": "N||||"}, 2, ("2.1-L1-01",)),
    # what does not apply cannot be raised, what is unanswered can
    ({"1.1": "X|F|F|X|X", "2.1": "XN||||"}, 5, ("2.1-L1-02",)),
    ({"1.1": "X-||||"}, 5, ("1.1-L1-02",)),
    # both are needed; they come in the order of the edition
    ({"2.1": "N||||", "1.1": "N||||"}, 5, ("2.1-L1-01", "1.1-L1-01")),
    # nothing takes part: there is no way
    ({"1.1": "X|X|X|X|X"}, 1, None),
]


@pytest.mark.parametrize(("picture", "level", "codes"), PATHS)
def test_path_by_hand(picture: Picture, level: int, codes: tuple[str, ...] | None) -> None:
    path = path_to_level(input_of(picture), level)
    assert (path.level, path.codes, path.is_exact) == (level, codes, True)


def test_path_counts_the_bonus() -> None:
    """1.49 + 0.01 is level 2 without raising anything; without the bonus it takes one."""
    picture = {"1.1": "F|PNNN|LNNN|LNNN|N"}
    assert path_to_level(input_of(picture, bonuses=1), 2).codes == ()
    assert len(path_to_level(input_of(picture), 2).codes or ()) == 1


def test_path_counts_the_bonus_on_the_way() -> None:
    """0.70 + 0.13 + 0.18 + 0.18 = 1.19. Level 1 raised gives 1.49, any other at most 0.25 more: only 1.49 + 0.01."""
    picture = {"1.1": "L|PNNN|LNNN|LNNN|NNNNNNNNNN"}
    assert path_to_level(input_of(picture, bonuses=1), 2).codes == ("1.1-L1-01",)
    assert len(path_to_level(input_of(picture), 2).codes or ()) == 2


def test_path_rounds_items_and_domains_as_the_score_does() -> None:
    """One of 1.1 gives 5 x 0.25 / 2 = 0.625 -> 0.63; with 1.2 at 0.36: 0.99 / 2 = 0.495 -> 0.50, just level 1.

    One of 1.2 gives 0.61: (0.00 + 0.61) / 2 is not enough.
    """
    picture = {"1.1": "NNNN|NNNN|||", "1.2": "LNNN|LNNN|NNNN|NNNN|NNNN"}
    codes = path_to_level(input_of(picture), 1).codes
    assert codes is not None
    assert [code.split("-")[0] for code in codes] == ["1.1"]


def test_path_knows_the_weights_of_a_provider() -> None:
    """From 0.00 to level 1: a key domain gives 0.79, another one only 0.35. Level 2 asks 0.50 of all eight."""
    picture = {f"{n}.1": "N||||" if n in (4, 6, 7, 8) else "NNN|NNN|NNN|NNN|NNN" for n in range(1, 9)}
    checked = input_of(picture, **PROVIDER)
    assert path_to_level(checked, 1).codes == ("4.1-L1-01",)
    # 4, 6, 7, 8: one each; 1, 2, 3, 5: two of a level give 0.67; 0.158 x (5.00 + 4 x 0.67) + 0.07 x 15.00 = 2.26
    assert len(path_to_level(checked, 2).codes or ()) == 4 + 4 * 2


@pytest.mark.parametrize(("level", "size"), [(1, 0), (2, 2), (3, 6), (4, 13), (5, 26)])
def test_path_on_the_real_edition(level: int, size: int) -> None:
    """Everything full except domain 13, all none there: its floors 0.50, 1.50, 2.50, 3.50 decide.

    Domain 13 has four items, so its item scores must sum to 1.98, 5.98, 9.98, 13.98 (the mean is rounded half-up).
    Criteria by level: 13.1 has 1 4 5 2 1, 13.2 has 2 4 6 3 1, 13.3 has 1 4 5 3 1, 13.4 has 1 3 5 2 1. Worth of one:
    seven stand alone in their level (1.00 each), six in pairs (0.50), nine in threes (1.00 for all three), then
    fours (0.25). So 2; 6; 7 + 6 = 13 for 10.00; 7 + 6 + 9 = 22 for 13.00 and four of a level for 14.00, while 25
    give at most 13.75.
    """
    verdicts = {c.code: "none" if c.domain_code == "13" else "full" for c in get_edition(REAL).criteria.values()}
    checked = ScoringInput.of(REAL, verdicts)
    codes = path_to_level(checked, level).codes
    assert codes is not None
    assert len(codes) == size
    assert all(code.startswith("13.") for code in codes)
    assert (_with_full(checked, codes).level or 0) >= level


def _few_left(picture: Picture, luck: Random, at_most: int) -> dict[str, str]:
    """Leaves ``at_most`` criteria below full, so that every set of them can be tried."""
    places = [(c, n) for c, row in picture.items() for n, letter in enumerate(row) if letter in "-NPL"]
    rows = {c: list(row) for c, row in picture.items()}
    for code, n in luck.sample(places, max(0, len(places) - at_most)):
        rows[code][n] = luck.choice("FX")
    return {c: "".join(row) for c, row in rows.items()}


def _assert_paths_are_shortest(checked: ScoringInput) -> None:
    """Scores every set of what may be raised; the smallest that reaches a level is what the path must have."""
    candidates = _below_full(checked)
    smallest: dict[int, int] = {}
    for size in range(len(candidates) + 1):
        for chosen in combinations(candidates, size):
            for level in range(1, (_with_full(checked, chosen).level or 0) + 1):
                smallest.setdefault(level, size)
    for level in range(1, 6):
        path = path_to_level(checked, level)
        if level not in smallest:
            assert path.codes is None
            continue
        assert path.is_exact
        assert path.codes is not None
        assert set(path.codes) <= set(candidates)
        assert len(path.codes) == len(set(path.codes)) == smallest[level]
        assert (_with_full(checked, path.codes).level or 0) >= level


@settings(STEADY, max_examples=80)
@given(picture=pictures(at_most=4), luck=st.randoms(), bonuses=st.integers(0, 3))
def test_no_smaller_set_reaches_the_level(picture: Picture, luck: Random, bonuses: int) -> None:
    _assert_paths_are_shortest(input_of(_few_left(picture, luck, 7), bonuses=bonuses))


@settings(STEADY, max_examples=40)
@given(picture=pictures(domains=(6, 8), items=(1, 1), at_most=2), luck=st.randoms())
def test_no_smaller_set_reaches_the_level_of_a_provider(picture: Picture, luck: Random) -> None:
    _assert_paths_are_shortest(input_of(_few_left(picture, luck, 7), **PROVIDER))


@settings(STEADY, max_examples=15)
@given(seed=st.integers(0, 2**32), provider=st.booleans())
def test_paths_on_the_real_edition_reach_and_have_nothing_to_spare(seed: int, provider: bool) -> None:
    keys = {"track": "provider", "key_domains": ("6", "8", "9", "10", "13")}
    options: dict[str, Any] = keys if provider else {}
    checked = ScoringInput.of(REAL, random_verdicts(seed), **options)
    reached = score(checked).level or 0
    for level in range(1, 6):
        codes = path_to_level(checked, level).codes
        assert codes is not None
        assert (codes == ()) == (level <= reached)
        assert (_with_full(checked, codes).level or 0) >= level
        assert list(codes) == [c for c in _below_full(checked) if c in codes]  # in the order of the standard
        for spared in Random(seed).sample(codes, min(5, len(codes))):
            assert (_with_full(checked, [c for c in codes if c != spared]).level or 0) < level


# --- the gap -------------------------------------------------------------------------------------------------------


def _told(picture: Picture, level: int, **options: Any) -> list[tuple[str, str | None, str, bool]]:
    entries = gap_to_level(input_of(picture, **options), level).entries
    return [(e.code, e.verdict, str(e.adds), e.lifts_floor) for e in entries]


def test_gap_is_ranked_by_what_each_would_add() -> None:
    """Domain 1: 0.00 + 0.50 + 0.00 + 1.00 + 1.00 = 2.50; domain 2: 5 x 0.70 = 3.50; score 3.00, level 3.

    Raising 2.1-L1-01: 5 x 0.30 / 2 = 0.75. 1.1-L1-01: 1.00 / 2 = 0.50. The others: 0.50 / 2 = 0.25, as in the standard.
    """
    assert _told({"1.1": "N|P|-N|F|F", "2.1": "L||||"}, 4) == [
        ("2.1-L1-01", "largely", "0.7500", False),
        ("1.1-L1-01", "none", "0.5000", False),
        ("1.1-L2-01", "partially", "0.2500", False),
        ("1.1-L3-01", None, "0.2500", False),
        ("1.1-L3-02", "none", "0.2500", False),
    ]


def test_gap_puts_first_what_lifts_a_domain_to_its_floor() -> None:
    """Domains 0.00 and 3.00, score 1.50. Level 3 lacks 1.00 in score and 1.50 in domain 1, where one adds 5 / 8 / 2."""
    assert _told({"1.1": "NNNNNNNN||||", "2.1": "F|F|F|N|N"}, 3) == [
        *[(f"1.1-L1-{n:02d}", "none", "0.3125", True) for n in range(1, 9)],
        ("2.1-L4-01", "none", "0.5000", False),
        ("2.1-L5-01", "none", "0.5000", False),
    ]


def test_gap_holds_only_what_stands_in_the_way() -> None:
    """(4.00 + 0.00) / 2 = 2.00 is enough for band 2; only the floor of domain 2 is missing, and 1.1 cannot lift it."""
    assert _told({"1.1": "F|F|F|F|N", "2.1": "N|-|X|X|X"}, 2) == [
        ("2.1-L1-01", "none", "1.2500", True),  # 5 x 1.00 / 2 / 2
        ("2.1-L2-01", None, "1.2500", True),
    ]


def test_gap_counts_only_what_takes_part() -> None:
    """One level, one item and one domain are left: the only criterion below full is worth 5 x 1.00 / 2."""
    picture = {"1.1": "FN|X|||X", "1.2": "XX||||", "2.1": "X||||"}
    assert _told(picture, 5) == [("1.1-L1-02", "none", "2.5000", True)]


def test_gap_reads_shares_without_rounding_them() -> None:
    """One of seven domains: 5 / 7 = 0.714286; with the printed share 0.1429 it would be 0.7145."""
    picture = {f"{n}.1": "N||||" if n == 3 else "F||||" for n in range(1, 8)}
    assert _told(picture, 2) == [("3.1-L1-01", "none", "0.7143", True)]


def test_gap_of_a_provider_follows_the_weights() -> None:
    """5 x 0.158 and 5 x 0.07."""
    picture = {f"{n}.1": "N||||" if n in (2, 7) else "F||||" for n in range(1, 9)}
    assert [(code, adds) for code, _, adds, _ in _told(picture, 5, **PROVIDER)] == [
        ("2.1-L1-01", "0.7900"),
        ("7.1-L1-01", "0.3500"),
    ]


@pytest.mark.parametrize(
    ("picture", "level"),
    [({"1.1": "F|F|P|N|N"}, 3), ({"1.1": "F|F|P|N|N"}, 1), ({"1.1": "F||||"}, 5), ({"1.1": "X|X|X|X|X"}, 2)],
)
def test_gap_is_empty_when_reached_or_when_nothing_takes_part(picture: Picture, level: int) -> None:
    gap = gap_to_level(input_of(picture), level)
    assert (gap.level, gap.entries) == (level, ())


def _unrounded(checked: ScoringInput, verdicts: Mapping[str, str]) -> Fraction:
    """The base score of an owner with no rounding on the way."""

    def mean(values: list[Fraction | None]) -> Fraction | None:
        counting = [v for v in values if v is not None]
        return sum(counting, Fraction(0)) / len(counting) if counting else None

    def level(item: Any, number: int) -> Fraction | None:
        codes = [c.code for c in item.criteria if c.level == number]
        return mean([CONFORMITY.get(verdicts.get(c, "none")) for c in codes])

    def domain(domain: Any) -> Fraction | None:
        return mean([mean([level(item, n) for n in range(1, 6)]) for item in domain.items])

    return 5 * (mean([domain(d) for d in checked.edition.domains]) or Fraction(0))


@settings(STEADY, max_examples=80)
@given(picture=pictures(at_most=3), level=st.integers(1, 5))
def test_gap_says_what_each_criterion_adds(picture: Picture, level: int) -> None:
    """``adds`` is the difference that raising this one makes to the unrounded base score, to four places."""
    checked = input_of(picture)
    entries = gap_to_level(checked, level).entries
    before = _unrounded(checked, checked.verdicts)
    for entry in entries:
        exact = _unrounded(checked, {**checked.verdicts, entry.code: "full"}) - before
        assert abs(Fraction(entry.adds) - exact) <= Fraction(1, 20000)
        assert entry.verdict == checked.verdicts.get(entry.code)
    assert list(entries) == sorted(entries, key=lambda e: (not e.lifts_floor, -e.adds))
    check = score(checked).check(level)
    short = [c for c in _below_full(checked) if c.split(".")[0] in check.domains_short]
    assert sorted(e.code for e in entries if e.lifts_floor) == sorted(short)
    assert sorted(e.code for e in entries) == sorted(_below_full(checked) if check.short_by else short)


# --- what if -------------------------------------------------------------------------------------------------------


def _what_if(checked: ScoringInput, changes: Mapping[str, str]) -> Result:
    with installed(checked.edition):
        return what_if(checked, changes)


def test_what_if_scores_the_changes_and_saves_nothing() -> None:
    checked = input_of({"1.1": "F|N|-|N|N"}, bonuses=2)
    changed = _what_if(checked, {"1.1-L2-01": "largely", "1.1-L3-01": "partially"})
    # 1.00 + 0.70 + 0.50 = 2.20, + 0.02
    assert (shown(changed.base_score), shown(changed.score), changed.answered) == ("2.20", "2.22", 5)
    assert (shown(score(checked).score), score(checked).answered) == ("1.02", 4)


def test_what_if_may_also_lower_or_remove() -> None:
    checked = input_of({"1.1": "F|F|N|N|N"})
    assert shown(_what_if(checked, {"1.1-L1-01": "none"}).score) == "1.00"
    assert shown(_what_if(checked, {"1.1-L5-01": "not_applicable"}).score) == "2.50"  # 5 x 2.00 / 4
    assert _what_if(checked, dict.fromkeys(checked.edition.criteria, "not_applicable")).score is None


def test_what_if_without_changes_is_the_score() -> None:
    checked = input_of({"1.1": "FL|P|-|X|N"})
    assert _what_if(checked, {}) == score(checked)


def test_what_if_keeps_track_key_domains_and_bonus() -> None:
    picture = {f"{n}.1": "N||||" for n in range(1, 9)}
    changed = _what_if(input_of(picture, **PROVIDER, bonuses=3), {"3.1-L1-01": "full"})
    assert (changed.track, shown(changed.score), shown(changed.bonus)) == ("provider", "0.79", "0.00")  # 5 x 0.158


def test_what_if_equals_scoring_the_merged_verdicts_of_the_real_edition() -> None:
    checked = ScoringInput.of(REAL, {"6.1-L1-01": "none", "6.1-L1-02": "full"})
    assert what_if(checked, {"6.1-L1-01": "full"}) == score(
        ScoringInput.of(REAL, {"6.1-L1-01": "full", "6.1-L1-02": "full"})
    )


@pytest.mark.parametrize(
    ("changes", "named"), [({"9.9-L1-01": "full"}, "9.9-L1-01"), ({"1.1-L1-01": "perfect"}, "perfect")]
)
def test_what_if_refuses_what_scoring_refuses(changes: Mapping[str, str], named: str) -> None:
    with pytest.raises(ScoringError, match=named):
        _what_if(input_of({"1.1": "N||||"}), changes)


def test_adds_are_decimals_of_four_places() -> None:
    """One wording on page, PDF and API."""
    adds = [e.adds for e in gap_to_level(input_of({"1.1": "NNN|F|F|F|F"}), 5).entries]
    assert adds == [Decimal("0.3333")] * 3
    assert [str(a) for a in adds] == ["0.3333"] * 3


def test_result_of_the_gap_is_the_result_of_the_score() -> None:
    """Guards the tables above: the pictures have the figures their comments say."""
    first = result_of({"1.1": "N|P|-N|F|F", "2.1": "L||||"})
    assert ([shown(d.score) for d in first.domains.values()], shown(first.score)) == (["2.50", "3.50"], "3.00")
