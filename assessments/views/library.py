"""Documents of the library: the page of one, its versions, choosing one for a criterion, where in it to look."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments.actions import library as actions
from assessments.actions.errors import NotAllowed, Refused, allow
from assessments.forms.evidence import ACCEPT, check_upload, max_bytes, too_large
from assessments.forms.library import DescriptionForm, PointerForm, wanted_from
from assessments.forms.uploads import TOO_LARGE
from assessments.models import Assessment, Evidence, EvidenceFile, EvidenceLink
from assessments.models.evidence import POINTER_MAX
from assessments.permissions import rules
from assessments.queries import library as queries
from assessments.queries.questionnaire import division
from assessments.templatetags.platform import local
from assessments.views.access import case_or_404, permit, user_of
from assessments.views.questionnaire import FRAGMENT, evidence_block, login_or_401, row_address

_PER_PAGE = 20
#: Said to the page that a criterion got another document, so that the list of choices shows it.
LINKED = "evidence-linked"


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def evidence_detail(request: HttpRequest, number: str, evidence_id: UUID) -> HttpResponse:
    """A document with its versions and where it is used; its description is changed here."""
    case = case_or_404(request, number)
    permit(rules.can_read_material(case))
    document = _document_or_404(request, case, evidence_id)
    if request.method != "POST":
        return _page(request, case, document)
    allow(rules.can_answer(case))
    form = DescriptionForm(request.POST, document=document)
    if not form.is_valid():
        return _page(request, case, document, form=form)
    try:
        actions.describe(
            by=user_of(request), number=number, evidence_id=evidence_id, at=timezone.now(), **form.cleaned_data
        )
    except NotAllowed:
        raise
    except Refused as refused:
        form.add_error(None, local(refused.reason))
        return _page(request, case, document, form=form)
    messages.success(request, _("材料信息已保存。"))
    return redirect("evidence_detail", number, evidence_id)


@login_required
@require_POST
def evidence_version(request: HttpRequest, number: str, evidence_id: UUID) -> HttpResponse:
    """Keeps an upload as the next version; a file that is refused changes nothing and is told of on the page."""
    case = case_or_404(request, number)
    permit(rules.can_read_material(case))
    document = _document_or_404(request, case, evidence_id)
    allow(rules.can_answer(case))
    try:
        upload = _only_upload(request)
        made = actions.add_version(
            by=user_of(request),
            number=number,
            evidence_id=evidence_id,
            upload=upload,
            content_type=check_upload(upload),
            move_links="move_links" in request.POST,
            at=timezone.now(),
        )
    except ValidationError as wrong:
        return _page(request, case, document, problem=" ".join(wrong.messages))
    except NotAllowed:
        raise
    except Refused as refused:
        return _page(request, case, document, problem=local(refused.reason))
    messages.success(request, _said(made))
    return redirect("evidence_detail", number, evidence_id)


def _only_upload(request: HttpRequest) -> Any:
    """The one file that came. Raises ``ValidationError`` where none did or it was cut off at the limit."""
    upload = request.FILES.get("file")  # reads the request, so only now is it known what was cut off
    for name in getattr(request, TOO_LARGE, []):
        raise ValidationError(too_large(name))
    if upload is None:
        raise ValidationError(_("尚未选择文件，请选择后再上传。"))
    return upload


def _said(made: actions.NewVersion) -> str:
    kept = _("第 %(n)s 版已保存。") % {"n": made.file.version}
    if not made.criteria_moved:
        return kept
    return kept + ngettext(
        "%(n)s 个条款已改用新版本，请核对其位置说明是否仍然准确。",
        "%(n)s 个条款已改用新版本，请核对其位置说明是否仍然准确。",
        made.criteria_moved,
    ) % {"n": made.criteria_moved}


@login_or_401
@require_safe
def evidence_choose(request: HttpRequest, number: str, criterion_code: str) -> HttpResponse:
    """Documents of the own library to choose from for a criterion: a page, or a part of one for the script."""
    case = case_or_404(request, number)
    criterion = case.edition.criteria.get(criterion_code)
    if criterion is None:
        raise Http404
    allow(rules.can_answer(case, delegated_here=division(case, user_of(request)).is_mine(criterion_code)))
    words = wanted_from(request.GET, case).words
    found = queries.named(queries.library(case), case, words)
    page = Paginator(found, _PER_PAGE).get_page(request.GET.get("page"))
    rows = queries.as_rows(case, page.object_list)
    context = {
        "case": case,
        "criterion": criterion,
        "page_obj": page,
        "rows": rows,
        "words": words,
        "chosen": _chosen(rows, criterion_code),
        "pointer_max": POINTER_MAX,
        "back": row_address(case, criterion_code),
        "crumbs": crumbs(case, _("从资料库选用")),
    }
    is_part = request.htmx  # type: ignore[attr-defined]
    template = "evidence/choose_list.html" if is_part else "evidence/evidence_choose.html"
    response = render(request, template, context)
    if is_part:
        response[FRAGMENT] = "choose"
    return response


def _chosen(rows: Sequence[queries.Document], criterion_code: str) -> dict[UUID, int]:
    """The version of each document that stands at the criterion."""
    held = ((row.evidence.pk, row.version_at(criterion_code)) for row in rows)
    return {pk: version for pk, version in held if version is not None}


@login_or_401
@require_POST
def evidence_link(request: HttpRequest, number: str) -> HttpResponse:
    """Offers a file of the library for a criterion. Anybody else's file is one that does not exist."""
    case = case_or_404(request, number)
    permit(rules.can_read_material(case))
    code, file_id = request.POST.get("criterion", "").strip().upper(), _file_id(request)
    problems: list[str] = []
    try:
        link = actions.link(
            by=user_of(request),
            number=number,
            file_id=file_id,
            criterion_code=code,
            pointer=request.POST.get("pointer", ""),
            at=timezone.now(),
        )
    except ObjectDoesNotExist as missing:
        raise Http404 from missing
    except NotAllowed:
        raise
    except Refused as refused:
        problems.append(local(refused.reason))
    else:
        said = {"code": code, "title": link.file.evidence.title, "n": link.file.version}
        if not request.htmx:  # type: ignore[attr-defined]
            messages.success(request, _("%(code)s 已选用“%(title)s”第 %(n)s 版。") % said)
    return _answer(request, case, code, problems, file_id)


