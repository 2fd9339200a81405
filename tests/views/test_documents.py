"""Reports and spreadsheets: who may have which, what they say, how they are named, kept and recorded."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from typing import Any
from urllib.parse import quote

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone
from openpyxl import load_workbook
from pypdf import PdfReader

from assessments.models import Assessment, Certificate, Event, Organisation, Scorecard
from assessments.queries.datasets import evaluation_report as evaluation_data
from assessments.reports import documents as reports
from tests import factories
from tests.conftest import World

pytestmark = pytest.mark.usefixtures("typeface")
KINDS = {"self": "self-report.pdf", "evaluation": "evaluation-report.pdf", "workbook": "answers.xlsx"}


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The renderers replaced by short ones, where a test is about access and keeping; notes what was rendered."""
    rendered: list[str] = []

    def stand_in(kind: str) -> Any:
        def render(data: Any, language: str) -> bytes:
            rendered.append(kind)
            return f"{kind} {language} {len(rendered)}\n%%EOF".encode()

        return render

    for kind, module in (("self", "self_paper"), ("evaluation", "evaluation_paper"), ("workbook", "workbook")):
        monkeypatch.setattr(f"assessments.reports.documents.{module}.render", stand_in(kind))
    monkeypatch.setattr("assessments.reports.documents.certificate_paper.render", stand_in("certificate"))
    return rendered


def address(case: Assessment, kind: str) -> str:
    return f"/assessments/{case.number}/documents/{KINDS[kind]}"


def body_of(response: Any) -> bytes:
    return b"".join(response.streaming_content)


def text_of(pdf: bytes) -> str:
    return "\n".join(p.extract_text() for p in PdfReader(io.BytesIO(pdf)).pages)


def statuses(login: Any, world: World, case: Assessment, kind: str) -> dict[str, int]:
    people = (
        "enterprise_admin", "contributor", "viewer", "stranger", "body_manager", "lead", "third_assessor",
        "other_manager", "officer", "district_officer", "other_district_officer", "auditor", "nobody",
    )  # fmt: skip
    return {name: login(getattr(world, name)).get(address(case, kind)).status_code for name in people}


# --- who may have which ----------------------------------------------------------------------------------------------

OUTSIDE = dict.fromkeys(
    ("stranger", "third_assessor", "other_manager", "other_district_officer", "auditor", "nobody"), 404
)
ENTERPRISE = ("enterprise_admin", "contributor", "viewer")


def test_certified_case(login: Any, world: World, certified_case: Assessment, quick: list[str]) -> None:
    readers = dict.fromkeys((*ENTERPRISE, "body_manager", "lead", "officer"), 200)
    for kind in KINDS:
        assert statuses(login, world, certified_case, kind) == {**readers, **OUTSIDE, "district_officer": 403}


def test_before_publication_the_enterprise_has_no_evaluation_report(
    login: Any, world: World, compliance_case: Assessment, quick: list[str]
) -> None:
    insiders = dict.fromkeys(("body_manager", "lead", "officer"), 200)
    refused = dict.fromkeys((*ENTERPRISE, "district_officer"), 403)
    assert statuses(login, world, compliance_case, "evaluation") == {**insiders, **refused, **OUTSIDE}
    response = login(world.enterprise_admin).get(address(compliance_case, "evaluation"))
    assert "评估结果在公示后可以查看" in response.content.decode()


def test_before_sign_off_nobody_has_an_evaluation_report(
    login: Any, world: World, reporting_case: Assessment, quick: list[str]
) -> None:
    everybody = dict.fromkeys((*ENTERPRISE, "body_manager", "lead", "officer", "district_officer"), 403)
    assert statuses(login, world, reporting_case, "evaluation") == {**everybody, **OUTSIDE}
    assert quick == []


def test_a_draft_is_the_enterprise_s_own(login: Any, world: World, draft_case: Assessment, quick: list[str]) -> None:
    outside = dict.fromkeys(("body_manager", "lead", "officer", "district_officer"), 404)
    for kind in ("self", "workbook"):
        assert statuses(login, world, draft_case, kind) == {**dict.fromkeys(ENTERPRISE, 200), **OUTSIDE, **outside}


