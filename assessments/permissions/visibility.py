"""Blind double review: an assessor sees the other's rulings on an item only when both have finished it."""

from __future__ import annotations

from django.db.models import Count, Q, QuerySet, Value
from django.db.models.functions import StrIndex, Substr

from assessments.models import Assessment, ItemReview, Ruling, User
from assessments.permissions.rules import can_read_review

#: How many assessors rule on each criterion (workflow.md, "two assessors").
RULINGS_EACH = 2

#: The item of a criterion, in SQL: what stands before the first hyphen of ``6.1-L2-04``.
ITEM_CODE = Substr("criterion_code", 1, StrIndex("criterion_code", Value("-")) - 1)


def open_items(assessment: Assessment) -> QuerySet[ItemReview, str]:
    """Codes of items whose rulings are no longer blind: two assessors have finished them."""
    return (
        ItemReview.objects.filter(assessment=assessment, finished_at__isnull=False)
        .values("item_code")
        .annotate(finished=Count("pk"))
        .filter(finished__gte=RULINGS_EACH)
        .values_list("item_code", flat=True)
    )


def case_rulings(user: User, assessment: Assessment) -> QuerySet[Ruling]:
    """The rulings of a case that the user may see, each with its ``item_code``; the only door to rulings for pages.

    Own rulings always; others' once the item is open. The manager and the quality reviewer are not blind parties, but
    they too see rulings only when open, so that nobody can carry one assessor's view to the other. The assessment must
    come from ``scope.cases(user)``; whoever may not read the review sees none.
    """
    if not can_read_review(assessment):
        return Ruling.objects.none()
    return (
        Ruling.objects.filter(assessment=assessment)
        .annotate(item_code=ITEM_CODE)
        .filter(Q(assessor=user) | Q(item_code__in=open_items(assessment)))
    )


def rulings(user: User, assessment: Assessment, item_code: str) -> QuerySet[Ruling]:
    """The rulings on one item that the user may see."""
    return case_rulings(user, assessment).filter(criterion_code__startswith=f"{item_code}-")


def open_rulings(user: User, assessment: Assessment) -> QuerySet[Ruling]:
    """The rulings on all open items, of both assessors: what may be compared."""
    return case_rulings(user, assessment).filter(item_code__in=open_items(assessment))


def is_open(assessment: Assessment, item_code: str) -> bool:
    return open_items(assessment).filter(item_code=item_code).exists()
