"""Files are scanned before they are kept, and nothing is kept unscanned where a scanner is set up."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from assessments.actions import audit, eligibility, evidence, scanning
from assessments.actions.errors import NotNow, Refused
from assessments.models import Event, EvidenceFile
from tests.sample_files import PDF
from tests.scanner import MALWARE, Scanner


def attach(case: Any, by: Any, content: bytes = PDF) -> EvidenceFile:
    return evidence.attach(
        by=by,
        number=case.number,
        criterion_codes=["6.1-L1-01"],
        upload=SimpleUploadedFile("制度.pdf", content),
        content_type="application/pdf",
        at=timezone.now(),
    )


def nothing_was_kept(settings: Any) -> bool:
    return not EvidenceFile.objects.exists() and not [p for p in Path(settings.MEDIA_ROOT).rglob("*") if p.is_file()]


def test_a_clean_file_is_kept_with_the_time(enterprise_admin, draft_case, settings):
    with Scanner() as scanner:
        settings.CLAMD_ADDRESS = scanner.address
        file = attach(draft_case, enterprise_admin)
    assert scanner.seen == [len(PDF)]
    assert file.scanned_at == file.uploaded_at
    assert file.content.read() == PDF


def test_without_a_scanner_nothing_is_claimed(enterprise_admin, draft_case):
    assert attach(draft_case, enterprise_admin).scanned_at is None


def test_malware_is_refused_with_its_name_and_is_an_event(enterprise_admin, draft_case, settings):
    with Scanner() as scanner:
        settings.CLAMD_ADDRESS = scanner.address
        with pytest.raises(Refused, match=r"含有恶意内容（Test\.Signature）"):
            attach(draft_case, enterprise_admin, PDF + MALWARE)
    assert nothing_was_kept(settings)
    event = Event.objects.get(action="evidence.refused")
    assert (event.subject, event.actor, event.assessment) == ("制度.pdf", enterprise_admin, draft_case)
    assert event.after["signature"] == "Test.Signature"
    assert audit.verify()[1] is None


def test_proof_of_eligibility_is_scanned_too(enterprise_admin, draft_case, settings):
    with Scanner() as scanner:
        settings.CLAMD_ADDRESS = scanner.address
        with pytest.raises(Refused, match=r"Test\.Signature"):
            eligibility.attach(
                by=enterprise_admin,
                number=draft_case.number,
                slot_code="licence",
                upload=SimpleUploadedFile("执照.pdf", PDF + MALWARE),
                content_type="application/pdf",
                at=timezone.now(),
            )
    assert nothing_was_kept(settings)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


@pytest.mark.parametrize("address", ["port", "/no/such/socket", "127.0.0.1", "not-a-host.invalid:x"])
def test_a_scanner_that_is_away_keeps_nothing(enterprise_admin, draft_case, settings, address):
    settings.CLAMD_ADDRESS = f"127.0.0.1:{free_port()}" if address == "port" else address
    with pytest.raises(NotNow, match="扫描服务暂不可用，请稍后再传"):
        attach(draft_case, enterprise_admin)
    assert nothing_was_kept(settings)
    assert not Event.objects.filter(action="evidence.refused").exists()


@pytest.mark.parametrize("answer", [b"", b"stream: ", b"OK", b"UNKNOWN COMMAND", b"stream: lstat() failed ERROR"])
def test_whatever_is_not_clean_keeps_nothing(enterprise_admin, draft_case, settings, answer):
    with Scanner(answer=answer) as scanner:
        settings.CLAMD_ADDRESS = scanner.address
        with pytest.raises(NotNow):
            attach(draft_case, enterprise_admin)
    assert nothing_was_kept(settings)


def test_a_stream_that_is_too_long_for_the_scanner_keeps_nothing(enterprise_admin, draft_case, settings):
    with Scanner(limit=1000) as scanner:
        settings.CLAMD_ADDRESS = scanner.address
        with pytest.raises(NotNow):
            attach(draft_case, enterprise_admin, PDF + b"0" * 400_000)
    assert nothing_was_kept(settings)


def test_the_scanner_may_listen_on_a_socket_file(settings, tmp_path):
    path = tmp_path / "clamd.sock"
    scanner = Scanner()
    scanner._listening.close()
    scanner._listening = socket.socket(socket.AF_UNIX)
    scanner._listening.bind(str(path))
    scanner._listening.listen()
    settings.CLAMD_ADDRESS = str(path)
    upload = SimpleUploadedFile("a.pdf", PDF)
    with scanner:
        assert scanning.is_clean(upload) is True
    assert upload.read() == PDF
