"""Pictures of evidence, so that nothing of a file itself ever reaches a browser.

PDF pages and images are drawn by ``preview_child`` in a process of its own, which a hostile file may ruin without harm.
Text is decoded here, for that runs nothing.
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any, BinaryIO

WIDTH = 1600
#: Bytes of a text that are shown.
TEXT_MOST = 200 * 1024
_SECONDS = 20
_CHILD = str(Path(__file__).with_name("preview_child.py"))
_KINDS = {
    "application/pdf": "pdf",
    "image/png": "image",
    "image/jpeg": "image",
    "text/plain": "text",
    "text/csv": "text",
    "application/zip": "archive",
}
_PNG = b"\x89PNG"
#: Files read at once by one worker of the site, and for how many seconds another waits for its turn: whoever has slow
#: ones drawn takes no more than this from everybody else.
_AT_ONCE, _TURN = BoundedSemaphore(2), 2.0

#: Why there is no picture; ``BUSY`` passes by itself.
ENCRYPTED, BROKEN, NO_PAGE, TOO_LARGE, BUSY = "encrypted", "broken", "no_page", "too_large", "busy"


class UnreadableError(Exception):
    """No picture can be made; ``problem`` is one of the five words above."""

    def __init__(self, problem: str) -> None:
        self.problem = problem
        super().__init__(problem)


@dataclass(frozen=True)
class Picture:
    """One page as a picture."""

    content: bytes
    content_type: str


@dataclass(frozen=True)
class Members:
    """What is in an archive: how many files, and the names of the first."""

    total: int
    names: tuple[str, ...]

    @property
    def more(self) -> int:
        return self.total - len(self.names)


@dataclass(frozen=True)
class Text:
    """The beginning of a text; ``is_cut`` where there is more."""

    content: str
    is_cut: bool


def kind_of(content_type: str) -> str:
    """How a file is shown: ``pdf``, ``image``, ``text``, ``archive``, or empty where it has to be downloaded."""
    return _KINDS.get(content_type, "")


def count_pages(file: BinaryIO, kind: str) -> int:
    """Pages of a ``pdf`` or ``image``. Raises :class:`UnreadableError`."""
    return int(_asked(file, kind, 0, WIDTH)[0]["pages"])


def draw(file: BinaryIO, kind: str, page: int, *, width: int = WIDTH) -> Picture:
    """A page of a ``pdf`` or ``image``, at most ``width`` wide. Raises :class:`UnreadableError`."""
    content = _asked(file, kind, page, width)[1]
    return Picture(content, "image/png" if content.startswith(_PNG) else "image/jpeg")


def list_members(file: BinaryIO) -> Members:
    """The names in an ``archive``; nothing is unpacked. Raises :class:`UnreadableError`."""
    head = _asked(file, "archive", 0, WIDTH)[0]
    return Members(int(head["total"]), tuple(str(name) for name in head["names"]))


def read_text(file: BinaryIO) -> Text:
    """The beginning of a text in UTF-8 or GB 18030; what is neither shows replacement signs."""
    found = file.read(TEXT_MOST + 1)
    head, is_cut = found[:TEXT_MOST], len(found) > TEXT_MOST
    for encoding in ("utf-8-sig", "gb18030"):
        for short in range(4 if is_cut else 1):  # the cut may go through a character
            try:
                return Text(head[: len(head) - short].decode(encoding), is_cut)
            except UnicodeDecodeError:
                continue
    return Text(head.decode("utf-8", "replace"), is_cut)


def _asked(file: BinaryIO, task: str, page: int, width: int) -> tuple[dict[str, Any], bytes]:
    """Hands an open file of the system to the other process, which reads it from its beginning."""
    if not _AT_ONCE.acquire(timeout=_TURN):
        raise UnreadableError(BUSY)
    try:
        done = subprocess.run(  # noqa: S603  our own script, no shell, numbers and a word of ours
            [sys.executable, "-I", "-W", "ignore", _CHILD, task, str(page), str(width)],
            stdin=file,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=_SECONDS,
            env={},
            cwd="/",
            check=False,
        )
    except subprocess.TimeoutExpired as slow:
        raise UnreadableError(TOO_LARGE) from slow
    finally:
        _AT_ONCE.release()
    line, _, content = done.stdout.partition(b"\n")
    if done.returncode or not line:
        raise UnreadableError(BROKEN)
    head: dict[str, Any] = json.loads(line)
    if problem := head.get("problem"):
        raise UnreadableError(problem)
    return head, content
