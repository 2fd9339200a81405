"""Tiny editions drawn as pictures, so that a test shows its whole input in one line and no figure is computed here.

One row per item, five groups of criteria for levels 1 to 5 between bars, one letter per criterion::

    {"1.1": "FL|P-||X|N"}   # level 1: full, largely; level 2: partially, unanswered; level 3: no criterion; ...
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal
from typing import Any
from unittest.mock import patch

from hypothesis import settings
from hypothesis import strategies as st

from assessments.scoring import Result, ScoringInput, score
from assessments.standard import Bilingual, Criterion, Domain, Edition, Item

REAL = "gbt36073-2018"
LETTERS = {"F": "full", "L": "largely", "P": "partially", "N": "none", "X": "not_applicable"}
WORDS = Bilingual("文", "text")

#: The same examples in every run: a suite that strangers run on fresh machines must not be red by chance.
STEADY = settings(deadline=None, database=None, derandomize=True)

Picture = Mapping[str, str]


def edition_of(picture: Picture) -> Edition:
    """The edition whose shape the picture has; domains and items in the order of the rows."""
    items: dict[str, list[Item]] = {}
    for code, row in picture.items():
        groups = row.split("|")
        assert len(groups) == 5, f"{code}: five groups expected in {row!r}"
        criteria = tuple(
            Criterion(f"{code}-L{level}-{n:02d}", level, WORDS, WORDS, ("证据",), ("evidence",))
            for level, group in enumerate(groups, 1)
            for n, _ in enumerate(group, 1)
        )
        items.setdefault(code.split(".")[0], []).append(Item(code, WORDS, WORDS, criteria))
    domains = tuple(Domain(code, WORDS, WORDS, tuple(rows)) for code, rows in items.items())
    return Edition(
        code="tiny",
        title=WORDS,
        short=WORDS,
        status="draft",
        scheme="practice-2023",
        in_force=dt.date(2026, 1, 1),
        wording="own",
        source=WORDS,
        use=WORDS,
        checksum="0" * 64,
        domains=domains,
    )


def verdicts_of(picture: Picture) -> dict[str, str]:
    """Criterion code -> verdict; a dash stays out, which makes it unanswered."""
    return {
        f"{code}-L{level}-{n:02d}": LETTERS[letter]
        for code, row in picture.items()
        for level, group in enumerate(row.split("|"), 1)
        for n, letter in enumerate(group, 1)
        if letter != "-"
    }


@contextmanager
def installed(edition: Edition) -> Iterator[None]:
    """Puts ``edition`` where the engine looks editions up by code (what-if scores look it up again)."""
    with patch("assessments.scoring.inputs.get_edition", lambda code: edition):
        yield


def input_of(picture: Picture, **options: Any) -> ScoringInput:
    """The checked input of a picture; ``options`` as in ``ScoringInput.of``."""
    edition = edition_of(picture)
    with installed(edition):
        return ScoringInput.of(edition.code, verdicts_of(picture), **options)


def result_of(picture: Picture, **options: Any) -> Result:
    return score(input_of(picture, **options))


def shown(figure: Decimal | None) -> str | None:
    """A figure as it is printed, so that a test also sees its two places."""
    return None if figure is None else str(figure)


@st.composite
def pictures(
    draw: st.DrawFn,
    *,
    letters: str = "FLPNX-",
    domains: tuple[int, int] = (1, 3),
    items: tuple[int, int] = (1, 2),
    at_most: int = 3,
) -> dict[str, str]:
    """Small editions with verdicts. Each row leans somewhere, so that high levels and absent items do turn up."""
    leans = (letters, letters, "F", "FL", "FLX", "FP", "PN-", "N", "X")
    leanings = [wanted for lean in leans if (wanted := set(lean) & set(letters))]
    rows = {}
    for domain in range(1, draw(st.integers(*domains)) + 1):
        for item in range(1, draw(st.integers(*items)) + 1):
            group = st.text(sorted(draw(st.sampled_from(leanings))), max_size=at_most)
            rows[f"{domain}.{item}"] = "|".join(draw(group) for _ in range(5))
    return rows
