"""``manage.py score [FILE]``: scores one assessment given as JSON (scoring.md, "The command")."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from assessments.scoring import Result, ScoringError, ScoringInput, score

REQUIRED: dict[str, type] = {"edition": str, "verdicts": dict}
OPTIONAL: dict[str, type] = {"track": str, "scheme": str, "key_domains": list, "bonuses": int}


class Command(BaseCommand):
    help = "Scores one assessment: reads a JSON object from FILE or standard input, prints a JSON object."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", nargs="?", help="JSON file; standard input when left out")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            result = score(read_input(_read(options["file"])))
        except ScoringError as error:
            self.stderr.write(" ".join(str(error).split()))
            sys.exit(2)
        self.stdout.write(json.dumps(as_contract(result), ensure_ascii=False, indent=2))


def read_input(text: str) -> ScoringInput:
    """The checked input. Raises ``ScoringError`` with one line for anything that is not as the contract says."""
    data = _parse(text)
    if not isinstance(data, dict):
        raise ScoringError(f"expected a JSON object, not {type(data).__name__}")
    for key, kind in REQUIRED.items():
        if key not in data:
            raise ScoringError(f"missing key {key!r}, expected {kind.__name__}")
    for key, value in data.items():
        expected = REQUIRED.get(key) or OPTIONAL.get(key)
        if expected is None:
            raise ScoringError(f"unknown key {key!r}; expected only {', '.join([*REQUIRED, *OPTIONAL])}")
        if type(value) is not expected:
            raise ScoringError(f"{key} must be {expected.__name__}, not {json.dumps(value, ensure_ascii=False)[:80]}")
    for value in data.get("key_domains", []):
        if not isinstance(value, str):
            raise ScoringError(f"unknown key domain {value!r}; expected domain codes as strings")
    return ScoringInput.of(**data)


def as_contract(result: Result) -> dict[str, Any]:
    """The output object of the contract: decimals as strings with two places, or null."""
    plain = result.to_dict()
    return {
        **{k: plain[k] for k in ("edition", "scheme", "track")},
        "complete": result.complete,
        **{k: plain[k] for k in ("answered", "total", "base_score", "bonus", "score", "level")},
        "domains": {c: {"score": d["score"], "level": d["level"]} for c, d in plain["domains"].items()},
        "items": {c: {"score": i["score"], "level": i["level"]} for c, i in plain["items"].items()},
        "levels": {c: {str(n): value for n, value in enumerate(i["levels"], 1)} for c, i in plain["items"].items()},
    }


def _read(file: str | None) -> str:
    try:
        raw = Path(file).read_bytes() if file else sys.stdin.buffer.read()
        return raw.decode("utf-8-sig")
    except OSError as error:
        raise ScoringError(f"cannot read {file}: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise ScoringError(f"malformed JSON: not UTF-8 at byte {error.start}") from None


def _parse(text: str) -> Any:
    try:
        return json.loads(text, object_pairs_hook=_no_duplicates)
    except ScoringError:
        raise
    except (ValueError, RecursionError) as error:  # a number of over 4,300 digits is a plain ValueError
        raise ScoringError(f"malformed JSON: {error}") from None


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    seen: dict[str, Any] = {}
    for key, value in pairs:
        if key in seen:
            raise ScoringError(f"key {key!r} stands there twice")
        seen[key] = value
    return seen
