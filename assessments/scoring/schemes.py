"""Scoring schemes: every parameter is data with a source, a status and its time (scoring.md, "Parameters").

A scheme names the editions it is for. Which one a new assessment pins follows from the day; a running assessment
keeps its own. An installation adds schemes as files in ``schemes/`` of its folder; from the first assessment that uses
one, the index of the installation holds its checksum, and a file that differs from it is refused.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from assessments.scoring.verdicts import TRACKS
from assessments.standard.bilingual import Bilingual
from assessments.standard.catalogue import installation, installation_root
from assessments.standard.edition import Edition
from assessments.standard.reading import DataError, Table, parse, read_bytes
from assessments.standard.transition import PARAMETER_STATUSES

DATA = Path(__file__).parent / "data"
PARAMETERS = ("conformity", "level_gate", "bands", "domain_floor", "provider_weights", "bonus")


@dataclass(frozen=True)
class Parameter:
    """Where one parameter comes from; ``provisional`` ones are marked wherever they decide a result."""

    name: str
    status: str
    source: Bilingual
    #: the tracks in which it plays a part
    tracks: tuple[str, ...]
    valid_from: dt.date
    valid_to: dt.date | None

    @property
    def is_provisional(self) -> bool:
        return self.status == "provisional"


@dataclass(frozen=True)
class Scheme:
    """The parameters of scoring. Scores are integer hundredths; weights are integer thousandths."""

    code: str
    name: Bilingual
    editions: tuple[str, ...]
    conformity: dict[str, int]
    level_gate: int
    bands: tuple[int, ...]
    floor_from_level: int
    floor_below_band: int
    key_domain_count: int
    key_weight: int
    others_weight: int
    bonus_each: int
    bonus_at_most: int
    parameters: tuple[Parameter, ...]
    #: SHA-256 of the file
    checksum: str

    def floor(self, level: int) -> int | None:
        """The least score of every domain that counts, for an overall level; ``None`` where no floor applies."""
        return None if level < self.floor_from_level else self.bands[level - 1] - self.floor_below_band

    @property
    def provisional(self) -> tuple[Parameter, ...]:
        return tuple(p for p in self.parameters if p.is_provisional)

    def deciding(self, track: str) -> tuple[Parameter, ...]:
        """The parameters that play a part in a track."""
        return tuple(p for p in self.parameters if track in p.tracks)

    @property
    def valid_from(self) -> dt.date:
        """The day from which all parameters hold."""
        return max(p.valid_from for p in self.parameters)

    def is_valid(self, on: dt.date) -> bool:
        return all(p.valid_from <= on and (p.valid_to is None or on <= p.valid_to) for p in self.parameters)


def get_scheme(code: str) -> Scheme:
    """The scheme with this code.

    Raises ``KeyError`` with a sentence when there is none, ``DataError`` if it is damaged or no longer the one that
    assessments use.
    """
    if (file := _shipped().get(code)) is not None:
        return _loaded(file, (0, 0, 0))
    expected, root = installation().schemes.get(code), installation_root()
    if root is not None and (expected is not None or code in _added()):
        return _unchanged(root / "schemes" / f"{code}.toml", expected)
    raise KeyError(f"unknown scheme {code!r}; known: {', '.join(_codes())}")


def is_shipped(code: str) -> bool:
    """Whether the scheme comes with the platform; only a release changes it."""
    return code in _shipped()


def schemes() -> tuple[Scheme, ...]:
    """All schemes by their code."""
    return tuple(get_scheme(code) for code in _codes())


def scheme_for(edition: Edition, on: dt.date) -> Scheme:
    """The scheme that an assessment opened on this day pins: the latest in force for the edition, else its default."""
    fitting = [s for s in schemes() if edition.code in s.editions and s.is_valid(on)]
    return max(fitting, key=lambda s: s.valid_from, default=None) or get_scheme(edition.scheme)


def _codes() -> list[str]:
    return sorted({*_shipped(), *_added()})


@cache
def _shipped() -> dict[str, Path]:
    return {file.stem: file for file in DATA.glob("*.toml")}


def _added() -> dict[str, Path]:
    """Schemes of the installation; those that ship cannot be replaced, because results were computed with them."""
    root = installation_root()
    return {} if root is None else {file.stem: file for file in (root / "schemes").glob("*.toml")}


def _unchanged(file: Path, expected: str | None) -> Scheme:
    try:
        found = file.stat()
    except FileNotFoundError:
        raise DataError(file, "file", "expected this file, which is missing") from None
    scheme = _loaded(file, (found.st_mtime_ns, found.st_size, found.st_ino))
    if expected is not None and scheme.checksum != expected:
        raise DataError(
            file,
            "checksum",
            f"expected {expected}, found {scheme.checksum}: results were computed with the former; restore it and add "
            "a scheme with a new code instead",
        )
    return scheme


@cache
def _loaded(file: Path, _stamp: tuple[int, int, int]) -> Scheme:
    content = read_bytes(file)
    table = Table(file, "scheme", parse(file, content), {"code", "name", "editions", *PARAMETERS})
    if table.string("code") != file.stem:
        raise table.error("code", f"expected {file.stem!r}, found {table.string('code')!r}")
    parts = {name: table.table(name, {"value", "status", "source", "valid_from"}, _OPTIONAL) for name in PARAMETERS}
    conformity = parts["conformity"].table("value", {"full", "largely", "partially", "none"})
    floor = parts["domain_floor"].table("value", {"from_level", "below_band"})
    weights = parts["provider_weights"].table("value", {"key_domains", "key", "others_together"})
    bonus = parts["bonus"].table("value", {"each", "at_most"})
    return Scheme(
        code=table.string("code"),
        name=table.text("name"),
        editions=table.strings("editions"),
        conformity={verdict: conformity.whole(verdict) for verdict in conformity.data},
        level_gate=parts["level_gate"].whole("value"),
        bands=_bands(parts["bands"]),
        floor_from_level=floor.whole("from_level"),
        floor_below_band=floor.whole("below_band"),
        key_domain_count=weights.whole("key_domains"),
        key_weight=weights.whole("key"),
        others_weight=weights.whole("others_together"),
        bonus_each=bonus.whole("each"),
        bonus_at_most=bonus.whole("at_most"),
        parameters=tuple(_parameter(name, part) for name, part in parts.items()),
        checksum=hashlib.sha256(content).hexdigest(),
    )


_OPTIONAL = {"valid_to", "tracks"}


def _parameter(name: str, part: Table) -> Parameter:
    start, end = part.date("valid_from"), part.date("valid_to")
    if start is None or (end is not None and end < start):
        raise part.error("valid_to", f"expected a day not before valid_from, found {end}")
    tracks = part.strings("tracks") if "tracks" in part.data else tuple(str(t) for t in TRACKS)
    if strange := set(tracks) - set(TRACKS):
        raise part.error("tracks", f"expected some of {', '.join(TRACKS)}, found {sorted(strange)[0]!r}")
    return Parameter(name, part.one_of("status", PARAMETER_STATUSES), part.text("source"), tracks, start, end)


def _bands(part: Table) -> tuple[int, ...]:
    value = part.data["value"]
    right = isinstance(value, list) and len(value) == 5 and all(type(v) is int for v in value)
    if not right or value != sorted(set(value)):
        raise part.error("value", f"expected five rising whole numbers, found {value!r}")
    return tuple(value)
