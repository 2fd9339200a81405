"""Managing the editions of the standard: licensed text in and out, publishing, errata, days of a transition."""

from __future__ import annotations

import hashlib
import io
import re
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_safe

from assessments.actions import editions as actions
from assessments.actions.errors import Refused
from assessments.forms.edition_workbook import Reading, read
from assessments.forms.editions import (
    CriterionForm,
    ErratumForm,
    NewWorkbookForm,
    PublishForm,
    SeenForm,
    WindowForm,
    WorkbookForm,
)
from assessments.forms.spreadsheets import MAX_BYTES
from assessments.models import User
from assessments.permissions import rules
from assessments.queries import editions as queries
from assessments.reports import edition_workbook as workbook
from assessments.reports.documents import XLSX
from assessments.standard import Edition, get_window, installation
from assessments.standard.words import CONFIRMATIONS, ERRATUM_FIELDS, WORDINGS
from assessments.templatetags.platform import local
from assessments.views.access import permit, user_of

PER_PAGE = 20
_READ_OR_WRITE = ["GET", "HEAD", "POST"]


@login_required
@require_safe
def edition_list(request: HttpRequest) -> HttpResponse:
    """Everything in one place: editions in use, drafts, errata, days of the transition."""
    _manager(request)
    context = {"catalogue": queries.catalogue(), "wordings": WORDINGS, "confirmations": CONFIRMATIONS}
    return render(request, "editions/edition_list.html", context)


# --- workbooks ------------------------------------------------------------------------------------------------------


@login_required
@require_GET
def edition_export(request: HttpRequest, code: str) -> FileResponse:
    """An edition in use as a workbook; that it left the platform is an event."""
    user = _manager(request)
    return _workbook(user, _edition_or_404(code))


@login_required
@require_GET
def draft_export(request: HttpRequest, code: str) -> FileResponse:
    """A draft as a workbook, to be worked on and imported again."""
    user = _manager(request)
    return _workbook(user, _draft_or_404(code))


@login_required
@require_GET
def edition_pattern(request: HttpRequest) -> HttpResponse | FileResponse:
    """The workbook of an edition that does not exist yet, patterned on one in use."""
    user = _manager(request)
    form = NewWorkbookForm(request.GET, editions=_usable())
    if not form.is_valid():
        return _import_page(request, pattern=form)
    return _workbook(user, _edition_or_404(form.cleaned_data["base"]), form.cleaned_data["code"])


@login_required
@require_http_methods(_READ_OR_WRITE)
def edition_import(request: HttpRequest) -> HttpResponse:
    """A workbook is read; it is either refused with every fault in its cell, or kept for its preview."""
    user = _manager(request)
    if request.method != "POST":
        return _import_page(request)
    form = WorkbookForm(request.POST, request.FILES, request=request)
    if not form.is_valid():
        return _import_page(request, form=form)
    content = form.cleaned_data["workbook"].read()
    reading = read(content)
    if reading.edition is None:
        return _import_page(request, reading=reading, name=form.cleaned_data["workbook"].name)
    return redirect("edition_check", actions.keep_upload(by=user, content=content, at=timezone.now()))


@login_required
@require_http_methods(_READ_OR_WRITE)
def edition_check(request: HttpRequest, digest: str) -> HttpResponse:
    """What an uploaded workbook holds and changes; a POST keeps it as a draft. It is read anew either time."""
    user = _manager(request)
    if not re.fullmatch(r"[0-9a-f]{64}", digest):
        raise Http404
    content = queries.kept_upload(user, digest, timezone.now())
    if content is None:
        messages.warning(request, _("该次上传已处理或已过期，请重新上传工作簿。"))
        return redirect("edition_import")
    reading = read(content)
    if reading.edition is None:
        return _import_page(request, reading=reading)
    refusal = queries.why_not_replace(reading.edition, installation())
    if request.method == "POST" and refusal is None:
        actions.save_draft(by=user, edition=reading.edition, workbook=digest, at=timezone.now())
        actions.discard_upload(by=user, digest=digest)
        messages.success(request, _("已存为草稿，核对后可以发布。"))
        return redirect("draft_detail", reading.edition.code)
    context = {"refusal": refusal, "standing": installation().drafts.get(reading.edition.code)}
    return render(
        request, "editions/edition_check.html", _content(request, reading.edition) | context, status=_status(request)
    )


