"""The editions as whoever manages them sees them: in use, drafted, corrected, open until when; what a text changes."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from django.db.models import Count

from assessments.models import Assessment, Event, User
from assessments.scoring import get_scheme
from assessments.standard import (
    Bilingual,
    DataError,
    Domain,
    Edition,
    Erratum,
    Window,
    edition_codes,
    get_draft,
    get_edition,
    get_window,
    installation,
    installation_root,
)
from assessments.standard.installed import Index, Installed, load_installed
from assessments.standard.words import ERRATUM_FIELDS

#: How long an upload waits for its confirmation.
UPLOAD_HOURS = 24


# --- the catalogue --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class EditionRow:
    """An edition in use. One whose data are damaged has a ``problem`` instead of an edition."""

    code: str
    edition: Edition | None
    problem: str
    #: how the installation came by it; ``None`` for the text that ships with the platform
    installed: Installed | None
    window: Window
    cases: int

    @property
    def is_frozen(self) -> bool:
        """Published from an import: only errata change it."""
        return self.installed is not None


@dataclass(frozen=True)
class DraftRow:
    """A draft, who imported it when, and why it cannot be published."""

    entry: Installed
    edition: Edition | None
    problem: str
    imported: Event | None
    refusal: Bilingual | None
    replaces: Edition | None


@dataclass(frozen=True)
class ErratumRow:
    edition: Edition
    erratum: Erratum

    @property
    def field(self) -> Bilingual:
        return ERRATUM_FIELDS[self.erratum.field]


@dataclass(frozen=True)
class Catalogue:
    editions: tuple[EditionRow, ...]
    drafts: tuple[DraftRow, ...]
    errata: tuple[ErratumRow, ...]


def catalogue() -> Catalogue:
    """Everything there is to manage; three queries. Raises ``DataError`` if the index is damaged."""
    index = installation()
    cases = dict(Assessment.objects.order_by().values_list("edition_code").annotate(n=Count("pk")))
    rows = tuple(
        EditionRow(code, *_loaded(code), index.published.get(code), get_window(code), cases.get(code, 0))
        for code in edition_codes()
    )
    errata = [ErratumRow(row.edition, e) for row in rows if row.edition for e in row.edition.errata]
    return Catalogue(
        editions=rows,
        drafts=tuple(draft_row(code) for code in index.drafts),
        # Of one day, the one recorded last comes first.
        errata=tuple(sorted(errata, key=lambda r: r.erratum.date, reverse=True)),
    )


def draft_row(code: str) -> DraftRow:
    """One draft. Raises ``KeyError`` for a code without one."""
    index = installation()
    edition, problem = _loaded(code, is_draft=True)
    return DraftRow(
        entry=index.drafts[code],
        edition=edition,
        problem=problem,
        imported=Event.objects.filter(action="edition.drafted", subject=code).order_by("-at", "-pk").first(),
        refusal=why_not_publish(code, index),
        replaces=in_use(code),
    )


def in_use(code: str) -> Edition | None:
    """The edition in use with this code; ``None`` for a code that is not known. Raises ``DataError``."""
    return get_edition(code) if code in edition_codes() else None


def _loaded(code: str, *, is_draft: bool = False) -> tuple[Edition | None, str]:
    try:
        return (get_draft(code) if is_draft else get_edition(code)), ""
    except DataError as damaged:
        return None, str(damaged)


# --- what may become of a draft -------------------------------------------------------------------------------------


def why_not_replace(edition: Edition, index: Index) -> Bilingual | None:
    """Why an edition read from a workbook cannot be kept as a draft, ``None`` when it can."""
    if reason := _frozen(edition.code, index):
        return reason
    return _no_scheme(edition) or _other_codes(edition)


def why_not_publish(code: str, index: Index) -> Bilingual | None:
    """Why the draft of this code cannot be published, ``None`` when it can."""
    if reason := _frozen(code, index):
        return reason
    entry, root = index.drafts.get(code), installation_root()
    if entry is None or root is None:
        return Bilingual("没有编号为“{code}”的草稿。", "There is no draft “{code}”.").format(code=code)
    try:
        # From the files themselves: what this process read of them before does not count for what is to be frozen.
        draft = load_installed(root / entry.folder, entry.checksum)
    except DataError as damaged:
        return Bilingual(
            "草稿数据已损坏，请删除后重新导入。原因：{why}",
            "The data of the draft are damaged; delete it and import it again. Cause: {why}",
        ).format(why=str(damaged))
    return _no_scheme(draft) or _other_codes(draft)


def _frozen(code: str, index: Index) -> Bilingual | None:
    entry = index.published.get(code)
    if entry is None:
        return None
    return Bilingual(
        "版本“{code}”已由导入的文字发布，内容已冻结，不能再替换。需要更正的，请逐条登记勘误。",
        "The text of the edition “{code}” was published from an import and is frozen; it cannot be replaced again. "
        "Correct it by errata, one criterion at a time.",
    ).format(code=code)


def _no_scheme(edition: Edition) -> Bilingual | None:
    try:
        get_scheme(edition.scheme)
    except KeyError:
        return Bilingual(
            "平台没有计分方案“{scheme}”。请先由运维人员安装该方案。",
            "There is no scoring scheme “{scheme}”. Have the operator install it first.",
        ).format(scheme=edition.scheme)
    return None


def _other_codes(edition: Edition) -> Bilingual | None:
    """A code in use keeps its domains, items and criteria: assessments refer to them."""
    present = in_use(edition.code)
    if present is None or _codes(present) == _codes(edition):
        return None
    return Bilingual(
        "版本“{code}”已在使用，而草稿的编号与其不同。请重新导出该版本，在导出的工作簿中修改文字。",
        "The edition “{code}” is in use and the draft has other codes. Export that edition again and change the "
        "wording in that workbook.",
    ).format(code=edition.code)


def _codes(edition: Edition) -> tuple[list[str], ...]:
    return list(edition.domains_by_code), list(edition.items), list(edition.criteria)


def mark(wording: Bilingual) -> str:
    """What tells one wording from another, for noticing that it changed while somebody wrote a correction."""
    return hashlib.sha256(f"{wording.zh}\0{wording.en}".encode()).hexdigest()[:16]


# --- uploads --------------------------------------------------------------------------------------------------------


def incoming_file(root: Path, user: User, digest: str) -> Path:
    """Where an upload waits: under its own name for every person, so that nobody comes by another's."""
    return root / "incoming" / f"{user.pk}-{digest}.xlsx"


