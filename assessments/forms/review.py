"""Rulings, reconciled verdicts, the words of the report."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from assessments.models.choices import VERDICT_CHOICES
from assessments.models.review import REMARK_MAX


def _text(label: Any, required_words: Any = None) -> forms.CharField:
    """A text of at most ``REMARK_MAX`` characters; the limit holds for what is kept, so line ends count once."""
    errors = {"max_length": _("文字超出 %(limit_value)d 字的上限，现有 %(show_value)d 字，请精简。")}
    if required_words:
        errors["required"] = required_words
    return forms.CharField(
        label=label,
        required=bool(required_words),
        max_length=REMARK_MAX,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages=errors,
    )


class _VerdictForm(forms.Form):
    """A verdict by the control of five; the version says which state of the record the reader has seen."""

    verdict = forms.ChoiceField(label=_("结论"), choices=VERDICT_CHOICES)
    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["verdict"].error_messages["required"] = _("请选择结论。")
        self.fields["verdict"].error_messages["invalid_choice"] = _("请从五种结论中选择一种。")


class RulingForm(_VerdictForm):
    """An assessor's own verdict with remark."""

    remark = _text(_("评审意见"))


class ReconcileForm(_VerdictForm):
    """The team's verdict; it always has its reason."""

    reason = _text(_("合议理由"), _("请填写合议理由。"))


class ConclusionForm(forms.Form):
    """Each text may be saved unfinished; the lead can sign once all three are written."""

    strengths = _text(_("主要优势"))
    weaknesses = _text(_("主要不足"))
    advice = _text(_("改进建议"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        helps = {
            "strengths": _("企业在哪些能力域、能力项上做得好，依据是什么。"),
            "weaknesses": _("与目标等级的差距集中在哪里，影响是什么。"),
            "advice": _("按先后次序列出可操作的改进措施，每条写明对应的能力项。"),
        }
        for name, words in helps.items():
            self.fields[name].help_text = words
            self.fields[name].widget.attrs["rows"] = 7
