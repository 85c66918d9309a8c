"""Moments in words, in the agent's own zone."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from console.moments import Moments
from console.wording import load

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)


@pytest.fixture
def moments() -> Moments:
    return load(zone=UTC).moments


@pytest.mark.parametrize(
    ("back", "said"),
    [
        (timedelta(seconds=5), "just now"),
        (timedelta(seconds=60), "1 minute ago"),
        (timedelta(minutes=59), "59 minutes ago"),
        (timedelta(hours=1), "1 hour ago"),
        (timedelta(hours=11, minutes=59), "11 hours ago"),
        (timedelta(hours=13), "yesterday"),
        (timedelta(hours=35), "yesterday"),
        (timedelta(hours=37), "2 days ago"),
        (timedelta(days=30), "30 days ago"),
        (timedelta(days=45), "on 20 March"),
        (timedelta(days=400), "on 30 March 2025"),
    ],
)
def test_what_was(moments: Moments, back: timedelta, said: str) -> None:
    assert moments.ago(NOW - back, NOW) == moments.either(NOW - back, NOW) == said


@pytest.mark.parametrize(
    ("ahead", "said"),
    [
        (timedelta(hours=2, minutes=32), "until 14:32"),
        (timedelta(hours=21), "until tomorrow, 09:00"),
        (timedelta(days=7), "until 11 May, 12:00"),
        (timedelta(days=300), "until 28 February 2027, 12:00"),
    ],
)
def test_what_will_be(moments: Moments, ahead: timedelta, said: str) -> None:
    assert moments.until(NOW + ahead, NOW) == moments.either(NOW + ahead, NOW) == said


def test_the_agents_zone_decides_which_day_it_is() -> None:
    auckland = load(zone=timezone(timedelta(hours=12))).moments
    assert auckland.until(NOW + timedelta(hours=3), NOW) == "until 03:00"
    assert auckland.time(NOW - timedelta(hours=3), NOW) == "yesterday, 21:00"


def test_the_computers_own_zone_is_used_when_none_is_given() -> None:
    assert load().moments.clock(NOW) == f"{NOW.astimezone():%H:%M}"


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "0 seconds"),
        (1, "1 second"),
        (39.2, "40 seconds"),
        (60, "1 minute"),
        (61, "2 minutes"),
        (900, "15 minutes"),
        (3600, "1 hour"),
        (5400, "90 minutes"),
        (7200, "2 hours"),
        (86400, "1 day"),
        (90000, "25 hours"),
        (172800, "2 days"),
    ],
)
def test_how_long(moments: Moments, seconds: float, said: str) -> None:
    assert moments.span(seconds) == said
