"""Reading the data: what an installation adds, and one clear sentence for everything malformed."""

from __future__ import annotations

import datetime as dt
import os
import textwrap
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from assessments.eligibility import check, get_fact, get_reading, get_slot, readings
from assessments.standard import DataError, installation_root, use_installation

Write = Callable[[str, str], Path]

READING = """
code = "{code}"
name = {{ zh = "本市口径", en = "City reading" }}
status = "confirmed"
valid_from = "2027-01-01"
source = {{ zh = "本市主管部门公布", en = "As published by the city" }}
{more}
[[rules]]
code = "revenue-3"
levels = [3]
tracks = ["owner", "provider"]
fact = "revenue"
comparison = "at_least"
threshold = 800
"""
IN_FORCE = dt.date(2027, 1, 1)


@pytest.fixture
def write(tmp_path: Path) -> Iterator[Write]:
    """Adds a file to the installation's own rules; a later one of the same name counts as changed."""
    before = installation_root()
    use_installation(tmp_path)
    folder = tmp_path / "eligibility"
    folder.mkdir()
    ticks = iter(range(10**9, 2 * 10**9, 10**6))

    def add(name: str, text: str) -> Path:
        file = folder / name
        file.write_text(textwrap.dedent(text), encoding="utf-8")
        os.utime(file, (tick := next(ticks), tick))
        return file

    yield add
    use_installation(before)


def _reading(more: str = "", code: str = "city-2027") -> str:
    return READING.format(code=code, more=more)


def _asked(fact: str, on: dt.date = IN_FORCE) -> tuple[str, str] | None:
    rows = check({}, level=3, track="owner", on=on).rows
    found = next((c.governing for c in rows if c.fact_code == fact), None)
    return (found.reading_code, found.required.zh) if found else None


def test_rules_change_with_data_alone(write: Write) -> None:
    assert _asked("revenue") == ("reading-2026", "不少于 1000 万元")
    write("city-2027.toml", _reading())
    assert _asked("revenue") == ("city-2027", "不少于 800 万元")
    assert _asked("revenue", dt.date(2026, 12, 31)) == ("reading-2026", "不少于 1000 万元")
    assert _asked("employees") == ("reading-2026", "不少于 100 人"), "what it does not mention stays"
    assert get_reading("city-2027").rules[0].is_provisional is False
    write("city-2027.toml", _reading().replace("800", "900"))
    assert _asked("revenue") == ("city-2027", "不少于 900 万元"), "a changed file is read again"


def test_a_reading_may_replace_others_as_a_whole(write: Write) -> None:
    write("city-2027.toml", _reading('replaces = ["reading-2023", "reading-2026"]'))
    assert [c.fact_code for c in check({}, level=3, track="owner", on=IN_FORCE).rows] == ["revenue"]
    assert _asked("employees", dt.date(2026, 12, 31)) == ("reading-2026", "不少于 100 人")


def test_what_ships_cannot_be_rewritten(write: Write) -> None:
    write("reading-2026.toml", _reading(code="reading-2026"))
    assert _asked("revenue") == ("reading-2026", "不少于 1000 万元")


def test_an_installation_adds_facts_and_slots_of_its_own(write: Write) -> None:
    write("facts.toml", """
        [[slots]]
        code = "patents"
        label = { zh = "发明专利证书", en = "Patent certificates" }
        help = { zh = "数据领域的发明专利。", en = "Invention patents in the data field." }
        [[facts]]
        code = "patent_share"
        kind = "number"
        places = 1
        unit = { zh = "%", en = "%" }
        tracks = ["owner"]
        slots = ["patents"]
        label = { zh = "专利占比", en = "Share of patents" }
        help = { zh = "数据领域专利占比。", en = "Share of patents in the data field." }
    """)  # fmt: skip
    rule = """
        [[rules]]
        code = "patent_share-3"
        levels = [3]
        tracks = ["owner"]
        fact = "patent_share"
        comparison = "at_least"
        threshold = "12.5"
    """
    write("city-2027.toml", _reading() + textwrap.dedent(rule))
    assert _asked("patent_share") == ("city-2027", "不少于 12.5 %")
    assert get_slot("patents").label.en == "Patent certificates"
    assert (
        check({"patent_share": Decimal("12.5")}, level=3, track="owner", on=IN_FORCE).of("met")[0].stated.zh == "12.5 %"
    )  # type: ignore[union-attr]


def test_unknown_codes_are_named() -> None:
    for ask in (get_fact, get_slot, get_reading):
        with pytest.raises(KeyError, match=r"unknown .* 'nothing'; known: "):
            ask("nothing")


