"""Until when an edition may be chosen: shipped without days, set by an installation."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from assessments.standard import Bilingual, DataError, Window, get_window
from assessments.standard.installed import Index, read_index, write_index
from assessments.standard.reading import Table
from assessments.standard.transition import read_windows, window_data

SOURCE = Bilingual("通知", "Notice")
DAY = dt.date(2026, 12, 31)


@pytest.mark.parametrize("code", ["gbt36073-2018", "gbt36073-2025"])
def test_no_day_is_made_up(code: str) -> None:
    """No authority has published one (domain.md 2.5), so nothing ends and the older edition says so."""
    window = get_window(code)
    assert (window.open_until, window.apply_until) == (None, None)
    assert window.may_open(dt.date(2100, 1, 1))
    assert window.may_apply(dt.date(2100, 1, 1))
    assert window.is_provisional is (code == "gbt36073-2018")


def test_the_last_day_is_included() -> None:
    window = Window("x", DAY, DAY + dt.timedelta(days=10), "confirmed", SOURCE)
    assert [window.may_open(DAY + dt.timedelta(days=n)) for n in (-1, 0, 1)] == [True, True, False]
    assert [window.may_apply(DAY + dt.timedelta(days=n)) for n in (9, 10, 11)] == [True, True, False]


def test_an_edition_nobody_speaks_of_has_no_limit() -> None:
    assert get_window("small-2030").may_open(dt.date(2100, 1, 1))


def test_written_and_read_back(tmp_path: Path) -> None:
    window = Window("gbt36073-2018", DAY, None, "confirmed", SOURCE)
    write_index(tmp_path, Index().with_window(window))
    assert read_index(tmp_path).windows == {"gbt36073-2018": window}


@pytest.mark.parametrize(
    ("change", "place", "words"),
    [
        ({"open_until": "31.12.2026"}, "windows.x.open_until", "a day such as 2026-07-01"),
        ({"open_until": "2026-12-31", "apply_until": "2026-12-30"}, "windows.x.apply_until", "not before 2026-12-31"),
        ({"status": "certain"}, "windows.x.status", "provisional, confirmed"),
        ({"source": {"zh": "通知"}}, "windows.x.source", "'en'"),
        ({"until": "2026-12-31"}, "windows.x", "unknown key 'until'"),
    ],
)
def test_damage_is_named(change: dict[str, object], place: str, words: str) -> None:
    sound = window_data(Window("x", None, None, "confirmed", SOURCE))
    table = Table(Path("f.json"), "f", {"windows": {"x": {**sound, **change}}}, {"windows"})
    with pytest.raises(DataError) as refusal:
        read_windows(table, "windows")
    assert refusal.value.place == place
    assert words in refusal.value.expected
