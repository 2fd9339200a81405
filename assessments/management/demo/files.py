"""The files of the demonstration: small, real, and made when they are needed."""

from __future__ import annotations

import datetime as dt
import functools
import io
from dataclasses import dataclass
from uuid import UUID

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageDraw
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from assessments.actions import evidence, library
from assessments.models import Assessment, EvidenceFile, User
from assessments.reports.fonts import Face


@dataclass(frozen=True)
class Paper:
    """A document of the demonstration firm; days count from today, ``None`` where the document has no such day."""

    name: str
    codes: tuple[str, ...]
    pointer: str = ""
    from_day: int | None = None
    until_day: int | None = None
    confidentiality: str = "internal"
    pages: int = 2


#: What every firm with evidence offers; both editions have these criteria.
PAPERS = (
    Paper("数据战略规划（2026-2028）.pdf", ("6.1-L3-01", "6.1-L2-01"), "第3页", -200, 900, pages=4),
    Paper("数据管理委员会会议纪要.txt", ("7.1-L3-01", "7.1-L2-01")),
    Paper("数据资源清单.csv", ("8.2-L2-01", "8.2-L3-01"), "第2行起"),
)
#: What the firm of the demonstration accounts has besides.
MORE = (
    Paper("数据安全管理办法.pdf", ("12.1-L2-01", "12.1-L3-01"), "第2页", -760, -30, pages=3),
    Paper("信息系统等级保护备案证明.png", ("12.2-L2-01",), "", -340, 25, "secret"),
)
TYPES = {"pdf": "application/pdf", "png": "image/png", "csv": "text/csv", "txt": "text/plain"}


def attach(case: Assessment, by: User, paper: Paper, at: dt.datetime) -> EvidenceFile:
    """Offers a document for its criteria, says where to look and describes it."""
    firm = case.enterprise.name
    suffix = paper.name.rpartition(".")[2]
    file = evidence.attach(
        by=by,
        number=case.number,
        criterion_codes=paper.codes,
        upload=SimpleUploadedFile(paper.name, content(paper.name, firm, paper.pages)),
        content_type=TYPES[suffix],
        at=at,
    )
    for link in file.links.filter(assessment=case) if paper.pointer else ():
        library.point(by=by, number=case.number, link_id=link.pk, pointer=paper.pointer, at=at)
    if paper.from_day is not None:
        _describe(case, by, file, paper, at)
    return file


def _describe(case: Assessment, by: User, file: EvidenceFile, paper: Paper, at: dt.datetime) -> None:
    def day(n: int | None) -> dt.date | None:
        return None if n is None else at.date() + dt.timedelta(days=n)

    library.describe(
        by=by,
        number=case.number,
        evidence_id=file.evidence_id,
        title=file.evidence.title,
        owner=file.evidence.owner,
        confidentiality=paper.confidentiality,
        effective_from=day(paper.from_day),
        effective_until=day(paper.until_day),
        at=at,
    )


def revise(case: Assessment, by: User, evidence_id: UUID, name: str, at: dt.datetime) -> None:
    """A second version of a document that criteria of the draft follow."""
    library.add_version(
        by=by,
        number=case.number,
        evidence_id=evidence_id,
        upload=SimpleUploadedFile(name, content(name, case.enterprise.name, 5)),
        content_type=TYPES[name.rpartition(".")[2]],
        move_links=True,
        at=at,
    )


@functools.lru_cache(maxsize=64)
def content(name: str, firm: str, pages: int) -> bytes:
    """The bytes of a file of this name."""
    if name.endswith(".pdf"):
        return _pdf(name, firm, pages)
    if name.endswith(".png"):
        return _png()
    return f"演示材料\n{firm}\n{name}\n系统,数据对象,归口管理部门\nERP,物料,运营管理部\n".encode()


def _pdf(name: str, firm: str, pages: int) -> bytes:
    title, face, target = name.rpartition(".")[0], Face(), io.BytesIO()
    lines = [
        firm,
        "演示材料",
        *(f"第 {n} 条  本条为演示文字，说明数据管理工作的职责、流程和记录要求。" for n in range(1, 19)),
    ]
    for words in (title, *lines, "第页，共0123456789"):
        face.write(words)
    with face:
        paper = Canvas(target, pagesize=A4, invariant=True)
        for page in range(1, pages + 1):
            paper.setFont(face.name(), 18)
            paper.drawString(72, 750, title)
            paper.setFont(face.name(), 11)
            for place, words in enumerate([f"第 {page} 页，共 {pages} 页", *lines]):
                paper.drawString(72, 715 - 26 * place, words)
            paper.showPage()
        paper.save()
    return target.getvalue()


def _png() -> bytes:
    picture = Image.new("RGB", (900, 640), "white")
    pen = ImageDraw.Draw(picture)
    pen.rectangle((30, 30, 870, 610), outline="black", width=6)
    for line in range(8):
        pen.rectangle((110, 150 + 50 * line, 790 - 60 * (line % 3), 164 + 50 * line), fill="grey")
    target = io.BytesIO()
    picture.save(target, "PNG")
    return target.getvalue()
