"""May this user do this? Each rule answers a Decision; whether it may be done *now* is the workflow's business.

The case handed in comes from ``scope.cases(user)``, so that what the user is in it is already known.
"""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser

from assessments.models import Assessment, Membership, Organisation, User
from assessments.permissions.decision import ALLOWED, Decision, refuse
from assessments.permissions.scope import ASSESSED_STATES, PRIVATE_STATES, case_roles
from assessments.standard import Edition
from assessments.workflow import CaseRole, Party, Role, StateCode

_WRITERS = {CaseRole.ENTERPRISE_ADMINISTRATOR, CaseRole.CONTRIBUTOR}
_MEMBERS = _WRITERS | {CaseRole.VIEWER}
_RULING_STATES = (StateCode.DOCUMENT_REVIEW, StateCode.ONSITE)
_REVIEW_STATES = (StateCode.DOCUMENT_REVIEW, StateCode.ONSITE, StateCode.REPORTING)
_PUBLISHED_STATES = (StateCode.PUBLIC_NOTICE, StateCode.CERTIFIED, StateCode.REJECTED)
_TEAM = {CaseRole.LEAD, CaseRole.ASSESSOR, CaseRole.QUALITY_REVIEWER}


def role_in(user: User, organisation: Organisation) -> str | None:
    """The role the user holds in an organisation, from the memberships loaded once a request."""
    return next((m.role for m in memberships(user) if m.organisation_id == organisation.pk), None)


def memberships(user: User) -> list[Membership]:
    """Active memberships of the user with their organisations; one query a request, kept on the user."""
    if not user.is_authenticated:
        return []
    known: list[Membership] | None = getattr(user, "_active_memberships", None)
    if known is None:
        known = list(user.memberships.filter(is_active=True).select_related("organisation"))
        user._active_memberships = known
    return known


def holds(user: User, *roles: Role) -> bool:
    return any(m.role in roles for m in memberships(user))


# --- the questionnaire ---------------------------------------------------------------------------------------------


def can_answer(assessment: Assessment, *, delegated_here: bool | None = None) -> Decision:
    """May the viewer change answers here? ``delegated_here``: the domain is among those assigned to the viewer."""
    if not case_roles(assessment) & _WRITERS:
        return refuse(
            "只有企业管理员和填报人可以修改作答。", "Only administrators and contributors may change answers."
        )
    if assessment.state != StateCode.DRAFT:
        return refuse(
            "自评已提交，作答不能再修改。", "The self-assessment has been finalised; answers can no longer change."
        )
    is_administrator = CaseRole.ENTERPRISE_ADMINISTRATOR in case_roles(assessment)
    if delegated_here is False and assessment.viewer_delegated and not is_administrator:
        return refuse(
            "该能力域未分配给您填报，请联系企业管理员。", "This domain is not assigned to you; ask your administrator."
        )
    return ALLOWED


def can_manage_assessment(assessment: Assessment) -> Decision:
    """Delegate domains, change scope and target: administrators of the enterprise, while drafting."""
    if CaseRole.ENTERPRISE_ADMINISTRATOR not in case_roles(assessment):
        return refuse("只有企业管理员可以办理。", "Only an administrator of the enterprise may do this.")
    if assessment.state != StateCode.DRAFT:
        return refuse("自评已提交，不能再修改。", "The self-assessment has been finalised and can no longer change.")
    return ALLOWED


def can_change_part(assessment: Assessment, *, is_own: bool) -> Decision:
    """Hand over an assigned part or take it up again: whose it is, or an administrator, while drafting."""
    roles = case_roles(assessment)
    if not roles & _WRITERS or (not is_own and CaseRole.ENTERPRISE_ADMINISTRATOR not in roles):
        return refuse(
            "只有负责人本人或企业管理员可以办理。",
            "Only the person it was assigned to or an administrator may do this.",
        )
    if assessment.state != StateCode.DRAFT:
        return refuse("自评已提交，不能再修改。", "The self-assessment has been finalised and can no longer change.")
    return ALLOWED


def can_finish_part(assessment: Assessment, *, is_own: bool) -> Decision:
    """Say that an assigned part is finished: only whose it is can know."""
    if not is_own:
        return refuse(
            "只有负责人本人可以确认填报完成。", "Only the person it was assigned to says that it is finished."
        )
    return can_change_part(assessment, is_own=True)


