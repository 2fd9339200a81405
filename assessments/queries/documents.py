"""The documents of all cases, as the office looks them up."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from assessments.models import Assessment, Certificate, Organisation, User
from assessments.permissions import rules, scope
from assessments.workflow import Party


@dataclass(frozen=True)
class DocumentRow:
    """One case and which of its documents this reader may have."""

    case: Assessment
    has_material: bool
    has_evaluation: bool
    certificate: Certificate | None


#: filter name -> lookup on the case
_LOOKUPS = {
    "state": "state",
    "district": "enterprise__district_code",
    "body": "body",
}


def cases_with_documents(user: User, wanted: Mapping[str, Any]) -> QuerySet[Assessment]:
    """Cases handed in, newest application first, that match ``q``, ``state``, ``level``, ``district``, ``body``,
    ``since`` and ``until`` (days of application)."""
    found = (
        scope.cases(user)
        .filter(applied_at__isnull=False)
        .select_related("enterprise", "body", "certificate")
        .order_by("-applied_at", "-pk")
    )
    if q := wanted.get("q"):
        found = found.filter(
            Q(number__icontains=q)
            | Q(enterprise__name__icontains=q)
            | Q(enterprise__name_en__icontains=q)
            | Q(enterprise__uscc__iexact=q)
            | Q(certificate__number__iexact=q)
        )
    for name, lookup in _LOOKUPS.items():
        if wanted.get(name):
            found = found.filter(**{lookup: wanted[name]})
    if level := wanted.get("level"):
        # The column is live while the team works; before the report is signed off, finding by it would tell it.
        found = found.filter(assessed_level=level, state__in=scope.ASSESSED_STATES)
    if since := wanted.get("since"):
        found = found.filter(applied_at__gte=_start_of(since))
    if until := wanted.get("until"):
        found = found.filter(applied_at__lt=_start_of(until + dt.timedelta(days=1)))
    return found


def document_row(case: Assessment) -> DocumentRow:
    """What of a case from :func:`cases_with_documents` may be downloaded; no query."""
    has_material = bool(rules.can_read_material(case))
    return DocumentRow(
        case=case,
        has_material=has_material,
        has_evaluation=has_material and bool(rules.can_read_assessed_result(case)),
        certificate=getattr(case, "certificate", None),
    )


def bodies_with_cases() -> QuerySet[Organisation]:
    """Evaluation bodies that have had a case, for the filter."""
    return Organisation.objects.filter(
        Exists(Assessment.objects.filter(body=OuterRef("pk"))), kind=Party.BODY
    ).order_by("name")


def _start_of(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time()))
