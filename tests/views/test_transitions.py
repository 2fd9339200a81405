"""Steps of a case on the screen: what is explained, what is refused, what is done."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from assessments.actions.transitions import pledge_of
from assessments.models import Assessment, Event, InboxMessage, Signature, Transition
from tests import factories
from tests.conftest import World


def _address(case: Assessment, action: str) -> str:
    return reverse("transition", args=[case.number, action])


def _standing(case: Assessment) -> tuple:
    return (
        Assessment.objects.filter(pk=case.pk).values().get(),
        Transition.objects.count(),
        Event.objects.count(),
        Signature.objects.count(),
        InboxMessage.objects.count(),
    )


def _checks(page: object) -> dict[str, str]:
    return {str(c.label): c.status for c in page.context["checks"]}  # type: ignore[attr-defined]


def test_the_page_lists_every_condition(world: World, draft_case: Assessment, login: Callable) -> None:
    page = login(world.enterprise_admin).get(_address(draft_case, "finalise"))
    assert _checks(page) == {
        "全部条款已作答": "unmet",
        "沿用的作答均已确认": "met",
        "“不适用”的条款均已填写理由": "met",
        "签署真实性承诺": "form",
    }
    body = page.content.decode()
    assert "还有 445 条未作答，请全部作答后再提交。" in body
    assert '<form class="confirm-panel' not in body


def test_finalising_shows_and_records_the_pledge(world: World, answered_case: Assessment, login: Callable) -> None:
    client, address = login(world.enterprise_admin), _address(answered_case, "finalise")
    zh, en = pledge_of(answered_case).zh, pledge_of(answered_case).en
    page = client.get(address).content.decode()
    assert f"{answered_case.number} 第 1 版自评" in zh
    assert zh in page
    assert en in page
    before = _standing(answered_case)
    refused = client.post(address, {})
    assert (refused.status_code, _standing(answered_case)) == (200, before)
    assert list(refused.context["form"].errors) == ["confirm"]
    done = client.post(address, {"confirm": "on"})
    assert (done.status_code, done.url) == (302, reverse("assessment_detail", args=[answered_case.number]))
    answered_case.refresh_from_db()
    assert answered_case.state == "finalised"
    signed = Signature.objects.get()
    assert (signed.kind, signed.user, signed.name) == ("pledge", world.enterprise_admin, world.enterprise_admin.name)
    assert signed.statement == f"{zh}\n{en}"
    event = Event.objects.get(action="case.finalise")
    assert event.after["pledge"] == signed.statement
    shown = login(world.viewer).get(reverse("assessment_detail", args=[answered_case.number])).content.decode()
    assert zh in shown


def test_a_double_click_gets_a_clear_sentence(world: World, answered_case: Assessment, login: Callable) -> None:
    client, address = login(world.enterprise_admin), _address(answered_case, "finalise")
    client.post(address, {"confirm": "on"})
    before = _standing(answered_case)
    second = client.post(address, {"confirm": "on"})
    assert (second.status_code, _standing(answered_case)) == (409, before)
    assert "当前状态为“自评完成”，不能执行“提交自评”" in second.content.decode()


@pytest.mark.parametrize("action", ["accept", "sign_off", "no_such_action"])
def test_what_cannot_be_done_here_by_anybody_does_not_exist(
    world: World, draft_case: Assessment, login: Callable, action: str
) -> None:
    assert login(world.enterprise_admin).get(_address(draft_case, action)).status_code == 404


def test_an_unknown_action_cannot_be_posted(world: World, draft_case: Assessment, login: Callable) -> None:
    before = _standing(draft_case)
    assert login(world.enterprise_admin).post(_address(draft_case, "no_such_action")).status_code == 404
    assert _standing(draft_case) == before


def test_others_in_the_case_are_told_whose_step_it_is(world: World, applied_case: Assessment, login: Callable) -> None:
    before = _standing(applied_case)
    for user in (world.enterprise_admin, world.contributor, world.officer, world.district_officer):
        for page in (
            login(user).get(_address(applied_case, "accept")),
            login(user).post(_address(applied_case, "accept"), {"contract_number": "1", "filing_number": "2"}),
        ):
            assert page.status_code == 403
            assert "“受理申请”须由评估机构负责人办理。" in page.content.decode()
    assert login(world.other_manager).get(_address(applied_case, "accept")).status_code == 404
    assert login(world.stranger).post(_address(applied_case, "accept")).status_code == 404
    assert _standing(applied_case) == before


def test_applying_offers_only_bodies_that_may_act(world: World, finalised_case: Assessment, login: Callable) -> None:
    low = factories.make_body("低等级机构", max_level=2)
    suspended = factories.make_body("暂停机构", is_suspended=True)
    client, address = login(world.enterprise_admin), _address(finalised_case, "apply")
    offered = list(client.get(address).context["form"].fields["body"].queryset)
    assert sorted(b.name for b in offered) == sorted([world.body.name, world.other_body.name])
    before = _standing(finalised_case)
    for body in (low, suspended, world.office):
        page = client.post(address, {"body": body.pk})
        assert page.context["form"].errors["body"] == ["所选机构不能评估本项目，请从列表中重新选择。"]
    assert _standing(finalised_case) == before
    client.post(address, {"body": world.body.pk})
    finalised_case.refresh_from_db()
    assert (finalised_case.state, finalised_case.body) == ("applied", world.body)


def test_accepting_records_contract_and_filing(world: World, applied_case: Assessment, login: Callable) -> None:
    client, address = login(world.body_manager), _address(applied_case, "accept")
    page = client.post(address, {"contract_number": "HT-9", "filing_number": "  "})
    assert list(page.context["form"].errors) == ["filing_number"]
    assert 'value="HT-9"' in page.content.decode()
    client.post(address, {"contract_number": "HT-9", "filing_number": "BA-9"})
    applied_case.refresh_from_db()
    assert (applied_case.state, applied_case.contract_number, applied_case.filing_number) == (
        "planning",
        "HT-9",
        "BA-9",
    )


def test_declining_leads_to_the_list_because_the_case_is_out_of_sight(
    world: World, applied_case: Assessment, login: Callable
) -> None:
    client, address = login(world.body_manager), _address(applied_case, "decline")
    before = _standing(applied_case)
    for reason in ("", "   ", "不行"):
        page = client.post(address, {"reason": reason})
        assert list(page.context["form"].errors) == ["reason"]
    assert _standing(applied_case) == before
    answer = client.post(address, {"reason": "评估范围不清，请补充后重新申请"})
    assert (answer.status_code, answer.url) == (302, reverse("assessment_list"))
    applied_case.refresh_from_db()
    assert (applied_case.state, applied_case.body) == ("finalised", None)


def test_a_refused_step_says_why_and_keeps_what_was_typed(
    world: World, finalised_case: Assessment, login: Callable
) -> None:
    factories.move(finalised_case, world.enterprise_admin, "apply", body=world.body)
    profile = world.body.body_profile
    profile.is_suspended = True
    profile.save()
    before = _standing(finalised_case)
    data = {"contract_number": "HT-7", "filing_number": "BA-7"}
    page = login(world.body_manager).post(_address(finalised_case, "accept"), data)
    body = page.content.decode()
    assert (page.status_code, _standing(finalised_case)) == (200, before)
    assert f"{world.body.name}的资质已暂停，请另选评估机构。" in body
    assert 'value="HT-7"' in body


def test_starting_the_review_names_what_the_team_lacks(
    world: World, planning_case: Assessment, login: Callable
) -> None:
    page = login(world.body_manager).get(_address(planning_case, "start_review"))
    assert _checks(page)["评估组有一名组长和至少两名评估师"] == "unmet"
    before = _standing(planning_case)
    assert login(world.body_manager).post(_address(planning_case, "start_review")).status_code == 200
    assert _standing(planning_case) == before


def test_signing_asks_for_the_statement(world: World, compliance_case: Assessment, login: Callable) -> None:
    factories.move(compliance_case, world.officer, "return", reason="请补充访谈记录")
    client, address = login(world.lead), _address(compliance_case, "sign_report")
    assert "本人确认评估过程符合规定，评定结论有据可查。" in client.get(address).content.decode()
    assert list(client.post(address, {}).context["form"].errors) == ["confirm"]
    assert client.post(address, {"confirm": "on"}).status_code == 302
    again = client.post(address, {"confirm": "on"})
    assert (again.status_code, again.context["form"].non_field_errors()) == (200, ["评估组长已签字。"])
    page = login(world.quality_reviewer).get(_address(compliance_case, "sign_off"))
    assert "本人未参与本案评定，已审核评估报告，同意签发。" in page.content.decode()


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"panel_present": "5", "panel_in_favour": "6", "minutes": "纪要"}, "panel_in_favour"),
        ({"panel_present": "5", "panel_in_favour": "4", "minutes": ""}, "minutes"),
        ({"panel_present": "", "panel_in_favour": "4", "minutes": "纪要"}, "panel_present"),
        ({"panel_present": "4", "panel_in_favour": "4", "minutes": "纪要"}, "__all__"),
        ({"panel_present": "6", "panel_in_favour": "3", "minutes": "纪要"}, "__all__"),
    ],
)
def test_a_panel_needs_quorum_majority_and_minutes(
    world: World, reporting_case: Assessment, login: Callable, data: dict, field: str
) -> None:
    case = _expert_case(world, reporting_case)
    before = _standing(case)
    page = login(world.officer).post(_address(case, "panel_pass"), data)
    assert (page.status_code, list(page.context["form"].errors)) == (200, [field])
    assert _standing(case) == before


def test_a_panel_that_agrees_publishes(world: World, reporting_case: Assessment, login: Callable) -> None:
    case = _expert_case(world, reporting_case)
    data = {"panel_present": "5", "panel_in_favour": "3", "minutes": "同意通过"}
    assert login(world.officer).post(_address(case, "panel_pass"), data).status_code == 302
    case.refresh_from_db()
    assert case.state == "public_notice"
    entry = login(world.officer).get(reverse("history", args=[case.number])).context["entries"][0]
    assert (entry.votes, entry.minutes) == ((3, 5), "同意通过")
    ours = login(world.enterprise_admin).get(reverse("history", args=[case.number])).context["entries"][0]
    assert (ours.votes, ours.minutes) == (None, "")


def _expert_case(world: World, case: Assessment) -> Assessment:
    """The case on its way to the panel, with a recommended level of 4."""
    from assessments.actions import figures, review
    from assessments.models import ReconciledVerdict
    from assessments.queries.results import assessed_verdicts

    ReconciledVerdict.objects.filter(assessment=case).update(verdict="largely")
    ReconciledVerdict.objects.filter(assessment=case, criterion_code__regex=r"-L[123]").update(verdict="full")
    _, columns = figures.update_layer(case, "assessed", assessed_verdicts(case))
    Assessment.objects.filter(pk=case.pk).update(**columns)
    review.write_conclusion(
        by=world.lead, number=case.number, strengths="强", weaknesses="弱", advice="改", at=timezone.now()
    )
    factories.move(case, world.lead, "sign_report")
    factories.move(case, world.quality_reviewer, "sign_off")
    return factories.move(case, world.officer, "pass_to_panel")


def test_forms_are_protected_against_forgery(world: World, answered_case: Assessment, login: Callable) -> None:
    client: Client = login(world.enterprise_admin, csrf=True)
    before = _standing(answered_case)
    assert client.post(_address(answered_case, "finalise"), {"confirm": "on"}).status_code == 403
    assert _standing(answered_case) == before
    assert client.put(_address(answered_case, "finalise")).status_code in (403, 405)


def test_visitors_are_sent_to_the_login(client: Client, draft_case: Assessment) -> None:
    address = _address(draft_case, "finalise")
    assert client.get(address).url == f"{reverse('account_login')}?next={address}"
