"""The last resort of what nobody waits for: an error of any kind is logged, and what comes next goes on."""

import logging
import sqlite3
import time
import traceback
from collections.abc import Callable
from typing import Final, TypeVar

from services.domain.outcome import Unavailable

Result = TypeVar("Result")

AGAIN_SECONDS: Final = 60.0
"""How often an error that comes again and again is told again."""

_log = logging.getLogger(__name__)


def guarded(what: str, act: Callable[[], Result]) -> Result | None:
    """Do *act*; None if it raised. The trace is logged without the error's text, which may hold a person's data."""
    return _attempt(act, lambda error: _tell(what, error))


class Recurring:
    """What is done again and again: its trouble is told when it begins, once a minute after that, and when it is over.

    For one thread. *now* counts seconds.
    """

    def __init__(self, what: str, now: Callable[[], float] = time.monotonic) -> None:
        self._what, self._now = what, now
        self._since: float | None = None
        self._told = 0.0
        self._times = 0

    def attempt(self, act: Callable[[], object]) -> None:
        """Do *act*, whatever comes of it."""
        failures = self._times
        _attempt(act, self._failed)
        if self._since is not None and self._times == failures:
            _log.info("%s: goes on, after %d failures in %.0f seconds", self._what, failures, self._now() - self._since)
            self._since, self._times = None, 0

    def _failed(self, error: Exception) -> None:
        now, self._times = self._now(), self._times + 1
        if self._since is None:
            self._since = self._told = now
            _tell(self._what, error)
        elif now - self._told >= AGAIN_SECONDS:
            self._told = now
            _log.error(
                "%s: still %s, %d times in %.0f seconds", self._what, named(error), self._times, now - self._since
            )


def _attempt(act: Callable[[], Result], failed: Callable[[Exception], None]) -> Result | None:
    try:
        return act()
    except Exception as error:  # noqa: BLE001 - the one place for it outside the API
        failed(error)
        return None


def _tell(what: str, error: Exception) -> None:
    _log.error("%s: %s\n%s", what, named(error), "".join(traceback.format_tb(error.__traceback__)))


def named(error: Exception) -> str:
    """An error by its kind, with what is known to be nobody's data: the system's words, a path, SQLite's complaint."""
    name, cause = type(error).__name__, getattr(error, "orig", error)
    if isinstance(cause, OSError):
        return ": ".join(str(part) for part in (name, cause.strerror, cause.filename) if part)
    if isinstance(cause, sqlite3.OperationalError | Unavailable):
        return f"{name}: {cause}"
    return name
