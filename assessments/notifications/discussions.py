"""Who is told of a comment: whoever it mentions, those who took part before, and those whose part it concerns.

All of them belong to the enterprise and are active. What was said stays on the platform: the letter to those mentioned
says who and where, and leads there.
"""

from __future__ import annotations

from collections.abc import Collection

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse

from assessments.models import Assessment, Comment, Delegation, User, parts_with
from assessments.notifications import letters
from assessments.notifications.inbox import tell_people
from assessments.queries.discussions import members


def tell_of_comment(case: Assessment, comment: Comment, mentioned: Collection[User]) -> None:
    """Puts one message into the inbox of each, and sends each of those mentioned a letter once it is committed."""
    code = comment.discussion.criterion_code
    about = {
        "by": comment.author,
        "at": comment.created_at,
        "path": f"{reverse('item', args=[case.number, code.split('-')[0]])}#c-{code}",
        "values": {"code": code},
        "assessment": case,
    }
    tell_people(mentioned, kind="mention", **about)  # type: ignore[arg-type]
    others = _concerned(case, comment).exclude(pk__in=[p.pk for p in mentioned])
    tell_people(others, kind="comment", **about)  # type: ignore[arg-type]
    for person in mentioned:
        _write(case, comment, person, settings.SITE_URL + str(about["path"]))


def _concerned(case: Assessment, comment: Comment) -> QuerySet[User]:
    """Who spoke before or was mentioned, and who is to fill in this part."""
    earlier = Comment.objects.filter(discussion=comment.discussion_id).exclude(pk=comment.pk)
    parts = parts_with(comment.discussion.criterion_code)
    return members(case).filter(
        Q(Exists(earlier.filter(author=OuterRef("pk"))))
        | Q(Exists(earlier.filter(mentioned=OuterRef("pk"))))
        | Q(Exists(Delegation.objects.filter(assessment=case, user=OuterRef("pk"), part_code__in=parts)))
    )


def _write(case: Assessment, comment: Comment, person: User, link: str) -> None:
    context = {"case": case, "by": comment.author, "code": comment.discussion.criterion_code, "link": link}
    letters.write(person.email, "discussions/mention_subject.txt", "discussions/mention_letter.txt", context)
