"""Public notices and certificates. A certificate copies what it certifies, so that later changes cannot alter it."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from assessments.models.assessments import Assessment
from assessments.models.choices import TRACK_CHOICES, one_of
from assessments.models.organisations import Organisation
from assessments.scoring import TRACKS
from assessments.standard import Bilingual, get_edition


class PublicNotice(models.Model):
    """A recommended result laid open for objections; ``closes_on`` is the first day after the period."""

    assessment = models.ForeignKey(Assessment, models.PROTECT, related_name="notices")
    level = models.PositiveSmallIntegerField()
    published_at = models.DateTimeField()
    closes_on = models.DateField()
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-published_at"]
        verbose_name = _("公示")
        constraints = [
            models.UniqueConstraint(
                fields=["assessment"], condition=Q(closed_at__isnull=True), name="notice_one_open_per_assessment"
            ),
        ]

    def __str__(self) -> str:
        return str(self.assessment)

    def days_left(self, today: dt.date) -> int:
        return max(0, (self.closes_on - today).days)


STATUSES: dict[str, Bilingual] = {
    "active": Bilingual("有效", "Active"),
    "suspended": Bilingual("暂停", "Suspended"),
    "revoked": Bilingual("撤销", "Revoked"),
    "expired": Bilingual("过期", "Expired"),
    "superseded": Bilingual("被新证书取代", "Superseded"),
}
STATUS_CHOICES = [(code, label.zh) for code, label in STATUSES.items()]


class Certificate(models.Model):
    """A certificate as issued. Expiry is told by the date, so no nightly job can be late: use ``status_on``."""

    number = models.CharField(_("证书编号"), max_length=24, unique=True)
    assessment = models.OneToOneField(Assessment, models.PROTECT, related_name="certificate")
    holder = models.ForeignKey(Organisation, models.PROTECT, related_name="certificates")
    holder_name = models.CharField(_("持证企业"), max_length=120)
    holder_name_en = models.CharField(max_length=160, blank=True)
    uscc = models.CharField(_("统一社会信用代码"), max_length=18)
    district_code = models.CharField(max_length=6, blank=True)
    level = models.PositiveSmallIntegerField(_("等级"))
    edition_code = models.CharField(max_length=20)
    track = models.CharField(max_length=8, choices=TRACK_CHOICES)
    scope = models.TextField(_("评估范围"))
    body_name = models.CharField(_("评估机构"), max_length=120)
    body_name_en = models.CharField(max_length=160, blank=True)
    issue_date = models.DateField(_("发证日期"))
    expiry_date = models.DateField(_("有效期至"))
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    status = models.CharField(_("状态"), max_length=12, choices=STATUS_CHOICES, default="active")
    is_demo = models.BooleanField(default=False)

    class Meta:
        ordering = ["-issue_date", "-number"]
        verbose_name = _("证书")
        constraints = [
            models.CheckConstraint(condition=one_of("status", STATUS_CHOICES), name="certificate_status_known"),
            models.CheckConstraint(condition=Q(expiry_date__gt=F("issue_date")), name="certificate_dates_in_order"),
            models.CheckConstraint(condition=Q(level__gte=1, level__lte=5), name="certificate_level_1_to_5"),
        ]

    def __str__(self) -> str:
        return self.number

    def status_on(self, day: dt.date) -> str:
        """The status as the public sees it on a day: an active certificate past its last day is expired."""
        return "expired" if self.status in ("active", "suspended") and day > self.expiry_date else self.status

    @property
    def holder_names(self) -> Bilingual:
        return Bilingual(self.holder_name, self.holder_name_en or self.holder_name)

    @property
    def body_names(self) -> Bilingual:
        return Bilingual(self.body_name, self.body_name_en or self.body_name)

    @property
    def edition_title(self) -> Bilingual:
        return get_edition(self.edition_code).title

    @property
    def track_label(self) -> Bilingual:
        return TRACKS[self.track]


class CertificateStatusChange(models.Model):
    """Why a certificate changed its status; public."""

    certificate = models.ForeignKey(Certificate, models.PROTECT, related_name="status_changes")
    before = models.CharField(max_length=12, blank=True)
    after = models.CharField(max_length=12, choices=STATUS_CHOICES)
    reason = models.TextField(_("理由"), max_length=1000)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.certificate_id} {self.after}"

    @property
    def label(self) -> Bilingual:
        return STATUSES[self.after]
