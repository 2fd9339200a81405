"""The register of certificates: as staff filter it, and one certificate as the public may check it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, CharField, Count, F, Q, QuerySet, Value, When
from django.utils import timezone

from assessments.models import Certificate, Organisation, PublicNotice
from assessments.models.certificates import STATUSES
from assessments.standard import Bilingual
from assessments.workflow import Party, Role

FIRST_ISSUE = Bilingual("首次签发", "First issued")
PERIOD_OVER = Bilingual("有效期届满", "The period of validity is over")


def with_status(certificates: QuerySet[Certificate], day: dt.date) -> QuerySet[Certificate]:
    """Adds ``status_now``: what :meth:`Certificate.status_on` answers for the day, in SQL."""
    over = When(status__in=["active", "suspended"], expiry_date__lt=day, then=Value("expired"))
    return certificates.annotate(status_now=Case(over, default=F("status"), output_field=CharField()))


def register(certificates: QuerySet[Certificate], wanted: Mapping[str, Any], day: dt.date) -> QuerySet[Certificate]:
    """The certificates that match the filters ``q``, ``level``, ``district``, ``year`` and ``status``; newest first."""
    found = with_status(certificates, day).defer("scope")
    if q := wanted.get("q"):
        found = found.filter(
            Q(number__icontains=q) | Q(holder_name__icontains=q) | Q(holder_name_en__icontains=q) | Q(uscc__iexact=q)
        )
    for name, column in (("level", "level"), ("district", "district_code"), ("status", "status_now")):
        if wanted.get(name):
            found = found.filter(**{column: wanted[name]})
    if year := wanted.get("year"):
        found = found.filter(issue_date__gte=dt.date(int(year), 1, 1), issue_date__lt=dt.date(int(year) + 1, 1, 1))
    return found


def counts_by_status(certificates: QuerySet[Certificate]) -> dict[str, int]:
    """How many of these (from :func:`register`, without a status filter) stand in each status; one query."""
    rows = certificates.order_by().values_list("status_now").annotate(n=Count("pk"))
    return dict.fromkeys(STATUSES, 0) | dict(rows)


def years(certificates: QuerySet[Certificate]) -> list[int]:
    """The years in which these were issued, newest first."""
    return [day.year for day in certificates.order_by().dates("issue_date", "year", order="DESC")]


@dataclass(frozen=True)
class StatusLine:
    """From when a certificate has stood in a status, and why. ``reason`` is Bilingual where the platform wrote it."""

    status: str
    at: dt.datetime
    reason: Bilingual | str

    @property
    def label(self) -> Bilingual:
        return STATUSES[self.status]


@dataclass(frozen=True)
class PublicCertificate:
    """What anyone may know of a certificate at one moment; no answers, no evidence, no scores."""

    certificate: Certificate
    status: str
    changes: tuple[StatusLine, ...]
    checked_at: dt.datetime
    notice: PublicNotice | None

    @property
    def label(self) -> Bilingual:
        return STATUSES[self.status]

    @property
    def latest(self) -> StatusLine:
        return self.changes[-1]

    def to_dict(self) -> dict[str, Any]:
        """The same as JSON; a contract: changes by addition only."""
        c = self.certificate
        return {
            "number": c.number,
            "status": self.status,
            "holder": {"name": c.holder_name, "name_en": c.holder_name_en, "uscc": c.uscc},
            "level": c.level,
            "edition": c.edition_code,
            "track": c.track,
            "scope": c.scope,
            "body": c.body_name,
            "issue_date": c.issue_date.isoformat(),
            "expiry_date": c.expiry_date.isoformat(),
            "status_changes": [
                {"at": _local(line.at), "status": line.status, "reason": str(line.reason)} for line in self.changes
            ],
            "checked_at": _local(self.checked_at),
            "is_demo": c.is_demo,
        }


def public_certificate(number: str, at: dt.datetime) -> PublicCertificate | None:
    """The certificate with this number as it stands at a moment, or ``None``; three queries."""
    certificate = Certificate.objects.filter(number=number).first()
    if certificate is None:
        return None
    notice = PublicNotice.objects.filter(assessment=certificate.assessment_id, published_at__lte=at).first()
    return PublicCertificate(
        certificate=certificate,
        status=certificate.status_on(timezone.localdate(at)),
        changes=status_lines(certificate, at),
        checked_at=at,
        notice=notice,
    )


def status_lines(certificate: Certificate, at: dt.datetime) -> tuple[StatusLine, ...]:
    """The history of statuses, oldest first; expiry is told by the date, so it is added here and kept nowhere."""
    lines = [
        StatusLine(change.after, change.at, change.reason if change.before else FIRST_ISSUE)
        for change in certificate.status_changes.all()
    ]
    if certificate.status_on(timezone.localdate(at)) == "expired":
        first_day = certificate.expiry_date + dt.timedelta(days=1)
        lines.append(StatusLine("expired", timezone.make_aware(dt.datetime.combine(first_day, dt.time())), PERIOD_OVER))
    return tuple(lines)


def issuing_office() -> Organisation | None:
    """The office that issues certificates and hears objections: the one with certification officers."""
    officers = Q(memberships__role=Role.CERTIFICATION_OFFICER, memberships__is_active=True)
    return Organisation.objects.filter(officers, kind=Party.OFFICE).order_by("pk").first()


def _local(moment: dt.datetime) -> str:
    return timezone.localtime(moment).isoformat(timespec="seconds")
