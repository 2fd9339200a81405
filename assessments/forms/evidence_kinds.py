"""The kinds of file that may be evidence: how the content of each is recognised and what it must not hold."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO

import filetype

from assessments.forms import evidence_archives as archives
from assessments.forms import evidence_images as images
from assessments.forms import evidence_office as office
from assessments.forms import evidence_pdf as pdf
from assessments.forms.evidence_archives import archive
from assessments.forms.evidence_content import head_of, no_archive, no_markup, no_pdf
from assessments.forms.evidence_office import compound

Check = Callable[[BinaryIO], None]


@dataclass(frozen=True)
class Kind:
    """A media type, how content of it is recognised, and checks that raise ``Unacceptable``."""

    content_type: str
    recognise: Callable[[BinaryIO], bool]
    checks: tuple[Check, ...]


def _signature(mime: str) -> Callable[[BinaryIO], bool]:
    def recognise(file: BinaryIO) -> bool:
        kind = filetype.guess(head_of(file, 8192))
        return kind is not None and kind.mime == mime

    return recognise


def _text(file: BinaryIO) -> bool:
    head = head_of(file, 65536)
    if b"\x00" in head:
        return False
    for encoding in ("utf-8", "gb18030"):
        try:
            head[: len(head) - 4 if len(head) == 65536 else None].decode(encoding)
        except UnicodeDecodeError:
            continue
        return True
    return False


_PLAIN: tuple[Check, ...] = (no_markup, no_pdf, no_archive)
_ARCHIVE: tuple[Check, ...] = (archives.no_harm,)
_OFFICE: tuple[Check, ...] = (office.no_harm,)
_OPEN = "application/vnd.openxmlformats-officedocument"

_PDF = Kind("application/pdf", pdf.is_pdf, (no_markup, no_archive, pdf.no_harm))
_JPEG = Kind("image/jpeg", _signature("image/jpeg"), (*_PLAIN, images.jpeg))
KINDS: dict[str, Kind] = {
    ".pdf": _PDF,
    ".png": Kind("image/png", _signature("image/png"), (*_PLAIN, images.png)),
    ".jpg": _JPEG,
    ".jpeg": _JPEG,
    ".docx": Kind(f"{_OPEN}.wordprocessingml.document", archive("word/document.xml"), _ARCHIVE),
    ".xlsx": Kind(f"{_OPEN}.spreadsheetml.sheet", archive("xl/workbook.xml"), _ARCHIVE),
    ".pptx": Kind(f"{_OPEN}.presentationml.presentation", archive("ppt/presentation.xml"), _ARCHIVE),
    ".doc": Kind("application/msword", compound("WordDocument"), _OFFICE),
    ".xls": Kind("application/vnd.ms-excel", compound("Workbook", "Book"), _OFFICE),
    ".ppt": Kind("application/vnd.ms-powerpoint", compound("PowerPoint Document"), _OFFICE),
    ".wps": Kind("application/vnd.ms-works", compound("WordDocument", "CONTENTS", "MatOST"), _OFFICE),
    ".ofd": Kind("application/ofd", archive("OFD.xml"), _ARCHIVE),
    ".zip": Kind("application/zip", archive(), (archives.relative_names, archives.no_harm)),
    ".txt": Kind("text/plain", _text, _PLAIN),
    ".csv": Kind("text/csv", _text, _PLAIN),
}
