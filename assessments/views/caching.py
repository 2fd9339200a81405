"""Public pages that change seldom: a visitor's browser may keep them for a short while."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_cache_control, patch_vary_headers

KEPT_SECONDS = 300
#: Who carries one of these sees a page made for one reader: a name in the bar, a message shown once.
_PERSONAL = (settings.SESSION_COOKIE_NAME, "messages")


def kept_briefly(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Lets a visitor's browser keep the page, for each language apart.

    Private, because the page carries a form token: a shared cache would hand one visitor's to the next.
    """

    @wraps(view)
    def kept(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        response = view(request, *args, **kwargs)
        patch_vary_headers(response, ["Accept-Language", "Cookie"])
        if response.status_code == 200 and not any(name in request.COOKIES for name in _PERSONAL):
            patch_cache_control(response, private=True, max_age=KEPT_SECONDS)
        return response

    return kept
