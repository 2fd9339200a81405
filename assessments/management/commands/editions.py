"""``manage.py editions [--json]``: the catalogue of editions (contracts.md)."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from assessments.standard import Bilingual, Criterion, Edition, editions


class Command(BaseCommand):
    help = "Lists every edition of the standard with its counts; --json prints the whole catalogue."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="the whole catalogue as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["json"]:
            self.stdout.write(json.dumps([_edition(e) for e in editions()], ensure_ascii=False, indent=1))
            return
        for edition in editions():
            counts = edition.counts
            self.stdout.write(
                f"{edition.code}  {edition.status}  {counts['domains']} domains, {counts['items']} items, "
                f"{counts['criteria']} criteria  {edition.title.zh}"
            )


def _edition(edition: Edition) -> dict[str, Any]:
    return {
        "code": edition.code,
        "status": edition.status,
        "title": _both(edition.title),
        "checksum": edition.checksum,
        "counts": edition.counts,
        "domains": [
            {
                "code": d.code,
                "name": _both(d.name),
                "items": [
                    {"code": i.code, "name": _both(i.name), "criteria": [_criterion(c) for c in i.criteria]}
                    for i in d.items
                ],
            }
            for d in edition.domains
        ],
    }


def _criterion(criterion: Criterion) -> dict[str, Any]:
    return {
        "code": criterion.code,
        "level": criterion.level,
        "text": _both(criterion.text),
        "guidance": _both(criterion.guidance),
        "evidence": _both(criterion.evidence),
    }


def _both(text: Bilingual) -> dict[str, str]:
    return {"zh": text.zh, "en": text.en}
