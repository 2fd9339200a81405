"""What every request needs before a view runs."""

from __future__ import annotations

import contextlib
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from assessments.actions.audit import origin
from assessments.templatetags.platform import local
from assessments.workflow import NotAllowed, Refused


class RequestMiddleware:
    """Notes where a request comes from, for audit events, and turns refusals no view has handled into pages."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        token = origin.set(client_address(request))
        try:
            return self.get_response(request)
        finally:
            with contextlib.suppress(ValueError):
                origin.reset(token)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, NotAllowed):
            return render(request, "403.html", {"reason": local(exception.reason)}, status=403)
        if isinstance(exception, Refused):
            return render(request, "errors/refused.html", {"reason": local(exception.reason)}, status=409)
        return None


def client_address(request: HttpRequest) -> str:
    """The peer, or the last address a trusted proxy added when the site is set to stand behind one."""
    forwarded = request.headers.get("X-Forwarded-For", "")
    if getattr(settings, "SECURE_PROXY_SSL_HEADER", None) and forwarded:
        return forwarded.split(",")[-1].strip()
    return str(request.META.get("REMOTE_ADDR", ""))
