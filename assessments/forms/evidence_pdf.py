"""PDF: no scripts, no starting of programs, no files inside, nothing that cannot be looked into."""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Iterator
from typing import BinaryIO

from django.utils.translation import gettext as _

from assessments.forms.evidence_content import Unacceptable, head_of, windows

_DELIMITER = rb"(?=[\x00\t\n\x0c\r ()<>\[\]{}/%])"
#: Longest dictionary of an object stream, how much all of them may unpack to, and how many there may be: each costs its
#: looking at, and a hundred objects usually share one.
_DICTIONARY, _INFLATED_MAX, _STREAMS_MAX = 2048, 128 * 1024 * 1024, 50_000
_PIECE = 64 * 1024


def _name(name: str) -> bytes:
    """A name of PDF as a pattern: every letter may stand as itself or as ``#`` and its number (ISO 32000-1, 7.3.5)."""
    letters = [re.escape(c.encode()) for c in name]
    numbers = [f"{ord(c):02x}".encode() for c in name]
    return b"".join(b"(?:" + c + b"|#" + _any_case(n) + b")" for c, n in zip(letters, numbers, strict=True))


def _any_case(number: bytes) -> bytes:
    return b"".join(b"[%c%c]" % (d, d - 32) if chr(d).isalpha() else b"%c" % d for d in number)


def _names(*names: str) -> bytes:
    return b"|".join(_name(name) for name in names)


_FORBIDDEN = re.compile(
    b"/(?:(?P<script>%b)|(?P<launch>%b)|(?P<file>%b)|(?P<encrypted>%b))%b"
    % (
        # A script is always named by its kind of action; what plays media may carry one too, and forms of the XML kind
        # keep theirs packed where no name tells of them.
        _names("JavaScript", "Rendition", "RichMedia", "XFA"),
        _names("Launch"),
        _names("EmbeddedFile", "EmbeddedFiles"),
        _names("Encrypt"),
        _DELIMITER,
    )
)
_OBJECTS = re.compile(b"/" + _name("ObjStm") + _DELIMITER)
_FILTER = re.compile(rb"/Filter\s*(?:\[\s*)?/FlateDecode\s*\]?\s*(?=[/>])")


def is_pdf(file: BinaryIO) -> bool:
    """Readers accept a beginning anywhere in the first kilobyte; here it is the first byte."""
    return head_of(file, 5) == b"%PDF-"


def no_harm(file: BinaryIO) -> None:
    """Raises ``Unacceptable`` for what runs or hides; object streams are unpacked piece by piece and searched too."""
    left, streams = _INFLATED_MAX, 0
    seen = -1
    for offset, window in windows(file):
        _search(window)
        for found in _OBJECTS.finditer(window):
            if offset + found.start() > seen:
                seen = offset + found.start()
                streams += 1
                if streams > _STREAMS_MAX:
                    raise _hidden()
                left = _search_objects(file, seen, left)


def _search(window: bytes) -> None:
    found = _FORBIDDEN.search(window)
    if found is not None:
        raise Unacceptable(_REASONS[found.lastgroup or ""]())


_REASONS: dict[str, Callable[[], str]] = {
    "script": lambda: _("“%(name)s”含有脚本或多媒体动作。请用“打印”另存为 PDF 后上传。"),
    "launch": lambda: _("“%(name)s”含有启动程序的动作。请用“打印”另存为 PDF 后上传。"),
    "file": lambda: _("“%(name)s”内嵌了其他文件。请移除附件，并将附件单独上传。"),
    "encrypted": lambda: _("“%(name)s”已加密或限制了权限，无法检查。请取消密码，或用“打印”另存为 PDF 后上传。"),
}


def _search_objects(file: BinaryIO, at: int, left: int) -> int:
    """Searches the object stream whose dictionary names its kind at this place; how much may still be unpacked."""
    start = max(0, at - _DICTIONARY)
    file.seek(start)
    around = file.read(2 * _DICTIONARY)
    begin = around.rfind(b"obj", 0, at - start)
    end = around.find(b"stream", at - start)
    dictionary = around[max(0, begin) : end]
    if end < 0 or b"/DecodeParms" in dictionary or b"#" in dictionary:
        raise _hidden()
    if b"/Filter" not in dictionary:
        return left  # not packed: searched with everything else
    if _FILTER.search(dictionary) is None:
        raise _hidden()
    body = start + end + len(b"stream")
    body += len(around[end + 6 : end + 8]) - len(around[end + 6 : end + 8].lstrip(b"\r\n"))
    kept = b""
    for piece in _inflated(file, body):
        _search(kept + piece)
        kept = piece[-256:]
        left -= len(piece)
        if left < 0:
            raise _hidden()
    _search(kept + b" ")
    return left


def _inflated(file: BinaryIO, at: int) -> Iterator[bytes]:
    """A packed stream unpacked piece by piece; it ends where its own format says."""
    unpack = zlib.decompressobj()
    file.seek(at)
    try:
        while not unpack.eof:
            packed = unpack.unconsumed_tail or file.read(_PIECE)
            if not packed:
                return
            yield unpack.decompress(packed, _PIECE)
    except zlib.error as damaged:
        raise _hidden() from damaged


def _hidden() -> Unacceptable:
    return Unacceptable(_("“%(name)s”的结构不规范，无法检查。请用“打印”另存为 PDF 后上传。"))
