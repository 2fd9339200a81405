"""What a save leaves undone because nothing can have changed, it leaves undone rightly."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assessments.actions import figures, questionnaire
from assessments.models import Assessment, DomainScore
from assessments.queries.results import self_verdicts
from assessments.scoring import VERDICTS
from tests.conftest import World

CODES = ("6.1-L1-01", "6.1-L2-01", "6.2-L1-01", "7.1-L1-01")
SAVES = st.lists(
    st.tuples(st.sampled_from(CODES), st.sampled_from(["", *VERDICTS]), st.sampled_from(["", "说明", "另一说明"])),
    min_size=1,
    max_size=12,
)


def kept(case: Assessment) -> dict[str, Any]:
    """The figures in the database: of the case and of each domain."""
    columns = ("domain_code", "score", "level", "answered", "total", "items")
    case.refresh_from_db(fields=["self_score", "self_level", "self_answered"])
    of_case = {"self_score": case.self_score, "self_level": case.self_level, "self_answered": case.self_answered}
    of_domains = DomainScore.objects.filter(assessment=case, layer="self").order_by("domain_code")
    return {**of_case, "domains": list(of_domains.values(*columns))}


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(saves=SAVES)
def test_figures_are_those_of_all_verdicts_scored_anew(
    world: World, draft_case: Assessment, saves: list[tuple[str, str, str]]
) -> None:
    """Notes and verdicts in any order: what is kept is what scoring everything again would keep."""
    at, by = timezone.now(), world.contributor
    for code, verdict, note in saves:
        answer = draft_case.answers.filter(criterion_code=code).first()
        before = (answer.verdict, answer.note) if answer else None
        saved = questionnaire.save(
            by=by,
            number=draft_case.number,
            criterion_code=code,
            verdict=verdict,
            reason="与企业业务无关" if verdict == "not_applicable" else "",
            note=note,
            version=answer.version if answer else 0,
            at=at,
        )
        assert saved.is_written == (before != (verdict, note))
        assert (saved.result is None) == (before is not None and before[0] == verdict)
    found = kept(draft_case)
    draft_case.refresh_from_db()
    _, columns = figures.update_layer(draft_case, "self", self_verdicts(draft_case))
    Assessment.objects.filter(pk=draft_case.pk).update(**columns)
    assert kept(draft_case) == found
