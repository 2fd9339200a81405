"""The forms of the steps of a case: a table from action to what it asks for."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.core.validators import MinLengthValidator
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from assessments.actions.transitions import LEAD_STATEMENT, QUALITY_STATEMENT, pledge_of
from assessments.forms.assessments import in_words
from assessments.models import Assessment, Organisation
from assessments.queries.assessments import eligible_bodies
from assessments.queries.facts import Given
from assessments.standard import Bilingual

REASON_MIN, REASON_MAX, MINUTES_MAX = 5, 2000, 8000


def _reason(label: Any, help_text: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=help_text,
        max_length=REASON_MAX,
        validators=[MinLengthValidator(REASON_MIN, _("理由过短，请至少写 5 个字，说明原因和需要做什么。"))],
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("请填写理由。")},
    )


class StepForm(forms.Form):
    """A step that needs nothing but the decision itself. ``case`` and the day are given for forms that ask for more."""

    def __init__(self, *args: Any, case: Assessment, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.case, self.today = case, today

    def given(self) -> Given:
        """What the action is to know."""
        return Given(**self.cleaned_data)


class _StatementForm(StepForm):
    """A statement to be signed, shown in both languages as it is kept; the tick stands for the signature."""

    statement: Bilingual
    confirm = forms.BooleanField(label="", error_messages={"required": _("请阅读声明并勾选确认。")})

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["confirm"].label = format_html(
            '<span lang="zh-CN">{}</span><br><span lang="en">{}</span>', self.statement.zh, self.statement.en
        )

    def given(self) -> Given:
        return Given()


class FinaliseForm(_StatementForm):
    """提交自评 with the truth pledge."""

    def __init__(self, *args: Any, case: Assessment, **kwargs: Any) -> None:
        self.statement = pledge_of(case)
        super().__init__(*args, case=case, **kwargs)

    def given(self) -> Given:
        return Given(pledge=self.cleaned_data["confirm"])


class LeadSignatureForm(_StatementForm):
    """组长签字."""

    statement = LEAD_STATEMENT


class QualitySignatureForm(_StatementForm):
    """质量审核签发."""

    statement = QUALITY_STATEMENT


class BodyChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    """Bodies with what decides the choice."""

    def label_from_instance(self, obj: Organisation) -> str:
        profile = obj.body_profile
        return gettext("%(name)s（备案号 %(register)s，最高可评 %(level)s 级）") % {
            "name": in_words(obj.both_names),
            "register": profile.register_number,
            "level": profile.max_level,
        }


class ApplyForm(StepForm):
    """申请评估: which body."""

    body = BodyChoice(
        Organisation.objects.none(),
        label=_("评估机构"),
        empty_label=None,
        widget=forms.RadioSelect,
        help_text=_("仅列出资质有效、可评目标等级、与本企业没有利益冲突的机构。"),
        error_messages={
            "required": _("请选择评估机构。"),
            "invalid_choice": _("所选机构不能评估本项目，请从列表中重新选择。"),
        },
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["body"].queryset = eligible_bodies(self.case, self.today)  # type: ignore[attr-defined]


class AcceptForm(StepForm):
    """受理申请: contract and filing."""

    contract_number = forms.CharField(
        label=_("合同编号"), max_length=60, error_messages={"required": _("请填写合同编号。")}
    )
    filing_number = forms.CharField(
        label=_("备案编号"),
        max_length=60,
        help_text=_("评估合同在主管部门备案后取得的编号。"),
        error_messages={"required": _("请填写备案编号。")},
    )


class ReasonForm(StepForm):
    """A step that has to be justified to those it concerns."""

    reason = _reason(_("理由"), _("相关方将看到这里的内容，请写明原因和后续要求。"))


class ReturnForm(StepForm):
    """退回补正: the points to be put right."""

    reason = _reason(_("补正要求"), _("逐条列出需要补正的内容，每条一行；评估组将按此修改。"))


class PanelForm(StepForm):
    """The result of an expert panel."""

    panel_present = forms.IntegerField(label=_("到会专家人数"), min_value=1, max_value=99)
    panel_in_favour = forms.IntegerField(label=_("同意票数"), min_value=0, max_value=99)
    minutes = forms.CharField(
        label=_("评议纪要"),
        max_length=MINUTES_MAX,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("记录评议时间、专家名单、主要意见和结论。"),
        error_messages={"required": _("请填写评议纪要。")},
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        present, in_favour = cleaned.get("panel_present"), cleaned.get("panel_in_favour")
        if present is not None and in_favour is not None and in_favour > present:
            self.add_error("panel_in_favour", _("同意票数不能多于到会专家人数。"))
        return cleaned


class PanelReasonForm(PanelForm):
    """A panel that returns or rejects says why."""

    reason = _reason(_("理由"), _("相关方将看到这里的内容，请写明原因和后续要求。"))


FORMS: dict[str, type[StepForm]] = {
    "finalise": FinaliseForm,
    "apply": ApplyForm,
    "reopen": ReasonForm,
    "accept": AcceptForm,
    "decline": ReasonForm,
    "withdraw": ReasonForm,
    "sign_report": LeadSignatureForm,
    "sign_off": QualitySignatureForm,
    "send_back": ReturnForm,
    "return": ReturnForm,
    "reject": ReasonForm,
    "panel_pass": PanelForm,
    "panel_return": PanelReasonForm,
    "panel_reject": PanelReasonForm,
    "uphold_objection": ReasonForm,
    "admit_appeal": ReasonForm,
}


def form_for(action: str) -> type[StepForm]:
    """The form of a step; those without an entry ask for nothing but the decision."""
    return FORMS.get(action, StepForm)
