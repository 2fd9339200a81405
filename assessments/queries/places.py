"""Where a person last worked in a case."""

from __future__ import annotations

from django.db.models import FilteredRelation, Q, QuerySet

from assessments.models import Assessment, User, WorkingPlace


def place_of(user: User, case: Assessment) -> WorkingPlace | None:
    """The person's place in this case; ``None`` before the first visit. One query."""
    return WorkingPlace.objects.filter(assessment=case, user=user).first()


def with_place(cases: QuerySet[Assessment], user: User) -> QuerySet[Assessment]:
    """The cases with the person's place in each, for :func:`place_in`; a join, no query of its own."""
    mine = FilteredRelation("working_places", condition=Q(working_places__user=user))
    return cases.annotate(place=mine).select_related("place")


def place_in(case: Assessment) -> WorkingPlace | None:
    """The place of a case that came from :func:`with_place`."""
    place: WorkingPlace | None = getattr(case, "place", None)
    return place
