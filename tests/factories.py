"""A small explicit factory. What takes many single saves is written in bulk; every step of a case is real."""

from __future__ import annotations

import datetime as dt
import hashlib
import itertools
import mimetypes
from collections.abc import Callable, Iterable
from decimal import Decimal

from django.core.files.base import ContentFile
from django.utils import timezone

from assessments.actions import assessments, eligibility, figures, organisations, transitions
from assessments.eligibility import Value
from assessments.models import (
    Answer,
    Assessment,
    BodyProfile,
    Evidence,
    EvidenceFile,
    EvidenceLink,
    ItemReview,
    Membership,
    Organisation,
    ReconciledVerdict,
    Ruling,
    TeamMember,
    User,
)
from assessments.queries.facts import Given
from assessments.queries.results import assessed_verdicts, self_verdicts
from assessments.scoring import Verdict
from assessments.templatetags.tours import TOURS
from assessments.workflow import CaseRole, Party, Role

PASSWORD = "test-password-2026"
#: Real check digits, synthetic bodies of the code.
_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_counter = itertools.count(1)


def uscc(n: int | None = None, prefix: str = "91310115MA") -> str:
    """A valid unified social credit code (GB 32100-2015) that no other test uses."""
    stem = f"{prefix}{next(_counter) if n is None else n:07d}"
    total = sum(_ALPHABET.index(c) * pow(3, i, 31) for i, c in enumerate(stem))
    return stem + _ALPHABET[-total % 31]


def make_user(name: str, email: str | None = None) -> User:
    """A person who has put away every introduction, so that none stands in the way of a browser."""
    address = email or f"user{next(_counter)}@test.example"
    return User.objects.create_user(address, PASSWORD, name=name, tours_seen=list(TOURS))


def make_enterprise(
    name: str, administrator: User, *, district: str = "310115", at: dt.datetime | None = None
) -> Organisation:
    return organisations.register_enterprise(
        by=administrator,
        uscc=uscc(),
        details={
            "name": name,
            "name_en": f"{name} Ltd",
            "district_code": district,
            "industry_code": "C",
            "size_code": "large",
        },
        at=at or timezone.now(),
    )


def make_body(name: str, **profile: object) -> Organisation:
    body = Organisation.objects.create(
        kind=Party.BODY,
        name=name,
        name_en=f"{name} Body",
        uscc=uscc(),
        district_code="310104",
        created_at=timezone.now(),
    )
    today = timezone.localdate()
    values: dict[str, object] = {
        "register_number": f"PG-{body.pk:04d}",
        "valid_from": today - dt.timedelta(days=700),
        "valid_until": today + dt.timedelta(days=700),
    }
    BodyProfile.objects.create(organisation=body, **{**values, **profile})
    return Organisation.objects.select_related("body_profile").get(pk=body.pk)


def make_organisation(kind: Party, name: str) -> Organisation:
    return Organisation.objects.create(kind=kind, name=name, created_at=timezone.now())


def join(user: User, organisation: Organisation, role: Role, *, district: str = "") -> Membership:
    return Membership.objects.create(
        user=user, organisation=organisation, role=role, district_code=district, created_at=timezone.now()
    )


def open_case(
    by: User,
    enterprise: Organisation,
    *,
    target_level: int = 3,
    at: dt.datetime | None = None,
    edition: str = "gbt36073-2018",
    carry_from: str = "",
) -> Assessment:
    return assessments.open_assessment(
        by=by,
        enterprise=enterprise,
        edition_code=edition,
        carry_from=carry_from,
        track="owner",
        key_domains=[],
        target_level=target_level,
        scope="公司总部及全部子公司的经营数据管理活动",
        planned_date=None,
        at=at or timezone.now(),
    )


#: What meets every condition of every level, track and reading.
ELIGIBLE: dict[str, Value] = {
    "legal_entity": True,
    "good_standing": True,
    "founded": dt.date(2001, 3, 1),
    "revenue": Decimal(20000),
    "employees": Decimal(6000),
    "data_volume": Decimal(20480),
    "systems": Decimal(12),
    "data_staff": Decimal(8),
    "data_certificates": Decimal(4),
    "policy_domains": Decimal(6),
    "tools": Decimal(3),
    "projects_one_year": Decimal(2),
    "projects_three_years": Decimal(5),
    "service_domains": Decimal(5),
    "contracts": Decimal(12),
    "contracts_total": Decimal(2400),
    "contracts_smallest": Decimal(80),
}


def state_eligibility(case: Assessment, by: User, *, at: dt.datetime | None = None, **values: Value | None) -> None:
    """States what meets every condition, but for the values given."""
    eligibility.state(by=by, number=case.number, values={**ELIGIBLE, **values}, at=at or timezone.now())


def by_level(code: str) -> str:
    """A plausible enterprise: strong below, weak above; comes out at level 3."""
    return {"1": "full", "2": "full", "3": "largely", "4": "partially", "5": "none"}[code.split("-L")[1][0]]


