"""The evidence of a case as one ZIP, written while it is sent: no temporary file, memory as small for many as for one.

The manifests come last, for only then is known which files were there and whether they still are what was uploaded.
"""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import io
import json
import unicodedata
import zipfile
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import BinaryIO

from assessments.reports.workbook import FORMULA_STARTS
from assessments.standard import Bilingual

_CHUNK = 64 * 1024
_NAME_BYTES = 200
_UNSAFE = '<>:"/\\|?*'
_UNSEEN = ("Cc", "Cf", "Cs", "Zl", "Zp")
#: From this size on an entry is written with the 64 bit fields, which must be known before it begins.
_LARGE = 2**31

PRESENT, MISSING, ALTERED = "present", "missing", "altered"
_STATES = {
    PRESENT: Bilingual("已收入", "included"),
    MISSING: Bilingual("存储中缺失，未收入", "missing from the storage, not included"),
    ALTERED: Bilingual("内容与登记的 SHA-256 不符", "content differs from the SHA-256 on record"),
}
_COLUMNS = (
    Bilingual("文件", "File"),
    Bilingual("材料名称", "Document"),
    Bilingual("版本", "Version"),
    Bilingual("原文件名", "Original name"),
    Bilingual("条款", "Criteria"),
    Bilingual("位置", "Where to look"),
    Bilingual("密级", "Confidentiality"),
    Bilingual("大小（字节）", "Size in bytes"),
    Bilingual("SHA-256", "SHA-256"),
    Bilingual("上传人", "Uploaded by"),
    Bilingual("上传时间", "Uploaded at"),
    Bilingual("收入情况", "State"),
)


@dataclass(frozen=True)
class Entry:
    """A file of the package. ``criteria``: codes with pointers, the first names it; ``open`` raises ``OSError``."""

    title: str
    name: str
    version: int
    criteria: tuple[tuple[str, str], ...]
    confidentiality: str
    size: int
    sha256: str
    uploaded_by: str
    uploaded_at: dt.datetime
    open: Callable[[], BinaryIO]


class _Sink(io.RawIOBase):
    """What is written comes out again with :meth:`taken`; there is no way back, as on a line to a browser."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        part = bytes(data)  # type: ignore[call-overload]
        self._parts.append(part)
        return len(part)

    def taken(self) -> bytes:
        parts, self._parts = self._parts, []
        return b"".join(parts)


def stream(entries: Sequence[Entry], *, number: str, at: dt.datetime, language: str) -> Iterator[bytes]:
    """The bytes of the package of case ``number`` as they come about."""
    sink = _Sink()
    states: list[str] = []
    paths = unique_paths(entries)
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_STORED) as archive:
        for entry, path in zip(entries, paths, strict=True):
            states.append((yield from _file(archive, sink, entry, path)))
        rows = list(zip(entries, paths, states, strict=True))
        for name, content in (
            ("manifest.csv", _as_csv(rows, language)),
            ("manifest.json", _as_json(rows, number, at)),
        ):
            archive.writestr(zipfile.ZipInfo(name, _dos(at)), content)
            yield sink.taken()
    yield sink.taken()


def _file(archive: zipfile.ZipFile, sink: _Sink, entry: Entry, path: str) -> Generator[bytes, None, str]:
    """One file, and what is to be said of it. A file that cannot be opened is left out; the package goes on."""
    try:
        source = entry.open()
    except OSError:
        return MISSING
    digest = hashlib.sha256()
    info = zipfile.ZipInfo(path, _dos(entry.uploaded_at))
    with source, archive.open(info, "w", force_zip64=entry.size >= _LARGE) as into:
        while chunk := _read(source):
            digest.update(chunk)
            into.write(chunk)
            yield sink.taken()
    yield sink.taken()
    return PRESENT if digest.hexdigest() == entry.sha256 else ALTERED


def _read(source: BinaryIO) -> bytes:
    """The next piece; where the storage fails on the way the file ends, and its sum says so."""
    try:
        return source.read(_CHUNK)
    except OSError:
        return b""


def _dos(at: dt.datetime) -> tuple[int, int, int, int, int, int]:
    """A time as archives keep it, from 1980 on."""
    return (max(at.year, 1980), at.month, at.day, at.hour, at.minute, at.second)


# --- names ----------------------------------------------------------------------------------------------------------


def unique_paths(entries: Iterable[Entry]) -> list[str]:
    """A path for every file, such as ``6/6.1/6.1-L3-02 策略.pdf``; no two are the same, in small letters neither."""
    taken: set[str] = set()
    paths = []
    for entry in entries:
        code = entry.criteria[0][0]
        folder = f"{code.split('.')[0]}/{code.split('-')[0]}"
        stem, suffix = _safe(f"{code} {entry.name}")
        path, n = f"{folder}/{stem}{suffix}", 1
        while path.lower() in taken:
            n += 1
            path = f"{folder}/{stem} ({n}){suffix}"
        taken.add(path.lower())
        paths.append(path)
    return paths


def _safe(name: str) -> tuple[str, str]:
    """Stem and suffix that every file system takes: no signs with a meaning, not too long in UTF-8."""
    name = unicodedata.normalize("NFC", name)
    name = "".join("_" if c in _UNSAFE or unicodedata.category(c) in _UNSEEN else c for c in name)
    suffix = PurePath(name).suffix[:12]
    stem = name[: len(name) - len(suffix)] if suffix else name
    stem = stem.encode()[:_NAME_BYTES].decode(errors="ignore").rstrip(" .")
    return stem, suffix.rstrip(" .")


# --- manifests ------------------------------------------------------------------------------------------------------

Row = tuple[Entry, str, str]


def _as_csv(rows: Iterable[Row], language: str) -> str:
    """For a spreadsheet program: with a mark of UTF-8, and nothing in it is a formula."""
    target = io.StringIO()
    writer = csv.writer(target)
    writer.writerow(column.in_language(language) for column in _COLUMNS)
    for entry, path, state in rows:
        cells: tuple[object, ...] = (
            path if state != MISSING else "",
            entry.title,
            entry.version,
            entry.name,
            " ".join(code for code, _pointer in entry.criteria),
            "; ".join(f"{code} {pointer}" for code, pointer in entry.criteria if pointer),
            entry.confidentiality,
            entry.size,
            entry.sha256,
            entry.uploaded_by,
            entry.uploaded_at.isoformat(sep=" ", timespec="seconds"),
            _STATES[state].in_language(language),
        )
        writer.writerow(neutral(cell) for cell in cells)
    return "\ufeff" + target.getvalue()


def neutral(cell: object) -> str:
    """A cell that a spreadsheet program reads as text whatever it begins with."""
    text = str(cell)
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def _as_json(rows: Iterable[Row], number: str, at: dt.datetime) -> str:
    files = [
        {
            "path": path if state != MISSING else None,
            "title": entry.title,
            "version": entry.version,
            "name": entry.name,
            "criteria": [{"code": code, "pointer": pointer} for code, pointer in entry.criteria],
            "confidentiality": entry.confidentiality,
            "size": entry.size,
            "sha256": entry.sha256,
            "uploaded_by": entry.uploaded_by,
            "uploaded_at": entry.uploaded_at.isoformat(),
            "state": state,
        }
        for entry, path, state in rows
    ]
    held = {"case": number, "made_at": at.isoformat(), "files": files}
    return json.dumps(held, ensure_ascii=False, indent=2)
