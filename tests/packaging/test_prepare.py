"""Setting up on systems that lack something: prepare.sh among stand-ins for the programs that it asks."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.architecture.source import ROOT

SCRIPT = Path("resources/packaging/prepare.sh")
EVERY_LIBRARY = "".join(
    f"\t{line.split()[0]} (libc6,x86-64) => /usr/lib\n"
    for line in (ROOT / SCRIPT).read_text("utf-8").splitlines()
    if line.startswith("lib") and ".so." in line
)
"""What ldconfig says where nothing is missing."""

Run = subprocess.CompletedProcess[str]
Prepare = Callable[..., Run]


@pytest.fixture
def prepare(tmp_path: Path) -> Prepare:
    """Runs `prepare.sh system` in an empty project on a Debian that has *libraries*, as the user with this id."""
    script = tmp_path / SCRIPT
    script.parent.mkdir(parents=True)
    shutil.copy(ROOT / SCRIPT, script)
    programs = tmp_path / "programs"
    programs.mkdir()

    def stand_in(program: str, body: str) -> None:
        (programs / program).write_text(f"#!/bin/sh\n{body}\n", "utf-8")
        (programs / program).chmod(0o755)

    def run(libraries: str, user: int = 1000, python: str = sys.executable) -> Run:
        stand_in("ldconfig", f"printf '%s' '{libraries}'")
        stand_in("id", f"echo {user}")
        stand_in("grep", "exit 0")  # asked one thing only: whether this is Debian
        stand_in("apt-get", f'echo "$*" >>"{tmp_path}/installed"')
        stand_in("old-python", "exit 1")
        environment = os.environ | {"PATH": f"{programs}:{os.environ['PATH']}", "PYTHON": python}
        command = ["sh", str(script), "system"]
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)

    return run


def without(*libraries: str) -> str:
    lines = EVERY_LIBRARY.splitlines(keepends=True)
    return "".join(line for line in lines if not line.strip().startswith(libraries))


def test_nothing_is_said_or_done_where_nothing_is_missing(prepare: Prepare, tmp_path: Path) -> None:
    run = prepare(EVERY_LIBRARY, user=0)
    assert (run.returncode, run.stdout, run.stderr) == (0, "", "")
    assert not (tmp_path / "installed").exists()


def test_root_installs_exactly_what_is_missing(prepare: Prepare, tmp_path: Path) -> None:
    run = prepare(without("libEGL", "libxcb-cursor"), user=0)
    assert run.returncode == 0, run.stderr
    installed = (tmp_path / "installed").read_text("utf-8").splitlines()
    assert installed == ["update -qq", "install -qq -y --no-install-recommends libegl1 libxcb-cursor0"]


def test_without_root_what_qt_needs_is_named_and_stops(prepare: Prepare, tmp_path: Path) -> None:
    run = prepare(without("libEGL", "libxcb-cursor"))
    assert run.returncode == 1
    assert "Missing on this system: libEGL.so.1 libxcb-cursor.so.0" in run.stdout
    assert "As root: apt-get install --no-install-recommends libegl1 libxcb-cursor0" in run.stdout
    assert run.stderr == "Rightful cannot go on without: libEGL.so.1\n"
    assert not (tmp_path / "installed").exists()


def test_without_root_what_only_a_screen_needs_is_named_and_does_not_stop(prepare: Prepare) -> None:
    run = prepare(without("libxcb-cursor"))
    assert run.returncode == 0
    assert "As root: apt-get install --no-install-recommends libxcb-cursor0" in run.stdout


def test_an_old_python_is_refused_in_a_sentence(prepare: Prepare) -> None:
    run = prepare(EVERY_LIBRARY, python="old-python")
    assert run.returncode == 1
    assert run.stderr == "PYTHON=old-python is not a Python 3.11 or newer.\n"
