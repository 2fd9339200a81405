"""The ASGI entry point; production unless DCMM_ENV says otherwise."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dcmm.settings")
application = get_asgi_application()
