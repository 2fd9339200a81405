"""The workflow table against workflow.md, and the exhaustive product of state x action x role x guard."""

from __future__ import annotations

import dataclasses
import itertools
from pathlib import Path

import pytest

from assessments.standard import Bilingual
from assessments.workflow import (
    ACTIONS,
    ARROWS,
    STATES,
    CaseFacts,
    CaseRole,
    NotAllowed,
    Party,
    Refused,
    StateCode,
    available,
    refusals,
    require,
)
from assessments.workflow.diagram import markdown, mermaid

#: (from, action, to, who) as read from workflow.md by a person; the table must say exactly this.
GOLDEN = {
    ("draft", "finalise", "finalised", ("enterprise_administrator",)),
    ("finalised", "apply", "applied", ("enterprise_administrator",)),
    ("finalised", "reopen", "draft", ("enterprise_administrator",)),
    ("finalised", "archive", "archived", ("enterprise_administrator",)),
    ("applied", "accept", "planning", ("body_manager",)),
    ("applied", "decline", "finalised", ("body_manager",)),
    ("applied", "withdraw", "withdrawn", ("enterprise_administrator",)),
    ("planning", "start_review", "document_review", ("body_manager", "lead")),
    ("document_review", "go_onsite", "onsite", ("lead",)),
    ("onsite", "start_reporting", "reporting", ("lead",)),
    ("reporting", "sign_report", "reporting", ("lead",)),
    ("reporting", "sign_off", "compliance_review", ("quality_reviewer",)),
    ("reporting", "send_back", "reporting", ("quality_reviewer",)),
    ("compliance_review", "pass_to_notice", "public_notice", ("officer",)),
    ("compliance_review", "pass_to_panel", "expert_review", ("officer",)),
    ("compliance_review", "return", "reporting", ("officer",)),
    ("compliance_review", "reject", "rejected", ("officer",)),
    ("expert_review", "panel_pass", "public_notice", ("officer",)),
    ("expert_review", "panel_return", "reporting", ("officer",)),
    ("expert_review", "panel_reject", "rejected", ("officer",)),
    ("public_notice", "close_notice", "public_notice", ("officer",)),
    ("public_notice", "issue_certificate", "certified", ("officer",)),
    ("public_notice", "uphold_objection", "compliance_review", ("officer",)),
    ("rejected", "admit_appeal", "compliance_review", ("officer",)),
}

#: Facts with which every guard of every arrow of one kind is met.
MET = CaseFacts(
    answered=445,
    total=445,
    pledge_signed=True,
    body_chosen=True,
    contract_number="HT-1",
    filing_number="BA-1",
    leads=1,
    assessors=2,
    ruled_twice=445,
    conclusion_written=True,
    lead_signed=True,
    recommended_level=3,
    panel_present=5,
    panel_in_favour=3,
    minutes="纪要",
    notice_closed=True,
    appeal_admitted=True,
    reason="理由",
)
#: Where one arrow's guard is the opposite of another's, the facts differ.
SPECIAL = {
    "sign_report": {"lead_signed": False},
    "pass_to_panel": {"recommended_level": 4},
    "close_notice": {"notice_closed": False},
    "uphold_objection": {"open_objections": 1},
}


def met(action: str) -> CaseFacts:
    return dataclasses.replace(MET, **SPECIAL.get(action, {}))


def test_the_table_is_what_workflow_md_says() -> None:
    assert {(a.source, a.action, a.target, tuple(sorted(a.roles))) for a in ARROWS} == GOLDEN
    assert len(ARROWS) == len(GOLDEN)


def test_owners_of_states() -> None:
    owners = {s.code: s.owner for s in STATES.values()}
    assert [c for c, o in owners.items() if o is Party.ENTERPRISE] == ["draft", "finalised"]
    assert [c for c, o in owners.items() if o is Party.BODY] == [
        "applied", "planning", "document_review", "onsite", "reporting",
    ]  # fmt: skip
    assert [c for c, o in owners.items() if o is Party.OFFICE] == [
        "compliance_review",
        "expert_review",
        "public_notice",
    ]
    assert [c for c, o in owners.items() if o is Party.NOBODY] == ["certified", "rejected", "withdrawn", "archived"]


