"""The glossary: sound data, complaints in their place, and terms found where they stand and nowhere else."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from assessments.standard import DataError, editions
from assessments.standard.glossary import FILE, Glossary, Term, glossary, load_glossary

TERMS = """
not_terms = { zh = ["多元数据"], en = ["cleaning agent"] }

[[terms]]
key = "metadata"
pinyin = "yuan shu ju"
name = { zh = "元数据", en = "metadata" }
definition = { zh = "说明数据的数据。", en = "Data about data." }
see = ["model"]

[[terms]]
key = "model"
pinyin = "yuan shu ju mo xing"
name = { zh = "元数据模型", en = "metadata model" }
aliases = { zh = ["API"], en = ["meta-model"] }
definition = { zh = "规定元数据的模型。", en = "The model of metadata." }
see = []
source = { zh = "某标准", en = "Some standard" }

[[terms]]
key = "agent"
pinyin = "zhi neng ti"
name = { zh = "智能体", en = "agent" }
definition = { zh = "自行办事的应用。", en = "An application that acts." }
see = []

[[terms]]
key = "quiet"
linked = false
pinyin = "zi ping"
name = { zh = "自评", en = "self-assessment" }
definition = { zh = "自己评。", en = "One's own." }
see = ["metadata"]
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    place = tmp_path / "glossary.toml"
    place.write_text(TERMS, encoding="utf-8")
    return place


@pytest.fixture
def small(file: Path) -> Glossary:
    return load_glossary(file)


# --- reading -------------------------------------------------------------------------------------------------------


def test_the_sound_glossary_loads(small: Glossary) -> None:
    assert list(small.terms) == ["metadata", "model", "agent", "quiet"]
    model = small.terms["model"]
    assert (model.names("zh"), model.names("en")) == (("元数据模型", "API"), ("metadata model", "meta-model"))
    assert model.source is not None
    assert (model.source.en, small.terms["metadata"].source) == ("Some standard", None)
    assert [t.key for t in small.terms.values() if not t.is_linked] == ["quiet"]


DAMAGES = {
    "key twice": ('key = "model"', 'key = "metadata"', "term metadata.key", "each key once"),
    "key not plain": ('key = "model"', 'key = "The Model"', "term The Model.key", "lower-case words"),
    "name twice": ('zh = "智能体"', 'zh = "元数据"', "term agent.name", "'元数据' at 'metadata' too"),
    "alias is another's name": ('["meta-model"]', '["Agent"]', "term agent.name", "'agent' at 'model' too"),
    "name twice in another case": ('en = "agent"', 'en = "Meta Model"', "term agent.name", "at 'model' too"),
    "see unknown": ('see = ["model"]', 'see = ["modle"]', "term metadata.see", "'modle'"),
    "see itself": ('see = ["model"]', 'see = ["metadata"]', "term metadata.see", "other terms"),
    "no English name": (
        'name = { zh = "智能体", en = "agent" }',
        'name = { zh = "智能体" }',
        "term agent.name",
        "'en'",
    ),
    "no Chinese definition": ('zh = "自己评。", ', "", "term quiet.definition", "'zh'"),
    "definition empty": ('"Data about data."', '" "', "term metadata.definition.en", "not empty"),
    "aliases in one language": (', en = ["meta-model"]', "", "term model.aliases", "'en'"),
    "pinyin missing": ('pinyin = "zhi neng ti"\n', "", "term agent", "'pinyin'"),
    "pinyin with tones": ('"zhi neng ti"', '"zhì néng tǐ"', "term agent.pinyin", "syllables"),
    "linked a word": ("linked = false", 'linked = "no"', "term quiet.linked", "true or false"),
    "unknown key": ('key = "agent"', 'key = "agent"\ncolour = "red"', "term agent", "unknown key 'colour'"),
    "not terms missing": ('not_terms = { zh = ["多元数据"], en = ["cleaning agent"] }', "", "glossary", "'not_terms'"),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_damage_is_named_with_its_place(file: Path, damage: str) -> None:
    old, new, place, words = DAMAGES[damage]
    assert TERMS.count(old) == 1, "the test itself must damage one place"
    file.write_text(TERMS.replace(old, new), encoding="utf-8")
    with pytest.raises(DataError) as refusal:
        load_glossary(file)
    assert (refusal.value.file, refusal.value.place) == (str(file), place)
    assert words in refusal.value.expected


# --- where terms stand ---------------------------------------------------------------------------------------------


def stands(small: Glossary, text: str, language: str = "zh") -> list[tuple[str, str]]:
    return [(text[o.start : o.end], o.term.key) for o in small.occurrences(text, language)]


def test_the_longer_name_counts(small: Glossary) -> None:
    assert stands(small, "元数据模型规定元数据") == [("元数据模型", "model"), ("元数据", "metadata")]


def test_only_the_first_place_of_each_term_counts_whatever_its_name(small: Glossary) -> None:
    assert stands(small, "元数据、元数据、API和元数据模型") == [("元数据", "metadata"), ("API", "model")]


def test_words_that_only_contain_a_term_are_left_alone(small: Glossary) -> None:
    assert stands(small, "多元数据融合") == []
    assert stands(small, "多元数据与元数据") == [("元数据", "metadata")]
    assert stands(small, "a cleaning agent and an agent", "en") == [("agent", "agent")]


def test_a_term_that_is_not_linked_is_left_alone(small: Glossary) -> None:
    assert stands(small, "自评完成") == []


def test_chinese_needs_no_gap_and_latin_stands_alone(small: Glossary) -> None:
    assert stands(small, "调用API接口") == [("API", "model")]
    assert stands(small, "RAPID") == []
    assert stands(small, "SLA元数据") == [("元数据", "metadata")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Metadata models are kept.", ["Metadata models"]),
        ("Meta-model or meta model", ["Meta-model"]),
        ("AGENTS act", ["AGENTS"]),
        ("an agency, reagents, agent_x9 and metadata1", []),
        ("The agent's metadata", ["agent", "metadata"]),
        ("a metadata-model's rule", ["metadata-model"]),
    ],
)
def test_english_words_are_whole_words_of_any_case(small: Glossary, text: str, expected: list[str]) -> None:
    assert [words for words, _key in stands(small, text, "en")] == expected


