"""The public check of a certificate: no login, no scores, no evidence, never from a cache."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from assessments.forms.verify import VerifyForm, normalised
from assessments.queries.certificates import PublicCertificate, issuing_office, public_certificate
from assessments.views.limits import WINDOW, exceeds

CHECKS_PER_MINUTE = 60


@require_safe
def verify_search(request: HttpRequest) -> HttpResponse:
    """The box for a number; a well-formed one leads to its page."""
    form = VerifyForm(request.GET if "number" in request.GET else None)
    if form.is_bound and form.is_valid():
        return redirect("verify", form.cleaned_data["number"])
    return render(request, "verify/verify_search.html", {"form": form, "office": issuing_office()})


@require_safe
@never_cache
def verify(request: HttpRequest, number: str) -> HttpResponse:
    """One certificate now, as a page or (``Accept: application/json``) as JSON; 404 says what to check."""
    if exceeds(request, "verify", per_minute=CHECKS_PER_MINUTE):
        return _varying(_too_many(request))
    found = public_certificate(normalised(number), timezone.now())
    return _varying(_unknown(request, normalised(number)) if found is None else _known(request, found))


def _known(request: HttpRequest, found: PublicCertificate) -> HttpResponse:
    if _wants_json(request):
        return _json(found.to_dict(), 200)
    return render(request, "verify/verify.html", {"found": found, "certificate": found.certificate})


def _unknown(request: HttpRequest, number: str) -> HttpResponse:
    if _wants_json(request):
        return _json({"number": number, "status": "unknown", "detail": _("没有该编号的证书。")}, 404)
    context = {"number": number, "form": VerifyForm(initial={"number": number}), "office": issuing_office()}
    return render(request, "verify/unknown.html", context, status=404)


def _too_many(request: HttpRequest) -> HttpResponse:
    if _wants_json(request):
        response: HttpResponse = _json({"detail": _("查询过于频繁，请一分钟后再试。")}, 429)
    else:
        response = render(request, "verify/too_many.html", status=429)
    response["Retry-After"] = str(WINDOW)
    return response


def _json(content: dict[str, object], status: int) -> JsonResponse:
    return JsonResponse(content, status=status, json_dumps_params={"ensure_ascii": False})


def _wants_json(request: HttpRequest) -> bool:
    return request.get_preferred_type(["text/html", "application/json"]) == "application/json"


def _varying(response: HttpResponse) -> HttpResponse:
    patch_vary_headers(response, ["Accept", "Accept-Language", "Cookie"])
    return response
