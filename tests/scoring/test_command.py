"""``manage.py score``: scripts of others depend on every key, on the exit status and on a silent standard output."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from assessments.management.commands.score import Command
from assessments.standard import get_edition
from tests.scoring.pictures import REAL

ROOT = Path(__file__).resolve().parents[2]
DOMAINS = ["6", "7", "8", "9", "10", "11", "12", "13"]
KEYS = ["6", "8", "9", "10", "13"]

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs the command in this process: exit status, standard output, standard error."""

    def run(stdin: str | bytes = b"", *arguments: str) -> tuple[int, str, str]:
        raw = stdin.encode() if isinstance(stdin, str) else stdin
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(raw), encoding="utf-8"))
        status = 0
        try:
            call_command(Command(), *arguments)
        except SystemExit as stop:
            status = int(stop.code or 0)
        out, err = capsys.readouterr()
        return status, out, err

    return run


def _json(**change: Any) -> str:
    return json.dumps({"edition": REAL, "verdicts": {}, **change}, ensure_ascii=False)


def _scored(run: Run, **change: Any) -> dict[str, Any]:
    status, out, err = run(_json(**change))
    assert (status, err) == (0, "")
    printed: dict[str, Any] = json.loads(out)
    return printed


# --- what it prints ------------------------------------------------------------------------------------------------


def test_output_keys_are_exactly_those_of_the_contract(run: Run) -> None:
    printed = _scored(run)
    assert set(printed) == {
        *("edition", "scheme", "track", "complete", "answered", "total", "base_score", "bonus", "score", "level"),
        *("domains", "items", "levels"),
    }
    edition = get_edition(REAL)
    assert list(printed["domains"]) == DOMAINS
    assert list(printed["items"]) == list(printed["levels"]) == list(edition.items)
    assert {tuple(d) for d in printed["domains"].values()} == {("score", "level")}
    assert {tuple(i) for i in printed["items"].values()} == {("score", "level")}
    assert {tuple(v) for v in printed["levels"].values()} == {("1", "2", "3", "4", "5")}


def test_types_and_two_decimals(run: Run) -> None:
    printed = _scored(run, verdicts={"6.1-L2-01": "partially", "6.1-L1-01": "full", "6.1-L1-02": "full"}, bonuses=2)
    assert [type(printed[k]) for k in ("complete", "answered", "total", "level")] == [bool, int, int, int]
    figures = [printed[k] for k in ("base_score", "bonus", "score")]
    for code in printed["items"]:
        figures += [printed["items"][code]["score"], *printed["levels"][code].values()]
    figures += [d["score"] for d in printed["domains"].values()]
    assert [f for f in figures if not (isinstance(f, str) and re.fullmatch(r"[0-5]\.\d\d", f))] == []


def test_a_result_worked_out_by_hand(run: Run) -> None:
    """6.1 has 2 criteria at level 1 and 4 at level 2. Level 1: 1.00; level 2: 0.50 / 4 = 0.125 -> 0.13.

    Item 1.13; domain 1.13 / 3 = 0.3767 -> 0.38; base 0.38 / 8 = 0.0475 -> 0.05; with the bonus 0.07.
    """
    verdicts = {"6.1-L1-01": "full", "6.1-L1-02": "full", "6.1-L2-01": "partially"}
    printed = _scored(run, verdicts=verdicts, bonuses=2)
    head = {k: v for k, v in printed.items() if k not in ("domains", "items", "levels")}
    assert head == {
        "edition": "gbt36073-2018",
        "scheme": "practice-2023",
        "track": "owner",
        "complete": False,
        "answered": 3,
        "total": 445,
        "base_score": "0.05",
        "bonus": "0.02",
        "score": "0.07",
        "level": 0,
    }
    assert printed["levels"]["6.1"] == {"1": "1.00", "2": "0.13", "3": "0.00", "4": "0.00", "5": "0.00"}
    assert printed["items"]["6.1"] == {"score": "1.13", "level": 1}
    assert printed["items"]["6.2"] == {"score": "0.00", "level": 0}
    assert printed["domains"]["6"] == {"score": "0.38", "level": 0}


