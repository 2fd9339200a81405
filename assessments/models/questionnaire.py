"""The self layer: one answer a criterion, made when it is first given; what is said about it and where it came from."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from assessments.models.assessments import Assessment
from assessments.models.choices import VERDICT_CHOICES, one_of

NOTE_MAX = 4000
REASON_MAX = 1000
COMMENT_MAX = 2000


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


class SelfCheck(models.Model):
    """A visitor's short self-check that a draft began from: the level chosen for each item, 0 to 5.

    ``levels`` maps item code to the number chosen. The answers made from it are marked ``Answer.is_carried`` until
    somebody has confirmed them criterion by criterion.
    """

    assessment = models.OneToOneField(Assessment, models.CASCADE, related_name="self_check")
    levels: Any = models.JSONField()
    taken_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    taken_at = models.DateTimeField()

    class Meta:
        verbose_name = _("快速自测")

    def __str__(self) -> str:
        return f"{self.assessment}"


class Discussion(models.Model):
    """What colleagues say to each other about one criterion. The enterprise's own: nobody else reads it."""

    assessment = models.ForeignKey(Assessment, models.CASCADE, related_name="discussions")
    criterion_code = models.CharField(max_length=16)
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    resolved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    resolved_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("讨论")
        constraints = [
            models.UniqueConstraint(fields=["assessment", "criterion_code"], name="discussion_once_per_criterion"),
            models.CheckConstraint(
                condition=Q(resolved_at__isnull=True, resolved_by__isnull=True)
                | Q(resolved_at__isnull=False, resolved_by__isnull=False),
                name="discussion_resolved_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.assessment_id} {self.criterion_code}"


class Comment(models.Model):
    """One contribution to a discussion; never changed, so that what was answered stays what was asked."""

    discussion = models.ForeignKey(Discussion, models.CASCADE, related_name="comments")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    text = models.TextField(_("讨论内容"), max_length=COMMENT_MAX)
    mentioned: models.ManyToManyField[Any, Any] = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["created_at", "pk"]

    def __str__(self) -> str:
        return f"{self.discussion_id} {self.author_id}"


IMPORT_STATES = [("pending", _("待确认")), ("confirmed", _("已导入")), ("discarded", _("已放弃"))]


class AnswerImport(models.Model):
    """A workbook of answers that came back from a department: read and compared, and written only once confirmed.

    ``rows`` holds what the file says for each criterion that differs from what was exported, with the version its
    export was made from (see ``forms.answer_workbook``).
    """

    assessment = models.ForeignKey(Assessment, models.CASCADE, related_name="answer_imports")
    name = models.CharField(_("文件名"), max_length=200)
    sha256 = models.CharField(max_length=64)
    rows: Any = models.JSONField()
    state = models.CharField(_("状态"), max_length=10, choices=IMPORT_STATES, default="pending")
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)
    #: how many answers were written
    written = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["-uploaded_at", "-pk"]
        verbose_name = _("工作簿导入")
        constraints = [models.CheckConstraint(condition=one_of("state", IMPORT_STATES), name="answer_import_state")]

    def __str__(self) -> str:
        return f"{self.assessment_id} {self.name}"
