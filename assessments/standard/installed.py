"""What an installation has added of its own: editions, errata, days of transition, kept outside the code.

The folder holds ``installed.json``, one folder of files for every edition installed (named by checksum, never
changed) and ``crosswalks/``. Whoever adds something rewrites ``installed.json`` last, in one stroke, so that readers
see all of it or nothing; they notice by the file's stamp.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import re
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from assessments.standard.edition import Edition, Erratum
from assessments.standard.loader import load_edition
from assessments.standard.reading import DataError, Table, find_file, read_bytes, read_file
from assessments.standard.transition import Window, read_windows, window_data

INDEX = "installed.json"
FIELDS = ("text", "guidance", "evidence")


@dataclass(frozen=True)
class Installed:
    """An edition in the folder; a draft is there to be looked at and cannot be chosen yet."""

    code: str
    folder: str
    checksum: str
    published_date: dt.date | None = None

    @property
    def is_published(self) -> bool:
        return self.published_date is not None


@dataclass(frozen=True)
class Index:
    """The content of ``installed.json``. Drafts and published editions are apart: both may exist of one code."""

    published: Mapping[str, Installed] = field(default_factory=dict)
    drafts: Mapping[str, Installed] = field(default_factory=dict)
    errata: Mapping[str, tuple[Erratum, ...]] = field(default_factory=dict)
    windows: Mapping[str, Window] = field(default_factory=dict)
    #: code of an installed scheme that assessments use -> SHA-256 of its file; it must not change any more
    schemes: Mapping[str, str] = field(default_factory=dict)

    def with_draft(self, entry: Installed) -> Index:
        return replace(self, drafts={**self.drafts, entry.code: entry})

    def without_draft(self, code: str) -> Index:
        return replace(self, drafts={c: e for c, e in self.drafts.items() if c != code})

    def with_published(self, code: str, on: dt.date) -> Index:
        """The draft of this code becomes the edition in use; errata spoke of the words it replaces, so they go."""
        entry = replace(self.drafts[code], published_date=on)
        errata = {c: e for c, e in self.errata.items() if c != code}
        return replace(self.without_draft(code), published={**self.published, code: entry}, errata=errata)

    def with_erratum(self, code: str, erratum: Erratum) -> Index:
        return replace(self, errata={**self.errata, code: (*self.errata.get(code, ()), erratum)})

    def with_window(self, window: Window) -> Index:
        return replace(self, windows={**self.windows, window.edition_code: window})

    def with_scheme(self, code: str, checksum: str) -> Index:
        return replace(self, schemes={**self.schemes, code: checksum})


def read_index(root: Path) -> Index:
    """The index of the folder, empty where nothing was installed. Raises ``DataError``."""
    file = root / INDEX
    if not file.exists():
        return Index()
    table = Table(file, "installed", read_file(file), {"published", "drafts", "errata", "windows"}, {"schemes"})
    errata = Table(file, "errata", table.named("errata"), set(), set(table.named("errata")))
    schemes = Table(file, "schemes", table.named("schemes"), set(), set(table.named("schemes")))
    return Index(
        published={c: _installed(table, "published", c, d) for c, d in table.named("published").items()},
        drafts={c: _installed(table, "drafts", c, d) for c, d in table.named("drafts").items()},
        errata={c: read_errata(errata, c) for c in errata.data},
        windows=read_windows(table, "windows"),
        schemes={code: schemes.string(code) for code in schemes.data},
    )


def write_index(root: Path, index: Index) -> None:
    """Puts the index in place in one stroke."""
    data = {
        "published": {c: _installed_data(e) for c, e in index.published.items()},
        "drafts": {c: _installed_data(e) for c, e in index.drafts.items()},
        "errata": {c: [_erratum_data(e) for e in errata] for c, errata in index.errata.items()},
        "windows": {c: window_data(w) for c, w in index.windows.items()},
        "schemes": dict(index.schemes),
    }
    root.mkdir(parents=True, exist_ok=True)
    _write(root / INDEX, data)


def write_edition(root: Path, files: Mapping[str, Mapping[str, Any]], folder: str) -> Path:
    """Writes the files of an edition, stem -> data, into a folder of the installation and answers it."""
    place = root / folder
    place.mkdir(parents=True, exist_ok=True)
    for stem, data in files.items():
        _write(place / f"{stem}.json", data)
    return place


def load_installed(folder: Path, checksum: str) -> Edition:
    """The edition in ``folder`` if it still is the one of this checksum, head included. Raises ``DataError``.

    The checksum is of the domain files; the head is held by the digits in the name of a folder that the platform wrote.
    """
    edition = load_edition(folder)
    if edition.checksum != checksum:
        raise DataError(folder, "checksum", f"expected {checksum}, found {edition.checksum}")
    named = folder.name.rpartition("-")[2]
    if _DIGITS.fullmatch(named):
        digest = hashlib.sha256()
        for stem in sorted(("edition", *(f"{int(d.code):02d}" for d in edition.domains))):
            digest.update(read_bytes(find_file(folder, stem)))
        if (found := digest.hexdigest()[:12]) != named:
            raise DataError(folder, "files", f"expected the digest {named} that names the folder, found {found}")
    return edition


_DIGITS = re.compile(r"[0-9a-f]{12}")


def files_checksum(files: Mapping[str, Mapping[str, Any]]) -> str:
    """The checksum an edition has once these files are written: SHA-256 of its domain files, as the loader sees it."""
    digest = hashlib.sha256()
    for code in files["edition"]["domains"]:
        digest.update(_bytes(files[f"{int(code):02d}"]))
    return digest.hexdigest()


def folder_name(files: Mapping[str, Mapping[str, Any]]) -> str:
    """The folder of these files, ``<code>-<12 digits>``.

    The digits are of every file, the head as well: what differs in its title alone must not overwrite another text.
    """
    digest = hashlib.sha256()
    for stem in sorted(files):
        digest.update(_bytes(files[stem]))
    return f"{files['edition']['code']}-{digest.hexdigest()[:12]}"


def edition_data(edition: Edition) -> dict[str, dict[str, Any]]:
    """An edition as the files that ``load_edition`` reads, stem -> data."""
    head = {
        "code": edition.code,
        "title": edition.title.to_dict(),
        "short": edition.short.to_dict(),
        "status": edition.status,
        "scheme": edition.scheme,
        "in_force": edition.in_force.isoformat(),
        "wording": edition.wording,
        "source": edition.source.to_dict(),
        "use": edition.use.to_dict(),
        "domains": [d.code for d in edition.domains],
        "counts": edition.counts,
    }
    files: dict[str, dict[str, Any]] = {"edition": head}
    for domain in edition.domains:
        files[f"{int(domain.code):02d}"] = {
            "code": domain.code,
            "name": domain.name.to_dict(),
            "summary": domain.summary.to_dict(),
            "items": [
                {
                    "code": item.code,
                    "name": item.name.to_dict(),
                    "purpose": item.purpose.to_dict(),
                    "criteria": [
                        {
                            "code": c.code,
                            "level": c.level,
                            "text": c.text.to_dict(),
                            "guidance": c.guidance.to_dict(),
                            "evidence": {"zh": list(c.evidence_zh), "en": list(c.evidence_en)},
                        }
                        for c in item.criteria
                    ],
                }
                for item in domain.items
            ],
        }
    return files


def read_errata(table: Table, key: str) -> tuple[Erratum, ...]:
    """The errata listed under ``key``, in the order in which they apply. Raises ``DataError``."""
    return tuple(_erratum(table, f"{table.place}.{key}[{n}]", data) for n, data in enumerate(table.tables(key)))


def _erratum(table: Table, place: str, data: object) -> Erratum:
    entry = Table(table.file, place, data, {"criterion", "field", "date", "reason", "after"})
    day = entry.date("date")
    if day is None:
        raise entry.error("date", "expected a day such as 2026-07-01")
    return Erratum(
        criterion_code=entry.string("criterion"),
        field=entry.one_of("field", FIELDS),
        date=day,
        reason=entry.text("reason"),
        after=entry.text("after"),
    )


def _erratum_data(erratum: Erratum) -> dict[str, Any]:
    return {
        "criterion": erratum.criterion_code,
        "field": erratum.field,
        "date": erratum.date.isoformat(),
        "reason": erratum.reason.to_dict(),
        "after": erratum.after.to_dict(),
    }


def _installed(table: Table, group: str, code: str, data: object) -> Installed:
    entry = Table(table.file, f"{group}.{code}", data, {"folder", "checksum"}, {"published_date"})
    folder = entry.string("folder")
    if Path(folder).name != folder:
        raise entry.error("folder", f"expected the name of a folder, found {folder!r}")
    return Installed(code, folder, entry.string("checksum"), entry.date("published_date"))


def _installed_data(entry: Installed) -> dict[str, Any]:
    day = entry.published_date
    return {"folder": entry.folder, "checksum": entry.checksum} | ({"published_date": day.isoformat()} if day else {})


def _bytes(data: Mapping[str, Any]) -> bytes:
    return json.dumps(data, ensure_ascii=False, indent=1).encode()


def _write(file: Path, data: Mapping[str, Any]) -> None:
    """Writes beside the file and puts the whole in its place, so that nobody ever reads half of it."""
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}-")
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(_bytes(data))
            out.flush()
            os.fsync(out.fileno())
        os.chmod(name, 0o640)
        os.replace(name, file)
    except BaseException:
        os.unlink(name)
        raise
