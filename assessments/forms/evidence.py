"""Checking evidence files: size, name, and that the content is what the name says and nothing else besides."""

from __future__ import annotations

import unicodedata
from pathlib import PurePath
from typing import Any, BinaryIO, cast

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from assessments.forms.assessments import in_words
from assessments.forms.evidence_archives import PROGRAMS
from assessments.forms.evidence_content import Unacceptable
from assessments.forms.evidence_kinds import KINDS, Kind
from assessments.forms.evidence_office import is_encrypted_package, password
from assessments.standard import listed

ACCEPT = ",".join(KINDS)
#: What a name may not hide before its last suffix: programs, and pages that a browser runs.
_HIDDEN = PROGRAMS | {"htm", "html", "mht", "mhtml", "shtml", "svg", "xhtml", "xml", "xsl"}


def clean_name(name: str) -> str:
    """The uploader's file name without folders, control and direction-changing characters; at most 200 characters."""
    name = PurePath(name.replace("\\", "/")).name
    name = "".join(c for c in unicodedata.normalize("NFC", name) if unicodedata.category(c) not in ("Cc", "Cf", "Cs"))
    stem, suffix = PurePath(name).stem.strip(" ."), PurePath(name).suffix.lower()
    return f"{stem[: 200 - len(suffix)] or 'file'}{suffix}"


def check_upload(upload: UploadedFile[Any]) -> str:
    """The media type of an acceptable file. Raises ``ValidationError`` saying what is wrong and what to do."""
    upload.name = clean_name(upload.name or "")
    check_declared(upload.name, upload.size or 0)
    file, kind = cast(BinaryIO, upload.file), KINDS[PurePath(upload.name).suffix]
    try:
        _check_content(file, kind)
    except Unacceptable as refused:
        raise ValidationError(refused.about(upload.name)) from refused
    finally:
        upload.seek(0)
    return kind.content_type


def check_declared(name: str, size: int) -> None:
    """What can be said before anything is sent: name and size. Raises as :func:`check_upload`; the name is clean."""
    if size == 0:
        raise ValidationError(_("“%(name)s”是空文件，请检查后重新上传。") % {"name": name})
    if size > settings.EVIDENCE_MAX_BYTES:
        raise ValidationError(too_large(name))
    suffix = PurePath(name).suffix
    if hidden := _hidden_suffix(name):
        raise ValidationError(
            _("“%(name)s”有两个扩展名（%(first)s、%(last)s），可能被误当成另一种文件打开。请改为一个扩展名后上传。")
            % {"name": name, "first": hidden, "last": suffix}
        )
    if suffix not in KINDS:
        raise ValidationError(
            _("“%(name)s”的类型不在可上传范围内。可上传：%(kinds)s。")
            % {"name": name, "kinds": in_words(listed(k.lstrip(".") for k in KINDS))}
        )


def _hidden_suffix(name: str) -> str:
    """The suffix before the last one, where one of the two hides what the file is; else empty."""
    path = PurePath(unicodedata.normalize("NFKC", name).replace("。", "."))
    before = [part.strip().lower() for part in path.suffixes[:-1]]
    if path.suffix in KINDS:
        return next((part for part in before if part[1:] in _HIDDEN), "")
    return next((part for part in before if part in KINDS), "")


def _check_content(file: BinaryIO, kind: Kind) -> None:
    if not kind.recognise(file):
        if is_encrypted_package(file):
            raise password()
        raise Unacceptable(_("“%(name)s”的内容与扩展名不符，请用原软件另存为正确格式后上传。"))
    for check in kind.checks:
        check(file)


def max_bytes() -> int:
    """The largest acceptable file, for the page to say so before anything is sent."""
    return int(settings.EVIDENCE_MAX_BYTES)


def too_large(name: str) -> str:
    return _("“%(name)s”超过 %(most)s MB 的上限，请压缩或拆分后上传。") % {
        "name": clean_name(name),
        "most": settings.EVIDENCE_MAX_BYTES // (1024 * 1024),
    }
