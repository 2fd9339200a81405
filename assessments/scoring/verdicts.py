"""The five verdicts on a criterion and the two tracks, with their words."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from assessments.standard.bilingual import Bilingual


class Verdict(StrEnum):
    """Conformity of one criterion; an unanswered criterion has none of these."""

    FULL = "full"
    LARGELY = "largely"
    PARTIALLY = "partially"
    NONE = "none"
    NOT_APPLICABLE = "not_applicable"

    @property
    def label(self) -> Bilingual:
        return VERDICTS[self]


VERDICTS: dict[str, Bilingual] = {
    Verdict.FULL: Bilingual("完全满足", "Fully met"),
    Verdict.LARGELY: Bilingual("大部分满足", "Largely met"),
    Verdict.PARTIALLY: Bilingual("部分满足", "Partially met"),
    Verdict.NONE: Bilingual("不满足", "Not met"),
    Verdict.NOT_APPLICABLE: Bilingual("不适用", "Not applicable"),
}


_DOWNWARDS = tuple(VERDICTS)[:4]


def least(verdicts: Iterable[str]) -> str:
    """The lowest of several verdicts, so that nothing is claimed which one of them denies; empty for none.

    What does not apply says nothing about the rest, so ``not_applicable`` comes out only when it is the only one.

    >>> least(["full", "partially"]), least(["not_applicable", "full"]), least([])
    (<Verdict.PARTIALLY: 'partially'>, <Verdict.FULL: 'full'>, '')
    """
    found = {v for v in verdicts if v}
    counting = [v for v in _DOWNWARDS if v in found]
    if counting:
        return counting[-1]
    return Verdict.NOT_APPLICABLE if found else ""


class Track(StrEnum):
    """甲方 owns data; 乙方 sells data services or solutions."""

    OWNER = "owner"
    PROVIDER = "provider"

    @property
    def label(self) -> Bilingual:
        return TRACKS[self]


TRACKS: dict[str, Bilingual] = {
    Track.OWNER: Bilingual("甲方（数据拥有方）", "Data owner"),
    Track.PROVIDER: Bilingual("乙方（数据服务或解决方案提供方）", "Data service or solution provider"),
}
