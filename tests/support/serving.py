"""A server's process: the command line's own `serve`, with its words in a file and every level of them kept."""

import logging
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from services.__main__ import main
from services.commands import COMMANDS  # imported before the fork, as `main` would import it after

assert COMMANDS


def run(arguments: Sequence[str], environment: Mapping[str, str], log: Path, level: int) -> None:
    """Run one command of `rightful-server` to its end, appending what it says to *log*."""
    words = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for stream in (1, 2):
        os.dup2(words, stream)
    os.close(words)
    os.environ.update(environment)
    logging.basicConfig(level=level, format="%(levelname)s %(name)s: %(message)s")  # the first one stays in force
    sys.exit(main(arguments))
