"""Agreement between assessors by hand-computed tables, and the order of work."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.utils import timezone

from assessments.actions import review
from assessments.models import Assessment, User
from assessments.permissions import scope
from assessments.queries import compliance
from assessments.queries import review as reviews
from tests import factories


@pytest.mark.parametrize(
    ("counts", "pairs", "equal", "share", "kappa"),
    [
        ({}, 0, 0, None, None),
        # Everything the same verdict: chance alone agrees, kappa is not defined.
        ({("full", "full"): 7}, 7, 7, "100.0", None),
        ({("full", "full"): 5, ("none", "none"): 5}, 10, 10, "100.0", "1.00"),
        # The example of the textbooks: po 0.70, pe 0.50, kappa 0.40.
        (
            {("full", "full"): 20, ("full", "none"): 5, ("none", "full"): 10, ("none", "none"): 15},
            50,
            35,
            "70.0",
            "0.40",
        ),
        # Worse than chance: po 0, pe 0.5.
        ({("full", "none"): 4, ("none", "full"): 4}, 8, 0, "0.0", "-1.00"),
        # Independent: po equals pe.
        (
            {("full", "full"): 1, ("full", "none"): 1, ("none", "full"): 1, ("none", "none"): 1},
            4,
            2,
            "50.0",
            "0.00",
        ),
        ({("full", "full"): 2, ("full", "largely"): 1}, 3, 2, "66.7", "0.00"),
    ],
)
def test_agreement(
    counts: dict[tuple[str, str], int], pairs: int, equal: int, share: str | None, kappa: str | None
) -> None:
    expected = reviews.Agreement(
        pairs, equal, None if share is None else Decimal(share), None if kappa is None else Decimal(kappa)
    )
    assert reviews.agreement_of(counts) == expected


def test_agreement_counts_open_items_only(review_case: Assessment, lead: User, assessor: User) -> None:
    item, blind = review_case.edition.items["6.1"], review_case.edition.items["6.2"]
    for user in (lead, assessor):
        for criterion in (*item.criteria, *blind.criteria):
            differs = user == assessor and criterion in (item.criteria[0], *blind.criteria)
            review.rule(
                by=user,
                number=review_case.number,
                criterion_code=criterion.code,
                verdict="none" if differs else "full",
                remark="核对",
                version=0,
                at=timezone.now(),
            )
        review.finish_item(by=user, number=review_case.number, item_code="6.1", at=timezone.now())
    mine = scope.cases(lead).get(pk=review_case.pk)
    found = reviews.agreement(lead, mine)
    assert (found.pairs, found.equal) == (len(item.criteria), len(item.criteria) - 1)
    assert reviews.differing(lead, mine).all == (item.criteria[0].code,)
    assert [d.criterion.code for d in reviews.differences_of(lead, mine, [blind.criteria[0].code])] == []


def test_next_unruled_wraps_and_ends(review_case: Assessment, lead: User, assessor: User) -> None:
    case = scope.cases(lead).get(pk=review_case.pk)
    codes = list(case.edition.criteria)
    following = reviews.next_unruled(lead, case, codes[-1])
    assert following is not None
    assert following.code == codes[0]
    factories.rule_all(review_case, (lead, assessor))
    assert reviews.next_unruled(lead, case, codes[0]) is None


def test_hints_name_no_item_twice(compliance_case: Assessment) -> None:
    found = compliance.hints(compliance_case)
    strongest, weakest = ([i.item.code for i in group] for group in (found.strongest, found.weakest))
    assert (len(strongest), len(weakest)) == (5, 5)
    assert set(strongest).isdisjoint(weakest)
    assert min(i.score for i in found.strongest) >= max(i.score for i in found.weakest)
