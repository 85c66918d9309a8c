"""What `rightful` does besides starting the desktop."""

import sys
from collections.abc import Callable
from importlib.metadata import version

from ui.running import qt_is_usable


def _demo() -> int:
    from ui.demo import run_demo  # start-up time

    return run_demo()


def _tour() -> int:
    from ui.tour import run_tour  # start-up time

    return run_tour()


def _selftest() -> int:
    from ui.selftest import run_selftest  # start-up time

    return run_selftest()


def _version() -> int:
    sys.stdout.write(f"rightful {version('rightful')}\n")
    return 0


def _with_qt(run: Callable[[], int]) -> Callable[[], int]:
    def checked() -> int:
        trouble = qt_is_usable()
        if trouble:
            sys.stderr.write(f"rightful: {trouble}\n")
            return 2
        return run()

    return checked


COMMANDS: dict[str, Callable[[], int]] = {
    "demo": _with_qt(_demo),
    "tour": _with_qt(_tour),
    "selftest": _with_qt(_selftest),
    "--version": _version,
}
"""By name."""
