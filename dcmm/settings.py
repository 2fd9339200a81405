"""One settings file; every value of an environment comes through a typed reader that fails with a sentence.

``DCMM_ENV`` chooses the environment: ``production`` (the default: refuses to start without its secrets), ``local``
(what ``manage.py`` sets when nothing else is: a SQLite file and a secret key of its own below ``var/``) or ``test``.
"""

from __future__ import annotations

import contextlib
import os
import secrets
from pathlib import Path

from csp.constants import NONCE, NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from environs import Env

BASE_DIR = Path(__file__).resolve().parent.parent
env = Env()

ENVIRONMENT = env.str("DCMM_ENV", "production")
if ENVIRONMENT not in ("production", "local", "test"):
    raise ImproperlyConfigured(f"DCMM_ENV must be production, local or test, not {ENVIRONMENT!r}.")
IS_PRODUCTION = ENVIRONMENT == "production"
DEBUG = env.bool("DCMM_DEBUG", False)
if DEBUG and IS_PRODUCTION:
    raise ImproperlyConfigured("DCMM_DEBUG must not be set in production; remove it or set DCMM_ENV=local.")

#: Everything the running site writes: database file, evidence, collected static files.
VAR_DIR = Path(env.str("DCMM_VAR", str(BASE_DIR / "var"))).resolve()


def _secret_key() -> str:
    if key := env.str("DCMM_SECRET_KEY", ""):
        return key
    if IS_PRODUCTION:
        raise ImproperlyConfigured("Set DCMM_SECRET_KEY to a long random value; production does not start without it.")
    file = VAR_DIR / "secret.key"
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        mine = file.with_name(f"secret.{os.getpid()}.new")
        mine.touch(mode=0o600)
        mine.write_text(secrets.token_urlsafe(64))
        # Several processes may start at once: the first to name the file wins, and none reads it half written.
        with contextlib.suppress(FileExistsError):
            os.link(mine, file)
        mine.unlink()
    return file.read_text()


SECRET_KEY = _secret_key()
ALLOWED_HOSTS = env.list(
    "DCMM_ALLOWED_HOSTS", [] if IS_PRODUCTION else ["127.0.0.1", "localhost", "[::1]", "testserver"]
)
if IS_PRODUCTION and not ALLOWED_HOSTS:
    raise ImproperlyConfigured("Set DCMM_ALLOWED_HOSTS to the host names of the site, separated by commas.")
CSRF_TRUSTED_ORIGINS: list[str] = env.list("DCMM_TRUSTED_ORIGINS", [])
#: Where the site is reached from outside; printed in QR codes and letters.
SITE_URL = env.str("DCMM_SITE_URL", "" if IS_PRODUCTION else "http://127.0.0.1:8000").rstrip("/")
if IS_PRODUCTION and not SITE_URL.startswith("https://"):
    raise ImproperlyConfigured("Set DCMM_SITE_URL to the public https:// address of the site; certificates print it.")

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "crispy_forms",
    "crispy_bootstrap5",
    "django_htmx",
    "js_lib_bootstrap5",
    "csp",
    "assessments.apps.AssessmentsConfig",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "assessments.views.middleware.RequestMiddleware",
]

ROOT_URLCONF = "dcmm.urls"
WSGI_APPLICATION = "dcmm.wsgi.application"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "assessments.views.shell.shell",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "assessments.templatetags.platform",
            ],
        },
    }
]

# --- data ---------------------------------------------------------------------------------------------------------

DATABASES = {"default": env.dj_db_url("DATABASE_URL", f"sqlite:///{VAR_DIR / 'dcmm.sqlite3'}")}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    VAR_DIR.mkdir(parents=True, exist_ok=True)
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
    }
else:
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
# For SQLite too: whoever closes its last connection writes the whole log back, which takes longer than a save.
DATABASES["default"]["CONN_MAX_AGE"] = env.int("DCMM_DB_CONN_MAX_AGE", 60)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Rate limits count in the cache, so it must be one for all workers: Redis when set, else the database.
REDIS_URL = env.str("REDIS_URL", "")
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}
    if REDIS_URL
    else {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache",
        # Django's 300 would let anyone push out the count of failed log-ins by filling the table with other addresses.
        "OPTIONS": {"MAX_ENTRIES": 200_000},
    }
}

