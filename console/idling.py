"""A session that is not used ends: said in time, so that nobody is signed out in the middle of a call (X-09)."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

from console.board import Board
from console.state.changes import session_ending
from console.state.desk_state import SessionEnding
from services.contract.staff import SessionCard

WARNING = timedelta(seconds=90)
"""How long before the end it is said: 20 seconds at the least, long enough to read it and press a key (WCAG 2.2.1)."""
SLACK = timedelta(seconds=20)
"""The service may have noted the last use so much earlier than it was: it does not write at every request."""


class Idling:
    """Plans the warning anew at every use, and takes it back."""

    def __init__(self, board: Board, now: Callable[[], datetime]) -> None:
        self._board, self._now = board, now
        self._session: SessionCard | None = None
        self._timer: asyncio.TimerHandle | None = None

    def begin(self, session: SessionCard) -> None:
        """A session began, or goes on: it was just used."""
        self._session = session
        self.used()

    def used(self) -> None:
        """The service answered somebody's question: the time runs anew."""
        self._cancel()
        if self._session is None:
            return
        if self._board.state.ending is not None:
            self._board.apply(session_ending(None))
        ending, now = self._ending(self._session), self._now()
        seconds = max(0.0, (ending.at - WARNING - now).total_seconds())
        self._timer = asyncio.get_running_loop().call_later(seconds, self._board.apply, session_ending(ending))

    def end(self) -> None:
        """The session is over."""
        self._session = None
        self._cancel()

    def _ending(self, session: SessionCard) -> SessionEnding:
        unused = self._now() + timedelta(seconds=session.idle_seconds) - SLACK
        return SessionEnding(at=min(unused, session.ends_at), can_stay=unused < session.ends_at)

    def _cancel(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
