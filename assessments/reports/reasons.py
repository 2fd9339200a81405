"""Why the level is what it is, in sentences made from the engine's checks. The result page reads them too."""

from __future__ import annotations

from assessments.reports.wording import joined, level, points
from assessments.scoring import LevelCheck, Result
from assessments.standard import Bilingual, Edition


def why_this_level(result: Result, edition: Edition) -> tuple[Bilingual, ...]:
    """Sentences: what the level rests on, then what is missing for the next one."""
    if result.level is None or result.score is None:
        return (
            Bilingual(
                "没有参与计分的条款，无法得出综合得分和综合等级。",
                "No criterion counts, so there is neither an overall score nor an overall level.",
            ),
        )
    sentences = [_score(result)]
    sentences.append(_reached(result) if result.level else _below_initial())
    if result.level == 5:
        sentences.append(Bilingual("综合等级已是最高等级。", "This is the highest level."))
    else:
        sentences.append(_missing(result, result.check(result.level + 1), edition))
    if not result.complete:
        left = result.total - result.answered
        sentences.append(
            Bilingual(
                f"还有 {left} 条条款未作答，按不满足计分。", f"{left} criteria are unanswered and count as not met."
            )
        )
    return tuple(sentences)


def _score(result: Result) -> Bilingual:
    counting = sum(d.score is not None for d in result.domains.values())
    base, score = points(result.base_score), points(result.score)
    if result.bonus:
        return Bilingual(
            f"{counting} 个能力域参与计分，基础得分 {base}，加分 {points(result.bonus)}，综合得分 {score}。",
            f"{counting} domains count; the base score is {base}, the bonus {points(result.bonus)}, "
            f"the overall score {score}.",
        )
    return Bilingual(
        f"{counting} 个能力域参与计分，综合得分 {score}。", f"{counting} domains count; the overall score is {score}."
    )


def _reached(result: Result) -> Bilingual:
    check = result.check(result.level or 1)
    zh, en = level(check.level).zh, level(check.level).en
    if check.floor is None:
        return Bilingual(
            f"综合得分达到 {check.level} 级分数线 {points(check.band)}，综合等级为 {zh}。",
            f"The score reaches the band of level {check.level}, {points(check.band)}: the overall level is {en}.",
        )
    return Bilingual(
        f"综合得分达到 {check.level} 级分数线 {points(check.band)}，参与计分的各能力域均不低于该级下限 "
        f"{points(check.floor)}，综合等级为 {zh}。",
        f"The score reaches the band of level {check.level}, {points(check.band)}, and every domain that counts is at "
        f"or above its floor, {points(check.floor)}: the overall level is {en}.",
    )


def _below_initial() -> Bilingual:
    return Bilingual(
        "综合得分未达到 1 级分数线，综合等级为未达初始级。", "The score is below the band of level 1: below initial."
    )


def _missing(result: Result, check: LevelCheck, edition: Edition) -> Bilingual:
    parts = []
    if check.short_by:
        parts.append(
            Bilingual(
                f"综合得分比分数线 {points(check.band)} 低 {points(check.short_by)}",
                f"the score is {points(check.short_by)} short of the band {points(check.band)}",
            )
        )
    if check.domains_short:
        short = joined([_domain_short(code, result, check, edition) for code in check.domains_short])
        parts.append(
            Bilingual(
                f"有 {len(check.domains_short)} 个能力域低于该级下限 {points(check.floor)}：{short.zh}",
                f"{_domains(len(check.domains_short))} below its floor of {points(check.floor)}: {short.en}",
            )
        )
    if not parts:
        return Bilingual(f"{check.level} 级的条件均已满足。", f"All conditions of level {check.level} are met.")
    return Bilingual(
        f"未达到 {check.level} 级的原因：{'；'.join(p.zh for p in parts)}。",
        f"Level {check.level} is not reached because {'; and '.join(p.en for p in parts)}.",
    )


def _domains(count: int) -> str:
    return "one domain is" if count == 1 else f"{count} domains are"


def _domain_short(code: str, result: Result, check: LevelCheck, edition: Edition) -> Bilingual:
    name, has, by = edition.domains_by_code[code].name, points(result.domains[code].score), check.domains_short[code]
    return Bilingual(f"{name.zh} {has}（差 {points(by)}）", f"{name.en} {has} ({points(by)} short)")
