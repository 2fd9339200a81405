"""Handing out documents leaves a trace."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from assessments.actions import audit
from assessments.models import Assessment, User


@transaction.atomic
def record_download(
    *, by: User, case: Assessment, kind: str, revision: int, language: str, sha256: str, at: dt.datetime
) -> None:
    """Every document that leaves the platform is an event of its case, with the digest of the file handed out."""
    locked = Assessment.objects.select_for_update(of=("self",)).get(pk=case.pk)
    audit.record(
        action="document.downloaded",
        by=by,
        at=at,
        assessment=locked,
        subject=kind,
        after={"kind": kind, "revision": revision, "language": language, "sha256": sha256},
    )
