"""``manage.py clean_uploads``: throws away uploads that nobody has continued (docs/operating.md)."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from assessments.actions import uploads


class Command(BaseCommand):
    help = "Throws away uploads left alone for DCMM_UPLOAD_HOURS, and pieces that belong to none."

    def handle(self, *args: Any, **options: Any) -> None:
        stale, strays = uploads.clean(at=timezone.now())
        self.stdout.write(f"uploads: {stale}, stray pieces: {strays}")
