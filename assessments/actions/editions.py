"""Changing what the installation adds to the standard: drafts, published editions, errata, days of a transition.

What changes stands in files (``standard/installed.py``), what was done in the audit trail. Both in one order: the
lock of the platform's chain first, so that nobody else changes the index meanwhile; then the event; then the index file
in one stroke; then the end of the transaction. If the file cannot be written the event goes with the transaction; if
the transaction cannot end, the index is put back, unless somebody has changed it again by then.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import logging
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone

from assessments.actions import audit
from assessments.actions.errors import Refused, allow, refuse_unless
from assessments.models import Event, User
from assessments.permissions.rules import can_manage_standard
from assessments.queries.editions import UPLOAD_HOURS, incoming_file, mark, why_not_publish, why_not_replace
from assessments.scoring import Scheme, get_scheme, is_shipped
from assessments.standard import (
    Bilingual,
    DataError,
    Edition,
    Erratum,
    UnknownCode,
    Window,
    get_draft,
    get_edition,
    get_window,
    installation,
    installation_root,
    installation_stamp,
)
from assessments.standard.installed import (
    Index,
    Installed,
    edition_data,
    folder_name,
    load_installed,
    read_index,
    write_edition,
    write_index,
)

logger = logging.getLogger(__name__)
#: Of one person; what is uploaded beyond that removes the oldest.
MOST_UPLOADS = 10
_NOT_WRITTEN = Bilingual(
    "标准数据目录无法写入，本次操作未生效。请联系平台运行方检查磁盘空间和目录权限后重试。",
    "The folder of the editions cannot be written to; nothing was changed. Have the operator check disk space and "
    "permissions, then try again.",
)


_CHANGED_MEANWHILE = Bilingual(
    "计分方案“{code}”在办理期间被改动，本次操作未生效。请重新办理。",
    "The scoring scheme “{code}” was changed meanwhile; nothing was done. Start again.",
)


@dataclass(frozen=True)
class _Step:
    """The index after a change, and what the audit trail says of it."""

    index: Index
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None


# --- uploads waiting for confirmation -------------------------------------------------------------------------------


def keep_upload(*, by: User, content: bytes, at: dt.datetime) -> str:
    """Keeps a checked workbook for its preview and answers its SHA-256. Raises ``NotAllowed`` or ``Refused``.

    Not an event: nothing of the platform changes until the draft is stored. Uploads past their time are removed here,
    and the person's oldest beyond ``MOST_UPLOADS``.
    """
    allow(can_manage_standard(by))
    digest = hashlib.sha256(content).hexdigest()
    with _told_when_unwritable():
        file = incoming_file(_root(), by, digest)
        file.parent.mkdir(parents=True, exist_ok=True)
        for old in file.parent.iterdir():
            if _written(old) < (at - dt.timedelta(hours=UPLOAD_HOURS)).timestamp():
                old.unlink(missing_ok=True)
        part = file.with_suffix(f".{os.getpid()}")
        part.touch(mode=0o600)
        part.write_bytes(content)
        os.utime(part, (at.timestamp(), at.timestamp()))
        part.replace(file)
        others = sorted((f for f in file.parent.glob(f"{by.pk}-*.xlsx") if f != file), key=_written, reverse=True)
        for old in others[MOST_UPLOADS - 1 :]:
            old.unlink(missing_ok=True)
    return digest


def _written(file: Path) -> float:
    """When a file was written; one that another process has just removed is older than any."""
    try:
        return file.stat().st_mtime
    except FileNotFoundError:
        return 0.0


def discard_upload(*, by: User, digest: str) -> None:
    """Removes one's own upload, if it is still there."""
    incoming_file(_root(), by, digest).unlink(missing_ok=True)


# --- drafts ---------------------------------------------------------------------------------------------------------


def save_draft(*, by: User | None, edition: Edition, workbook: str, at: dt.datetime) -> None:
    """Keeps an edition read from a workbook (SHA-256 ``workbook``) as the draft of its code, replacing one before it.

    ``by`` is ``None`` for the operator at the console. Raises ``NotAllowed``, or ``Refused`` when the edition of this
    code is frozen or no longer the one the workbook was compared with.
    """
    _allow(by)
    root, files = _root(), edition_data(edition)
    entry = Installed(edition.code, folder_name(files), edition.checksum)

    def step(index: Index) -> _Step:
        if reason := why_not_replace(edition, index):
            raise Refused(reason)
        # Not seen by anybody before the index names it; what was left half written is written again.
        place = write_edition(root, files, entry.folder)
        try:
            load_installed(place, entry.checksum)
        except DataError as damaged:
            raise OSError(f"{place} does not read back as it was written") from damaged
        before = index.drafts.get(edition.code)
        return _Step(
            index.with_draft(entry),
            {"checksum": before.checksum} if before else None,
            {"checksum": entry.checksum, "folder": entry.folder, "workbook": workbook, **_head(edition)},
        )

    _change(event="edition.drafted", by=by, subject=edition.code, at=at, step=step)
    _clear_folders(edition.code)


