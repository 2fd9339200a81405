"""Stating eligibility, its proof, and waivers: asked for by the enterprise, decided by the office."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from types import EllipsisType
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone

from assessments.actions import audit
from assessments.actions.cases import lock_case
from assessments.actions.errors import Conflict, allow, refuse_unless
from assessments.actions.evidence import arriving
from assessments.eligibility import Value, get_fact, get_slot, read_value, write_value
from assessments.models import (
    Assessment,
    EligibilityEvidence,
    EligibilityStatement,
    EligibilityWaiver,
    EvidenceFile,
    Transition,
    User,
)
from assessments.models.eligibility import GRANTED, REFUSED, WITHDRAWN
from assessments.notifications.inbox import tell
from assessments.permissions.rules import can_decide_waiver, can_request_waiver, can_state_eligibility
from assessments.queries.eligibility import bearing, hold_against, is_waiver_open, library, standing
from assessments.standard import Bilingual
from assessments.workflow import ASIDES

_DECIDED_BY = {GRANTED: "grant_waiver", REFUSED: "refuse_waiver"}
_OVERTAKEN = Bilingual(
    "在您填写期间，申报条件已由他人更新，您的填报尚未保存。请与现有内容核对后再保存。",
    "Someone else has stated something in the meantime and yours is not saved. Compare both, then save again.",
)


# --- what is stated -------------------------------------------------------------------------------------------------


@transaction.atomic
def state(
    *,
    by: User,
    number: str,
    values: Mapping[str, Value | None],
    at: dt.datetime,
    seen: dt.datetime | EllipsisType | None = ...,
) -> EligibilityStatement:
    """States these facts; ``None`` takes one back, facts not named stay. ``seen``: when that was stated which the form
    showed, ``None`` where nothing was; left out, nobody looked and nothing is compared.

    Raises ``NotAllowed``, ``Refused`` for an unknown fact or a value of the wrong kind, or ``Conflict`` when what
    stands there is not what was seen.
    """
    case = _case_to_state(by, number)
    held = EligibilityStatement.objects.filter(assessment=case).first()
    given = {code: _kept(code, value) for code, value in values.items()}
    before = dict(held.values) if held else {}
    changed = {code for code, value in given.items() if before.get(code) != value}
    if held is not None and not changed:
        return held
    if held is not None and seen is not ... and held.stated_at != seen:
        raise Conflict(held, _OVERTAKEN)
    after = {code: value for code, value in {**before, **given}.items() if value is not None}
    statement, _ = EligibilityStatement.objects.update_or_create(
        assessment=case, defaults={"values": after, "stated_by": by, "stated_at": at}
    )
    audit.record(
        action="eligibility.stated",
        by=by,
        at=at,
        assessment=case,
        subject=case.number,
        before={"facts": {code: before[code] for code in sorted(changed) if code in before}},
        after={"facts": {code: given[code] for code in sorted(changed)}},
    )
    return statement


def _kept(code: str, value: Value | None) -> str | bool | None:
    """A value as it is kept, once it is known to be one of this fact."""
    try:
        fact = get_fact(code)
    except KeyError:
        fact = None
    refuse_unless(fact, "没有申报条件项 {code}。", "There is no fact {code}.", code=code)
    assert fact is not None
    if value is None:
        return None
    kept = write_value(value)
    refuse_unless(
        read_value(fact, kept) is not None,
        "“{label}”的填报内容不正确，请核对后重新填写。",
        "What was stated is not valid: {label}. Check it and state it again.",
        label=fact.label,
    )
    return kept


def _case_to_state(by: User, number: str) -> Assessment:
    """The case, locked, once it is known that this person may state its eligibility now."""
    case = lock_case(by=by, number=number)
    allow(can_state_eligibility(case))
    allow(can_state_eligibility(case, is_waiver_open=is_waiver_open(case)))
    return case


# --- its proof ------------------------------------------------------------------------------------------------------


def attach(
    *, by: User, number: str, slot_code: str, upload: UploadedFile, content_type: str, at: dt.datetime
) -> EvidenceFile:
    """Keeps a checked upload (see ``forms.evidence``) as proof in a slot. Raises as :func:`state`."""
    with arriving(upload, content_type, by=by, number=number, at=at) as arrival, transaction.atomic():
        case = _case_to_state(by, number)
        _require_slot(slot_code)
        file = arrival.keep(case, by=by, at=at)
        _link(case, slot_code, file, by, at)
        return file


@transaction.atomic
def attach_kept(*, by: User, number: str, slot_code: str, file_id: UUID, at: dt.datetime) -> EvidenceFile:
    """Offers a file that the enterprise has uploaded before. Raises ``DoesNotExist`` for anybody else's file."""
    case = _case_to_state(by, number)
    _require_slot(slot_code)
    file = library(case).get(pk=file_id)
    _link(case, slot_code, file, by, at)
    return file


