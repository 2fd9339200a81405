"""The number of a certificate as people type it."""

from __future__ import annotations

import re
import unicodedata

from django import forms
from django.utils.translation import gettext_lazy as _

_DASHES = re.compile(r"[‐‑‒–—―−﹘﹣－ー_]")
_NUMBER = re.compile(r"[A-Z0-9]+(-[A-Z0-9]+)*")


def normalised(text: str) -> str:
    """Full-width to half-width, any dash to a hyphen, capitals, and no blanks: how numbers are stored."""
    half = _DASHES.sub("-", unicodedata.normalize("NFKC", text))
    return "".join(half.split()).upper()


class VerifyForm(forms.Form):
    """One box. ``cleaned_data["number"]`` is in stored form; whether it exists is for the page to say."""

    number = forms.CharField(
        label=_("证书编号"),
        max_length=60,
        help_text=_("印在证书上方，例如 DCMM-SH-2026-00042。大小写和全角、半角均可。"),
        error_messages={"required": _("请输入证书编号。"), "max_length": _("证书编号过长，请核对后重新输入。")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "characters"}),
    )

    def clean_number(self) -> str:
        number = normalised(self.cleaned_data["number"])
        if not _NUMBER.fullmatch(number):
            raise forms.ValidationError(_("证书编号由字母、数字和连字符组成，请核对后重新输入。"))
        return number