def delete_draft(*, by: User, code: str, folder: str, at: dt.datetime) -> None:
    """Removes a draft with its files. ``folder`` is the draft that the person saw. ``NotAllowed``, ``Refused``."""
    _allow(by)

    def step(index: Index) -> _Step:
        entry = _draft_as_seen(index, code, folder)
        return _Step(index.without_draft(code), {"checksum": entry.checksum, "folder": entry.folder}, None)

    _change(event="edition.draft_deleted", by=by, subject=code, at=at, step=step)
    _clear_folders(code)


def publish(*, by: User, code: str, folder: str, at: dt.datetime) -> Edition:
    """The draft becomes the edition in use, frozen from now on. ``folder`` is the draft that the person saw.

    Raises ``NotAllowed``, or ``Refused`` when it changed since, its data are damaged, its scheme is unknown or the
    edition of this code was published before.
    """
    _allow(by)

    def step(index: Index) -> _Step:
        entry = _draft_as_seen(index, code, folder)
        if reason := why_not_publish(code, index):
            raise Refused(reason)
        before = get_edition(code).checksum if _is_in_use(code) else None
        return _Step(
            index.with_published(code, timezone.localdate(at)),
            {"checksum": before} if before else None,
            {"checksum": entry.checksum, "folder": entry.folder, **_head(get_draft(code))},
        )

    _change(event="edition.published", by=by, subject=code, at=at, step=step)
    return get_edition(code)


def _head(edition: Edition) -> dict[str, str]:
    """What the checksum of the texts does not cover, and yet decides about results."""
    return {
        "title": edition.title.zh,
        "title_en": edition.title.en,
        "edition_status": edition.status,
        "in_force": edition.in_force.isoformat(),
        "scheme": edition.scheme,
        "wording": edition.wording,
    }


def _draft_as_seen(index: Index, code: str, folder: str) -> Installed:
    """The name of the folder tells one draft from the next, the head included."""
    entry = index.drafts.get(code)
    if entry is None or entry.folder != folder:
        raise Refused(
            Bilingual(
                "草稿“{code}”在您查看之后已被替换、发布或删除，本次操作未生效。请查看最新情况后再办理。",
                "The draft “{code}” was replaced, published or deleted since you looked at it; nothing was changed. "
                "Look at it again before you decide.",
            ).format(code=code)
        )
    return entry


# --- corrections and days -------------------------------------------------------------------------------------------


def add_erratum(
    *,
    by: User,
    code: str,
    criterion_code: str,
    part: str,
    seen: str,
    after: Bilingual,
    reason: Bilingual,
    at: dt.datetime,
) -> None:
    """Corrects one text of an edition in use, dated today; ``seen`` marks the wording the person set out to correct.

    Raises ``NotAllowed``, ``UnknownCode``, ``KeyError`` for an unknown criterion, or ``Refused`` when the wording has
    changed since or stays the same.
    """
    _allow(by)

    def step(index: Index) -> _Step:
        before = get_edition(code).criteria[criterion_code].wording(part)
        refuse_unless(
            mark(before) == seen,
            "该文字在您填写期间已有新的勘误，本次勘误未登记。请查看最新文字后再填写。",
            "This wording was corrected by someone else in the meantime; nothing was recorded. Look at it again first.",
        )
        refuse_unless(
            after != before, "更正后的文字与现有文字相同。", "The corrected wording is the same as the present one."
        )
        erratum = Erratum(criterion_code, part, timezone.localdate(at), reason, after)
        return _Step(
            index.with_erratum(code, erratum),
            {"text_zh": before.zh, "text_en": before.en},
            {
                "part": part,
                "date": erratum.date.isoformat(),
                "text_zh": after.zh,
                "text_en": after.en,
                "reason": reason.zh,
                "reason_en": reason.en,
            },
        )

    _change(event="edition.erratum", by=by, subject=f"{code} {criterion_code}", at=at, step=step)


