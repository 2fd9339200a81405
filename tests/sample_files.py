"""Small files of every accepted kind, and the same with something hidden in them."""

from __future__ import annotations

import io
import zipfile
import zlib

from PIL import Image

PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\n"


def archive(*members: str, comment: bytes = b"", content: bytes = b"x") -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as written:
        for member in members:
            written.writestr(
                zipfile.ZipInfo(member), content, zipfile.ZIP_DEFLATED
            )  # without the time of day: the bytes name the test
        written.comment = comment
    return target.getvalue()


def workbook(types: str = "application/xml", *more: str) -> bytes:
    """What a workbook is recognised by, with this content type and further members."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as written:
        written.writestr("[Content_Types].xml", f'<Types><Override ContentType="{types}"/></Types>')
        for name in ("xl/workbook.xml", *more):
            written.writestr(name, "x")
    return target.getvalue()


def bomb(members: int = 40, size: int = 1_000_000) -> bytes:
    """Zeros that pack a thousand to one."""
    return archive("xl/workbook.xml", *(f"xl/{n}.bin" for n in range(members)), content=b"\x00" * size)


def image(kind: str = "PNG", size: tuple[int, int] = (2, 2)) -> bytes:
    target = io.BytesIO()
    Image.new("L", size).save(target, kind)
    return target.getvalue()


def huge_png(width: int, height: int) -> bytes:
    """Says it has this many pixels and holds none of them."""
    head = b"IHDR" + width.to_bytes(4, "big") + height.to_bytes(4, "big") + b"\x08\x00\x00\x00\x00"
    chunks = [head, b"IDAT" + zlib.compress(b"\x00" * 64), b"IEND"]
    body = b"".join((len(c) - 4).to_bytes(4, "big") + c + zlib.crc32(c).to_bytes(4, "big") for c in chunks)
    return b"\x89PNG\r\n\x1a\n" + body


def compound(*names: str, stream: bytes = b"") -> bytes:
    """A compound file of 512-byte sectors: a head, ``stream`` in sector 0, and a directory with these entries."""
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 22 + (9).to_bytes(2, "little")
    entries = b""
    for name in names:
        mark = f"{name}\x00".encode("utf-16-le")
        entry = mark.ljust(64, b"\x00") + len(mark).to_bytes(2, "little") + b"\x02"
        entries += entry.ljust(116, b"\x00") + b"\x00" * 12  # begins in sector 0
    return head.ljust(512, b"\x00") + stream.ljust(512, b"\x00") + entries


def pdf(*objects: bytes) -> bytes:
    return b"%PDF-1.7\n" + b"".join(b"%d 0 obj\n%b\nendobj\n" % (n, o) for n, o in enumerate(objects, 1)) + b"%%EOF\n"


def object_stream(content: bytes, filters: bytes = b"/Filter /FlateDecode", kind: bytes = b"/ObjStm") -> bytes:
    """Objects packed as PDF 1.5 packs them."""
    body = zlib.compress(content)
    head = b"<< /Type %b /N 1 /First 4 %b /Length %d >>" % (kind, filters, len(body))
    return head + b"\nstream\r\n" + body + b"\nendstream"
