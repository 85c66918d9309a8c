"""Waiting longer each time, and never in step."""

from hypothesis import given
from hypothesis import strategies as st

from console.backoff import chance, pause

ATTEMPTS, CHANCES = st.integers(1, 10_000), st.floats(0, 1, exclude_max=True)


@given(ATTEMPTS, CHANCES)
def test_a_pause_is_neither_a_busy_loop_nor_for_ever(attempt: int, chosen: float) -> None:
    seconds = pause(attempt, first=1.0, most=15.0, chance=lambda: chosen)
    assert 0.5 <= seconds <= 15.0


@given(ATTEMPTS)
def test_chance_spreads_a_fleet_over_half_of_the_pause(attempt: int) -> None:
    least, most = (pause(attempt, first=1.0, most=15.0, chance=drawn) for drawn in (float, lambda: 1.0))
    assert most == 2 * least


def test_pauses_double() -> None:
    assert [pause(n, first=1.0, most=15.0, chance=lambda: 1.0) for n in range(1, 7)] == [1, 2, 4, 8, 15, 15]


def test_chance_is_a_chance() -> None:
    assert len({chance() for _ in range(100)}) > 90
