"""Filters of the register, and the change of a certificate's status."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

from assessments.actions.certificates import STATUS_MOVES
from assessments.models import Certificate
from assessments.models.certificates import STATUSES
from assessments.models.registers import register_choices
from assessments.standard import LEVELS
from assessments.templatetags.platform import local

#: What an officer does to arrive at a status: button, and what follows from it.
CHANGES = {
    "suspended": (_("暂停证书"), _("公开查询立即显示“暂停”，暂停期间证书不能用于证明能力等级。查明情况后可以恢复。")),
    "revoked": (_("撤销证书"), _("公开查询立即显示“撤销”。撤销后不能恢复，企业须重新申请评估。")),
    "active": (_("恢复证书"), _("公开查询立即显示“有效”，有效期不变。")),
}


#: Nothing here happened before the platform, and no time zone can be put on the last day of the calendar.
_FIRST_DAY, _LAST_DAY = dt.date(2000, 1, 1), dt.date(2999, 12, 31)


def day_filter(label: Any) -> forms.DateField:
    """An optional day of a period to look in."""
    limits = [MinValueValidator(_FIRST_DAY), MaxValueValidator(_LAST_DAY)]
    return forms.DateField(
        label=label, required=False, validators=limits, widget=forms.DateInput(attrs={"type": "date"})
    )


def bilingual_choices(pairs: Any, every: Any) -> list[tuple[str, Any]]:
    """``every`` for no filter, then (code, Bilingual) pairs in the reader's language."""
    return [("", every), *((str(code), local(name)) for code, name in pairs)]


def level_choices() -> list[tuple[str, Any]]:
    return bilingual_choices(((level.number, level.name) for level in LEVELS), _("全部等级"))


class CertificateFilter(forms.Form):
    """Filters that live in the address; a wrong value filters nothing and says so."""

    q = forms.CharField(label=_("编号、企业名称或信用代码"), max_length=120, required=False)
    level = forms.ChoiceField(label=_("等级"), required=False)
    district = forms.ChoiceField(label=_("所在区"), required=False)
    year = forms.ChoiceField(label=_("发证年份"), required=False)
    status = forms.CharField(required=False, max_length=12, widget=forms.HiddenInput)

    def __init__(self, *args: Any, years: list[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["level"].choices = level_choices()  # type: ignore[attr-defined]
        self.fields["district"].choices = bilingual_choices(register_choices("district"), _("全部区"))  # type: ignore[attr-defined]
        self.fields["year"].choices = [("", _("全部年份")), *((str(y), str(y)) for y in years)]  # type: ignore[attr-defined]
        for field in self.fields.values():
            field.widget.attrs.setdefault("autocomplete", "off")

    def clean_status(self) -> str:
        status: str = self.cleaned_data["status"]
        return status if status in STATUSES else ""


class StatusChangeForm(forms.Form):
    """What to do with the certificate and why. ``seen`` is the status the officer decided on."""

    status = forms.ChoiceField(
        label=_("变更为"), widget=forms.RadioSelect, error_messages={"required": _("请选择要变更为的状态。")}
    )
    reason = forms.CharField(
        label=_("变更理由"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("理由将在公开查询页面显示，请写明事实和依据，不要写入个人信息和商业秘密。"),
        error_messages={"required": _("请填写变更理由。")},
    )
    seen = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, certificate: Certificate, today: dt.date, **kwargs: Any) -> None:
        now = certificate.status_on(today)
        kwargs["initial"] = {"seen": now}
        super().__init__(*args, **kwargs)
        self.moves = STATUS_MOVES.get(now, ())
        # A form sent from an older page may name a move that is gone by now: the action says why, not the field.
        offered = CHANGES if self.is_bound else self.moves
        self.fields["status"].choices = [(code, CHANGES[code][0]) for code in offered]  # type: ignore[attr-defined]

    @property
    def verb(self) -> Any:
        return CHANGES[self.cleaned_data["status"]][0]

    @property
    def consequence(self) -> Any:
        return CHANGES[self.cleaned_data["status"]][1]
