"""Nobody decides on their own work: what a second membership does not give."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from assessments.actions import certificates, organisations
from assessments.actions.errors import NotAllowed
from assessments.models import Assessment, Certificate, Membership, User
from assessments.permissions import rules, scope
from assessments.permissions.scope import case_roles
from assessments.workflow import CaseRole, Role
from tests import factories
from tests.conftest import World


def _roles(user: User, case: Assessment) -> set[str]:
    found = scope.cases(user).filter(pk=case.pk).first()
    return set() if found is None else {str(r) for r in case_roles(found)}


def test_a_member_of_the_team_is_no_officer_in_the_case(world: World, compliance_case: Assessment) -> None:
    factories.join(world.assessor, world.office, Role.CERTIFICATION_OFFICER)
    assert _roles(world.assessor, compliance_case) == {"assessor"}
    assert _roles(world.officer, compliance_case) == {"officer"}
    with pytest.raises(NotAllowed):
        factories.move(compliance_case, world.assessor, "pass_to_notice")


def test_who_left_the_body_for_the_office_does_not_review_the_own_case(
    world: World, compliance_case: Assessment
) -> None:
    membership = Membership.objects.select_related("organisation", "user").get(user=world.assessor)
    organisations.end_membership(by=world.body_manager, membership=membership, at=timezone.now())
    factories.join(world.assessor, world.office, Role.CERTIFICATION_OFFICER)
    assert _roles(world.assessor, compliance_case) == set()


def test_the_manager_of_the_body_is_no_officer_either(world: World, compliance_case: Assessment) -> None:
    factories.join(world.body_manager, world.office, Role.CERTIFICATION_OFFICER)
    assert _roles(world.body_manager, compliance_case) == {"body_manager"}


def test_a_colleague_of_the_body_who_is_an_officer_reads_nothing(world: World, review_case: Assessment) -> None:
    """Neither on the team nor manager: the list of readable files says the same as the rule."""
    factories.join(world.third_assessor, world.office, Role.CERTIFICATION_OFFICER)
    assert _roles(world.third_assessor, review_case) == set()
    assert not scope.readers_of_material(world.third_assessor).filter(pk=review_case.pk).exists()


def _tied(world: World) -> User:
    """An officer who worked at the enterprise until today."""
    membership = factories.join(world.officer, world.enterprise, Role.VIEWER)
    membership.is_active, membership.ended_at = False, timezone.now()
    membership.save()
    return world.officer


def test_an_officer_with_a_tie_does_not_change_the_certificate(world: World, certified_case: Assessment) -> None:
    certificate = Certificate.objects.get(assessment=certified_case)
    officer = _tied(world)
    assert not rules.can_change_certificate(officer, None)
    with pytest.raises(NotAllowed):
        certificates.change_status(
            by=officer, certificate=certificate, status="suspended", reason="核查", at=timezone.now()
        )
    certificate.refresh_from_db()
    assert certificate.status == "active"


def test_the_page_says_so_and_offers_no_form(world: World, certified_case: Assessment, login: Any) -> None:
    certificate = Certificate.objects.get(assessment=certified_case)
    client = login(_tied(world))
    page = client.get(reverse("certificate_detail", args=[certificate.number]))
    assert page.status_code == 200
    assert page.context["form"] is None
    form = {"status": "suspended", "reason": "核查", "seen": "active", "confirmed": "1"}
    response = client.post(reverse("certificate_status", args=[certificate.number]), form)
    assert response.status_code == 403
    assert "须由其他发证审查员办理" in response.content.decode()


def test_the_level_filter_of_the_office_tells_nothing_before_sign_off(
    world: World, onsite_case: Assessment, login: Any
) -> None:
    """The column is live during the review; the case must not appear under the level it stands at."""
    onsite_case.refresh_from_db()
    assert onsite_case.assessed_level == 3
    address = reverse("document_list")
    client = login(world.officer)
    assert onsite_case.number in client.get(address).content.decode()
    assert onsite_case.number not in client.get(f"{address}?level=3").content.decode()


def test_the_level_filter_finds_what_is_signed_off(world: World, compliance_case: Assessment, login: Any) -> None:
    response = login(world.officer).get(f"{reverse('document_list')}?level=3")
    assert compliance_case.number in response.content.decode()


def test_roles_are_what_they_were_for_everybody_with_one_membership(world: World, notice_case: Assessment) -> None:
    assert _roles(world.officer, notice_case) == {str(CaseRole.OFFICER)}
    assert _roles(world.district_officer, notice_case) == {str(CaseRole.DISTRICT_OFFICER)}
