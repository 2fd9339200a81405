"""The filters of criteria: which rows each leaves, and what is compared with last time."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from assessments.actions import questionnaire as actions
from assessments.models import Answer, Assessment, Scorecard
from assessments.permissions import scope
from assessments.queries import filters
from assessments.queries.filters import Entry, Past, Setting, Standing
from assessments.standard import Kind
from tests import factories

NOW = dt.datetime(2026, 6, 1, tzinfo=dt.UTC)
CODE = "6.1-L2-01"


def setting(**words) -> Setting:
    return Setting(words.get("past", Past()), words.get("is_mine", lambda code: code.startswith("6.")), 3)


def standing(**words) -> Standing:
    return Standing(CODE, words.pop("level", 2), **words)


@pytest.mark.parametrize(
    ("show", "names"),
    [
        ("", ()),
        ("all", ()),
        ("unanswered", ("unanswered",)),
        ("target", ("target",)),
        ("target,mine", ("mine", "target")),
        ("mine,unanswered,target", ("mine", "target")),
        ("UNANSWERED,,;drop", ()),
    ],
)
def test_only_known_filters_are_read_and_one_beside_the_target(show, names):
    assert filters.read(show) == names


@pytest.mark.parametrize(
    ("name", "left", "dropped"),
    [
        ("unanswered", standing(), standing(verdict="none")),
        ("no-evidence", standing(), standing(has_evidence=True)),
        ("not-applicable", standing(verdict="not_applicable"), standing(verdict="none")),
        ("to-confirm", standing(verdict="full", is_carried=True), standing(verdict="full")),
        ("target", standing(level=3), standing(level=4)),
        ("mine", standing(), Standing("7.1-L1-01", 1)),
    ],
)
def test_each_filter_leaves_what_it_says(name, left, dropped):
    assert filters.matches(left, (name,), setting())
    assert not filters.matches(dropped, (name,), setting())


def test_changed_since_the_last_finalising():
    around = setting(past=Past(finalised_at=NOW))
    after, before = NOW + dt.timedelta(seconds=1), NOW - dt.timedelta(days=1)
    assert filters.matches(standing(verdict="full", saved_at=after), ("changed",), around)
    assert not filters.matches(standing(verdict="full", saved_at=before), ("changed",), around)
    assert not filters.matches(standing(verdict="full", saved_at=after), ("changed",), setting())


def test_changed_and_returned_in_a_case_that_was_carried_over():
    past = Past(source=Assessment(), entries={CODE: Entry(Kind.SAME, (CODE,), "full")}, not_accepted=frozenset({CODE}))
    around = setting(past=past)
    waiting = standing(verdict="full", is_carried=True)
    assert filters.matches(waiting, ("returned",), around)
    assert not filters.matches(waiting, ("changed",), around)
    lowered = standing(verdict="partially")
    assert not filters.matches(lowered, ("returned",), around)
    assert filters.matches(lowered, ("changed",), around)


def of_viewer(user, case: Assessment) -> Assessment:
    return scope.cases(user).get(pk=case.pk)


def test_the_first_revision_of_a_fresh_case_has_no_past(enterprise_admin, draft_case):
    assert filters.past(of_viewer(enterprise_admin, draft_case)).is_empty


def test_a_reopened_case_is_compared_with_what_was_finalised(enterprise_admin, finalised_case):
    factories.move(finalised_case, enterprise_admin, "reopen", reason="补充材料")
    case = of_viewer(enterprise_admin, finalised_case)
    past = filters.past(case)
    assert past.finalised_at == Scorecard.objects.get(assessment=case, layer="self").frozen_at
    assert not any(past.is_changed(s) for s in filters.standings(case))
    answer = Answer.objects.get(assessment=case, criterion_code=CODE)
    actions.save(
        by=enterprise_admin, number=case.number, criterion_code=CODE, verdict="none", reason="", note="",
        version=answer.version, at=timezone.now(),
    )  # fmt: skip
    assert [s.code for s in filters.standings(case) if past.is_changed(s)] == [CODE]


def renewed(user, source: Assessment) -> Assessment:
    case = factories.open_case(user, source.enterprise, edition=source.edition_code, carry_from=source.number)
    return of_viewer(user, case)


def freeze_findings(source: Assessment, **verdicts: str) -> None:
    """What the assessors found, as the certified case keeps it."""
    card = Scorecard.objects.get(assessment=source, layer="self")
    card.pk, card.layer, card.verdicts = None, "assessed", {**card.verdicts, **verdicts}
    card.save(force_insert=True)


def test_what_the_assessors_did_not_accept_comes_back(enterprise_admin, finalised_case, world):
    freeze_findings(finalised_case, **{CODE: "partially"})
    case = renewed(enterprise_admin, finalised_case)
    assert filters.past(case).not_accepted == frozenset()  # not public: the enterprise does not read it
    Assessment.objects.filter(pk=finalised_case.pk).update(
        state="certified", body=world.body, applied_at=timezone.now()
    )
    past = filters.past(of_viewer(enterprise_admin, case))
    assert past.not_accepted == {CODE}
    around = Setting(past, lambda code: True, 3)
    assert [s.code for s in filters.standings(case) if filters.matches(s, ("returned",), around)] == [CODE]


def test_the_past_costs_one_query_with_the_case_at_hand(enterprise_admin, finalised_case, django_assert_num_queries):
    case = renewed(enterprise_admin, finalised_case)
    ready = scope.cases(enterprise_admin).select_related("carry_over__source").get(pk=case.pk)
    with django_assert_num_queries(0):
        assert len(filters.past(ready).entries) == case.total
