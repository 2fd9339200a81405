"""A comment as it comes in; what it may say is decided by ``actions.discussions``."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from assessments.models import User
from assessments.models.questionnaire import COMMENT_MAX

#: The filters of the list by their name in the address.
SHOWN = [("", _("全部")), ("open", _("未解决")), ("resolved", _("已解决")), ("mine", _("提到我的"))]


class CommentForm(forms.Form):
    """``people`` may be mentioned; ``code`` keeps the fields of several discussions on one page apart."""

    text = forms.CharField(
        label=_("意见内容"),
        help_text=_("输入“@姓名”可提及同事，也可在下方勾选。讨论仅本企业成员可见，评估师不会看到。"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": COMMENT_MAX}),
    )
    mentioned = forms.ModelMultipleChoiceField(
        User.objects.none(),
        label=_("提及同事"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "invalid_choice": _("只能提及本企业的现有成员，请重新选择。"),
            "invalid_pk_value": _("只能提及本企业的现有成员，请重新选择。"),
        },
    )

    def __init__(self, *args: Any, people: QuerySet[User], code: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.auto_id = f"%s-{code}"
        self.fields["mentioned"].queryset = people  # type: ignore[attr-defined]


class DiscussionFilter(forms.Form):
    """What the list of discussions shows."""

    show = forms.ChoiceField(required=False, choices=SHOWN)
