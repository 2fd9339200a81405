"""A person at a browser without script: opens pages, follows links, fills in the forms that stand on them.

What a page does not offer cannot be done: a link, a form, a field or a choice that is missing fails the test.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin, urlsplit

from django.test import Client
from django.urls import reverse

from assessments.models import Assessment

_TYPED = {"text", "email", "password", "date", "number", "search", "tel", "url"}


@dataclass
class Form:
    """A form as it stands on a page: where it goes and what it would send as it is."""

    action: str
    method: str = "get"
    values: dict[str, list[str]] = field(default_factory=dict)
    #: What radio buttons, check boxes and lists allow, by name.
    choices: dict[str, list[str]] = field(default_factory=dict)
    files: set[str] = field(default_factory=set)
    #: Words, name and value of each button.
    buttons: list[tuple[str, str, str]] = field(default_factory=list)

    def filled(self, given: dict[str, Any]) -> dict[str, Any]:
        data: dict[str, Any] = dict(self.values)
        for name, value in given.items():
            known = name in self.values or name in self.choices or name in self.files
            assert known, f"{self.action} has no field {name}: {sorted({*self.values, *self.choices})}"
            values = value if isinstance(value, list) else [value]
            if name in self.choices:
                values = [str(v) for v in values]
                assert set(values) <= set(self.choices[name]), f"{name} offers {self.choices[name]}, not {values}"
            data[name] = values
        return data


class _Reader(HTMLParser):
    """Forms, links and text of a page."""

    def __init__(self, address: str) -> None:
        super().__init__()
        self.address = address
        self.forms: list[Form] = []
        self.links: list[tuple[str, str]] = []
        self.text: list[str] = []
        self._form: Form | None = None
        self._held: tuple[str, dict[str, str], list[str]] | None = None
        self._select: tuple[str, bool] | None = None
        self._skipped = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {k: v or "" for k, v in attrs}
        if tag in ("script", "style"):
            self._skipped += 1
        elif tag == "form":
            self._form = Form(urljoin(self.address, given.get("action", "")), given.get("method", "get"))
            self.forms.append(self._form)
        elif tag in ("a", "button", "textarea", "option"):
            self._held = (tag, given, [])
        elif tag == "select":
            self._select = (given.get("name", ""), "multiple" in given)
        elif tag == "input" and self._form and given.get("name"):
            self._input(self._form, given)

    def _input(self, form: Form, given: dict[str, str]) -> None:
        kind, name = given.get("type", "text"), given["name"]
        if kind in ("radio", "checkbox"):
            value = given.get("value", "on")
            form.choices.setdefault(name, []).append(value)
            if "checked" in given:
                form.values.setdefault(name, []).append(value)
        elif kind == "file":
            form.files.add(name)
        elif kind == "hidden" or kind in _TYPED:
            form.values[name] = [given.get("value", "")]

    def handle_data(self, data: str) -> None:
        if self._skipped:
            return
        self.text.append(data)
        if self._held:
            self._held[2].append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag in ("script", "style"):
            self._skipped -= 1
        elif tag == "form":
            self._form = None
        elif tag == "select":
            self._select = None
        elif self._held and self._held[0] == tag:
            _, given, parts = self._held
            self._held = None
            self._close(tag, given, "".join(parts))

    def _close(self, tag: str, given: dict[str, str], words: str) -> None:
        if tag == "a":
            self.links.append((" ".join(words.split()), given.get("href", "")))
        if self._form is None:
            return
        if tag == "button" and given.get("type", "submit") == "submit":
            self._form.buttons.append((" ".join(words.split()), given.get("name", ""), given.get("value", "")))
        elif tag == "textarea":
            self._form.values[given["name"]] = [words.removeprefix("\n")]
        elif tag == "option" and self._select:
            name, several = self._select
            value = given.get("value", words.strip())
            first = name not in self._form.choices
            self._form.choices.setdefault(name, []).append(value)
            if "selected" in given or (first and not several):
                kept = self._form.values.get(name, []) if several else []
                self._form.values[name] = [*kept, value]


class Person:
    """Somebody with a browser of their own, in Chinese, with CSRF tokens checked."""

    def __init__(self, language: str = "zh-CN") -> None:
        self.client = Client(enforce_csrf_checks=True, headers={"accept-language": language})
        self.address, self.status, self._page = "/", 0, _Reader("/")

    # --- reading --------------------------------------------------------------------------------------------------

    @property
    def text(self) -> str:
        """The words on the page, white space made one blank."""
        return " ".join("".join(self._page.text).split())

    @property
    def addresses(self) -> list[str]:
        """Where the links of the page lead."""
        return [urljoin(self.address, href) for _, href in self._page.links]

    def form(self, to: str) -> Form:
        """The one form of the page that goes to an address ending like this."""
        found = self.forms(to)
        assert len(found) == 1, f"{self.address}: {len(found)} forms to {to}"
        return found[0]

    def forms(self, to: str) -> list[Form]:
        return [f for f in self._page.forms if urlsplit(f.action).path.endswith(to)]

    # --- acting ---------------------------------------------------------------------------------------------------

    def open(self, address: str, status: int = 200) -> Person:
        """Goes to an address, redirects followed. Fails on another status."""
        return self._show(self.client.get(address, follow=True), address, status)

    def click(self, words: str) -> Person:
        """Follows the first link with these words in it."""
        links = [href for label, href in self._page.links if words in label]
        assert links, f"{self.address} has no link {words}: {[label for label, _ in self._page.links]}"
        return self.open(urljoin(self.address, links[0]))

    def send(self, to: str, *, press: str = "", status: int = 200, **given: Any) -> Person:
        """Fills in the form that goes to an address ending like this and presses a button of it (default the first)."""
        form = next((f for f in self.forms(to) if any(press == w[: len(press)] for w, _, _ in f.buttons)), None)
        assert form is not None, f"{self.address}: no form to {to} with a button {press}"
        _, name, value = next(b for b in form.buttons if b[0].startswith(press))
        data = form.filled(given) | ({name: value} if name else {})
        assert form.method == "post"
        return self._show(self.client.post(form.action, data, follow=True), form.action, status)

    def download(self, address: str) -> bytes:
        """The content of a file that a link of the present page offers."""
        assert address in self.addresses, f"{self.address} offers no {address}"
        response = self.client.get(address)
        assert response.status_code == 200
        assert response["Content-Disposition"].startswith("attachment")
        return b"".join(response.streaming_content)

    def _show(self, response: Any, address: str, status: int) -> Person:
        chain = response.redirect_chain
        self.address = urljoin(address, chain[-1][0]) if chain else address
        self.status = response.status_code
        self._page = _Reader(self.address)
        self._page.feed(response.content.decode())
        assert self.status == status, f"{self.address}: {self.status}, not {status}: {self.text[:600]}"
        return self

    # --- what everybody does here -----------------------------------------------------------------------------------

    def log_in(self, email: str, password: str) -> Person:
        self.open(reverse("account_login"))
        return self.send(reverse("account_login"), login=email, password=password)

    def case(self, number: str) -> Person:
        return self.open(reverse("assessment_detail", args=[number]))

    def step(self, number: str, action: str, *, status: int = 200, **given: Any) -> Person:
        """Takes a step of a case: from the button on the page of the case over the page of the step."""
        address = reverse("transition", args=[number, action])
        self.case(number)
        assert address in self.addresses, f"{number} does not offer {action}: {self.text[:900]}"
        return self.open(address).send(address, status=status, **given)

    def refused_step(self, number: str, action: str) -> str:
        """The page of a step that cannot be taken now: what it says; there is no form to send."""
        address = reverse("transition", args=[number, action])
        self.open(address)
        assert self.forms(address) == []
        return self.text


def member(user: Any) -> Person:
    """A person of the persona world, logged in without the form."""
    person = Person()
    person.client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return person


def now(case: Assessment) -> Assessment:
    """The case as it stands in the database."""
    return Assessment.objects.get(pk=case.pk)


def eventually(page: Any, holds: Callable[[], bool]) -> None:
    """Waits, in a real browser, for what no locator can tell; at most ten seconds.

    Not ``wait_for_function()``: from its second try on the content security policy forbids what it does.
    """
    until = time.monotonic() + 10
    while not holds():
        assert time.monotonic() < until
        page.wait_for_timeout(50)
