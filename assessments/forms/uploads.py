"""Stopping uploads that are too large while they arrive, before they fill the disk."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.files.uploadhandler import FileUploadHandler, SkipFile

#: Name under which the request remembers files that were cut off.
TOO_LARGE = "too_large_uploads"


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
