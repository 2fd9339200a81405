"""The rules of scoring, step by step: tables computed by hand, then a second implementation in fractions.

Every expected figure below was worked out on paper from scoring.md and stands as a literal next to its sum. The
conformities are F 1.00, L 0.70, P 0.50, N 0.00; X is not applicable and ``-`` unanswered (see pictures.py).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessments.scoring import Result, ScoringError, ScoringInput, score
from assessments.standard import Criterion, Edition, get_edition
from tests.scoring.pictures import REAL, STEADY, Picture, edition_of, input_of, pictures, result_of, shown, verdicts_of

# --- steps 1 and 2: criteria and levels ----------------------------------------------------------------------------

LEVEL_SCORES = [
    ("F", "1.00"),
    ("L", "0.70"),
    ("P", "0.50"),
    ("N", "0.00"),
    ("-", "0.00"),  # unanswered counts as none
    ("PNNN", "0.13"),  # 0.50 / 4 = 0.125, half-way: up (to even would be 0.12)
    ("LNNN", "0.18"),  # 0.70 / 4 = 0.175, half-way: up
    ("FLNN", "0.43"),  # 1.70 / 4 = 0.425, half-way: up (to even would be 0.42)
    ("LLPN", "0.48"),  # 1.90 / 4 = 0.475, half-way: up
    ("LLLN", "0.53"),  # 2.10 / 4 = 0.525, half-way: up (to even would be 0.52)
    ("FFPN", "0.63"),  # 2.50 / 4 = 0.625, half-way: up (to even would be 0.62)
    ("FFFL", "0.93"),  # 3.70 / 4 = 0.925, half-way: up (to even would be 0.92)
    ("FNNNNNNN", "0.13"),  # 1.00 / 8 = 0.125, half-way: up
    ("PNNNNNNN", "0.06"),  # 0.50 / 8 = 0.0625
    ("LNNNNNNN", "0.09"),  # 0.70 / 8 = 0.0875
    ("FNN", "0.33"),  # 1.00 / 3 = 0.3333
    ("FFN", "0.67"),  # 2.00 / 3 = 0.6667
    ("PNN", "0.17"),  # 0.50 / 3 = 0.1667
    ("LPP", "0.57"),  # 1.70 / 3 = 0.5667
    ("FLPN", "0.55"),  # 2.20 / 4
    ("F-", "0.50"),  # 1.00 / 2: the unanswered one counts
    ("FX", "1.00"),  # 1.00 / 1: the one that does not apply leaves the mean
    ("NX", "0.00"),
    ("-X", "0.00"),  # an unanswered one still counts beside one that does not apply
    ("LX-", "0.35"),  # 0.70 / 2
    ("PXNXNXN", "0.13"),  # 0.50 / 4 = 0.125 again, with three that do not apply
    ("X", None),
    ("XXX", None),
    ("", None),
]


@pytest.mark.parametrize(("group", "expected"), LEVEL_SCORES)
def test_level_score(group: str, expected: str | None) -> None:
    """The group stands at level 3, so that a shifted index would show."""
    result = result_of({"1.1": f"N|N|{group}|N|N"})
    assert [shown(v) for v in result.items["1.1"].levels] == ["0.00", "0.00", expected, "0.00", "0.00"]


# --- step 3: items -------------------------------------------------------------------------------------------------

ITEM_SCORES = [
    ("F|F|F|F|F", "5.00"),
    ("N|N|N|N|N", "0.00"),
    ("F|L|P|N|-", "2.20"),  # 1.00 + 0.70 + 0.50
    ("PNNN|PNNN|PNNN|PNNN|PNNN", "0.65"),  # 5 x 0.13; the unrounded 0.125 would give 0.625, that is 0.63
    ("FNN|FNN|FNN|N|N", "0.99"),  # 3 x 0.33; unrounded thirds would give 1.00
    ("PNNN|N|||", "0.33"),  # 5 x 0.13 / 2 = 0.325, half-way: up (to even would be 0.32)
    ("P|N|N|N|", "0.63"),  # 5 x 0.50 / 4 = 0.625, half-way: up (to even would be 0.62)
    ("X|P|N|N|N", "0.63"),  # the same, the first level takes no part
    ("LNNN|N|N|N|", "0.23"),  # 5 x 0.18 / 4 = 0.225, half-way: up (to even would be 0.22)
    ("P|N|N||", "0.83"),  # 5 x 0.50 / 3 = 0.8333
    ("F|N|N|X|X", "1.67"),  # 5 x 1.00 / 3 = 1.6667
    ("X|F|XX|N|X", "2.50"),  # 5 x 1.00 / 2
    ("||||L", "3.50"),  # 5 x 0.70: one level alone
    ("X|X|X|X|X", None),
    ("||||", None),
]


@pytest.mark.parametrize(("row", "expected"), ITEM_SCORES)
def test_item_score(row: str, expected: str | None) -> None:
    assert shown(result_of({"1.1": row}).items["1.1"].score) == expected


# --- step 4: the level of an item ----------------------------------------------------------------------------------

#: 5 x 1.00 + 0.50 = 5.50, / 8 = 0.6875, rounded 0.69: just below the gate.
AT_069 = "FFFFFPNN"
#: 2 x 1.00 + 4 x 0.70 = 4.80, / 7 = 0.6857, rounded 0.69: just below the gate.
AT_069_TOO = "FFLLLLN"
#: 11 x 1.00 + 2 x 0.70 + 3 x 0.50 = 13.90, / 20 = 0.695, rounded 0.70: passes, because the gate reads rounded scores.
AT_0695 = "F" * 11 + "LL" + "PPP" + "NNNN"

ITEM_LEVELS = [
    ("F|F|F|F|F", 5),
    ("L|L|L|L|L", 5),  # 0.70 everywhere: the gate is inclusive
    (f"{AT_069}|F|F|F|F", 0),
    (f"F|{AT_069}|F|F|F", 1),
    (f"F|F|{AT_069_TOO}|F|F", 2),
    (f"F|F|F|F|{AT_069}", 4),
    (f"{AT_0695}|F|F|F|F", 5),
    (f"F|F|F|{AT_0695}|N", 4),
    ("N|F|F|F|F", 0),  # nothing above a failed level counts
    ("-|F|F|F|F", 0),
    ("F|F|P|F|F", 2),
    ("F|F|F|N|N", 3),
    ("X|F|N|F|F", 2),  # a level that takes no part neither passes nor blocks
    ("|F|F||N", 4),
    ("N|X|X|X|X", 0),
    ("F|X|X|X|X", 5),
    ("X|X|X|X|N", 4),
    ("X|X|X|X|F", 5),
    ("X|X|X|X|X", None),
]


@pytest.mark.parametrize(("row", "expected"), ITEM_LEVELS)
def test_item_level(row: str, expected: int | None) -> None:
    assert result_of({"1.1": row}).items["1.1"].level == expected


def test_gate_figures_are_what_their_names_say() -> None:
    """Guards the three rows above: the level scores are 0.69, 0.69 and 0.70 once rounded."""
    result = result_of({"1.1": f"{AT_069}|{AT_069_TOO}|{AT_0695}||"})
    assert [shown(v) for v in result.items["1.1"].levels] == ["0.69", "0.69", "0.70", None, None]


# --- step 5: domains -----------------------------------------------------------------------------------------------

DOMAINS = [
    # one item
    ({"1.1": "F|F|F|P|N"}, "3.50", 3),
    # (0.33 + 0.00) / 2 = 0.165, half-way: up; the unrounded item 0.325 would give 0.1625, that is 0.16
    ({"1.1": "PNNN|N|||", "1.2": "N||||"}, "0.17", 0),
    # (0.50 + 0.00 + 0.00 + 0.00) / 4 = 0.125, half-way: up (to even would be 0.12)
    ({"1.1": "P|N|N|N|N", "1.2": "N||||", "1.3": "N||||", "1.4": "N||||"}, "0.13", 0),
    # (5.00 + 5.00 + 1.00) / 3 = 3.6667; the lowest item level decides: 1
    ({"1.1": "F|F|F|F|F", "1.2": "F|F|F|F|F", "1.3": "F|N|N|N|N"}, "3.67", 1),
    # (3.00 + 4.00) / 2; lowest level 3 although the first item is listed last
    ({"1.2": "F|F|F|F|N", "1.1": "F|F|F|N|N"}, "3.50", 3),
    # the second item takes no part: neither its score nor its level counts
    ({"1.1": "F|F|N|N|N", "1.2": "X|X|X|X|X"}, "2.00", 2),
    ({"1.1": "||||", "1.2": "F|F|F|F|L"}, "4.70", 5),
    ({"1.1": "X|X|X|X|X", "1.2": "X|||X|"}, None, None),
]


@pytest.mark.parametrize(("picture", "expected", "level"), DOMAINS)
def test_domain(picture: Picture, expected: str | None, level: int | None) -> None:
    domain = result_of(picture).domains["1"]
    assert (shown(domain.score), domain.level) == (expected, level)


# --- step 6: base score of an owner --------------------------------------------------------------------------------

OWNER_BASES = [
    # (0.33 + 0.00) / 2 = 0.165, half-way: up
    ({"1.1": "PNNN|N|||", "2.1": "N||||"}, "0.17"),
    # (1.25 + 0.00) / 2 = 0.625, half-way: up (to even would be 0.62); 1.25 = (5.00 + 0.00 + 0.00 + 0.00) / 4
    ({"1.1": "F||||", "1.2": "N||||", "1.3": "N||||", "1.4": "N||||", "2.1": "N||||"}, "0.63"),
    # (0.17 + 0.00) / 2 = 0.085, half-way: up; straight from the items 0.325 / 2 / 2 = 0.08125 would give 0.08
    ({"1.1": "PNNN|N|||", "1.2": "N||||", "2.1": "N||||"}, "0.09"),
    # domains count alike, however many items they have: (5.00 + 1.00) / 2, not (5.00 + 1.00 + 1.00 + 1.00) / 4
    ({"1.1": "F|F|F|F|F", "2.1": "F|N|N|N|N", "2.2": "F|N|N|N|N", "2.3": "F|N|N|N|N"}, "3.00"),
    # (5.00 + 2.50) / 2: the second domain takes no part
    ({"1.1": "F||||", "2.1": "X|X|X|X|X", "3.1": "P||||"}, "3.75"),
    # (5.00 + 5.00 + 0.00) / 3 = 3.3333
    ({"1.1": "F||||", "2.1": "F||||", "3.1": "-||||"}, "3.33"),
]


@pytest.mark.parametrize(("picture", "expected"), OWNER_BASES)
def test_base_score_of_an_owner(picture: Picture, expected: str) -> None:
    result = result_of(picture)
    assert (shown(result.base_score), shown(result.score)) == (expected, expected)


# --- step 7: bonus -------------------------------------------------------------------------------------------------

TWO = {"1.1": "F|F|N|N|N"}  # 2.00
ALL = {"1.1": "F|F|F|F|F"}  # 5.00
#: 4 x 1.00 + 0.98; 0.98 = (48 x 1.00 + 0.70 + 0.50) / 50 = 0.984, rounded
NEARLY = {"1.1": "F|F|F|F|" + "F" * 48 + "LP"}

BONUSES = [
    (TWO, 0, "0.00", "2.00"),
    (TWO, 1, "0.01", "2.01"),
    (TWO, 2, "0.02", "2.02"),
    (TWO, 3, "0.03", "2.03"),
    (TWO, 4, "0.03", "2.03"),  # at most 0.03 in all
    (TWO, 1000, "0.03", "2.03"),
    (NEARLY, 2, "0.02", "5.00"),  # 4.98 + 0.02 meets the top
    (NEARLY, 3, "0.03", "5.00"),  # 4.98 + 0.03 would pass it
    (ALL, 3, "0.03", "5.00"),
]


@pytest.mark.parametrize(("picture", "bonuses", "bonus", "expected"), BONUSES)
def test_bonus_of_an_owner(picture: Picture, bonuses: int, bonus: str, expected: str) -> None:
    result = result_of(picture, bonuses=bonuses)
    assert (shown(result.bonus), shown(result.score)) == (bonus, expected)


def test_bonus_leaves_base_score_and_domains_alone() -> None:
    result = result_of(NEARLY, bonuses=3)
    assert (shown(result.base_score), shown(result.domains["1"].score)) == ("4.98", "4.98")


SIX_AT_TWO = {f"{n}.1": "F|F|N|N|N" for n in range(1, 7)}
KEYS = ("1", "2", "3", "4", "5")


def test_provider_gets_no_bonus() -> None:
    result = result_of(SIX_AT_TWO, track="provider", key_domains=KEYS, bonuses=3)
    assert (shown(result.base_score), shown(result.bonus), shown(result.score)) == ("2.00", "0.00", "2.00")


# --- step 6: base score of a provider ------------------------------------------------------------------------------


def _full(count: int, full: Sequence[int], absent: Sequence[int] = ()) -> dict[str, str]:
    """Domains 1..count of one criterion: 5.00 for those in ``full``, no part for ``absent``, else 0.00."""
    return {f"{n}.1": ("X" if n in absent else "F" if n in full else "N") + "||||" for n in range(1, count + 1)}


PROVIDER_BASES = [
    # key domains weigh 0.158 each, the others share 0.21
    (_full(8, [1]), "0.79"),  # 5 x 0.158
    (_full(8, [5]), "0.79"),
    (_full(8, [6]), "0.35"),  # 5 x 0.07
    (_full(8, [1, 8]), "1.14"),  # 5 x 0.228
    (_full(8, [1, 2, 3, 4, 5]), "3.95"),  # 5 x 0.79
    (_full(8, [6, 7, 8]), "1.05"),  # 5 x 0.21
    (_full(8, range(1, 9)), "5.00"),
    (_full(9, [6]), "0.26"),  # 2025: four others at 0.0525; 5 x 0.0525 = 0.2625
    (_full(9, [6, 9]), "0.53"),  # 5 x 0.105 = 0.525, half-way: up (to even would be 0.52)
    (_full(7, [6]), "0.53"),  # two others at 0.105: the same half-way case
    (_full(6, [6]), "1.05"),  # one other at 0.21
    # re-normalised over the domains that take part
    (_full(8, [1], absent=[2, 3, 4, 5, 7, 8]), "3.46"),  # 5 x 0.158 / 0.228 = 3.4649
    (_full(8, [6], absent=[2, 3, 4, 5, 7, 8]), "1.54"),  # 5 x 0.07 / 0.228 = 1.5351
    (_full(8, [6], absent=[1, 2, 3, 4, 5]), "1.67"),  # 5 x 0.07 / 0.21 = 1.6667
    (_full(8, [1], absent=[6, 7, 8]), "1.00"),  # 5 x 0.158 / 0.79
    (_full(8, [1], absent=[8]), "0.85"),  # 5 x 0.158 / 0.93 = 0.8495
    (_full(8, [2], absent=[1]), "0.94"),  # 5 x 0.158 / 0.842 = 0.9382
    (_full(6, [6], absent=[1]), "1.25"),  # 5 x 0.21 / 0.842 = 1.2470
    (_full(8, [3], absent=[1, 2, 4, 5, 6, 7, 8]), "5.00"),
]


@pytest.mark.parametrize(("picture", "expected"), PROVIDER_BASES)
def test_base_score_of_a_provider(picture: Picture, expected: str) -> None:
    result = result_of(picture, track="provider", key_domains=KEYS)
    assert (shown(result.base_score), shown(result.score)) == (expected, expected)


def test_provider_rounds_half_up() -> None:
    """Domain 6 at 1.50: 0.07 x 1.50 = 0.105, half-way: up (to even would be 0.10)."""
    picture = {**_full(8, []), "6.1": "F|P|N|N|N"}
    assert shown(result_of(picture, track="provider", key_domains=KEYS).base_score) == "0.11"


def test_key_domains_may_stand_in_any_order() -> None:
    one = result_of(_full(8, [4]), track="provider", key_domains=("8", "4", "6", "1", "2"))
    other = result_of(_full(8, [4]), track="provider", key_domains=("1", "2", "4", "6", "8"))
    assert one == other
    assert shown(one.base_score) == "0.79"
    assert shown(result_of(_full(8, [3]), track="provider", key_domains=("8", "4", "6", "1", "2")).score) == "0.35"


def test_shares_of_the_base_score() -> None:
    """What the pages print next to a domain: its weight among those that take part, to four places."""
    result = result_of(_full(8, [], absent=[1]), track="provider", key_domains=KEYS)
    shares = {code: shown(d.weight) for code, d in result.domains.items()}
    # 0.158 / 0.842 = 0.18765 and 0.07 / 0.842 = 0.08314
    assert shares == {"1": None, **dict.fromkeys("2345", "0.1876"), **dict.fromkeys("678", "0.0831")}
    owner = result_of(_full(8, [], absent=[1]))
    assert {d.weight for d in owner.domains.values()} == {None, Decimal("0.1429")}  # 1 / 7


# --- step 8: overall level -----------------------------------------------------------------------------------------

BORDERS = [
    # one domain, so the domain floor (one point below the band) never decides
    ("N|N|N|N|N", "0.00", 0),
    ("PNNN|LNNN|LNNN|N|N", "0.49", 0),  # 0.13 + 0.18 + 0.18
    ("P|N|N|N|N", "0.50", 1),
    ("F|PNNN|LNNN|LNNN|N", "1.49", 1),
    ("F|P|N|N|N", "1.50", 2),
    ("F|F|PNNN|LNNN|LNNN", "2.49", 2),
    ("F|F|P|N|N", "2.50", 3),
    ("F|F|LLPN|LLPN|LLLN", "3.49", 3),  # 2.00 + 0.48 + 0.48 + 0.53
    ("F|F|F|P|N", "3.50", 4),
    ("F|F|FFFL|FFFP|FFLN", "4.49", 4),  # 2.00 + 0.93 + 0.88 + 0.68
    ("F|F|F|F|P", "4.50", 5),
    ("F|F|F|F|F", "5.00", 5),
]


@pytest.mark.parametrize(("row", "expected", "level"), BORDERS)
def test_bands_include_their_lower_border(row: str, expected: str, level: int) -> None:
    result = result_of({"1.1": row})
    assert (shown(result.score), result.level) == (expected, level)


def test_overall_level_reads_the_score_and_not_the_item_levels() -> None:
    """Half of everything: the gate holds no item above 0, and yet 2.50 is in band 3."""
    result = result_of({"1.1": "P|P|P|P|P"})
    assert (result.items["1.1"].level, result.domains["1"].level, result.level) == (0, 0, 3)


@pytest.mark.parametrize(
    ("row", "bonuses", "level"),
    [
        ("PNNN|LNNN|LNNN|N|N", 0, 0),  # 0.49
        ("PNNN|LNNN|LNNN|N|N", 1, 1),  # 0.49 + 0.01 = 0.50
        ("F|PNNN|LNNN|LNNN|N", 1, 2),  # 1.49 + 0.01 = 1.50
        ("F|F|PNNN|LNNN|LNNN", 1, 3),  # 2.49 + 0.01 = 2.50
        ("F|F|LLPN|LLPN|LLLN", 1, 4),  # 3.49 + 0.01 = 3.50
        ("F|F|FFFL|FFFP|FFLN", 1, 5),  # 4.49 + 0.01 = 4.50
        ("F|F|F|LLPN|N", 1, 3),  # 3.48 + 0.01 = 3.49
        ("F|F|F|LLPN|N", 2, 4),  # 3.48 + 0.02 = 3.50
        ("F|F|F|FFFL|LLLN", 4, 4),  # 3.00 + 0.93 + 0.53 = 4.46, + 0.03 at most = 4.49
    ],
)
def test_bonus_counts_for_the_level(row: str, bonuses: int, level: int) -> None:
    assert result_of({"1.1": row}, bonuses=bonuses).level == level


#: Two items of four make the hundredths: 3.51 = 1.00 + 1.00 + 1.00 + 0.33 + 0.18
AT_351 = "F|F|F|FNN|LNNN"

FLOORS = [
    # (4.00 + 1.00) / 2 = 2.50 is in band 3, whose floor is 1.50: short by 0.50; floor 2 is 0.50
    ({"1.1": "F|F|F|F|N", "2.1": "F|N|N|N|N"}, "2.50", 2),
    # (3.50 + 1.50) / 2 = 2.50: exactly on the floor
    ({"1.1": "F|F|F|P|N", "2.1": "F|P|N|N|N"}, "2.50", 3),
    # (3.51 + 1.49) / 2 = 2.50: one hundredth below the floor
    ({"1.1": AT_351, "2.1": "F|PNNN|LNNN|LNNN|N"}, "2.50", 2),
    # level 1 has no floor: (1.00 + 0.00) / 2 = 0.50
    ({"1.1": "F|N|N|N|N", "2.1": "N|N|N|N|N"}, "0.50", 1),
    # (5.00 + 0.00) / 2 = 2.50: floors of 2 and 3 fail, band 1 is left
    ({"1.1": "F|F|F|F|F", "2.1": "N|N|N|N|N"}, "2.50", 1),
    # (5.00 + 0.49) / 2 = 2.745, rounded 2.75; floor 2 is missed by 0.01
    ({"1.1": "F|F|F|F|F", "2.1": "PNNN|LNNN|LNNN|N|N"}, "2.75", 1),
    # (5.00 + 0.50) / 2 = 2.75; floor 2 is met exactly
    ({"1.1": "F|F|F|F|F", "2.1": "P|N|N|N|N"}, "2.75", 2),
    # (5.00 + 5.00 + 3.50) / 3 = 4.50 and floor 5 is 3.50: both exactly met
    ({"1.1": "F|F|F|F|F", "2.1": "F|F|F|F|F", "3.1": "F|F|F|P|N"}, "4.50", 5),
    # (5.00 + 5.00 + 5.00 + 2.50) / 4 = 4.375, rounded 4.38; floor 4 is 2.50: exactly met
    ({"1.1": "F|F|F|F|F", "2.1": "F|F|F|F|F", "3.1": "F|F|F|F|F", "4.1": "F|F|P|N|N"}, "4.38", 4),
    # a domain without part has no floor to meet
    ({"1.1": "F|F|F|F|F", "2.1": "X|X|X|X|X"}, "5.00", 5),
    # the floor reads the domain, not the item: (5.00 + 0.00) / 2 = 2.50 in the only domain
    ({"1.1": "F|F|F|F|F", "1.2": "N|N|N|N|N"}, "2.50", 3),
]


@pytest.mark.parametrize(("picture", "expected", "level"), FLOORS)
def test_domain_floor(picture: Picture, expected: str, level: int) -> None:
    result = result_of(picture)
    assert (shown(result.score), result.level) == (expected, level)


def test_floor_counts_for_providers_and_light_domains_alike() -> None:
    """5 x 0.93 = 4.65 is in band 5, but the light domain 8 at 0.00 meets no floor from level 2 up."""
    result = result_of(_full(8, range(1, 8)), track="provider", key_domains=KEYS)
    assert (shown(result.score), result.level) == ("4.65", 1)


def test_the_result_says_which_condition_failed_and_by_how_much() -> None:
    """Domains 3.51, 1.49 and 4.00; score 9.00 / 3 = 3.00, with the bonus 3.02."""
    result = result_of({"1.1": AT_351, "2.1": "F|PNNN|LNNN|LNNN|N", "3.1": "F|F|F|F|N"}, bonuses=2)
    assert (shown(result.score), result.level) == ("3.02", 2)
    short = [{code: str(by) for code, by in c.domains_short.items()} for c in result.checks]
    told = [
        (c.level, str(c.band), str(c.short_by), shown(c.floor), by, c.is_met)
        for c, by in zip(result.checks, short, strict=True)
    ]
    assert told == [
        (1, "0.50", "0.00", None, {}, True),
        (2, "1.50", "0.00", "0.50", {}, True),
        (3, "2.50", "0.00", "1.50", {"2": "0.01"}, False),
        (4, "3.50", "0.48", "2.50", {"2": "1.01"}, False),
        (5, "4.50", "1.48", "3.50", {"2": "2.01"}, False),
    ]
    assert result.check(4) is result.checks[3]


# --- step 9 and completeness ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("options", [{}, {"bonuses": 3}])
def test_nothing_takes_part(options: Mapping[str, int]) -> None:
    result = result_of({"1.1": "X|XX|X|X|X", "2.1": "||||"}, **options)
    assert (result.base_score, result.score, result.level) == (None, None, None)
    assert [(d.score, d.level, d.weight) for d in result.domains.values()] == [(None, None, None)] * 2
    assert [(i.score, i.level, i.levels) for i in result.items.values()] == [(None, None, (None,) * 5)] * 2
    assert not any(check.is_met for check in result.checks)
    assert result.complete


def test_nothing_takes_part_for_a_provider() -> None:
    result = result_of(_full(8, [], absent=range(1, 9)), track="provider", key_domains=KEYS)
    assert (result.base_score, result.score, result.level, result.complete) == (None, None, None, True)


def test_not_applicable_is_an_answer_and_unanswered_is_not() -> None:
    result = result_of({"1.1": "FX|-N|||", "1.2": "--||||", "2.1": "XX||||"})
    assert (result.answered, result.total, result.complete) == (5, 8, False)
    assert {c: (i.answered, i.total) for c, i in result.items.items()} == {"1.1": (3, 4), "1.2": (0, 2), "2.1": (2, 2)}
    assert {c: (d.answered, d.total) for c, d in result.domains.items()} == {"1": (3, 6), "2": (2, 2)}


def test_complete_when_the_last_criterion_is_answered() -> None:
    assert result_of({"1.1": "FX|NN|||", "2.1": "P||||"}).complete
    assert not result_of({"1.1": "FX|NN|||", "2.1": "-||||"}).complete


# --- the real edition ----------------------------------------------------------------------------------------------


def _rule(rule: Callable[[Criterion], str | None]) -> dict[str, str]:
    """Verdicts on the real edition by a rule; ``None`` leaves a criterion unanswered."""
    ruled = {c.code: rule(c) for c in get_edition(REAL).criteria.values()}
    return {code: verdict for code, verdict in ruled.items() if verdict is not None}


def _by_level(*verdicts: str | None) -> Callable[[Criterion], str | None]:
    """The same verdict on every criterion of a level."""
    return lambda criterion: verdicts[criterion.level - 1]


def _by_domain(default: str | None, **verdicts: str) -> Callable[[Criterion], str | None]:
    """``d13="none"`` rules on the whole of domain 13."""
    return lambda criterion: verdicts.get(f"d{criterion.domain_code}", default)


REAL_OWNER = [
    # rule, base score, overall level
    (_by_level("full", "full", "full", "full", "full"), "5.00", 5),
    (_by_level("none", "none", "none", "none", "none"), "0.00", 0),
    (_by_level(None, None, None, None, None), "0.00", 0),
    (_by_level("largely", "largely", "largely", "largely", "largely"), "3.50", 4),  # 5 x 0.70, on the border
    (_by_level("partially", "partially", "partially", "partially", "partially"), "2.50", 3),  # on the border
    (_by_level("full", "none", "none", "none", "none"), "1.00", 1),
    (_by_level("full", "largely", "none", "none", "none"), "1.70", 2),
    (_by_level("full", "full", "full", "none", "none"), "3.00", 3),
    (_by_level("full", "full", "largely", "partially", "none"), "3.20", 3),
    (_by_level("full", "full", "full", "largely", "largely"), "4.40", 4),
    (_by_level("full", "full", "full", "full", "partially"), "4.50", 5),  # on the border
    (_by_level("not_applicable", "full", "none", "none", "none"), "1.25", 1),  # 5 x 1.00 / 4
    (_by_level("full", "full", "full", "not_applicable", "not_applicable"), "5.00", 5),
    (_by_domain("none", d6="full"), "0.63", 1),  # 5.00 / 8 = 0.625, half-way: up (to even would be 0.62)
    (_by_domain("none", d6="full", d7="full"), "1.25", 1),
    (_by_domain("not_applicable", d6="full", d7="none"), "2.50", 1),  # (5.00 + 0.00) / 2; floor 0.50 fails
    (_by_domain("full", d13="none"), "4.38", 1),  # 35.00 / 8 = 4.375; domain 13 fails every floor
    (_by_domain("full", d13="not_applicable"), "5.00", 5),
    (_by_domain("largely", d6="not_applicable", d7="none"), "3.00", 1),  # 6 x 3.50 / 7
    (_by_domain("partially", d10="largely"), "2.63", 3),  # (7 x 2.50 + 3.50) / 8 = 2.625, half-way: up
]


@pytest.mark.parametrize(("rule", "expected", "level"), REAL_OWNER)
def test_real_edition_as_owner(rule: Callable[[Criterion], str | None], expected: str, level: int) -> None:
    result = score(ScoringInput.of(REAL, _rule(rule)))
    assert (shown(result.base_score), shown(result.score), result.level) == (expected, expected, level)


def test_real_edition_with_nothing_applicable() -> None:
    result = score(ScoringInput.of(REAL, _rule(_by_domain("not_applicable")), bonuses=1))
    assert (result.base_score, result.score, result.level, result.complete) == (None, None, None, True)


def test_one_criterion_climbs_through_every_rounding() -> None:
    """6.1 has four criteria at level 2, domain 6 three items, the edition eight domains.

    0.50 / 4 = 0.125 -> 0.13; 5 x 0.13 / 5 = 0.13; 0.13 / 3 = 0.0433 -> 0.04; 0.04 / 8 = 0.005 -> 0.01.
    """
    result = score(ScoringInput.of(REAL, {"6.1-L2-01": "partially"}))
    assert [shown(v) for v in result.items["6.1"].levels] == ["0.00", "0.13", "0.00", "0.00", "0.00"]
    figures = (result.items["6.1"].score, result.domains["6"].score, result.base_score)
    assert [shown(v) for v in figures] == ["0.13", "0.04", "0.01"]
    assert (result.answered, result.total, result.complete) == (1, 445, False)


def test_one_item_of_the_real_edition() -> None:
    """8.3 full: domain 8 has four items, 5.00 / 4 = 1.25; 1.25 / 8 = 0.15625 -> 0.16. Its domain stays at level 0."""
    result = score(ScoringInput.of(REAL, _rule(lambda c: "full" if c.item_code == "8.3" else "none")))
    assert (shown(result.items["8.3"].score), result.items["8.3"].level) == ("5.00", 5)
    assert (shown(result.domains["8"].score), result.domains["8"].level) == ("1.25", 0)
    assert (shown(result.score), result.level) == ("0.16", 0)
    assert sorted(c for c, d in result.domains.items() if d.score) == ["8"]


REAL_PROVIDER = [
    # key domains 6, 8, 9, 10, 13 at 0.158; 7, 11, 12 at 0.07
    (_by_domain("full"), "5.00", 5),
    (_by_domain("none", d6="full"), "0.79", 1),
    (_by_domain("none", d13="full"), "0.79", 1),
    (_by_domain("none", d7="full"), "0.35", 0),
    (_by_domain("none", d7="full", d11="full", d12="full"), "1.05", 1),
    (_by_domain("full", d7="none", d11="none", d12="none"), "3.95", 1),  # in band 4, but three domains at 0.00
    (_by_domain("full", d7="partially", d11="partially", d12="partially"), "4.48", 4),  # 3.95 + 0.07 x 7.50 = 4.475
    (_by_domain("not_applicable", d6="full", d7="none"), "3.46", 1),  # 5 x 0.158 / 0.228 = 3.4649
    (_by_domain("none", d6="not_applicable", d8="full"), "0.94", 1),  # 5 x 0.158 / 0.842 = 0.9382
    (_by_level("full", "full", "full", "none", "none"), "3.00", 3),
]


@pytest.mark.parametrize(("rule", "expected", "level"), REAL_PROVIDER)
def test_real_edition_as_provider(rule: Callable[[Criterion], str | None], expected: str, level: int) -> None:
    keys = ("6", "8", "9", "10", "13")
    result = score(ScoringInput.of(REAL, _rule(rule), track="provider", key_domains=keys, bonuses=3))
    assert (shown(result.score), shown(result.bonus), result.level) == (expected, "0.00", level)


# --- what the engine refuses ---------------------------------------------------------------------------------------

FIVE = ("6", "7", "8", "9", "10")

REFUSALS = [
    ({"edition": "gbt36073-2017"}, "gbt36073-2017"),
    ({"verdicts": {"6.1-L1-99": "full"}}, "6.1-L1-99"),
    ({"verdicts": {"6.1-L1-01": "fully"}}, "fully"),
    ({"verdicts": {"6.1-L1-01": "FULL"}}, "FULL"),
    ({"verdicts": {"6.1-L1-01": None}}, "None"),
    ({"verdicts": {"6.1-L1-01": ["full"]}}, "['full']"),
    ({"track": "both"}, "both"),
    ({"scheme": "practice-1999"}, "practice-1999"),
    ({"scheme": ""}, "''"),
    ({"bonuses": -1}, "-1"),
    ({"bonuses": 1.0}, "1.0"),
    ({"bonuses": True}, "True"),
    ({"bonuses": "2"}, "'2'"),
    ({"track": "provider"}, "[]"),
    ({"track": "provider", "key_domains": FIVE[:4]}, "['6', '7', '8', '9']"),
    ({"track": "provider", "key_domains": (*FIVE, "11")}, "'11'"),
    ({"track": "provider", "key_domains": ("6", "7", "8", "9", "9")}, "['6', '7', '8', '9', '9']"),
    ({"track": "provider", "key_domains": (*FIVE, "6")}, "'6'"),
    ({"track": "provider", "key_domains": ("6", "7", "8", "9", "14")}, "'14'"),
    ({"track": "owner", "key_domains": FIVE}, "['6', '7', '8', '9', '10']"),
]


@pytest.mark.parametrize(("change", "named"), REFUSALS)
def test_refused_input_is_named(change: dict, named: str) -> None:
    with pytest.raises(ScoringError) as refusal:
        ScoringInput.of(**{"edition": REAL, "verdicts": {}, **change})
    assert named in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_input_does_not_share_the_callers_verdicts() -> None:
    """A page that goes on editing its dictionary must not change what was checked."""
    mine = {"6.1-L1-01": "full"}
    checked = ScoringInput.of(REAL, mine)
    mine["6.1-L1-01"] = "nonsense"
    assert dict(checked.verdicts) == {"6.1-L1-01": "full"}


# --- a second implementation ---------------------------------------------------------------------------------------
# Written from scoring.md alone, in exact fractions, without looking anything up in the scheme or the engine.

CONFORMITY = {"full": Fraction(1), "largely": Fraction(7, 10), "partially": Fraction(1, 2), "none": Fraction(0)}
BANDS = {1: Fraction(1, 2), 2: Fraction(3, 2), 3: Fraction(5, 2), 4: Fraction(7, 2), 5: Fraction(9, 2)}


@dataclass(frozen=True)
class Reference:
    """The figures of the rules; ``None`` where something takes no part."""

    levels: dict[str, list[Fraction | None]]
    items: dict[str, tuple[Fraction | None, int | None]]
    domains: dict[str, tuple[Fraction | None, int | None]]
    base: Fraction | None
    bonus: Fraction
    score: Fraction | None
    level: int | None
    #: for every level above the reached one: what the score lacks, and what each domain lacks
    lacking: dict[int, tuple[Fraction, dict[str, Fraction]]]


def _rounded(value: Fraction) -> Fraction:
    return Fraction(math.floor(value * 100 + Fraction(1, 2)), 100)


def _mean(values: Sequence[Fraction]) -> Fraction:
    return sum(values, Fraction(0)) / len(values)


def reference(
    edition: Edition, verdicts: Mapping[str, str], track: str, keys: Sequence[str], bonuses: int
) -> Reference:
    levels: dict[str, list[Fraction | None]] = {}
    items: dict[str, tuple[Fraction | None, int | None]] = {}
    domains: dict[str, tuple[Fraction | None, int | None]] = {}
    for domain in edition.domains:
        for item in domain.items:
            levels[item.code] = [_reference_level(item.criteria, number, verdicts) for number in range(1, 6)]
            items[item.code] = _reference_item(levels[item.code])
        inside = [items[i.code] for i in domain.items]
        scores = [s for s, _ in inside if s is not None]
        reached = [number for _, number in inside if number is not None]
        domains[domain.code] = (_rounded(_mean(scores)), min(reached)) if scores else (None, None)
    counting = {code: s for code, (s, _) in domains.items() if s is not None}
    bonus = min(Fraction(3, 100), bonuses * Fraction(1, 100)) if track == "owner" else Fraction(0)
    if not counting:
        return Reference(levels, items, domains, None, bonus, None, None, {})
    if track == "owner":
        base = _rounded(_mean(list(counting.values())))
    else:
        other = Fraction(21, 100) / (len(domains) - 5)
        weights = {code: Fraction(158, 1000) if code in keys else other for code in counting}
        base = _rounded(sum((weights[c] * s for c, s in counting.items()), Fraction(0)) / sum(weights.values()))
    total = min(base + bonus, Fraction(5))
    lacking = {}
    for number, band in BANDS.items():
        floor = band - 1 if number >= 2 else Fraction(0)
        lacking[number] = (max(Fraction(0), band - total), {c: floor - s for c, s in counting.items() if s < floor})
    level = max((n for n, (missing, below) in lacking.items() if missing == 0 and not below), default=0)
    above = {n: what for n, what in lacking.items() if n > level}
    return Reference(levels, items, domains, base, bonus, total, level, above)


def _reference_level(criteria: Sequence[Criterion], number: int, verdicts: Mapping[str, str]) -> Fraction | None:
    given_ = [verdicts.get(c.code, "none") for c in criteria if c.code.split("-")[1] == f"L{number}"]
    counting = [CONFORMITY[v] for v in given_ if v != "not_applicable"]
    return _rounded(_mean(counting)) if counting else None


def _reference_item(levels: Sequence[Fraction | None]) -> tuple[Fraction | None, int | None]:
    counting = [v for v in levels if v is not None]
    if not counting:
        return None, None
    passed = [all(v is None or v >= Fraction(7, 10) for v in levels[:number]) for number in range(1, 6)]
    highest = max((n for n, good in enumerate(passed, 1) if good), default=0)
    return _rounded(5 * _mean(counting)), highest


def _exact(figure: Decimal | None) -> Fraction | None:
    return None if figure is None else Fraction(figure)


def _seen(result: Result) -> Reference:
    """The engine's result in the words of the reference."""
    return Reference(
        levels={c: [_exact(v) for v in i.levels] for c, i in result.items.items()},
        items={c: (_exact(i.score), i.level) for c, i in result.items.items()},
        domains={c: (_exact(d.score), d.level) for c, d in result.domains.items()},
        base=_exact(result.base_score),
        bonus=Fraction(result.bonus),
        score=_exact(result.score),
        level=result.level,
        lacking={
            c.level: (Fraction(c.short_by), {code: Fraction(v) for code, v in c.domains_short.items()})
            for c in result.checks
            if result.level is not None and c.level > result.level
        },
    )


