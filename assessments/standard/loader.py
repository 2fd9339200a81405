"""Reads an edition from its folder of TOML files and refuses anything that is not exactly in shape.

A folder holds ``edition.toml`` and one ``<domain>.toml`` per domain. Every complaint names the file, the place in
it and what was expected, so that the person who loads a licensed text can mend it.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from pathlib import Path
from typing import Any

from assessments.standard.bilingual import Bilingual
from assessments.standard.edition import Criterion, Domain, Edition, Item

STATUSES = ("current", "superseded", "draft")


class EditionError(ValueError):
    """An edition's data are not in shape. ``str()`` reads ``file: place: expectation``."""

    def __init__(self, file: Path | str, place: str, expected: str) -> None:
        self.file, self.place, self.expected = str(file), place, expected
        super().__init__(f"{file}: {place}: {expected}")


class _Table:
    """One TOML table with the place it stands in; typed getters that fail with that place."""

    def __init__(self, file: Path, place: str, data: object, keys: set[str]) -> None:
        self.file, self.place = file, place
        if not isinstance(data, dict):
            raise EditionError(file, place, f"expected a table, found {type(data).__name__}")
        self.data: dict[str, Any] = data
        if missing := keys - set(data):
            raise EditionError(file, place, f"expected the key {sorted(missing)[0]!r}, which is missing")
        if extra := set(data) - keys:
            raise EditionError(
                file, place, f"unknown key {sorted(extra)[0]!r}; expected only {', '.join(sorted(keys))}"
            )

    def string(self, key: str) -> str:
        value = self.data[key]
        if not isinstance(value, str) or not value.strip():
            raise EditionError(self.file, f"{self.place}.{key}", f"expected text that is not empty, found {value!r}")
        return value.strip()

    def text(self, key: str) -> Bilingual:
        both = _Table(self.file, f"{self.place}.{key}", self.data[key], {"zh", "en"})
        return Bilingual(both.string("zh"), both.string("en"))

    def strings(self, key: str) -> tuple[str, ...]:
        value = self.data[key]
        if not isinstance(value, list) or not value or not all(isinstance(v, str) and v.strip() for v in value):
            raise EditionError(self.file, f"{self.place}.{key}", f"expected a list of texts, found {value!r}")
        return tuple(v.strip() for v in value)

    def tables(self, key: str) -> list[object]:
        value = self.data[key]
        if not isinstance(value, list) or not value:
            raise EditionError(self.file, f"{self.place}.{key}", "expected at least one table")
        return value


def load_edition(folder: Path) -> Edition:
    """The edition in ``folder``.

    Raises :class:`EditionError` naming file, place and expectation for anything missing, mistyped, out of order,
    duplicated, or at odds with the counts that ``edition.toml`` declares.
    """
    head_file = folder / "edition.toml"
    keys = {"code", "title", "short", "status", "scheme", "in_force", "source", "domains", "counts"}
    head = _Table(head_file, "edition", _read(head_file), keys)
    if head.string("status") not in STATUSES:
        raise EditionError(head_file, "edition.status", f"expected one of {', '.join(STATUSES)}")
    codes = head.strings("domains")
    for code in codes:
        if not re.fullmatch(r"[1-9][0-9]*", code) or codes.count(code) > 1:
            raise EditionError(head_file, "edition.domains", f"expected different clause numbers, found {code!r}")
    files = [folder / f"{int(code):02d}.toml" for code in codes]
    domains = tuple(_domain(f, c) for f, c in zip(files, codes, strict=True))
    checksum = hashlib.sha256()
    for file in files:
        checksum.update(file.read_bytes())
    edition = Edition(
        code=head.string("code"),
        title=head.text("title"),
        short=head.text("short"),
        status=head.string("status"),
        scheme=head.string("scheme"),
        in_force=head.string("in_force"),
        source=head.string("source"),
        checksum=checksum.hexdigest(),
        domains=domains,
    )
    counts = _Table(head_file, "edition.counts", head.data["counts"], {"domains", "items", "criteria"})
    for key, found in edition.counts.items():
        if counts.data[key] != found:
            raise EditionError(head_file, f"edition.counts.{key}", f"expected {counts.data[key]}, found {found}")
    return edition


def _read(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise EditionError(file, "file", "expected this file, which is missing") from None
    except UnicodeDecodeError as error:
        raise EditionError(file, f"byte {error.start}", "expected UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        raise EditionError(file, "file", f"expected TOML: {error}") from None


def _domain(file: Path, code: str) -> Domain:
    table = _Table(file, f"domain {code}", _read(file), {"code", "name", "summary", "items"})
    if table.string("code") != code:
        raise EditionError(file, "code", f"expected {code!r}, found {table.string('code')!r}")
    items = tuple(_item(file, f"{code}.{n}", data) for n, data in enumerate(table.tables("items"), 1))
    return Domain(code, table.text("name"), table.text("summary"), items)


def _item(file: Path, code: str, data: object) -> Item:
    table = _Table(file, f"item {code}", data, {"code", "name", "purpose", "criteria"})
    if table.string("code") != code:
        raise EditionError(file, f"item {code}.code", f"expected {code!r}, found {table.string('code')!r}")
    seen: dict[int, int] = {}
    criteria = tuple(_criterion(file, code, n, d, seen) for n, d in enumerate(table.tables("criteria"), 1))
    if [c.level for c in criteria] != sorted(c.level for c in criteria):
        raise EditionError(file, f"item {code}.criteria", "expected criteria in the order of their levels")
    if missing := {1, 2, 3, 4, 5} - set(seen):
        raise EditionError(file, f"item {code}.criteria", f"expected a criterion at level {min(missing)}, found none")
    return Item(code, table.text("name"), table.text("purpose"), criteria)


def _criterion(file: Path, item: str, position: int, data: object, seen: dict[int, int]) -> Criterion:
    place = f"item {item}, criterion {position}"
    table = _Table(file, place, data, {"code", "level", "text", "guidance", "evidence"})
    code, level = table.string("code"), table.data["level"]
    if type(level) is not int or level not in range(1, 6):
        raise EditionError(file, f"{place}.level", f"expected a whole number from 1 to 5, found {level!r}")
    seen[level] = seen.get(level, 0) + 1
    expected = f"{item}-L{level}-{seen[level]:02d}"
    if not re.fullmatch(r"\d+\.\d+-L[1-5]-\d\d", code) or code != expected:
        raise EditionError(file, f"{place}.code", f"expected {expected!r}, found {code!r}")
    evidence = _Table(file, f"{place}.evidence", table.data["evidence"], {"zh", "en"})
    zh, en = evidence.strings("zh"), evidence.strings("en")
    if len(zh) != len(en):
        raise EditionError(file, f"{place}.evidence", f"expected as many en as zh, found {len(en)} and {len(zh)}")
    return Criterion(code, level, table.text("text"), table.text("guidance"), zh, en)
