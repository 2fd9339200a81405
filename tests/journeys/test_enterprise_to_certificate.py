"""The whole road as people walk it: from signing up to a certificate that anybody can check, through pages alone."""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from assessments.models import Assessment, EvidenceFile, Invitation, Membership, Organisation, User
from tests import factories
from tests.conftest import World
from tests.journeys.browsing import Person, member, now

NAME, NAME_EN = "上海喆垚智能制造有限公司", "Shanghai Zheyao Smart Manufacturing Co., Ltd."
ADDRESS, COLLEAGUE = "gao@zheyao.example", "lin@zheyao.example"
ITEM = "6.1"
#: Differences outside the item that is ruled on by hand.
DIFFER = ("8.2-L3-01", "11.1-L2-01")

Commits = Callable[..., Any]


def sign_up(person: Person, name: str, email: str) -> Person:
    given = {"name": name, "email": email, "password1": factories.PASSWORD, "password2": factories.PASSWORD}
    return person.send(reverse("account_signup"), **given)


def text_of(pdf: bytes, pages: int | None = None) -> str:
    """What stands on the first pages, without white space: lines break wherever they are full."""
    return "".join("".join(p.extract_text() for p in PdfReader(io.BytesIO(pdf)).pages[:pages]).split())


def register(uscc: str) -> Person:
    """Signs up on the public site and registers the enterprise; a wrong code is refused with its reason first."""
    admin = Person().open("/").click("企业注册")
    sign_up(admin, "高珊", ADDRESS)
    admin.open("/").click("登记企业")
    there = reverse("enterprise_new")
    details = {"name": NAME, "name_en": NAME_EN, "district_code": "310115", "industry_code": "C", "size_code": "large"}
    wrong = uscc[:-1] + ("1" if uscc[-1] != "1" else "2")
    admin.send(there, uscc=wrong, **details)
    assert "校验位（第 18 位）不符" in admin.text
    assert admin.form(there).values["name"] == [NAME]
    assert not Organisation.objects.filter(name=NAME).exists()
    admin.send(there, uscc=uscc)
    assert f"{NAME}已登记，您是该企业的管理员。" in admin.text
    return admin


def invite_colleague(admin: Person, commits: Commits) -> Person:
    """A letter goes out; the colleague signs up with that address, opens the link and accepts."""
    admin.click("成员管理")
    with commits(execute=True):
        admin.send("/members/invite/", email=COLLEAGUE, role="contributor")
    assert mail.outbox[-1].to == [COLLEAGUE]
    link = re.search(r"/invitations/\S+", str(mail.outbox[-1].body)).group()  # type: ignore[union-attr]
    colleague = Person().open(link)
    assert colleague.address.startswith(reverse("account_login"))
    sign_up(colleague.click("注册企业账户"), "林涛", COLLEAGUE)
    assert colleague.address == link, "who signs up from an invitation comes back to it"
    colleague.send(link)
    assert f"您已加入{NAME}。" in colleague.text
    assert Membership.objects.get(user__email=COLLEAGUE).role == "contributor"
    assert Invitation.objects.get().accepted_at is not None
    return colleague


def answer(person: Person, number: str, code: str, verdict: str, note: str = "", reason: str = "") -> None:
    person.open(reverse("item", args=[number, code.split("-")[0]]))
    person.send(reverse("answer_save", args=[number, code]), verdict=verdict, note=note, reason=reason)
    assert f"{code} 的作答已保存。" in person.text


