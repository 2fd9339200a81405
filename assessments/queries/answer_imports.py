"""Workbooks of answers: what goes out for a part of a case, and what one that came back would change.

What came back is compared three ways, criterion by criterion: what was exported (the file brings its digest along),
what the file says, and what stands online at this moment. Nothing of the comparison is stored, so it is never stale.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from assessments.models import Answer, AnswerImport, Assessment, Delegation, EvidenceLink, User, parts_with
from assessments.models.questionnaire import NOTE_MAX, REASON_MAX
from assessments.permissions import scope
from assessments.permissions.rules import can_answer
from assessments.queries.questionnaire import division
from assessments.scoring import Verdict
from assessments.standard import Bilingual, Criterion, Edition

#: What no cell of a workbook can hold.
_UNHELD = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def plain(text: str) -> str:
    """Words as a cell can hold them, so that what went out and came back untouched is equal to what stands online."""
    return _UNHELD.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


@dataclass(frozen=True)
class Content:
    """What an answer says, in words a cell can hold."""

    verdict: str = ""
    reason: str = ""
    note: str = ""

    def digest(self, number: str, criterion_code: str) -> str:
        """Marks what was exported for a criterion of a case; it stands in the row, and moves with it."""
        words = "\x1f".join((number, criterion_code, self.verdict, self.reason, self.note))
        return hashlib.sha256(words.encode()).hexdigest()[:16]


def content_of(answer: Answer | None) -> Content:
    return Content(answer.verdict, plain(answer.reason), plain(answer.note)) if answer else Content()


# --- what goes out --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Part:
    """What one workbook may be about; ``kind`` is ``all``, ``mine``, ``person`` or ``domain``."""

    key: str
    kind: str
    label: Bilingual
    codes: tuple[str, ...]


def parts(case: Assessment, user: User) -> tuple[Part, ...]:
    """The parts of a case that a workbook can be downloaded for; one query."""
    held: dict[int, tuple[str, set[str]]] = {}
    for row in Delegation.objects.filter(assessment=case).exclude(part_code="").select_related("user").order_by("pk"):
        held.setdefault(row.user_id, (row.user.name, set()))[1].add(row.part_code)
    found = [Part("all", "all", Bilingual("全部条款", "All criteria"), tuple(case.edition.criteria))]
    if user.pk in held:
        found.append(Part("mine", "mine", Bilingual("我负责的条款", "My part"), _within(case, held[user.pk][1])))
    for pk, (name, codes) in held.items():
        if pk != user.pk:
            found.append(Part(f"person-{pk}", "person", Bilingual(name, name), _within(case, codes)))
    for d in case.edition.domains:
        label = Bilingual(f"{d.code} {d.name.zh}", f"{d.code} {d.name.en}")
        found.append(Part(d.code, "domain", label, _within(case, {d.code})))
    return tuple(found)


def _within(case: Assessment, part_codes: set[str]) -> tuple[str, ...]:
    return tuple(code for code in case.edition.criteria if not part_codes.isdisjoint(parts_with(code)))


@dataclass(frozen=True)
class Row:
    """One criterion as it goes out; ``is_open``: whoever asked for the workbook may answer it."""

    criterion: Criterion
    verdict: str
    reason: str
    note: str
    evidence: tuple[str, ...]
    version: int
    digest: str
    is_open: bool


@dataclass(frozen=True)
class Export:
    """What a workbook is made of (``reports.answer_workbook``); ``most``: characters of a reason and of a note."""

    number: str
    enterprise: Bilingual
    edition: Edition
    part: Bilingual
    exported_by: str
    exported_at: dt.datetime
    rows: tuple[Row, ...]
    most: Mapping[str, int] = field(default_factory=lambda: {"reason": REASON_MAX, "note": NOTE_MAX})


def export(case: Assessment, user: User, part: Part, now: dt.datetime) -> Export:
    """A part of a case as it stands; three queries."""
    answers = {a.criterion_code: a for a in Answer.objects.filter(assessment=case)}
    files: dict[str, list[str]] = {}
    links = EvidenceLink.objects.filter(assessment=case).order_by("pk")
    for code, name, pointer in links.values_list("criterion_code", "file__name", "pointer"):
        files.setdefault(code, []).append(plain(f"{name} {pointer}"))
    closed = not_theirs(case, user)
    rows = []
    for code in part.codes:
        answer = answers.get(code)
        given = content_of(answer)
        rows.append(
            Row(
                criterion=case.edition.criteria[code],
                verdict=given.verdict,
                reason=given.reason,
                note=given.note,
                evidence=tuple(files.get(code, ())),
                version=answer.version if answer else 0,
                digest=given.digest(case.number, code),
                is_open=code not in closed,
            )
        )
    return Export(
        number=case.number,
        enterprise=case.enterprise.both_names,
        edition=case.edition,
        part=part.label,
        exported_by=plain(user.name),
        exported_at=timezone.localtime(now),
        rows=tuple(rows),
    )


def not_theirs(case: Assessment, user: User) -> dict[str, tuple[str, ...]]:
    """The criteria whose answers this person may not change, each with the names of who may; one query."""
    shared = division(case, user)
    items = [i for i in case.edition.items.values() if not can_answer(case, delegated_here=shared.is_mine(i.code))]
    return {criterion.code: shared.people(item) for item in items for criterion in item.criteria}


# --- what came back -------------------------------------------------------------------------------------------------


def visible(case: Assessment, user: User) -> QuerySet[AnswerImport]:
    """The imports of a case that concern this person."""
    return scope.answer_imports(user).filter(assessment=case).select_related("uploaded_by")


class Kind(StrEnum):
    """What an import would do with a criterion that the file and the export differ in."""

    CONFLICT = "conflict"
    CLEARED = "cleared"
    CHANGED = "changed"
    DENIED = "denied"
    SAME = "same"


@dataclass(frozen=True)
class Line:
    """One criterion whose answer in the file is not the one exported.

    ``joined`` is what stands there when both notes are kept, ``None`` where that is not possible; ``people`` are those
    who answer instead, for a line that is denied.
    """

    criterion: Criterion
    kind: Kind
    answer: Answer | None
    given: Content
    #: of the answer that was exported, 0 for none
    base_version: int
    joined: Content | None = None
    people: tuple[str, ...] = ()

    @cached_property
    def online(self) -> Content:
        return content_of(self.answer)

    @property
    def version(self) -> int:
        return self.answer.version if self.answer else 0

    @property
    def saves_since(self) -> int:
        return max(self.version - self.base_version, 0)


@dataclass(frozen=True)
class Remark:
    """What an import does not read or what should be looked at, with its place in the workbook."""

    place: str
    message: Bilingual


@dataclass(frozen=True)
class Plan:
    """What an import would do now. ``seen`` changes as soon as one of its answers does."""

    record: AnswerImport
    lines: tuple[Line, ...]

    def of(self, kind: str) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if line.kind == kind)

    @property
    def conflicts(self) -> tuple[Line, ...]:
        return self.of(Kind.CONFLICT)

    @property
    def cleared(self) -> tuple[Line, ...]:
        return self.of(Kind.CLEARED)

    @property
    def changed(self) -> tuple[Line, ...]:
        return self.of(Kind.CHANGED)

    @property
    def denied(self) -> tuple[Line, ...]:
        return self.of(Kind.DENIED)

    @property
    def same(self) -> tuple[Line, ...]:
        return self.of(Kind.SAME)

    @property
    def kept(self) -> int:
        """Criteria of the file that stay as they are: not touched, or the same online already."""
        untouched: int = self.record.rows["untouched"]
        return untouched + len(self.same)

    @property
    def has_work(self) -> bool:
        return bool(self.conflicts or self.cleared or self.changed)

    @property
    def seen(self) -> str:
        words = "\n".join(f"{line.criterion.code} {line.version} {line.kind}" for line in self.lines)
        return hashlib.sha256(words.encode()).hexdigest()[:32]

    @property
    def remarks(self) -> tuple[Remark, ...]:
        return tuple(Remark(place, Bilingual(zh, en)) for place, zh, en in self.record.rows["remarks"])


def plan(case: Assessment, user: User, record: AnswerImport) -> Plan:
    """What the import would do if this person confirmed it now; two queries."""
    rows: Iterable[Mapping[str, Any]] = record.rows["answers"]
    codes = [row["code"] for row in rows]
    found = Answer.objects.filter(assessment=case, criterion_code__in=codes).select_related("saved_by")
    answers = {a.criterion_code: a for a in found}
    closed = not_theirs(case, user)
    return Plan(record, tuple(_line(case, record, row, answers.get(row["code"]), closed) for row in rows))


def _line(
    case: Assessment,
    record: AnswerImport,
    row: Mapping[str, Any],
    answer: Answer | None,
    closed: Mapping[str, tuple[str, ...]],
) -> Line:
    code = row["code"]
    online, given = content_of(answer), Content(row["verdict"], row["reason"], row["note"])
    joined = None
    if given == online:
        kind = Kind.SAME
    elif code in closed:
        kind = Kind.DENIED
    elif online.digest(case.number, code) == row["digest"]:
        kind = Kind.CLEARED if _clears(online, given) else Kind.CHANGED
    else:
        kind, joined = Kind.CONFLICT, _joined(online, given, record)
    return Line(
        criterion=case.edition.criteria[code],
        kind=kind,
        answer=answer,
        given=given,
        base_version=row["version"],
        joined=joined,
        people=closed.get(code, ()),
    )


def _clears(online: Content, given: Content) -> bool:
    """Whether something that stands there would be gone; a reason goes with its verdict."""
    needs_reason = given.verdict == Verdict.NOT_APPLICABLE
    return bool(
        (online.verdict and not given.verdict)
        or (online.note and not given.note)
        or (online.reason and not given.reason and needs_reason)
    )


def _joined(online: Content, given: Content, record: AnswerImport) -> Content | None:
    """The verdict that stands online with both notes, that of the file under a line with its name and day."""
    if not given.note or given.note in online.note:
        return None
    head = f"【{record.name} {timezone.localtime(record.uploaded_at):%Y-%m-%d}】"
    note = "\n".join(part for part in (online.note, head, given.note) if part)
    first = online if online.verdict else given
    return Content(first.verdict, first.reason, note) if len(note) <= NOTE_MAX else None
