"""The table of arrows: from, action, to, who, guards, event, who is told. Buttons and server read the same row."""

from __future__ import annotations

from dataclasses import dataclass

from assessments.standard.bilingual import Bilingual
from assessments.workflow import guards as g
from assessments.workflow.guards import Guard
from assessments.workflow.parties import CaseRole as R
from assessments.workflow.states import StateCode as S


@dataclass(frozen=True)
class Arrow:
    """One way out of a state. ``tone`` orders the buttons: one ``main``, then ``other``, then ``stop``."""

    source: S
    action: str
    target: S
    label: Bilingual
    roles: frozenset[R]
    guards: tuple[Guard, ...] = ()
    tells: frozenset[R] = frozenset()
    tone: str = "main"

    @property
    def event(self) -> str:
        return f"case.{self.action}"

    @property
    def done(self) -> Bilingual:
        """The step as something that happened: Chinese uses the same words, English does not."""
        return Bilingual(self.label.zh, _DONE[self.action])


def _roles(*roles: R) -> frozenset[R]:
    return frozenset(roles)


_ENTERPRISE = _roles(R.ENTERPRISE_ADMINISTRATOR)
_BODY = _roles(R.BODY_MANAGER)
_TEAM = _roles(R.LEAD, R.ASSESSOR, R.QUALITY_REVIEWER)
_OFFICE = _roles(R.OFFICER)
_EVERYONE = _ENTERPRISE | _BODY | _TEAM

ARROWS: tuple[Arrow, ...] = (
    Arrow(
        S.DRAFT, "finalise", S.FINALISED, Bilingual("提交自评", "Finalise self-assessment"), _ENTERPRISE,
        (g.all_answered, g.carried_confirmed, g.not_applicable_reasoned, g.pledge_signed),
        _ENTERPRISE | _roles(R.CONTRIBUTOR),
    ),
    Arrow(
        S.FINALISED, "apply", S.APPLIED, Bilingual("申请评估", "Apply for assessment"), _ENTERPRISE,
        (g.edition_accepted, g.eligible, g.body_chosen, g.body_qualified), _BODY,
    ),
    Arrow(
        S.FINALISED, "reopen", S.DRAFT, Bilingual("重新打开自评", "Reopen self-assessment"), _ENTERPRISE,
        (g.reason_given,), _ENTERPRISE | _roles(R.CONTRIBUTOR), tone="other",
    ),
    Arrow(
        S.FINALISED, "archive", S.ARCHIVED, Bilingual("归档", "Archive"), _ENTERPRISE, (), _ENTERPRISE, tone="stop"
    ),
    Arrow(
        S.APPLIED, "accept", S.PLANNING, Bilingual("受理申请", "Accept application"), _BODY,
        (g.body_qualified, g.contract_recorded), _ENTERPRISE,
    ),
    Arrow(
        S.APPLIED, "decline", S.FINALISED, Bilingual("不予受理", "Decline application"), _BODY, (g.reason_given,),
        _ENTERPRISE, tone="stop",
    ),
    Arrow(
        S.APPLIED, "withdraw", S.WITHDRAWN, Bilingual("撤回申请", "Withdraw application"), _ENTERPRISE,
        (g.reason_given,), _BODY, tone="stop",
    ),
    Arrow(
        S.PLANNING, "start_review", S.DOCUMENT_REVIEW, Bilingual("开始文件评审", "Start document review"),
        _BODY | _roles(R.LEAD), (g.body_qualified, g.team_complete, g.team_declared, g.team_unconflicted),
        _ENTERPRISE | _TEAM,
    ),
    Arrow(
        S.DOCUMENT_REVIEW, "go_onsite", S.ONSITE, Bilingual("进入现场评审", "Go on site"), _roles(R.LEAD),
        (g.ruled_by_two,), _ENTERPRISE | _TEAM,
    ),
    Arrow(
        S.ONSITE, "start_reporting", S.REPORTING, Bilingual("开始编制报告", "Start reporting"), _roles(R.LEAD),
        (g.ruled_by_two, g.reconciled), _TEAM,
    ),
    Arrow(
        S.REPORTING, "sign_report", S.REPORTING, Bilingual("组长签字", "Sign as lead"), _roles(R.LEAD),
        (g.lead_not_signed, g.ruled_by_two, g.reconciled, g.conclusion_written), _roles(R.QUALITY_REVIEWER),
    ),
    Arrow(
        S.REPORTING, "sign_off", S.COMPLIANCE_REVIEW, Bilingual("质量审核签发", "Sign off"),
        _roles(R.QUALITY_REVIEWER), (g.lead_signed, g.signer_independent, g.reconciled), _OFFICE | _BODY,
    ),
    Arrow(
        S.REPORTING, "send_back", S.REPORTING, Bilingual("退回组长修改", "Send back to lead"),
        _roles(R.QUALITY_REVIEWER), (g.lead_signed, g.reason_given), _roles(R.LEAD), tone="other",
    ),
    Arrow(
        S.COMPLIANCE_REVIEW, "pass_to_notice", S.PUBLIC_NOTICE, Bilingual("通过并公示", "Pass to public notice"),
        _OFFICE, (g.level_reached, g.level_needs_no_panel), _EVERYONE,
    ),
    Arrow(
        S.COMPLIANCE_REVIEW, "pass_to_panel", S.EXPERT_REVIEW, Bilingual("提交专家评议", "Pass to expert panel"),
        _OFFICE, (g.level_needs_panel,), _BODY,
    ),
    Arrow(
        S.COMPLIANCE_REVIEW, "return", S.REPORTING, Bilingual("退回补正", "Return for correction"), _OFFICE,
        (g.reason_given,), _BODY | _TEAM, tone="other",
    ),
    Arrow(
        S.COMPLIANCE_REVIEW, "reject", S.REJECTED, Bilingual("不予通过", "Reject"), _OFFICE, (g.reason_given,),
        _EVERYONE, tone="stop",
    ),
    Arrow(
        S.EXPERT_REVIEW, "panel_pass", S.PUBLIC_NOTICE, Bilingual("评议通过并公示", "Panel passes to notice"), _OFFICE,
        (g.level_reached, g.panel_in_quorum, g.panel_in_favour, g.minutes_kept), _EVERYONE,
    ),
    Arrow(
        S.EXPERT_REVIEW, "panel_return", S.REPORTING, Bilingual("评议退回", "Panel returns"), _OFFICE,
        (g.panel_in_quorum, g.minutes_kept, g.reason_given), _BODY | _TEAM, tone="other",
    ),
    Arrow(
        S.EXPERT_REVIEW, "panel_reject", S.REJECTED, Bilingual("评议不通过", "Panel rejects"), _OFFICE,
        (g.panel_in_quorum, g.minutes_kept, g.reason_given), _EVERYONE, tone="stop",
    ),
    Arrow(
        S.PUBLIC_NOTICE, "close_notice", S.PUBLIC_NOTICE, Bilingual("结束公示", "Close public notice"), _OFFICE,
        (g.notice_not_closed, g.notice_period_over, g.no_open_objection), _ENTERPRISE,
    ),
    Arrow(
        S.PUBLIC_NOTICE, "issue_certificate", S.CERTIFIED, Bilingual("签发证书", "Issue certificate"), _OFFICE,
        (g.notice_closed, g.no_open_objection, g.level_reached), _EVERYONE,
    ),
    Arrow(
        S.PUBLIC_NOTICE, "uphold_objection", S.COMPLIANCE_REVIEW, Bilingual("异议成立", "Uphold objection"), _OFFICE,
        (g.objection_open, g.reason_given), _EVERYONE, tone="stop",
    ),
    Arrow(
        S.REJECTED, "admit_appeal", S.COMPLIANCE_REVIEW, Bilingual("受理申诉", "Admit appeal"), _OFFICE,
        (g.appeal_admitted, g.reason_given), _EVERYONE, tone="other",
    ),
)  # fmt: skip


