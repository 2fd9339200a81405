"""Pages of the review: who may open them, blindness, saving, finishing, reconciling, concluding."""

from __future__ import annotations

import re
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from assessments.actions import review
from assessments.models import (
    Answer,
    Assessment,
    Conclusion,
    Event,
    ItemReview,
    ReconciledVerdict,
    Ruling,
    User,
)
from tests import factories

ITEM = "6.1"
#: A remark that could leak: nothing else in the world contains it.
SECRET = "鹦鹉螺四七九一"


def url(name: str, case: Assessment, *args: object) -> str:
    return reverse(name, args=[case.number, *args])


def codes(case: Assessment, item: str = ITEM) -> list[str]:
    return [c.code for c in case.edition.items[item].criteria]


def rule_item(
    case: Assessment,
    user: User,
    item: str = ITEM,
    *,
    verdict: str = "partially",
    remark: str = "已核对",
    finish: bool = True,
) -> None:
    for code in codes(case, item):
        review.rule(
            by=user,
            number=case.number,
            criterion_code=code,
            verdict=verdict,
            remark=remark,
            version=0,
            at=timezone.now(),
        )
    if finish:
        review.finish_item(by=user, number=case.number, item_code=item, at=timezone.now())


def claim_not_applicable(case: Assessment, *wanted: str) -> None:
    Answer.objects.filter(assessment=case, criterion_code__in=wanted).update(
        verdict="not_applicable", reason="无此业务"
    )


def save(client: Client, case: Assessment, code: str, **data: object) -> Any:
    values = {"verdict": "largely", "remark": "现场查阅制度文件", "version": 0, "go": "stay", **data}
    return client.post(url("ruling_save", case, code), values)


PAGES = ["review", "differences", "conclusion"]
ALL_PAGES = [*PAGES, "item"]


def open_page(client: Client, case: Assessment, page: str) -> Any:
    return client.get(url("review_item", case, ITEM) if page == "item" else url(page, case))


# --- who may open what ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", ALL_PAGES)
@pytest.mark.parametrize(
    ("persona", "status"),
    [
        ("lead", 200),
        ("assessor", 200),
        ("quality_reviewer", 200),
        ("body_manager", 200),
        ("enterprise_admin", 403),
        ("contributor", 403),
        ("viewer", 403),
        ("officer", 403),
        ("district_officer", 403),
        ("third_assessor", 404),
        ("other_manager", 404),
        ("stranger", 404),
        ("other_district_officer", 404),
        ("auditor", 404),
        ("nobody", 404),
    ],
)
def test_pages_during_review(
    login: Callable[..., Client], review_case: Assessment, world: Any, page: str, persona: str, status: int
) -> None:
    assert open_page(login(getattr(world, persona)), review_case, page).status_code == status


@pytest.mark.parametrize("page", ALL_PAGES)
@pytest.mark.parametrize(
    ("persona", "status"),
    [("lead", 200), ("body_manager", 200), ("officer", 200), ("enterprise_admin", 403), ("district_officer", 403)],
)
def test_pages_after_sign_off(
    login: Callable[..., Client], compliance_case: Assessment, world: Any, page: str, persona: str, status: int
) -> None:
    assert open_page(login(getattr(world, persona)), compliance_case, page).status_code == status


@pytest.mark.parametrize("page", ALL_PAGES)
def test_anonymous_is_sent_to_log_in(client: Client, review_case: Assessment, page: str) -> None:
    response = open_page(client, review_case, page)
    assert response.status_code == 302
    assert response["Location"].startswith(reverse("account_login"))


def test_refusal_says_why(login: Callable[..., Client], review_case: Assessment, enterprise_admin: User) -> None:
    response = login(enterprise_admin).get(url("review", review_case))
    assert "评审记录仅限评估组成员查看" in response.content.decode()


