"""``manage.py verify_audit``: walks every chain of the audit trail (contracts.md)."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from assessments.actions import audit
from assessments.models import Assessment


class Command(BaseCommand):
    help = "Verifies the audit trail: exit 0 when intact, 1 when broken, naming the first broken record."

    def handle(self, *args: Any, **options: Any) -> None:
        count, broken = audit.verify()
        if broken is None:
            self.stdout.write(f"intact: {count} records")
            return
        raise CommandError(
            f"broken: record {broken.sequence} of {_name(broken.stream)} {broken.problem.en} "
            f"({count} records before it are intact)"
        )


def _name(stream: str) -> str:
    """``case:7`` with the number people know the case by."""
    kind, _, key = stream.partition(":")
    number = Assessment.objects.filter(pk=key).values_list("number", flat=True).first() if kind == "case" else None
    return f"{number} ({stream})" if number else stream
