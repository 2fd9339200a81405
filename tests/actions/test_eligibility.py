"""Stating eligibility, its proof, waivers: what is kept, what is refused, and that a refusal changes nothing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.core.exceptions import ObjectDoesNotExist
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.utils import timezone

from assessments.actions import audit, eligibility, organisations
from assessments.actions.errors import Conflict, NotAllowed, Refused
from assessments.eligibility import Eligibility
from assessments.models import (
    Assessment,
    ConflictOfInterest,
    EligibilityEvidence,
    EligibilityStatement,
    EligibilityWaiver,
    Event,
    EvidenceFile,
    InboxMessage,
    Transition,
    User,
)
from assessments.permissions import scope
from assessments.queries import todo
from assessments.queries.eligibility import kept_standing, standing
from assessments.queries.facts import gather
from assessments.workflow import Role
from tests import factories
from tests.conftest import World

WHY = "数据管理部正在组建，人员已到岗，社会保险下月缴满三个月。"
BECAUSE = "经核对编制批复和劳动合同，人员已到岗，准予豁免。"


def kept() -> tuple[Any, ...]:
    """Everything a refused action must leave alone."""
    models = (EligibilityStatement, EligibilityEvidence, EligibilityWaiver, EvidenceFile, Assessment)
    return (
        *(list(m.objects.order_by("pk").values()) for m in models),
        Event.objects.count(),
        Transition.objects.count(),
        InboxMessage.objects.count(),
    )


def refused(act: Callable[[], object], kind: type[Exception] = Refused) -> str:
    before = kept()
    with pytest.raises(kind) as caught:
        act()
    assert kept() == before
    return str(caught.value)


def fall_short(case: Assessment, by: User, **values: Any) -> Assessment:
    """A finalised case with three data people where five are asked for."""
    factories.state_eligibility(case, by, **{"data_staff": Decimal(3), **values})
    return case


def ask(case: Assessment, by: User, request: str = WHY) -> EligibilityWaiver:
    return eligibility.request_waiver(by=by, number=case.number, request=request, at=timezone.now())


def decide(
    case: Assessment, by: User, waiver: EligibilityWaiver, decision: str = "granted", reason: str = BECAUSE
) -> Any:
    return eligibility.decide_waiver(
        by=by, number=case.number, waiver_id=waiver.pk, decision=decision, reason=reason, at=timezone.now()
    )


def document(name: str = "营业执照.txt", content: str = "执照") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content.encode())


def attach(case: Assessment, by: User, slot: str = "licence", name: str = "营业执照.txt") -> EvidenceFile:
    return eligibility.attach(
        by=by, number=case.number, slot_code=slot, upload=document(name), content_type="text/plain", at=timezone.now()
    )


# --- what is stated -------------------------------------------------------------------------------------------------


def test_facts_are_stated_bit_by_bit_and_audited(world: World, draft_case: Assessment) -> None:
    def state(**values: Any) -> EligibilityStatement:
        return eligibility.state(by=world.enterprise_admin, number=draft_case.number, values=values, at=timezone.now())

    state(revenue=Decimal("620.50"), legal_entity=True, founded=dt.date(2015, 6, 1))
    state(revenue=Decimal(700), employees=Decimal(120))
    statement = state(employees=None)
    assert statement.values == {"revenue": "700", "legal_entity": True, "founded": "2015-06-01"}
    first, second, third = Event.objects.filter(action="eligibility.stated").order_by("sequence")
    assert first.after == {"facts": {"founded": "2015-06-01", "legal_entity": True, "revenue": "620.5"}}
    assert (second.before, second.after) == (
        {"facts": {"revenue": "620.5"}},
        {"facts": {"employees": "120", "revenue": "700"}},
    )
    assert third.after == {"facts": {"employees": None}}
    state(revenue=Decimal("700.00"))
    assert Event.objects.filter(action="eligibility.stated").count() == 3, "nothing changed, nothing happened"


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"shoe_size": Decimal(42)}, "没有申报条件项 shoe_size"),
        ({"revenue": Decimal(-1)}, "“上年度营业收入”的填报内容不正确"),
        ({"employees": Decimal("1.5")}, "“从业人数”的填报内容不正确"),
        ({"employees": True}, "“从业人数”的填报内容不正确"),
        ({"legal_entity": Decimal(1)}, "“中国境内依法设立的独立法人”的填报内容不正确"),
        ({"founded": Decimal(2015)}, "“成立日期”的填报内容不正确"),
    ],
)
def test_what_is_no_value_of_a_fact_is_refused(
    world: World, draft_case: Assessment, values: dict[str, Any], words: str
) -> None:
    def act() -> object:
        return eligibility.state(by=world.enterprise_admin, number=draft_case.number, values=values, at=timezone.now())

    assert words in refused(act)


def test_a_stale_form_is_refused(world: World, draft_case: Assessment) -> None:
    seen = timezone.now() - dt.timedelta(minutes=5)
    factories.state_eligibility(draft_case, world.enterprise_admin)
    values = {"revenue": Decimal(1)}

    def act() -> object:
        return eligibility.state(
            by=world.enterprise_admin, number=draft_case.number, values=values, at=timezone.now(), seen=seen
        )

    assert "已由他人更新" in refused(act, Conflict)


def test_a_form_made_before_anything_was_stated_is_refused(world: World, draft_case: Assessment) -> None:
    """Having seen that nothing is stated is not the same as not having looked."""

    def state(values: dict[str, Any], **seen: Any) -> EligibilityStatement:
        return eligibility.state(
            by=world.enterprise_admin, number=draft_case.number, values=values, at=timezone.now(), **seen
        )

    first = state({"revenue": Decimal(600), "data_staff": Decimal(9)}, seen=None)
    words = refused(lambda: state({"revenue": None, "employees": Decimal(7)}, seen=None), Conflict)
    assert "已由他人更新" in words
    assert state({"revenue": Decimal(600)}, seen=None) == first, "the same again, such as a double click, is no loss"
    state({"employees": Decimal(7)}, seen=first.stated_at)
    assert EligibilityStatement.objects.get().values == {"revenue": "600", "data_staff": "9", "employees": "7"}


def test_only_administrators_of_the_enterprise_state_and_only_before_applying(
    world: World, finalised_case: Assessment
) -> None:
    def by(user: User) -> Callable[[], object]:
        values = {"revenue": Decimal(1)}
        return lambda: eligibility.state(by=user, number=finalised_case.number, values=values, at=timezone.now())

    for user in (world.contributor, world.viewer):
        assert "只有企业管理员" in refused(by(user), NotAllowed)
    for user in (world.stranger, world.body_manager, world.officer, world.auditor):
        refused(by(user), Assessment.DoesNotExist)
    factories.move(finalised_case, world.enterprise_admin, "apply", body=world.body)
    assert "不能再修改" in refused(by(world.enterprise_admin), NotAllowed)
    for user in (world.body_manager, world.officer):
        assert "只有企业管理员" in refused(by(user), NotAllowed)


# --- its proof ------------------------------------------------------------------------------------------------------


def test_proof_is_kept_once_and_offered_again(world: World, draft_case: Assessment) -> None:
    file = attach(draft_case, world.enterprise_admin)
    assert attach(draft_case, world.enterprise_admin) == file, "a double click"
    eligibility.attach_kept(
        by=world.enterprise_admin, number=draft_case.number, slot_code="posts", file_id=file.pk, at=timezone.now()
    )
    assert list(EligibilityEvidence.objects.values_list("slot_code", "file")) == [
        ("licence", file.pk),
        ("posts", file.pk),
    ]
    entry = EligibilityEvidence.objects.get(slot_code="posts")
    eligibility.detach(by=world.enterprise_admin, number=draft_case.number, evidence_id=entry.pk, at=timezone.now())
    assert EligibilityEvidence.objects.get().slot_code == "licence"
    assert EvidenceFile.objects.get() == file
    steps = [e.action for e in Event.objects.filter(action__startswith="eligibility.").order_by("sequence")]
    assert steps == ["eligibility.attached", "eligibility.attached", "eligibility.detached"]


def test_evidence_of_another_enterprise_cannot_be_offered_by_its_id(world: World, draft_case: Assessment) -> None:
    other = factories.open_case(world.stranger, world.other_enterprise)
    theirs = attach(other, world.stranger, name="他人的执照.txt")

    def act() -> object:
        return eligibility.attach_kept(
            by=world.enterprise_admin,
            number=draft_case.number,
            slot_code="licence",
            file_id=theirs.pk,
            at=timezone.now(),
        )

    refused(act, ObjectDoesNotExist)
    entry = EligibilityEvidence.objects.get()

    def take() -> object:
        number = draft_case.number
        return eligibility.detach(by=world.enterprise_admin, number=number, evidence_id=entry.pk, at=timezone.now())

    refused(take, ObjectDoesNotExist)


def test_an_unknown_slot_is_refused_and_the_file_is_not_kept(
    world: World, draft_case: Assessment, settings: Any
) -> None:
    assert "没有证明材料类别 shoes" in refused(lambda: attach(draft_case, world.enterprise_admin, slot="shoes"))
    assert not [p for p in settings.MEDIA_ROOT.rglob("*") if p.is_file()]


def test_others_attach_nothing(world: World, finalised_case: Assessment) -> None:
    for user, kind in (
        (world.viewer, NotAllowed),
        (world.contributor, NotAllowed),
        (world.officer, ObjectDoesNotExist),
    ):
        refused(lambda u=user: attach(finalised_case, u), kind)


# --- applying -------------------------------------------------------------------------------------------------------


def test_applying_needs_the_conditions_and_keeps_the_check(world: World, finalised_case: Assessment) -> None:
    case = fall_short(finalised_case, world.enterprise_admin, tools=None)

    def apply() -> object:
        return factories.move(case, world.enterprise_admin, "apply", body=world.body)

    assert refused(apply) == "申报条件有 1 项未满足、1 项未填报，请在“申报条件”页核对；未满足的可申请资格豁免。"
    factories.state_eligibility(case, world.enterprise_admin)
    attach(case, world.enterprise_admin)
    factories.move(case, world.enterprise_admin, "apply", body=world.body)
    step = Transition.objects.get(action="apply")
    event = Event.objects.get(action="case.apply")
    details = step.details["eligibility"]
    assert event.after["eligibility"] == details
    outcome = Eligibility.from_dict(details["outcome"])
    assert (outcome.level, outcome.track, outcome.on) == (3, "owner", timezone.localdate(step.at))
    assert outcome.is_eligible
    assert len(outcome.rows) == 12
    assert details["values"]["revenue"] == "20000"
    assert [(e["slot"], e["name"]) for e in details["evidence"]] == [("licence", "营业执照.txt")]
    assert details["waivers"] == []
    assert audit.verify(audit.stream_of(case))[1] is None


def test_what_was_kept_does_not_move_with_the_rules(world: World, applied_case: Assessment) -> None:
    EligibilityStatement.objects.update(values={})
    shown = kept_standing(applied_case)
    assert shown is not None
    assert shown.outcome.is_eligible
    assert not standing(applied_case, timezone.localdate()).outcome.is_eligible


def test_level_one_needs_nothing(world: World, answered_case: Assessment) -> None:
    Assessment.objects.filter(pk=answered_case.pk).update(target_level=1)
    case = factories.move(answered_case, world.enterprise_admin, "finalise", pledge=True)
    assert factories.move(case, world.enterprise_admin, "apply", body=world.body).state == "applied"
    assert Transition.objects.get(action="apply").details["eligibility"]["outcome"]["rows"] == []


def test_facts_are_asked_for_only_where_the_guard_looks(
    world: World, finalised_case: Assessment, django_assert_num_queries: Any
) -> None:
    case = scope.cases(world.enterprise_admin).select_related("enterprise", "body").get(pk=finalised_case.pk)
    with django_assert_num_queries(1):  # the statement: nothing is unmet, so nobody asks for waivers
        facts = gather(case, by=world.enterprise_admin, at=timezone.now())
    assert (facts.conditions_unmet, facts.conditions_not_stated) == (0, 0)


# --- waivers --------------------------------------------------------------------------------------------------------


def test_a_waiver_from_request_to_application(world: World, finalised_case: Assessment) -> None:
    case = fall_short(finalised_case, world.enterprise_admin)
    assert not scope.cases(world.officer).exists()
    waiver = ask(case, world.enterprise_admin)
    assert scope.cases(world.officer).get() == case
    assert [(t.what.zh, t.url_name, t.since) for t in todo.todos(world.officer)] == [
        ("审批资格豁免申请", "eligibility", waiver.requested_at)
    ]
    told = InboxMessage.objects.filter(transition__action="request_waiver").values_list("user__email", flat=True)
    assert list(told) == ["officer@test.example"]
    decide(case, world.officer, waiver)
    assert todo.todos(world.officer) == []
    told = InboxMessage.objects.filter(transition__action="grant_waiver").values_list("user__email", flat=True)
    assert list(told) == ["enterprise_admin@test.example"]
    factories.move(case, world.enterprise_admin, "apply", body=world.body)
    kept_waiver = Transition.objects.get(action="apply").details["eligibility"]["waivers"]
    assert [(w["facts"], w["reason"], w["by"]) for w in kept_waiver] == [(["data_staff"], BECAUSE, "褚审查")]
    shown = kept_standing(case)
    assert shown is not None
    assert (shown.waived, shown.may_apply, shown.outcome.is_eligible) == ({"data_staff"}, True, False)
    events = list(Event.objects.filter(assessment=case).order_by("sequence").values_list("action", flat=True))
    assert events[-3:] == ["case.request_waiver", "case.grant_waiver", "case.apply"]
    assert audit.verify(audit.stream_of(case))[1] is None


def test_a_refused_waiver_helps_nobody_and_may_be_asked_again(world: World, finalised_case: Assessment) -> None:
    case = fall_short(finalised_case, world.enterprise_admin)
    decide(case, world.officer, ask(case, world.enterprise_admin), "refused", "材料不能说明人员已到岗，请补充。")

    def apply() -> object:
        return factories.move(case, world.enterprise_admin, "apply", body=world.body)

    assert "1 项未满足" in refused(apply)
    assert ask(case, world.enterprise_admin).is_open


@pytest.mark.parametrize(("values", "words"), [
    ({"data_staff": Decimal(9)}, "不需要申请资格豁免"),
    ({"tools": None}, "还有 1 项申报条件未填报"),
])  # fmt: skip
def test_there_must_be_something_to_waive(
    world: World, finalised_case: Assessment, values: dict[str, Any], words: str
) -> None:
    fall_short(finalised_case, world.enterprise_admin, **values)
    assert words in refused(lambda: ask(finalised_case, world.enterprise_admin))


def test_a_request_needs_its_reason_its_time_and_an_administrator(world: World, draft_case: Assessment) -> None:
    fall_short(draft_case, world.enterprise_admin)
    assert "自评提交后" in refused(lambda: ask(draft_case, world.enterprise_admin), NotAllowed)
    factories.answer_all(draft_case, world.enterprise_admin)
    case = factories.move(draft_case, world.enterprise_admin, "finalise", pledge=True)
    assert "请填写申请理由" in refused(lambda: ask(case, world.enterprise_admin, "  "))
    assert "只有企业管理员" in refused(lambda: ask(case, world.contributor), NotAllowed)
    refused(lambda: ask(case, world.stranger), Assessment.DoesNotExist)
    ask(case, world.enterprise_admin)
    assert "已有一件资格豁免申请" in refused(lambda: ask(case, world.enterprise_admin))


def test_under_a_request_nothing_stated_changes(world: World, finalised_case: Assessment) -> None:
    case = fall_short(finalised_case, world.enterprise_admin)
    ask(case, world.enterprise_admin)
    assert "请先撤回豁免申请" in refused(lambda: factories.state_eligibility(case, world.enterprise_admin), NotAllowed)
    assert "请先撤回豁免申请" in refused(lambda: attach(case, world.enterprise_admin), NotAllowed)
    eligibility.withdraw_waiver(by=world.enterprise_admin, number=case.number, at=timezone.now())
    assert not scope.cases(world.officer).exists(), "what was taken back is out of the office's sight"
    factories.state_eligibility(case, world.enterprise_admin)
    again = refused(
        lambda: eligibility.withdraw_waiver(by=world.enterprise_admin, number=case.number, at=timezone.now())
    )
    assert again == "没有正在审批的资格豁免申请。"


@pytest.mark.parametrize("action", ["reopen", "archive"])
def test_a_request_ends_when_its_case_goes_elsewhere(world: World, finalised_case: Assessment, action: str) -> None:
    case = fall_short(finalised_case, world.enterprise_admin)
    ask(case, world.enterprise_admin)
    factories.move(case, world.enterprise_admin, action, reason="补充材料后再申请")
    waiver = EligibilityWaiver.objects.get()
    assert (waiver.decision, waiver.decided_by) == ("withdrawn", world.enterprise_admin)
    assert todo.todos(world.officer) == []


def test_a_waiver_speaks_of_what_the_office_saw(world: World, finalised_case: Assessment) -> None:
    """Another target level, another value, or another condition is not covered."""
    case = fall_short(finalised_case, world.enterprise_admin)
    decide(case, world.officer, ask(case, world.enterprise_admin))
    today = timezone.localdate()
    assert standing(case, today).may_apply
    factories.state_eligibility(case, world.enterprise_admin, data_staff=Decimal(2))
    assert [c.fact_code for c in standing(case, today).unmet] == ["data_staff"]
    factories.state_eligibility(case, world.enterprise_admin, data_staff=Decimal(3), tools=Decimal(1))
    assert [c.fact_code for c in standing(case, today).unmet] == ["tools"]
    factories.state_eligibility(case, world.enterprise_admin, data_staff=Decimal(3))
    assert standing(case, today).may_apply


def test_another_target_level_voids_a_waiver(world: World, finalised_case: Assessment) -> None:
    case = fall_short(finalised_case, world.enterprise_admin, data_staff=Decimal(9), employees=Decimal(90))
    decide(case, world.officer, ask(case, world.enterprise_admin))
    assert standing(case, timezone.localdate()).may_apply
    case = factories.move(case, world.enterprise_admin, "reopen", reason="调整目标等级")
    Assessment.objects.filter(pk=case.pk).update(target_level=4)
    case = factories.move(case, world.enterprise_admin, "finalise", pledge=True)
    assert [c.fact_code for c in standing(case, timezone.localdate()).unmet] == ["employees"]

    def apply() -> object:
        return factories.move(case, world.enterprise_admin, "apply", body=world.body)

    assert "1 项未满足" in refused(apply)
    # The very same condition under another target is another decision.
    waiver = EligibilityWaiver.objects.get()
    waiver.outcome = standing(case, timezone.localdate()).outcome.to_dict()
    waiver.save()
    assert not standing(case, timezone.localdate()).may_apply


#: The reading of 2022 ends with 2025.
ASKED, DECIDED = dt.datetime(2025, 12, 31, 2, tzinfo=dt.UTC), dt.datetime(2026, 1, 2, 2, tzinfo=dt.UTC)


@pytest.mark.parametrize("values", [
    {"data_staff": Decimal(1)},
    {"data_staff": Decimal(1), "revenue": Decimal(600)},
    {"tools": Decimal(1), "revenue": Decimal(600)},
])  # fmt: skip
def test_a_waiver_asked_for_under_another_reading_is_not_granted(
    world: World, finalised_case: Assessment, values: dict[str, Any]
) -> None:
    """Granted, it would not cover what is unmet now; it can be refused, and asked for again as things stand."""
    case, admin = finalised_case, world.enterprise_admin
    with time_machine.travel(ASKED, tick=False):
        factories.state_eligibility(case, admin, **values)
        waiver = ask(case, admin)
    with time_machine.travel(DECIDED, tick=False):
        assert "条件已发生变化，不能准予；须由企业按现行条件重新申请" in refused(
            lambda: decide(case, world.officer, waiver)
        )
        decide(case, world.officer, waiver, "refused", "申报条件已变化，请按现行条件重新申请。")
        decide(case, world.officer, ask(case, admin))
        assert standing(case, timezone.localdate()).may_apply


def test_a_waiver_of_what_both_readings_ask_alike_is_granted(world: World, finalised_case: Assessment) -> None:
    with time_machine.travel(ASKED, tick=False):
        factories.state_eligibility(finalised_case, world.enterprise_admin, tools=Decimal(1))
        waiver = ask(finalised_case, world.enterprise_admin)
    with time_machine.travel(DECIDED, tick=False):
        decide(finalised_case, world.officer, waiver)
        assert standing(finalised_case, timezone.localdate()).waived == {"tools"}


def test_a_waiver_no_longer_needed_is_not_granted(world: World, finalised_case: Assessment) -> None:
    """The firm has become old enough while the request waited."""
    case, admin = finalised_case, world.enterprise_admin
    with time_machine.travel(dt.datetime(2026, 6, 1, 2, tzinfo=dt.UTC), tick=False):
        factories.state_eligibility(case, admin, founded=dt.date(2023, 6, 11))
        waiver = ask(case, admin)
    with time_machine.travel(dt.datetime(2026, 6, 20, 2, tzinfo=dt.UTC), tick=False):
        assert "不再需要豁免" in refused(lambda: decide(case, world.officer, waiver))


def test_a_waiver_speaks_of_the_day_of_the_decision(world: World, finalised_case: Assessment) -> None:
    case = fall_short(finalised_case, world.enterprise_admin)
    with time_machine.travel(dt.datetime(2026, 6, 1, 2, tzinfo=dt.UTC), tick=False):
        waiver = ask(case, world.enterprise_admin)
    with time_machine.travel(dt.datetime(2026, 6, 20, 2, tzinfo=dt.UTC), tick=False):
        decided = decide(case, world.officer, waiver)
    assert Eligibility.from_dict(waiver.outcome).on == dt.date(2026, 6, 1)
    decided.refresh_from_db()
    assert Eligibility.from_dict(decided.outcome).on == dt.date(2026, 6, 20)


def test_proof_a_waiver_was_granted_on_stays(world: World, finalised_case: Assessment) -> None:
    """What the office saw goes on with the application; what came later may go again."""
    case, admin = fall_short(finalised_case, world.enterprise_admin), world.enterprise_admin
    attach(case, admin)
    decide(case, world.officer, ask(case, admin))
    attach(case, admin, slot="posts", name="后补材料.txt")

    def detach(slot: str) -> object:
        entry = EligibilityEvidence.objects.get(slot_code=slot)
        return eligibility.detach(by=admin, number=case.number, evidence_id=entry.pk, at=timezone.now())

    assert "准予资格豁免的依据" in refused(lambda: detach("licence"))
    detach("posts")
    factories.move(case, admin, "reopen", reason="更换材料")
    detach("licence")
    assert not EligibilityEvidence.objects.exists()


def test_proof_stays_free_where_a_waiver_was_refused(world: World, finalised_case: Assessment) -> None:
    case, admin = fall_short(finalised_case, world.enterprise_admin), world.enterprise_admin
    attach(case, admin)
    decide(case, world.officer, ask(case, admin), "refused")
    entry = EligibilityEvidence.objects.get()
    eligibility.detach(by=admin, number=case.number, evidence_id=entry.pk, at=timezone.now())
    assert not EligibilityEvidence.objects.exists()


def test_nobody_decides_twice_or_without_a_reason(world: World, finalised_case: Assessment) -> None:
    case = fall_short(finalised_case, world.enterprise_admin)
    waiver = ask(case, world.enterprise_admin)
    assert "请填写审批理由" in refused(lambda: decide(case, world.officer, waiver, reason=" "))
    assert "请选择准予或不予豁免" in refused(lambda: decide(case, world.officer, waiver, "withdrawn"))
    decide(case, world.officer, waiver)
    words = refused(lambda: decide(case, world.officer, waiver, "refused", "改变主意了，不予豁免。"))
    assert words == "该豁免申请已办结，结果为“准予豁免”，本次审批未生效。"
    factories.move(case, world.enterprise_admin, "apply", body=world.body)
    refused(lambda: decide(case, world.officer, waiver, "refused"), NotAllowed)


def test_only_officers_without_a_tie_decide(world: World, finalised_case: Assessment) -> None:
    case = fall_short(finalised_case, world.enterprise_admin)
    waiver = ask(case, world.enterprise_admin)
    for user in (world.enterprise_admin, world.contributor, world.viewer):
        assert "只有发证审查员" in refused(lambda u=user: decide(case, u, waiver), NotAllowed)
    for user in (world.stranger, world.body_manager, world.district_officer, world.auditor, world.nobody):
        refused(lambda u=user: decide(case, u, waiver), Assessment.DoesNotExist)
    ConflictOfInterest.objects.create(
        enterprise=world.enterprise,
        user=world.officer,
        kind="relation",
        until=timezone.localdate() + dt.timedelta(days=30),
        declared_at=timezone.now(),
    )
    refused(lambda: decide(case, world.officer, waiver), Assessment.DoesNotExist)
    assert todo.todos(world.officer) == []


@pytest.mark.parametrize("role", [Role.BODY_MANAGER, Role.ASSESSOR])
def test_an_officer_of_any_body_does_not_decide(world: World, finalised_case: Assessment, role: Role) -> None:
    """No body is chosen yet: the same person could let the case through and then accept it for the body."""
    case, both = fall_short(finalised_case, world.enterprise_admin), factories.make_user("魏两任")
    factories.join(both, world.office, Role.CERTIFICATION_OFFICER)
    membership = factories.join(both, world.other_body, role)
    waiver = ask(case, world.enterprise_admin)
    told = InboxMessage.objects.filter(transition__action="request_waiver").values_list("user__name", flat=True)
    assert list(told) == ["褚审查"]
    assert todo.todos(both) == []
    assert len(todo.todos(world.officer)) == 1
    for decision in ("granted", "refused"):
        assert "同时是评估机构的成员" in refused(lambda d=decision: decide(case, both, waiver, d), NotAllowed)
    organisations.end_membership(by=world.other_manager, membership=membership, at=timezone.now())
    both = User.objects.get(pk=both.pk)
    assert len(todo.todos(both)) == 1
    assert decide(case, both, waiver).decision == "granted"


def test_officers_with_a_tie_are_not_told(world: World, finalised_case: Assessment) -> None:
    """Declared, or from having worked there; somebody without a tie is told all the same."""
    tied, former, free = (factories.make_user(name) for name in ("戚有关", "谢旧员", "邹无关"))
    for user in (tied, former, free):
        factories.join(user, world.office, Role.CERTIFICATION_OFFICER)
    ConflictOfInterest.objects.create(
        enterprise=world.enterprise,
        user=tied,
        kind="coaching",
        until=timezone.localdate(),
        declared_at=timezone.now(),
    )
    membership = factories.join(former, world.enterprise, Role.VIEWER)
    organisations.end_membership(by=world.enterprise_admin, membership=membership, at=timezone.now())
    ask(fall_short(finalised_case, world.enterprise_admin), world.enterprise_admin)
    told = InboxMessage.objects.filter(transition__action="request_waiver").values_list("user__name", flat=True)
    assert sorted(told) == sorted(["褚审查", "邹无关"])


# --- what the database itself refuses -------------------------------------------------------------------------------


def _waiver(case: Assessment, world: World, **values: Any) -> EligibilityWaiver:
    now = timezone.now()
    given = {
        "target_level": 3,
        "outcome": {},
        "request": "理由",
        "requested_by": world.enterprise_admin,
        "requested_at": now,
    }
    return EligibilityWaiver.objects.create(assessment=case, **{**given, **values})


@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        ({"decision": "maybe", "reason": "x", "decided": True}, "waiver_decision_known"),
        ({"decision": "granted", "reason": "x"}, "waiver_decided_by_and_at"),
        ({"decided": True}, "waiver_decided_by_and_at"),
        ({"decision": "granted", "decided": True}, "waiver_decision_has_reason"),
        ({"decision": "refused", "decided": True}, "waiver_decision_has_reason"),
        ({"decision": "granted", "reason": "x", "decided": True, "own": True}, "waiver_not_decided_by_applicant"),
        ({"request": ""}, "waiver_request_has_reason"),
        ({"target_level": 6}, "waiver_target_level_1_to_5"),
    ],
)
def test_constraints_of_a_waiver(world: World, draft_case: Assessment, values: dict[str, Any], constraint: str) -> None:
    given = dict(values)
    if given.pop("decided", False):
        decider = world.enterprise_admin if given.pop("own", False) else world.officer
        given |= {"decided_by": decider, "decided_at": timezone.now()}
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        _waiver(draft_case, world, **given)


def test_one_open_request_a_case(world: World, draft_case: Assessment) -> None:
    done = {"decided_by": world.officer, "decided_at": timezone.now(), "reason": "x"}
    for decision in ("granted", "refused"):
        _waiver(draft_case, world, decision=decision, **done)
    _waiver(draft_case, world, decision="withdrawn", decided_by=world.enterprise_admin, decided_at=timezone.now())
    _waiver(draft_case, world)
    with pytest.raises(IntegrityError), transaction.atomic():
        _waiver(draft_case, world)


def test_a_file_is_in_a_slot_once(world: World, draft_case: Assessment) -> None:
    file = attach(draft_case, world.enterprise_admin)
    with pytest.raises(IntegrityError), transaction.atomic():
        EligibilityEvidence.objects.create(
            assessment=draft_case, slot_code="licence", file=file, added_by=world.viewer, added_at=timezone.now()
        )
