"""Checking evidence files: size, name, and that the content is what the name says."""

from __future__ import annotations

import unicodedata
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any, BinaryIO, cast

import filetype
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from assessments.forms.assessments import in_words
from assessments.standard import listed


def _signature(*mimes: str) -> Callable[[BinaryIO], bool]:
    def check(file: BinaryIO) -> bool:
        kind = filetype.guess(file.read(8192))
        return kind is not None and kind.mime in mimes

    return check


#: Largest list of members that is read, about 60,000 of them; nothing of an archive is ever unpacked here.
_DIRECTORY_MAX_BYTES = 8 * 1024 * 1024
_ENDING = b"PK\x05\x06"


def _zip_with(*names: str) -> Callable[[BinaryIO], bool]:
    """An archive that holds one of these members: what tells a workbook or an OFD from any other archive."""

    def check(file: BinaryIO) -> bool:
        if not _has_modest_directory(file):
            return False
        try:
            with zipfile.ZipFile(file) as archive:
                members = {n.lstrip("/") for n in archive.namelist()}
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
            return False
        return any(n in members for n in names) if names else True

    return check


def _has_modest_directory(file: BinaryIO) -> bool:
    """Whether an archive's list of members may be read into memory, by its end record (APPNOTE 4.3.16).

    Archives with a zip64 end (4.3.15) are left out: their sizes can say anything, and no evidence needs 4 GB.
    """
    size = file.seek(0, 2)
    start = max(0, size - 22 - 65535 - 20)
    file.seek(start)
    tail = file.read()
    file.seek(0)
    at = tail.rfind(_ENDING)
    if at < 0 or len(tail) - at < 22 or tail[max(0, at - 20) : at].startswith(b"PK\x06\x07"):
        return False
    return int.from_bytes(tail[at + 12 : at + 16], "little") <= _DIRECTORY_MAX_BYTES


def _text(file: BinaryIO) -> bool:
    head = file.read(65536)
    if b"\x00" in head:
        return False
    for encoding in ("utf-8", "gb18030"):
        try:
            head[: len(head) - 4 if len(head) == 65536 else None].decode(encoding)
        except UnicodeDecodeError:
            continue
        return True
    return False


_OLE = (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",)


def _ole(file: BinaryIO) -> bool:
    return file.read(8) in _OLE


@dataclass(frozen=True)
class Kind:
    """An accepted kind of file: its media type and how its content is recognised."""

    content_type: str
    check: Callable[[BinaryIO], bool]


_OFFICE = "application/vnd.openxmlformats-officedocument"
KINDS: dict[str, Kind] = {
    ".pdf": Kind("application/pdf", _signature("application/pdf")),
    ".png": Kind("image/png", _signature("image/png")),
    ".jpg": Kind("image/jpeg", _signature("image/jpeg")),
    ".jpeg": Kind("image/jpeg", _signature("image/jpeg")),
    ".docx": Kind(f"{_OFFICE}.wordprocessingml.document", _zip_with("word/document.xml")),
    ".xlsx": Kind(f"{_OFFICE}.spreadsheetml.sheet", _zip_with("xl/workbook.xml")),
    ".pptx": Kind(f"{_OFFICE}.presentationml.presentation", _zip_with("ppt/presentation.xml")),
    ".doc": Kind("application/msword", _ole),
    ".xls": Kind("application/vnd.ms-excel", _ole),
    ".ppt": Kind("application/vnd.ms-powerpoint", _ole),
    ".wps": Kind("application/vnd.ms-works", _ole),
    ".ofd": Kind("application/ofd", _zip_with("OFD.xml")),
    ".zip": Kind("application/zip", _zip_with()),
    ".txt": Kind("text/plain", _text),
    ".csv": Kind("text/csv", _text),
}
ACCEPT = ",".join(KINDS)


def clean_name(name: str) -> str:
    """The uploader's file name without folders, control and direction-changing characters; at most 200 characters."""
    name = PurePath(name.replace("\\", "/")).name
    name = "".join(c for c in unicodedata.normalize("NFC", name) if unicodedata.category(c) not in ("Cc", "Cf", "Cs"))
    stem, suffix = PurePath(name).stem.strip(" ."), PurePath(name).suffix.lower()
    return f"{stem[: 200 - len(suffix)] or 'file'}{suffix}"


def check_upload(upload: UploadedFile[Any]) -> str:
    """The media type of an acceptable file. Raises ``ValidationError`` saying what is wrong and what to do."""
    upload.name = clean_name(upload.name or "")
    size = upload.size or 0
    if size == 0:
        raise ValidationError(_("“%(name)s”是空文件，请检查后重新上传。") % {"name": upload.name})
    if size > settings.EVIDENCE_MAX_BYTES:
        raise ValidationError(too_large(upload.name))
    kind = KINDS.get(PurePath(upload.name).suffix)
    if kind is None:
        raise ValidationError(
            _("“%(name)s”的类型不在可上传范围内。可上传：%(kinds)s。")
            % {"name": upload.name, "kinds": in_words(listed(k.lstrip(".") for k in KINDS))}
        )
    upload.seek(0)
    matches = kind.check(cast(BinaryIO, upload.file))
    upload.seek(0)
    if not matches:
        raise ValidationError(
            _("“%(name)s”的内容与扩展名不符，请用原软件另存为正确格式后上传。") % {"name": upload.name}
        )
    return kind.content_type


def max_bytes() -> int:
    """The largest acceptable file, for the page to say so before anything is sent."""
    return int(settings.EVIDENCE_MAX_BYTES)


def too_large(name: str) -> str:
    return _("“%(name)s”超过 %(most)s MB 的上限，请压缩或拆分后上传。") % {
        "name": clean_name(name),
        "most": settings.EVIDENCE_MAX_BYTES // (1024 * 1024),
    }
