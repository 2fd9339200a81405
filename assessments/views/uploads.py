"""How evidence comes in: many files by their names, and large files in pieces (docs/decisions/0018)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from assessments.actions import evidence, library
from assessments.actions import uploads as actions
from assessments.actions.errors import Conflict, NotAllowed, NotNow, Refused
from assessments.forms.assessments import in_words
from assessments.forms.evidence import ACCEPT, check_declared, check_upload, clean_name, max_bytes
from assessments.forms.evidence_names import codes_in
from assessments.forms.uploads import UploadForm
from assessments.models import Assessment, EvidenceFile, PendingUpload
from assessments.permissions import rules
from assessments.queries import uploads as queries
from assessments.queries.questionnaire import Division, division
from assessments.standard import Bilingual, listed
from assessments.templatetags.platform import local
from assessments.views.access import case_or_404, permit, user_of
from assessments.views.evidence import keep_each
from assessments.views.questionnaire import FRAGMENT, crumbs, evidence_block, login_or_401

#: Names that are looked at in one request.
_NAMES_MAX = 500
_CHUNK = 64 * 1024


# --- many files by their names --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Place:
    """Where a file goes by its name: criteria it is linked to, those that others answer, those there are not."""

    codes: tuple[str, ...]
    refused: tuple[str, ...]
    unknown: tuple[str, ...]

    @property
    def words(self) -> str:
        sentences = []
        if self.codes:
            sentences.append(_("关联到 %(codes)s。") % {"codes": _listed(self.codes)})
        if self.refused:
            sentences.append(_("%(codes)s 未分配给您填报，不予关联。") % {"codes": _listed(self.refused)})
        if self.unknown:
            sentences.append(_("本版标准没有条款 %(codes)s。") % {"codes": _listed(self.unknown)})
        if not self.codes:
            sentences.append(_("存入资料库，上传后请选择条款。"))
        return in_words(Bilingual("".join(sentences), " ".join(sentences)))


def _listed(codes: Iterable[str]) -> str:
    return in_words(listed(codes))


@login_or_401
@require_http_methods(["GET", "HEAD", "POST"])
def evidence_add(request: HttpRequest, number: str) -> HttpResponse:
    """Many files at once, each to the criteria its name speaks of; a fragment of what stands there for the script."""
    case = case_or_404(request, number)
    permit(rules.can_answer(case))
    shared = division(case, user_of(request))
    if request.method == "POST":
        return _keep_by_name(request, case, shared)
    if request.htmx:  # type: ignore[attr-defined]
        return _fragment(request, "uploads/standing.html", _standing(request, case, shared))
    context = _standing(request, case, shared) | {
        "crumbs": crumbs(case, _("批量上传证明材料")),
        "accept": ACCEPT,
        "max_bytes": max_bytes(),
    }
    return render(request, "uploads/evidence_add.html", context)


def _standing(request: HttpRequest, case: Assessment, shared: Division) -> dict[str, Any]:
    """Room, what is not finished, what has no criterion yet."""
    found = queries.unlinked(case)
    return {
        "case": case,
        "room": queries.room_of(case.enterprise_id),
        "pending": queries.unfinished(user_of(request), case),
        "files": found[: queries.SHOWN],
        "files_count": found.count(),
        "items": queries.answerable(case, shared),
    }


def _keep_by_name(request: HttpRequest, case: Assessment, shared: Division) -> HttpResponse:
    """Without script: all files in one form."""
    places: list[Place] = []

    def keep(upload: UploadedFile[Any], content_type: str) -> None:
        place = _place(case, shared, upload.name or "")
        evidence.attach(
            by=user_of(request),
            number=case.number,
            criterion_codes=place.codes,
            upload=upload,
            content_type=content_type,
            at=timezone.now(),
        )
        places.append(place)
        if place.refused or place.unknown:
            messages.warning(request, f"{upload.name} {place.words}")

    kept, problems = keep_each(request, keep)
    if kept:
        codes = {code for place in places for code in place.codes}
        without = sum(not place.codes for place in places)
        summary = _("已上传 %(n)s 个文件，关联 %(m)s 个条款，尚未关联条款的文件 %(k)s 个。")
        messages.success(request, summary % {"n": kept, "m": len(codes), "k": without})
    for problem in problems:
        messages.error(request, problem)
    return redirect("evidence_add", case.number)


def _place(case: Assessment, shared: Division, name: str) -> Place:
    named = codes_in(name, case.edition.criteria)
    mine = [c for c in named.codes if rules.can_answer(case, delegated_here=shared.is_mine(c))]
    return Place(tuple(mine), tuple(c for c in named.codes if c not in mine), named.unknown)


@login_or_401
@require_POST
def upload_names(request: HttpRequest, number: str) -> HttpResponse:
    """Where files with these names would go, before anything is sent."""
    case = case_or_404(request, number)
    permit(rules.can_answer(case))
    shared = division(case, user_of(request))
    names = request.POST.getlist("names")[:_NAMES_MAX]
    return _ours(JsonResponse({"places": [_said_of(case, shared, name) for name in names]}))


def _said_of(case: Assessment, shared: Division, name: str) -> str:
    try:
        check_declared(clean_name(name), 1)
    except ValidationError as wrong:
        return " ".join(wrong.messages)
    return _place(case, shared, name).words


@login_required
@require_POST
def evidence_assign(request: HttpRequest, number: str) -> HttpResponse:
    """Links files of the library that stand for nothing yet to a criterion."""
    case = case_or_404(request, number)
    permit(rules.can_answer(case))
    code, ids = request.POST.get("criterion", ""), _uuids(request.POST.getlist("files"))
    if not code or not ids:
        messages.error(request, _("请勾选文件并选择条款，再关联。"))
        return redirect("evidence_add", number)
    try:
        library.link_all(by=user_of(request), number=number, file_ids=ids, criterion_code=code, at=timezone.now())
    except ObjectDoesNotExist as missing:
        raise Http404 from missing
    except NotAllowed:
        raise
    except Refused as refused:
        messages.error(request, local(refused.reason))
    else:
        messages.success(request, _("已将 %(n)s 个文件关联到 %(code)s。") % {"n": len(ids), "code": code})
    return redirect(reverse("evidence_add", args=[number]) + "#unlinked")


def _uuids(texts: Iterable[str]) -> list[UUID]:
    """Those that are ids; what is none can only have been made up."""
    found = []
    for text in texts:
        try:
            found.append(UUID(text))
        except ValueError as forged:
            raise Http404 from forged
    return found


# --- files in pieces ------------------------------------------------------------------------------------------------


@login_or_401
@require_http_methods(["GET", "HEAD", "POST"])
def uploads(request: HttpRequest, number: str) -> HttpResponse:
    """POST announces a file or finds its unfinished upload again; GET lists those of the person in this case."""
    case = case_or_404(request, number)
    if (decision := rules.can_answer(case)).reason:
        return _refusal(request, local(decision.reason), 403)
    if request.method != "POST":
        mine = queries.unfinished(user_of(request), case)
        return _ours(JsonResponse({"uploads": [_described(case, one) for one in mine]}))
    form = UploadForm(request.POST)
    if not form.is_valid():
        return _refusal(request, form.problem, 422)
    data, codes = form.cleaned_data, request.POST.getlist("criteria")
    if data["by_name"]:
        codes = list(_place(case, division(case, user_of(request)), data["name"]).codes)
    try:
        pending = actions.begin(
            by=user_of(request),
            number=number,
            name=data["name"],
            size=data["size"],
            fingerprint=form.fingerprint,
            criterion_codes=codes,
            evidence_id=data["evidence"],
            at=timezone.now(),
        )
    except ObjectDoesNotExist as missing:
        raise Http404 from missing
    except Refused as refused:
        return _refused(request, refused)
    return _ours(JsonResponse(_described(case, pending), status=201))


@login_or_401
@require_http_methods(["GET", "HEAD", "PATCH", "DELETE"])
def upload(request: HttpRequest, number: str, upload_id: UUID) -> HttpResponse:
    """One upload of the person: how far it is, its next piece, or giving it up."""
    case = case_or_404(request, number)
    if request.method == "PATCH":
        if (decision := rules.can_answer(case)).reason:
            return _refusal(request, local(decision.reason), 403)
        return _take_piece(request, case, upload_id)
    if request.method == "DELETE":
        try:
            actions.give_up(by=user_of(request), number=number, upload_id=upload_id)
        except ObjectDoesNotExist as missing:
            raise Http404 from missing
        return _ours(HttpResponse(status=204))
    pending = queries.unfinished(user_of(request), case).filter(pk=upload_id).first()
    if pending is None:
        file = _arrived(request, case, upload_id)
        return _at(JsonResponse({"id": str(file.pk), "size": file.size, "received": file.size}), file.size)
    return _at(JsonResponse(_described(case, pending)), pending.received)


def _take_piece(request: HttpRequest, case: Assessment, upload_id: UUID) -> HttpResponse:
    """204 when more is to come, 201 with a fragment when the file is kept; 409 where it continues elsewhere."""
    offset = request.headers.get("Upload-Offset", "")
    if not (offset.isascii() and offset.isdigit() and len(offset) < 16):
        return _refusal(request, str(UploadForm.default_error_messages["incomplete"]), 400)
    if int(request.META.get("CONTENT_LENGTH") or 0) > settings.UPLOAD_PIECE_BYTES:
        return _refusal(request, _("这一段太大，请刷新页面后继续上传。"), 413)
    piece = _body(request)
    try:
        pending = actions.receive(
            by=user_of(request),
            number=case.number,
            upload_id=upload_id,
            offset=int(offset),
            piece=piece,
            at=timezone.now(),
        )
        if pending.received < pending.size:
            return _at(HttpResponse(status=204), pending.received)
        return _keep(request, case, pending)
    except PendingUpload.DoesNotExist:
        return _kept(request, case, _arrived(request, case, upload_id))
    except Refused as refused:
        return _refused(request, refused)


def _body(request: HttpRequest) -> bytes:
    """The piece, read as it comes. When the line breaks, what has arrived is kept."""
    piece = bytearray()
    try:
        while chunk := request.read(_CHUNK):
            piece += chunk
    except OSError:
        pass
    return bytes(piece)


def _keep(request: HttpRequest, case: Assessment, pending: PendingUpload) -> HttpResponse:
    """All bytes are there: they become evidence, or go with the reason; after ``NotNow`` and ``Conflict`` they stay."""
    try:
        with actions.whole(pending) as file:
            content_type = check_upload(file)
            kept = actions.finish(
                by=user_of(request),
                number=case.number,
                pending=pending,
                upload=file,
                content_type=content_type,
                move_links="move_links" in request.GET,
                at=timezone.now(),
            )
    except ValidationError as wrong:
        actions.drop(pending)
        return _refusal(request, " ".join(wrong.messages), 422)
    except (Conflict, NotNow):
        raise
    except Refused:
        actions.drop(pending)
        raise
    except ObjectDoesNotExist as gone:
        actions.drop(pending)
        raise Http404 from gone
    return _kept(request, case, kept)


def _arrived(request: HttpRequest, case: Assessment, upload_id: UUID) -> EvidenceFile:
    """What an upload has become: a reply that was lost on the way is given again. 404 when it became nothing."""
    held = EvidenceFile.objects.filter(enterprise=case.enterprise_id, uploaded_by=user_of(request))
    file = held.filter(pk=upload_id).first()
    if file is None:
        raise Http404
    return file


def _kept(request: HttpRequest, case: Assessment, file: EvidenceFile) -> HttpResponse:
    """The evidence of the row it was sent from, or a line about the file."""
    codes = list(
        case.evidence_links.filter(file=file).order_by("criterion_code").values_list("criterion_code", flat=True)
    )
    row = request.headers.get("Upload-Row", "")
    if row in codes:
        response = evidence_block(request, case, row, [])
    else:
        response = _fragment(request, "uploads/entry.html", {"case": case, "file": file, "codes": codes})
    response.status_code = 201
    return response


def _described(case: Assessment, pending: PendingUpload) -> dict[str, Any]:
    return {
        "id": str(pending.pk),
        "address": reverse("upload", args=[case.number, pending.pk]),
        "name": pending.name,
        "size": pending.size,
        "received": pending.received,
        "criteria": pending.criterion_codes,
        "piece": settings.UPLOAD_PIECE_BYTES,
    }


# --- replies --------------------------------------------------------------------------------------------------------


def _refused(request: HttpRequest, refused: Refused) -> HttpResponse:
    if isinstance(refused, Conflict):
        return _at(_refusal(request, local(refused.reason), 409), refused.current.received)
    status = 403 if isinstance(refused, NotAllowed) else 503 if isinstance(refused, NotNow) else 422
    return _refusal(request, local(refused.reason), status)


def _refusal(request: HttpRequest, words: str, status: int) -> HttpResponse:
    return _fragment(request, "uploads/refused.html", {"words": words}, status)


def _fragment(request: HttpRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    return _ours(render(request, template, context, status=status))


def _ours(response: HttpResponse) -> HttpResponse:
    """Marks a reply as ours, so that a login page or a proxy's is not taken for one."""
    response[FRAGMENT] = "upload"
    return response


def _at(response: HttpResponse, offset: int) -> HttpResponse:
    response["Upload-Offset"] = str(offset)
    return _ours(response)
