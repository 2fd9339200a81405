"""The pages of eligibility: the table, the form, proof, waivers; who sees them and who may not."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from assessments.actions import eligibility
from assessments.models import (
    Assessment,
    ConflictOfInterest,
    EligibilityEvidence,
    EligibilityStatement,
    EligibilityWaiver,
    Event,
    EvidenceFile,
    InboxMessage,
    Transition,
)
from assessments.workflow import Role
from tests import factories
from tests.conftest import World

Login = Callable[..., Client]
WHY = "数据管理部正在组建，人员已到岗，社会保险下月缴满三个月。"
BECAUSE = "经核对编制批复和劳动合同，人员已到岗，准予豁免。"
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


def url(name: str, case: Assessment, *more: object) -> str:
    return reverse(name, args=[case.number, *more])


def words(page: Any) -> str:
    """The words of a page in a row."""
    return " ".join(re.sub(r"<[^>]+>", " ", page.content.decode()).split())


def kept() -> tuple[Any, ...]:
    models = (EligibilityStatement, EligibilityEvidence, EligibilityWaiver, EvidenceFile, Assessment)
    rows = (list(m.objects.order_by("pk").values()) for m in models)
    return (*rows, Event.objects.count(), Transition.objects.count(), InboxMessage.objects.count())


def fall_short(case: Assessment, world: World, **values: Any) -> Assessment:
    factories.state_eligibility(case, world.enterprise_admin, **{"data_staff": Decimal(3), **values})
    return case


def ask(case: Assessment, world: World) -> EligibilityWaiver:
    return eligibility.request_waiver(by=world.enterprise_admin, number=case.number, request=WHY, at=timezone.now())


def upload(client: Client, case: Assessment, name: str = "营业执照.pdf", content: bytes = PDF, **headers: str) -> Any:
    data = {"files": SimpleUploadedFile(name, content)}
    return client.post(url("eligibility_attach", case, "licence"), data, headers=headers)


# --- the check ------------------------------------------------------------------------------------------------------


def test_the_result_rule_by_rule(world: World, finalised_case: Assessment, login: Login) -> None:
    fall_short(finalised_case, world, revenue=Decimal(600), tools=None)
    page = login(world.enterprise_admin).get(url("eligibility", finalised_case))
    rows = [
        [" ".join(re.sub(r"<[^>]+>", " ", cell).split()) for cell in re.findall(r"<t[hd][ >].*?</t[hd]>", row, re.S)]
        for row in re.findall(r"<tr>(.*?)</tr>", page.content.decode(), re.S)[1:]
    ]
    assert [r[0] for r in rows] == [
        "中国境内依法设立的独立法人", "近三年无严重违法失信记录", "成立日期", "上年度营业收入", "从业人数",
        "自身业务产生的结构化数据总量", "信息系统数量", "专职数据管理人员", "持有数据管理人员证书的人数",
        "已发布制度覆盖的能力域（数据战略除外）", "数据管理工具数量", "近三年数据管理项目",
    ]  # fmt: skip
    revenue, staff, tools = rows[3], rows[7], rows[10]
    assert revenue[1].startswith("不少于 1000 万元 2026 年公开口径 暂定")
    assert revenue[2:] == [
        "600 万元",
        "不满足 “上年度营业收入”填报为 600 万元，要求不少于 1000 万元，还差 400 万元，不符合。",
        "2022 年公开口径：不少于 500 万元 （满足）",
    ]
    assert staff[3].startswith("不满足 ")
    assert tools[2:4] == ["未填报", "未填报 尚未填报“数据管理工具数量”，要求：不少于 2 个。"]
    assert rows[0][1] == "是 2026 年公开口径", "several sources agree: no mark"
    assert "2 项未满足，1 项未填报" in words(page)


def test_a_level_without_known_conditions_says_so(world: World, draft_case: Assessment, login: Login) -> None:
    Assessment.objects.update(target_level=1)
    client = login(world.enterprise_admin)
    assert "该等级没有已知的申报条件" in words(client.get(url("eligibility", draft_case)))
    assert "不需要填报，可以直接申请评估。" in words(client.get(url("eligibility_facts", draft_case)))


def test_what_was_kept_is_shown_once_applied(world: World, applied_case: Assessment, login: Login) -> None:
    EligibilityStatement.objects.update(values={})
    for user in (world.enterprise_admin, world.body_manager, world.officer):
        text = words(login(user).get(url("eligibility", applied_case)))
        assert "申报条件全部满足" in text
        assert "申请评估时留存的核对结果" in text
        assert "填报申报条件" not in text


def test_who_reads_it(world: World, finalised_case: Assessment, login: Login) -> None:
    def statuses(name: str) -> dict[str, int]:
        people = (
            "enterprise_admin", "contributor", "viewer", "stranger", "body_manager", "officer", "district_officer",
            "auditor",
        )  # fmt: skip
        return {p: login(getattr(world, p)).get(url(name, finalised_case)).status_code for p in people}

    hidden = {"stranger": 404, "body_manager": 404, "officer": 404, "district_officer": 404, "auditor": 404}
    assert statuses("eligibility") == {"enterprise_admin": 200, "contributor": 200, "viewer": 200, **hidden}
    assert statuses("eligibility_facts") == {"enterprise_admin": 200, "contributor": 403, "viewer": 403, **hidden}
    assert Client().get(url("eligibility", finalised_case)).status_code == 302
    ask(fall_short(finalised_case, world), world)
    assert statuses("eligibility")["officer"] == 200
    assert statuses("eligibility")["district_officer"] == 404
    case = finalised_case
    eligibility.withdraw_waiver(by=world.enterprise_admin, number=case.number, at=timezone.now())
    factories.state_eligibility(case, world.enterprise_admin)
    factories.move(case, world.enterprise_admin, "apply", body=world.body)
    reading = {"body_manager": 200, "officer": 200, "district_officer": 403}
    assert statuses("eligibility") == {
        "enterprise_admin": 200, "contributor": 200, "viewer": 200, **hidden, **reading,
    }  # fmt: skip


@pytest.mark.parametrize("files", [1, 12])
def test_the_page_asks_the_same_whatever_it_shows(
    world: World, finalised_case: Assessment, login: Login, django_assert_max_num_queries: Any, files: int
) -> None:
    fall_short(finalised_case, world)
    for n in range(files):
        slot = ("licence", "posts", "audit_report")[n % 3]
        eligibility.attach(
            by=world.enterprise_admin,
            number=finalised_case.number,
            slot_code=slot,
            upload=SimpleUploadedFile(f"材料{n}.txt", f"{n}".encode()),
            content_type="text/plain",
            at=timezone.now(),
        )
    client = login(world.enterprise_admin)
    client.get(url("eligibility", finalised_case))
    with django_assert_max_num_queries(15):
        client.get(url("eligibility", finalised_case))


# --- stating --------------------------------------------------------------------------------------------------------


def test_the_form_follows_level_track_and_what_is_known(world: World, draft_case: Assessment, login: Login) -> None:
    profile = world.enterprise.enterprise_profile
    profile.employees, profile.founded_date, profile.data_volume_tb = 2860, dt.date(2015, 6, 1), Decimal("3.5")
    profile.save()
    client = login(world.enterprise_admin)
    page = client.get(url("eligibility_facts", draft_case))
    form = page.context["form"]
    assert [f.code for f in form.facts] == [
        "legal_entity", "good_standing", "founded", "revenue", "employees", "data_volume", "systems", "data_staff",
        "data_certificates", "policy_domains", "tools", "projects_three_years",
    ]  # fmt: skip
    assert (form.initial["employees"], form.initial["founded"], form.initial["data_volume"]) == (
        "2860", dt.date(2015, 6, 1), "3584",
    )  # fmt: skip
    assert "已按企业信息预填，请核对：成立日期、从业人数、自身业务产生的结构化数据总量" in words(page)
    Assessment.objects.update(track="provider", target_level=2)
    form = client.get(url("eligibility_facts", draft_case)).context["form"]
    assert {f.code for f in form.facts} >= {"contracts", "contracts_total", "contracts_smallest", "projects_one_year"}
    assert {f.code for f in form.facts} & {"data_volume", "tools", "policy_domains", "projects_three_years"} == set()


def test_stating_some_facts_saves_them_and_shows_the_check(world: World, draft_case: Assessment, login: Login) -> None:
    client = login(world.enterprise_admin)
    data = {"legal_entity": "yes", "good_standing": "no", "revenue": "1200.50", "founded": "2015-06-01", "seen": ""}
    answer = client.post(url("eligibility_facts", draft_case), data)
    assert (answer.status_code, answer.url) == (302, url("eligibility", draft_case))
    assert EligibilityStatement.objects.get().values == {
        "legal_entity": True, "good_standing": False, "revenue": "1200.5", "founded": "2015-06-01",
    }  # fmt: skip
    assert "1 项未满足，8 项未填报" in words(client.get(url("eligibility", draft_case)))


@pytest.mark.parametrize(
    ("field", "value"),
    [("revenue", "-1"), ("revenue", "1.005"), ("revenue", "abc"), ("employees", "1.5"), ("employees", "9" * 14),
     ("founded", "2999-01-01"), ("founded", "1800-01-01"), ("founded", "x"), ("legal_entity", "maybe")],
)  # fmt: skip
def test_a_wrong_value_is_refused_and_kept_in_the_form(
    world: World, draft_case: Assessment, login: Login, field: str, value: str
) -> None:
    before = kept()
    page = login(world.enterprise_admin).post(
        url("eligibility_facts", draft_case), {"revenue": "700", field: value, "seen": ""}
    )
    assert (page.status_code, list(page.context["form"].errors), kept()) == (200, [field], before)


def test_two_administrators_do_not_overwrite_each_other(world: World, draft_case: Assessment, login: Login) -> None:
    client, address = login(world.enterprise_admin), url("eligibility_facts", draft_case)
    factories.state_eligibility(draft_case, world.enterprise_admin, at=timezone.now() - dt.timedelta(minutes=9))
    seen = client.get(address).context["form"].initial["seen"]
    factories.state_eligibility(draft_case, world.enterprise_admin, revenue=Decimal(900))
    before = kept()
    page = client.post(address, {"revenue": "700", "seen": seen})
    assert kept() == before
    assert "申报条件已由他人更新" in words(page)
    assert page.context["form"]["revenue"].value() == "700"


def test_the_second_of_two_empty_forms_wipes_nothing(world: World, draft_case: Assessment, login: Login) -> None:
    """It is refused, keeps what was filled in beside what stands there, and goes through once that was seen."""
    second = factories.make_user("褚二")
    factories.join(second, world.enterprise, Role.ENTERPRISE_ADMINISTRATOR)
    one, two, address = login(world.enterprise_admin), login(second), url("eligibility_facts", draft_case)
    seen = two.get(address).context["form"]["seen"].value()
    assert seen == ""
    one.post(address, {"seen": one.get(address).context["form"]["seen"].value(), "employees": "50", "revenue": "600"})
    before = kept()
    page = two.post(address, {"seen": seen, "employees": "7"})
    assert (page.status_code, kept()) == (200, before)
    assert "申报条件已由他人更新" in words(page)
    assert "上年度营业收入：现有 600 万元，您填报 未填报" in words(page)
    assert "从业人数：现有 50 人，您填报 7 人" in words(page)
    form = page.context["form"]
    assert (form["employees"].value(), form["revenue"].value()) == ("7", None)
    again = two.post(address, {"seen": form["seen"].value(), "employees": "7", "revenue": "600"})
    assert again.status_code == 302
    assert EligibilityStatement.objects.get().values == {"employees": "7", "revenue": "600"}


@pytest.mark.parametrize("seen", ["2026-11-22", "2999-01-01T00:00:00", "2999-01-01T00:00:00+00:00", "x", ""])
def test_what_names_no_statement_is_refused(world: World, draft_case: Assessment, login: Login, seen: str) -> None:
    factories.state_eligibility(draft_case, world.enterprise_admin)
    client, before = login(world.enterprise_admin), kept()
    page = client.post(url("eligibility_facts", draft_case), {"seen": seen, "employees": "7"})
    assert (page.status_code, kept()) == (200, before)
    assert "申报条件已由他人更新" in words(page)


# --- proof ----------------------------------------------------------------------------------------------------------


def test_proof_is_uploaded_read_and_taken_away(world: World, finalised_case: Assessment, login: Login) -> None:
    client = login(world.enterprise_admin)
    assert upload(client, finalised_case).status_code == 302
    entry = EligibilityEvidence.objects.get()
    assert (entry.slot_code, entry.file.name, entry.file.enterprise) == ("licence", "营业执照.pdf", world.enterprise)
    download = url("eligibility_download", finalised_case, entry.file_id)
    answer = client.get(download)
    assert b"".join(answer.streaming_content) == PDF
    assert answer["Content-Disposition"].startswith("attachment")
    assert Event.objects.filter(action="evidence.downloaded", subject="营业执照.pdf").count() == 1
    assert login(world.stranger).get(download).status_code == 404
    client.post(url("eligibility_detach", finalised_case, entry.pk))
    assert not EligibilityEvidence.objects.exists()
    assert client.get(download).status_code == 404, "no longer offered in this case"


def test_a_file_that_is_not_what_it_says_is_refused(world: World, finalised_case: Assessment, login: Login) -> None:
    before = kept()
    client = login(world.enterprise_admin)
    answer = upload(client, finalised_case, "执照.pdf", b"MZ not a pdf", **{"HX-Request": "true"})
    assert (answer.status_code, answer["X-Fragment"], kept()) == (422, "evidence", before)
    assert "内容与扩展名不符" in answer.content.decode()
    assert upload(client, finalised_case, **{"HX-Request": "true"}).status_code == 200
    assert client.post(url("eligibility_attach", finalised_case, "shoes"), {}).status_code == 404


def test_a_file_of_the_own_library_is_offered_again(world: World, finalised_case: Assessment, login: Login) -> None:
    client = login(world.enterprise_admin)
    upload(client, finalised_case)
    file = EvidenceFile.objects.get()
    page = client.get(url("eligibility", finalised_case))
    assert list(page.context["kept_form"].fields["file"].queryset) == [file]
    client.post(url("eligibility_attach_kept", finalised_case), {"slot": "posts", "file": file.pk})
    assert set(EligibilityEvidence.objects.values_list("slot_code", "file")) == {
        ("licence", file.pk),
        ("posts", file.pk),
    }


def test_evidence_of_another_enterprise_stays_theirs(world: World, finalised_case: Assessment, login: Login) -> None:
    other = factories.open_case(world.stranger, world.other_enterprise)
    upload(login(world.stranger), other, "他人材料.pdf")
    theirs = EvidenceFile.objects.get()
    client, before = login(world.enterprise_admin), kept()
    page = client.post(url("eligibility_attach_kept", finalised_case), {"slot": "licence", "file": theirs.pk})
    assert (page.status_code, list(page.context["kept_form"].errors), kept()) == (422, ["file"], before)
    assert "他人材料" not in words(page)
    assert client.get(url("eligibility_download", finalised_case, theirs.pk)).status_code == 404
    assert (
        client.post(url("eligibility_detach", finalised_case, EligibilityEvidence.objects.get().pk)).status_code == 404
    )
    assert kept() == before


def test_the_office_reads_proof_of_a_waiver_and_no_answers(
    world: World, finalised_case: Assessment, login: Login
) -> None:
    fall_short(finalised_case, world)
    upload(login(world.enterprise_admin), finalised_case)
    file = EvidenceFile.objects.get()
    officer = login(world.officer)
    assert officer.get(url("eligibility_download", finalised_case, file.pk)).status_code == 404
    ask(finalised_case, world)
    assert officer.get(url("eligibility_download", finalised_case, file.pk)).status_code == 200
    assert officer.get(url("evidence_list", finalised_case)).status_code == 403
    assert officer.get(url("result", finalised_case)).status_code == 403
    page = officer.get(url("assessment_detail", finalised_case))
    assert "企业申请了资格豁免，等待您审批。" in words(page)
    assert "自评得分" not in words(page)


# --- waivers --------------------------------------------------------------------------------------------------------


def test_asking_deciding_and_applying(world: World, finalised_case: Assessment, login: Login) -> None:
    case, admin, officer = fall_short(finalised_case, world), login(world.enterprise_admin), login(world.officer)
    blocked = words(admin.get(url("transition", case, "apply")))
    assert "“专职数据管理人员”填报为 3 人，要求不少于 5 人，还差 2 人，不符合。" in blocked
    assert "目前不能办理" in blocked
    page = admin.post(url("waiver_request", case), {"request": "太少"})
    assert list(page.context["form"].errors) == ["request"]
    assert admin.post(url("waiver_request", case), {"request": WHY}).status_code == 302
    waiver = EligibilityWaiver.objects.get()
    assert "已有一件资格豁免申请正在审批" in words(admin.get(url("waiver_request", case)))
    home = officer.get(reverse("home"))
    assert "审批资格豁免申请" in words(home)
    assert url("eligibility", case) in home.content.decode()
    assert "申请资格豁免" in words(officer.get(reverse("inbox")))
    decision = url("waiver_decide", case, waiver.pk)
    before = kept()
    for data in ({"decision": "granted", "reason": ""}, {"decision": "", "reason": BECAUSE}, {"decision": "x"}):
        assert officer.post(decision, data).status_code == 422
    assert admin.post(decision, {"decision": "granted", "reason": BECAUSE}).status_code == 403
    assert officer.post(url("waiver_decide", case, 0), {"decision": "granted", "reason": BECAUSE}).status_code == 404
    assert kept() == before
    assert officer.post(decision, {"decision": "granted", "reason": BECAUSE}).status_code == 302
    before = kept()
    second = officer.post(decision, {"decision": "refused", "reason": "改变主意，不予豁免此申请。"})
    assert (second.status_code, kept()) == (409, before)
    assert "该豁免申请已办结，结果为“准予豁免”" in second.content.decode()
    text = words(admin.get(url("eligibility", case)))
    assert "1 项未满足，已获资格豁免" in text
    assert BECAUSE in text
    assert "准予资格豁免" in words(admin.get(reverse("inbox")))
    assert admin.post(url("transition", case, "apply"), {"body": world.body.pk}).status_code == 302
    text = words(login(world.body_manager).get(url("eligibility", case)))
    assert "不满足，已豁免" in text
    assert BECAUSE in text


def test_withdrawing_takes_it_out_of_the_offices_sight(world: World, finalised_case: Assessment, login: Login) -> None:
    ask(fall_short(finalised_case, world), world)
    admin, officer = login(world.enterprise_admin), login(world.officer)
    assert officer.get(url("eligibility", finalised_case)).status_code == 200
    assert login(world.contributor).post(url("waiver_withdraw", finalised_case)).status_code == 403
    assert admin.get(url("eligibility_facts", finalised_case)).status_code == 403
    assert admin.post(url("waiver_withdraw", finalised_case)).status_code == 302
    assert officer.get(url("eligibility", finalised_case)).status_code == 404
    assert admin.get(url("eligibility_facts", finalised_case)).status_code == 200
    assert "申请已撤回" in words(admin.get(url("eligibility", finalised_case)))


def test_an_officer_with_a_tie_neither_sees_nor_decides(world: World, finalised_case: Assessment, login: Login) -> None:
    waiver = ask(fall_short(finalised_case, world), world)
    ConflictOfInterest.objects.create(
        enterprise=world.enterprise,
        user=world.officer,
        kind="coaching",
        until=timezone.localdate() + dt.timedelta(days=1),
        declared_at=timezone.now(),
    )
    officer, before = login(world.officer), kept()
    data = {"decision": "granted", "reason": BECAUSE}
    assert officer.get(url("eligibility", finalised_case)).status_code == 404
    assert officer.post(url("waiver_decide", finalised_case, waiver.pk), data).status_code == 404
    assert "审批资格豁免申请" not in words(officer.get(reverse("home")))
    assert kept() == before


def test_the_officer_reads_what_the_waiver_would_cover(world: World, finalised_case: Assessment, login: Login) -> None:
    case = finalised_case
    with time_machine.travel(dt.datetime(2025, 12, 31, 2, tzinfo=dt.UTC), tick=False):
        waiver = ask(fall_short(case, world, data_staff=Decimal(1)), world)
        page = login(world.officer).get(url("eligibility", case))
        assert [row.fact_code for row in page.context["asked"].rows] == ["data_staff"]
        assert "准予后豁免以下条件" in words(page)
        assert [value for value, _ in page.context["decision_form"].fields["decision"].choices] == [
            "granted", "refused",
        ]  # fmt: skip
    with time_machine.travel(dt.datetime(2026, 1, 2, 2, tzinfo=dt.UTC), tick=False):
        officer = login(world.officer)
        page = officer.get(url("eligibility", case))
        assert "提出申请后，适用的申报条件已发生变化" in words(page)
        assert "准予后豁免以下条件" not in words(page)
        assert [value for value, _ in page.context["decision_form"].fields["decision"].choices] == ["refused"]
        assert "提出申请后，适用的申报条件已发生变化" in words(
            login(world.enterprise_admin).get(url("eligibility", case))
        )
        before = kept()
        answer = officer.post(url("waiver_decide", case, waiver.pk), {"decision": "granted", "reason": BECAUSE})
        assert (answer.status_code, kept()) == (409, before)
        assert "须由企业按现行条件重新申请" in answer.content.decode()
        answer = officer.post(url("waiver_decide", case, waiver.pk), {"decision": "refused", "reason": BECAUSE})
        assert answer.status_code == 302


def test_an_officer_of_a_body_reads_why_another_has_to_decide(
    world: World, finalised_case: Assessment, login: Login
) -> None:
    waiver = ask(fall_short(finalised_case, world), world)
    factories.join(world.officer, world.body, Role.BODY_MANAGER)
    officer, before = login(world.officer), kept()
    page = officer.get(url("eligibility", finalised_case))
    assert "您同时是评估机构的成员，不能审批资格豁免，须由其他发证审查员办理。" in words(page)
    assert "decision_form" not in page.context
    data = {"decision": "granted", "reason": BECAUSE}
    answer = officer.post(url("waiver_decide", finalised_case, waiver.pk), data)
    assert (answer.status_code, kept()) == (403, before)
    assert "须由其他发证审查员办理" in answer.content.decode()
    english = officer.get(url("eligibility", finalised_case), headers={"accept-language": "en"})
    assert "You also belong to an evaluation body: another officer has to decide on the waiver." in words(english)
    assert "企业申请了资格豁免，等待您审批。" not in words(officer.get(url("assessment_detail", finalised_case)))


def test_after_reopening_the_office_sees_nothing_until_asked_again(
    world: World, finalised_case: Assessment, login: Login
) -> None:
    case, officer = fall_short(finalised_case, world), login(world.officer)
    eligibility.decide_waiver(
        by=world.officer,
        number=case.number,
        waiver_id=ask(case, world).pk,
        decision="refused",
        reason=BECAUSE,
        at=timezone.now(),
    )
    assert officer.get(url("eligibility", case)).status_code == 200
    factories.move(case, world.enterprise_admin, "reopen", reason="调整填报")
    factories.move(case, world.enterprise_admin, "finalise", pledge=True)
    factories.state_eligibility(case, world.enterprise_admin, revenue=Decimal(12345), data_staff=Decimal(2))
    for name in ("eligibility", "assessment_detail", "history"):
        assert officer.get(url(name, case)).status_code == 404
    ask(case, world)
    assert officer.get(url("eligibility", case)).status_code == 200


def test_proof_of_a_granted_waiver_offers_no_removal(world: World, finalised_case: Assessment, login: Login) -> None:
    case, admin = fall_short(finalised_case, world), login(world.enterprise_admin)
    upload(admin, case)
    entry = EligibilityEvidence.objects.get()
    removal = url("eligibility_detach", case, entry.pk)
    assert removal in admin.get(url("eligibility", case)).content.decode()
    eligibility.decide_waiver(
        by=world.officer,
        number=case.number,
        waiver_id=ask(case, world).pk,
        decision="granted",
        reason=BECAUSE,
        at=timezone.now(),
    )
    page = admin.get(url("eligibility", case))
    assert removal not in page.content.decode()
    assert "豁免依据，不能移除" in words(page)
    assert removal not in upload(admin, case, "补充.pdf", **{"HX-Request": "true"}).content.decode()
    before = kept()
    assert (admin.post(removal).status_code, kept()) == (409, before)


def test_the_history_tells_each_party_what_concerns_it(world: World, finalised_case: Assessment, login: Login) -> None:
    case = fall_short(finalised_case, world)
    eligibility.decide_waiver(
        by=world.officer,
        number=case.number,
        waiver_id=ask(case, world).pk,
        decision="granted",
        reason=BECAUSE,
        at=timezone.now(),
    )
    factories.move(case, world.enterprise_admin, "apply", body=world.body)

    def reasons(user: Any) -> dict[str, str]:
        page = login(user).get(url("history", case))
        return {e.action: e.reason for e in page.context["entries"] if e.action.endswith("_waiver")}

    both = {"grant_waiver": BECAUSE, "request_waiver": WHY}
    assert reasons(world.enterprise_admin) == reasons(world.officer) == both
    assert reasons(world.body_manager) == {"grant_waiver": "", "request_waiver": ""}
    entry = login(world.officer).get(url("history", case)).context["entries"][1]
    assert (entry.label.en, entry.role.en, entry.name) == (
        "Waiver of eligibility granted",
        "certification officer",
        "褚审查",
    )


def test_forms_are_protected_against_forgery(world: World, finalised_case: Assessment, login: Login) -> None:
    waiver = ask(fall_short(finalised_case, world), world)
    before = kept()
    officer = login(world.officer, csrf=True)
    data = {"decision": "granted", "reason": BECAUSE}
    assert officer.post(url("waiver_decide", finalised_case, waiver.pk), data).status_code == 403
    assert login(world.enterprise_admin, csrf=True).post(url("waiver_withdraw", finalised_case)).status_code == 403
    assert kept() == before
