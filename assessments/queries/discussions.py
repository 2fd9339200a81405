"""Discussions as their pages show them. For members of the enterprise alone: ``rules.can_read_discussions`` first."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Max, OuterRef, Q, QuerySet, Subquery

from assessments.models import Assessment, Comment, Discussion, User
from assessments.queries.mentions import Piece, pieces
from assessments.standard import Criterion

#: The filters of the list by their name in the address.
FILTERS = ("open", "resolved", "mine")


def members(case: Assessment) -> QuerySet[User]:
    """Who may be mentioned and told: the active members of the enterprise, by name."""
    found = User.objects.filter(
        memberships__organisation=case.enterprise_id, memberships__is_active=True, is_active=True
    )
    return found.order_by("name", "pk")


@dataclass(frozen=True)
class DiscussionCount:
    """How much was said about a criterion, and whether it is still open."""

    comments: int
    is_open: bool


def counts(case: Assessment, item_code: str = "") -> dict[str, DiscussionCount]:
    """By criterion code, of one item when its code is given; one query. Criteria nobody spoke about are left out."""
    found = Discussion.objects.filter(assessment=case)
    if item_code:
        found = found.filter(criterion_code__startswith=f"{item_code}-")
    rows = found.annotate(said=Count("comments")).values_list("criterion_code", "said", "resolved_at")
    return {code: DiscussionCount(said, resolved_at is None) for code, said, resolved_at in rows}


@dataclass(frozen=True)
class Said:
    """One comment: its words cut at the mentions, and whom it mentions besides (picked from the list)."""

    comment: Comment
    pieces: tuple[Piece, ...]
    also: tuple[User, ...]


@dataclass(frozen=True)
class Thread:
    """What was said about one criterion, oldest first; ``discussion`` is ``None`` before the first word."""

    discussion: Discussion | None
    said: tuple[Said, ...]

    @property
    def is_resolved(self) -> bool:
        return self.discussion is not None and self.discussion.resolved_at is not None


def thread(case: Assessment, criterion_code: str) -> Thread:
    """Three queries whatever the length, one where nobody has spoken yet."""
    here = Discussion.objects.filter(assessment=case, criterion_code=criterion_code)
    discussion = here.select_related("resolved_by").first()
    if discussion is None:
        return Thread(None, ())
    comments = discussion.comments.select_related("author").prefetch_related("mentioned")
    return Thread(discussion, tuple(map(_said, comments)))


def _said(comment: Comment) -> Said:
    people = list(comment.mentioned.all())
    cut = pieces(comment.text, (p.name for p in people))
    named = {piece.name for piece in cut}
    return Said(comment, cut, tuple(p for p in people if p.name not in named))


@dataclass(frozen=True)
class Listed:
    """A discussion in the list, with the last word."""

    discussion: Discussion
    criterion: Criterion
    comments: int
    last: Comment


def listing(case: Assessment, user: User, show: str = "") -> QuerySet[Discussion]:
    """The discussions of a case, the latest first, narrowed by a filter of ``FILTERS``; any other name keeps all."""
    latest = Comment.objects.filter(discussion=OuterRef("pk")).order_by("-created_at", "-pk")
    found = Discussion.objects.filter(assessment=case).annotate(
        said=Count("comments"), last_at=Max("comments__created_at"), last_pk=Subquery(latest.values("pk")[:1])
    )
    return found.filter(_kept(case, user, show)).order_by("-last_at", "-pk")


def _kept(case: Assessment, user: User, show: str) -> Q:
    if show in ("open", "resolved"):
        return Q(resolved_at__isnull=show == "open")
    if show == "mine":
        # Among their keys, not by a join: that would count the comments several times.
        mentioning = Comment.objects.filter(discussion__assessment=case, mentioned=user)
        return Q(pk__in=mentioning.values("discussion"))
    return Q()


def listed(case: Assessment, discussions: list[Discussion]) -> tuple[Listed, ...]:
    """The rows of a page of :func:`listing`; one query."""
    last = Comment.objects.select_related("author").in_bulk([d.last_pk for d in discussions])
    criteria = case.edition.criteria
    return tuple(Listed(d, criteria[d.criterion_code], d.said, last[d.last_pk]) for d in discussions)


def tally(case: Assessment, user: User) -> dict[str, int]:
    """How many discussions each filter would leave, all under the empty name; one query."""
    counted = Discussion.objects.filter(assessment=case).aggregate(
        everything=Count("pk"), **{name: Count("pk", filter=_kept(case, user, name)) for name in FILTERS}
    )
    return {"": counted.pop("everything"), **counted}