def _file_id(request: HttpRequest) -> UUID:
    try:
        return UUID(request.POST.get("file", ""))
    except ValueError as wrong:
        raise Http404 from wrong


@login_or_401
@require_POST
def evidence_pointer(request: HttpRequest, number: str, link_id: int) -> HttpResponse:
    """Says where in the file to look for this criterion."""
    case = case_or_404(request, number)
    permit(rules.can_read_material(case))
    held = EvidenceLink.objects.filter(pk=link_id, assessment=case).first()
    if held is None:
        raise Http404
    allow(rules.can_answer(case, delegated_here=division(case, user_of(request)).is_mine(held.criterion_code)))
    form = PointerForm(request.POST)
    problems = [str(error) for error in form.errors.get("pointer", [])]
    if not problems:
        words = form.cleaned_data["pointer"]
        try:
            actions.point(by=user_of(request), number=number, link_id=link_id, pointer=words, at=timezone.now())
        except ObjectDoesNotExist as missing:  # taken off at this moment
            raise Http404 from missing
        if not request.htmx:  # type: ignore[attr-defined]
            messages.success(request, _("%(code)s 的位置说明已保存。") % {"code": held.criterion_code})
    return _answer(request, case, held.criterion_code, problems, held.file_id)


def _answer(request: HttpRequest, case: Assessment, code: str, problems: list[str], file_id: UUID) -> HttpResponse:
    """The evidence of the row for the script; else back to where the form was, with what went wrong as messages."""
    if request.htmx and code in case.edition.criteria:  # type: ignore[attr-defined]
        response = evidence_block(request, case, code, problems)
        response.status_code = 200  # the script swaps nothing else in, and the words are part of it
        response["HX-Trigger"] = LINKED
        return response
    for problem in problems:
        messages.error(request, problem)
    place = request.POST.get("from", "")
    file = EvidenceFile.objects.filter(pk=file_id, enterprise=case.enterprise_id).first()
    if place == "document" and file is not None:
        return redirect("evidence_detail", case.number, file.evidence_id)
    if place == "choose" and problems and code in case.edition.criteria:
        return redirect("evidence_choose", case.number, code)
    if code not in case.edition.criteria:
        return redirect("evidence_list", case.number)
    return redirect(row_address(case, code, request.POST.get("show", "")))


# --- the page ------------------------------------------------------------------------------------------------------


def _document_or_404(request: HttpRequest, case: Assessment, evidence_id: UUID) -> Evidence:
    found = queries.readable_document(user_of(request), case).filter(pk=evidence_id).first()
    if found is None:
        raise Http404
    return found


def _page(
    request: HttpRequest,
    case: Assessment,
    document: Evidence,
    *,
    form: DescriptionForm | None = None,
    problem: str = "",
) -> HttpResponse:
    """The document; 422 where a form of it was refused."""
    user, may_edit = user_of(request), rules.can_answer(case)
    shared = division(case, user)
    editable = {c for c in case.edition.items if rules.can_answer(case, delegated_here=shared.is_mine(c))}
    versions = queries.versions_of(document, case)
    is_ours = bool(rules.can_read_library(case))
    context = {
        "case": case,
        "crumbs": crumbs(case, document.title),
        "document": document,
        "versions": versions,
        "latest": versions[0],
        "uses": queries.used_by(document, case, user),
        "editable_items": editable,
        "is_ours": is_ours,
        "why_not": may_edit.reason if is_ours else None,
        "form": (form or DescriptionForm(document=document)) if may_edit else None,
        "is_form_open": form is not None,
        "problem": problem,
        "linkable": [c.code for c in case.edition.criteria.values() if c.item_code in editable],
        "accept": ACCEPT,
        "max_bytes": max_bytes(),
        "pointer_max": POINTER_MAX,
    }
    return render(request, "evidence/evidence_detail.html", context, status=422 if form or problem else 200)


def crumbs(case: Assessment, here: str, document: Evidence | None = None) -> list[dict[str, str]]:
    """The way to a page below the evidence of a case, by way of a document where it belongs to one."""
    way = [
        {"label": _("评估项目"), "url": reverse("assessment_list")},
        {"label": case.number, "url": reverse("assessment_detail", args=[case.number])},
        {"label": _("证明材料"), "url": reverse("evidence_list", args=[case.number])},
    ]
    if document is not None:
        way.append({"label": document.title, "url": reverse("evidence_detail", args=[case.number, document.pk])})
    return [*way, {"label": here}]
