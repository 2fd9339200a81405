"""What hostile or clumsy requests get: a page that says so, never a fault, and nothing left in caches."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.test import Client
from django.urls import reverse
from django.utils import timezone

import dcmm.settings as shipped
from assessments.actions.assessments import open_once
from assessments.models import Assessment, Certificate, Invitation, Organisation
from tests.conftest import World
from tests.factories import uscc


def test_a_nul_in_the_path_is_not_found_like_any_other_number(
    world: World, login: Any, django_assert_num_queries: Any
) -> None:
    """PostgreSQL refuses the character, so no query may be asked for it."""
    client = login(world.officer)
    for address in ("/assessments/SH-2026%00/", "/certificates/%00/", "/invitations/%00/", "/verify/%00", "/%00"):
        assert client.get(address).status_code == 404, address
    with django_assert_num_queries(0):
        assert Client().get("/verify/%00").status_code == 404


def test_a_nul_in_the_query_is_a_bad_request(world: World, login: Any) -> None:
    client = login(world.officer)
    for address in ("/assessments/?q=%00", "/notices/?q=a%00b", "/documents/?body=%00", "/inbox/?page=%00"):
        response = client.get(address)
        assert response.status_code == 400, address
        assert "无法处理该请求" in response.content.decode()


def test_a_session_key_with_a_nul_is_no_session(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """SQLite would look for it; PostgreSQL refuses to."""
    asked: list[str] = []
    monkeypatch.setattr(SessionStore, "load", lambda self: asked.append(self.session_key) or {})
    for value in ("aaaaaaaaaaaa\\000", "aaaaaaaaaaaaaaaa"):
        response = Client(headers={"cookie": f'sessionid="{value}"'}).get(reverse("assessment_list"))
        assert response.status_code == 302
    assert asked == ["aaaaaaaaaaaaaaaa"]


def test_pages_of_a_logged_in_person_are_stored_nowhere(world: World, draft_case: Assessment, login: Any) -> None:
    client = login(world.enterprise_admin)
    home, case = reverse("home"), reverse("assessment_detail", args=[draft_case.number])
    for address in (home, case, reverse("inbox"), "/assessments/none/", reverse("audit_list")):
        assert client.get(address)["Cache-Control"] == "private, no-store", address
    assert "Cache-Control" not in Client().get(home)


def test_a_stricter_answer_keeps_its_own_word(world: World, certified_case: Assessment, login: Any) -> None:
    number = Certificate.objects.get(assessment=certified_case).number
    assert "max-age=0" in login(world.officer).get(reverse("verify", args=[number]))["Cache-Control"]


def test_a_case_gone_out_of_sight_during_the_request_is_not_found(
    world: World, draft_case: Assessment, login: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The membership ended between the first line of the view and the lock of the action."""

    def gone(**_: object) -> Assessment:
        raise Assessment.DoesNotExist

    monkeypatch.setattr("assessments.actions.assessments.lock_case", gone)
    form = {"target_level": "4", "scope": "总部", "planned_date": ""}
    response = login(world.enterprise_admin).post(reverse("assessment_frame", args=[draft_case.number]), form)
    assert response.status_code == 404
    draft_case.refresh_from_db()
    assert draft_case.target_level == 3


@pytest.mark.parametrize("name", ["document_list", "audit_list"])
@pytest.mark.parametrize("query", ["since=0001-01-01", "until=9999-12-31", "since=0001-01-01&until=9999-12-31"])
def test_the_ends_of_the_calendar_filter_nothing_and_say_so(world: World, login: Any, name: str, query: str) -> None:
    client = login(world.officer if name == "document_list" else world.auditor)
    response = client.get(f"{reverse(name)}?{query}")
    assert response.status_code == 200
    assert response.context["form"].errors


def test_a_mark_at_the_end_of_the_calendar_is_no_mark(world: World, login: Any) -> None:
    for mark in ("0001-01-01T00:00:00%2B14:00_1", "9999-12-31T23:59:59-14:00_1"):
        assert login(world.auditor).get(f"{reverse('audit_list')}?after={mark}").status_code == 200


def test_an_address_longer_than_the_column_is_refused(world: World, login: Any) -> None:
    address = "a" * 60 + "@" + ".".join(["b" * 60] * 4) + ".example"
    assert len(address) > 254
    form = {"email": address, "role": "contributor"}
    response = login(world.enterprise_admin).post(reverse("member_invite", args=[world.enterprise.pk]), form)
    assert response.context["form"].errors["email"]
    assert not Invitation.objects.exists()


