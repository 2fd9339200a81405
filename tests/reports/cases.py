"""One plausible case with all 445 criteria answered, evidenced and assessed: the material of the report tests."""

from __future__ import annotations

import random
from datetime import date, datetime

from assessments.reports.dataset import (
    CaseDates,
    CaseSheet,
    CertificateSheet,
    Conclusion,
    CriterionRow,
    EvaluationReport,
    SelfReport,
    Signature,
    TeamMember,
)
from assessments.scoring import ScoringInput, score
from assessments.standard import Bilingual, get_edition
from assessments.workflow import CaseRole

EDITION = "gbt36073-2018"
SCOPE = "集团总部及上海、苏州、合肥三个生产基地的研发、采购、生产、销售、售后与财务数据的管理，不含境外子公司。"
#: weights of full, largely, partially, none, not applicable at levels 1 to 5
_SELF = ((18, 2, 0, 0, 0), (14, 4, 2, 0, 0), (9, 6, 3, 1, 1), (3, 5, 5, 6, 1), (1, 2, 4, 12, 1))
_VERDICTS = ("full", "largely", "partially", "none", "not_applicable")
_ORDER = ("none", "partially", "largely", "full")
_REMARKS = (
    "现行文件为2024年版，已查看发文原件和近两次修订记录，条款要求的要素齐全。",
    "制度已发布，但抽查的三个部门中有一个未按规定周期复核，最近一次复核记录为2025年3月。",
    "台账覆盖主要业务系统，供应链系统和海外子公司尚未纳入，覆盖率约七成。",
    "访谈确认有此做法，未见书面记录，仅提供会议照片，不足以支持判定。",
    "指标已定义口径和基线，连续两个季度有监测数据，尚未见依据分析结果调整措施的记录。",
    "提供的材料为2022年项目成果，评估期内没有更新。",
)
_REASON = "两名评估师对抽样范围理解不同，复查2025年四季度记录后一致认定部分部门未执行。"
_EVIDENCE = [
    "制度汇编",
    "流程文件",
    "会议纪要",
    "系统截图",
    "检查记录",
    "指标报表",
    "培训签到表",
    "评审意见",
    "台账导出",
    "发文通知",
]


def case_sheet(**changes: object) -> CaseSheet:
    fields: dict[str, object] = {
        "number": "DCMM-2026-000128",
        "enterprise": "上海喆垚智能制造与供应链数据服务（集团）股份有限公司",
        "enterprise_en": "Shanghai Zheyao Intelligent Manufacturing and Supply Chain Data Services (Group) Co., Ltd.",
        "uscc": "91310115MA0000001Y",
        "edition": EDITION,
        "scheme": "practice-2023",
        "track": "owner",
        "target_level": 3,
        "district": Bilingual("浦东新区", "Pudong New Area"),
        "industry": Bilingual("C 制造业 / 34 通用设备制造业", "C Manufacturing / 34 General equipment"),
        "size": Bilingual("大型", "Large"),
        "staff": 2486,
        "scope": SCOPE,
        "body": "华东数据管理评估中心有限公司",
        "body_en": "East China Data Management Evaluation Centre Ltd.",
        "contract_number": "HDPG-2026-0417",
        "filing_number": "CF-2026-SH-0093",
        "team": (
            TeamMember(name="周明远", role=CaseRole.LEAD.label),
            TeamMember(name="李喆", role=CaseRole.ASSESSOR.label),
            TeamMember(name="陈垚", role=CaseRole.ASSESSOR.label),
            TeamMember(name="王思齐", role=CaseRole.QUALITY_REVIEWER.label),
        ),
        "dates": CaseDates(
            opened=date(2026, 3, 2),
            finalised=date(2026, 5, 29),
            applied=date(2026, 6, 3),
            accepted=date(2026, 6, 8),
            review_started=date(2026, 7, 1),
            onsite=date(2026, 8, 17),
            reporting=date(2026, 9, 4),
            signed=date(2026, 9, 30),
        ),
        "profile": (
            (Bilingual("结构化数据量", "Structured data"), "42 TB"),
            (Bilingual("主要信息系统", "Main systems"), "SAP S/4HANA、PLM、MES、CRM、集团数据中台"),
        ),
        "is_demo": True,
    }
    return CaseSheet(**{**fields, **changes})  # type: ignore[arg-type]


