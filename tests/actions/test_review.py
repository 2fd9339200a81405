"""What the review refuses, each time with nothing changed, and what it keeps."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from assessments.actions import audit, review
from assessments.actions.errors import Conflict, NotAllowed, Refused
from assessments.models import Assessment, Event, ItemReview, ReconciledVerdict, Ruling, TeamMember, User

ITEM = "6.1"


def codes(case: Assessment, item: str = ITEM) -> list[str]:
    return [c.code for c in case.edition.items[item].criteria]


def rule(
    by: User, case: Assessment, code: str, verdict: str = "partially", remark: str = "核对", version: int = 0
) -> Ruling:
    return review.rule(
        by=by,
        number=case.number,
        criterion_code=code,
        verdict=verdict,
        remark=remark,
        version=version,
        at=timezone.now(),
    )


def finish(by: User, case: Assessment, item: str = ITEM) -> ItemReview:
    return review.finish_item(by=by, number=case.number, item_code=item, at=timezone.now())


def rule_item(by: User, case: Assessment, verdict: str = "partially", remark: str = "核对") -> None:
    for code in codes(case):
        rule(by, case, code, verdict, remark)


@pytest.fixture
def unchanged(db: None) -> Callable[[], Any]:
    """A picture of everything the review writes, to compare before and after."""

    def picture() -> Any:
        return (
            list(Ruling.objects.order_by("pk").values_list("pk", "verdict", "remark", "version")),
            list(ItemReview.objects.order_by("pk").values_list("pk", "ruled", "finished_at")),
            list(ReconciledVerdict.objects.order_by("pk").values_list("pk", "verdict", "reason", "version")),
            list(TeamMember.objects.order_by("pk").values_list("pk", "role", "declared_at")),
            list(Assessment.objects.values_list("assessed_score", "assessed_level", "chain_length")),
            Event.objects.count(),
        )

    return picture


def test_same_ruling_twice_is_one(review_case: Assessment, lead: User, unchanged: Callable[[], Any]) -> None:
    code = codes(review_case)[0]
    rule(lead, review_case, code)
    before = unchanged()
    assert rule(lead, review_case, code, version=0).version == 1
    assert unchanged() == before


def test_stale_ruling(review_case: Assessment, lead: User, unchanged: Callable[[], Any]) -> None:
    code = codes(review_case)[0]
    rule(lead, review_case, code, "full")
    before = unchanged()
    with pytest.raises(Conflict) as met:
        rule(lead, review_case, code, "none")
    assert met.value.current.verdict == "full"
    assert unchanged() == before


def test_both_rule_on_the_same_criterion_apart(review_case: Assessment, lead: User, assessor: User) -> None:
    code = codes(review_case)[0]
    rule(lead, review_case, code, "full")
    rule(assessor, review_case, code, "none")
    assert sorted(Ruling.objects.values_list("assessor__name", "verdict", "version")) == [
        ("吴组长", "full", 1),
        ("郑评估", "none", 1),
    ]


@pytest.mark.parametrize("code", ["6.1-L9-01", "", "6.1", "%"])
def test_unknown_criterion(review_case: Assessment, lead: User, code: str, unchanged: Callable[[], Any]) -> None:
    before = unchanged()
    with pytest.raises(Refused):
        rule(lead, review_case, code)
    assert unchanged() == before


def test_rule_outside_the_ruling_states(reporting_case: Assessment, lead: User, unchanged: Callable[[], Any]) -> None:
    before = unchanged()
    with pytest.raises(NotAllowed):
        rule(lead, reporting_case, codes(reporting_case)[0], "none", version=1)
    assert unchanged() == before


def test_finish_needs_a_remark_where_the_verdict_differs(
    review_case: Assessment, lead: User, unchanged: Callable[[], Any]
) -> None:
    rule_item(lead, review_case, remark="")
    before = unchanged()
    with pytest.raises(Refused, match="未填写评审意见"):
        finish(lead, review_case)
    assert unchanged() == before


def test_second_finish_makes_equal_rulings_the_verdict(review_case: Assessment, lead: User, assessor: User) -> None:
    rule_item(lead, review_case)
    rule_item(assessor, review_case)
    first = codes(review_case)[0]
    rule(assessor, review_case, first, "none", version=1)
    finish(lead, review_case)
    assert ReconciledVerdict.objects.count() == 0
    finish(assessor, review_case)
    assert set(ReconciledVerdict.objects.values_list("criterion_code", flat=True)) == set(codes(review_case)[1:])
    assert set(ReconciledVerdict.objects.values_list("verdict", "had_difference")) == {("partially", False)}


def test_finish_twice_changes_nothing(review_case: Assessment, lead: User, unchanged: Callable[[], Any]) -> None:
    rule_item(lead, review_case)
    finish(lead, review_case)
    before = unchanged()
    finish(lead, review_case)
    assert unchanged() == before


def test_reconcile_while_blind(
    review_case: Assessment, lead: User, assessor: User, unchanged: Callable[[], Any]
) -> None:
    rule_item(lead, review_case)
    rule_item(assessor, review_case, "none")
    finish(assessor, review_case)
    before = unchanged()
    with pytest.raises(Refused, match="两名评估师均完成"):
        review.reconcile(
            by=lead,
            number=review_case.number,
            criterion_code=codes(review_case)[0],
            verdict="full",
            reason="理由",
            version=0,
            at=timezone.now(),
        )
    assert unchanged() == before


@pytest.mark.parametrize(("verdict", "reason"), [("full", ""), ("full", " \r\n"), ("", "理由"), ("superb", "理由")])
def test_reconcile_needs_verdict_and_reason(
    review_case: Assessment, lead: User, assessor: User, verdict: str, reason: str, unchanged: Callable[[], Any]
) -> None:
    for user, said in ((lead, "partially"), (assessor, "none")):
        rule_item(user, review_case, said)
        finish(user, review_case)
    before = unchanged()
    with pytest.raises(Refused):
        review.reconcile(
            by=lead,
            number=review_case.number,
            criterion_code=codes(review_case)[0],
            verdict=verdict,
            reason=reason,
            version=0,
            at=timezone.now(),
        )
    assert unchanged() == before


def test_rulings_stay_as_they_were_after_reconciling(review_case: Assessment, lead: User, assessor: User) -> None:
    for user, said in ((lead, "partially"), (assessor, "none")):
        rule_item(user, review_case, said)
        finish(user, review_case)
    code = codes(review_case)[0]
    review.reconcile(
        by=lead,
        number=review_case.number,
        criterion_code=code,
        verdict="largely",
        reason="现场核实",
        version=0,
        at=timezone.now(),
    )
    assert sorted(Ruling.objects.filter(criterion_code=code).values_list("verdict", flat=True)) == ["none", "partially"]
    assert ReconciledVerdict.objects.get().verdict == "largely"
    assert audit.verify()[1] is None


def test_conflict_that_arises_later_ends_the_ruling(
    review_case: Assessment, assessor: User, unchanged: Callable[[], Any]
) -> None:
    review_case.enterprise.conflicts.create(
        user=assessor, kind="relation", until=timezone.localdate(), declared_at=timezone.now()
    )
    before = unchanged()
    with pytest.raises(Assessment.DoesNotExist):
        rule(assessor, review_case, codes(review_case)[0])
    assert unchanged() == before
