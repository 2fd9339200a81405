"""Blind double review: an assessor sees the other's rulings on an item only when both have finished it."""

from __future__ import annotations

from django.db.models import Count, Q, QuerySet

from assessments.models import Assessment, ItemReview, Ruling, User
from assessments.permissions.scope import case_roles
from assessments.workflow import CaseRole

#: How many assessors rule on each criterion (workflow.md, "two assessors").
RULINGS_EACH = 2


def open_items(assessment: Assessment) -> QuerySet[ItemReview, str]:
    """Codes of items whose rulings are no longer blind: two assessors have finished them."""
    return (
        ItemReview.objects.filter(assessment=assessment, finished_at__isnull=False)
        .values("item_code")
        .annotate(finished=Count("pk"))
        .filter(finished__gte=RULINGS_EACH)
        .values_list("item_code", flat=True)
    )


def rulings(user: User, assessment: Assessment, item_code: str) -> QuerySet[Ruling]:
    """The rulings on one item that the user may see.

    Own rulings always; others' once the item is open. The manager and the quality reviewer are not blind parties, but
    they too see rulings only when open, so that nobody can carry one assessor's view to the other.
    """
    found = Ruling.objects.filter(assessment=assessment, criterion_code__startswith=f"{item_code}-")
    both_finished = Q(pk__in=[])
    if is_open(assessment, item_code) and case_roles(assessment) - {CaseRole.DISTRICT_OFFICER}:
        both_finished = Q(pk__isnull=False)
    return found.filter(Q(assessor=user) | both_finished)


def is_open(assessment: Assessment, item_code: str) -> bool:
    return open_items(assessment).filter(item_code=item_code).exists()
