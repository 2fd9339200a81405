"""The editions of the platform, loaded once a process: those that ship with it and those an installation added."""

from __future__ import annotations

from functools import cache, lru_cache
from pathlib import Path

from assessments.standard.bilingual import Bilingual
from assessments.standard.crosswalk import Crosswalk, load_crosswalk, same_edition
from assessments.standard.edition import Edition, Erratum
from assessments.standard.installed import INDEX, Index, load_installed, read_errata, read_index
from assessments.standard.reading import DataError, Table, read_file
from assessments.standard.transition import Window, read_windows

DATA = Path(__file__).parent / "data"

#: The editions that ship, in the order they were published, each with the SHA-256 of its domain files. A published
#: edition is frozen: results refer to its codes and texts, so a changed file is refused until its new checksum stands
#: here.
SHIPPED: dict[str, str] = {
    "gbt36073-2018": "bed4ba5fb554bba6e1fa0c67002d5177ddae15a02933824776d2bd719c002ce1",
    "gbt36073-2025": "b3c5ddc383faede8b9566f0930df945dd62926449717f818e9f62a612f4d700c",
}

_root: Path | None = None


class UnknownCode(KeyError):  # noqa: N818 - names what is unknown
    """A code that the catalogue does not hold; ``str()`` is a sentence naming it."""

    def __str__(self) -> str:
        return str(self.args[0])


def use_installation(root: Path | None) -> None:
    """Names the folder of what the installation added; without one there are the shipped editions alone."""
    global _root
    _root = root


def installation_root() -> Path | None:
    """The folder named by :func:`use_installation`."""
    return _root


def installation() -> Index:
    """What the installation added, as of now. Raises ``DataError`` if its index is damaged."""
    return _index(_root, installation_stamp())


def edition_codes() -> tuple[str, ...]:
    """All editions that may be used, the shipped ones first, in the order they were published."""
    return (*SHIPPED, *(code for code in installation().published if code not in SHIPPED))


def get_edition(code: str) -> Edition:
    """The edition with this code, errata applied; as the installation words it where it holds its own text.

    Raises :class:`UnknownCode`, or ``DataError`` if its data are damaged or not the frozen ones.
    """
    index = installation()
    entry = index.published.get(code)
    if entry is not None and _root is not None:
        return _corrected(_root / entry.folder, entry.checksum, index.errata.get(code, ()))
    if code not in SHIPPED:
        raise UnknownCode(f"unknown edition {code!r}; known: {', '.join(edition_codes())}")
    return _corrected(DATA / code, SHIPPED[code], _shipped_errata(code) + index.errata.get(code, ()))


def get_shipped(code: str) -> Edition:
    """An edition as it ships, in our own words, whatever an installation has put in its place.

    Raises :class:`UnknownCode` or ``DataError``.
    """
    if code not in SHIPPED:
        raise UnknownCode(f"unknown edition {code!r}; shipped: {', '.join(SHIPPED)}")
    return _corrected(DATA / code, SHIPPED[code], _shipped_errata(code))


def get_draft(code: str) -> Edition:
    """The draft of this code. Raises :class:`UnknownCode` or ``DataError``."""
    entry = installation().drafts.get(code)
    if entry is None or _root is None:
        raise UnknownCode(f"unknown draft {code!r}")
    return _corrected(_root / entry.folder, entry.checksum, ())


def editions() -> tuple[Edition, ...]:
    return tuple(get_edition(code) for code in edition_codes())


def current_edition() -> Edition:
    """The edition in force: the latest of those that no other has superseded."""
    return max((e for e in editions() if e.status == "current"), key=lambda e: e.in_force)


def get_window(code: str) -> Window:
    """Until when this edition may be chosen; what the installation set comes before what ships."""
    windows = {**_shipped_windows(), **installation().windows}
    return windows.get(code) or Window(
        code, None, None, "confirmed", Bilingual("未设截止日期。", "No last day is set.")
    )


def get_crosswalk(earlier: str, later: str) -> Crosswalk | None:
    """The way from one edition to another, ``None`` where nobody has written one.

    Raises :class:`UnknownCode` or ``DataError``.
    """
    if unknown := {earlier, later} - set(edition_codes()):
        raise UnknownCode(f"unknown edition {min(unknown)!r}; known: {', '.join(edition_codes())}")
    if earlier == later:
        return same_edition(get_edition(earlier))
    folder = _crosswalk_folder(earlier, later)
    return _crosswalk(folder, earlier, later, installation_stamp()) if folder else None


def crosswalks() -> tuple[tuple[str, str], ...]:
    """The pairs of editions, earlier and later, between which there is a cross-walk."""
    codes = edition_codes()
    return tuple((a, b) for a in codes for b in codes if a != b and _crosswalk_folder(a, b))


def _crosswalk_folder(earlier: str, later: str) -> Path | None:
    roots = [DATA] if _root is None else [_root, DATA]
    folders = [root / "crosswalks" / f"{earlier}--{later}" for root in roots]
    return next((f for f in folders if f.is_dir()), None)


def installation_stamp() -> tuple[int, int] | None:
    """What tells one state of the installation from the next: its index is replaced whole, so it is another file."""
    if _root is None:
        return None
    try:
        found = (_root / INDEX).stat()
    except FileNotFoundError:
        return None
    return found.st_mtime_ns, found.st_ino


@lru_cache(maxsize=1)
def _index(root: Path | None, stamp: tuple[int, int] | None) -> Index:
    return Index() if root is None or stamp is None else read_index(root)


@cache
def _loaded(folder: Path, checksum: str) -> Edition:
    return load_installed(folder, checksum)


@lru_cache(maxsize=16)
def _corrected(folder: Path, checksum: str, errata: tuple[Erratum, ...]) -> Edition:
    try:
        return _loaded(folder, checksum).corrected(errata)
    except KeyError as unknown:
        raise DataError(folder, "errata", f"expected a criterion of this edition, found {unknown.args[0]!r}") from None


@lru_cache(maxsize=8)
def _crosswalk(folder: Path, earlier: str, later: str, _stamp: tuple[int, int] | None) -> Crosswalk:
    return load_crosswalk(folder, get_edition(earlier), get_edition(later))


@cache
def _shipped_errata(code: str) -> tuple[Erratum, ...]:
    """Corrections that come with a release of the platform, in ``errata.toml`` beside the edition's files."""
    file = DATA / code / "errata.toml"
    return read_errata(Table(file, "errata", read_file(file), {"errata"}), "errata") if file.exists() else ()


@cache
def _shipped_windows() -> dict[str, Window]:
    file = DATA / "transition.toml"
    return read_windows(Table(file, "transition", read_file(file), {"editions"}), "editions")