def answer_all(
    case: Assessment, by: User, verdict_of: Callable[[str], str] = by_level, at: dt.datetime | None = None
) -> None:
    """Answers every criterion not yet answered in bulk and brings the figures up to date as a save would."""
    at = at or timezone.now()
    done = set(case.answers.values_list("criterion_code", flat=True))
    Answer.objects.bulk_create(
        [
            Answer(
                assessment=case, criterion_code=c, verdict=verdict_of(c), note=f"自评说明 {c}", saved_by=by, saved_at=at
            )
            for c in case.edition.criteria
            if c not in done
        ]
    )
    _, columns = figures.update_layer(case, "self", self_verdicts(case))
    Assessment.objects.filter(pk=case.pk).update(**columns)
    case.refresh_from_db()


def keep_file(enterprise: Organisation, by: User, name: str = "制度.pdf", content: bytes = b"%PDF-1.7") -> EvidenceFile:
    """A document with one version in the library of an enterprise, written without the checks of an upload."""
    now = timezone.now()
    evidence = Evidence.objects.create(enterprise=enterprise, title=name.rpartition(".")[0], owner=by, created_at=now)
    file = EvidenceFile(
        evidence=evidence,
        enterprise=enterprise,
        name=name,
        size=len(content),
        content_type=mimetypes.guess_type(name)[0] or "application/octet-stream",
        sha256=hashlib.sha256(content + name.encode()).hexdigest(),
        uploaded_by=by,
        uploaded_at=now,
    )
    file.content.save(f"evidence/{enterprise.pk}/{file.pk.hex}", ContentFile(content), save=True)
    return file


def next_version(file: EvidenceFile, by: User, content: bytes = b"%PDF-1.7 next") -> EvidenceFile:
    """The next version of the document of this file, under its name and a digest of its own."""
    version = file.evidence.versions.count() + 1
    later = EvidenceFile(
        evidence=file.evidence,
        version=version,
        enterprise=file.enterprise,
        name=file.name,
        size=len(content),
        content_type=file.content_type,
        sha256=hashlib.sha256(f"{file.pk} {version}".encode()).hexdigest(),
        uploaded_by=by,
        uploaded_at=timezone.now(),
    )
    later.content.save(f"evidence/{file.enterprise_id}/{later.pk.hex}", ContentFile(content), save=True)
    return later


def link_file(case: Assessment, code: str, file: EvidenceFile, by: User, **fields: str) -> EvidenceLink:
    return EvidenceLink.objects.create(
        assessment=case, criterion_code=code, file=file, added_by=by, added_at=timezone.now(), **fields
    )


def rule_all(
    case: Assessment,
    assessors: Iterable[User],
    verdict_of: Callable[[str], str] = by_level,
    *,
    differ: Iterable[str] = (),
    skip: Iterable[str] = (),
    at: dt.datetime | None = None,
) -> None:
    """Both assessors rule on everything and finish; they differ on the codes named (the second says ``none``).

    Items in ``skip`` are left to the test.
    """
    at = at or timezone.now()
    first, second = assessors
    differ = set(differ)
    items = [i for i in case.edition.items.values() if i.code not in set(skip)]
    codes = [c.code for i in items for c in i.criteria]
    for user in (first, second):
        Ruling.objects.bulk_create(
            [
                Ruling(
                    assessment=case,
                    criterion_code=c,
                    assessor=user,
                    verdict=Verdict.NONE if c in differ and user == second else verdict_of(c),
                    remark=f"{user.name}的意见 {c}",
                    saved_at=at,
                )
                for c in codes
            ]
        )
        ItemReview.objects.bulk_create(
            [
                ItemReview(assessment=case, item_code=i.code, assessor=user, ruled=len(i.criteria), finished_at=at)
                for i in items
            ]
        )
    ReconciledVerdict.objects.bulk_create(
        [
            ReconciledVerdict(
                assessment=case, criterion_code=c, verdict=verdict_of(c), decided_by=second, decided_at=at
            )
            for c in codes
            if c not in differ
        ]
    )
    _, columns = figures.update_layer(case, "assessed", assessed_verdicts(case))
    Assessment.objects.filter(pk=case.pk).update(**columns)


def move(case: Assessment, by: User, action: str, at: dt.datetime | None = None, **given: object) -> Assessment:
    """One real step of the workflow; answers the case as it stands then."""
    transitions.move(by=by, number=case.number, action=action, at=at or timezone.now(), given=Given(**given))  # type: ignore[arg-type]
    return Assessment.objects.select_related("enterprise", "body").get(pk=case.pk)


def form_team(case: Assessment, manager: User, lead: User, assessor: User, reviewer: User) -> None:
    """Lead (who also rules), second assessor and quality reviewer, all declared, in bulk."""
    now = timezone.now()
    parts = (
        (lead, CaseRole.LEAD),
        (lead, CaseRole.ASSESSOR),
        (assessor, CaseRole.ASSESSOR),
        (reviewer, CaseRole.QUALITY_REVIEWER),
    )
    TeamMember.objects.bulk_create(
        [
            TeamMember(assessment=case, user=user, role=role, assigned_by=manager, assigned_at=now, declared_at=now)
            for user, role in parts
        ]
    )
