"""The loader is what a person meets who brings in a licensed text: every complaint says which file, where, and what.

The small sound edition of ``small.py``; each test damages it in exactly one place.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import shutil
from pathlib import Path

import pytest

from assessments.standard import SHIPPED, Bilingual, DataError, UnknownCode, get_edition, load_edition
from assessments.standard.catalogue import DATA
from tests.standard.small import SEVEN, SIX, criterion

HEAD = """
code = "small-2030"
title = { zh = "小标准", en = "Small standard" }
short = { zh = "小", en = "small" }
status = "draft"
scheme = "practice-2023"
in_force = "2030-01-01"
wording = "own"
source = { zh = "来源", en = "Source" }
use = { zh = "用途", en = "Use" }
domains = ["6", "7"]
counts = { domains = 2, items = 3, criteria = 16 }
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The sound edition."""
    for name, text in (("edition.toml", HEAD), ("06.toml", SIX), ("07.toml", SEVEN)):
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def _refusal(folder: Path) -> DataError:
    with pytest.raises(DataError) as refusal:
        load_edition(folder)
    error = refusal.value
    assert str(error) == f"{error.file}: {error.place}: {error.expected}"
    return error


def test_the_sound_edition_loads(folder: Path) -> None:
    edition = load_edition(folder)
    assert (edition.code, edition.status, edition.scheme) == ("small-2030", "draft", "practice-2023")
    assert (edition.in_force, edition.source) == (dt.date(2030, 1, 1), Bilingual("来源", "Source"))
    assert (edition.title, edition.short) == (Bilingual("小标准", "Small standard"), Bilingual("小", "small"))
    assert edition.counts == {"domains": 2, "items": 3, "criteria": 16}
    assert [d.code for d in edition.domains] == ["6", "7"]
    assert list(edition.items) == ["6.1", "7.1", "7.2"]
    assert list(edition.criteria)[:7] == [
        *("6.1-L1-01", "6.1-L2-01", "6.1-L2-02", "6.1-L3-01", "6.1-L4-01", "6.1-L5-01"),
        "7.1-L1-01",
    ]
    assert edition.domains_by_code["7"].summary == Bilingual("概述七", "Summary seven")
    assert edition.items["7.2"].name == Bilingual("能力项7.2", "Item 7.2")
    assert edition.items["7.2"].purpose == Bilingual("目的7.2", "Purpose 7.2")
    by_level = edition.items["6.1"].by_level
    assert [(n, [c.code for c in criteria]) for n, criteria in by_level][1] == (2, ["6.1-L2-01", "6.1-L2-02"])


def test_a_criterion_knows_its_place_and_its_evidence(folder: Path) -> None:
    criterion = load_edition(folder).criteria["6.1-L2-02"]
    assert (criterion.domain_code, criterion.item_code, criterion.level) == ("6", "6.1", 2)
    assert criterion.text == Bilingual("条款6.1-L2-02", "Text 6.1-L2-02")
    assert criterion.guidance == Bilingual("说明6.1-L2-02", "Guidance 6.1-L2-02")
    assert criterion.evidence_zh == ("证据甲6.1-L2-02", "证据乙6.1-L2-02")
    assert criterion.evidence.zh == "证据甲6.1-L2-02、证据乙6.1-L2-02"
    assert criterion.evidence.en == "first of 6.1-L2-02; second of 6.1-L2-02"


def test_the_checksum_is_that_of_the_domain_files_in_order(folder: Path) -> None:
    """``sha256sum`` over the files one after the other gives the same, so an operator can check it."""
    assert load_edition(folder).checksum == hashlib.sha256(SIX.encode() + SEVEN.encode()).hexdigest()
    (folder / "07.toml").write_text(SEVEN + "# one more line\n", encoding="utf-8")
    assert load_edition(folder).checksum != hashlib.sha256(SIX.encode() + SEVEN.encode()).hexdigest()


def test_texts_are_stripped(folder: Path) -> None:
    text = SIX.replace('"条款6.1-L1-01"', '"  条款6.1-L1-01\\n"').replace('"证据甲6.1-L1-01"', '" 证据甲 "')
    (folder / "06.toml").write_text(text, encoding="utf-8")
    criterion = load_edition(folder).criteria["6.1-L1-01"]
    assert (criterion.text.zh, criterion.evidence_zh[0]) == ("条款6.1-L1-01", "证据甲")


FIRST, SECOND = criterion("6.1", 1, 1), criterion("6.1", 2, 1)
LEVEL_2 = 'code = "6.1-L2-01"\nlevel = 2\n'
EVIDENCE = 'zh = ["证据甲6.1-L1-01", "证据乙6.1-L1-01"]'
SECOND_ITEM = 'code = "7.2"'

#: file, what is replaced, by what, place, words of the expectation
DAMAGES: dict[str, tuple[str, str, str, str, str]] = {
    # the head
    "head key missing": ("edition.toml", 'wording = "own"\n', "", "edition", "expected the key 'wording'"),
    "head key unknown": ("edition.toml", "short =", 'colour = "red"\nshort =', "edition", "unknown key 'colour'"),
    "head text empty": ("edition.toml", '"2030-01-01"', '" "', "edition.in_force", "a day such as 2026-07-01"),
    "head text a date": ("edition.toml", '"2030-01-01"', "2030-01-01", "edition.in_force", "a day such as 2026-07-01"),
    "status unknown": ("edition.toml", '"draft"', '"old"', "edition.status", "one of current, superseded, draft"),
    "title not a table": ("edition.toml", "title = {", 'title = "小标准" #', "edition.title", "table, found str"),
    "title without English": ("edition.toml", ', en = "Small standard"', "", "edition.title", "the key 'en'"),
    "title in French too": ("edition.toml", 'en = "Small standard"', 'en = "S", fr = "P"', "edition.title", "key 'fr'"),
    "title empty": ("edition.toml", '"Small standard"', '""', "edition.title.en", "text that is not empty"),
    "domains not a list": ("edition.toml", '["6", "7"]', '"6"', "edition.domains", "a list of texts"),
    "domains none": ("edition.toml", '["6", "7"]', "[]", "edition.domains", "a list of texts"),
    "domains numbers": ("edition.toml", '["6", "7"]', "[6, 7]", "edition.domains", "a list of texts"),
    "domain not a number": ("edition.toml", '["6", "7"]', '["6", "seven"]', "edition.domains", "'seven'"),
    "domain with a zero": ("edition.toml", '["6", "7"]', '["6", "07"]', "edition.domains", "'07'"),
    "domain twice": ("edition.toml", '["6", "7"]', '["6", "7", "6"]', "edition.domains", "'6'"),
    "counts of domains": ("edition.toml", "domains = 2", "domains = 3", "edition.counts.domains", "3, found 2"),
    "counts of items": ("edition.toml", "items = 3", "items = 4", "edition.counts.items", "4, found 3"),
    "more items than counted": ("edition.toml", "items = 3", "items = 2", "edition.counts.items", "2, found 3"),
    "counts of criteria": ("edition.toml", "criteria = 16", "criteria = 17", "edition.counts.criteria", "17, found 16"),
    "counts incomplete": ("edition.toml", ", criteria = 16", "", "edition.counts", "the key 'criteria'"),
    "counts not a table": ("edition.toml", "counts = {", "counts = 16 #", "edition.counts", "table, found int"),
    "head not TOML": ("edition.toml", 'code = "small-2030"', "code: small-2030", "file", "expected TOML"),
    # a domain
    "domain key missing": (
        "06.toml",
        'summary = { zh = "概述六"',
        '# { zh = "概述六"',
        "domain 6",
        "the key 'summary'",
    ),
    "domain key unknown": ("06.toml", "summary =", "weight = 1\nsummary =", "domain 6", "unknown key 'weight'"),
    "domain of other code": ("07.toml", 'code = "7"\n', 'code = "8"\n', "code", "expected '7', found '8'"),
    "domain name empty": ("07.toml", '"域七"', '"\\t"', "domain 7.name.zh", "text that is not empty"),
    "domain not TOML": ("07.toml", 'zh = "概述七"', 'zh = "概述七', "file", "expected TOML"),
    # an item
    "item key missing": ("07.toml", 'name = { zh = "能力项7.2", en = "Item 7.2" }', "", "item 7.2", "the key 'name'"),
    "item key unknown": ("07.toml", SECOND_ITEM, f"{SECOND_ITEM}\nnote = 1", "item 7.2", "unknown key 'note'"),
    "item out of order": ("07.toml", SECOND_ITEM, 'code = "7.3"', "item 7.2.code", "expected '7.2', found '7.3'"),
    "item twice": ("07.toml", SECOND_ITEM, 'code = "7.1"', "item 7.2.code", "expected '7.2', found '7.1'"),
    "item code a number": ("07.toml", SECOND_ITEM, "code = 7.2", "item 7.2.code", "text that is not empty, found 7.2"),
    # a criterion
    "criterion key missing": ("06.toml", LEVEL_2, 'code = "6.1-L2-01"\n', "item 6.1, criterion 2", "the key 'level'"),
    "criterion key unknown": ("06.toml", LEVEL_2, f"{LEVEL_2}hint = 1\n", "item 6.1, criterion 2", "key 'hint'"),
    "level text": ("06.toml", LEVEL_2, LEVEL_2.replace("= 2", '= "2"'), "item 6.1, criterion 2.level", "5, found '2'"),
    "level 6": ("06.toml", LEVEL_2, LEVEL_2.replace("= 2", "= 6"), "item 6.1, criterion 2.level", "1 to 5, found 6"),
    "level 0": ("06.toml", LEVEL_2, LEVEL_2.replace("= 2", "= 0"), "item 6.1, criterion 2.level", "1 to 5, found 0"),
    "level true": ("06.toml", LEVEL_2, LEVEL_2.replace("= 2", "= true"), "item 6.1, criterion 2.level", "found True"),
    "level 2.0": ("06.toml", LEVEL_2, LEVEL_2.replace("= 2", "= 2.0"), "item 6.1, criterion 2.level", "found 2.0"),
    "level against the code": (
        *("06.toml", LEVEL_2, LEVEL_2.replace("= 2", "= 1")),
        *("item 6.1, criterion 2.code", "expected '6.1-L1-02', found '6.1-L2-01'"),
    ),
    "criterion code twice": (
        *("06.toml", 'code = "6.1-L2-02"', 'code = "6.1-L2-01"'),
        *("item 6.1, criterion 3.code", "expected '6.1-L2-02', found '6.1-L2-01'"),
    ),
    "criterion code leaves a gap": (
        *("06.toml", 'code = "6.1-L2-02"', 'code = "6.1-L2-03"'),
        *("item 6.1, criterion 3.code", "expected '6.1-L2-02', found '6.1-L2-03'"),
    ),
    "criterion code of one digit": (
        *("06.toml", 'code = "6.1-L2-01"', 'code = "6.1-L2-1"'),
        *("item 6.1, criterion 2.code", "expected '6.1-L2-01', found '6.1-L2-1'"),
    ),
    "criterion of another item": (
        *("07.toml", 'code = "7.2-L5-01"', 'code = "7.1-L5-01"'),
        *("item 7.2, criterion 5.code", "expected '7.2-L5-01', found '7.1-L5-01'"),
    ),
    "criteria out of order": (
        *("06.toml", FIRST + SECOND, SECOND + FIRST),
        *("item 6.1.criteria", "in the order of their levels"),
    ),
    "level left out": (
        *("07.toml", criterion("7.1", 4, 1), ""),
        *("item 7.1.criteria", "expected a criterion at level 4, found none"),
    ),
    "text without Chinese": (
        *("06.toml", 'zh = "条款6.1-L1-01", ', ""),
        *("item 6.1, criterion 1.text", "the key 'zh'"),
    ),
    "text empty": ("06.toml", '"Text 6.1-L1-01"', '""', "item 6.1, criterion 1.text.en", "not empty, found ''"),
    "guidance empty": ("06.toml", '"说明6.1-L1-01"', '" "', "item 6.1, criterion 1.guidance.zh", "not empty"),
    "evidence none": ("06.toml", EVIDENCE, "zh = []", "item 6.1, criterion 1.evidence.zh", "a list of texts, found []"),
    "evidence a text": ("06.toml", EVIDENCE, 'zh = "证据"', "item 6.1, criterion 1.evidence.zh", "a list of texts"),
    "evidence blank": ("06.toml", EVIDENCE, 'zh = ["证据", " "]', "item 6.1, criterion 1.evidence.zh", "list of texts"),
    "evidence number": ("06.toml", EVIDENCE, 'zh = ["证据", 2]', "item 6.1, criterion 1.evidence.zh", "list of texts"),
    "evidence uneven": (
        *("06.toml", EVIDENCE, 'zh = ["证据"]'),
        *("item 6.1, criterion 1.evidence", "expected as many en as zh, found 2 and 1"),
    ),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_damage_is_named_with_file_place_and_expectation(folder: Path, damage: str) -> None:
    name, old, new, place, words = DAMAGES[damage]
    file = folder / name
    sound = file.read_text(encoding="utf-8")
    assert sound.count(old) == 1, "the test itself must damage one place"
    file.write_text(sound.replace(old, new), encoding="utf-8")
    error = _refusal(folder)
    assert (error.file, error.place) == (str(file), place)
    assert words in error.expected


@pytest.mark.parametrize("name", ["edition.toml", "06.toml", "07.toml"])
def test_missing_file(folder: Path, name: str) -> None:
    (folder / name).unlink()
    error = _refusal(folder)
    assert (error.file, error.place) == (str(folder / name), "file")
    assert "missing" in error.expected


def test_missing_folder(tmp_path: Path) -> None:
    assert _refusal(tmp_path / "none").file == str(tmp_path / "none" / "edition.toml")


def test_a_file_that_is_not_utf8(folder: Path) -> None:
    """What an editor on an older Chinese Windows writes."""
    (folder / "06.toml").write_bytes(SIX.encode("gb18030"))
    error = _refusal(folder)
    # a line break, code = "6" (10), a line break, then 15 characters up to the first Chinese one: 1 + 10 + 1 + 15
    assert (error.file, error.place, error.expected) == (str(folder / "06.toml"), "byte 27", "expected UTF-8")


@pytest.mark.parametrize("items", ["items = []", 'items = "6.1"'])
def test_a_domain_without_items(folder: Path, items: str) -> None:
    head = SIX.split("[[items]]")[0]
    (folder / "06.toml").write_text(f"{head}{items}\n", encoding="utf-8")
    error = _refusal(folder)
    assert (error.file, error.place) == (str(folder / "06.toml"), "domain 6.items")
    assert "at least one table" in error.expected


def test_an_item_that_is_not_a_table(folder: Path) -> None:
    head = SIX.split("[[items]]")[0]
    (folder / "06.toml").write_text(f'{head}items = ["6.1"]\n', encoding="utf-8")
    error = _refusal(folder)
    assert (error.file, error.place) == (str(folder / "06.toml"), "item 6.1")
    assert "expected a table, found str" in error.expected


# --- copies of the edition that ships ------------------------------------------------------------------------------


@pytest.fixture
def shipped(tmp_path: Path) -> Path:
    return Path(shutil.copytree(DATA / "gbt36073-2018", tmp_path / "gbt36073-2018"))


def test_a_copy_of_the_shipped_edition_is_the_same_edition(shipped: Path) -> None:
    assert load_edition(shipped) == get_edition("gbt36073-2018")


def test_a_criterion_lost_from_the_shipped_edition_is_noticed(shipped: Path) -> None:
    """The last criterion at level 4 of 13.4: nothing but the declared count can notice it."""
    file = shipped / "13.toml"
    start = file.read_text(encoding="utf-8").rindex('[[items.criteria]]\ncode = "13.4-L4-')
    text = file.read_text(encoding="utf-8")
    end = text.index("[[items.criteria]]", start + 1)
    file.write_text(text[:start] + text[end:], encoding="utf-8")
    error = _refusal(shipped)
    assert (error.file, error.place) == (str(shipped / "edition.toml"), "edition.counts.criteria")
    assert error.expected == "expected 445, found 444"


# --- the catalogue -------------------------------------------------------------------------------------------------


def test_unknown_edition_is_named_with_what_is_known() -> None:
    with pytest.raises(UnknownCode) as refusal:
        get_edition("gbt36073-2017")
    assert str(refusal.value) == f"unknown edition 'gbt36073-2017'; known: {', '.join(SHIPPED)}"


def test_an_edition_is_loaded_once() -> None:
    assert get_edition("gbt36073-2018") is get_edition("gbt36073-2018")
