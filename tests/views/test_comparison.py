"""Two assessments side by side: across editions only what answers the same question, and it says so."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.urls import reverse

from assessments.models import Assessment
from assessments.queries.comparison import Comparison
from assessments.standard import get_crosswalk
from tests import factories
from tests.conftest import World
from tests.standard import small

OLD, NEW = "gbt36073-2018", "gbt36073-2025"


def _second(world: World, edition: str, verdict: str = "full") -> Assessment:
    case = factories.open_case(world.enterprise_admin, world.enterprise, edition=edition)
    factories.answer_all(case, world.enterprise_admin, lambda code: verdict)
    return case


def _shown(client: object, case: Assessment, other: Assessment | None = None) -> Comparison:
    address = reverse("comparison", args=[case.number]) + (f"?with={other.number}" if other else "")
    found: Comparison = client.get(address).context["comparison"]  # type: ignore[attr-defined]
    return found


def test_within_an_edition_everything_is_comparable(world: World, login: Callable, finalised_case: Assessment) -> None:
    case = _second(world, OLD)
    found = _shown(login(world.enterprise_admin), case)
    assert (found.earlier.case, found.later.case, found.layer) == (finalised_case, case, "self")
    assert (found.obstacles, found.difference) == ((), Decimal("5.00") - finalised_case.self_score)
    assert found.comparable_items == len(found.items) == 28
    assert all(d.is_comparable for d in found.domains)
    assert found.moves == {"raised": len(found.changes or ()), "lowered": 0}
    below = sum(factories.by_level(c) != "full" for c in case.edition.criteria)
    assert len(found.changes or ()) == below


def test_across_editions_only_what_is_comparable(world: World, login: Callable, finalised_case: Assessment) -> None:
    case = _second(world, NEW)
    client = login(world.enterprise_admin)
    found = _shown(client, case, finalised_case)
    walk = get_crosswalk(OLD, NEW)
    assert walk is not None
    assert found.difference is None
    assert [w.zh for w in found.obstacles] == [
        "两次评估所用标准版本不同，能力域和能力项有增减，综合得分和等级不可直接比较。"
    ]
    comparable = {i.item.code for i in found.items if i.is_comparable}
    assert comparable == {c for c, link in walk.items.items() if link.is_comparable}
    assert not comparable & {"7.3", "9.1", "10.2", "10.3", "12.1", "14.1", "14.2", "14.3"}
    assert all((i.difference is not None) == i.is_comparable for i in found.items)
    assert [d.domain.code for d in found.domains if d.is_comparable] == ["6", "8", "11", "13"]
    body = client.get(reverse("comparison", args=[case.number])).content.decode()
    assert "综合得分和等级不可直接比较" in body
    assert walk.items["9.1"].note.zh in body
    same = {link.target for link in walk.criteria.values() if link.kind.is_comparable}
    assert {c.criterion.code for c in found.changes or ()} <= same


def test_the_order_of_the_two_does_not_matter(world: World, login: Callable, finalised_case: Assessment) -> None:
    case = _second(world, NEW)
    client = login(world.enterprise_admin)
    assert _shown(client, case, finalised_case) == _shown(client, finalised_case, case)


def test_alone_it_says_so(world: World, login: Callable, finalised_case: Assessment) -> None:
    page = login(world.enterprise_admin).get(reverse("comparison", args=[finalised_case.number]))
    assert (page.status_code, page.context["comparison"]) == (200, None)
    assert "本企业还没有可以对比的其他评估" in page.content.decode()


def test_another_enterprise_is_never_the_other(world: World, login: Callable, finalised_case: Assessment) -> None:
    theirs = factories.open_case(world.stranger, world.other_enterprise)
    factories.answer_all(theirs, world.stranger)
    client = login(world.enterprise_admin)
    address = reverse("comparison", args=[finalised_case.number])
    assert client.get(f"{address}?with={theirs.number}").status_code == 404
    assert theirs.number not in client.get(address).content.decode()
    assert login(world.stranger).get(address).status_code == 404


def test_a_body_does_not_see_the_draft_beside_its_case(world: World, login: Callable, applied_case: Assessment) -> None:
    other = _second(world, NEW)
    client = login(world.body_manager)
    page = client.get(reverse("comparison", args=[applied_case.number]))
    assert (page.status_code, page.context["choices"]) == (200, [])
    assert other.number not in page.content.decode()


def _provider(world: World, keys: list[str]) -> Assessment:
    case = factories.open_case(world.enterprise_admin, world.enterprise)
    Assessment.objects.filter(pk=case.pk).update(track="provider", key_domains=keys)
    case.refresh_from_db()
    factories.answer_all(case, world.enterprise_admin, lambda code: "full" if code.split(".")[0] in "678" else "none")
    return case


def test_other_key_domains_weigh_otherwise(world: World, login: Callable) -> None:
    """The same answers score differently: a difference would speak of the choice, not of the enterprise."""
    first = _provider(world, ["6", "7", "8", "9", "10"])
    second = _provider(world, ["9", "10", "11", "12", "13"])
    found = _shown(login(world.enterprise_admin), second, first)
    assert first.self_score != second.self_score
    assert (found.difference, [w.zh for w in found.obstacles]) == (
        None,
        ["两次评估选择的重点能力域不同，权重不同，综合得分和等级不可直接比较。"],
    )
    assert found.changes == ()


def test_another_scale_makes_nothing_comparable(
    world: World, login: Callable, finalised_case: Assessment, settings: Any
) -> None:
    text = small.SCHEME.replace('["small-2030"]', '["gbt36073-2018"]').replace("2020-01-01", "2026-01-01")
    folder = Path(settings.EDITIONS_ROOT) / "schemes"
    folder.mkdir(parents=True)
    (folder / "small-scheme.toml").write_text(text, encoding="utf-8")
    case = _second(world, OLD, "largely")
    assert case.scheme_code == "small-scheme"
    found = _shown(login(world.enterprise_admin), case, finalised_case)
    assert found.difference is None
    assert found.comparable_items == 0
    assert {i.difference for i in found.items} == {None}
    assert {d.difference for d in found.domains} == {None}
    assert "各能力项和能力域的得分也不可直接比较" in found.obstacles[-1].zh
