"""Who sees the case at each stage of the road, and what each person is in it."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet
from django.utils import timezone

from assessments.actions import eligibility, organisations
from assessments.models import (
    Assessment,
    ConflictOfInterest,
    Delegation,
    EvidenceFile,
    Membership,
    Organisation,
)
from assessments.permissions import scope
from assessments.permissions.scope import case_roles
from tests import factories
from tests.conftest import World

EVERYBODY = (
    "enterprise_admin", "contributor", "viewer", "stranger", "body_manager", "lead", "assessor", "third_assessor",
    "quality_reviewer", "other_manager", "officer", "district_officer", "other_district_officer", "auditor", "nobody",
)  # fmt: skip
OWN = {"enterprise_admin", "contributor", "viewer"}
TEAM = {"lead", "assessor", "quality_reviewer"}
CITY = {"officer", "district_officer"}


def _seen_by(world: World, case: Assessment) -> set[str]:
    return {name for name in EVERYBODY if scope.cases(getattr(world, name)).filter(pk=case.pk).exists()}


def test_sight_along_the_road(world: World, answered_case: Assessment) -> None:
    case = answered_case
    assert _seen_by(world, case) == OWN
    case = factories.move(case, world.enterprise_admin, "finalise", pledge=True)
    assert _seen_by(world, case) == OWN
    factories.state_eligibility(case, world.enterprise_admin)
    case = factories.move(case, world.enterprise_admin, "apply", body=world.body)
    assert _seen_by(world, case) == OWN | CITY | {"body_manager"}
    case = factories.move(case, world.body_manager, "accept", contract_number="1", filing_number="1")
    factories.form_team(case, world.body_manager, world.lead, world.assessor, world.quality_reviewer)
    assert _seen_by(world, case) == OWN | CITY | TEAM | {"body_manager"}


@pytest.mark.parametrize("decision", ["granted", "refused"])
def test_the_office_sees_what_was_put_to_it_until_the_case_is_reopened(
    world: World, finalised_case: Assessment, decision: str
) -> None:
    """A decision explains itself while the case stands as it was put; what comes after reopening was put to nobody."""
    case, admin = finalised_case, world.enterprise_admin

    def ask() -> int:
        return eligibility.request_waiver(by=admin, number=case.number, request="组建中", at=timezone.now()).pk

    factories.state_eligibility(case, admin, data_staff=Decimal(3))
    waiver = ask()
    assert _seen_by(world, case) == OWN | {"officer"}
    eligibility.decide_waiver(
        by=world.officer, number=case.number, waiver_id=waiver, decision=decision, reason="已核实", at=timezone.now()
    )
    assert _seen_by(world, case) == OWN | {"officer"}
    factories.move(case, admin, "reopen", reason="调整")
    assert _seen_by(world, case) == OWN
    factories.move(case, admin, "finalise", pledge=True)
    assert _seen_by(world, case) == OWN
    factories.state_eligibility(case, admin, data_staff=Decimal(2))
    ask()
    assert _seen_by(world, case) == OWN | {"officer"}


def test_sight_is_the_same_to_the_end(world: World, certified_case: Assessment) -> None:
    assert _seen_by(world, certified_case) == OWN | CITY | TEAM | {"body_manager"}


def test_roles_in_the_case(world: World, review_case: Assessment) -> None:
    def roles(name: str) -> set[str]:
        return {str(r) for r in case_roles(scope.cases(getattr(world, name)).get(pk=review_case.pk))}

    assert roles("enterprise_admin") == {"enterprise_administrator"}
    assert roles("contributor") == {"contributor"}
    assert roles("viewer") == {"viewer"}
    assert roles("body_manager") == {"body_manager"}
    assert roles("lead") == {"lead", "assessor"}
    assert roles("assessor") == {"assessor"}
    assert roles("quality_reviewer") == {"quality_reviewer"}
    assert roles("officer") == {"officer"}
    assert roles("district_officer") == {"district_officer"}


def test_a_declared_tie_takes_the_case_out_of_sight(world: World, review_case: Assessment) -> None:
    ConflictOfInterest.objects.create(
        enterprise=world.enterprise,
        user=world.assessor,
        kind="coaching",
        until=timezone.localdate() + dt.timedelta(days=1),
        declared_at=timezone.now(),
    )
    assert _seen_by(world, review_case) == (OWN | CITY | TEAM | {"body_manager"}) - {"assessor"}


def test_a_tie_that_has_lapsed_does_not(world: World, review_case: Assessment) -> None:
    ConflictOfInterest.objects.create(
        enterprise=world.enterprise,
        user=world.assessor,
        kind="coaching",
        until=timezone.localdate() - dt.timedelta(days=1),
        declared_at=timezone.now(),
    )
    assert "assessor" in _seen_by(world, review_case)


def test_a_recent_employee_does_not_see_it_as_an_assessor(world: World, review_case: Assessment) -> None:
    membership = factories.join(world.assessor, world.enterprise, "viewer")
    assert "assessor" in _seen_by(world, review_case)
    organisations.end_membership(by=world.enterprise_admin, membership=membership, at=timezone.now())
    assert "assessor" not in _seen_by(world, review_case)


def test_an_employee_on_the_team_is_only_an_employee(world: World, review_case: Assessment) -> None:
    factories.join(world.assessor, world.enterprise, "viewer")
    case = scope.cases(world.assessor).get(pk=review_case.pk)
    assert {str(r) for r in case_roles(case)} == {"viewer"}


def test_who_leaves_the_body_loses_the_case(world: World, review_case: Assessment) -> None:
    membership = Membership.objects.get(user=world.assessor, organisation=world.body)
    organisations.end_membership(by=world.body_manager, membership=membership, at=timezone.now())
    assert "assessor" not in _seen_by(world, review_case)


def test_evidence_follows_the_case_not_the_enterprise(world: World, review_case: Assessment) -> None:
    linked, loose = (factories.keep_file(world.enterprise, world.enterprise_admin, n) for n in ("a.txt", "b.txt"))
    factories.link_file(review_case, "6.1-L1-01", linked, world.enterprise_admin)

    def readers(evidence: EvidenceFile) -> set[str]:
        return {n for n in EVERYBODY if scope.evidence_files(getattr(world, n)).filter(pk=evidence.pk).exists()}

    assert readers(linked) == OWN | TEAM | {"body_manager"}
    assert readers(loose) == OWN
    # The office reads the material once the report is signed off, and still not what was never offered as evidence.
    Assessment.objects.filter(pk=review_case.pk).update(state="compliance_review")
    assert readers(linked) == OWN | TEAM | {"body_manager", "officer"}
    assert readers(loose) == OWN


# --- the short way --------------------------------------------------------------------------------------------------

COLUMNS = (
    "pk", "viewer_enterprise_role", "viewer_body_role", "viewer_lead", "viewer_assessor", "viewer_reviewer",
    "viewer_officer", "viewer_district", "viewer_delegated",
)  # fmt: skip
STATES = (
    "draft", "finalised", "applied", "planning", "document_review", "onsite", "reporting", "compliance_review",
    "public_notice", "certified", "rejected", "withdrawn", "archived",
)  # fmt: skip


def _columns(cases: QuerySet[Assessment]) -> list[dict[str, object]]:
    return [
        {**row, "viewer_body_role": row["viewer_body_role"] or None} for row in cases.order_by("pk").values(*COLUMNS)
    ]


def _values(case: Assessment) -> dict[str, object]:
    """Every column of a case, and what its viewer is in it as far as one's own case knows."""
    viewer = {name: getattr(case, name) for name in ("viewer_enterprise_role", "viewer_delegated")}
    return {f.attname: getattr(case, f.attname) for f in Assessment._meta.concrete_fields} | viewer


