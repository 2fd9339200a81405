"""The case: an assessment, its figures, frozen scorecards, signatures and history of states."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from assessments.models.choices import STATE_CHOICES, TRACK_CHOICES, one_of
from assessments.models.organisations import Organisation
from assessments.scoring import TRACKS, Result, Scheme, get_scheme
from assessments.standard import Bilingual, Edition, get_edition
from assessments.workflow import ARROWS, ASIDES, STATES, State, StateCode

LAYERS = [("self", _("自评")), ("assessed", _("评估"))]
WAYS_TO_WORK = [("page", _("按能力项")), ("cards", _("逐条作答"))]


class Assessment(models.Model):
    """One enterprise on one edition, scheme and track. ``state`` is written by ``actions.transitions`` alone.

    The figures of both layers (answered, score in points, level) are kept in the transaction of each save, so that no
    list recomputes; ``chain_*`` is the head of the case's chain of audit events.
    """

    number = models.CharField(_("评估编号"), max_length=20, unique=True)
    enterprise = models.ForeignKey(Organisation, models.PROTECT, related_name="assessments")
    edition_code = models.CharField(_("标准版本"), max_length=20)
    scheme_code = models.CharField(_("计分方案"), max_length=20)
    track = models.CharField(_("评估类型"), max_length=8, choices=TRACK_CHOICES)
    key_domains = models.JSONField(_("重点能力域"), default=list, blank=True)
    target_level = models.PositiveSmallIntegerField(_("目标等级"))
    scope = models.TextField(_("评估范围"), max_length=300)
    planned_date = models.DateField(_("计划完成自评日期"), null=True, blank=True)

    state = models.CharField(_("状态"), max_length=20, choices=STATE_CHOICES, default=StateCode.DRAFT)
    state_since = models.DateTimeField(_("进入当前状态的时间"))
    created_at = models.DateTimeField(_("创建时间"))
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    revision = models.PositiveSmallIntegerField(_("自评修订次数"), default=1)
    report_revision = models.PositiveSmallIntegerField(_("报告修订次数"), default=1)

    body = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="cases")
    applied_at = models.DateTimeField(_("申请时间"), null=True, blank=True)
    contract_number = models.CharField(_("合同编号"), max_length=60, blank=True)
    filing_number = models.CharField(_("备案编号"), max_length=60, blank=True)

    total = models.PositiveSmallIntegerField(default=0)
    self_answered = models.PositiveSmallIntegerField(default=0)
    self_score = models.DecimalField(max_digits=3, decimal_places=2, null=True, blank=True)
    self_level = models.PositiveSmallIntegerField(null=True, blank=True)
    assessed_score = models.DecimalField(max_digits=3, decimal_places=2, null=True, blank=True)
    assessed_level = models.PositiveSmallIntegerField(null=True, blank=True)

    chain_length = models.PositiveIntegerField(default=0)
    chain_digest = models.CharField(max_length=64, blank=True)

    # What the viewer is in this case; columns that ``permissions.scope.cases`` brings along.
    viewer_enterprise_role: str | None
    viewer_body_role: str | None
    viewer_lead: bool
    viewer_assessor: bool
    viewer_reviewer: bool
    viewer_officer: bool
    viewer_district: bool
    viewer_delegated: bool

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name = _("评估")
        indexes = [
            models.Index(fields=["enterprise", "-created_at"], name="assessment_of_enterprise"),
            models.Index(fields=["body", "state"], name="assessment_of_body"),
            models.Index(fields=["state", "state_since"], name="assessment_by_state"),
            models.Index(fields=["-created_at", "-id"], name="assessment_newest"),
        ]
        constraints = [
            models.CheckConstraint(condition=one_of("state", STATE_CHOICES), name="assessment_state_known"),
            models.CheckConstraint(condition=one_of("track", TRACK_CHOICES), name="assessment_track_known"),
            models.CheckConstraint(
                condition=Q(target_level__gte=1, target_level__lte=5), name="assessment_target_level_1_to_5"
            ),
            models.CheckConstraint(
                condition=Q(state__in=[StateCode.DRAFT, StateCode.FINALISED, StateCode.ARCHIVED])
                | Q(body__isnull=False, applied_at__isnull=False),
                name="assessment_beyond_finalised_has_body",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def edition(self) -> Edition:
        return get_edition(self.edition_code)

    @property
    def edition_title(self) -> Bilingual:
        return self.edition.title

    @property
    def scheme(self) -> Scheme:
        return get_scheme(self.scheme_code)

    @property
    def track_label(self) -> Bilingual:
        return TRACKS[self.track]

    @property
    def current_state(self) -> State:
        return STATES[self.state]

    @property
    def lead_signatures(self) -> models.QuerySet[Signature]:
        """The lead's signature under the present revision of the report, as long as it was not sent back."""
        return self.signatures.filter(kind="lead", revision=self.report_revision, is_void=False)


