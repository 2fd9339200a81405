"""Evidence of a case: its files with the criteria they serve, and where none has been given yet."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Prefetch, QuerySet

from assessments.models import Assessment, EvidenceFile, EvidenceLink, User
from assessments.permissions import scope
from assessments.standard import Domain


def files_of(case: Assessment, domain_code: str = "") -> QuerySet[EvidenceFile]:
    """Files linked in the case, newest first, each with ``case_links``; of one domain when its code is given."""
    links = EvidenceLink.objects.filter(assessment=case)
    serving = links.filter(file=OuterRef("pk"))
    if domain_code:
        serving = serving.filter(criterion_code__startswith=f"{domain_code}.")
    return (
        EvidenceFile.objects.filter(Exists(serving))
        .select_related("uploaded_by")
        .prefetch_related(Prefetch("links", links.order_by("criterion_code"), to_attr="case_links"))
        .order_by("-uploaded_at", "pk")
    )


def readable(user: User, case: Assessment) -> QuerySet[EvidenceFile]:
    """Files the user may read *in this case*: within their scope and linked to one of its criteria."""
    linked = EvidenceLink.objects.filter(assessment=case, file=OuterRef("pk"))
    return scope.evidence_files(user).filter(Exists(linked))


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
