"""The page of the team: who may be put on it, who may not and why, declarations."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from assessments.actions import review
from assessments.models import Assessment, TeamMember, User
from assessments.workflow import CaseRole, Role
from tests import factories


def url(name: str, case: Assessment, *args: object) -> str:
    return reverse(name, args=[case.number, *args])


def parts(case: Assessment) -> list[tuple[str, str]]:
    return sorted(TeamMember.objects.filter(assessment=case).values_list("user__name", "role"))


def assign(client: Client, case: Assessment, user: User, role: str) -> Any:
    return client.post(url("team", case), {"user": user.pk, "role": role})


@pytest.mark.parametrize(
    ("persona", "status"),
    [
        ("body_manager", 200),
        ("lead", 404),
        ("third_assessor", 404),
        ("other_manager", 404),
        ("enterprise_admin", 403),
        ("viewer", 403),
        ("officer", 403),
        ("district_officer", 403),
        ("stranger", 404),
        ("auditor", 404),
    ],
)
def test_who_sees_the_team(
    login: Callable[..., Client], planning_case: Assessment, world: Any, persona: str, status: int
) -> None:
    assert login(getattr(world, persona)).get(url("team", planning_case)).status_code == status


def test_manager_forms_the_team(login: Callable[..., Client], planning_case: Assessment, world: Any) -> None:
    client = login(world.body_manager)
    for user, role in (
        (world.lead, "lead"),
        (world.lead, "assessor"),
        (world.assessor, "assessor"),
        (world.quality_reviewer, "quality_reviewer"),
    ):
        assert assign(client, planning_case, user, role)["Location"] == url("team", planning_case)
    assert parts(planning_case) == [
        ("冯质审", "quality_reviewer"),
        ("吴组长", "assessor"),
        ("吴组长", "lead"),
        ("郑评估", "assessor"),
    ]
    page = client.get(url("team", planning_case))
    first = page.context["members"][0]
    assert (first.user.name, first.role) == ("吴组长", "lead")


@pytest.mark.parametrize(
    ("persona", "role", "words"),
    [
        ("assessor", "lead", "不具备担任该职务的资格"),
        ("quality_reviewer", "assessor", "不具备担任该职务的资格"),
        ("body_manager", "assessor", "不具备担任该职务的资格"),
        ("other_manager", "lead", "该人员不是本机构成员"),
    ],
)
def test_unqualified_person_is_refused(
    login: Callable[..., Client], planning_case: Assessment, world: Any, persona: str, role: str, words: str
) -> None:
    response = assign(login(world.body_manager), planning_case, getattr(world, persona), role)
    assert response.status_code == 422
    assert words in response.content.decode()
    assert parts(planning_case) == []


def test_second_lead_is_refused(login: Callable[..., Client], planning_case: Assessment, world: Any) -> None:
    other = factories.make_user("尤组长")
    factories.join(other, world.body, Role.LEAD_ASSESSOR)
    client = login(world.body_manager)
    assign(client, planning_case, world.lead, "lead")
    response = assign(client, planning_case, other, "lead")
    assert response.status_code == 422
    assert "评估组已有组长" in response.content.decode()
    assert parts(planning_case) == [("吴组长", "lead")]


@pytest.mark.parametrize("kind", ["employment", "coaching", "relation"])
def test_conflicted_person_is_listed_with_the_reason_and_cannot_be_chosen(
    login: Callable[..., Client], planning_case: Assessment, world: Any, kind: str
) -> None:
    planning_case.enterprise.conflicts.create(
        user=world.assessor, kind=kind, until=timezone.localdate(), declared_at=timezone.now()
    )
    client = login(world.body_manager)
    page = client.get(url("team", planning_case))
    people = {p.user.name: p for p in page.context["people"]}
    assert people["郑评估"].parts == ()
    assert people["郑评估"].refusal.zh in page.content.decode()
    assert people["王三"].parts == (CaseRole.ASSESSOR,)
    response = assign(client, planning_case, world.assessor, "assessor")
    assert response.status_code == 422
    assert people["郑评估"].refusal.zh in response.content.decode()
    assert parts(planning_case) == []


def test_former_employee_is_listed_as_conflicted(
    login: Callable[..., Client], planning_case: Assessment, world: Any
) -> None:
    past = factories.join(world.assessor, world.enterprise, Role.VIEWER)
    past.is_active, past.ended_at = False, timezone.now()
    past.save()
    people = login(world.body_manager).get(url("team", planning_case)).context["people"]
    refusal = next(p.refusal for p in people if p.user == world.assessor)
    assert refusal.zh == "郑评估现任职或近年曾任职于该企业。"


def test_offered_parts_follow_the_team(login: Callable[..., Client], planning_case: Assessment, world: Any) -> None:
    client = login(world.body_manager)
    assign(client, planning_case, world.lead, "lead")
    assign(client, planning_case, world.quality_reviewer, "quality_reviewer")
    people = {p.user.name: (p.held, p.parts) for p in client.get(url("team", planning_case)).context["people"]}
    assert people == {
        "吴组长": ((CaseRole.LEAD,), (CaseRole.ASSESSOR,)),
        "冯质审": ((CaseRole.QUALITY_REVIEWER,), ()),
        "郑评估": ((), (CaseRole.ASSESSOR,)),
        "王三": ((), (CaseRole.ASSESSOR,)),
    }


def test_remove(login: Callable[..., Client], planning_case: Assessment, world: Any) -> None:
    client = login(world.body_manager)
    assign(client, planning_case, world.lead, "lead")
    address = url("team_remove", planning_case, TeamMember.objects.get().pk)
    assert client.get(address).status_code == 405
    assert client.post(address).status_code == 302
    assert parts(planning_case) == []
    assert client.post(address).status_code == 404


def test_member_declares(login: Callable[..., Client], planning_case: Assessment, world: Any) -> None:
    manager = {"by": world.body_manager, "number": planning_case.number, "at": timezone.now()}
    review.assign(user=world.assessor, role="assessor", **manager)
    client = login(world.assessor)
    page = client.get(url("team", planning_case))
    assert planning_case.enterprise.name in page.content.decode()
    assert page.context["must_declare"] is True
    assert client.get(url("team_declare", planning_case)).status_code == 405
    refused = client.post(url("team_declare", planning_case))
    assert refused.status_code == 422
    assert "请阅读声明并勾选确认" in refused.content.decode()
    assert TeamMember.objects.get().declared_at is None
    assert client.post(url("team_declare", planning_case), {"declared": "on"}).status_code == 302
    assert TeamMember.objects.get().declared_at is not None
    assert client.get(url("team", planning_case)).context["must_declare"] is False


def test_manager_does_not_declare(login: Callable[..., Client], planning_case: Assessment, world: Any) -> None:
    response = login(world.body_manager).post(url("team_declare", planning_case), {"declared": "on"})
    assert response.status_code == 403


@pytest.mark.parametrize(("persona", "status"), [("lead", 403), ("enterprise_admin", 403), ("other_manager", 404)])
def test_only_the_manager_changes_the_team(
    login: Callable[..., Client], planning_case: Assessment, world: Any, persona: str, status: int
) -> None:
    review.assign(by=world.body_manager, number=planning_case.number, user=world.lead, role="lead", at=timezone.now())
    client, before = login(getattr(world, persona)), parts(planning_case)
    assert assign(client, planning_case, world.assessor, "assessor").status_code == status
    assert client.post(url("team_remove", planning_case, TeamMember.objects.get().pk)).status_code == status
    assert parts(planning_case) == before


def test_team_is_fixed_once_the_review_began(login: Callable[..., Client], review_case: Assessment, world: Any) -> None:
    client, before = login(world.body_manager), parts(review_case)
    page = client.get(url("team", review_case)).content.decode()
    assert "可指派人员" not in page
    assert assign(client, review_case, world.third_assessor, "assessor").status_code == 403
    assert parts(review_case) == before


def test_search_narrows_people(login: Callable[..., Client], planning_case: Assessment, world: Any) -> None:
    people = login(world.body_manager).get(url("team", planning_case), {"q": "郑"}).context["people"]
    assert [p.user for p in people] == [world.assessor]


def test_queries_do_not_grow_with_the_body(login: Callable[..., Client], planning_case: Assessment, world: Any) -> None:
    client = login(world.body_manager)

    def count() -> int:
        client.get(url("team", planning_case))
        with CaptureQueriesContext(connection) as found:
            assert client.get(url("team", planning_case)).status_code == 200
        return len(found)

    few = count()
    for n in range(12):
        user = factories.make_user(f"评估师{n}")
        factories.join(user, world.body, Role.ASSESSOR)
        planning_case.enterprise.conflicts.create(
            user=user, kind="coaching", until=timezone.localdate(), declared_at=timezone.now()
        )
    assert count() == few
    assert few <= 25
