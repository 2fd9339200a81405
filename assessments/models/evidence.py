"""Evidence: files of an enterprise and the criteria they speak for."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from assessments.models.assessments import Assessment
from assessments.models.organisations import Organisation


class EvidenceFile(models.Model):
    """A file kept outside any public folder under a name of our own; ``name`` is what the uploader called it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    enterprise = models.ForeignKey(Organisation, models.PROTECT, related_name="evidence_files")
    name = models.CharField(_("文件名"), max_length=200)
    content = models.FileField(_("文件"), max_length=200)
    size = models.PositiveBigIntegerField(_("大小"))
    content_type = models.CharField(_("类型"), max_length=100)
    sha256 = models.CharField(max_length=64)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(_("上传时间"))

    class Meta:
        ordering = ["-uploaded_at"]
        verbose_name = _("证明材料")
        constraints = [
            models.UniqueConstraint(fields=["enterprise", "sha256", "name"], name="evidence_file_kept_once"),
        ]

    def __str__(self) -> str:
        return self.name


class EvidenceLink(models.Model):
    """This file is offered as evidence for this criterion in this assessment."""

    assessment = models.ForeignKey(Assessment, models.CASCADE, related_name="evidence_links")
    criterion_code = models.CharField(max_length=16)
    file = models.ForeignKey(EvidenceFile, models.PROTECT, related_name="links")
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
