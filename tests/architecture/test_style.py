"""Format, lint and types, for a run that does not go through `make check`."""

import subprocess
import sys

import pytest

from tests.architecture.source import ROOT

pytestmark = pytest.mark.slow  # `make check` runs the same tools before its tests


@pytest.mark.parametrize("tool", ["ruff format --check .", "ruff check .", "mypy"])
def test_tool_has_no_complaint(tool: str) -> None:
    command = [sys.executable, "-m", *tool.split()]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
