"""Issuing certificates and changing their status."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from assessments.actions import audit, numbers
from assessments.actions.errors import allow, refuse_unless
from assessments.models import Assessment, Certificate, CertificateStatusChange, User
from assessments.models.certificates import STATUSES
from assessments.permissions import scope
from assessments.permissions.rules import can_change_certificate

#: Status changes an officer may make; superseding comes with the certificate that supersedes.
STATUS_MOVES: dict[str, tuple[str, ...]] = {"active": ("suspended", "revoked"), "suspended": ("active", "revoked")}


def issue(*, case: Assessment, by: User, at: dt.datetime) -> Certificate:
    """Makes the certificate of a case that the workflow has cleared; the caller holds the lock and writes the event."""
    assert case.assessed_level
    assert case.body
    today = timezone.localdate(at)
    certificate = Certificate.objects.create(
        number=numbers.draw(prefix="DCMM-SH", at=at),
        assessment=case,
        holder=case.enterprise,
        holder_name=case.enterprise.name,
        holder_name_en=case.enterprise.name_en,
        uscc=case.enterprise.uscc or "",
        district_code=case.enterprise.district_code,
        level=case.assessed_level,
        edition_code=case.edition_code,
        track=case.track,
        scope=case.scope,
        body_name=case.body.name,
        body_name_en=case.body.name_en,
        issue_date=today,
        expiry_date=expiry(today),
        issued_by=by,
        is_demo=settings.ENVIRONMENT != "production",
    )
    CertificateStatusChange.objects.create(certificate=certificate, after="active", reason="首次签发", by=by, at=at)
    return certificate


def expiry(issued: dt.date) -> dt.date:
    """The last day of validity: the day before the anniversary after ``CERTIFICATE_YEARS`` years."""
    year = issued.year + settings.CERTIFICATE_YEARS
    try:
        anniversary = issued.replace(year=year)
    except ValueError:  # 29 February
        anniversary = dt.date(year, 3, 1)
    return anniversary - dt.timedelta(days=1)


@transaction.atomic
def change_status(
    *, by: User, certificate: Certificate, status: str, reason: str, at: dt.datetime, seen: str = ""
) -> Certificate:
    """Suspends, restores or revokes. ``seen``: the status on which the officer decided, when it matters.

    Raises ``NotAllowed``, or ``Refused`` when the status has changed since, or it or the reason will not do.
    """
    allow(can_change_certificate(by, scope.cases(by).filter(pk=certificate.assessment_id).first()))
    locked = Certificate.objects.select_for_update(of=("self",)).get(pk=certificate.pk)
    now = locked.status_on(timezone.localdate(at))
    refuse_unless(
        seen in ("", now),
        "在您办理期间，证书状态已变更为“{now}”，本次变更未生效。请核对最新情况后再办理。",
        "The certificate has become {now} in the meantime; nothing was changed. Look at it again before you decide.",
        now=STATUSES[now],
    )
    refuse_unless(
        status in STATUS_MOVES.get(now, ()),
        "证书当前状态为“{now}”，不能变更为“{then}”。",
        "The certificate is {now}; it cannot become {then}.",
        now=STATUSES[now],
        then=STATUSES.get(status, status),
    )
    refuse_unless(reason.strip(), "请填写变更理由。", "Give the reason for the change.")
    CertificateStatusChange.objects.create(
        certificate=locked, before=now, after=status, reason=reason.strip(), by=by, at=at
    )
    locked.status = status
    locked.save(update_fields=["status"])
    case = Assessment.objects.select_for_update(of=("self",)).get(pk=locked.assessment_id)
    audit.record(
        action="certificate.status",
        by=by,
        at=at,
        assessment=case,
        subject=locked.number,
        before={"status": now},
        after={"status": status, "reason": reason.strip()},
    )
    return locked
