"""Introductions a person has seen. Not audited: it changes nothing for anybody else."""

from __future__ import annotations

from django.db import transaction

from assessments.models import User


@transaction.atomic
def mark_seen(*, by: User, name: str) -> None:
    """Notes that this person has seen an introduction; seen twice is noted once."""
    person = User.objects.select_for_update().get(pk=by.pk)
    if name not in person.tours_seen:
        person.tours_seen = [*person.tours_seen, name]
        person.save(update_fields=["tours_seen"])
