"""Error pages: the right status, the reason in words, and a 500 that needs nothing."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.test import RequestFactory

from assessments.standard import Bilingual
from assessments.views import errors


def plain_request(user):
    request = RequestFactory().get("/nowhere/")
    request.user = user
    return request


class _Visitor:
    is_authenticated = False


def test_forbidden_gives_the_reason_in_the_readers_language():
    denied = PermissionDenied(Bilingual("须由发证审查员办理。", "Only the certification officer may do this."))
    response = errors.forbidden(plain_request(_Visitor()), denied)
    assert response.status_code == 403
    assert "须由发证审查员办理。" in response.content.decode()


def test_forbidden_without_a_reason_says_what_happened():
    html = errors.forbidden(plain_request(_Visitor()), PermissionDenied()).content.decode()
    assert "当前角色没有执行该操作的权限，未作任何更改。" in html


def test_not_found_and_bad_request_have_their_status():
    assert errors.not_found(plain_request(_Visitor()), Http404()).status_code == 404
    assert errors.bad_request(plain_request(_Visitor()), ValueError()).status_code == 400
    assert errors.csrf_failure(plain_request(_Visitor())).status_code == 403


def test_server_error_needs_no_database_and_names_its_reference(caplog):
    """No ``db`` fixture: a query would fail the test."""
    response = errors.server_error(RequestFactory().post("/assessments/"))
    html = response.content.decode()
    assert response.status_code == 500
    reference = caplog.records[-1].args[0]
    assert f'<span class="code">{reference}</span>' in html
    assert caplog.messages[-1] == f"reference {reference}: POST /assessments/"
