"""Messages inside the platform: something happened that concerns you."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from assessments.models.assessments import Assessment, Transition
from assessments.models.choices import one_of
from assessments.models.organisations import Organisation

STEP = "step"
MESSAGE_KINDS = [
    (STEP, _("项目进展")),
    ("assigned", _("填报分工")),
    ("handed_over", _("填报移交")),
    ("part_done", _("填报完成")),
    ("mention", _("讨论中提到您")),
    ("comment", _("讨论有新内容")),
    ("join_request", _("加入申请")),
    ("join_decision", _("加入申请结果")),
]


class InboxMessage(models.Model):
    """One person is told of one thing; the words come from ``notifications.words`` in the reader's language.

    A step of a case takes its words from the transition. Every other kind has ``values`` for its sentence and ``path``,
    the address on this site that it leads to.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="inbox_messages")
    kind = models.CharField(max_length=16, choices=MESSAGE_KINDS, default=STEP)
    assessment = models.ForeignKey(Assessment, models.CASCADE, null=True, blank=True, related_name="+")
    organisation = models.ForeignKey(Organisation, models.CASCADE, null=True, blank=True, related_name="+")
    transition = models.ForeignKey(Transition, models.CASCADE, null=True, blank=True, related_name="messages")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    values: Any = models.JSONField(default=dict, blank=True)
    path = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name = _("消息")
        indexes = [models.Index(fields=["user", "read_at"], name="inbox_unread")]
        constraints = [
            models.UniqueConstraint(fields=["user", "transition"], name="inbox_once_per_step"),
            models.CheckConstraint(condition=one_of("kind", MESSAGE_KINDS), name="inbox_kind_known"),
            models.CheckConstraint(
                condition=Q(kind=STEP, transition__isnull=False, assessment__isnull=False)
                | (~Q(kind=STEP) & Q(transition__isnull=True, by__isnull=False)),
                name="inbox_step_has_transition",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.kind} {self.transition_id or self.path}"
