"""Running numbers of cases and certificates, without gaps and without doubles."""

from __future__ import annotations

from django.db import models


class NumberSeries(models.Model):
    """The last number given out in a series such as ``case-2026``; its row is locked while the next is drawn."""

    name = models.CharField(max_length=40, primary_key=True)
    last = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.name}: {self.last}"
