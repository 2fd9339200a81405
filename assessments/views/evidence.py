"""Evidence: the list of a case, adding files to a criterion, reading them, taking them away."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from assessments.actions import evidence as actions
from assessments.actions.errors import Refused, allow
from assessments.forms.evidence import check_upload, too_large
from assessments.forms.uploads import TOO_LARGE
from assessments.models import Assessment, EvidenceFile
from assessments.permissions import rules
from assessments.queries import evidence as queries
from assessments.queries.questionnaire import division
from assessments.standard import Bilingual
from assessments.templatetags.platform import local
from assessments.views.access import case_or_404, permit, user_of
from assessments.views.questionnaire import crumbs, evidence_block, login_or_401, row_address

logger = logging.getLogger(__name__)
_PER_PAGE = 20


@login_required
@require_safe
def evidence_list(request: HttpRequest, number: str) -> HttpResponse:
    """The files of a case with the criteria they serve, and by domain how many criteria have none."""
    case = case_or_404(request, number)
    permit(rules.can_read_material(case))
    domain = case.edition.domains_by_code.get(request.GET.get("domain", ""))
    found = queries.files_of(case, domain.code if domain else "")
    covered = queries.coverage(case)
    context = {
        "case": case,
        "crumbs": crumbs(case, _("证明材料")),
        "page_obj": Paginator(found, _PER_PAGE).get_page(request.GET.get("page")),
        "coverage": covered,
        "criteria_covered": sum(c.covered for c in covered),
        "criteria_missing": sum(c.missing for c in covered),
        "chips": _chips(case, domain.code if domain else ""),
        "domain": domain,
        "editable_items": _editable(request, case),
    }
    return render(request, "evidence/evidence_list.html", context)


@login_or_401
@require_POST
def evidence_attach(request: HttpRequest, number: str, criterion_code: str) -> HttpResponse:
    """Keeps the acceptable ones of the files that came and says for each other one what is wrong with it."""
    case = case_or_404(request, number)
    if criterion_code not in case.edition.criteria:
        raise Http404
    _permit_answering(request, case, criterion_code)
    kept, problems = keep_each(
        request,
        lambda upload, content_type: actions.attach(
            by=user_of(request),
            number=case.number,
            criterion_codes=[criterion_code],
            upload=upload,
            content_type=content_type,
            at=timezone.now(),
        ),
    )
    if request.htmx:  # type: ignore[attr-defined]
        return evidence_block(request, case, criterion_code, problems)
    say_what_was_kept(request, kept, problems)
    return redirect(row_address(case, criterion_code, request.POST.get("show", "")))


@login_required
@require_safe
def evidence_download(request: HttpRequest, number: str, file_id: UUID) -> HttpResponseBase:
    """The file as an attachment; that it was read is an event of the case."""
    case = case_or_404(request, number)
    permit(rules.can_read_material(case))
    file = queries.readable(user_of(request), case).filter(pk=file_id).first()
    if file is None:
        raise Http404
    return handed_out(request, case, file)


def handed_out(request: HttpRequest, case: Assessment, file: EvidenceFile) -> FileResponse:
    """A file that this person may read, as an attachment; reading it is an event of the case."""
    try:
        content = file.content.open("rb")
    except FileNotFoundError as missing:
        logger.error("evidence file %s is not in the storage", file.pk)
        raise Refused(_LOST) from missing
    if request.method == "GET":
        actions.record_download(by=user_of(request), case=case, file=file, at=timezone.now())
    response = FileResponse(content, as_attachment=True, filename=file.name, content_type=file.content_type)
    response["X-Content-Type-Options"] = "nosniff"
    # Whatever the file contains, a browser that opens it all the same runs nothing of it with the rights of this site.
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "private, no-store"
    return response


@login_required
@require_POST
def evidence_detach(request: HttpRequest, number: str, link_id: int) -> HttpResponse:
    """Takes a file off a criterion and goes back to where the button was."""
    try:
        link = actions.detach(by=user_of(request), number=number, link_id=link_id, at=timezone.now())
    except ObjectDoesNotExist as missing:
        raise Http404 from missing
    said = _("已从 %(code)s 移除证明材料“%(name)s”。") % {"code": link.criterion_code, "name": link.file.name}
    messages.success(request, said)
    if request.POST.get("from") == "list":
        return redirect("evidence_list", number)
    return redirect(row_address(link.assessment, link.criterion_code, request.POST.get("show", "")))


_LOST = Bilingual(
    "该文件在存储中缺失，暂时无法下载。请联系平台运行方恢复。",
    "The file is missing from the storage and cannot be read now. Ask the operator of the platform to restore it.",
)


def _permit_answering(request: HttpRequest, case: Assessment, criterion_code: str) -> None:
    """Before files are read: 403 with the reason."""
    shared = division(case, user_of(request))
    allow(rules.can_answer(case, delegated_here=shared.is_mine(criterion_code)))


def keep_each(request: HttpRequest, keep: Callable[[UploadedFile[Any], str], object]) -> tuple[int, list[str]]:
    """Hands each acceptable file to ``keep`` with its media type; how many were kept, a sentence for each other one."""
    uploads = request.FILES.getlist("files")  # reads the request, so only now is it known what was cut off
    problems = [too_large(name) for name in getattr(request, TOO_LARGE, [])]
    if not uploads and not problems:
        return 0, [_("尚未选择文件，请选择后再上传。")]
    kept = 0
    for upload in uploads:
        try:
            keep(upload, check_upload(upload))
        except ValidationError as wrong:
            problems.extend(wrong.messages)
        except Refused as refused:
            problems.append(local(refused.reason))
        else:
            kept += 1
    return kept, problems


def say_what_was_kept(request: HttpRequest, kept: int, problems: list[str]) -> None:
    """The outcome of :func:`keep_each` as messages, for a page that is loaded anew."""
    if kept:
        messages.success(request, ngettext("已上传 %(n)s 个文件。", "已上传 %(n)s 个文件。", kept) % {"n": kept})
    for problem in problems:
        messages.error(request, problem)


def _editable(request: HttpRequest, case: Assessment) -> frozenset[str]:
    """Codes of the items where the viewer may take evidence away."""
    shared = division(case, user_of(request))
    return frozenset(code for code in case.edition.items if rules.can_answer(case, delegated_here=shared.is_mine(code)))


def _chips(case: Assessment, chosen: str) -> Sequence[dict[str, object]]:
    here = reverse("evidence_list", args=[case.number])
    every = [{"label": _("全部"), "url": here, "is_active": not chosen}]
    return every + [
        {"label": f"{d.code} {local(d.name)}", "url": f"{here}?domain={d.code}", "is_active": d.code == chosen}
        for d in case.edition.domains
    ]
