"""The end of the audit log, for live events: what this process commits at once, what others commit by looking."""

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from threading import Lock
from typing import Protocol

from services.domain.audit.lately import Happened, Lately
from services.domain.outcome import Entry

LOOKS_BACK = 4
"""Looks until an entry that is not there will not come: PostgreSQL may show a later serial number before an earlier."""


class LogEnd(Protocol):
    """The end of the audit log, whichever process writes it. Each method is one statement."""

    def end(self) -> Lately:
        """How far it goes, and nothing that happened."""

    def after(self, serial: int) -> Lately:
        """What happened after an entry, oldest first, and perhaps not all of it."""


class Tail:
    """Gives every entry since `begin` once, whoever wrote it. Safe in any thread."""

    def __init__(self, log: LogEnd) -> None:
        self._log = log
        self._looking, self._lock = Lock(), Lock()
        self._newest: deque[int] = deque(maxlen=LOOKS_BACK)
        """The last entry of each of the latest looks; empty while nobody listens."""
        self._given: set[int] = set()
        """Entries after the oldest of these that were given."""
        self._size = 0

    def begin(self) -> None:
        """Give everything from now on; when it does already, this changes nothing."""
        with self._looking:
            if not self._newest:
                end = self._log.end()
                with self._lock:
                    self._newest.append(end.newest)
                    self._size = end.size

    def committed(self, entries: Mapping[int, Entry]) -> list[Happened]:
        """What this process wrote, by serial number, as far as it was not given before."""
        happened = [
            Happened(serial=serial, event=entry.event, case=entry.case, subject=entry.subject)
            for serial, entry in entries.items()
        ]
        with self._lock:
            return self._fresh(happened)

    def has_grown(self, size: int) -> bool:
        """Whether it was not known yet that the log is signed so far."""
        with self._lock:
            grown, self._size = size > self._size, max(size, self._size)
        return grown

    def look(self, is_listened_to: Callable[[], bool]) -> Lately | None:
        """What was not given before; None, without looking, while nobody listens."""
        with self._looking:
            if not is_listened_to():
                self._end()
                return None
            if not self._newest:
                return None
            lately = self._log.after(self._newest[0])
            with self._lock:
                fresh = self._fresh(lately.happened)
                self._move_on(lately)
        return Lately(happened=tuple(fresh), newest=lately.newest, size=lately.size)

    def _end(self) -> None:
        with self._lock:
            self._newest.clear()
            self._given.clear()

    def _fresh(self, happened: Sequence[Happened]) -> list[Happened]:
        if not self._newest:
            return []
        oldest = self._newest[0]
        fresh = [one for one in happened if one.serial > oldest and one.serial not in self._given]
        self._given.update(one.serial for one in fresh)
        return fresh

    def _move_on(self, lately: Lately) -> None:
        if not lately.is_all:
            self._newest.clear()  # the rest comes with the next look, and must not wait until this is old
        self._newest.append(lately.newest)
        oldest = self._newest[0]
        self._given = {serial for serial in self._given if serial > oldest}
