"""Why this level, in words: the figures in the sentences are the engine's."""

from __future__ import annotations

from assessments.reports.reasons import why_this_level
from assessments.scoring import score
from assessments.standard import get_edition
from tests.reports import cases

EDITION = get_edition(cases.EDITION)


def sentences(verdicts: dict[str, str], language: str = "zh", **options: object) -> list[str]:
    return [getattr(s, language) for s in why_this_level(score(cases.scored(verdicts, **options)), EDITION)]


def by_level(best: int) -> dict[str, str]:
    return {c.code: "full" if c.level <= best else "none" for c in EDITION.criteria.values()}


def test_short_of_the_band():
    assert sentences(by_level(3)) == [
        "8 个能力域参与计分，综合得分 3.00。",
        "综合得分达到 3 级分数线 2.50，参与计分的各能力域均不低于该级下限 1.50，综合等级为 3 级 稳健级。",
        "未达到 4 级的原因：综合得分比分数线 3.50 低 0.50。",
    ]


def test_a_domain_below_the_floor_is_named_with_its_gap():
    verdicts = by_level(4) | {c: "none" for c in EDITION.criteria if c.startswith("6.")}
    assert sentences(verdicts, "en")[-1] == (
        "Level 2 is not reached because one domain is below its floor of 0.50: Data strategy 0.00 (0.50 short)."
    )


def test_bonus_is_told_apart():
    assert sentences(by_level(3), bonuses=2)[0] == "8 个能力域参与计分，基础得分 3.00，加分 0.02，综合得分 3.02。"


def test_unanswered_are_counted():
    assert sentences({}, "en")[-1] == "445 criteria are unanswered and count as not met."


def test_nothing_counts():
    everything = dict.fromkeys(EDITION.criteria, "not_applicable")
    assert sentences(everything) == ["没有参与计分的条款，无法得出综合得分和综合等级。"]
