"""The count beside every page is that of the list, whichever way it was asked."""

from __future__ import annotations

import pytest
from django.utils import timezone

from assessments.models import Assessment, Delegation
from assessments.queries import todo
from tests import factories
from tests.conftest import World

EVERYBODY = ("enterprise_admin", "contributor", "viewer", "stranger", "nobody", "officer", "body_manager")


@pytest.mark.parametrize("state", ["draft", "finalised"])
def test_the_count_is_that_of_the_list(world: World, draft_case: Assessment, state: str) -> None:
    factories.open_case(world.stranger, world.other_enterprise)
    Assessment.objects.filter(pk=draft_case.pk).update(state=state)
    part = Delegation.objects.create(assessment=draft_case, user=world.contributor, part_code="7")
    for done_at in (None, timezone.now()):
        Delegation.objects.filter(pk=part.pk).update(done_at=done_at)
        for name in EVERYBODY:
            user = getattr(world, name)
            assert todo.count(user) == todo.waiting(user).count() == len(todo.todos(user)), (name, state, done_at)
    if state == "draft":
        assert [todo.count(getattr(world, n)) for n in EVERYBODY[:5]] == [1, 0, 0, 1, 0]


def test_the_short_way_is_one_statement(world: World, draft_case: Assessment, django_assert_num_queries) -> None:
    with django_assert_num_queries(2):  # the other: whether there is a role elsewhere
        assert todo.count(world.contributor) == 1
