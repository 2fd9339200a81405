"""``manage.py workflow_diagram``: writes docs/workflow.md from the workflow table, or checks that it is up to date."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from assessments.workflow.diagram import markdown


class Command(BaseCommand):
    help = "Writes docs/workflow.md from the workflow table; --check only compares and exits 1 when it differs."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="compare instead of writing")
        parser.add_argument("--output", type=Path, default=settings.BASE_DIR / "docs" / "workflow.md")

    def handle(self, *args: Any, **options: Any) -> None:
        page: Path = options["output"]
        wanted = markdown()
        if not options["check"]:
            page.parent.mkdir(parents=True, exist_ok=True)
            page.write_text(wanted, encoding="utf-8")
            self.stdout.write(f"wrote {page}")
        elif not page.exists() or page.read_text(encoding="utf-8") != wanted:
            raise CommandError(f"{page} is out of date; run: python manage.py workflow_diagram")
        else:
            self.stdout.write(f"{page} is up to date")