@dataclass(frozen=True)
class Aside:
    """A step beside the road: something asked or decided about a case whose state does not change."""

    action: str
    label: Bilingual
    done: Bilingual
    roles: frozenset[R]
    tells: frozenset[R]

    @property
    def event(self) -> str:
        return f"case.{self.action}"


ASIDES: dict[str, Aside] = {
    a.action: a
    for a in (
        Aside(
            "request_waiver", Bilingual("申请资格豁免", "Ask for a waiver of eligibility"),
            Bilingual("申请资格豁免", "Waiver of eligibility requested"), _ENTERPRISE, _OFFICE,
        ),
        Aside(
            "withdraw_waiver", Bilingual("撤回豁免申请", "Withdraw the request for a waiver"),
            Bilingual("撤回豁免申请", "Request for a waiver withdrawn"), _ENTERPRISE, _OFFICE,
        ),
        Aside(
            "grant_waiver", Bilingual("准予豁免", "Grant the waiver"),
            Bilingual("准予资格豁免", "Waiver of eligibility granted"), _OFFICE, _ENTERPRISE,
        ),
        Aside(
            "refuse_waiver", Bilingual("不予豁免", "Refuse the waiver"),
            Bilingual("不予资格豁免", "Waiver of eligibility refused"), _OFFICE, _ENTERPRISE,
        ),
    )
}  # fmt: skip

_DONE: dict[str, str] = {
    "finalise": "Self-assessment finalised",
    "apply": "Applied for assessment",
    "reopen": "Self-assessment reopened",
    "archive": "Archived",
    "accept": "Application accepted",
    "decline": "Application declined",
    "withdraw": "Application withdrawn",
    "start_review": "Document review started",
    "go_onsite": "On-site review started",
    "start_reporting": "Reporting started",
    "sign_report": "Signed by the lead assessor",
    "sign_off": "Signed off",
    "send_back": "Sent back to the lead assessor",
    "pass_to_notice": "Passed to public notice",
    "pass_to_panel": "Passed to the expert panel",
    "return": "Returned for correction",
    "reject": "Rejected",
    "panel_pass": "Passed by the expert panel",
    "panel_return": "Returned by the expert panel",
    "panel_reject": "Rejected by the expert panel",
    "close_notice": "Public notice closed",
    "issue_certificate": "Certificate issued",
    "uphold_objection": "Objection upheld",
    "admit_appeal": "Appeal admitted",
}

ACTIONS: tuple[str, ...] = tuple(dict.fromkeys(a.action for a in ARROWS))
