"""Writing and verifying the audit trail."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from assessments.models import Assessment, Event, Ledger, User
from assessments.models.audit import PLATFORM
from assessments.standard import Bilingual

#: The address the current request came from; set by the request middleware, empty for commands.
origin: ContextVar[str] = ContextVar("origin", default="")


def record(
    *,
    action: str,
    by: User | None,
    at: dt.datetime,
    assessment: Assessment | None = None,
    subject: object = "",
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    columns: Mapping[str, Any] | None = None,
) -> Event:
    """Adds an event to the chain of the case, or of the platform when there is none.

    The case must be locked by the caller. ``columns`` are other columns of the case to write in the same statement
    as the head of its chain. The actor's name is kept as it was, because people change names and leave.
    """
    head: Assessment | Ledger = assessment or _platform_ledger()
    event = Event(
        stream=stream_of(assessment) if assessment else PLATFORM,
        sequence=head.chain_length + 1,
        at=at,
        actor=by,
        actor_name=f"{by.name} <{by.email}>"[:120] if by else "",
        action=action,
        assessment=assessment,
        subject=str(subject)[:80],
        before=dict(before) if before is not None else None,
        after=dict(after) if after is not None else None,
        origin=origin.get()[:45],
        previous=head.chain_digest,
    )
    event.digest = event.computed_digest()
    event.save(force_insert=True)
    head.chain_length, head.chain_digest = event.sequence, event.digest
    for name, value in (columns or {}).items():
        setattr(head, name, value)
    head.save(update_fields=["chain_length", "chain_digest", *(columns or {})])
    return event


def lock_platform() -> None:
    """Takes the lock of the platform's chain early, for an action that has to read before it knows what to record."""
    _platform_ledger()


def _platform_ledger() -> Ledger:
    ledger, _ = Ledger.objects.select_for_update().get_or_create(stream=PLATFORM)
    return ledger


@dataclass(frozen=True)
class Break:
    """The first record at which a chain does not hold, and what is wrong with it."""

    stream: str
    sequence: int
    problem: Bilingual


_MISSING = Bilingual("缺失", "is missing")
_CUT_SHORT = Bilingual("缺失：链的末端记录已被移除", "is missing: the chain is shorter than its head says")
_DETACHED = Bilingual("与前一条记录不衔接", "does not follow the record before it")
_CHANGED = Bilingual("写入后被改动", "was changed after it was written")


def stream_of(assessment: Assessment) -> str:
    """The name of the case's chain."""
    return f"case:{assessment.pk}"


def verify(stream: str | None = None) -> tuple[int, Break | None]:
    """Walks every chain, or the named one; answers how many events held, and the first break if there is one."""
    heads = _heads(stream)
    count, current, sequence, digest = 0, "", 0, ""
    seen: set[str] = set()
    for event in _in_order(stream):
        if event.stream != current:
            if problem := _end(current, sequence, digest, heads):
                return count, problem
            current, sequence, digest = event.stream, 0, ""
            seen.add(current)
        if problem := _link(event, sequence, digest):
            return count, problem
        sequence, digest, count = event.sequence, event.digest, count + 1
    if problem := _end(current, sequence, digest, heads):
        return count, problem
    for name, (length, _digest) in heads.items():
        if length and name not in seen:
            return count, Break(name, 1, _MISSING)
    return count, None


def _heads(stream: str | None) -> dict[str, tuple[int, str]]:
    """Length and last digest that each chain must have."""
    cases, ledgers = Assessment.objects.all(), Ledger.objects.all()
    if stream is not None:
        pk = stream.removeprefix("case:")
        cases = cases.filter(pk=pk) if pk != stream else cases.none()
        ledgers = ledgers.filter(stream=stream)
    heads = {f"case:{pk}": (n, d) for pk, n, d in cases.values_list("pk", "chain_length", "chain_digest")}
    return heads | {s: (n, d) for s, n, d in ledgers.values_list("stream", "chain_length", "chain_digest")}


def _in_order(stream: str | None) -> Iterator[Event]:
    events = Event.objects.order_by("stream", "sequence")
    return (events if stream is None else events.filter(stream=stream)).iterator(chunk_size=2000)


def _link(event: Event, sequence: int, digest: str) -> Break | None:
    """Whether an event follows the one before it and still is what was written."""
    if event.sequence != sequence + 1:
        return Break(event.stream, sequence + 1, _MISSING)
    if event.previous != digest:
        return Break(event.stream, event.sequence, _DETACHED)
    if event.computed_digest() != event.digest:
        return Break(event.stream, event.sequence, _CHANGED)
    return None


def _end(stream: str, sequence: int, digest: str, heads: Mapping[str, tuple[int, str]]) -> Break | None:
    if stream and heads.get(stream) != (sequence, digest):
        return Break(stream, sequence + 1, _CUT_SHORT)
    return None
