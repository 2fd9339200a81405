"""Pictures of files: real ones, hostile ones, and that nothing but points comes out."""

from __future__ import annotations

import io
import struct
import subprocess
import time
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any, BinaryIO

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from reportlab.pdfgen.canvas import Canvas

from assessments.reports import previews
from assessments.reports.previews import BROKEN, BUSY, ENCRYPTED, NO_PAGE, TOO_LARGE, UnreadableError


def pdf(pages: int = 2, *, password: str | None = None, size: tuple[float, float] = (595, 842)) -> bytes:
    target = io.BytesIO()
    canvas = Canvas(target, pagesize=size, encrypt=password)
    for page in range(1, pages + 1):
        canvas.rect(50, 50, 100, 100 * page, fill=1)
        canvas.showPage()
    canvas.save()
    return target.getvalue()


def image(mode: str = "RGB", size: tuple[int, int] = (40, 30), form: str = "PNG", **options: Any) -> bytes:
    target = io.BytesIO()
    Image.new(mode, size).save(target, form, **options)
    return target.getvalue()


def bomb(width: int, height: int) -> bytes:
    """A PNG of a few bytes that says it is enormous."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = (chunk(b"IHDR", head), chunk(b"IDAT", zlib.compress(bytes(1000))), chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


@pytest.fixture
def on_disk(tmp_path: Path) -> Callable[[bytes], BinaryIO]:
    def write(content: bytes) -> BinaryIO:
        path = tmp_path / "file"
        path.write_bytes(content)
        return path.open("rb")

    return write


def drawn(picture: previews.Picture) -> Image.Image:
    return Image.open(io.BytesIO(picture.content))


def test_a_page_of_a_pdf_becomes_a_picture(on_disk):
    with on_disk(pdf(2)) as file:
        assert previews.count_pages(file, "pdf") == 2
        first, second = (previews.draw(file, "pdf", page, width=400) for page in (1, 2))
    assert first.content_type == "image/png"
    assert (drawn(first).width, drawn(first).format) == (400, "PNG")
    assert first.content != second.content


@pytest.mark.parametrize(
    ("form", "mode"), [("PNG", "RGB"), ("PNG", "RGBA"), ("PNG", "P"), ("JPEG", "RGB"), ("JPEG", "L")]
)
def test_an_image_is_drawn_anew_and_no_wider_than_asked(on_disk, form, mode):
    with on_disk(image(mode, (900, 300), form)) as file:
        assert previews.count_pages(file, "image") == 1
        picture = drawn(previews.draw(file, "image", 1, width=300))
    assert (picture.size, picture.mode) == ((300, 100), "RGB")


def test_what_is_hidden_in_an_image_stays_behind(on_disk):
    hidden = PngInfo()
    hidden.add_text("note", "place-of-the-photographer")
    content = image(pnginfo=hidden) + b"<script>alert(1)</script>"
    assert b"place-of-the-photographer" in content
    with on_disk(content) as file:
        picture = previews.draw(file, "image", 1)
    assert b"photographer" not in picture.content
    assert b"script" not in picture.content


@pytest.mark.parametrize(
    ("kind", "content", "page", "problem"),
    [
        ("pdf", pdf(1, password="geheim"), 1, ENCRYPTED),
        ("pdf", pdf(3)[:700], 1, BROKEN),
        ("pdf", b"%PDF-1.7\nnothing of the kind", 1, BROKEN),
        ("pdf", pdf(2), 3, NO_PAGE),
        ("image", image()[:60], 1, BROKEN),
        ("image", b"GIF89a" + bytes(40), 1, BROKEN),
        ("image", image(), 2, NO_PAGE),
        ("image", bomb(60_000, 60_000), 1, TOO_LARGE),
        ("image", bomb(9_000, 8_900), 1, TOO_LARGE),
        ("archive", b"PK\x03\x04 no end", 0, BROKEN),
    ],
    ids=["locked", "cut pdf", "no pdf", "no page", "cut png", "gif", "no 2nd", "bomb", "over the limit", "cut zip"],
)
def test_what_cannot_be_drawn_says_why(on_disk, kind, content, page, problem):
    with on_disk(content) as file, pytest.raises(UnreadableError) as refused:
        previews.list_members(file) if kind == "archive" else previews.draw(file, kind, page)
    assert refused.value.problem == problem


def test_pages_of_odd_sizes_have_a_bounded_picture(on_disk):
    for size in ((14_400, 14_400), (3, 14_400), (14_400, 3)):
        with on_disk(pdf(1, size=size)) as file:
            picture = drawn(previews.draw(file, "pdf", 1, width=300))
        assert picture.width <= 300
        assert picture.height <= 900


def test_the_other_process_gets_nothing_and_is_ended_when_it_takes_too_long(on_disk, monkeypatch):
    ran: list[dict[str, Any]] = []
    run = subprocess.run

    def watched(*given: Any, **options: Any) -> Any:
        ran.append(options)
        return run(*given, **options)

    monkeypatch.setattr(previews.subprocess, "run", watched)
    with on_disk(image()) as file:
        previews.draw(file, "image", 1)
        assert ran[0]["env"] == {}
        monkeypatch.setattr(previews, "_SECONDS", 0.001)
        began = time.monotonic()
        with pytest.raises(UnreadableError) as refused:
            previews.draw(file, "image", 1)
    assert refused.value.problem == TOO_LARGE
    assert time.monotonic() - began < 5


def test_names_in_an_archive_are_listed_up_to_a_number_and_read_as_chinese_where_they_are(on_disk):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("制度/策略.pdf", b"x")
        for n in range(600):
            archive.writestr(f"{n:03}.txt", b"")
    windows = io.BytesIO()
    with zipfile.ZipFile(windows, "w") as archive:
        archive.writestr("1234567.txt", b"")
    old = windows.getvalue().replace(b"1234567.txt", "会议纪".encode("gb18030") + b"1.txt")
    with on_disk(target.getvalue()) as file:
        found = previews.list_members(file)
    assert (found.total, len(found.names), found.more) == (601, 500, 101)
    assert found.names[0] == "制度/策略.pdf"
    with on_disk(old) as file:
        assert previews.list_members(file).names == ("会议纪1.txt",)


def test_slow_files_leave_room_for_others(on_disk, monkeypatch):
    turns = BoundedSemaphore(1)
    monkeypatch.setattr(previews, "_AT_ONCE", turns)
    monkeypatch.setattr(previews, "_TURN", 0.01)
    with on_disk(image()) as file:
        with turns, pytest.raises(UnreadableError) as found:
            previews.draw(file, "image", 1)
        assert found.value.problem == BUSY
        assert previews.draw(file, "image", 1).content
    with on_disk(b"damaged") as file, pytest.raises(UnreadableError):
        previews.draw(file, "image", 1)
    assert turns.acquire(blocking=False)  # given back after success and failure alike


@pytest.mark.parametrize(
    ("content", "shown", "is_cut"),
    [
        ("系统,数据对象".encode(), "系统,数据对象", False),
        ("\ufeff系统".encode(), "系统", False),
        ("会议纪要".encode("gb18030"), "会议纪要", False),
        ("数".encode() * 70_000, "数" * (previews.TEXT_MOST // 3), True),
        (b"\xff\xfe\x00", "\ufffd\ufffd\x00", False),
    ],
    ids=["utf-8", "mark", "gb18030", "long", "neither"],
)
def test_text_is_decoded_up_to_a_size(content, shown, is_cut):
    assert previews.read_text(io.BytesIO(content)) == previews.Text(shown, is_cut)


def test_what_is_shown_is_told_by_the_kept_type_alone():
    kinds = {"application/pdf": "pdf", "image/png": "image", "text/csv": "text", "application/zip": "archive"}
    assert {name: previews.kind_of(name) for name in kinds} == kinds
    for other in ("image/svg+xml", "text/html", "application/msword", "image/gif", ""):
        assert previews.kind_of(other) == ""