def can_have_part(assessment: Assessment) -> Decision:
    """Open the page of one's own part: whoever may answer for the enterprise."""
    if case_roles(assessment) & _WRITERS:
        return ALLOWED
    return refuse("只有企业管理员和填报人承担填报工作。", "Only administrators and contributors fill in answers.")


def can_read_division(assessment: Assessment) -> Decision:
    """Who fills in what and how far each is: the enterprise's own business."""
    if case_roles(assessment) & (_WRITERS | {CaseRole.VIEWER}):
        return ALLOWED
    return refuse("填报分工和条款清单仅限本企业成员查看。", "Only members of the enterprise see who fills in what.")


def can_read_material(assessment: Assessment) -> Decision:
    """Answers, notes and evidence: the enterprise and the body; the office once the report is signed off."""
    roles = case_roles(assessment) - {CaseRole.DISTRICT_OFFICER}
    if roles - {CaseRole.OFFICER} or (roles and assessment.state in ASSESSED_STATES):
        return ALLOWED
    if roles:
        return refuse(
            "评估报告签发后，方可查看作答和证明材料。",
            "Answers and evidence can be read once the report is signed off.",
        )
    return refuse(
        "区级主管人员可查看进度和结果，不可查看作答和证明材料。",
        "District officers see progress and results, not answers or evidence.",
    )


def can_read_library(assessment: Assessment) -> Decision:
    """All documents of the enterprise with all their versions, in this case or not: its own people alone."""
    if case_roles(assessment) & {CaseRole.ENTERPRISE_ADMINISTRATOR, CaseRole.CONTRIBUTOR, CaseRole.VIEWER}:
        return ALLOWED
    return refuse(
        "资料库仅限企业成员查看；您可以查看本案已关联条款的材料。",
        "The library is open to members of the enterprise; you may read what is linked to a criterion of this case.",
    )


def can_read_answer_history(assessment: Assessment) -> Decision:
    """Earlier versions of an answer, the answer and the finding of last time: members of the enterprise alone.

    The body and the office read what was handed in, not how it came about.
    """
    if case_roles(assessment) & _MEMBERS:
        return ALLOWED
    return refuse(
        "上次作答、上次评估发现和作答记录仅限本企业成员查看。",
        "Earlier answers, earlier findings and the history of an answer are open to members of the enterprise only.",
    )


def can_read_discussions(assessment: Assessment) -> Decision:
    """What colleagues say to each other about a criterion: members of the enterprise alone, at every stage."""
    if case_roles(assessment) & _MEMBERS:
        return ALLOWED
    return refuse("讨论仅限本企业成员查看。", "Discussions are open to members of the enterprise only.")


def can_comment(assessment: Assessment) -> Decision:
    """Comment, resolve and reopen: whoever may answer for the enterprise, until the case is closed."""
    if not (decision := can_read_discussions(assessment)):
        return decision
    if not case_roles(assessment) & _WRITERS:
        return refuse(
            "只有企业管理员和填报人可以参与讨论，您可以查看。",
            "Only administrators and contributors take part in discussions; you may read them.",
        )
    if assessment.current_state.is_closed:
        return refuse(
            "项目已办结，讨论仅供查看。", "The case is closed; its discussions can be read but not continued."
        )
    return ALLOWED


def can_open_assessment(user: User, organisation: Organisation) -> Decision:
    if role_in(user, organisation) == Role.ENTERPRISE_ADMINISTRATOR:
        return ALLOWED
    return refuse("只有企业管理员可以新建自评。", "Only an administrator of the enterprise may open an assessment.")


# --- eligibility ---------------------------------------------------------------------------------------------------


def can_read_eligibility(assessment: Assessment) -> Decision:
    """What was stated for eligibility and its proof: everybody in the case but the district, which only looks on."""
    if case_roles(assessment) - {CaseRole.DISTRICT_OFFICER}:
        return ALLOWED
    return refuse(
        "区级主管人员可查看进度和结果，不可查看申报条件的填报内容和证明材料。",
        "District officers see progress and results, not what was stated for eligibility.",
    )


