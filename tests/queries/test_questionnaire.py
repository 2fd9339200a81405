"""Figures beside the questionnaire are the same from kept rows and from a fresh result."""

from __future__ import annotations

from dataclasses import astuple

from assessments.queries import questionnaire as queries
from assessments.queries.filters import Past, Setting
from assessments.queries.results import domain_figures, live_result


def test_both_sources_of_live_figures_agree(answered_case):
    item = answered_case.edition.items["7.2"]
    kept = queries.live_from_rows(answered_case, item, domain_figures(answered_case, "self"))
    fresh = queries.live_from_result(answered_case, item, live_result(answered_case, "self"))
    for one, other in ((kept.item, fresh.item), (kept.domain, fresh.domain)):
        assert (one.score, one.level) == (other.score, other.level)
        assert (one.answered, one.total) == (other.answered, other.total)
    assert kept.item.levels == fresh.item.levels
    assert astuple(kept)[2:] == astuple(fresh)[2:]
    assert (str(kept.score), kept.level, kept.answered, kept.total) == ("3.20", 3, 445, 445)


def test_unsaved_words_stay_whatever_the_filter(draft_case):
    item = draft_case.edition.items["6.1"]
    code = item.criteria[0].code
    unsaved = queries.Unsaved(verdict="full", reason="", note="", version=0, problem="")
    setting = Setting(Past(), lambda code: False, draft_case.target_level)
    rows = queries.with_unsaved(queries.rows(draft_case, item, Past()), code, unsaved)
    assert [r.criterion.code for r in queries.matching(rows, ("not-applicable",), setting)] == [code]