def test_files_of_visitors_are_dropped_while_they_arrive(
    world: World, login: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Looking for the CSRF token reads the whole form, so without this anyone could fill the disk."""
    opened: list[str] = []
    original = TemporaryFileUploadHandler.new_file

    def new_file(self: Any, *args: Any, **kwargs: Any) -> None:
        opened.append(args[1])
        original(self, *args, **kwargs)

    monkeypatch.setattr(TemporaryFileUploadHandler, "new_file", new_file)
    for client in (Client(enforce_csrf_checks=True), login(world.viewer, csrf=True)):
        client.cookies[settings.CSRF_COOKIE_NAME] = "a" * 32
        file = SimpleUploadedFile("证明.txt", b"x" * 100)
        assert client.post(reverse("account_login"), {"files": file}).status_code == 403
    assert opened == ["证明.txt"]  # the one of the person who is logged in


def test_registering_twice_answers_the_enterprise_just_registered(world: World, login: Any) -> None:
    form = {
        "uscc": uscc(),
        "name": "上海双击科技有限公司",
        "district_code": "310115",
        "industry_code": "I",
        "size_code": "small",
    }
    client = login(world.nobody)
    first, second = (client.post(reverse("enterprise_new"), form) for _ in range(2))
    enterprise = Organisation.objects.get(uscc=form["uscc"])
    assert first["Location"] == second["Location"] == reverse("organisation_detail", args=[enterprise.pk])
    assert enterprise.memberships.count() == 1
    stranger = login(world.stranger).post(reverse("enterprise_new"), form)
    assert "该企业已在平台登记" in stranger.content.decode()


def test_the_count_of_failed_logins_cannot_be_pushed_out() -> None:
    """The database cache forgets from MAX_ENTRIES on; the default of 300 is filled within a minute."""
    if not shipped.REDIS_URL:
        assert shipped.CACHES["default"]["OPTIONS"]["MAX_ENTRIES"] >= 100_000


def test_a_draft_opened_twice_at_once_is_one(world: World) -> None:
    """The check stands inside the transaction that holds the enterprise, so two clicks cannot pass each other."""
    frame = {
        "edition_code": "gbt36073-2018",
        "track": "owner",
        "key_domains": [],
        "target_level": 3,
        "scope": "总部",
        "planned_date": None,
    }
    now = timezone.now()
    given = {"by": world.enterprise_admin, "enterprise": world.enterprise, "frame": frame, "at": now}
    first, is_new = open_once(**given)
    second, again = open_once(**given)
    assert (is_new, again) == (True, False)
    assert first == second
    assert open_once(**{**given, "at": now + dt.timedelta(minutes=2)})[1]


def test_the_local_secret_is_written_once_whoever_starts_first(tmp_path: Path) -> None:
    """Both workers of a server read the settings at the same moment."""
    code = "from dcmm import settings; print(settings.SECRET_KEY)"
    environment = {**os.environ, "DCMM_ENV": "local", "DCMM_VAR": str(tmp_path)}
    environment.pop("DCMM_SECRET_KEY", None)
    starts = [
        subprocess.Popen([sys.executable, "-c", code], env=environment, stdout=subprocess.PIPE, cwd=shipped.BASE_DIR)
        for _ in range(3)
    ]
    keys = {process.communicate()[0].strip() for process in starts}
    assert len(keys) == 1
    assert len(keys.pop()) > 60
    assert [f.name for f in tmp_path.iterdir()] == ["secret.key"]
    assert (tmp_path / "secret.key").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("target", ["NaN", "-1", "no_such_view", "a\x00b"])
def test_the_way_back_is_an_address_and_never_the_name_of_a_view(world: World, login: Any, target: str) -> None:
    form = {"organisation": str(world.enterprise.pk), "next": target}
    response = login(world.enterprise_admin).post(reverse("switch_organisation"), form)
    assert response.status_code == 302


def test_a_chosen_number_that_none_can_be_is_left_out(world: World, login: Any) -> None:
    response = login(world.officer).post(reverse("document_list"), {"case": ["SH\x002026"]})
    assert response.status_code == 200
    assert response.context["bulk"].cleaned_data.get("case") is None
    assert "请先勾选" in response.content.decode()