def test_a_tie_with_the_enterprise_closes_the_case(
    login: Callable[..., Client], review_case: Assessment, assessor: User
) -> None:
    client = login(assessor)
    assert client.get(url("review", review_case)).status_code == 200
    review_case.enterprise.conflicts.create(
        user=assessor, kind="coaching", until=timezone.localdate(), declared_at=timezone.now()
    )
    assert client.get(url("review", review_case)).status_code == 404
    assert save(client, review_case, codes(review_case)[0]).status_code == 404
    assert Ruling.objects.count() == 0


def test_writes_are_post_only(login: Callable[..., Client], review_case: Assessment, lead: User) -> None:
    client, code = login(lead), codes(review_case)[0]
    for address in (
        url("ruling_save", review_case, code),
        url("reconcile", review_case, code),
        url("item_finish", review_case, ITEM),
        url("item_resume", review_case, ITEM),
    ):
        assert client.get(address).status_code == 405


def test_post_without_token_is_refused(login: Callable[..., Client], review_case: Assessment, lead: User) -> None:
    assert save(login(lead, csrf=True), review_case, codes(review_case)[0]).status_code == 403
    assert Ruling.objects.count() == 0


@pytest.mark.parametrize("name", ["review_item", "item_finish", "item_resume"])
def test_unknown_item_is_404(login: Callable[..., Client], review_case: Assessment, lead: User, name: str) -> None:
    client = login(lead)
    call = client.get if name == "review_item" else client.post
    assert call(url(name, review_case, "99.9")).status_code == 404


def test_unknown_criterion_is_404(login: Callable[..., Client], review_case: Assessment, lead: User) -> None:
    assert save(login(lead), review_case, "6.1-L9-99").status_code == 404


# --- ruling --------------------------------------------------------------------------------------------------------


def test_save_and_stay(login: Callable[..., Client], review_case: Assessment, lead: User) -> None:
    code = codes(review_case)[0]
    response = save(login(lead), review_case, code)
    assert response.status_code == 302
    assert response["Location"] == f"{url('review_item', review_case, ITEM)}?c={code}"
    ruling = Ruling.objects.get()
    assert (ruling.criterion_code, ruling.verdict, ruling.remark, ruling.version) == (
        code,
        "largely",
        "现场查阅制度文件",
        1,
    )
    assert ruling.assessor == lead


def test_save_and_next_goes_to_the_next_unruled(
    login: Callable[..., Client], review_case: Assessment, lead: User
) -> None:
    first, second, third = codes(review_case)[:3]
    client = login(lead)
    save(client, review_case, second)
    response = save(client, review_case, first, go="next")
    assert response["Location"] == f"{url('review_item', review_case, ITEM)}?c={third}"


def test_save_and_next_crosses_items(login: Callable[..., Client], review_case: Assessment, lead: User) -> None:
    *most, last = codes(review_case)
    for code in most:
        review.rule(
            by=lead,
            number=review_case.number,
            criterion_code=code,
            verdict="full",
            remark="",
            version=0,
            at=timezone.now(),
        )
    response = save(login(lead), review_case, last, go="next")
    following = codes(review_case, "6.2")[0]
    assert response["Location"] == f"{url('review_item', review_case, '6.2')}?c={following}"


def test_htmx_gets_the_panes_of_the_next_criterion(
    login: Callable[..., Client], review_case: Assessment, lead: User
) -> None:
    first, second = codes(review_case)[:2]
    response = login(lead).post(
        url("ruling_save", review_case, first),
        {"verdict": "full", "remark": "", "version": 0, "go": "next"},
        headers={"HX-Request": "true"},
    )
    text = response.content.decode()
    assert response.status_code == 200
    assert response["HX-Push-Url"] == f"{url('review_item', review_case, ITEM)}?c={second}"
    assert text.lstrip().startswith('<div id="workbench"')
    assert "<html" not in text
    assert url("ruling_save", review_case, second) in text


