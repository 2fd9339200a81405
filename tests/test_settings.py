"""Production refuses to start without what it needs and says which variable to set; debug never runs there."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
COMPLETE = {
    "DCMM_ENV": "production",
    "DCMM_SECRET_KEY": "k" * 64,
    "DCMM_ALLOWED_HOSTS": "dcmm.example",
    "DCMM_SITE_URL": "https://dcmm.example",
}
#: What each run leaves out or sets wrongly, and the variable that its refusal must name.
REFUSALS = {
    "no secret key": ({"DCMM_SECRET_KEY": None}, "DCMM_SECRET_KEY"),
    "empty secret key": ({"DCMM_SECRET_KEY": ""}, "DCMM_SECRET_KEY"),
    "no hosts": ({"DCMM_ALLOWED_HOSTS": None}, "DCMM_ALLOWED_HOSTS"),
    "no address": ({"DCMM_SITE_URL": None}, "DCMM_SITE_URL"),
    "address without encryption": ({"DCMM_SITE_URL": "http://dcmm.example"}, "DCMM_SITE_URL"),
    "debug": ({"DCMM_DEBUG": "true"}, "DCMM_DEBUG"),
    "unknown environment": ({"DCMM_ENV": "prod"}, "DCMM_ENV"),
    "nothing at all": (dict.fromkeys(COMPLETE), "DCMM_SECRET_KEY"),
}
#: One process for all: the settings are a module of their own each time.
_LOAD = """
import json, os, runpy, sys
cases = json.load(sys.stdin)
for environment in cases:
    for name in [n for n in os.environ if n.startswith("DCMM_")]:
        del os.environ[name]
    os.environ.update(environment)
    try:
        found = runpy.run_path("dcmm/settings.py")
        print(json.dumps(["started", {k: found[k] for k in ("DEBUG", "ALLOWED_HOSTS", "SESSION_COOKIE_SECURE")}]))
    except Exception as refused:
        print(json.dumps([type(refused).__name__, str(refused)]))
"""


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list]:
    """How starting ends by case: the name of the error and its words, or ``started``."""
    place = {"DCMM_VAR": str(tmp_path_factory.mktemp("var"))}
    cases = {"complete": dict(COMPLETE)} | {
        name: {k: v for k, v in (COMPLETE | change).items() if v is not None} for name, (change, _) in REFUSALS.items()
    }
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("DCMM_", "DJANGO_", "DATABASE_"))}
    done = subprocess.run(
        [sys.executable, "-c", _LOAD], cwd=ROOT, env=clean, capture_output=True, text=True, timeout=120, check=True,
        input=json.dumps([{**given, **place} for given in cases.values()]),
    )  # fmt: skip
    return dict(zip(cases, map(json.loads, done.stdout.splitlines()), strict=True))


@pytest.mark.parametrize("case", REFUSALS)
def test_refuses_and_names_the_variable(outcomes: dict[str, list], case: str) -> None:
    kind, words = outcomes[case]
    assert kind == "ImproperlyConfigured"
    assert REFUSALS[case][1] in words
    assert COMPLETE["DCMM_SECRET_KEY"] not in words


def test_starts_when_complete_with_debug_off_and_safe_cookies(outcomes: dict[str, list]) -> None:
    assert outcomes["complete"] == [
        "started",
        {"DEBUG": False, "ALLOWED_HOSTS": ["dcmm.example"], "SESSION_COOKIE_SECURE": True},
    ]
