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
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from benchmarks.databases import DATABASES, NotThereError
from benchmarks.load import Floor, Site, Taken, UnexpectedAnswerError, side_by_side
from benchmarks.servers import ROOT, CannotServeError, listens, memory, serving

WARM_UP = 60
TARGETS = {"save": 2.0, "note": 2.0, "page": 2.5}
WORDS = {"save": "saving another verdict", "note": "saving another note", "page": "the item page"}


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
        [sys.executable, *arguments],
        cwd=ROOT,
        env=dict(within),
        input=given,
        capture_output=True,
        text=True,
        check=False,
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
            say(f"{database}: {size:,} {'assessment' if size == 1 else 'assessments'}")
            about = {"database": database, "assessments": size}
            found += [{**about, **entry} for entry in compare(within, folder, size, options)]
    return found


def compare(
    within: Mapping[str, str], folder: Path, size: int, options: argparse.Namespace
) -> Iterator[dict[str, Any]]:
    """The requests beside the floor, once the database has grown to a size."""
    seed = ["-m", "benchmarks.inside", "seed", str(size)]
    statements = json.loads(run(["-m", "benchmarks.inside", "statements"], within, run(seed, within)))
    targets = json.loads(run(seed, within))  # once more, for counting has saved answers
    with (
        serving("benchmarks.floor.wsgi", options.port, within, folder / "floor.log") as floor_pid,
        serving("dcmm.wsgi", options.port + 1, within, folder / "site.log") as site_pid,
    ):
        floor, site = Floor(options.port, floor_pid, targets), Site(options.port + 1, site_pid, targets)
        for name in TARGETS:
            side_by_side(floor, site, name, rounds=2, count=WARM_UP // 2)
            taken = side_by_side(floor, site, name, rounds=options.rounds, count=options.count)
            of_floor, of_site = figures(taken[0]), figures(taken[1])
            yield {
                "request": name,
                "floor": of_floor | {"memory": memory(floor_pid)},
                "site": of_site | {"memory": memory(site_pid)},
                "ratio": ratio(of_site, of_floor, "p50"),
                "processor_ratio": ratio(of_site, of_floor, "processor"),
                "statements": len(statements[name]),
            }


def figures(taken: Taken) -> dict[str, float]:
    requests = len(taken.milliseconds)
    return {
        "p50": round(statistics.median(taken.milliseconds), 2),
        "p95": round(statistics.quantiles(taken.milliseconds, n=20)[-1], 2),
        "processor": round(taken.processor / requests, 2),
        "requests": requests,
    }


def ratio(site: Mapping[str, float], floor: Mapping[str, float], figure: str) -> float:
    return round(site[figure] / floor[figure], 2) if floor[figure] else 0.0


def table(found: Sequence[Mapping[str, Any]]) -> str:
    """The figures for people, a line for each request and size."""
    lines = [
        f"{'':40}{'floor p50':>10}{'p95':>8}{'CPU':>7}{'site p50':>10}{'p95':>8}{'CPU':>7}"
        f"{'ratio':>8}{'of CPU':>8}{'at most':>9}{'statements':>12}"
    ]
    for entry in found:
        name = f"{entry['database']}, {WORDS[entry['request']]}, {entry['assessments']:,}"
        lines.append(
            f"{name:40}{columns(entry['floor'])}{columns(entry['site'])}{entry['ratio']:8.2f}"
            f"{entry['processor_ratio']:8.2f}{TARGETS[entry['request']]:9.1f}{entry['statements']:12}"
        )
    return "\n".join(
        [
            *lines,
            "",
            *growth(found),
            *memories(found),
            "Times are milliseconds; CPU is the processor time of the workers for each request.",
        ]
    )


def columns(side: Mapping[str, float]) -> str:
    return f"{side['p50']:10.2f}{side['p95']:8.2f}{side['processor']:7.2f}"


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
        f"{e['database']}, {e['assessments']:,}: MiB resident in each worker, floor {e['floor']['memory']},"
        f" site {e['site']['memory']}"
        for e in found
        if e["request"] == "page"
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
