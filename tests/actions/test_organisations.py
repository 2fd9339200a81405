"""What the actions on organisations promise their callers: all or nothing, recorded, for administrators only."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from assessments.actions import delegations, organisations
from assessments.actions.errors import NotAllowed, Refused
from assessments.models import Assessment, Delegation, Event, Invitation, Membership, Organisation, TeamMember, User
from assessments.permissions import scope
from assessments.workflow import Role
from tests import factories
from tests.conftest import World


def _snapshot() -> tuple:
    """Everything a refused action must leave alone."""
    return (
        list(Organisation.objects.order_by("pk").values()),
        list(Membership.objects.order_by("pk").values()),
        list(Invitation.objects.order_by("pk").values()),
        Event.objects.count(),
    )


def _member(user: User, organisation: Organisation) -> Membership:
    return Membership.objects.get(user=user, organisation=organisation)


def _invite(world: World, email: str = "nobody@test.example", at: dt.datetime | None = None) -> Invitation:
    return organisations.invite(
        by=world.enterprise_admin,
        organisation=world.enterprise,
        email=email,
        role=Role.VIEWER,
        at=at or timezone.now(),
    )


def test_a_code_is_registered_once(world: World) -> None:
    before = _snapshot()
    with pytest.raises(Refused) as refused:
        organisations.register_enterprise(
            by=world.nobody,
            uscc=str(world.enterprise.uscc),
            details={"name": "冒名企业", "industry_code": "C", "size_code": "large"},
            at=timezone.now(),
        )
    assert refused.value.reason.en == (
        f"The code {world.enterprise.uscc} is already registered. If this is your enterprise, ask to join it."
    )
    assert _snapshot() == before


def _actions(world: World, by: User) -> dict[str, Callable[[], object]]:
    now, row = timezone.now(), _member(world.viewer, world.enterprise)
    invitation = Invitation.objects.get()
    return {
        "update": lambda: organisations.update_details(
            by=by, organisation=world.enterprise, details={"name": "改名"}, at=now
        ),
        "invite": lambda: organisations.invite(
            by=by, organisation=world.enterprise, email="x@test.example", role="viewer", at=now
        ),
        "withdraw": lambda: organisations.withdraw_invitation(by=by, invitation=invitation, at=now),
        "role": lambda: organisations.change_role(by=by, membership=row, role="contributor", at=now),
        "end": lambda: organisations.end_membership(by=by, membership=row, at=now),
    }


@pytest.mark.parametrize("name", ["update", "invite", "withdraw", "role", "end"])
@pytest.mark.parametrize(
    "person", ["contributor", "viewer", "stranger", "body_manager", "officer", "auditor", "nobody"]
)
def test_only_administrators_of_the_organisation_act(world: World, name: str, person: str) -> None:
    _invite(world)
    before = _snapshot()
    with pytest.raises(NotAllowed):
        _actions(world, getattr(world, person))[name]()
    assert _snapshot() == before
    _actions(world, world.enterprise_admin)[name]()
    assert _snapshot() != before


def test_a_stale_invitation_cannot_be_withdrawn_or_used_twice(world: World) -> None:
    invitation = _invite(world)
    organisations.accept_invitation(by=world.nobody, token=invitation.token, at=timezone.now())
    before = _snapshot()
    with pytest.raises(Refused):
        organisations.withdraw_invitation(by=world.enterprise_admin, invitation=invitation, at=timezone.now())
    with pytest.raises(Refused):
        organisations.accept_invitation(by=world.nobody, token=invitation.token, at=timezone.now())
    with pytest.raises(Invitation.DoesNotExist):
        organisations.accept_invitation(by=world.stranger, token=invitation.token, at=timezone.now())
    assert _snapshot() == before


@pytest.mark.parametrize(("days", "is_open"), [(13, True), (14, False)])
def test_an_invitation_is_open_for_a_fortnight(world: World, days: int, is_open: bool) -> None:
    sent = timezone.now()
    invitation = _invite(world, at=sent)
    when = sent + dt.timedelta(days=days)
    if is_open:
        organisations.accept_invitation(by=world.nobody, token=invitation.token, at=when)
    else:
        with pytest.raises(Refused):
            organisations.accept_invitation(by=world.nobody, token=invitation.token, at=when)
    assert world.nobody.memberships.count() == int(is_open)


def test_someone_who_left_joins_again_on_the_same_row(world: World) -> None:
    row = _member(world.viewer, world.enterprise)
    organisations.end_membership(by=world.enterprise_admin, membership=row, at=timezone.now())
    again = organisations.invite(
        by=world.enterprise_admin,
        organisation=world.enterprise,
        email=world.viewer.email,
        role=Role.CONTRIBUTOR,
        at=timezone.now(),
    )
    organisations.accept_invitation(by=world.viewer, token=again.token, at=timezone.now())
    rejoined = _member(world.viewer, world.enterprise)
    assert (rejoined.pk, rejoined.role, rejoined.is_active, rejoined.ended_at) == (
        row.pk,
        Role.CONTRIBUTOR,
        True,
        None,
    )


def test_joining_takes_its_locks_in_the_order_of_inviting(world: World, draft_case: Assessment) -> None:
    given = {"by": world.enterprise_admin, "number": draft_case.number, "email": world.nobody.email}
    invitation = delegations.invite(**given, part_codes=["6"], due_date=None, at=timezone.now())
    with CaptureQueriesContext(connection) as found:
        organisations.accept_invitation(by=world.nobody, token=invitation.token, at=timezone.now())
    read = [q["sql"].partition(' FROM "assessments_')[2].partition('"')[0] for q in found if " FOR " in q["sql"]]
    # SQLite has one lock for all and writes none of this down.
    assert read[:3] == (["assessment", "organisation", "invitation"] if connection.vendor == "postgresql" else [])
    assert Delegation.objects.get().part_code == "6"


def test_an_assessor_who_left_the_body_loses_its_cases(world: World, review_case: Assessment) -> None:
    assert scope.cases(world.assessor).filter(pk=review_case.pk).exists()
    organisations.end_membership(
        by=world.body_manager, membership=_member(world.assessor, world.body), at=timezone.now()
    )
    assert TeamMember.objects.filter(assessment=review_case, user=world.assessor).exists()
    assert not scope.cases(world.assessor).filter(pk=review_case.pk).exists()
    assert scope.cases(world.lead).filter(pk=review_case.pk).exists()


def test_changing_a_role_of_someone_who_left_is_refused(world: World) -> None:
    row = _member(world.viewer, world.enterprise)
    organisations.end_membership(by=world.enterprise_admin, membership=row, at=timezone.now())
    before = _snapshot()
    with pytest.raises(Refused) as refused:
        organisations.change_role(by=world.enterprise_admin, membership=row, role="contributor", at=timezone.now())
    assert str(refused.value.reason.zh) == "孙立已不是成员，无需再次操作。"
    assert _snapshot() == before


def test_the_manager_of_a_body_cannot_leave_it_without_one(world: World) -> None:
    row, before = _member(world.body_manager, world.body), _snapshot()
    for act in (
        lambda: organisations.end_membership(by=world.body_manager, membership=row, at=timezone.now()),
        lambda: organisations.change_role(by=world.body_manager, membership=row, role=Role.ASSESSOR, at=timezone.now()),
    ):
        with pytest.raises(Refused):
            act()
    assert _snapshot() == before
    factories.join(world.nobody, world.body, Role.BODY_MANAGER)
    organisations.end_membership(by=world.body_manager, membership=row, at=timezone.now())
    assert not _member(world.body_manager, world.body).is_active
