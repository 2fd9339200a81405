"""Commenting, resolving, and who is told."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone

from assessments.actions import delegations, discussions
from assessments.actions.errors import NotAllowed, Refused
from assessments.models import Assessment, Comment, Discussion, Event, InboxMessage, Membership, User
from assessments.models.questionnaire import COMMENT_MAX
from assessments.workflow import Role, StateCode
from tests import factories
from tests.conftest import World

CODE = "6.1-L1-01"
NOW = timezone.now()


def say(case: Assessment, by: User, text: str = "口径不一致", minutes: int = 0, **more: Any) -> Comment:
    return discussions.comment(
        by=by,
        number=case.number,
        criterion_code=more.pop("code", CODE),
        text=text,
        at=NOW + dt.timedelta(minutes=minutes),
        **more,
    )


def settle(case: Assessment, by: User, is_resolved: bool = True) -> Discussion:
    return discussions.resolve(by=by, number=case.number, criterion_code=CODE, is_resolved=is_resolved, at=NOW)


def told() -> set[tuple[str, str]]:
    return {(m.user.name, m.kind) for m in InboxMessage.objects.exclude(kind="step").select_related("user")}


def nothing_written() -> bool:
    events = Event.objects.filter(action__startswith="discussion.")
    return not (Discussion.objects.exists() or Comment.objects.exists() or events.exists() or told() or mail.outbox)


def test_the_first_word_opens_the_discussion(world: World, draft_case: Assessment) -> None:
    said = say(draft_case, world.contributor, " 第一行\r\n第二行\x00 ")
    assert said.text == "第一行\n第二行"
    found = Discussion.objects.get()
    assert (found.criterion_code, found.opened_by, found.opened_at, found.resolved_at) == (
        CODE,
        world.contributor,
        NOW,
        None,
    )
    event = Event.objects.get(action="discussion.commented")
    assert (event.subject, event.actor, event.after["mentioned"]) == (CODE, world.contributor, [])
    # What colleagues say stays among them: the trail proves the words without holding them.
    assert "第一行" not in str(event.after)


def test_a_mention_is_told_once_with_a_letter_that_says_nothing_of_the_words(
    world: World, draft_case: Assessment, django_capture_on_commit_callbacks: Any
) -> None:
    say(draft_case, world.contributor, "先说一句")
    with django_capture_on_commit_callbacks(execute=True):
        say(draft_case, world.enterprise_admin, "机密词 @钱进 请补充", 1, mentioned=[world.contributor, world.viewer])
    assert told() == {("钱进", "mention"), ("孙立", "mention")}
    message = InboxMessage.objects.get(user=world.contributor)
    assert message.path == f"/assessments/{draft_case.number}/items/6.1/#c-{CODE}"
    assert (message.values, message.assessment) == ({"name": "赵敏", "code": CODE}, draft_case)
    assert sorted(m.to[0] for m in mail.outbox) == sorted([world.contributor.email, world.viewer.email])
    letter = mail.outbox[0]
    assert "赵敏在 6.1-L1-01 的讨论中提到您" in letter.subject
    assert "mentioned you" in letter.subject
    assert f"/assessments/{draft_case.number}/items/6.1/#c-{CODE}" in letter.body
    assert "机密词" not in letter.subject + letter.body


def test_participants_and_whoever_has_the_part_are_told_without_a_letter(
    world: World, draft_case: Assessment, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        delegations.delegate(
            by=world.enterprise_admin,
            number=draft_case.number,
            user=world.contributor,
            part_codes=["6.1"],
            due_date=None,
            at=NOW,
        )
    InboxMessage.objects.all().delete()
    mail.outbox.clear()
    third = factories.make_user("杨柳")
    factories.join(third, world.enterprise, Role.CONTRIBUTOR)
    with django_capture_on_commit_callbacks(execute=True):
        say(draft_case, third)
        assert told() == {("钱进", "comment")}
        InboxMessage.objects.all().delete()
        say(draft_case, world.enterprise_admin, "收到", 1)
    assert told() == {("钱进", "comment"), ("杨柳", "comment")}
    assert mail.outbox == []


def test_those_who_left_and_those_outside_are_never_told(world: World, draft_case: Assessment) -> None:
    say(draft_case, world.contributor)
    Membership.objects.filter(user=world.contributor).update(is_active=False, ended_at=NOW)
    world.viewer.is_active = False
    world.viewer.save()
    say(draft_case, world.enterprise_admin, "@钱进 @孙立 @李外 在吗", 1)
    assert told() == set()
    assert list(Comment.objects.latest("created_at").mentioned.all()) == []


@pytest.mark.parametrize("whom", ["stranger", "lead", "officer"])
def test_nobody_outside_can_be_picked(world: World, draft_case: Assessment, whom: str) -> None:
    with pytest.raises(Refused, match="只能提及本企业的现有成员"):
        say(draft_case, world.enterprise_admin, mentioned=[getattr(world, whom)])
    assert nothing_written()


def test_two_colleagues_of_one_name_are_both_meant_and_the_author_never(world: World, draft_case: Assessment) -> None:
    namesake = factories.make_user("钱进")
    factories.join(namesake, world.enterprise, Role.CONTRIBUTOR)
    said = say(draft_case, world.enterprise_admin, "@钱进 @赵敏")
    assert set(said.mentioned.all()) == {world.contributor, namesake}


@pytest.mark.parametrize(
    ("text", "words"), [("  \n ", "请填写意见内容"), ("长" * (COMMENT_MAX + 1), f"共 {COMMENT_MAX + 1} 字")]
)
def test_no_words_and_too_many_are_refused(world: World, draft_case: Assessment, text: str, words: str) -> None:
    with pytest.raises(Refused, match=words):
        say(draft_case, world.enterprise_admin, text)
    assert nothing_written()


def test_an_unknown_criterion_is_refused(world: World, draft_case: Assessment) -> None:
    with pytest.raises(Refused, match="没有条款"):
        say(draft_case, world.enterprise_admin, code="99.9-L1-01")
    assert nothing_written()


def test_the_same_words_sent_twice_are_one_comment(world: World, draft_case: Assessment) -> None:
    first = say(draft_case, world.enterprise_admin, "@钱进 请看")
    assert say(draft_case, world.enterprise_admin, "@钱进 请看") == first
    assert (Comment.objects.count(), InboxMessage.objects.filter(kind="mention").count()) == (1, 1)
    assert say(draft_case, world.enterprise_admin, "@钱进 请看", 2) != first


def test_resolving_says_who_and_when_and_a_comment_opens_it_again(world: World, draft_case: Assessment) -> None:
    say(draft_case, world.contributor)
    found = settle(draft_case, world.enterprise_admin)
    assert (found.resolved_by, found.resolved_at) == (world.enterprise_admin, NOW)
    settle(draft_case, world.contributor)  # a second click changes nothing, not even who
    found.refresh_from_db()
    assert found.resolved_by == world.enterprise_admin
    say(draft_case, world.contributor, "还有一处", 1)
    found.refresh_from_db()
    assert (found.resolved_by, found.resolved_at) == (None, None)
    settle(draft_case, world.contributor)
    settle(draft_case, world.contributor, is_resolved=False)
    events = Event.objects.filter(action__startswith="discussion.").order_by("sequence")
    assert [(e.action, (e.after or {}).get("reopened")) for e in events] == [
        ("discussion.commented", None),
        ("discussion.resolved", None),
        ("discussion.commented", True),
        ("discussion.resolved", None),
        ("discussion.reopened", None),
    ]


def test_where_nobody_spoke_there_is_nothing_to_resolve(world: World, draft_case: Assessment) -> None:
    with pytest.raises(Refused, match="尚无讨论"):
        settle(draft_case, world.enterprise_admin)
    assert nothing_written()


def test_viewers_read_only(world: World, draft_case: Assessment) -> None:
    with pytest.raises(NotAllowed, match="您可以查看"):
        say(draft_case, world.viewer)
    assert nothing_written()


@pytest.mark.parametrize("who", ["stranger", "lead", "officer", "nobody"])
def test_out_of_sight_does_not_exist(world: World, draft_case: Assessment, who: str) -> None:
    with pytest.raises(Assessment.DoesNotExist):
        say(draft_case, getattr(world, who))
    assert nothing_written()


@pytest.mark.parametrize("state", [StateCode.REJECTED, StateCode.ARCHIVED, StateCode.FINALISED])
def test_it_goes_on_until_the_case_is_closed(world: World, draft_case: Assessment, state: StateCode) -> None:
    say(draft_case, world.contributor)
    body = {} if state != StateCode.REJECTED else {"body": world.body, "applied_at": NOW}
    Assessment.objects.filter(pk=draft_case.pk).update(state=state, **body)
    if state == StateCode.FINALISED:
        say(draft_case, world.contributor, "提交后补充", 1)
        assert Comment.objects.count() == 2
        return
    with pytest.raises(NotAllowed, match="项目已办结"):
        say(draft_case, world.contributor, "再说一句", 1)
    with pytest.raises(NotAllowed, match="项目已办结"):
        settle(draft_case, world.contributor)
    assert Comment.objects.count() == 1
    assert Discussion.objects.get().resolved_at is None


@pytest.mark.parametrize("who", ["lead", "body_manager", "district_officer"])
def test_others_in_the_case_take_no_part(world: World, applied_case: Assessment, who: str) -> None:
    if who == "lead":
        factories.move(applied_case, world.body_manager, "accept", contract_number="H", filing_number="B")
        factories.form_team(applied_case, world.body_manager, world.lead, world.assessor, world.quality_reviewer)
    with pytest.raises(NotAllowed, match="讨论仅限本企业成员"):
        say(applied_case, getattr(world, who))
    assert not Comment.objects.exists()
