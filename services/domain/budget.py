"""Budgets: how many look-ups and reveals a member of staff has in an hour (A-05)."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import NamedTuple

from services.vocabulary import StaffId

BUDGET_WINDOW = timedelta(hours=1)
"""Over what a budget of look-ups or reveals is counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """How much of something a member of staff has used in the running hour."""

    id: str
    version: int = 0
    spent: int
    since: datetime


class Hour(NamedTuple):
    """What a member of staff has used in the running hour; None of what they never used."""

    lookups: Budget | None
    reveals: Budget | None


def lookups_of(staff_id: StaffId) -> str:
    """The id of somebody's budget of look-ups."""
    return f"lookups/{staff_id}"


def reveals_of(staff_id: StaffId) -> str:
    """The id of somebody's budget of reveals."""
    return f"reveals/{staff_id}"


def spend(budget: Budget, now: datetime) -> Budget:
    """One more, in a window that starts afresh after an hour."""
    if now - budget.since >= BUDGET_WINDOW:
        return replace(budget, spent=1, since=now)
    return replace(budget, spent=budget.spent + 1)


def is_spent(budget: Budget | None, most: int, now: datetime) -> bool:
    """Whether nothing is left of a budget; of nothing, nothing ever is."""
    running = budget is not None and now - budget.since < BUDGET_WINDOW
    return (budget.spent if budget and running else 0) >= most


def afresh_at(budget: Budget | None) -> datetime | None:
    """When the running window ends; None when none has begun."""
    return None if budget is None else budget.since + BUDGET_WINDOW
