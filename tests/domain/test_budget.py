"""Hourly budgets of staff: spent at their limit, and a budget of nothing is always spent (A-05)."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.domain.budget import BUDGET_WINDOW, Budget, is_spent, spend
from tests.support.facts import MICROSECOND, NOW

HOUR = timedelta(hours=1)
BUDGET = Budget(id="b", spent=0, since=NOW)


def test_nothing_of_a_new_budget_is_spent() -> None:
    assert not is_spent(None, 1, NOW)
    assert not is_spent(Budget(id="b", spent=0, since=NOW), 1, NOW)


def test_a_budget_is_spent_at_its_limit_until_its_hour_is_over() -> None:
    budget = Budget(id="b", spent=2, since=NOW)
    assert not is_spent(budget, 3, NOW)
    full = spend(budget, NOW)
    assert is_spent(full, 3, NOW + BUDGET_WINDOW - MICROSECOND)
    assert not is_spent(full, 3, NOW + BUDGET_WINDOW)
    assert spend(full, NOW + BUDGET_WINDOW) == replace(full, spent=1, since=NOW + BUDGET_WINDOW)


@given(st.integers(1, 5), st.lists(st.integers(0, 40), max_size=40))
def test_no_running_hour_holds_more_than_the_budget(most: int, pauses: list[int]) -> None:
    budget, now, spent = Budget(id="b", spent=0, since=NOW), NOW, []
    for pause in pauses:
        now += timedelta(minutes=pause)
        if not is_spent(budget, most, now):
            budget = spend(budget, now)
            spent.append((budget.since, now))
    for since, _ in spent:
        assert sum(other == since for other, _ in spent) <= most


@pytest.mark.parametrize("budget", [None, BUDGET, replace(BUDGET, spent=9, since=NOW - HOUR)])
def test_a_budget_of_nothing_is_always_spent(budget: Budget | None) -> None:
    """A policy may allow no reveals at all."""
    assert is_spent(budget, 0, NOW)
    assert not is_spent(budget, 1, NOW)
