"""Office documents of before 2007 (compound files, MS-CFB): which they are, whether they carry macros or a password."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from django.utils.translation import gettext as _

from assessments.forms.evidence_archives import macros
from assessments.forms.evidence_content import Unacceptable, head_of, windows

_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MACROS = ("_VBA_PROJECT", "_VBA_PROJECT_CUR", "VBA", "Macros")
#: Names of entries that only documents under a password have.
_PASSWORDS = ("EncryptedPackage", "EncryptedSummary")
#: Presentations keep macros inside their one stream: VbaInfoContainer, VbaInfoAtom, and "has macros" (MS-PPT 2.4.10).
_PRESENTATION_MACROS = b"\xff\x03\x14\x00\x00\x00\x02\x00\x00\x04\x0c\x00\x00\x00"
_ENTRY = 128
_FILEPASS, _BOF_RECORDS = 0x2F, 4


@dataclass(frozen=True)
class Entry:
    """An entry of a compound file's directory: a storage (1) or a stream (2) and the sector it begins in."""

    name: str
    sector: int


def compound(*names: str) -> Callable[[BinaryIO], bool]:
    """Recognises a compound file that has one of these entries; an installer is one too."""

    def recognise(file: BinaryIO) -> bool:
        if head_of(file, 8) != _MAGIC:
            return False
        # A document of today under a password comes as a compound file: the checks say so.
        wanted = {*names, "EncryptedPackage"}
        return any(entry.name in wanted for entry in _entries(file, wanted))

    return recognise


def is_encrypted_package(file: BinaryIO) -> bool:
    """Whether this is a document of today under a password."""
    return head_of(file, 8) == _MAGIC and any(_entries(file, {"EncryptedPackage"}))


def no_harm(file: BinaryIO) -> None:
    """Raises ``Unacceptable`` for macros and passwords."""
    wanted = {*_MACROS, *_PASSWORDS, "WordDocument", "Workbook", "Book"}
    found = {entry.name: entry for entry in _entries(file, wanted)}
    if any(name in found for name in _MACROS) or _has_presentation_macros(file):
        raise macros()
    if any(name in found for name in _PASSWORDS) or any(_is_encrypted(file, entry) for entry in found.values()):
        raise password()


def password() -> Unacceptable:
    return Unacceptable(_("“%(name)s”设有密码，评估师无法查阅。请取消密码后上传。"))


def _entries(file: BinaryIO, names: set[str]) -> Iterator[Entry]:
    """Entries with these names, wherever the directory's sectors lie.

    An entry takes 128 bytes at a multiple of 128: its name in UTF-16, at 64 the length of that, at 66 what it is. The
    table that chains the sectors is not followed, for it is what a forged file would lie with.
    """
    marks = {name: f"{name}\x00".encode("utf-16-le") for name in names}
    for offset, window in windows(file, overlap=_ENTRY):
        for name, mark in marks.items():
            at = window.find(mark)
            while at >= 0:
                entry = window[at : at + _ENTRY]
                if (offset + at) % _ENTRY == 0 and entry[64:66] == len(mark).to_bytes(2, "little"):
                    yield Entry(name, int.from_bytes(entry[116:120], "little"))
                at = window.find(mark, at + 1)


def _has_presentation_macros(file: BinaryIO) -> bool:
    for _offset, window in windows(file):
        at = window.find(_PRESENTATION_MACROS)
        if at >= 0 and window[at + 18 : at + 19] == b"\x01":
            return True
    return False


def _is_encrypted(file: BinaryIO, entry: Entry) -> bool:
    """Whether a document's stream says that the rest is under a password."""
    shift = int.from_bytes(head_of(file, 32)[30:32], "little")
    if shift not in (9, 12):
        return False
    file.seek((entry.sector + 1) << shift)
    start = file.read(512)
    if entry.name == "WordDocument":
        return start[:2] == b"\xec\xa5" and len(start) > 11 and bool(start[11] & 0x01)  # MS-DOC 2.5.2: fEncrypted
    return entry.name in ("Workbook", "Book") and _has_filepass(start)


def _has_filepass(start: bytes) -> bool:
    """Whether one of the first records of a workbook is FILEPASS (MS-XLS 2.4.117)."""
    at = 0
    for _record in range(_BOF_RECORDS):
        kind = int.from_bytes(start[at : at + 2], "little")
        if kind == _FILEPASS:
            return True
        at += 4 + int.from_bytes(start[at + 2 : at + 4], "little")
    return False
