"""The library: filters of its list, describing a document, where in it to look, the next version."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from assessments.forms.organisations import LineField
from assessments.models import Assessment, Evidence, User
from assessments.models.evidence import CONFIDENTIALITY, POINTER_MAX
from assessments.permissions.rules import can_read_library
from assessments.queries.library import CASE_SHOW, LIBRARY_SHOW, SHOW, Wanted

WORDS_MAX = 60


def wanted_from(query: Any, case: Assessment) -> Wanted:
    """The filters as they stand in the address; what is no filter, or none of this reader's, counts as none."""
    shows = SHOW if can_read_library(case) else CASE_SHOW
    domain, show, level = query.get("domain", ""), query.get("show", ""), query.get("confidentiality", "")
    show = show if show in shows else ""
    in_case = show not in LIBRARY_SHOW
    return Wanted(
        domain=domain if in_case and domain in case.edition.domains_by_code else "",
        show=show,
        confidentiality=level if level in dict(CONFIDENTIALITY) else "",
        words=query.get("q", "").replace("\x00", "").strip()[:WORDS_MAX],
    )


class _PersonChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    """Members by name and address: two may have one name."""

    def label_from_instance(self, obj: User) -> str:
        return f"{obj.name}（{obj.email}）"


def _day(label: Any, help_text: Any) -> forms.DateField:
    return forms.DateField(
        label=label,
        help_text=help_text,
        required=False,
        input_formats=["%Y-%m-%d"],
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"invalid": _("请填写有效日期，例如 2026-01-31。")},
    )


class DescriptionForm(forms.Form):
    """What a document is called, whose it is, how confidential, in force from and until."""

    title = LineField(label=_("材料名称"), max_length=200, error_messages={"required": _("请填写材料名称。")})
    owner = _PersonChoice(
        User.objects.none(),
        label=_("责任人"),
        help_text=_("本企业成员，负责保持材料有效并及时更新版本。"),
        empty_label=None,
        error_messages={
            "required": _("请选择责任人。"),
            "invalid_choice": _("责任人应为本企业现有成员，请重新选择。"),
        },
    )
    confidentiality = forms.ChoiceField(
        label=_("密级"),
        choices=CONFIDENTIALITY,
        widget=forms.RadioSelect,
        help_text=_(
            "用于提示查阅人妥善保管。标为商业秘密的材料一经关联条款，即为评估证据，本案评估机构和报告签发后的发证审查员仍可查阅，每次查阅均有记录。"
        ),
        error_messages={"required": _("请选择密级。")},
    )
    effective_from = _day(_("生效日期"), _("制度、证书等文件本身的生效日期，不是上传日期；没有可不填。"))
    effective_until = _day(_("失效日期"), _("长期有效的可不填。到期前 60 天起提示更新。"))

    def __init__(self, *args: Any, document: Evidence, **kwargs: Any) -> None:
        names = ("title", "owner", "confidentiality", "effective_from", "effective_until")
        kwargs["initial"] = {name: getattr(document, name) for name in names}
        super().__init__(*args, **kwargs)
        members = Q(memberships__organisation=document.enterprise_id, memberships__is_active=True)
        people = User.objects.filter(members | Q(pk=document.owner_id)).distinct().order_by("name", "pk")
        self.fields["owner"].queryset = people  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        first, last = given.get("effective_from"), given.get("effective_until")
        if first and last and last < first:
            self.add_error("effective_until", ValidationError(_("失效日期不能早于生效日期。")))
        return given


class PointerForm(forms.Form):
    """Where in the file to look."""

    pointer = LineField(
        label=_("位置"),
        max_length=POINTER_MAX,
        required=False,
        error_messages={"max_length": _("位置说明不能超过 120 个字，请缩短后再保存。")},
    )