def test_every_state_action_role() -> None:
    """14 states x 23 actions x 9 roles: taken exactly where the golden table says, refused everywhere else."""
    taken = set()
    for state, action, role in itertools.product(StateCode, ACTIONS, CaseRole):
        exists = any(s == state and a == action for s, a, _, _ in GOLDEN)
        allowed = any(s == state and a == action and role in who for s, a, _, who in GOLDEN)
        try:
            arrow = require(state, action, {role}, met(action))
        except NotAllowed:
            assert exists, (state, action, role)
            assert not allowed, (state, action, role)
        except Refused:
            assert not exists, (state, action, role)
        else:
            taken.add((arrow.source, arrow.action, arrow.target, role))
        assert (action in {a.action for a in available(state, {role})}) == allowed
    assert taken == {(s, a, t, r) for s, a, t, who in GOLDEN for r in who}


#: (action, state, what differs from a case in which all is met, words of the refusal)
REFUSALS: list[tuple[str, str, dict, str]] = [
    ("finalise", "draft", {"answered": 444}, "还有 1 条未作答"),
    ("finalise", "draft", {"answered": 0, "total": 0}, "还有 0 条未作答"),
    ("finalise", "draft", {"unconfirmed": 2}, "有 2 条沿用的作答尚未确认"),
    ("finalise", "draft", {"not_applicable_without_reason": 2}, "有 2 条“不适用”"),
    ("finalise", "draft", {"pledge_signed": False}, "真实性承诺"),
    ("apply", "finalised", {"conditions_unmet": 2}, "申报条件有 2 项未满足，"),
    ("apply", "finalised", {"conditions_not_stated": 3}, "申报条件有 3 项未填报，"),
    ("apply", "finalised", {"conditions_unmet": 1, "conditions_not_stated": 4}, "1 项未满足、4 项未填报"),
    ("apply", "finalised", {"edition_refusal": Bilingual("2018 版已截止", "closed")}, "2018 版已截止"),
    ("apply", "finalised", {"body_chosen": False}, "请选择评估机构"),
    ("apply", "finalised", {"body_refusal": Bilingual("资质已暂停", "suspended")}, "资质已暂停"),
    ("reopen", "finalised", {"reason": " "}, "请填写理由"),
    ("accept", "applied", {"contract_number": ""}, "合同编号"),
    ("accept", "applied", {"filing_number": " "}, "备案编号"),
    ("accept", "applied", {"body_refusal": Bilingual("不在有效期", "expired")}, "不在有效期"),
    ("decline", "applied", {"reason": ""}, "请填写理由"),
    ("withdraw", "applied", {"reason": ""}, "请填写理由"),
    ("start_review", "planning", {"leads": 0}, "组长 0 名"),
    ("start_review", "planning", {"leads": 2}, "组长 2 名"),
    ("start_review", "planning", {"assessors": 1}, "评估师 1 名"),
    ("start_review", "planning", {"undeclared": ("张三",)}, "张三 尚未作出"),
    ("start_review", "planning", {"conflicted": ("李四",)}, "李四 与该企业存在利益冲突"),
    ("go_onsite", "document_review", {"ruled_twice": 440}, "还有 5 条未经两名评估师评定"),
    ("start_reporting", "onsite", {"unreconciled": 3}, "还有 3 条"),
    ("sign_report", "reporting", {"conclusion_written": False, "lead_signed": False}, "评估结论"),
    ("sign_report", "reporting", {"lead_signed": True}, "已签字"),
    ("sign_off", "reporting", {"lead_signed": False}, "先由评估组长签字"),
    ("sign_off", "reporting", {"signer_led": True}, "不得是本案"),
    ("sign_off", "reporting", {"signer_ruled": True}, "不得是本案"),
    ("sign_off", "reporting", {"unreconciled": 1}, "合议"),
    ("send_back", "reporting", {"reason": ""}, "请填写理由"),
    ("pass_to_notice", "compliance_review", {"recommended_level": 4}, "专家评议"),
    ("pass_to_notice", "compliance_review", {"recommended_level": 0}, "未达到 1 级"),
    ("pass_to_notice", "compliance_review", {"recommended_level": None}, "未达到 1 级"),
    ("pass_to_panel", "compliance_review", {"recommended_level": 3}, "仅推荐等级"),
    ("return", "compliance_review", {"reason": ""}, "请填写理由"),
    ("reject", "compliance_review", {"reason": ""}, "请填写理由"),
    ("panel_pass", "expert_review", {"panel_present": 4}, "到会专家 4 名"),
    ("panel_pass", "expert_review", {"panel_present": 6, "panel_in_favour": 3}, "未过半数"),
    ("panel_pass", "expert_review", {"minutes": ""}, "评议纪要"),
    ("panel_return", "expert_review", {"reason": ""}, "请填写理由"),
    ("panel_reject", "expert_review", {"panel_present": 0}, "到会专家 0 名"),
    ("close_notice", "public_notice", {"notice_days_left": 1, "notice_closed": False}, "还有 1 天"),
    ("close_notice", "public_notice", {"notice_closed": True}, "公示已结束"),
    ("close_notice", "public_notice", {"open_objections": 1, "notice_closed": False}, "1 件异议"),
    ("issue_certificate", "public_notice", {"notice_closed": False}, "先结束公示"),
    ("issue_certificate", "public_notice", {"open_objections": 2}, "2 件异议"),
    ("uphold_objection", "public_notice", {"open_objections": 0}, "没有待处理的异议"),
    ("admit_appeal", "rejected", {"appeal_admitted": False}, "没有已受理的申诉"),
]


