"""Introductions to pages: what stands where and what it is for, as a walk round the page and as a page to read."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from assessments.actions import tours as actions
from assessments.templatetags.tours import TOURS
from assessments.views.access import user_of
from assessments.views.questionnaire import login_or_401


@login_required
@require_safe
def guide(request: HttpRequest) -> HttpResponse:
    """Every introduction in words, in the order of the work."""
    crumbs = [{"label": _("首次自评指南")}]
    return render(request, "tours/guide.html", {"tours": TOURS.values(), "crumbs": crumbs})


@login_or_401
@require_POST
def tour_seen(request: HttpRequest, name: str) -> HttpResponse:
    """The person has seen an introduction, or put it away: it no longer starts by itself."""
    if name not in TOURS:
        raise Http404
    actions.mark_seen(by=user_of(request), name=name)
    return HttpResponse(status=204)
