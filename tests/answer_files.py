"""Workbooks of answers for tests: exported, changed by hand, sent back."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from assessments.models import Answer, Assessment
from assessments.reports.answer_workbook import LETTER

#: As ``assessments.reports.answer_workbook`` lays them out.
VERDICT, REASON, NOTE = LETTER["verdict"], LETTER["reason"], LETTER["note"]


def download(client: Client, case: Assessment, part: str = "all") -> bytes:
    response = client.get(reverse("answer_workbook_download", args=[case.number]), {"part": part})
    assert response.status_code == 200
    return b"".join(response.streaming_content)  # type: ignore[attr-defined]


def saved(book: Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def changed(content: bytes, change: Callable[[Workbook], object]) -> bytes:
    """The workbook after somebody worked on it."""
    book = load_workbook(io.BytesIO(content))
    change(book)
    return saved(book)


def row_of(sheet: Worksheet, code: str) -> int:
    return next(n for n in range(2, sheet.max_row + 1) if sheet.cell(n, 1).value == code)


def filled(content: bytes, answers: Mapping[str, tuple[str | None, str | None]], reason: str = "") -> bytes:
    """With verdict (in words) and note of these criteria filled in; ``None`` empties a cell."""

    def change(book: Workbook) -> None:
        sheet = book.worksheets[0]
        for code, (verdict, note) in answers.items():
            row = row_of(sheet, code)
            sheet[f"{VERDICT}{row}"] = verdict
            sheet[f"{NOTE}{row}"] = note
            if reason:
                sheet[f"{REASON}{row}"] = reason

    return changed(content, change)


def upload(client: Client, case: Assessment, content: bytes, name: str = "部门.xlsx") -> Any:
    return client.post(
        reverse("answer_import_new", args=[case.number]), {"workbook": SimpleUploadedFile(name, content)}
    )


def confirm(client: Client, address: str, **decisions: str) -> Any:
    """Opens the preview and confirms it as it stands then."""
    plan = client.get(address).context["plan"]
    return client.post(address, {"seen": plan.seen, **decisions})


def stored(case: Assessment) -> dict[str, tuple[str, str, str]]:
    """Every answer by code, in what it says."""
    found = Answer.objects.filter(assessment=case).values_list("criterion_code", "verdict", "reason", "note")
    return {code: (verdict, reason, note) for code, verdict, reason, note in found}
