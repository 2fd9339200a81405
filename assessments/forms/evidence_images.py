"""Images: whole, of a size that can be shown, and nothing behind their end."""

from __future__ import annotations

import zlib
from typing import BinaryIO

from django.utils.translation import gettext as _
from PIL import Image

from assessments.forms.evidence_archives import broken
from assessments.forms.evidence_content import Unacceptable, mixed

#: The figure that the refusal names in words.
_PIXELS_MAX = 100_000_000
_SIGNATURE, _PIECE = 8, 64 * 1024


def png(file: BinaryIO) -> None:
    """Chunk by chunk with its checksum, and nothing after the last (PNG, 5.3)."""
    _measure(file, "PNG")
    file.seek(_SIGNATURE)
    kind = b""
    while kind != b"IEND":
        head = file.read(8)
        if len(head) < 8:
            raise broken()
        length, kind = int.from_bytes(head[:4], "big"), head[4:]
        if _checksum(file, kind, length) != int.from_bytes(file.read(4), "big"):
            raise broken()
    if file.read(_PIECE).strip(b"\x00\r\n\t "):
        raise mixed(_("图片之后的内容"))


def jpeg(file: BinaryIO) -> None:
    _measure(file, "JPEG")


def _measure(file: BinaryIO, kind: str) -> None:
    """Reads no more than the head: an image is never unpacked here."""
    file.seek(0)
    try:
        with Image.open(file, formats=[kind]) as image:
            width, height = image.size
    except Image.DecompressionBombError as large:
        raise _too_many_pixels() from large
    except Exception as damaged:  # whatever a decoder raises over damaged content
        raise broken() from damaged
    if width * height > _PIXELS_MAX:
        raise _too_many_pixels()


def _too_many_pixels() -> Unacceptable:
    return Unacceptable(_("“%(name)s”超过 1 亿像素，无法显示。请缩小后上传。"))


def _checksum(file: BinaryIO, kind: bytes, length: int) -> int:
    sum_ = zlib.crc32(kind)
    while length > 0:
        piece = file.read(min(length, _PIECE))
        if not piece:
            return -1
        sum_ = zlib.crc32(piece, sum_)
        length -= len(piece)
    return sum_
