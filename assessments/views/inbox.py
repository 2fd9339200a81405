"""Messages: the list, opening one, marking all as read."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from assessments.actions import inbox as actions
from assessments.permissions import scope
from assessments.queries.inbox import messages_of, unread
from assessments.views.access import user_of

_PAGE = 20


@login_required
@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    """Messages of the person, newest first; ``?unread=1`` shows the unread alone."""
    user = user_of(request)
    found = messages_of(user)
    is_unread_only = request.GET.get("unread") == "1"
    if is_unread_only:
        found = found.filter(read_at__isnull=True)
    waiting = unread(user)
    chips = [
        {"label": _("全部"), "url": "?", "is_active": not is_unread_only, "count": None},
        {"label": _("未读"), "url": "?unread=1", "is_active": is_unread_only, "count": waiting},
    ]
    page = Paginator(found, _PAGE).get_page(request.GET.get("page"))
    context = {"page_obj": page, "chips": chips, "waiting": waiting, "is_unread_only": is_unread_only}
    return render(request, "inbox/inbox.html", context)


@login_required
@require_safe
def inbox_open(request: HttpRequest, pk: int) -> HttpResponse:
    """Marks a message as read and leads to what it is about; a case gone out of sight says so."""
    user = user_of(request)
    message = get_object_or_404(messages_of(user), pk=pk)
    actions.mark_read(by=user, message=message, at=timezone.now())
    case = message.assessment
    if case is None:
        return redirect(message.path or "inbox")
    if scope.cases(user).filter(pk=case.pk).exists():
        return redirect(message.path) if message.path else redirect("assessment_detail", case.number)
    messages.info(request, _("您已不再参与 %(number)s，不能查看该项目。") % {"number": case.number})
    return redirect("inbox")


@login_required
@require_POST
def inbox_read_all(request: HttpRequest) -> HttpResponse:
    """Marks every message of the person as read."""
    actions.mark_all_read(by=user_of(request), at=timezone.now())
    return redirect("inbox")
