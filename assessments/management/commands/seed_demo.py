"""``manage.py seed_demo --stage STAGE --seed N [--enterprises N]``: a repeatable demonstration world."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from assessments.management.demo.world import STAGES, build


class Command(BaseCommand):
    help = "Builds a repeatable demonstration world at a stage of the workflow; run again, it adds to it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--stage", default="all", choices=[str(s) for s in STAGES])
        parser.add_argument("--seed", type=int, default=1, help="same seed, same world (default 1)")
        parser.add_argument("--enterprises", type=int, help="how many (default: the cast of the stage)")

    def handle(self, *args: Any, **options: Any) -> None:
        build(
            stage=options["stage"],
            seed=options["seed"],
            enterprises=options["enterprises"],
            tell=lambda line: self.stdout.write(line),
        )
