"""Shows how far an import is: a bar at a terminal, a line now and then anywhere else."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Protocol

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from services.importing.reporting import Counts

SECONDS_BETWEEN_LINES = 10.0

Seconds = Callable[[], float]
"""A clock that only ever goes forward."""


class Shown(Protocol):
    """Where an import says how it goes."""

    def tell(self, line: str) -> None:
        """Say something of a row."""

    def at(self, position: int, counts: Counts) -> None:
        """So many bytes are read, and this became of them."""


class Lines:
    """Lines on standard error: of rows at once, of progress every ten seconds."""

    def __init__(self, size: int, clock: Seconds = monotonic) -> None:
        self._size, self._clock = size, clock
        self._began = self._last = clock()

    def tell(self, line: str) -> None:
        """Say something of a row."""
        sys.stderr.write(f"{line}\n")

    def at(self, position: int, counts: Counts) -> None:
        """Say it, if the last time was a while ago."""
        now = self._clock()
        if now - self._last < SECONDS_BETWEEN_LINES:
            return
        self._last = now
        self.tell(f"{position * 100 // max(1, self._size)} %, {counts.read:,} rows, {pace(counts, now - self._began)}")


class Bar:
    """A bar at a terminal; what is told of rows scrolls by above it."""

    def __init__(self, progress: Progress, size: int, clock: Seconds = monotonic) -> None:
        self._progress, self._clock, self._began = progress, clock, clock()
        self._task = progress.add_task("", total=size)

    def tell(self, line: str) -> None:
        """Say something of a row."""
        self._progress.console.print(line, markup=False, highlight=False, soft_wrap=True)

    def at(self, position: int, counts: Counts) -> None:
        """Move the bar."""
        pace_now = pace(counts, self._clock() - self._began)
        self._progress.update(self._task, completed=position, description=f"{counts.read:,} rows, {pace_now}")


@contextmanager
def shown(size: int) -> Iterator[Shown]:
    """A bar if standard error is a terminal, lines if not."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield Lines(size)
        return
    columns = (BarColumn(), TaskProgressColumn(), TextColumn("{task.description}"), TimeRemainingColumn())
    with Progress(*columns, console=console) as progress:
        yield Bar(progress, size)


def pace(counts: Counts, seconds: float) -> str:
    """How fast it goes."""
    return f"{counts.read / seconds:,.0f} a second" if seconds > 0 else "just begun"
