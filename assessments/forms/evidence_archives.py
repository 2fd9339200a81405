"""Archives, and the office documents that are archives: judged by their list of members, nothing is unpacked."""

from __future__ import annotations

import contextlib
import re
import stat
import zipfile
from collections.abc import Callable
from pathlib import PurePosixPath
from typing import BinaryIO

from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from assessments.forms.evidence_content import END_RECORD, TAIL, Unacceptable, head_of, mixed, size_of

#: Largest list of members that is read, about 60,000 of them.
_DIRECTORY_MAX_BYTES = 8 * 1024 * 1024
_MEMBERS_MAX = 20_000
#: Archives inside an archive; a bomb is built of layers of them.
_NESTED_MAX = 3
#: What an archive may say it unpacks to: anything small, else this many times its size, and never beyond the last.
_SMALL, _RATIO, _UNPACKED_MAX = 16 * 1024 * 1024, 100, 2 * 1024**3
_TYPES_MAX_BYTES = 1024 * 1024

#: Suffixes of what runs when it is opened.
PROGRAMS = frozenset({
    "apk", "app", "asp", "aspx", "bat", "cgi", "cmd", "com", "cpl", "dll", "dmg", "docm", "dotm", "elf", "exe",
    "gadget", "hta", "inf", "jar", "js", "jse", "jsp", "lnk", "msi", "msp", "php", "phtml", "pif", "pl", "potm",
    "ppam", "pptm", "ps1", "psm1", "py", "rb", "reg", "scr", "sh", "so", "swf", "sys", "vb", "vbe", "vbs", "ws",
    "wsf", "wsh", "xlam", "xlsm", "xltm",
})  # fmt: skip
_PACKED = frozenset({
    "7z", "bz2", "cab", "gz", "iso", "rar", "tar", "tgz", "xz", "zip", "zst",
})  # fmt: skip
_LOCAL_HEADER = b"PK\x03\x04"


def archive(*names: str) -> Callable[[BinaryIO], bool]:
    """Recognises an archive that holds one of these members: what tells a workbook or an OFD from any other archive."""

    def recognise(file: BinaryIO) -> bool:
        members = {m.filename.lstrip("/") for m in _members(file)}
        return any(name in members for name in names) if names else bool(members)

    return recognise


def no_harm(file: BinaryIO) -> None:
    """Raises ``Unacceptable`` for whatever the list of members tells: passwords, bombs, programs, macros, odd ends."""
    size = size_of(file)
    _one_whole(file, size)
    members = _members(file)
    for check in (_open_to_read, _no_bomb, _few_archives, _safe_places, _no_programs, _no_macros):
        check(members, size)
    _no_macro_types(file)


def relative_names(file: BinaryIO) -> None:
    """Of archives that people unpack: no member with a place of its own on the disk."""
    for member in _members(file):
        if member.filename.startswith(("/", "\\")):
            raise _unsafe(member)


def _members(file: BinaryIO) -> list[zipfile.ZipInfo]:
    """The list of members; empty where there is none that may be read."""
    if not _has_modest_directory(file):
        return []
    try:
        with zipfile.ZipFile(file) as opened:
            return opened.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return []


def _has_modest_directory(file: BinaryIO) -> bool:
    """Whether an archive's list of members may be read into memory, by its end record (APPNOTE 4.3.16).

    Archives with a zip64 end (4.3.15) are left out: their sizes can say anything, and no evidence needs 4 GB.
    """
    start = max(0, size_of(file) - TAIL - 20)
    file.seek(start)
    tail = file.read()
    file.seek(0)
    at = tail.rfind(END_RECORD)
    if at < 0 or len(tail) - at < 22 or tail[max(0, at - 20) : at].startswith(b"PK\x06\x07"):
        return False
    return int.from_bytes(tail[at + 12 : at + 16], "little") <= _DIRECTORY_MAX_BYTES


def _one_whole(file: BinaryIO, size: int) -> None:
    """The archive begins where the file does and ends where it ends."""
    start = max(0, size - TAIL)
    file.seek(start)
    tail = file.read()
    at = tail.rfind(END_RECORD)
    directory = int.from_bytes(tail[at + 12 : at + 16], "little") + int.from_bytes(tail[at + 16 : at + 20], "little")
    comment = int.from_bytes(tail[at + 20 : at + 22], "little")
    if head_of(file, 4) != _LOCAL_HEADER or directory != start + at or at + 22 + comment != len(tail):
        raise mixed(_("压缩包前后的内容"))


