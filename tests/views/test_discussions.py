"""The thread of a criterion as page and fragment, the list of a case, and that nobody else reads a word of it."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from assessments.actions import discussions as actions
from assessments.models import Assessment, Comment, Discussion, InboxMessage, User
from assessments.queries import datasets
from assessments.queries.discussions import DiscussionCount, counts
from assessments.workflow import Role, StateCode
from tests import factories
from tests.conftest import World

CODE = "6.1-L1-01"
HTMX = {"HX-Request": "true"}
SECRET = "蓝鲸暗语"
Login = Callable[..., Client]


def url(case: Assessment, name: str = "discussion", code: str = CODE) -> str:
    return reverse(name, args=[case.number, code])


def list_url(case: Assessment, show: str = "") -> str:
    return reverse("discussion_list", args=[case.number]) + (f"?show={show}" if show else "")


def say(case: Assessment, by: User, text: str = SECRET, code: str = CODE, **more: Any) -> Comment:
    return actions.comment(
        by=by, number=case.number, criterion_code=code, text=text, at=timezone.now(), **more
    )  # fmt: skip


def shut(case: Assessment, by: User, code: str = CODE) -> None:
    actions.resolve(by=by, number=case.number, criterion_code=code, is_resolved=True, at=timezone.now())


# --- the thread ----------------------------------------------------------------------------------------------------


def test_a_page_without_script_and_a_fragment_with_it(login: Login, world: World, draft_case: Assessment) -> None:
    client = login(world.contributor)
    page = client.get(url(draft_case)).content.decode()
    assert page.count("<h1>") == 1
    assert f'href="{reverse("item", args=[draft_case.number, "6.1"])}#c-{CODE}"' in page
    part = client.get(url(draft_case), headers=HTMX)
    assert part["X-Fragment"] == "discussion"
    assert "<html" not in part.content.decode()
    assert f'data-discussion="{CODE}"' in part.content.decode()
    assert "尚无讨论" in part.content.decode()


def test_commenting_without_script(login: Login, world: World, draft_case: Assessment) -> None:
    answer = login(world.contributor, csrf=False).post(url(draft_case), {"text": "第一句"})
    assert (answer.status_code, answer["Location"]) == (302, url(draft_case))
    assert [c.text for c in Comment.objects.all()] == ["第一句"]


def test_words_are_escaped_lines_kept_and_mentions_marked(login: Login, world: World, draft_case: Assessment) -> None:
    text = "请@钱进看\n<script>alert(1)</script>"
    answer = login(world.enterprise_admin).post(
        url(draft_case), {"text": text, "mentioned": [world.viewer.pk]}, headers=HTMX
    )
    html = answer.content.decode()
    assert '请<span class="mention">@钱进</span>看\n&lt;script&gt;alert(1)&lt;/script&gt;' in html
    assert '<span class="mention">@孙立</span>' in html  # picked, not written
    assert json.loads(answer["HX-Trigger"]) == {
        "discussion-changed": {"code": CODE, "comments": 1, "isOpen": True}
    }  # fmt: skip
    assert f'<textarea class="form-control" id="text-{CODE}" name="text" rows="3"' in html
    assert ">请@钱进" not in html.partition("<textarea")[2]  # the field is empty again


def test_the_picker_offers_active_colleagues_alone(login: Login, world: World, draft_case: Assessment) -> None:
    gone = factories.make_user("何离职")
    factories.join(gone, world.enterprise, Role.CONTRIBUTOR)
    world.enterprise.memberships.filter(user=gone).update(is_active=False, ended_at=timezone.now())
    form = login(world.contributor).get(url(draft_case), headers=HTMX).context["form"]
    assert list(form.fields["mentioned"].queryset) == [world.viewer, world.enterprise_admin]


@pytest.mark.parametrize("given", [{"text": " "}, {"text": "长" * 2001}, {"text": "好", "mentioned": ["999999"]}])
@pytest.mark.parametrize("headers", [{}, HTMX])
def test_what_is_refused_keeps_the_words(
    login: Login, world: World, draft_case: Assessment, given: dict[str, Any], headers: dict[str, str]
) -> None:
    answer = login(world.contributor).post(url(draft_case), given, headers=headers)
    assert answer.status_code == 422
    assert given["text"].strip() in answer.content.decode()
    assert 'role="alert"' in answer.content.decode()
    assert not Discussion.objects.exists()


def test_somebody_outside_in_the_form_is_refused(login: Login, world: World, draft_case: Assessment) -> None:
    answer = login(world.contributor).post(url(draft_case), {"text": "好", "mentioned": [world.stranger.pk]})
    assert answer.status_code == 422
    assert "只能提及本企业的现有成员" in answer.content.decode()
    assert world.stranger.name not in answer.content.decode()
    assert not Comment.objects.exists()


def test_resolving_and_opening_again(login: Login, world: World, draft_case: Assessment) -> None:
    say(draft_case, world.contributor)
    client = login(world.enterprise_admin)
    part = client.post(url(draft_case, "discussion_resolve"), {"resolved": "1"}, headers=HTMX)
    assert json.loads(part["HX-Trigger"])["discussion-changed"]["isOpen"] is False
    html = part.content.decode()
    assert "已解决" in html
    assert world.enterprise_admin.name in html
    assert "发表后将重新打开" in html
    answer = client.post(url(draft_case, "discussion_resolve"), {"resolved": "0"})
    assert answer["Location"] == url(draft_case)
    assert "未解决" in client.get(url(draft_case)).content.decode()
    assert client.get(url(draft_case, "discussion_resolve")).status_code == 405


def test_resolving_what_nobody_spoke_about_says_so(login: Login, world: World, draft_case: Assessment) -> None:
    answer = login(world.contributor).post(url(draft_case, "discussion_resolve"), {"resolved": "1"})
    assert "尚无讨论" in answer.content.decode()
    assert not Discussion.objects.exists()


def test_a_viewer_reads_and_is_told_why_no_more(login: Login, world: World, draft_case: Assessment) -> None:
    say(draft_case, world.contributor)
    client = login(world.viewer)
    html = client.get(url(draft_case)).content.decode()
    assert SECRET in html
    assert "您可以查看" in html
    assert "<textarea" not in html
    assert client.post(url(draft_case), {"text": "好"}).status_code == 403
    assert client.post(url(draft_case, "discussion_resolve"), {"resolved": "1"}).status_code == 403
    assert Comment.objects.count() == 1
    assert Discussion.objects.get().resolved_at is None


def test_a_closed_case_keeps_its_discussions_to_read(login: Login, world: World, draft_case: Assessment) -> None:
    say(draft_case, world.contributor)
    Assessment.objects.filter(pk=draft_case.pk).update(state=StateCode.ARCHIVED)
    html = login(world.contributor).get(url(draft_case)).content.decode()
    assert SECRET in html
    assert "项目已办结" in html
    assert "<textarea" not in html


def test_an_unknown_criterion_is_404(login: Login, world: World, draft_case: Assessment) -> None:
    assert login(world.contributor).get(url(draft_case, code="99.9-L1-01")).status_code == 404


def test_a_script_without_session_gets_401(draft_case: Assessment) -> None:
    assert Client().post(url(draft_case), {"text": "好"}, headers=HTMX).status_code == 401
    assert not Comment.objects.exists()


# --- nobody else ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["stranger", "lead", "body_manager", "officer", "auditor", "nobody"])
def test_out_of_sight_is_404(login: Login, world: World, draft_case: Assessment, who: str) -> None:
    say(draft_case, world.contributor)
    client = login(getattr(world, who))
    for address in (url(draft_case), list_url(draft_case)):
        assert client.get(address).status_code == 404
    assert client.post(url(draft_case), {"text": "好"}).status_code == 404
    assert client.post(url(draft_case, "discussion_resolve"), {"resolved": "1"}).status_code == 404
    assert Comment.objects.count() == 1


def test_no_word_of_it_reaches_the_body_or_the_office(login: Login, world: World, compliance_case: Assessment) -> None:
    case = compliance_case
    say(case, world.contributor, f"{SECRET} @赵敏")
    assert SECRET in login(world.viewer).get(url(case)).content.decode()
    number = case.number
    pages = [
        reverse("item", args=[number, "6.1"]),
        reverse("review_item", args=[number, "6.1"]),
        *(reverse(name, args=[number]) for name in ("assessment_detail", "history", "result", "evidence_list")),
    ]
    for who in (world.lead, world.body_manager, world.officer, world.district_officer):
        client = login(who)
        for address in (url(case), list_url(case)):
            refused = client.get(address)
            assert refused.status_code == 403
            assert "讨论仅限本企业成员查看" in refused.content.decode()
            assert SECRET not in refused.content.decode()
        assert client.post(url(case), {"text": "好"}).status_code == 403
        for page in pages:
            html = client.get(page).content.decode()
            assert SECRET not in html
            assert "/discussion/" not in html  # nor that there is one
    book = login(world.officer).get(reverse("answers_workbook", args=[number]))
    content = b"".join(book.streaming_content) if book.streaming else book.content
    cells = [str(v) for sheet in load_workbook(io.BytesIO(content)) for row in sheet.values for v in row if v]
    assert any("自评说明" in cell for cell in cells)
    assert not [cell for cell in cells if SECRET in cell]
    today = timezone.localdate()
    assert SECRET not in repr((datasets.self_report(case, today), datasets.evaluation_report(case)))


# --- the list ------------------------------------------------------------------------------------------------------


def test_the_list_narrows_to_open_resolved_and_mine(login: Login, world: World, draft_case: Assessment) -> None:
    codes = list(draft_case.edition.criteria)[:3]
    for code in codes:
        say(draft_case, world.contributor, f"关于 {code}", code)
    say(draft_case, world.enterprise_admin, "@钱进 再看 @钱进", codes[0])
    say(draft_case, world.enterprise_admin, "@钱进 还有", codes[0])
    shut(draft_case, world.contributor, codes[1])
    client = login(world.contributor)

    def shown(show: str) -> list[tuple[str, int, str]]:
        rows = client.get(list_url(draft_case, show)).context["rows"]
        return [(row.criterion.code, row.comments, row.last.text) for row, _ in rows]

    latest = (codes[0], 3, "@钱进 还有")
    assert shown("") == [latest, (codes[2], 1, f"关于 {codes[2]}"), (codes[1], 1, f"关于 {codes[1]}")]
    assert shown("nonsense") == shown("")
    assert shown("open") == [latest, (codes[2], 1, f"关于 {codes[2]}")]
    assert shown("resolved") == [(codes[1], 1, f"关于 {codes[1]}")]
    assert shown("mine") == [latest]
    page = client.get(list_url(draft_case))
    assert [chip["count"] for chip in page.context["chips"]] == [3, 2, 1, 1]
    assert f"/items/6.1/#c-{codes[0]}" in page.content.decode()
    empty = login(world.viewer).get(list_url(draft_case, "mine")).content.decode()
    assert "没有符合筛选条件的讨论" in empty


def test_an_empty_list_says_where_to_begin(login: Login, world: World, draft_case: Assessment) -> None:
    assert "还没有讨论" in login(world.viewer).get(list_url(draft_case)).content.decode()


def test_queries_do_not_grow(
    login: Login,
    world: World,
    draft_case: Assessment,
    django_assert_num_queries: Any,
    django_assert_max_num_queries: Any,
) -> None:
    client = login(world.contributor)
    codes = list(draft_case.edition.criteria)
    addresses = [(list_url(draft_case), 20), (url(draft_case), 16)]

    def grow(codes: list[str], by: User, times: int) -> None:
        for code in codes:
            say(draft_case, by, "@钱进", code)
        for n in range(times):
            say(draft_case, by, f"第 {n} 句 @孙立 @钱进")

    grow(codes[:2], world.enterprise_admin, 1)
    few = []
    for address, most in addresses:
        client.get(address)
        with django_assert_max_num_queries(most) as asked:
            client.get(address)
        few.append(len(asked))
    grow(codes[2:30], world.enterprise_admin, 12)
    for (address, _), number in zip(addresses, few, strict=True):
        with django_assert_num_queries(number):
            client.get(address)
    with django_assert_num_queries(1):
        found = counts(draft_case, "6.1")
    assert found[CODE] == DiscussionCount(comments=13, is_open=True)
    assert {c.split("-")[0] for c in found} == {"6.1"}
    assert counts(draft_case)[codes[29]] == DiscussionCount(1, True)


# --- from the inbox ------------------------------------------------------------------------------------------------


def test_a_mention_leads_from_the_inbox_to_the_row(login: Login, world: World, draft_case: Assessment) -> None:
    say(draft_case, world.enterprise_admin, f"{SECRET} @钱进")
    client = login(world.contributor)
    inbox = client.get(reverse("inbox")).content.decode()
    assert f"赵敏在 {CODE} 的讨论中提到您" in inbox
    assert draft_case.number in inbox
    assert SECRET not in inbox
    message = InboxMessage.objects.get(user=world.contributor, kind="mention")
    answer = client.get(reverse("inbox_open", args=[message.pk]))
    assert answer["Location"] == f"{reverse('item', args=[draft_case.number, '6.1'])}#c-{CODE}"
    assert f'id="c-{CODE}"' in client.get(answer["Location"]).content.decode()
    message.refresh_from_db()
    assert message.read_at is not None
    english = client.get(reverse("inbox"), headers={"accept-language": "en"}).content.decode()
    assert f"赵敏 mentioned you in the discussion of {CODE}" in english


def test_a_mention_no_longer_leads_there_for_whoever_left(login: Login, world: World, draft_case: Assessment) -> None:
    say(draft_case, world.enterprise_admin, "@钱进")
    message = InboxMessage.objects.get(user=world.contributor, kind="mention")
    world.enterprise.memberships.filter(user=world.contributor).update(is_active=False, ended_at=timezone.now())
    client = login(world.contributor)
    assert client.get(reverse("inbox_open", args=[message.pk]))["Location"] == reverse("inbox")
    assert client.get(url(draft_case)).status_code == 404
