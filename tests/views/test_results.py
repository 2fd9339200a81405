"""The result as a memo: which layer for whom, why, the gap, the shortest way."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from assessments.actions import questionnaire
from assessments.models import Assessment, Scorecard, User
from assessments.scoring import Verdict
from tests import factories
from tests.conftest import World


def _page(client: Client, case: Assessment, query: str = "") -> object:
    return client.get(reverse("result", args=[case.number]) + query)


def _layers(client: Client, case: Assessment) -> list[tuple[bool, str, int]]:
    return [(x.is_assessed, str(x.result.score), x.result.level) for x in _page(client, case).context["layers"]]  # type: ignore[attr-defined]


def test_a_draft_shows_live_figures_and_says_so(world: World, answered_case: Assessment, login: Callable) -> None:
    client = login(world.contributor)
    page = _page(client, answered_case)
    assert _layers(client, answered_case) == [(False, "3.20", 3)]
    assert page.context["layers"][0].card is None
    assert "自评结果（就绪度），不是证书" in page.content.decode()


def test_once_finalised_the_frozen_card_speaks(world: World, finalised_case: Assessment, login: Callable) -> None:
    page = _page(login(world.viewer), finalised_case)
    assert page.context["layers"][0].card == Scorecard.objects.get()


def test_reopened_it_is_live_again(world: World, finalised_case: Assessment, login: Callable) -> None:
    factories.move(finalised_case, world.enterprise_admin, "reopen", reason="补充材料")
    code = next(c for c in finalised_case.edition.criteria if c.endswith("L5-01"))
    questionnaire.save(
        by=world.enterprise_admin,
        number=finalised_case.number,
        criterion_code=code,
        verdict=Verdict.FULL,
        reason="",
        note="",
        version=1,
        at=timezone.now(),
    )
    (layer,) = _page(login(world.enterprise_admin), finalised_case).context["layers"]
    assert layer.card is None
    assert layer.result.score > Decimal("3.20")


def test_the_assessed_result_is_read_by_whom_and_when(
    world: World, compliance_case: Assessment, login: Callable
) -> None:
    both, own, assessed = [(True, "3.20", 3), (False, "3.20", 3)], [(False, "3.20", 3)], [(True, "3.20", 3)]
    for user, seen in ((world.officer, both), (world.lead, both), (world.enterprise_admin, own), (world.viewer, own)):
        assert _layers(login(user), compliance_case) == seen
    assert _page(login(world.district_officer), compliance_case).status_code == 403
    factories.move(compliance_case, world.officer, "pass_to_notice")
    for user, seen in ((world.enterprise_admin, both), (world.district_officer, assessed)):
        assert _layers(login(user), compliance_case) == seen


def test_a_district_officer_reads_no_single_answer(world: World, notice_case: Assessment, login: Callable) -> None:
    page = _page(login(world.district_officer), notice_case)
    assert ("gap" in page.context, "moved" in page.context) == (False, False)
    body = page.content.decode()
    criterion = notice_case.edition.criteria["6.1-L5-01"]
    assert criterion.text.zh not in body
    assert criterion.text.zh in _page(login(world.officer), notice_case, "?gap=all").content.decode()


def test_before_sign_off_no_assessed_figure_is_shown_to_anybody(
    world: World, reporting_case: Assessment, login: Callable
) -> None:
    for user in (world.lead, world.body_manager, world.enterprise_admin):
        assert [x[0] for x in _layers(login(user), reporting_case)] == [False]
    assert _page(login(world.officer), reporting_case).status_code == 403


def test_the_memo_says_why_not_the_next_level(world: World, answered_case: Assessment, login: Callable) -> None:
    body = _page(login(world.enterprise_admin), answered_case).content.decode()
    assert "为什么是稳健级，而不是量化管理级" in body
    assert "综合得分比分数线 3.50 低 0.30" in body


def test_the_gap_leads_to_the_target_and_the_path_reaches_it(world: World, login: Callable) -> None:
    case = factories.open_case(world.enterprise_admin, world.enterprise, target_level=4)
    factories.answer_all(case, world.enterprise_admin)
    client = login(world.enterprise_admin)
    context = _page(client, case).context
    below = sum(factories.by_level(c) != "full" for c in case.edition.criteria)
    assert (context["goal"], context["goal_is_target"]) == (4, True)
    assert (len(context["gap"]), context["gap_total"], context["gap_shows_all"]) == (20, below, False)
    assert len(_page(client, case, "?gap=all").context["gap"]) == below
    for code in context["path"].codes:
        _raise(case, world.enterprise_admin, code)
    case.refresh_from_db()
    assert case.self_level == 4


def _raise(case: Assessment, by: User, code: str) -> None:
    questionnaire.save(
        by=by, number=case.number, criterion_code=code, verdict="full", reason="", note="", version=1, at=timezone.now()
    )


def test_a_reached_target_points_to_the_next_level(world: World, answered_case: Assessment, login: Callable) -> None:
    context = _page(login(world.enterprise_admin), answered_case).context
    assert (context["goal"], context["goal_is_target"]) == (4, False)


def test_the_highest_level_has_no_gap(world: World, draft_case: Assessment, login: Callable) -> None:
    factories.answer_all(draft_case, world.enterprise_admin, lambda _code: "full")
    page = _page(login(world.enterprise_admin), draft_case)
    assert (page.context["goal"], page.context["layers"][0].result.level) == (None, 5)


def test_nothing_that_counts_is_still_a_page(world: World, draft_case: Assessment, login: Callable) -> None:
    factories.answer_all(draft_case, world.enterprise_admin, lambda _code: "not_applicable")
    page = _page(login(world.enterprise_admin), draft_case)
    assert (page.status_code, page.context["layers"][0].result.level) == (200, None)
    assert "没有参与计分的条款" in page.content.decode()


def test_self_and_assessed_are_compared(world: World, review_case: Assessment, login: Callable) -> None:
    lowered = [c for c in review_case.edition.criteria if c.endswith("L1-01")]
    factories.rule_all(
        review_case, (world.lead, world.assessor), lambda c: "partially" if c in lowered else factories.by_level(c)
    )
    from assessments.actions import review

    for user, action in ((world.lead, "go_onsite"), (world.lead, "start_reporting")):
        factories.move(review_case, user, action)
    review.write_conclusion(
        by=world.lead, number=review_case.number, strengths="强", weaknesses="弱", advice="改", at=timezone.now()
    )
    factories.move(review_case, world.lead, "sign_report")
    case = factories.move(review_case, world.quality_reviewer, "sign_off")
    context = _page(login(world.officer), case).context
    assert context["moved"] == {"same": 445 - len(lowered), "lowered": len(lowered), "raised": 0, "other": 0}
    row = context["domains"][0]
    assert row.difference == row.assessed.score - row.own.score
    assert row.difference < 0


def test_provisional_parameters_are_named_with_their_source(
    world: World, answered_case: Assessment, login: Callable
) -> None:
    page = _page(login(world.enterprise_admin), answered_case)
    deciding = [p for p in answered_case.scheme.deciding("owner") if p.is_provisional]
    assert len(page.context["provisional"]) == len(deciding) > 0
    body = page.content.decode()
    assert all(p.source.zh in body for p in deciding)


def test_the_memo_stays_within_its_queries(
    world: World, notice_case: Assessment, login: Callable, django_assert_max_num_queries: Callable
) -> None:
    client = login(world.officer)
    with django_assert_max_num_queries(14):
        _page(client, notice_case)
