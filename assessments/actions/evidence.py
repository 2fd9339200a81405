"""Attaching evidence to criteria and keeping record of who reads it."""

from __future__ import annotations

import datetime as dt
import hashlib
import uuid
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import PurePath

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models.fields.files import FieldFile

from assessments.actions import audit
from assessments.actions.cases import allow_answering, lock_case
from assessments.actions.errors import refuse_unless
from assessments.actions.scanning import Infected, is_clean
from assessments.models import Assessment, Evidence, EvidenceFile, EvidenceLink, Organisation, User
from assessments.queries.uploads import as_size, room_of
from assessments.standard import listed


def attach(
    *,
    by: User,
    number: str,
    criterion_codes: Collection[str],
    upload: UploadedFile,
    content_type: str,
    at: dt.datetime,
) -> EvidenceFile:
    """Keeps a checked upload (see ``forms.evidence``) and links it to criteria of the case, if any.

    The same content under the same name is kept once an enterprise. Raises ``Assessment.DoesNotExist``,
    ``NotAllowed`` or ``Refused``. If the transaction fails after the file was written, the file is removed again.
    """
    with arriving(upload, content_type, by=by, number=number, at=at) as arrival, transaction.atomic():
        case = lock_case(by=by, number=number)
        _allow_answering(case, by, criterion_codes)
        file = arrival.keep(case, by=by, at=at)
        added = _link(case, file, criterion_codes, by, at)
        if not added and arrival.written is None:
            return file  # the same file again, such as a double click: nothing happened
        audit.record(
            action="evidence.attached",
            by=by,
            at=at,
            assessment=case,
            subject=file.name,
            after={"file": str(file.id), "sha256": file.sha256, "size": file.size, "criteria": added},
        )
        return file


class Arrival:
    """A checked upload on its way into the library of an enterprise; see :func:`arriving`."""

    def __init__(self, upload: UploadedFile, content_type: str, at: dt.datetime) -> None:
        self.upload, self.content_type = upload, content_type
        # Both before the case is locked: a large file takes a while.
        self.digest = _sha256(upload)
        self.scanned_at = at if is_clean(upload) else None
        self.written: FieldFile | None = None

    def keep(self, case: Assessment, *, by: User, at: dt.datetime, version_of: Evidence | None = None) -> EvidenceFile:
        """The file as the enterprise holds it; the same content under the same name is kept once.

        It begins a document, or is the next version of ``version_of``, a document of the same enterprise. Raises
        ``Refused`` when the enterprise has no room left.
        """
        # The library is the enterprise's: the same file may arrive in another of its cases at this moment.
        Organisation.objects.select_for_update(no_key=True).get(pk=case.enterprise_id)
        name = self.upload.name or ""
        held = EvidenceFile.objects.filter(enterprise=case.enterprise_id, sha256=self.digest, name=name).first()
        if held is not None:
            return held
        begins_as = getattr(self.upload, "id", None)  # what came in pieces keeps the id it was sent under
        require_room(case.enterprise_id, name, self.upload.size or 0, apart_from=begins_as)
        begun = Evidence(enterprise=case.enterprise, title=PurePath(name).stem, owner=by, created_at=at)
        evidence = version_of or begun
        file = EvidenceFile(
            id=begins_as or uuid.uuid4(),
            evidence=evidence,
            version=version_of.versions.count() + 1 if version_of else 1,
            enterprise=case.enterprise,
            name=name,
            size=self.upload.size or 0,
            content_type=self.content_type,
            sha256=self.digest,
            uploaded_by=by,
            uploaded_at=at,
            scanned_at=self.scanned_at,
        )
        file.content.save(f"evidence/{case.enterprise_id}/{file.id.hex}", self.upload, save=False)
        self.written = file.content
        if version_of is None:
            evidence.save(force_insert=True)
        file.save(force_insert=True)
        return file


