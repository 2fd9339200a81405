"""How dates, scores, levels and verdicts read in both languages, in PDF and spreadsheet alike."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from assessments.scoring import VERDICTS, Scheme
from assessments.standard import LEVELS, Bilingual

DASH = "–"
_MONTHS = (
    "January February March April May June July August September October November December".split()  # noqa: SIM905
)
#: order in which verdicts are listed
VERDICT_ORDER = ("full", "largely", "partially", "none", "not_applicable")
UNANSWERED = Bilingual("未作答", "Unanswered")
PARAMETERS: dict[str, Bilingual] = {
    "conformity": Bilingual("条款符合度", "Conformity of a criterion"),
    "level_gate": Bilingual("能力项等级达标线", "Threshold of an item level"),
    "bands": Bilingual("等级分数线", "Score bands of the levels"),
    "domain_floor": Bilingual("能力域下限", "Domain floor"),
    "provider_weights": Bilingual("乙方能力域权重", "Domain weights, provider track"),
    "bonus": Bilingual("加分", "Bonus points"),
}


#: Where the texts of the criteria come from, by the wording of the edition.
ORIGIN = {
    "own": Bilingual(
        "条款文字为平台自行撰写的表述，不是标准原文",
        "The criteria are in the platform's own words and are not the text of the standard",
    ),
    "licensed": Bilingual(
        "条款文字为经授权载入的标准文本，使用和传播须遵守授权条件",
        "The criteria are licensed text of the standard; use and distribution are subject to the licence",
    ),
}


def day(value: date | None) -> Bilingual:
    """2026年11月22日 / 22 November 2026; an en dash where there is none."""
    if value is None:
        return Bilingual(DASH, DASH)
    return Bilingual(
        f"{value.year}年{value.month}月{value.day}日", f"{value.day} {_MONTHS[value.month - 1]} {value.year}"
    )


def moment(value: datetime) -> Bilingual:
    return Bilingual(f"{day(value).zh} {value:%H:%M}", f"{day(value).en}, {value:%H:%M}")


def points(value: Decimal | None) -> str:
    """A score with two places, or an en dash."""
    return DASH if value is None else f"{value:.2f}"


def signed(value: Decimal) -> str:
    """A difference with its sign; zero without."""
    return "0.00" if not value else f"{value:+.2f}".replace("-", "−")


def hundredths(value: int) -> str:
    return f"{value // 100}.{value % 100:02d}"


def level_name(number: int | None) -> Bilingual:
    """稳健级 / Robust; 0 is below initial; ``None`` an en dash."""
    if number is None:
        return Bilingual(DASH, DASH)
    return LEVELS[number - 1].name if number else Bilingual("未达初始级", "Below initial")


def level(number: int | None) -> Bilingual:
    """3 级 稳健级 / Level 3 Robust."""
    if not number:
        return level_name(number)
    name = level_name(number)
    return Bilingual(f"{number} 级 {name.zh}", f"Level {number} {name.en}")


def level_short(number: int | None) -> Bilingual:
    """3 级 / Level 3; 0 stays a figure because the column says what it is."""
    return Bilingual(DASH, DASH) if number is None else Bilingual(f"{number} 级", f"Level {number}")


def verdict(code: str | None) -> Bilingual:
    return UNANSWERED if code is None else VERDICTS[code]


def joined(parts: list[Bilingual]) -> Bilingual:
    """A list in a sentence: 、 in Chinese, commas in English."""
    return Bilingual("、".join(p.zh for p in parts), ", ".join(p.en for p in parts))


def parameter_value(scheme: Scheme, name: str) -> Bilingual:
    """What a parameter of the scheme says, in words."""
    if name == "conformity":
        return joined(
            [
                Bilingual(f"{VERDICTS[v].zh} {hundredths(c)}", f"{VERDICTS[v].en} {hundredths(c)}")
                for v, c in scheme.conformity.items()
            ]
        )
    if name == "level_gate":
        return Bilingual(
            f"级别得分不低于 {hundredths(scheme.level_gate)}",
            f"level score of at least {hundredths(scheme.level_gate)}",
        )
    if name == "bands":
        return joined(
            [
                Bilingual(f"{n} 级 {hundredths(b)}", f"level {n} from {hundredths(b)}")
                for n, b in enumerate(scheme.bands, 1)
            ]
        )
    if name == "domain_floor":
        below = hundredths(scheme.floor_below_band)
        return Bilingual(
            f"{scheme.floor_from_level} 级及以上：参与计分的每个能力域不低于该级分数线减 {below}",
            f"from level {scheme.floor_from_level}: every domain that counts scores at least the band less {below}",
        )
    if name == "provider_weights":
        key, others = _percent(scheme.key_weight), _percent(scheme.others_weight)
        return Bilingual(
            f"{scheme.key_domain_count} 个重点域各 {key}，其余能力域平分 {others}",
            f"{scheme.key_domain_count} key domains at {key} each; the others share {others}",
        )
    each, most = hundredths(scheme.bonus_each), hundredths(scheme.bonus_at_most)
    return Bilingual(
        f"每项 {each}，合计不超过 {most}，仅限甲方", f"{each} each, at most {most} in all, data owners only"
    )


def _percent(thousandths: int) -> str:
    return f"{thousandths / 10:g}%"
