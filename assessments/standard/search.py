"""Finds words in the texts of the editions and in the glossary, in both languages at once.

Substrings count, so that a Chinese word of two characters is found without a dictionary. Full-width and half-width,
capitals and the many dashes are the same to it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum

from assessments.standard.bilingual import Bilingual
from assessments.standard.edition import Criterion, Edition
from assessments.standard.glossary import Glossary, Term

#: A longer query is cut: nobody types one, and each word costs a walk through all texts.
MAX_LENGTH, MAX_WORDS = 100, 8
_BETWEEN = re.compile(r"[\s、,;]+")
#: More than all texts hold; what somebody types beyond that is folded anew each time, so that it takes no memory.
_MAX_FOLDED = 20_000
_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−﹘﹣－"), "-")


class Field(IntEnum):
    """Where a word was found; the smaller, the closer to what was meant."""

    CODE = 0
    NAME = 1
    TEXT = 2
    GUIDANCE = 3
    EVIDENCE = 4


class Kind(IntEnum):
    """What was found."""

    TERM = 0
    DOMAIN = 1
    ITEM = 2
    CRITERION = 3


@dataclass(frozen=True, eq=False)
class Entry:
    """One thing that can be found: its texts as shown and, folded, as searched."""

    kind: Kind
    code: str
    name: Bilingual
    fields: tuple[tuple[Field, Bilingual], ...]
    folded: tuple[tuple[Field, str], ...]
    everything: str


@dataclass(frozen=True)
class Hit:
    """An entry with all words in it. ``field`` is the place of its worst word: it orders the hits."""

    entry: Entry
    field: Field


class _Folding(dict[int, str]):
    """A table for ``str.translate`` that learns each character once; one character at a time keeps places aligned."""

    def __missing__(self, code: int) -> str:
        found = unicodedata.normalize("NFKC", chr(code)).translate(_DASHES).casefold()
        if len(self) < _MAX_FOLDED:
            self[code] = found
        return found


_FOLDING = _Folding()
_FOLDING.update(_DASHES)


def folded(text: str) -> str:
    """The text as it is compared.

    >>> folded("ＤＣＭＭ　6.1–L3")
    'dcmm 6.1-l3'
    """
    return text.translate(_FOLDING)


def words_of(query: str) -> tuple[str, ...]:
    """The words of a query, folded, each once; parted by blanks and Chinese or Western commas."""
    found = dict.fromkeys(word for word in _BETWEEN.split(folded(query[:MAX_LENGTH])) if word)
    return tuple(found)[:MAX_WORDS]


def search(entries: Sequence[Entry], words: Sequence[str]) -> list[Hit]:
    """The entries in which every word occurs somewhere, the closest first, else in the order given."""
    if not words:
        return []
    found = [Hit(e, _place(e, words)) for e in entries if all(word in e.everything for word in words)]
    return sorted(found, key=lambda hit: hit.field)


def marks(text: str, words: Sequence[str]) -> list[tuple[int, int]]:
    """The stretches of the text that the words cover, apart and in order, as ``text[start:end]``."""
    plain, places = [], []
    for place, character in enumerate(text):
        piece = _FOLDING[ord(character)]
        plain.append(piece)
        places += [place] * len(piece)
    whole = "".join(plain)
    covered = sorted(
        (places[m.start()], places[m.end() - 1] + 1) for w in words for m in re.finditer(re.escape(w), whole)
    )
    merged: list[tuple[int, int]] = []
    for start, end in covered:
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def excerpt(text: str, words: Sequence[str], length: int = 120) -> str:
    """The text, or where it is long the stretch around the first word found, with an ellipsis where it was cut."""
    if len(text) <= length:
        return text
    first = min((start for start, _ in marks(text, words)), default=0)
    start = min(max(0, first - length // 4), len(text) - length)
    end = start + length
    # Latin words are not cut in two; Chinese has no blanks, so the stretch stays as it is.
    if start and (blank := text.find(" ", start, first)) >= 0:
        start = blank + 1
    if end < len(text) and (blank := text.rfind(" ", first, end)) > first:
        end = blank
    return ("…" if start else "") + text[start:end].strip() + ("…" if end < len(text) else "")


def edition_entries(edition: Edition) -> tuple[Entry, ...]:
    """Domains, items and criteria of an edition; folded once for as long as the edition stays the same."""
    kept = _kept.get(edition.code)
    if kept is None or kept[0] is not edition:
        kept = _kept[edition.code] = (edition, tuple(_entries(edition)))
    return kept[1]


def term_entries(glossary: Glossary) -> tuple[Entry, ...]:
    kept = _kept.get("")
    if kept is None or kept[0] is not glossary:
        kept = _kept[""] = (glossary, tuple(map(_term, glossary.terms.values())))
    return kept[1]


#: By code of the edition; the object itself says whether what was folded is still what is read.
_kept: dict[str, tuple[object, tuple[Entry, ...]]] = {}


def _entries(edition: Edition) -> Iterator[Entry]:
    for domain in edition.domains:
        yield _entry(Kind.DOMAIN, domain.code, domain.name, (Field.TEXT, domain.summary))
        for item in domain.items:
            yield _entry(Kind.ITEM, item.code, item.name, (Field.TEXT, item.purpose))
            for criterion in item.criteria:
                yield _criterion(criterion, item.name)


def _criterion(criterion: Criterion, item: Bilingual) -> Entry:
    """The item's name is shown beside a criterion but does not make it a hit: the item is found itself."""
    fields = (Field.TEXT, criterion.text), (Field.GUIDANCE, criterion.guidance), (Field.EVIDENCE, criterion.evidence)
    return _entry(Kind.CRITERION, criterion.code, item, *fields, searches_name=False)


def _term(term: Term) -> Entry:
    also = Bilingual("、".join(term.aliases_zh), ", ".join(term.aliases_en))
    names = ((Field.NAME, also),) if also.zh or also.en else ()
    return _entry(Kind.TERM, term.key, term.name, *names, (Field.TEXT, term.definition), searches_code=False)


def _entry(
    kind: Kind,
    code: str,
    name: Bilingual,
    *fields: tuple[Field, Bilingual],
    searches_code: bool = True,
    searches_name: bool = True,
) -> Entry:
    own = ((Field.NAME, name),) if searches_name else ()
    plain = [(field, folded(f"{text.zh}\n{text.en}")) for field, text in (*own, *fields)]
    if searches_code:
        plain.insert(0, (Field.CODE, folded(code)))
    return Entry(kind, code, name, fields, tuple(plain), "\n".join(text for _, text in plain))


def _place(entry: Entry, words: Sequence[str]) -> Field:
    return max(min(field for field, text in entry.folded if word in text) for word in words)