def test_letters(small: Glossary) -> None:
    assert [(letter, [t.key for t in terms]) for letter, terms in small.by_letter("zh")] == [
        ("Y", ["metadata", "model"]),
        ("Z", ["agent", "quiet"]),
    ]
    assert [(letter, [t.key for t in terms]) for letter, terms in small.by_letter("en")] == [
        ("A", ["agent"]),
        ("M", ["metadata", "model"]),
        ("S", ["quiet"]),
    ]


# --- the glossary that ships ---------------------------------------------------------------------------------------


def test_it_has_about_a_hundred_terms_or_more_and_loads_from_its_file() -> None:
    assert 100 <= len(glossary().terms) <= 200
    assert glossary() == load_glossary(FILE)
    for key in ("dcmm", "master-data", "owning-department", "trusted-data-space", "data-balance-sheet", "human-review"):
        assert key in glossary().terms


def _faults(term: Term) -> list[str]:
    zh, en = term.definition.zh, term.definition.en
    syllables = len(term.pinyin.split())
    return [
        fault
        for fault, is_there in {
            "one syllable a character": syllables != len(term.name.zh),
            "no full stop": not (zh.endswith("。") and en.endswith(".")),
            "too long": len(zh) > 100 or len(en) > 300,
            "an exclamation mark": "！" in zh or "!" in en,
            "a straight quotation mark": '"' in zh,
            "Chinese in the English": bool(re.search(r"[一-鿿]", en + term.name.en)),
            "the other word for life cycle": "生命周期" in term.name.zh,
        }.items()
        if is_there
    ]


def test_every_term_is_well_formed() -> None:
    assert {key: faults for key, term in glossary().terms.items() if (faults := _faults(term))} == {}


def test_terms_are_linked_from_the_criteria_of_both_editions() -> None:
    for language in ("zh", "en"):
        for edition in editions():
            keys = {
                o.term.key
                for c in edition.criteria.values()
                for text in (c.text, c.guidance)
                for o in glossary().occurrences(text.in_language(language), language)
            }
            assert len(keys) >= 40, (edition.code, language)