def kept_upload(user: User, digest: str, at: dt.datetime) -> bytes | None:
    """One's own upload while it waits for confirmation."""
    root = installation_root()
    if root is None:
        return None
    file = incoming_file(root, user, digest)
    try:
        if file.stat().st_mtime < (at - dt.timedelta(hours=UPLOAD_HOURS)).timestamp():
            return None
        return file.read_bytes()
    except FileNotFoundError:
        return None


# --- what a text holds and changes ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class TextChange:
    """One text of a part; ``lines`` are (language, before, after) of the languages in which it differs."""

    label: Bilingual
    lines: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True)
class PartChange:
    """A criterion, item, domain or the head of the edition with the texts that differ."""

    code: str
    name: Bilingual
    level: int | None
    texts: tuple[TextChange, ...]

    @property
    def is_criterion(self) -> bool:
        return self.level is not None


@dataclass(frozen=True)
class Comparison:
    """What a text changes against the edition in use."""

    changed: tuple[PartChange, ...]
    criteria_changed: int
    criteria_unchanged: int

    def in_domain(self, code: str) -> int:
        """How many criteria of a domain change."""
        return sum(1 for part in self.changed if part.is_criterion and part.code.startswith(f"{code}."))


@dataclass(frozen=True)
class DomainCount:
    """How many items and criteria a domain has, by level; ``changed`` against the edition in use."""

    domain: Domain
    levels: tuple[int, ...]
    total: int
    changed: int | None


def compare(before: Edition, after: Edition) -> Comparison:
    """Part by part in the order of the standard; both have the same codes."""
    changed = tuple(part for part in _parts(before, after) if part.texts)
    criteria = sum(1 for part in changed if part.is_criterion)
    return Comparison(changed, criteria, len(after.criteria) - criteria)


def counts(edition: Edition, comparison: Comparison | None = None) -> tuple[DomainCount, ...]:
    rows = []
    for domain in edition.domains:
        criteria = [c for item in domain.items for c in item.criteria]
        levels = tuple(sum(1 for c in criteria if c.level == n) for n in range(1, 6))
        changed = comparison.in_domain(domain.code) if comparison else None
        rows.append(DomainCount(domain, levels, len(criteria), changed))
    return tuple(rows)


_NAME = Bilingual("名称", "Name")


def _parts(before: Edition, after: Edition) -> Iterator[PartChange]:
    head = (
        (Bilingual("全称", "Title"), before.title, after.title),
        (Bilingual("简称", "Short title"), before.short, after.short),
        (Bilingual("来源和授权依据", "Source and licence"), before.source, after.source),
        (Bilingual("适用说明", "What it is used for"), before.use, after.use),
    )
    yield PartChange(after.code, Bilingual("版本信息", "The edition itself"), None, _differing(head))
    for old, new in zip(before.domains, after.domains, strict=True):
        texts = ((_NAME, old.name, new.name), (Bilingual("概述", "Summary"), old.summary, new.summary))
        yield PartChange(new.code, new.name, None, _differing(texts))
        for was, item in zip(old.items, new.items, strict=True):
            texts = ((_NAME, was.name, item.name), (Bilingual("目的", "Purpose"), was.purpose, item.purpose))
            yield PartChange(item.code, item.name, None, _differing(texts))
            for one, other in zip(was.criteria, item.criteria, strict=True):
                wordings = ((label, one.wording(f), other.wording(f)) for f, label in ERRATUM_FIELDS.items())
                yield PartChange(other.code, item.name, other.level, _differing(wordings))


def _differing(texts: Iterable[tuple[Bilingual, Bilingual, Bilingual]]) -> tuple[TextChange, ...]:
    return tuple(
        TextChange(label, tuple(line for line in _lines(before, after) if line[1] != line[2]))
        for label, before, after in texts
        if before != after
    )


def _lines(before: Bilingual, after: Bilingual) -> tuple[tuple[str, str, str], ...]:
    return ("zh-Hans", before.zh, after.zh), ("en", before.en, after.en)