def test_visitors_are_sent_to_the_login(client: Any, certified_case: Assessment) -> None:
    for kind in KINDS:
        response = client.get(address(certified_case, kind))
        assert (response.status_code, response["Location"].split("?")[0]) == (302, "/accounts/login/")


def test_reading_only(login: Any, world: World, certified_case: Assessment) -> None:
    for kind in KINDS:
        assert login(world.officer).post(address(certified_case, kind)).status_code == 405


# --- what they say ---------------------------------------------------------------------------------------------------


def test_evaluation_report_says_what_was_signed(login: Any, world: World, certified_case: Assessment) -> None:
    response = login(world.officer).get(address(certified_case, "evaluation"))
    assert response["Content-Type"] == "application/pdf"
    assert response["Cache-Control"] == "private, no-store"
    text = text_of(body_of(response)).replace("\n", "")
    for words in (
        world.enterprise.name, world.enterprise.uscc, world.body.name, certified_case.number, "制度体系完整",
        "量化管理不足", "建立指标体系", world.lead.name, world.quality_reviewer.name, "HT-001", "3.20", "6.1-L1-01",
    ):  # fmt: skip
        assert words in text


def test_self_report_of_a_draft_says_so_and_names_itself(login: Any, world: World, answered_case: Assessment) -> None:
    response = login(world.viewer).get(address(answered_case, "self"))
    name = f"DCMM自评报告草稿_{answered_case.number}_{world.enterprise.name}.pdf"
    assert quote(name) in response["Content-Disposition"]
    text = text_of(body_of(response))
    assert "草稿，自评尚未提交" in text
    assert world.enterprise_admin.name not in text


def test_self_report_once_finalised(login: Any, world: World, finalised_case: Assessment) -> None:
    response = login(world.enterprise_admin).get(address(finalised_case, "self"))
    assert quote(f"DCMM自评报告_{finalised_case.number}_{world.enterprise.name}.pdf") in response["Content-Disposition"]
    text = text_of(body_of(response))
    assert "草稿" not in text
    assert "不构成证书" in text
    assert world.enterprise_admin.name in text


def test_workbook_has_assessed_columns_only_for_those_who_may_read_them(
    login: Any, world: World, compliance_case: Assessment
) -> None:
    def heads(user: Any) -> list[str]:
        book = load_workbook(io.BytesIO(body_of(login(user).get(address(compliance_case, "workbook")))))
        return [str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row if cell.value]

    assert any("吴组长的意见" in cell for cell in heads(world.officer))
    own = heads(world.enterprise_admin)
    assert any("自评说明" in cell for cell in own)
    assert not any("吴组长" in cell or "郑评估" in cell for cell in own)


def test_reports_of_a_returned_case_stay_closed(
    login: Any, world: World, compliance_case: Assessment, quick: list[str]
) -> None:
    factories.move(compliance_case, world.officer, "return", reason="补充现场访谈记录")
    assert Scorecard.objects.filter(assessment=compliance_case, layer="assessed").exists()
    assert login(world.officer).get(address(compliance_case, "evaluation")).status_code == 403


def test_remarks_are_those_of_the_agreed_verdict(certified_case: Assessment, world: World) -> None:
    code = "6.1-L1-01"
    certified_case.rulings.filter(criterion_code=code, assessor=world.assessor).update(
        verdict="none", remark="另一意见"
    )
    row = evaluation_data(certified_case).row(code)
    assert (row.assessed_verdict, row.remark) == ("full", f"吴组长的意见 {code}")


def test_builder_takes_few_queries(certified_case: Assessment, django_assert_max_num_queries: Any) -> None:
    case = Assessment.objects.select_related("enterprise", "body").get(pk=certified_case.pk)
    with django_assert_max_num_queries(12):
        evaluation_data(case)


# --- kept and recorded -----------------------------------------------------------------------------------------------


def test_a_frozen_report_is_rendered_once(
    login: Any, world: World, certified_case: Assessment, quick: list[str]
) -> None:
    client = login(world.officer)
    first, second = (body_of(client.get(address(certified_case, "evaluation"))) for _ in range(2))
    assert first == second == b"evaluation zh-hans 1\n%%EOF"
    assert quick == ["evaluation"]
    body_of(client.get(address(certified_case, "evaluation"), headers={"accept-language": "en"}))
    assert quick == ["evaluation", "evaluation"]


