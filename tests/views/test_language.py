"""The language of a page: the reader's choice, else the browser's, else Chinese (contracts.md)."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

CHINESE, ENGLISH = '<html lang="zh-hans"', '<html lang="en"'


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("accepts", "cookie", "expected"),
    [
        (None, None, CHINESE),
        ("", None, CHINESE),
        ("fr-FR,fr;q=0.9", None, CHINESE),
        ("zh-CN,zh;q=0.9,en;q=0.5", None, CHINESE),
        ("zh", None, CHINESE),
        ("en", None, ENGLISH),
        ("en-GB,en;q=0.9,zh;q=0.5", None, ENGLISH),
        ("fr,en;q=0.7,zh;q=0.3", None, ENGLISH),
        ("en", "zh-hans", CHINESE),
        ("zh-CN", "en", ENGLISH),
        (None, "en", ENGLISH),
        ("en", "xx", ENGLISH),
        (None, "../../etc", CHINESE),
    ],
)
def test_choice_then_browser_then_chinese(accepts: str | None, cookie: str | None, expected: str) -> None:
    client = Client(headers={} if accepts is None else {"accept-language": accepts})
    if cookie is not None:
        client.cookies[settings.LANGUAGE_COOKIE_NAME] = cookie
    for name in ("home", "verify_search", "account_login"):
        page = client.get(reverse(name))
        assert expected.lower() in page.content.decode().lower(), name
        assert "Accept-Language" in page["Vary"]


@pytest.mark.django_db
def test_the_choice_stays() -> None:
    client = Client(headers={"accept-language": "zh-CN"})
    chosen = client.post(reverse("set_language"), {"language": "en", "next": reverse("verify_search")})
    assert (chosen.status_code, chosen.url) == (302, reverse("verify_search"))  # type: ignore[attr-defined]
    assert ENGLISH in client.get(reverse("home")).content.decode()
    client.post(reverse("set_language"), {"language": "xx"})
    assert ENGLISH in client.get(reverse("home")).content.decode()
