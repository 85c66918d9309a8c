"""`rightful-server`: the service's command line. Bad input gets one clear sentence and exit code 2."""

import argparse
import logging
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from services.settings import Settings, SettingsError, load

Command = Callable[[argparse.Namespace, Settings], int]


def parser() -> argparse.ArgumentParser:
    """Every command and its options."""
    from services.commands import COMMANDS  # start-up time: only the server's command line needs them

    top = argparse.ArgumentParser(prog="rightful-server", description="The account-recovery service of Rightful.")
    top.add_argument("--config", type=Path, metavar="FILE", help="settings file (TOML)")
    subparsers = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for add in COMMANDS:
        add(subparsers)
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; its exit code."""
    from services.commands.errors import BAD_INPUT, INTERRUPTED, TRY_AGAIN, NotNow, Unusable  # start-up time

    given = parser().parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    try:
        run: Command = given.run
        return run(given, load(config=given.config))
    except (SettingsError, Unusable) as error:
        print(f"rightful-server: {error}", file=sys.stderr)
        return TRY_AGAIN if isinstance(error, NotNow) else BAD_INPUT
    except KeyboardInterrupt:
        print("\nrightful-server: interrupted", file=sys.stderr)  # below a prompt that waits
        return INTERRUPTED


if __name__ == "__main__":
    sys.exit(main())
