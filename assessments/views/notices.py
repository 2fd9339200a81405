"""Public notices: recommended results laid open for objections."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from assessments.queries import notices
from assessments.queries.certificates import issuing_office

PER_PAGE = 20


@require_safe
def notice_list(request: HttpRequest) -> HttpResponse:
    """All published notices, open ones first; ``q`` searches enterprises."""
    now = timezone.now()
    q = request.GET.get("q", "").strip()[:120]
    found = notices.published(now)
    if q:
        found = notices.matching(found, q)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    today = timezone.localdate(now)
    rows = [(n, notices.state_of(n, today), notices.last_day(n)) for n in page]
    return render(request, "notices/notice_list.html", {"page_obj": page, "rows": rows, "q": q})


@require_safe
def notice_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One notice, its period, and how to object."""
    now = timezone.now()
    notice = get_object_or_404(notices.published(now), pk=pk)
    today = timezone.localdate(now)
    context = {
        "notice": notice,
        "case": notice.assessment,
        "certificate": getattr(notice.assessment, "certificate", None),
        "state": notices.state_of(notice, today),
        "last_day": notices.last_day(notice),
        "days_left": notice.days_left(today),
        "office": issuing_office(),
    }
    return render(request, "notices/notice_detail.html", context)