def self_assess(admin: Person, colleague: Person) -> Assessment:
    """Opens the case, answers some criteria and gives evidence by hand, is refused too early, finalises."""
    admin.open("/").click("我的评估").click("新建自评")
    admin.send(
        reverse("assessment_new"),
        edition_code="gbt36073-2025",
        target_level="3",
        scope="总部及全部工厂的经营数据管理活动",
    )
    case = Assessment.objects.get(enterprise__name=NAME)
    assert admin.address == reverse("item", args=[case.number, ITEM])
    answer(admin, case.number, "6.1-L1-01", "full", note="见数据战略规划")
    answer(colleague, case.number, "6.1-L2-02", "full")
    answer(colleague, case.number, "6.1-L2-01", "partially", note="仅两个事业部执行")
    upload = SimpleUploadedFile("数据战略规划.pdf", b"%PDF-1.7\n", "application/pdf")
    colleague.send(reverse("evidence_attach", args=[case.number, "6.1-L1-01"]), files=upload)
    assert "已上传 1 个文件。" in colleague.text

    admin.case(case.number)
    assert "还有 483 条未作答" in admin.refused_step(case.number, "finalise")
    admin_of = User.objects.get(email=ADDRESS)
    factories.answer_all(case, admin_of)
    assert (
        "“提交自评”须由企业管理员办理。"
        in colleague.open(reverse("transition", args=[case.number, "finalise"]), status=403).text
    )
    admin.step(case.number, "finalise", confirm="on")
    assert (now(case).state, now(case).self_level) == ("finalised", 3)
    return case


def form_team(world: World, number: str) -> tuple[Person, Person, Person, Person]:
    """The body accepts, forms the team; nobody starts before all have declared."""
    manager = member(world.body_manager).open("/")
    assert NAME in manager.text, "the application is on the to-do list"
    manager.step(number, "accept", contract_number="HT-2026-18", filing_number="BA-2026-077")
    manager.case(number).click("评估组")
    team = reverse("team", args=[number])
    for part in ("评估组长 吴组长", "评估师 吴组长", "评估师 郑评估", "质量审核员 冯质审"):
        manager.send(team, press=part)
    assert "冯质审、吴组长、郑评估 尚未作出无利益冲突声明。" in manager.refused_step(number, "start_review")
    lead, assessor, reviewer = (member(u) for u in (world.lead, world.assessor, world.quality_reviewer))
    for person in (lead, assessor, reviewer):
        person.open("/").click(NAME)
        person.open(team).send(reverse("team_declare", args=[number]), declared="on")
        assert "无利益冲突声明已提交。" in person.text
    manager.step(number, "start_review")
    return manager, lead, assessor, reviewer


def rule(person: Person, number: str, verdicts: dict[str, str]) -> None:
    """Rules on one criterion after the other, from each to the next; the last is saved without leaving the item."""
    item, last = reverse("review_item", args=[number, ITEM]), list(verdicts)[-1]
    person.open(item)
    for code, verdict in verdicts.items():
        press = "保存评定" if code == last else "保存并下一条"
        person.send(reverse("ruling_save", args=[number, code]), press=press, verdict=verdict)
    assert person.address.startswith(item)


def review_one_item(case: Assessment, lead: Person, assessor: Person) -> None:
    """Both rule on a whole item by hand; a ruling unlike the answer needs its remark before the item is finished."""
    number, codes = case.number, [c.code for c in case.edition.items[ITEM].criteria]
    given = dict(case.answers.values_list("criterion_code", "verdict"))
    answers = {code: given[code] for code in codes}
    finish = reverse("item_finish", args=[number, ITEM])
    rule(lead, number, answers | {"6.1-L1-01": "none"})
    assert lead.forms(finish) == []
    assert "为 1 条与自评不一致的评定填写意见" in lead.text
    token = lead.form(reverse("ruling_save", args=[number, codes[-1]])).values["csrfmiddlewaretoken"]
    assert "6.1-L1-01" in lead.client.post(finish, {"csrfmiddlewaretoken": token}).content.decode()
    assert not case.item_reviews.filter(finished_at__isnull=False).exists()
    remark = "规划未经管理层批准，附件为征求意见稿"
    first = f"{reverse('review_item', args=[number, ITEM])}?c=6.1-L1-01"
    target = reverse("ruling_save", args=[number, "6.1-L1-01"])
    lead.open(first).send(target, press="保存评定", verdict="largely", remark=remark)
    lead.send(finish)
    assert f"已完成能力项 {ITEM}" in lead.text

    assessor.open(first)
    assert "征求意见稿" not in assessor.text, "blind until both have finished"
    rule(assessor, number, answers)
    assessor.send(finish)
    assessor.open(first)
    assert "征求意见稿" in assessor.text