class Delegation(models.Model):
    """A domain or one of its items assigned to a colleague; a contributor without any may edit everything.

    ``part_code`` is the code of a domain such as ``6`` or of an item such as ``6.1``. ``done_at`` is when the colleague
    said that this part is finished; a later change of an answer does not take it back, the administrator may. An empty
    code stands for a contributor who has handed over everything, and so answers nothing.
    """

    assessment = models.ForeignKey(Assessment, models.CASCADE, related_name="delegations")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="delegations")
    part_code = models.CharField(_("能力域或能力项"), max_length=8)
    due_date = models.DateField(_("完成期限"), null=True, blank=True)
    note = models.CharField(_("填报要求"), max_length=300, blank=True)
    assigned_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    assigned_at = models.DateTimeField(_("分配时间"), null=True, blank=True)
    done_at = models.DateTimeField(_("填报完成时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("填报分工")
        constraints = [
            models.UniqueConstraint(fields=["assessment", "user", "part_code"], name="delegation_once"),
        ]

    def __str__(self) -> str:
        return f"{self.assessment} {self.part_code} {self.user}"


def parts_with(criterion_code: str) -> tuple[str, str]:
    """The parts a criterion may be assigned with: its domain and its item, such as ``("6", "6.1")``."""
    return criterion_code.split(".")[0], criterion_code.split("-")[0]


class WorkingPlace(models.Model):
    """Where a person last worked in a case and how they had it set, so that it is there again on any day and device."""

    assessment = models.ForeignKey(Assessment, models.CASCADE, related_name="working_places")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="working_places")
    #: the criterion last worked on, or the item last opened, such as ``6.1-L3-02`` or ``6.1``
    code = models.CharField(max_length=16)
    #: how the questionnaire is shown: ``page`` (all levels of an item) or ``cards`` (one criterion at a time)
    view = models.CharField(max_length=8, default="page")
    #: the filters as they stand in the address, such as ``show=unanswered``
    filters = models.CharField(max_length=300, blank=True)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["assessment", "user"], name="working_place_once"),
            models.CheckConstraint(condition=one_of("view", WAYS_TO_WORK), name="working_place_view_known"),
        ]

    def __str__(self) -> str:
        return f"{self.assessment_id} {self.code}"


class DomainScore(models.Model):
    """The live figures of one domain in one layer. ``items`` maps item code to its figures as JSON (see Result)."""

    assessment = models.ForeignKey(Assessment, models.CASCADE, related_name="domain_scores")
    layer = models.CharField(max_length=8, choices=LAYERS)
    domain_code = models.CharField(max_length=4)
    score = models.DecimalField(max_digits=3, decimal_places=2, null=True, blank=True)
    level = models.PositiveSmallIntegerField(null=True, blank=True)
    answered = models.PositiveSmallIntegerField(default=0)
    total = models.PositiveSmallIntegerField(default=0)
    items: Any = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["assessment", "layer", "domain_code"], name="domain_score_once"),
            models.CheckConstraint(condition=one_of("layer", LAYERS), name="domain_score_layer_known"),
        ]

    def __str__(self) -> str:
        return f"{self.assessment_id} {self.layer} {self.domain_code}"


class Scorecard(models.Model):
    """A frozen result with the verdicts it came from; never changed, a later revision gets its own."""

    assessment = models.ForeignKey(Assessment, models.PROTECT, related_name="scorecards")
    layer = models.CharField(max_length=8, choices=LAYERS)
    revision = models.PositiveSmallIntegerField()
    edition_code = models.CharField(max_length=20)
    edition_checksum = models.CharField(max_length=64)
    scheme_code = models.CharField(max_length=20)
    engine_version = models.CharField(max_length=8)
    verdicts: Any = models.JSONField()
    result_data: Any = models.JSONField()
    frozen_at = models.DateTimeField()
    frozen_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["layer", "-revision"]
        constraints = [
            models.UniqueConstraint(fields=["assessment", "layer", "revision"], name="scorecard_once_per_revision"),
            models.CheckConstraint(condition=one_of("layer", LAYERS), name="scorecard_layer_known"),
        ]

    def __str__(self) -> str:
        return f"{self.assessment_id} {self.layer} {self.revision}"

    @cached_property
    def result(self) -> Result:
        return Result.from_dict(self.result_data)


SIGNATURE_KINDS = [("pledge", _("真实性承诺")), ("lead", _("评估组长签字")), ("quality", _("质量审核签发"))]


class Signature(models.Model):
    """Who stood for what: the truth pledge of the enterprise, the lead's and the quality reviewer's sign-off."""

    assessment = models.ForeignKey(Assessment, models.PROTECT, related_name="signatures")
    kind = models.CharField(max_length=8, choices=SIGNATURE_KINDS)
    revision = models.PositiveSmallIntegerField()
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    name = models.CharField(max_length=60)
    statement = models.TextField()
    signed_at = models.DateTimeField()
    #: a signature sent back is kept, and counts no longer
    is_void = models.BooleanField(default=False)

    class Meta:
        ordering = ["signed_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["assessment", "kind", "revision"],
                condition=Q(is_void=False),
                name="signature_once_per_revision",
            ),
            models.CheckConstraint(condition=one_of("kind", SIGNATURE_KINDS), name="signature_kind_known"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.name}"


class Transition(models.Model):
    """One step of the case as its parties read it: what was done, by whom, when and why."""

    assessment = models.ForeignKey(Assessment, models.CASCADE, related_name="transitions")
    action = models.CharField(max_length=20)
    source = models.CharField(max_length=20)
    target = models.CharField(max_length=20)
    reason = models.TextField(blank=True)
    details: Any = models.JSONField(default=dict)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.assessment_id} {self.action}"

    @property
    def label(self) -> Bilingual:
        if self.action in ASIDES:
            return ASIDES[self.action].done
        opened = Bilingual("新建自评", "Assessment opened")
        return next((a.done for a in ARROWS if a.action == self.action), opened)
