"""Keeping the live figures of a case in step with its verdicts, in the transaction of the save."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from assessments.models import Assessment, DomainScore
from assessments.queries.results import scoring_input
from assessments.scoring import Result, score


def open_layer(assessment: Assessment, layer: str) -> None:
    """Makes the rows of a layer, one a domain, with the figures of an empty questionnaire."""
    result = score(scoring_input(assessment, {}))
    DomainScore.objects.bulk_create(
        [DomainScore(assessment=assessment, layer=layer, domain_code=c, **_row(result, c)) for c in result.domains],
        ignore_conflicts=True,
    )


def update_layer(
    assessment: Assessment, layer: str, verdicts: Mapping[str, str], *, domains: Iterable[str] | None = None
) -> tuple[Result, dict[str, Any]]:
    """Scores the verdicts and writes the rows of the changed domains (all when ``None``).

    Answers the result and the columns of the case that go with it; the caller writes those together with the event.
    """
    result = score(scoring_input(assessment, verdicts))
    for code in result.domains if domains is None else domains:
        DomainScore.objects.filter(assessment=assessment, layer=layer, domain_code=code).update(**_row(result, code))
    columns: dict[str, Any] = {f"{layer}_score": result.score, f"{layer}_level": result.level}
    if layer == "self":
        columns["self_answered"] = result.answered
    return result, columns


def _row(result: Result, code: str) -> dict[str, Any]:
    domain = result.domains[code]
    items = {i.code: i for i in result.items.values() if i.code.split(".")[0] == code}
    return {
        "score": domain.score,
        "level": domain.level,
        "answered": domain.answered,
        "total": domain.total,
        "items": {
            c: {
                "score": None if i.score is None else str(i.score),
                "level": i.level,
                "levels": [None if v is None else str(v) for v in i.levels],
                "answered": i.answered,
                "total": i.total,
            }
            for c, i in items.items()
        },
    }
