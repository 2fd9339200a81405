"""Who is told of a change in who fills in what: messages in the inbox, and a letter to whoever gets work."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from typing import Any

from django.conf import settings
from django.urls import reverse

from assessments.models import Assessment, Delegation, User
from assessments.notifications import letters
from assessments.notifications.inbox import tell_people
from assessments.queries.delegations import administrators, criteria_in, part_name, parts_in_words
from assessments.standard import Bilingual

_YOU = Bilingual("您", "you")


def assigned(
    case: Assessment,
    user: User,
    *,
    new: Sequence[str],
    parts: Sequence[str],
    due_date: dt.date | None,
    note: str,
    by: User,
    at: dt.datetime,
) -> None:
    """Tells a colleague what they were given: ``new`` in the message, all their ``parts`` in the letter."""
    _tell([user], "assigned", case, by, at, parts=parts_in_words(case.edition, new))
    _write(case, user, by, parts, due_date=due_date, note=note)


def handed_over(
    case: Assessment,
    user: User,
    receiver: User,
    *,
    parts: Sequence[str],
    rows: Collection[Delegation],
    reason: str,
    by: User,
    at: dt.datetime,
) -> None:
    """Tells the receiver, with a letter; the administrators; and whoever gave the parts if another one did it."""
    words: dict[str, Any] = {"parts": parts_in_words(case.edition, parts), "reason": reason}
    _tell([receiver], "handed_over", case, by, at, receiver=_YOU, **words)
    others = [p for p in {*administrators(case), user} if p != receiver]
    _tell(others, "handed_over", case, by, at, path=_path("delegations", case), receiver=receiver.name, **words)
    dates = [r.due_date for r in rows if r.part_code in parts and r.due_date]
    _write(case, receiver, by, parts, due_date=min(dates, default=None), note=reason, is_handed_over=True)


def part_done(case: Assessment, row: Delegation, *, by: User, at: dt.datetime) -> None:
    """Tells the administrators."""
    words = part_name(case.edition, row.part_code)
    _tell(administrators(case), "part_done", case, by, at, path=_path("delegations", case), parts=words)


def reopened(case: Assessment, row: Delegation, *, by: User, at: dt.datetime) -> None:
    """Tells the person whose part it is, unless they did it themselves."""
    words = Bilingual("{part}（退回继续填报）", "{part} (reopened)").format(part=part_name(case.edition, row.part_code))
    _tell([row.user], "assigned", case, by, at, parts=words)


def _path(name: str, case: Assessment) -> str:
    return reverse(name, args=[case.number])


def _tell(
    people: Any, kind: str, case: Assessment, by: User, at: dt.datetime, *, path: str = "", **words: Bilingual | str
) -> None:
    values = {k: v.to_dict() if isinstance(v, Bilingual) else v for k, v in words.items()}
    tell_people(people, kind=kind, by=by, at=at, path=path or _path("my_part", case), values=values, assessment=case)


def _write(
    case: Assessment,
    user: User,
    by: User,
    parts: Sequence[str],
    *,
    due_date: dt.date | None,
    note: str,
    is_handed_over: bool = False,
) -> None:
    if user == by:
        return
    context = {
        "case": case,
        "by": by,
        "parts": [part_name(case.edition, code) for code in parts],
        "criteria": len(criteria_in(case.edition, parts)),
        "due_date": due_date,
        "note": note,
        "is_handed_over": is_handed_over,
        "link": settings.SITE_URL + _path("my_part", case),
    }
    letters.write(user.email, "delegations/assigned_subject.txt", "delegations/assigned_letter.txt", context)
