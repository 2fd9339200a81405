"""How often one address may ask for something public, and one person for something that costs."""

from __future__ import annotations

import hashlib

from django.core.cache import cache
from django.http import HttpRequest
from django.utils import timezone

from assessments.models import User
from assessments.views.middleware import client_address

WINDOW = 60


def exceeds(request: HttpRequest, name: str, *, per_minute: int, person: User | None = None) -> bool:
    """Counts this request; true once its address has asked more than ``per_minute`` times in this minute.

    With a ``person`` the count is theirs: whole enterprises share one address.

    The minutes are those of the clock and the database cache may count a few short under a race: enough against
    copying the register, and it never locks anyone out for longer than a minute.
    """
    minute = int(timezone.now().timestamp()) // WINDOW
    who = f"user-{person.pk}" if person else client_address(request)
    key = f"limit:{name}:{hashlib.sha256(who.encode()).hexdigest()[:32]}:{minute}"
    if cache.add(key, 1, WINDOW * 2):
        return per_minute < 1
    try:
        return cache.incr(key) > per_minute
    except ValueError:  # dropped between the two calls
        return False
