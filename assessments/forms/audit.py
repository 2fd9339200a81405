"""Filters of the audit trail."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from assessments.forms.certificates import bilingual_choices, day_filter
from assessments.forms.verify import normalised
from assessments.queries.audit import KINDS


class AuditFilter(forms.Form):
    """Filters that live in the address; a wrong value filters nothing and says so."""

    action = forms.ChoiceField(label=_("事项"), required=False)
    actor = forms.CharField(label=_("操作人姓名或邮箱"), max_length=120, required=False)
    case = forms.CharField(label=_("评估编号"), max_length=30, required=False)
    since = day_filter(_("日期自"))
    until = day_filter(_("日期至"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["action"].choices = bilingual_choices(KINDS.items(), _("全部事项"))  # type: ignore[attr-defined]

    def clean_case(self) -> str:
        return normalised(self.cleaned_data["case"])

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and since > until:
            self.add_error("until", _("结束日期早于开始日期，请重新选择。"))
        return cleaned
