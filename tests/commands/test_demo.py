"""The demonstration commands: accounts, nothing lost by a second run, same seed same world, never in production."""

from __future__ import annotations

import io
import json
import os
import socket
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from assessments.management.demo import cast
from assessments.models import Assessment, Membership, Ruling, User

ROOT = Path(__file__).resolve().parents[2]
#: Both runs in one process: starting Python and compiling templates twice would cost more than the second run itself.
_TWICE = """
import sys
from django.core.management import execute_from_command_line
for _ in range(2):
    execute_from_command_line(["manage.py", "demo", "--no-serve"])
"""


def test_demo_without_serving_twice(tmp_path: Path) -> None:
    """As ``make demo`` runs it, in an empty place: all accounts, cases in many states; again, and nothing is lost."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("DCMM_", "DJANGO_", "DATABASE_"))}
    environment = {**clean, "DCMM_ENV": "local", "DCMM_VAR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "dcmm.settings"}
    done = subprocess.run(
        [sys.executable, "-c", _TWICE],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    first, second = done.stdout.split("1/4 ")[1:]
    assert "3/4 Building the demonstration world" in first
    assert "3/4 The database already holds data; it is kept as it is" in second
    for account in cast.ACCOUNTS:
        assert f"  {account.email}" in first
    assert "dcmm-demo-2026" in first
    database = sqlite3.connect(tmp_path / "dcmm.sqlite3")
    emails = {row[0] for row in database.execute("SELECT email FROM assessments_user")}
    assert emails >= {a.email for a in cast.ACCOUNTS}
    states = dict(database.execute("SELECT state, count(*) FROM assessments_assessment GROUP BY state"))
    assert sum(states.values()) == len(cast.FIRMS) + 1, "the first firm also has last year's, which it carried over"
    assert len(states) >= 10
    assert (tmp_path / "static" / "staticfiles.json").exists()


def seed(stage: str, number: int = 7) -> None:
    call_command("seed_demo", stage=stage, seed=number, enterprises=1, stdout=io.StringIO())


def figures(case: Assessment) -> dict[str, Any]:
    return {
        "self": (case.self_score, case.self_level, case.self_answered),
        "assessed": (case.assessed_score, case.assessed_level),
        "answers": sorted(case.answers.values_list("criterion_code", "verdict", "note")),
        "rulings": sorted(case.rulings.values_list("assessor__email", "criterion_code", "verdict")),
    }


@pytest.mark.django_db
@pytest.mark.parametrize("stage", ["draft", "document_review", "certified"])
def test_a_stage_is_repeatable(stage: str) -> None:
    """The same seed gives the same figures in another empty world; another seed gives others."""
    worlds = []
    for number in (7, 7, 8):
        with transaction.atomic():
            seed(stage, number)
            case = Assessment.objects.get()
            assert case.state == stage
            worlds.append(figures(case))
            transaction.set_rollback(True)
    assert worlds[0] == worlds[1] != worlds[2]


@pytest.mark.django_db
def test_the_stages_hold_what_they_promise() -> None:
    seed("certified")
    case = Assessment.objects.get()
    assert case.certificate.is_demo
    assert Ruling.objects.count() == 2 * case.total
    assert case.contract_number
    roles = dict(Membership.objects.values_list("user__email", "role"))
    assert {a.email: a.role for a in cast.ACCOUNTS}.items() - roles.items() <= {
        ("stranger@demo.example", "enterprise_administrator")
    }, "the stranger's enterprise is the second one"
    assert User.objects.get(email="lead@demo.example").check_password(cast.PASSWORD)
    seed("draft")
    assert Assessment.objects.count() == 2, "run again, it adds"


@pytest.mark.django_db
@pytest.mark.parametrize(("command", "options"), [("demo", {"no_serve": True}), ("seed_demo", {"stage": "draft"})])
def test_never_in_production(settings: Any, command: str, options: dict[str, Any]) -> None:
    settings.ENVIRONMENT = "production"
    with pytest.raises(CommandError, match="DCMM_ENV=production"):
        call_command(command, **options, stdout=io.StringIO())
    assert not User.objects.exists()


def test_a_port_in_use_is_said_before_anything_is_done() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(CommandError, match=f"Port {port} is in use"):
            call_command("demo", port=port, stdout=io.StringIO())


# --- editions --------------------------------------------------------------------------------------------------------


def test_editions_in_a_line_each(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("editions")
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("gbt36073-2018  ")
    assert "8 domains, 28 items, 445 criteria" in lines[0]


@pytest.mark.parametrize(("code", "counts"), [("gbt36073-2018", (8, 28, 445)), ("gbt36073-2025", (9, 33, 486))])
def test_editions_as_json_keep_the_contract(
    code: str, counts: tuple[int, int, int], capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("editions", "--json")
    edition = next(e for e in json.loads(capsys.readouterr().out) if e["code"] == code)
    assert tuple(edition["counts"].values()) == counts
    assert isinstance(edition["status"], str)
    items = [i for d in edition["domains"] for i in d["items"]]
    criteria = [c for i in items for c in i["criteria"]]
    assert (len(edition["domains"]), len(items), len(criteria)) == counts
    assert len({c["code"] for c in criteria}) == len(criteria)
    for named in (*edition["domains"], *items):
        assert named["code"]
        assert set(named["name"]) == {"zh", "en"}
    for criterion in criteria:
        assert criterion["level"] == int(criterion["code"].split("-L")[1][0])
        for words in (criterion["text"], criterion["evidence"]):
            assert set(words) == {"zh", "en"}
            assert all(words.values())
