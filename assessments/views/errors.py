"""Pages for what went wrong: each says what happened, why, and what to do."""

from __future__ import annotations

import logging
import secrets

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from assessments.models import User
from assessments.permissions.rules import can_manage_standard
from assessments.standard import DataError
from assessments.templatetags.platform import local
from assessments.workflow import Refused

logger = logging.getLogger(__name__)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400: the request itself cannot be understood."""
    return render(request, "400.html", status=400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403: visible to this person but not allowed; the reason is the exception's, in the reader's language."""
    return render(request, "403.html", {"reason": _reason(exception)}, status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404: does not exist or may not be seen; the page does not say which."""
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """500: rendered without request context, for the database itself may be what failed.

    The reference is logged beside the address; the traceback is the entry just before it.
    """
    reference = secrets.token_hex(4).upper()
    logger.error("reference %s: %s %s", reference, request.method, request.path)
    return HttpResponse(render_to_string("500.html", {"reference": reference}), status=500)


def standard_unreadable(request: HttpRequest, exception: DataError) -> HttpResponse:
    """503: a file of an edition or the index of the installation is damaged; who manages them reads which and where."""
    reference = secrets.token_hex(4).upper()
    logger.error("reference %s: %s %s: %s", reference, request.method, request.path, exception)
    user = request.user
    problem = str(exception) if isinstance(user, User) and can_manage_standard(user) else ""
    return render(request, "errors/standard.html", {"reference": reference, "problem": problem}, status=503)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a form whose token does not match, most often a page left open over a login."""
    return render(request, "errors/csrf.html", {"reason": reason}, status=403)


def _reason(exception: Exception) -> str:
    cause = exception.args[0] if exception.args else ""
    if isinstance(cause, Refused):
        cause = cause.reason
    return local(cause) if isinstance(exception, PermissionDenied) else ""
