"""Attempts belong to the account: invariant 10, AC-4, N-THR-01, N-THR-03, N-OOB-04."""

from dataclasses import replace
from datetime import timedelta

import pytest

from services.domain.attempts import (
    ANY,
    SENDS,
    SENDS_DAILY,
    Attempts,
    count,
    end_row,
    is_disabled,
    left,
    limits_of,
    none_yet,
    objections,
    succeed,
    to_wait_for,
)
from services.domain.outcome import Why
from services.domain.policy import AttemptLimits
from services.vocabulary import Objection
from tests.support.facts import ACCOUNT, MICROSECOND, NOW, POLICY, attempts

LIMITS = AttemptLimits(limit=5, window=timedelta(minutes=60), lock=timedelta(minutes=60), disable_after=12)
HOUR = timedelta(hours=1)


def wrong(counter: Attempts, times: int, every: timedelta = timedelta(0)) -> Attempts:
    """Some failures, the first now."""
    for nth in range(times):
        counter = count(counter, LIMITS, NOW + every * nth)
    return counter


def test_nothing_stops_the_first_attempt() -> None:
    assert objections(None, LIMITS, NOW) == ()
    assert objections(none_yet(ACCOUNT, "contact:phone", NOW), LIMITS, NOW) == ()
    assert left(None, LIMITS, NOW) == LIMITS.limit


def test_the_last_allowed_failure_locks() -> None:
    before, after = wrong(attempts("contact:phone"), 4), wrong(attempts("contact:phone"), 5)
    assert objections(before, LIMITS, NOW) == ()
    assert left(before, LIMITS, NOW) == 1
    assert objections(after, LIMITS, NOW) == (Why(code=Objection.ATTEMPTS_USED_UP, at=NOW + LIMITS.lock),)
    assert left(after, LIMITS, NOW) == 0


def test_a_lock_outlasts_the_window_that_it_was_earned_in() -> None:
    longer = replace(LIMITS, lock=3 * HOUR)
    counter = attempts("contact:phone")
    for _ in range(longer.limit):
        counter = count(counter, longer, NOW)
    assert objections(counter, longer, NOW + 3 * HOUR - MICROSECOND) == (
        Why(code=Objection.ATTEMPTS_USED_UP, at=NOW + 3 * HOUR),
    )
    assert objections(counter, longer, NOW + 3 * HOUR) == ()


def test_a_lock_is_over_exactly_when_it_says() -> None:
    locked = wrong(attempts("contact:phone"), 5)
    assert objections(locked, LIMITS, NOW + LIMITS.lock - MICROSECOND)
    assert objections(locked, LIMITS, NOW + LIMITS.lock) == ()
    assert left(locked, LIMITS, NOW + LIMITS.lock) == LIMITS.limit
    again = count(locked, LIMITS, NOW + LIMITS.lock)
    assert (again.failures, again.in_a_row, again.locked_until) == (1, 6, None)


def test_a_window_without_a_failure_starts_the_count_afresh() -> None:
    four = wrong(attempts("contact:phone"), 4)
    assert count(four, LIMITS, NOW + HOUR - MICROSECOND).locked_until is not None
    fresh = count(four, LIMITS, NOW + HOUR)
    assert (fresh.failures, fresh.in_a_row, fresh.locked_until) == (1, 5, None)


def test_no_hour_holds_more_failures_than_the_limit_wherever_it_begins() -> None:
    """Four at the end of one clock hour and five at the start of the next would be nine within minutes."""
    four = wrong(attempts("contact:phone"), 4, every=timedelta(minutes=19))
    fifth = count(four, LIMITS, NOW + timedelta(minutes=61))
    assert objections(fifth, LIMITS, NOW + timedelta(minutes=61))


def test_time_alone_never_gives_a_disabled_factor_back() -> None:
    """N-THR-01."""
    worn = wrong(attempts("contact:phone"), 12, every=HOUR)
    assert is_disabled(worn, LIMITS)
    for later in (NOW, NOW + timedelta(days=1), NOW + timedelta(days=40_000)):
        assert objections(worn, LIMITS, later) == (Why(code=Objection.FACTOR_DISABLED),)
        assert left(worn, LIMITS, later) == 0
    assert objections(succeed(worn, NOW), LIMITS, NOW) == ()


def test_what_is_left_ends_with_the_factor() -> None:
    eleven = wrong(attempts("contact:phone"), 11, every=HOUR)
    assert not is_disabled(eleven, LIMITS)
    assert left(eleven, LIMITS, NOW + timedelta(hours=20)) == 1


def test_a_limit_that_was_lowered_holds_for_what_was_counted_before() -> None:
    four = wrong(attempts("contact:phone"), 4)
    lower = replace(LIMITS, limit=3)
    assert objections(four, lower, NOW) == (Why(code=Objection.ATTEMPTS_USED_UP, at=NOW + HOUR),)
    assert left(four, lower, NOW) == 0
    assert objections(four, lower, NOW + HOUR) == ()


def test_a_success_starts_its_own_factor_afresh() -> None:
    """N-THR-03."""
    after = succeed(wrong(attempts("contact:phone"), 4), NOW)
    assert (after.failures, after.in_a_row, after.locked_until, after.since) == (0, 0, None, NOW)


def test_a_success_elsewhere_ends_the_row_and_not_the_window() -> None:
    """One known factor buys no guesses at others."""
    ten = wrong(attempts(ANY), 4)
    after = end_row(ten)
    assert (after.failures, after.in_a_row, after.since) == (4, 0, ten.since)
    assert left(after, LIMITS, NOW) == left(ten, LIMITS, NOW) == 1
    assert end_row(wrong(attempts(ANY), 5)).locked_until == NOW + LIMITS.lock


@pytest.mark.parametrize(
    ("bucket", "expected"),
    [
        ("contact:phone", POLICY.attempts),
        ("authenticator:app", POLICY.attempts),
        ("recovery_codes", POLICY.attempts),
        (ANY, POLICY.attempts_together),
        (SENDS, POLICY.sends),
        (SENDS_DAILY, POLICY.sends_daily),
    ],
)
def test_which_limits_hold_for_which_bucket(bucket: str, expected: AttemptLimits) -> None:
    assert limits_of(bucket, POLICY) is expected
    assert none_yet(ACCOUNT, bucket, NOW).bucket == bucket


def test_messages_are_limited_but_are_no_failures() -> None:
    """N-OOB-04: a hundred messages in a year take nothing from their owner for good."""
    counter = attempts(SENDS)
    for nth in range(200):
        counter = count(counter, POLICY.sends, NOW + POLICY.sends.lock * nth)
    after = NOW + POLICY.sends.lock * 200
    assert objections(counter, POLICY.sends, after) == ()
    for _ in range(POLICY.sends.limit):
        counter = count(counter, POLICY.sends, after)
    assert objections(counter, POLICY.sends, after) == (
        Why(code=Objection.SENDS_USED_UP, at=after + POLICY.sends.lock),
    )


def test_of_what_ends_by_waiting_the_last_end_is_told() -> None:
    """Nobody waits ten minutes to be told to wait until tomorrow."""
    soon, late = (Why(code=Objection.SENDS_USED_UP, at=NOW + rest) for rest in (timedelta(minutes=10), HOUR))
    for_good = Why(code=Objection.FACTOR_DISABLED)
    assert to_wait_for([soon, for_good, late]) == to_wait_for([late, soon, for_good, for_good]) == (late, for_good)
