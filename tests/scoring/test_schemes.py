"""Schemes are data: each parameter with source, status and time; the day decides which one a new assessment pins."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from assessments.scoring import Scheme, get_scheme, scheme_for, schemes
from assessments.scoring.schemes import PARAMETERS
from assessments.standard import DataError, editions, get_edition, installation_root, use_installation
from assessments.standard.installed import Index, write_index
from tests.standard import small


@pytest.fixture
def added(tmp_path: Path) -> Iterator[Path]:
    """A folder of schemes of an installation."""
    before = installation_root()
    use_installation(tmp_path)
    folder = tmp_path / "schemes"
    folder.mkdir()
    yield folder
    use_installation(before)


def _put(folder: Path, text: str, code: str = "small-scheme") -> None:
    (folder / f"{code}.toml").write_text(text.replace("small-scheme", code), encoding="utf-8")


def test_shipped() -> None:
    assert [s.code for s in schemes()] == ["practice-2023", "practice-2026"]
    assert [e.scheme for e in editions()] == ["practice-2023", "practice-2026"]
    for scheme in schemes():
        assert [p.name for p in scheme.parameters] == list(PARAMETERS)
        assert all(p.source.zh and p.source.en for p in scheme.parameters)


def test_the_figures_of_the_rules() -> None:
    """scoring.md, "Parameters of the default scheme"; the others share 0.21: 0.07 each in 2018, 0.0525 in 2025."""
    for scheme in schemes():
        assert scheme.conformity == {"full": 100, "largely": 70, "partially": 50, "none": 0}
        assert (scheme.level_gate, scheme.bands) == (70, (50, 150, 250, 350, 450))
        assert [scheme.floor(level) for level in range(1, 6)] == [None, 50, 150, 250, 350]
        assert (scheme.key_domain_count, scheme.key_weight, scheme.others_weight) == (5, 158, 210)
        assert (scheme.bonus_each, scheme.bonus_at_most) == (1, 3)


def test_nothing_is_confirmed_for_the_new_edition_yet() -> None:
    assert {p.status for p in get_scheme("practice-2026").parameters} == {"provisional"}
    assert [p.name for p in get_scheme("practice-2023").parameters if not p.is_provisional] == ["conformity"]


@pytest.mark.parametrize(("track", "left_out"), [("owner", "provider_weights"), ("provider", "bonus")])
def test_a_track_is_decided_by_its_own_parameters(track: str, left_out: str) -> None:
    deciding = [p.name for p in get_scheme("practice-2026").deciding(track)]
    assert deciding == [name for name in PARAMETERS if name != left_out]


def test_an_installation_adds_one_for_a_time(added: Path) -> None:
    text = small.SCHEME.replace('["small-2030"]', '["gbt36073-2025"]').replace("2020-01-01", "2027-01-01")
    _put(added, text, "practice-2027")
    edition = get_edition("gbt36073-2025")
    assert scheme_for(edition, dt.date(2026, 12, 31)).code == "practice-2026"
    assert scheme_for(edition, dt.date(2027, 1, 1)).code == "practice-2027"
    assert get_scheme("practice-2026").level_gate == 70, "what ran before keeps its own"
    _put(
        added,
        text.replace('valid_from = "2027-01-01"', 'valid_from = "2027-01-01"\nvalid_to = "2027-06-30"'),
        "practice-2027",
    )
    assert scheme_for(edition, dt.date(2027, 7, 1)).code == "practice-2026"


def test_before_any_fits_the_edition_names_its_own() -> None:
    assert scheme_for(get_edition("gbt36073-2018"), dt.date(2019, 1, 1)).code == "practice-2023"
    assert scheme_for(get_edition("gbt36073-2025"), dt.date(2026, 1, 1)).code == "practice-2026"


def test_a_shipped_scheme_cannot_be_replaced(added: Path) -> None:
    _put(added, small.SCHEME, "practice-2023")
    assert get_scheme("practice-2023").level_gate == 70


def test_unknown(added: Path) -> None:
    for code in ("practice-1999", "../practice-2023", ""):
        with pytest.raises(KeyError, match="unknown scheme"):
            get_scheme(code)


@pytest.mark.parametrize(
    ("old", "new", "place", "words"),
    [
        ("value = 60\n", 'value = "60"\n', "scheme.level_gate.value", "whole number"),
        ("value = 60\n", "value = 0.6\n", "scheme.level_gate.value", "whole number"),
        ("[60, 160, 260, 360, 460]", "[60, 160, 160, 360, 460]", "scheme.bands.value", "five rising whole numbers"),
        ("[60, 160, 260, 360, 460]", "[60, 160, 260, 360]", "scheme.bands.value", "five rising whole numbers"),
        ("partially = 40, ", "", "scheme.conformity.value", "'partially', which is missing"),
        ('tracks = ["owner"]', 'tracks = ["buyer"]', "scheme.bonus.tracks", "found 'buyer'"),
        ("[bonus]", "[luck]", "scheme", "expected the key 'bonus'"),
        ('code = "small-scheme"', 'code = "other"', "scheme.code", "expected 'small-scheme', found 'other'"),
    ],
)
def test_damage_is_named(added: Path, old: str, new: str, place: str, words: str) -> None:
    assert small.SCHEME.count(old) == 1
    (added / "small-scheme.toml").write_text(small.SCHEME.replace(old, new), encoding="utf-8")
    with pytest.raises(DataError) as refusal:
        get_scheme("small-scheme")
    assert (refusal.value.place, words in refusal.value.expected) == (place, True), str(refusal.value)


def test_an_end_before_the_beginning(added: Path) -> None:
    text = small.SCHEME.replace('valid_from = "2020-01-01"', 'valid_from = "2020-01-01"\nvalid_to = "2019-01-01"', 1)
    _put(added, text)
    with pytest.raises(DataError, match=r"scheme\.conformity\.valid_to: expected a day not before"):
        get_scheme("small-scheme")


def test_the_checksum_is_of_the_file(added: Path) -> None:
    _put(added, small.SCHEME)
    assert get_scheme("small-scheme").checksum == hashlib.sha256(small.SCHEME.encode()).hexdigest()
    assert len({s.checksum for s in schemes()}) == 3


def test_one_that_assessments_use_must_not_change(added: Path) -> None:
    _put(added, small.SCHEME)
    first = get_scheme("small-scheme")
    write_index(added.parent, Index().with_scheme("small-scheme", first.checksum))
    assert get_scheme("small-scheme") == first
    changed = small.SCHEME.replace("value = 60\n", "value = 61\n")
    _put(added, changed)
    found = hashlib.sha256(changed.encode()).hexdigest()
    with pytest.raises(DataError, match=rf"expected {first.checksum}, found {found}: results .* a new code") as refusal:
        get_scheme("small-scheme")
    assert refusal.value.file == str(added / "small-scheme.toml")
    (added / "small-scheme.toml").unlink()
    with pytest.raises(DataError, match="expected this file, which is missing"):
        get_scheme("small-scheme")
    _put(added, small.SCHEME)
    assert get_scheme("small-scheme") == first, "put back, it counts again"


def test_read_again_when_it_changed(added: Path) -> None:
    _put(added, small.SCHEME)
    first: Scheme = get_scheme("small-scheme")
    _put(added, small.SCHEME.replace("value = 60\n", "value = 61\n"))
    assert (first.level_gate, get_scheme("small-scheme").level_gate) == (60, 61)
