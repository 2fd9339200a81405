"""The annex on eligibility: what was kept with the application, and nothing where nothing was kept."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest

from assessments.eligibility import check
from assessments.models import Assessment
from assessments.queries import datasets
from assessments.reports import evaluation_report
from assessments.reports.dataset import EligibilitySheet
from assessments.scoring import Result
from tests import factories
from tests.reports import cases
from tests.reports.conftest import Printed

REASON = "人员已到岗，社会保险下月缴满三个月，准予豁免。"


@pytest.mark.usefixtures("typeface")
@pytest.mark.parametrize(
    ("language", "annex", "words"),
    [
        (
            "zh-hans",
            "附录 D",
            ("申报条件核对", "2026年6月3日", "不少于1000万元（暂定）", "20000万元", "不满足，已豁免", REASON),
        ),
        ("en", "Annex D", ("Eligibilitycheck", "3June2026", "Atleast1,000×CNY10,000(provisional)", "Notmet,waived")),
    ],
)
def test_the_annex_shows_every_condition(language: str, annex: str, words: tuple[str, ...]) -> None:
    values = {**factories.ELIGIBLE, "data_staff": Decimal(3)}
    outcome = check(values, level=3, track="owner", on=dt.date(2026, 6, 3))
    sheet = EligibilitySheet(outcome=outcome, waived=frozenset({"data_staff"}), reasons=(REASON,))
    data = replace(cases.evaluation_report(()), eligibility=sheet)
    printed = Printed(evaluation_report.render(data, language))
    text = printed.joined(printed.starts(annex))
    for part in words:
        assert part in text
    labels = ["".join((c.label.en if language == "en" else c.label.zh).split()) for c in outcome.rows]
    assert [label for label in labels if label not in text] == []


def test_the_dataset_takes_what_was_kept(compliance_case: Assessment) -> None:
    report = datasets.evaluation_report(compliance_case)
    assert report.eligibility is not None
    assert report.eligibility.outcome.is_eligible
    assert len(report.eligibility.outcome.rows) == 12
    compliance_case.transitions.filter(action="apply").update(details={})
    report = datasets.evaluation_report(compliance_case)
    assert report.eligibility is None
    assert isinstance(report.result, Result)
