"""Evidence: the list of a case, adding files to a criterion, reading them, taking them away."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.core.files import File
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
from assessments.forms.library import wanted_from
from assessments.forms.uploads import TOO_LARGE
from assessments.models import Assessment, EvidenceFile
from assessments.models.evidence import CONFIDENTIALITY
from assessments.permissions import rules
from assessments.queries import evidence as queries
from assessments.queries import library
from assessments.queries.library import Wanted
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
    """The documents of a case with the criteria they serve, and by domain how many criteria have none."""
    case = case_or_404(request, number)
    permit(rules.can_read_material(case))
    today, wanted = timezone.localdate(), wanted_from(request.GET, case)
    page = Paginator(library.documents(case, wanted, today), _PER_PAGE).get_page(request.GET.get("page"))
    covered = queries.coverage(case)
    editable = _editable(request, case)
    context = {
        "case": case,
        "crumbs": crumbs(case, _("证明材料")),
        "page_obj": page,
        "rows": library.as_rows(case, page.object_list, wanted.domain),
        "coverage": covered,
        "criteria_covered": sum(c.covered for c in covered),
        "criteria_missing": sum(c.missing for c in covered),
        "wanted": wanted,
        "groups": _filters(case, wanted),
        "is_filtered": wanted != Wanted(),
        "domain": case.edition.domains_by_code.get(wanted.domain),
        "editable_items": editable,
        "is_ours": bool(rules.can_read_library(case)),
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
    content = opened(file)
    if request.method == "GET":
        actions.record_download(by=user_of(request), case=case, file=file, at=timezone.now())
    response = FileResponse(content, as_attachment=True, filename=file.name, content_type=file.content_type)
    response["X-Content-Type-Options"] = "nosniff"
    # Whatever the file contains, a browser that opens it all the same runs nothing of it with the rights of this site.
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "private, no-store"
    return response


def opened(file: EvidenceFile) -> File[bytes]:
    """The content of a file. Raises ``Refused`` where the storage has lost it."""
    try:
        return file.content.open("rb")
    except FileNotFoundError as missing:
        logger.error("evidence file %s is not in the storage", file.pk)
        raise Refused(_LOST) from missing


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


def _filters(case: Assessment, wanted: Wanted) -> list[dict[str, Any]]:
    """The groups of chips above the list; each keeps what the others and the search have set."""
    shows = [("", _("本案材料")), ("expiring", _("60 天内到期")), ("expired", _("已过期"))]
    if rules.can_read_library(case):
        shows += [("elsewhere", _("资料库中未用于本案")), ("unlinked", _("未关联任何条款"))]
    domains = [("", _("全部")), *((d.code, f"{d.code} {local(d.name)}") for d in case.edition.domains)]
    groups = [
        {"label": _("范围"), "items": _chips(case, wanted, "show", shows)},
        {"label": _("密级"), "items": _chips(case, wanted, "confidentiality", [("", _("全部")), *CONFIDENTIALITY])},
    ]
    if not wanted.is_library:  # what is in no criterion is in no domain
        groups.insert(1, {"label": _("能力域"), "items": _chips(case, wanted, "domain", domains)})
    return groups


def _chips(case: Assessment, wanted: Wanted, name: str, choices: Sequence[tuple[str, Any]]) -> list[dict[str, object]]:
    here, chosen = reverse("evidence_list", args=[case.number]), getattr(wanted, name)
    kept = {"domain": wanted.domain, "show": wanted.show, "confidentiality": wanted.confidentiality, "q": wanted.words}
    chips = []
    for code, label in choices:
        query = urlencode({key: value for key, value in {**kept, name: code}.items() if value})
        chips.append({"label": label, "url": f"{here}?{query}" if query else here, "is_active": code == chosen})
    return chips
