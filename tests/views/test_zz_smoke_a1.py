import pytest
from django.urls import reverse
CASES = ["draft_case","answered_case","finalised_case","applied_case","planning_case","review_case","reporting_case","compliance_case","notice_case","certified_case"]
@pytest.mark.parametrize("stage", CASES)
def test_pages(request, world, login, stage):
    case = request.getfixturevalue(stage)
    from assessments.workflow import ARROWS
    for who in ("enterprise_admin","contributor","viewer","body_manager","lead","assessor","quality_reviewer","officer","district_officer","stranger","auditor","nobody"):
        c = login(getattr(world, who))
        for name in ("assessment_detail","result","history","delegations","assessment_frame"):
            r = c.get(reverse(name, args=[case.number]))
            print(stage, who, name, r.status_code)
            assert r.status_code in (200,403,404)
        for a in ARROWS:
            if a.source == case.state:
                r = c.get(reverse("transition", args=[case.number, a.action])); print(stage, who, a.action, r.status_code)
                assert r.status_code in (200,403,404)
        for name in ("home","assessment_list","assessment_new","inbox"):
            r = c.get(reverse(name)); assert r.status_code in (200,403), name
def test_landing(client, notice_case):
    r = client.get("/"); assert r.status_code==200
