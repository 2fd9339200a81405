"""``make bench``: the speed of saving an answer and of the item page, beside the bare framework, on both databases.

The figures are printed, never judged: the exit code says only whether the run came to its end.
"""

from __future__ import annotations

import argparse
import json
import os
import secrets
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from benchmarks.databases import DATABASES, NotThereError
from benchmarks.load import Floor, Site, UnexpectedAnswerError, side_by_side
from benchmarks.servers import ROOT, CannotServeError, listens, memory, serving

WARM_UP = 60
TARGETS = {"save": 2.0, "page": 2.5}
WORDS = {"save": "saving an answer", "page": "the item page"}


def environment(database: str, folder: Path) -> dict[str, str]:
    """What an installation sets, on files and a database of its own."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("DCMM_")}
    return {
        **kept,
        "DJANGO_SETTINGS_MODULE": "dcmm.settings",
        "DCMM_ENV": "production",
        "DCMM_SECRET_KEY": secrets.token_urlsafe(64),
        "DCMM_ALLOWED_HOSTS": "dcmm.example",
        "DCMM_SITE_URL": "https://dcmm.example",
        "DCMM_BEHIND_PROXY": "true",
        "DCMM_EMAIL_VERIFICATION": "optional",
        "DCMM_VAR": str(folder),
        "DATABASE_URL": database,
    }


def run(arguments: Sequence[str], within: Mapping[str, str], given: str = "") -> str:
    """The output of a step; its complaints are shown when it fails."""
    done = subprocess.run(  # noqa: S603
        [sys.executable, *arguments], cwd=ROOT, env=dict(within), input=given, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise CannotServeError(f"{' '.join(arguments)} failed:\n{done.stderr[-3000:]}")
    return done.stdout


def measure(database: str, options: argparse.Namespace) -> list[dict[str, Any]]:
    """One entry for each request and size. Raises :class:`NotThereError`."""
    found = []
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="dcmm-bench-")))
        within = environment(stack.enter_context(DATABASES[database](folder)), folder)
        say(f"{database}: preparing")
        for command in (["migrate"], ["createcachetable"], ["collectstatic", "--no-input"]):
            run(["manage.py", *command, "--verbosity=0"], within)
        for size in dict.fromkeys((1, options.size)):
            say(f"{database}: {size:,} assessments")
            targets = json.loads(run(["-m", "benchmarks.seed", str(size)], within))
            statements = json.loads(run(["-m", "benchmarks.statements"], within, json.dumps(targets)))
            targets = json.loads(run(["-m", "benchmarks.seed", str(size)], within))
            with ExitStack() as servers:
                floor_pid = servers.enter_context(
                    serving("benchmarks.floor.wsgi", options.port, within, folder / "floor.log")
                )
                site_pid = servers.enter_context(serving("dcmm.wsgi", options.port + 1, within, folder / "site.log"))
                floor, site = Floor(options.port, targets), Site(options.port + 1, targets)
                for name in ("save", "page"):
                    side_by_side(floor, site, name, rounds=2, count=WARM_UP // 2)
                    floor_ms, site_ms = side_by_side(floor, site, name, rounds=options.rounds, count=options.count)
                    found.append(
                        {
                            "database": database,
                            "assessments": size,
                            "request": name,
                            "floor": figures(floor_ms),
                            "site": figures(site_ms),
                            "ratio": round(statistics.median(site_ms) / statistics.median(floor_ms), 2),
                            "statements": len(statements[name]),
                        }
                    )
                found[-1]["memory"] = {"floor": memory(floor_pid), "site": memory(site_pid)}
    return found


def figures(taken: Sequence[float]) -> dict[str, float]:
    return {
        "p50": round(statistics.median(taken), 2),
        "p95": round(statistics.quantiles(taken, n=20)[-1], 2),
        "requests": len(taken),
    }


def table(found: Sequence[Mapping[str, Any]]) -> str:
    """The figures for people, a line for each request and size."""
    lines = [
        f"{'':40}{'floor p50':>10}{'p95':>8}{'site p50':>10}{'p95':>8}{'ratio':>8}{'at most':>9}{'statements':>12}"
    ]
    for entry in found:
        name = f"{entry['database']}, {WORDS[entry['request']]}, {entry['assessments']:,}"
        lines.append(
            f"{name:40}{entry['floor']['p50']:10.2f}{entry['floor']['p95']:8.2f}{entry['site']['p50']:10.2f}"
            f"{entry['site']['p95']:8.2f}{entry['ratio']:8.2f}{TARGETS[entry['request']]:9.1f}{entry['statements']:12}"
        )
    return "\n".join([*lines, "", *growth(found), *memories(found), "Times are milliseconds."])


def growth(found: Sequence[Mapping[str, Any]]) -> list[str]:
    """How much slower the site's median is with all assessments than with one."""
    lines = []
    for first in (e for e in found if e["assessments"] == 1):
        for last in found:
            same = all(last[key] == first[key] for key in ("database", "request"))
            if same and last["assessments"] > 1:
                by = last["site"]["p50"] / first["site"]["p50"]
                floor = last["floor"]["p50"] / first["floor"]["p50"]
                lines.append(
                    f"{first['database']}, {WORDS[first['request']]}: {by:.2f} times as long with"
                    f" {last['assessments']:,} assessments as with one (floor {floor:.2f})"
                )
    return lines


def memories(found: Sequence[Mapping[str, Any]]) -> list[str]:
    return [
        f"{e['database']}, {e['assessments']:,}: MiB resident in each worker, floor {e['memory']['floor']},"
        f" site {e['memory']['site']}"
        for e in found
        if "memory" in e
    ]


def say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


def read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--size", type=int, default=5000, help="how many assessments to grow to (5000)")
    parser.add_argument("--rounds", type=int, default=12, help="turns of floor and site (12)")
    parser.add_argument("--count", type=int, default=40, help="requests in a turn (40)")
    parser.add_argument("--port", type=int, default=8400, help="first of two ports to serve on (8400)")
    parser.add_argument("--database", choices=list(DATABASES), action="append", help="one alone; both when not given")
    parser.add_argument("--json", action="store_true", help="the figures as JSON")
    return parser.parse_args()


def main() -> None:
    options = read_options()
    if busy := [port for port in (options.port, options.port + 1) if listens(port)]:
        sys.exit(f"Something listens on port {busy[0]} already; stop it or choose another with --port.")
    found = []
    for database in options.database or DATABASES:
        try:
            found += measure(database, options)
        except NotThereError as problem:
            say(f"{database}: skipped, {problem}")
        except (CannotServeError, UnexpectedAnswerError) as problem:
            say(f"{database}: {problem}")
    print(json.dumps(found, indent=2) if options.json else table(found))


if __name__ == "__main__":
    main()