def set_window(*, by: User, window: Window, at: dt.datetime) -> None:
    """Sets until when an edition in use may be chosen. Raises ``NotAllowed``, ``UnknownCode`` or ``Refused``."""
    _allow(by)
    get_edition(window.edition_code)
    opening, applying = window.open_until, window.apply_until
    refuse_unless(
        opening is None or applying is None or opening <= applying,
        "可申请的最后日期不能早于可新建的最后日期。",
        "The last day of applications cannot lie before the last day of opening.",
    )

    def step(index: Index) -> _Step:
        before = get_window(window.edition_code)
        refuse_unless(before != window, "设置没有变化。", "Nothing was changed.")
        return _Step(index.with_window(window), _window_words(before), _window_words(window))

    _change(event="edition.window", by=by, subject=window.edition_code, at=at, step=step)


def _window_words(window: Window) -> dict[str, str]:
    return {
        "open_until": window.open_until.isoformat() if window.open_until else "",
        "apply_until": window.apply_until.isoformat() if window.apply_until else "",
        "confirmation": window.status,
        "source": window.source.zh,
        "source_en": window.source.en,
    }


def pin_scheme(*, by: User, scheme: Scheme, at: dt.datetime) -> None:
    """A scheme of the installation that an assessment uses is held from now on; its file must not change.

    Whoever opens an assessment does this, without a right to manage the standard. The transaction around may still fail
    after the index was written; then the index holds a scheme too early, and the next assessment records it.
    """
    if is_shipped(scheme.code) or _is_pinned(installation(), scheme):
        return

    def step(index: Index) -> _Step | None:
        if _is_pinned(index, scheme):
            return None  # by somebody else, while this waited for the lock
        if index.schemes.get(scheme.code, scheme.checksum) != scheme.checksum:
            get_scheme(scheme.code)  # says what is wrong with the file
            raise Refused(_CHANGED_MEANWHILE.format(code=scheme.code))
        return _Step(index.with_scheme(scheme.code, scheme.checksum), None, {"checksum": scheme.checksum})

    _change(event="scheme.pinned", by=by, subject=scheme.code, at=at, step=step)


def _is_pinned(index: Index, scheme: Scheme) -> bool:
    if index.schemes.get(scheme.code) != scheme.checksum:
        return False
    return Event.objects.filter(action="scheme.pinned", subject=scheme.code).exists()


@transaction.atomic
def record_export(*, by: User | None, edition: Edition, sha256: str, at: dt.datetime) -> None:
    """Licensed text that leaves the platform is an event; ``by`` is ``None`` at the console. Raises ``NotAllowed``."""
    _allow(by)
    after = {"checksum": edition.checksum, "workbook": sha256, "wording": edition.wording}
    audit.record(action="edition.exported", by=by, at=at, subject=edition.code, after=after)


# --- the order of writing -------------------------------------------------------------------------------------------


def _change(
    *, event: str, by: User | None, subject: str, at: dt.datetime, step: Callable[[Index], _Step | None]
) -> None:
    """Changes the index and records it, unless there is nothing to change.

    See the head of this module for the order and why.
    """
    root = _root()
    before: Index | None = None
    written: object = None
    try:
        with transaction.atomic(), _told_when_unwritable():
            audit.lock_platform()
            index = read_index(root)
            done = step(index)
            if done is None:
                return
            audit.record(action=event, by=by, at=at, subject=subject, before=done.before, after=done.after)
            write_index(root, done.index)
            before, written = index, installation_stamp()
    except BaseException:
        if before is not None and written == installation_stamp():
            logger.error("%s of %s was not recorded; the index of editions is put back", event, subject)
            write_index(root, before)
        raise


@contextlib.contextmanager
def _told_when_unwritable() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        logger.exception("the folder of the editions cannot be written to")
        raise Refused(_NOT_WRITTEN) from error


def _clear_folders(code: str) -> None:
    """Removes folders of this code that the index no longer names; one that cannot be removed harms nobody."""
    with transaction.atomic():
        # Under the lock: a folder that somebody is writing at this moment is not named yet either.
        audit.lock_platform()
        index = installation()
        named = {entry.folder for entry in (*index.published.values(), *index.drafts.values())}
        for folder in _root().glob(f"{code}-*"):
            # The code of another edition may begin like this one.
            digits = folder.name.removeprefix(f"{code}-")
            if folder.is_dir() and len(digits) == 12 and "-" not in digits and folder.name not in named:
                shutil.rmtree(folder, ignore_errors=True)


def _root() -> Path:
    root = installation_root()
    if root is None:
        raise Refused(_NOT_WRITTEN)
    return root


def _allow(by: User | None) -> None:
    """The operator at the console may do what a system administrator may."""
    if by is not None:
        allow(can_manage_standard(by))


def _is_in_use(code: str) -> bool:
    try:
        get_edition(code)
    except (UnknownCode, DataError):
        return False
    return True
