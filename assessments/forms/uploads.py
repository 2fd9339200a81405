"""Uploads on their way: announcing one that comes in pieces, and stopping those that are too large."""

from __future__ import annotations

import hashlib
from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.utils.translation import gettext_lazy as _

from assessments.forms.evidence import check_declared, clean_name

#: Name under which the request remembers files that were cut off.
TOO_LARGE = "too_large_uploads"


class UploadForm(forms.Form):
    """What a browser says of a file before it sends any of it; a file that would be refused is refused here."""

    name = forms.CharField(max_length=1000, strip=False)
    size = forms.IntegerField(min_value=0, max_value=2**53)
    #: when the file was last changed, as the browser says it: one of the things it is known by again
    modified = forms.IntegerField(required=False)
    evidence = forms.UUIDField(required=False)
    #: the file's name says which criteria it is for
    by_name = forms.BooleanField(required=False)

    default_error_messages = {"incomplete": _("上传请求不完整，请刷新页面后重新选择文件。")}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self.errors:
            self.errors.clear()  # no person typed these fields
            raise forms.ValidationError(self.default_error_messages["incomplete"])
        data["name"] = clean_name(data["name"])
        check_declared(data["name"], data["size"])
        return data

    @property
    def fingerprint(self) -> str:
        """By which the same file is known when it is chosen again."""
        data = self.cleaned_data
        return hashlib.sha256(f"{data['name']}|{data['size']}|{data['modified']}".encode()).hexdigest()

    @property
    def problem(self) -> str:
        return " ".join(str(message) for messages in self.errors.values() for message in messages)


class SizeLimitHandler(FileUploadHandler):
    """Drops a file once it passes ``EVIDENCE_MAX_BYTES`` and notes its name, so that the form can say so.

    Files of visitors are dropped at once: nothing takes them, but looking for the CSRF token reads any form to its end.
    """

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.seen = 0
        if self.request is not None and not self.request.user.is_authenticated:
            raise SkipFile

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        self.seen += len(raw_data)
        if self.seen > settings.EVIDENCE_MAX_BYTES:
            if self.request is not None:
                names = getattr(self.request, TOO_LARGE, [])
                setattr(self.request, TOO_LARGE, [*names, self.file_name or ""])
            raise SkipFile
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None
