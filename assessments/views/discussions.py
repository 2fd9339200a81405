"""Discussions: one criterion's thread as a page or as a fragment in its row, and all threads of a case."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments.actions import discussions as actions
from assessments.actions.errors import NotAllowed, Refused
from assessments.forms.discussions import SHOWN, CommentForm, DiscussionFilter
from assessments.models import Assessment
from assessments.permissions import rules
from assessments.queries import discussions as queries
from assessments.standard import Criterion
from assessments.templatetags.platform import local
from assessments.views.access import case_or_404, criterion_or_404, permit, user_of
from assessments.views.head import case_head
from assessments.views.questionnaire import FRAGMENT, login_or_401, row_address

_PER_PAGE = 20


@login_or_401
@require_http_methods(["GET", "HEAD", "POST"])
def discussion(request: HttpRequest, number: str, criterion_code: str) -> HttpResponse:
    """The thread of a criterion; posting adds a comment. A fragment for htmx, a page otherwise."""
    case = case_or_404(request, number)
    permit(rules.can_read_discussions(case))
    criterion = criterion_or_404(case, criterion_code)
    people = queries.members(case).exclude(pk=user_of(request).pk)
    form = CommentForm(request.POST if request.method == "POST" else None, people=people, code=criterion.code)
    if request.method != "POST":
        return _shown(request, case, criterion, form)
    permit(rules.can_comment(case))
    if form.is_valid():
        try:
            actions.comment(
                by=user_of(request),
                number=case.number,
                criterion_code=criterion.code,
                at=timezone.now(),
                **form.cleaned_data,
            )
        except NotAllowed:
            raise
        except Refused as refused:
            form.add_error("text", local(refused.reason))
        else:
            return _done(request, case, criterion, _("意见已发表。"))
    return _shown(request, case, criterion, form, status=422)


@login_or_401
@require_POST
def discussion_resolve(request: HttpRequest, number: str, criterion_code: str) -> HttpResponse:
    """Marks the thread as resolved (``resolved=1``) or opens it again."""
    case = case_or_404(request, number)
    permit(rules.can_comment(case))
    criterion = criterion_or_404(case, criterion_code)
    is_resolved = request.POST.get("resolved") == "1"
    actions.resolve(
        by=user_of(request),
        number=case.number,
        criterion_code=criterion.code,
        is_resolved=is_resolved,
        at=timezone.now(),
    )
    return _done(request, case, criterion, _("讨论已标为已解决。") if is_resolved else _("讨论已重新打开。"))


@login_required
@require_safe
def discussion_list(request: HttpRequest, number: str) -> HttpResponse:
    """All threads of the case, the latest first; ``?show=open``, ``resolved`` or ``mine`` narrows them."""
    case = case_or_404(request, number)
    permit(rules.can_read_discussions(case))
    user = user_of(request)
    form = DiscussionFilter(request.GET)
    show = form.cleaned_data["show"] if form.is_valid() else ""
    page = Paginator(queries.listing(case, user, show), _PER_PAGE).get_page(request.GET.get("page"))
    tally = queries.tally(case, user)
    context = case_head(request, case) | {
        "page_obj": page,
        "rows": [(row, row_address(case, row.criterion.code)) for row in queries.listed(case, list(page))],
        "chips": [
            {"label": label, "url": f"?show={name}" if name else "?", "is_active": name == show, "count": tally[name]}
            for name, label in SHOWN
        ],
        "has_any": tally[""] > 0,
        "show": show,
    }
    return render(request, "discussions/discussion_list.html", context)


# --- the thread ----------------------------------------------------------------------------------------------------


def _shown(
    request: HttpRequest, case: Assessment, criterion: Criterion, form: CommentForm, status: int = 200
) -> HttpResponse:
    is_part = request.htmx  # type: ignore[attr-defined]
    context = thread_context(case, criterion, form) | {"heading": 3 if is_part else 2}
    if not is_part:
        context["crumbs"] = row_crumbs(case, criterion, _("讨论"))
    name = "discussions/thread.html" if is_part else "discussions/discussion.html"
    response = render(request, name, context, status=status)
    response[FRAGMENT] = "discussion"
    return response


def thread_context(case: Assessment, criterion: Criterion, form: CommentForm) -> dict[str, Any]:
    """What ``discussions/thread.html`` shows, but for the rank of its heading."""
    return {
        "case": case,
        "criterion": criterion,
        "thread": queries.thread(case, criterion.code),
        "form": form,
        "commenting": rules.can_comment(case),
    }


def _done(request: HttpRequest, case: Assessment, criterion: Criterion, words: str) -> HttpResponse:
    """After a change: the thread anew for htmx, telling the row what stands there now; else back to the page."""
    if not request.htmx:  # type: ignore[attr-defined]
        messages.success(request, words)
        return redirect("discussion", case.number, criterion.code)
    people = queries.members(case).exclude(pk=user_of(request).pk)
    response = _shown(request, case, criterion, CommentForm(people=people, code=criterion.code))
    count = queries.counts(case, criterion.item_code)[criterion.code]
    told = {"code": criterion.code, "comments": count.comments, "isOpen": count.is_open}
    response["HX-Trigger"] = json.dumps({"discussion-changed": told})
    return response


def row_crumbs(case: Assessment, criterion: Criterion, here: str) -> list[dict[str, str]]:
    """The way to a page about one criterion; its last link leads back to the row."""
    return [
        {"label": _("评估项目"), "url": reverse("assessment_list")},
        {"label": case.number, "url": reverse("assessment_detail", args=[case.number])},
        {"label": criterion.code, "url": row_address(case, criterion.code)},
        {"label": here},
    ]