@pytest.mark.parametrize(("action", "state", "change", "words"), REFUSALS)
def test_every_guard_refuses_with_its_sentence(action: str, state: str, change: dict, words: str) -> None:
    facts = dataclasses.replace(met(action), **change)
    with pytest.raises(Refused) as caught:
        require(state, action, set(CaseRole), facts)
    assert words in caught.value.reason.zh
    assert caught.value.reason.en
    assert not any(
        "一" <= c <= "鿿"
        for c in caught.value.reason.en.replace("张三", "").replace("李四", "").replace("资质已暂停", "")
    )
    arrow = next(a for a in ARROWS if a.action == action)
    assert refusals(arrow, met(action)) == ()
    assert caught.value.reason in refusals(arrow, facts)


def test_every_guard_has_a_test_of_its_refusal() -> None:
    """A new guard that no row above makes refuse fails here."""
    refusing = {
        guard.__name__
        for action, state, change, _ in REFUSALS
        for arrow in ARROWS
        if (arrow.action, arrow.source) == (action, state)
        for guard in arrow.guards
        if guard(dataclasses.replace(met(action), **change))
    }
    assert refusing == {g.__name__ for a in ARROWS for g in a.guards}


def test_every_state_is_reached_and_the_diagram_shows_all() -> None:
    reached, todo = {"draft"}, ["draft"]
    while todo:
        state = todo.pop()
        for arrow in ARROWS:
            if arrow.source == state and arrow.target not in reached:
                reached.add(str(arrow.target))
                todo.append(str(arrow.target))
    assert reached == {str(s) for s in STATES}
    assert all(f"{a.source} --> {a.target}: {a.label.zh} {a.action}" in mermaid() for a in ARROWS)


def test_the_diagram_in_the_documents_is_current() -> None:
    page = Path(__file__).parents[2] / "docs" / "workflow.md"
    assert page.read_text(encoding="utf-8") == markdown()


def test_words_in_both_languages() -> None:
    for words in [s.label for s in STATES.values()] + [a.label for a in ARROWS] + [r.label for r in CaseRole]:
        assert words.zh
        assert words.en
        assert words.zh != words.en
