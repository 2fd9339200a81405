"""Liveness asks nothing of anybody; readiness names the part that fails and no more."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from assessments.standard.installed import Index, write_index
from assessments.views import operation
from tests import editions as given
from tests.standard import small

PARTS = ["database", "cache", "storage", "migrations", "editions"]


def test_alive_without_a_database(client: Client) -> None:
    response = client.get("/healthz")
    assert (response.status_code, response.content, response["Content-Type"]) == (200, b"ok", "text/plain")


@pytest.mark.django_db
def test_ready(client: Client) -> None:
    response = client.get("/readyz")
    assert response.status_code == 200
    assert response.json() == {"status": "ready", "checks": dict.fromkeys(PARTS, "ok")}


@pytest.mark.django_db
@pytest.mark.parametrize("part", PARTS)
def test_not_ready_names_the_part_and_keeps_the_cause(
    client: Client, monkeypatch: pytest.MonkeyPatch, part: str
) -> None:
    def broken() -> bool:
        raise OSError("password=geheim at 10.0.0.5")

    monkeypatch.setitem(operation.CHECKS, part, broken)
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json() == {"status": "not ready", "checks": {**dict.fromkeys(PARTS, "ok"), part: "failed"}}


@pytest.mark.django_db
def test_storage_that_cannot_be_written(client: Client, settings: Any, tmp_path: Any) -> None:
    (tmp_path / "file").write_text("in the way")
    settings.MEDIA_ROOT = tmp_path / "file"
    assert client.get("/readyz").json()["checks"]["storage"] == "failed"


@pytest.mark.django_db(transaction=True)
def test_a_missing_migration_is_noticed(client: Client) -> None:
    from django.db.migrations.recorder import MigrationRecorder

    row = MigrationRecorder.Migration.objects.filter(app="assessments").latest("pk")
    row.delete()
    try:
        assert client.get("/readyz").json()["checks"]["migrations"] == "failed"
    finally:
        MigrationRecorder.Migration.objects.create(app=row.app, name=row.name, applied=row.applied)


@pytest.mark.django_db
def test_a_scheme_in_use_that_was_changed_is_noticed(client: Client) -> None:
    (given.root() / "schemes").mkdir(parents=True)
    (given.root() / "schemes" / "small-scheme.toml").write_text(small.SCHEME, encoding="utf-8")
    assert client.get("/readyz").json()["checks"]["editions"] == "ok"
    write_index(given.root(), Index().with_scheme("small-scheme", "0" * 64))
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["checks"]["editions"]) == (503, "failed")
