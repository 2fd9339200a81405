"""Help for every capability item: complete for what ships, and complaints in their place."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from assessments.scoring import VERDICTS
from assessments.standard import SHIPPED, DataError, Edition, Example, ItemHelp, get_help, get_shipped, load_edition
from assessments.standard.help import EXAMPLE_VERDICTS, load_help
from tests.standard.small import write_edition


def entry(code: str) -> str:
    def both(word: str) -> str:
        return f'{{ zh = "{word}{code}", en = "{word} {code}" }}'

    return f"""
[items."{code}"]
question = {both("问")}
levels.zh = ["一{code}", "二{code}", "三{code}", "四{code}", "五{code}"]
levels.en = ["one {code}", "two {code}", "three {code}", "four {code}", "five {code}"]
[items."{code}".example]
criterion = "{code}-L2-01"
verdict = "largely"
note = {both("记")}
evidence = {both("证")}
why = {both("因")}
"""


@pytest.fixture
def edition(tmp_path: Path) -> Edition:
    return load_edition(write_edition(tmp_path / "edition"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Sound help for the small edition; the items of domain 7 stand in another order than in the edition."""
    place = tmp_path / "help"
    place.mkdir()
    (place / "6.toml").write_text(entry("6.1"), encoding="utf-8")
    (place / "7.toml").write_text(entry("7.2") + entry("7.1"), encoding="utf-8")
    return place


# --- what ships ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", SHIPPED)
def test_every_item_has_help_in_the_order_of_the_edition(code: str) -> None:
    assert list(get_help(code)) == list(get_shipped(code).items)


@pytest.mark.parametrize("code", SHIPPED)
def test_nothing_is_said_twice(code: str) -> None:
    texts = [text for help_ in get_help(code).values() for text in _texts(help_)]
    assert [text for text, count in Counter(texts).items() if count > 1] == []


@pytest.mark.parametrize("code", SHIPPED)
def test_statements_are_short_enough_to_choose_from(code: str) -> None:
    for help_ in get_help(code).values():
        assert len(help_.question.zh) <= 60, help_.code
        assert [s.zh for s in help_.levels if not 15 <= len(s.zh) <= 45] == [], help_.code
        assert 60 <= len(help_.example.note.zh) <= 140, help_.code


@pytest.mark.parametrize("code", SHIPPED)
def test_examples_show_different_verdicts(code: str) -> None:
    """A beginner should see what a gap looks like, too."""
    found = {help_.example.verdict for help_ in get_help(code).values()}
    assert {"full", "largely", "partially"} <= found


def test_an_edition_that_does_not_ship_has_no_help() -> None:
    assert get_help("small-2030") == {}


def test_examples_answer_with_verdicts_there_are() -> None:
    assert set(EXAMPLE_VERDICTS) == set(VERDICTS) - {"not_applicable"}


def _texts(help_: ItemHelp) -> list[str]:
    example = help_.example
    both = (help_.question, *help_.levels, example.note, example.evidence, example.why)
    return [text for words in both for text in (words.zh, words.en)]


# --- reading -------------------------------------------------------------------------------------------------------


def test_sound_help_loads(folder: Path, edition: Edition) -> None:
    found = load_help(folder, edition)
    assert list(found) == ["6.1", "7.1", "7.2"]
    help_ = found["7.2"]
    assert (help_.code, help_.question.zh, help_.question.en) == ("7.2", "问7.2", "问 7.2")
    assert [s.zh for s in help_.levels] == ["一7.2", "二7.2", "三7.2", "四7.2", "五7.2"]
    assert [s.en for s in help_.levels] == ["one 7.2", "two 7.2", "three 7.2", "four 7.2", "five 7.2"]
    assert isinstance(help_.example, Example)
    assert (help_.example.criterion, help_.example.verdict, help_.example.why.zh) == ("7.2-L2-01", "largely", "因7.2")


DAMAGES = {
    "item missing": ('[items."7.1', '[items."7.3', "help.items", "'7.1', which is missing"),
    "item unknown": ('[items."7.2"]', '[items."7.9"]\n[items."7.2"]', "help.items", "unknown key '7.9'"),
    "question missing": ('question = { zh = "问7.1"', 'ask = { zh = "问7.1"', "help.items.7.1", "'question'"),
    "question empty": ('"问7.1"', '" "', "help.items.7.1.question.zh", "text that is not empty"),
    "one language": ('en = "记 7.1"', 'fr = "记 7.1"', "help.items.7.1.example.note", "'en'"),
    "four statements": ('"三7.1", ', "", "help.items.7.1.levels.zh", "5 statements, one a level, found 4"),
    "six statements": ('"two 7.1"', '"two", "7.1"', "help.items.7.1.levels.en", "found 6"),
    "statement empty": ('"五7.1"', '""', "help.items.7.1.levels.zh", "a list of texts"),
    "criterion unknown": ('"7.1-L2-01"', '"7.1-L2-09"', "help.items.7.1.example.criterion", "'7.1-L2-09'"),
    "criterion of another item": ('"7.1-L2-01"', '"7.2-L2-01"', "help.items.7.1.example.criterion", "'7.2-L2-01'"),
    "verdict unknown": ("largely", "mostly", "help.items.7.1.example.verdict", "found 'mostly'"),
    "verdict that is no model": ("largely", "not_applicable", "help.items.7.1.example.verdict", "found 'not_appl"),
    "evidence empty": ('"证7.1"', '""', "help.items.7.1.example.evidence.zh", "text that is not empty"),
    "no table": ("[items", "[item", "help", "'items', which is missing"),
}


@pytest.mark.parametrize(("before", "after", "place", "words"), DAMAGES.values(), ids=DAMAGES.keys())
def test_damage_is_named(folder: Path, edition: Edition, before: str, after: str, place: str, words: str) -> None:
    file = folder / "7.toml"
    sound = entry("7.1") + entry("7.2")
    assert before in sound
    file.write_text(sound.replace(before, after), encoding="utf-8")
    with pytest.raises(DataError) as refusal:
        load_help(folder, edition)
    assert (refusal.value.file, refusal.value.place) == (str(file), place)
    assert words in refusal.value.expected


def test_a_missing_file_is_named(folder: Path, edition: Edition) -> None:
    (folder / "7.toml").unlink()
    with pytest.raises(DataError) as refusal:
        load_help(folder, edition)
    assert str(refusal.value) == f"{folder / '7.toml'}: file: expected this file, which is missing"
