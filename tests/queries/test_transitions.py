"""The words of the steps cover the whole workflow table."""

from __future__ import annotations

from assessments.queries.transitions import CONDITIONS, IN_FORM, WORDS, checks, obstacles
from assessments.workflow import ACTIONS, ARROWS, CaseFacts, refusals


def test_every_action_says_what_it_does_and_that_it_is_done() -> None:
    assert set(WORDS) == set(ACTIONS)
    for words in WORDS.values():
        assert words.effects
        assert all(text.zh.endswith("。") and text.en.endswith(".") for text in (*words.effects, words.done))


def test_every_guard_has_its_condition() -> None:
    assert set(CONDITIONS) == {guard for arrow in ARROWS for guard in arrow.guards}


def test_checks_and_refusals_agree() -> None:
    """A condition is unmet exactly where the workflow refuses, but for what the form of the step asks for."""
    for arrow in ARROWS:
        for facts in (CaseFacts(), CaseFacts(answered=445, total=445, recommended_level=4, notice_closed=True)):
            refused = {g for g in arrow.guards if g(facts)}
            unmet = [c.label for c in checks(arrow, facts) if c.status == "unmet"]
            assert unmet == [CONDITIONS[g] for g in arrow.guards if g in refused - IN_FORM]
            assert set(obstacles(arrow, facts)) <= set(refusals(arrow, facts))
