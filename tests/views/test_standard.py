"""Reading the standard: public, complete, in both languages, without a single query."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from assessments.models import Assessment
from assessments.standard import (
    LEVELS,
    Bilingual,
    Edition,
    Erratum,
    Kind,
    editions,
    get_crosswalk,
    get_edition,
    get_window,
    installation_root,
    load_edition,
    use_installation,
)
from assessments.standard.installed import Index, Installed, edition_data, write_edition, write_index
from assessments.standard.transition import Window
from assessments.views.standard import domain_changes

pytestmark = pytest.mark.django_db
ENGLISH = {"accept-language": "en"}
OLD, NEW = "gbt36073-2018", "gbt36073-2025"
TODAY = dt.date(2026, 11, 22)
PAGES = {
    "standard": [],
    "standard_edition": [NEW],
    "standard_item": [NEW, "10.2"],
    "standard_print": [OLD],
    "standard_search": [],
    "glossary": [],
    "crosswalk": [OLD, NEW],
    "scheme": ["practice-2026"],
}


def page(client: Client, name: str, *args: str, query: str = "", **more: Any) -> str:
    response = client.get(reverse(name, args=args) + query, **more)
    assert response.status_code == 200
    return response.content.decode()


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


@pytest.fixture
def root(tmp_path: Path) -> Iterator[Path]:
    """A folder for what the installation adds."""
    before = installation_root()
    use_installation(tmp_path)
    yield tmp_path
    use_installation(before)


def install_licensed(root: Path) -> Edition:
    """The 2018 edition with one text replaced, as an installation with a licence has it."""
    files = edition_data(get_edition(OLD))
    files["edition"] |= {"wording": "licensed", "source": {"zh": "经许可使用。", "en": "Used under licence."}}
    files["06"]["items"][0]["criteria"][0]["text"] = {"zh": "正式文本甲", "en": "Official text A"}
    entry = Installed(OLD, "licensed", load_edition(write_edition(root, files, "licensed")).checksum)
    write_index(root, Index().with_draft(entry).with_published(OLD, TODAY))
    return get_edition(OLD)


# --- every page ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("headers", [{}, ENGLISH], ids=["zh", "en"])
@pytest.mark.parametrize("name", PAGES)
def test_a_visitor_reads_without_a_query_and_without_a_session(
    client: Client, name: str, headers: dict[str, str], django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(0):
        response = client.get(reverse(name, args=PAGES[name]), headers=headers)
    html = response.content.decode()
    assert response.status_code == 200
    assert html.count("<h1") == 1
    assert f'<html lang="{"en" if headers else "zh-Hans"}">' in html
    assert settings.SESSION_COOKIE_NAME not in response.cookies


@pytest.mark.parametrize("name", PAGES)
def test_a_visitors_browser_may_keep_it_briefly_for_each_language(client: Client, name: str) -> None:
    response = client.get(reverse(name, args=PAGES[name]))
    assert response["Cache-Control"] == "private, max-age=300" or response["Cache-Control"] == "max-age=300, private"
    assert {"Accept-Language", "Cookie"} <= {v.strip() for v in response["Vary"].split(",")}


def test_what_is_shown_to_somebody_logged_in_is_kept_nowhere(login: Any, viewer: Any) -> None:
    response = login(viewer).get(reverse("standard"))
    assert response["Cache-Control"] == "private, no-store"
    assert f'<a class="side-link" href="{reverse("standard")}" aria-current="page">' in response.content.decode()


def test_a_page_with_a_message_is_not_kept(client: Client) -> None:
    client.cookies["messages"] = "anything"
    assert "Cache-Control" not in client.get(reverse("standard"))


def test_a_page_that_is_not_there_is_not_kept(client: Client) -> None:
    assert "Cache-Control" not in client.get(reverse("standard_edition", args=["none"]))


@pytest.mark.parametrize("name", ["home", "verify_search", "standard"])
def test_every_public_page_leads_to_the_standard(client: Client, name: str) -> None:
    html = page(client, name)
    assert html.count(f'href="{reverse("standard")}"') >= 2  # navigation and foot


def test_the_front_page_leads_to_the_criteria(client: Client) -> None:
    assert f'href="{reverse("standard_edition", args=[NEW])}"' in page(client, "home")


# --- editions side by side -----------------------------------------------------------------------------------------


def test_editions_stand_side_by_side_the_one_in_force_first(client: Client) -> None:
    html = page(client, "standard")
    assert re.findall(r'<h2 id="e-([^"]+)">', html) == [NEW, OLD]
    said = words(html)
    for edition in editions():
        for text in (edition.title, edition.use, edition.source, get_window(edition.code).source):
            assert text.zh in said
        for figure in edition.counts.values():
            assert f"<dd>{figure}</dd>" in html
    assert "自2018年10月1日起实施" in said
    assert said.count("截止日期未公布，暂不设限") == 2
    for code in ("practice-2023", "practice-2026"):
        assert reverse("scheme", args=[code]) in html


def test_the_last_days_are_said_once_set(client: Client, root: Path) -> None:
    source = Bilingual("主管部门通知", "Notice of the authority")
    window = Window(OLD, dt.date(2026, 12, 31), dt.date(2027, 3, 31), "confirmed", source)
    write_index(root, Index().with_window(window))
    said = words(page(client, "standard"))
    assert "截至2026年12月31日（含当日）" in said
    assert "截至2027年3月31日（含当日）" in said
    assert "暂不设限" not in said


def test_domains_are_aligned_by_where_their_items_come_from(client: Client) -> None:
    walk = get_crosswalk(OLD, NEW)
    assert walk is not None
    rows = {r.later.code: [d.code for d in r.earlier] for r in domain_changes(walk) if r.later}
    assert (rows["10"], rows["12"], rows["9"]) == (["12"], ["10"], [])
    tally = [n for row in domain_changes(walk) for kind, n in row.kinds if kind is not Kind.DROPPED]
    assert sum(tally) == walk.later.counts["criteria"]
    html = page(client, "standard")
    assert f'href="{reverse("standard_edition", args=[OLD])}#d-12"' in html
    assert reverse("crosswalk", args=[OLD, NEW]) in html


# --- one edition ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", [OLD, NEW])
def test_an_edition_at_a_glance_counts_every_item(client: Client, code: str) -> None:
    edition = get_edition(code)
    html = page(client, "standard_edition", code)
    for item in edition.items.values():
        row = re.search(rf'<a href="{reverse("standard_item", args=[code, item.code])}">.*?</tr>', html, re.S)
        assert row, item.code
        figures = [len(criteria) for _level, criteria in item.by_level]
        assert [int(n) for n in re.findall(r'<td class="num">(\d+)</td>', row.group())] == [*figures, sum(figures)]
    assert f'id="d-{edition.domains[-1].code}"' in html
    assert "条款文字由平台自行撰写，不是标准原文" in html
    assert "更正" not in html


@pytest.mark.parametrize("headers", [{}, ENGLISH], ids=["zh", "en"])
@pytest.mark.parametrize(("code", "item"), [(OLD, "12.2"), (NEW, "9.1")])
def test_an_item_shows_every_text_of_its_criteria(
    client: Client, code: str, item: str, headers: dict[str, str]
) -> None:
    edition = get_edition(code)
    language = "en" if headers else "zh"
    html = page(client, "standard_item", code, item, headers=headers)
    plain = re.sub(r"</?a\b[^>]*>", "", html)
    assert re.findall(r'<h2 id="level-(\d)">', html) == ["1", "2", "3", "4", "5"]
    for criterion in edition.items[item].criteria:
        assert html.count(f'<article class="criterion" id="{criterion.code}"') == 1
        assert f'href="{reverse("standard_criterion", args=[code, criterion.code])}"' in html
        for text in (criterion.text, criterion.guidance, criterion.evidence):
            assert escape(text.in_language(language)) in plain
    for level in LEVELS:
        assert escape(level.meaning.in_language(language)) in html
    current = reverse("standard_item", args=[code, item])
    assert html.count('class="tree-item"') == edition.counts["items"]
    assert f'<a class="tree-item" href="{current}" aria-current="page">' in html


def test_items_lead_on_to_the_next_across_domains(client: Client) -> None:
    first, last = page(client, "standard_item", NEW, "6.1"), page(client, "standard_item", NEW, "14.4")
    assert re.findall(r'rel="(prev|next)" href="([^"]+)"', first) == [
        ("next", reverse("standard_item", args=[NEW, "6.2"]))
    ]
    assert re.findall(r'rel="(prev|next)" href="([^"]+)"', last) == [
        ("prev", reverse("standard_item", args=[NEW, "14.3"]))
    ]
    middle = page(client, "standard_item", NEW, "7.1")
    assert [code for code, _ in re.findall(r'rel="(prev|next)"( )', middle)] == ["prev", "next"]


def article(html: str, code: str) -> str:
    found = re.search(rf'<article class="criterion" id="{re.escape(code)}".*?</article>', html, re.S)
    assert found, code
    return found.group()


def test_terms_lead_to_the_glossary_in_the_same_window(client: Client) -> None:
    html = page(client, "standard_item", NEW, "10.2")
    assert '<a class="term" href="/standard/glossary/#master-data" title="' in html
    assert 'target="_blank"' not in html


def test_ways_to_the_other_edition_in_both_directions(client: Client) -> None:
    walk = get_crosswalk(OLD, NEW)
    assert walk is not None
    link = next(x for x in walk.criteria.values() if x.kind is Kind.MOVED)
    [source] = link.sources
    later = article(page(client, "standard_item", NEW, link.target.split("-")[0]), link.target)
    assert f'href="{reverse("standard_item", args=[OLD, source.split("-")[0]])}#{source}">{source}</a>' in later
    assert "对照 2018 版" in later
    assert "移位" in later
    earlier = article(page(client, "standard_item", OLD, source.split("-")[0]), source)
    target = reverse("standard_item", args=[NEW, link.target.split("-")[0]])
    assert f'href="{target}#{link.target}">{link.target}</a>' in earlier
    assert "对照 2025 版" in earlier


def test_new_and_dropped_criteria_say_so(client: Client) -> None:
    walk = get_crosswalk(OLD, NEW)
    assert walk is not None
    new = next(x for x in walk.criteria.values() if x.kind is Kind.NEW)
    html = article(page(client, "standard_item", NEW, new.target.split("-")[0]), new.target)
    assert "新增" in words(html)
    gone = next(x for x in walk.dropped.values() if x.see)
    said = article(page(client, "standard_item", OLD, gone.source.split("-")[0]), gone.source)
    assert "不再沿用" in said
    assert escape(gone.reason.zh) in said
    assert f"#{gone.see[0]}" in said


def test_the_item_says_what_changed(client: Client) -> None:
    walk = get_crosswalk(OLD, NEW)
    assert walk is not None
    assert escape(walk.items["10.2"].note.zh) in page(client, "standard_item", NEW, "10.2")
    old = page(client, "standard_item", OLD, "12.2")
    for target in ("10.2", "10.3"):
        assert escape(walk.items[target].note.zh) in old
    note = walk.items["10.2"].note.en
    assert escape(note) in page(client, "standard_item", OLD, "12.2", headers=ENGLISH)


def test_errata_stand_at_their_criterion_with_date_reason_and_old_words(client: Client, root: Path) -> None:
    before = get_edition(NEW).criteria["6.1-L1-01"]
    erratum = Erratum(
        "6.1-L1-01", "text", TODAY, Bilingual("原文有歧义<1>", "Ambiguous"), Bilingual("更正后的条款", "Corrected")
    )
    write_index(root, Index().with_erratum(NEW, erratum))
    html = article(page(client, "standard_item", NEW, "6.1"), "6.1-L1-01")
    assert "更正后的条款" in html
    assert "2026年11月22日" in html
    assert "原文有歧义&lt;1&gt;" in html
    assert f"<del>{escape(before.text.zh)}</del>" in html
    overview = page(client, "standard_edition", NEW)
    assert reverse("standard_criterion", args=[NEW, "6.1-L1-01"]) in overview
    assert "原文有歧义&lt;1&gt;" in page(client, "standard_print", NEW, query="?domain=6")


# --- one criterion -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", [OLD, NEW])
def test_every_criterion_has_an_address_that_leads_to_its_place(client: Client, code: str) -> None:
    for criterion in list(get_edition(code).criteria.values())[::40]:
        response = client.get(reverse("standard_criterion", args=[code, criterion.code]))
        assert (response.status_code, response["Location"]) == (
            302,
            f"{reverse('standard_item', args=[code, criterion.item_code])}#{criterion.code}",
        )


def test_an_unknown_criterion_leads_to_its_item_and_to_the_edition_that_has_it(client: Client) -> None:
    only_new = next(c for c in get_edition(NEW).criteria if c not in get_edition(OLD).criteria and c[0] != "9")
    response = client.get(reverse("standard_criterion", args=[OLD, only_new]))
    html = response.content.decode()
    assert response.status_code == 404
    item = only_new.split("-")[0]
    assert f'href="{reverse("standard_item", args=[NEW, item])}#{only_new}"' in html
    assert f'value="{only_new}"' in html  # ready to be searched
    close = client.get(reverse("standard_criterion", args=[OLD, "6.1-L3-99"])).content.decode()
    assert f'href="{reverse("standard_item", args=[OLD, "6.1"])}"' in close


@pytest.mark.parametrize(
    ("name", "args"),
    [
        ("standard_edition", ["none"]),
        ("standard_print", ["none"]),
        ("standard_item", ["none", "6.1"]),
        ("standard_item", [OLD, "14.4"]),
        ("standard_item", [OLD, "<script>"]),
        ("standard_criterion", ["none", "6.1-L1-01"]),
        ("standard_criterion", [OLD, "nonsense"]),
        ("crosswalk", [NEW, OLD]),
        ("crosswalk", [OLD, OLD]),
        ("crosswalk", [OLD, "none"]),
        ("crosswalk", ["none", NEW]),
    ],
)
@pytest.mark.parametrize("headers", [{}, ENGLISH], ids=["zh", "en"])
def test_unknown_codes_are_404_with_a_way_on(
    client: Client, name: str, args: list[str], headers: dict[str, str], django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(0):
        response = client.get(reverse(name, args=args), headers=headers)
    html = response.content.decode()
    assert response.status_code == 404
    assert f'href="{reverse("standard_edition", args=[NEW])}"' in html
    assert f'action="{reverse("standard_search")}"' in html
    assert "<script>" not in html.replace("<script src", "")


def test_an_unknown_domain_to_print_is_404(client: Client) -> None:
    assert client.get(reverse("standard_print", args=[OLD]) + "?domain=14").status_code == 404


# --- on paper ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", [OLD, NEW])
def test_the_book_holds_every_criterion_once_and_says_whose_words(client: Client, code: str) -> None:
    edition = get_edition(code)
    html = page(client, "standard_print", code)
    assert re.findall(r'<p class="book-code code">([^<]+)</p>', html) == list(edition.criteria)
    assert "条款文字由平台自行撰写，不是标准原文。" in html
    assert re.findall(r'<h2 id="d-(\d+)">', html) == [d.code for d in edition.domains]
    assert "side-link" not in html
    assert "public-nav" not in html
    assert "data-print" in html


def test_one_domain_on_paper(client: Client) -> None:
    html = page(client, "standard_print", NEW, query="?domain=9")
    codes = re.findall(r'<p class="book-code code">([^<]+)</p>', html)
    assert codes == [c for c in get_edition(NEW).criteria if c.startswith("9.")]
    assert "目次" not in html


def test_the_book_in_english(client: Client) -> None:
    html = page(client, "standard_print", NEW, query="?domain=12", headers=ENGLISH)
    for item in get_edition(NEW).domains_by_code["12"].items:
        for text in (item.name, item.purpose, *(t for c in item.criteria for t in (c.text, c.guidance, c.evidence))):
            assert escape(text.en) in html
            assert escape(text.zh) not in html


# --- licensed text -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "args", "query", "has_text"),
    [
        ("standard_item", [OLD, "6.1"], "", True),
        ("standard_print", [OLD], "?domain=6", True),
        ("crosswalk", [OLD, NEW], "?domain=6", True),
        ("standard_edition", [OLD], "", False),
    ],
)
def test_licensed_text_is_for_people_with_an_account(
    client: Client, login: Any, viewer: Any, root: Path, name: str, args: list[str], query: str, has_text: bool
) -> None:
    summary = install_licensed(root).domains_by_code["6"].summary.zh
    visitor = page(client, name, *args, query=query)
    assert "正式文本甲" not in visitor
    assert escape(summary) not in visitor
    assert f'<a href="{reverse("account_login")}?next={reverse(name, args=args)}">' in visitor
    assert "按许可仅供登录用户查阅" in visitor
    inside = page(login(viewer), name, *args, query=query)
    assert ("正式文本甲" in words(inside)) == has_text
    assert "登录后查阅" not in inside


def test_search_finds_licensed_text_for_people_with_an_account_only(
    client: Client, login: Any, viewer: Any, root: Path
) -> None:
    install_licensed(root)
    place = f"{reverse('standard_item', args=[OLD, '6.1'])}#6.1-L1-01"
    assert place not in page(client, "standard_search", query="?q=正式文本甲")
    assert place in page(login(viewer), "standard_search", query="?q=正式文本甲")


# --- in the questionnaire and on the workbench ---------------------------------------------------------------------


def test_guidance_in_the_questionnaire_opens_terms_beside_the_page(
    login: Any, enterprise_admin: Any, draft_case: Assessment
) -> None:
    html = page(login(enterprise_admin), "item", draft_case.number, "8.4")
    links = re.findall(r'<a class="term" href="/standard/glossary/#[a-z-]+" title="[^"]+"([^>]*)>', html)
    assert links
    assert set(links) == {' target="_blank" rel="noopener"'}


def test_guidance_on_the_workbench_opens_terms_beside_the_page(login: Any, lead: Any, review_case: Assessment) -> None:
    from assessments.standard.glossary import glossary

    code = next(
        c.code for c in review_case.edition.items["8.4"].criteria if glossary().occurrences(c.guidance.zh, "zh")
    )
    html = page(login(lead), "review_item", review_case.number, "8.4", query=f"?c={code}")
    assert re.search(r'<p class="bench-guidance">.*?<a class="term" [^>]*target="_blank" rel="noopener">', html)
