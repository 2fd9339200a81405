"""``manage.py editions`` with workbooks: what an operator can do without a browser."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from assessments.models import Event
from assessments.standard import get_edition, installation
from assessments.standard.installed import INDEX
from tests import editions as given
from tests.conftest import World


def run(*args: str) -> tuple[str, str]:
    out, err = io.StringIO(), io.StringIO()
    try:
        call_command("editions", *args, stdout=out, stderr=err)
    except CommandError as error:
        return out.getvalue(), f"{err.getvalue()}{error}"
    return out.getvalue(), err.getvalue()


@pytest.fixture
def workbook(tmp_path: Path) -> str:
    file = tmp_path / "licensed.xlsx"
    file.write_bytes(given.licensed(get_edition(given.SHIPPED)))
    return str(file)


@pytest.mark.django_db
def test_an_export_and_the_pattern_of_a_new_edition(tmp_path: Path) -> None:
    file = tmp_path / "2018.xlsx"
    assert run("--export", given.SHIPPED, str(file)) == (f"wrote {file}\n", "")
    assert file.read_bytes().startswith(b"PK")
    assert run("--export", given.SHIPPED, str(file), "--new", given.NEW)[1] == ""
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    events = list(Event.objects.order_by("pk"))
    assert [(e.action, e.subject, e.actor) for e in events] == [("edition.exported", given.SHIPPED, None)] * 2
    assert (events[1].after or {})["workbook"] == digest
    assert "unknown edition 'none-1'" in run("--export", "none-1", str(file))[1]
    assert "No such file or directory" in run("--export", given.SHIPPED, str(tmp_path / "no" / "2018.xlsx"))[1]
    assert Event.objects.count() == 2, "what was not written left no event"


@pytest.mark.django_db
def test_a_check_keeps_nothing(workbook: str) -> None:
    out, err = run("--import", workbook)
    assert err == ""
    assert "445 criteria" in out
    assert "wording of 10 criteria differs from the edition in use" in out
    assert "nothing was kept" in out
    assert (given.state(), Event.objects.count()) == ({}, 0)


def test_faults_are_named_with_their_cells(tmp_path: Path) -> None:
    file = tmp_path / "bad.xlsx"
    file.write_bytes(given.licensed(get_edition(given.SHIPPED), lambda book: book["条款"].cell(17, 3, "=A1")))
    out, err = run("--import", str(file), "--draft")
    assert out == ""
    assert err.startswith("条款!C17: The cell holds a formula.")
    assert err.endswith("1 fault; nothing was changed")
    assert given.state() == {}


@pytest.mark.django_db
def test_a_draft_is_kept_in_somebodys_name_or_the_operators(world: World, workbook: str) -> None:
    assert "there is no account nobody@nowhere" in run("--import", workbook, "--draft", "--by", "nobody@nowhere")[1]
    assert "Only a system administrator" in run("--import", workbook, "--draft", "--by", world.officer.email)[1]
    assert given.state() == {}
    assert "kept as a draft" in run("--import", workbook, "--draft", "--by", world.system_administrator.email)[0]
    assert "kept as a draft" in run("--import", workbook, "--draft")[0]
    people = list(Event.objects.filter(action="edition.drafted").order_by("pk").values_list("actor", flat=True))
    assert people == [world.system_administrator.pk, None]
    assert set(installation().drafts) == {given.SHIPPED}
    assert "unknown" not in run("--json")[1]


def test_a_damaged_index_is_said_in_a_sentence() -> None:
    given.root().mkdir(parents=True)
    (given.root() / INDEX).write_text("{")
    assert f"{INDEX}: file: expected JSON" in run()[1]
