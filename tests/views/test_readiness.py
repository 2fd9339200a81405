"""What a self-assessment lacks before it can be finalised, as links."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from assessments.actions import delegations, questionnaire
from assessments.models import Answer, Assessment, Discussion, Evidence
from assessments.queries.readiness import gaps
from tests import factories
from tests.conftest import World

Login = Callable[..., Client]


def _address(case: Assessment) -> str:
    return reverse("readiness", args=[case.number])


def _found(case: Assessment) -> dict[str, list[str]]:
    return {g.code: [c for _, codes in g.items for c in codes] for g in gaps(case, timezone.localdate())}


def test_an_empty_questionnaire_lacks_every_answer(draft_case: Assessment) -> None:
    assert _found(draft_case) == {"unanswered": list(draft_case.edition.criteria)}


def test_each_kind_is_told_apart(world: World, answered_case: Assessment) -> None:
    case, user, now = answered_case, world.enterprise_admin, timezone.now()
    codes = list(case.edition.criteria)
    claimed = [c for c in codes if factories.by_level(c) in ("full", "largely")]
    expired, current = (factories.keep_file(world.enterprise, user, n) for n in ("旧制度.pdf", "新制度.pdf"))
    Evidence.objects.filter(pk=expired.evidence_id).update(effective_until=timezone.localdate() - dt.timedelta(days=1))
    Evidence.objects.filter(pk=current.evidence_id).update(effective_until=timezone.localdate())
    factories.link_file(case, claimed[0], expired, user)
    factories.link_file(case, claimed[1], current, user)
    Answer.objects.filter(assessment=case, criterion_code=codes[2]).update(verdict="")
    Answer.objects.filter(assessment=case, criterion_code=codes[3]).update(is_carried=True)
    Answer.objects.filter(assessment=case, criterion_code__in=codes[4:6]).update(verdict="not_applicable")
    Answer.objects.filter(assessment=case, criterion_code=codes[4]).update(reason="无此业务")
    Discussion.objects.create(assessment=case, criterion_code=codes[7], opened_by=user, opened_at=now)
    Discussion.objects.create(
        assessment=case, criterion_code=codes[8], opened_by=user, opened_at=now, resolved_by=user, resolved_at=now
    )
    assert _found(case) == {
        "unanswered": [codes[2]],
        "to_confirm": [codes[3]],
        "reason": [codes[5]],
        "evidence": [c for c in claimed if c not in {*claimed[:2], codes[2], *codes[4:6]}],
        "expired": [claimed[0]],
        "discussion": [codes[7]],
    }


def test_the_list_is_links_to_the_rows_with_the_names_of_those_responsible(
    world: World, draft_case: Assessment, login: Login
) -> None:
    delegations.delegate(
        by=world.enterprise_admin, number=draft_case.number, user=world.contributor, part_codes=["6.1"], due_date=None,
        at=timezone.now(),
    )  # fmt: skip
    answers = {c: questionnaire.Given("full") for c in draft_case.edition.criteria if not c.startswith("6.1-")}
    questionnaire.save_many(by=world.enterprise_admin, number=draft_case.number, answers=answers, at=timezone.now())
    page = login(world.contributor).get(_address(draft_case)).content.decode()
    item = reverse("item", args=[draft_case.number, "6.1"])
    blocking = page[page.index('id="blocking-title"') : page.index('id="advisory-title"')]
    rows = [c.code for c in draft_case.edition.items["6.1"].criteria]
    assert re.findall(rf'href="{item}#c-([^"]+)"', blocking) == rows
    assert f'href="{item}?show=unanswered"' in blocking
    assert world.contributor.name in blocking


def test_finalising_shows_the_same_list_and_no_form_until_it_is_empty(
    world: World, answered_case: Assessment, login: Login
) -> None:
    client, address = login(world.enterprise_admin), reverse("transition", args=[answered_case.number, "finalise"])
    assert client.get(address).context["blocking"] == []
    code = next(iter(answered_case.edition.criteria))
    answer = answered_case.answers.get(criterion_code=code)
    questionnaire.save(
        by=world.enterprise_admin, number=answered_case.number, criterion_code=code, verdict="", reason="", note="",
        version=answer.version, at=timezone.now(),
    )  # fmt: skip
    page = client.get(address)
    assert [(g.code, g.count) for g in page.context["blocking"]] == [("unanswered", 1)]
    assert f"#c-{code}" in page.content.decode()
    assert '<form class="confirm-panel' not in page.content.decode()


@pytest.mark.parametrize(
    ("who", "status"), [("viewer", 200), ("contributor", 200), ("stranger", 404), ("lead", 404), ("officer", 404)]
)
def test_it_is_the_enterprise_s_own(world: World, draft_case: Assessment, login: Login, who: str, status: int) -> None:
    assert login(getattr(world, who)).get(_address(draft_case)).status_code == status


def test_others_in_the_case_do_not_read_it_and_later_it_is_over(
    world: World, applied_case: Assessment, login: Login
) -> None:
    assert login(world.body_manager).get(_address(applied_case)).status_code == 403
    page = login(world.enterprise_admin).get(_address(applied_case))
    assert "自评已提交，不再核对缺项。" in page.content.decode()
    assert "blocking" not in page.context


def test_queries_do_not_grow(
    world: World, draft_case: Assessment, login: Login, django_assert_num_queries: Callable,
    django_assert_max_num_queries: Callable,
) -> None:  # fmt: skip
    client = login(world.enterprise_admin)
    client.get(_address(draft_case))
    with django_assert_max_num_queries(15) as empty:
        client.get(_address(draft_case))
    factories.answer_all(draft_case, world.enterprise_admin)
    with django_assert_num_queries(len(empty)):
        client.get(_address(draft_case))
