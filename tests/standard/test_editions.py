"""The editions as they ship: their shape, their codes, and texts that a person could have written one by one."""

from __future__ import annotations

import datetime as dt
import io
import json
import re
from collections import Counter
from collections.abc import Callable, Iterable
from itertools import pairwise

import pytest
from django.core.management import call_command

from assessments.management.commands.editions import Command
from assessments.standard import (
    LEVELS,
    SHIPPED,
    Bilingual,
    Criterion,
    Edition,
    current_edition,
    edition_codes,
    editions,
    get_edition,
)

#: GB/T 36073-2018, clauses 6 to 13 (domain.md 1.2), and GB/T 36073-2025, clauses 6 to 14 (domain.md 2.2).
ITEMS = {
    "gbt36073-2018": {
        "6 数据战略": ["6.1 数据战略规划", "6.2 数据战略实施", "6.3 数据战略评估"],
        "7 数据治理": ["7.1 数据治理组织", "7.2 数据制度建设", "7.3 数据治理沟通"],
        "8 数据架构": ["8.1 数据模型", "8.2 数据分布", "8.3 数据集成与共享", "8.4 元数据管理"],
        "9 数据应用": ["9.1 数据分析", "9.2 数据开放共享", "9.3 数据服务"],
        "10 数据安全": ["10.1 数据安全策略", "10.2 数据安全管理", "10.3 数据安全审计"],
        "11 数据质量": ["11.1 数据质量需求", "11.2 数据质量检查", "11.3 数据质量分析", "11.4 数据质量提升"],
        "12 数据标准": ["12.1 业务术语", "12.2 参考数据和主数据", "12.3 数据元", "12.4 指标数据"],
        "13 数据生存周期": ["13.1 数据需求", "13.2 数据设计和开发", "13.3 数据运维", "13.4 数据退役"],
    },
    "gbt36073-2025": {
        "6 数据战略": ["6.1 数据战略规划", "6.2 数据战略实施", "6.3 数据战略评估"],
        "7 数据治理": ["7.1 数据治理组织", "7.2 数据制度建设", "7.3 数据文化建设"],
        "8 数据架构": ["8.1 数据模型", "8.2 数据分布", "8.3 数据集成与共享", "8.4 元数据管理"],
        "9 数据资产": ["9.1 权属管理", "9.2 价值评估", "9.3 资产运营"],
        "10 数据标准": ["10.1 业务术语", "10.2 主数据", "10.3 参考数据", "10.4 数据元", "10.5 指标数据"],
        "11 数据质量": ["11.1 数据质量需求", "11.2 数据质量检查", "11.3 数据质量分析", "11.4 数据质量提升"],
        "12 数据安全": ["12.1 数据合规管理", "12.2 数据安全防护", "12.3 数据安全审计"],
        "13 数据生存周期": ["13.1 数据需求", "13.2 数据设计与开发", "13.3 数据运维", "13.4 数据退役"],
        "14 数据应用流通": ["14.1 数据应用", "14.2 外部数据管理", "14.3 数据开放", "14.4 数据服务"],
    },
}
COUNTS = {
    "gbt36073-2018": {"domains": 8, "items": 28, "criteria": 445},
    "gbt36073-2025": {"domains": 9, "items": 33, "criteria": 486},
}
HEADS = {
    "gbt36073-2018": ("superseded", "practice-2023", dt.date(2018, 10, 1), "own"),
    "gbt36073-2025": ("current", "practice-2026", dt.date(2026, 7, 1), "own"),
}
PER_LEVEL = {1: (1, 2), 2: (3, 5), 3: (5, 7), 4: (2, 4), 5: (1, 3)}
CJK = re.compile(r"[\u3000-\u303f\u3400-\u9fff\uf900-\ufaff\uff00-\uffef]")


@pytest.fixture(scope="module", params=list(SHIPPED))
def edition(request: pytest.FixtureRequest) -> Edition:
    return get_edition(request.param)


@pytest.fixture(scope="module")
def criteria(edition: Edition) -> tuple[Criterion, ...]:
    """Straight from the tree, so that a code that stands twice cannot hide in a dictionary."""
    return tuple(c for d in edition.domains for i in d.items for c in i.criteria)


# --- shape ---------------------------------------------------------------------------------------------------------


