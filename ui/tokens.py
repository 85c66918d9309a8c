"""The design tokens: colours, type, space and sizes, as read from `resources/themes/tokens.toml`."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from ui.assets import THEMES

TOKENS_FILE = THEMES / "tokens.toml"
"""Every number and colour of the look."""


class Face(NamedTuple):
    """A type role: its size in pixels at text size 1.0, and its weight (CSS scale)."""

    pixels: int
    weight: int


class Scheme(NamedTuple):
    """One theme: its colours as `#RRGGBB` by token, and how boldly it draws lines."""

    name: str
    dark: bool
    border: int
    ring: int
    outlined: bool
    colours: Mapping[str, str]


class Tokens(NamedTuple):
    """The whole file. Sizes grow with the text; space and radius do not."""

    faces: Mapping[str, Face]
    space: Mapping[str, int]
    radius: Mapping[str, int]
    size: Mapping[str, int]
    schemes: Mapping[str, Scheme]


def read(path: Path = TOKENS_FILE) -> Tokens:
    """Read the tokens.

    Raises:
        OSError, tomllib.TOMLDecodeError, KeyError: The build is broken: the file is part of it.
    """
    raw = tomllib.loads(path.read_text(encoding="utf-8"))
    return Tokens(
        faces={role: Face(*pair) for role, pair in raw["type"].items()},
        space=raw["space"],
        radius=raw["radius"],
        size=raw["size"],
        schemes={name: _scheme(name, table) for name, table in raw["themes"].items()},
    )


def _scheme(name: str, table: Mapping[str, Any]) -> Scheme:
    colours = {token: value for token, value in table.items() if isinstance(value, str)}
    return Scheme(name, table["dark"], table["border"], table["ring"], table["outlined"], colours)
