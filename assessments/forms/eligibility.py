"""Stating eligibility: one field a fact, made from the data; offering a kept file; waivers asked for and decided."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinLengthValidator, MinValueValidator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from assessments.eligibility import Fact, Slot, Value
from assessments.eligibility.facts import DATE, MOST, YES_NO
from assessments.forms.assessments import in_words
from assessments.models import EvidenceFile
from assessments.models.eligibility import GRANTED, REFUSED, WAIVER_TEXT_MAX

_TEXT_MIN = 10
_FIRST_DAY = dt.date(1900, 1, 1)
#: How many of the enterprise's latest files are offered for choosing again.
FILES_OFFERED = 200


class FactsForm(forms.Form):
    """The facts asked for at a level and track. Nothing is required: what is left empty counts as not stated."""

    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        *args: Any,
        facts: Iterable[Fact],
        stated: Mapping[str, Value],
        seen: dt.datetime | None,
        today: dt.date,
        **kwargs: Any,
    ) -> None:
        initial = {code: _shown(value) for code, value in stated.items()}
        initial["seen"] = seen.isoformat() if seen else ""
        kwargs["initial"] = initial
        super().__init__(*args, **kwargs)
        self.facts = tuple(facts)
        for fact in self.facts:
            self.fields[fact.code] = _field(fact, today)

    def clean_seen(self) -> dt.datetime | None:
        """When that was stated which the form showed; what names no moment counts as having seen nothing."""
        try:
            seen = dt.datetime.fromisoformat(self.cleaned_data["seen"])
        except ValueError:
            return None
        return seen if seen.tzinfo else None

    def show_anew(self, seen: dt.datetime) -> None:
        """What is filled in stays; sent again, it was compared with what was stated at this moment."""
        self.data = {**self.data.dict(), self.add_prefix("seen"): seen.isoformat()}  # type: ignore[attr-defined]

    def values(self) -> dict[str, Value | None]:
        """What was filled in, by fact."""
        return {fact.code: self.cleaned_data[fact.code] for fact in self.facts}


def _field(fact: Fact, today: dt.date) -> forms.Field:
    words: dict[str, Any] = {"label": in_words(fact.label), "help_text": in_words(fact.help), "required": False}
    if fact.kind == YES_NO:
        return forms.TypedChoiceField(
            **words,
            choices=[("yes", gettext("是")), ("no", gettext("否"))],
            coerce=lambda word: word == "yes",
            empty_value=None,
            widget=forms.RadioSelect,
        )
    if fact.kind == DATE:
        limits = [MinValueValidator(_FIRST_DAY), MaxValueValidator(today, gettext("日期不能晚于今天。"))]
        calendar = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
        return forms.DateField(**words, input_formats=["%Y-%m-%d"], widget=calendar, validators=limits)
    assert fact.unit is not None
    words["label"] = gettext("%(fact)s（%(unit)s）") % {"fact": words["label"], "unit": in_words(fact.unit.name)}
    step = str(Decimal(1).scaleb(-fact.places))
    widget = forms.NumberInput(attrs={"inputmode": "decimal" if fact.places else "numeric", "step": step, "min": "0"})
    return forms.DecimalField(**words, min_value=0, max_value=MOST, decimal_places=fact.places, widget=widget)


def _shown(value: Value) -> object:
    """A value as its field shows it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value.normalize():f}" if isinstance(value, Decimal) else value


class _FileChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    """Files of the enterprise by name and day."""

    def label_from_instance(self, obj: EvidenceFile) -> str:
        return f"{obj.name} · {obj.uploaded_at:%Y-%m-%d}"


class KeptFileForm(forms.Form):
    """A file uploaded before, and the slot in which it is offered."""

    slot = forms.ChoiceField(label=_("证明材料类别"), error_messages={"required": _("请选择证明材料类别。")})
    file = _FileChoice(
        EvidenceFile.objects.none(),
        label=_("已上传的文件"),
        empty_label=_("请选择"),
        error_messages={
            "required": _("请选择文件。"),
            "invalid_choice": _("所选文件不在本企业的证明材料中，请重新选择。"),
        },
    )

    def __init__(self, *args: Any, slots: Iterable[Slot], files: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["slot"].choices = [("", _("请选择")), *((s.code, in_words(s.label)) for s in slots)]  # type: ignore[attr-defined]
        # A bound form looks the file up among all of them; a list to choose from has an end.
        self.fields["file"].queryset = files if self.is_bound else files[:FILES_OFFERED]  # type: ignore[attr-defined]


def _reason(label: Any, help_text: Any, missing: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=help_text,
        max_length=WAIVER_TEXT_MAX,
        validators=[MinLengthValidator(_TEXT_MIN, _("理由过短，请至少写 10 个字，写明事实和依据。"))],
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": missing},
    )


class WaiverRequestForm(forms.Form):
    """Why the office should let the case through."""

    request = _reason(
        _("申请理由"),
        _("逐项说明未满足的原因，以及能够说明企业数据管理能力的事实和依据。评估工作部将看到填报内容和证明材料。"),
        _("请填写申请理由。"),
    )


class WaiverDecisionForm(forms.Form):
    """Grant or refuse, with the reason that the enterprise reads."""

    decision = forms.ChoiceField(
        label=_("审批结果"),
        choices=[(GRANTED, _("准予豁免")), (REFUSED, _("不予豁免"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("请选择准予或不予豁免。")},
    )
    reason = _reason(_("审批理由"), _("企业和评估机构将看到理由，请写明事实和依据。"), _("请填写审批理由。"))

    def __init__(self, *args: Any, may_grant: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_grant:
            self.fields["decision"].choices = [(REFUSED, _("不予豁免"))]  # type: ignore[attr-defined]