def test_a_kept_report_is_never_stale(login: Any, world: World, certified_case: Assessment, quick: list[str]) -> None:
    client = login(world.officer)
    body_of(client.get(address(certified_case, "evaluation")))
    Organisation.objects.filter(pk=world.enterprise.pk).update(name="上海浦江智能制造有限公司")
    assert body_of(client.get(address(certified_case, "evaluation"))) == b"evaluation zh-hans 2\n%%EOF"
    folder = f"documents/{certified_case.number}"
    assert len(default_storage.listdir(folder)[1]) == 1


def test_new_code_renders_anew(certified_case: Assessment, quick: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    data = evaluation_data(certified_case)
    reports.evaluation_report(data, "zh-hans")
    monkeypatch.setattr("assessments.reports.documents.renderers_version", lambda: "another")
    reports.evaluation_report(data, "zh-hans")
    assert quick == ["evaluation", "evaluation"]


def test_a_half_written_file_is_not_handed_out(certified_case: Assessment, quick: list[str]) -> None:
    data = evaluation_data(certified_case)
    reports.evaluation_report(data, "zh-hans")
    (name,) = default_storage.listdir(f"documents/{certified_case.number}")[1]
    with open(default_storage.path(f"documents/{certified_case.number}/{name}"), "wb") as file:
        file.write(b"evaluation zh-h")
    assert reports.evaluation_report(data, "zh-hans").content == b"evaluation zh-hans 2\n%%EOF"


def test_a_draft_is_never_kept(login: Any, world: World, answered_case: Assessment, quick: list[str]) -> None:
    client = login(world.viewer)
    assert body_of(client.get(address(answered_case, "self"))) != body_of(client.get(address(answered_case, "self")))


def test_every_download_is_an_event(login: Any, world: World, certified_case: Assessment, quick: list[str]) -> None:
    client = login(world.viewer)
    for kind in KINDS:
        client.get(address(certified_case, kind))
    events = Event.objects.filter(action="document.downloaded", actor=world.viewer).order_by("sequence")
    assert [e.after["kind"] for e in events] == ["self_report", "evaluation_report", "answers_workbook"]
    assert {len(e.after["sha256"]) for e in events} == {64}
    assert login(world.district_officer).get(address(certified_case, "self")).status_code == 403
    assert Event.objects.filter(action="document.downloaded").count() == 3


def test_names_are_fit_for_any_disk() -> None:
    class Case:
        number, enterprise, enterprise_en, revision = "SH-2026-00001", '甲/乙:"丙"\n', "", 1

    class Data:
        case = Case

    found = reports._document("self_report", reports._SELF, Data, "zh-hans", reports.PDF, b"")  # type: ignore[arg-type]
    assert found.name == "DCMM自评报告_SH-2026-00001_甲 乙 丙.pdf"


# --- the office's list -----------------------------------------------------------------------------------------------


def test_only_the_office_lists_documents(login: Any, world: World, certified_case: Assessment) -> None:
    people = ("enterprise_admin", "body_manager", "district_officer", "auditor")
    assert [login(getattr(world, p)).get("/documents/").status_code for p in people] == [403] * 4
    assert login(world.officer).get("/documents/").status_code == 200


def test_list_offers_what_exists(login: Any, world: World, applied_case: Assessment) -> None:
    text = login(world.officer).get("/documents/").content.decode()
    assert applied_case.number in text
    assert [kind for kind in KINDS if address(applied_case, kind) in text] == []


def test_list_offers_everything_from_sign_off_on(login: Any, world: World, compliance_case: Assessment) -> None:
    text = login(world.officer).get("/documents/").content.decode()
    assert [kind for kind in KINDS if address(compliance_case, kind) in text] == list(KINDS)


@pytest.mark.parametrize(
    ("query", "is_found"),
    [
        ({"q": "浦江"}, True),
        ({"q": "没有"}, False),
        ({"state": "certified"}, True),
        ({"state": "planning"}, False),
        ({"level": "3"}, True),
        ({"level": "4"}, False),
        ({"district": "310115"}, True),
        ({"district": "310101"}, False),
        ({"since": "2000-01-01", "until": "2999-01-01"}, True),
        ({"until": "2000-01-01"}, False),
        ({"since": "2999-01-01"}, False),
    ],
)
def test_filters(login: Any, world: World, certified_case: Assessment, query: dict[str, str], is_found: bool) -> None:
    text = login(world.officer).get("/documents/", query).content.decode()
    assert (certified_case.number in text) is is_found
    assert ("没有符合条件的项目" in text) is not is_found


def test_filter_by_body(login: Any, world: World, certified_case: Assessment) -> None:
    client = login(world.officer)
    assert certified_case.number in client.get("/documents/", {"body": world.body.pk}).content.decode()
    text = client.get("/documents/", {"body": world.other_body.pk}).content.decode()
    assert "选择一个有效的选项" in text


def test_dates_the_wrong_way_round(login: Any, world: World, certified_case: Assessment) -> None:
    response = login(world.officer).get("/documents/", {"since": "2026-02-01", "until": "2026-01-01"})
    assert "结束日期早于开始日期" in response.content.decode()


def test_several_reports_as_one_archive(login: Any, world: World, certified_case: Assessment, quick: list[str]) -> None:
    response = login(world.officer).post("/documents/", {"case": [certified_case.number, certified_case.number]})
    assert response["Content-Type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(body_of(response))) as archive:
        assert archive.namelist() == [f"DCMM评估报告_{certified_case.number}_{world.enterprise.name}.pdf"]
        assert archive.read(archive.namelist()[0]) == b"evaluation zh-hans 1\n%%EOF"
    assert Event.objects.filter(action="document.downloaded", assessment=certified_case).count() == 1


@pytest.mark.parametrize(
    ("numbers", "complaint"),
    [
        ([], "请先勾选"),
        ([f"SH-2026-{n:05d}" for n in range(21)], "一次最多下载 20 份"),
        (["SH-1999-00001"], "没有已签发的评估报告"),
    ],
)
def test_archive_refusals(
    login: Any, world: World, applied_case: Assessment, numbers: list[str], complaint: str
) -> None:
    response = login(world.officer).post("/documents/", {"case": numbers})
    assert complaint in response.content.decode()
    assert not Event.objects.filter(action="document.downloaded").exists()


def test_archive_leaves_out_what_is_not_signed_off(
    login: Any, world: World, applied_case: Assessment, quick: list[str]
) -> None:
    response = login(world.officer).post("/documents/", {"case": [applied_case.number]})
    assert "没有已签发的评估报告" in response.content.decode()
    assert quick == []


def test_archive_is_the_office_s(login: Any, world: World, certified_case: Assessment, quick: list[str]) -> None:
    assert login(world.body_manager).post("/documents/", {"case": [certified_case.number]}).status_code == 403
    assert quick == []


def test_list_does_not_ask_more_with_more_cases(
    login: Any, world: World, certified_case: Assessment, django_assert_max_num_queries: Any
) -> None:
    now = timezone.now()
    Assessment.objects.bulk_create(
        [
            Assessment(
                number=f"SH-2025-{n:05d}", enterprise=world.other_enterprise, edition_code="gbt36073-2018",
                scheme_code="practice-2023", track="owner", target_level=3, scope="全部", state="applied",
                state_since=now, created_at=now, created_by=world.stranger, body=world.other_body,
                applied_at=now - dt.timedelta(days=n),
            )
            for n in range(30)
        ]
    )  # fmt: skip
    client = login(world.officer)
    with django_assert_max_num_queries(10):
        text = client.get("/documents/").content.decode()
    assert text.count('class="code" href="/assessments/') == 20
    assert "共 31 项" in text


def test_certificate_pdf(login: Any, world: World, certified_case: Assessment) -> None:
    certificate: Certificate = certified_case.certificate
    url = f"/certificates/{certificate.number}/certificate.pdf"
    text = text_of(body_of(login(world.viewer).get(url)))
    address = f"/verify/{certificate.number}"
    for words in (world.enterprise.name, world.enterprise.uscc, certificate.number, world.body.name, address):
        assert words in text.replace("\n", "")
    outsiders = [login(getattr(world, p)).get(url).status_code for p in ("stranger", "other_manager", "auditor")]
    assert outsiders == [404] * 3
    assert login(world.district_officer).get(url).status_code == 200
    assert login(world.other_district_officer).get(url).status_code == 404
