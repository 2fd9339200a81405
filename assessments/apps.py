"""The one app of the platform."""

from pathlib import Path

from django.apps import AppConfig
from django.conf import settings


class AssessmentsConfig(AppConfig):
    name = "assessments"
    verbose_name = "DCMM"

    def ready(self) -> None:
        from assessments.standard import use_installation

        use_installation(Path(settings.EDITIONS_ROOT))
