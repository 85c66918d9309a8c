"""The thread that hands outbox rows to the engine: at once when woken, at the latest after a second."""

import logging
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from datetime import datetime, timedelta
from typing import Final, Protocol

from services.domain.outcome import Effect
from services.guarded import Recurring
from services.worker.system_database import Occupied

POLL: Final = timedelta(seconds=1)
"""How long a row waits at most when nobody wakes us: it may have been written by another process."""

ROUNDS: Final = timedelta(hours=1)
"""How often the engine is tidied and unsettled rows are handed over afresh."""

LOOKS: Final = timedelta(seconds=15)
"""How often effects that lost their thread are looked for: one is found at the second look after."""

KEPT: Final = timedelta(days=30)
"""How long the engine remembers what it ended: far longer than its patience, or an effect could run beside itself."""

LONGEST_TROUBLE: Final = 30.0
"""Seconds without anything handed over, nor found that nothing is to be, before the worker counts as out of order."""

_BATCH: Final = 100

_log = logging.getLogger(__name__)


class Outbox(Protocol):
    """The rows to hand over. Each method is one transaction."""

    def due(self, limit: int) -> list[Effect]:
        """The oldest rows not handed over, at most *limit*."""

    def handed_over(self, key: str) -> None:
        """Mark a row as handed over."""

    def take_back(self) -> None:
        """Make every row that was handed over, but is not settled, due again. For the engine it is the same effect."""


class Engine(Protocol):
    """What the dispatcher needs of `services.worker.engine.Effects`."""

    def launch(self) -> None: ...

    def submit(self, key: str, kind: str, payload: Mapping[str, str]) -> None: ...

    def resume_lost(self) -> None: ...

    def tidy(self, before: datetime) -> None: ...

    def stop(self) -> None: ...


class Hold(Protocol):
    """This process, and no other, performs the effects of the outbox's database."""

    def lasts(self) -> bool:
        """Whether it still does."""

    def release(self) -> None:
        """Let go."""


class Dispatcher:
    """Keeps an engine supplied from an outbox, in a thread of its own; stands by while another process does."""

    def __init__(
        self,
        engine: Engine,
        outbox: Outbox,
        clock: Callable[[], datetime],
        *,
        hold: Callable[[], Hold | None],
        may_perform: Callable[[], bool],
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        """Prepare, starting nothing.

        *clock* tells UTC, *now* counts seconds. *hold* keeps every other process from these effects; None while another
        one does. While *may_perform* says no, the engine rests, and `is_well` says so.
        """
        self._engine = engine
        self._outbox = outbox
        self._clock = clock
        self._take_hold, self._may_perform, self._now = hold, may_perform, now
        self._worked_at = now()
        self._rounds, self._looks = _Interval(ROUNDS), _Interval(LOOKS)
        self._held: Hold | None = None
        self._stands_by = False
        self._ended = threading.Event()
        self._wake = threading.Event()
        self._thread = threading.Thread(target=self._loop, name="dispatcher", daemon=True)

    def start(self) -> None:
        """Launch the engine and start handing over; or stand by, if another process performs these effects.

        Raises:
            Exception: Whatever keeps the engine from launching, other than `Occupied`. Nothing was started.
        """
        self._is_launched()
        self._thread.start()

    def is_well(self) -> bool:
        """Whether effects are handed over here, or this process stands by; not when it fails for `LONGEST_TROUBLE`."""
        works = self._now() - self._worked_at < LONGEST_TROUBLE
        return works and self._thread.is_alive() and self._may_perform()

    def wake(self) -> None:
        """Say that a row was committed. Returns at once; any thread."""
        self._wake.set()

    def stop(self) -> None:
        """Hand nothing more over, then stop the engine. What is left waits in the outbox or the engine's database."""
        self._ended.set()
        self._wake.set()
        self._thread.join()
        self._lay_down()

    def hand_over(self) -> int:
        """Hand over every due row, oldest first; how many those were."""
        handed = 0
        while rows := self._outbox.due(_BATCH):
            for row in rows:
                if self._ended.is_set() or not self._may_perform():
                    return handed
                self._engine.submit(row.key, row.kind, row.payload)
                self._outbox.handed_over(row.key)
                self._worked_at = self._now()
                handed += 1
        return handed

    def _loop(self) -> None:
        turns = Recurring("dispatcher")
        while not self._ended.is_set():
            turns.attempt(self._turn)
            self._wake.wait(POLL.total_seconds())
            self._wake.clear()

    def _turn(self) -> None:
        if self._is_launched():
            self._make_rounds()
            self.hand_over()
        self._worked_at = self._now()

    def _is_launched(self) -> bool:
        """Whether effects are performed here, after taking them up or laying them down as it has to be now."""
        may_perform = self._may_perform()
        if self._held is not None and not (may_perform and self._held.lasts()):
            self._lay_down()
        if self._held is None and may_perform:
            self._held = self._taken_up()
        return self._held is not None

    def _taken_up(self) -> Hold | None:
        with ExitStack() as undo:
            try:
                held = self._take_hold()
                if held is None:
                    raise Occupied
                undo.callback(held.release)
                self._engine.launch()
            except Occupied:
                self._stand_by()
                return None
            undo.pop_all()
        self._rounds.begin_anew()
        self._looks.begin_anew()
        self._stands_by = False
        return held

    def _stand_by(self) -> None:
        if not self._stands_by:
            _log.info("another process performs the effects; standing by")
        self._stands_by = True

    def _lay_down(self) -> None:
        if self._held is not None:
            self._engine.stop()
            self._held.release()
            self._held = None

    def _make_rounds(self) -> None:
        now = self._clock()
        if self._looks.is_over(now):
            self._engine.resume_lost()
            self._looks.begin(now)
        if self._rounds.is_over(now):
            self._engine.tidy(now - KEPT)
            self._outbox.take_back()
            self._rounds.begin(now)


class _Interval:
    """A length of time from when it was begun. It is over at first, and when the clock was set back."""

    def __init__(self, length: timedelta) -> None:
        self._length = length
        self._since: datetime | None = None

    def is_over(self, now: datetime) -> bool:
        return self._since is None or not timedelta(0) <= now - self._since < self._length

    def begin(self, now: datetime) -> None:
        self._since = now

    def begin_anew(self) -> None:
        self._since = None