def reconcile(world: World, case: Assessment, lead: Person, assessor: Person) -> None:
    """The rest in bulk with some differences; the lead settles them on the page before reporting can start."""
    number = case.number
    factories.rule_all(case, (world.lead, world.assessor), differ=DIFFER, skip=[ITEM])
    lead.step(number, "go_onsite")
    assert "还有 3 条两名评估师意见不一致" in lead.refused_step(number, "start_reporting")
    there = reverse("differences", args=[number])
    assert assessor.open(there).forms("/reconcile/") == [], "only the lead settles"
    for left, code in enumerate(("6.1-L1-01", *DIFFER)):
        target = reverse("reconcile", args=[number, code])
        lead.open(there)
        assert len(lead.forms("/reconcile/")) == 3 - left
        lead.send(target, verdict="largely", status=422)
        assert "请填写合议理由。" in lead.text
        lead.send(target, verdict="largely", reason="现场核对原件后双方一致")
        assert f"条款 {code} 的合议结论已保存。" in lead.text
    lead.step(number, "start_reporting")


def report(case: Assessment, lead: Person, reviewer: Person) -> None:
    """Conclusion, signature, sent back once, signed again, released by the quality reviewer."""
    number, there = case.number, reverse("conclusion", args=[case.number])
    assert "请先编写评估结论" in lead.refused_step(number, "sign_report")
    lead.open(there).send(there, strengths="战略与经营目标衔接", weaknesses="度量不足", advice="建立指标体系")
    assert "请先由评估组长签字。" in reviewer.refused_step(number, "sign_off")
    lead.step(number, "sign_report", confirm="on")
    reviewer.step(number, "send_back", reason="不足部分请写明涉及的能力项")
    assert "不足部分请写明涉及的能力项" in lead.case(number).text
    lead.open(there).send(there, weaknesses="6.3 数据战略评估缺少度量")
    lead.step(number, "sign_report", confirm="on")
    reviewer.step(number, "sign_off", confirm="on")
    assert now(case).state == "compliance_review"


def decide(case: Assessment, officer: Person, lead: Person, reviewer: Person) -> None:
    """The office returns the case with points; corrected and signed again, it passes to public notice."""
    number, there = case.number, reverse("conclusion", args=[case.number])
    points = "1. 补充现场访谈名单\n2. 改进建议请对应能力项"
    officer.open("/").click(NAME)
    officer.step(number, "return", reason=points)
    assert (now(case).state, now(case).report_revision) == ("reporting", 2)
    assert "补充现场访谈名单" in lead.case(number).text
    lead.open(there).send(there, advice="针对 6.3 建立指标体系")
    lead.step(number, "sign_report", confirm="on")
    reviewer.step(number, "sign_off", confirm="on")
    officer.step(number, "pass_to_notice")
    assert "公示期还有 7 天" in officer.refused_step(number, "close_notice")


def certify(case: Assessment, officer: Person) -> str:
    """After seven days the notice is closed and the certificate issued; answers its number."""
    officer.step(case.number, "close_notice")
    officer.step(case.number, "issue_certificate")
    return now(case).certificate.number


def check_publicly(number: str, uscc: str) -> None:
    """What anybody finds out without logging in: the page over the search box, and the same as JSON."""
    visitor = Person().open(f"{reverse('verify_search')}?number={number}")
    assert visitor.address == reverse("verify", args=[number])
    assert NAME in visitor.text
    assert "有效" in visitor.text
    answer = Client().get(reverse("verify", args=[number]), headers={"accept": "application/json"}).json()
    assert (answer["number"], answer["status"], answer["level"]) == (number, "active", 3)
    assert answer["holder"] == {"name": NAME, "name_en": NAME_EN, "uscc": uscc}