def rows(seed: int = 7) -> tuple[CriterionRow, ...]:
    """All criteria, the assessed verdict often one step below the self-assessed one."""
    rng = random.Random(seed)
    found = []
    edition = get_edition(EDITION)
    for criterion in edition.criteria.values():
        mine = rng.choices(_VERDICTS, _SELF[criterion.level - 1])[0]
        theirs = mine
        if mine in _ORDER[1:] and rng.random() < 0.28:
            theirs = _ORDER[_ORDER.index(mine) - 1]
        names = {
            f"{criterion.item_code} {rng.choice(criterion.evidence_zh)}（{rng.choice(_EVIDENCE)}）.pdf"
            if rng.random() < 0.15
            else f"{edition.items[criterion.item_code].name}{rng.choice(_EVIDENCE)}（2025年度）.pdf"
            for _ in range(rng.randint(0 if mine == "none" else 1, 3))
        }
        found.append(
            CriterionRow(
                code=criterion.code,
                self_verdict=mine,
                self_note="" if mine == "full" else "已在本年度计划中安排，由数据管理部牵头，预计四季度完成。",
                na_reason="集团不开展对外数据开放业务，本条不适用。" if mine == "not_applicable" else "",
                evidence=tuple(sorted(names)),
                assessed_verdict=theirs,
                remark="" if theirs == "full" and rng.random() < 0.7 else rng.choice(_REMARKS),
                reconciliation_reason=_REASON if theirs != mine and rng.random() < 0.5 else "",
            )
        )
    return tuple(found)


def scored(verdicts: dict[str, str], **changes: object) -> ScoringInput:
    return ScoringInput.of(EDITION, verdicts, **changes)  # type: ignore[arg-type]


def self_input(given: tuple[CriterionRow, ...]) -> ScoringInput:
    return scored({r.code: r.self_verdict for r in given if r.self_verdict})


def assessed_input(given: tuple[CriterionRow, ...]) -> ScoringInput:
    return scored({r.code: r.assessed_verdict for r in given if r.assessed_verdict})


def self_report(given: tuple[CriterionRow, ...] | None = None, **changes: object) -> SelfReport:
    given = rows() if given is None else given
    scoring = self_input(given)
    return SelfReport(
        case=case_sheet(**changes),
        result=score(scoring),
        rows=given,
        given=scoring,
        printed_on=date(2026, 5, 29),
        signatures=(
            Signature(
                role=Bilingual("企业管理员", "Enterprise administrator"), name="赵喆", at=datetime(2026, 5, 29, 16, 5)
            ),
        ),
    )


def evaluation_report(given: tuple[CriterionRow, ...] | None = None, **changes: object) -> EvaluationReport:
    given = rows() if given is None else given
    scoring = assessed_input(given)
    result = score(scoring)
    return EvaluationReport(
        case=case_sheet(**changes),
        self_result=score(self_input(given)),
        result=result,
        rows=given,
        given=scoring,
        printed_on=date(2026, 9, 30),
        conclusion=Conclusion(
            strengths="数据治理组织健全，数据治理委员会按季召开会议，重大事项有纪要、有督办。\n\n"
            "主数据和数据标准建设起步早，物料、客户、供应商三类主数据已在集团范围统一编码，核心系统引用率超过九成。",
            weaknesses="数据质量的要求、检查、分析、提升尚未形成闭环，问题清单与整改记录对不上号。\n\n"
            "四级条款普遍缺少基线值和趋势分析，指标多用于汇报，少用于调整措施。",
            advice="先补齐数据质量和数据生存周期两个能力域中三级条款的书面依据，再为十项关键指标建立口径、基线和预测。\n"
            "将境外子公司的数据管理纳入下一周期评估范围。",
        ),
        signatures=(
            Signature(role=Bilingual("评估组长", "Lead assessor"), name="周明远", at=datetime(2026, 9, 28, 10, 12)),
            Signature(
                role=Bilingual("质量审核员", "Quality reviewer"), name="王思齐", at=datetime(2026, 9, 30, 15, 40)
            ),
        ),
        recommended_level=result.level,
    )


def certificate_sheet(**changes: object) -> CertificateSheet:
    fields: dict[str, object] = {
        "number": "DCMM-SH-2026-0093",
        "holder": "上海喆垚智能制造与供应链数据服务（集团）股份有限公司",
        "holder_en": "Shanghai Zheyao Intelligent Manufacturing and Supply Chain Data Services (Group) Co., Ltd.",
        "uscc": "91310115MA0000001Y",
        "level": 3,
        "edition": EDITION,
        "track": "owner",
        "scope": SCOPE,
        "issued": date(2026, 10, 20),
        "expires": date(2029, 10, 19),
        "body": "华东数据管理评估中心有限公司",
        "body_en": "East China Data Management Evaluation Centre Ltd.",
        "verify_url": "https://dcmm.example.sh.cn/verify/DCMM-SH-2026-0093",
        "authority": Bilingual("上海市数据管理能力成熟度评估工作部", "Shanghai DCMM Certification Office"),
    }
    return CertificateSheet(**{**fields, **changes})  # type: ignore[arg-type]
