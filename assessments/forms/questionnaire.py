"""One answer as it comes in; what it may say is decided by ``actions.questionnaire``, so that every way in agrees."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

_INCOMPLETE = _("页面内容不完整，请刷新页面后重新填写。")
_STALE = dict.fromkeys(("required", "invalid", "min_value", "max_value"), _INCOMPLETE)


class AnswerForm(forms.Form):
    """``version`` is what the page was made from; ``over`` the newer one that the person chose to replace."""

    verdict = forms.CharField(required=False)
    reason = forms.CharField(required=False, strip=False)
    note = forms.CharField(required=False, strip=False)
    version = forms.IntegerField(min_value=0, max_value=2**31 - 1, error_messages=_STALE)
    over = forms.IntegerField(required=False, min_value=0, max_value=2**31 - 1, error_messages=_STALE)

    @property
    def answer(self) -> dict[str, Any]:
        """The arguments of ``actions.questionnaire.save`` that come from the person."""
        given = self.cleaned_data
        version = given["version"] if given["over"] is None else given["over"]
        return {"verdict": given["verdict"], "reason": given["reason"], "note": given["note"], "version": version}

    @property
    def problem(self) -> str:
        """The first thing wrong with a form that is not valid."""
        return next(str(message) for messages in self.errors.values() for message in messages)
