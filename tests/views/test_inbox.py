"""Messages: one's own alone, opened once, leading to the case."""

from __future__ import annotations

from collections.abc import Callable

from django.urls import reverse

from assessments.models import Assessment, InboxMessage
from tests import factories
from tests.conftest import World


def test_those_concerned_find_the_message_and_nobody_else(
    world: World, applied_case: Assessment, login: Callable
) -> None:
    page = login(world.body_manager).get(reverse("inbox"))
    assert [(str(m.transition.label), m.assessment.number) for m in page.context["page_obj"]] == [
        ("申请评估", applied_case.number)
    ]
    assert applied_case.number not in login(world.other_manager).get(reverse("inbox")).content.decode()


def test_opening_marks_read_once_and_leads_to_the_case(world: World, applied_case: Assessment, login: Callable) -> None:
    client, message = login(world.body_manager), InboxMessage.objects.get(user=world.body_manager)
    answer = client.get(reverse("inbox_open", args=[message.pk]))
    assert (answer.status_code, answer.url) == (302, reverse("assessment_detail", args=[applied_case.number]))
    first = InboxMessage.objects.get(pk=message.pk).read_at
    assert first is not None
    client.get(reverse("inbox_open", args=[message.pk]))
    assert InboxMessage.objects.get(pk=message.pk).read_at == first


def test_another_s_message_does_not_exist(world: World, applied_case: Assessment, login: Callable) -> None:
    message = InboxMessage.objects.get(user=world.body_manager)
    assert login(world.other_manager).get(reverse("inbox_open", args=[message.pk])).status_code == 404
    assert InboxMessage.objects.get(pk=message.pk).read_at is None


def test_a_case_gone_out_of_sight_says_so(world: World, applied_case: Assessment, login: Callable) -> None:
    message = InboxMessage.objects.get(user=world.body_manager)
    factories.move(applied_case, world.body_manager, "decline", reason="范围不清楚")
    answer = login(world.body_manager).get(reverse("inbox_open", args=[message.pk]), follow=True)
    assert answer.redirect_chain == [(reverse("inbox"), 302)]
    assert f"您已不再参与 {applied_case.number}" in answer.content.decode()


def test_marking_all_as_read_touches_only_one_s_own(world: World, applied_case: Assessment, login: Callable) -> None:
    address = reverse("inbox_read_all")
    others = InboxMessage.objects.filter(user=world.contributor, read_at__isnull=True).count()
    assert others == 1
    client = login(world.body_manager)
    assert client.get(address).status_code == 405
    assert client.post(address).url == reverse("inbox")
    assert InboxMessage.objects.filter(user=world.body_manager, read_at__isnull=True).count() == 0
    assert InboxMessage.objects.filter(user=world.contributor, read_at__isnull=True).count() == others
    assert list(client.get(f"{reverse('inbox')}?unread=1").context["page_obj"]) == []


def test_an_empty_inbox_says_what_will_be_here(world: World, login: Callable) -> None:
    assert "还没有消息" in login(world.nobody).get(reverse("inbox")).content.decode()
