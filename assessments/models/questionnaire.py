"""The self layer: one answer a criterion, made when it is first given."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from assessments.models.assessments import Assessment
from assessments.models.choices import VERDICT_CHOICES, one_of

NOTE_MAX = 4000
REASON_MAX = 1000


class Answer(models.Model):
    """The enterprise's answer. ``version`` rises with every save, so that a stale form is noticed."""

    assessment = models.ForeignKey(Assessment, models.CASCADE, related_name="answers")
    criterion_code = models.CharField(max_length=16)
    verdict = models.CharField(_("符合程度"), max_length=16, choices=VERDICT_CHOICES, blank=True)
    reason = models.TextField(_("不适用理由"), max_length=REASON_MAX, blank=True)
    note = models.TextField(_("说明"), max_length=NOTE_MAX, blank=True)
    #: carried over from an earlier assessment, and nobody has said yet that it still holds
    is_carried = models.BooleanField(_("沿用待确认"), default=False)
    version = models.PositiveIntegerField(default=1)
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    saved_at = models.DateTimeField()

    class Meta:
        verbose_name = _("作答")
        constraints = [
            models.UniqueConstraint(fields=["assessment", "criterion_code"], name="answer_once_per_criterion"),
            models.CheckConstraint(
                condition=one_of("verdict", VERDICT_CHOICES, or_empty=True), name="answer_verdict_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.assessment_id} {self.criterion_code}"


class CarryOver(models.Model):
    """Where the first answers of an assessment come from; the report of what came over and what did not.

    ``entries`` has one row a criterion of the new edition, ``left`` one for each earlier answer that did not come
    over; both are kept as they were, because an earlier case may be reopened (see ``queries.carry_over``).
    """

    assessment = models.OneToOneField(Assessment, models.CASCADE, related_name="carry_over")
    source = models.ForeignKey(Assessment, models.PROTECT, related_name="carried_into")
    entries: Any = models.JSONField()
    left: Any = models.JSONField()
    carried_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    carried_at = models.DateTimeField()

    class Meta:
        verbose_name = _("沿用记录")

    def __str__(self) -> str:
        return f"{self.source} → {self.assessment}"