def test_everything_full(run: Run) -> None:
    printed = _scored(run, verdicts=dict.fromkeys(get_edition(REAL).criteria, "full"), bonuses=7)
    assert (printed["complete"], printed["answered"], printed["total"]) == (True, 445, 445)
    assert (printed["base_score"], printed["bonus"], printed["score"], printed["level"]) == ("5.00", "0.03", "5.00", 5)


def test_provider(run: Run) -> None:
    """Domain 13 is a key domain: 5.00 x 0.158 = 0.79; a bonus is for owners only."""
    verdicts = {c.code: "full" for c in get_edition(REAL).criteria.values() if c.domain_code == "13"}
    printed = _scored(run, verdicts=verdicts, track="provider", key_domains=KEYS, bonuses=3)
    assert (printed["track"], printed["base_score"], printed["bonus"], printed["score"]) == (
        "provider",
        "0.79",
        "0.00",
        "0.79",
    )


def test_null_where_something_takes_no_part(run: Run) -> None:
    codes = get_edition(REAL).criteria
    part = _scored(run, verdicts={c: "not_applicable" for c in codes if c.startswith(("6.", "7.1-L2"))})
    assert part["domains"]["6"] == part["items"]["6.3"] == {"score": None, "level": None}
    assert part["levels"]["6.3"] == dict.fromkeys("12345")
    assert part["levels"]["7.1"] == {"1": "0.00", "2": None, "3": "0.00", "4": "0.00", "5": "0.00"}
    assert part["domains"]["7"] == {"score": "0.00", "level": 0}
    nothing = _scored(run, verdicts=dict.fromkeys(codes, "not_applicable"))
    assert (nothing["base_score"], nothing["score"], nothing["level"], nothing["complete"]) == (None, None, None, True)


def test_defaults_may_be_spelled_out(run: Run) -> None:
    spelled = _scored(run, track="owner", scheme="practice-2023", key_domains=[], bonuses=0)
    assert spelled == _scored(run)


def test_file_and_standard_input_give_the_same(run: Run, tmp_path: Path) -> None:
    text = _json(verdicts={"6.1-L1-01": "largely"}, bonuses=1)
    file = tmp_path / "评估 1.json"
    file.write_text(text, encoding="utf-8")
    assert run(b"not read", str(file)) == run(text)
    assert run(text)[0] == 0


def test_byte_order_mark_is_no_obstacle(run: Run) -> None:
    """Editors on Windows write one."""
    assert run(b"\xef\xbb\xbf" + _json().encode()) == run(_json())


# --- what it refuses -----------------------------------------------------------------------------------------------

GOOD = '"edition": "gbt36073-2018", "verdicts": {}'