@pytest.mark.parametrize("data", [{"verdict": ""}, {"verdict": "superb"}, {"version": "x"}, {"remark": "多" * 4001}])
def test_refused_ruling_changes_nothing_and_keeps_the_words(
    login: Callable[..., Client], review_case: Assessment, lead: User, data: dict[str, object]
) -> None:
    values = {"remark": "请保留这段话", **data}
    response = save(login(lead), review_case, codes(review_case)[0], **values)
    assert response.status_code == 422
    assert str(values["remark"]) in response.content.decode()
    assert 'role="alert"' in response.content.decode()
    assert Ruling.objects.count() == 0
    assert ItemReview.objects.count() == 0


def test_stale_ruling_shows_both(login: Callable[..., Client], review_case: Assessment, lead: User) -> None:
    code, client = codes(review_case)[0], login(lead)
    save(client, review_case, code, remark="第一个窗口的意见")
    response = save(client, review_case, code, verdict="none", remark="第二个窗口的意见")
    text = response.content.decode()
    assert response.status_code == 409
    assert "第一个窗口的意见" in text
    assert "第二个窗口的意见" in text
    assert '<input type="hidden" name="version" value="1">' in text  # sending it again keeps the own words
    assert Ruling.objects.get().remark == "第一个窗口的意见"
    assert save(client, review_case, code, verdict="none", remark="第二个窗口的意见", version=1).status_code == 302
    assert Ruling.objects.get().remark == "第二个窗口的意见"


@pytest.mark.parametrize("persona", ["quality_reviewer", "body_manager", "enterprise_admin", "officer"])
def test_only_assessors_rule(login: Callable[..., Client], review_case: Assessment, world: Any, persona: str) -> None:
    assert save(login(getattr(world, persona)), review_case, codes(review_case)[0]).status_code == 403
    assert Ruling.objects.count() == 0


def test_third_assessor_is_refused(login: Callable[..., Client], planning_case: Assessment, world: Any) -> None:
    factories.form_team(planning_case, world.body_manager, world.lead, world.assessor, world.quality_reviewer)
    review.assign(
        by=world.body_manager,
        number=planning_case.number,
        user=world.third_assessor,
        role="assessor",
        at=timezone.now(),
    )
    review.declare_no_conflict(by=world.third_assessor, number=planning_case.number, at=timezone.now())
    case = factories.move(planning_case, world.body_manager, "start_review")
    for user in (world.lead, world.assessor):
        rule_item(case, user, remark=SECRET, finish=False)
    client = login(world.third_assessor)
    page = client.get(url("review_item", case, ITEM)).content.decode()
    assert "该能力项已由其他两名评估师评定" in page
    assert SECRET not in page
    before = Ruling.objects.count()
    response = save(client, case, codes(case)[0])
    assert response.status_code == 422
    assert "该能力项已有两名评估师评定" in response.content.decode()
    assert Ruling.objects.count() == before
    following = codes(case, "6.2")[0]
    assert save(client, case, following, go="next").status_code == 302  # other items stay open to them
    assert Ruling.objects.filter(assessor=world.third_assessor).count() == 1


# --- finishing -----------------------------------------------------------------------------------------------------


def test_finish_leads_on_to_the_next_item(login: Callable[..., Client], review_case: Assessment, lead: User) -> None:
    rule_item(review_case, lead, finish=False)
    response = login(lead).post(url("item_finish", review_case, ITEM))
    assert response["Location"] == f"{url('review_item', review_case, '6.2')}?c={codes(review_case, '6.2')[0]}"
    assert ItemReview.objects.get().finished_at is not None


def test_finish_with_missing_rulings_is_refused(
    login: Callable[..., Client], review_case: Assessment, lead: User
) -> None:
    client, first = login(lead), codes(review_case)[0]
    save(client, review_case, first)
    response = client.post(url("item_finish", review_case, ITEM))
    assert response.status_code == 409
    assert f"还有 {len(codes(review_case)) - 1} 条未评定" in response.content.decode()
    assert ItemReview.objects.get().finished_at is None


