"""Reports and spreadsheets of a case as downloads, one by one or several at once."""

from __future__ import annotations

import io
import tempfile
import zipfile
from collections.abc import Iterable
from typing import IO

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from assessments.actions import documents as actions
from assessments.forms.documents import MOST_AT_ONCE, BulkForm, DocumentFilter
from assessments.models import Assessment, User
from assessments.permissions import rules
from assessments.queries import datasets, documents
from assessments.reports import documents as reports
from assessments.reports.dataset import Report
from assessments.views.access import case_or_404, permit, user_of

PER_PAGE = 20


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def document_list(request: HttpRequest) -> HttpResponse | FileResponse:
    """The office's list of documents; a POST answers the evaluation reports of the chosen cases as one archive."""
    user = user_of(request)
    permit(rules.can_read_documents(user))
    bulk = BulkForm(request.POST if request.method == "POST" else None)
    if bulk.is_bound and bulk.is_valid():
        chosen = _chosen(user, bulk.cleaned_data["case"])
        if chosen:
            return _archive(user, chosen)
        bulk.add_error(None, _("所选项目没有已签发的评估报告，请重新勾选。"))
    form = DocumentFilter(request.GET)
    form.is_valid()
    found = documents.cases_with_documents(user, form.cleaned_data)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "bulk": bulk,
        "page_obj": page,
        "rows": [documents.document_row(case) for case in page],
        "is_filtered": any(form.cleaned_data.values()),
        "most": MOST_AT_ONCE,
    }
    return render(request, "documents/document_list.html", context)


@login_required
@require_GET
def self_report(request: HttpRequest, number: str) -> FileResponse:
    """The self-assessment report: frozen once finalised, before that a draft of the moment."""
    case = case_or_404(request, number)
    permit(rules.can_read_material(case))
    return delivered(request, case, reports.self_report(datasets.self_report(case, timezone.localdate()), _language()))


@login_required
@require_GET
def evaluation_report(request: HttpRequest, number: str) -> FileResponse:
    """The signed-off evaluation report. Its annexes quote answers and evidence, so it takes both rights."""
    case = case_or_404(request, number)
    permit(rules.can_read_assessed_result(case))
    permit(rules.can_read_material(case))
    return delivered(request, case, reports.evaluation_report(datasets.evaluation_report(case), _language()))


@login_required
@require_GET
def answers_workbook(request: HttpRequest, number: str) -> FileResponse:
    """Answers and scores as a spreadsheet; assessed columns for those who may read the assessed result."""
    case = case_or_404(request, number)
    permit(rules.can_read_material(case))
    data: Report = (
        datasets.evaluation_report(case)
        if rules.can_read_assessed_result(case)
        else datasets.self_report(case, timezone.localdate())
    )
    return delivered(request, case, reports.answers_workbook(data, _language()))


def delivered(request: HttpRequest, case: Assessment, document: reports.Document) -> FileResponse:
    """The document as a download, recorded."""
    _record(user_of(request), case, document)
    return _download(io.BytesIO(document.content), document.name, document.content_type)


def _chosen(user: User, numbers: list[str]) -> list[Assessment]:
    """The cases among these whose evaluation report the user may have; others are left out."""
    found = documents.cases_with_documents(user, {}).filter(number__in=numbers)
    return [row.case for row in map(documents.document_row, found) if row.has_evaluation]


def _archive(user: User, cases: Iterable[Assessment]) -> FileResponse:
    """One ZIP, written to a temporary file so that twenty reports need not stand in memory together."""
    archive = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it after the last byte
    # PDF streams are compressed already.
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_STORED) as files:
        for case in cases:
            document = reports.evaluation_report(datasets.evaluation_report(case), _language())
            files.writestr(document.name, document.content)
            _record(user, case, document)
    archive.seek(0)
    day = timezone.localdate().strftime("%Y%m%d")
    return _download(archive, _("DCMM评估报告_{day}.zip").format(day=day), "application/zip")


def _record(user: User, case: Assessment, document: reports.Document) -> None:
    actions.record_download(
        by=user,
        case=case,
        kind=document.kind,
        revision=document.revision,
        language=document.language,
        sha256=document.sha256,
        at=timezone.now(),
    )


def _download(file: IO[bytes], name: str, content_type: str) -> FileResponse:
    response = FileResponse(file, as_attachment=True, filename=name, content_type=content_type)
    response["Cache-Control"] = "private, no-store"
    return response


def _language() -> str:
    return get_language() or "zh-hans"
