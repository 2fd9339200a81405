"""gunicorn as ``deploy/`` sets it up, for the length of a run."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
HOST = "127.0.0.1"
START_SECONDS = 30


class CannotServeError(Exception):
    """A server that could not be started, in one sentence."""


@contextlib.contextmanager
def serving(application: str, port: int, environment: Mapping[str, str], log: Path) -> Iterator[int]:
    """A server with the settings of production on this port, stopped at the end whatever happens; its process id.

    A port that somebody listens on is refused: what answered there would be measured in our place. Workers are not
    renewed while measuring, so that no request pays for the start of one.
    """
    if listens(port):
        raise CannotServeError(f"Something listens on port {port} already; stop it or choose another with --port.")
    command = [sys.executable, "-m", "gunicorn", "--config", "deploy/gunicorn.conf.py", "--max-requests", "0"]
    with log.open("wb") as out:
        process = subprocess.Popen(  # noqa: S603
            [*command, "--bind", f"{HOST}:{port}", application],
            cwd=ROOT,
            env=dict(environment),
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        _wait_for(process, port, log)
        yield process.pid
    finally:
        _stop(process)


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((HOST, port)) == 0


def _wait_for(process: subprocess.Popen, port: int, log: Path) -> None:
    until = time.monotonic() + START_SECONDS
    while not listens(port):
        if process.poll() is not None or time.monotonic() > until:
            raise CannotServeError(f"The server did not start:\n{log.read_text(errors='replace')[-2000:]}")
        time.sleep(0.1)


def _stop(process: subprocess.Popen) -> None:
    """Ends the server and, should it not listen, its whole process group."""
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def workers(pid: int) -> list[Path]:
    """What the system says of each worker of a server; empty where it says nothing."""
    try:
        return [Path("/proc", worker) for worker in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def memory(pid: int) -> list[int]:
    """Resident memory of each worker in MiB."""
    lines = [line for worker in workers(pid) for line in (worker / "status").read_text().splitlines()]
    return [int(line.split()[1]) // 1024 for line in lines if line.startswith("VmRSS:")]


def processor_ms(pid: int) -> float:
    """Milliseconds of processor time that all workers have used so far."""
    fields = [(worker / "stat").read_text().rpartition(")")[2].split() for worker in workers(pid)]
    return sum(int(f[11]) + int(f[12]) for f in fields) * 1000 / os.sysconf("SC_CLK_TCK")