REFUSED: dict[str, tuple[str | bytes, str]] = {
    "unknown edition": (_json(edition="gbt36073-2019"), "gbt36073-2019"),
    "edition in Chinese": (_json(edition="国标"), "国标"),
    "empty edition": (_json(edition=""), "''"),
    "unknown criterion": (_json(verdicts={"6.1-L6-01": "full"}), "6.1-L6-01"),
    "criterion of no edition": (_json(verdicts={"6.1-L1-01": "full", "total": "full"}), "total"),
    "criterion in other case": (_json(verdicts={"6.1-l1-01": "full"}), "6.1-l1-01"),
    "unknown verdict": (_json(verdicts={"6.1-L1-01": "mostly"}), "mostly"),
    "verdict in capitals": (_json(verdicts={"6.1-L1-01": "Full"}), "Full"),
    "empty verdict": (_json(verdicts={"6.1-L1-01": ""}), "''"),
    "verdict null": (_json(verdicts={"6.1-L1-01": None}), "6.1-L1-01"),
    "verdict number": (_json(verdicts={"6.1-L1-01": 0.7}), "0.7"),
    "verdict list": (_json(verdicts={"6.1-L1-01": ["full"]}), "['full']"),
    "verdict object": (_json(verdicts={"6.1-L1-01": {"v": "full"}}), "{'v': 'full'}"),
    "unknown track": (_json(track="vendor"), "vendor"),
    "track in capitals": (_json(track="OWNER"), "OWNER"),
    "empty track": (_json(track=""), "''"),
    "unknown scheme": (_json(scheme="practice-1999"), "practice-1999"),
    "empty scheme": (_json(scheme=""), "''"),
    "no key domains": (_json(track="provider"), "key_domains"),
    "four key domains": (_json(track="provider", key_domains=KEYS[:4]), "['6', '8', '9', '10']"),
    "six key domains": (_json(track="provider", key_domains=[*KEYS, "7"]), "'7'"),
    "key domain twice": (_json(track="provider", key_domains=[*KEYS[:4], "6"]), "['6', '8', '9', '10', '6']"),
    "five distinct of six": (_json(track="provider", key_domains=[*KEYS, "6"]), "['6', '8', '9', '10', '13', '6']"),
    "unknown key domain": (_json(track="provider", key_domains=[*KEYS[:4], "14"]), "14"),
    "item as key domain": (_json(track="provider", key_domains=[*KEYS[:4], "7.1"]), "7.1"),
    "key domain number": (_json(track="provider", key_domains=[*KEYS[:4], 13]), "13"),
    "key domain list": (_json(track="provider", key_domains=[*KEYS[:4], ["13"]]), "['13']"),
    "key domains of an owner": (_json(key_domains=KEYS), "key_domains"),
    "negative bonus": (_json(bonuses=-1), "-1"),
    "bonus with a fraction": (_json(bonuses=1.5), "1.5"),
    "bonus whole but not integer": (f'{{{GOOD}, "bonuses": 1.0}}', "1.0"),
    "bonus with exponent": (f'{{{GOOD}, "bonuses": 1e0}}', "1.0"),
    "bonus text": (_json(bonuses="2"), '"2"'),
    "bonus true": (_json(bonuses=True), "true"),
    "bonus null": (_json(bonuses=None), "null"),
    "bonus not a number": (f'{{{GOOD}, "bonuses": NaN}}', "NaN"),
    "bonus longer than numbers may be": (f'{{{GOOD}, "bonuses": {"9" * 5000}}}', "5000 digits"),
    "missing edition": ('{"verdicts": {}}', "edition"),
    "missing verdicts": ('{"edition": "gbt36073-2018"}', "verdicts"),
    "nothing in the object": ("{}", "edition"),
    "unknown key": (_json(bonus=1), "'bonus'"),
    "key in capitals": (_json(Track="owner"), "'Track'"),
    "edition number": (_json(edition=2018), "2018"),
    "edition null": (_json(edition=None), "null"),
    "edition list": (_json(edition=[REAL]), REAL),
    "verdicts list": (_json(verdicts=[["6.1-L1-01", "full"]]), "6.1-L1-01"),
    "verdicts null": (_json(verdicts=None), "null"),
    "verdicts text": (_json(verdicts="full"), '"full"'),
    "track null": (_json(track=None), "null"),
    "track list": (_json(track=["owner"]), "owner"),
    "scheme number": (_json(scheme=1), "scheme must be str, not 1"),
    "scheme null": (_json(scheme=None), "null"),
    "key domains text": (_json(track="provider", key_domains="6,8,9,10,13"), "6,8,9,10,13"),
    "key domains object": (_json(track="provider", key_domains=dict.fromkeys(KEYS, 1)), "key_domains"),
    "key twice": (f'{{{GOOD}, "edition": "gbt36073-2018"}}', "'edition'"),
    "criterion twice": (
        '{"edition": "gbt36073-2018", "verdicts": {"6.1-L1-01": "full", "6.1-L1-01": "none"}}',
        "6.1-L1-01",
    ),
    "empty input": ("", "malformed JSON"),
    "blank input": (" \n\n", "malformed JSON"),
    "not JSON": ("edition: gbt36073-2018", "malformed JSON"),
    "single quotes": (f"{{{GOOD}}}".replace('"', "'"), "malformed JSON"),
    "cut off": (f"{{{GOOD}", "malformed JSON"),
    "comma at the end": (f"{{{GOOD},}}", "malformed JSON"),
    "two objects": (f"{{{GOOD}}} {{{GOOD}}}", "malformed JSON"),
    "line break in text": ('{"edition": "gbt\n36073"}', "malformed JSON"),
    "nested too deeply": ("[" * 100_000, "malformed JSON"),
    "not UTF-8": (_json(edition="国标").encode("gb18030"), "malformed JSON"),
    "a list": (f"[{{{GOOD}}}]", "list"),
    "a text": ('"gbt36073-2018"', "str"),
    "null": ("null", "NoneType"),
    "value of several lines": (_json(track="own\ner"), "own\\ner"),
    "value with a line separator": (_json(bonuses="a\u2028b"), '"a b"'),
    "value that is half a character": (f'{{{GOOD}, "track": "\\ud800"}}', "\\ud800"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refusal(run: Run, case: str) -> None:
    given, named = REFUSED[case]
    status, out, err = run(given)
    assert (status, out) == (2, "")
    assert named in err
    assert err.endswith("\n")
    assert len(err.splitlines()) == 1


def test_refusal_of_a_file_names_the_same_value(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "bad.json"
    file.write_text(_json(track="vendor"), encoding="utf-8")
    assert run(_json(), str(file)) == run(_json(track="vendor"))


@pytest.mark.parametrize("name", ["missing.json", "."])
def test_file_that_cannot_be_read(run: Run, tmp_path: Path, name: str) -> None:
    file = str(tmp_path / name)
    status, out, err = run(_json(), file)
    assert (status, out) == (2, "")
    assert file in err
    assert len(err.splitlines()) == 1


def test_the_first_wrong_value_decides_but_good_ones_are_not_named(run: Run) -> None:
    _, _, err = run(_json(verdicts={"6.1-L1-01": "full", "6.1-L1-02": "mostly"}))
    assert "6.1-L1-02" in err
    assert "6.1-L1-01" not in err


# --- as a script would call it -------------------------------------------------------------------------------------


def _script(stdin: str, tmp_path: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("DCMM_", "DJANGO_", "PYTHON"))}
    return subprocess.run(
        [sys.executable, "manage.py", "score", *arguments],
        cwd=ROOT,
        env={**clean, "DCMM_VAR": str(tmp_path / "var"), **environment},
        input=stdin.encode(),
        capture_output=True,
        timeout=60,
        check=False,
    )


def test_script_success(tmp_path: Path) -> None:
    done = _script(_json(verdicts={"6.1-L2-01": "partially"}), tmp_path)
    assert (done.returncode, done.stderr) == (0, b"")
    printed = json.loads(done.stdout)
    # 0.13 / 3 = 0.0433 -> 0.04; 0.04 / 8 = 0.005 -> 0.01
    assert [printed["levels"]["6.1"]["2"], printed["domains"]["6"]["score"], printed["score"]] == [
        "0.13",
        "0.04",
        "0.01",
    ]


def test_script_refusal_where_the_terminal_knows_no_chinese(tmp_path: Path) -> None:
    done = _script(_json(track="乙方"), tmp_path, LC_ALL="C", PYTHONUTF8="0", PYTHONCOERCECLOCALE="0")
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"\\u4e59\\u65b9" in done.stderr
    assert done.stderr.count(b"\n") == 1
