"""Reads data files (TOML as they ship, JSON as the platform writes them) and fails with the exact place.

Every complaint names the file, the place in it and what was expected, so that the person who wrote it can mend it.
"""

from __future__ import annotations

import datetime as dt
import json
import tomllib
from collections.abc import Set
from pathlib import Path
from typing import Any

from assessments.standard.bilingual import Bilingual

_READERS = {".toml": tomllib.loads, ".json": json.loads}


class DataError(ValueError):
    """Data are not in shape. ``str()`` reads ``file: place: expectation``."""

    def __init__(self, file: Path | str, place: str, expected: str) -> None:
        self.file, self.place, self.expected = str(file), place, expected
        super().__init__(f"{file}: {place}: {expected}")


def find_file(folder: Path, stem: str) -> Path:
    """``<stem>.toml`` or, where that is missing, ``<stem>.json``; neither need exist."""
    toml = folder / f"{stem}.toml"
    written = toml.with_suffix(".json")
    return written if written.exists() and not toml.exists() else toml


def read_file(file: Path) -> dict[str, Any]:
    """The data of one file. Raises :class:`DataError` for a missing file, another encoding or broken syntax."""
    return parse(file, read_bytes(file))


def read_bytes(file: Path) -> bytes:
    """What stands in the file. Raises :class:`DataError` where it is missing."""
    try:
        return file.read_bytes()
    except FileNotFoundError:
        raise DataError(file, "file", "expected this file, which is missing") from None


def parse(file: Path, content: bytes) -> dict[str, Any]:
    """The data of one file whose bytes are at hand. Raises :class:`DataError`."""
    try:
        data: dict[str, Any] = _READERS[file.suffix](content.decode().replace("\r\n", "\n"))
    except UnicodeDecodeError as error:
        raise DataError(file, f"byte {error.start}", "expected UTF-8") from None
    except ValueError as error:  # both parsers' errors are ValueErrors
        raise DataError(file, "file", f"expected {file.suffix[1:].upper()}: {error}") from None
    return data


class Table:
    """One table with the place it stands in; typed getters that fail with that place."""

    def __init__(self, file: Path, place: str, data: object, keys: set[str], optional: Set[str] = frozenset()) -> None:
        self.file, self.place = file, place
        if not isinstance(data, dict):
            raise DataError(file, place, f"expected a table, found {type(data).__name__}")
        self.data: dict[str, Any] = data
        if missing := keys - set(data):
            raise DataError(file, place, f"expected the key {sorted(missing)[0]!r}, which is missing")
        if extra := set(data) - keys - optional:
            known = ", ".join(sorted(keys | optional))
            raise DataError(file, place, f"unknown key {sorted(extra)[0]!r}; expected only {known}")

    def error(self, key: str, expected: str) -> DataError:
        return DataError(self.file, f"{self.place}.{key}", expected)

    def table(self, key: str, keys: set[str], optional: Set[str] = frozenset()) -> Table:
        return Table(self.file, f"{self.place}.{key}", self.data[key], keys, optional)

    def string(self, key: str) -> str:
        value = self.data[key]
        if not isinstance(value, str) or not value.strip():
            raise self.error(key, f"expected text that is not empty, found {value!r}")
        return value.strip()

    def one_of(self, key: str, words: tuple[str, ...]) -> str:
        value = self.string(key)
        if value not in words:
            raise self.error(key, f"expected one of {', '.join(words)}, found {value!r}")
        return value

    def whole(self, key: str) -> int:
        value = self.data[key]
        if type(value) is not int or value < 0:
            raise self.error(key, f"expected a whole number of 0 or more, found {value!r}")
        return value

    def date(self, key: str) -> dt.date | None:
        """A day written ``2026-07-01``; ``None`` where the key is missing."""
        value = self.data.get(key)
        if value is None:
            return None
        if isinstance(value, str):
            try:
                return dt.date.fromisoformat(value)
            except ValueError:
                pass
        raise self.error(key, f"expected a day such as 2026-07-01, found {value!r}")

    def text(self, key: str) -> Bilingual:
        both = self.table(key, {"zh", "en"})
        return Bilingual(both.string("zh"), both.string("en"))

    def strings(self, key: str, *, may_be_empty: bool = False) -> tuple[str, ...]:
        value = self.data[key]
        right = isinstance(value, list) and all(isinstance(v, str) and v.strip() for v in value)
        if not right or not (value or may_be_empty):
            raise self.error(key, f"expected a list of texts, found {value!r}")
        return tuple(v.strip() for v in value)

    def tables(self, key: str) -> list[object]:
        value = self.data[key]
        if not isinstance(value, list) or not value:
            raise self.error(key, "expected at least one table")
        return value

    def named(self, key: str) -> dict[str, Any]:
        """A table of tables by name; empty where the key is missing."""
        value = self.data.get(key, {})
        if not isinstance(value, dict):
            raise self.error(key, f"expected a table, found {type(value).__name__}")
        return value
