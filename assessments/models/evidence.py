"""Evidence: the library of an enterprise, the versions of each document, and the criteria they speak for."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from assessments.models.assessments import Assessment
from assessments.models.choices import one_of
from assessments.models.organisations import Organisation

POINTER_MAX = 120

CONFIDENTIALITY = [
    ("public", _("公开")),
    ("internal", _("内部")),
    ("secret", _("商业秘密")),
]


class Evidence(models.Model):
    """A document in the library of an enterprise, whatever its versions are called.

    The dates are those of the document itself (in force from, until), not of its upload; empty means not stated, and
    an empty end means that it has none.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    enterprise = models.ForeignKey(Organisation, models.PROTECT, related_name="evidence")
    title = models.CharField(_("名称"), max_length=200)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("责任人"))
    confidentiality = models.CharField(_("密级"), max_length=10, choices=CONFIDENTIALITY, default="internal")
    effective_from = models.DateField(_("生效日期"), null=True, blank=True)
    effective_until = models.DateField(_("失效日期"), null=True, blank=True)
    created_at = models.DateTimeField(_("入库时间"))

    class Meta:
        ordering = ["-created_at", "pk"]
        verbose_name = _("证明材料")
        constraints = [
            models.CheckConstraint(
                condition=one_of("confidentiality", CONFIDENTIALITY), name="evidence_confidentiality_known"
            ),
            models.CheckConstraint(
                condition=Q(effective_from__isnull=True)
                | Q(effective_until__isnull=True)
                | Q(effective_until__gte=F("effective_from")),
                name="evidence_dates_in_order",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def is_expired(self, today: dt.date) -> bool:
        return self.effective_until is not None and self.effective_until < today


class EvidenceFile(models.Model):
    """One version of a document, never changed; ``name`` is what the uploader called it.

    Kept outside any public folder under a name of our own.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    evidence = models.ForeignKey(Evidence, models.PROTECT, related_name="versions")
    version = models.PositiveSmallIntegerField(_("版本"), default=1)
    enterprise = models.ForeignKey(Organisation, models.PROTECT, related_name="evidence_files")
    name = models.CharField(_("文件名"), max_length=200)
    content = models.FileField(_("文件"), max_length=200)
    size = models.PositiveBigIntegerField(_("大小"))
    content_type = models.CharField(_("类型"), max_length=100)
    sha256 = models.CharField(max_length=64)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(_("上传时间"))
    #: when a malware scanner found nothing in it; empty where none is set up
    scanned_at = models.DateTimeField(_("病毒扫描时间"), null=True, blank=True)

    class Meta:
        ordering = ["-uploaded_at"]
        verbose_name = _("证明材料版本")
        constraints = [
            models.UniqueConstraint(fields=["enterprise", "sha256", "name"], name="evidence_file_kept_once"),
            models.UniqueConstraint(fields=["evidence", "version"], name="evidence_version_once"),
        ]

    def __str__(self) -> str:
        return self.name


class EvidenceLink(models.Model):
    """This version of a document is offered as evidence for this criterion in this assessment.

    ``pointer`` says where in the file to look, in the enterprise's words: a page, a clause, a sheet.
    """

    assessment = models.ForeignKey(Assessment, models.CASCADE, related_name="evidence_links")
    criterion_code = models.CharField(max_length=16)
    file = models.ForeignKey(EvidenceFile, models.PROTECT, related_name="links")
    pointer = models.CharField(_("位置"), max_length=POINTER_MAX, blank=True)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    added_at = models.DateTimeField()

    class Meta:
        ordering = ["added_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["assessment", "criterion_code", "file"], name="evidence_link_once"),
        ]

    def __str__(self) -> str:
        return f"{self.criterion_code} {self.file}"

    @property
    def item_code(self) -> str:
        return self.criterion_code.split("-")[0]

    @property
    def domain_code(self) -> str:
        return self.criterion_code.split(".")[0]


class PendingUpload(models.Model):
    """A large file on its way in pieces; ``received`` bytes have arrived and the next piece continues there.

    The pieces are one file in ``settings.UPLOADS_DIR`` under the id. It becomes evidence when all ``size`` bytes are
    there and the content has been checked; whatever is left alone for ``settings.UPLOAD_HOURS`` is thrown away.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    assessment = models.ForeignKey(Assessment, models.CASCADE, related_name="pending_uploads")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    name = models.CharField(max_length=200)
    size = models.PositiveBigIntegerField()
    received = models.PositiveBigIntegerField(default=0)
    #: what the browser says to know the same file by, after a reload: name, size and time of change, hashed
    fingerprint = models.CharField(max_length=64)
    #: criteria the file will be linked to; empty for the library alone
    criterion_codes: Any = models.JSONField(default=list)
    #: the document this is a new version of
    evidence = models.ForeignKey(Evidence, models.CASCADE, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField()
    touched_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["user", "fingerprint"], name="pending_upload_again")]
        constraints = [
            models.CheckConstraint(condition=Q(received__lte=F("size")), name="pending_upload_not_beyond_its_size")
        ]

    def __str__(self) -> str:
        return self.name
