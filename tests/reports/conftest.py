"""Rendered once a session: the reports take seconds, the tests only read them."""

from __future__ import annotations

import io

import pytest
from pypdf import PdfReader

from assessments.reports import evaluation_report, self_report
from tests.reports import cases


class Printed:
    """A PDF, read page by page: extracting text is slow, so only the pages a test asks for are read."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        self.reader = PdfReader(io.BytesIO(content))
        self._read: dict[int, str] = {}

    def page(self, index: int) -> str:
        if index not in self._read:
            self._read[index] = self.reader.pages[index].extract_text()
        return self._read[index]

    def text(self, start: int = 0, stop: int | None = None) -> str:
        """The pages from ``start`` up to ``stop``."""
        return "\n".join(self.page(n) for n in range(*slice(start, stop).indices(len(self.reader.pages))))

    def joined(self, start: int = 0, stop: int | None = None) -> str:
        """The same without white space: lines are broken wherever they are full."""
        return "".join(self.text(start, stop).split())

    def starts(self, title: str) -> int:
        """The index of the page on which the first chapter or annex with this beginning starts."""
        entry = next(e for e in self.reader.outline if not isinstance(e, list) and e.title.startswith(title))
        return self.reader.get_destination_page_number(entry)


@pytest.fixture(scope="session")
def evaluation_zh(typeface: None) -> Printed:
    return Printed(evaluation_report.render(cases.evaluation_report(), "zh-hans"))


@pytest.fixture(scope="session")
def self_en(typeface: None) -> Printed:
    return Printed(self_report.render(cases.self_report(), "en"))
