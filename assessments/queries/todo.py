"""What waits for a person: the cases whose next step is theirs."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from assessments.models import (
    Assessment,
    Delegation,
    EligibilityWaiver,
    ItemReview,
    PublicNotice,
    Signature,
    TeamMember,
    User,
)
from assessments.permissions import scope, statements
from assessments.permissions.scope import case_roles
from assessments.queries.delegations import Figures, own_figures
from assessments.standard import Bilingual
from assessments.workflow import CaseRole, Role, StateCode

_ENTERPRISE_ROLES = (Role.ENTERPRISE_ADMINISTRATOR, Role.CONTRIBUTOR)


@dataclass(frozen=True)
class Todo:
    """One thing to do: ``what`` in words, the case, since when, until when, and the page where it is done."""

    case: Assessment
    what: Bilingual
    url_name: str
    since: dt.datetime
    due: dt.date | None
    #: beside it: straight into the work, where ``url_name`` is a page that says what the work is
    start: str = ""


#: An enterprise's own case waits for its administrator, and for whoever has something left to fill in.
_OF_ENTERPRISE = Q(viewer_enterprise_role__in=_ENTERPRISE_ROLES) & (
    Q(state=StateCode.DRAFT)
    & (
        Q(viewer_enterprise_role=Role.ENTERPRISE_ADMINISTRATOR)
        | Q(has_open_part=True)
        | Q(viewer_delegated=False, self_answered__lt=F("total"))
    )
    | Q(state=StateCode.FINALISED, viewer_enterprise_role=Role.ENTERPRISE_ADMINISTRATOR)
)


def _open_parts(user: User) -> QuerySet[Delegation]:
    """The user's parts of a case; one that is said to be finished waits for nobody."""
    return Delegation.objects.filter(assessment=OuterRef("pk"), user=user, done_at__isnull=True)


def waiting(user: User) -> QuerySet[Assessment]:
    """The cases that wait for this person, longest first; one query with all that :func:`todos` shows."""
    undeclared = TeamMember.objects.filter(assessment=OuterRef("pk"), user=user, declared_at__isnull=True)
    lead_signed = Signature.objects.filter(
        assessment=OuterRef("pk"), kind="lead", revision=OuterRef("report_revision"), is_void=False
    )
    finished = (
        ItemReview.objects.filter(assessment=OuterRef("pk"), assessor=user, finished_at__isnull=False)
        .order_by()
        .values("assessment")
        .annotate(n=Count("pk"))
        .values("n")
    )
    notice = PublicNotice.objects.filter(assessment=OuterRef("pk")).order_by("-published_at")
    delegated = _open_parts(user)
    manager = Q(viewer_body_role=Role.BODY_MANAGER, state__in=[StateCode.APPLIED, StateCode.PLANNING])
    team = (
        Q(is_undeclared=True, state=StateCode.PLANNING)
        | Q(viewer_assessor=True, state=StateCode.DOCUMENT_REVIEW)
        | Q(viewer_lead=True, state__in=[StateCode.DOCUMENT_REVIEW, StateCode.ONSITE])
        | Q(viewer_lead=True, state=StateCode.REPORTING, is_lead_signed=False)
        | Q(viewer_reviewer=True, state=StateCode.REPORTING, is_lead_signed=True)
    )
    office = Q(
        viewer_officer=True,
        state__in=[StateCode.COMPLIANCE_REVIEW, StateCode.EXPERT_REVIEW, StateCode.PUBLIC_NOTICE],
    )
    waiver = EligibilityWaiver.objects.filter(assessment=OuterRef("pk"), decision="")
    may_decide = ~Q(Exists(scope.of_bodies(user=user)))
    office |= Q(viewer_officer=True, state=StateCode.FINALISED, waiver_since__isnull=False) & may_decide
    return (
        scope.cases(user)
        .annotate(
            waiver_since=Subquery(waiver.values("requested_at")[:1]),
            is_undeclared=Exists(undeclared),
            is_lead_signed=Exists(lead_signed),
            items_finished=Coalesce(Subquery(finished), 0),
            notice_closes_on=Subquery(notice.values("closes_on")[:1]),
            has_open_part=Exists(delegated),
            delegated_due=Subquery(delegated.order_by(F("due_date").asc(nulls_last=True)).values("due_date")[:1]),
        )
        .filter(_OF_ENTERPRISE | manager | (Q(viewer_body_role__isnull=False) & team) | office)
        .select_related("enterprise", "body")
        .order_by("state_since", "pk")
    )


def count(user: User) -> int:
    """How many cases :func:`waiting` has: beside every page, so people of enterprises alone are asked the short way."""
    return waiting(user).count() if scope.looks_in(user) else statements.count(_own_waiting, user)


def _own_waiting(user: User) -> QuerySet[Assessment]:
    return scope.own_cases(user).annotate(has_open_part=Exists(_open_parts(user))).filter(_OF_ENTERPRISE)


