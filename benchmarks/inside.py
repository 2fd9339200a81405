"""A step that uses the product itself, with the settings of a site: ``python -m benchmarks.inside seed 5000``."""

from __future__ import annotations

import importlib
import sys

import django

if __name__ == "__main__":
    django.setup()
    importlib.import_module(f"benchmarks.{sys.argv[1]}").main(*sys.argv[2:])
