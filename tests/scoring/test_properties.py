"""What must hold for every assessment (scoring.md, "Properties that must hold")."""

from __future__ import annotations

import json
from random import Random
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from assessments.scoring import Result, ScoringInput, score
from assessments.standard import get_edition
from tests.scoring.pictures import REAL, STEADY, Picture, input_of, pictures, result_of, shown
from tests.scoring.test_engine import random_verdicts

#: From worst to best; unanswered stands with none.
LADDER = "NPLF"
KEYS = ("1", "2", "3", "4", "5")


def _figures(result: Result) -> dict[str, object]:
    """Every figure that a better verdict may raise, by name."""
    figures: dict[str, object] = {"base": result.base_score, "score": result.score, "level": result.level}
    for item in result.items.values():
        figures[f"{item.code} score"], figures[f"{item.code} level"] = item.score, item.level
        figures |= {f"{item.code} L{n}": value for n, value in enumerate(item.levels, 1)}
    for domain in result.domains.values():
        figures[f"{domain.code} score"], figures[f"{domain.code} level"] = domain.score, domain.level
    return figures


def _assert_none_lower(before: Result, after: Result) -> None:
    old, new = _figures(before), _figures(after)
    assert old.keys() == new.keys()
    assert [name for name, value in old.items() if (value is None) != (new[name] is None)] == []
    assert [name for name, value in old.items() if value is not None and new[name] < value] == []  # type: ignore[operator]


def _raised(picture: Picture, luck: Random) -> dict[str, str] | None:
    """The picture with one verdict raised, or ``None`` when nothing can rise."""
    places = [(c, n) for c, row in picture.items() for n, letter in enumerate(row) if letter in "-NPL"]
    if not places:
        return None
    code, n = luck.choice(places)
    row = picture[code]
    better = LADDER[LADDER.index(row[n].replace("-", "N")) + 1 :]
    return {**picture, code: row[:n] + luck.choice(better) + row[n + 1 :]}


@settings(STEADY, max_examples=200)
@given(picture=pictures(), bonuses=st.integers(0, 3), luck=st.randoms())
def test_raising_one_verdict_lowers_no_figure(picture: Picture, bonuses: int, luck: Random) -> None:
    better = _raised(picture, luck)
    assume(better is not None)
    assert better is not None
    _assert_none_lower(result_of(picture, bonuses=bonuses), result_of(better, bonuses=bonuses))


@settings(STEADY, max_examples=80)
@given(picture=pictures(domains=(6, 8), items=(1, 1), at_most=2), luck=st.randoms())
def test_raising_one_verdict_lowers_no_figure_of_a_provider(picture: Picture, luck: Random) -> None:
    better = _raised(picture, luck)
    assume(better is not None)
    assert better is not None
    before, after = (result_of(p, track="provider", key_domains=KEYS) for p in (picture, better))
    _assert_none_lower(before, after)


@settings(STEADY, max_examples=60)
@given(seed=st.integers(0, 2**32), luck=st.randoms())
def test_raising_one_verdict_lowers_no_figure_of_the_real_edition(seed: int, luck: Random) -> None:
    verdicts = random_verdicts(seed)
    ladder = ["none", "partially", "largely", "full"]
    below = [c for c in get_edition(REAL).criteria if verdicts.get(c) not in ("full", "not_applicable")]
    assume(below)
    code = luck.choice(below)
    better = luck.choice(ladder[ladder.index(verdicts.get(code, "none")) + 1 :])
    before = score(ScoringInput.of(REAL, verdicts))
    _assert_none_lower(before, score(ScoringInput.of(REAL, {**verdicts, code: better})))


@settings(STEADY, max_examples=40)
@given(seed=st.integers(0, 2**32), luck=st.randoms())
def test_order_of_verdicts_does_not_matter(seed: int, luck: Random) -> None:
    verdicts = random_verdicts(seed)
    codes = list(verdicts)
    luck.shuffle(codes)
    one = score(ScoringInput.of(REAL, verdicts))
    other = score(ScoringInput.of(REAL, {code: verdicts[code] for code in codes}))
    assert one == other
    assert json.dumps(one.to_dict()) == json.dumps(other.to_dict())


@settings(STEADY, max_examples=60)
@given(picture=pictures(letters="FX"), bonuses=st.integers(0, 9))
def test_all_full_is_the_top(picture: Picture, bonuses: int) -> None:
    """Whatever does not apply: what counts is full, so every figure that exists is at its top."""
    assume("F" in "".join(picture.values()))
    result = result_of(picture, bonuses=bonuses)
    assert (shown(result.base_score), shown(result.score), result.level) == ("5.00", "5.00", 5)
    assert {(shown(i.score), i.level) for i in result.items.values()} <= {("5.00", 5), (None, None)}
    assert {(shown(d.score), d.level) for d in result.domains.values()} <= {("5.00", 5), (None, None)}
    assert all(check.is_met for check in result.checks)


@settings(STEADY, max_examples=60)
@given(picture=pictures(letters="NX-"))
def test_all_none_is_the_bottom(picture: Picture) -> None:
    assume(set("".join(picture.values())) & {"N", "-"})
    result = result_of(picture)
    assert (shown(result.base_score), shown(result.score), result.level) == ("0.00", "0.00", 0)
    assert {shown(i.score) for i in result.items.values()} <= {"0.00", None}
    assert {shown(d.score) for d in result.domains.values()} <= {"0.00", None}


def test_all_full_and_all_none_on_the_real_edition() -> None:
    codes = get_edition(REAL).criteria
    keys = ("6", "7", "8", "9", "10")
    tracks: list[dict[str, Any]] = [{}, {"track": "provider", "key_domains": keys}]
    for options in tracks:
        top = score(ScoringInput.of(REAL, dict.fromkeys(codes, "full"), **options))
        bottom = score(ScoringInput.of(REAL, dict.fromkeys(codes, "none"), **options))
        assert (shown(top.score), top.level, top.complete) == ("5.00", 5, True)
        assert (shown(bottom.score), bottom.level, bottom.complete) == ("0.00", 0, True)


@settings(STEADY, max_examples=60)
@given(picture=pictures(), bonuses=st.integers(0, 3))
def test_results_come_back_equal_from_json(picture: Picture, bonuses: int) -> None:
    result = result_of(picture, bonuses=bonuses)
    back = Result.from_dict(json.loads(json.dumps(result.to_dict())))
    assert back == result
    assert json.dumps(back.to_dict()) == json.dumps(result.to_dict())  # also the places after the point


@settings(STEADY, max_examples=30)
@given(seed=st.integers(0, 2**32))
def test_results_of_the_real_edition_come_back_equal_from_json(seed: int) -> None:
    options: dict[str, Any] = {"track": "provider", "key_domains": ("6", "8", "9", "10", "13")}
    result = score(ScoringInput.of(REAL, random_verdicts(seed), **options))
    assert Result.from_dict(json.loads(json.dumps(result.to_dict()))) == result


def test_a_changed_figure_does_not_come_back_equal() -> None:
    """So that the round trip above cannot pass because comparing says yes to anything."""
    plain = result_of({"1.1": "F|P|N|N|N"}).to_dict()
    plain["items"]["1.1"]["levels"][1] = "0.51"
    assert Result.from_dict(plain) != result_of({"1.1": "F|P|N|N|N"})


def test_scoring_changes_nothing_it_was_given() -> None:
    checked = input_of({"1.1": "FL|P|-|X|N"}, bonuses=2)
    before = dict(checked.verdicts)
    assert score(checked) == score(checked)
    assert dict(checked.verdicts) == before