@settings(STEADY, max_examples=250)
@given(picture=pictures(at_most=4), bonuses=st.integers(0, 5))
def test_same_figures_as_the_reference_for_owners(picture: Picture, bonuses: int) -> None:
    result = result_of(picture, bonuses=bonuses)
    assert _seen(result) == reference(edition_of(picture), verdicts_of(picture), "owner", (), bonuses)


@settings(STEADY, max_examples=150)
@given(
    picture=pictures(domains=(6, 9), items=(1, 1), at_most=2),
    keys=st.permutations("123456").map(lambda p: tuple(p[:5])),
    bonuses=st.integers(0, 5),
)
def test_same_figures_as_the_reference_for_providers(picture: Picture, keys: tuple[str, ...], bonuses: int) -> None:
    checked = input_of(picture, track="provider", key_domains=keys, bonuses=bonuses)
    expected = reference(edition_of(picture), verdicts_of(picture), "provider", keys, bonuses)
    assert _seen(score(checked)) == expected


def random_verdicts(seed: int) -> dict[str, str]:
    """Verdicts on the real edition, leaning to one side, with whole levels, items and domains not applicable."""
    luck = Random(seed)
    edition = get_edition(REAL)
    leaning = [luck.choice([0, 1, 3, 9]) for _ in range(5)]
    choices: list[str | None] = ["full", "largely", "partially", "none", None]
    weights = leaning if any(leaning) else [1] * 5
    off = {d for d in edition.domains_by_code if luck.random() < 0.1}
    off |= {i for i in edition.items if luck.random() < 0.1}
    off |= {f"{i}-L{n}" for i in edition.items for n in range(1, 6) if luck.random() < 0.1}
    verdicts: dict[str, str] = {}
    for criterion in edition.criteria.values():
        places = {criterion.domain_code, criterion.item_code, criterion.code.rsplit("-", 1)[0]}
        verdict = "not_applicable" if places & off or luck.random() < 0.05 else luck.choices(choices, weights)[0]
        if verdict is not None:
            verdicts[criterion.code] = verdict
    return verdicts


@settings(STEADY, max_examples=150)
@given(seed=st.integers(0, 2**32), provider=st.booleans(), bonuses=st.integers(0, 4), luck=st.randoms())
def test_same_figures_as_the_reference_on_the_real_edition(
    seed: int, provider: bool, bonuses: int, luck: Random
) -> None:
    edition, verdicts = get_edition(REAL), random_verdicts(seed)
    track = "provider" if provider else "owner"
    keys = tuple(luck.sample([d.code for d in edition.domains], 5)) if provider else ()
    checked = ScoringInput.of(REAL, verdicts, track=track, key_domains=keys, bonuses=bonuses)
    assert _seen(score(checked)) == reference(edition, verdicts, track, keys, bonuses)
