"""Makes pictures of somebody else's files, in a process of its own that can do little else.

Run as a script by ``previews``, never imported by it: ``python -I preview_child.py TASK PAGE WIDTH`` with the file as
standard input. It knows nothing of the product, gets no environment and so no secrets, may write no file, and ends when
it takes too much time or memory. Standard output is one line of JSON and then the picture, if the task is one.

Tasks: ``pdf`` and ``image`` make a picture of a page (``{"pages": n}``, then PNG or JPEG); with page 0 they only count.
``archive`` lists members: ``{"total": n, "names": [...]}``. What cannot be read answers ``{"problem": ...}`` with
``encrypted``, ``broken``, ``no_page`` or ``too_large``; a process that dies on the way says ``broken`` by its silence.
"""

from __future__ import annotations

import io
import json
import os
import resource
import sys
import zipfile
from typing import Any, BinaryIO

CPU_SECONDS, MEMORY, FILES_OPEN = 12, 768 * 1024 * 1024, 32
#: The tallest picture for its width, and how many points an image may have before it is read.
TALLEST, MOST_POINTS = 3, 80_000_000
#: PNG above this size is sent as JPEG: a scan, where nothing is lost by it.
PNG_MOST = 1024 * 1024
NAMES_MOST = 500
_WRONG_PASSWORD = 4  # FPDF_ERR_PASSWORD


class UnreadableError(Exception):
    """No picture; ``args[0]`` is the word for why."""


def limit() -> None:
    """From here on: little time, little memory, no file larger than nothing, no core dump with what was read."""
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (FILES_OPEN, FILES_OPEN))


def pdf(file: BinaryIO, page: int, width: int) -> tuple[dict[str, Any], bytes]:
    import pypdfium2 as pdfium

    try:
        document = pdfium.PdfDocument(file)
    except pdfium.PdfiumError as error:
        is_locked = getattr(error, "err_code", None) == _WRONG_PASSWORD or "password" in str(error).lower()
        raise UnreadableError("encrypted" if is_locked else "broken") from error
    pages = len(document)
    if page > pages or not pages:
        raise UnreadableError("no_page" if pages else "broken")
    if not page:
        return {"pages": pages}, b""
    # What was filled in is part of what is seen. No script runs: the library is built without an engine for them.
    document.init_forms()
    drawn = document[page - 1]
    wide, tall = drawn.get_size()
    if not (wide > 0 and tall > 0):
        raise UnreadableError("broken")
    scale = min((width - 0.5) / wide, (width * TALLEST - 0.5) / tall)  # the library rounds up
    picture = drawn.render(scale=scale, limit_image_cache=True).to_pil()
    return {"pages": pages}, _encoded(picture)


def image(file: BinaryIO, page: int, width: int) -> tuple[dict[str, Any], bytes]:
    from PIL import Image, ImageOps

    Image.MAX_IMAGE_PIXELS = MOST_POINTS
    with Image.open(file, formats=("PNG", "JPEG")) as found:
        if found.width * found.height > MOST_POINTS:
            raise UnreadableError("too_large")
        if page > 1:
            raise UnreadableError("no_page")
        if not page:
            found.verify()
            return {"pages": 1}, b""
        found.draft("RGB", (width, width * TALLEST))  # a large JPEG is read at the size it is needed in
        picture = ImageOps.exif_transpose(found)
        picture.thumbnail((width, width * TALLEST))
        return {"pages": 1}, _encoded(_on_white(picture))


def _on_white(picture: Any) -> Any:
    from PIL import Image

    if "A" not in picture.mode and "transparency" not in picture.info:
        return picture.convert("RGB")
    layer = picture.convert("RGBA")
    paper = Image.new("RGB", layer.size, "white")
    paper.paste(layer, mask=layer.getchannel("A"))
    return paper


def _encoded(picture: Any) -> bytes:
    """Made anew from the points alone: nothing of the file, such as its hidden data, goes along."""
    picture = picture.convert("RGB")
    target = io.BytesIO()
    picture.save(target, "PNG", compress_level=3)
    if target.tell() > PNG_MOST:
        target = io.BytesIO()
        picture.save(target, "JPEG", quality=85)
    return target.getvalue()


def archive(file: BinaryIO, page: int, width: int) -> tuple[dict[str, Any], bytes]:
    with zipfile.ZipFile(file) as opened:
        members = [m for m in opened.infolist() if not m.is_dir()]
    names = [_member_name(m) for m in members[:NAMES_MOST]]
    return {"total": len(members), "names": names}, b""


def _member_name(member: zipfile.ZipInfo) -> str:
    """Names without the flag for UTF-8 come from a Chinese Windows more often than from a DOS of 1981."""
    name = member.filename
    if not member.flag_bits & 0x800:
        try:
            name = name.encode("cp437").decode("gb18030")
        except UnicodeError:
            name = member.filename
    return name[:300]


TASKS = {"pdf": pdf, "image": image, "archive": archive}


def main(task: str, page: int, width: int) -> tuple[dict[str, Any], bytes]:
    limit()
    try:
        with os.fdopen(0, "rb") as file:
            file.seek(0)
            return TASKS[task](file, page, width)
    except UnreadableError as problem:
        return {"problem": problem.args[0]}, b""
    except MemoryError:
        return {"problem": "too_large"}, b""
    except Exception as error:  # whatever a hostile file makes of the libraries, the answer is a word
        is_bomb = type(error).__name__ in ("DecompressionBombError", "DecompressionBombWarning")
        return {"problem": "too_large" if is_bomb else "broken"}, b""


if __name__ == "__main__":
    head, content = main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
    sys.stdout.buffer.write(json.dumps(head).encode() + b"\n" + content)
    sys.stdout.flush()
    os._exit(0)  # without taking down what the libraries built: nobody needs it any more
