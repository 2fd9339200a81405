"""The stages of the persona world: reached step by step once a process, and from memory after that.

What the database holds at a stage is kept when it is first reached, and written back for the next test that asks for
it: many times faster than taking the same steps again. Where a test or one of its fixtures has changed anything in
between, the steps are taken for real.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from django.apps import apps
from django.core.management.color import no_style
from django.db import connection, transaction

from assessments.models import Organisation, User

#: Written when the database is made.
_LEFT_ALONE = {"django_content_type", "auth_permission"}

Step = Callable[[], object]


@dataclass(frozen=True)
class Kept:
    """What the database holds at a stage, by table."""

    rows: Mapping[str, Any]


@dataclass(frozen=True)
class _Place:
    """The stage a test is at, and how often its database had been changed when it got there."""

    index: int
    changes: int | None


_KEPT: dict[str, Kept] = {}
_PLACE = pytest.StashKey[_Place]()


def reach(node: Any, name: str, steps: Mapping[str, Step]) -> None:
    """Brings the database of a test to a stage; ``steps`` takes each of them from the one before, in their order.

    A test that is already at the stage or beyond it stays where it is.
    """
    names = list(steps)
    place = node.stash.get(_PLACE, _Place(-1, None))
    wanted = names.index(name)
    if place.index >= wanted:
        return
    is_pristine = _is_empty() if place.index < 0 else place.changes is not None and place.changes == _changes()
    at = place.index
    if is_pristine:
        # From the furthest stage that is kept: all of them come from one world, and so have the same keys.
        kept = max((i for i in range(at + 1, wanted + 1) if names[i] in _KEPT), default=at)
        if kept > at:
            _write(_KEPT[names[kept]], over=_KEPT[names[at]] if at >= 0 else None)
            at = kept
    for step in names[at + 1 : wanted + 1]:
        steps[step]()
        if is_pristine:
            _KEPT[step] = Kept(_read())
    node.stash[_PLACE] = _Place(wanted, _changes())


def _is_empty() -> bool:
    return not User.objects.exists() and not Organisation.objects.exists()


def _changes() -> int | None:
    """How many rows this connection has written so far; ``None`` where nobody can tell."""
    connection.ensure_connection()
    if connection.vendor == "sqlite":
        return int(connection.connection.total_changes)
    if not connection.in_atomic_block:
        return None
    with connection.cursor() as cursor:
        cursor.execute("SELECT sum(n_tup_ins + n_tup_upd + n_tup_del) FROM pg_stat_xact_user_tables")
        return int(cursor.fetchone()[0] or 0)


def _tables() -> list[str]:
    models = apps.get_models(include_auto_created=True)
    return [m._meta.db_table for m in models if m._meta.db_table not in _LEFT_ALONE]


def _columns(cursor: Any, table: str) -> list[str]:
    return [c.name for c in connection.introspection.get_table_description(cursor, table)]


def _read() -> dict[str, Any]:
    found: dict[str, Any] = {}
    with connection.cursor() as cursor:
        for table in _tables():
            if connection.vendor == "sqlite":
                # A sign before the name keeps the value as it is stored, without a conversion to what Django shows.
                names = ", ".join(f'+"{c}"' for c in _columns(cursor, table))
                rows: Any = cursor.execute(f'SELECT {names} FROM "{table}"').fetchall()
            else:
                with cursor.cursor.copy(f'COPY "{table}" TO STDOUT (FORMAT BINARY)') as copy:
                    rows = b"".join(copy)
            if connection.vendor != "sqlite" or rows:
                found[table] = rows
    return found


def _write(kept: Kept, *, over: Kept | None) -> None:
    # In one transaction, so that rows may refer to rows that are written after them.
    with transaction.atomic(), connection.cursor() as cursor:
        for table in over.rows if over else ():
            cursor.execute(f'DELETE FROM "{table}"')
        for table, rows in kept.rows.items():
            if connection.vendor == "sqlite":
                marks = ", ".join("?" * len(rows[0]))
                connection.connection.executemany(f'INSERT INTO "{table}" VALUES ({marks})', rows)
            else:
                with cursor.cursor.copy(f'COPY "{table}" FROM STDIN (FORMAT BINARY)') as copy:
                    copy.write(rows)
        if connection.vendor != "sqlite":
            for sql in connection.ops.sequence_reset_sql(no_style(), apps.get_models()):
                cursor.execute(sql)