def test_page_says_what_is_missing(login: Callable[..., Client], review_case: Assessment, lead: User) -> None:
    rule_item(review_case, lead, remark="", finish=False)
    text = login(lead).get(url("review_item", review_case, ITEM)).content.decode()
    differing = sum(factories.by_level(c) != "partially" for c in codes(review_case))
    assert f"为 {differing} 条与自评不一致的评定填写意见" in text
    assert url("item_finish", review_case, ITEM) not in text


def test_rule_after_finish_changes_nothing(login: Callable[..., Client], review_case: Assessment, lead: User) -> None:
    rule_item(review_case, lead)
    code, events = codes(review_case)[0], Event.objects.count()
    response = save(login(lead), review_case, code, verdict="none", version=1)
    assert response.status_code == 422
    assert "您已完成该能力项的评定" in response.content.decode()
    assert Ruling.objects.get(criterion_code=code).verdict == "partially"
    assert Event.objects.count() == events


def test_resume_then_rule_again(login: Callable[..., Client], review_case: Assessment, lead: User) -> None:
    rule_item(review_case, lead)
    client, code = login(lead), codes(review_case)[0]
    assert client.post(url("item_resume", review_case, ITEM)).status_code == 302
    assert save(client, review_case, code, verdict="none", version=1).status_code == 302
    assert Ruling.objects.get(criterion_code=code).verdict == "none"


def test_resume_of_an_open_item_is_refused(
    login: Callable[..., Client], review_case: Assessment, lead: User, assessor: User
) -> None:
    rule_item(review_case, lead)
    rule_item(review_case, assessor)
    assert login(lead).post(url("item_resume", review_case, ITEM)).status_code == 409
    assert ItemReview.objects.filter(finished_at__isnull=False).count() == 2


# --- blindness -----------------------------------------------------------------------------------------------------


@pytest.fixture
def secret_case(review_case: Assessment, assessor: User) -> Assessment:
    """The assessor has ruled on the first item with a telling remark and finished it; the lead has not begun."""
    rule_item(review_case, assessor, verdict="none", remark=SECRET)
    return review_case


def pages_of(case: Assessment) -> list[str]:
    names = ["review", "differences", "conclusion", "team", "assessment_detail", "history", "result"]
    first, last = codes(case)[0], codes(case)[-1]
    item = url("review_item", case, ITEM)
    addresses = [url(n, case) for n in names]
    addresses += [f"{url('review', case)}?show=differences", f"{url('review', case)}?view=items"]
    addresses += [f"{item}?c={first}", f"{item}?c={last}&show=differs", f"{url('differences', case)}?show=all"]
    return addresses


@pytest.mark.parametrize("persona", ["lead", "body_manager", "quality_reviewer", "enterprise_admin", "officer"])
def test_no_page_leaks_a_blind_ruling(
    login: Callable[..., Client], secret_case: Assessment, world: Any, persona: str
) -> None:
    own = login(world.assessor).get(f"{url('review_item', secret_case, ITEM)}?c={codes(secret_case)[0]}")
    assert SECRET in own.content.decode()  # it is there to leak
    client = login(getattr(world, persona))
    for address in pages_of(secret_case):
        assert SECRET not in client.get(address).content.decode(), address


@pytest.mark.parametrize("persona", ["lead", "body_manager", "enterprise_admin"])
def test_no_export_leaks_a_blind_ruling(
    login: Callable[..., Client], secret_case: Assessment, world: Any, persona: str
) -> None:
    response = login(getattr(world, persona)).get(url("answers_workbook", secret_case))
    assert response.status_code == 200
    content = b"".join(response.streaming_content) if response.streaming else response.content
    book = load_workbook(BytesIO(content))
    cells = [str(c) for sheet in book for row in sheet.iter_rows(values_only=True) for c in row if c is not None]
    assert f"自评说明 {codes(secret_case)[0]}" in cells
    assert not [c for c in cells if SECRET in c]


