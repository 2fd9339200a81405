"""As little as Django starts with, on the connection that the product's settings describe."""

from pathlib import Path

from dcmm.settings import DATABASES

__all__ = ["DATABASES"]

SECRET_KEY = "floor"  # noqa: S105
ALLOWED_HOSTS = ["*"]
INSTALLED_APPS = ["benchmarks.floor"]
MIDDLEWARE: list[str] = []
ROOT_URLCONF = "benchmarks.floor.urls"
TEMPLATES = [
    {"BACKEND": "django.template.backends.django.DjangoTemplates", "DIRS": [Path(__file__).parent / "templates"]}
]
USE_TZ = True
