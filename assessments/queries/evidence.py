"""Evidence of a case: its files with the criteria they serve, and where none has been given yet."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Prefetch, QuerySet

from assessments.models import Assessment, EvidenceFile, EvidenceLink, User
from assessments.permissions import scope
from assessments.permissions.rules import can_read_library
from assessments.standard import Domain


def files_of(case: Assessment) -> QuerySet[EvidenceFile]:
    """Files linked in the case by document and version, each with ``case_links`` in the order of the criteria."""
    links = EvidenceLink.objects.filter(assessment=case).order_by("criterion_code")
    return (
        EvidenceFile.objects.filter(Exists(links.filter(file=OuterRef("pk"))))
        .select_related("uploaded_by", "evidence")
        .prefetch_related(Prefetch("links", links, to_attr="case_links"))
        .order_by("evidence__created_at", "evidence_id", "version")
    )


def readable(user: User, case: Assessment) -> QuerySet[EvidenceFile]:
    """Files the user may read *in this case*: of its enterprise, within their scope, linked to one of its criteria.

    The enterprise's own people read their whole library from any case of theirs; it is their own.
    """
    found = scope.evidence_files(user).filter(enterprise=case.enterprise_id)
    if can_read_library(case):
        return found
    return found.filter(Exists(EvidenceLink.objects.filter(assessment=case, file=OuterRef("pk"))))


@dataclass(frozen=True)
class Coverage:
    """How many criteria of a domain have evidence."""

    domain: Domain
    total: int
    covered: int

    @property
    def missing(self) -> int:
        return self.total - self.covered


def coverage(case: Assessment) -> tuple[Coverage, ...]:
    """Criteria with evidence by domain, in the order of the standard; one query."""
    codes = EvidenceLink.objects.filter(assessment=case).order_by().values_list("criterion_code", flat=True).distinct()
    covered = Counter(code.split(".")[0] for code in codes)
    return tuple(Coverage(d, sum(len(i.criteria) for i in d.items), covered[d.code]) for d in case.edition.domains)
