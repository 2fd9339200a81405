"""Fills a database: one case made by the actions people trigger, then as many copies of it as wanted, made in SQL.

``python -m benchmarks.inside seed N`` brings the database to N cases and prints where the requests go as JSON.
"""

from __future__ import annotations

import hashlib
import json
import math
import sys
from typing import Any

from django.db import connection, models, transaction
from django.urls import reverse
from django.utils import timezone

from assessments.actions import assessments, organisations, questionnaire
from assessments.actions.questionnaire import Given
from assessments.models import (
    Answer,
    Assessment,
    Delegation,
    DomainScore,
    Event,
    Evidence,
    EvidenceFile,
    EvidenceLink,
    Membership,
    Organisation,
    User,
)
from assessments.scoring import Verdict
from assessments.workflow import Role

EDITION = "gbt36073-2025"
#: The item the site works on, and one of the same size for the floor, so that neither makes the other's form stale.
ITEM, FLOOR_ITEM = "6.1", "7.1"
PASSWORD = "benchmark-password"  # noqa: S105
ADDRESS = "contributor@bench.example"
PEOPLE_EACH = 4
CASES_EACH = 10
EVENTS_EACH = 3
#: A synthetic code of the right shape and check digit (GB 32100-2015).
USCC = "91310115MA0000001Y"

#: Numbers 1 to the parameter, in the words of both databases.
_NUMBERS = "WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {most})"


def first_case() -> Assessment:
    """One enterprise with its people, and its case: every criterion answered, some with evidence."""
    now = timezone.now()
    people = [
        User.objects.create_user(email, PASSWORD, name=name)
        for email, name in (("admin@bench.example", "赵敏"), (ADDRESS, "钱进"))
    ]
    administrator, contributor = people
    details = {"name": "基准测试制造有限公司", "district_code": "310115", "industry_code": "C", "size_code": "large"}
    enterprise = organisations.register_enterprise(by=administrator, uscc=USCC, details=details, at=now)
    Membership.objects.create(user=contributor, organisation=enterprise, role=Role.CONTRIBUTOR, created_at=now)
    case = assessments.open_assessment(
        by=administrator,
        enterprise=enterprise,
        edition_code=EDITION,
        track="owner",
        key_domains=[],
        target_level=3,
        scope="公司总部及全部子公司的经营数据管理活动",
        planned_date=None,
        at=now,
    )
    Delegation.objects.bulk_create(
        [Delegation(assessment=case, user=contributor, part_code=code) for code in (ITEM.split(".")[0], "7")]
    )
    given = {code: Given(Verdict.LARGELY, "", f"自评说明 {code}") for code in case.edition.criteria}
    questionnaire.save_many(by=administrator, number=case.number, answers=given, at=now)
    _evidence(case, contributor)
    return case


def _evidence(case: Assessment, by: User) -> None:
    """One document at every third criterion of both items."""
    now = timezone.now()
    for criterion in (c for code in (ITEM, FLOOR_ITEM) for c in case.edition.items[code].criteria[::3]):
        kept = Evidence.objects.create(enterprise=case.enterprise, title=criterion.code, owner=by, created_at=now)
        file = EvidenceFile.objects.create(
            evidence=kept,
            enterprise=case.enterprise,
            name=f"{criterion.code} 制度.pdf",
            size=120_000,
            content_type="application/pdf",
            sha256=hashlib.sha256(criterion.code.encode()).hexdigest(),
            uploaded_by=by,
            uploaded_at=now,
        )
        EvidenceLink.objects.create(
            assessment=case, criterion_code=criterion.code, file=file, added_by=by, added_at=now
        )


