"""Having uploads scanned for malware by a clamd, where the installation has one (``settings.CLAMD_ADDRESS``)."""

from __future__ import annotations

import contextlib
import logging
import socket
from collections.abc import Iterable

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile

from assessments.actions.errors import NotNow, Refused
from assessments.standard import Bilingual

logger = logging.getLogger(__name__)
_CONNECT, _ANSWER = 5.0, 120.0
_REPLY_MAX = 4096


class Infected(Refused):
    """The scanner knows what is in the file by this name."""

    def __init__(self, name: str, signature: str) -> None:
        self.signature = signature
        super().__init__(
            Bilingual(
                "“{name}”含有恶意内容（{signature}），未予保存。请用杀毒软件处理后重新上传。",
                "“{name}” contains malware ({signature}) and was not kept. Clean it and upload again.",
            ).format(name=name, signature=signature)
        )


class ScannerAway(NotNow):
    """No answer, or none that says the file is clean: nothing is kept unscanned."""

    def __init__(self) -> None:
        super().__init__(
            Bilingual("扫描服务暂不可用，请稍后再传。", "The malware scanner is not available now; upload again later.")
        )


def is_clean(upload: UploadedFile) -> bool:
    """True when the scanner found nothing, false where none is set up; the upload is at its beginning afterwards.

    Raises :class:`Infected` or :class:`ScannerAway`.
    """
    if not settings.CLAMD_ADDRESS:
        return False
    try:
        reply = _ask(settings.CLAMD_ADDRESS, upload.chunks())
    except OSError as away:
        logger.error("clamd at %s: %s", settings.CLAMD_ADDRESS, away)
        raise ScannerAway from away
    finally:
        upload.seek(0)
    if reply == "stream: OK":
        return True
    if reply.startswith("stream: ") and reply.endswith(" FOUND"):
        raise Infected(upload.name or "", reply[len("stream: ") : -len(" FOUND")][:120])
    logger.error("clamd at %s answered %r", settings.CLAMD_ADDRESS, reply)
    raise ScannerAway


def _ask(address: str, pieces: Iterable[bytes]) -> str:
    """Sends the pieces by ``INSTREAM`` (clamd(8)) and answers the one line that comes back."""
    with _connected(address) as line:
        line.settimeout(_ANSWER)
        # A scanner that has had enough, such as of its longest stream, says so and hangs up: its words are read still.
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            line.sendall(b"zINSTREAM\0")
            for piece in pieces:
                line.sendall(len(piece).to_bytes(4, "big") + piece)
            line.sendall(bytes(4))
        return _line(line)


def _connected(address: str) -> socket.socket:
    """``host:port``, or the path of a socket."""
    if address.startswith("/"):
        line = socket.socket(socket.AF_UNIX)
        line.settimeout(_CONNECT)
        try:
            line.connect(address)
        except OSError:
            line.close()
            raise
        return line
    host, _, port = address.rpartition(":")
    if not port.isdigit():
        raise OSError(f"no port in {address!r}")
    return socket.create_connection((host.strip("[]"), int(port)), _CONNECT)


def _line(line: socket.socket) -> str:
    reply = b""
    while not reply.endswith(b"\0") and len(reply) < _REPLY_MAX:
        piece = line.recv(_REPLY_MAX)
        if not piece:
            break
        reply += piece
    return reply.rstrip(b"\0\n").decode("utf-8", "replace")