@contextmanager
def arriving(upload: UploadedFile, content_type: str, *, by: User, number: str, at: dt.datetime) -> Iterator[Arrival]:
    """Around the transaction that keeps an upload: if it fails after the file was written, the file goes again.

    Raises ``Refused`` for what the scanner finds, which is an event of the case, and where the scanner does not answer.
    """
    try:
        arrival = Arrival(upload, content_type, at)
    except Infected as found:
        _record_infected(found, upload, by, number, at)
        raise
    try:
        yield arrival
    except BaseException:
        if arrival.written is not None and arrival.written.name:
            arrival.written.storage.delete(arrival.written.name)
        raise


@transaction.atomic
def _record_infected(found: Infected, upload: UploadedFile, by: User, number: str, at: dt.datetime) -> None:
    audit.record(
        action="evidence.refused",
        by=by,
        at=at,
        assessment=lock_case(by=by, number=number),
        subject=upload.name,
        after={"signature": found.signature, "sha256": _sha256(upload), "size": upload.size},
    )


def require_room(enterprise_id: int, name: str, size: int, *, apart_from: uuid.UUID | None = None) -> None:
    """Raises ``Refused`` unless a file of this size still fits; the enterprise is locked by the caller.

    What is on its way counts too, ``apart_from`` the upload that asks.
    """
    room = room_of(enterprise_id, apart_from=apart_from)
    refuse_unless(
        size <= room.left,
        "“{name}”有 {size}，本企业资料库空间共 {total}，已用 {used}，放不下。请压缩后再传，或联系平台运行方增加空间。",
        "“{name}” has {size}; the enterprise has used {used} of {total} and it does not fit. Make the file smaller, or "
        "ask the operator of the platform for more room.",
        name=name,
        size=as_size(size),
        used=as_size(room.used),
        total=as_size(room.total),
    )


def _link(
    case: Assessment, file: EvidenceFile, criterion_codes: Collection[str], by: User, at: dt.datetime
) -> list[str]:
    """Links a file to criteria; answers those it was not linked to before."""
    return [
        code
        for code in sorted(set(criterion_codes))
        if EvidenceLink.objects.get_or_create(
            assessment=case, criterion_code=code, file=file, defaults={"added_by": by, "added_at": at}
        )[1]
    ]


@transaction.atomic
def detach(*, by: User, number: str, link_id: int, at: dt.datetime) -> EvidenceLink:
    """Takes a file off a criterion; the file stays in the enterprise's library, because frozen cases may show it.

    Raises ``DoesNotExist`` for a case or link out of sight, ``NotAllowed`` after finalising.
    """
    case = lock_case(by=by, number=number)
    link = EvidenceLink.objects.select_related("file").get(pk=link_id, assessment=case)
    _allow_answering(case, by, [link.criterion_code])
    audit.record(
        action="evidence.detached",
        by=by,
        at=at,
        assessment=case,
        subject=link.file.name,
        before={"file": str(link.file_id), "sha256": link.file.sha256, "criterion": link.criterion_code},
    )
    link.delete()
    return link


@transaction.atomic
def record_download(*, by: User, case: Assessment, file: EvidenceFile, at: dt.datetime) -> None:
    """Every reading of evidence is an event of the case it was read in."""
    locked = Assessment.objects.select_for_update(of=("self",)).get(pk=case.pk)
    audit.record(
        action="evidence.downloaded",
        by=by,
        at=at,
        assessment=locked,
        subject=file.name,
        after={"file": str(file.id), "sha256": file.sha256},
    )


def _allow_answering(case: Assessment, by: User, criterion_codes: Collection[str]) -> None:
    unknown = set(criterion_codes) - set(case.edition.criteria)
    refuse_unless(not unknown, "没有条款 {code}。", "There is no criterion {code}.", code=listed(sorted(unknown)))
    allow_answering(case, by, criterion_codes)


def _sha256(upload: UploadedFile) -> str:
    digest = hashlib.sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    upload.seek(0)
    return digest.hexdigest()
