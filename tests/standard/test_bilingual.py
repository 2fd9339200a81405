"""Two languages side by side: Chinese leads, and a value inside a sentence follows the language of the sentence."""

from __future__ import annotations

from dataclasses import FrozenInstanceError

import pytest

from assessments.standard import Bilingual

LEVEL = Bilingual("稳健级", "Robust")


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("zh-hans", "稳健级"),
        ("zh", "稳健级"),
        ("ZH-CN", "稳健级"),
        ("en", "Robust"),
        ("en-gb", "Robust"),
        ("EN-US", "Robust"),
        ("de", "稳健级"),  # Chinese unless it is English
        ("", "稳健级"),
    ],
)
def test_in_language(language: str, expected: str) -> None:
    assert LEVEL.in_language(language) == expected


def test_chinese_leads() -> None:
    assert str(LEVEL) == "稳健级"
    assert f"{LEVEL}" == "稳健级"


def test_format_fills_each_language_with_its_own_words() -> None:
    sentence = Bilingual("{domain}低于{level}{n:02d}分", "{domain} is {n} points below {level}")
    filled = sentence.format(domain=Bilingual("数据战略", "Data strategy"), level=LEVEL, n=3)
    assert filled == Bilingual("数据战略低于稳健级03分", "Data strategy is 3 points below Robust")
    assert sentence.zh == "{domain}低于{level}{n:02d}分"


def test_format_names_what_is_missing() -> None:
    with pytest.raises(KeyError, match="level"):
        Bilingual("{level}", "{level}").format(n=1)


def test_frozen() -> None:
    with pytest.raises(FrozenInstanceError):
        LEVEL.zh = "别的"  # type: ignore[misc]
