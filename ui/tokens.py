"""The design tokens: colours, type, space and sizes, as `ui.design_tokens` has them."""

from collections.abc import Mapping
from typing import NamedTuple

from ui import design_tokens as design


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
    """All of them. Sizes grow with the text; space and radius do not."""

    faces: Mapping[str, Face]
    space: Mapping[str, int]
    radius: Mapping[str, int]
    size: Mapping[str, int]
    schemes: Mapping[str, Scheme]


def read() -> Tokens:
    """All tokens."""
    return Tokens(
        faces={role: Face(*pair) for role, pair in design.TYPE.items()},
        space=design.SPACE,
        radius=design.RADIUS,
        size=design.SIZE,
        schemes={name: _scheme(name, table) for name, table in design.THEMES.items()},
    )


def _scheme(name: str, table: Mapping[str, str | int | bool]) -> Scheme:
    colours = {token: value for token, value in table.items() if isinstance(value, str)}
    return Scheme(name, bool(table["dark"]), int(table["border"]), int(table["ring"]), bool(table["outlined"]), colours)