def test_shipped() -> None:
    assert edition_codes() == tuple(ITEMS)
    assert current_edition().code == "gbt36073-2025"


def test_head(edition: Edition) -> None:
    head = (edition.status, edition.scheme, edition.in_force, edition.wording)
    assert head == HEADS[edition.code]
    assert re.fullmatch(r"[0-9a-f]{64}", edition.checksum)
    assert edition.checksum == SHIPPED[edition.code]
    assert edition.errata == ()


def test_says_that_the_wording_is_ours(edition: Edition) -> None:
    assert "不是标准原文" in edition.source.zh
    assert "not the text of the standard" in edition.source.en


def test_counts(edition: Edition, criteria: tuple[Criterion, ...]) -> None:
    assert edition.counts == COUNTS[edition.code]
    counted = (len(edition.domains), sum(len(d.items) for d in edition.domains), len(criteria))
    assert counted == tuple(COUNTS[edition.code].values())


def test_domains_and_items_are_those_of_the_standard(edition: Edition) -> None:
    named = {f"{d.code} {d.name.zh}": [f"{i.code} {i.name.zh}" for i in d.items] for d in edition.domains}
    assert named == ITEMS[edition.code]
    assert list(named) == list(ITEMS[edition.code])


def test_known_counts_of_item_6_1_in_2025() -> None:
    """The one division that is public: one criterion at level 1, three at level 2 (domain.md 2.4)."""
    levels = dict(get_edition("gbt36073-2025").items["6.1"].by_level)
    assert (len(levels[1]), len(levels[2])) == (1, 3)


def test_criteria_per_level(edition: Edition) -> None:
    wrong = [
        f"{item.code} level {level}: {len(criteria)}"
        for item in edition.items.values()
        for level, criteria in item.by_level
        if not PER_LEVEL[level][0] <= len(criteria) <= PER_LEVEL[level][1]
    ]
    assert wrong == []


def test_items_are_not_all_of_one_pattern(edition: Edition) -> None:
    """No real standard has the same number of criteria everywhere."""
    splits = {tuple(len(criteria) for _, criteria in item.by_level) for item in edition.items.values()}
    assert len(splits) >= 5


def test_codes_are_unique_and_as_the_contract_says(criteria: tuple[Criterion, ...]) -> None:
    codes = [c.code for c in criteria]
    assert [c for c, n in Counter(codes).items() if n > 1] == []
    assert [c for c in codes if not re.fullmatch(r"(?:[6-9]|1[0-4])\.[1-5]-L[1-5]-\d{2}", c)] == []


def test_codes_say_where_they_stand(edition: Edition) -> None:
    """Item, level and a number that runs from 01 within the level, without gaps, in the order of the edition."""
    for domain in edition.domains:
        for item in domain.items:
            assert item.code.rpartition(".")[0] == domain.code
            seen: Counter[int] = Counter()
            for criterion in item.criteria:
                seen[criterion.level] += 1
                assert criterion.code == f"{item.code}-L{criterion.level}-{seen[criterion.level]:02d}"
            assert [c.level for c in item.criteria] == sorted(c.level for c in item.criteria)


def test_five_levels() -> None:
    named = [(level.number, level.name.zh) for level in LEVELS]
    assert named == [(1, "初始级"), (2, "受管理级"), (3, "稳健级"), (4, "量化管理级"), (5, "优化级")]


# --- texts ---------------------------------------------------------------------------------------------------------


def _all_texts(edition: Edition) -> Iterable[tuple[str, Bilingual]]:
    for domain in edition.domains:
        yield from ((f"{domain.code} name", domain.name), (f"{domain.code} summary", domain.summary))
        for item in domain.items:
            yield from ((f"{item.code} name", item.name), (f"{item.code} purpose", item.purpose))
            for criterion in item.criteria:
                yield f"{criterion.code} text", criterion.text
                yield f"{criterion.code} guidance", criterion.guidance
                yield f"{criterion.code} evidence", criterion.evidence