def _open_to_read(members: list[zipfile.ZipInfo], size: int) -> None:
    if any(member.flag_bits & 0x1 for member in members):
        raise Unacceptable(_("“%(name)s”设有密码，评估师无法查阅。请取消密码后上传。"))


def _no_bomb(members: list[zipfile.ZipInfo], size: int) -> None:
    if len(members) > _MEMBERS_MAX:
        raise Unacceptable(
            _("“%(name)s”内有 %(n)s 个文件，最多 %(most)s 个。请拆分后上传。"), n=len(members), most=_MEMBERS_MAX
        )
    packed, unpacked = sum(m.compress_size for m in members), sum(m.file_size for m in members)
    # Members that share their content unpack to more than the sizes tell.
    if packed > size or unpacked > _UNPACKED_MAX or (unpacked > _SMALL and unpacked > _RATIO * size):
        raise Unacceptable(
            _("“%(name)s”解压后约 %(size)s，与文件大小不相称，疑似压缩炸弹。请减少内容后重新生成文件。"),
            size=filesizeformat(unpacked),
        )


def _few_archives(members: list[zipfile.ZipInfo], size: int) -> None:
    nested = sum(_suffix(member) in _PACKED for member in members)
    if nested > _NESTED_MAX:
        raise Unacceptable(
            _("“%(name)s”内又有 %(n)s 个压缩包，最多 %(most)s 个。请解开后重新打包上传。"), n=nested, most=_NESTED_MAX
        )


def _safe_places(members: list[zipfile.ZipInfo], size: int) -> None:
    for member in members:
        path = member.filename.replace("\\", "/")
        is_link = stat.S_ISLNK(member.external_attr >> 16)
        if ".." in PurePosixPath(path).parts or re.match(r"[A-Za-z]:", path) or is_link:
            raise _unsafe(member)


def _unsafe(member: zipfile.ZipInfo) -> Unacceptable:
    return Unacceptable(
        _("“%(name)s”内的“%(member)s”会解压到别处，可能覆盖其他文件。请重新打包后上传。"), member=_shown(member)
    )


def _no_programs(members: list[zipfile.ZipInfo], size: int) -> None:
    for member in members:
        if _suffix(member) in PROGRAMS:
            raise Unacceptable(
                _("“%(name)s”内的“%(member)s”是程序或含宏的文件。请移除后重新打包上传。"), member=_shown(member)
            )


def _no_macros(members: list[zipfile.ZipInfo], size: int) -> None:
    names = [member.filename.lower() for member in members]
    if any(name.endswith("vbaproject.bin") or "/macrosheets/" in name for name in names):
        raise macros()


def _no_macro_types(file: BinaryIO) -> None:
    """A document with macros says so in its list of content types, whatever its own name."""
    with zipfile.ZipFile(file) as opened:
        try:
            with opened.open("[Content_Types].xml") as types:
                text = types.read(_TYPES_MAX_BYTES)
        except KeyError:
            return  # an archive of another kind
        except Exception as damaged:  # whatever unpacking of a damaged member raises
            raise broken() from damaged
    if b"macroenabled" in text.replace(b"\x00", b"").lower():
        raise macros()


def macros() -> Unacceptable:
    return Unacceptable(_("“%(name)s”含有宏。请另存为不含宏的格式或 PDF 后上传。"))


def broken() -> Unacceptable:
    return Unacceptable(_("“%(name)s”已损坏，无法打开。请用原软件重新保存后上传。"))


def _suffix(member: zipfile.ZipInfo) -> str:
    return PurePosixPath(member.filename.rstrip(" .")).suffix[1:].lower()


def _shown(member: zipfile.ZipInfo) -> str:
    """The name of a member; where the archive does not say how it is written, as Chinese systems write it."""
    name = member.filename
    if not member.flag_bits & 0x800:
        with contextlib.suppress(UnicodeError):
            name = name.encode("cp437").decode("gb18030")
    return name[-80:]
