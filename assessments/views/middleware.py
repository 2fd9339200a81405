"""What every request needs before a view runs."""

from __future__ import annotations

import contextlib
from collections.abc import Callable

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render

from assessments.actions.audit import origin
from assessments.models import Assessment
from assessments.standard import DataError
from assessments.templatetags.platform import local
from assessments.views.errors import bad_request, not_found, standard_unreadable
from assessments.workflow import NotAllowed, Refused


class RequestMiddleware:
    """Notes where a request comes from, for audit events, and turns refusals no view has handled into pages.

    What a logged-in person was shown stays in no cache: on a shared computer the next one has only to press "back".
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        token = origin.set(client_address(request))
        if "\x00" in (request.session.session_key or ""):
            request.session = type(request.session)()  # a made-up cookie that PostgreSQL cannot be asked for
        try:
            response = _refused_unread(request) or self.get_response(request)
        finally:
            with contextlib.suppress(ValueError):
                origin.reset(token)
        if settings.SESSION_COOKIE_NAME in request.COOKIES:
            response.headers.setdefault("Cache-Control", "private, no-store")
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, NotAllowed):
            return render(request, "403.html", {"reason": local(exception.reason)}, status=403)
        if isinstance(exception, Refused):
            return render(request, "errors/refused.html", {"reason": local(exception.reason)}, status=409)
        if isinstance(exception, DataError):
            return standard_unreadable(request, exception)
        if isinstance(exception, Assessment.DoesNotExist):
            # The case went out of sight between the first line of the view and the lock of the action.
            return not_found(request, exception)
        return None


def _refused_unread(request: HttpRequest) -> HttpResponse | None:
    """404 or 400 for an address with a NUL character: no name has one, and PostgreSQL cannot even be asked for it."""
    if "\x00" in request.path_info:
        return not_found(request, Http404())
    if "%00" in request.META.get("QUERY_STRING", ""):
        request.GET = QueryDict()  # the page of the error reads it too
        return bad_request(request, ValueError("NUL"))
    return None


def client_address(request: HttpRequest) -> str:
    """The peer, or the last address a trusted proxy added when the site is set to stand behind one."""
    forwarded = request.headers.get("X-Forwarded-For", "")
    if getattr(settings, "SECURE_PROXY_SSL_HEADER", None) and forwarded:
        return forwarded.split(",")[-1].strip()
    return str(request.META.get("REMOTE_ADDR", ""))
