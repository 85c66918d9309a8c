"""How soon the desktop is there, and what it takes of the memory, beside an empty window of the same toolkit."""

import json
import logging
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic
from typing import NamedTuple

from console.last_run import LastRun
from tests.bench.figures import MILLISECONDS, Figure, Goal, figure
from tests.bench.kept_token import VARIABLE
from tests.bench.portals import make_key, new_portal
from tests.bench.staff import signed_in
from tests.support.cast import opened
from tests.support.server import Server

RUNS, QUICK_RUNS = 9, 3
KINDS = ("empty", "sign_in", "caller")
LONGEST = 60.0
"""Seconds that a start may take."""
MEGABYTE = 1_000_000


class Start(NamedTuple):
    """One start: milliseconds until the page was there, and until an earlier session was resumed; megabytes then."""

    there: float
    resumed: float | None
    memory: float


GOALS = {
    "start_sign_in": Goal(most=1.5, ratio=True),
    "start_caller": Goal(most=2.0, ratio=True),
    "memory_sign_in": Goal(most=1.5, ratio=True),
    "memory_caller": Goal(most=1.5, ratio=True),
}
NOTES = {
    "start_empty": "process start to first paint of an empty QMainWindow",
    "start_sign_in": "to the first paint of the sign-in page",
    "start_caller": "to the first paint of the caller page, ready to type: an earlier session is being resumed",
    "start_resumed": "to its being resumed with the service, and the live stream open",
    "memory_caller": "a moment later: the local store is open, the audit log was looked at",
}


def measure(*, quick: bool) -> Iterator[Figure]:
    """Starts of each kind in turn, in an order that alternates; the first of each is not counted."""
    found: dict[str, list[Start]] = {kind: [] for kind in KINDS}
    with new_portal() as folder:
        server = Server(folder, level=logging.WARNING)
        make_key(server.settings)
        with opened(server.settings) as cast:
            token = signed_in(cast.parts, cast.agents(1))[0].token
        server.start()
        try:
            environment = _environment(server.url, token)
            _note_earlier_run(server.url, folder)
            for kind in KINDS:
                _start(kind, folder, environment)
            for nth in range(QUICK_RUNS if quick else RUNS):
                for kind in KINDS if nth % 2 else reversed(KINDS):
                    found[kind].append(_start(kind, folder, environment))
        finally:
            server.stop()
    there = {kind: [run.there for run in runs] for kind, runs in found.items()}
    there["resumed"] = [run.resumed for run in found["caller"] if run.resumed is not None]
    yield from _figures("start", there, "ms")
    yield from _figures("memory", {kind: [run.memory for run in runs] for kind, runs in found.items()}, "MB")


def _figures(what: str, found: Mapping[str, list[float]], unit: str) -> Iterator[Figure]:
    for kind, runs in found.items():
        name, against = f"{what}_{kind}", "" if kind == "empty" else f"{what}_empty"
        yield figure(name, runs, unit, against=against, goal=GOALS.get(name), note=NOTES.get(name, ""))


def _note_earlier_run(url: str, folder: Path) -> None:
    """As a run leaves it that ended, or was ended, with somebody signed in."""
    LastRun(folder / "caller", url).note(datetime.now(UTC) + timedelta(hours=1))


def _environment(url: str, token: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {
        **kept,  # an installed program has its bytecode; here the first start, which does not count, writes it
        "QT_QPA_PLATFORM": "offscreen",
        "RIGHTFUL_SERVER": url,
        "RIGHTFUL_THEME": "light",
        "PYTHON_KEYRING_BACKEND": "tests.bench.kept_token.KeptToken",
        VARIABLE: token,
    }


def _start(kind: str, folder: Path, environment: Mapping[str, str]) -> Start:
    """One start."""
    began = monotonic()
    command = [sys.executable, "-m", "tests.bench.window", kind]
    environment = {**environment, "RIGHTFUL_DATA_DIR": str(folder / kind)}
    environment = {
        **environment,
        "RIGHTFUL_DATA_DIR": environment["RIGHTFUL_DATA_DIR"] + ("" if kind == "caller" else "-new"),
    }
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=LONGEST)
    assert done.stdout.startswith("{"), f"{kind}: {done.returncode} {done.stdout} {done.stderr}"
    said = json.loads(done.stdout.splitlines()[0])
    resumed = None if said["resumed"] is None else (said["resumed"] - began) * MILLISECONDS
    return Start((said["at"] - began) * MILLISECONDS, resumed, said["bytes"] / MEGABYTE)
