"""Reading evidence in pieces: what all kinds of file are searched for, never with a whole file in memory."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

from django.utils.translation import gettext as _

_WINDOW = 1024 * 1024
#: What a file begins with is looked at this far: readers of PDF and browsers guess within it.
HEAD = 1024
#: An archive's end record with the longest comment (APPNOTE 4.3.16).
TAIL = 22 + 65535
END_RECORD, _DIRECTORY_ENTRY = b"PK\x05\x06", b"PK\x01\x02"
_MARKUP = re.compile(rb"<\s*(?:!doctype|html|head|body|script|iframe|svg|object|embed|\?php)\b|<\?php", re.IGNORECASE)
_ARCHIVES = re.compile(b"Rar!\x1a\x07|7z\xbc\xaf\x27\x1c")


class Unacceptable(Exception):  # noqa: N818 - an answer about a file, not a fault
    """The content of a file is refused; ``words`` is the sentence, with ``%(name)s`` for the file's name."""

    def __init__(self, words: str, **values: object) -> None:
        self.words, self.values = words, values
        super().__init__(words)

    def about(self, name: str) -> str:
        return self.words % {"name": name, **self.values}


def size_of(file: BinaryIO) -> int:
    size = file.seek(0, 2)
    file.seek(0)
    return size


def head_of(file: BinaryIO, size: int = HEAD) -> bytes:
    file.seek(0)
    return file.read(size)


def windows(file: BinaryIO, overlap: int = 256) -> Iterator[tuple[int, bytes]]:
    """The content from beginning to end with each place's offset; what stands across a border is in the later one."""
    at, kept = 0, b""
    while True:
        file.seek(at)  # whoever looks at a window may read elsewhere meanwhile
        piece = file.read(_WINDOW)
        if not piece:
            return
        yield at - len(kept), kept + piece
        at += len(piece)
        kept = (kept + piece)[-overlap:]


def no_markup(file: BinaryIO) -> None:
    """Nothing at the beginning that a browser would take for a page."""
    if _MARKUP.search(head_of(file)):
        raise mixed(_("网页或脚本"))


def no_pdf(file: BinaryIO) -> None:
    """No PDF in anything else: its readers look for the beginning anywhere in the first kilobyte."""
    if b"%PDF-" in head_of(file):
        raise mixed("PDF")


def no_archive(file: BinaryIO) -> None:
    """No archive appended or carried along: a ZIP is read from its end, others from wherever they begin."""
    start = max(0, size_of(file) - TAIL)
    file.seek(start)
    tail = file.read()
    at = tail.rfind(END_RECORD)
    if at >= 0 and _has_directory(file, start + at, tail[at : at + 22]):
        raise mixed("ZIP")
    if any(_ARCHIVES.search(window) for _at, window in windows(file)):
        raise mixed(_("压缩包"))


def _has_directory(file: BinaryIO, at: int, record: bytes) -> bool:
    """Whether an end record is one: four bytes may stand anywhere by chance, a list of members before them does not."""
    size = int.from_bytes(record[12:16], "little")
    if len(record) < 22 or size > at:
        return False
    file.seek(at - size)
    return size == 0 or file.read(4) == _DIRECTORY_ENTRY


def mixed(what: str) -> Unacceptable:
    """The refusal of a file that is two things at once."""
    return Unacceptable(_("“%(name)s”中夹带了其他格式的内容（%(what)s）。请用原软件重新导出后上传。"), what=what)
