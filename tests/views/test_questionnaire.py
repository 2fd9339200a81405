"""The item page and saving one answer, with and without script."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape

from assessments.actions import delegations
from assessments.actions import discussions as talk
from assessments.actions import questionnaire as actions
from assessments.models import Answer, Assessment, Event, WorkingPlace
from assessments.standard import get_help
from assessments.workflow import Role
from tests import factories

CODE = "6.1-L1-01"
HTMX = {"HX-Request": "true"}
Login = Callable[..., Client]


def save_url(case: Assessment, code: str = CODE) -> str:
    return reverse("answer_save", args=[case.number, code])


def item_url(case: Assessment, item: str = "6.1") -> str:
    return reverse("item", args=[case.number, item])


def given(**words: Any) -> dict[str, Any]:
    return {"verdict": "full", "reason": "", "note": "", "version": 0, **words}


def answered(case: Assessment, by: Any, code: str = CODE, **words: Any) -> Answer:
    return actions.save(by=by, number=case.number, criterion_code=code, at=timezone.now(), **given(**words)).answer


def saved_events() -> int:
    return Event.objects.filter(action="answer.saved").count()


def row(html: str, code: str = CODE) -> str:
    """The markup of one row."""
    found = re.search(rf'<article class="criterion" id="c-{re.escape(code)}".*?</article>', html, re.S)
    assert found, f"no row {code}"
    return found.group()


# --- the page ------------------------------------------------------------------------------------------------------


def test_page_shows_all_levels_with_controls_and_live_figures(login, enterprise_admin, draft_case):
    answered(draft_case, enterprise_admin, verdict="largely", note="已发布")
    html = login(enterprise_admin).get(item_url(draft_case)).content.decode()
    assert html.count("<h1>") == 1
    assert re.findall(r'<h2 id="level-(\d)">', html) == ["1", "2", "3", "4", "5"]
    own = row(html)
    assert 'value="largely" data-key="2" checked' in own
    assert own.count('type="radio"') == 5
    assert '<input type="hidden" name="version" value="1">' in own
    assert "已发布" in own
    assert f"· {enterprise_admin.name}" in own
    assert 'id="live-figures"' in html
    assert html.count('class="tree-domain"') == len(draft_case.edition.domains)


@pytest.mark.parametrize("who", ["viewer", "contributor", "enterprise_admin"])
def test_nobody_has_controls_once_finalised(login, world, finalised_case, who):
    response = login(getattr(world, who)).get(item_url(finalised_case))
    html = response.content.decode()
    assert response.status_code == 200
    assert "data-answer" not in html
    assert "data-upload " not in html
    assert f"自评说明 {CODE}" in html  # the answer itself is there
    assert "仅可查看" in html


@pytest.mark.parametrize("who", ["lead", "assessor", "quality_reviewer", "body_manager"])
def test_outsiders_in_the_case_read_the_same_page_without_controls(login, world, review_case, who):
    response = login(getattr(world, who)).get(item_url(review_case))
    assert response.status_code == 200
    assert "data-answer" not in response.content.decode()
    assert f"自评说明 {CODE}" in response.content.decode()


def test_the_office_reads_the_page_from_sign_off_on(login, officer, compliance_case):
    html = login(officer).get(item_url(compliance_case)).content.decode()
    assert "data-answer" not in html
    assert f"自评说明 {CODE}" in html


def test_the_office_does_not_read_it_before(login, officer, review_case):
    assert login(officer).get(item_url(review_case)).status_code == 403


def test_viewer_reads_a_draft_without_controls(login, viewer, enterprise_admin, draft_case):
    answered(draft_case, enterprise_admin, note="草稿说明")
    html = login(viewer).get(item_url(draft_case)).content.decode()
    assert "草稿说明" in html
    assert "data-answer" not in html
    assert "只有企业管理员和填报人可以修改作答。" in html


@pytest.mark.parametrize("who", ["stranger", "other_manager", "body_manager", "lead", "officer", "auditor", "nobody"])
def test_out_of_sight_is_404(login, world, enterprise_admin, draft_case, who):
    answered(draft_case, enterprise_admin)
    client = login(getattr(world, who))
    assert client.get(item_url(draft_case)).status_code == 404
    assert client.get(reverse("next_unanswered", args=[draft_case.number])).status_code == 404
    before = Answer.objects.get(criterion_code=CODE).version
    for headers in ({}, HTMX):
        assert client.post(save_url(draft_case), given(verdict="none", version=1), headers=headers).status_code == 404
    assert Answer.objects.get(criterion_code=CODE).version == before
    assert saved_events() == 1


def test_district_officer_sees_the_case_but_not_answers(login, district_officer, applied_case):
    response = login(district_officer).get(item_url(applied_case))
    assert response.status_code == 403
    assert f"自评说明 {CODE}" not in response.content.decode()


def test_unknown_item_is_404(login, enterprise_admin, draft_case):
    assert login(enterprise_admin).get(item_url(draft_case, "99.9")).status_code == 404


def test_anonymous_is_sent_to_the_login(draft_case):
    response = Client().get(item_url(draft_case))
    assert response.status_code == 302
    assert response["Location"].startswith(reverse("account_login"))


def test_domains_of_others_are_read_only_with_the_reason(login, world, contributor, draft_case):
    delegations.delegate(
        by=world.enterprise_admin,
        number=draft_case.number,
        user=contributor,
        part_codes=["7"],
        due_date=None,
        at=timezone.now(),
    )
    client = login(contributor)
    mine, others = (client.get(item_url(draft_case, code)).content.decode() for code in ("7.1", "6.1"))
    assert "data-answer" in mine
    assert "分配给我" in mine
    assert "data-answer" not in others
    assert "该能力域未分配给您填报" in others
    for headers in ({}, HTMX):
        response = client.post(save_url(draft_case), given(), headers=headers)
        assert response.status_code == 403
        assert "该能力域未分配给您填报" in response.content.decode()
    assert Answer.objects.count() == 0
    # The administrator who divided the work may still answer everywhere.
    assert "data-answer" in login(world.enterprise_admin).get(item_url(draft_case)).content.decode()


def codes_shown(html: str) -> list[str]:
    return re.findall(r'data-criterion="([^"]+)"', html)


def shown(client: Client, case: Assessment, show: str | None, item: str = "6.1") -> list[str]:
    query = {} if show is None else {"show": show}
    return codes_shown(client.get(item_url(case, item), query).content.decode())


def every(case: Assessment, item: str = "6.1") -> list[str]:
    return [c.code for c in case.edition.items[item].criteria]


def test_filters_live_in_the_address(login, enterprise_admin, draft_case):
    answered(draft_case, enterprise_admin, verdict="not_applicable", reason="无此业务")
    answered(draft_case, enterprise_admin, "6.1-L1-02")
    client, codes = login(enterprise_admin), every(draft_case)
    assert shown(client, draft_case, "all") == shown(client, draft_case, "nonsense") == codes
    assert shown(client, draft_case, "no-evidence") == codes
    assert shown(client, draft_case, "unanswered") == codes[2:]
    assert shown(client, draft_case, "not-applicable") == codes[:1]


def test_the_target_level_goes_together_with_any_filter(login, enterprise_admin, draft_case):
    answered(draft_case, enterprise_admin)
    client = login(enterprise_admin)
    up_to_target = [c for c in every(draft_case) if int(c.split("-L")[1][0]) <= draft_case.target_level]
    assert shown(client, draft_case, "target") == up_to_target
    assert shown(client, draft_case, "unanswered,target") == up_to_target[1:]
    html = client.get(item_url(draft_case), {"show": "unanswered,target"}).content.decode()
    assert f'href="{item_url(draft_case)}?show=no-evidence,target"' in html  # the other filters keep it
    assert f'href="{item_url(draft_case)}?show=unanswered"' in html  # and it can be switched off alone


def test_what_is_mine(login, world, draft_case):
    give(draft_case, world, "6.1")
    client = login(world.contributor)
    assert shown(client, draft_case, "mine") == every(draft_case)
    assert shown(client, draft_case, "mine", "6.2") == []
    assert "我负责" not in login(world.enterprise_admin).get(item_url(draft_case)).content.decode()


def give(case: Assessment, world: Any, part: str) -> None:
    delegations.delegate(
        by=world.enterprise_admin,
        number=case.number,
        user=world.contributor,
        part_codes=[part],
        due_date=None,
        at=timezone.now(),
    )


def test_filters_and_the_way_of_working_are_there_again_on_another_day(login, enterprise_admin, draft_case):
    answered(draft_case, enterprise_admin)
    client = login(enterprise_admin)
    client.get(item_url(draft_case), {"show": "unanswered,target", "view": "cards"})
    later = login(enterprise_admin).get(item_url(draft_case, "6.2")).content.decode()
    assert 'data-view="cards"' in later
    assert "已按上次的筛选显示：未作答、目标等级以内" in later
    again = login(enterprise_admin).get(item_url(draft_case)).content.decode()
    assert CODE not in codes_shown(again)
    every_row = client.get(item_url(draft_case), {"show": "all"}).content.decode()
    assert CODE in codes_shown(every_row)
    assert "已按上次" not in every_row
    assert CODE in shown(login(enterprise_admin), draft_case, None)
    place = WorkingPlace.objects.get()
    assert (place.code, place.view, place.filters) == ("6.1", "cards", "")


def test_a_place_is_a_persons_own(login, world, draft_case):
    login(world.enterprise_admin).get(item_url(draft_case), {"show": "not-applicable", "view": "cards"})
    html = login(world.contributor).get(item_url(draft_case)).content.decode()
    assert 'data-view="page"' in html
    assert codes_shown(html) == every(draft_case)


@pytest.mark.parametrize(
    "query", [{"view": "sideways"}, {"show": "a" * 5000}, {"show": "unanswered,mine,"}, {"show": ""}]
)
def test_an_odd_address_is_no_fault(login, enterprise_admin, draft_case, query):
    response = login(enterprise_admin).get(item_url(draft_case), query)
    assert response.status_code == 200
    assert 'data-view="page"' in response.content.decode()


def test_empty_filter_says_so_and_leads_on(login, enterprise_admin, draft_case):
    html = login(enterprise_admin).get(item_url(draft_case), {"show": "not-applicable"}).content.decode()
    assert "没有符合筛选条件的条款" in html
    assert f"{reverse('next_unanswered', args=[draft_case.number])}?beyond=6.1&amp;show=not-applicable" in html


def test_cards_have_all_rows_of_the_item_with_their_guidance_open(login, enterprise_admin, draft_case):
    html = login(enterprise_admin).get(item_url(draft_case), {"view": "cards"}).content.decode()
    assert codes_shown(html) == every(draft_case)
    assert html.count('class="fold guide-fold" open') == len(every(draft_case))
    assert draft_case.edition.criteria[CODE].evidence.zh in html


def test_an_example_stands_at_the_head_of_the_item(login, enterprise_admin, draft_case):
    example = get_help(draft_case.edition_code)["6.1"].example
    html = login(enterprise_admin).get(item_url(draft_case)).content.decode()
    assert "作答示例" in html
    assert escape(example.note.zh) in html
    assert escape(example.why.zh) in html


def test_discussions_are_counted_and_not_shown_to_assessors(login, world, draft_case, review_case):
    talk.comment(
        by=world.contributor, number=draft_case.number, criterion_code=CODE, text="是否含子公司？", at=timezone.now(),
        mentioned=[],
    )  # fmt: skip
    own = row(login(world.viewer).get(item_url(draft_case)).content.decode())
    assert re.search(r"data-thread-count>1<", own)
    assert reverse("criterion_past", args=[draft_case.number, CODE]) in own
    outside = login(world.lead).get(item_url(review_case)).content.decode()
    assert "data-thread" not in outside
    assert "data-past-url" not in outside


def test_neighbours(login, enterprise_admin, draft_case):
    client, codes = login(enterprise_admin), list(draft_case.edition.items)
    first = client.get(item_url(draft_case, codes[0])).content.decode()
    last = client.get(item_url(draft_case, codes[-1])).content.decode()
    assert 'rel="prev"' not in first
    assert f'rel="next" href="{item_url(draft_case, codes[1])}"' in first
    assert 'rel="next"' not in last
    assert f'rel="prev" href="{item_url(draft_case, codes[-2])}"' in last


def test_words_of_people_are_escaped(login, enterprise_admin, draft_case):
    answered(draft_case, enterprise_admin, note='</textarea><script>alert(1)</script>"')
    html = login(enterprise_admin).get(item_url(draft_case)).content.decode()
    assert "<script>alert(1)" not in html
    assert "&lt;script&gt;alert(1)" in html


def test_item_page_has_a_fixed_number_of_queries(
    login, world, draft_case, django_assert_num_queries, django_assert_max_num_queries
):
    client = login(world.enterprise_admin)
    client.get(item_url(draft_case))  # the place is kept from here on
    with django_assert_max_num_queries(12) as few:
        client.get(item_url(draft_case))
    factories.answer_all(draft_case, world.enterprise_admin)
    for domain in ("6", "7"):
        delegations.delegate(
            by=world.enterprise_admin,
            number=draft_case.number,
            user=world.contributor,
            part_codes=[domain],
            due_date=None,
            at=timezone.now(),
        )
    with django_assert_num_queries(len(few)):
        client.get(item_url(draft_case))


# --- saving with script --------------------------------------------------------------------------------------------


def test_saving_answers_with_version_words_and_figures(login, enterprise_admin, draft_case):
    response = login(enterprise_admin).post(save_url(draft_case), given(note="制度编号 A-1"), headers=HTMX)
    html = response.content.decode()
    answer = Answer.objects.get()
    assert (answer.verdict, answer.note, answer.version) == ("full", "制度编号 A-1", 1)
    assert answer.saved_by == enterprise_admin
    assert response.status_code == 200
    assert response["X-Fragment"] == "answer"
    assert response["X-Version"] == "1"
    assert re.fullmatch(rf"已保存 \d\d:\d\d · {enterprise_admin.name}", unquote(response["X-Saved"]))
    assert re.findall(r'id="([^"]+)" hx-swap-oob="true"', html) == [
        "live-figures",
        "tree-6",
        "tree-6.1",
        "level-score-1",
        "carried-6.1-L1-01",
    ]
    total = len(draft_case.edition.items["6.1"].criteria)
    assert f">1/{total}<" in html


def test_saving_costs_at_most_twelve_queries_at_any_size(
    login, enterprise_admin, draft_case, django_assert_max_num_queries, django_assert_num_queries
):
    client = login(enterprise_admin)
    with django_assert_max_num_queries(12) as few:
        assert client.post(save_url(draft_case), given(), headers=HTMX).status_code == 200
    Answer.objects.all().delete()
    factories.answer_all(draft_case, enterprise_admin)
    with django_assert_num_queries(len(few)):
        response = client.post(save_url(draft_case), given(verdict="none", version=1), headers=HTMX)
    assert response["X-Version"] == "2"


def test_double_click_is_one_event_and_one_version(login, enterprise_admin, draft_case):
    client = login(enterprise_admin)
    replies = [client.post(save_url(draft_case), given(), headers=HTMX) for _ in range(2)]
    assert [r.status_code for r in replies] == [200, 200]
    assert [r["X-Version"] for r in replies] == ["1", "1"]
    assert saved_events() == 1
    assert Answer.objects.get().version == 1


def test_stale_form_shows_both_and_loses_nothing(login, world, draft_case):
    answered(draft_case, world.contributor, verdict="partially", note="同事的说明")
    client = login(world.enterprise_admin)
    response = client.post(save_url(draft_case), given(verdict="full", note="我的说明"), headers=HTMX)
    html = response.content.decode()
    assert response.status_code == 409
    assert response["X-Fragment"] == "answer"
    for words in ("同事的说明", world.contributor.name, "部分满足", "我的说明", "完全满足", "保留对方的", "用我的覆盖"):
        assert words in html
    assert 'name="over" value="1"' in html
    answer = Answer.objects.get()
    assert (answer.verdict, answer.note, answer.version) == ("partially", "同事的说明", 1)
    chosen = client.post(save_url(draft_case), given(verdict="full", note="我的说明", over=1), headers=HTMX)
    assert chosen["X-Version"] == "2"
    answer.refresh_from_db()
    assert (answer.verdict, answer.note, answer.saved_by) == ("full", "我的说明", world.enterprise_admin)


def test_overwriting_something_newer_than_what_was_shown_is_a_conflict_again(login, world, draft_case):
    answered(draft_case, world.contributor, note="一")
    answered(draft_case, world.contributor, note="二", version=1)
    response = login(world.enterprise_admin).post(save_url(draft_case), given(note="三", over=1), headers=HTMX)
    assert response.status_code == 409
    assert Answer.objects.get().note == "二"


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ({"verdict": "excellent"}, "没有这一符合程度选项。"),
        ({"note": "长" * 4001}, "说明共 4001 字，超出 4000 字的上限，请精简。"),
        ({"verdict": "not_applicable", "reason": "长" * 1001}, "理由共 1001 字，超出 1000 字的上限，请精简。"),
        ({"version": "x"}, "页面内容不完整，请刷新页面后重新填写。"),
        ({"version": ""}, "页面内容不完整，请刷新页面后重新填写。"),
        ({"version": -1}, "页面内容不完整，请刷新页面后重新填写。"),
        ({"over": "9" * 30}, "页面内容不完整，请刷新页面后重新填写。"),
    ],
)
def test_refused_answers_say_why_and_change_nothing(login, enterprise_admin, draft_case, words, sentence):
    client = login(enterprise_admin)
    for headers in (HTMX, {}):
        response = client.post(save_url(draft_case), given(**words), headers=headers)
        assert response.status_code == 422
        assert sentence in response.content.decode()
    assert Answer.objects.count() == 0
    assert saved_events() == 0


@pytest.mark.parametrize("headers", [HTMX, {}])
def test_unknown_criterion_is_404(login, enterprise_admin, draft_case, headers):
    response = login(enterprise_admin).post(save_url(draft_case, "6.1-L9-99"), given(), headers=headers)
    assert response.status_code == 404
    assert Answer.objects.count() == 0


def test_after_finalising_nothing_changes(login, enterprise_admin, finalised_case):
    before = Answer.objects.get(criterion_code=CODE).verdict
    changed = given(verdict="none", version=1)
    for headers in (HTMX, {}):
        response = login(enterprise_admin).post(save_url(finalised_case), changed, headers=headers)
        assert response.status_code == 403
        assert "自评已提交，作答不能再修改。" in response.content.decode()
    assert Answer.objects.get(criterion_code=CODE).verdict == before == "full"


def test_script_without_session_gets_401_and_no_login_page(draft_case):
    response = Client().post(save_url(draft_case), given(), headers=HTMX)
    assert response.status_code == 401
    assert response.content == b""
    assert Answer.objects.count() == 0


def test_words_of_one_person_are_not_saved_under_another(login, world, draft_case):
    """The page was made for one person; in the meantime another one logged in in this browser."""
    client = login(world.contributor)
    headers = {**HTMX, "X-User": str(world.enterprise_admin.pk)}
    assert client.post(save_url(draft_case), given(), headers=headers).status_code == 401
    assert Answer.objects.count() == 0
    headers["X-User"] = str(world.contributor.pk)
    assert client.post(save_url(draft_case), given(), headers=headers).status_code == 200


def test_missing_csrf_token_is_403(login, enterprise_admin, draft_case):
    client = login(enterprise_admin, csrf=True)
    assert client.post(save_url(draft_case), given(), headers=HTMX).status_code == 403
    assert Answer.objects.count() == 0
    client.get(item_url(draft_case))
    token = {**HTMX, "X-CSRFToken": client.cookies["csrftoken"].value}
    assert client.post(save_url(draft_case), given(), headers=token).status_code == 200


def test_only_post_saves(login, enterprise_admin, draft_case):
    client = login(enterprise_admin)
    assert client.get(save_url(draft_case)).status_code == 405
    assert client.post(item_url(draft_case)).status_code == 405
    assert client.post(reverse("next_unanswered", args=[draft_case.number])).status_code == 405


# --- saving without script -----------------------------------------------------------------------------------------


def test_without_script_saving_leads_back_to_the_row(login, enterprise_admin, draft_case):
    client = login(enterprise_admin)
    response = client.post(save_url(draft_case), given(show="unanswered"))
    assert response.status_code == 302
    assert response["Location"] == f"{item_url(draft_case)}?show=unanswered#c-{CODE}"
    assert f"{CODE} 的作答已保存。" in client.get(item_url(draft_case)).content.decode()
    assert client.post(save_url(draft_case), given(show="//evil.example", note="x", version=1))["Location"] == (
        f"{item_url(draft_case)}#c-{CODE}"
    )


def test_without_script_a_refusal_keeps_the_words_in_the_row(login, enterprise_admin, draft_case):
    words = "很长的说明" * 1000
    response = login(enterprise_admin).post(save_url(draft_case), given(verdict="largely", note=words))
    own = row(response.content.decode())
    assert response.status_code == 422
    assert words in own
    assert 'value="largely" data-key="2" checked' in own
    assert "请精简" in own


def test_without_script_a_conflict_shows_both_in_the_row(login, world, draft_case):
    answered(draft_case, world.contributor, verdict="none", note="同事的说明")
    client = login(world.enterprise_admin)
    response = client.post(save_url(draft_case), given(note="我的说明", show="unanswered"))
    own = row(response.content.decode())
    assert response.status_code == 409
    assert "同事的说明" in own
    assert own.count("我的说明") == 2  # in the comparison, and in the field
    assert '<input type="hidden" name="version" value="0">' in own
    assert 'name="over" value="1"' in own
    assert client.post(save_url(draft_case), given(note="我的说明", over=1)).status_code == 302
    assert Answer.objects.get().note == "我的说明"


# --- the next open one ---------------------------------------------------------------------------------------------


def next_url(case: Assessment, after: str = "") -> str:
    return reverse("next_unanswered", args=[case.number]) + (f"?after={after}" if after else "")


def test_next_starts_at_the_given_criterion_and_goes_round(login, enterprise_admin, draft_case):
    client, codes = login(enterprise_admin), list(draft_case.edition.criteria)
    assert client.get(next_url(draft_case))["Location"] == f"{item_url(draft_case)}#c-{codes[0]}"
    answered(draft_case, enterprise_admin, codes[0])
    assert client.get(next_url(draft_case, codes[0]))["Location"].endswith(f"#c-{codes[1]}")
    assert client.get(next_url(draft_case, "nonsense"))["Location"].endswith(f"#c-{codes[1]}")
    answered(draft_case, enterprise_admin, codes[-1])
    assert client.get(next_url(draft_case, codes[-1]))["Location"].endswith(f"#c-{codes[1]}")


def test_next_continues_where_one_was(login, enterprise_admin, draft_case):
    client = login(enterprise_admin)
    client.get(item_url(draft_case, "9.2"))
    first = draft_case.edition.items["9.2"].criteria[0].code
    assert client.get(next_url(draft_case))["Location"].endswith(f"#c-{first}")


def test_next_prefers_what_is_assigned(login, world, draft_case):
    for user in (world.contributor, world.enterprise_admin):
        delegations.delegate(
            by=world.enterprise_admin,
            number=draft_case.number,
            user=user,
            part_codes=["8"],
            due_date=None,
            at=timezone.now(),
        )
    first = draft_case.edition.domains_by_code["8"].items[0].criteria[0].code
    for user in (world.contributor, world.enterprise_admin):
        assert login(user).get(next_url(draft_case))["Location"].endswith(f"#c-{first}")
    for code in draft_case.edition.criteria:
        if code.startswith("8."):
            Answer.objects.create(
                assessment=draft_case,
                criterion_code=code,
                verdict="full",
                saved_by=world.contributor,
                saved_at=timezone.now(),
            )
    done = login(world.contributor).get(next_url(draft_case))
    assert done["Location"] == reverse("assessment_detail", args=[draft_case.number])
    assert login(world.enterprise_admin).get(next_url(draft_case))["Location"].endswith("#c-6.1-L1-01")


def test_next_item_is_the_first_with_rows_that_the_filters_leave(login, enterprise_admin, draft_case):
    client, url = login(enterprise_admin), reverse("next_unanswered", args=[draft_case.number])
    items = list(draft_case.edition.items)

    def beyond(item: str, show: str = "") -> str:
        return client.get(url, {"beyond": item, "show": show})["Location"]

    first_of = {code: draft_case.edition.items[code].criteria[0].code for code in items}
    assert beyond(items[0]) == f"{item_url(draft_case, items[1])}#c-{first_of[items[1]]}"
    assert beyond(items[-1]) == f"{item_url(draft_case, items[0])}#c-{first_of[items[0]]}"
    code = draft_case.edition.items[items[5]].criteria[1].code
    answered(draft_case, enterprise_admin, code, verdict="not_applicable", reason="无")
    assert beyond(items[1], "not-applicable") == f"{item_url(draft_case, items[5])}?show=not-applicable#c-{code}"
    assert beyond(items[5], "not-applicable") == item_url(draft_case, items[5])
    assert client.get(url, {"beyond": "99.9", "show": "to-confirm"}).status_code == 404
    assert client.get(url, {"beyond": "99.9"}).status_code == 302


def test_next_with_none_left_leads_to_the_case(login, enterprise_admin, answered_case):
    response = login(enterprise_admin).get(next_url(answered_case))
    assert response["Location"] == reverse("assessment_detail", args=[answered_case.number])


def test_a_contributor_of_two_enterprises_saves_in_the_right_one(login, world, draft_case):
    factories.join(world.stranger, world.enterprise, Role.CONTRIBUTOR)
    other = factories.open_case(world.stranger, world.other_enterprise)
    client = login(world.stranger)
    client.post(save_url(other), given(), headers=HTMX)
    assert Answer.objects.get().assessment == other


@pytest.mark.parametrize(("who", "reads"), [("viewer", True), ("lead", False), ("body_manager", False)])
def test_who_fills_in_what_is_the_enterprise_s_own(login, world, review_case, who, reads):
    review_case.delegations.create(user=world.contributor, part_code="6")
    page = login(getattr(world, who)).get(reverse("item", args=[review_case.number, "6.1"]))
    assert (f"分配给 {world.contributor.name}" in page.content.decode()) is reads