def state_eligibility(admin: Person, number: str) -> None:
    """The way from the tab of the case to the form and back to the result, rule by rule."""
    address = reverse("eligibility_facts", args=[number])
    admin.case(number).click("申报条件").open(address)
    form = admin.form(address)
    asked = {code: v for code, v in factories.ELIGIBLE.items() if code in form.values or code in form.choices}
    assert len(asked) == 12, "what a data owner states for level 3"
    admin.send(address, **{code: "yes" if value is True else str(value) for code, value in asked.items()})
    assert admin.address == reverse("eligibility", args=[number])
    assert "申报条件全部满足" in admin.text


@pytest.mark.django_db
@pytest.mark.usefixtures("typeface")
def test_from_sign_up_to_certificate(world: World, django_capture_on_commit_callbacks: Commits) -> None:
    uscc = factories.uscc()
    admin = register(uscc)
    colleague = invite_colleague(admin, django_capture_on_commit_callbacks)
    case = self_assess(admin, colleague)
    number = case.number
    assert "申报条件有" in admin.refused_step(number, "apply")
    state_eligibility(admin, number)
    admin.step(number, "apply", body=world.body.pk)
    _, lead, assessor, reviewer = form_team(world, number)
    review_one_item(case, lead, assessor)
    reconcile(world, case, lead, assessor)
    report(case, lead, reviewer)
    officer = member(world.officer)
    decide(case, officer, lead, reviewer)

    visitor = Person().open(reverse("notice_list")).click(NAME)
    assert world.body.name in visitor.text
    assert str(now(case).assessed_score) not in visitor.text, "the notice names the level, not the score"

    with time_machine.travel(dt.datetime.now(dt.UTC) + dt.timedelta(days=8)):
        # Sessions have ended meanwhile.
        officer = Person().log_in(world.officer.email, factories.PASSWORD)
        certificate = certify(case, officer)
        admin = Person().log_in(ADDRESS, factories.PASSWORD)
        _look_back(admin, case, certificate, uscc)
        check_publicly(certificate, uscc)
    assert EvidenceFile.objects.get().name == "数据战略规划.pdf"
    out = io.StringIO()
    call_command("verify_audit", stdout=out)
    assert out.getvalue().startswith("intact: ")


def _look_back(admin: Person, case: Assessment, certificate: str, uscc: str) -> None:
    """What the enterprise finds at the end: documents, messages, the steps of its case."""
    admin.open("/").click("我的评估").click(NAME)
    report = admin.download(reverse("evaluation_report", args=[case.number]))
    assert NAME in text_of(report, 3)
    admin.open(reverse("certificate_detail", args=[certificate]))
    sheet = text_of(admin.download(reverse("certificate_pdf", args=[certificate])))
    for part in (NAME, certificate, uscc, "3级稳健级"):
        assert part in sheet

    told = admin.open(reverse("inbox")).text
    for step in ("受理申请", "开始文件评审", "进入现场评审", "通过并公示", "结束公示", "签发证书"):
        assert f"{step} {NAME}" in told, step
    assert "退回补正" not in told, "what passes between body and office is not the enterprise's"

    admin.open(reverse("history", args=[case.number]))
    steps = list(case.transitions.order_by("at", "pk").values_list("action", flat=True))
    assert steps == [
        *(
            "open",
            "finalise",
            "apply",
            "accept",
            "start_review",
            "go_onsite",
            "start_reporting",
            "sign_report",
            "send_back",
        ),
        *("sign_report", "sign_off", "return", "sign_report", "sign_off", "pass_to_notice", "close_notice"),
        "issue_certificate",
    ]
    assert admin.text.index("签发证书") < admin.text.index("通过并公示") < admin.text.index("受理申请")
