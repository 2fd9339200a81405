"""The library of an enterprise: describing documents, their versions, using them again, and who has looked at what.

Every write is done from within a case, whose trail it stands in; a file of another enterprise does not exist here.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from assessments.actions import audit
from assessments.actions.cases import allow_answering, cleaned, lock_case
from assessments.actions.errors import allow, refuse_unless
from assessments.actions.evidence import arriving
from assessments.models import (
    Assessment,
    Delegation,
    Event,
    Evidence,
    EvidenceFile,
    EvidenceLink,
    Membership,
    User,
    parts_with,
)
from assessments.models.evidence import CONFIDENTIALITY, POINTER_MAX
from assessments.permissions import scope
from assessments.permissions.rules import can_answer
from assessments.workflow import StateCode

#: Opening a preview again within this time is the same reading.
SAME_READING = dt.timedelta(hours=1)
TITLE_MAX = 200


# --- documents ------------------------------------------------------------------------------------------------------


@transaction.atomic
def describe(
    *,
    by: User,
    number: str,
    evidence_id: UUID,
    title: str,
    owner: User,
    confidentiality: str,
    effective_from: dt.date | None,
    effective_until: dt.date | None,
    at: dt.datetime,
) -> Evidence:
    """What a document is called, whose it is, how confidential it is and from when until when it is in force.

    Raises ``DoesNotExist`` for a case or document out of sight, ``NotAllowed`` or ``Refused``. What is described as
    before is no event.
    """
    case = lock_case(by=by, number=number)
    allow(can_answer(case))
    document = _own_document(case, evidence_id)
    title = " ".join(cleaned(title).split())
    refuse_unless(title, "请填写材料名称。", "Give the document a title.")
    refuse_unless(len(title) <= TITLE_MAX, "材料名称不能超过 200 个字。", "The title is longer than 200 characters.")
    refuse_unless(confidentiality in dict(CONFIDENTIALITY), "请选择密级。", "Choose how confidential it is.")
    refuse_unless(
        effective_from is None or effective_until is None or effective_from <= effective_until,
        "失效日期不能早于生效日期。",
        "The last day cannot be before the first.",
    )
    is_member = Membership.objects.filter(user=owner, organisation=case.enterprise_id, is_active=True).exists()
    refuse_unless(
        is_member or owner.pk == document.owner_id,
        "责任人应为本企业现有成员，请重新选择。",
        "The owner has to be a member of the enterprise; choose another person.",
    )
    before = _description(document)
    document.title, document.owner, document.confidentiality = title, owner, confidentiality
    document.effective_from, document.effective_until = effective_from, effective_until
    after = _description(document)
    changed = [name for name in after if after[name] != before[name]]
    if changed:
        document.save(update_fields=["title", "owner", "confidentiality", "effective_from", "effective_until"])
        audit.record(
            action="evidence.described",
            by=by,
            at=at,
            assessment=case,
            subject=document.title,
            before={name: before[name] for name in changed},
            after={name: after[name] for name in changed},
        )
    return document


def _own_document(case: Assessment, evidence_id: UUID) -> Evidence:
    """A document of the enterprise of the case, locked. Raises ``DoesNotExist`` for anybody else's."""
    held = Evidence.objects.select_for_update(of=("self",)).select_related("owner")
    return held.get(pk=evidence_id, enterprise=case.enterprise_id)


def _description(document: Evidence) -> dict[str, Any]:
    first, last = document.effective_from, document.effective_until
    return {
        "document": document.title,
        "owner": document.owner.name,
        "confidentiality": document.confidentiality,
        "effective_from": first.isoformat() if first else "",
        "effective_until": last.isoformat() if last else "",
    }


@dataclass(frozen=True)
class NewVersion:
    """A version just kept, and the criteria of drafts that now point at it, by the number of the case."""

    file: EvidenceFile
    moved: Mapping[str, tuple[str, ...]]

    @property
    def criteria_moved(self) -> int:
        return sum(len(codes) for codes in self.moved.values())


