"""Trouble that comes again and again is told when it begins, once a minute, and when it is over."""

import logging
import sqlite3
from collections.abc import Callable

import pytest
from sqlalchemy.exc import OperationalError

from services.domain.outcome import Unavailable
from services.guarded import Recurring

PHONE = "+44 20 7946 0018"


class Seconds:
    """A clock that a test turns."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def failing(error: Exception) -> Callable[[], None]:
    def fail() -> None:
        raise error

    return fail


@pytest.mark.logs_warning("rounds: PermissionError: Permission denied: /key/last-signed", "rounds: still")
def test_trouble_is_told_when_it_begins_once_a_minute_and_when_it_is_over(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    seconds = Seconds()
    rounds, act = Recurring("rounds", seconds), failing(PermissionError(13, "Permission denied", "/key/last-signed"))
    for _ in range(600):
        rounds.attempt(act)
        seconds.now += 0.2
    rounds.attempt(lambda: None)
    rounds.attempt(lambda: None)
    said = [record.getMessage().splitlines()[0] for record in caplog.records]
    assert said == [
        "rounds: PermissionError: Permission denied: /key/last-signed",
        "rounds: still PermissionError: Permission denied: /key/last-signed, 301 times in 60 seconds",
        "rounds: goes on, after 600 failures in 120 seconds",
    ]


@pytest.mark.logs_warning("rounds: Unavailable: the database does not answer: disk I/O error")
def test_what_does_not_answer_is_named() -> None:
    rounds = Recurring("rounds", Seconds())
    rounds.attempt(failing(Unavailable("the database does not answer: disk I/O error")))


@pytest.mark.logs_warning("rounds: OperationalError: database or disk is full", "rounds: ValueError")
def test_what_may_be_somebody_s_data_is_not_told(caplog: pytest.LogCaptureFixture) -> None:
    """Invariant 14: SQLite's own complaint names no value; a statement and any other error's text may."""
    rounds = Recurring("rounds", Seconds())
    full = sqlite3.OperationalError("database or disk is full")
    rounds.attempt(failing(OperationalError(f"INSERT {PHONE}", {}, full)))
    rounds.attempt(lambda: None)
    rounds.attempt(failing(ValueError(PHONE)))
    assert PHONE not in caplog.text
