"""The English catalogue is complete: nothing untranslated, nothing fuzzy, placeholders kept."""

from __future__ import annotations

import re
from pathlib import Path

from babel.messages.pofile import read_po

PO = Path(__file__).parents[2] / "dcmm" / "locale" / "en" / "LC_MESSAGES" / "django.po"
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w+\}")


def test_every_message_is_translated_and_keeps_its_placeholders() -> None:
    with PO.open("rb") as file:
        messages = [m for m in read_po(file) if m.id]
    assert len(messages) > 300
    faults = []
    for message in messages:
        ids = message.id if isinstance(message.id, tuple) else (message.id,)
        words = message.string if isinstance(message.string, tuple) else (message.string,)
        if message.fuzzy or not all(words):
            faults.append(f"untranslated: {ids[0]}")
        elif any(re.search(r"[一-鿿]", w) for w in words if w not in ("简体中文",)):
            faults.append(f"Chinese left in: {words[0]}")
        elif set(PLACEHOLDER.findall(ids[-1])) != set(PLACEHOLDER.findall(words[-1])):
            faults.append(f"placeholders differ: {ids[0]}")
    assert faults == []
