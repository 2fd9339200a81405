"""What may still be chosen until when: one window an edition, shipped in ``data/transition.toml``.

No authority has published a date yet (domain.md 2.5), so the shipped windows are open and provisional; the operator
of an installation sets the days in one place.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from assessments.standard.bilingual import Bilingual
from assessments.standard.reading import Table

PARAMETER_STATUSES = ("provisional", "confirmed")


@dataclass(frozen=True)
class Window:
    """The last days, both included, on which an assessment on an edition may be opened and applied for."""

    edition_code: str
    open_until: dt.date | None
    apply_until: dt.date | None
    status: str
    source: Bilingual

    @property
    def is_provisional(self) -> bool:
        return self.status == "provisional"

    def may_open(self, on: dt.date) -> bool:
        return self.open_until is None or on <= self.open_until

    def may_apply(self, on: dt.date) -> bool:
        return self.apply_until is None or on <= self.apply_until


def read_windows(table: Table, key: str) -> dict[str, Window]:
    """The windows under ``key`` by edition. Raises ``DataError``."""
    return {code: _window(table, key, code, data) for code, data in table.named(key).items()}


def window_data(window: Window) -> Mapping[str, Any]:
    """The window as :func:`read_windows` reads it back."""
    days = {"open_until": window.open_until, "apply_until": window.apply_until}
    return {
        **{key: day.isoformat() for key, day in days.items() if day is not None},
        "status": window.status,
        "source": window.source.to_dict(),
    }


def _window(table: Table, key: str, code: str, data: object) -> Window:
    entry = Table(table.file, f"{key}.{code}", data, {"status", "source"}, {"open_until", "apply_until"})
    opening, applying = entry.date("open_until"), entry.date("apply_until")
    if opening and applying and opening > applying:
        raise entry.error("apply_until", f"expected a day not before {opening}, found {applying}")
    return Window(code, opening, applying, entry.one_of("status", PARAMETER_STATUSES), entry.text("source"))