def _require_slot(code: str) -> None:
    try:
        known = get_slot(code)
    except KeyError:
        known = None
    refuse_unless(known, "没有证明材料类别 {code}。", "There is no kind of proof {code}.", code=code)


def _link(case: Assessment, slot_code: str, file: EvidenceFile, by: User, at: dt.datetime) -> None:
    """Nothing happens where the file is in the slot already, such as after a double click."""
    _, is_new = EligibilityEvidence.objects.get_or_create(
        assessment=case, slot_code=slot_code, file=file, defaults={"added_by": by, "added_at": at}
    )
    if is_new:
        audit.record(
            action="eligibility.attached",
            by=by,
            at=at,
            assessment=case,
            subject=file.name,
            after={"slot": slot_code, "file": str(file.id), "sha256": file.sha256, "size": file.size},
        )


@transaction.atomic
def detach(*, by: User, number: str, evidence_id: int, at: dt.datetime) -> EligibilityEvidence:
    """Takes a file out of a slot; it stays in the library. Raises ``DoesNotExist`` or as :func:`state`."""
    case = _case_to_state(by, number)
    entry = EligibilityEvidence.objects.select_related("file").get(pk=evidence_id, assessment=case)
    granted_at = bearing(case)
    refuse_unless(
        granted_at is None or entry.added_at > granted_at,
        "该材料是准予资格豁免的依据，自评提交后不能移除；如需补充，请另行上传。",
        "The waiver was granted on this proof, which stays while the case is finalised; upload more beside it.",
    )
    audit.record(
        action="eligibility.detached",
        by=by,
        at=at,
        assessment=case,
        subject=entry.file.name,
        before={"slot": entry.slot_code, "file": str(entry.file_id), "sha256": entry.file.sha256},
    )
    entry.delete()
    return entry


# --- waivers --------------------------------------------------------------------------------------------------------


@transaction.atomic
def request_waiver(*, by: User, number: str, request: str, at: dt.datetime) -> EligibilityWaiver:
    """Asks the office to let the case through although conditions are not met.

    Raises ``NotAllowed``, or ``Refused`` without a reason, with something not stated, or where nothing is to be waived.
    """
    case = lock_case(by=by, number=number)
    allow(can_request_waiver(case))
    refuse_unless(
        not is_waiver_open(case),
        "已有一件资格豁免申请正在审批，请等待审批结果。",
        "A request for a waiver is being decided already; wait for the decision.",
    )
    now = standing(case, timezone.localdate(at))
    refuse_unless(
        not now.not_stated,
        "还有 {n} 项申报条件未填报，请填报后再申请资格豁免。",
        "Conditions not stated yet: {n}. State them before you ask for a waiver.",
        n=len(now.not_stated),
    )
    refuse_unless(
        now.unmet, "申报条件已满足，不需要申请资格豁免。", "The conditions are met; there is nothing to be waived."
    )
    refuse_unless(request.strip(), "请填写申请理由。", "Give the reason for the request.")
    waiver = EligibilityWaiver.objects.create(
        assessment=case,
        target_level=case.target_level,
        outcome=now.outcome.to_dict(),
        request=request.strip(),
        requested_by=by,
        requested_at=at,
    )
    _take(case, "request_waiver", by, at, reason=waiver.request, target_level=case.target_level)
    return waiver