def test_blind_party_sees_no_count_and_no_verdict(
    login: Callable[..., Client], review_case: Assessment, lead: User, assessor: User
) -> None:
    """Whatever the other has done short of finishing, the page of a blind assessor stays byte for byte the same."""
    client, item = login(lead), f"{url('review_item', review_case, ITEM)}?c={codes(review_case)[1]}"

    def shown() -> list[str]:
        return [_without_tokens(client.get(a).content.decode()) for a in (url("review", review_case), item)]

    before = shown()
    rule_item(review_case, assessor, verdict="none", remark=SECRET, finish=False)
    assert shown() == before


def _without_tokens(page: str) -> str:
    page = re.sub(r'(csrfmiddlewaretoken" value|X-CSRFToken": )="?[^">]*', "", page)
    return re.sub(r'(nonce="[^"]*"|"X-CSRFToken": "[^"]*")', "", page)


def test_other_is_shown_as_finished_only(login: Callable[..., Client], secret_case: Assessment, lead: User) -> None:
    queue = login(lead).get(url("review", secret_case)).context["queue"]
    other = next(p for p in queue.items[0].assessors if not p.is_self)
    assert (other.is_finished, other.ruled) == (True, None)
    assert queue.items[0].state == "untouched"


def test_manager_sees_progress_but_no_verdict(
    login: Callable[..., Client], secret_case: Assessment, body_manager: User
) -> None:
    response = login(body_manager).get(url("review", secret_case))
    by_name = {p.name: p.ruled for p in response.context["queue"].items[0].assessors}
    assert by_name == {"郑评估": len(codes(secret_case)), "吴组长": 0}
    assert "不满足" not in response.content.decode()


def test_both_finished_opens_both(login: Callable[..., Client], secret_case: Assessment, lead: User) -> None:
    rule_item(secret_case, lead)
    text = login(lead).get(f"{url('review_item', secret_case, ITEM)}?c={codes(secret_case)[0]}").content.decode()
    assert SECRET in text
    assert "已核对" in text


# --- the workbench -------------------------------------------------------------------------------------------------


def test_filters_narrow_the_list_and_are_remembered(
    login: Callable[..., Client], review_case: Assessment, lead: User
) -> None:
    first, second, third = codes(review_case)[:3]
    claim_not_applicable(review_case, third)
    file = factories.keep_file(review_case.enterprise, lead, "数据战略.pdf")
    factories.link_file(review_case, second, file, lead)
    client, item = login(lead), url("review_item", review_case, ITEM)
    save(client, review_case, first, verdict="none")

    def listed(**query: str) -> list[str]:
        return [r.criterion.code for r in client.get(item, query).context["listed"]]

    assert listed(show="all") == codes(review_case)
    assert listed(show="differs", c=first) == [first]
    assert listed(show="na", c=third) == [third]
    assert listed(show="unruled", c=second) == codes(review_case)[1:]
    assert listed(show="bare", c=first) == [c for c in codes(review_case) if c != second]
    assert listed(c=first) == [c for c in codes(review_case) if c != second]  # remembered
    assert listed(show="nonsense", c=first) == codes(review_case)


def test_case_pane_shows_answer_reason_and_evidence(
    login: Callable[..., Client], review_case: Assessment, lead: User
) -> None:
    code = codes(review_case)[0]
    claim_not_applicable(review_case, code)
    file = factories.keep_file(review_case.enterprise, lead, "<b>战略</b>.pdf")
    factories.link_file(review_case, code, file, lead)
    text = login(lead).get(f"{url('review_item', review_case, ITEM)}?c={code}").content.decode()
    assert "无此业务" in text
    assert f"自评说明 {code}" in text
    assert url("evidence_download", review_case, file.pk) in text
    assert "&lt;b&gt;战略&lt;/b&gt;.pdf" in text
    assert review_case.edition.criteria[code].guidance.zh in text


# --- differences ---------------------------------------------------------------------------------------------------