def _repeated(criteria: Iterable[Criterion], text: Callable[[Criterion], str]) -> list[list[str]]:
    """Groups of codes whose texts differ in nothing but spaces, case and full stops."""
    groups: dict[str, list[str]] = {}
    for criterion in criteria:
        groups.setdefault(re.sub(r"[\s.。]+", " ", text(criterion)).strip().lower(), []).append(criterion.code)
    return [codes for codes in groups.values() if len(codes) > 1]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_text_stands_twice(criteria: tuple[Criterion, ...], language: str) -> None:
    assert _repeated(criteria, lambda c: c.text.in_language(language)) == []


@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_guidance_stands_twice(criteria: tuple[Criterion, ...], language: str) -> None:
    assert _repeated(criteria, lambda c: c.guidance.in_language(language)) == []


def test_no_set_of_evidence_stands_twice(criteria: tuple[Criterion, ...]) -> None:
    assert _repeated(criteria, lambda c: " ".join(sorted(c.evidence_zh))) == []


def test_length_of_chinese_texts(criteria: tuple[Criterion, ...]) -> None:
    assert [(c.code, len(c.text.zh)) for c in criteria if not 18 <= len(c.text.zh) <= 66] == []


def test_english_has_no_chinese_in_it(edition: Edition) -> None:
    assert [place for place, text in _all_texts(edition) if CJK.search(text.en)] == []


def test_chinese_is_chinese(edition: Edition) -> None:
    """An English sentence in the Chinese column would pass every other check here."""
    wrong = [place for place, text in _all_texts(edition) if 2 * len(CJK.findall(text.zh)) < len(text.zh)]
    assert wrong == []


def test_sentences_end(criteria: tuple[Criterion, ...]) -> None:
    """Every text and every guidance is a whole sentence in both languages."""
    wrong = [
        c.code
        for c in criteria
        for both in (c.text, c.guidance)
        if not (both.zh.endswith("。") and both.en.endswith("."))
    ]
    assert wrong == []


def test_the_term_is_life_span(edition: Edition) -> None:
    """The standard says 数据生存周期; 数据生命周期 is the usual slip."""
    assert [place for place, text in _all_texts(edition) if "生命周期" in text.zh] == []


def test_two_to_four_pieces_of_evidence(criteria: tuple[Criterion, ...]) -> None:
    wrong = [c.code for c in criteria if not 2 <= len(c.evidence_zh) <= 4 or len(c.evidence_zh) != len(c.evidence_en)]
    assert wrong == []


def test_no_piece_of_evidence_twice_in_one_criterion(criteria: tuple[Criterion, ...]) -> None:
    wrong = [c.code for c in criteria for e in (c.evidence_zh, c.evidence_en) if len(set(e)) < len(e)]
    assert wrong == []


# --- sentences with only a name exchanged --------------------------------------------------------------------------


def _characters(text: str) -> frozenset[str]:
    """Pairs of neighbouring characters: about the words of a Chinese sentence."""
    plain = re.sub(r"[\s，。、；：（）“”]", "", text)
    return frozenset(plain[n : n + 2] for n in range(len(plain) - 1))


def _words(text: str) -> frozenset[tuple[str, ...]]:
    """Pairs of neighbouring words. Pairs of letters say nothing in English: unrelated sentences share over half."""
    plain = re.findall(r"[a-z0-9]+", text.lower())
    return frozenset(pairwise(plain))


def _alike(one: frozenset, other: frozenset) -> float:
    """Jaccard: shared pairs among all pairs."""
    shared = len(one & other)
    return shared / (len(one) + len(other) - shared)


#: Shared pairs among all pairs, above which two sentences count as nearly the same; unrelated ones share under 0.2.
MOST, MOST_WITHIN = 0.42, 0.42
#: How many criteria of an edition may share a run of twelve characters.
MOST_REPEATS = 3

MEASURES: dict[str, Callable[[str], frozenset]] = {"zh": _characters, "en": _words}


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("what", ["text", "guidance"])
def test_no_two_sentences_are_nearly_the_same(criteria: tuple[Criterion, ...], what: str, language: str) -> None:
    """Across the whole edition: the same sentence in 28 items with the item's name exchanged is not a criterion."""
    pairs = [(c.code, MEASURES[language](getattr(c, what).in_language(language))) for c in criteria]
    alike = [(a, b) for n, (b, theirs) in enumerate(pairs) for a, mine in pairs[:n] if _alike(mine, theirs) > MOST]
    assert alike == []


