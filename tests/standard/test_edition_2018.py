"""The 2018 edition as it ships: its shape, its codes, and texts that a person could have written one by one."""

from __future__ import annotations

import io
import json
import re
from collections import Counter
from collections.abc import Callable, Iterable
from itertools import pairwise

import pytest
from django.core.management import call_command

from assessments.management.commands.editions import Command
from assessments.standard import LEVELS, Bilingual, Criterion, Edition, editions, get_edition

#: GB/T 36073-2018, clauses 6 to 13 (domain.md 1.2).
ITEMS = {
    "6 数据战略": ["6.1 数据战略规划", "6.2 数据战略实施", "6.3 数据战略评估"],
    "7 数据治理": ["7.1 数据治理组织", "7.2 数据制度建设", "7.3 数据治理沟通"],
    "8 数据架构": ["8.1 数据模型", "8.2 数据分布", "8.3 数据集成与共享", "8.4 元数据管理"],
    "9 数据应用": ["9.1 数据分析", "9.2 数据开放共享", "9.3 数据服务"],
    "10 数据安全": ["10.1 数据安全策略", "10.2 数据安全管理", "10.3 数据安全审计"],
    "11 数据质量": ["11.1 数据质量需求", "11.2 数据质量检查", "11.3 数据质量分析", "11.4 数据质量提升"],
    "12 数据标准": ["12.1 业务术语", "12.2 参考数据和主数据", "12.3 数据元", "12.4 指标数据"],
    "13 数据生存周期": ["13.1 数据需求", "13.2 数据设计和开发", "13.3 数据运维", "13.4 数据退役"],
}
PER_LEVEL = {1: (1, 2), 2: (3, 5), 3: (5, 7), 4: (2, 4), 5: (1, 3)}
CJK = re.compile(r"[\u3000-\u303f\u3400-\u9fff\uf900-\ufaff\uff00-\uffef]")


@pytest.fixture(scope="module")
def edition() -> Edition:
    return get_edition("gbt36073-2018")


@pytest.fixture(scope="module")
def criteria(edition: Edition) -> tuple[Criterion, ...]:
    """Straight from the tree, so that a code that stands twice cannot hide in a dictionary."""
    return tuple(c for d in edition.domains for i in d.items for c in i.criteria)


# --- shape ---------------------------------------------------------------------------------------------------------


def test_head(edition: Edition) -> None:
    assert (edition.code, edition.status, edition.scheme) == ("gbt36073-2018", "superseded", "practice-2023")
    assert edition.in_force == "2018-10-01"
    assert re.fullmatch(r"[0-9a-f]{64}", edition.checksum)


def test_counts(edition: Edition, criteria: tuple[Criterion, ...]) -> None:
    assert edition.counts == {"domains": 8, "items": 28, "criteria": 445}
    assert (len(edition.domains), sum(len(d.items) for d in edition.domains), len(criteria)) == (8, 28, 445)


def test_domains_and_items_are_those_of_the_standard(edition: Edition) -> None:
    named = {f"{d.code} {d.name.zh}": [f"{i.code} {i.name.zh}" for i in d.items] for d in edition.domains}
    assert named == ITEMS
    assert list(named) == list(ITEMS)


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
    assert [c for c in codes if not re.fullmatch(r"(?:[6-9]|1[0-3])\.[1-4]-L[1-5]-\d{2}", c)] == []


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


MEASURES: dict[str, Callable[[str], frozenset]] = {"zh": _characters, "en": _words}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_two_sentences_are_nearly_the_same(criteria: tuple[Criterion, ...], language: str) -> None:
    """Across the whole edition: the same sentence in 28 items with the item's name exchanged is not a criterion."""
    pairs = [(c.code, MEASURES[language](c.text.in_language(language))) for c in criteria]
    alike = [(a, b) for n, (b, theirs) in enumerate(pairs) for a, mine in pairs[:n] if _alike(mine, theirs) > 0.6]
    assert alike == []


def test_the_measure_would_notice_an_exchanged_name() -> None:
    """Guards the test above, which would pass with any measure that is always small."""
    zh = "组织发布了统一的{}管理制度，写明归口管理部门、岗位职责、工作流程和考核办法。"
    en = "The organisation has issued one policy on {} that names the owning department, duties, workflow and review."
    assert _alike(_characters(zh.format("数据质量")), _characters(zh.format("元数据"))) > 0.6
    assert _alike(_words(en.format("data quality")), _words(en.format("metadata"))) > 0.6
    assert _alike(_characters("至少一个项目保存了数据模型图。"), _characters("近三年有成果被行业标准采用。")) < 0.1


# --- manage.py editions --------------------------------------------------------------------------------------------


def _printed(*arguments: str) -> str:
    out = io.StringIO()
    call_command(Command(stdout=out), *arguments)
    return out.getvalue()


def test_catalogue_as_json(criteria: tuple[Criterion, ...]) -> None:
    """contracts.md: other systems read these keys."""
    catalogue = json.loads(_printed("--json"))
    assert [e["code"] for e in catalogue] == [e.code for e in editions()]
    shown = next(e for e in catalogue if e["code"] == "gbt36073-2018")
    assert (shown["status"], shown["counts"]) == ("superseded", {"domains": 8, "items": 28, "criteria": 445})
    assert {f"{d['code']} {d['name']['zh']}": len(d["items"]) for d in shown["domains"]} == {
        name: len(items) for name, items in ITEMS.items()
    }
    told = [c for d in shown["domains"] for i in d["items"] for c in i["criteria"]]
    assert [(c["code"], c["level"], c["text"]["zh"], c["text"]["en"]) for c in told] == [
        (c.code, c.level, c.text.zh, c.text.en) for c in criteria
    ]
    assert [set(c["evidence"]) for c in told] == [{"zh", "en"}] * 445
    assert [c["evidence"]["zh"] for c in told] == ["、".join(c.evidence_zh) for c in criteria]
    assert [c["evidence"]["en"] for c in told] == ["; ".join(c.evidence_en) for c in criteria]


def test_catalogue_for_people() -> None:
    lines = [line for line in _printed().splitlines() if line.startswith("gbt36073-2018 ")]
    assert len(lines) == 1
    assert "superseded  8 domains, 28 items, 445 criteria" in lines[0]
