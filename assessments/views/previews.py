"""Looking at evidence without downloading it: the page around the pictures, and the pictures (decision 19)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO, cast
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from assessments.actions.library import record_preview
from assessments.models import Assessment, EvidenceFile
from assessments.permissions import rules
from assessments.queries import evidence as queries
from assessments.queries.questionnaire import division
from assessments.reports import previews
from assessments.reports.previews import UnreadableError
from assessments.views.access import case_or_404, permit, user_of
from assessments.views.evidence import opened
from assessments.views.library import crumbs
from assessments.views.limits import exceeds

#: How often a person may ask in a minute: pages of previews, pictures of them.
_PREVIEWS, _PICTURES = 60, 120
#: How long the number of pages is kept, and what kept a file from being read, which may have been the hour.
_DAY, _WHILE = 24 * 3600, 300


@login_required
@require_safe
def evidence_preview(request: HttpRequest, number: str, file_id: UUID) -> HttpResponse:
    """One page of a file as a picture, a text as text, an archive as a list of names; else a download is offered."""
    case, file = _file_or_404(request, number, file_id)
    if exceeds(request, "preview", per_minute=_PREVIEWS, person=user_of(request)):
        return _too_many(request, case, file)
    page = _whole(request.GET.get("page"))
    shown = _shown(file, page)
    if request.method == "GET":
        record_preview(by=user_of(request), case=case, file=file, at=timezone.now())
    shared = division(case, user_of(request))
    context = {
        "case": case,
        "file": file,
        "document": file.evidence,
        "crumbs": crumbs(case, _("预览"), file.evidence),
        "links": file.links.filter(assessment=case).order_by("criterion_code"),
        "editable_items": {
            code for code in case.edition.items if rules.can_answer(case, delegated_here=shared.is_mine(code))
        },
        "is_full": request.GET.get("width") == "full",
        "text_most": previews.TEXT_MOST,
        **shown,
    }
    return render(request, "evidence/evidence_preview.html", context)


@login_required
@require_safe
def evidence_page(request: HttpRequest, number: str, file_id: UUID, page: int) -> HttpResponse:
    """The picture of a page, made anew from what the page looks like: nothing of the file itself is in it."""
    case, file = _file_or_404(request, number, file_id)
    kind = previews.kind_of(file.content_type)
    if kind not in ("pdf", "image") or page < 1:
        raise Http404
    if exceeds(request, "picture", per_minute=_PICTURES, person=user_of(request)):
        return _alone(HttpResponse(status=429, headers={"Retry-After": "60"}))
    try:
        with _content(file) as content:
            picture = previews.draw(content, kind, page)
    except UnreadableError as unreadable:
        if unreadable.problem == previews.BUSY:
            return _alone(HttpResponse(status=503, headers={"Retry-After": "10"}))
        raise Http404 from unreadable
    if request.method == "GET":
        record_preview(by=user_of(request), case=case, file=file, at=timezone.now())
    return _alone(HttpResponse(picture.content, content_type=picture.content_type))


def _file_or_404(request: HttpRequest, number: str, file_id: UUID) -> tuple[Assessment, EvidenceFile]:
    """The file, by the rule of downloads."""
    case = case_or_404(request, number)
    permit(rules.can_read_material(case))
    file = queries.readable(user_of(request), case).select_related("evidence").filter(pk=file_id).first()
    if file is None:
        raise Http404
    return case, file


def _alone(response: HttpResponse) -> HttpResponse:
    """Kept by nobody on the way, guessed by no browser, and run by none."""
    response["Cache-Control"] = "private, no-store"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _too_many(request: HttpRequest, case: Assessment, file: EvidenceFile) -> HttpResponse:
    context = {
        "case": case,
        "file": file,
        "document": file.evidence,
        "problem": "too_many",
        "crumbs": crumbs(case, _("预览"), file.evidence),
    }
    response = render(request, "evidence/evidence_preview.html", context, status=429)
    response["Retry-After"] = "60"
    return response


@contextmanager
def _content(file: EvidenceFile) -> Iterator[BinaryIO]:
    with opened(file) as content:
        yield cast(BinaryIO, content)


def _shown(file: EvidenceFile, page: int) -> dict[str, Any]:
    """What the template shows of a file: ``kind`` with its content, or ``problem`` in one word."""
    kind = previews.kind_of(file.content_type)
    makers: dict[str, Callable[[EvidenceFile, int], dict[str, Any]]] = {
        "pdf": _pages,
        "image": _pages,
        "text": _text,
        "archive": _members,
    }
    if kind not in makers:
        return {"kind": "", "problem": "other"}
    try:
        return {"kind": kind, **makers[kind](file, page)}
    except UnreadableError as unreadable:
        return {"kind": kind, "problem": unreadable.problem}


def _pages(file: EvidenceFile, page: int) -> dict[str, Any]:
    """The page asked for, or the nearest there is, and its neighbours."""
    pages = _count(file)
    page = min(max(page, 1), pages)
    return {
        "page": page,
        "pages": pages,
        "previous": page - 1 if page > 1 else None,
        "next": page + 1 if page < pages else None,
    }


def _count(file: EvidenceFile) -> int:
    """How many pages a file has; what was found is kept for a day, for the content never changes."""
    key = f"pages:{file.sha256}"
    known = cache.get(key)
    if known is None:
        try:
            with _content(file) as content:
                known = previews.count_pages(content, previews.kind_of(file.content_type))
            cache.set(key, known, _DAY)
        except UnreadableError as unreadable:
            known = unreadable.problem
            if known != previews.BUSY:
                cache.set(key, known, _WHILE)
    if isinstance(known, str):
        raise UnreadableError(known)
    return int(known)


def _text(file: EvidenceFile, page: int) -> dict[str, Any]:
    with _content(file) as content:
        return {"text": previews.read_text(content)}


def _members(file: EvidenceFile, page: int) -> dict[str, Any]:
    with _content(file) as content:
        return {"members": previews.list_members(content)}


def _whole(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 7 else 1
