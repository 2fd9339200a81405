"""The first lines of every view: fetch within scope (404), authorise (403 with the reason)."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest

from assessments.models import Assessment, User
from assessments.permissions import scope
from assessments.permissions.decision import Decision
from assessments.standard import Criterion, Item
from assessments.templatetags.platform import local


def user_of(request: HttpRequest) -> User:
    """The logged-in user, for views behind ``login_required``."""
    assert isinstance(request.user, User)
    return request.user


def case_or_404(request: HttpRequest, number: str) -> Assessment:
    """The case with what the viewer is in it, one query; 404 when it does not exist *for this user*."""
    try:
        return scope.case(user_of(request), number, lambda found: found.select_related("enterprise", "body"))
    except Assessment.DoesNotExist as missing:
        raise Http404 from missing


def item_or_404(case: Assessment, code: str) -> Item:
    """An item of the case's edition."""
    item = case.edition.items.get(code)
    if item is None:
        raise Http404
    return item


def criterion_or_404(case: Assessment, code: str) -> Criterion:
    """A criterion of the case's edition."""
    criterion = case.edition.criteria.get(code)
    if criterion is None:
        raise Http404
    return criterion


def permit(decision: Decision) -> None:
    """403 with the reason, in the reader's language, unless the rule says yes."""
    if decision.reason is not None:
        raise PermissionDenied(local(decision.reason))
