"""``manage.py editions [--json]``: the catalogue of editions (contracts.md).

``--export CODE FILE`` writes the workbook of an edition in use, ``--import FILE`` checks one and names every fault with
its cell, ``--import FILE --draft`` keeps it as a draft. Publishing is for a person in the browser.
"""

from __future__ import annotations

import hashlib
import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from assessments.actions import editions as actions
from assessments.actions.errors import NotAllowed, Refused
from assessments.forms.edition_workbook import Reading, read
from assessments.models import User
from assessments.queries.editions import compare, in_use
from assessments.reports.edition_workbook import render
from assessments.standard import Criterion, DataError, Edition, UnknownCode, editions, get_edition


class Command(BaseCommand):
    help = "Lists the editions with their counts; --json prints the whole catalogue; writes and reads their workbooks."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="the whole catalogue as JSON")
        parser.add_argument("--export", nargs=2, metavar=("CODE", "FILE"), help="write an edition as a workbook")
        parser.add_argument("--new", metavar="CODE", default="", help="with --export: the pattern of a new edition")
        parser.add_argument("--import", dest="workbook", metavar="FILE", help="check a workbook and name its faults")
        parser.add_argument("--draft", action="store_true", help="with --import: keep it as a draft")
        parser.add_argument("--by", metavar="EMAIL", help="with --draft: the system administrator who is recorded")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            self._handle(options)
        except (DataError, UnknownCode) as error:
            raise CommandError(str(error)) from error
        except (Refused, NotAllowed) as refused:
            raise CommandError(refused.reason.en) from refused
        except OSError as error:
            raise CommandError(f"{error.filename}: {error.strerror}") from error

    def _handle(self, options: dict[str, Any]) -> None:
        if options["export"]:
            code, file = options["export"]
            self._export(code, file, options["new"])
        elif options["workbook"]:
            self._import(Path(options["workbook"]).read_bytes(), options)
        else:
            self._list(options)

    def _export(self, code: str, file: str, new_code: str) -> None:
        edition = get_edition(code)
        content = render(edition, "zh-hans", new_code=new_code)
        # A file that cannot be written takes its event with it.
        with transaction.atomic():
            digest = hashlib.sha256(content).hexdigest()
            actions.record_export(by=None, edition=edition, sha256=digest, at=timezone.now())
            Path(file).write_bytes(content)
        self.stdout.write(f"wrote {file}")

    def _import(self, content: bytes, options: dict[str, Any]) -> None:
        reading = read(content)
        if reading.edition is None:
            self._tell_faults(reading)
        assert reading.edition
        self._tell(reading.edition)
        if options["draft"]:
            digest = hashlib.sha256(content).hexdigest()
            by = _person(options["by"]) if options["by"] else None
            actions.save_draft(by=by, edition=reading.edition, workbook=digest, at=timezone.now())
            self.stdout.write("kept as a draft; publish it in the browser")
        else:
            self.stdout.write("nothing was kept; repeat with --draft to keep it as a draft")

    def _tell_faults(self, reading: Reading) -> None:
        for fault in reading.faults:
            self.stderr.write(f"{fault.place or 'file'}: {fault.message.en}")
        faults = "fault" if reading.total == 1 else "faults"
        raise CommandError(f"{reading.total} {faults}; nothing was changed")

    def _tell(self, edition: Edition) -> None:
        counts = ", ".join(f"{n} {name}" for name, n in edition.counts.items())
        self.stdout.write(f"{edition.code}  {counts}  {edition.checksum}")
        if (present := in_use(edition.code)) is None:
            self.stdout.write("a new edition")
        else:
            changes = compare(present, edition)
            self.stdout.write(f"wording of {changes.criteria_changed} criteria differs from the edition in use")

    def _list(self, options: dict[str, Any]) -> None:
        if options["json"]:
            self.stdout.write(json.dumps([_edition(e) for e in editions()], ensure_ascii=False, indent=1))
            return
        for edition in editions():
            counts = edition.counts
            self.stdout.write(
                f"{edition.code}  {edition.status}  {counts['domains']} domains, {counts['items']} items, "
                f"{counts['criteria']} criteria  {edition.title.zh}"
            )


def _person(email: str) -> User:
    person = User.objects.filter(email__iexact=email).first()
    if person is None:
        raise CommandError(f"there is no account {email}")
    return person


def _edition(edition: Edition) -> dict[str, Any]:
    return {
        "code": edition.code,
        "status": edition.status,
        "title": edition.title.to_dict(),
        "checksum": edition.checksum,
        "counts": edition.counts,
        "domains": [
            {
                "code": d.code,
                "name": d.name.to_dict(),
                "items": [
                    {"code": i.code, "name": i.name.to_dict(), "criteria": [_criterion(c) for c in i.criteria]}
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
        "text": criterion.text.to_dict(),
        "guidance": criterion.guidance.to_dict(),
        "evidence": criterion.evidence.to_dict(),
    }
