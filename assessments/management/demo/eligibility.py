"""What the firms of the demonstration world state for eligibility, with some of the proof. All figures are invented."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.core.files.uploadedfile import SimpleUploadedFile

from assessments.actions import eligibility
from assessments.eligibility import Value
from assessments.management.demo.cast import Firm
from assessments.models import Assessment, User
from assessments.models.eligibility import GRANTED
from assessments.queries.eligibility import known_values

#: A firm that asks for a waiver has too few data people, and says why it should be let through all the same.
_FEW = Decimal(3)
REQUEST = (
    "专职数据管理人员现有 3 名，未达到 5 名的要求。集团数据管理部已批复编制 6 名，另 3 名已签订劳动合同并到岗，"
    "社会保险将于下月起缴满三个月。数据管理制度、工具和项目均已满足要求，恳请予以豁免。"
)
GRANT = "经核对编制批复和劳动合同，人员已到岗，仅社会保险缴纳时间未满三个月，准予豁免；受理时由评估机构核实缴纳记录。"
_PROOF = (
    ("licence", "营业执照副本.txt"),
    ("audit_report", "上年度审计报告摘要.txt"),
    ("social_insurance", "近三个月社会保险缴纳证明.txt"),
)


def state(case: Assessment, by: User, firm: Firm, n: int, at: dt.datetime, *, complete: bool = True) -> None:
    """States what the firm has; an incomplete firm leaves one thing open and falls short of another."""
    values: dict[str, Value | None] = {
        **known_values(case),
        "legal_entity": True,
        "good_standing": True,
        "revenue": Decimal(firm.employees * 60),
        "systems": Decimal(6 + n % 9),
        "data_staff": _FEW if firm.waiver else Decimal(6 + n % 5),
        "data_certificates": Decimal(2 + n % 3),
        "policy_domains": Decimal(4 + n % 4),
        "tools": Decimal(2 + n % 3),
        "projects_one_year": Decimal(1 + n % 3),
        "projects_three_years": Decimal(3 + n % 4),
    }
    if case.track == "provider":
        values |= {
            "service_domains": Decimal(4 + n % 3),
            "contracts": Decimal(6 + n % 5),
            "contracts_total": Decimal(900 + 40 * (n % 7)),
            "contracts_smallest": Decimal(65),
        }
    if not complete:
        values |= {"data_certificates": None, "projects_three_years": Decimal(2)}
    eligibility.state(by=by, number=case.number, values=values, at=at)


def prove(case: Assessment, by: User, at: dt.datetime) -> None:
    """A few small files in their slots."""
    for slot, name in _PROOF:
        text = f"演示材料\n{case.enterprise.name}\n{name}\n"
        eligibility.attach(
            by=by,
            number=case.number,
            slot_code=slot,
            upload=SimpleUploadedFile(name, text.encode()),
            content_type="text/plain",
            at=at,
        )


def waive(case: Assessment, by: User, officer: User, outcome: str, at: dt.datetime) -> None:
    """The firm asks for a waiver; the office grants it a day later, or has yet to decide."""
    waiver = eligibility.request_waiver(by=by, number=case.number, request=REQUEST, at=at)
    if outcome == GRANTED:
        eligibility.decide_waiver(
            by=officer,
            number=case.number,
            waiver_id=waiver.pk,
            decision=GRANTED,
            reason=GRANT,
            at=at + dt.timedelta(days=1),
        )
