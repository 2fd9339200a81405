"""A database for the length of a run: a SQLite file among the site's files, or a database of its own in PostgreSQL."""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Iterator
from pathlib import Path

import psycopg

#: Where a PostgreSQL for trying things out is expected; ``DCMM_BENCH_POSTGRES`` names another.
POSTGRES = os.environ.get("DCMM_BENCH_POSTGRES", "postgres://postgres@127.0.0.1:5432")


class NotThereError(Exception):
    """There is no such database server; the words say which was asked."""


@contextlib.contextmanager
def sqlite(folder: Path) -> Iterator[str]:
    """The address of a file that goes with its folder."""
    yield f"sqlite:///{folder / 'dcmm.sqlite3'}"


@contextlib.contextmanager
def postgresql(_folder: Path) -> Iterator[str]:
    """The address of a new database, dropped at the end. Raises :class:`NotThereError`."""
    name = f"dcmm_bench_{secrets.token_hex(4)}"
    try:
        server = psycopg.connect(f"{POSTGRES}/postgres", autocommit=True, connect_timeout=3)
    except psycopg.OperationalError as problem:
        raise NotThereError(f"no PostgreSQL at {POSTGRES}") from problem
    with server:
        server.execute(f'CREATE DATABASE "{name}"')
        try:
            yield f"{POSTGRES}/{name}"
        finally:
            server.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


DATABASES = {"sqlite": sqlite, "postgresql": postgresql}