RULE = 'code = "revenue-3"'
MALFORMED = [
    ('code = "city-2027"', 'code = "other"', "reading.code: expected 'city-2027', found 'other'"),
    ('status = "confirmed"', 'status = "maybe"', "reading.status: expected one of provisional, confirmed"),
    ('status = "confirmed"', "", "reading: expected the key 'status', which is missing"),
    ('valid_from = "2027-01-01"', 'valid_from = "soon"', "reading.valid_from: expected a day"),
    ('valid_from = "2027-01-01"', 'valid_from = "2027-01-01"\nvalid_to = "2026-12-31"',
     "reading.valid_to: expected a day not before valid_from, found 2026-12-31"),
    ('valid_from = "2027-01-01"', 'valid_from = "2027-01-01"\nreplaces = ["reading-1999"]',
     "reading.replaces: expected some of city-2027, reading-2022, reading-2023, reading-2026, found 'reading-1999'"),
    (RULE, RULE + '\nnote = "x"', "rule 1: unknown key 'note'"),
    ("levels = [3]", "levels = []", "rule 1.levels: expected rising levels from 2 to 5, found []"),
    ("levels = [3]", "levels = [1]", "rule 1.levels: expected rising levels from 2 to 5, found [1]"),
    ("levels = [3]", "levels = [4, 3]", "rule 1.levels: expected rising levels from 2 to 5, found [4, 3]"),
    ("levels = [3]", "levels = [true]", "rule 1.levels: expected rising levels from 2 to 5, found [True]"),
    ('tracks = ["owner", "provider"]', 'tracks = ["owner", "owner"]', "rule 1.tracks: expected each once"),
    ('tracks = ["owner", "provider"]', 'tracks = ["both"]',
     "rule 1.tracks: expected some of owner, provider, found 'both'"),
    ('fact = "revenue"', 'fact = "profit"', "rule 1.fact: expected one of legal_entity, "),
    ('fact = "revenue"', 'fact = "tools"', "rule 1.tracks: expected some of owner, in which 'tools' is stated"),
    ('comparison = "at_least"', 'comparison = "is_yes"',
     "rule 1.comparison: expected one for a number such as 'revenue', found 'is_yes'"),
    ('comparison = "at_least"', 'comparison = "roughly"', "rule 1.comparison: expected one of at_least, is_yes"),
    ("threshold = 800", "", "rule 1.threshold: expected a number, as text such as"),
    ("threshold = 800", "threshold = 800.5", "rule 1.threshold: expected a number, as text such as"),
    ("threshold = 800", 'threshold = "800.555"', "rule 1.threshold: expected a number, as text such as"),
    ("threshold = 800", "threshold = -1", "rule 1.threshold: expected a number, as text such as"),
    ("threshold = 800", "threshold = true", "rule 1.threshold: expected a number, as text such as"),
    ('fact = "revenue"\ncomparison = "at_least"', 'fact = "founded"\ncomparison = "years_since"',
     "rule 1.threshold: expected a whole number of years from 1 on, found 800"),
    ('fact = "revenue"\ncomparison = "at_least"', 'fact = "legal_entity"\ncomparison = "is_yes"',
     "rule 1.threshold: expected none, because yes is asked"),
    ("threshold = 800", 'threshold = 800\nstatus = "sure"', "rule 1.status: expected one of provisional, confirmed"),
    ("threshold = 800", 'threshold = 800\nsource = "x"', "rule 1.source: expected a table"),
    ("[[rules]]", "[[rules", "file: expected TOML"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "complaint"), MALFORMED)
def test_a_malformed_reading_is_refused_with_its_place(write: Write, old: str, new: str, complaint: str) -> None:
    assert old in _reading()
    file = write("city-2027.toml", _reading().replace(old, new))
    with pytest.raises(DataError) as caught:
        check({}, level=3, track="owner", on=IN_FORCE)
    assert str(caught.value).startswith(f"{file}: {complaint}")


def test_one_reading_says_one_thing_of_a_fact(write: Write) -> None:
    again = _reading().split("[[rules]]")[1]
    file = write("city-2027.toml", _reading() + "[[rules]]" + again.replace("revenue-3", "again"))
    with pytest.raises(DataError) as caught:
        readings()
    said = "rule 2: expected one rule for 'revenue' at level 3 for owner, found 'revenue-3' as well"
    assert str(caught.value) == f"{file}: {said}"
    file = write("city-2027.toml", _reading() + "[[rules]]" + again.replace("levels = [3]", "levels = [4]"))
    with pytest.raises(DataError) as caught:
        readings()
    assert str(caught.value) == f"{file}: rule 2.code: expected a code of its own, found 'revenue-3' a second time"


SLOT = '[[slots]]\ncode = "{code}"\nlabel = {{ zh = "甲", en = "A" }}\nhelp = {{ zh = "甲", en = "A" }}\n'
FACT = """
[[facts]]
code = "new"
kind = "number"
unit = { zh = "个", en = "things" }
tracks = ["owner"]
slots = ["licence"]
label = { zh = "甲", en = "A" }
help = { zh = "甲", en = "A" }
"""


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (SLOT.format(code="licence"), "slot 1.code: expected a code of its own, found 'licence' a second time"),
        (SLOT.format(code=" "), "slot 1.code: expected text that is not empty"),
        (FACT.replace('"new"', '"revenue"'), "fact 1.code: expected a code of its own, found 'revenue' a second time"),
        (FACT.replace('"number"', '"text"'), "fact 1.kind: expected one of number, yes_no, date, found 'text'"),
        (FACT.replace('"number"', '"date"'), "fact 1.unit: expected a unit for a number, and for nothing else"),
        (FACT.replace('unit = { zh = "个", en = "things" }', ""), "fact 1.unit: expected a unit for a number"),
        (FACT.replace("tracks", "places = 9\ntracks"), "fact 1.places: expected at most 4, found 9"),
        (FACT.replace("tracks", "places = 0.5\ntracks"), "fact 1.places: expected a whole number"),
        (FACT.replace('["licence"]', '["passport"]'), "fact 1.slots: expected some of licence, "),
        (FACT.replace('["owner"]', '["all"]'), "fact 1.tracks: expected some of owner, provider, found 'all'"),
        (FACT.replace('en = "things"', 'fr = "choses"'), "fact 1.unit: expected the key 'en', which is missing"),
    ],
)
def test_malformed_facts_are_refused_with_their_place(write: Write, text: str, complaint: str) -> None:
    file = write("facts.toml", text)
    with pytest.raises(DataError) as caught:
        check({}, level=3, track="owner", on=IN_FORCE)
    assert str(caught.value).startswith(f"{file}: {complaint}")
