"""Journeys in a real browser; they skip when no Chromium is installed."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.handlers.base import BaseHandler
from django.test import Client

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")

# The browser is driven through an event loop of its own; the tests themselves are as synchronous as all others.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


@pytest.fixture(autouse=True)
def _one_request_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """The database of the tests is one connection, which two requests at once would share."""
    lock, plain = threading.RLock(), BaseHandler.get_response

    def waiting(self: BaseHandler, request: Any) -> Any:
        with lock:
            return plain(self, request)

    monkeypatch.setattr(BaseHandler, "get_response", waiting)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """One running browser for all journeys of a session."""
    if CHROMIUM is None:
        pytest.skip("no Chromium on the PATH")
    api = pytest.importorskip("playwright.sync_api")
    with api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def context_of(chromium: Any, live_server: Any) -> Iterator[Callable[..., Any]]:
    """``context_of(user)``: a browser of this person, logged in, in Chinese."""
    opened = []

    def open_context(user: Any, **options: Any) -> Any:
        client = Client()
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        context = chromium.new_context(base_url=live_server.url, locale="zh-CN", **options)
        context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}])
        context.set_default_timeout(10_000)
        opened.append(context)
        return context

    yield open_context
    for context in opened:
        context.close()


@pytest.fixture
def expect(chromium: Any) -> Any:
    """Assertions that wait until they hold."""
    from playwright.sync_api import expect

    expect.set_options(timeout=10_000)
    return expect
