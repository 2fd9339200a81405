"""Rendered once a session: the reports take seconds, the tests only read them."""

from __future__ import annotations

import io

import pytest
from pypdf import PdfReader

from assessments.reports import evaluation_report, self_report
from tests.reports import cases


class Printed:
    """A PDF, read."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        self.reader = PdfReader(io.BytesIO(content))
        self.pages = [page.extract_text() for page in self.reader.pages]
        self.text = "\n".join(self.pages)

    @property
    def joined(self) -> str:
        """The text without white space: lines are broken wherever they are full."""
        return "".join(self.text.split())


@pytest.fixture(scope="session")
def evaluation_zh() -> Printed:
    return Printed(evaluation_report.render(cases.evaluation_report(), "zh-hans"))


@pytest.fixture(scope="session")
def self_en() -> Printed:
    return Printed(self_report.render(cases.self_report(), "en"))
