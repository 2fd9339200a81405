"""The review: the team, each assessor's own rulings, who finished which item, what was agreed, the conclusion."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from assessments.models.assessments import Assessment
from assessments.models.choices import VERDICT_CHOICES, one_of
from assessments.standard import Bilingual
from assessments.workflow import CaseRole

REMARK_MAX = 4000


TEAM_ROLES = [(str(r), r.label.zh) for r in (CaseRole.LEAD, CaseRole.ASSESSOR, CaseRole.QUALITY_REVIEWER)]


class TeamMember(models.Model):
    """A person's part in a case. The lead may also rule as one of the assessors; the quality reviewer never."""

    assessment = models.ForeignKey(Assessment, models.CASCADE, related_name="team")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="team_memberships")
    role = models.CharField(_("评估组职务"), max_length=20, choices=TEAM_ROLES)
    assigned_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    assigned_at = models.DateTimeField()
    #: when the person declared to have no conflict of interest with the enterprise
    declared_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        verbose_name = _("评估组成员")
        constraints = [
            models.UniqueConstraint(fields=["assessment", "user", "role"], name="team_member_once_per_role"),
            models.UniqueConstraint(fields=["assessment"], condition=Q(role=CaseRole.LEAD), name="team_has_one_lead"),
            models.CheckConstraint(condition=one_of("role", TEAM_ROLES), name="team_member_role_known"),
        ]

    def __str__(self) -> str:
        return f"{self.assessment_id} {self.user} {self.role}"

    @property
    def role_label(self) -> Bilingual:
        return CaseRole(self.role).label


class Ruling(models.Model):
    """One assessor's own verdict on one criterion; the other assessor does not see it until both finished the item."""

    assessment = models.ForeignKey(Assessment, models.CASCADE, related_name="rulings")
    criterion_code = models.CharField(max_length=16)
    assessor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="rulings")
    verdict = models.CharField(_("评定"), max_length=16, choices=VERDICT_CHOICES)
    remark = models.TextField(_("评审意见"), max_length=REMARK_MAX, blank=True)
    version = models.PositiveIntegerField(default=1)
    saved_at = models.DateTimeField()

    class Meta:
        verbose_name = _("评定")
        constraints = [
            models.UniqueConstraint(
                fields=["assessment", "criterion_code", "assessor"], name="ruling_once_per_assessor"
            ),
            models.CheckConstraint(condition=one_of("verdict", VERDICT_CHOICES), name="ruling_verdict_known"),
        ]

    def __str__(self) -> str:
        return f"{self.assessment_id} {self.criterion_code} {self.assessor_id}"


class ItemReview(models.Model):
    """An assessor's progress on one item; ``finished_at`` closes the own rulings and helps to lift the blind."""

    assessment = models.ForeignKey(Assessment, models.CASCADE, related_name="item_reviews")
    item_code = models.CharField(max_length=8)
    assessor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="item_reviews")
    ruled = models.PositiveSmallIntegerField(default=0)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["assessment", "item_code", "assessor"], name="item_review_once"),
        ]

    def __str__(self) -> str:
        return f"{self.assessment_id} {self.item_code} {self.assessor_id}"


class ReconciledVerdict(models.Model):
    """The verdict of the team. Made from equal rulings when both finished; where they differed, with a reason."""

    assessment = models.ForeignKey(Assessment, models.CASCADE, related_name="reconciled_verdicts")
    criterion_code = models.CharField(max_length=16)
    verdict = models.CharField(_("合议结论"), max_length=16, choices=VERDICT_CHOICES)
    had_difference = models.BooleanField(default=False)
    reason = models.TextField(_("合议理由"), max_length=REMARK_MAX, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    decided_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["assessment", "criterion_code"], name="reconciled_once_per_criterion"),
            models.CheckConstraint(condition=one_of("verdict", VERDICT_CHOICES), name="reconciled_verdict_known"),
            models.CheckConstraint(
                condition=Q(had_difference=False) | ~Q(reason=""), name="reconciled_difference_has_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.assessment_id} {self.criterion_code}"


class Conclusion(models.Model):
    """The words of the evaluation report that no figure gives: strengths, weaknesses, advice."""

    assessment = models.OneToOneField(Assessment, models.CASCADE, related_name="conclusion")
    strengths = models.TextField(_("主要优势"), max_length=4000)
    weaknesses = models.TextField(_("主要不足"), max_length=4000)
    advice = models.TextField(_("改进建议"), max_length=4000)
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    saved_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.assessment_id)
