"""The library of an enterprise as one case shows it: documents, their versions, where they are used, what they cover.

Whoever is not of the enterprise sees of a document what is linked in the case at hand and nothing else: no other
version, no other document, no other case.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from assessments.models import (
    Assessment,
    EligibilityEvidence,
    Evidence,
    EvidenceFile,
    EvidenceLink,
    User,
)
from assessments.permissions import scope
from assessments.permissions.rules import can_read_library
from assessments.queries.eligibility import slot_of
from assessments.standard import Bilingual, Criterion, Domain, Item

#: A document is about to expire this many days before its last day.
SOON = dt.timedelta(days=60)
#: What the list may be narrowed to, by its name in the address; what is not in the case is the enterprise's alone.
CASE_SHOW, LIBRARY_SHOW = ("expiring", "expired"), ("elsewhere", "unlinked")
SHOW = (*CASE_SHOW, *LIBRARY_SHOW)


@dataclass(frozen=True)
class Wanted:
    """The filters of the list; empty means all. ``show`` is one of ``SHOW``."""

    domain: str = ""
    show: str = ""
    confidentiality: str = ""
    words: str = ""

    @property
    def is_library(self) -> bool:
        """Whether it asks for what is not in the case."""
        return self.show in LIBRARY_SHOW


@dataclass(frozen=True)
class Document:
    """A document in a list: the version that counts here, the newest one the reader sees, the links in the case."""

    evidence: Evidence
    file: EvidenceFile
    newest: EvidenceFile
    links: tuple[EvidenceLink, ...]
    #: criteria of the case with the version that stands there
    at: tuple[tuple[str, int], ...] = ()

    @property
    def latest(self) -> int:
        return self.newest.version

    @property
    def is_outdated(self) -> bool:
        """Whether the case shows an earlier version than the library has."""
        return self.file.version < self.latest

    def version_at(self, criterion_code: str) -> int | None:
        """The version that stands at a criterion of the case."""
        return next((n for code, n in self.at if code == criterion_code), None)


def documents(case: Assessment, wanted: Wanted, today: dt.date) -> QuerySet[Evidence]:
    """Documents of a case, newest first; with ``wanted.is_library`` those of the enterprise that are not in it.

    What is asked for beyond the reader's right comes out empty.
    """
    links = EvidenceLink.objects.filter(file__evidence=OuterRef("pk"))
    here = links.filter(assessment=case)
    if wanted.domain:
        here = here.filter(criterion_code__startswith=f"{wanted.domain}.")
    if wanted.is_library:
        found = _library(case).exclude(Exists(links if wanted.show == "unlinked" else here))
    else:
        found = Evidence.objects.filter(Exists(here))
    if wanted.show == "expired":
        found = found.filter(effective_until__lt=today)
    elif wanted.show == "expiring":
        found = found.filter(effective_until__range=(today, today + SOON))
    if wanted.confidentiality:
        found = found.filter(confidentiality=wanted.confidentiality)
    return named(found, case, wanted.words).select_related("owner").order_by("-created_at", "pk")


def named(found: QuerySet[Evidence], case: Assessment, words: str) -> QuerySet[Evidence]:
    """Those whose title, or the file name of a version the reader sees, has these words."""
    if not words:
        return found
    files = _seen_versions(case).filter(evidence=OuterRef("pk"), name__icontains=words)
    return found.filter(Q(title__icontains=words) | Exists(files))


def library(case: Assessment) -> QuerySet[Evidence]:
    """All documents of the enterprise, for its own people; newest first."""
    return _library(case).select_related("owner").order_by("-created_at", "pk")


def _library(case: Assessment) -> QuerySet[Evidence]:
    if not can_read_library(case):
        return Evidence.objects.none()
    return Evidence.objects.filter(enterprise=case.enterprise_id)


def _seen_versions(case: Assessment) -> QuerySet[EvidenceFile]:
    """Versions the reader of a case may see, given that its material is open to them."""
    found = EvidenceFile.objects.filter(enterprise=case.enterprise_id)
    if can_read_library(case):
        return found
    return found.filter(Exists(EvidenceLink.objects.filter(assessment=case, file=OuterRef("pk"))))


def as_rows(case: Assessment, found: Iterable[Evidence], domain_code: str = "") -> tuple[Document, ...]:
    """Documents with version and links; two queries however many there are."""
    held = list(found)
    links = EvidenceLink.objects.filter(assessment=case).order_by("criterion_code")
    if domain_code:
        links = links.filter(criterion_code__startswith=f"{domain_code}.")
    versions = (
        _seen_versions(case)
        .filter(evidence__in=[e.pk for e in held])
        .select_related("uploaded_by")
        .prefetch_related(Prefetch("links", links, to_attr="case_links"))
        .order_by("-version")
    )
    by_document: dict[UUID, list[EvidenceFile]] = defaultdict(list)
    for file in versions:
        by_document[file.evidence_id].append(file)
    return tuple(_document(e, by_document[e.pk]) for e in held if by_document[e.pk])


def _document(evidence: Evidence, versions: Sequence[EvidenceFile]) -> Document:
    """The latest version that is linked here counts here; in the library the latest of all."""
    links = tuple(link for file in versions for link in file.case_links)
    at = tuple((link.criterion_code, file.version) for file in versions for link in file.case_links)
    linked = next((file for file in versions if file.case_links), versions[0])
    in_order = tuple(sorted(links, key=lambda link: link.criterion_code))
    return Document(evidence, linked, versions[0], in_order, at)


def readable_document(user: User, case: Assessment) -> QuerySet[Evidence]:
    """Documents the user may open in this case; the case comes from ``scope`` and its material is open to them."""
    versions = _seen_versions(case).filter(pk__in=scope.evidence_files(user).values("pk"))
    return Evidence.objects.filter(Exists(versions.filter(evidence=OuterRef("pk")))).select_related("owner")


def versions_of(evidence: Evidence, case: Assessment) -> tuple[EvidenceFile, ...]:
    """The versions the reader sees, latest first, each with ``case_links``; two queries."""
    links = EvidenceLink.objects.filter(assessment=case).order_by("criterion_code")
    found = _seen_versions(case).filter(evidence=evidence).select_related("uploaded_by").order_by("-version")
    return tuple(found.prefetch_related(Prefetch("links", links, to_attr="case_links")))


@dataclass(frozen=True)
class Use:
    """Where a document is used: the links of one case, and in which slots of eligibility it stands there."""

    case: Assessment
    is_here: bool
    links: tuple[EvidenceLink, ...]
    slots: tuple[Bilingual, ...] = ()


def used_by(evidence: Evidence, case: Assessment, user: User) -> tuple[Use, ...]:
    """The cases that use a document, this one first: all of the enterprise for its own people, else this one alone."""
    cases = scope.cases(user).filter(enterprise=case.enterprise_id)
    if not can_read_library(case):
        cases = cases.filter(pk=case.pk)
    found = EvidenceLink.objects.filter(file__evidence=evidence, assessment__in=cases.values("pk"))
    links: dict[int, list[EvidenceLink]] = defaultdict(list)
    known: dict[int, Assessment] = {case.pk: case}
    for link in found.select_related("file", "assessment").order_by("criterion_code", "pk"):
        links[link.assessment_id].append(link)
        known.setdefault(link.assessment_id, link.assessment)
    slots = _slots(evidence, cases, known) if can_read_library(case) else {}
    order = sorted((pk for pk in known if links[pk] or slots.get(pk)), key=lambda pk: (pk != case.pk, -pk))
    return tuple(Use(known[pk], pk == case.pk, tuple(links[pk]), tuple(slots.get(pk, ()))) for pk in order)


def _slots(
    evidence: Evidence, cases: QuerySet[Assessment], known: dict[int, Assessment]
) -> dict[int, tuple[Bilingual, ...]]:
    """Slots of eligibility by case, each once; the cases they stand in are added to ``known``."""
    found: dict[int, dict[str, Bilingual]] = defaultdict(dict)
    proof = EligibilityEvidence.objects.filter(file__evidence=evidence, assessment__in=cases.values("pk"))
    for entry in proof.select_related("assessment"):
        known.setdefault(entry.assessment_id, entry.assessment)
        found[entry.assessment_id][entry.slot_code] = slot_of(entry.slot_code).label
    return {pk: tuple(labels.values()) for pk, labels in found.items()}


# --- coverage -------------------------------------------------------------------------------------------------------

#: From this many documents on a cell is as dark as it gets.
MANY = 3


@dataclass(frozen=True)
class Cell:
    """A criterion on the map: how many documents speak for it, and whether all of them have expired."""

    criterion: Criterion
    documents: int
    is_expired: bool

    @property
    def shade(self) -> int:
        return min(self.documents, MANY)

    @property
    def tail(self) -> str:
        """The code without its item: ``L3-02``."""
        return self.criterion.code.partition("-")[2]


@dataclass(frozen=True)
class MapItem:
    item: Item
    cells: tuple[Cell, ...]

    @property
    def covered(self) -> int:
        return sum(1 for cell in self.cells if cell.documents)


@dataclass(frozen=True)
class MapDomain:
    domain: Domain
    items: tuple[MapItem, ...]

    @property
    def total(self) -> int:
        return sum(len(item.cells) for item in self.items)

    @property
    def covered(self) -> int:
        return sum(item.covered for item in self.items)

    @property
    def expired(self) -> int:
        return sum(1 for item in self.items for cell in item.cells if cell.is_expired)


@dataclass(frozen=True)
class CoverageMap:
    """The map of a case, or of its criteria up to a level."""

    domains: tuple[MapDomain, ...]

    @property
    def total(self) -> int:
        return sum(domain.total for domain in self.domains)

    @property
    def covered(self) -> int:
        return sum(domain.covered for domain in self.domains)

    @property
    def missing(self) -> int:
        return self.total - self.covered

    @property
    def expired(self) -> int:
        return sum(domain.expired for domain in self.domains)


def coverage_map(case: Assessment, today: dt.date, up_to: int = 5) -> CoverageMap:
    """Every criterion up to a level with what speaks for it, in the order of the standard; one query."""
    valid: dict[str, dict[UUID, bool]] = defaultdict(dict)
    links = EvidenceLink.objects.filter(assessment=case).order_by()
    for code, document, until in links.values_list(
        "criterion_code", "file__evidence_id", "file__evidence__effective_until"
    ):
        valid[code][document] = until is None or until >= today
    return CoverageMap(
        tuple(
            MapDomain(
                domain,
                tuple(
                    MapItem(item, tuple(_cell(c, valid.get(c.code, {})) for c in item.criteria if c.level <= up_to))
                    for item in domain.items
                ),
            )
            for domain in case.edition.domains
        )
    )


def _cell(criterion: Criterion, valid: dict[UUID, bool]) -> Cell:
    return Cell(criterion, len(valid), bool(valid) and not any(valid.values()))
