"""Guards: each looks at the facts and answers ``None`` (may pass) or why not, in one sentence with what to do."""

from __future__ import annotations

from collections.abc import Callable

from assessments.standard.bilingual import Bilingual, counted, listed
from assessments.workflow.facts import CaseFacts

Guard = Callable[[CaseFacts], Bilingual | None]


def all_answered(facts: CaseFacts) -> Bilingual | None:
    if facts.total and facts.answered == facts.total:
        return None
    return counted(
        facts.total - facts.answered,
        "还有 {n} 条未作答，请全部作答后再提交。",
        "{n} criterion is unanswered; answer it first.",
        "{n} criteria are unanswered; answer them first.",
    )


def carried_confirmed(facts: CaseFacts) -> Bilingual | None:
    if not facts.unconfirmed:
        return None
    return counted(
        facts.unconfirmed,
        "有 {n} 条沿用的作答尚未确认，请逐条确认或修改。",
        "{n} answer carried over has not been confirmed; confirm or change it.",
        "{n} answers carried over have not been confirmed; confirm or change each of them.",
    )


def not_applicable_reasoned(facts: CaseFacts) -> Bilingual | None:
    if not facts.not_applicable_without_reason:
        return None
    return counted(
        facts.not_applicable_without_reason,
        "有 {n} 条“不适用”未填写理由，请补充理由。",
        "{n} criterion marked not applicable lacks a reason; add it.",
        "{n} criteria marked not applicable lack a reason; add it.",
    )


def pledge_signed(facts: CaseFacts) -> Bilingual | None:
    if facts.pledge_signed:
        return None
    return Bilingual("请由企业管理员签署真实性承诺。", "An administrator must sign the truth pledge.")


def eligible(facts: CaseFacts) -> Bilingual | None:
    unmet, missing = facts.conditions_unmet, facts.conditions_not_stated
    if not unmet and not missing:
        return None
    parts = [Bilingual("{n} 项未满足", "{n} not met").format(n=unmet)] if unmet else []
    parts += [Bilingual("{n} 项未填报", "{n} not stated").format(n=missing)] if missing else []
    return Bilingual(
        "申报条件有 {parts}，请在“申报条件”页核对；未满足的可申请资格豁免。",
        "Conditions of eligibility: {parts}. See the page 'Eligibility'; for those not met you may ask for a waiver.",
    ).format(parts=listed(parts))


def edition_accepted(facts: CaseFacts) -> Bilingual | None:
    return facts.edition_refusal


def body_chosen(facts: CaseFacts) -> Bilingual | None:
    return None if facts.body_chosen else Bilingual("请选择评估机构。", "Choose an evaluation body.")


def body_qualified(facts: CaseFacts) -> Bilingual | None:
    return facts.body_refusal


def contract_recorded(facts: CaseFacts) -> Bilingual | None:
    if facts.contract_number.strip() and facts.filing_number.strip():
        return None
    return Bilingual("请填写合同编号和备案编号。", "Record the contract number and the filing number.")


def team_complete(facts: CaseFacts) -> Bilingual | None:
    if facts.leads == 1 and facts.assessors >= 2:
        return None
    return Bilingual(
        "评估组需有一名组长和至少两名评估师，现有组长 {leads} 名、评估师 {assessors} 名。",
        "The team needs one lead and at least two assessors; at present it has {leads} and {assessors}.",
    ).format(leads=facts.leads, assessors=facts.assessors)


def team_declared(facts: CaseFacts) -> Bilingual | None:
    if not facts.undeclared:
        return None
    return counted(
        len(facts.undeclared),
        "{names} 尚未作出无利益冲突声明。",
        "{names} has not yet declared that there is no conflict of interest.",
        "{names} have not yet declared that they have no conflict of interest.",
        names=listed(facts.undeclared),
    )


def team_unconflicted(facts: CaseFacts) -> Bilingual | None:
    if not facts.conflicted:
        return None
    return counted(
        len(facts.conflicted),
        "{names} 与该企业存在利益冲突，请更换评估组成员。",
        "{names} has a conflict of interest; choose someone else.",
        "{names} have a conflict of interest; replace them.",
        names=listed(facts.conflicted),
    )


def ruled_by_two(facts: CaseFacts) -> Bilingual | None:
    if facts.total and facts.ruled_twice == facts.total:
        return None
    return counted(
        facts.total - facts.ruled_twice,
        "还有 {n} 条未经两名评估师评定。",
        "{n} criterion does not yet have a verdict from two assessors.",
        "{n} criteria do not yet have a verdict from two assessors.",
    )


