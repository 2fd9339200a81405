"""``manage.py demo``: migrates, seeds when empty, serves as production would; ``--no-serve`` stops after seeding."""

from __future__ import annotations

import os
import socket
import sys
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from assessments.management.demo import cast
from assessments.management.demo.world import build, is_empty


class Command(BaseCommand):
    help = "Migrates, builds the demonstration world if the database is empty, prints the accounts, serves."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--no-serve", action="store_true", help="stop after seeding")
        parser.add_argument("--port", type=int, default=int(os.environ.get("PORT", "8000")))
        parser.add_argument("--seed", type=int, default=1)

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.ENVIRONMENT == "production":
            raise CommandError("The demonstration never runs in production (DCMM_ENV=production).")
        if not options["no_serve"]:
            self._check_port(options["port"])
        self._say("1/4 Preparing the database")
        call_command("migrate", verbosity=0)
        call_command("createcachetable", verbosity=0)
        self._say("2/4 Collecting static files")
        call_command("collectstatic", interactive=False, verbosity=0)
        if is_empty():
            self._say("3/4 Building the demonstration world")
            build(stage="all", seed=options["seed"], enterprises=None, tell=self._say)
        else:
            self._say("3/4 The database already holds data; it is kept as it is")
        self._accounts()
        if not options["no_serve"]:
            self._serve(options["port"])

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()

    def _accounts(self) -> None:
        self._say(f"Demonstration accounts (password for all: {cast.PASSWORD})")
        for email, purpose in cast.PURPOSES.items():
            self._say(f"  {email:<28} {purpose}")

    def _check_port(self, port: int) -> None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                raise CommandError(f"Port {port} is in use; choose another with PORT=8001 make demo.")

    def _serve(self, port: int) -> None:
        """Replaces this process by the application server, with debug off and hashed static files."""
        self._say(f"4/4 Serving http://127.0.0.1:{port} - stop with Ctrl+C")
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dcmm.settings")
        os.environ["DCMM_ENV"] = "local"
        os.environ.setdefault("DCMM_SITE_URL", f"http://127.0.0.1:{port}")
        arguments = ["--bind", f"127.0.0.1:{port}", "--workers", "2", "--threads", "4", "--timeout", "120"]
        os.execv(sys.executable, [sys.executable, "-m", "gunicorn", "dcmm.wsgi:application", *arguments])  # noqa: S606
