"""How a command adds itself to the command line."""

from argparse import ArgumentParser
from typing import Protocol


class Subparsers(Protocol):
    """What `argparse` hands out for commands."""

    def add_parser(self, name: str, *, help: str) -> ArgumentParser:  # noqa: A002 - argparse's word
        """A parser for one command."""
