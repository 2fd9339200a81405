"""The product's tables under names of the floor's own: same rows, same indexes, nothing but the columns it needs."""

from __future__ import annotations

from django.db import models


class Answer(models.Model):
    assessment_id = models.BigIntegerField()
    criterion_code = models.CharField(max_length=16)
    verdict = models.CharField(max_length=16)
    reason = models.TextField()
    note = models.TextField()
    is_carried = models.BooleanField()
    version = models.PositiveIntegerField()
    saved_by_id = models.BigIntegerField()
    saved_at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "assessments_answer"

    def __str__(self) -> str:
        return self.criterion_code


class EvidenceFile(models.Model):
    id = models.UUIDField(primary_key=True)
    name = models.CharField(max_length=200)
    size = models.BigIntegerField()

    class Meta:
        managed = False
        db_table = "assessments_evidencefile"

    def __str__(self) -> str:
        return self.name


class EvidenceLink(models.Model):
    assessment_id = models.BigIntegerField()
    criterion_code = models.CharField(max_length=16)
    file = models.ForeignKey(EvidenceFile, models.PROTECT)
    pointer = models.CharField(max_length=120)

    class Meta:
        managed = False
        db_table = "assessments_evidencelink"

    def __str__(self) -> str:
        return self.criterion_code


class DomainScore(models.Model):
    assessment_id = models.BigIntegerField()
    layer = models.CharField(max_length=8)
    domain_code = models.CharField(max_length=4)
    answered = models.PositiveSmallIntegerField()

    class Meta:
        managed = False
        db_table = "assessments_domainscore"

    def __str__(self) -> str:
        return self.domain_code


class Event(models.Model):
    stream = models.CharField(max_length=20)
    sequence = models.PositiveIntegerField()
    at = models.DateTimeField()
    actor_id = models.BigIntegerField()
    actor_name = models.CharField(max_length=120)
    action = models.CharField(max_length=40)
    assessment_id = models.BigIntegerField()
    subject = models.CharField(max_length=80)
    before = models.JSONField()
    after = models.JSONField()
    origin = models.CharField(max_length=45)
    previous = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)

    class Meta:
        managed = False
        db_table = "assessments_event"

    def __str__(self) -> str:
        return self.action
