"""``python -m tests.catalogue``: fails when the English catalogue is not what the source asks for. Needs xgettext."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from babel.messages.pofile import read_po

ROOT = Path(__file__).parent.parent
PO = ROOT / "dcmm" / "locale" / "en" / "LC_MESSAGES" / "django.po"


def ids() -> set[str]:
    """Message ids (with context) of the catalogue as it stands; plural pairs by their first form."""
    with PO.open("rb") as file:
        catalogue = read_po(file)
    return {f"{m.context or ''}|{m.id[0] if isinstance(m.id, tuple) else m.id}" for m in catalogue if m.id}


def extract() -> None:
    command = [
        "makemessages",
        "-l",
        "en",
        "--no-location",
        "--no-obsolete",
        "--no-wrap",
        "-i",
        ".venv",
        "-i",
        "var",
        "-i",
        "tests",
    ]
    subprocess.run([sys.executable, "manage.py", *command], cwd=ROOT, check=True, capture_output=True)


def main() -> int:
    before, kept = ids(), PO.read_bytes()
    try:
        extract()
        after = ids()
    finally:
        PO.write_bytes(kept)
    for line in sorted(after - before):
        print("missing in the catalogue:", line)
    for line in sorted(before - after):
        print("no longer used:", line)
    return int(before != after)


if __name__ == "__main__":
    sys.exit(main())
