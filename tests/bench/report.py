"""What was measured, as a table for people and as a file for machines."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.bench.figures import Figure

FILE = Path("build") / "bench.json"
HEADING = f"{'':<34}{'value':>10} {'unit':<7}{'least':>9}{'greatest':>10}  {'ratio':>8}  {'goal':<16}{'':<5}against"


def ratio_of(one: Figure, known: Mapping[str, Figure]) -> float | None:
    """How many times the figure is what it is compared with."""
    peer = known.get(one.against)
    return None if peer is None or not peer.value else one.value / peer.value


def is_met(one: Figure, known: Mapping[str, Figure]) -> bool | None:
    """Whether the figure reaches its goal; None without one."""
    judged = ratio_of(one, known) if one.goal is not None and one.goal.ratio else one.value
    return None if one.goal is None or judged is None else one.goal.is_met(judged)


def line(one: Figure, known: Mapping[str, Figure]) -> str:
    """The figure's line of the table."""
    ratio = ratio_of(one, known)
    shown = "" if ratio is None else f"{ratio:.2f}x"
    verdict = {None: "", True: "ok", False: "MISS"}[is_met(one, known)]
    goal = "" if one.goal is None else str(one.goal)
    spread = f"{_number(one.low):>9}{_number(one.high):>10}"
    told = f"{one.against}{'  ' if one.against and one.note else ''}{f'({one.note})' if one.note else ''}"
    return f"{one.name:<34}{_number(one.value):>10} {one.unit:<7}{spread}  {shown:>8}  {goal:<16}{verdict:<5}{told}"


def write(figures: Sequence[Figure], file: Path = FILE) -> None:
    """Write the file: a name to its value, unit, the name it is compared with, and the ratio to that."""
    known = {one.name: one for one in figures}
    found = {
        one.name: {
            "value": _rounded(one.value),
            "unit": one.unit,
            "against": one.against or None,
            "ratio": None if (ratio := ratio_of(one, known)) is None else _rounded(ratio),
        }
        for one in figures
    }
    file.parent.mkdir(exist_ok=True)
    file.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


def _number(value: float) -> str:
    digits = 0 if abs(value) >= 1000 else 1 if abs(value) >= 100 else 2 if abs(value) >= 0.1 else 4
    return f"{value:,.{digits}f}"


def _rounded(value: float) -> float:
    return float(f"{value:.5g}")