@pytest.fixture
def differing_case(review_case: Assessment, lead: User, assessor: User) -> Assessment:
    """Ruled on completely; the two differ on two criteria of the first item and one of another domain."""
    factories.rule_all(review_case, (lead, assessor), differ=[*codes(review_case)[:2], codes(review_case, "7.1")[0]])
    return factories.move(review_case, lead, "go_onsite")


def settle(client: Client, case: Assessment, code: str, **data: object) -> Any:
    values = {"verdict": "partially", "reason": "现场核实后确定", "version": 0, **data}
    return client.post(url("reconcile", case, code), values)


def test_differences_list_both_sides(login: Callable[..., Client], differing_case: Assessment, lead: User) -> None:
    code = codes(differing_case)[0]
    response = login(lead).get(url("differences", differing_case))
    text = response.content.decode()
    assert [d.criterion.code for d, _ in response.context["rows"]] == [
        *codes(differing_case)[:2],
        codes(differing_case, "7.1")[0],
    ]
    assert f"吴组长的意见 {code}" in text
    assert f"郑评估的意见 {code}" in text
    assert f"自评说明 {code}" in text
    assert url("reconcile", differing_case, code) in text


def test_agreement_on_the_page(login: Callable[..., Client], differing_case: Assessment, lead: User) -> None:
    found = login(lead).get(url("differences", differing_case)).context["agreement"]
    assert (found.pairs, found.equal) == (445, 442)
    assert str(found.share) == "99.3"


def test_reconcile(login: Callable[..., Client], differing_case: Assessment, lead: User) -> None:
    code, client = codes(differing_case)[0], login(lead)
    response = settle(client, differing_case, code, query="show=open&domain=6&next=//evil")
    assert response["Location"] == f"{url('differences', differing_case)}?show=open&domain=6"
    kept = ReconciledVerdict.objects.get(criterion_code=code)
    assert (kept.verdict, kept.reason) == ("partially", "现场核实后确定")
    assert (kept.had_difference, kept.decided_by) == (True, lead)
    left = [codes(differing_case)[1], codes(differing_case, "7.1")[0]]
    page = client.get(url("differences", differing_case))
    assert [d.criterion.code for d, _ in page.context["rows"]] == left
    settled = client.get(url("differences", differing_case), {"show": "settled"})
    assert [d.criterion.code for d, _ in settled.context["rows"]] == [code]


def test_filter_by_domain(login: Callable[..., Client], differing_case: Assessment, assessor: User) -> None:
    page = login(assessor).get(url("differences", differing_case), {"domain": "7"})
    assert [d.criterion.code for d, _ in page.context["rows"]] == [codes(differing_case, "7.1")[0]]


@pytest.mark.parametrize("data", [{"reason": ""}, {"reason": "   "}, {"verdict": ""}, {"reason": "长" * 4001}])
@pytest.mark.parametrize("origin", ["list", "bench"])
def test_refused_reconciling_changes_nothing(
    login: Callable[..., Client], differing_case: Assessment, lead: User, data: dict[str, str], origin: str
) -> None:
    code, before = codes(differing_case)[0], ReconciledVerdict.objects.count()
    response = settle(login(lead), differing_case, code, **data, **{"from": origin})
    assert response.status_code == 422
    assert 'role="alert"' in response.content.decode()
    assert ReconciledVerdict.objects.count() == before


def test_stale_reconciling_shows_both(login: Callable[..., Client], differing_case: Assessment, lead: User) -> None:
    code, client = codes(differing_case)[0], login(lead)
    settle(client, differing_case, code, reason="先保存的理由")
    response = settle(client, differing_case, code, verdict="none", reason="后提交的理由", **{"from": "bench"})
    text = response.content.decode()
    assert response.status_code == 409
    assert "先保存的理由" in text
    assert "后提交的理由" in text
    assert ReconciledVerdict.objects.get(criterion_code=code).reason == "先保存的理由"


