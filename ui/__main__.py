"""`rightful`: the desktop, its demo and its tour."""

import sys
from collections.abc import Sequence

from ui import early

BAD_INPUT = 2
"""Exit code for what the person at the keyboard can mend."""
USAGE = """usage: rightful [demo | tour | selftest | --version | --help]

Without a word, the desktop starts and signs in to the service of its settings.
  demo      start a service with a cast of customers, the desktop, and the customers' phone; the tour without a screen
  tour      drive that demo through the main job with no screen, and write a picture of each step
  selftest  check this installation
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what was asked for; its exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if not given:
        early.prepare()
        from ui.running import run_desktop  # start-up time

        return run_desktop()
    if given in (["--help"], ["-h"]):
        sys.stdout.write(USAGE)
        return 0
    return _command(given)


def _command(given: list[str]) -> int:
    from ui.subcommands import COMMANDS  # start-up time: the desktop itself needs none of them

    known = COMMANDS.get(given[0])
    if known is None or len(given) > 1:
        sys.stderr.write(f"rightful: there is no command {' '.join(given)!r}.\n{USAGE}")
        return BAD_INPUT
    return known()


if __name__ == "__main__":
    sys.exit(main())
