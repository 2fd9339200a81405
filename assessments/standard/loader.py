"""Reads an edition from its folder of files and refuses anything that is not exactly in shape.

A folder holds ``edition`` and one file per domain, ``06`` and so on: TOML as shipped, JSON as installed.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from pathlib import Path

from assessments.standard.edition import Criterion, Domain, Edition, Item
from assessments.standard.reading import DataError, Table, find_file, read_file

STATUSES = ("current", "superseded", "draft")
WORDINGS = ("own", "licensed")
HEAD = {
    *("code", "title", "short", "status", "scheme", "in_force"),
    *("wording", "source", "use", "domains", "counts"),
}


def load_edition(folder: Path) -> Edition:
    """The edition in ``folder``.

    Raises :class:`DataError` naming file, place and expectation for anything missing, mistyped, out of order,
    duplicated, or at odds with the counts that ``edition.toml`` declares.
    """
    head_file = find_file(folder, "edition")
    head = Table(head_file, "edition", read_file(head_file), HEAD)
    codes = head.strings("domains")
    for code in codes:
        if not re.fullmatch(r"[1-9][0-9]*", code) or codes.count(code) > 1:
            raise DataError(head_file, "edition.domains", f"expected different clause numbers, found {code!r}")
    files = [find_file(folder, f"{int(code):02d}") for code in codes]
    domains = tuple(_domain(f, c) for f, c in zip(files, codes, strict=True))
    checksum = hashlib.sha256()
    for file in files:
        checksum.update(file.read_bytes())
    edition = Edition(
        code=head.string("code"),
        title=head.text("title"),
        short=head.text("short"),
        status=head.one_of("status", STATUSES),
        scheme=head.string("scheme"),
        in_force=_day(head),
        wording=head.one_of("wording", WORDINGS),
        source=head.text("source"),
        use=head.text("use"),
        checksum=checksum.hexdigest(),
        domains=domains,
    )
    counts = head.table("counts", {"domains", "items", "criteria"})
    for key, found in edition.counts.items():
        if counts.whole(key) != found:
            raise counts.error(key, f"expected {counts.data[key]}, found {found}")
    return edition


def _day(head: Table) -> dt.date:
    day = head.date("in_force")
    if day is None:
        raise head.error("in_force", "expected a day such as 2026-07-01")
    return day


def _domain(file: Path, code: str) -> Domain:
    table = Table(file, f"domain {code}", read_file(file), {"code", "name", "summary", "items"})
    if table.string("code") != code:
        raise DataError(file, "code", f"expected {code!r}, found {table.string('code')!r}")
    items = tuple(_item(file, f"{code}.{n}", data) for n, data in enumerate(table.tables("items"), 1))
    return Domain(code, table.text("name"), table.text("summary"), items)


def _item(file: Path, code: str, data: object) -> Item:
    table = Table(file, f"item {code}", data, {"code", "name", "purpose", "criteria"})
    if table.string("code") != code:
        raise DataError(file, f"item {code}.code", f"expected {code!r}, found {table.string('code')!r}")
    seen: dict[int, int] = {}
    criteria = tuple(_criterion(file, code, n, d, seen) for n, d in enumerate(table.tables("criteria"), 1))
    if [c.level for c in criteria] != sorted(c.level for c in criteria):
        raise DataError(file, f"item {code}.criteria", "expected criteria in the order of their levels")
    if missing := {1, 2, 3, 4, 5} - set(seen):
        raise DataError(file, f"item {code}.criteria", f"expected a criterion at level {min(missing)}, found none")
    return Item(code, table.text("name"), table.text("purpose"), criteria)


def _criterion(file: Path, item: str, position: int, data: object, seen: dict[int, int]) -> Criterion:
    place = f"item {item}, criterion {position}"
    table = Table(file, place, data, {"code", "level", "text", "guidance", "evidence"})
    code, level = table.string("code"), table.data["level"]
    if type(level) is not int or level not in range(1, 6):
        raise DataError(file, f"{place}.level", f"expected a whole number from 1 to 5, found {level!r}")
    seen[level] = seen.get(level, 0) + 1
    expected = f"{item}-L{level}-{seen[level]:02d}"
    if not re.fullmatch(r"\d+\.\d+-L[1-5]-\d\d", code) or code != expected:
        raise DataError(file, f"{place}.code", f"expected {expected!r}, found {code!r}")
    evidence = Table(file, f"{place}.evidence", table.data["evidence"], {"zh", "en"})
    zh, en = evidence.strings("zh"), evidence.strings("en")
    if len(zh) != len(en):
        raise DataError(file, f"{place}.evidence", f"expected as many en as zh, found {len(en)} and {len(zh)}")
    return Criterion(code, level, table.text("text"), table.text("guidance"), zh, en)