def add_version(
    *,
    by: User,
    number: str,
    evidence_id: UUID,
    upload: UploadedFile,
    content_type: str,
    move_links: bool,
    at: dt.datetime,
) -> NewVersion:
    """Keeps a checked upload (see ``forms.evidence``) as the next version of a document.

    With ``move_links`` criteria in drafts of the enterprise follow, as far as this person may answer them; what was
    handed in keeps the version it was handed in with. Raises ``DoesNotExist``, ``NotAllowed``, or ``Refused`` where the
    enterprise holds this very content already.
    """
    with arriving(upload, content_type, by=by, number=number, at=at) as arrival, transaction.atomic():
        cases = _lock_with_drafts(by, number, evidence_id)
        case = cases[number]
        allow(can_answer(case))
        document = _own_document(case, evidence_id)
        same = document.versions.filter(sha256=arrival.digest).first()
        if same is not None and same.pk == getattr(upload, "id", None):
            return NewVersion(same, {})  # the last piece was sent twice, and this very upload is kept already
        refuse_unless(
            same is None,
            "所选文件与第 {n} 版内容相同，未生成新版本。请选择修改后的文件。",
            "The file is the same as version {n}; no new version was made. Choose the changed file.",
            n=same.version if same else 0,
        )
        file = arrival.keep(case, by=by, at=at, version_of=document)
        refuse_unless(
            file.evidence_id == document.pk,
            "该文件已作为另一份材料“{title}”保存，未生成新版本。如需使用，请从资料库选用。",
            "The library holds this file already, as “{title}”; no new version was made. Choose it from the library.",
            title=file.evidence.title,
        )
        moved = _move_links(cases.values(), document, file, by) if move_links else {}
        for held in cases.values():
            codes = moved.get(held.number, ())
            if held is case or codes:
                audit.record(
                    action="evidence.versioned",
                    by=by,
                    at=at,
                    assessment=held,
                    subject=file.name,
                    after={
                        "document": document.title,
                        "file": str(file.id),
                        "sha256": file.sha256,
                        "size": file.size,
                        "version": file.version,
                        "criteria": list(codes),
                    },
                )
        return NewVersion(file, moved)


def _lock_with_drafts(by: User, number: str, evidence_id: UUID) -> dict[str, Assessment]:
    """The case and every draft that uses the document, as far as this person sees them, by number.

    Locked in one order, so that two people who replace the same document from different cases do not wait for each
    other for ever. Raises ``Assessment.DoesNotExist`` when the case itself is out of sight.
    """
    using = Exists(EvidenceLink.objects.filter(assessment=OuterRef("pk"), file__evidence=evidence_id))
    found = scope.cases(by).filter(Q(number=number) | (Q(state=StateCode.DRAFT) & using))
    held = found.select_related("enterprise", "body").select_for_update(of=("self",)).order_by("pk")
    cases = {case.number: case for case in held}
    if number not in cases:
        raise Assessment.DoesNotExist
    return {key: case for key, case in cases.items() if case.enterprise_id == cases[number].enterprise_id}


def _move_links(
    cases: Iterable[Assessment], document: Evidence, file: EvidenceFile, by: User
) -> dict[str, tuple[str, ...]]:
    """Points criteria at a new version, where this person may answer; answers their codes by case.

    Where a criterion has several earlier versions, only the latest of them gives way: the others were kept on purpose.
    """
    by_pk = {case.pk: case for case in cases}
    mine: dict[int, set[str]] = defaultdict(set)
    for pk, part in Delegation.objects.filter(assessment__in=by_pk, user=by).values_list("assessment_id", "part_code"):
        mine[pk].add(part)
    links = EvidenceLink.objects.filter(assessment__in=by_pk, file__evidence=document).exclude(file=file)
    latest: dict[tuple[int, str], EvidenceLink] = {}
    for link in links.select_related("file").order_by("file__version"):
        latest[link.assessment_id, link.criterion_code] = link
    moved: dict[str, list[str]] = defaultdict(list)
    for (pk, code), link in sorted(latest.items()):
        if can_answer(by_pk[pk], delegated_here=not mine[pk].isdisjoint(parts_with(code))):
            link.file = file
            moved[by_pk[pk].number].append(code)
    changed = [link for link in latest.values() if link.file_id == file.pk]
    EvidenceLink.objects.bulk_update(changed, ["file"])
    return {number: tuple(codes) for number, codes in moved.items()}


# --- criteria -------------------------------------------------------------------------------------------------------


