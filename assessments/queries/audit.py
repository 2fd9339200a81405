"""Reading the audit trail: filtered, a page at a time without counting, in words."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from assessments.models import Event, User
from assessments.models.certificates import STATUSES
from assessments.models.eligibility import DECISIONS
from assessments.queries.eligibility import facts_words, outcome_words, slot_of
from assessments.scoring import TRACKS, VERDICTS
from assessments.standard import Bilingual, listed
from assessments.standard.words import CONFIRMATIONS, EDITION_STATUSES, ERRATUM_FIELDS, WORDINGS
from assessments.workflow import ARROWS, ASIDES, STATES, CaseRole, Role

PER_PAGE = 50

#: Every kind of event in words; the steps of the workflow bring their own.
KINDS: dict[str, Bilingual] = {
    "case.open": Bilingual("新建自评", "Assessment opened"),
    "case.carried_over": Bilingual("沿用以往作答", "Answers carried over"),
    "case.self_checked": Bilingual("带入快速自测", "Self-check taken over"),
    "case.frame": Bilingual("修改评估范围和目标", "Scope and target changed"),
    "case.delegated": Bilingual("调整填报分工", "Parts assigned"),
    "delegation.handed_over": Bilingual("移交填报工作", "Part handed over"),
    "delegation.done": Bilingual("确认填报完成", "Part finished"),
    "delegation.reopened": Bilingual("恢复填报", "Part reopened"),
    **{arrow.event: arrow.label for arrow in ARROWS},
    **{aside.event: aside.label for aside in ASIDES.values()},
    "eligibility.stated": Bilingual("填报申报条件", "Eligibility stated"),
    "eligibility.attached": Bilingual("添加申报条件证明材料", "Proof of eligibility attached"),
    "eligibility.detached": Bilingual("移除申报条件证明材料", "Proof of eligibility removed"),
    "answer.saved": Bilingual("保存作答", "Answer saved"),
    "answers.saved": Bilingual("批量保存作答", "Answers saved"),
    "answers.exported": Bilingual("导出填报工作簿", "Workbook of answers exported"),
    "answers.uploaded": Bilingual("上传填报工作簿", "Workbook of answers uploaded"),
    "answers.imported": Bilingual("导入填报工作簿", "Workbook of answers imported"),
    "answers.import_discarded": Bilingual("放弃导入填报工作簿", "Workbook of answers discarded"),
    "discussion.commented": Bilingual("发表讨论意见", "Comment made"),
    "discussion.resolved": Bilingual("将讨论标为已解决", "Discussion resolved"),
    "discussion.reopened": Bilingual("重新打开讨论", "Discussion reopened"),
    "evidence.attached": Bilingual("添加证明材料", "Evidence attached"),
    "evidence.refused": Bilingual("拒收含恶意内容的文件", "Malicious file refused"),
    "evidence.detached": Bilingual("移除证明材料", "Evidence removed"),
    "evidence.downloaded": Bilingual("下载证明材料", "Evidence downloaded"),
    "evidence.previewed": Bilingual("预览证明材料", "Evidence previewed"),
    "evidence.packaged": Bilingual("下载证明材料包", "Evidence package downloaded"),
    "evidence.described": Bilingual("修改材料信息", "Document described"),
    "evidence.versioned": Bilingual("上传材料新版本", "New version uploaded"),
    "evidence.linked": Bilingual("选用资料库材料", "Evidence linked from the library"),
    "evidence.pointer": Bilingual("修改材料位置", "Place in the evidence changed"),
    "team.assigned": Bilingual("指派评估组成员", "Team member assigned"),
    "team.removed": Bilingual("移出评估组成员", "Team member removed"),
    "team.declared": Bilingual("作出无利益冲突声明", "No conflict declared"),
    "ruling.saved": Bilingual("保存评定", "Ruling saved"),
    "rulings.saved": Bilingual("批量保存评定", "Rulings saved"),
    "item.finished": Bilingual("完成能力项评定", "Item finished"),
    "item.resumed": Bilingual("恢复能力项评定", "Item resumed"),
    "verdict.reconciled": Bilingual("作出合议结论", "Verdict reconciled"),
    "verdicts.reconciled": Bilingual("批量作出合议结论", "Verdicts reconciled"),
    "conclusion.saved": Bilingual("保存评估结论", "Conclusion saved"),
    "certificate.status": Bilingual("变更证书状态", "Certificate status changed"),
    "document.downloaded": Bilingual("下载报告文件", "Document downloaded"),
    "edition.exported": Bilingual("导出标准版本", "Edition exported"),
    "edition.drafted": Bilingual("导入标准版本草稿", "Draft edition imported"),
    "edition.draft_deleted": Bilingual("删除标准版本草稿", "Draft edition deleted"),
    "edition.published": Bilingual("发布标准版本", "Edition published"),
    "edition.erratum": Bilingual("登记勘误", "Erratum recorded"),
    "scheme.pinned": Bilingual("锁定计分方案", "Scoring scheme held"),
    "edition.window": Bilingual("设置过渡期", "Transition days set"),
    "organisation.registered": Bilingual("登记组织", "Organisation registered"),
    "organisation.updated": Bilingual("修改组织信息", "Organisation changed"),
    "member.invited": Bilingual("邀请成员", "Member invited"),
    "member.invitation_withdrawn": Bilingual("撤回邀请", "Invitation withdrawn"),
    "member.joined": Bilingual("成员加入", "Member joined"),
    "member.join_requested": Bilingual("申请加入", "Joining asked for"),
    "member.join_withdrawn": Bilingual("撤回加入申请", "Request to join withdrawn"),
    "member.join_declined": Bilingual("拒绝加入申请", "Request to join declined"),
    "member.role": Bilingual("变更成员角色", "Member's role changed"),
    "member.left": Bilingual("成员离开", "Member left"),
    "admin.user_added": Bilingual("系统管理：新增用户", "Administration: user added"),
    "admin.user_changed": Bilingual("系统管理：修改用户", "Administration: user changed"),
    "admin.organisation_added": Bilingual("系统管理：新增组织", "Administration: organisation added"),
    "admin.organisation_changed": Bilingual("系统管理：修改组织", "Administration: organisation changed"),
    "admin.enterpriseprofile_added": Bilingual("系统管理：新增企业信息", "Administration: enterprise added"),
    "admin.enterpriseprofile_changed": Bilingual("系统管理：修改企业信息", "Administration: enterprise changed"),
    "admin.bodyprofile_added": Bilingual("系统管理：新增机构资质", "Administration: qualification added"),
    "admin.bodyprofile_changed": Bilingual("系统管理：修改机构资质", "Administration: qualification changed"),
    "admin.membership_added": Bilingual("系统管理：新增成员", "Administration: member added"),
    "admin.membership_changed": Bilingual("系统管理：修改成员", "Administration: member changed"),
    "admin.conflictofinterest_added": Bilingual("系统管理：登记利益冲突", "Administration: conflict noted"),
    "admin.conflictofinterest_changed": Bilingual("系统管理：修改利益冲突", "Administration: conflict changed"),
}

_FIELDS: dict[str, Bilingual] = {
    "state": Bilingual("状态", "State"),
    "reason": Bilingual("理由", "Reason"),
    "verdict": Bilingual("判定", "Verdict"),
    "note": Bilingual("说明", "Note"),
    "remark": Bilingual("评审意见", "Remark"),
    "version": Bilingual("版本", "Version"),
    "status": Bilingual("证书状态", "Certificate status"),
    "role": Bilingual("角色", "Role"),
    "email": Bilingual("电子邮箱", "Email"),
    "name": Bilingual("名称", "Name"),
    "level": Bilingual("等级", "Level"),
    "score": Bilingual("得分", "Score"),
    "revision": Bilingual("修订次数", "Revision"),
    "report_revision": Bilingual("报告修订次数", "Report revision"),
    "body": Bilingual("评估机构", "Evaluation body"),
    "body_en": Bilingual("评估机构英文名称", "English name of the evaluation body"),
    "certificate": Bilingual("证书编号", "Certificate"),
    "closes_on": Bilingual("公示截止", "Notice closes on"),
    "contract_number": Bilingual("合同编号", "Contract number"),
    "filing_number": Bilingual("备案编号", "Filing number"),
    "target_level": Bilingual("目标等级", "Target level"),
    "scope": Bilingual("评估范围", "Scope"),
    "planned_date": Bilingual("计划完成日期", "Planned date"),
    "domains": Bilingual("能力域", "Domains"),
    "items": Bilingual("能力项", "Items"),
    "due_date": Bilingual("完成期限", "Due date"),
    "user": Bilingual("人员", "Person"),
    "mentioned": Bilingual("提及人员", "People mentioned"),
    "reopened": Bilingual("同时重新打开讨论", "Discussion reopened as well"),
    "restored": Bilingual("恢复自第几版", "Restored from version"),
    "file": Bilingual("文件标识", "File id"),
    "files": Bilingual("文件数", "Files"),
    "size": Bilingual("大小（字节）", "Size in bytes"),
    "document": Bilingual("材料名称", "Document"),
    "owner": Bilingual("责任人", "Owner"),
    "confidentiality": Bilingual("密级", "Confidentiality"),
    "effective_from": Bilingual("生效日期", "In force from"),
    "effective_until": Bilingual("失效日期", "In force until"),
    "pointer": Bilingual("位置", "Place"),
    "sha256": Bilingual("SHA-256", "SHA-256"),
    "signature": Bilingual("恶意内容特征", "Malware signature"),
    "criteria": Bilingual("条款", "Criteria"),
    "criterion": Bilingual("条款", "Criterion"),
    "count": Bilingual("条款数", "Number of criteria"),
    "written": Bilingual("已写入条款数", "Criteria written"),
    "left": Bilingual("保留线上作答的条款", "Criteria left as they were online"),
    "kind": Bilingual("文件类型", "Kind of document"),
    "facts": Bilingual("申报条件", "Eligibility"),
    "eligibility": Bilingual("申报条件核对", "Eligibility check"),
    "slot": Bilingual("证明材料类别", "Kind of proof"),
    "decision": Bilingual("审批结果", "Decision"),
    "language": Bilingual("语言", "Language"),
    "ruled": Bilingual("已评定条款数", "Criteria ruled"),
    "conflict": Bilingual("存在利益冲突", "Conflict of interest"),
    "strengths": Bilingual("主要优势", "Strengths"),
    "weaknesses": Bilingual("主要不足", "Weaknesses"),
    "advice": Bilingual("改进建议", "Advice"),
    "edition": Bilingual("标准版本", "Edition"),
    "scheme": Bilingual("计分方案", "Scheme"),
    "track": Bilingual("评估类型", "Track"),
    "present": Bilingual("到会专家人数", "Panel members present"),
    "in_favour": Bilingual("同意人数", "In favour"),
    "minutes": Bilingual("会议纪要", "Minutes"),
    "checksum": Bilingual("校验值", "Checksum"),
    "folder": Bilingual("文件夹", "Folder"),
    "workbook": Bilingual("工作簿 SHA-256", "SHA-256 of the workbook"),
    "wording": Bilingual("文字来源", "Wording"),
    "title": Bilingual("全称", "Title"),
    "title_en": Bilingual("英文全称", "English title"),
    "edition_status": Bilingual("标准状态", "Status of the edition"),
    "in_force": Bilingual("实施日期", "In force from"),
    "part": Bilingual("内容", "Part"),
    "parts": Bilingual("能力域和能力项", "Parts"),
    "date": Bilingual("日期", "Date"),
    "text_zh": Bilingual("中文文字", "Chinese text"),
    "text_en": Bilingual("英文文字", "English text"),
    "reason_en": Bilingual("英文理由", "Reason in English"),
    "open_until": Bilingual("可新建至", "May be opened until"),
    "apply_until": Bilingual("可申请至", "May be applied for until"),
    "confirmation": Bilingual("确认情况", "Confirmation"),
    "source": Bilingual("依据", "Source"),
    "source_en": Bilingual("英文依据", "Source in English"),
}
_YES_NO = {True: Bilingual("是", "Yes"), False: Bilingual("否", "No")}
#: field -> the words of its codes
_VALUES: dict[str, Mapping[str, Bilingual]] = {
    "state": {code: state.label for code, state in STATES.items()},
    "verdict": VERDICTS,
    "status": STATUSES,
    "decision": DECISIONS,
    "track": TRACKS,
    "role": {str(r): r.label for r in Role} | {str(r): r.label for r in CaseRole},
    "kind": {
        "self_report": Bilingual("自评报告", "Self-assessment report"),
        "evaluation_report": Bilingual("评估报告", "Evaluation report"),
        "answers_workbook": Bilingual("作答与得分表", "Answers and scores"),
        "certificate": Bilingual("证书", "Certificate"),
    },
    "wording": WORDINGS,
    "edition_status": EDITION_STATUSES,
    "confirmation": CONFIRMATIONS,
    "confidentiality": {
        "public": Bilingual("公开", "Public"),
        "internal": Bilingual("内部", "Internal"),
        "secret": Bilingual("商业秘密", "Trade secret"),
    },
    "part": ERRATUM_FIELDS,
}
#: field -> how its value reads
_READERS: dict[str, Callable[[Any], Bilingual]] = {
    "facts": facts_words,
    "eligibility": outcome_words,
    "slot": lambda code: slot_of(code).label,
}
_EMPTY = Bilingual("（空）", "(empty)")


@dataclass(frozen=True)
class Change:
    """One value of an event in words; ``before`` or ``after`` is ``None`` where the event has no such side."""

    field: Bilingual | str
    before: Bilingual | str | None
    after: Bilingual | str | None


@dataclass(frozen=True)
class EventRow:
    event: Event
    kind: Bilingual | str
    changes: tuple[Change, ...]


@dataclass(frozen=True)
class EventPage:
    """Up to ``PER_PAGE`` events, newest first; ``older`` is the mark after which the next page begins."""

    rows: tuple[EventRow, ...]
    older: str | None


def matching(events: QuerySet[Event], wanted: Mapping[str, Any]) -> QuerySet[Event]:
    """Events with this ``action``, ``actor`` (part of a name or address), ``case`` number, ``since`` and ``until``."""
    found = events
    if wanted.get("action"):
        found = found.filter(action=wanted["action"])
    if actor := wanted.get("actor"):
        people = User.objects.filter(Q(email__icontains=actor) | Q(name__icontains=actor))
        found = found.filter(actor__in=people.values("pk"))
    if wanted.get("case"):
        found = found.filter(assessment__number=wanted["case"])
    if since := wanted.get("since"):
        found = found.filter(at__gte=_start_of(since))
    if until := wanted.get("until"):
        found = found.filter(at__lt=_start_of(until + dt.timedelta(days=1)))
    return found


def page(events: QuerySet[Event], after: str = "") -> EventPage:
    """The events that follow the mark ``after`` (from :attr:`EventPage.older`), or the newest; one query, no count."""
    if place := _place(after):
        at, pk = place
        # The first condition lets the index seek; the second decides among equal times.
        events = events.filter(at__lte=at).filter(Q(at__lt=at) | Q(pk__lt=pk))
    found = list(events.select_related("assessment").order_by("-at", "-pk")[: PER_PAGE + 1])
    shown = found[:PER_PAGE]
    older = f"{shown[-1].at.isoformat()}_{shown[-1].pk}" if len(found) > PER_PAGE else None
    return EventPage(rows=tuple(event_row(e) for e in shown), older=older)


def event_row(event: Event) -> EventRow:
    return EventRow(event, KINDS.get(event.action, event.action), changes(event.before, event.after))


def changes(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> tuple[Change, ...]:
    """Both sides of an event, field by field; what is equal on both sides is left out."""
    old, new = before or {}, after or {}
    return tuple(
        Change(
            field=_FIELDS.get(name, name),
            before=_words(name, old[name]) if name in old else None,
            after=_words(name, new[name]) if name in new else None,
        )
        for name in dict.fromkeys([*old, *new])
        if name not in old or name not in new or old[name] != new[name]
    )


def _words(field: str, value: Any) -> Bilingual | str:
    if value is None or value == "" or value == []:
        return _EMPTY
    if field in _READERS:
        return _READERS[field](value)
    if isinstance(value, bool):
        return _YES_NO[value]
    if isinstance(value, str):
        return _VALUES.get(field, {}).get(value, value)
    if isinstance(value, list) and all(isinstance(v, str) for v in value):
        return listed(VERDICTS.get(v, v) for v in value if v)
    return json.dumps(value, ensure_ascii=False)


def _place(mark: str) -> tuple[dt.datetime, int] | None:
    """A mark as its two parts; anything else is no mark."""
    moment, _, pk = mark.rpartition("_")
    try:
        at = parse_datetime(moment.replace(" ", "+"))
    except ValueError:
        return None
    if at is None or not timezone.is_aware(at) or not dt.MINYEAR < at.year < dt.MAXYEAR:
        return None
    return (at, int(pk)) if pk.isdecimal() and len(pk) < 19 else None


def _start_of(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time()))
