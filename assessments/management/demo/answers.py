"""What the people of the demonstration world would answer and rule, from a seeded random source."""

from __future__ import annotations

import random
from collections.abc import Mapping

from assessments.actions.questionnaire import Given
from assessments.scoring import Verdict
from assessments.standard import Criterion, Edition

_STEPS = (Verdict.NONE, Verdict.PARTIALLY, Verdict.LARGELY, Verdict.FULL)
_OWNERS = ("数据管理部", "信息中心", "运营管理部", "财务部", "质量部", "战略发展部")
_NOTES = (
    "见《{evidence}》，由{owner}负责，已在内网发布。",
    "{owner}留存了{evidence}，最近一次更新于今年第二季度。",
    "依据{evidence}执行，近一年记录完整，可现场查阅。",
    "{owner}牵头办理，相关的{evidence}已归档。",
)
_GAPS = (
    "{evidence}正在编制，预计下半年完成。",
    "目前仅部分部门执行，{evidence}尚不完整。",
    "暂无{evidence}，已列入改进计划。",
)
_REMARKS = {
    Verdict.FULL: "抽查{evidence}，内容和记录齐备。",
    Verdict.LARGELY: "{evidence}基本齐备，个别记录缺少审批日期。",
    Verdict.PARTIALLY: "{evidence}只覆盖部分业务，现场访谈与材料不完全一致。",
    Verdict.NONE: "未见{evidence}，访谈对象不能说明做法。",
}


class Imagination:
    """Answers and rulings for one enterprise; ``maturity`` is the level it can about sustain."""

    def __init__(self, edition: Edition, maturity: float, seed: str) -> None:
        self.edition = edition
        self.random = random.Random(seed)  # noqa: S311 - repeatability is wanted, not secrecy
        self.bias = {d.code: self.random.uniform(-0.45, 0.45) for d in edition.domains}
        self.maturity = maturity

    def verdict(self, criterion: Criterion) -> Verdict:
        """More likely met the further the criterion's level lies below the maturity of the enterprise."""
        reach = self.maturity + self.bias[criterion.domain_code] + self.random.gauss(0, 0.5) - criterion.level
        return _STEPS[(reach > -1.4) + (reach > -0.6) + (reach > 0.1)]

    def answers(self, *, share: float = 1.0, domains: set[str] | None = None) -> dict[str, Given]:
        """Answers to a leading share of every item (all by default), with notes as people write them."""
        given = {}
        for item in self.edition.items.values():
            if domains is not None and item.domain_code not in domains:
                continue
            for criterion in item.criteria[: round(len(item.criteria) * share)]:
                given[criterion.code] = self._answer(criterion)
        return given

    def _answer(self, criterion: Criterion) -> Given:
        if criterion.level >= 3 and self.random.random() < 0.012:
            return Given(Verdict.NOT_APPLICABLE, reason="本单位业务不涉及该事项，已由数据管理部书面说明。")
        verdict = self.verdict(criterion)
        words = _NOTES if verdict in (Verdict.FULL, Verdict.LARGELY) else _GAPS
        note = self.random.choice(words).format(
            evidence=self.random.choice(criterion.evidence_zh), owner=self.random.choice(_OWNERS)
        )
        return Given(verdict, note=note if self.random.random() < 0.75 else "")

    def rulings(self, answers: Mapping[str, str], codes: list[str], *, strictness: float) -> dict[str, tuple[str, str]]:
        """(verdict, remark) by code: mostly as answered, sometimes a step lower, with a remark where it differs."""
        given = {}
        for code in codes:
            criterion, answered = self.edition.criteria[code], answers[code]
            verdict = answered
            if answered != Verdict.NOT_APPLICABLE and self.random.random() < strictness:
                verdict = _STEPS[max(0, _STEPS.index(Verdict(answered)) - 1)]
            remark = ""
            if verdict != answered or self.random.random() < 0.15:
                words = _REMARKS.get(Verdict(verdict), "经核实，不适用的理由成立。")
                remark = words.format(evidence=self.random.choice(criterion.evidence_zh))
            given[code] = (verdict, remark)
        return given