@transaction.atomic
def link(
    *, by: User, number: str, file_id: UUID, criterion_code: str, pointer: str = "", at: dt.datetime
) -> EvidenceLink:
    """Offers a document of the library for a criterion; another version of it that stood there gives way.

    Raises ``DoesNotExist`` for a case out of sight and for a file of another enterprise alike, ``NotAllowed``, or
    ``Refused`` for an unknown criterion or a pointer that is too long. The same again changes nothing but the pointer.
    """
    case = lock_case(by=by, number=number)
    refuse_unless(
        criterion_code in case.edition.criteria,
        "没有条款 {code}。",
        "There is no criterion {code}.",
        code=criterion_code,
    )
    allow_answering(case, by, [criterion_code])
    file = EvidenceFile.objects.select_related("evidence").get(pk=file_id, enterprise=case.enterprise_id)
    words = _kept_pointer(pointer)
    here = EvidenceLink.objects.filter(assessment=case, criterion_code=criterion_code, file__evidence=file.evidence_id)
    standing = list(here.select_related("file").order_by("-file__version"))
    # Earlier versions may stand beside the latest one, kept there on purpose.
    if (same := next((one for one in standing if one.file_id == file.pk), None)) is not None:
        return point(by=by, number=number, link_id=same.pk, pointer=pointer, at=at) if words else same
    held = standing[0] if standing else None
    before = {"file": str(held.file_id), "version": held.file.version} if held else None
    made = held or EvidenceLink(assessment=case, criterion_code=criterion_code, added_by=by, added_at=at)
    made.file, made.pointer = file, words or made.pointer
    made.save()
    audit.record(
        action="evidence.linked",
        by=by,
        at=at,
        assessment=case,
        subject=file.name,
        before=before,
        after={
            "file": str(file.id),
            "sha256": file.sha256,
            "version": file.version,
            "criterion": criterion_code,
            "pointer": made.pointer,
        },
    )
    return made


@transaction.atomic
def link_all(*, by: User, number: str, file_ids: Collection[UUID], criterion_code: str, at: dt.datetime) -> None:
    """Offers several documents for a criterion, all or none; raises as :func:`link`."""
    for file_id in file_ids:
        link(by=by, number=number, file_id=file_id, criterion_code=criterion_code, at=at)


@transaction.atomic
def point(*, by: User, number: str, link_id: int, pointer: str, at: dt.datetime) -> EvidenceLink:
    """Says where in the file to look; empty takes it back. Raises as :func:`link`."""
    case = lock_case(by=by, number=number)
    held = EvidenceLink.objects.select_related("file__evidence").get(pk=link_id, assessment=case)
    allow_answering(case, by, [held.criterion_code])
    words, before = _kept_pointer(pointer), held.pointer
    if words == before:
        return held
    held.pointer = words
    held.save(update_fields=["pointer"])
    audit.record(
        action="evidence.pointer",
        by=by,
        at=at,
        assessment=case,
        subject=held.file.name,
        before={"pointer": before},
        after={"pointer": words, "criterion": held.criterion_code, "file": str(held.file_id)},
    )
    return held


def _kept_pointer(words: str) -> str:
    words = " ".join(cleaned(words).split())
    refuse_unless(
        len(words) <= POINTER_MAX,
        "位置说明不能超过 {most} 个字，现为 {n} 个字。",
        "Where to look is said in at most {most} characters; this has {n}.",
        most=POINTER_MAX,
        n=len(words),
    )
    return words


# --- reading --------------------------------------------------------------------------------------------------------


def record_preview(*, by: User, case: Assessment, file: EvidenceFile, at: dt.datetime) -> None:
    """Looking at a file is an event of the case, once a person, file and hour: turning pages is one reading."""
    seen = Event.objects.filter(
        assessment=case,
        action="evidence.previewed",
        actor=by,
        at__gt=at - SAME_READING,
        after__file=str(file.id),
    )
    if not seen.exists():  # asked before anything is locked, for every page that is turned
        after = {"file": str(file.id), "sha256": file.sha256}
        _record_reading("evidence.previewed", by, case, at, file.name, after)


def record_package(*, by: User, case: Assessment, files: Sequence[EvidenceFile], at: dt.datetime) -> None:
    """Taking away all the evidence of a case is one event, with every file that was in it."""
    digests = sorted({file.sha256 for file in files})
    after = {"files": len(files), "size": sum(file.size for file in files), "sha256": digests}
    _record_reading("evidence.packaged", by, case, at, case.number, after)


@transaction.atomic
def _record_reading(
    action: str, by: User, case: Assessment, at: dt.datetime, subject: str, after: Mapping[str, Any]
) -> None:
    locked = Assessment.objects.select_for_update(of=("self",)).get(pk=case.pk)
    audit.record(action=action, by=by, at=at, assessment=locked, subject=subject, after=after)