# --- drafts ---------------------------------------------------------------------------------------------------------


@login_required
@require_safe
def draft_detail(request: HttpRequest, code: str) -> HttpResponse:
    """A draft: what it holds, what it changes, and what to do with it."""
    _manager(request)
    row = _row_or_404(code)
    content = _content(request, row.edition) if row.edition else {}
    return render(request, "editions/draft_detail.html", {"row": row, **content})


@login_required
@require_http_methods(_READ_OR_WRITE)
def draft_publish(request: HttpRequest, code: str) -> HttpResponse:
    """Restates what follows and asks for the code to be typed; published text is frozen."""
    user = _manager(request)
    row = _row_or_404(code)
    initial = {"folder": row.entry.folder}
    form = PublishForm(request.POST if request.method == "POST" else None, code=code, initial=initial)
    if form.is_valid():
        try:
            edition = actions.publish(by=user, code=code, folder=form.cleaned_data["folder"], at=timezone.now())
        except Refused as refused:
            form.add_error(None, local(refused.reason))
        else:
            messages.success(request, _("已发布“{title}”，即时生效。").format(title=local(edition.title)))
            return redirect("edition_list")
    return render(request, "editions/draft_publish.html", {"row": row, "form": form})


@login_required
@require_http_methods(_READ_OR_WRITE)
def draft_delete(request: HttpRequest, code: str) -> HttpResponse:
    """Asks once, then removes the draft and its files."""
    user = _manager(request)
    row = _row_or_404(code)
    form = SeenForm(request.POST if request.method == "POST" else None, initial={"folder": row.entry.folder})
    if form.is_valid():
        try:
            actions.delete_draft(by=user, code=code, folder=form.cleaned_data["folder"], at=timezone.now())
        except Refused as refused:
            form.add_error(None, local(refused.reason))
        else:
            messages.success(request, _("已删除草稿 {code}。").format(code=code))
            return redirect("edition_list")
    return render(request, "editions/draft_delete.html", {"row": row, "form": form})


# --- corrections and days -------------------------------------------------------------------------------------------


@login_required
@require_http_methods(_READ_OR_WRITE)
def erratum_new(request: HttpRequest, code: str) -> HttpResponse:
    """Three steps: which text (in the address), the correction, and both wordings side by side before it is kept."""
    user = _manager(request)
    edition = _edition_or_404(code)
    choice = CriterionForm(request.GET if "criterion" in request.GET else None, edition=edition)
    context: dict[str, Any] = {"edition": edition, "choice": choice, "today": timezone.localdate()}
    if not choice.is_valid():
        return render(request, "editions/erratum_new.html", context)
    criterion, part = choice.cleaned_data["criterion"], choice.cleaned_data["part"]
    before = criterion.wording(part)
    initial = {"zh": before.zh, "en": before.en, "seen": queries.mark(before)}
    form = ErratumForm(request.POST if request.method == "POST" else None, part=part, initial=initial)
    context |= {"criterion": criterion, "part": ERRATUM_FIELDS[part], "before": before, "form": form}
    if form.is_valid() and form.after == before:
        form.add_error(None, _("更正后的文字与现有文字相同。"))
    if not form.is_valid() or "revise" in request.POST:
        return render(request, "editions/erratum_new.html", context)
    if "confirmed" not in request.POST:
        return render(request, "editions/erratum_check.html", context)
    try:
        actions.add_erratum(
            by=user,
            code=code,
            criterion_code=criterion.code,
            part=part,
            seen=form.cleaned_data["seen"],
            after=form.after,
            reason=form.reason,
            at=timezone.now(),
        )
    except Refused as refused:
        form.add_error(None, local(refused.reason))
        return render(request, "editions/erratum_new.html", context)
    messages.success(request, _("已登记条款 {code} 的勘误，即时生效。").format(code=criterion.code))
    return redirect("edition_list")


