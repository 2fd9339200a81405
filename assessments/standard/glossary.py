"""The terms of the field in our own words, and where they stand in a text. The data are in ``data/glossary.toml``."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from assessments.standard.bilingual import Bilingual
from assessments.standard.reading import Table, read_file

FILE = Path(__file__).parent / "data" / "glossary.toml"
#: Spaces and hyphens of a name stand for one another.
_GAP = re.compile(r"[ -]")
_NOT_AFTER, _NOT_BEFORE = "(?<![A-Za-z0-9_])", "(?![A-Za-z0-9_])"


@dataclass(frozen=True)
class Term:
    """A term with its definition; ``key`` is its anchor and never changes, because others link to it."""

    key: str
    name: Bilingual
    aliases_zh: tuple[str, ...]
    aliases_en: tuple[str, ...]
    pinyin: str
    definition: Bilingual
    see: tuple[str, ...]
    source: Bilingual | None
    #: false where the word also stands in sentences that mean something else
    is_linked: bool

    def names(self, language: str) -> tuple[str, ...]:
        """Name and aliases in ``zh`` or ``en``, the name first."""
        return (self.name.zh, *self.aliases_zh) if language == "zh" else (self.name.en, *self.aliases_en)

    def letter(self, language: str) -> str:
        """The letter under which the term is listed."""
        return (self.pinyin if language == "zh" else self.name.en)[0].upper()


@dataclass(frozen=True)
class Occurrence:
    """Where a term stands in a text: ``text[start:end]``."""

    start: int
    end: int
    term: Term


@dataclass(frozen=True)
class Glossary:
    """All terms by key, in the order of the file."""

    terms: Mapping[str, Term]
    not_terms_zh: tuple[str, ...]
    not_terms_en: tuple[str, ...]

    def by_letter(self, language: str) -> tuple[tuple[str, tuple[Term, ...]], ...]:
        """Letters with their terms: by pinyin for ``zh``, by the alphabet for ``en``."""
        order = sorted(self.terms.values(), key=lambda t: t.pinyin if language == "zh" else t.name.en.lower())
        letters = sorted({t.letter(language) for t in order})
        return tuple((x, tuple(t for t in order if t.letter(language) == x)) for x in letters)

    def occurrences(self, text: str, language: str) -> tuple[Occurrence, ...]:
        """The first place of each term in the text, in order; of names that overlap the longer one counts."""
        return tuple(self._first(text, language))

    def _first(self, text: str, language: str) -> Iterator[Occurrence]:
        pattern, by_name = self._patterns[language]
        seen: set[str] = set()
        for match in pattern.finditer(text):
            term = by_name.get(_plain(match["name"]))
            if term is not None and term.key not in seen:
                seen.add(term.key)
                yield Occurrence(match.start(), match.end(), term)

    @cached_property
    def _patterns(self) -> dict[str, tuple[re.Pattern[str], dict[str, Term]]]:
        return {language: self._pattern(language) for language in ("zh", "en")}

    def _pattern(self, language: str) -> tuple[re.Pattern[str], dict[str, Term]]:
        by_name = {_plain(n): t for t in self.terms.values() if t.is_linked for n in t.names(language)}
        others = self.not_terms_zh if language == "zh" else self.not_terms_en
        # A regular expression takes the first alternative that fits, so the longest names come first.
        names = sorted({*by_name, *map(_plain, others)}, key=lambda n: (-len(n), n))
        if language == "en":
            choice, ending = "|".join(map(_escaped, names)), "(?:e?s)?"
            return re.compile(f"{_NOT_AFTER}(?P<name>{choice}){ending}{_NOT_BEFORE}", re.I), by_name
        # Chinese has no gaps between words; the Latin abbreviations among the names must stand alone all the same.
        choice = "|".join(f"{_NOT_AFTER}{_escaped(n)}{_NOT_BEFORE}" if n.isascii() else _escaped(n) for n in names)
        return re.compile(f"(?P<name>{choice})", re.I), by_name


def glossary() -> Glossary:
    """The glossary of the platform, read once a process."""
    return _loaded(FILE)


def load_glossary(file: Path) -> Glossary:
    """The glossary in ``file``.

    Raises :class:`DataError` for anything missing or mistyped, a key or name that stands twice, and a reference to a
    term that is not there.
    """
    table = Table(file, "glossary", read_file(file), {"terms", "not_terms"})
    terms: dict[str, Term] = {}
    names: dict[tuple[str, str], str] = {}
    entries = [_entry(file, n, data) for n, data in enumerate(table.tables("terms"), 1)]
    for entry in entries:
        term = _term(entry)
        if term.key in terms:
            raise entry.error("key", f"expected each key once, found {term.key!r} again")
        terms[term.key] = term
        for language in ("zh", "en"):
            for name in term.names(language):
                other = names.setdefault((language, _plain(name)), term.key)
                if other != term.key:
                    raise entry.error("name", f"expected each name once, found {name!r} at {other!r} too")
    for entry, term in zip(entries, terms.values(), strict=True):
        if unknown := [key for key in term.see if key not in terms or key == term.key]:
            raise entry.error("see", f"expected keys of other terms, found {unknown[0]!r}")
    plain = table.table("not_terms", {"zh", "en"})
    return Glossary(terms, plain.strings("zh", may_be_empty=True), plain.strings("en", may_be_empty=True))


@cache
def _loaded(file: Path) -> Glossary:
    return load_glossary(file)


_KEYS = {"key", "pinyin", "name", "definition", "see"}


def _entry(file: Path, position: int, data: object) -> Table:
    key = data.get("key") if isinstance(data, dict) else None
    return Table(file, f"term {key or position}", data, _KEYS, {"aliases", "source", "linked"})


def _term(entry: Table) -> Term:
    key, pinyin = entry.string("key"), entry.string("pinyin")
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", key):
        raise entry.error("key", f"expected lower-case words joined by hyphens, found {key!r}")
    if not re.fullmatch(r"[a-z]+( [a-z]+)*", pinyin):
        raise entry.error("pinyin", f"expected lower-case syllables, found {pinyin!r}")
    linked = entry.data.get("linked", True)
    if not isinstance(linked, bool):
        raise entry.error("linked", f"expected true or false, found {linked!r}")
    aliases = entry.table("aliases", {"zh", "en"}) if "aliases" in entry.data else None
    return Term(
        key=key,
        name=entry.text("name"),
        aliases_zh=aliases.strings("zh", may_be_empty=True) if aliases else (),
        aliases_en=aliases.strings("en", may_be_empty=True) if aliases else (),
        pinyin=pinyin,
        definition=entry.text("definition"),
        see=entry.strings("see", may_be_empty=True),
        source=entry.text("source") if "source" in entry.data else None,
        is_linked=linked,
    )


def _escaped(name: str) -> str:
    return r"[ \-]".join(map(re.escape, _GAP.split(name)))


def _plain(name: str) -> str:
    return _GAP.sub(" ", name).lower()
