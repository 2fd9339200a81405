"""The cross-walk: complete on both sides, every kind at one with its sources, each complaint in its place.

The sound one below leads from the small edition to itself in another shape: 6.1 kept with a new criterion, 7.1 split
into 7.1 and 7.2, and 7.2 given up.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from assessments.standard import DataError, Edition, Kind, crosswalks, get_crosswalk, get_edition, load_edition
from assessments.standard.crosswalk import Crosswalk, load_crosswalk, same_edition
from tests.standard import small

NOTE = '{ zh = "说明", en = "Note" }'
SIX = f"""
domain = "6"
[items."6.1"]
kind = "same"
from = ["6.1"]
note = {NOTE}
[criteria]
"6.1-L1-01" = {{ kind = "same", from = ["6.1-L1-01"] }}
"6.1-L2-01" = {{ kind = "moved", from = ["6.1-L2-02"] }}
"6.1-L2-02" = {{ kind = "new", from = [] }}
"6.1-L3-01" = {{ kind = "widened", from = ["6.1-L2-01", "6.1-L3-01"] }}
"6.1-L4-01" = {{ kind = "same", from = ["6.1-L4-01"] }}
"6.1-L5-01" = {{ kind = "same", from = ["6.1-L5-01"] }}
"""
_SPLIT = "\n".join(
    f'"7.{n}-L{level}-01" = {{ kind = "split", from = ["7.1-L{level}-01"] }}' for n in (1, 2) for level in range(1, 6)
)
_DROPPED = "\n".join(f'"7.2-L{level}-01" = {{ see = ["7.1-L{level}-01"], reason = {NOTE} }}' for level in range(1, 6))
SEVEN = f"""
domain = "7"
[items."7.1"]
kind = "split"
from = ["7.1"]
note = {NOTE}
[items."7.2"]
kind = "split"
from = ["7.1"]
note = {NOTE}
[criteria]
{_SPLIT}
[dropped]
{_DROPPED}
"""


@pytest.fixture
def edition(tmp_path: Path) -> Edition:
    return load_edition(small.write_edition(tmp_path / "edition"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "walk"
    place.mkdir()
    (place / "06.toml").write_text(SIX, encoding="utf-8")
    (place / "07.toml").write_text(SEVEN, encoding="utf-8")
    return place


def test_sound(folder: Path, edition: Edition) -> None:
    walk = load_crosswalk(folder, edition, edition)
    assert {str(k): n for k, n in walk.counts.items()} == {
        "same": 3, "widened": 1, "split": 10, "moved": 1, "new": 1, "dropped": 5,
    }  # fmt: skip
    assert walk.criteria["6.1-L3-01"].sources == ("6.1-L2-01", "6.1-L3-01")
    assert [link.target for link in walk.targets["7.1-L4-01"]] == ["7.1-L4-01", "7.2-L4-01"]
    assert "7.2-L1-01" not in walk.targets
    assert walk.dropped["7.2-L1-01"].see == ("7.1-L1-01",)
    assert [walk.items[i].is_comparable for i in ("6.1", "7.1", "7.2")] == [True, False, False]


DAMAGES: dict[str, tuple[str, str, str, str, str]] = {
    "unknown target": ("06.toml", '"6.1-L5-01" =', '"6.1-L5-09" =', "domain 6.criteria.6.1-L5-01", "missing"),
    "one target too many": (
        "06.toml",
        "[criteria]\n",
        '[criteria]\n"6.1-L5-09" = { kind = "new", from = [] }\n',
        "domain 6.criteria",
        "unknown target 6.1-L5-09",
    ),
    "unknown source": (
        "06.toml",
        'from = ["6.1-L4-01"]',
        'from = ["6.1-L4-07"]',
        "domain 6.criteria.6.1-L4-01.from",
        "unknown criterion 6.1-L4-07 of small-2030",
    ),
    "source of another item": (
        "06.toml",
        '"moved", from = ["6.1-L2-02"]',
        '"moved", from = ["7.1-L2-01"]',
        "domain 6.criteria.6.1-L2-01.from",
        "expected criteria of 6.1, found 7.1-L2-01",
    ),
    "unknown kind": (
        "06.toml",
        '{ kind = "moved"',
        '{ kind = "shifted"',
        "domain 6.criteria.6.1-L2-01.kind",
        "expected one of same, widened, split, moved, new, found 'shifted'",
    ),
    "same from elsewhere": (
        "06.toml",
        '"moved", from = ["6.1-L2-02"]',
        '"same", from = ["6.1-L2-02"]',
        "domain 6.criteria.6.1-L2-01.from",
        "expected only 6.1-L2-01",
    ),
    "moved from two": (
        "06.toml",
        '"widened", from = ["6.1-L2-01", "6.1-L3-01"]',
        '"moved", from = ["6.1-L2-01", "6.1-L3-01"]',
        "domain 6.criteria.6.1-L3-01.from",
        "expected one other code",
    ),
    "new with a source": (
        "06.toml",
        '{ kind = "new", from = [] }',
        '{ kind = "new", from = ["6.1-L2-02"] }',
        "domain 6.criteria.6.1-L2-02.from",
        "expected no source for the kind new",
    ),
    "source twice": (
        "06.toml",
        '["6.1-L2-01", "6.1-L3-01"]',
        '["6.1-L3-01", "6.1-L3-01"]',
        "domain 6.criteria.6.1-L3-01.from",
        "expected each code once",
    ),
    "source forgotten": (
        "06.toml",
        '["6.1-L2-01", "6.1-L3-01"]',
        '["6.1-L3-01"]',
        "6.1-L2-01",
        "neither used nor dropped",
    ),
    "used and dropped": (
        "07.toml",
        '"7.2-L5-01" = { see',
        '"7.1-L5-01" = { see',
        "7.1-L5-01",
        "both used and dropped",
    ),
    "dropped unknown": (
        "07.toml",
        '"7.2-L5-01" = { see',
        '"7.9-L5-01" = { see',
        "domain 7.dropped.7.9-L5-01",
        "unknown criterion 7.9-L5-01",
    ),
    "see unknown": (
        "07.toml",
        'see = ["7.1-L5-01"]',
        'see = ["7.1-L5-09"]',
        "domain 7.dropped.7.2-L5-01.see",
        "unknown criterion 7.1-L5-09",
    ),
    "item forgotten": ("07.toml", '[items."7.2"]', '[items."7.3"]', "domain 7.items.7.2", "missing"),
    "another domain": ("07.toml", 'domain = "7"', 'domain = "8"', "domain 7.domain", "expected '7', found '8'"),
    "comparable is no word": (
        "06.toml",
        'kind = "same"\nfrom = ["6.1"]',
        'kind = "same"\ncomparable = "yes"\nfrom = ["6.1"]',
        "domain 6.items.6.1.comparable",
        "expected false, or true for one source",
    ),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_damage_is_named_with_its_place(folder: Path, edition: Edition, damage: str) -> None:
    name, old, new, place, words = DAMAGES[damage]
    file = folder / name
    sound = file.read_text(encoding="utf-8")
    assert sound.count(old) == 1, "the test itself must damage one place"
    file.write_text(sound.replace(old, new), encoding="utf-8")
    with pytest.raises(DataError) as refusal:
        load_crosswalk(folder, edition, edition)
    assert (refusal.value.place, words in refusal.value.expected) == (place, True), str(refusal.value)


def test_what_feeds_several_is_split_or_widened(folder: Path, edition: Edition) -> None:
    file = folder / "07.toml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace('"7.1-L5-01" = { kind = "split"', '"7.1-L5-01" = { kind = "same"'), encoding="utf-8")
    with pytest.raises(DataError, match=r"7\.1-L5-01: expected split or widened: 7.1-L5-01 feeds 2 criteria"):
        load_crosswalk(folder, edition, edition)


def test_nothing_is_split_that_feeds_one(folder: Path, edition: Edition) -> None:
    file = folder / "06.toml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace('"moved", from', '"split", from'), encoding="utf-8")
    with pytest.raises(DataError, match=r"6\.1-L2-01: expected for the kind split a source"):
        load_crosswalk(folder, edition, edition)


# --- 2018 -> 2025 --------------------------------------------------------------------------------------------------

#: Items by kind (domain.md 2.3); all others are kept.
KINDS = {
    Kind.WIDENED: {"7.3", "12.1", "12.2", "14.1"},
    Kind.SPLIT: {"10.2", "10.3"},
    Kind.MOVED: {"10.1", "10.4", "10.5", "12.3", "14.3", "14.4"},
    Kind.NEW: {"9.1", "9.2", "9.3", "14.2"},
}
FROM = {
    "10.1": "12.1", "10.2": "12.2", "10.3": "12.2", "10.4": "12.3", "10.5": "12.4", "12.1": "10.1", "12.2": "10.2",
    "12.3": "10.3", "14.1": "9.1", "14.3": "9.2", "14.4": "9.3",
}  # fmt: skip


@pytest.fixture(scope="module")
def walk() -> Crosswalk:
    found = get_crosswalk("gbt36073-2018", "gbt36073-2025")
    assert found is not None
    return found


def test_items_go_where_the_comparison_of_the_editions_says(walk: Crosswalk) -> None:
    wanted = {code: next((k for k, codes in KINDS.items() if code in codes), Kind.SAME) for code in walk.later.items}
    assert {code: link.kind for code, link in walk.items.items()} == wanted
    new = KINDS[Kind.NEW]
    assert {code: link.sources for code, link in walk.items.items()} == {
        code: () if code in new else (FROM.get(code, code),) for code in walk.later.items
    }


def test_new_items_are_new_throughout(walk: Crosswalk) -> None:
    inside = {link.kind for code, link in walk.criteria.items() if code.split("-")[0] in KINDS[Kind.NEW]}
    assert inside == {Kind.NEW}


def test_only_what_asks_the_same_is_comparable(walk: Crosswalk) -> None:
    """14.3 has lost its half on external data to 14.2, so its score is not that of 9.2 in 2018."""
    assert walk.items["14.3"].is_comparable is False
    assert {code for code, link in walk.items.items() if link.is_comparable} == {
        code for code, link in walk.items.items() if link.kind in (Kind.SAME, Kind.MOVED) and code != "14.3"
    }


def test_every_kind_occurs_and_none_is_forgotten(walk: Crosswalk) -> None:
    assert min(walk.counts.values()) > 0
    assert len(walk.criteria) == 486
    assert len(walk.targets) + len(walk.dropped) == 445


def test_pairs() -> None:
    assert crosswalks() == (("gbt36073-2018", "gbt36073-2025"),)
    assert get_crosswalk("gbt36073-2025", "gbt36073-2018") is None


def test_an_edition_leads_to_itself() -> None:
    edition = get_edition("gbt36073-2025")
    walk = get_crosswalk(edition.code, edition.code)
    assert walk == same_edition(edition)
    assert walk is not None
    assert {link.kind for link in walk.criteria.values()} == {Kind.SAME}
    assert all(link.is_comparable for link in walk.items.values())
