"""Introductions: they begin by themselves once, and can be read as a page."""

from __future__ import annotations

from collections.abc import Callable

from django.test import Client
from django.urls import reverse

from assessments.models import Assessment, Event, User
from assessments.templatetags.tours import TOURS
from tests.conftest import World

Login = Callable[..., Client]


def test_it_begins_by_itself_until_it_was_seen(world: World, draft_case: Assessment, login: Login) -> None:
    User.objects.update(tours_seen=[])
    client, address = login(world.contributor), reverse("assessment_detail", args=[draft_case.number])
    assert 'data-tour="case"' in (page := client.get(address).content.decode())
    assert " data-auto" in page
    events = Event.objects.count()
    for _ in range(2):
        assert client.post(reverse("tour_seen", args=["case"])).status_code == 204
    world.contributor.refresh_from_db()
    assert (world.contributor.tours_seen, Event.objects.count()) == (["case"], events)
    assert 'data-tour="case"' in (page := client.get(address).content.decode())
    assert " data-auto" not in page
    world.enterprise_admin.refresh_from_db()
    assert world.enterprise_admin.tours_seen == []


def test_it_is_for_the_enterprise_while_drafting(world: World, applied_case: Assessment, login: Login) -> None:
    User.objects.update(tours_seen=[])
    address = reverse("assessment_detail", args=[applied_case.number])
    assert "data-tour" not in login(world.body_manager).get(address).content.decode()
    assert " data-auto" not in login(world.enterprise_admin).get(address).content.decode()


def test_what_does_not_exist_and_who_is_nobody(world: World, client: Client, login: Login) -> None:
    assert login(world.contributor).post(reverse("tour_seen", args=["nothing"])).status_code == 404
    assert login(world.contributor).get(reverse("tour_seen", args=["case"])).status_code == 405
    assert client.post(reverse("tour_seen", args=["case"])).status_code == 302
    assert client.post(reverse("tour_seen", args=["case"]), headers={"HX-Request": "true"}).status_code == 401


def test_the_guide_has_every_stop_in_words(world: World, login: Login) -> None:
    page = login(world.nobody).get(reverse("guide")).content.decode()
    stops = [stop for tour in TOURS.values() for stop in tour.stops]
    assert [s.title.zh for s in stops if s.title.zh not in page or s.text.zh not in page] == []