@pytest.mark.parametrize(
    ("persona", "status"), [("assessor", 403), ("quality_reviewer", 403), ("body_manager", 403), ("other_manager", 404)]
)
def test_only_the_lead_reconciles(
    login: Callable[..., Client], differing_case: Assessment, world: Any, persona: str, status: int
) -> None:
    code, client = codes(differing_case)[0], login(getattr(world, persona))
    assert settle(client, differing_case, code).status_code == status
    assert ReconciledVerdict.objects.filter(criterion_code=code).exists() is False


def test_blind_item_cannot_be_reconciled(login: Callable[..., Client], secret_case: Assessment, lead: User) -> None:
    response = settle(login(lead), secret_case, codes(secret_case)[0])
    assert response.status_code == 422
    assert SECRET not in response.content.decode()
    assert ReconciledVerdict.objects.count() == 0


# --- conclusion ----------------------------------------------------------------------------------------------------

WORDS = {"strengths": "制度完整", "weaknesses": "度量不足", "advice": "建立指标"}


def test_lead_writes_the_conclusion(login: Callable[..., Client], reporting_case: Assessment, lead: User) -> None:
    response = login(lead).post(url("conclusion", reporting_case), WORDS)
    assert response.status_code == 302
    kept = Conclusion.objects.get()
    assert (kept.strengths, kept.weaknesses, kept.advice, kept.saved_by) == ("制度完整", "度量不足", "建立指标", lead)


def test_draft_fills_empty_texts_only(login: Callable[..., Client], reporting_case: Assessment, lead: User) -> None:
    review.write_conclusion(
        by=lead, number=reporting_case.number, strengths="已写好的优势", weaknesses="", advice="", at=timezone.now()
    )
    page = login(lead).get(url("conclusion", reporting_case), {"draft": "1"})
    weakest = page.context["hints"].weakest[0]
    assert page.context["form"]["strengths"].value() == "已写好的优势"
    assert page.context["form"]["weaknesses"].value().startswith(f"1. {weakest.item.code} {weakest.item.name.zh}")


@pytest.mark.parametrize("persona", ["assessor", "quality_reviewer", "body_manager"])
def test_others_read_the_conclusion(
    login: Callable[..., Client], reporting_case: Assessment, world: Any, persona: str
) -> None:
    review.write_conclusion(by=world.lead, number=reporting_case.number, at=timezone.now(), **WORDS)
    client = login(getattr(world, persona))
    page = client.get(url("conclusion", reporting_case)).content.decode()
    assert "度量不足" in page
    assert "<textarea" not in page
    assert client.post(url("conclusion", reporting_case), {**WORDS, "advice": "改写"}).status_code == 403
    assert Conclusion.objects.get().advice == "建立指标"


def test_conclusion_after_the_lead_signed_is_refused(
    login: Callable[..., Client], reporting_case: Assessment, lead: User
) -> None:
    review.write_conclusion(by=lead, number=reporting_case.number, at=timezone.now(), **WORDS)
    factories.move(reporting_case, lead, "sign_report")
    response = login(lead).post(url("conclusion", reporting_case), {**WORDS, "advice": "改写"})
    assert response.status_code == 422
    assert "组长已签字" in response.content.decode()
    assert "改写" in response.content.decode()
    assert Conclusion.objects.get().advice == "建立指标"


def test_too_long_conclusion_is_kept_on_the_page(
    login: Callable[..., Client], reporting_case: Assessment, lead: User
) -> None:
    response = login(lead).post(url("conclusion", reporting_case), {**WORDS, "advice": "长" * 4001})
    assert response.status_code == 422
    assert "长" * 4001 in response.content.decode()
    assert Conclusion.objects.count() == 0


# --- compliance review ---------------------------------------------------------------------------------------------


