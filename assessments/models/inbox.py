"""Messages inside the platform: something happened in a case that concerns you."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from assessments.models.assessments import Assessment, Transition


class InboxMessage(models.Model):
    """One person is told of one step of a case; the words come from the transition, in the reader's language."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="inbox_messages")
    assessment = models.ForeignKey(Assessment, models.CASCADE, related_name="+")
    transition = models.ForeignKey(Transition, models.CASCADE, related_name="messages")
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name = _("消息")
        indexes = [models.Index(fields=["user", "read_at"], name="inbox_unread")]
        constraints = [models.UniqueConstraint(fields=["user", "transition"], name="inbox_once_per_step")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.transition_id}"