@transaction.atomic
def withdraw_waiver(*, by: User, number: str, at: dt.datetime) -> EligibilityWaiver:
    """Takes the open request back. Raises ``NotAllowed``, or ``Refused`` when there is none."""
    case = lock_case(by=by, number=number)
    allow(can_request_waiver(case))
    waiver = close_request(case, by=by, at=at)
    refuse_unless(waiver, "没有正在审批的资格豁免申请。", "There is no open request for a waiver.")
    assert waiver is not None
    return waiver


def close_request(case: Assessment, *, by: User, at: dt.datetime) -> EligibilityWaiver | None:
    """Takes the open request back, if there is one: also when its case goes elsewhere. The caller holds the lock."""
    waiver = EligibilityWaiver.objects.filter(assessment=case, decision="").first()
    if waiver is not None:
        _decide(waiver, WITHDRAWN, by, at)
        _take(case, "withdraw_waiver", by, at)
    return waiver


@transaction.atomic
def decide_waiver(
    *, by: User, number: str, waiver_id: int, decision: str, reason: str, at: dt.datetime
) -> EligibilityWaiver:
    """Grants or refuses a request.

    Granted is what is unmet on the day of the decision, and only where that is just what was asked for: a waiver of
    conditions that no longer apply would cover nothing. Raises ``DoesNotExist``, ``NotAllowed``, or ``Refused`` when it
    is decided already, there is no reason, or the conditions have changed since the request.
    """
    case = lock_case(by=by, number=number)
    allow(can_decide_waiver(by, case))
    waiver = EligibilityWaiver.objects.get(pk=waiver_id, assessment=case)
    refuse_unless(
        waiver.is_open,
        "该豁免申请已办结，结果为“{decision}”，本次审批未生效。",
        "This request is closed: {decision}. Nothing was changed.",
        decision=waiver.decision_label,
    )
    refuse_unless(decision in _DECIDED_BY, "请选择准予或不予豁免。", "Choose to grant or to refuse.")
    refuse_unless(reason.strip(), "请填写审批理由。", "Give the reason for the decision.")
    if decision == GRANTED:
        outcome = standing(case, timezone.localdate(at)).outcome
        asked = hold_against(waiver, outcome)
        refuse_unless(
            asked.is_needed,
            "按今日的核对结果，申报条件已无未满足项，企业不再需要豁免，不能准予。",
            "By today's check no condition is unmet: the enterprise no longer needs a waiver, and none can be granted.",
        )
        refuse_unless(
            asked.is_current,
            "提出申请后，适用的申报条件已发生变化，不能准予；须由企业按现行条件重新申请。",
            "The conditions have changed since the request, so it cannot be granted: the enterprise has to ask again.",
        )
        waiver.outcome = outcome.to_dict()
    _decide(waiver, decision, by, at, reason.strip())
    _take(case, _DECIDED_BY[decision], by, at, reason=waiver.reason, target_level=waiver.target_level)
    return waiver


def _decide(waiver: EligibilityWaiver, decision: str, by: User, at: dt.datetime, reason: str = "") -> None:
    waiver.decision, waiver.reason, waiver.decided_by, waiver.decided_at = decision, reason, by, at
    waiver.save(update_fields=["decision", "reason", "decided_by", "decided_at", "outcome"])


def _take(case: Assessment, action: str, by: User, at: dt.datetime, *, reason: str = "", **details: Any) -> None:
    """Records a step beside the road and tells whom it concerns."""
    aside = ASIDES[action]
    audit.record(
        action=aside.event, by=by, at=at, assessment=case, subject=case.number, after={"reason": reason, **details}
    )
    step = Transition.objects.create(
        assessment=case,
        action=action,
        source=case.state,
        target=case.state,
        reason=reason,
        details=details,
        by=by,
        at=at,
    )
    tell(step, aside.tells)
