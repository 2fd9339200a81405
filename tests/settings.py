"""The product's settings in the test environment: cheap passwords, plain static files, everything in memory or temp."""

import os
import tempfile

os.environ["DCMM_ENV"] = "test"
os.environ.setdefault("DCMM_VAR", tempfile.mkdtemp(prefix="dcmm-test-"))

from dcmm.settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
LOGGING_CONFIG = None

# WhiteNoise warns about a folder that is not there; tests serve no collected files.
STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # noqa: F405
