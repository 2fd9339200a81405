"""Words in both languages of the platform, for the layers that know no web framework."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Bilingual:
    """One wording in Chinese (the leading language) and in English."""

    zh: str
    en: str

    def __str__(self) -> str:
        return self.zh

    def to_dict(self) -> dict[str, str]:
        """Both wordings as data files and JSON hold them; ``Bilingual(**data)`` reads them back."""
        return {"zh": self.zh, "en": self.en}

    def in_language(self, code: str) -> str:
        """The wording for a language code such as ``zh-hans`` or ``en-gb``; Chinese unless it is English."""
        return self.en if code.lower().startswith("en") else self.zh

    def format(self, **values: object) -> Bilingual:
        """Both wordings with ``{name}`` filled in; a Bilingual value contributes its own language."""
        zh = {k: v.zh if isinstance(v, Bilingual) else v for k, v in values.items()}
        en = {k: v.en if isinstance(v, Bilingual) else v for k, v in values.items()}
        return Bilingual(self.zh.format(**zh), self.en.format(**en))


def listed(words: Iterable[Bilingual | str]) -> Bilingual:
    """Names or codes in a row, parted as each language parts them; empty for none."""
    row = list(words)
    return Bilingual(
        "、".join(w.zh if isinstance(w, Bilingual) else w for w in row),
        ", ".join(w.en if isinstance(w, Bilingual) else w for w in row),
    )


def counted(n: int, zh: str, one: str, many: str, **values: object) -> Bilingual:
    """A sentence about ``n`` things: Chinese has one form, English another for one. Fills in ``{n}`` and the values."""
    return Bilingual(zh, one if n == 1 else many).format(n=n, **values)
