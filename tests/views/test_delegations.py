"""The pages of the division of work: who sees and changes it, its figures, one's own part, accepting with parts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from assessments.actions import delegations, organisations
from assessments.actions.errors import NotAllowed
from assessments.models import Answer, Assessment, Comment, Delegation, Discussion, Event, Invitation, Membership, User
from assessments.workflow import Role
from tests import factories
from tests.conftest import World

TODAY = timezone.localdate()
DUE = TODAY + dt.timedelta(days=7)
Login = Callable[..., Client]


def page_of(case: Assessment, name: str = "delegations", **more: Any) -> str:
    return reverse(name, kwargs={"number": case.number, **more})


def give(case: Assessment, user: User, *parts: str, **fields: Any) -> list[Delegation]:
    return [Delegation.objects.create(assessment=case, user=user, part_code=p, **fields) for p in parts]


def answered(case: Assessment, by: User, *codes: str) -> None:
    at = timezone.now()
    Answer.objects.bulk_create(
        [Answer(assessment=case, criterion_code=c, verdict="full", saved_by=by, saved_at=at) for c in codes]
    )


def size(case: Assessment, *parts: str) -> int:
    """How many criteria stand in these parts, counted by hand."""
    items = {i for p in parts for i in case.edition.items if p in (i, i.split(".")[0])}
    return sum(len(case.edition.items[i].criteria) for i in items)


# --- who may -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["delegations", "my_part", "worklist"])
def test_a_case_out_of_sight_does_not_exist(world: World, draft_case: Assessment, login: Login, name: str) -> None:
    for user in (world.stranger, world.officer, world.body_manager, world.district_officer, world.nobody):
        assert login(user).get(page_of(draft_case, name)).status_code == 404
    assert Client().get(page_of(draft_case, name)).status_code == 302


@pytest.mark.parametrize("name", ["delegations", "my_part", "worklist"])
def test_others_see_the_case_but_not_who_fills_it_in(
    world: World, applied_case: Assessment, login: Login, name: str
) -> None:
    give(applied_case, world.contributor, "6")
    for user in (world.body_manager, world.officer, world.district_officer):
        page = login(user).get(page_of(applied_case, name))
        assert page.status_code == 403
        assert world.contributor.name not in page.content.decode()


def test_pages_of_the_members(world: World, draft_case: Assessment, login: Login) -> None:
    give(draft_case, world.contributor, "6")
    for name, persona, status in (
        ("delegations", "viewer", 200), ("delegations", "contributor", 200), ("my_part", "viewer", 403),
        ("my_part", "contributor", 200), ("my_part", "enterprise_admin", 200), ("worklist", "viewer", 200),
    ):  # fmt: skip
        assert login(getattr(world, persona)).get(page_of(draft_case, name)).status_code == status
    give_away = page_of(draft_case, "hand_over", user_id=world.contributor.pk)
    for persona, status in (("viewer", 403), ("contributor", 200), ("enterprise_admin", 200), ("stranger", 404)):
        assert login(getattr(world, persona)).get(give_away).status_code == status
    nothing = page_of(draft_case, "hand_over", user_id=world.enterprise_admin.pk)
    assert login(world.enterprise_admin).get(nothing).status_code == 404
    assert login(world.contributor).get(nothing).status_code == 403


def test_only_an_administrator_sees_and_sends_the_forms(world: World, draft_case: Assessment, login: Login) -> None:
    data = {"user": world.contributor.pk, "part_codes": ["6"]}
    events = Event.objects.count()
    for user in (world.contributor, world.viewer):
        client = login(user)
        assert client.get(page_of(draft_case)).context["form"] is None
        assert client.post(page_of(draft_case), data).status_code == 403
        invite = {"invite-email": "x@test.example", "invite-part_codes": ["6"]}
        assert client.post(page_of(draft_case, "delegation_invite"), invite).status_code == 403
    assert (Delegation.objects.count(), Invitation.objects.count(), Event.objects.count()) == (0, 0, events)


# --- the form ------------------------------------------------------------------------------------------------------


def test_domains_and_items_are_assigned_and_added_up(world: World, draft_case: Assessment, login: Login) -> None:
    client = login(world.enterprise_admin)
    data = {
        "user": world.contributor.pk,
        "part_codes": ["6", "6.1", "7.2"],
        "due_date": DUE.isoformat(),
        "note": "附文号",
    }
    assert client.post(page_of(draft_case), data).status_code == 302
    (share,) = client.get(page_of(draft_case)).context["shares"]
    total = size(draft_case, "6", "7.2")
    assert (share.user, share.part_codes, share.figures.total, share.figures.left, share.due) == (
        world.contributor,
        ["6", "7.2"],
        total,
        total,
        DUE,
    )
    factories.answer_all(draft_case, world.contributor)
    page = client.get(page_of(draft_case))
    (share,) = page.context["shares"]
    assert (share.figures.total, share.figures.left, share.last_at is not None) == (total, 0, True)
    assert "附文号" in page.content.decode()


def test_unticking_all_takes_all_away(world: World, draft_case: Assessment, login: Login) -> None:
    give(draft_case, world.contributor, "6", "7.1")
    client = login(world.enterprise_admin)
    form = client.get(f"{page_of(draft_case)}?user={world.contributor.pk}").context["form"]
    assert form.initial["part_codes"] == ["6", "7.1"]
    ticked = [t.code for d in form.ticks for t in (d, *d.items) if t.is_ticked]
    assert ticked == ["6", "7.1"]
    client.post(page_of(draft_case), {"user": world.contributor.pk, "shown_for": form.initial["shown_for"]})
    assert Delegation.objects.count() == 0


def test_parts_that_came_since_the_page_was_made_are_not_taken_away_unseen(
    world: World, draft_case: Assessment, login: Login
) -> None:
    give(draft_case, world.contributor, "6")
    client = login(world.enterprise_admin)
    shown = client.get(f"{page_of(draft_case)}?user={world.contributor.pk}").context["form"].initial["shown_for"]
    give(draft_case, world.contributor, "7.1")
    page = client.post(
        page_of(draft_case), {"user": world.contributor.pk, "part_codes": ["6"], "shown_for": shown, "note": "附文号"}
    )
    assert page.status_code == 422
    ticked = [t.code for d in page.context["form"].ticks for t in (d, *d.items) if t.is_ticked]
    assert ticked == ["6", "7.1"]
    assert sorted(Delegation.objects.values_list("part_code", "note")) == [("6", ""), ("7.1", "")]


def test_parts_that_were_not_on_the_page_are_not_taken_away_unseen(
    world: World, draft_case: Assessment, login: Login
) -> None:
    give(draft_case, world.contributor, "6", "7.1")
    client = login(world.enterprise_admin)
    page = client.post(page_of(draft_case), {"user": world.contributor.pk, "part_codes": ["7", "8.1"]})
    assert page.status_code == 422
    assert Delegation.objects.count() == 2
    form = page.context["form"]
    assert [t.code for d in form.ticks for t in (d, *d.items) if t.is_ticked] == ["6", "7", "8.1"]
    body = page.content.decode()
    assert f'name="shown_for" value="{world.contributor.pk} 6 7.1"' in body
    assert f"{world.contributor.name}已负责" in body


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"user": "viewer", "part_codes": ["6"]}, "user"),
        ({"user": "stranger", "part_codes": ["6"]}, "user"),
        ({"part_codes": ["6"]}, "user"),
        ({"user": "contributor", "part_codes": ["99"]}, "part_codes"),
        ({"user": "contributor", "part_codes": ["6"], "due_date": "2020-01-01"}, "due_date"),
        ({"user": "contributor", "part_codes": ["6"], "due_date": "morgen"}, "due_date"),
        ({"user": "contributor", "part_codes": ["6"], "note": "长" * 301}, "note"),
    ],
)
def test_a_wrong_entry_is_named_and_what_was_written_stays(
    world: World, draft_case: Assessment, login: Login, data: dict[str, Any], field: str
) -> None:
    events = Event.objects.count()
    sent = {k: getattr(world, v).pk if k == "user" else v for k, v in data.items()}
    page = login(world.enterprise_admin).post(page_of(draft_case), sent)
    assert (page.status_code, list(page.context["form"].errors)) == (422, [field])
    if "6" in data["part_codes"]:
        assert [d.code for d in page.context["form"].ticks if d.is_ticked] == ["6"]
    assert (Delegation.objects.count(), Event.objects.count()) == (0, events)


# --- figures -------------------------------------------------------------------------------------------------------


def test_overlapping_parts_count_each_criterion_once(world: World, draft_case: Assessment, login: Login) -> None:
    items = draft_case.edition.items
    give(draft_case, world.contributor, "6", "7.1")
    give(draft_case, world.enterprise_admin, "6", "6.1")  # as it may stand from earlier days
    first = [c.code for c in items["6.1"].criteria]
    answered(draft_case, world.contributor, *first, items["7.1"].criteria[0].code, items["7.2"].criteria[0].code)
    page = login(world.enterprise_admin).get(page_of(draft_case))
    figures = {s.user: (s.figures.total, s.figures.answered) for s in page.context["shares"]}
    assert figures == {
        world.contributor: (size(draft_case, "6", "7.1"), len(first) + 1),
        world.enterprise_admin: (size(draft_case, "6"), len(first)),
    }
    whole = page.context["whole"]
    assert whole.unassigned == len(draft_case.edition.criteria) - size(draft_case, "6", "7.1")
    by_domain = {d.domain.code: d.unassigned for d in whole.domains}
    assert (by_domain["6"], by_domain["7"], by_domain["8"]) == (
        0,
        size(draft_case, "7") - size(draft_case, "7.1"),
        size(draft_case, "8"),
    )
    mine = login(world.contributor).get(page_of(draft_case, "my_part")).context["mine"]
    assert (mine.figures.total, mine.figures.answered) == figures[world.contributor]
    assert sum(len(i.criteria) for i in mine.unanswered) == mine.figures.left
    todo = login(world.contributor).get(reverse("home")).context["todos"][0]
    assert todo.what.zh == f"填报自评：您的 {mine.figures.total} 条，还剩 {mine.figures.left} 条"
    people = login(world.viewer).get(page_of(draft_case, "worklist")).context["progress"][0].lines
    assert {(li.name, li.figures.answered) for li in people} == {(u.name, n) for u, (_, n) in figures.items()}


def test_who_has_what_by_domain_and_item(world: World, draft_case: Assessment, login: Login) -> None:
    give(draft_case, world.contributor, "6")
    give(draft_case, world.enterprise_admin, "6.1")
    page = login(world.viewer).get(f"{page_of(draft_case)}?view=parts")
    first = page.context["whole"].domains[0]
    assert [[s.user for s in i.holders] for i in first.items[:2]] == [
        [world.contributor, world.enterprise_admin],
        [world.contributor],
    ]
    assert "未分配" in page.content.decode()


def test_parts_of_somebody_who_left_are_flagged_and_count_as_nobodys(
    world: World, draft_case: Assessment, login: Login
) -> None:
    give(draft_case, world.contributor, "6")
    client = login(world.enterprise_admin)
    assert "已离开" not in client.get(page_of(draft_case)).content.decode()
    membership = Membership.objects.get(user=world.contributor)
    organisations.end_membership(by=world.enterprise_admin, membership=membership, at=timezone.now())
    page = client.get(page_of(draft_case))
    assert "已离开" in page.content.decode()
    assert page_of(draft_case, "hand_over", user_id=world.contributor.pk) in page.content.decode()
    assert page.context["whole"].unassigned == len(draft_case.edition.criteria)
    assert [s.user for s in page.context["whole"].departed] == [world.contributor]


def test_the_number_of_queries_does_not_grow(world: World, draft_case: Assessment, login: Login) -> None:
    def sizes() -> list[int]:
        found = []
        for user, name in (
            (world.enterprise_admin, "delegations"), (world.contributor, "my_part"),
            (world.enterprise_admin, "worklist"), (world.contributor, "home"),
        ):  # fmt: skip
            address, client = reverse("home") if name == "home" else page_of(draft_case, name), login(user)
            client.get(address)
            with CaptureQueriesContext(connection) as counted:
                client.get(address)
            found.append(len(counted))
        return found

    give(draft_case, world.contributor, "6.1")
    answered(draft_case, world.contributor, "6.1-L1-01")
    few = sizes()
    for n in range(8):
        user = factories.make_user(f"同事{n}")
        factories.join(user, world.enterprise, Role.CONTRIBUTOR)
        give(draft_case, user, "7", f"{8 + n % 3}.1")
    give(draft_case, world.contributor, "8", "9")
    factories.answer_all(draft_case, world.contributor, lambda code: "full" if "L1" in code else "")
    for n in range(6):
        Invitation.objects.create(
            organisation=world.enterprise, email=f"i{n}@test.example", role=Role.CONTRIBUTOR, assessment=draft_case,
            part_codes=["6"], invited_by=world.enterprise_admin, created_at=timezone.now(), expires_at=timezone.now(),
        )  # fmt: skip
    assert sizes() == few
    assert max(few) <= 16


# --- one's own part ------------------------------------------------------------------------------------------------


def test_ones_own_page_says_how_much_is_left_until_when(world: World, draft_case: Assessment, login: Login) -> None:
    give(draft_case, world.contributor, "6.1", due_date=DUE, note="以正式发布的为准")
    give(draft_case, world.contributor, "7.1", due_date=DUE + dt.timedelta(days=9))
    codes = [c.code for c in draft_case.edition.items["6.1"].criteria]
    answered(draft_case, world.contributor, *codes[:4])
    Answer.objects.filter(criterion_code=codes[0]).update(is_carried=True)
    Answer.objects.filter(criterion_code=codes[1]).update(verdict="not_applicable")
    file = factories.keep_file(world.enterprise, world.contributor)
    factories.link_file(draft_case, codes[2], file, world.contributor)
    talk = Discussion.objects.create(
        assessment=draft_case, criterion_code="8.1-L1-01", opened_by=world.viewer, opened_at=timezone.now()
    )
    Comment.objects.create(discussion=talk, author=world.viewer, text="请看", created_at=timezone.now()).mentioned.add(
        world.contributor
    )
    page = login(world.contributor).get(page_of(draft_case, "my_part"))
    mine, total = page.context["mine"], size(draft_case, "6.1", "7.1")
    assert (mine.figures.total, mine.figures.left, mine.figures.to_confirm, page.context["due"]) == (
        total,
        total - 4,
        1,
        DUE,
    )

    def listed(items: Any) -> list[str]:
        return [c.code for i in items for c in i.criteria]

    assert listed(mine.unanswered)[0] == codes[4]
    assert listed(mine.to_confirm) == codes[:1]
    assert listed(mine.unreasoned) == codes[1:2]
    assert listed(mine.unproven) == [codes[0], codes[3]]
    assert [c.code for c in mine.mentioned] == ["8.1-L1-01"]
    body = page.content.decode()
    assert f"您负责 <b>{total}</b> 条" in body
    assert f"{page_of(draft_case, 'item', item_code='6.1')}?show=all#c-{codes[4]}" in body
    assert reverse("next_unanswered", args=[draft_case.number]) in body
    assert "以正式发布的为准" in body


def test_without_parts_the_whole_questionnaire_is_theirs(world: World, draft_case: Assessment, login: Login) -> None:
    give(draft_case, world.enterprise_admin, "6")
    mine = login(world.contributor).get(page_of(draft_case, "my_part")).context["mine"]
    assert (mine.share, mine.figures.total) == (None, len(draft_case.edition.criteria))


def test_what_keeps_a_part_open_is_a_list_of_links(world: World, draft_case: Assessment, login: Login) -> None:
    (part,) = give(draft_case, world.contributor, "6.1")
    codes = [c.code for c in draft_case.edition.items["6.1"].criteria]
    answered(draft_case, world.contributor, *codes[1:])
    client = login(world.contributor)
    address = page_of(draft_case, "part_finish", delegation_id=part.pk)
    page = client.post(address)
    assert page.status_code == 422
    assert [c.code for i in page.context["missing"] for c in i.criteria] == codes[:1]
    assert Delegation.objects.get().done_at is None
    answered(draft_case, world.contributor, codes[0])
    assert client.post(address).url == page_of(draft_case, "my_part")
    assert Delegation.objects.get().done_at is not None
    assert client.get(address).status_code == 405
    assert login(world.viewer).post(page_of(draft_case, "part_reopen", delegation_id=part.pk)).status_code == 403
    assert login(world.stranger).post(address).status_code == 404
    reopened = login(world.enterprise_admin).post(page_of(draft_case, "part_reopen", delegation_id=part.pk))
    assert reopened.url == page_of(draft_case)
    assert Delegation.objects.get().done_at is None
    for gone in (part.pk + 9, 10**30):
        assert client.post(page_of(draft_case, "part_finish", delegation_id=gone)).status_code == 302


def test_parts_are_handed_over_on_a_page(world: World, draft_case: Assessment, login: Login) -> None:
    give(draft_case, world.contributor, "6", "7.1", due_date=DUE)
    client, address = login(world.contributor), page_of(draft_case, "hand_over", user_id=world.contributor.pk)
    assert client.get(f"{address}?part=7.1").context["form"].initial["part_codes"] == ["7.1"]
    wrong = client.post(address, {"part_codes": ["8"], "receiver": world.viewer.pk, "reason": ""})
    assert (wrong.status_code, set(wrong.context["form"].errors)) == (422, {"part_codes", "receiver", "reason"})
    sent = {"part_codes": ["7.1"], "receiver": world.enterprise_admin.pk, "reason": "休假"}
    assert client.post(address, sent).url == page_of(draft_case, "my_part")
    assert Delegation.objects.get(part_code="7.1").user == world.enterprise_admin
    assert login(world.viewer).post(address, sent).status_code == 403
    assert Delegation.objects.filter(user=world.contributor).count() == 1


# --- what waits ----------------------------------------------------------------------------------------------------


def test_what_waits_follows_the_parts(world: World, draft_case: Assessment, login: Login) -> None:
    def waits() -> list[tuple[str, str, str, dt.date | None]]:
        todos = login(world.contributor).get(reverse("home")).context["todos"]
        return [(t.what.zh, t.url_name, t.start, t.due) for t in todos]

    n = size(draft_case, "6.1")
    first, second = give(draft_case, world.contributor, "6.1", "6.2", due_date=TODAY - dt.timedelta(days=1))
    Delegation.objects.filter(pk=second.pk).update(done_at=timezone.now(), due_date=TODAY - dt.timedelta(days=9))
    total = n + size(draft_case, "6.2")
    assert waits() == [(f"填报自评：您的 {total} 条，还剩 {total} 条", "my_part", "next_unanswered", first.due_date)]
    assert "已逾期" in login(world.contributor).get(reverse("home")).content.decode()
    factories.answer_all(draft_case, world.contributor)
    assert waits() == [(f"您的 {total} 条已全部作答，请确认填报完成", "my_part", "", first.due_date)]
    Delegation.objects.update(done_at=timezone.now())
    assert waits() == []


# --- inviting ------------------------------------------------------------------------------------------------------


def test_an_invitation_with_parts_from_sending_to_the_own_page(
    world: World, draft_case: Assessment, login: Login
) -> None:
    admin, address = login(world.enterprise_admin), page_of(draft_case, "delegation_invite")
    empty = admin.post(address, {"invite-email": "nobody@test.example", "invite-due_date": DUE.isoformat()})
    assert (empty.status_code, list(empty.context["invitation_form"].errors)) == (422, ["part_codes"])
    member = admin.post(address, {"invite-email": world.viewer.email, "invite-part_codes": ["6"]})
    assert (member.status_code, list(member.context["invitation_form"].errors)) == (422, ["email"])
    assert Invitation.objects.count() == 0
    sent = {"invite-email": world.nobody.email, "invite-part_codes": ["6", "7.1"], "invite-due_date": DUE.isoformat()}
    assert admin.post(address, sent).url == page_of(draft_case)
    page = admin.get(page_of(draft_case))
    assert [(e.invitation.email, len(e.parts)) for e in page.context["invited"]] == [(world.nobody.email, 2)]
    assert login(world.contributor).get(page_of(draft_case)).context["invited"] == ()
    invitation = Invitation.objects.get()
    accept, newcomer = reverse("invitation_accept", args=[invitation.token]), login(world.nobody)
    assert f"7.1 {draft_case.edition.items['7.1'].name.zh}" in newcomer.get(accept).content.decode()
    answer = newcomer.post(accept)
    assert answer.url == page_of(draft_case, "my_part")
    mine = login(User.objects.get(pk=world.nobody.pk)).get(answer.url).context["mine"]
    assert (mine.share.part_codes, mine.figures.total) == (["6", "7.1"], size(draft_case, "6", "7.1"))


def test_joining_a_case_that_was_finalised_leads_to_the_enterprise(
    world: World, finalised_case: Assessment, login: Login
) -> None:
    now = timezone.now()
    invitation = Invitation.objects.create(
        organisation=world.enterprise, email=world.nobody.email, role=Role.CONTRIBUTOR, assessment=finalised_case,
        part_codes=["6"], invited_by=world.enterprise_admin, created_at=now, expires_at=now + dt.timedelta(days=1),
    )  # fmt: skip
    answer = login(world.nobody).post(reverse("invitation_accept", args=[invitation.token]))
    assert answer.url == reverse("organisation_detail", args=[world.enterprise.pk])
    assert Delegation.objects.count() == 0


def test_a_finished_part_stays_readable_once_finalised(world: World, finalised_case: Assessment, login: Login) -> None:
    give(finalised_case, world.contributor, "6", done_at=timezone.now())
    page = login(world.contributor).get(page_of(finalised_case, "my_part"))
    assert (page.status_code, page.context["is_open"]) == (200, False)
    assert "part_finish" not in page.content.decode()
    with pytest.raises(NotAllowed):
        delegations.reopen(
            by=world.contributor,
            number=finalised_case.number,
            delegation_id=Delegation.objects.get().pk,
            at=timezone.now(),
        )
