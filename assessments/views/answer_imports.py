"""Filling in with a workbook: download for a part, upload, check what it would change, confirm or discard."""

from __future__ import annotations

import hashlib
import io
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from assessments.actions import answer_imports as actions
from assessments.actions.errors import Conflict, NotAllowed, Refused
from assessments.forms.answer_imports import JOIN, KEEP, TAKE, AnswerWorkbookForm, DecisionForm, PartForm, chosen
from assessments.forms.answer_workbook import Reading, read
from assessments.forms.spreadsheets import MAX_BYTES
from assessments.models import AnswerImport, Assessment
from assessments.permissions import rules
from assessments.queries import answer_imports as queries
from assessments.reports import answer_workbook as workbook
from assessments.reports.documents import XLSX
from assessments.templatetags.platform import local
from assessments.views.access import case_or_404, permit, user_of
from assessments.views.head import case_head

PER_PAGE = 20


@login_required
@require_safe
def answer_workbook(request: HttpRequest, number: str) -> HttpResponse:
    """Where a workbook is fetched and brought back, and what became of those that came."""
    case = _answerable(request, number)
    return _workbook_page(request, case, PartForm(parts=queries.parts(case, user_of(request))))


@login_required
@require_GET
def answer_workbook_download(request: HttpRequest, number: str) -> HttpResponse | FileResponse:
    """A part of the questionnaire as it stands, to be filled in; that it left the platform is an event."""
    case, user = _answerable(request, number), user_of(request)
    form = PartForm(request.GET, parts=queries.parts(case, user))
    if not form.is_valid():
        return _workbook_page(request, case, form)
    now, language = timezone.now(), get_language() or "zh-hans"
    data = queries.export(case, user, form.chosen, now)
    content = workbook.render(data, language)
    digest = hashlib.sha256(content).hexdigest()
    actions.record_export(by=user, case=case, part=data.part, criteria=len(data.rows), sha256=digest, at=now)
    name = workbook.file_name(data, language)
    response = FileResponse(io.BytesIO(content), as_attachment=True, filename=name, content_type=XLSX)
    response["Cache-Control"] = "private, no-store"
    return response


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def answer_import_new(request: HttpRequest, number: str) -> HttpResponse:
    """A workbook is read: refused with every fault in its cell, kept for its preview, or found to change nothing."""
    case, user = _answerable(request, number), user_of(request)
    if request.method != "POST":
        return _upload_page(request, case)
    form = AnswerWorkbookForm(request.POST, request.FILES, request=request)
    if not form.is_valid():
        return _upload_page(request, case, form=form, status=422)
    upload = form.cleaned_data["workbook"]
    content = upload.read()
    reading = read(content, case, queries.not_theirs(case, user))
    if reading.faults:
        return _upload_page(request, case, reading=reading, name=upload.name, status=422)
    digest = hashlib.sha256(content).hexdigest()
    now = timezone.now()
    unsaved = AnswerImport(assessment=case, name=upload.name, rows=reading.rows, uploaded_at=now)
    plan = queries.plan(case, user, unsaved)
    if not plan.has_work and not plan.denied:
        return _upload_page(request, case, unchanged=plan)
    try:
        record = actions.keep(by=user, number=case.number, name=upload.name, sha256=digest, rows=reading.rows, at=now)
    except NotAllowed:
        raise
    except Refused as refused:
        form.add_error("workbook", local(refused.reason))
        return _upload_page(request, case, form=form, status=409)
    return redirect("answer_import", case.number, record.pk)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def answer_import(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """What an import would change at this moment; a POST writes it, unless an answer has changed since it was shown."""
    case, user = _answerable(request, number), user_of(request)
    record = queries.visible(case, user).filter(pk=pk).first()
    if record is None:
        raise Http404
    if request.method != "POST":
        return _import_page(request, case, record)
    form = DecisionForm(request.POST)
    try:
        seen = form.cleaned_data["seen"] if form.is_valid() else ""
        written = actions.confirm(
            by=user,
            number=case.number,
            pk=pk,
            choices=form.choices,
            cleared=form.cleared,
            seen=seen,
            at=timezone.now(),
        )
    except AnswerImport.DoesNotExist as missing:
        raise Http404 from missing
    except Conflict as conflict:
        return _import_page(request, case, record, problem=local(conflict.reason), picked=chosen(request.POST))
    if written:
        said = ngettext("已从“%(name)s”写入 %(n)s 条作答。", "已从“%(name)s”写入 %(n)s 条作答。", written)
        messages.success(request, said % {"name": record.name, "n": written})
    else:
        messages.info(request, _("“%(name)s”已处理，线上作答全部保留，没有写入。") % {"name": record.name})
    return redirect("answer_workbook", case.number)


@login_required
@require_POST
def answer_import_discard(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """Lays an import aside; nothing of it was written."""
    try:
        record = actions.discard(by=user_of(request), number=number, pk=pk, at=timezone.now())
    except (Assessment.DoesNotExist, AnswerImport.DoesNotExist) as missing:
        raise Http404 from missing
    messages.success(request, _("已放弃导入“%(name)s”，线上作答没有改动。") % {"name": record.name})
    return redirect("answer_workbook", number)


# --- parts ----------------------------------------------------------------------------------------------------------


def _answerable(request: HttpRequest, number: str) -> Assessment:
    """The case, for somebody who may answer in it."""
    case = case_or_404(request, number)
    permit(rules.can_answer(case))
    return case


def _workbook_page(request: HttpRequest, case: Assessment, form: PartForm) -> HttpResponse:
    found = queries.visible(case, user_of(request)).defer("rows")
    context = case_head(request, case) | {
        "form": form,
        "upload": AnswerWorkbookForm(request=request),
        "max_bytes": MAX_BYTES,
        "page_obj": Paginator(found, PER_PAGE).get_page(request.GET.get("page")),
    }
    return render(request, "answer_imports/answer_workbook.html", context, status=422 if form.errors else 200)


def _upload_page(
    request: HttpRequest,
    case: Assessment,
    *,
    form: AnswerWorkbookForm | None = None,
    reading: Reading | None = None,
    name: str = "",
    unchanged: queries.Plan | None = None,
    status: int = 200,
) -> HttpResponse:
    context = case_head(request, case) | {
        "form": form or AnswerWorkbookForm(request=request),
        "reading": reading,
        "file_name": name,
        "unchanged": unchanged,
        "max_bytes": MAX_BYTES,
    }
    return render(request, "answer_imports/answer_import_new.html", context, status=status)


def _import_page(
    request: HttpRequest,
    case: Assessment,
    record: AnswerImport,
    *,
    problem: str = "",
    picked: dict[str, str] | None = None,
) -> HttpResponse:
    """The preview while it waits, afterwards what became of it; 409 when a confirmation came too late."""
    plan = queries.plan(case, user_of(request), record) if record.state == "pending" else None
    context: dict[str, Any] = case_head(request, case) | {
        "record": record,
        "exported_at": parse_datetime(record.rows["exported_at"]),
        "plan": plan,
        "chips": _chips(plan) if plan else [],
        "problem": problem,
        "picked": picked or {},
        "ways": {"keep": KEEP, "take": TAKE, "join": JOIN},
    }
    return render(request, "answer_imports/answer_import.html", context, status=409 if problem else 200)


def _chips(plan: queries.Plan) -> list[dict[str, Any]]:
    """Ways to the sections of the page: the choices made further up stay, as they would not on a filtered page."""
    labels = {
        queries.Kind.CONFLICT: _("冲突"),
        queries.Kind.CLEARED: _("清空"),
        queries.Kind.CHANGED: _("改动"),
        queries.Kind.DENIED: _("他人负责"),
        queries.Kind.SAME: _("与线上一致"),
    }
    return [
        {"label": label, "url": f"#{kind}", "count": len(lines)}
        for kind, label in labels.items()
        if (lines := plan.of(kind))
    ]
