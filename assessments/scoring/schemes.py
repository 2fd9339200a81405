"""Scoring schemes: every parameter is data with a source and a status (scoring.md, "Parameters")."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from assessments.standard.bilingual import Bilingual

DATA = Path(__file__).parent / "data"
SCHEMES: tuple[str, ...] = ("practice-2023",)
PARAMETERS = ("conformity", "level_gate", "bands", "domain_floor", "provider_weights", "bonus")


@dataclass(frozen=True)
class Parameter:
    """Where one parameter comes from; ``provisional`` ones are marked wherever they decide a result."""

    name: str
    status: str
    source: Bilingual

    @property
    def is_provisional(self) -> bool:
        return self.status == "provisional"


@dataclass(frozen=True)
class Scheme:
    """The parameters of scoring. Scores are integer hundredths; weights are integer thousandths."""

    code: str
    name: Bilingual
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

    def floor(self, level: int) -> int | None:
        """The least score of every domain that counts, for an overall level; ``None`` where no floor applies."""
        return None if level < self.floor_from_level else self.bands[level - 1] - self.floor_below_band

    @property
    def provisional(self) -> tuple[Parameter, ...]:
        return tuple(p for p in self.parameters if p.is_provisional)


@cache
def get_scheme(code: str) -> Scheme:
    """The scheme with this code. Raises ``KeyError`` with a sentence when there is none."""
    if code not in SCHEMES:
        raise KeyError(f"unknown scheme {code!r}; known: {', '.join(SCHEMES)}")
    data = tomllib.loads((DATA / f"{code}.toml").read_text(encoding="utf-8"))
    floor, weights, bonus = (data[k]["value"] for k in ("domain_floor", "provider_weights", "bonus"))
    return Scheme(
        code=data["code"],
        name=Bilingual(**data["name"]),
        conformity=dict(data["conformity"]["value"]),
        level_gate=data["level_gate"]["value"],
        bands=tuple(data["bands"]["value"]),
        floor_from_level=floor["from_level"],
        floor_below_band=floor["below_band"],
        key_domain_count=weights["key_domains"],
        key_weight=weights["key"],
        others_weight=weights["others_together"],
        bonus_each=bonus["each"],
        bonus_at_most=bonus["at_most"],
        parameters=tuple(Parameter(n, data[n]["status"], Bilingual(**data[n]["source"])) for n in PARAMETERS),
    )
