"""The first page: public for visitors, the to-do list for everybody else."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from assessments.models import Assessment, User
from assessments.standard import editions
from assessments.views.shell import SESSION_KEY
from tests import factories
from tests.conftest import World


def _todos(client: Client) -> list[tuple[str, str]]:
    return [(str(t.what), t.case.number) for t in client.get(reverse("home")).context["todos"]]


def test_a_visitor_reads_what_the_catalogue_holds(client: Client, db: None) -> None:
    page = client.get(reverse("home"))
    counts = editions()[-1].counts
    assert page.templates[0].name == "home/landing.html"
    assert (page.context["edition"].counts, len(page.context["levels"])) == (counts, 5)
    body = page.content.decode()
    assert f"<dd>{counts['criteria']}</dd>" in body
    assert all(d.name.zh in body for d in editions()[-1].domains)
    assert f'action="{reverse("verify_search")}"' in body


def test_a_visitor_sees_notices_but_no_case_that_is_not_published(
    client: Client, notice_case: Assessment, world: World
) -> None:
    hidden = factories.open_case(world.stranger, world.other_enterprise)
    body = client.get(reverse("home")).content.decode()
    assert world.enterprise.name in body
    assert world.other_enterprise.name not in body
    assert hidden.number not in body


@pytest.mark.parametrize(
    ("persona", "words"),
    [("enterprise_admin", "继续填报自评，还有 445 条未作答"), ("contributor", "填报自评：您的 445 条，还剩 445 条")],
)
def test_a_draft_waits_for_those_who_fill_it_in(
    world: World, draft_case: Assessment, login: Callable[[User], Client], persona: str, words: str
) -> None:
    assert _todos(login(getattr(world, persona))) == [(words, draft_case.number)]


def test_a_draft_waits_for_no_viewer(world: World, draft_case: Assessment, login: Callable[[User], Client]) -> None:
    assert _todos(login(world.viewer)) == []
    assert draft_case.number in login(world.viewer).get(reverse("home")).content.decode()


def test_a_draft_waits_for_nobody_else(world: World, draft_case: Assessment, login: Callable[[User], Client]) -> None:
    for user in (world.stranger, world.officer, world.body_manager, world.district_officer):
        assert _todos(login(user)) == []
        assert draft_case.number not in login(user).get(reverse("home")).content.decode()


def test_an_application_waits_for_the_chosen_body(
    world: World, applied_case: Assessment, login: Callable[[User], Client]
) -> None:
    assert _todos(login(world.body_manager)) == [("审核申请，受理或不予受理", applied_case.number)]
    assert _todos(login(world.other_manager)) == []


def test_someone_without_any_membership_is_shown_the_first_step(nobody: User, login: Callable[[User], Client]) -> None:
    body = login(nobody).get(reverse("home")).content.decode()
    assert f'href="{reverse("enterprise_new")}"' in body
    assert f'href="{reverse("assessment_new")}"' not in body


def test_figures_count_only_what_one_may_see(
    world: World, applied_case: Assessment, login: Callable[[User], Client]
) -> None:
    factories.open_case(world.enterprise_admin, world.enterprise)
    ours = login(world.enterprise_admin).get(reverse("home")).context["figures"]
    assert [f.value for f in ours] == [2, 1, 1]
    theirs = login(world.officer).get(reverse("home")).context["figures"]
    assert [f.value for f in theirs] == [1, 1]


def test_a_figure_leads_to_the_list_of_the_same_length(
    world: World, applied_case: Assessment, login: Callable[[User], Client]
) -> None:
    factories.open_case(world.enterprise_admin, world.enterprise)
    client = login(world.enterprise_admin)
    for figure in client.get(reverse("home")).context["figures"]:
        page = client.get(f"{reverse('assessment_list')}?{figure.query}")
        assert page.context["page_obj"].paginator.count == figure.value


def test_the_chosen_organisation_restricts_cases(world: World, draft_case: Assessment, login: Callable) -> None:
    second = factories.make_enterprise("上海第二企业有限公司", world.enterprise_admin)
    user = User.objects.get(pk=world.enterprise_admin.pk)
    other = factories.open_case(user, second)
    client = login(user)
    assert {r.case.number for r in client.get(reverse("home")).context["rows"]} == {draft_case.number, other.number}
    session = client.session
    session[SESSION_KEY] = second.pk
    session.save()
    assert [r.case.number for r in client.get(reverse("home")).context["rows"]] == [other.number]
    session[SESSION_KEY] = world.other_enterprise.pk  # not theirs: as good as none
    session.save()
    assert {r.case.number for r in client.get(reverse("home")).context["rows"]} == {draft_case.number, other.number}


def test_the_number_of_queries_does_not_grow(
    world: World, login: Callable, django_assert_max_num_queries: Callable
) -> None:
    for _n in range(2):
        factories.open_case(world.enterprise_admin, world.enterprise)
    client = login(world.enterprise_admin)
    with django_assert_max_num_queries(12) as few:
        client.get(reverse("home"))
    for _n in range(8):
        factories.open_case(world.enterprise_admin, world.enterprise)
    with django_assert_max_num_queries(12) as many:
        client.get(reverse("home"))
    assert len(few) == len(many)
