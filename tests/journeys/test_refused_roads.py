"""The other roads of a case: declined, withdrawn, rejected, reopened, archived; a provider; a claim that falls."""

from __future__ import annotations

from decimal import Decimal

from django.urls import reverse

from assessments.models import Assessment
from tests import factories
from tests.conftest import World
from tests.journeys.browsing import member, now


def test_declined_then_another_body_then_withdrawn(world: World, finalised_case: Assessment) -> None:
    number, admin = finalised_case.number, member(world.enterprise_admin)
    admin.step(number, "apply", body=world.body.pk)
    manager = member(world.body_manager)
    manager.step(number, "decline", reason="本季度评估人员已排满")
    assert manager.address == reverse("assessment_list"), "the case has left the body's sight"
    manager.open(reverse("assessment_detail", args=[number]), status=404)

    assert "本季度评估人员已排满" in admin.case(number).text
    assert (now(finalised_case).state, now(finalised_case).body) == ("finalised", None)
    admin.step(number, "apply", body=world.other_body.pk)
    manager.open(reverse("assessment_detail", args=[number]), status=404)
    member(world.other_manager).case(number)
    admin.step(number, "withdraw", reason="企业重组，暂停申请")
    assert now(finalised_case).state == "withdrawn"
    told = member(world.other_manager).open(reverse("inbox")).text
    assert "撤回申请" in told
    assert "企业重组，暂停申请" in told
    assert [a for a in admin.case(number).addresses if "/actions/" in a] == [], "nothing more can be done"


def test_rejected_by_the_office(world: World, compliance_case: Assessment) -> None:
    number, officer = compliance_case.number, member(world.officer)
    address = reverse("transition", args=[number, "reject"])
    officer.step(number, "reject", reason="不行")
    assert "理由过短" in officer.text
    assert now(compliance_case).state == "compliance_review"
    officer.send(address, reason="现场评审记录与结论不一致")
    assert now(compliance_case).state == "rejected"
    for user in (world.enterprise_admin, world.body_manager, world.lead):
        person = member(user)
        assert "现场评审记录与结论不一致" in person.case(number).text
        assert "不予通过" in person.open(reverse("inbox")).text
    assert not Assessment.objects.filter(pk=compliance_case.pk, certificate__isnull=False).exists()
    assert compliance_case.number not in member(world.nobody).open(reverse("notice_list")).text


def test_a_provider_from_the_form_to_the_score(world: World) -> None:
    """Five key domains weigh 0.158 each, the other three 0.07: full in the key domains alone gives 5 x 0.79."""
    admin, there = member(world.enterprise_admin), reverse("assessment_new")
    given = {"edition_code": "gbt36073-2018", "track": "provider", "target_level": "3", "scope": "数据服务业务"}
    admin.open(there).send(there, key_domains=["6", "8", "9", "10"], **given)
    assert "乙方须选择 5 个重点能力域，现已选择 4 个。" in admin.text
    assert admin.form(there).values["key_domains"] == ["6", "8", "9", "10"], "what was chosen stays chosen"
    assert not Assessment.objects.exists()
    keys = ["6", "8", "9", "10", "13"]
    admin.send(there, key_domains=keys)
    case = Assessment.objects.get()
    assert (case.track, case.key_domains) == ("provider", keys)
    factories.answer_all(case, world.enterprise_admin, lambda code: "full" if code.split(".")[0] in keys else "none")
    admin.step(case.number, "finalise", confirm="on")
    assert (now(case).self_score, now(case).self_level) == (Decimal("3.95"), 1), "domains at 0.00 hold the level back"
    assert "3.95" in admin.open(reverse("result", args=[case.number])).text


