"""The shape of an edition: domains > items > criteria, each criterion at one of five levels."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from assessments.standard.bilingual import Bilingual

__all__ = ["LEVELS", "Bilingual", "Criterion", "Domain", "Edition", "Erratum", "Item", "Level"]


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
class Erratum:
    """A dated correction of one text of a published edition: ``field`` is text, guidance or evidence.

    Pieces of evidence stand one a line. ``before`` is what the reader saw until then.
    """

    criterion_code: str
    field: str
    date: dt.date
    reason: Bilingual
    after: Bilingual
    before: Bilingual | None = None


@dataclass(frozen=True)
class Criterion:
    """One statement an assessor can rule on; ``code`` is ``<item>-L<level>-<two digits>`` and never reused."""

    code: str
    level: int
    text: Bilingual
    guidance: Bilingual
    evidence_zh: tuple[str, ...]
    evidence_en: tuple[str, ...]
    errata: tuple[Erratum, ...] = ()

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

    def wording(self, field: str) -> Bilingual:
        """One of the texts that an erratum may correct; pieces of evidence stand one a line."""
        if field == "evidence":
            return Bilingual("\n".join(self.evidence_zh), "\n".join(self.evidence_en))
        return {"text": self.text, "guidance": self.guidance}[field]

    def corrected(self, erratum: Erratum) -> Criterion:
        """This criterion as it reads after an erratum, which it keeps together with the words it replaced."""
        before = self.wording(erratum.field)
        if erratum.field == "evidence":
            zh, en = tuple(erratum.after.zh.splitlines()), tuple(erratum.after.en.splitlines())
            changed = replace(self, evidence_zh=zh, evidence_en=en)
        else:
            changed = replace(self, **{erratum.field: erratum.after})  # type: ignore[arg-type]
        return replace(changed, errata=(*self.errata, replace(erratum, before=before)))


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
    """One edition of the standard as loaded; ``checksum`` is the SHA-256 of its domain files, before any errata."""

    code: str
    title: Bilingual
    short: Bilingual
    #: current, superseded or draft
    status: str
    scheme: str
    in_force: dt.date
    #: own (our own words) or licensed (the standard's text, loaded by an installation that may)
    wording: str
    #: where structure and text come from
    source: Bilingual
    #: what an assessment on this edition is good for
    use: Bilingual
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

    @property
    def errata(self) -> tuple[Erratum, ...]:
        """All corrections, latest first."""
        found = [e for c in self.criteria.values() for e in c.errata]
        return tuple(sorted(found, key=lambda e: e.date, reverse=True))

    def corrected(self, errata: Sequence[Erratum]) -> Edition:
        """This edition with errata applied in the order given. Raises ``KeyError`` for an unknown criterion."""
        if not errata:
            return self
        now = dict(self.criteria)
        for erratum in errata:
            now[erratum.criterion_code] = now[erratum.criterion_code].corrected(erratum)
        domains = tuple(
            replace(d, items=tuple(replace(i, criteria=tuple(now[c.code] for c in i.criteria)) for i in d.items))
            for d in self.domains
        )
        return replace(self, domains=domains)