def test_the_short_way_is_the_whole_rule(
    world: World, review_case: Assessment, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For everybody, in every state: the same cases, the same columns, the same roles, found or not found by number."""
    review_case.refresh_from_db()
    other = factories.open_case(world.stranger, world.other_enterprise)
    Delegation.objects.create(assessment=review_case, user=world.contributor, part_code="7")
    factories.join(world.third_assessor, world.enterprise, "viewer")
    factories.join(world.auditor, world.enterprise, "content_editor")  # no role of an enterprise
    factories.join(world.nobody, world.enterprise, "contributor")
    leaver = Membership.objects.get(user=world.nobody, organisation=world.enterprise)
    organisations.end_membership(by=world.enterprise_admin, membership=leaver, at=timezone.now())
    for state in STATES:
        Assessment.objects.filter(pk=review_case.pk).update(state=state)
        for name in EVERYBODY:
            user = getattr(world, name)
            with monkeypatch.context() as patched:
                patched.setattr(scope, "looks_in", lambda _user: True)
                whole = _columns(scope.cases(user))
                roles = {c.number: case_roles(c) for c in scope.cases(user)}
                whole_by_number = {c.number: _values(c) for c in scope.cases(user)}
            assert _columns(scope.cases(user)) == whole, (state, name)
            for number in (review_case.number, other.number):
                for ask in (scope.case, scope.locked_case):
                    if number in roles:
                        found = ask(user, number)
                        assert case_roles(found) == roles[number], (state, name)
                        assert _values(found) == whole_by_number[number], (state, name)
                    else:
                        with pytest.raises(Assessment.DoesNotExist):
                            ask(user, number)


def test_nobody_sees_anything_without_a_login(draft_case: Assessment) -> None:
    visitor: Any = AnonymousUser()
    assert not scope.cases(visitor).exists()
    assert not scope.own_cases(visitor).exists()


def test_ones_own_case_is_one_statement(world: World, draft_case: Assessment, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        assert scope.case(world.contributor, draft_case.number) == draft_case


def test_a_role_elsewhere_opens_the_whole_rule(world: World, review_case: Assessment) -> None:
    """Gained in the midst of work: nothing is remembered of the time before."""
    assert not scope.cases(world.stranger).filter(pk=review_case.pk).exists()
    factories.join(world.stranger, Organisation.objects.get(kind="office"), "certification_officer")
    assert scope.cases(world.stranger).get(pk=review_case.pk).viewer_officer
    assert scope.case(world.stranger, review_case.number) == review_case
