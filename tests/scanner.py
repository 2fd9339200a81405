"""A clamd that knows one signature, as a thread on a port of its own."""

from __future__ import annotations

import socket
import threading
from types import TracebackType

MALWARE = b"MALWARE-FOR-TESTS"


class Scanner:
    """Speaks INSTREAM for as many files as come; ``seen`` has their lengths. ``limit`` is its longest stream."""

    def __init__(self, answer: bytes | None = None, limit: int = 10_000_000) -> None:
        self.answer, self.limit = answer, limit
        self.seen: list[int] = []
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._listening.getsockname()[1]}"

    def __enter__(self) -> Scanner:
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(self, kind: type | None, value: BaseException | None, trace: TracebackType | None) -> None:
        self._listening.close()

    def _serve(self) -> None:
        while True:
            try:
                line, _ = self._listening.accept()
            except OSError:
                return
            with line, line.makefile("rb") as sent:
                line.sendall(self._verdict(sent) + b"\0")

    def _verdict(self, sent: object) -> bytes:
        assert sent.read(10) == b"zINSTREAM\0"  # type: ignore[attr-defined]
        content = b""
        while length := int.from_bytes(sent.read(4), "big"):  # type: ignore[attr-defined]
            content += sent.read(length)  # type: ignore[attr-defined]
            if len(content) > self.limit:
                return b"INSTREAM size limit exceeded. ERROR"
        self.seen.append(len(content))
        if self.answer is not None:
            return self.answer
        return b"stream: Test.Signature FOUND" if MALWARE in content else b"stream: OK"
