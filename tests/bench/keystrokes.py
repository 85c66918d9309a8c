"""How many keys a standard verified reset takes, as the tour types them."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.bench.figures import Figure, Goal, figure

SUMMARY = Path("build") / "tour" / "summary.json"
LONGEST = 120.0
"""Seconds that a tour may take."""
FEW = Goal(most=12)
"""After sign-in, the caller's own words not counted."""


def measure(*, quick: bool) -> Iterator[Figure]:
    """Of the last tour; of one that is run now, if there was none yet."""
    if not SUMMARY.exists():
        environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
        command = [sys.executable, "-m", "ui", "tour"]
        subprocess.run(command, env=environment, capture_output=True, check=True, timeout=LONGEST)
    typed = json.loads(SUMMARY.read_text(encoding="utf-8"))["keystrokes"]
    yield figure("keystrokes", [typed], "keys", goal=FEW, note="reset link, from sign-in to hand-over")
