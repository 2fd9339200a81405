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
from assessments.models import Assessment, Evidence, EvidenceFile, EvidenceLink, Organisation, User
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
    """Keeps a checked upload (see ``forms.evidence``) and links it to criteria of the case.

    The same content under the same name is kept once an enterprise. Raises ``Assessment.DoesNotExist``,
    ``NotAllowed`` or ``Refused``. If the transaction fails after the file was written, the file is removed again.
    """
    with arriving(upload, content_type) as arrival, transaction.atomic():
        case = lock_case(by=by, number=number)
        _allow_answering(case, by, criterion_codes)
        file = arrival.keep(case, by=by, at=at)
        added = _link(case, file, criterion_codes, by, at)
        if not added:
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

    def __init__(self, upload: UploadedFile, content_type: str) -> None:
        self.upload, self.content_type = upload, content_type
        self.digest = _sha256(upload)  # before the case is locked: a large file takes a while
        self.written: FieldFile | None = None

    def keep(self, case: Assessment, *, by: User, at: dt.datetime) -> EvidenceFile:
        """The file as the enterprise holds it; the same content under the same name is kept once."""
        # The library is the enterprise's: the same file may arrive in another of its cases at this moment.
        Organisation.objects.select_for_update(no_key=True).get(pk=case.enterprise_id)
        name = self.upload.name or ""
        held = EvidenceFile.objects.filter(enterprise=case.enterprise_id, sha256=self.digest, name=name).first()
        if held is not None:
            return held
        evidence = Evidence(enterprise=case.enterprise, title=PurePath(name).stem, owner=by, created_at=at)
        file = EvidenceFile(
            id=uuid.uuid4(),
            evidence=evidence,
            enterprise=case.enterprise,
            name=name,
            size=self.upload.size or 0,
            content_type=self.content_type,
            sha256=self.digest,
            uploaded_by=by,
            uploaded_at=at,
        )
        file.content.save(f"evidence/{case.enterprise_id}/{file.id.hex}", self.upload, save=False)
        self.written = file.content
        evidence.save(force_insert=True)
        file.save(force_insert=True)
        return file


@contextmanager
def arriving(upload: UploadedFile, content_type: str) -> Iterator[Arrival]:
    """Around the transaction that keeps an upload: if it fails after the file was written, the file goes again."""
    arrival = Arrival(upload, content_type)
    try:
        yield arrival
    except BaseException:
        if arrival.written is not None and arrival.written.name:
            arrival.written.storage.delete(arrival.written.name)
        raise


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
