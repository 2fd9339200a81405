"""Eligibility: what an enterprise states of itself for an application, its proof, and waivers by the office."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from assessments.models.assessments import Assessment
from assessments.models.choices import one_of
from assessments.models.evidence import EvidenceFile
from assessments.standard import Bilingual

WAIVER_TEXT_MAX = 2000


class EligibilityStatement(models.Model):
    """What is stated, fact code to value (see ``eligibility.facts.write_value``)."""

    assessment = models.OneToOneField(Assessment, models.CASCADE, related_name="eligibility_statement")
    values: Any = models.JSONField(default=dict)
    stated_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    stated_at = models.DateTimeField(_("填报时间"))

    class Meta:
        verbose_name = _("申报条件填报")

    def __str__(self) -> str:
        return str(self.assessment_id)


class EligibilityEvidence(models.Model):
    """This file is offered as proof in this slot; the file belongs to the enterprise like any other evidence."""

    assessment = models.ForeignKey(Assessment, models.CASCADE, related_name="eligibility_evidence")
    slot_code = models.CharField(max_length=40)
    file = models.ForeignKey(EvidenceFile, models.PROTECT, related_name="eligibility_links")
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    added_at = models.DateTimeField()

    class Meta:
        ordering = ["added_at", "pk"]
        verbose_name = _("申报条件证明材料")
        constraints = [
            models.UniqueConstraint(fields=["assessment", "slot_code", "file"], name="eligibility_evidence_once"),
        ]

    def __str__(self) -> str:
        return f"{self.slot_code} {self.file}"


GRANTED, REFUSED, WITHDRAWN = "granted", "refused", "withdrawn"
WAIVER_DECISIONS = [(GRANTED, _("准予豁免")), (REFUSED, _("不予豁免")), (WITHDRAWN, _("申请已撤回"))]
DECISIONS = {
    "": Bilingual("待审批", "Awaiting decision"),
    GRANTED: Bilingual("准予豁免", "Waiver granted"),
    REFUSED: Bilingual("不予豁免", "Waiver refused"),
    WITHDRAWN: Bilingual("申请已撤回", "Request withdrawn"),
}


class EligibilityWaiver(models.Model):
    """A request to be let through although conditions are not met, and what the office decided.

    ``outcome`` is the check the enterprise asked about, once granted that of the day of the decision; a waiver granted
    speaks of those conditions and figures alone.
    """

    assessment = models.ForeignKey(Assessment, models.CASCADE, related_name="waivers")
    target_level = models.PositiveSmallIntegerField(_("目标等级"))
    outcome: Any = models.JSONField()
    request = models.TextField(_("申请理由"), max_length=WAIVER_TEXT_MAX)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    requested_at = models.DateTimeField(_("申请时间"))
    decision = models.CharField(_("审批结果"), max_length=12, choices=WAIVER_DECISIONS, blank=True)
    reason = models.TextField(_("审批理由"), max_length=WAIVER_TEXT_MAX, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(_("审批时间"), null=True, blank=True)

    class Meta:
        ordering = ["-requested_at", "-pk"]
        verbose_name = _("资格豁免")
        constraints = [
            models.UniqueConstraint(fields=["assessment"], condition=Q(decision=""), name="waiver_one_open_a_case"),
            models.CheckConstraint(
                condition=one_of("decision", WAIVER_DECISIONS, or_empty=True), name="waiver_decision_known"
            ),
            models.CheckConstraint(
                condition=Q(decision="", decided_by__isnull=True, decided_at__isnull=True)
                | (~Q(decision="") & Q(decided_by__isnull=False, decided_at__isnull=False)),
                name="waiver_decided_by_and_at",
            ),
            models.CheckConstraint(
                condition=~Q(decision__in=[GRANTED, REFUSED]) | ~Q(reason=""), name="waiver_decision_has_reason"
            ),
            models.CheckConstraint(
                condition=~Q(decision__in=[GRANTED, REFUSED]) | ~Q(decided_by=F("requested_by")),
                name="waiver_not_decided_by_applicant",
            ),
            models.CheckConstraint(condition=~Q(request=""), name="waiver_request_has_reason"),
            models.CheckConstraint(
                condition=Q(target_level__gte=1, target_level__lte=5), name="waiver_target_level_1_to_5"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.assessment_id} {self.decision or 'open'}"

    @property
    def is_open(self) -> bool:
        return not self.decision

    @property
    def decision_label(self) -> Bilingual:
        return DECISIONS[self.decision]
