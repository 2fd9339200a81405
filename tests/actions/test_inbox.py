"""Reading messages."""

from __future__ import annotations

from django.utils import timezone

from assessments.actions import inbox
from assessments.models import Assessment, InboxMessage
from tests.conftest import World


def test_a_message_is_read_by_its_own_reader_only(world: World, applied_case: Assessment) -> None:
    message = InboxMessage.objects.get(user=world.body_manager)
    inbox.mark_read(by=world.contributor, message=message, at=timezone.now())
    assert InboxMessage.objects.get(pk=message.pk).read_at is None
    now = timezone.now()
    inbox.mark_read(by=world.body_manager, message=message, at=now)
    assert InboxMessage.objects.get(pk=message.pk).read_at == now


def test_marking_all_answers_how_many_were_unread(world: World, applied_case: Assessment) -> None:
    assert inbox.mark_all_read(by=world.body_manager, at=timezone.now()) == 1
    assert inbox.mark_all_read(by=world.body_manager, at=timezone.now()) == 0
