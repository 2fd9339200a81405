"""The states of a case in the order of the road (workflow.md, "The case")."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from assessments.standard.bilingual import Bilingual
from assessments.workflow.parties import Party


class StateCode(StrEnum):
    """Stored in the database; never renamed."""

    DRAFT = "draft"
    FINALISED = "finalised"
    APPLIED = "applied"
    PLANNING = "planning"
    DOCUMENT_REVIEW = "document_review"
    ONSITE = "onsite"
    REPORTING = "reporting"
    COMPLIANCE_REVIEW = "compliance_review"
    EXPERT_REVIEW = "expert_review"
    PUBLIC_NOTICE = "public_notice"
    CERTIFIED = "certified"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    ARCHIVED = "archived"


@dataclass(frozen=True)
class State:
    """A state, its words, and the party that has to act in it."""

    code: StateCode
    label: Bilingual
    owner: Party

    @property
    def is_closed(self) -> bool:
        return self.owner is Party.NOBODY


_ROWS = (
    State(StateCode.DRAFT, Bilingual("自评中", "Self-assessment"), Party.ENTERPRISE),
    State(StateCode.FINALISED, Bilingual("自评完成", "Self-assessment finalised"), Party.ENTERPRISE),
    State(StateCode.APPLIED, Bilingual("已申请", "Applied"), Party.BODY),
    State(StateCode.PLANNING, Bilingual("评估策划", "Planning"), Party.BODY),
    State(StateCode.DOCUMENT_REVIEW, Bilingual("文件评审", "Document review"), Party.BODY),
    State(StateCode.ONSITE, Bilingual("现场评审", "On-site review"), Party.BODY),
    State(StateCode.REPORTING, Bilingual("报告编制", "Reporting"), Party.BODY),
    State(StateCode.COMPLIANCE_REVIEW, Bilingual("合规性审查", "Compliance review"), Party.OFFICE),
    State(StateCode.EXPERT_REVIEW, Bilingual("专家评议", "Expert review"), Party.OFFICE),
    State(StateCode.PUBLIC_NOTICE, Bilingual("公示", "Public notice"), Party.OFFICE),
    State(StateCode.CERTIFIED, Bilingual("已发证", "Certified"), Party.NOBODY),
    State(StateCode.REJECTED, Bilingual("不通过", "Rejected"), Party.NOBODY),
    State(StateCode.WITHDRAWN, Bilingual("撤回", "Withdrawn"), Party.NOBODY),
    State(StateCode.ARCHIVED, Bilingual("归档", "Archived"), Party.NOBODY),
)

STATES: dict[str, State] = {s.code: s for s in _ROWS}

#: The straight road as a timeline; expert review is a station only for levels 4 and 5.
STAGES: tuple[State, ...] = _ROWS[:11]
