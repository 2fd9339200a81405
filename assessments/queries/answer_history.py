"""How an answer came to be what it is: every version of it, from the audit trail of the case."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.db.models.fields.json import KeyTransform

from assessments.models import Answer, Assessment, CarryOver, Event, SelfCheck
from assessments.standard import Bilingual

#: How a version came about.
WAYS: dict[str, Bilingual] = {
    "saved": Bilingual("保存作答", "Answer saved"),
    "batch": Bilingual("批量保存", "Saved in a batch"),
    "confirmed": Bilingual("确认沿用的作答仍然成立", "Carried answer confirmed"),
    "restored": Bilingual("恢复为第 {from_version} 版", "Version {from_version} restored"),
    "carried": Bilingual("沿用自 {number}", "Carried over from {number}"),
    "self_check": Bilingual("由快速自测生成", "Made from the self-check"),
    "earlier": Bilingual("此前的作答", "Earlier answer"),
}


@dataclass(frozen=True)
class Content:
    """What an answer says."""

    verdict: str
    reason: str
    note: str

    @classmethod
    def of(cls, said: Mapping[str, Any]) -> Content:
        return cls(said.get("verdict", ""), said.get("reason", ""), said.get("note", ""))


@dataclass(frozen=True)
class Version:
    """One version of an answer; ``before`` is what stood there, ``None`` for the first. ``at`` may be unknown."""

    number: int
    content: Content
    before: Content | None
    by: str
    at: dt.datetime | None
    way: Bilingual
    is_current: bool = False
    #: an earlier version that says something else than the current one
    is_restorable: bool = False

    @property
    def title(self) -> Bilingual:
        return Bilingual("第 {n} 版", "Version {n}").format(n=self.number)

    @property
    def is_first(self) -> bool:
        return self.before is None


@dataclass(frozen=True)
class History:
    """Every version, newest first, and the number of the one that stands; 0 before the first."""

    versions: tuple[Version, ...] = ()
    current: int = 0


def history(case: Assessment, criterion_code: str) -> History:
    """How one answer came about; five queries at most, whatever the number of versions."""
    answer = Answer.objects.filter(assessment=case, criterion_code=criterion_code).select_related("saved_by").first()
    if answer is None:
        return History()
    steps = _steps(case, criterion_code)
    # What was carried over has no event of its own: it is what the first save found there.
    if not steps or steps[0].before is not None:
        steps.insert(0, _origin(case, answer, steps))
    now = Content(answer.verdict, answer.reason, answer.note)
    told = (replace(s, is_current=s.number == answer.version, is_restorable=s.content != now) for s in reversed(steps))
    return History(tuple(told), answer.version)


def version_of(case: Assessment, criterion_code: str, number: int) -> Version | None:
    """An earlier version by its number."""
    return next((v for v in history(case, criterion_code).versions if v.number == number), None)


def _steps(case: Assessment, code: str) -> list[Version]:
    """The saves of this answer, alone and in batches, oldest first; two queries.

    Of a batch, which may hold every answer of the case, the database hands out this one alone.
    """
    events = Event.objects.filter(assessment=case).order_by()
    alone = events.filter(action="answer.saved", subject=code)
    found = [(s, at, by, "saved", old, new) for s, at, by, old, new in _columns(alone, "before", "after")]
    batches = events.filter(action="answers.saved", after__has_key=code)
    here = batches.annotate(old=KeyTransform(code, "before"), new=KeyTransform(code, "after"))
    found += [(s, at, by, "batch", old, new) for s, at, by, old, new in _columns(here, "old", "new")]
    return [_step(at, by, way, old, new) for _, at, by, way, old, new in sorted(found, key=lambda row: row[0])]


def _columns(events: Any, old: str, new: str) -> Any:
    return events.values_list("sequence", "at", "actor_name", old, new)


def _step(at: dt.datetime, by: str, way: str, old: Mapping[str, Any] | None, new: Mapping[str, Any]) -> Version:
    content, before = Content.of(new), Content.of(old) if old is not None else None
    if "restored" in new:
        way = "restored"
    elif "confirmed" in new and content == before:
        way = "confirmed"
    return Version(
        number=new["version"],
        content=content,
        before=before,
        # The trail keeps "name <address>"; among colleagues the name is enough.
        by=by.rpartition(" <")[0] or by,
        at=at,
        way=WAYS[way].format(from_version=new.get("restored", "")),
    )


def _origin(case: Assessment, answer: Answer, steps: list[Version]) -> Version:
    """What stood there before the first save: carried over, made from a self-check, or older than the trail."""
    if steps and steps[0].before is not None:
        number, content = steps[0].number - 1, steps[0].before
        first = Version(number, content, None, "", None, WAYS["earlier"])
    else:
        content = Content(answer.verdict, answer.reason, answer.note)
        first = Version(answer.version, content, None, answer.saved_by.name, answer.saved_at, WAYS["earlier"])
    came = CarryOver.objects.filter(assessment=case).select_related("source", "carried_by").first()
    if came and any(target == answer.criterion_code and verdict for target, _, _, verdict in came.entries):
        way = WAYS["carried"].format(number=came.source.number)
        return replace(first, by=came.carried_by.name, at=came.carried_at, way=way)
    if check := SelfCheck.objects.filter(assessment=case).select_related("taken_by").first():
        return replace(first, by=check.taken_by.name, at=check.taken_at, way=WAYS["self_check"])
    return first
