"""The cross-walk page: every criterion of both sides, filters in the address, figures that add up."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from assessments.standard import (
    Crosswalk,
    Kind,
    get_crosswalk,
    get_edition,
    installation_root,
    load_edition,
    use_installation,
)
from assessments.standard.installed import Index, Installed, write_index
from tests.standard import small, test_crosswalk

pytestmark = pytest.mark.django_db
ENGLISH = {"accept-language": "en"}
OLD, NEW = "gbt36073-2018", "gbt36073-2025"
A, B = "small-2030", "small-2031"


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[Crosswalk]:
    """Two small editions of an installation with a cross-walk: 7.1 is split, 7.2 given up, 6.1 changed throughout."""
    before = installation_root()
    index = Index()
    for code in (A, B):
        folder = small.write_edition(tmp_path / code, code)
        index = index.with_draft(Installed(code, code, load_edition(folder).checksum))
        index = index.with_published(code, dt.date(2026, 11, 22))
    walk = tmp_path / "crosswalks" / f"{A}--{B}"
    walk.mkdir(parents=True)
    (walk / "06.toml").write_text(test_crosswalk.SIX, encoding="utf-8")
    (walk / "07.toml").write_text(test_crosswalk.SEVEN, encoding="utf-8")
    write_index(tmp_path, index)
    use_installation(tmp_path)
    found = get_crosswalk(A, B)
    assert found is not None
    yield found
    use_installation(before)


def page(client: Client, earlier: str = OLD, later: str = NEW, query: str = "", **headers: Any) -> str:
    response = client.get(reverse("crosswalk", args=[earlier, later]) + query, **headers)
    assert response.status_code == 200
    return response.content.decode()


def rows(html: str) -> list[tuple[str, list[str]]]:
    """Codes of the later edition with their sources, as the tables show them; dropped ones stand apart."""
    body = html.split('id="dropped"')[0]
    found = []
    for row in re.findall(r'<tr>\s*<th scope="row"><a class="code".*?</tr>', body, re.S):
        target, *sources = re.findall(r'<a class="code" href="[^"]+#([^"]+)">', row)
        found.append((target, sources))
    return found


def dropped(html: str) -> list[str]:
    part = html.split('id="dropped"')
    return re.findall(r'<th scope="row"><a class="code" href="[^"]+#([^"]+)">', part[1]) if len(part) > 1 else []


def chip_counts(html: str) -> list[int]:
    return [int(n) for n in re.findall(r'<span class="chip-count">(\d+)</span>', html)]


# --- made up -------------------------------------------------------------------------------------------------------


def test_targets_stand_beside_their_sources(client: Client, pair: Crosswalk) -> None:
    html = page(client, A, B)
    shown = dict(rows(html))
    assert list(shown) == list(pair.later.criteria)
    assert shown["6.1-L3-01"] == ["6.1-L2-01", "6.1-L3-01"]
    assert shown["6.1-L2-01"] == ["6.1-L2-02"]
    assert shown["6.1-L2-02"] == []
    assert shown["7.2-L5-01"] == ["7.1-L5-01"]
    assert dropped(html) == [f"7.2-L{n}-01" for n in range(1, 6)]
    assert chip_counts(html) == [21, 3, 1, 10, 1, 1, 5]


@pytest.mark.parametrize(
    ("kind", "targets"),
    [
        ("same", ["6.1-L1-01", "6.1-L4-01", "6.1-L5-01"]),
        ("widened", ["6.1-L3-01"]),
        ("moved", ["6.1-L2-01"]),
        ("new", ["6.1-L2-02"]),
        ("dropped", []),
    ],
)
def test_one_kind_alone(client: Client, pair: Crosswalk, kind: str, targets: list[str]) -> None:
    html = page(client, A, B, f"?kind={kind}")
    assert [target for target, _sources in rows(html)] == targets
    assert len(dropped(html)) == (5 if kind == "dropped" else 0)
    assert chip_counts(html) == [21, 3, 1, 10, 1, 1, 5]
    assert f'href="?kind={kind}#list" aria-current="true"' in html


def test_one_domain_alone_with_its_own_figures(client: Client, pair: Crosswalk) -> None:
    html = page(client, A, B, "?domain=6")
    assert {target.split(".")[0] for target, _sources in rows(html)} == {"6"}
    assert chip_counts(html) == [6, 3, 1, 0, 1, 1, 0]
    both = page(client, A, B, "?domain=7&kind=new")
    assert rows(both) == []
    assert "没有符合筛选条件的条款" in both
    assert f'href="{reverse("crosswalk", args=[A, B])}"' in both


def test_filters_that_mean_nothing_filter_nothing(client: Client, pair: Crosswalk) -> None:
    assert len(rows(page(client, A, B, "?kind=%3Cb%3E&domain=99"))) == 16


def test_the_latest_pair_is_the_one_led_to(client: Client, pair: Crosswalk) -> None:
    response = client.get(reverse("crosswalk_latest"))
    assert (response.status_code, response["Location"]) == (302, reverse("crosswalk", args=[A, B]))
    assert f'href="{reverse("crosswalk", args=[OLD, NEW])}"' in page(client, A, B)


# --- real ----------------------------------------------------------------------------------------------------------


def test_the_shipped_pair_is_shown_whole(client: Client, django_assert_num_queries: Any) -> None:
    walk = get_crosswalk(OLD, NEW)
    assert walk is not None
    with django_assert_num_queries(0):
        html = page(client)
    shown = rows(html)
    assert [target for target, _sources in shown] == list(get_edition(NEW).criteria)
    assert {t: tuple(s) for t, s in shown} == {t: link.sources for t, link in walk.criteria.items()}
    assert sorted(dropped(html)) == sorted(walk.dropped)
    assert chip_counts(html) == [sum(walk.counts.values()), *walk.counts.values()]
    assert {s for _t, sources in shown for s in sources} | set(dropped(html)) == set(get_edition(OLD).criteria)


@pytest.mark.parametrize(("headers", "language"), [({}, "zh"), (ENGLISH, "en")])
def test_texts_notes_reasons_and_the_legend(client: Client, headers: dict[str, str], language: str) -> None:
    walk = get_crosswalk(OLD, NEW)
    assert walk is not None
    html = page(client, headers=headers)
    for item in walk.items.values():
        assert escape(item.note.in_language(language)) in html
    for gone in walk.dropped.values():
        assert escape(gone.reason.in_language(language)) in html
        assert all(reverse("standard_criterion", args=[NEW, code]) in html for code in gone.see)
    for kind in Kind:
        assert f"<dd>{escape(kind.meaning.in_language(language))}</dd>" in html
    for code in ("10.2-L3-01", "14.4-L1-01"):
        assert escape(get_edition(NEW).criteria[code].text.in_language(language)) in html


def test_the_table_of_domains_adds_up(client: Client) -> None:
    walk = get_crosswalk(OLD, NEW)
    assert walk is not None
    body = page(client).split("<tbody>")[1].split("</tbody>")[0]
    table = [
        [int(n) for n in re.findall(r">(\d+)</(?:a|span)></td>", row)] for row in re.findall(r"<tr>.*?</tr>", body)
    ]
    assert len(table) == 9
    assert [sum(column) for column in zip(*table, strict=True)][:-1] == list(walk.counts.values())[:-1]
    assert sum(row[-1] for row in table) >= walk.counts[Kind.DROPPED]


@pytest.mark.parametrize(("earlier", "later"), [("a" * 300, "b"), ("gbt36073-2018", "b" * 300)])
def test_names_nobody_could_have_are_unknown(client: Client, db: None, earlier: str, later: str) -> None:
    assert client.get(f"/standard/crosswalk/{earlier}/{later}/").status_code == 404
