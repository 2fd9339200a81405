"""``manage.py verify_audit``: an intact trail, and the first broken record of one that somebody touched."""

from __future__ import annotations

import io

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from assessments.models import Assessment, Event


def run() -> str:
    out = io.StringIO()
    call_command("verify_audit", stdout=out)
    return out.getvalue().strip()


def sql(statement: str, *values: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def test_intact(certified_case: Assessment) -> None:
    assert run() == f"intact: {Event.objects.count()} records"


@pytest.mark.parametrize(
    ("statement", "sequence", "problem"),
    [
        ("UPDATE assessments_event SET subject = 'x' WHERE stream = %s AND sequence = 1", 1, "was changed"),
        ("UPDATE assessments_event SET after = '{}' WHERE stream = %s AND sequence = 2", 2, "was changed"),
        ("UPDATE assessments_event SET at = '2020-01-01' WHERE stream = %s AND sequence = 2", 2, "was changed"),
        ("DELETE FROM assessments_event WHERE stream = %s AND sequence = 1", 1, "is missing"),
        ("DELETE FROM assessments_event WHERE stream = %s AND sequence = 2", 2, "is missing"),
        ("DELETE FROM assessments_event WHERE stream = %s", 1, "is missing"),
    ],
)
def test_names_the_first_broken_record(finalised_case: Assessment, statement: str, sequence: int, problem: str) -> None:
    sql(statement, f"case:{finalised_case.pk}")
    with pytest.raises(CommandError) as raised:
        run()
    assert str(raised.value).startswith(f"broken: record {sequence} of {finalised_case.number} ")
    assert problem in str(raised.value)
    assert raised.value.returncode == 1


def test_the_chain_of_the_platform_too(finalised_case: Assessment) -> None:
    sql("UPDATE assessments_event SET subject = 'x' WHERE stream = %s AND sequence = 1", "platform")
    with pytest.raises(CommandError, match="broken: record 1 of platform was changed"):
        run()


def test_a_rewritten_record_breaks_the_next(finalised_case: Assessment) -> None:
    """Whoever also computes the digest anew is found out by the record that follows."""
    event = Event.objects.get(stream=f"case:{finalised_case.pk}", sequence=1)
    event.subject = "x"
    sql("UPDATE assessments_event SET subject = 'x', digest = %s WHERE id = %s", event.computed_digest(), event.pk)
    with pytest.raises(CommandError, match=r"record 2 .* does not follow"):
        run()
