"""What is on its way into the library of an enterprise, how much room there is, and what still stands for nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.db.models import Exists, OuterRef, QuerySet, Sum

from assessments.models import (
    Assessment,
    EligibilityEvidence,
    EvidenceFile,
    EvidenceLink,
    PendingUpload,
    User,
)
from assessments.permissions import scope
from assessments.permissions.rules import can_answer
from assessments.queries.questionnaire import Division
from assessments.standard import Criterion, Item

_MEGABYTE = 1024 * 1024


@dataclass(frozen=True)
class Room:
    """Bytes that an enterprise has used and may use; what is on its way counts as used."""

    used: int
    total: int

    @property
    def left(self) -> int:
        return max(0, self.total - self.used)

    @property
    def used_megabytes(self) -> int:
        return -(-self.used // _MEGABYTE)

    @property
    def total_megabytes(self) -> int:
        return self.total // _MEGABYTE


def room_of(enterprise_id: int, *, apart_from: UUID | None = None) -> Room:
    """Two queries. ``apart_from`` is an upload on its way that does not count."""
    kept = EvidenceFile.objects.filter(enterprise=enterprise_id).aggregate(n=Sum("size"))["n"] or 0
    coming = PendingUpload.objects.filter(assessment__enterprise=enterprise_id).exclude(pk=apart_from)
    return Room(kept + (coming.aggregate(n=Sum("size"))["n"] or 0), settings.EVIDENCE_QUOTA_BYTES)


def as_size(size: int) -> str:
    """Bytes as people say them, alike in both languages."""
    if size < _MEGABYTE:
        return f"{-(-size // 1024)} KB"
    if size < 1024 * _MEGABYTE:
        return f"{size / _MEGABYTE:.1f} MB"
    return f"{size / _MEGABYTE / 1024:.1f} GB"


def unfinished(user: User, case: Assessment) -> QuerySet[PendingUpload]:
    """What the user has begun to send in this case, oldest first."""
    return scope.uploads(user).filter(assessment=case).order_by("created_at", "pk")


#: How many files are offered at once; the rest follow when these have their place.
SHOWN = 50


def unlinked(case: Assessment) -> QuerySet[EvidenceFile]:
    """Files of the enterprise whose document is used nowhere, newest first."""
    linked = EvidenceLink.objects.filter(file__evidence=OuterRef("evidence"))
    proof = EligibilityEvidence.objects.filter(file__evidence=OuterRef("evidence"))
    found = EvidenceFile.objects.filter(~Exists(linked), ~Exists(proof), enterprise=case.enterprise_id)
    return found.select_related("uploaded_by").order_by("-uploaded_at", "pk")


def answerable(case: Assessment, shared: Division) -> tuple[tuple[Item, Sequence[Criterion]], ...]:
    """Items with the criteria that the viewer may answer, in the order of the standard; no query."""
    return tuple(
        (item, item.criteria)
        for item in case.edition.items.values()
        if can_answer(case, delegated_here=shared.is_mine(item.code))
    )
