"""How an import goes is shown as a bar at a terminal, and in lines elsewhere."""

import io

import pytest
from rich.console import Console
from rich.progress import Progress

from services.importing.progress import Bar, Lines
from services.importing.reporting import Counts


class Ticking:
    """A clock that a test turns."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def test_lines_come_now_and_then(capsys: pytest.CaptureFixture[str]) -> None:
    clock = Ticking()
    lines = Lines(1000, clock)
    lines.at(10, Counts(read=1))
    clock.seconds = 10.0
    lines.at(500, Counts(read=20_000))
    clock.seconds = 15.0
    lines.at(600, Counts(read=30_000))
    lines.tell("line 7: it is bad.")
    assert capsys.readouterr().err == "50 %, 20,000 rows, 2,000 a second\nline 7: it is bad.\n"


def test_a_bar_moves_and_lines_stand_above_it() -> None:
    shown, clock = io.StringIO(), Ticking()
    with Progress(console=Console(file=shown, force_terminal=True, width=60), auto_refresh=False) as progress:
        bar = Bar(progress, 1000, clock)
        clock.seconds = 2.0
        bar.at(250, Counts(read=3_000))
        bar.tell("line 7: [bold]it[/bold] is bad.")
        progress.refresh()
        assert progress.tasks[0].completed == 250
        assert progress.tasks[0].description == "3,000 rows, 1,500 a second"
    assert "line 7: [bold]it[/bold] is bad." in shown.getvalue()