def _phrases(text: str, size: int) -> set[str]:
    plain = re.sub(r"[\s，。、；：（）“”]", "", text)
    return {plain[n : n + size] for n in range(len(plain) - size + 1)}


def test_no_phrase_is_a_template(criteria: tuple[Criterion, ...]) -> None:
    """A run of twelve characters that returns in many criteria is a form somebody filled in, not a thought."""
    found = Counter(phrase for c in criteria for phrase in _phrases(c.text.zh, 12))
    assert [phrase for phrase, n in found.items() if n > MOST_REPEATS] == []


def test_levels_do_not_repeat_each_other(edition: Edition) -> None:
    """Within an item no criterion is another one with a bigger adjective: the next level asks something else."""
    alike = [
        (a.code, b.code)
        for item in edition.items.values()
        for n, b in enumerate(item.criteria)
        for a in item.criteria[:n]
        if a.level != b.level and _alike(_characters(a.text.zh), _characters(b.text.zh)) > MOST_WITHIN
    ]
    assert alike == []


#: Words that decide nothing (criteria the assessor could not rule on).
EMPTY_WORDS = re.compile("高度重视|重视|加强|不断完善|积极|完善的|有效|充分|合理|适当|逐步")


def test_no_empty_words(criteria: tuple[Criterion, ...]) -> None:
    assert [(c.code, found) for c in criteria if (found := EMPTY_WORDS.findall(c.text.zh))] == []


def test_verdicts_in_guidance_have_their_exact_names(criteria: tuple[Criterion, ...]) -> None:
    """A guidance that rules must say the words of the form; 基本满足 and the like are not among them."""
    wrong = re.compile("判(?:基本|一般|较|部份|不符|符合)")
    assert [(c.code, found) for c in criteria if (found := wrong.findall(c.guidance.zh))] == []


def test_the_measure_would_notice_an_exchanged_name() -> None:
    """Guards the test above, which would pass with any measure that is always small."""
    zh = "组织发布了统一的{}管理制度，写明归口管理部门、岗位职责、工作流程和考核办法。"
    en = "The organisation has issued one policy on {} that names the owning department, duties, workflow and review."
    assert _alike(_characters(zh.format("数据质量")), _characters(zh.format("元数据"))) > MOST
    assert _alike(_words(en.format("data quality")), _words(en.format("metadata"))) > MOST
    assert len(_phrases(zh, 12) & _phrases(zh.replace("管理", "治理"), 12)) > 0
    assert _alike(_characters("至少一个项目保存了数据模型图。"), _characters("近三年有成果被行业标准采用。")) < 0.1


# --- manage.py editions --------------------------------------------------------------------------------------------


def _printed(*arguments: str) -> str:
    out = io.StringIO()
    call_command(Command(stdout=out), *arguments)
    return out.getvalue()


def test_catalogue_as_json(edition: Edition, criteria: tuple[Criterion, ...]) -> None:
    """contracts.md: other systems read these keys."""
    catalogue = json.loads(_printed("--json"))
    assert [e["code"] for e in catalogue] == [e.code for e in editions()]
    shown = next(e for e in catalogue if e["code"] == edition.code)
    assert (shown["status"], shown["counts"]) == (HEADS[edition.code][0], COUNTS[edition.code])
    assert {f"{d['code']} {d['name']['zh']}": len(d["items"]) for d in shown["domains"]} == {
        name: len(items) for name, items in ITEMS[edition.code].items()
    }
    told = [c for d in shown["domains"] for i in d["items"] for c in i["criteria"]]
    assert [(c["code"], c["level"], c["text"]["zh"], c["text"]["en"]) for c in told] == [
        (c.code, c.level, c.text.zh, c.text.en) for c in criteria
    ]
    assert [set(c["evidence"]) for c in told] == [{"zh", "en"}] * len(criteria)
    assert [c["evidence"]["zh"] for c in told] == ["、".join(c.evidence_zh) for c in criteria]
    assert [c["evidence"]["en"] for c in told] == ["; ".join(c.evidence_en) for c in criteria]


def test_catalogue_for_people() -> None:
    lines = _printed().splitlines()
    assert len(lines) == len(ITEMS)
    assert "superseded  8 domains, 28 items, 445 criteria" in lines[0]
    assert "current  9 domains, 33 items, 486 criteria" in lines[1]
