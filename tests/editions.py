"""A small edition with its workbooks, for tests of licensed text: written, drafted, published through real code."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from pathlib import Path

from openpyxl import Workbook, load_workbook

from assessments.reports.edition_workbook import render
from assessments.standard import Edition, installation, installation_root

SHIPPED, NEW = "gbt36073-2018", "small-2031"
#: How many rows a test rewrites.
_REWRITTEN = 10


def root() -> Path:
    found = installation_root()
    assert found
    return found


def seen(code: str = SHIPPED) -> str:
    """The draft of this code as a person sees it now: the name of its folder."""
    return installation().drafts[code].folder


def state() -> dict[str, bytes]:
    """Every file of the installation, for asserting that nothing changed."""
    if not root().exists():
        return {}
    return {p.relative_to(root()).as_posix(): p.read_bytes() for p in sorted(root().rglob("*")) if p.is_file()}


def saved(book: Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def licensed(
    edition: Edition, change: Callable[[Workbook], object] = lambda book: None, *, new_code: str = ""
) -> bytes:
    """The workbook of an edition as somebody fills it in: source named, the first texts in other words."""
    book = load_workbook(io.BytesIO(render(edition, "zh-hans", new_code=new_code)))
    head = book["版本"]
    for row in range(2, head.max_row + 1):
        key, value = head.cell(row, 1).value, head.cell(row, 3).value
        if key.startswith("source") or not value:
            head.cell(row, 3).value = f"授权 {key}" if key.endswith("_zh") else f"licensed {key}"
    for row in range(2, 2 + _REWRITTEN):
        book["条款"].cell(row, 3).value = f"授权文字 {book['条款'].cell(row, 1).value}"
    if change is not None:
        change(book)
    return saved(book)


def rewritten(before: Edition) -> Mapping[str, str]:
    """The texts that :func:`licensed` gives, by criterion."""
    return {code: f"授权文字 {code}" for code in list(before.criteria)[:_REWRITTEN]}
