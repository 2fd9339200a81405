"""The review: team, declarations, blind rulings, reconciling, conclusion."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence

from django.db import transaction
from django.utils import timezone

from assessments.actions import audit, figures
from assessments.actions.cases import cleaned, lock_case
from assessments.actions.errors import Conflict, Refused, allow, refuse_unless
from assessments.models import (
    Answer,
    Assessment,
    Conclusion,
    ItemReview,
    Membership,
    ReconciledVerdict,
    Ruling,
    TeamMember,
    User,
)
from assessments.models.review import REMARK_MAX
from assessments.permissions import rules
from assessments.permissions.visibility import RULINGS_EACH, is_open, open_items
from assessments.queries.facts import conflict_of
from assessments.queries.results import assessed_verdicts
from assessments.scoring import VERDICTS
from assessments.standard import Bilingual, Criterion, Item, listed
from assessments.workflow import CaseRole, Role

#: Which membership role may take which part in a case.
QUALIFIED_FOR: dict[str, tuple[Role, ...]] = {
    CaseRole.LEAD: (Role.LEAD_ASSESSOR,),
    CaseRole.ASSESSOR: (Role.LEAD_ASSESSOR, Role.ASSESSOR),
    CaseRole.QUALITY_REVIEWER: (Role.QUALITY_REVIEWER, Role.LEAD_ASSESSOR),
}


@transaction.atomic
def assign(*, by: User, number: str, user: User, role: str, at: dt.datetime) -> TeamMember:
    """Puts a person of the body on the team. Raises ``NotAllowed``/``Refused`` with the reason, conflicts included."""
    case = lock_case(by=by, number=number)
    allow(rules.can_assign_team(case))
    held = Membership.objects.filter(organisation=case.body_id, user=user, is_active=True).first()
    refuse_unless(
        held and held.role in QUALIFIED_FOR.get(role, ()),
        "{name}不具备担任该职务的资格。",
        "{name} is not qualified for this part.",
        name=user.name,
    )
    if barred := conflict_of(user, case.enterprise_id, timezone.localdate(at)):
        raise Refused(barred)
    mine = set(TeamMember.objects.filter(assessment=case, user=user).values_list("role", flat=True))
    reviews = CaseRole.QUALITY_REVIEWER in mine
    refuse_unless(
        role in mine or not (reviews or (mine and role == CaseRole.QUALITY_REVIEWER)),
        "质量审核员不得同时担任组长或评估师。",
        "The quality reviewer may be neither lead nor assessor.",
    )
    other_lead = TeamMember.objects.filter(assessment=case, role=CaseRole.LEAD).exclude(user=user)
    refuse_unless(
        role != CaseRole.LEAD or not other_lead.exists(),
        "评估组已有组长，请先移除。",
        "The team already has a lead; remove that one first.",
    )
    declared = TeamMember.objects.filter(assessment=case, user=user).values_list("declared_at", flat=True).first()
    member, made = TeamMember.objects.get_or_create(
        assessment=case,
        user=user,
        role=role,
        defaults={"assigned_by": by, "assigned_at": at, "declared_at": declared},
    )
    if made:
        _record(case, by, at, "team.assigned", user.email, after={"role": role})
    return member


@transaction.atomic
def unassign(*, by: User, number: str, member_id: int, at: dt.datetime) -> None:
    """Takes a person off the team. Raises ``TeamMember.DoesNotExist`` or ``NotAllowed``."""
    case = lock_case(by=by, number=number)
    allow(rules.can_assign_team(case))
    member = TeamMember.objects.select_related("user").get(pk=member_id, assessment=case)
    member.delete()
    _record(case, by, at, "team.removed", member.user.email, before={"role": member.role})


@transaction.atomic
def declare_no_conflict(*, by: User, number: str, at: dt.datetime) -> None:
    """A member of the team declares to have no conflict of interest with the enterprise."""
    case = lock_case(by=by, number=number)
    allow(rules.can_declare(case))
    if TeamMember.objects.filter(assessment=case, user=by, declared_at__isnull=True).update(declared_at=at):
        _record(case, by, at, "team.declared", by.email, after={"conflict": False})


@transaction.atomic
def rule(
    *, by: User, number: str, criterion_code: str, verdict: str, remark: str, version: int, at: dt.datetime
) -> Ruling:
    """Saves the assessor's own verdict on a criterion.

    Raises ``NotAllowed``, ``Refused`` (finished item, a third assessor, unknown verdict) or ``Conflict`` (stale form).
    """
    case = lock_case(by=by, number=number)
    allow(rules.can_rule(case))
    criterion = _criterion(case, criterion_code)
    remark = _remark(remark)
    refuse_unless(verdict in VERDICTS, "请选择评定结论。", "Choose a verdict.")
    progress = _progress(case, criterion.item_code, by)
    refuse_unless(
        progress.finished_at is None,
        "您已完成该能力项的评定，如需修改请先撤回完成。",
        "You have finished this item; take that back before changing a ruling.",
    )
    ruling = Ruling.objects.filter(assessment=case, criterion_code=criterion.code, assessor=by).first()
    wanted = {"verdict": verdict, "remark": remark}
    before = {"verdict": ruling.verdict, "remark": ruling.remark} if ruling else None
    if ruling and before == wanted:
        return ruling
    if version != (ruling.version if ruling else 0):
        raise Conflict(ruling)
    if ruling is None:
        ruling = Ruling(assessment=case, criterion_code=criterion.code, assessor=by, version=0)
        progress.ruled += 1
        progress.save(update_fields=["ruled"])
    ruling.verdict, ruling.remark = verdict, remark
    ruling.version, ruling.saved_at = ruling.version + 1, at
    ruling.save()
    _record(case, by, at, "ruling.saved", criterion.code, before=before, after={**wanted, "version": ruling.version})
    return ruling


@transaction.atomic
def rule_many(*, by: User, number: str, rulings: Mapping[str, tuple[str, str]], at: dt.datetime) -> int:
    """Saves first rulings on many criteria, (verdict, remark) by code, all or none; answers how many.

    Raises as :func:`rule` does; a criterion already ruled on by this person is refused.
    """
    case = lock_case(by=by, number=number)
    allow(rules.can_rule(case))
    rows = []
    for code, (verdict, remark) in rulings.items():
        refuse_unless(verdict in VERDICTS, "请选择评定结论。", "Choose a verdict.")
        rows.append(
            Ruling(
                assessment=case,
                criterion_code=_criterion(case, code).code,
                assessor=by,
                verdict=verdict,
                remark=_remark(remark),
                saved_at=at,
            )
        )
    again = Ruling.objects.filter(assessment=case, assessor=by, criterion_code__in=rulings)
    refuse_unless(not again.exists(), "部分条款您已评定。", "You have already ruled on some of these criteria.")
    for item_code, count in Counter(r.criterion_code.split("-")[0] for r in rows).items():
        progress = _progress(case, item_code, by)
        refuse_unless(progress.finished_at is None, "您已完成该能力项的评定。", "You have finished this item.")
        progress.ruled += count
        progress.save(update_fields=["ruled"])
    Ruling.objects.bulk_create(rows)
    _record(
        case, by, at, "rulings.saved", f"{len(rows)}", after={r.criterion_code: [r.verdict, r.remark] for r in rows}
    )
    return len(rows)


def finish_item(*, by: User, number: str, item_code: str, at: dt.datetime) -> ItemReview:
    """Closes the own rulings on an item; see :func:`finish_items`."""
    return finish_items(by=by, number=number, item_codes=[item_code], at=at)[0]


@transaction.atomic
def finish_items(*, by: User, number: str, item_codes: Sequence[str], at: dt.datetime) -> list[ItemReview]:
    """Closes the own rulings on items, all or none.

    When the second assessor finishes an item, equal rulings become the team's verdict. Raises ``Refused`` while
    rulings, or remarks where the verdict is not the enterprise's own, are missing.
    """
    case = lock_case(by=by, number=number)
    allow(rules.can_rule(case))
    items = [_item(case, code) for code in item_codes]
    reviews = [_progress(case, item.code, by) for item in items]
    closing = [(i, r) for i, r in zip(items, reviews, strict=True) if r.finished_at is None]
    if not closing:
        return reviews
    for item, progress in closing:
        _check_finished(case, item, by)
        progress.finished_at = at
        progress.save(update_fields=["finished_at"])
    opened = [item for item, _ in closing if is_open(case, item.code)]
    columns: dict[str, object] = {}
    if opened:
        for item in opened:
            _agree(case, item, by, at)
        domains = {item.domain_code for item in opened}
        _, columns = figures.update_layer(case, "assessed", assessed_verdicts(case), domains=domains)
    codes = [item.code for item, _ in closing]
    audit.record(
        action="item.finished",
        by=by,
        at=at,
        assessment=case,
        subject=",".join(codes),
        after={"items": codes, "ruled": sum(len(item.criteria) for item, _ in closing)},
        columns=columns,
    )
    return reviews


@transaction.atomic
def resume_item(*, by: User, number: str, item_code: str, at: dt.datetime) -> ItemReview:
    """Takes back the own finishing of an item, as long as the other assessor has not finished and seen nothing."""
    case = lock_case(by=by, number=number)
    allow(rules.can_rule(case))
    item = _item(case, item_code)
    progress = _progress(case, item.code, by)
    refuse_unless(
        not is_open(case, item.code),
        "两名评估师均已完成该能力项，评定结果已公开，请通过合议修改。",
        "Both assessors have finished this item and the rulings are open; change the verdict by reconciling.",
    )
    if progress.finished_at:
        progress.finished_at = None
        progress.save(update_fields=["finished_at"])
        _record(case, by, at, "item.resumed", item.code)
    return progress


@transaction.atomic
def reconcile(
    *, by: User, number: str, criterion_code: str, verdict: str, reason: str, version: int, at: dt.datetime
) -> ReconciledVerdict:
    """The lead settles the team's verdict on a criterion, with a reason.

    Raises ``NotAllowed``, ``Refused`` (still blind, no reason, the lead has signed) or ``Conflict`` on a stale form.
    """
    case = lock_case(by=by, number=number)
    allow(rules.can_reconcile(case))
    criterion = _criterion(case, criterion_code)
    refuse_unless(verdict in VERDICTS, "请选择合议结论。", "Choose a verdict.")
    reason = _remark(reason)
    refuse_unless(reason, "请填写合议理由。", "Give the reason for the reconciled verdict.")
    refuse_unless(
        is_open(case, criterion.item_code),
        "两名评估师均完成该能力项后方可合议。",
        "An item can be reconciled once both assessors have finished it.",
    )
    _refuse_once_signed(case)
    settled = ReconciledVerdict.objects.filter(assessment=case, criterion_code=criterion.code).first()
    before = {"verdict": settled.verdict, "reason": settled.reason} if settled else None
    wanted = {"verdict": verdict, "reason": reason}
    if settled and before == wanted:
        return settled
    if version != (settled.version if settled else 0):
        raise Conflict(settled)
    settled = settled or ReconciledVerdict(
        assessment=case, criterion_code=criterion.code, had_difference=True, version=0
    )
    settled.verdict, settled.reason = verdict, reason
    settled.decided_by, settled.decided_at, settled.version = by, at, settled.version + 1
    settled.save()
    _, columns = figures.update_layer(case, "assessed", assessed_verdicts(case), domains=[criterion.domain_code])
    audit.record(
        action="verdict.reconciled",
        by=by,
        at=at,
        assessment=case,
        subject=criterion.code,
        before=before,
        after={**wanted, "version": settled.version},
        columns=columns,
    )
    return settled


@transaction.atomic
def reconcile_many(*, by: User, number: str, decisions: Mapping[str, tuple[str, str]], at: dt.datetime) -> int:
    """Settles many open differences at once, (verdict, reason) by code, all or none; answers how many.

    Raises as :func:`reconcile` does; a criterion that is already settled is refused.
    """
    case = lock_case(by=by, number=number)
    allow(rules.can_reconcile(case))
    _refuse_once_signed(case)
    open_now = set(open_items(case))
    rows = []
    for code, (verdict, reason) in decisions.items():
        criterion = _criterion(case, code)
        refuse_unless(verdict in VERDICTS, "请选择合议结论。", "Choose a verdict.")
        refuse_unless(_remark(reason), "请填写合议理由。", "Give the reason for the reconciled verdict.")
        refuse_unless(
            criterion.item_code in open_now,
            "两名评估师均完成该能力项后方可合议。",
            "An item can be reconciled once both assessors have finished it.",
        )
        rows.append(
            ReconciledVerdict(
                assessment=case,
                criterion_code=code,
                verdict=verdict,
                had_difference=True,
                reason=_remark(reason),
                decided_by=by,
                decided_at=at,
            )
        )
    again = ReconciledVerdict.objects.filter(assessment=case, criterion_code__in=decisions)
    refuse_unless(not again.exists(), "部分条款已完成合议。", "Some of these criteria are already settled.")
    ReconciledVerdict.objects.bulk_create(rows)
    domains = {code.split(".")[0] for code in decisions}
    _, columns = figures.update_layer(case, "assessed", assessed_verdicts(case), domains=domains)
    audit.record(
        action="verdicts.reconciled",
        by=by,
        at=at,
        assessment=case,
        subject=f"{len(rows)}",
        after={r.criterion_code: [r.verdict, r.reason] for r in rows},
        columns=columns,
    )
    return len(rows)


@transaction.atomic
def write_conclusion(
    *, by: User, number: str, strengths: str, weaknesses: str, advice: str, at: dt.datetime
) -> Conclusion:
    """Saves the words of the report. Raises ``NotAllowed``, or ``Refused`` once the lead has signed."""
    case = lock_case(by=by, number=number)
    allow(rules.can_write_conclusion(case))
    _refuse_once_signed(case)
    words = {"strengths": strengths.strip(), "weaknesses": weaknesses.strip(), "advice": advice.strip()}
    conclusion, _ = Conclusion.objects.update_or_create(
        assessment=case, defaults={**words, "saved_by": by, "saved_at": at}
    )
    _record(case, by, at, "conclusion.saved", case.number, after=words)
    return conclusion


def _check_finished(case: Assessment, item: Item, by: User) -> None:
    """Refuses while an own ruling, or a remark on one that differs from the enterprise's answer, is missing."""
    own = {r.criterion_code: r for r in Ruling.objects.filter(assessment=case, assessor=by, **_within(item))}
    missing = [c.code for c in item.criteria if c.code not in own]
    refuse_unless(
        not missing,
        "还有 {n} 条未评定（{codes}）。",
        "Criteria not ruled on yet: {n} ({codes}).",
        n=len(missing),
        codes=listed(missing[:5]),
    )
    answers = dict(Answer.objects.filter(assessment=case, **_within(item)).values_list("criterion_code", "verdict"))
    bare = [c for c, r in own.items() if r.verdict != answers.get(c, "") and not r.remark]
    refuse_unless(
        not bare,
        "有 {n} 条评定与自评不一致但未填写评审意见（{codes}）。",
        "Rulings that differ from the self-assessment without a remark: {n} ({codes}).",
        n=len(bare),
        codes=listed(sorted(bare)[:5]),
    )