@login_required
@require_http_methods(_READ_OR_WRITE)
def window_edit(request: HttpRequest, code: str) -> HttpResponse:
    """Until when an edition may be chosen."""
    user = _manager(request)
    edition = _edition_or_404(code)
    form = WindowForm(request.POST if request.method == "POST" else None, window=get_window(code))
    if form.is_valid():
        try:
            actions.set_window(by=user, window=form.window, at=timezone.now())
        except Refused as refused:
            form.add_error(None, local(refused.reason))
        else:
            messages.success(request, _("已更新“{title}”的过渡期设置。").format(title=local(edition.short)))
            return redirect("edition_list")
    return render(request, "editions/window_edit.html", {"edition": edition, "form": form})


# --- parts ----------------------------------------------------------------------------------------------------------


def _manager(request: HttpRequest) -> User:
    user = user_of(request)
    permit(rules.can_manage_standard(user))
    return user


def _edition_or_404(code: str) -> Edition:
    edition = queries.in_use(code)
    if edition is None:
        raise Http404
    return edition


def _row_or_404(code: str) -> queries.DraftRow:
    if code not in installation().drafts:
        raise Http404
    return queries.draft_row(code)


def _draft_or_404(code: str) -> Edition:
    edition = _row_or_404(code).edition
    if edition is None:
        raise Http404
    return edition


def _usable() -> list[Edition]:
    """Editions in use whose data are sound, the latest first."""
    found = [row.edition for row in queries.catalogue().editions if row.edition]
    return sorted(found, key=lambda e: e.in_force, reverse=True)


def _status(request: HttpRequest) -> int:
    """A POST that comes to the page again was refused."""
    return 409 if request.method == "POST" else 200


def _workbook(user: User, edition: Edition, new_code: str = "") -> FileResponse:
    content = workbook.render(edition, get_language() or "zh-hans", new_code=new_code)
    actions.record_export(by=user, edition=edition, sha256=hashlib.sha256(content).hexdigest(), at=timezone.now())
    name = workbook.file_name(edition, new_code)
    response = FileResponse(io.BytesIO(content), as_attachment=True, filename=name, content_type=XLSX)
    response["Cache-Control"] = "private, no-store"
    return response


def _import_page(
    request: HttpRequest,
    *,
    form: WorkbookForm | None = None,
    pattern: NewWorkbookForm | None = None,
    reading: Reading | None = None,
    name: str = "",
) -> HttpResponse:
    editions = _usable()
    context = {
        "form": form or WorkbookForm(request=request),
        "pattern": pattern or NewWorkbookForm(editions=editions),
        "editions": editions,
        "reading": reading,
        "file_name": name,
        "max_bytes": MAX_BYTES,
    }
    return render(request, "editions/edition_import.html", context)


def _content(request: HttpRequest, edition: Edition) -> dict[str, Any]:
    """What a text holds, and against the edition in use what it changes; one domain or one page at a time."""
    present = queries.in_use(edition.code)
    comparison = queries.compare(present, edition) if present else None
    domain = edition.domains_by_code.get(request.GET.get("domain", ""))
    context: dict[str, Any] = {
        "edition": edition,
        "wordings": WORDINGS,
        "present": present,
        "comparison": comparison,
        "counts": queries.counts(edition, comparison),
        "domain": domain or (None if comparison else edition.domains[0]),
        "chips": _chips(edition, comparison, domain.code if domain else ""),
    }
    if comparison and domain is None:
        context["page_obj"] = Paginator(comparison.changed, PER_PAGE).get_page(request.GET.get("page"))
    return context


def _chips(edition: Edition, comparison: queries.Comparison | None, current: str) -> list[dict[str, object]]:
    """The changes first where there is something to compare with, then the whole text by domain."""
    first = edition.domains[0].code if comparison is None and not current else current
    chips: list[dict[str, object]] = [
        {"label": f"{d.code} {local(d.name)}", "url": f"?domain={d.code}", "is_active": d.code == first}
        for d in edition.domains
    ]
    if comparison is None:
        return chips
    changes = {"label": _("改动"), "url": "?", "is_active": not current, "count": len(comparison.changed)}
    return [changes, *chips]
