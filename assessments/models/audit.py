"""The audit trail: events are only ever added, and each carries the digest of the one before it."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from typing import Any

from django.conf import settings
from django.db import models

from assessments.models.assessments import Assessment

PLATFORM = "platform"


class Ledger(models.Model):
    """The head of the chain of events that belong to no case; a case keeps its own head."""

    stream = models.CharField(max_length=20, primary_key=True)
    chain_length = models.PositiveIntegerField(default=0)
    chain_digest = models.CharField(max_length=64, blank=True)

    def __str__(self) -> str:
        return self.stream


class EventQuerySet(models.QuerySet["Event"]):
    """Reading only: what is written stays."""

    def update(self, **kwargs: Any) -> int:
        raise TypeError("Audit events cannot be changed.")

    def delete(self) -> tuple[int, dict[str, int]]:
        raise TypeError("Audit events cannot be deleted.")


class Event(models.Model):
    """Who, when, what, before, after, from where. ``digest`` is SHA-256 over the content and the previous digest."""

    stream = models.CharField(max_length=20)
    sequence = models.PositiveIntegerField()
    at = models.DateTimeField()
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    actor_name = models.CharField(max_length=120, blank=True)
    action = models.CharField(max_length=40)
    assessment = models.ForeignKey(Assessment, models.PROTECT, null=True, related_name="events")
    subject = models.CharField(max_length=80, blank=True)
    before: Any = models.JSONField(null=True)
    after: Any = models.JSONField(null=True)
    origin = models.CharField(max_length=45, blank=True)
    previous = models.CharField(max_length=64, blank=True)
    digest = models.CharField(max_length=64)

    objects = EventQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [
            models.Index(fields=["-at", "-id"], name="event_newest"),
            models.Index(fields=["action", "-at", "-id"], name="event_by_action"),
        ]
        constraints = [models.UniqueConstraint(fields=["stream", "sequence"], name="event_once_per_place")]

    def __str__(self) -> str:
        return f"{self.stream} {self.sequence} {self.action}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("Audit events cannot be changed.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise TypeError("Audit events cannot be deleted.")

    def computed_digest(self) -> str:
        """The digest this content must have; compared when the chain is verified."""
        content = [
            self.stream,
            self.sequence,
            self.at.astimezone(dt.UTC).isoformat(timespec="microseconds"),
            self.actor_id,
            self.actor_name,
            self.action,
            self.assessment_id,
            self.subject,
            self.before,
            self.after,
            self.origin,
            self.previous,
        ]
        text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()
