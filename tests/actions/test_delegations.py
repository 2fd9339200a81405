"""Dividing the work: who is given what, hands over, finishes and is invited, who is told, and what changes nothing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone

from assessments.actions import delegations, organisations, questionnaire
from assessments.actions.errors import NotAllowed, Refused
from assessments.models import Answer, Assessment, Delegation, Event, InboxMessage, Invitation, Membership, User
from assessments.notifications.words import words_of
from assessments.queries.delegations import own_figures
from assessments.workflow import Role
from tests import factories
from tests.conftest import World

TODAY = timezone.localdate()
DUE = TODAY + dt.timedelta(days=10)


@pytest.fixture
def colleague(world: World) -> User:
    """A second contributor of the enterprise."""
    user = factories.make_user("何同", "colleague@test.example")
    factories.join(user, world.enterprise, Role.CONTRIBUTOR)
    return user


def assign(world: World, case: Assessment, user: User, *parts: str, by: User | None = None, **given: Any) -> None:
    delegations.delegate(
        by=by or world.enterprise_admin,
        number=case.number,
        user=user,
        part_codes=parts,
        due_date=given.pop("due_date", None),
        at=timezone.now(),
        **given,
    )


def hand(case: Assessment, by: User, user: User, receiver: User, *parts: str, reason: str = "调岗") -> None:
    delegations.hand_over(
        by=by, number=case.number, user=user, receiver=receiver, part_codes=parts, reason=reason, at=timezone.now()
    )


def parts_of(case: Assessment, user: User) -> list[str]:
    return sorted(Delegation.objects.filter(assessment=case, user=user).values_list("part_code", flat=True))


def row(case: Assessment, user: User, part: str) -> Delegation:
    return Delegation.objects.get(assessment=case, user=user, part_code=part)


def messages_of(user: User) -> list[str]:
    return [words_of(m).zh for m in InboxMessage.objects.filter(user=user).exclude(kind="step")]


def snapshot() -> tuple:
    return (
        list(Delegation.objects.order_by("pk").values()),
        list(Invitation.objects.order_by("pk").values()),
        list(Membership.objects.order_by("pk").values()),
        InboxMessage.objects.count(),
        Event.objects.count(),
        len(mail.outbox),
    )


# --- assigning -----------------------------------------------------------------------------------------------------


def test_items_under_a_domain_of_the_same_person_are_dropped(world: World, draft_case: Assessment) -> None:
    assign(world, draft_case, world.contributor, "6", "6.1", "7.2", due_date=DUE, note="  以正式发布的为准 ")
    assert parts_of(draft_case, world.contributor) == ["6", "7.2"]
    kept = row(draft_case, world.contributor, "7.2")
    assert (kept.due_date, kept.note, kept.assigned_by) == (DUE, "以正式发布的为准", world.enterprise_admin)
    event = Event.objects.get(action="case.delegated")
    assert event.after == {"parts": ["6", "7.2"], "due_date": DUE.isoformat(), "note": "以正式发布的为准"}


def test_exactly_these_parts_remain_and_what_stays_keeps_its_mark(world: World, answered_case: Assessment) -> None:
    assign(world, answered_case, world.contributor, "6", "7.1")
    part = row(answered_case, world.contributor, "6")
    delegations.finish(by=world.contributor, number=answered_case.number, delegation_id=part.pk, at=timezone.now())
    assign(world, answered_case, world.contributor, "6", "8.1", due_date=DUE)
    assert parts_of(answered_case, world.contributor) == ["6", "8.1"]
    again = row(answered_case, world.contributor, "6")
    assert (again.pk, again.done_at is not None, again.due_date) == (part.pk, True, DUE)
    assign(world, answered_case, world.contributor)
    assert parts_of(answered_case, world.contributor) == []


def test_one_letter_a_save_and_only_for_news(
    world: World, draft_case: Assessment, django_capture_on_commit_callbacks: Callable
) -> None:
    def saved(*parts: str, **given: Any) -> int:
        mail.outbox.clear()
        with django_capture_on_commit_callbacks(execute=True):
            assign(world, draft_case, world.contributor, *parts, **given)
        return len(mail.outbox)

    assert saved("6", "7.1", due_date=DUE, note="请附制度文号") == 1
    letter = mail.outbox[0]
    assert letter.to == [world.contributor.email]
    edition = draft_case.edition
    number = sum(len(i.criteria) for i in edition.domains_by_code["6"].items) + len(edition.items["7.1"].criteria)
    for words in (
        f"6 {edition.domains_by_code['6'].name.zh}", f"7.1 {edition.items['7.1'].name.en}", f"共 {number} 条",
        f"{number} criteria in all", f"请在 {DUE.isoformat()} 前完成", f"finish by {DUE.isoformat()}", "请附制度文号",
        f"/assessments/{draft_case.number}/mine/",
    ):  # fmt: skip
        assert words in letter.body
    assert "\n" not in letter.subject
    assert messages_of(world.contributor)[0].startswith(f"{world.enterprise_admin.name}分配给您：6 ")
    assert saved("6", "7.1", due_date=DUE, note="请附制度文号") == 0  # again
    assert saved("6", due_date=DUE, note="请附制度文号") == 0  # less
    assert saved("6", due_date=DUE) == 0  # other words
    assert saved("6", due_date=DUE + dt.timedelta(days=1)) == 1  # another date
    assert InboxMessage.objects.filter(user=world.contributor, kind="assigned").count() == 2
    assert Event.objects.filter(action="case.delegated").count() == 4


def test_nobody_writes_to_themselves(
    world: World, draft_case: Assessment, django_capture_on_commit_callbacks: Callable
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        assign(world, draft_case, world.enterprise_admin, "6")
    assert (mail.outbox, messages_of(world.enterprise_admin)) == ([], [])


def test_a_mail_server_that_is_down_undoes_nothing(
    world: World, draft_case: Assessment, settings: Any, django_capture_on_commit_callbacks: Callable
) -> None:
    settings.EMAIL_BACKEND = "no.such.Backend"
    with django_capture_on_commit_callbacks(execute=True):
        assign(world, draft_case, world.contributor, "6")
    assert parts_of(draft_case, world.contributor) == ["6"]


@pytest.mark.parametrize(
    ("by", "user", "parts", "note", "error"),
    [
        ("contributor", "contributor", ["6"], "", NotAllowed),
        ("viewer", "contributor", ["6"], "", NotAllowed),
        ("stranger", "contributor", ["6"], "", Assessment.DoesNotExist),
        ("body_manager", "contributor", ["6"], "", Assessment.DoesNotExist),
        ("enterprise_admin", "viewer", ["6"], "", Refused),
        ("enterprise_admin", "stranger", ["6"], "", Refused),
        ("enterprise_admin", "contributor", ["6", "99"], "", Refused),
        ("enterprise_admin", "contributor", ["6.1-L1-01"], "", Refused),
        ("enterprise_admin", "contributor", ["6"], "长" * 301, Refused),
    ],
)
def test_what_is_refused_changes_nothing(
    world: World, draft_case: Assessment, by: str, user: str, parts: list[str], note: str, error: type[Exception]
) -> None:
    before = snapshot()
    with pytest.raises(error):
        assign(world, draft_case, getattr(world, user), *parts, by=getattr(world, by), note=note)
    assert snapshot() == before


# --- handing over --------------------------------------------------------------------------------------------------


def test_parts_go_from_hand_to_hand_with_their_dates(
    world: World, draft_case: Assessment, colleague: User, django_capture_on_commit_callbacks: Callable
) -> None:
    assign(world, draft_case, world.contributor, "6", "7.1", due_date=DUE)
    with django_capture_on_commit_callbacks(execute=True):
        hand(draft_case, world.contributor, world.contributor, colleague, "7.1", reason="休假两周")
    assert (parts_of(draft_case, world.contributor), parts_of(draft_case, colleague)) == (["6"], ["7.1"])
    assert row(draft_case, colleague, "7.1").due_date == DUE
    name = draft_case.edition.items["7.1"].name.zh
    sentence = f"{world.contributor.name}将填报工作移交给{{to}}：7.1 {name}（休假两周）"
    assert messages_of(colleague) == [sentence.format(to="您")]
    assert messages_of(world.enterprise_admin) == [sentence.format(to=colleague.name)]
    assert [(m.to, "休假两周" in m.body, DUE.isoformat() in m.body) for m in mail.outbox] == [
        ([colleague.email], True, True)
    ]
    # An administrator passes it on, and the one who loses it is told.
    hand(draft_case, world.enterprise_admin, colleague, world.enterprise_admin, "7.1")
    assert parts_of(draft_case, world.enterprise_admin) == ["7.1"]
    assert len(messages_of(colleague)) == 2
    event = Event.objects.filter(action="delegation.handed_over").latest("pk")
    assert (event.subject, event.after) == (
        f"{colleague.email} → {world.enterprise_admin.email}",
        {"parts": ["7.1"], "reason": "调岗"},
    )


def test_what_the_receiver_has_already_is_not_doubled(world: World, draft_case: Assessment, colleague: User) -> None:
    assign(world, draft_case, world.contributor, "6", "7.1", "8.1")
    assign(world, draft_case, colleague, "6.1", "7", "8.1")
    hand(draft_case, world.contributor, world.contributor, colleague, "6", "7.1", "8.1")
    assert (parts_of(draft_case, world.contributor), parts_of(draft_case, colleague)) == ([""], ["6", "7", "8.1"])


def test_whoever_hands_over_everything_may_answer_nothing(
    world: World, draft_case: Assessment, colleague: User
) -> None:
    def save(code: str, version: int = 0) -> None:
        questionnaire.save(
            by=world.contributor, number=draft_case.number, criterion_code=code, verdict="full", reason="", note="",
            version=version, at=timezone.now(),
        )  # fmt: skip

    assign(world, draft_case, world.contributor, "6")
    hand(draft_case, world.contributor, world.contributor, colleague, "6")
    for code in ("6.1-L1-01", "7.1-L1-01"):
        with pytest.raises(NotAllowed):
            save(code)
    assert own_figures(world.contributor, [draft_case])[draft_case.pk].total == 0
    with pytest.raises(Refused):
        hand(draft_case, world.contributor, world.contributor, colleague, "")
    hand(draft_case, colleague, colleague, world.contributor, "6")
    assert (parts_of(draft_case, world.contributor), parts_of(draft_case, colleague)) == (["6"], [""])
    save("6.1-L1-01")
    hand(draft_case, world.contributor, world.contributor, colleague, "6")
    assign(world, draft_case, world.contributor, "7.1")
    assert (parts_of(draft_case, world.contributor), parts_of(draft_case, colleague)) == (["7.1"], ["6"])


def test_work_of_somebody_who_left_is_given_to_another(world: World, draft_case: Assessment, colleague: User) -> None:
    assign(world, draft_case, world.contributor, "6")
    membership = Membership.objects.get(user=world.contributor, organisation=world.enterprise)
    organisations.end_membership(by=world.enterprise_admin, membership=membership, at=timezone.now())
    assert parts_of(draft_case, world.contributor) == ["6"]
    with pytest.raises(Assessment.DoesNotExist):
        hand(draft_case, world.contributor, world.contributor, colleague, "6")
    hand(draft_case, world.enterprise_admin, world.contributor, colleague, "6")
    assert (parts_of(draft_case, world.contributor), parts_of(draft_case, colleague)) == ([], ["6"])


@pytest.mark.parametrize(
    ("by", "receiver", "parts", "reason", "error"),
    [
        ("colleague", "colleague", ["6"], "理由", NotAllowed),
        ("viewer", "colleague", ["6"], "理由", NotAllowed),
        ("stranger", "colleague", ["6"], "理由", Assessment.DoesNotExist),
        ("contributor", "viewer", ["6"], "理由", Refused),
        ("contributor", "stranger", ["6"], "理由", Refused),
        ("contributor", "contributor", ["6"], "理由", Refused),
        ("contributor", "colleague", ["7"], "理由", Refused),
        ("contributor", "colleague", ["6.1"], "理由", Refused),
        ("contributor", "colleague", [], "理由", Refused),
        ("contributor", "colleague", ["6"], "  ", Refused),
        ("contributor", "colleague", ["6"], "长" * 301, Refused),
    ],
)
def test_a_refused_hand_over_changes_nothing(
    world: World,
    draft_case: Assessment,
    colleague: User,
    by: str,
    receiver: str,
    parts: list[str],
    reason: str,
    error: type[Exception],
) -> None:
    assign(world, draft_case, world.contributor, "6")
    people = {**vars(world), "colleague": colleague}
    before = snapshot()
    with pytest.raises(error):
        hand(draft_case, people[by], world.contributor, people[receiver], *parts, reason=reason)
    assert snapshot() == before


# --- finishing -----------------------------------------------------------------------------------------------------


def test_a_part_is_finished_when_nothing_is_left(world: World, draft_case: Assessment) -> None:
    assign(world, draft_case, world.contributor, "6.1")
    part, codes = row(draft_case, world.contributor, "6.1"), [c.code for c in draft_case.edition.items["6.1"].criteria]
    factories.answer_all(draft_case, world.contributor, lambda code: "" if code == codes[0] else "full")
    Answer.objects.filter(criterion_code=codes[3]).update(is_carried=True)
    before = snapshot()
    with pytest.raises(delegations.Unfinished) as refused:
        delegations.finish(by=world.contributor, number=draft_case.number, delegation_id=part.pk, at=timezone.now())
    assert [c.code for c in refused.value.criteria] == [codes[0], codes[3]]
    assert snapshot() == before
    Answer.objects.filter(assessment=draft_case).update(verdict="full", is_carried=False)
    for _twice in range(2):
        delegations.finish(by=world.contributor, number=draft_case.number, delegation_id=part.pk, at=timezone.now())
    assert row(draft_case, world.contributor, "6.1").done_at is not None
    name = draft_case.edition.items["6.1"].name.zh
    assert messages_of(world.enterprise_admin) == [f"{world.contributor.name}已完成填报：6.1 {name}"]
    assert messages_of(world.viewer) == []
    assert Event.objects.filter(action="delegation.done").count() == 1


def test_only_whose_it_is_finishes_and_only_they_or_an_administrator_reopen(
    world: World, answered_case: Assessment, colleague: User
) -> None:
    assign(world, answered_case, world.contributor, "6")
    part, number = row(answered_case, world.contributor, "6"), answered_case.number
    at = timezone.now()
    for user in (world.enterprise_admin, colleague, world.viewer):
        before = snapshot()
        with pytest.raises(NotAllowed):
            delegations.finish(by=user, number=number, delegation_id=part.pk, at=at)
        assert snapshot() == before
    delegations.finish(by=world.contributor, number=number, delegation_id=part.pk, at=at)
    for user in (colleague, world.viewer):
        with pytest.raises(NotAllowed):
            delegations.reopen(by=user, number=number, delegation_id=part.pk, at=at)
    with pytest.raises(Assessment.DoesNotExist):
        delegations.reopen(by=world.stranger, number=number, delegation_id=part.pk, at=at)
    assert row(answered_case, world.contributor, "6").done_at == at
    delegations.reopen(by=world.enterprise_admin, number=number, delegation_id=part.pk, at=at)
    assert row(answered_case, world.contributor, "6").done_at is None
    assert messages_of(world.contributor)[0].endswith("（退回继续填报）")
    with pytest.raises(Refused):
        delegations.finish(by=world.contributor, number=number, delegation_id=part.pk + 99, at=at)


def test_nothing_is_divided_once_finalised(world: World, finalised_case: Assessment, colleague: User) -> None:
    part = Delegation.objects.create(assessment=finalised_case, user=world.contributor, part_code="6")
    before, given = snapshot(), {"number": finalised_case.number, "delegation_id": part.pk, "at": timezone.now()}
    with pytest.raises(NotAllowed):
        assign(world, finalised_case, world.contributor, "7")
    with pytest.raises(NotAllowed):
        hand(finalised_case, world.contributor, world.contributor, colleague, "6")
    for act in (delegations.finish, delegations.reopen):
        with pytest.raises(NotAllowed):
            act(by=world.contributor, **given)
    with pytest.raises(NotAllowed):
        _invite(world, finalised_case)
    assert snapshot() == before


# --- inviting ------------------------------------------------------------------------------------------------------


def _invite(world: World, case: Assessment, *parts: str, by: User | None = None) -> Invitation:
    return delegations.invite(
        by=by or world.enterprise_admin,
        number=case.number,
        email=world.nobody.email.upper(),
        part_codes=parts or ("6", "6.1", "7.1"),
        due_date=DUE,
        at=timezone.now(),
    )


def _accept(world: World, invitation: Invitation) -> Membership:
    return organisations.accept_invitation(by=world.nobody, token=invitation.token, at=timezone.now())


def test_an_invitation_brings_its_parts(
    world: World, draft_case: Assessment, django_capture_on_commit_callbacks: Callable
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        invitation = _invite(world, draft_case)
    assert (invitation.part_codes, invitation.due_date, invitation.role) == (["6", "7.1"], DUE, Role.CONTRIBUTOR)
    assert f"7.1 {draft_case.edition.items['7.1'].name.zh}" in mail.outbox[0].body
    assert f"7.1 {draft_case.edition.items['7.1'].name.en}" in mail.outbox[0].body
    assert DUE.isoformat() in mail.outbox[0].body
    _accept(world, invitation)
    assert parts_of(draft_case, world.nobody) == ["6", "7.1"]
    kept = row(draft_case, world.nobody, "6")
    assert (kept.due_date, kept.assigned_by) == (DUE, world.enterprise_admin)


def test_an_invitation_sent_anew_keeps_its_parts(world: World, draft_case: Assessment) -> None:
    _invite(world, draft_case)
    again = organisations.invite(
        by=world.enterprise_admin,
        organisation=world.enterprise,
        email=world.nobody.email,
        role=Role.CONTRIBUTOR,
        at=timezone.now(),
    )
    assert (again.assessment, again.part_codes, again.due_date) == (draft_case, ["6", "7.1"], DUE)
    assert _invite(world, draft_case, "8").part_codes == ["8"]
    assert Invitation.objects.count() == 1


def test_somebody_who_comes_back_has_their_old_parts_and_the_new(world: World, draft_case: Assessment) -> None:
    Delegation.objects.create(assessment=draft_case, user=world.nobody, part_code="6.2")
    _accept(world, _invite(world, draft_case))
    assert parts_of(draft_case, world.nobody) == ["6", "7.1"]


def test_after_finalising_one_joins_without_parts(world: World, answered_case: Assessment) -> None:
    invitation = _invite(world, answered_case)
    factories.state_eligibility(answered_case, world.enterprise_admin)
    factories.move(answered_case, world.enterprise_admin, "finalise", pledge=True)
    assert _accept(world, invitation).role == Role.CONTRIBUTOR
    assert parts_of(answered_case, world.nobody) == []


def test_whoever_becomes_a_viewer_gets_no_parts(world: World, draft_case: Assessment) -> None:
    invitation = _invite(world, draft_case)
    Invitation.objects.filter(pk=invitation.pk).update(role=Role.VIEWER)
    _accept(world, invitation)
    assert parts_of(draft_case, world.nobody) == []


@pytest.mark.parametrize(("by", "parts"), [("contributor", ["6"]), ("viewer", ["6"]), ("enterprise_admin", ["99"])])
def test_a_refused_invitation_leaves_no_trace(world: World, draft_case: Assessment, by: str, parts: list[str]) -> None:
    before = snapshot()
    with pytest.raises(Refused):
        _invite(world, draft_case, *parts, by=getattr(world, by))
    assert snapshot() == before


def test_a_member_is_not_invited_again(world: World, draft_case: Assessment) -> None:
    before = snapshot()
    with pytest.raises(Refused):
        delegations.invite(
            by=world.enterprise_admin,
            number=draft_case.number,
            email=world.contributor.email,
            part_codes=["6"],
            due_date=None,
            at=timezone.now(),
        )
    assert snapshot() == before
