"""The WSGI entry point; production unless DCMM_ENV says otherwise."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dcmm.settings")
application = get_wsgi_application()
