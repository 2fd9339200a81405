"""The result tree: every intermediate figure, so that nobody computes one again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from decimal import Decimal
from functools import cache
from typing import Any


@cache
def points(hundredths: int) -> Decimal:
    """Integer hundredths as a two-place decimal: ``250`` -> ``Decimal('2.50')``."""
    return Decimal(hundredths).scaleb(-2)


@dataclass(frozen=True, slots=True)
class ItemResult:
    """``score`` is ``None`` where the item takes no part; ``levels`` holds the five level scores or ``None``."""

    code: str
    score: Decimal | None
    level: int | None
    levels: tuple[Decimal | None, ...]
    answered: int
    total: int


@dataclass(frozen=True, slots=True)
class DomainResult:
    """``weight`` is the share of the base score, re-normalised over the domains that take part, else ``None``."""

    code: str
    score: Decimal | None
    level: int | None
    weight: Decimal | None
    answered: int
    total: int


@dataclass(frozen=True, slots=True)
class LevelCheck:
    """The conditions of one overall level: is the score in the band, is every domain above the floor."""

    level: int
    band: Decimal
    short_by: Decimal
    floor: Decimal | None
    domains_short: Mapping[str, Decimal]

    @property
    def is_met(self) -> bool:
        return not self.short_by and not self.domains_short


@dataclass(frozen=True, slots=True)
class Result:
    """Scores are ``Decimal`` with two places; ``None`` where nothing takes part (scoring.md, step 9)."""

    engine: str
    edition: str
    scheme: str
    track: str
    answered: int
    total: int
    base_score: Decimal | None
    bonus: Decimal
    score: Decimal | None
    level: int | None
    domains: Mapping[str, DomainResult]
    items: Mapping[str, ItemResult]
    checks: tuple[LevelCheck, ...]

    @property
    def complete(self) -> bool:
        return self.answered == self.total

    def check(self, level: int) -> LevelCheck:
        """The conditions of an overall level 1..5."""
        return self.checks[level - 1]

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types; decimals as strings. :meth:`from_dict` gives back an equal result."""
        plain: dict[str, Any] = _plain(asdict(self))
        return plain

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Result:
        return cls(
            engine=data["engine"],
            edition=data["edition"],
            scheme=data["scheme"],
            track=data["track"],
            answered=data["answered"],
            total=data["total"],
            base_score=_decimal(data["base_score"]),
            bonus=Decimal(data["bonus"]),
            score=_decimal(data["score"]),
            level=data["level"],
            domains={
                code: DomainResult(**{**d, "score": _decimal(d["score"]), "weight": _decimal(d["weight"])})
                for code, d in data["domains"].items()
            },
            items={
                code: ItemResult(
                    **{**i, "score": _decimal(i["score"]), "levels": tuple(_decimal(v) for v in i["levels"])}
                )
                for code, i in data["items"].items()
            },
            checks=tuple(
                LevelCheck(
                    level=c["level"],
                    band=Decimal(c["band"]),
                    short_by=Decimal(c["short_by"]),
                    floor=_decimal(c["floor"]),
                    domains_short={k: Decimal(v) for k, v in c["domains_short"].items()},
                )
                for c in data["checks"]
            ),
        )


def _decimal(value: str | None) -> Decimal | None:
    return None if value is None else Decimal(value)


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, Mapping):
        return {k: _plain(v) for k, v in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(v) for v in value]
    return value
