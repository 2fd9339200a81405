"""Attaching evidence: all or nothing, on the disk as in the database."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from assessments.actions import audit, evidence
from assessments.actions.errors import Refused
from assessments.models import Assessment, Event, EvidenceFile, EvidenceLink


def attach(case: Assessment, by: object, *codes: str, content: bytes = b"%PDF-1.7") -> EvidenceFile:
    return evidence.attach(
        by=by,
        number=case.number,
        criterion_codes=codes,
        upload=SimpleUploadedFile("制度.pdf", content),
        content_type="application/pdf",
        at=timezone.now(),
    )


def files_on_disk(settings) -> list[Path]:
    return [p for p in Path(settings.MEDIA_ROOT).rglob("*") if p.is_file()]


def test_one_file_serves_many_criteria_and_the_event_names_them(enterprise_admin, draft_case, settings):
    file = attach(draft_case, enterprise_admin, "6.1-L1-02", "6.1-L1-01")
    assert len(files_on_disk(settings)) == 1
    event = Event.objects.get(action="evidence.attached")
    assert event.after["criteria"] == ["6.1-L1-01", "6.1-L1-02"]
    assert event.after["sha256"] == file.sha256
    attach(draft_case, enterprise_admin, "6.1-L1-02", "6.1-L2-01")
    assert Event.objects.filter(action="evidence.attached").first().after["criteria"] == ["6.1-L2-01"]
    assert len(files_on_disk(settings)) == 1
    assert audit.verify()[1] is None


def test_attaching_again_changes_nothing(enterprise_admin, draft_case):
    first = attach(draft_case, enterprise_admin, "6.1-L1-01")
    events = Event.objects.count()
    assert attach(draft_case, enterprise_admin, "6.1-L1-01") == first
    assert Event.objects.count() == events
    assert EvidenceLink.objects.count() == 1


def test_a_refused_file_is_not_written(enterprise_admin, draft_case, settings):
    with pytest.raises(Refused, match="没有条款"):
        attach(draft_case, enterprise_admin, "6.1-L1-01", "6.1-L9-99")
    assert files_on_disk(settings) == []
    assert EvidenceFile.objects.count() == 0


def test_a_failure_after_writing_removes_the_file_again(enterprise_admin, draft_case, settings, monkeypatch):
    def fail(**given: object) -> None:
        raise RuntimeError("the trail is full")

    monkeypatch.setattr(audit, "record", fail)
    with pytest.raises(RuntimeError, match="the trail is full"):
        attach(draft_case, enterprise_admin, "6.1-L1-01")
    assert files_on_disk(settings) == []
    assert EvidenceFile.objects.count() == 0
