#!/usr/bin/env python
"""Django's command line, for a checkout: DCMM_ENV is ``local`` unless the environment says otherwise."""

import os
import sys

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dcmm.settings")
    # A configured secret key is the mark of an installation: then the strict default of the settings applies.
    if "DCMM_SECRET_KEY" not in os.environ:
        os.environ.setdefault("DCMM_ENV", "local")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)
