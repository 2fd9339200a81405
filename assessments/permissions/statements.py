"""Statements that are written down once a process and filled in for each request.

Django takes several times as long to write such a statement as the database takes to answer it. A statement comes from
a queryset like any other, made for nobody in particular; the values of the request then take the places of the marks.
Only for querysets that depend on nothing else: not on the time, not on what is known of the user.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from assessments.models import Assessment, User

#: Stand for the user and for the number of a case.
_ANY_USER, ANY_NUMBER = -1, "\ue000"

Shape = Callable[[User], QuerySet[Any]]


def case(shape: Callable[[User], QuerySet[Assessment]], user: User, number: str) -> Assessment | None:
    """The case with this number in the queryset that ``shape`` makes for a user, where ``ANY_NUMBER`` stands for it."""
    statement, values = _written(shape)
    return next(iter(Assessment.objects.raw(statement, _given(values, user, number))), None)


def count(shape: Shape, user: User) -> int:
    """How many rows the queryset has that ``shape`` makes for a user."""
    statement, values = _written(shape)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT COUNT(*) FROM ({statement}) AS found", _given(values, user))  # noqa: S608
        counted: int = cursor.fetchone()[0]
    return counted


def _given(values: tuple[Any, ...], user: User, number: str = "") -> list[Any]:
    given: dict[Any, Any] = {_ANY_USER: user.pk, ANY_NUMBER: number}
    return [given.get(value, value) for value in values]


@functools.cache
def _written(shape: Shape) -> tuple[str, tuple[Any, ...]]:
    written: tuple[str, tuple[Any, ...]] = shape(User(pk=_ANY_USER)).query.sql_with_params()
    return written