def can_state_eligibility(assessment: Assessment, *, is_waiver_open: bool = False) -> Decision:
    """State facts and attach proof: administrators of the enterprise until they apply, but not under a request."""
    if CaseRole.ENTERPRISE_ADMINISTRATOR not in case_roles(assessment):
        return refuse("只有企业管理员可以填报申报条件。", "Only an administrator of the enterprise states eligibility.")
    if assessment.state not in PRIVATE_STATES:
        return refuse(
            "已申请评估或已办结，申报条件不能再修改。",
            "The case has been applied for or closed; eligibility can no longer change.",
        )
    if is_waiver_open:
        return refuse(
            "资格豁免申请正在审批，填报内容不能修改；如需修改，请先撤回豁免申请。",
            "A request for a waiver is being decided; withdraw it first if something has to change.",
        )
    return ALLOWED


def can_request_waiver(assessment: Assessment) -> Decision:
    """Ask for a waiver, or take the request back: administrators of the enterprise, when ready to apply."""
    if CaseRole.ENTERPRISE_ADMINISTRATOR not in case_roles(assessment):
        return refuse("只有企业管理员可以申请资格豁免。", "Only an administrator of the enterprise asks for a waiver.")
    if assessment.state != StateCode.FINALISED:
        return refuse(
            "自评提交后、申请评估前，方可申请资格豁免。", "A waiver is asked for between finalising and applying."
        )
    return ALLOWED


def can_decide_waiver(user: User, assessment: Assessment) -> Decision:
    """Grant or refuse a waiver: an officer without a tie to the enterprise (``scope.cases`` sees to that) or a body.

    No body is chosen yet: whoever belongs to one might let the case through and then take it on.
    """
    if CaseRole.OFFICER not in case_roles(assessment):
        return refuse("只有发证审查员可以审批资格豁免。", "Only a certification officer decides on a waiver.")
    if any(m.organisation.kind == Party.BODY for m in memberships(user)):
        return refuse(
            "您同时是评估机构的成员，不能审批资格豁免，须由其他发证审查员办理。",
            "You also belong to an evaluation body: another officer has to decide on the waiver.",
        )
    if assessment.state != StateCode.FINALISED:
        return refuse("申请评估后不再审批资格豁免。", "Once applied for, waivers are no longer decided on.")
    return ALLOWED


# --- the review ----------------------------------------------------------------------------------------------------


def can_assign_team(assessment: Assessment) -> Decision:
    if CaseRole.BODY_MANAGER not in case_roles(assessment):
        return refuse("只有评估机构负责人可以组建评估组。", "Only the manager of the body may form the team.")
    if assessment.state != StateCode.PLANNING:
        return refuse("仅在评估策划阶段可以调整评估组。", "The team can be changed during planning only.")
    return ALLOWED


def can_declare(assessment: Assessment) -> Decision:
    if not case_roles(assessment) & _TEAM:
        return refuse("只有评估组成员需要声明。", "Only members of the team declare.")
    if assessment.state != StateCode.PLANNING:
        return refuse("仅在评估策划阶段作出声明。", "Declarations are made during planning.")
    return ALLOWED


def can_read_team(assessment: Assessment) -> Decision:
    """Who is on the team: the manager of the body and the team itself; the office once the report is signed off."""
    roles = case_roles(assessment)
    if roles & (_TEAM | {CaseRole.BODY_MANAGER}):
        return ALLOWED
    if CaseRole.OFFICER in roles and assessment.state in ASSESSED_STATES:
        return ALLOWED
    return refuse("评估组信息仅限评估机构查看。", "The team is shown to the evaluation body only.")


def can_read_review(assessment: Assessment) -> Decision:
    """The workbench: the team and the manager of the body while reviewing, the office once it was signed off."""
    roles = case_roles(assessment)
    if roles & (_TEAM | {CaseRole.BODY_MANAGER}) and assessment.state in (*_REVIEW_STATES, *ASSESSED_STATES):
        return ALLOWED
    if CaseRole.OFFICER in roles and assessment.state in ASSESSED_STATES:
        return ALLOWED
    return refuse("评审记录仅限评估组成员查看。", "Review records are open to the team only.")


