"""Moments and spans in words, in the agent's own time zone: "until 14:32", "2 days ago", "10 minutes"."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any

_MINUTE, _HOUR, _DAY = 60, 3600, 86400
_LONG_AGO_DAYS = 30


@dataclass(frozen=True, slots=True)
class Moments:
    """Words moments. Every moment given is aware."""

    words: Mapping[str, Any]
    """Table `time` of the wording."""
    zone: tzinfo | None = None
    """None: the computer's own."""

    def clock(self, at: datetime) -> str:
        """`14:32`."""
        return f"{at.astimezone(self.zone):%H:%M}"

    def time(self, at: datetime, now: datetime) -> str:
        """A moment as short as it can be told: `14:32`, `tomorrow, 09:10`, `3 May, 14:32`."""
        day = self._day(at, now)
        return self.words["at"].format(day=day, clock=self.clock(at)) if day else self.clock(at)

    def either(self, at: datetime, now: datetime) -> str:
        """`ago` or `until`, whichever way the moment lies."""
        return self.until(at, now) if at > now else self.ago(at, now)

    def until(self, at: datetime, now: datetime) -> str:
        """`until 14:32`."""
        said: str = self.words["until"].format(moment=self.time(at, now))
        return said

    def ago(self, at: datetime, now: datetime) -> str:
        """`just now`, `5 minutes ago`, `yesterday`, `2 days ago`, `on 3 March`."""
        seconds, days = int((now - at).total_seconds()), self._days_before(at, now)
        if days > _LONG_AGO_DAYS:
            said: str = self.words["on"].format(day=self._date(at, now))
            return said
        if days > 1:
            return self._count("days_ago", "days_ago", days)
        if days == 1 and seconds >= _DAY / 2:
            return str(self.words["yesterday"])
        if seconds >= _HOUR:
            return self._count("hour_ago", "hours_ago", seconds // _HOUR)
        if seconds >= _MINUTE:
            return self._count("minute_ago", "minutes_ago", seconds // _MINUTE)
        return str(self.words["just_now"])

    def span(self, seconds: float) -> str:
        """A duration, rounded up: `40 seconds`, `10 minutes`, `2 hours`, `3 days`."""
        whole = max(0, int(-(-seconds // 1)))
        for unit, size, least in (("day", _DAY, 2 * _DAY), ("hour", _HOUR, 2 * _HOUR), ("minute", _MINUTE, _MINUTE)):
            if whole >= least or whole == size:
                return self._count(unit, f"{unit}s", -(-whole // size))
        return self._count("second", "seconds", whole)

    def _count(self, one: str, many: str, count: int) -> str:
        said: str = self.words[one if count == 1 else many].format(count=count)
        return said

    def _days_before(self, at: datetime, now: datetime) -> int:
        return (now.astimezone(self.zone).date() - at.astimezone(self.zone).date()).days

    def _day(self, at: datetime, now: datetime) -> str:
        near = {0: "", 1: self.words["yesterday"], -1: self.words["tomorrow"]}
        before = self._days_before(at, now)
        return str(near[before]) if before in near else self._date(at, now)

    def _date(self, at: datetime, now: datetime) -> str:
        local = at.astimezone(self.zone)
        form = "date" if local.year == now.astimezone(self.zone).year else "date_of_year"
        said: str = self.words[form].format(day=local.day, month=self.words["months"][local.month - 1], year=local.year)
        return said