def test_a_claim_of_not_applicable_that_the_assessors_refuse(world: World, draft_case: Assessment) -> None:
    """What does not apply takes no part in the score; ruled as not met it counts, and the score falls."""
    number, admin = draft_case.number, member(world.enterprise_admin)
    item = draft_case.edition.items["6.1"]
    claimed = [c.code for c in item.criteria if c.level == 3]
    for code in claimed:
        admin.open(reverse("item", args=[number, "6.1"]))
        reason = "" if code == claimed[0] else "集团统一规划，本企业不单独编制"
        admin.send(reverse("answer_save", args=[number, code]), verdict="not_applicable", reason=reason)
    factories.answer_all(draft_case, world.enterprise_admin, lambda code: "full")
    assert "有 1 条“不适用”未填写理由，请补充理由。" in admin.refused_step(number, "finalise")
    admin.open(reverse("item", args=[number, "6.1"]))
    admin.send(reverse("answer_save", args=[number, claimed[0]]), reason="集团统一规划，本企业不单独编制")
    admin.step(number, "finalise", confirm="on")
    assert now(draft_case).self_score == Decimal("5.00")

    factories.state_eligibility(draft_case, world.enterprise_admin)
    case = factories.move(draft_case, world.enterprise_admin, "apply", body=world.body)
    case = factories.move(case, world.body_manager, "accept", contract_number="HT-1", filing_number="BA-1")
    factories.form_team(case, world.body_manager, world.lead, world.assessor, world.quality_reviewer)
    case = factories.move(case, world.body_manager, "start_review")
    for user in (world.lead, world.assessor):
        person = member(user)
        person.open(reverse("review_item", args=[number, "6.1"]))
        for code in (c.code for c in item.criteria):
            given = {"verdict": "full"}
            if code in claimed:
                assert "集团统一规划，本企业不单独编制" in person.text
                given = {"verdict": "none", "remark": "不适用的理由不成立，且无规划"}
            person.send(reverse("ruling_save", args=[number, code]), press="保存并下一条", **given)
        person.open(reverse("review_item", args=[number, "6.1"]))
        person.send(reverse("item_finish", args=[number, "6.1"]))
    factories.rule_all(case, (world.lead, world.assessor), lambda code: "full", skip=["6.1"])
    for by, action in ((world.lead, "go_onsite"), (world.lead, "start_reporting")):
        case = factories.move(case, by, action)
    lead, there = member(world.lead), reverse("conclusion", args=[number])
    lead.open(there).send(there, strengths="完整", weaknesses="无单独规划", advice="编制规划")
    lead.step(number, "sign_report", confirm="on")
    member(world.quality_reviewer).step(number, "sign_off", confirm="on")

    # Item 6.1 loses level 3: 4.00; domain 6: (4 + 5 + 5) / 3 = 4.67; base: (4.67 + 7 x 5) / 8 = 4.96.
    assert now(case).assessed_score == Decimal("4.96")
    there = reverse("result", args=[number])
    assert "4.96" not in admin.open(there).text, "the enterprise learns it with the public notice"
    officer = member(world.officer)
    assert "须先经专家评议" in officer.refused_step(number, "pass_to_notice")
    officer.step(number, "pass_to_panel")
    officer.step(number, "panel_pass", panel_present="5", panel_in_favour="2", minutes="两名专家同意")
    assert "同意票未过半数。" in officer.text
    officer.send("/panel_pass/", panel_in_favour="4", minutes="四名专家同意")
    assert now(case).state == "public_notice"
    result = admin.open(there).text
    assert "4.96" in result
    assert "5.00" in result, "now the enterprise sees both"


def test_reopened_after_finalising_it_is_another_revision(world: World, finalised_case: Assessment) -> None:
    number, admin = finalised_case.number, member(world.enterprise_admin)
    code = "6.1-L4-01"
    target = reverse("answer_save", args=[number, code])
    assert admin.open(reverse("item", args=[number, "6.1"])).forms(target) == [], "finalised answers stand"
    admin.step(number, "reopen", reason="补充四级条款的证明材料")
    assert (now(finalised_case).state, now(finalised_case).revision) == ("draft", 2)
    admin.open(reverse("item", args=[number, "6.1"])).send(target, verdict="full")
    admin.step(number, "finalise", confirm="on")
    cards = finalised_case.scorecards.filter(layer="self").order_by("revision")
    assert [(c.revision, c.verdicts[code]) for c in cards] == [(1, "partially"), (2, "full")]
    assert cards[0].result.score == Decimal("3.20"), "the first revision stays as it was signed"
    assert list(
        finalised_case.signatures.filter(kind="pledge").order_by("revision").values_list("revision", "is_void")
    )[-1] == (2, False)
    assert "重新打开自评" in admin.open(reverse("history", args=[number])).text


def test_archived_it_is_read_and_no_more(world: World, finalised_case: Assessment) -> None:
    number, admin = finalised_case.number, member(world.enterprise_admin)
    contributor = member(world.contributor).open(reverse("transition", args=[number, "archive"]), status=403)
    assert "须由企业管理员办理" in contributor.text
    admin.step(number, "archive")
    assert now(finalised_case).state == "archived"
    assert [a for a in admin.case(number).addresses if "/actions/" in a] == []
    assert "自评说明 6.1-L1-01" in admin.open(reverse("item", args=[number, "6.1"])).text
    admin.open(reverse("transition", args=[number, "apply"]), status=404)
    assert admin.forms("/answer/") == []
