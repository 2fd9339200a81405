"""Every URL x every persona against a reviewed table (``access_matrix.txt``).

A new URL fails until it is named in ``_arguments`` and its row stands in the table. A row reads: method, url name,
stage of the case, then one status a persona. Each request is rolled back, so the order does not matter.
To see what a change did, run with ``ACCESS_MATRIX=write`` and read the difference line by line before committing it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, reverse
from django.utils import timezone

from assessments.actions import organisations
from assessments.models import Assessment, EvidenceFile, InboxMessage
from assessments.queries import joining, todo
from assessments.reports import certificate, evaluation_report, self_report, workbook
from assessments.urls import urlpatterns
from tests import factories
from tests.conftest import World

TABLE = Path(__file__).with_name("access_matrix.txt")
PERSONAS = (
    "visitor", "nobody", "stranger", "viewer", "contributor", "enterprise_admin", "assessor", "lead",
    "quality_reviewer", "body_manager", "other_manager", "district_officer", "officer", "auditor",
    "system_administrator",
)  # fmt: skip
POST_ONLY = {
    "answer_save", "evidence_attach", "evidence_detach", "team_declare", "team_remove", "ruling_save", "reconcile",
    "item_finish", "item_resume", "certificate_status", "switch_organisation", "member_invite", "member_role",
    "member_end", "invitation_withdraw", "inbox_read_all", "eligibility_attach", "eligibility_attach_kept",
    "eligibility_detach", "waiver_withdraw", "waiver_decide", "delegation_invite", "part_finish", "part_reopen",
    "answer_restore", "discussion_resolve", "answer_import_discard", "evidence_link", "evidence_pointer",
    "evidence_version", "upload_names", "evidence_assign", "uploads", "join_withdraw", "join_approve", "join_decline",
    "tour_seen",
}  # fmt: skip
#: Pages whose answer depends on a case that has come to its end.
AT_THE_END = {
    "assessment_detail", "result", "review", "review_item", "self_report", "evaluation_report", "answers_workbook",
    "certificate_list", "certificate_detail", "certificate_status", "certificate_pdf", "verify", "notice_detail",
}  # fmt: skip
CASE_PAGES = (
    "eligibility", "eligibility_facts", "eligibility_attach_kept", "waiver_request", "waiver_withdraw",
    "assessment_detail", "assessment_frame", "carry_over", "comparison", "delegations", "history", "result",
    "next_unanswered", "evidence_list",
    "team", "team_declare", "review", "differences", "conclusion", "self_report", "evaluation_report",
    "answers_workbook", "self_check_report", "delegation_invite", "my_part", "worklist", "readiness",
    "discussion_list", "answer_workbook", "answer_workbook_download", "answer_import_new", "evidence_coverage",
    "evidence_package", "evidence_link", "evidence_add", "upload_names", "evidence_assign", "uploads",
)  # fmt: skip
CRITERION_PAGES = (
    "answer_save", "evidence_attach", "ruling_save", "reconcile", "criterion_past", "answer_restore", "discussion",
    "discussion_resolve", "evidence_choose",
)  # fmt: skip
EDITION_PAGES = (
    "edition_export", "erratum_new", "window_edit", "draft_detail", "draft_export", "draft_publish", "draft_delete",
)  # fmt: skip
#: What a well-meant POST carries, where an empty one would be refused before the question who asks.
PAYLOADS = {
    "answer_save": {"verdict": "full", "reason": "", "note": "", "version": "0"},
    "ruling_save": {"verdict": "full", "remark": "", "version": "0"},
    "reconcile": {"verdict": "full", "reason": "现场核实", "version": "0"},
    "answer_restore": {"restored": "1", "version": "1"},
    "discussion_resolve": {"resolved": "1"},
}


@pytest.fixture(autouse=True)
def _only_who_may(monkeypatch: pytest.MonkeyPatch, typeface: None) -> None:
    """Leaves out what costs most and decides nothing here: the badge on every page, the same workbook again."""
    monkeypatch.setattr(todo, "count", lambda user: 0)
    for paper in (workbook, self_report, evaluation_report, certificate):
        monkeypatch.setattr(paper, "render", _first_of(paper.render))


def _first_of(render: Callable[..., bytes]) -> Callable[..., bytes]:
    """Renders for the first who may have the document; everybody else gets the same bytes."""
    made: list[bytes] = []

    def again(*given: Any) -> bytes:
        made[:] = made or [render(*given)]
        return made[0]

    return again


def _patterns() -> Iterator[URLPattern]:
    yield from urlpatterns


def _file(world: World, case: Assessment) -> EvidenceFile:
    file = factories.keep_file(world.enterprise, world.enterprise_admin, "纪要.txt", b"abc")
    factories.link_file(case, "6.1-L1-01", file, world.enterprise_admin)
    return file


def _each(names: Iterable[str], given: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return dict.fromkeys(names, given)


def _arguments(world: World, case: Assessment, stage: str) -> dict[str, dict[str, Any]]:
    """Arguments of every URL that takes any, for objects of the persona world."""
    number = {"number": case.number}
    file = _file(world, case)
    link = case.evidence_links.get(file=file)
    proof = case.eligibility_evidence.create(
        slot_code="licence", file=file, added_by=world.enterprise_admin, added_at=timezone.now()
    )
    member = case.team.order_by("pk").last()
    membership = world.enterprise.memberships.get(user=world.viewer)
    invitation = organisations.invite(
        by=world.enterprise_admin,
        organisation=world.enterprise,
        email=world.nobody.email,
        role="contributor",
        at=timezone.now(),
    )
    now = timezone.now()
    upload = case.pending_uploads.create(
        user=world.enterprise_admin, name="大.pdf", size=9, fingerprint="f" * 64, created_at=now, touched_at=now
    )
    answers = case.answer_imports.create(
        name="作答.xlsx", sha256="0" * 64, rows=[], uploaded_by=world.enterprise_admin, uploaded_at=now
    )
    part = case.delegations.create(user=world.contributor, part_code="6", assigned_at=now)
    request = world.enterprise.join_requests.create(user=world.nobody, created_at=now)
    organisation = {"pk": world.enterprise.pk}
    certificate = {"number": case.certificate.number} if stage == "certified" else {"number": "DCMM-SH-2026-99999"}
    notice = case.notices.first()
    message = InboxMessage.objects.filter(user=world.enterprise_admin).order_by("pk").last()
    criterion = {**number, "criterion_code": "6.1-L1-01"}
    item = {**number, "item_code": "6.1"}
    return {
        **_each(CASE_PAGES, number),
        **_each(CRITERION_PAGES, criterion),
        **_each(("item", "review_item", "item_finish", "item_resume"), item),
        **_each(("certificate_detail", "certificate_status", "certificate_pdf", "verify"), certificate),
        **_each(("organisation_detail", "member_list", "member_invite"), organisation),
        "transition": {**number, "action": "go_onsite"},
        **_each(("evidence_download", "evidence_preview"), {**number, "file_id": file.pk}),
        "evidence_page": {**number, "file_id": file.pk, "page": 1},
        **_each(("evidence_detach", "evidence_pointer"), {**number, "link_id": link.pk}),
        **_each(("evidence_detail", "evidence_version"), {**number, "evidence_id": file.evidence_id}),
        "upload": {**number, "upload_id": upload.pk},
        **_each(("answer_import", "answer_import_discard"), {**number, "pk": answers.pk}),
        "hand_over": {**number, "user_id": world.contributor.pk},
        **_each(("part_finish", "part_reopen"), {**number, "delegation_id": part.pk}),
        "enterprise_join": {"token": joining.token_of(world.enterprise)},
        "join_withdraw": {"pk": request.pk},
        **_each(("join_approve", "join_decline"), {**organisation, "request_id": request.pk}),
        "tour_seen": {"name": "case"},
        **_each(("self_check_form", "self_check_result", "self_check_take_over"), {"edition": "gbt36073-2018"}),
        "eligibility_attach": {**number, "slot_code": "licence"},
        "eligibility_download": {**number, "file_id": file.pk},
        "eligibility_detach": {**number, "evidence_id": proof.pk},
        "waiver_decide": {**number, "waiver_id": 0},
        "team_remove": {**number, "member_id": member.pk if member else 0},
        "member_role": {**organisation, "membership_id": membership.pk},
        "member_end": {**organisation, "membership_id": membership.pk},
        "invitation_withdraw": {**organisation, "invitation_id": invitation.pk},
        "invitation_accept": {"token": invitation.token},
        "inbox_open": {"pk": message.pk if message else 0},
        "notice_detail": {"pk": notice.pk if notice else 0},
        "crosswalk": {"earlier": "gbt36073-2018", "later": "gbt36073-2025"},
        "scheme": {"code": "practice-2023"},
        "edition_check": {"digest": "0" * 64},
        **{name: {"code": "gbt36073-2018"} for name in EDITION_PAGES},
        **{key: {"edition": "gbt36073-2018"} for key in ("standard_edition", "standard_print")},
        "standard_item": {"edition": "gbt36073-2018", "item": "6.1"},
        "standard_criterion": {"edition": "gbt36073-2018", "code": "6.1-L1-01"},
    }  # fmt: skip


def _rows(world: World, case: Assessment, stage: str, login: Callable[..., Client]) -> list[str]:
    clients = {p: Client() if p == "visitor" else login(getattr(world, p)) for p in PERSONAS}
    arguments = _arguments(world, case, stage)
    rows = []
    for pattern in _patterns():
        name = pattern.name
        if stage == "certified" and name not in AT_THE_END:
            continue
        url = reverse(name, kwargs=arguments.get(name))
        method = "POST" if name in POST_ONLY else "GET"
        statuses = [f"{p}={_status(clients[p], method, url, PAYLOADS.get(name))}" for p in PERSONAS]
        rows.append(f"{method:<4} {name:<20} {stage:<16} {' '.join(statuses)}")
    return rows


def _status(client: Client, method: str, url: str, payload: dict[str, str] | None) -> int:
    cache.clear()
    with transaction.atomic():
        status: int = getattr(client, method.lower())(url, payload).status_code
        transaction.set_rollback(True)
    return status


def _compare(stage: str, rows: list[str]) -> None:
    kept = TABLE.read_text(encoding="utf-8").splitlines() if TABLE.exists() else []
    mine = [r for r in kept if r.split()[2:3] == [stage]]
    if os.environ.get("ACCESS_MATRIX") == "write":
        others = [r for r in kept if r.split()[2:3] != [stage]]
        TABLE.write_text("\n".join([*others, *rows, ""]), encoding="utf-8")
        pytest.fail("access_matrix.txt was written; review it and run again without ACCESS_MATRIX")
    assert rows == mine


def test_every_url_and_persona_during_the_review(
    world: World, review_case: Assessment, login: Callable[..., Client]
) -> None:
    _compare("document_review", _rows(world, review_case, "document_review", login))


def test_results_and_certificates_at_the_end(
    world: World, certified_case: Assessment, login: Callable[..., Client]
) -> None:
    _compare("certified", _rows(world, certified_case, "certified", login))


def test_the_table_has_a_row_for_every_url() -> None:
    rows = {r.split()[1] for r in TABLE.read_text(encoding="utf-8").splitlines() if r}
    assert rows == {p.name for p in _patterns()}
