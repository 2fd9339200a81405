"""A save of five statements, and a page of the same rows; nobody logs in and nothing is checked."""

from __future__ import annotations

from collections import defaultdict

from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone

from assessments.standard import get_edition
from benchmarks.floor.models import Answer, DomainScore, Event, EvidenceLink

VERDICTS = [
    ("full", "完全满足"),
    ("largely", "大部分满足"),
    ("partially", "部分满足"),
    ("none", "不满足"),
    ("not_applicable", "不适用"),
]


@transaction.atomic
def save(request: HttpRequest, assessment: int, code: str) -> HttpResponse:
    """Lock the row, write it, read the rows of its item, write the figure of the domain, add an event."""
    now = timezone.now()
    answer = Answer.objects.select_for_update().get(assessment_id=assessment, criterion_code=code)
    before = {"verdict": answer.verdict, "reason": answer.reason, "note": answer.note}
    after = {name: request.POST[name] for name in before}
    version = answer.version + 1
    Answer.objects.filter(pk=answer.pk).update(**after, version=version, saved_at=now)
    siblings = Answer.objects.filter(assessment_id=assessment, criterion_code__startswith=code.split("-")[0] + "-")
    answered = sum(bool(verdict) for verdict in siblings.values_list("verdict", flat=True))
    DomainScore.objects.filter(assessment_id=assessment, layer="self", domain_code=code.split(".")[0]).update(
        answered=answered
    )
    Event.objects.create(
        stream=f"floor:{answer.pk}",
        sequence=version,
        at=now,
        actor_id=answer.saved_by_id,
        actor_name="",
        action="answer.saved",
        assessment_id=assessment,
        subject=code,
        before=before,
        after=after,
        origin="",
        previous="",
        digest="",
    )
    return JsonResponse({"version": version, "answered": answered})


def item(request: HttpRequest, assessment: int, item_code: str) -> HttpResponse:
    """The rows of an item with all that a person needs of each, in one plain template; two queries."""
    of_item = {"assessment_id": assessment, "criterion_code__startswith": f"{item_code}-"}
    answers = {a.criterion_code: a for a in Answer.objects.filter(**of_item)}
    links: dict[str, list[EvidenceLink]] = defaultdict(list)
    for link in EvidenceLink.objects.filter(**of_item).select_related("file"):
        links[link.criterion_code].append(link)
    criteria = get_edition("gbt36073-2025").items[item_code].criteria
    context = {
        "rows": [{"code": c.code, "criterion": c, "answer": answers[c.code], "links": links[c.code]} for c in criteria],
        "verdicts": VERDICTS,
        "token": "x" * 64,
    }
    return render(request, "item.html", context)
