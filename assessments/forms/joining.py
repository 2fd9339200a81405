"""Asking to join an enterprise, and answering."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from assessments.forms.organisations import role_choices
from assessments.models import Organisation
from assessments.workflow import Role

MESSAGE_MAX = 300


class JoinForm(forms.Form):
    """What the administrators are told beside name and address."""

    message = forms.CharField(
        label=_("申请说明"),
        required=False,
        max_length=MESSAGE_MAX,
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": MESSAGE_MAX}),
        help_text=_("写明您所在的部门和承担的工作，便于管理员核实，不超过 300 字。"),
    )


class ApprovalForm(forms.Form):
    """The role of the new member: the one that fills in, unless the administrator chooses another."""

    role = forms.ChoiceField(label=_("角色"), initial=Role.CONTRIBUTOR)

    def __init__(self, *args: Any, organisation: Organisation, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["role"].choices = role_choices(organisation)  # type: ignore[attr-defined]


class DeclineForm(forms.Form):
    """Why not; the applicant reads it."""

    reason = forms.CharField(
        label=_("拒绝理由"),
        max_length=MESSAGE_MAX,
        widget=forms.Textarea(attrs={"rows": 2, "maxlength": MESSAGE_MAX}),
        help_text=_("申请人可以看到，不超过 300 字。"),
        error_messages={"required": _("请填写拒绝理由。")},
    )
