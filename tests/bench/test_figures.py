"""The arithmetic of the measurements: a wrong median would be believed."""

import json
from pathlib import Path

import pytest

from tests.bench.figures import Goal, figure, parts_of, quantile, slower_share
from tests.bench.report import is_met, ratio_of, write


@pytest.mark.parametrize(
    ("share", "expected"), [(0.0, 1), (0.01, 1), (0.5, 50), (0.505, 51), (0.99, 99), (0.991, 100), (1.0, 100)]
)
def test_a_quantile_is_the_sample_that_so_many_do_not_exceed(share: float, expected: float) -> None:
    assert quantile(range(100, 0, -1), share) == expected


def test_parts_hold_every_sample_once_and_are_alike() -> None:
    parts = parts_of(list(range(11)), 3)
    assert [sample for part in parts for sample in part] == list(range(11))
    assert {len(part) for part in parts} == {3, 4}


@pytest.mark.parametrize(
    ("first", "second", "share"),
    [([1, 2, 3], [4, 5], 1.0), ([4, 5], [1, 2, 3], 0.0), ([1, 3], [2, 4], 0.75), ([2, 2], [2, 2], 0.5)],
)
def test_what_cannot_be_told_apart_is_one_half(first: list[float], second: list[float], share: float) -> None:
    assert slower_share(first, second) == share


def test_a_figure_is_the_median_with_its_extremes() -> None:
    one = figure("some", [3.0, 1.0, 2.0], "ms")
    assert (one.value, one.low, one.high) == (2.0, 1.0, 3.0)


def test_a_goal_of_a_ratio_is_judged_by_the_ratio() -> None:
    floor = figure("floor", [2.0], "ms")
    known = {"floor": floor}
    assert is_met(figure("slow", [9.0], "ms", against="floor", goal=Goal(most=4, ratio=True)), known) is False
    assert is_met(figure("fast", [7.0], "ms", against="floor", goal=Goal(most=4, ratio=True)), known) is True
    assert is_met(figure("value", [7.0], "ms", against="floor", goal=Goal(most=4)), known) is False
    assert is_met(floor, known) is None


def test_the_file_names_what_each_figure_is_compared_with(tmp_path: Path) -> None:
    floor, much = figure("floor", [2.0], "ms"), figure("much", [7.0], "ms", against="floor")
    assert ratio_of(much, {"floor": floor}) == 3.5
    write([floor, much], tmp_path / "bench.json")
    assert json.loads((tmp_path / "bench.json").read_text("utf-8")) == {
        "floor": {"value": 2.0, "unit": "ms", "against": None, "ratio": None},
        "much": {"value": 7.0, "unit": "ms", "against": "floor", "ratio": 3.5},
    }
