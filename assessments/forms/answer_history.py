"""Which version of an answer is to be put back."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

_STALE = dict.fromkeys(
    ("required", "invalid", "min_value", "max_value"), _("页面内容不完整，请刷新页面后重新选择要恢复的版本。")
)


class RestoreForm(forms.Form):
    """``restored`` is the version to put back, ``version`` the one that stood there when the page was made."""

    restored = forms.IntegerField(min_value=1, max_value=2**31 - 1, error_messages=_STALE)
    version = forms.IntegerField(min_value=1, max_value=2**31 - 1, error_messages=_STALE)