def reconciled(facts: CaseFacts) -> Bilingual | None:
    if not facts.unreconciled:
        return None
    return counted(
        facts.unreconciled,
        "还有 {n} 条两名评估师意见不一致，请先完成合议。",
        "The two assessors differ on {n} criterion; reconcile it first.",
        "The two assessors differ on {n} criteria; reconcile them first.",
    )


def conclusion_written(facts: CaseFacts) -> Bilingual | None:
    if facts.conclusion_written:
        return None
    return Bilingual(
        "请先编写评估结论（主要优势、主要不足、改进建议）。",
        "Write the conclusion first: strengths, weaknesses and advice.",
    )


def lead_signed(facts: CaseFacts) -> Bilingual | None:
    return None if facts.lead_signed else Bilingual("请先由评估组长签字。", "The lead assessor must sign first.")


def lead_not_signed(facts: CaseFacts) -> Bilingual | None:
    return Bilingual("评估组长已签字。", "The lead assessor has already signed.") if facts.lead_signed else None


def signer_independent(facts: CaseFacts) -> Bilingual | None:
    if facts.signer_led or facts.signer_ruled:
        return Bilingual(
            "质量审核员不得是本案的评估组长或评估师，请由其他人员审核。",
            "The quality reviewer must be neither the lead nor an assessor of this case; ask someone else.",
        )
    return None


def level_needs_panel(facts: CaseFacts) -> Bilingual | None:
    if facts.recommended_level in (4, 5):
        return None
    return Bilingual(
        "仅推荐等级为 4 级或 5 级的项目提交专家评议。", "Only a recommended level of 4 or 5 goes to the expert panel."
    )


def level_needs_no_panel(facts: CaseFacts) -> Bilingual | None:
    if facts.recommended_level in (4, 5):
        return Bilingual(
            "推荐等级为 4 级或 5 级，须先经专家评议。",
            "A recommended level of 4 or 5 must pass the expert panel first.",
        )
    return None


def level_reached(facts: CaseFacts) -> Bilingual | None:
    if facts.recommended_level:
        return None
    return Bilingual(
        "推荐等级未达到 1 级，不能公示发证。", "The recommended level is below 1; no certificate can be issued."
    )


def panel_in_quorum(facts: CaseFacts) -> Bilingual | None:
    if facts.panel_present >= facts.panel_quorum:
        return None
    return counted(
        facts.panel_present,
        "到会专家 {n} 名，少于规定的 {quorum} 名。",
        "{n} expert was present; the quorum is {quorum}.",
        "{n} experts were present; the quorum is {quorum}.",
        quorum=facts.panel_quorum,
    )


def panel_in_favour(facts: CaseFacts) -> Bilingual | None:
    if facts.panel_in_favour * 2 > facts.panel_present:
        return None
    return Bilingual("同意票未过半数。", "There is no majority in favour.")


def minutes_kept(facts: CaseFacts) -> Bilingual | None:
    return None if facts.minutes.strip() else Bilingual("请填写评议纪要。", "Record the minutes of the panel.")


def notice_period_over(facts: CaseFacts) -> Bilingual | None:
    if facts.notice_days_left <= 0:
        return None
    return counted(
        facts.notice_days_left,
        "公示期还有 {n} 天，期满后方可结束公示。",
        "The notice runs for {n} more day; close it when it is over.",
        "The notice runs for {n} more days; close it when it is over.",
    )


def no_open_objection(facts: CaseFacts) -> Bilingual | None:
    if not facts.open_objections:
        return None
    return counted(
        facts.open_objections,
        "有 {n} 件异议未处理。",
        "{n} objection is still open.",
        "{n} objections are still open.",
    )


def objection_open(facts: CaseFacts) -> Bilingual | None:
    return None if facts.open_objections else Bilingual("没有待处理的异议。", "There is no open objection.")


def notice_closed(facts: CaseFacts) -> Bilingual | None:
    return None if facts.notice_closed else Bilingual("请先结束公示。", "Close the public notice first.")


def notice_not_closed(facts: CaseFacts) -> Bilingual | None:
    return Bilingual("公示已结束。", "The public notice is already closed.") if facts.notice_closed else None


def appeal_admitted(facts: CaseFacts) -> Bilingual | None:
    return None if facts.appeal_admitted else Bilingual("没有已受理的申诉。", "No appeal has been admitted.")


def reason_given(facts: CaseFacts) -> Bilingual | None:
    return None if facts.reason.strip() else Bilingual("请填写理由。", "Give the reason.")
