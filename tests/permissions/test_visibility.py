"""Blind double review in SQL: who sees which ruling, item by item."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from assessments.actions import review
from assessments.models import Assessment, User
from assessments.permissions import scope, visibility
from tests import factories

FIRST, SECOND = "6.1", "6.2"


def seen(user: User, case: Assessment, item: str = FIRST) -> set[tuple[str, str]]:
    mine = scope.cases(user).get(pk=case.pk)
    return set(visibility.rulings(user, mine, item).values_list("criterion_code", "assessor__name"))


def rule_item(case: Assessment, user: User, item: str, *, finish: bool = True, verdict: str = "partially") -> None:
    for criterion in case.edition.items[item].criteria:
        review.rule(
            by=user,
            number=case.number,
            criterion_code=criterion.code,
            verdict=verdict,
            remark=f"{user.name}的意见",
            version=0,
            at=timezone.now(),
        )
    if finish:
        review.finish_item(by=user, number=case.number, item_code=item, at=timezone.now())


@pytest.fixture
def half_open(review_case: Assessment, lead: User, assessor: User) -> Assessment:
    """Both finished the first item; the second item is finished by the assessor and only ruled on by the lead."""
    rule_item(review_case, lead, FIRST)
    rule_item(review_case, assessor, FIRST)
    rule_item(review_case, assessor, SECOND)
    rule_item(review_case, lead, SECOND, finish=False)
    return review_case


def expected(case: Assessment, item: str, *people: User) -> set[tuple[str, str]]:
    return {(c.code, p.name) for c in case.edition.items[item].criteria for p in people}


def test_open_item_is_seen_by_both(half_open: Assessment, lead: User, assessor: User) -> None:
    both = expected(half_open, FIRST, lead, assessor)
    assert seen(lead, half_open) == both
    assert seen(assessor, half_open) == both


def test_blind_item_shows_own_rulings_only(half_open: Assessment, lead: User, assessor: User) -> None:
    assert seen(lead, half_open, SECOND) == expected(half_open, SECOND, lead)
    assert seen(assessor, half_open, SECOND) == expected(half_open, SECOND, assessor)


@pytest.mark.parametrize("persona", ["body_manager", "quality_reviewer"])
def test_others_of_the_body_see_open_items_only(half_open: Assessment, world: Any, persona: str) -> None:
    user = getattr(world, persona)
    assert seen(user, half_open) == expected(half_open, FIRST, world.lead, world.assessor)
    assert seen(user, half_open, SECOND) == set()


@pytest.mark.parametrize("persona", ["enterprise_admin", "contributor", "viewer", "officer", "district_officer"])
def test_enterprise_and_office_see_none_during_the_review(half_open: Assessment, world: Any, persona: str) -> None:
    assert seen(getattr(world, persona), half_open) == set()


def test_office_sees_rulings_after_sign_off_and_the_enterprise_never(compliance_case: Assessment, world: Any) -> None:
    assert seen(world.officer, compliance_case) == expected(compliance_case, FIRST, world.lead, world.assessor)
    assert seen(world.enterprise_admin, compliance_case) == set()


def test_one_finished_twice_counts_once(review_case: Assessment, lead: User, assessor: User) -> None:
    """An item resumed and finished again by the same person stays blind."""
    rule_item(review_case, lead, FIRST)
    review.resume_item(by=lead, number=review_case.number, item_code=FIRST, at=timezone.now())
    review.finish_item(by=lead, number=review_case.number, item_code=FIRST, at=timezone.now())
    rule_item(review_case, assessor, FIRST, finish=False)
    assert visibility.is_open(review_case, FIRST) is False
    assert seen(assessor, review_case) == expected(review_case, FIRST, assessor)


def test_code_with_the_same_beginning_is_another_item(review_case: Assessment, lead: User, assessor: User) -> None:
    """6.1 opens; nothing of another item that begins with the same digits does."""
    factories.rule_all(review_case, (lead, assessor))
    mine = scope.cases(lead).get(pk=review_case.pk)
    codes = set(visibility.rulings(lead, mine, "1").values_list("criterion_code", flat=True))
    assert codes == set()


def test_open_rulings_leave_own_blind_ones_out(half_open: Assessment, lead: User) -> None:
    mine = scope.cases(lead).get(pk=half_open.pk)
    assert set(visibility.open_rulings(lead, mine).values_list("item_code", flat=True)) == {FIRST}
    assert set(visibility.case_rulings(lead, mine).values_list("item_code", flat=True)) == {FIRST, SECOND}


def test_case_of_another_body_has_no_rulings(
    half_open: Assessment, other_manager: User, login: Callable[..., Any]
) -> None:
    assert scope.cases(other_manager).filter(pk=half_open.pk).exists() is False
