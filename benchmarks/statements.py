"""The statements that the requests send: ``python -m benchmarks.inside statements``, targets in, JSON out."""

from __future__ import annotations

import json
import sys
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from assessments.models import Answer, User

CONTROL = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")


def main() -> None:
    json.dump(statements(json.load(sys.stdin)), sys.stdout)


def statements(targets: dict[str, Any]) -> dict[str, list[str]]:
    """The statements of both kinds of save and of a page, without those that only open and close a transaction."""
    client = Client(headers={"host": "dcmm.example"}, raise_request_exception=True)
    client.force_login(User.objects.get(email=targets["person"]["login"]))
    code = next(iter(targets["save"]))
    answer = Answer.objects.get(assessment=targets["case"], criterion_code=code)

    def save(note: str, *, is_other: bool) -> None:
        answer.refresh_from_db()
        verdict = ("none" if answer.verdict == "full" else "full") if is_other else answer.verdict
        form = {"verdict": verdict, "note": note, "version": answer.version}
        client.post(targets["save"][code], form, headers={"HX-Request": "true"}, secure=True)

    client.get(targets["item"], secure=True)  # the place is kept from here on
    requests = {
        "save": lambda: save("第一次", is_other=True),
        "note": lambda: save("第二次", is_other=False),
        "page": lambda: client.get(targets["item"], secure=True),
    }
    return {name: _statements(send) for name, send in requests.items()}


def _statements(send: Any) -> list[str]:
    with CaptureQueriesContext(connection) as caught:
        send()
    return [q["sql"] for q in caught.captured_queries if not q["sql"].startswith(CONTROL)]
