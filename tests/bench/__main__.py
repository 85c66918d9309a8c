"""`make bench`: every measurement in turn, as a table as it goes and in build/bench.json at the end."""

import argparse
import logging
import sys
from collections.abc import Callable, Iterator, Sequence
from time import monotonic

from tests.bench import auditing, desktop, effects, importing, keystrokes, lookups, throughput
from tests.bench.figures import Figure
from tests.bench.report import FILE, HEADING, is_met, line, write

MEASURES: dict[str, Callable[..., Iterator[Figure]]] = {
    "import": importing.measure,
    "lookups": lookups.measure,
    "throughput": throughput.measure,
    "audit": auditing.measure,
    "effects": effects.measure,
    "desktop": desktop.measure,
    "keystrokes": keystrokes.measure,
}
"""In the order in which they run."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure; 0, whatever was found."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer accounts and fewer runs: under a minute")
    parser.add_argument("--only", action="append", metavar="NAME", choices=list(MEASURES), help="this one alone")
    given = parser.parse_args(arguments)
    logging.basicConfig(level=logging.WARNING, format="%(name)s: %(message)s")
    logging.getLogger("tests.bench").setLevel(logging.INFO)
    started, figures = monotonic(), list[Figure]()
    print(HEADING)
    for name, measure in MEASURES.items():
        if given.only is None or name in given.only:
            for one in measure(quick=given.quick):
                figures.append(one)
                print(line(one, {each.name: each for each in figures}), flush=True)
    write(figures)
    known = {one.name: one for one in figures}
    missed = [one.name for one in figures if is_met(one, known) is False]
    print(f"{len(figures)} figures in {FILE}, after {monotonic() - started:.0f} s.", end=" ")
    print(f"Missed: {', '.join(missed)}." if missed else "Every goal was met.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
