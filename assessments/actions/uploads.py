"""Large files in pieces: begun, continued after any interruption, made evidence when the last byte is there.

The pieces are one file a pending upload in ``settings.UPLOADS_DIR``. What is in the row counts: a piece is written
while the row is locked, and bytes beyond ``received`` are rubbish of a write that did not come to its end.
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from assessments.actions import evidence, library
from assessments.actions.cases import allow_answering
from assessments.actions.errors import Conflict, NotNow, allow, refuse_unless
from assessments.models import Assessment, Evidence, EvidenceFile, Organisation, PendingUpload, User
from assessments.permissions import scope
from assessments.permissions.rules import can_answer
from assessments.queries.uploads import unfinished
from assessments.standard import Bilingual, listed

#: Files one person may have on their way in a case.
PENDING_MAX = 200


@transaction.atomic
def begin(
    *,
    by: User,
    number: str,
    name: str,
    size: int,
    fingerprint: str,
    criterion_codes: Collection[str],
    evidence_id: UUID | None = None,
    at: dt.datetime,
) -> PendingUpload:
    """Announces a file (name and size checked by ``forms.uploads``), or finds the unfinished one again.

    The same person, case, file and purpose are the same upload. Raises ``DoesNotExist`` for a case or document out of
    sight, ``NotAllowed``, or ``Refused`` for an unknown criterion, a full library, or too many at once.
    """
    case = scope.cases(by).get(number=number)
    codes = sorted(set(criterion_codes))
    _require_known(case, codes)
    allow_answering(case, by, codes)
    document = Evidence.objects.get(pk=evidence_id, enterprise=case.enterprise_id) if evidence_id else None
    Organisation.objects.select_for_update(no_key=True).get(pk=case.enterprise_id)
    mine = list(unfinished(by, case))
    for held in mine:
        if (held.fingerprint, held.size, held.criterion_codes, held.evidence_id) == (
            fingerprint,
            size,
            codes,
            evidence_id,
        ):
            return _as_on_disk(held)
    refuse_unless(
        len(mine) < PENDING_MAX,
        "未传完的文件已有 {n} 个，请先传完或放弃其中一些。",
        "{n} files are unfinished already; finish or give up some of them first.",
        n=len(mine),
    )
    evidence.require_room(case.enterprise_id, name, size)
    return PendingUpload.objects.create(
        assessment=case,
        user=by,
        name=name,
        size=size,
        fingerprint=fingerprint,
        criterion_codes=codes,
        evidence=document,
        created_at=at,
        touched_at=at,
    )


def _require_known(case: Assessment, codes: Collection[str]) -> None:
    unknown = sorted(set(codes) - set(case.edition.criteria))
    refuse_unless(not unknown, "没有条款 {code}。", "There is no criterion {code}.", code=listed(unknown))


@transaction.atomic
def receive(*, by: User, number: str, upload_id: UUID, offset: int, piece: bytes, at: dt.datetime) -> PendingUpload:
    """Writes a piece where it belongs. Raises ``DoesNotExist``, ``NotAllowed`` once answers cannot change any more,
    ``Refused`` for more than was announced, or ``Conflict`` with the upload when it continues elsewhere: nothing is
    written then, so a piece that is sent twice does no harm.
    """
    allow(can_answer(scope.cases(by).get(number=number)))
    pending = _as_on_disk(_locked(by, number, upload_id))
    if offset != pending.received:
        raise Conflict(pending, _ELSEWHERE)
    refuse_unless(
        offset + len(piece) <= pending.size,
        "收到的内容比所选文件大，请重新选择文件上传。",
        "More arrived than the chosen file has; choose the file again.",
    )
    _write(path_of(pending), offset, piece)
    pending.received, pending.touched_at = offset + len(piece), at
    pending.save(update_fields=["received", "touched_at"])
    return pending


_ELSEWHERE = Bilingual("该位置的内容已收到，请从断点继续。", "That part has arrived already; continue from the offset.")


def _locked(by: User, number: str, upload_id: UUID) -> PendingUpload:
    held = scope.uploads(by).filter(assessment__number=number)
    return held.select_for_update(of=("self",)).get(pk=upload_id)


def _as_on_disk(pending: PendingUpload) -> PendingUpload:
    """After a disk was lost or cleaned the row must not claim more than is there."""
    try:
        there = path_of(pending).stat().st_size
    except FileNotFoundError:
        there = 0
    pending.received = min(pending.received, there)
    return pending


def path_of(pending: PendingUpload) -> Path:
    return Path(settings.UPLOADS_DIR) / pending.pk.hex


def _write(path: Path, offset: int, piece: bytes) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
    try:
        with os.fdopen(file, "wb") as opened:
            opened.seek(offset)
            opened.write(piece)
            opened.truncate()
    except OSError as full:
        raise NotNow(_NO_SPACE) from full


_NO_SPACE = Bilingual(
    "平台暂时无法写入文件，已收到的部分保留，请稍后继续。",
    "The platform cannot write files just now; what has arrived is kept, continue later.",
)


class WholeUpload(UploadedFile):
    """All pieces of an upload as one file, which is moved into the library rather than copied."""

    def __init__(self, file: Any, pending: PendingUpload) -> None:
        self.id = pending.pk
        self._path = path_of(pending)
        super().__init__(file, pending.name, size=pending.size)

    def temporary_file_path(self) -> str:
        return str(self._path)


@contextmanager
def whole(pending: PendingUpload) -> Iterator[WholeUpload]:
    """The upload as a file, for the checks and for :func:`finish`. Raises ``Conflict`` when it is not whole."""
    try:
        opened = path_of(pending).open("rb")
    except FileNotFoundError as lost:
        raise Conflict(_as_on_disk(pending), _ELSEWHERE) from lost
    with opened:
        yield WholeUpload(opened, pending)


def finish(
    *,
    by: User,
    number: str,
    pending: PendingUpload,
    upload: WholeUpload,
    content_type: str,
    move_links: bool = False,
    at: dt.datetime,
) -> EvidenceFile:
    """Makes a whole and checked upload evidence, as if it had come at once; it keeps its id. Raises as
    ``evidence.attach`` and ``library.add_version`` do; what was sent stays until :func:`drop`.
    """
    if pending.evidence_id:
        file = library.add_version(
            by=by,
            number=number,
            evidence_id=pending.evidence_id,
            upload=upload,
            content_type=content_type,
            move_links=move_links,
            at=at,
        ).file
    else:
        file = evidence.attach(
            by=by,
            number=number,
            criterion_codes=pending.criterion_codes,
            upload=upload,
            content_type=content_type,
            at=at,
        )
    drop(pending)
    return file


def give_up(*, by: User, number: str, upload_id: UUID) -> None:
    """Throws away what has arrived. Raises ``DoesNotExist``."""
    drop(scope.uploads(by).get(pk=upload_id, assessment__number=number))


def drop(pending: PendingUpload) -> None:
    """Takes the row and the pieces away; whichever is gone already is no fault."""
    PendingUpload.objects.filter(pk=pending.pk).delete()
    path_of(pending).unlink(missing_ok=True)


def clean(*, at: dt.datetime) -> tuple[int, int]:
    """Throws away uploads left alone for ``UPLOAD_HOURS``, and pieces without a row; how many of each."""
    before = at - dt.timedelta(hours=settings.UPLOAD_HOURS)
    stale = list(PendingUpload.objects.filter(touched_at__lt=before))
    for pending in stale:
        drop(pending)
    known = {pk.hex for pk in PendingUpload.objects.values_list("pk", flat=True)}
    folder = Path(settings.UPLOADS_DIR)
    pieces = list(folder.iterdir()) if folder.is_dir() else []
    strays = [p for p in pieces if p.name not in known and p.stat().st_mtime < before.timestamp()]
    for path in strays:
        path.unlink(missing_ok=True)
    return len(stale), len(strays)
