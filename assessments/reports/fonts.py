"""The typeface of one document: Noto Sans SC, cut to the characters the document uses, in two weights.

The file in the package is variable and Thin by default, so each weight is instanced at 400 or 700 and gets its own
PostScript name (reportlab keys embedded fonts by it). Several documents may be set at the same time: every one has
its own names in reportlab's registry and takes them out again when it is done.
"""

from __future__ import annotations

import io
import re
from collections import Counter, OrderedDict
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from itertools import count
from threading import Lock
from types import TracebackType
from typing import Any

from fontTools import subset
from fontTools.ttLib import TTFont as FontFile
from fontTools.varLib import instancer
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

REGULAR, BOLD = 400, 700
#: Stands for every character the typeface does not have, so that none disappears without a trace.
GETA = "〓"
_ALWAYS = frozenset(map(chr, range(0x20, 0x7F))) | {GETA}
#: tables a PDF has no use for; all that shaping needs is left out because reportlab sets one glyph per character
_DROPPED = ["BASE", "GDEF", "GPOS", "GSUB", "HVAR", "STAT", "vhea", "vmtx", "gasp", "prep"]
#: how many cut fonts a process keeps, so that the same report made again costs nothing
_KEPT = 6
_numbers = count(1)


class Face:
    """Records every text that will be set, then lends the two fonts for as long as it is open.

    ``with face:`` makes the fonts from what was recorded, so all :meth:`write` calls come before it and all
    measuring and drawing inside it. Safe to use in several threads, one face each.
    """

    def __init__(self) -> None:
        number = next(_numbers)
        self._names = {False: f"DCMMSans-{number}", True: f"DCMMSans-{number}-Bold"}
        self._ink: dict[bool, Counter[str]] = {False: Counter(_ALWAYS), True: Counter(_ALWAYS)}
        self._fonts: dict[bool, TTFont] = {}

    def name(self, bold: bool = False) -> str:
        """reportlab's name of the font."""
        return self._names[bold]

    def write(self, text: str, bold: bool = False) -> str:
        """``text`` as it can be set (see :func:`settable`), its characters recorded for the font."""
        text = settable(text)
        self._ink[bold].update(text)
        return text

    def advances(self, bold: bool = False) -> Mapping[int, float]:
        """Code point -> advance in thousandths of the size. Only while open."""
        widths: Mapping[int, float] = self._fonts[bold].face.charWidths
        return widths

    def width(self, text: str, size: float, bold: bool = False) -> float:
        """The width of a text in points. Only while open."""
        widths = self.advances(bold)
        return sum(widths.get(ord(c), 1000.0) for c in text) * size / 1000

    def order(self, document: Any) -> None:
        """Gives the most frequent characters the first places in a PDF document about to be written.

        reportlab sets at most 256 characters with one font and switches between such sets. In the order of first
        use that is every second character; in the order of frequency the file is smaller and quicker to read.
        """
        for bold, font in self._fonts.items():
            font.splitString("".join(c for c, _ in self._ink[bold].most_common() if c != "\n"), document)

    def __enter__(self) -> Face:
        for bold, weight in ((False, REGULAR), (True, BOLD)):
            data = cut(frozenset(self._ink[bold].keys() - {"\n"}), weight)
            self._fonts[bold] = _DocumentFont(self._names[bold], io.BytesIO(data))
            # Not registerFont(): that also keys by PostScript name, which is the same in every document.
            pdfmetrics._fonts[self._names[bold]] = self._fonts[bold]
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for name in self._names.values():
            pdfmetrics._fonts.pop(name, None)
        self._fonts.clear()


class _DocumentFont(TTFont):
    """reportlab writes code points beyond U+FFFF into the ToUnicode map as five digits; PDF wants UTF-16."""

    def addObjects(self, doc: Any) -> None:  # noqa: N802 (reportlab's name)
        super().addObjects(doc)
        for name, stream in doc.idToObject.items():
            if isinstance(name, str) and name.startswith("toUnicodeCMap:") and isinstance(stream.content, str):
                stream.content = _BEYOND_BMP.sub(_as_utf16, stream.content)


_BEYOND_BMP = re.compile(r"(?m)^(<[0-9A-F]{2}>) <([0-9A-F]{5,6})>$")


def _as_utf16(match: re.Match[str]) -> str:
    return f"{match[1]} <{chr(int(match[2], 16)).encode('utf-16-be').hex().upper()}>"


def settable(text: str) -> str:
    """Line ends as ``\\n``, other white space as a space, nothing invisible, and 〓 for what the typeface lacks.

    >>> settable("甲\\r\\n乙\\t丙\\x07")
    '甲\\n乙 丙'
    """
    covered = coverage()
    if all(ord(c) in covered for c in text):
        return text
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(map(_settable, text))


def _settable(char: str) -> str:
    if char == "\n" or (ord(char) in coverage() and char.isprintable()):
        return char
    if char.isspace():
        return " "
    # Variation selectors, joiners and controls show nothing by themselves.
    return GETA if char.isprintable() and not 0xFE00 <= ord(char) <= 0xFE0F else ""


@cache
def coverage() -> frozenset[int]:
    """Every printable code point of the typeface."""
    with FontFile(_path(), lazy=True) as font:
        return frozenset(code for code in font.getBestCmap() if code >= 0x20 and chr(code).isprintable())


_cache: OrderedDict[tuple[frozenset[str], int], bytes] = OrderedDict()
_lock = Lock()


def cut(chars: frozenset[str], weight: int) -> bytes:
    """A static TrueType font with these characters in one weight; the last few are kept."""
    with _lock:
        for (held, held_weight), data in _cache.items():
            if held_weight == weight and chars <= held:
                _cache.move_to_end((held, held_weight))
                return data
    data = _cut(chars, weight)
    with _lock:
        _cache[chars, weight] = data
        while len(_cache) > _KEPT:
            _cache.popitem(last=False)
    return data


def _cut(chars: frozenset[str], weight: int) -> bytes:
    font = FontFile(_path(), lazy=True, recalcTimestamp=False)
    options = subset.Options(layout_features=[], hinting=False, notdef_outline=True, glyph_names=False)
    options.drop_tables += _DROPPED
    options.name_IDs = [1, 2, 4, 6]
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=[ord(c) for c in chars])
    subsetter.subset(font)
    instancer.instantiateVariableFont(font, {"wght": weight}, inplace=True)
    _rename(font, "Bold" if weight == BOLD else "Regular")
    out = io.BytesIO()
    font.save(out)
    font.close()
    return out.getvalue()


def _rename(font: FontFile, style: str) -> None:
    names = {1: "DCMM Sans", 2: style, 4: f"DCMM Sans {style}", 6: f"DCMMSans-{style}"}
    for record in list(font["name"].names):
        font["name"].setName(names[record.nameID], record.nameID, record.platformID, record.platEncID, record.langID)


@cache
def _path() -> str:
    folder = files("justmytype_intl_cjk") / "fonts" / "ofl" / "notosanssc"
    return str(folder / "NotoSansSC[wght].ttf")
