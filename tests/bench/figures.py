"""What was measured: numbers that mean the same in the table and in the file."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil
from statistics import median
from time import perf_counter

MILLISECONDS = 1000.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """What a figure should come to: its value, or its ratio to what it is compared with."""

    most: float | None = None
    least: float | None = None
    ratio: bool = False

    def is_met(self, value: float) -> bool:
        """Whether *value*, or the ratio if the goal is one for it, is good enough."""
        return (self.most is None or value <= self.most) and (self.least is None or value >= self.least)

    def __str__(self) -> str:
        times = "x" if self.ratio else ""
        bounds = [f">= {self.least:g}{times}"] if self.least is not None else []
        bounds += [f"<= {self.most:g}{times}"] if self.most is not None else []
        return " ".join(bounds)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One measurement, of one run or the median of several."""

    name: str
    value: float
    unit: str
    low: float
    high: float
    """The least and the greatest of the runs."""
    against: str = ""
    """The name of the figure, measured in the same run, that it is compared with; empty for what others are."""
    goal: Goal | None = None
    note: str = ""


def figure(
    name: str, runs: Sequence[float], unit: str, *, against: str = "", goal: Goal | None = None, note: str = ""
) -> Figure:
    """The median of *runs*, with their least and greatest."""
    return Figure(
        name=name,
        value=median(runs),
        unit=unit,
        low=min(runs),
        high=max(runs),
        against=against,
        goal=goal,
        note=note,
    )


def quantile(samples: Iterable[float], share: float) -> float:
    """The sample that *share* of them do not exceed (nearest rank)."""
    ordered = sorted(samples)
    return ordered[max(0, ceil(len(ordered) * share) - 1)]


def seconds_of(act: Callable[[], object]) -> float:
    """How long *act* takes."""
    start = perf_counter()
    act()
    return perf_counter() - start


def parts_of(samples: Sequence[float], count: int) -> list[Sequence[float]]:
    """Samples in *count* runs that follow each other, of nearly the same length."""
    bounds = [len(samples) * nth // count for nth in range(count + 1)]
    return [samples[start:stop] for start, stop in pairwise(bounds)]


def slower_share(first: Sequence[float], second: Sequence[float]) -> float:
    """How often one of *second* exceeds one of *first*: 0.5 when they cannot be told apart (Mann and Whitney's U)."""
    ordered = sorted(first)
    exceeded = sum(bisect_left(ordered, value) + bisect_right(ordered, value) for value in second)
    return exceeded / (2 * len(first) * len(second))
