"""What was said of a criterion before: last time, and in earlier versions of its answer."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from assessments.actions import answer_history as actions
from assessments.actions.errors import Conflict, NotAllowed, Refused
from assessments.actions.questionnaire import Saved
from assessments.forms.answer_history import RestoreForm
from assessments.models import Assessment
from assessments.permissions import rules
from assessments.queries import answer_history as queries
from assessments.queries.past import past_of
from assessments.queries.questionnaire import division
from assessments.standard import Bilingual, Criterion
from assessments.templatetags.platform import local
from assessments.views.access import case_or_404, criterion_or_404, permit, user_of
from assessments.views.discussions import row_crumbs
from assessments.views.questionnaire import FRAGMENT, login_or_401, row_address

#: Versions on the page, and in the row, where a link leads to the page.
_PER_PAGE, _IN_ROW = 20, 5
#: Characters of a header: proxies commonly refuse a reply whose headers do not fit into 4 KB.
_HEADER_MAX = 2000
_CHANGED = Bilingual(
    "在您查看期间，该作答已有新的保存，未作恢复。请核对下方最新的记录后重新选择。",
    "The answer was saved by someone while you were looking; nothing was restored. Check the latest versions below and "
    "choose again.",
)


@login_or_401
@require_safe
def criterion_past(request: HttpRequest, number: str, criterion_code: str) -> HttpResponse:
    """Last time's answer and finding, and how the answer came about. A fragment for htmx, a page otherwise."""
    case = case_or_404(request, number)
    permit(rules.can_read_answer_history(case))
    return _shown(request, case, criterion_or_404(case, criterion_code))


@login_or_401
@require_POST
def answer_restore(request: HttpRequest, number: str, criterion_code: str) -> HttpResponse:
    """Puts an earlier version back: a redirect to the row, or for htmx the fragment anew and the event for the row."""
    case = case_or_404(request, number)
    permit(rules.can_read_answer_history(case))
    criterion = criterion_or_404(case, criterion_code)
    form = RestoreForm(request.POST)
    try:
        if not form.is_valid():
            problem = next(str(words) for found in form.errors.values() for words in found)
            raise Refused(Bilingual(problem, problem))
        saved = actions.restore(
            by=user_of(request), number=number, criterion_code=criterion.code, at=timezone.now(), **form.cleaned_data
        )
    except NotAllowed:
        raise
    except Conflict:
        return _shown(request, case, criterion, local(_CHANGED), status=409)
    except Refused as refused:
        return _shown(request, case, criterion, local(refused.reason), status=422)
    return _restored(request, case, criterion, saved, form.cleaned_data["restored"])


def _restored(request: HttpRequest, case: Assessment, criterion: Criterion, saved: Saved, version: int) -> HttpResponse:
    """Tells the row by an event what stands there now; where that is too long for a header, the page is loaded anew."""
    answer = saved.answer
    told = {"code": criterion.code, "version": answer.version, "verdict": answer.verdict}
    told |= {"reason": answer.reason, "note": answer.note}
    event = json.dumps({"answer-restored": told})
    if request.htmx and len(event) <= _HEADER_MAX:  # type: ignore[attr-defined]
        response = _shown(request, case, criterion)
        response["HX-Trigger"] = event
        return response
    words = _("%(code)s 的作答已恢复为第 %(n)d 版。") % {"code": criterion.code, "n": version}
    messages.success(request, words if saved.result else _("该版本与当前作答相同，未作更改。"))
    if request.htmx:  # type: ignore[attr-defined]
        return HttpResponse(headers={"HX-Refresh": "true", FRAGMENT: "past"})
    return redirect(row_address(case, criterion.code))


def _shown(
    request: HttpRequest, case: Assessment, criterion: Criterion, problem: str = "", status: int = 200
) -> HttpResponse:
    user, is_part = user_of(request), request.htmx  # type: ignore[attr-defined]
    found = queries.history(case, criterion.code)
    page = Paginator(found.versions, _IN_ROW if is_part else _PER_PAGE).get_page(request.GET.get("page"))
    context: dict[str, Any] = {
        "case": case,
        "criterion": criterion,
        "past": past_of(user, case, criterion),
        "page_obj": page,
        "current": found.current,
        "answering": rules.can_answer(case, delegated_here=division(case, user).is_mine(criterion.code)),
        "problem": problem,
        "is_part": bool(is_part),
        "is_changed": request.method == "POST",
        "heading": 3 if is_part else 2,
    }
    if not is_part:
        context["crumbs"] = row_crumbs(case, criterion, _("以往作答"))
    response = render(
        request, "answer_history/past.html" if is_part else "answer_history/criterion_past.html", context, status=status
    )
    response[FRAGMENT] = "past"
    return response