def can_rule(assessment: Assessment) -> Decision:
    if CaseRole.ASSESSOR not in case_roles(assessment):
        return refuse("只有本案评估师可以评定。", "Only the assessors of this case may rule.")
    if assessment.state not in _RULING_STATES:
        return refuse("仅在文件评审和现场评审阶段可以评定。", "Rulings are made during document and on-site review.")
    return ALLOWED


def can_reconcile(assessment: Assessment) -> Decision:
    if CaseRole.LEAD not in case_roles(assessment):
        return refuse("只有评估组长可以作出合议结论。", "Only the lead assessor reconciles.")
    if assessment.state not in _REVIEW_STATES:
        return refuse("当前阶段不能合议。", "Reconciling is not possible in this state.")
    return ALLOWED


def can_write_conclusion(assessment: Assessment) -> Decision:
    if CaseRole.LEAD not in case_roles(assessment):
        return refuse("只有评估组长可以编制评估结论。", "Only the lead assessor writes the conclusion.")
    if assessment.state != StateCode.REPORTING:
        return refuse("仅在报告编制阶段可以编制评估结论。", "The conclusion is written while reporting.")
    return ALLOWED


def can_read_assessed_result(assessment: Assessment) -> Decision:
    """The assessed result: the body and the office once signed off; enterprise and district once published."""
    roles = case_roles(assessment)
    insiders = roles & (_TEAM | {CaseRole.BODY_MANAGER, CaseRole.OFFICER})
    if assessment.state in _PUBLISHED_STATES or (insiders and assessment.state in ASSESSED_STATES):
        return ALLOWED
    return refuse("评估结果在公示后可以查看。", "The assessed result can be read once it is published.")


# --- organisations -------------------------------------------------------------------------------------------------


def can_manage_members(user: User, organisation: Organisation) -> Decision:
    if role_in(user, organisation) in (Role.ENTERPRISE_ADMINISTRATOR, Role.BODY_MANAGER):
        return ALLOWED
    return refuse("只有管理员可以管理成员。", "Only an administrator may manage members.")


def assignable_roles(organisation: Organisation) -> tuple[Role, ...]:
    """Roles an administrator may give in an organisation of this kind; office and platform are set up by operators."""
    return tuple(r for r in Role if r.party == organisation.kind and r.party in (Party.ENTERPRISE, Party.BODY))


# --- the office ----------------------------------------------------------------------------------------------------


def can_manage_certificates(user: User) -> Decision:
    if holds(user, Role.CERTIFICATION_OFFICER):
        return ALLOWED
    return refuse("只有发证审查员可以变更证书状态。", "Only a certification officer may change a certificate.")


def can_change_certificate(user: User, case: Assessment | None) -> Decision:
    """Suspend, restore or revoke a certificate; ``case`` is the one it came from if it is within the user's scope."""
    if (decision := can_manage_certificates(user)) and (case is None or CaseRole.OFFICER not in case_roles(case)):
        return refuse(
            "您与持证企业存在利害关系，或曾参与该项目的评估，须由其他发证审查员办理。",
            "You have a tie with the holder, or took part in this assessment: another officer has to decide.",
        )
    return decision


def can_read_documents(user: User) -> Decision:
    if holds(user, Role.CERTIFICATION_OFFICER):
        return ALLOWED
    return refuse("只有发证审查员可以查看报告文件。", "Only certification officers may list the documents.")


def can_read_wording(user: User | AnonymousUser, edition: Edition) -> Decision:
    """Read the texts of an edition: anybody our own words, only people with an account what was licensed."""
    if edition.wording == "own" or user.is_authenticated:
        return ALLOWED
    return refuse(
        "该版本载入的是标准正式文本，按许可仅供登录用户查阅。",
        "This edition holds the licensed text of the standard, which only signed-in users may read.",
    )


def can_manage_standard(user: User) -> Decision:
    """Load licensed text, publish editions, correct them, set the days of a transition."""
    if holds(user, Role.SYSTEM_ADMINISTRATOR):
        return ALLOWED
    return refuse("只有系统管理员可以管理标准版本。", "Only a system administrator may manage the editions.")


def can_read_audit(user: User) -> Decision:
    if holds(user, Role.AUDIT_ADMINISTRATOR):
        return ALLOWED
    return refuse("只有审计管理员可以查看审计记录。", "Only an audit administrator may read the audit trail.")
