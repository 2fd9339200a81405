"""Filters of the documents, and the choice of several reports at once."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from assessments.forms.assessments import OrganisationChoice
from assessments.forms.certificates import bilingual_choices, day_filter, level_choices
from assessments.models.registers import register_choices
from assessments.queries.documents import bodies_with_cases
from assessments.workflow import STATES, StateCode

#: How many evaluation reports go into one archive.
MOST_AT_ONCE = 20
_PRIVATE = (StateCode.DRAFT, StateCode.FINALISED, StateCode.ARCHIVED)


class DocumentFilter(forms.Form):
    """Filters that live in the address; a wrong value filters nothing and says so."""

    q = forms.CharField(label=_("编号、企业名称或信用代码"), max_length=120, required=False)
    state = forms.ChoiceField(label=_("状态"), required=False)
    level = forms.ChoiceField(label=_("评估等级"), required=False)
    district = forms.ChoiceField(label=_("所在区"), required=False)
    body = OrganisationChoice(label=_("评估机构"), queryset=None, required=False, empty_label=_("全部机构"))
    since = day_filter(_("申请日期自"))
    until = day_filter(_("申请日期至"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        states = ((s.code, s.label) for s in STATES.values() if s.code not in _PRIVATE)
        self.fields["state"].choices = bilingual_choices(states, _("全部状态"))  # type: ignore[attr-defined]
        self.fields["level"].choices = level_choices()  # type: ignore[attr-defined]
        self.fields["district"].choices = bilingual_choices(register_choices("district"), _("全部区"))  # type: ignore[attr-defined]
        self.fields["body"].queryset = bodies_with_cases()  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and since > until:
            self.add_error("until", _("结束日期早于开始日期，请重新选择。"))
        return cleaned


class BulkForm(forms.Form):
    """Numbers of the cases whose evaluation reports are wanted; ``cleaned_data["case"]`` holds each once."""

    def clean(self) -> dict[str, Any]:
        numbers = list(dict.fromkeys(n for n in self.data.getlist("case") if n.isprintable()))  # type: ignore[attr-defined]
        if not numbers:
            raise forms.ValidationError(_("请先勾选要下载评估报告的项目。"))
        if len(numbers) > MOST_AT_ONCE:
            too_many = _("一次最多下载 %(most)s 份评估报告，请减少勾选的项目。")
            raise forms.ValidationError(too_many, params={"most": MOST_AT_ONCE})
        return {"case": numbers}
