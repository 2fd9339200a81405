"""One person at a time, over one connection that is kept: the same requests for the floor and for the site."""

from __future__ import annotations

import http.client
import itertools
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from benchmarks.servers import HOST, processor_ms

#: What the proxy of an installation adds.
PROXY = {"Host": "dcmm.example", "X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.1"}
FORM = {"Content-Type": "application/x-www-form-urlencoded", "Origin": "https://dcmm.example"}
VERDICTS = ("full", "largely", "partially", "none")


class UnexpectedAnswerError(Exception):
    """A request was not answered as it has to be; measuring on would measure something else."""


class Visitor:
    """A connection with its cookies; every request has to be answered as expected, or it is an error."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection(HOST, port, timeout=30)
        self._cookies: dict[str, str] = {}

    def ask(
        self, address: str, form: Mapping[str, Any] | None = None, *, expect: int = 200, **headers: str
    ) -> tuple[http.client.HTTPResponse, bytes]:
        """GET, or POST when there is a form."""
        body = urlencode(form) if form is not None else None
        sent = {**PROXY, **(FORM if form is not None else {}), **headers}
        if self._cookies:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        self._connection.request("GET" if form is None else "POST", address, body, sent)
        response = self._connection.getresponse()
        content = response.read()
        for cookie in response.headers.get_all("Set-Cookie") or []:
            name, _, value = cookie.partition(";")[0].partition("=")
            self._cookies[name] = value
        if response.status != expect:
            raise UnexpectedAnswerError(
                f"{address} answered {response.status}:\n{content.decode(errors='replace')[:1000]}"
            )
        return response, content

    def close(self) -> None:
        """Lets go of the connection, which the server ends after a pause; the next request opens it again."""
        self._connection.close()


class Floor:
    """The requests to the bare framework."""

    def __init__(self, port: int, pid: int, targets: Mapping[str, Any]) -> None:
        self.visitor, self.pid = Visitor(port), pid
        self._targets = targets
        self._turns = _turns(targets["floor_codes"])

    def save(self) -> None:
        self._save(*next(self._turns))

    def note(self) -> None:
        code, given = next(self._turns)
        self._save(code, {**given, "verdict": VERDICTS[0]})

    def _save(self, code: str, given: Mapping[str, str]) -> None:
        self.visitor.ask(f"/save/{self._targets['case']}/{code}/", given)

    def page(self) -> None:
        self.visitor.ask(f"/item/{self._targets['case']}/{self._targets['floor_item']}/")


class Site:
    """The same, as the browser of somebody logged in sends them."""

    def __init__(self, port: int, pid: int, targets: Mapping[str, Any]) -> None:
        self.visitor, self.pid = Visitor(port), pid
        self._targets = targets
        self._turns = _turns(list(targets["save"]))
        self._versions = dict(targets["versions"])
        self._log_in()
        _, content = self.visitor.ask(targets["item"])
        self._token = _token(content)

    def _log_in(self) -> None:
        address = self._targets["login"]
        _, content = self.visitor.ask(address)
        self.visitor.ask(address, {"csrfmiddlewaretoken": _token(content), **self._targets["person"]}, expect=302)

    def save(self) -> None:
        self._save(*next(self._turns))

    def note(self) -> None:
        code, given = next(self._turns)
        self._save(code, {**given, "verdict": VERDICTS[0]})

    def _save(self, code: str, given: Mapping[str, str]) -> None:
        form = {"csrfmiddlewaretoken": self._token, "version": self._versions[code], **given}
        response, _ = self.visitor.ask(self._targets["save"][code], form, **{"HX-Request": "true"})
        before, self._versions[code] = self._versions[code], int(response.headers["X-Version"])
        if self._versions[code] != before + 1:
            raise UnexpectedAnswerError(f"{code} was not saved: version {before} became {self._versions[code]}")

    def page(self) -> None:
        self.visitor.ask(self._targets["item"])


def _turns(codes: Sequence[str]) -> Iterator[tuple[str, dict[str, str]]]:
    """Criterion after criterion, each time with another verdict and note, so that every save changes something."""
    for number in itertools.count(time.time_ns()):
        verdict = VERDICTS[number // len(codes) % len(VERDICTS)]
        note = f"已发布制度并每年复核，第 {number} 次修改。"
        yield codes[number % len(codes)], {"verdict": verdict, "reason": "", "note": note}


def _token(page: bytes) -> str:
    found = re.search(rb'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    if found is None:
        raise UnexpectedAnswerError("The page has no CSRF token.")
    return found[1].decode()


@dataclass
class Taken:
    """What one side took: milliseconds of each request, and of the processor for all of them together."""

    milliseconds: list[float] = field(default_factory=list)
    processor: float = 0.0

    def add(self, side: Floor | Site, name: str, count: int) -> None:
        """So many requests more, after one that opens the connection."""
        side.visitor.close()
        send = getattr(side, name)
        send()
        before = processor_ms(side.pid)
        for _ in range(count):
            start = time.perf_counter()
            send()
            self.milliseconds.append((time.perf_counter() - start) * 1000)
        self.processor += processor_ms(side.pid) - before


def side_by_side(floor: Floor, site: Site, name: str, *, rounds: int, count: int) -> tuple[Taken, Taken]:
    """Both in turns of a few requests, so that whatever else the machine does hits both alike."""
    of_floor, of_site = Taken(), Taken()
    for _ in range(rounds):
        of_floor.add(floor, name, count)
        of_site.add(site, name, count)
    return of_floor, of_site
