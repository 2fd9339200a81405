"""Forming the team: who takes which part, and the declaration of each member."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from assessments.models import User
from assessments.models.review import TEAM_ROLES


class AssignmentForm(forms.Form):
    """A person of the body and a part; whether they may take it is for the action to say."""

    user = forms.ModelChoiceField(User.objects.none(), label=_("人员"), error_messages={
        "required": _("请选择人员。"),
        "invalid_choice": _("该人员不是本机构成员。"),
    })  # fmt: skip
    role = forms.ChoiceField(label=_("评估组职务"), choices=TEAM_ROLES, error_messages={"required": _("请选择职务。")})

    def __init__(self, *args: Any, body_id: int | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        members = User.objects.filter(memberships__organisation=body_id, memberships__is_active=True)
        self.fields["user"].queryset = members  # type: ignore[attr-defined]


class DeclarationForm(forms.Form):
    """The statement stands beside the box on the page."""

    declared = forms.BooleanField(
        label=_("本人已阅读上述声明，确认内容属实"), error_messages={"required": _("请阅读声明并勾选确认。")}
    )
