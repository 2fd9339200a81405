"""The documents of a case as files: named, rendered, and kept where they cannot change any more.

A rendering of frozen data is kept in the default storage under a name that holds the digest of everything that went
into it - the data, the texts of the standard, the code of the renderers - so that a file found is never a stale one.
"""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import json
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import reportlab
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from assessments import scoring, standard
from assessments.reports import certificate as certificate_paper
from assessments.reports import evaluation_report as evaluation_paper
from assessments.reports import self_report as self_paper
from assessments.reports import workbook
from assessments.reports.dataset import CertificateSheet, EvaluationReport, Report, SelfReport
from assessments.standard import Bilingual

PDF, XLSX = "application/pdf", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_SELF = Bilingual("DCMM自评报告", "DCMM-self-assessment-report")
_DRAFT = Bilingual("DCMM自评报告草稿", "DCMM-self-assessment-report-draft")
_EVALUATION = Bilingual("DCMM评估报告", "DCMM-evaluation-report")
_CERTIFICATE = Bilingual("DCMM证书", "DCMM-certificate")
_WORKBOOK = Bilingual("DCMM条款作答与得分", "DCMM-answers-and-scores")
#: What file systems do not take in a name.
_UNFIT = re.compile(r'[\\/:*?"<>|\x00-\x1f]+')


@dataclasses.dataclass(frozen=True)
class Document:
    """A file ready to be handed out. ``kind`` and ``revision`` go into the record of the download."""

    kind: str
    revision: int
    language: str
    name: str
    content_type: str
    content: bytes

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


def self_report(data: SelfReport, language: str) -> Document:
    """The self-assessment report; a draft is rendered anew each time."""

    def render() -> bytes:
        return self_paper.render(data, language)

    content = render() if data.is_draft else _kept(data, f"self-report-{data.case.revision}", language, render)
    return _document("self_report", _DRAFT if data.is_draft else _SELF, data, language, PDF, content)


def evaluation_report(data: EvaluationReport, language: str) -> Document:
    """The evaluation report as signed off."""
    content = _kept(
        data, f"evaluation-report-{data.case.revision}", language, lambda: evaluation_paper.render(data, language)
    )
    return _document("evaluation_report", _EVALUATION, data, language, PDF, content)


def answers_workbook(data: Report, language: str) -> Document:
    """Answers and scores as a spreadsheet, with the assessed columns when ``data`` is an evaluation report."""
    return _document("answers_workbook", _WORKBOOK, data, language, XLSX, workbook.render(data, language))


def certificate(data: CertificateSheet, language: str) -> Document:
    """The certificate; both languages stand on the one page, the file's name follows the reader."""
    content = _kept(data, "certificate", language, lambda: certificate_paper.render(data, language))
    holder = Bilingual(data.holder, data.holder_en or data.holder)
    name = _file_name(_CERTIFICATE, data.number, holder, language, PDF)
    return Document("certificate", 1, language, name, PDF, content)


def _document(kind: str, title: Bilingual, data: Report, language: str, content_type: str, content: bytes) -> Document:
    case = data.case
    owner = Bilingual(case.enterprise, case.enterprise_en or case.enterprise)
    name = _file_name(title, case.number, owner, language, content_type)
    return Document(kind, case.revision, language, name, content_type, content)


def _file_name(title: Bilingual, number: str, owner: Bilingual, language: str, content_type: str) -> str:
    words = "_".join((title.in_language(language), number, owner.in_language(language)))
    return f"{_UNFIT.sub(' ', words).strip()}.{'pdf' if content_type == PDF else 'xlsx'}"


# --- what is kept ---------------------------------------------------------------------------------------------------


def _kept(data: Report | CertificateSheet, stem: str, language: str, render: Callable[[], bytes]) -> bytes:
    """The rendering of frozen data: read if this very one is kept, else made and kept."""
    folder = f"documents/{data.number if isinstance(data, CertificateSheet) else data.case.number}"
    name = f"{folder}/{stem}-{language}-{digest(data)}.pdf"
    if content := _read(name):
        return content
    content = render()
    _forget(folder, f"{stem}-{language}-")
    kept_as = default_storage.save(name, ContentFile(content))
    if kept_as != name:  # someone else was quicker
        default_storage.delete(kept_as)
    return content


def _read(name: str) -> bytes:
    """A kept file, or nothing when there is none or another process is still writing it."""
    with contextlib.suppress(FileNotFoundError), default_storage.open(name) as file:
        content: bytes = file.read()
        return content if content.rstrip().endswith(b"%%EOF") else b""
    return b""


def _forget(folder: str, stem: str) -> None:
    """Takes away earlier renderings of the same document: their digest will never be asked for again."""
    with contextlib.suppress(FileNotFoundError):
        for name in default_storage.listdir(folder)[1]:
            if name.startswith(stem):
                default_storage.delete(f"{folder}/{name}")


def digest(data: Report | CertificateSheet) -> str:
    """SHA-256 over all that decides what the document looks like; ``given`` is told by the scheme and the edition."""
    content: dict[str, Any] = {f.name: getattr(data, f.name) for f in dataclasses.fields(data) if f.name != "given"}
    if not isinstance(data, CertificateSheet):
        content |= {"scheme": data.scheme, "texts": data.edition.checksum, "errata": data.edition.errata}
    content["renderers"] = renderers_version()
    text = json.dumps(content, default=_plain, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value):
        return {f.name: getattr(value, f.name) for f in dataclasses.fields(value)}
    return str(value)


@cache
def renderers_version() -> str:
    """Changes with every change of the code that computes and draws: nobody has to remember to raise a number."""
    packages = Path(__file__).parent, Path(scoring.__file__).parent, Path(standard.__file__).parent
    sources = b"".join(path.read_bytes() for folder in packages for path in sorted(folder.glob("*.py")))
    return f"{reportlab.Version} {hashlib.sha256(sources).hexdigest()}"