def _refuse_once_signed(case: Assessment) -> None:
    refuse_unless(
        not case.lead_signatures.exists(),
        "组长已签字，须由质量审核员退回后方可修改。",
        "The lead has signed; the quality reviewer must send it back first.",
    )


def _agree(case: Assessment, item: Item, by: User, at: dt.datetime) -> None:
    """Equal rulings of both assessors become the team's verdict."""
    verdicts: dict[str, list[str]] = {}
    finished = ItemReview.objects.filter(assessment=case, item_code=item.code, finished_at__isnull=False)
    for code, verdict in Ruling.objects.filter(
        assessment=case, assessor__in=finished.values("assessor"), **_within(item)
    ).values_list("criterion_code", "verdict"):
        verdicts.setdefault(code, []).append(verdict)
    ReconciledVerdict.objects.bulk_create(
        [
            ReconciledVerdict(assessment=case, criterion_code=code, verdict=both[0], decided_by=by, decided_at=at)
            for code, both in verdicts.items()
            if len(both) >= RULINGS_EACH and len(set(both)) == 1
        ],
        ignore_conflicts=True,
    )


def _progress(case: Assessment, item_code: str, by: User) -> ItemReview:
    """The assessor's own progress row; refuses a third assessor on the same item."""
    rows = list(ItemReview.objects.filter(assessment=case, item_code=item_code))
    mine = next((r for r in rows if r.assessor_id == by.pk), None)
    if mine:
        return mine
    refuse_unless(
        len(rows) < RULINGS_EACH,
        "该能力项已有两名评估师评定。",
        "Two assessors are already ruling on this item.",
    )
    return ItemReview.objects.create(assessment=case, item_code=item_code, assessor=by)


def _criterion(case: Assessment, code: str) -> Criterion:
    criterion = case.edition.criteria.get(code)
    if criterion is None:
        raise Refused(Bilingual("没有条款 {code}。", "There is no criterion {code}.").format(code=code))
    return criterion


def _item(case: Assessment, code: str) -> Item:
    item = case.edition.items.get(code)
    if item is None:
        raise Refused(Bilingual("没有能力项 {code}。", "There is no item {code}.").format(code=code))
    return item


def _within(item: Item) -> dict[str, str]:
    return {"criterion_code__startswith": f"{item.code}-"}


def _remark(text: str) -> str:
    text = cleaned(text)
    refuse_unless(
        len(text) <= REMARK_MAX,
        "意见共 {n} 字，超出 {most} 字的上限，请精简。",
        "The text has {n} characters; at most {most} are kept. Shorten it.",
        n=len(text),
        most=REMARK_MAX,
    )
    return text


def _record(case: Assessment, by: User, at: dt.datetime, action: str, subject: str, **content: dict | None) -> None:
    audit.record(action=action, by=by, at=at, assessment=case, subject=subject, **content)
