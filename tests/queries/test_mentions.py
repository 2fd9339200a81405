"""Which colleagues a text mentions."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assessments.queries.mentions import names_in, pieces

NAMES = ("王小", "王小明", "Li Wei", "Li", "赵敏", "a.b(c)")


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("请@王小明看一下", {"王小明"}),
        ("请@王小看一下", {"王小"}),
        ("@王小明@赵敏 两位", {"王小明", "赵敏"}),
        ("全角＠赵敏也算", {"赵敏"}),
        ("@Li Wei, please", {"Li Wei"}),
        ("@Lisa is somebody else", set()),
        ("@Li", {"Li"}),
        ("写信到 zhang@Li.example", set()),
        ("zhang.@Li", set()),
        ("王小明没有被提到", set()),
        ("@ 赵敏", set()),
        ("@a.b(c) 按字面", {"a.b(c)"}),
        ("", set()),
    ],
)
def test_names(text: str, names: set[str]) -> None:
    assert names_in(text, NAMES) == names


def test_pieces_keep_every_character_and_mark_the_mention() -> None:
    cut = pieces("请@王小明\n看 <b>附件</b>", NAMES)
    assert [(p.text, p.name) for p in cut] == [("请", ""), ("@王小明", "王小明"), ("\n看 <b>附件</b>", "")]


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.text(alphabet="@＠王小明Li ae.\n", max_size=40), st.lists(st.sampled_from(NAMES), max_size=4))
def test_the_pieces_joined_are_the_text(text: str, names: list[str]) -> None:
    cut = pieces(text, names)
    assert "".join(p.text for p in cut) == text
    assert all(p.text for p in cut)
    assert {p.name for p in cut if p.name} <= set(names)


def test_without_names_nothing_is_a_mention() -> None:
    assert [(p.text, p.name) for p in pieces("@赵敏", [])] == [("@赵敏", "")]
    assert [(p.text, p.name) for p in pieces("@赵敏", [""])] == [("@赵敏", "")]