def todos(user: User, *, most: int = 50) -> list[Todo]:
    """The longest waiting first; at most ``most``."""
    cases = list(waiting(user)[:most])
    own = own_figures(user, [c for c in cases if _fills_in(c)])
    return [_todo(case, own.get(case.pk)) for case in cases]


def _fills_in(case: Assessment) -> bool:
    """A draft whose viewer answers criteria and does not run it."""
    return case.state == StateCode.DRAFT and case.viewer_enterprise_role == Role.CONTRIBUTOR


def _todo(case: Assessment, own: Figures | None) -> Todo:
    """``own`` are the figures of the viewer's parts, where they have any."""
    what, url_name = _words(case)
    start = ""
    if _fills_in(case):
        own = own or Figures(case.total, case.self_answered, 0)
        what, url_name = _own_words(own), "my_part"
        start = "" if own.is_complete else "next_unanswered"
    due = None
    if _is_running(case):
        due = case.notice_closes_on
    if case.state == StateCode.DRAFT:
        due = case.delegated_due or case.planned_date
    since = case.waiver_since if _is_asked(case) else case.state_since
    return Todo(case, what, url_name, since, due, start)


def _own_words(own: Figures) -> Bilingual:
    """What a contributor has to fill in."""
    if own.left:
        return Bilingual(
            "填报自评：您的 {total} 条，还剩 {left} 条", "Self-assessment: {left} of your {total} criteria left"
        ).format(total=own.total, left=own.left)
    if own.to_confirm:
        return Bilingual(
            "填报自评：您的 {total} 条，还有 {n} 条沿用待确认",
            "Self-assessment: {n} of your {total} criteria to confirm",
        ).format(total=own.total, n=own.to_confirm)
    return Bilingual(
        "您的 {total} 条已全部作答，请确认填报完成",
        "All your {total} criteria are answered: mark your parts as finished",
    ).format(total=own.total)


def _is_asked(case: Assessment) -> bool:
    """A case that is still the enterprise's, and waits for the office to decide on a waiver."""
    return case.state == StateCode.FINALISED and CaseRole.OFFICER in case_roles(case)


def _is_running(case: Assessment) -> bool:
    """A notice that may not be closed yet; its last day is no deadline of the office."""
    return case.state == StateCode.PUBLIC_NOTICE and (
        case.notice_closes_on is not None and case.notice_closes_on > timezone.localdate()
    )


def _words(case: Assessment) -> tuple[Bilingual, str]:
    roles = case_roles(case)
    left = case.total - case.self_answered
    if case.state == StateCode.DRAFT:
        if left:
            return Bilingual("继续填报自评，还有 {n} 条未作答", "Continue the self-assessment: {n} left").format(
                n=left
            ), "next_unanswered"
        return Bilingual("作答已完成，请核对并提交自评", "All answered: check and finalise"), "assessment_detail"
    if _is_asked(case):
        return Bilingual("审批资格豁免申请", "Decide on a waiver of eligibility"), "eligibility"
    if case.state == StateCode.PLANNING and CaseRole.BODY_MANAGER not in roles:
        return Bilingual("请作出无利益冲突声明", "Declare that you have no conflict of interest"), "team"
    if case.state == StateCode.DOCUMENT_REVIEW and CaseRole.ASSESSOR in roles:
        items = len(case.edition.items)
        if case.items_finished < items:
            return Bilingual(
                "评定条款，已完成 {done}/{all} 个能力项", "Rule on the criteria: {done} of {all} items finished"
            ).format(done=case.items_finished, all=items), "review"
    if _is_running(case):
        return Bilingual(
            "公示中，期满后结束公示", "On public notice: close it when the period ends"
        ), "assessment_detail"
    return _WORDS[case.state]


_WORDS: dict[str, tuple[Bilingual, str]] = {
    StateCode.FINALISED: (Bilingual("自评已提交，可申请评估", "Finalised: apply for assessment"), "assessment_detail"),
    StateCode.APPLIED: (
        Bilingual("审核申请，受理或不予受理", "Accept or decline the application"),
        "assessment_detail",
    ),
    StateCode.PLANNING: (Bilingual("组建评估组并开始文件评审", "Form the team and start the review"), "team"),
    StateCode.DOCUMENT_REVIEW: (Bilingual("跟进文件评审进度", "Follow the document review"), "review"),
    StateCode.ONSITE: (Bilingual("完成现场评审和合议", "Finish the on-site review and reconcile"), "review"),
    StateCode.REPORTING: (Bilingual("编制并签发评估报告", "Write and sign the report"), "assessment_detail"),
    StateCode.COMPLIANCE_REVIEW: (Bilingual("合规性审查", "Compliance review"), "assessment_detail"),
    StateCode.EXPERT_REVIEW: (Bilingual("登记专家评议结果", "Record the panel's decision"), "assessment_detail"),
    StateCode.PUBLIC_NOTICE: (
        Bilingual("公示期已满，请结束公示并签发证书", "Notice period over: close the notice and issue the certificate"),
        "assessment_detail",
    ),
}