MEDIA_ROOT = VAR_DIR / "files"
STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
if DEBUG:
    STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
#: What the installation adds to the standard: licensed text, further editions, errata, schemes. Keep it over upgrades.
EDITIONS_ROOT = Path(env.str("DCMM_EDITIONS_DIR", str(VAR_DIR / "editions"))).resolve()
#: Largest evidence file in bytes; larger ones are refused before they are kept.
EVIDENCE_MAX_BYTES = env.int("DCMM_EVIDENCE_MAX_MB", 200) * 1024 * 1024
#: Bytes of evidence an enterprise may keep, all versions together.
EVIDENCE_QUOTA_BYTES = env.int("DCMM_EVIDENCE_QUOTA_MB", 5120) * 1024 * 1024
#: Where the pieces of large uploads wait until the file is whole, and after how many idle hours they are thrown away.
UPLOADS_DIR = VAR_DIR / "uploads"
UPLOAD_HOURS = env.int("DCMM_UPLOAD_HOURS", 72)
#: Largest piece of an upload; one is held in memory at a time.
UPLOAD_PIECE_BYTES = 4 * 1024 * 1024
#: Address of a clamd that scans every upload: ``host:port`` or the path of a socket; empty scans nothing.
CLAMD_ADDRESS = env.str("DCMM_CLAMD", "")
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_HANDLERS = [
    "assessments.forms.uploads.SizeLimitHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
#: Calendar days of a public notice (domain.md 4.2: one week).
NOTICE_DAYS = env.int("DCMM_NOTICE_DAYS", 7)
#: Years a certificate is valid (domain.md 4.2).
CERTIFICATE_YEARS = env.int("DCMM_CERTIFICATE_YEARS", 3)
#: Years for which former employment or coaching blocks a person from a case (workflow.md; the figure is ours).
CONFLICT_YEARS = env.int("DCMM_CONFLICT_YEARS", 3)

# --- accounts -----------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "assessments.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_SIGNUP_FORM_CLASS = "assessments.forms.accounts.SignupForm"
ACCOUNT_FORMS = {
    "login": "assessments.forms.entrance.LoginForm",
    "signup": "assessments.forms.entrance.RegistrationForm",
    "add_email": "assessments.forms.entrance.AddressForm",
    "reset_password": "assessments.forms.entrance.ForgottenForm",
    "change_password": "assessments.forms.entrance.ChangePasswordForm",
    "reset_password_from_key": "assessments.forms.entrance.NewPasswordForm",
}
ACCOUNT_EMAIL_VERIFICATION = env.str("DCMM_EMAIL_VERIFICATION", "mandatory" if IS_PRODUCTION else "optional")
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_SESSION_REMEMBER = False
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_LOGOUT_REDIRECT_URL = "home"
# Names every EMAIL_* setting; letters go to the log until a mail server is set.
globals().update({k: v for k, v in env.dj_email_url("EMAIL_URL", "console:").items() if k.isupper()})
DEFAULT_FROM_EMAIL = env.str("DCMM_MAIL_FROM", "dcmm@localhost")

# --- language -----------------------------------------------------------------------------------------------------

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "dcmm" / "locale"]
LANGUAGE_COOKIE_NAME = "language"
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
FORMAT_MODULE_PATH = ["dcmm.formats"]

# --- look ---------------------------------------------------------------------------------------------------------

CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"

# --- safety -------------------------------------------------------------------------------------------------------

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_AGE = env.int("DCMM_SESSION_HOURS", 12) * 3600
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = False
CSRF_FAILURE_VIEW = "assessments.views.errors.csrf_failure"
if IS_PRODUCTION:
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = True
    SECURE_SSL_REDIRECT = env.bool("DCMM_SSL_REDIRECT", True)
    SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
    SECURE_HSTS_SECONDS = env.int("DCMM_HSTS_SECONDS", 31536000)
    SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = True
    if env.bool("DCMM_BEHIND_PROXY", False):
        SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
        # Limits on log-ins count by the visitor's address, not by the proxy's, which all visitors share.
        ALLAUTH_TRUSTED_PROXY_COUNT = 1

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.str("DCMM_LOG_LEVEL", "INFO")},
    "loggers": {"fontTools": {"level": "ERROR"}},
}
