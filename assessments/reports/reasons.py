"""Why the level is what it is, in sentences made from the engine's checks. The result page reads them too."""

from __future__ import annotations

from assessments.reports.wording import joined, level, points
from assessments.scoring import LevelCheck, Result
from assessments.standard import Bilingual as B
from assessments.standard import Edition


def why_this_level(result: Result, edition: Edition) -> tuple[B, ...]:
    """Sentences: what the level rests on, then what is missing for the next one."""
    if result.level is None or result.score is None:
        return (B("没有参与计分的条款，无法得出综合得分和综合等级。",
                  "No criterion counts, so there is neither an overall score nor an overall level."),)  # fmt: skip
    sentences = [_score(result)]
    sentences.append(_reached(result) if result.level else _below_initial())
    if result.level == 5:
        sentences.append(B("综合等级已是最高等级。", "This is the highest level."))
    else:
        sentences.append(_missing(result, result.check(result.level + 1), edition))
    if not result.complete:
        left = result.total - result.answered
        sentences.append(
            B(f"还有 {left} 条条款未作答，按不满足计分。",
              f"{left} criteria are unanswered and count as not met.")  # fmt: skip
        )
    return tuple(sentences)


def _score(result: Result) -> B:
    counting = sum(d.score is not None for d in result.domains.values())
    base, score = points(result.base_score), points(result.score)
    if result.bonus:
        return B(
            f"{counting} 个能力域参与计分，基础得分 {base}，加分 {points(result.bonus)}，综合得分 {score}。",
            f"{counting} domains count; the base score is {base}, the bonus {points(result.bonus)}, "
            f"the overall score {score}.",
        )
    return B(f"{counting} 个能力域参与计分，综合得分 {score}。", f"{counting} domains count; the overall score is {score}.")


def _reached(result: Result) -> B:
    check = result.check(result.level or 1)
    zh, en = level(check.level).zh, level(check.level).en
    if check.floor is None:
        return B(
            f"综合得分达到 {check.level} 级分数线 {points(check.band)}，综合等级为{zh}。",
            f"The score reaches the band of level {check.level}, {points(check.band)}: the overall level is {en}.",
        )
    return B(
        f"综合得分达到 {check.level} 级分数线 {points(check.band)}，参与计分的各能力域均不低于该级下限 "
        f"{points(check.floor)}，综合等级为{zh}。",
        f"The score reaches the band of level {check.level}, {points(check.band)}, and every domain that counts is at "
        f"or above its floor, {points(check.floor)}: the overall level is {en}.",
    )


def _below_initial() -> B:
    return B("综合得分未达到 1 级分数线，综合等级为未达初始级。", "The score is below the band of level 1: below initial.")


def _missing(result: Result, check: LevelCheck, edition: Edition) -> B:
    parts = []
    if check.short_by:
        parts.append(
            B(f"综合得分比分数线 {points(check.band)} 低 {points(check.short_by)}",
              f"the score is {points(check.short_by)} short of the band {points(check.band)}")  # fmt: skip
        )
    if check.domains_short:
        short = joined([_domain_short(code, result, edition) for code in check.domains_short])
        parts.append(
            B(f"有 {len(check.domains_short)} 个能力域低于该级下限 {points(check.floor)}：{short.zh}",
              f"{len(check.domains_short)} of the domains are below its floor of {points(check.floor)}: {short.en}")  # fmt: skip
        )
    if not parts:
        return B(f"{check.level} 级的条件均已满足。", f"All conditions of level {check.level} are met.")
    return B(
        f"未达到 {check.level} 级的原因：{'；'.join(p.zh for p in parts)}。",
        f"Level {check.level} is not reached because {'; and '.join(p.en for p in parts)}.",
    )


def _domain_short(code: str, result: Result, edition: Edition) -> B:
    name, has = edition.domains_by_code[code].name, points(result.domains[code].score)
    by = points(next(c.domains_short[code] for c in result.checks if code in c.domains_short and c.level == _next(result)))
    return B(f"{name.zh} {has}（差 {by}）", f"{name.en} {has} ({by} short)")


def _next(result: Result) -> int:
    return (result.level or 0) + 1
