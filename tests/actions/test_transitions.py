"""The straight road, and its refusals, through the one writer of states."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from assessments.actions import certificates, review, transitions
from assessments.actions.errors import NotAllowed, Refused
from assessments.models import (
    Assessment,
    Certificate,
    Event,
    InboxMessage,
    PublicNotice,
    Scorecard,
    Signature,
    Transition,
)
from assessments.queries.facts import Given
from tests import factories
from tests.conftest import World


def _snapshot(case: Assessment) -> tuple:
    """Everything a refused action must leave alone."""
    fresh = Assessment.objects.filter(pk=case.pk).values().get()
    return (
        fresh,
        Event.objects.count(),
        Transition.objects.count(),
        Scorecard.objects.count(),
        Signature.objects.count(),
        InboxMessage.objects.count(),
        PublicNotice.objects.count(),
        Certificate.objects.count(),
    )


def _refused(case: Assessment, by: object, action: str, kind: type[Exception], **given: object) -> str:
    before = _snapshot(case)
    with pytest.raises(kind) as caught:
        transitions.move(by=by, number=case.number, action=action, at=timezone.now(), given=Given(**given))
    assert _snapshot(case) == before
    return str(caught.value)


def test_the_whole_road_ends_with_a_certificate(world: World, certified_case: Assessment) -> None:
    assert certified_case.state == "certified"
    steps = list(certified_case.transitions.order_by("pk").values_list("action", flat=True))
    assert steps == [
        "open", "finalise", "apply", "accept", "start_review", "go_onsite", "start_reporting",
        "sign_report", "sign_off", "pass_to_notice", "close_notice", "issue_certificate",
    ]  # fmt: skip
    certificate = Certificate.objects.get()
    # full, full, 0.70, 0.50, 0 in every item: 5 x 3.20 / 5 = 3.20 everywhere
    assert (str(certified_case.assessed_score), certified_case.assessed_level, certificate.level) == ("3.20", 3, 3)
    assert certificate.holder_name == world.enterprise.name
    assert certificate.uscc == world.enterprise.uscc
    assert certificate.status == "active"
    assert certificate.expiry_date == certificates.expiry(certificate.issue_date)
    assert {(s.layer, s.revision) for s in Scorecard.objects.all()} == {("self", 1), ("assessed", 1)}


@pytest.mark.parametrize(
    ("issued", "last_day"), [("2026-11-22", "2029-11-21"), ("2024-02-29", "2027-02-28"), ("2027-01-01", "2029-12-31")]
)
def test_a_certificate_is_valid_for_three_years(issued: str, last_day: str) -> None:
    assert certificates.expiry(dt.date.fromisoformat(issued)) == dt.date.fromisoformat(last_day)


def test_unanswered_criteria_stop_finalising(world: World, draft_case: Assessment) -> None:
    assert (
        _refused(draft_case, world.enterprise_admin, "finalise", Refused, pledge=True)
        == "还有 445 条未作答，请全部作答后再提交。"
    )


def test_not_applicable_without_reason_stops_finalising(world: World, answered_case: Assessment) -> None:
    answered_case.answers.filter(criterion_code="6.1-L1-01").update(verdict="not_applicable", reason="")
    assert "不适用" in _refused(answered_case, world.enterprise_admin, "finalise", Refused, pledge=True)


def test_finalising_needs_the_pledge_of_an_administrator(world: World, answered_case: Assessment) -> None:
    assert "承诺" in _refused(answered_case, world.enterprise_admin, "finalise", Refused)
    assert "企业管理员" in _refused(answered_case, world.contributor, "finalise", NotAllowed, pledge=True)


def test_the_figures_of_the_case_are_those_that_were_frozen(world: World, answered_case: Assessment) -> None:
    """What stood there from before, such as from another release of the engine, does not stay beside the card."""
    answered_case.domain_scores.filter(layer="self").update(score="0.01", level=1)
    Assessment.objects.filter(pk=answered_case.pk).update(self_score="0.01", self_level=1)
    case = factories.move(answered_case, world.enterprise_admin, "finalise", pledge=True)
    case.refresh_from_db()
    result = case.scorecards.get(layer="self").result
    assert (case.self_score, case.self_level) == (result.score, result.level)
    kept = {d.domain_code: (d.score, d.level) for d in case.domain_scores.filter(layer="self")}
    assert kept == {code: (d.score, d.level) for code, d in result.domains.items()}


def test_a_stranger_does_not_even_find_the_case(world: World, answered_case: Assessment) -> None:
    for user in (world.stranger, world.body_manager, world.officer, world.auditor, world.nobody):
        _refused(answered_case, user, "finalise", Assessment.DoesNotExist, pledge=True)


def test_a_double_click_is_refused_and_changes_nothing(world: World, finalised_case: Assessment) -> None:
    message = _refused(finalised_case, world.enterprise_admin, "finalise", Refused, pledge=True)
    assert message.startswith("当前状态为“自评完成”")


@pytest.mark.parametrize(
    ("profile", "words"),
    [
        ({"is_suspended": True}, "资质已暂停"),
        ({"valid_until": dt.date(2020, 1, 2), "valid_from": dt.date(2020, 1, 1)}, "不在有效期内"),
        ({"max_level": 2}, "最高可评 2 级"),
    ],
)
def test_an_unqualified_body_cannot_be_chosen(
    world: World, finalised_case: Assessment, profile: dict, words: str
) -> None:
    body = factories.make_body("临时机构", **profile)
    assert words in _refused(finalised_case, world.enterprise_admin, "apply", Refused, body=body)


def test_a_declined_case_goes_back_and_the_body_loses_sight(world: World, applied_case: Assessment) -> None:
    assert "理由" in _refused(applied_case, world.body_manager, "decline", Refused, reason="  ")
    case = factories.move(applied_case, world.body_manager, "decline", reason="近期无评估能力")
    assert (case.state, case.body, case.applied_at) == ("finalised", None, None)
    _refused(case, world.body_manager, "accept", Assessment.DoesNotExist)
    assert case.transitions.last().reason == "近期无评估能力"


def test_reopening_starts_a_new_revision_and_keeps_the_frozen_one(world: World, finalised_case: Assessment) -> None:
    case = factories.move(finalised_case, world.enterprise_admin, "reopen", reason="补充材料")
    assert (case.state, case.revision) == ("draft", 2)
    case = factories.move(case, world.enterprise_admin, "finalise", pledge=True)
    assert list(Scorecard.objects.order_by("revision").values_list("revision", flat=True)) == [1, 2]


def test_the_review_starts_only_with_a_complete_declared_team(world: World, planning_case: Assessment) -> None:
    now = timezone.now()
    assert "一名组长" in _refused(planning_case, world.body_manager, "start_review", Refused)
    for user, role in ((world.lead, "lead"), (world.lead, "assessor"), (world.assessor, "assessor")):
        review.assign(by=world.body_manager, number=planning_case.number, user=user, role=role, at=now)
    assert "尚未作出" in _refused(planning_case, world.body_manager, "start_review", Refused)


def test_differences_stop_the_report(world: World, review_case: Assessment) -> None:
    factories.rule_all(review_case, (world.lead, world.assessor), differ=["6.1-L1-01", "9.2-L3-02"])
    case = factories.move(review_case, world.lead, "go_onsite")
    assert _refused(case, world.lead, "start_reporting", Refused) == "还有 2 条两名评估师意见不一致，请先完成合议。"


def test_the_lead_cannot_release_the_own_report(world: World, reporting_case: Assessment) -> None:
    assert "质量审核员" in _refused(reporting_case, world.lead, "sign_off", NotAllowed)


def test_sending_back_voids_the_signature_and_keeps_it(world: World, reporting_case: Assessment) -> None:
    review.write_conclusion(
        by=world.lead, number=reporting_case.number, strengths="甲", weaknesses="乙", advice="丙", at=timezone.now()
    )
    case = factories.move(reporting_case, world.lead, "sign_report")
    case = factories.move(case, world.quality_reviewer, "send_back", reason="结论与条款不符")
    assert list(case.signatures.filter(kind="lead").values_list("is_void", flat=True)) == [True]
    case = factories.move(case, world.lead, "sign_report")
    assert list(case.signatures.filter(kind="lead").values_list("is_void", flat=True)) == [True, False]


def test_returned_by_the_office_a_new_report_revision_is_frozen(world: World, compliance_case: Assessment) -> None:
    case = factories.move(compliance_case, world.officer, "return", reason="附件缺失")
    assert (case.state, case.report_revision) == ("reporting", 2)
    case = factories.move(case, world.lead, "sign_report")
    case = factories.move(case, world.quality_reviewer, "sign_off")
    assert sorted(Scorecard.objects.filter(layer="assessed").values_list("revision", flat=True)) == [1, 2]


def test_a_notice_cannot_be_closed_early_nor_a_certificate_issued_before(
    world: World, compliance_case: Assessment
) -> None:
    case = factories.move(compliance_case, world.officer, "pass_to_notice")
    assert _refused(case, world.officer, "close_notice", Refused) == "公示期还有 7 天，期满后方可结束公示。"
    assert _refused(case, world.officer, "issue_certificate", Refused) == "请先结束公示。"


def test_level_four_goes_to_the_panel(world: World, review_case: Assessment) -> None:
    factories.rule_all(review_case, (world.lead, world.assessor), lambda code: "largely" if "-L5" in code else "full")
    case = factories.move(review_case, world.lead, "go_onsite")
    case = factories.move(case, world.lead, "start_reporting")
    review.write_conclusion(
        by=world.lead, number=case.number, strengths="甲", weaknesses="乙", advice="丙", at=timezone.now()
    )
    case = factories.move(case, world.lead, "sign_report")
    case = factories.move(case, world.quality_reviewer, "sign_off")
    # 5 x (4 x 1.00 + 0.70) / 5 = 4.70
    assert (str(case.assessed_score), case.assessed_level) == ("4.70", 5)
    assert "专家评议" in _refused(case, world.officer, "pass_to_notice", Refused)
    case = factories.move(case, world.officer, "pass_to_panel")
    assert "规定的 5 名" in _refused(
        case, world.officer, "panel_pass", Refused, panel_present=4, panel_in_favour=4, minutes="纪要"
    )
    assert "未过半" in _refused(
        case, world.officer, "panel_pass", Refused, panel_present=6, panel_in_favour=3, minutes="纪要"
    )
    case = factories.move(case, world.officer, "panel_pass", panel_present=5, panel_in_favour=3, minutes="同意")
    assert case.state == "public_notice"


def test_those_concerned_are_told_once(world: World, applied_case: Assessment) -> None:
    told = InboxMessage.objects.filter(transition__action="apply").values_list("user__email", flat=True)
    assert list(told) == ["body_manager@test.example"]