def grow(case: Assessment, cases: int) -> None:
    """Copies the case until there are so many, ten to an enterprise, each enterprise with people of its own."""
    missing = cases - Assessment.objects.count()
    if missing <= 0:
        return
    enterprises = math.ceil(missing / CASES_EACH)
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # What is copied refers to rows that are there; asking for each of the millions would take minutes.
            cursor.execute("SET LOCAL session_replication_role = replica")
        _copy_enterprises(cursor, case, enterprises)
        _copy(
            cursor,
            Assessment,
            f"CROSS JOIN numbers JOIN {_table(Organisation)} o ON o.uscc = {_uscc(f'(n - 1) / {CASES_EACH} + 1')}"
            f" WHERE t.id = {case.pk}",
            {"number": "'B' || n", "enterprise_id": "o.id"},
            numbers=missing,
        )
        of_copies = f"CROSS JOIN {_table(Assessment)} c WHERE t.assessment_id = {case.pk} AND c.id <> {case.pk}"
        for model in (Answer, DomainScore, EvidenceLink):
            _copy(cursor, model, of_copies, {"assessment_id": "c.id"})
        of_the_start = f"{of_copies} AND t.stream = 'case:{case.pk}' AND t.sequence <= {EVENTS_EACH}"
        _copy(cursor, Event, of_the_start, {"assessment_id": "c.id", "stream": "'case:' || c.id"})
        _copy(
            cursor,
            Delegation,
            f"CROSS JOIN {_table(Assessment)} c JOIN {_table(Membership)} m ON m.organisation_id = c.enterprise_id"
            f" WHERE t.assessment_id = {case.pk} AND c.id <> {case.pk} AND m.role = '{Role.CONTRIBUTOR}'",
            {"assessment_id": "c.id", "user_id": "m.user_id"},
        )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _copy_enterprises(cursor: Any, case: Assessment, count: int) -> None:
    people = count * PEOPLE_EACH
    like = f"CROSS JOIN numbers WHERE t.id = {case.enterprise_id}"
    _copy(cursor, Organisation, like, {"uscc": _uscc("n"), "name": "t.name || n"}, numbers=count)
    _copy(
        cursor,
        User,
        f"CROSS JOIN numbers WHERE t.id = {case.created_by_id}",
        {"email": "'person' || n || '@bench.example'"},
        numbers=people,
    )
    _copy(
        cursor,
        Membership,
        f"CROSS JOIN numbers JOIN {_table(Organisation)} o ON o.uscc = {_uscc(f'(n - 1) / {PEOPLE_EACH} + 1')}"
        f" JOIN {_table(User)} u ON u.email = 'person' || n || '@bench.example' WHERE t.user_id = {case.created_by_id}",
        {
            "user_id": "u.id",
            "organisation_id": "o.id",
            "role": f"CASE WHEN n % {PEOPLE_EACH} = 1 THEN '{Role.ENTERPRISE_ADMINISTRATOR}'"
            f" ELSE '{Role.CONTRIBUTOR}' END",
        },
        numbers=people,
    )


def _uscc(number: str) -> str:
    return f"'B' || ({number})"


def _copy(
    cursor: Any, model: type[models.Model], source: str, values: dict[str, str], *, numbers: int | None = None
) -> None:
    """Copies rows ``t`` of a table, joined to ``source``; ``values`` are the columns that differ."""
    columns = [f.column for f in model._meta.concrete_fields if not f.primary_key]
    chosen = ", ".join(values.get(c, f"t.{c}") for c in columns)
    head = _NUMBERS.format(most=numbers) if numbers else ""
    names = ", ".join(f'"{c}"' for c in columns)
    cursor.execute(f"INSERT INTO {_table(model)} ({names}) {head} SELECT {chosen} FROM {_table(model)} t {source}")  # noqa: S608


def _table(model: type[models.Model]) -> str:
    return model._meta.db_table


def targets(case: Assessment) -> dict[str, Any]:
    """Where the requests go, and who sends them."""
    codes = [c.code for c in case.edition.items[ITEM].criteria]
    answers = case.answers.filter(criterion_code__in=codes)
    return {
        "case": case.pk,
        "floor_item": FLOOR_ITEM,
        "floor_codes": [c.code for c in case.edition.items[FLOOR_ITEM].criteria],
        "login": reverse("account_login"),
        "person": {"login": ADDRESS, "password": PASSWORD},
        "item": reverse("item", args=[case.number, ITEM]),
        "save": {code: reverse("answer_save", args=[case.number, code]) for code in codes},
        "versions": dict(answers.values_list("criterion_code", "version")),
    }


def main(cases: str) -> None:
    if not Assessment.objects.exists():
        first_case()
    oldest = Assessment.objects.order_by("pk").select_related("enterprise").first()
    assert oldest is not None
    grow(oldest, int(cases))
    json.dump(targets(oldest), sys.stdout)
