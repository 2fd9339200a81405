"""The next steps of a case in words: what each does, what it asks for, and what still stands in its way."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from assessments.models import Assessment, User
from assessments.permissions.scope import case_roles
from assessments.queries.facts import gather
from assessments.standard import Bilingual
from assessments.workflow import Arrow, CaseFacts, available
from assessments.workflow import guards as g
from assessments.workflow.guards import Guard

#: Conditions that the person meets by filling in the form of the step; they refuse nothing beforehand.
IN_FORM: frozenset[Guard] = frozenset(
    {
        g.pledge_signed,
        g.body_chosen,
        g.contract_recorded,
        g.panel_in_quorum,
        g.panel_in_favour,
        g.minutes_kept,
        g.reason_given,
    }
)
#: Steps that answer something received from outside; they are offered only once it was received.
_ON_RECEIPT = {"uphold_objection": g.objection_open, "admit_appeal": g.appeal_admitted}

CONDITIONS: dict[Guard, Bilingual] = {
    g.all_answered: Bilingual("全部条款已作答", "Every criterion is answered"),
    g.carried_confirmed: Bilingual("沿用的作答均已确认", "Every answer carried over is confirmed"),
    g.edition_accepted: Bilingual("所用标准版本仍可申请评估", "The edition may still be applied with"),
    g.not_applicable_reasoned: Bilingual("“不适用”的条款均已填写理由", "Every criterion not applicable has its reason"),
    g.pledge_signed: Bilingual("签署真实性承诺", "The truth pledge is signed"),
    g.eligible: Bilingual(
        "目标等级的申报条件已满足，或已获资格豁免", "The conditions of the target level are met, or waived"
    ),
    g.body_chosen: Bilingual("选择评估机构", "An evaluation body is chosen"),
    g.body_qualified: Bilingual(
        "评估机构资质有效，与企业无利益冲突", "The body is qualified and has no conflict of interest"
    ),
    g.contract_recorded: Bilingual("登记合同编号和备案编号", "Contract and filing numbers are recorded"),
    g.team_complete: Bilingual("评估组有一名组长和至少两名评估师", "The team has one lead and at least two assessors"),
    g.team_declared: Bilingual("评估组成员均已作出无利益冲突声明", "Everyone on the team has declared no conflict"),
    g.team_unconflicted: Bilingual("评估组成员与企业无利益冲突", "Nobody on the team has a conflict of interest"),
    g.ruled_by_two: Bilingual("全部条款已由两名评估师评定", "Two assessors have ruled on every criterion"),
    g.reconciled: Bilingual("意见不一致的条款均已合议", "Every difference is reconciled"),
    g.conclusion_written: Bilingual("评估结论已编写", "The conclusion is written"),
    g.lead_signed: Bilingual("评估组长已签字", "The lead assessor has signed"),
    g.lead_not_signed: Bilingual("评估组长尚未签字", "The lead assessor has not signed yet"),
    g.signer_independent: Bilingual(
        "签发人不是本案的组长或评估师", "The signer is neither lead nor assessor of this case"
    ),
    g.level_needs_panel: Bilingual("推荐等级为 4 级或 5 级", "The recommended level is 4 or 5"),
    g.level_needs_no_panel: Bilingual("推荐等级为 3 级及以下，或已经专家评议", "The recommended level needs no panel"),
    g.level_reached: Bilingual("推荐等级达到 1 级", "The recommended level is at least 1"),
    g.panel_in_quorum: Bilingual("到会专家达到规定人数", "The panel has its quorum"),
    g.panel_in_favour: Bilingual("同意票过半数", "A majority is in favour"),
    g.minutes_kept: Bilingual("填写评议纪要", "The minutes are recorded"),
    g.notice_period_over: Bilingual("公示期已满", "The notice period is over"),
    g.no_open_objection: Bilingual("没有未处理的异议", "No objection is open"),
    g.objection_open: Bilingual("有待处理的异议", "An objection is open"),
    g.notice_closed: Bilingual("公示已结束", "The public notice is closed"),
    g.notice_not_closed: Bilingual("公示尚未结束", "The public notice is still open"),
    g.appeal_admitted: Bilingual("申诉已受理", "An appeal is admitted"),
    g.reason_given: Bilingual("填写理由", "The reason is given"),
}


@dataclass(frozen=True)
class Words:
    """What a step does, as sentences, and what to say once it is done."""

    effects: tuple[Bilingual, ...]
    done: Bilingual


_CLOSED = Bilingual("项目办结，不能恢复。", "The case is closed and cannot be revived.")
_TOLD_ENTERPRISE = Bilingual("系统通知企业。", "The enterprise is told.")
_TOLD_BODY = Bilingual("系统通知评估机构。", "The evaluation body is told.")
_TOLD_ALL = Bilingual("系统通知企业和评估机构。", "The enterprise and the body are told.")
_TO_NOTICE = Bilingual(
    "评估结果向社会公示，公示期内可提出异议。", "The result is published; objections may be raised while it runs."
)

WORDS: dict[str, Words] = {
    "finalise": Words(
        (
            Bilingual(
                "作答锁定，自评得分和等级随之固定。",
                "Answers are locked, and the self-assessed score and level are frozen.",
            ),
            Bilingual(
                "提交后可以申请评估，也可以说明理由重新打开自评。",
                "You may then apply for assessment, or reopen with a reason.",
            ),
        ),
        Bilingual("自评已提交。", "The self-assessment is finalised."),
    ),
    "apply": Words(
        (
            Bilingual(
                "所选评估机构将看到本项目的作答和证明材料。", "The body you choose will see the answers and evidence."
            ),
            Bilingual("评估机构受理前，可以撤回申请。", "Until the body accepts, you may withdraw the application."),
        ),
        Bilingual("申请已提交，等待评估机构受理。", "The application is with the evaluation body."),
    ),
    "reopen": Words(
        (
            Bilingual("自评恢复为可修改状态，并记为新的修订版次。", "Answers can be changed again, as a new revision."),
            Bilingual(
                "已固定的得分和等级保留备查，重新提交后以新的结果为准。",
                "The frozen result is kept; the next one will count.",
            ),
        ),
        Bilingual("自评已重新打开，可继续修改作答。", "The self-assessment is open again."),
    ),
    "archive": Words(
        (Bilingual("自评保留备查，不再申请评估。", "The self-assessment is kept but cannot be applied with."), _CLOSED),
        Bilingual("自评已归档。", "The self-assessment is archived."),
    ),
    "accept": Words(
        (
            Bilingual("项目进入评估策划，由机构组建评估组。", "Planning begins, and the body forms its team."),
            _TOLD_ENTERPRISE,
        ),
        Bilingual("申请已受理，请组建评估组。", "The application is accepted; form the team."),
    ),
    "decline": Words(
        (
            Bilingual(
                "申请退回企业，企业可另选评估机构。",
                "The application goes back, and the enterprise may choose another body.",
            ),
            Bilingual("退回后，本机构不再能查看该项目。", "Your body can no longer see the case."),
            _TOLD_ENTERPRISE,
        ),
        Bilingual("已不予受理，申请退回企业。", "The application is declined and back with the enterprise."),
    ),
    "withdraw": Words((_CLOSED, _TOLD_BODY), Bilingual("申请已撤回。", "The application is withdrawn.")),
    "start_review": Words(
        (
            Bilingual(
                "评估组名单固定，评估师开始独立评定。",
                "The team is fixed, and its assessors begin to rule independently.",
            ),
            Bilingual("系统通知企业和评估组。", "The enterprise and the team are told."),
        ),
        Bilingual("文件评审已开始。", "The document review has begun."),
    ),
    "go_onsite": Words(
        (
            Bilingual(
                "项目进入现场评审，评定可结合现场核实调整。",
                "The on-site review begins; rulings may follow what is found there.",
            ),
        ),
        Bilingual("已进入现场评审。", "The on-site review has begun."),
    ),
    "start_reporting": Words(
        (
            Bilingual(
                "评定锁定，以合议后的结论计算得分和等级。", "Rulings are locked; the reconciled verdicts are scored."
            ),
        ),
        Bilingual("已开始编制报告。", "Reporting has begun."),
    ),
    "sign_report": Words(
        (Bilingual("签字后转质量审核员审核。", "After signing, the report goes to the quality reviewer."),),
        Bilingual("已签字，等待质量审核。", "Signed; the quality review follows."),
    ),
    "sign_off": Words(
        (
            Bilingual(
                "评估得分和等级固定，报告提交评估工作部。",
                "The assessed score and level are frozen and go to the office.",
            ),
            Bilingual(
                "提交后评估机构不能再修改，除非被退回补正。", "The body can change nothing unless it is returned."
            ),
        ),
        Bilingual("评估报告已签发，转合规性审查。", "The report is released and goes to compliance review."),
    ),
    "send_back": Words(
        (
            Bilingual(
                "组长签字作废，由组长修改后重新签字。",
                "The lead's signature is void; the lead corrects and signs again.",
            ),
        ),
        Bilingual("已退回评估组长。", "Sent back to the lead."),
    ),
    "pass_to_notice": Words(
        (_TO_NOTICE, _TOLD_ALL), Bilingual("审查通过，已开始公示。", "Passed; the public notice has begun.")
    ),
    "pass_to_panel": Words(
        (Bilingual("由评估工作部组织专家评议。", "The office convenes an expert panel."), _TOLD_BODY),
        Bilingual("已提交专家评议。", "The case is with the expert panel."),
    ),
    "return": Words(
        (
            Bilingual(
                "项目退回评估机构，报告记为新的修订版次，须重新签字和签发。",
                "The report becomes a new revision, to be signed again.",
            ),
            _TOLD_BODY,
        ),
        Bilingual("已退回评估机构补正。", "Returned to the body for correction."),
    ),
    "reject": Words(
        (Bilingual("项目以不通过办结，不颁发证书。", "The case is rejected; no certificate is issued."), _TOLD_ALL),
        Bilingual("项目不予通过。", "The case is rejected."),
    ),
    "panel_pass": Words(
        (_TO_NOTICE, _TOLD_ALL), Bilingual("评议通过，已开始公示。", "The panel passed it; the notice has begun.")
    ),
    "panel_return": Words(
        (
            Bilingual(
                "项目退回评估机构，报告记为新的修订版次，须重新签字和签发。",
                "The report becomes a new revision, to be signed again.",
            ),
            _TOLD_BODY,
        ),
        Bilingual(
            "评议意见已登记，项目退回评估机构。", "The panel's view is recorded; the case is back with the body."
        ),
    ),
    "panel_reject": Words(
        (Bilingual("项目以不通过办结，不颁发证书。", "The case is rejected; no certificate is issued."), _TOLD_ALL),
        Bilingual("评议不通过，项目办结。", "The panel rejected it; the case is closed."),
    ),
    "close_notice": Words(
        (
            Bilingual("公示结束，可以签发证书。", "The notice is closed; the certificate can be issued."),
            _TOLD_ENTERPRISE,
        ),
        Bilingual("公示已结束。", "The public notice is closed."),
    ),
    "issue_certificate": Words(
        (
            Bilingual(
                "生成证书编号，证书自签发之日起可公开查询。",
                "The certificate gets its number and can be checked by anyone.",
            ),
            Bilingual("项目办结。", "The case is closed."),
            _TOLD_ALL,
        ),
        Bilingual("证书已签发。", "The certificate is issued."),
    ),
    "uphold_objection": Words(
        (Bilingual("项目退回合规性审查。", "The case goes back to compliance review."), _TOLD_ALL),
        Bilingual("异议成立，项目退回合规性审查。", "The objection is upheld."),
    ),
    "admit_appeal": Words(
        (Bilingual("项目退回合规性审查。", "The case goes back to compliance review."), _TOLD_ALL),
        Bilingual("申诉已受理。", "The appeal is admitted."),
    ),
}


@dataclass(frozen=True)
class Check:
    """One condition of a step. ``status``: met, unmet (``reason`` says why) or form (met by filling in the form)."""

    label: Bilingual
    status: str
    reason: Bilingual | None = None


@dataclass(frozen=True)
class Step:
    """A step the viewer may take by role; ``reasons`` say what stands in its way beyond its own form."""

    arrow: Arrow
    reasons: tuple[Bilingual, ...]

    @property
    def is_open(self) -> bool:
        return not self.reasons


def checks(arrow: Arrow, facts: CaseFacts) -> tuple[Check, ...]:
    """Every condition of the arrow in the order of the table."""
    return tuple(_check(guard, guard(facts), arrow) for guard in arrow.guards)


def _check(guard: Guard, reason: Bilingual | None, arrow: Arrow) -> Check:
    label = CONDITIONS[guard]
    if guard in IN_FORM or (guard is g.body_qualified and g.body_chosen in arrow.guards):
        return Check(label, "form")
    return Check(label, "unmet" if reason else "met", reason)


def obstacles(arrow: Arrow, facts: CaseFacts) -> tuple[Bilingual, ...]:
    """Why the arrow cannot be taken, leaving aside what its own form asks for."""
    return tuple(c.reason for c in checks(arrow, facts) if c.reason)


def next_steps(case: Assessment, *, by: User, at: dt.datetime) -> tuple[Step, ...]:
    """The steps that this person may take by role, in the order of the table; no query when there are none."""
    arrows = available(case.state, case_roles(case))
    if not arrows:
        return ()
    facts = gather(case, by=by, at=at)
    return tuple(Step(a, obstacles(a, facts)) for a in arrows if is_offered(a, facts))


def is_offered(arrow: Arrow, facts: CaseFacts) -> bool:
    """Steps on an objection or an appeal are offered only when there is one."""
    needed = _ON_RECEIPT.get(arrow.action)
    return needed is None or needed not in arrow.guards or needed(facts) is None
