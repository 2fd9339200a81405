"""Writing and verifying the audit trail."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from assessments.models import Assessment, Event, Ledger, User
from assessments.models.audit import PLATFORM

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
        stream=f"case:{assessment.pk}" if assessment else PLATFORM,
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


def _platform_ledger() -> Ledger:
    ledger, _ = Ledger.objects.select_for_update().get_or_create(stream=PLATFORM)
    return ledger


@dataclass(frozen=True)
class Break:
    """The first record at which a chain does not hold, and what is wrong with it."""

    stream: str
    sequence: int
    problem: str


def verify() -> tuple[int, Break | None]:
    """Walks every chain; answers how many events held, and the first break if there is one."""
    heads = {f"case:{pk}": (n, d) for pk, n, d in Assessment.objects.values_list("pk", "chain_length", "chain_digest")}
    heads |= {s: (n, d) for s, n, d in Ledger.objects.values_list("stream", "chain_length", "chain_digest")}
    count, stream, sequence, digest = 0, "", 0, ""
    seen: set[str] = set()
    for event in _in_order():
        if event.stream != stream:
            if problem := _end(stream, sequence, digest, heads):
                return count, problem
            stream, sequence, digest = event.stream, 0, ""
            seen.add(stream)
        if event.sequence != sequence + 1:
            return count, Break(stream, sequence + 1, "is missing")
        if event.previous != digest:
            return count, Break(stream, event.sequence, "does not follow the record before it")
        if event.computed_digest() != event.digest:
            return count, Break(stream, event.sequence, "was changed after it was written")
        sequence, digest, count = event.sequence, event.digest, count + 1
    if problem := _end(stream, sequence, digest, heads):
        return count, problem
    for name, (length, _digest) in heads.items():
        if length and name not in seen:
            return count, Break(name, 1, "is missing")
    return count, None


def _in_order() -> Iterator[Event]:
    return Event.objects.order_by("stream", "sequence").iterator(chunk_size=2000)


def _end(stream: str, sequence: int, digest: str, heads: Mapping[str, tuple[int, str]]) -> Break | None:
    if stream and heads.get(stream) != (sequence, digest):
        return Break(stream, sequence + 1, "is missing: the chain is shorter than its head says")
    return None
