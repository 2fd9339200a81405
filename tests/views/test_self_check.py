"""The public self-check: pages without account or query, damaged and incomplete codes, the way into a draft."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from assessments.actions import assessments
from assessments.actions.errors import Refused
from assessments.models import Answer, Assessment, Event, Membership, Organisation, SelfCheck, User
from assessments.queries import carry_over
from assessments.standard import get_edition, get_help
from assessments.views.self_check import SESSION_KEY
from tests import factories
from tests.conftest import World
from tests.views.test_organisations import details

Login = Callable[..., Client]
E2018, E2025 = get_edition("gbt36073-2018"), get_edition("gbt36073-2025")
THREES = "3" * len(E2018.items)
EN = {"accept-language": "en"}


def form_url(edition: str = E2018.code) -> str:
    return reverse("self_check_form", args=[edition])


def result_url(code: str, edition: str = E2018.code) -> str:
    return f"{reverse('self_check_result', args=[edition])}?a={code}"


def take_over_url(code: str = THREES, edition: str = E2018.code) -> str:
    return f"{reverse('self_check_take_over', args=[edition])}?a={code}"


def opening(enterprise: Organisation, code: str = THREES, **changed: str) -> dict[str, str]:
    return {
        "enterprise": str(enterprise.pk),
        "edition_code": E2018.code,
        "self_check": f"{E2018.code}:{code}",
        "track": "owner",
        "target_level": "3",
        "scope": "公司总部",
    } | changed


# --- the public pages ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("headers", [{}, EN], ids=["zh", "en"])
@pytest.mark.parametrize(
    "url",
    [reverse("self_check"), form_url(), form_url(E2025.code), result_url(THREES), result_url("0" * 33, E2025.code)],
)
def test_public_pages_ask_no_database(
    client: Client, db: None, url: str, headers: dict[str, str], django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(0):
        answer = client.get(url, headers=headers)
    assert answer.status_code == 200
    assert not answer.cookies.get("sessionid")


def test_the_start_shows_the_editions_with_their_numbers_the_one_in_force_first(client: Client) -> None:
    page = client.get(reverse("self_check"))
    assert [e.code for e in page.context["editions"]] == [E2025.code, E2018.code]
    text = page.content.decode()
    assert "33 道题" in text
    assert "28 道题" in text
    assert "checked" not in text
    assert "X-Robots-Tag" not in page


@pytest.mark.parametrize("edition", [E2018, E2025], ids=lambda e: e.code)
def test_every_item_is_one_question_with_six_choices_and_none_chosen(client: Client, edition: Any) -> None:
    page = client.get(form_url(edition.code)).content.decode()
    assert page.count('type="radio"') == 6 * len(edition.items)
    assert " checked" not in page
    for item, help_ in get_help(edition.code).items():
        assert f'id="q-{item}"' in page
        assert help_.question.zh in page
    assert f"0 / {len(edition.items)}" in page


def test_the_form_sends_its_answers_and_gets_an_address_to_keep(client: Client) -> None:
    sent = {item: str(n % 6) for n, item in enumerate(E2018.items)}
    answer = client.get(reverse("self_check_result", args=[E2018.code]), sent)
    assert answer.headers["Location"] == result_url("".join(sent.values()))
    assert client.get(answer.headers["Location"]).status_code == 200


def test_an_incomplete_form_comes_back_with_what_was_chosen_and_names_what_is_missing(client: Client) -> None:
    sent = dict.fromkeys(E2018.items, "2") | {"6.2": "9", "7.1": "x"}
    del sent["8.1"]
    answer = client.get(reverse("self_check_result", args=[E2018.code]), sent, follow=True)
    assert answer.redirect_chain == [(f"{form_url()}?a=2-2-22-{'2' * 21}", 302)]
    assert [q.item.code for q in answer.context["missing"]] == ["6.2", "7.1", "8.1"]
    page = answer.content.decode()
    assert page.count(" checked") == 25
    assert '<a href="#q-8.1">' in page
    assert page.count("请选择最接近现状的一项。") == 3
    assert client.get(result_url(f"2-2-22-{'2' * 21}")).headers["Location"] == answer.redirect_chain[0][0]


@pytest.mark.parametrize("code", ["", "3", "3" * 33, "<script>", "３" * 28])
def test_a_damaged_code_is_said_and_nothing_is_read_from_it(client: Client, code: str) -> None:
    for name in ("self_check_result", "self_check_form"):
        answer = client.get(reverse(name, args=[E2018.code]), {"a": code})
        assert answer.status_code == 400
        page = answer.content.decode()
        assert "链接中的作答无法识别" in page
        assert " checked" not in page
        assert "<script>" not in page.split("<main")[1].split("</main>")[0]


@pytest.mark.parametrize("name", ["self_check_form", "self_check_result"])
def test_an_edition_without_questions_is_not_found(client: Client, name: str) -> None:
    answer = client.get(reverse(name, args=["gbt-none"]))
    assert answer.status_code == 404
    assert "没有编号为 gbt-none 的标准版本" in answer.content.decode()


def test_the_result_says_level_score_and_that_it_is_no_certificate(client: Client) -> None:
    """2.83 and level 3, as in the figures computed by hand in the tests of scoring."""
    answer = client.get(result_url("122" + "3" * 25))
    page = answer.content.decode()
    assert (answer.context["outcome"].result.level, str(answer.context["outcome"].result.score)) == (3, "2.83")
    assert "这是粗略的自我估计，不是证书" in page
    assert "2.83" in page
    assert "1.67" in page
    assert next(a.standing.item.code for a in answer.context["outcome"].advice) == "6.1"
    first = answer.context["outcome"].advice[0]
    assert (first.next_level, first.statement) == (2, get_help(E2018.code)["6.1"].levels[1])
    assert [c.level for c in first.criteria] == [2, 2]
    assert first.criteria[0].text.zh in page
    assert answer["X-Robots-Tag"] == "noindex"
    assert 'class="chart radar"' in page


def test_the_result_leads_a_visitor_through_the_entrance_and_a_member_straight_on(
    client: Client, world: World, login: Login
) -> None:
    page = client.get(result_url(THREES)).content.decode()
    onward = f"next=%2Fself-check%2F{E2018.code}%2Ftake-over%2F%3Fa%3D{THREES}"
    assert f"{reverse('account_signup')}?{onward}" in page
    assert f"{reverse('account_login')}?{onward}" in page
    inside = login(world.enterprise_admin).get(result_url(THREES)).content.decode()
    assert take_over_url() in inside
    assert onward not in inside


def test_the_criteria_of_a_licensed_edition_are_named_and_not_quoted(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    from assessments.permissions.decision import refuse

    monkeypatch.setattr("assessments.views.self_check.can_read_wording", lambda *_: refuse("许可", "licence"))
    page = client.get(result_url(THREES)).content.decode()
    criterion = next(c for c in E2018.items["6.1"].criteria if c.level == 4)
    shown = [c for a in client.get(result_url(THREES)).context["outcome"].advice for c in a.criteria]
    assert shown
    assert all(c.code in page and c.text.zh not in page for c in shown)
    assert criterion.text.zh not in page


# --- into a draft --------------------------------------------------------------------------------------------------


def test_the_whole_way_from_visitor_to_draft(client: Client, db: None) -> None:
    shown = client.get(result_url(THREES)).content.decode()
    assert "登记企业并带入自评" in shown
    signup = f"{reverse('account_signup')}?next={take_over_url().replace('?', '%3F').replace('=', '%3D')}"
    assert 'name="next"' in client.get(signup).content.decode()
    person = {
        "name": "新人",
        "email": "new@test.example",
        "password1": factories.PASSWORD,
        "password2": factories.PASSWORD,
        "next": take_over_url(),
    }
    answer = client.post(reverse("account_signup"), person, follow=True)
    assert answer.redirect_chain[-1][0] == reverse("enterprise_new")
    assert "自测内容已保留" in answer.content.decode()

    answer = client.post(reverse("enterprise_new"), details())
    assert answer.headers["Location"] == f"{reverse('assessment_new')}?self_check={E2018.code}%3A{THREES}"
    page = client.get(answer.headers["Location"]).content.decode()
    assert "将带入快速自测" in page
    assert f'value="{E2018.code}:{THREES}"' in page
    enterprise = Organisation.objects.get(name="上海新登记科技有限公司")
    answer = client.post(reverse("assessment_new"), opening(enterprise))
    case = Assessment.objects.get()
    assert answer.headers["Location"] == reverse("self_check_report", args=[case.number])
    report = client.get(answer.headers["Location"]).content.decode()
    assert f'data-check-code="{THREES}"' in report
    expected = {c.code: "partially" if c.level == 3 else "largely" for c in E2018.criteria.values() if c.level <= 3}
    answers = Answer.objects.filter(assessment=case)
    assert {a.criterion_code: a.verdict for a in answers} == expected
    assert all(a.is_carried and not a.note for a in answers)
    assert carry_over.to_confirm(case) == len(expected) == case.self_answered
    assert SelfCheck.objects.get().levels == dict.fromkeys(E2018.items, 3)
    event = Event.objects.get(action="case.self_checked")
    assert (event.assessment_id, event.after) == (case.pk, {"edition": E2018.code, "count": len(expected)})
    detail = client.get(reverse("assessment_detail", args=[case.number])).content.decode()
    assert "作答来自快速自测。" in detail
    assert f"其中 {len(expected)} 条待确认" in detail
    item = client.get(reverse("item", args=[case.number, "6.1"])).content.decode()
    assert "来自快速自测" in item
    assert SESSION_KEY not in client.session


def test_a_draft_from_a_self_check_is_not_finalised_before_it_is_confirmed(world: World) -> None:
    case = _open(world)
    missing = [
        c for c in case.edition.criteria if not Answer.objects.filter(assessment=case, criterion_code=c).exists()
    ]
    Answer.objects.bulk_create(
        [
            Answer(
                assessment=case,
                criterion_code=c,
                verdict="none",
                saved_by=world.enterprise_admin,
                saved_at=case.created_at,
            )
            for c in missing
        ]
    )
    with pytest.raises(Refused):
        factories.move(case, world.enterprise_admin, "finalise", pledge=True)
    case.refresh_from_db()
    assert case.state == "draft"


def test_sent_twice_opens_one_draft_and_another_check_another(world: World, login: Login) -> None:
    client = login(world.enterprise_admin)
    addresses = {
        client.post(reverse("assessment_new"), opening(world.enterprise)).headers["Location"] for _ in range(2)
    }
    assert addresses == {reverse("self_check_report", args=[Assessment.objects.get().number])}
    client.post(reverse("assessment_new"), opening(world.enterprise, "2" * 28))
    assert Assessment.objects.count() == 2


@pytest.mark.parametrize(
    "changed",
    [
        {"self_check": f"{E2018.code}:{'3' * 27}-"},
        {"self_check": "x"},
        {"self_check": f"nope:{THREES}"},
        {"edition_code": E2025.code},
    ],
    ids=["open item", "no code", "unknown edition", "another edition"],
)
def test_what_does_not_fit_is_refused_and_nothing_is_opened(
    world: World, login: Login, changed: dict[str, str]
) -> None:
    answer = login(world.enterprise_admin).post(reverse("assessment_new"), opening(world.enterprise, **changed))
    assert answer.status_code == 200
    assert "self_check" in answer.context["form"].errors
    assert not Assessment.objects.exists()
    assert not Answer.objects.exists()


def test_a_self_check_and_an_earlier_assessment_exclude_each_other(
    world: World, finalised_case: Assessment, login: Login
) -> None:
    answer = login(world.enterprise_admin).post(
        reverse("assessment_new"), opening(world.enterprise, carry_from=str(finalised_case.pk))
    )
    assert "self_check" in answer.context["form"].errors
    with pytest.raises(Refused):
        assessments.open_assessment(
            by=world.enterprise_admin,
            enterprise=world.enterprise,
            edition_code=E2018.code,
            track="owner",
            key_domains=[],
            target_level=3,
            scope="总部",
            planned_date=None,
            at=finalised_case.created_at,
            carry_from=finalised_case.number,
            self_check=f"{E2018.code}:{THREES}",
        )
    assert list(Assessment.objects.all()) == [finalised_case]


def _open(world: World, code: str = THREES) -> Assessment:
    return assessments.open_assessment(
        by=world.enterprise_admin,
        enterprise=world.enterprise,
        edition_code=E2018.code,
        track="owner",
        key_domains=[],
        target_level=3,
        scope="总部",
        planned_date=None,
        at=world.enterprise.created_at,
        self_check=f"{E2018.code}:{code}",
    )


def test_nothing_begun_is_an_empty_draft(world: World) -> None:
    case = _open(world, "0" * 28)
    assert (Answer.objects.count(), case.self_answered) == (0, 0)
    assert SelfCheck.objects.get().levels == dict.fromkeys(E2018.items, 0)


# --- who may take over ---------------------------------------------------------------------------------------------


def test_taking_over_asks_who_one_is(client: Client, world: World, login: Login) -> None:
    assert client.get(take_over_url()).headers["Location"].startswith(reverse("account_login"))
    opening_page = f"{reverse('assessment_new')}?self_check={E2018.code}%3A{THREES}"
    assert login(world.enterprise_admin).get(take_over_url()).headers["Location"] == opening_page
    newcomer = login(world.nobody)
    assert newcomer.get(take_over_url()).headers["Location"] == reverse("enterprise_new")
    assert newcomer.session[SESSION_KEY] == f"{E2018.code}:{THREES}"
    for user in (world.contributor, world.assessor):
        page = login(user).get(take_over_url())
        assert page.status_code == 200
        assert "只有企业管理员可以新建自评" in page.content.decode()


@pytest.mark.parametrize("code", ["", "3" * 27 + "-", "x" * 28])
def test_a_damaged_address_says_so_and_takes_nothing_over(world: World, login: Login, code: str) -> None:
    answer = login(world.enterprise_admin).get(take_over_url(code), follow=True)
    assert answer.redirect_chain == [(reverse("self_check"), 302)]
    assert "链接中的自测内容不完整或有误" in answer.content.decode()


def test_the_report_is_read_within_the_case(world: World, login: Login, draft_case: Assessment) -> None:
    case = _open(world)
    url = reverse("self_check_report", args=[case.number])
    assert login(world.viewer).get(url).status_code == 200
    assert login(world.stranger).get(url).status_code == 404
    assert login(world.enterprise_admin).get(reverse("self_check_report", args=[draft_case.number])).status_code == 404


def test_the_notice_on_the_home_page_is_for_people_without_an_assessment(
    world: World, login: Login, draft_case: Assessment
) -> None:
    assert "data-check-notice" in login(world.nobody).get(reverse("home")).content.decode()
    assert "data-check-notice" not in login(world.enterprise_admin).get(reverse("home")).content.decode()


def test_an_end_to_the_administration_ends_the_taking_over(world: World, login: Login) -> None:
    Membership.objects.filter(user=world.enterprise_admin).update(role="viewer")
    user = User.objects.get(pk=world.enterprise_admin.pk)
    answer = login(user).post(reverse("assessment_new"), opening(world.enterprise))
    assert answer.status_code == 403
    assert not Assessment.objects.exists()
