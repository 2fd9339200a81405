"""The shape of an edition: domains > items > criteria, each criterion at one of five levels."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from assessments.standard.bilingual import Bilingual

__all__ = ["LEVELS", "Bilingual", "Criterion", "Domain", "Edition", "Item", "Level"]


@dataclass(frozen=True)
class Level:
    """A maturity level, 1 (initial) to 5 (optimising)."""

    number: int
    name: Bilingual
    meaning: Bilingual


#: The five levels of GB/T 36073, clause 5.2; the names are the same in both editions, the meanings are in our words.
LEVELS: tuple[Level, ...] = (
    Level(
        1,
        Bilingual("初始级", "Initial"),
        Bilingual(
            "数据在单个项目中被动处理，没有统一的流程和组织。",
            "Data are handled project by project, with no common process or organisation.",
        ),
    ),
    Level(
        2,
        Bilingual("受管理级", "Managed"),
        Bilingual(
            "数据被视为资产，部门内有规则、有责任人。",
            "Data are seen as an asset; departments have rules and named people.",
        ),
    ),
    Level(
        3,
        Bilingual("稳健级", "Robust"),
        Bilingual(
            "全组织执行统一的制度和流程，岗位、预算和培训到位。",
            "One set of policies and processes applies to the whole organisation, with posts, budget and training.",
        ),
    ),
    Level(
        4,
        Bilingual("量化管理级", "Quantitatively managed"),
        Bilingual(
            "数据管理的效率用指标度量、分析和监控，并据此调整。",
            "The efficiency of data management is measured, analysed and steered by indicators.",
        ),
    ),
    Level(
        5,
        Bilingual("优化级", "Optimising"),
        Bilingual(
            "依据数据持续优化流程，并与行业分享最佳实践。",
            "Processes are continuously optimised from data, and best practice is shared with the industry.",
        ),
    ),
)


@dataclass(frozen=True)
class Criterion:
    """One statement an assessor can rule on; ``code`` is ``<item>-L<level>-<two digits>`` and never reused."""

    code: str
    level: int
    text: Bilingual
    guidance: Bilingual
    evidence_zh: tuple[str, ...]
    evidence_en: tuple[str, ...]

    @property
    def item_code(self) -> str:
        return self.code.split("-")[0]

    @property
    def domain_code(self) -> str:
        return self.code.split(".")[0]

    @property
    def evidence(self) -> Bilingual:
        """Typical evidence as one line in each language."""
        return Bilingual("、".join(self.evidence_zh), "; ".join(self.evidence_en))


@dataclass(frozen=True)
class Item:
    """A capability item (能力项)."""

    code: str
    name: Bilingual
    purpose: Bilingual
    criteria: tuple[Criterion, ...]

    @property
    def domain_code(self) -> str:
        return self.code.split(".")[0]

    @cached_property
    def by_level(self) -> tuple[tuple[int, tuple[Criterion, ...]], ...]:
        """Pairs of level 1..5 and its criteria, in the order of the standard."""
        return tuple((n, tuple(c for c in self.criteria if c.level == n)) for n in range(1, 6))


@dataclass(frozen=True)
class Domain:
    """A capability domain (能力域)."""

    code: str
    name: Bilingual
    summary: Bilingual
    items: tuple[Item, ...]


@dataclass(frozen=True)
class Edition:
    """One edition of the standard as loaded; ``checksum`` is the SHA-256 of its data files."""

    code: str
    title: Bilingual
    short: Bilingual
    status: str
    scheme: str
    in_force: str
    source: str
    checksum: str
    domains: tuple[Domain, ...]

    @cached_property
    def items(self) -> dict[str, Item]:
        return {i.code: i for d in self.domains for i in d.items}

    @cached_property
    def criteria(self) -> dict[str, Criterion]:
        return {c.code: c for i in self.items.values() for c in i.criteria}

    @cached_property
    def domains_by_code(self) -> dict[str, Domain]:
        return {d.code: d for d in self.domains}

    @property
    def counts(self) -> dict[str, int]:
        return {"domains": len(self.domains), "items": len(self.items), "criteria": len(self.criteria)}
