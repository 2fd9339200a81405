"""The register of certificates for those who issue, oversee or hold them."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST, require_safe

from assessments.actions import certificates as actions
from assessments.actions.errors import Refused
from assessments.forms.certificates import CertificateFilter, StatusChangeForm
from assessments.models import Assessment, Certificate
from assessments.models.certificates import STATUSES
from assessments.permissions import rules, scope
from assessments.permissions.decision import Decision
from assessments.queries import certificates
from assessments.queries.datasets import certificate_sheet
from assessments.reports import documents as reports
from assessments.templatetags.platform import local
from assessments.views.access import permit, user_of
from assessments.views.documents import delivered

PER_PAGE = 20


@login_required
@require_safe
def certificate_list(request: HttpRequest) -> HttpResponse:
    """The certificates in sight, filtered; each status with its count as a chip."""
    seen, today = scope.certificates(user_of(request)), timezone.localdate()
    form = CertificateFilter(request.GET, years=certificates.years(seen))
    form.is_valid()
    wanted = form.cleaned_data
    counts = certificates.counts_by_status(certificates.register(seen, {**wanted, "status": ""}, today))
    found = certificates.register(seen, wanted, today)
    context = {
        "form": form,
        "chips": _chips(request, counts, wanted.get("status", "")),
        "page_obj": Paginator(found, PER_PAGE).get_page(request.GET.get("page")),
        "labels": STATUSES,
        "is_filtered": any(wanted.values()),
    }
    return render(request, "certificates/certificate_list.html", context)


@login_required
@require_safe
def certificate_detail(request: HttpRequest, number: str) -> HttpResponse:
    """One certificate with its history; an officer finds the change of status here."""
    certificate = _certificate_or_404(request, number)
    return _detail(request, certificate, StatusChangeForm(certificate=certificate, today=timezone.localdate()))


@login_required
@require_POST
def certificate_status(request: HttpRequest, number: str) -> HttpResponse:
    """Two steps: the form is shown again with its consequence, and acts when it comes back confirmed."""
    certificate = _certificate_or_404(request, number)
    permit(_may_change(request, certificate))
    form = StatusChangeForm(request.POST, certificate=certificate, today=timezone.localdate())
    if not form.is_valid():
        return _detail(request, certificate, form)
    if "confirmed" not in request.POST and form.cleaned_data["status"] in form.moves:
        return render(request, "certificates/certificate_status.html", {"certificate": certificate, "form": form})
    try:
        actions.change_status(by=user_of(request), certificate=certificate, at=timezone.now(), **form.cleaned_data)
    except Refused as refused:
        form.add_error(None, local(refused.reason))
        return _detail(request, certificate, form)
    changed = _("证书 {number} 的状态已变更为“{status}”，公开查询已同步更新。")
    status = local(STATUSES[form.cleaned_data["status"]])
    messages.success(request, changed.format(number=certificate.number, status=status))
    return redirect("certificate_detail", certificate.number)


@login_required
@require_GET
def certificate_pdf(request: HttpRequest, number: str) -> FileResponse:
    """The certificate as a document, in both languages on one page."""
    certificate = _certificate_or_404(request, number)
    sheet = certificate_sheet(certificate, timezone.localdate())
    return delivered(request, certificate.assessment, reports.certificate(sheet, get_language() or "zh-hans"))


def _certificate_or_404(request: HttpRequest, number: str) -> Certificate:
    seen = scope.certificates(user_of(request)).select_related("assessment", "issued_by")
    return get_object_or_404(seen, number=number)


def _case_of(request: HttpRequest, certificate: Certificate) -> Assessment | None:
    return scope.cases(user_of(request)).filter(pk=certificate.assessment_id).first()


def _may_change(request: HttpRequest, certificate: Certificate) -> Decision:
    return rules.can_change_certificate(user_of(request), _case_of(request, certificate))


def _detail(request: HttpRequest, certificate: Certificate, form: StatusChangeForm) -> HttpResponse:
    now = timezone.now()
    case = _case_of(request, certificate)
    status = certificate.status_on(timezone.localdate(now))
    context = {
        "certificate": certificate,
        "status": status,
        "status_label": STATUSES[status],
        "lines": certificates.status_lines(certificate, now),
        "notice": certificate.assessment.notices.first(),
        "case": case,
        "form": form if rules.can_change_certificate(user_of(request), case) and form.moves else None,
        "errors": form.non_field_errors() if form.is_bound and not form.moves else (),
    }
    return render(request, "certificates/certificate_detail.html", context)


def _chips(request: HttpRequest, counts: dict[str, int], current: str) -> list[dict[str, object]]:
    """One chip a status and one for all, each keeping the other filters and leaving the page number."""
    address = request.GET.copy()
    address.pop("page", None)

    def chip(code: str, label: str, count: int) -> dict[str, object]:
        address["status"] = code
        return {"label": label, "url": f"?{address.urlencode()}", "is_active": code == current, "count": count}

    every = chip("", _("全部"), sum(counts.values()))
    return [every, *(chip(code, local(label), counts[code]) for code, label in STATUSES.items())]
