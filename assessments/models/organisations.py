"""Organisations, what is known of them, who belongs to them and who stands in conflict with them."""

from __future__ import annotations

import datetime as dt
import secrets
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from assessments.models.choices import KIND_CHOICES, ROLE_CHOICES, one_of
from assessments.models.registers import DISTRICTS, INDUSTRIES, SIZES, district_name, industry_name, size_name
from assessments.standard import Bilingual
from assessments.workflow import Party, Role


class Organisation(models.Model):
    """An enterprise, an evaluation body, the certification office or the platform operator."""

    kind = models.CharField(_("类型"), max_length=12, choices=KIND_CHOICES)
    name = models.CharField(_("名称"), max_length=120)
    name_en = models.CharField(_("英文名称"), max_length=160, blank=True)
    uscc = models.CharField(_("统一社会信用代码"), max_length=18, unique=True, null=True, blank=True)
    district_code = models.CharField(_("所在区"), max_length=6, choices=DISTRICTS, blank=True)
    address = models.CharField(_("地址"), max_length=200, blank=True)
    contact_name = models.CharField(_("联系人"), max_length=60, blank=True)
    contact_phone = models.CharField(_("联系电话"), max_length=40, blank=True)
    contact_email = models.EmailField(_("联系邮箱"), blank=True)
    created_at = models.DateTimeField(_("登记时间"))

    class Meta:
        ordering = ["name"]
        verbose_name = _("组织")
        constraints = [
            models.CheckConstraint(condition=one_of("kind", KIND_CHOICES), name="organisation_kind_known"),
            models.CheckConstraint(
                condition=Q(uscc__isnull=False) | ~Q(kind__in=[Party.ENTERPRISE, Party.BODY]),
                name="organisation_uscc_for_legal_persons",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def both_names(self) -> Bilingual:
        return Bilingual(self.name, self.name_en or self.name)

    @property
    def district(self) -> Bilingual:
        return district_name(self.district_code)


class EnterpriseProfile(models.Model):
    """What eligibility, statistics and the report need to know of an enterprise."""

    organisation = models.OneToOneField(Organisation, models.CASCADE, related_name="enterprise_profile")
    industry_code = models.CharField(_("行业门类"), max_length=1, choices=INDUSTRIES)
    size_code = models.CharField(_("企业规模"), max_length=6, choices=SIZES)
    employees = models.PositiveIntegerField(_("从业人数"), null=True, blank=True)
    founded_date = models.DateField(_("成立日期"), null=True, blank=True)
    business = models.TextField(_("主营业务"), max_length=600, blank=True)
    data_volume_tb = models.DecimalField(
        _("业务数据总量（TB）"), max_digits=12, decimal_places=2, null=True, blank=True
    )

    class Meta:
        verbose_name = _("企业信息")

    def __str__(self) -> str:
        return str(self.organisation)

    @property
    def industry(self) -> Bilingual:
        return industry_name(self.industry_code)

    @property
    def size(self) -> Bilingual:
        return size_name(self.size_code)


class BodyProfile(models.Model):
    """The qualification of an evaluation body; outside its dates or suspended it can neither be chosen nor act."""

    organisation = models.OneToOneField(Organisation, models.CASCADE, related_name="body_profile")
    register_number = models.CharField(_("机构备案号"), max_length=40, unique=True)
    valid_from = models.DateField(_("资质生效日期"))
    valid_until = models.DateField(_("资质失效日期"))
    is_suspended = models.BooleanField(_("暂停资质"), default=False)
    max_level = models.PositiveSmallIntegerField(_("可评最高等级"), default=5)

    class Meta:
        verbose_name = _("评估机构资质")
        constraints = [
            models.CheckConstraint(condition=Q(valid_until__gte=F("valid_from")), name="body_dates_in_order"),
            models.CheckConstraint(condition=Q(max_level__gte=1, max_level__lte=5), name="body_max_level_1_to_5"),
        ]

    def __str__(self) -> str:
        return str(self.organisation)

    def refusal(self, on: dt.date, target_level: int) -> Bilingual | None:
        """Why this body may not act on ``on`` for a case with this target level, or ``None``."""
        name = self.organisation.both_names
        if self.is_suspended:
            return Bilingual(
                "{name}的资质已暂停，请另选评估机构。", "{name} is suspended; choose another body."
            ).format(name=name)
        if not self.valid_from <= on <= self.valid_until:
            return Bilingual(
                "{name}的资质不在有效期内，请另选评估机构。",
                "{name} is outside its period of validity; choose another body.",
            ).format(name=name)
        if target_level > self.max_level:
            return Bilingual(
                "{name}最高可评 {n} 级，低于本项目的目标等级。",
                "{name} may assess up to level {n}, below the target of this case.",
            ).format(name=name, n=self.max_level)
        return None


class Membership(models.Model):
    """A person's role in an organisation: the only source of rights. Ended ones are kept for conflict checks."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="memberships")
    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="memberships")
    role = models.CharField(_("角色"), max_length=24, choices=ROLE_CHOICES)
    district_code = models.CharField(_("负责的区"), max_length=6, choices=DISTRICTS, blank=True)
    is_active = models.BooleanField(_("有效"), default=True)
    created_at = models.DateTimeField(_("加入时间"))
    ended_at = models.DateTimeField(_("离开时间"), null=True, blank=True)

    class Meta:
        ordering = ["organisation_id", "created_at"]
        verbose_name = _("成员")
        constraints = [
            models.UniqueConstraint(fields=["user", "organisation"], name="membership_once_per_organisation"),
            models.CheckConstraint(condition=one_of("role", ROLE_CHOICES), name="membership_role_known"),
            models.CheckConstraint(
                condition=Q(is_active=True, ended_at__isnull=True) | Q(is_active=False, ended_at__isnull=False),
                name="membership_ended_at_with_end",
            ),
            models.CheckConstraint(
                condition=~Q(role=Role.DISTRICT_OFFICER) | ~Q(district_code=""), name="membership_officer_has_district"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.organisation}"

    @property
    def role_label(self) -> Bilingual:
        return Role(self.role).label

    @property
    def district(self) -> Bilingual:
        return district_name(self.district_code)


def new_token() -> str:
    return secrets.token_urlsafe(32)


class Invitation(models.Model):
    """An administrator asks an e-mail address to join; whoever is logged in with that address may accept."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="invitations")
    email = models.EmailField(_("电子邮箱"))
    role = models.CharField(_("角色"), max_length=24, choices=ROLE_CHOICES)
    token = models.CharField(max_length=64, unique=True, default=new_token)
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    #: parts of an assessment (codes as in ``Delegation.part_code``) that whoever accepts is assigned at once
    assessment = models.ForeignKey("Assessment", models.CASCADE, null=True, blank=True, related_name="+")
    part_codes: Any = models.JSONField(default=list, blank=True)
    due_date = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]
        verbose_name = _("邀请")
        constraints = [models.CheckConstraint(condition=one_of("role", ROLE_CHOICES), name="invitation_role_known")]

    def __str__(self) -> str:
        return self.email

    @property
    def role_label(self) -> Bilingual:
        return Role(self.role).label


class JoinRequest(models.Model):
    """Somebody asks to join an enterprise that is registered already; one of its administrators decides."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="join_requests")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="join_requests")
    message = models.CharField(_("申请说明"), max_length=300, blank=True)
    created_at = models.DateTimeField()
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    is_accepted = models.BooleanField(default=False)

    class Meta:
        ordering = ["created_at", "pk"]
        verbose_name = _("加入申请")
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "user"], condition=Q(decided_at__isnull=True), name="join_request_one_open"
            ),
            models.CheckConstraint(
                condition=Q(decided_at__isnull=True, decided_by__isnull=True, is_accepted=False)
                | Q(decided_at__isnull=False, decided_by__isnull=False),
                name="join_request_decided_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} → {self.organisation}"


CONFLICT_KINDS = [
    ("employment", _("曾任职或现任职于该企业")),
    ("coaching", _("曾为该企业提供咨询辅导")),
    ("relation", _("申报的其他利害关系")),
]


class ConflictOfInterest(models.Model):
    """A known tie between an enterprise and a person or a body, which bars them from its cases."""

    enterprise = models.ForeignKey(Organisation, models.CASCADE, related_name="conflicts")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="conflicts")
    body = models.ForeignKey(Organisation, models.CASCADE, null=True, blank=True, related_name="body_conflicts")
    kind = models.CharField(_("类型"), max_length=12, choices=CONFLICT_KINDS)
    note = models.CharField(_("说明"), max_length=300, blank=True)
    until = models.DateField(_("回避截止日期"))
    declared_at = models.DateTimeField()

    class Meta:
        verbose_name = _("利益冲突")
        constraints = [
            models.CheckConstraint(
                condition=Q(user__isnull=False, body__isnull=True) | Q(user__isnull=True, body__isnull=False),
                name="conflict_of_a_person_or_a_body",
            ),
            models.CheckConstraint(condition=one_of("kind", CONFLICT_KINDS), name="conflict_kind_known"),
        ]

    def __str__(self) -> str:
        return f"{self.user or self.body} - {self.enterprise}"
