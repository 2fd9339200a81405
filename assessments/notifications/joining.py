"""Who is told of a request to join and of its answer: messages in the inbox, and a letter.

The applicant is not told who decided: outside an enterprise nobody learns the names of its people.
"""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.urls import reverse

from assessments.models import JoinRequest, User
from assessments.notifications import letters
from assessments.notifications.inbox import tell_people
from assessments.queries.joining import deciders
from assessments.standard import Bilingual
from assessments.workflow import Role

#: Subject and body of each letter.
_ASKED = ("organisations/join_asked_subject.txt", "organisations/join_asked_letter.txt")
_ANSWERED = ("organisations/join_answered_subject.txt", "organisations/join_answered_letter.txt")


def asked(request: JoinRequest, *, at: dt.datetime) -> None:
    """Tells the administrators of the enterprise."""
    people = list(deciders(request.organisation))
    path = reverse("member_list", args=[request.organisation_id]) + "#requests"
    tell_people(
        people,
        kind="join_request",
        by=request.user,
        at=at,
        path=path,
        values={"organisation": request.organisation.both_names.to_dict()},
        organisation=request.organisation,
    )
    _write(_ASKED, people, {"request": request, "link": settings.SITE_URL + path})


def accepted(request: JoinRequest, role: str, *, by: User, at: dt.datetime) -> None:
    """Tells the applicant, with the role they were given."""
    words = Bilingual("已同意您加入，角色为{role}", "you have been admitted as {role}").format(role=Role(role).label)
    path = reverse("organisation_detail", args=[request.organisation_id])
    _answer(request, words, path, by=by, at=at, reason="")


def declined(request: JoinRequest, reason: str, *, by: User, at: dt.datetime) -> None:
    """Tells the applicant, with the reason."""
    words = Bilingual(f"未同意您加入（{reason}）", f"your request to join was declined ({reason})")
    _answer(request, words, reverse("home"), by=by, at=at, reason=reason)


def _answer(request: JoinRequest, words: Bilingual, path: str, *, by: User, at: dt.datetime, reason: str) -> None:
    values: dict[str, object] = {"organisation": request.organisation.both_names.to_dict(), "decision": words.to_dict()}
    # Without the name of who decided, and without the enterprise itself, whose page the applicant may not open.
    values["name"] = ""
    tell_people([request.user], kind="join_decision", by=by, at=at, path=path, values=values)
    context = {"request": request, "words": words, "reason": reason, "link": settings.SITE_URL + path}
    _write(_ANSWERED, [request.user], context)


def _write(letter: tuple[str, str], people: list[User], context: dict[str, object]) -> None:
    for person in people:
        letters.write(person.email, *letter, context)
