"""Search: what a person types is found, whichever width, case or language, and the closest comes first."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest

from assessments.standard import Edition, editions, get_edition, load_edition
from assessments.standard import search as search_module
from assessments.standard.glossary import glossary
from assessments.standard.search import (
    MAX_LENGTH,
    MAX_WORDS,
    Field,
    Kind,
    edition_entries,
    excerpt,
    folded,
    marks,
    search,
    term_entries,
    words_of,
)
from tests.standard import small


@pytest.fixture(scope="module")
def edition(tmp_path_factory: pytest.TempPathFactory) -> Edition:
    return load_edition(small.write_edition(tmp_path_factory.mktemp("search")))


def found(edition: Edition, query: str) -> list[tuple[Kind, str, Field]]:
    return [(h.entry.kind, h.entry.code, h.field) for h in search(edition_entries(edition), words_of(query))]


# --- what is typed -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("ＤＣＭＭ　２０２５", "dcmm 2025"),
        ("6.1–L3—02", "6.1-l3-02"),
        ("６．１－Ｌ３", "6.1-l3"),
        ("Straße ﬁle", "strasse file"),
        ("元数据，血缘", "元数据,血缘"),
    ],
)
def test_width_case_and_dashes_do_not_matter(text: str, plain: str) -> None:
    assert folded(text) == plain


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("", ()),
        ("  　", ()),
        ("、，;", ()),
        ("血缘", ("血缘",)),
        ("主数据　映射、血缘，Data", ("主数据", "映射", "血缘", "data")),
        ("data DATA Ｄata", ("data",)),
    ],
)
def test_words(query: str, words: tuple[str, ...]) -> None:
    assert words_of(query) == words


def test_a_query_is_bounded() -> None:
    assert words_of("长" * 5000) == ("长" * MAX_LENGTH,)
    assert words_of(" ".join("abcdefghijkl")) == tuple("abcdefgh")
    assert MAX_WORDS == 8


# --- what is found -------------------------------------------------------------------------------------------------


def test_nothing_asked_nothing_found(edition: Edition) -> None:
    assert found(edition, " ") == []
    assert found(edition, "没有这个词") == []


def test_a_code_finds_its_criterion_alone(edition: Edition) -> None:
    """Guidance and evidence of the small edition repeat the code, so the field says which place counted."""
    assert found(edition, "6.1-l2-02") == [(Kind.CRITERION, "6.1-L2-02", Field.CODE)]


def test_the_closest_comes_first(edition: Edition) -> None:
    assert found(edition, "域六") == [(Kind.DOMAIN, "6", Field.NAME)]
    assert found(edition, "能力项7.2") == [(Kind.ITEM, "7.2", Field.NAME)]
    hits = found(edition, "7.1-L5")
    assert hits == [(Kind.CRITERION, "7.1-L5-01", Field.CODE)]
    by_field = [field for _kind, _code, field in found(edition, "7")]
    assert by_field == sorted(by_field)
    assert by_field[0] is Field.CODE


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("条款6.1-L1-01", Field.TEXT),
        ("Text 6.1-L1-01", Field.TEXT),
        ("说明6.1-L1-01", Field.GUIDANCE),
        ("guidance 6.1-L1-01", Field.GUIDANCE),
        ("证据乙6.1-L1-01", Field.EVIDENCE),
        ("second 6.1-L1-01", Field.EVIDENCE),
    ],
)
def test_both_languages_and_every_field(edition: Edition, query: str, field: Field) -> None:
    assert found(edition, query) == [(Kind.CRITERION, "6.1-L1-01", field)]


def test_all_words_must_occur_and_the_worst_decides_the_rank(edition: Edition) -> None:
    assert found(edition, "6.1-L1-01 证据甲") == [(Kind.CRITERION, "6.1-L1-01", Field.EVIDENCE)]
    assert found(edition, "6.1-L1-01 7.1-L1-01") == []


def test_the_name_of_the_item_does_not_make_every_criterion_a_hit(edition: Edition) -> None:
    assert [code for _kind, code, _field in found(edition, "Item 6.1")] == ["6.1"]


@pytest.mark.parametrize("code", ["gbt36073-2018", "gbt36073-2025"])
@pytest.mark.parametrize("word", ["血缘", "脱敏", "归口"])
def test_chinese_words_of_two_characters_are_found_where_they_stand(code: str, word: str) -> None:
    real = get_edition(code)
    hits = {h.entry.code for h in search(edition_entries(real), words_of(word)) if h.entry.kind is Kind.CRITERION}
    expected = {
        c.code for c in real.criteria.values() if word in f"{c.text.zh}\n{c.guidance.zh}\n{'、'.join(c.evidence_zh)}"
    }
    assert expected
    assert hits == expected


def test_terms_are_found_by_name_alias_and_definition() -> None:
    entries = term_entries(glossary())
    assert search(entries, words_of("首席数据官"))[0].entry.code == "chief-data-officer"
    assert search(entries, words_of("CDO"))[0].field is Field.NAME
    assert "anonymisation" in {h.entry.code for h in search(entries, words_of("还原"))}


def test_what_is_folded_is_kept_until_the_edition_changes(tmp_path: Path) -> None:
    one = load_edition(small.write_edition(tmp_path / "one", "kept-2030"))
    kept = edition_entries(one)
    assert edition_entries(one) is kept
    changed = small.SIX.replace("条款6.1-L1-01", "改后的条款")
    other = load_edition(small.write_edition(tmp_path / "other", "kept-2030", six=changed))
    assert [code for _kind, code, _field in found(other, "改后的")] == ["6.1-L1-01"]


def test_everything_of_both_editions_can_be_found() -> None:
    for real in editions():
        assert len(edition_entries(real)) == sum(real.counts.values())


# --- what is shown -------------------------------------------------------------------------------------------------


def test_what_people_type_takes_no_memory_without_end() -> None:
    for start in range(0x20000, 0x2F000, 64):
        text = "".join(map(chr, range(start, start + 64)))
        assert folded(text) == unicodedata.normalize("NFKC", text).casefold()
    assert len(search_module._FOLDING) <= search_module._MAX_FOLDED
    assert folded("ＤＣＭＭ") == "dcmm"


@pytest.mark.parametrize(
    ("text", "words", "marked"),
    [
        ("主数据与元数据", ("数据",), ["数据", "数据"]),
        ("ＤＣＭＭ and dcmm", ("dcmm",), ["ＤＣＭＭ", "dcmm"]),
        ("面积㎡以内", ("m2",), ["㎡"]),
        ("主数据", ("主数", "数据"), ["主数据"]),
        ("a.c abc", ("a.c",), ["a.c"]),
        ("nothing", ("other",), []),
        ("", ("x",), []),
    ],
)
def test_marks_stand_in_the_text_as_shown(text: str, words: tuple[str, ...], marked: list[str]) -> None:
    assert [text[a:b] for a, b in marks(text, words)] == marked


def test_an_excerpt_stands_around_the_first_word() -> None:
    text = "甲" * 100 + "血缘" + "乙" * 100
    cut = excerpt(text, ("血缘",), 40)
    assert cut == "…" + "甲" * 10 + "血缘" + "乙" * 28 + "…"
    assert excerpt("短", ("短",), 40) == "短"
    assert excerpt("血缘" + "乙" * 100, ("血缘",), 40) == "血缘" + "乙" * 38 + "…"
    assert excerpt("甲" * 100 + "血缘", ("血缘",), 40) == "…" + "甲" * 38 + "血缘"
    assert excerpt("甲" * 100, ("没有",), 40) == "甲" * 40 + "…"


def test_an_excerpt_does_not_cut_latin_words() -> None:
    text = "alpha beta gamma delta epsilon lineage zeta eta theta iota kappa lambda"
    cut = excerpt(text, ("lineage",), 30)
    assert "lineage" in cut
    assert set(cut.strip("…").split()) <= set(text.split())
