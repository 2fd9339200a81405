"""Who takes part: parties, the roles a person holds in an organisation, and what that makes them in one case."""

from __future__ import annotations

from enum import StrEnum

from assessments.standard.bilingual import Bilingual


class Party(StrEnum):
    """The kinds of organisation; each state of a case is owned by one, or by nobody."""

    ENTERPRISE = "enterprise"
    BODY = "body"
    OFFICE = "office"
    PLATFORM = "platform"
    NOBODY = "nobody"

    @property
    def label(self) -> Bilingual:
        return _PARTIES[self]


_PARTIES = {
    Party.ENTERPRISE: Bilingual("企业", "Enterprise"),
    Party.BODY: Bilingual("评估机构", "Evaluation body"),
    Party.OFFICE: Bilingual("评估工作部", "Certification office"),
    Party.PLATFORM: Bilingual("平台运行方", "Platform operator"),
    Party.NOBODY: Bilingual("已办结", "Closed"),
}


class Role(StrEnum):
    """A role held by membership in an organisation; one a person and organisation."""

    ENTERPRISE_ADMINISTRATOR = "enterprise_administrator"
    CONTRIBUTOR = "contributor"
    VIEWER = "viewer"
    BODY_MANAGER = "body_manager"
    LEAD_ASSESSOR = "lead_assessor"
    ASSESSOR = "assessor"
    QUALITY_REVIEWER = "quality_reviewer"
    CERTIFICATION_OFFICER = "certification_officer"
    DISTRICT_OFFICER = "district_officer"
    CONTENT_EDITOR = "content_editor"
    EXPERT = "expert"
    SYSTEM_ADMINISTRATOR = "system_administrator"
    SECURITY_ADMINISTRATOR = "security_administrator"
    AUDIT_ADMINISTRATOR = "audit_administrator"

    @property
    def label(self) -> Bilingual:
        return _ROLES[self][1]

    @property
    def party(self) -> Party:
        return _ROLES[self][0]


_ROLES: dict[Role, tuple[Party, Bilingual]] = {
    Role.ENTERPRISE_ADMINISTRATOR: (Party.ENTERPRISE, Bilingual("企业管理员", "Enterprise administrator")),
    Role.CONTRIBUTOR: (Party.ENTERPRISE, Bilingual("填报人", "Contributor")),
    Role.VIEWER: (Party.ENTERPRISE, Bilingual("查看人", "Viewer")),
    Role.BODY_MANAGER: (Party.BODY, Bilingual("机构负责人", "Body manager")),
    Role.LEAD_ASSESSOR: (Party.BODY, Bilingual("评估组长", "Lead assessor")),
    Role.ASSESSOR: (Party.BODY, Bilingual("评估师", "Assessor")),
    Role.QUALITY_REVIEWER: (Party.BODY, Bilingual("质量审核员", "Quality reviewer")),
    Role.CERTIFICATION_OFFICER: (Party.OFFICE, Bilingual("发证审查员", "Certification officer")),
    Role.DISTRICT_OFFICER: (Party.OFFICE, Bilingual("区级主管人员", "District officer")),
    Role.CONTENT_EDITOR: (Party.OFFICE, Bilingual("内容编辑", "Content editor")),
    Role.EXPERT: (Party.OFFICE, Bilingual("评议专家", "Expert")),
    Role.SYSTEM_ADMINISTRATOR: (Party.PLATFORM, Bilingual("系统管理员", "System administrator")),
    Role.SECURITY_ADMINISTRATOR: (Party.PLATFORM, Bilingual("安全管理员", "Security administrator")),
    Role.AUDIT_ADMINISTRATOR: (Party.PLATFORM, Bilingual("审计管理员", "Audit administrator")),
}


class CaseRole(StrEnum):
    """What a person is in one case; the arrows of the workflow name these."""

    ENTERPRISE_ADMINISTRATOR = "enterprise_administrator"
    CONTRIBUTOR = "contributor"
    VIEWER = "viewer"
    BODY_MANAGER = "body_manager"
    LEAD = "lead"
    ASSESSOR = "assessor"
    QUALITY_REVIEWER = "quality_reviewer"
    OFFICER = "officer"
    DISTRICT_OFFICER = "district_officer"

    @property
    def label(self) -> Bilingual:
        return _CASE_ROLES[self]


_CASE_ROLES = {
    CaseRole.ENTERPRISE_ADMINISTRATOR: Bilingual("企业管理员", "enterprise administrator"),
    CaseRole.CONTRIBUTOR: Bilingual("填报人", "contributor"),
    CaseRole.VIEWER: Bilingual("查看人", "viewer"),
    CaseRole.BODY_MANAGER: Bilingual("评估机构负责人", "manager of the evaluation body"),
    CaseRole.LEAD: Bilingual("评估组长", "lead assessor of the case"),
    CaseRole.ASSESSOR: Bilingual("评估师", "assessor of the case"),
    CaseRole.QUALITY_REVIEWER: Bilingual("质量审核员", "quality reviewer of the case"),
    CaseRole.OFFICER: Bilingual("发证审查员", "certification officer"),
    CaseRole.DISTRICT_OFFICER: Bilingual("区级主管人员", "district officer"),
}
