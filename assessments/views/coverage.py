"""What the evidence of a case covers, and all of it in one package."""

from __future__ import annotations

from typing import Any, BinaryIO, cast

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from assessments.actions.errors import refuse_unless
from assessments.actions.library import record_package
from assessments.models import Assessment, EvidenceFile
from assessments.permissions import rules
from assessments.queries import evidence as evidence_queries
from assessments.queries import library as queries
from assessments.reports import package
from assessments.standard import LEVELS
from assessments.views.access import case_or_404, permit, user_of
from assessments.views.library import crumbs
from assessments.views.limits import exceeds

_PACKAGES_PER_MINUTE = 6


@login_required
@require_safe
def evidence_coverage(request: HttpRequest, number: str) -> HttpResponse:
    """Every criterion as a cell, as dark as it has documents; up to a level when one is asked for."""
    case = case_or_404(request, number)
    permit(rules.can_read_material(case))
    level = _level(request.GET.get("level", ""))
    context = {
        "case": case,
        "crumbs": crumbs(case, _("覆盖情况")),
        "map": queries.coverage_map(case, timezone.localdate(), level or len(LEVELS)),
        "level": level,
        "chips": _chips(case, level),
    }
    return render(request, "evidence/evidence_coverage.html", context)


def _level(text: str) -> int | None:
    return int(text) if text in {str(level.number) for level in LEVELS} else None


def _chips(case: Assessment, chosen: int | None) -> list[dict[str, Any]]:
    """All levels, or those up to one; the target is named, for it is what has to be covered."""
    here = reverse("evidence_coverage", args=[case.number])
    chips = [{"label": _("全部等级"), "url": here, "is_active": chosen is None}]
    for level in LEVELS[:-1]:
        words = _("%(n)s 级及以下（目标）") if level.number == case.target_level else _("%(n)s 级及以下")
        label = words % {"n": level.number}
        chips.append({"label": label, "url": f"{here}?level={level.number}", "is_active": level.number == chosen})
    return chips


@login_required
@require_safe
def evidence_package(request: HttpRequest, number: str) -> HttpResponseBase:
    """All files linked in the case as a ZIP that is made while it is sent; that it was taken is an event."""
    case = case_or_404(request, number)
    permit(rules.can_read_material(case))
    refuse_unless(
        not exceeds(request, "package", per_minute=_PACKAGES_PER_MINUTE, person=user_of(request)),
        "下载过于频繁，请一分钟后再试。",
        "Too many downloads at once; try again in a minute.",
    )
    found = evidence_queries.files_of(case).filter(enterprise=case.enterprise_id)
    files = [file for file in found if file.case_links]  # type: ignore[attr-defined]  # one may be taken off just now
    refuse_unless(
        files, "本案尚无证明材料，没有可下载的内容。", "The case has no evidence yet; there is nothing to download."
    )
    now = timezone.now()
    if request.method == "GET":
        record_package(by=user_of(request), case=case, files=files, at=now)
    response = StreamingHttpResponse(
        package.stream(
            [_entry(file) for file in files],
            number=case.number,
            at=timezone.localtime(now),
            language=get_language() or "zh-hans",
        ),
        content_type="application/zip",
    )
    response["Content-Disposition"] = f'attachment; filename="{case.number}-evidence.zip"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


def _entry(file: EvidenceFile) -> package.Entry:
    return package.Entry(
        title=file.evidence.title,
        name=file.name,
        version=file.version,
        criteria=tuple((link.criterion_code, link.pointer) for link in file.case_links),  # type: ignore[attr-defined]
        confidentiality=str(file.evidence.get_confidentiality_display()),
        size=file.size,
        sha256=file.sha256,
        uploaded_by=file.uploaded_by.name,
        uploaded_at=timezone.localtime(file.uploaded_at),
        open=lambda: cast(BinaryIO, file.content.storage.open(str(file.content.name))),
    )