def test_office_reads_the_summary(login: Callable[..., Client], review_case: Assessment, world: Any) -> None:
    large, refused, waived = codes(review_case)[:3]
    claim_not_applicable(review_case, refused, waived)

    def verdict_of(code: str) -> str:
        return {large: "none", waived: "not_applicable"}.get(code, factories.by_level(code))

    factories.rule_all(review_case, (world.lead, world.assessor), verdict_of)
    case = factories.move(review_case, world.lead, "go_onsite")
    case = factories.move(case, world.lead, "start_reporting")
    review.write_conclusion(by=world.lead, number=case.number, at=timezone.now(), **WORDS)
    factories.move(case, world.lead, "sign_report")
    assert login(world.officer).get(url("review", case)).status_code == 403
    case = factories.move(case, world.quality_reviewer, "sign_off")
    response = login(world.officer).get(url("review", case))
    summary, text = response.context["summary"], response.content.decode()
    assert [f.criterion.code for f in summary.large] == [large]
    assert summary.large[0].steps == 3
    assert [f.criterion.code for f in summary.not_applicable] == [waived]
    assert [f.criterion.code for f in summary.refused_not_applicable] == [refused]
    assert [(s.kind, s.name) for s in summary.signatures] == [("lead", "吴组长"), ("quality", "冯质审")]
    assert "度量不足" in text
    assert url("evaluation_report", case) in text
    for action in ("pass_to_notice", "return", "reject"):
        assert url("transition", case, action) in text


# --- figures of the queue and the number of queries ----------------------------------------------------------------


def test_queue_figures_and_states(
    login: Callable[..., Client], review_case: Assessment, lead: User, assessor: User
) -> None:
    rule_item(review_case, lead)
    rule_item(review_case, assessor, verdict="none")
    rule_item(review_case, lead, "6.2", finish=False)
    response = login(lead).get(url("review", review_case))
    queue = response.context["queue"]
    assert [i.state for i in queue.items[:3]] == ["differences", "blind", "untouched"]
    assert queue.differences == len(codes(review_case))
    assert (queue.finished_by_me, queue.waiting_for_me, queue.open) == (1, 27, 1)
    assert queue.next.item.code == "6.2"
    narrowed = login(lead).get(url("review", review_case), {"show": "differences"}).context["domains"]
    assert [[i.item.code for i in d.items] for d in narrowed] == [[ITEM]]


def count(client: Client, address: str) -> int:
    client.get(address)  # the session settles first
    with CaptureQueriesContext(connection) as found:
        assert client.get(address).status_code == 200
    return len(found)


def test_queries_do_not_grow_with_the_case(
    login: Callable[..., Client], review_case: Assessment, lead: User, assessor: User
) -> None:
    client = login(lead)
    queue, item = url("review", review_case), url("review_item", review_case, ITEM)
    rule_item(review_case, lead)
    rule_item(review_case, assessor, verdict="none")
    few = [count(client, queue), count(client, item)]
    Ruling.objects.all().delete()
    ItemReview.objects.all().delete()
    ReconciledVerdict.objects.all().delete()
    factories.rule_all(review_case, (lead, assessor), differ=codes(review_case))
    assert [count(client, queue), count(client, item)] == few
    assert max(few) <= 20


def test_differences_queries(login: Callable[..., Client], differing_case: Assessment, lead: User) -> None:
    few = count(login(lead), url("differences", differing_case))
    ReconciledVerdict.objects.filter(criterion_code__startswith="8.").delete()
    Ruling.objects.filter(criterion_code__startswith="8.", assessor=lead).update(verdict="none", remark="另议")
    Ruling.objects.filter(criterion_code__startswith="8.").exclude(assessor=lead).update(verdict="full")
    assert count(login(lead), url("differences", differing_case)) == few
    assert few <= 20


@pytest.mark.parametrize("origin", ["list", "bench"])
def test_refused_form_has_no_relative_links(
    login: Callable[..., Client], differing_case: Assessment, lead: User, origin: str
) -> None:
    """The page stands under an address that answers to POST only, so every link must name its own."""
    sent = {"reason": "", "from": origin, "query": "domain=6"}
    text = settle(login(lead), differing_case, codes(differing_case)[0], **sent).content.decode()
    assert 'href="?' not in text
    assert origin == "bench" or f"{url('differences', differing_case)}?domain=6&amp;show=open" in text
