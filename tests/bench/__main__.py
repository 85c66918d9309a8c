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
    """Measure; 0, whether or not the goals were met. What was measured before a failure is written all the same."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer accounts and fewer runs: about a minute")
    parser.add_argument("--only", action="append", metavar="NAME", choices=list(MEASURES), help="this one alone")
    given = parser.parse_args(arguments)
    logging.basicConfig(level=logging.WARNING, format="%(name)s: %(message)s")
    logging.getLogger("tests.bench").setLevel(logging.INFO)
    started, found = monotonic(), dict[str, Figure]()
    print(HEADING)
    try:
        for name in given.only or MEASURES:
            _run(name, found, quick=given.quick)
    finally:
        write(list(found.values()))
    missed = [one.name for one in found.values() if is_met(one, found) is False]
    print(f"{len(found)} figures in {FILE}, after {monotonic() - started:.0f} s.", end=" ")
    print(f"Missed: {', '.join(missed)}." if missed else "Every goal was met.")
    return 0


def _run(name: str, found: dict[str, Figure], *, quick: bool) -> None:
    started = monotonic()
    for one in MEASURES[name](quick=quick):
        found[one.name] = one
        print(line(one, found), flush=True)
    print(f"{'':>34}{name} took {monotonic() - started:.0f} s", flush=True)


if __name__ == "__main__":
    sys.exit(main())
