"""Which criteria a file's name speaks of: ``6.1-L3-02 策略发布文件.pdf``."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container
from dataclasses import dataclass

_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−﹣－_~·", "-"))
#: An item, a level with its letter and a number, however people part them.
_CODE = re.compile(r"(?<![\d.])(\d{1,2})\s*\.\s*(\d{1,2})[-\s]*[Ll]\s*(\d)[-\s]*(\d{1,2})(?!\d)")


@dataclass(frozen=True)
class Named:
    """Codes in a name, in their order and each once: those of the edition, and those it does not have."""

    codes: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()


def codes_in(name: str, known: Container[str]) -> Named:
    """Reads full-width figures, any dash or underscore, a small l, and any brackets around a code."""
    plain = unicodedata.normalize("NFKC", name).translate(_DASHES).replace("。", ".")
    read = (f"{int(d)}.{int(i)}-L{level}-{int(n):02d}" for d, i, level, n in _CODE.findall(plain))
    found = tuple(dict.fromkeys(read))
    return Named(tuple(c for c in found if c in known), tuple(c for c in found if c not in known))
