"""While somebody is signed in: the live stream, re-reading what changed, deadlines, and the witness.

Whatever is announced is read again; nothing is guessed. Bursts become one reading, errors wait for the next chance, and
only the end of the session ends the watch. Nobody asked for these readings: they keep no idle session alive.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import aclosing
from dataclasses import replace
from functools import partial
from itertools import count

from console.activities.cases import list_cases, read_case
from console.board import Board
from console.coalescing import Coalesced
from console.errors import GatewayError, Missing, SignedOut
from console.live import Live
from console.parts import Parts
from console.state.changes import heard, left_case, told, witnessed
from console.state.deadlines import next_deadline
from console.state.desk_state import Connection, DeskState, Message, Standing, Tone, WitnessState
from console.store import Store
from console.witness import Witness
from services.contract.cases import CaseCard
from services.contract.events import LiveEvent, Topic
from services.contract.staff import SessionCard
from services.vocabulary import StaffId

CASE_REST = 0.2
"""Seconds between two readings of the shown case: a burst of events is two readings, not twenty."""
LIST_REST = 2.0
LOG_REST = 10.0
"""Between two looks at the audit log: two thousand desktops watch it."""
DEADLINE_GRACE = 0.5
"""After a deadline, so that the service's clock has passed it too."""
RETRY_SECONDS = 5.0
"""After a reading that failed, while the stream itself is up."""

_log = logging.getLogger(__name__)


class Watch:
    """Keeps a board up to date for one session after another."""

    def __init__(self, parts: Parts, board: Board, over: Callable[[Message], Awaitable[None]]) -> None:
        """*over* is awaited when the service says that the session has ended."""
        self._parts = parts
        self._calls = parts.service.in_background()
        self._board = board
        self._over = over
        self._turns = count(1)
        self._tasks: set[asyncio.Task[None]] = set()
        self._witness: Witness | None = None
        self._deadline: asyncio.TimerHandle | None = None
        self._planned_for: CaseCard | None = None
        self._case = Coalesced(self._reading(self._read_case), CASE_REST)
        self._list = Coalesced(self._reading(self._read_list), LIST_REST)
        self._audit = Coalesced(self._reading(self._read_log), LOG_REST)
        board.subscribe(self._plan_ahead)

    def turn(self) -> int:
        """The number of the next question."""
        return next(self._turns)

    def begin(self, remember: Coroutine[None, None, None]) -> None:
        """Watch for a new session. *remember* ends with it too: it brings the store, and calls `testify`."""
        for job in (self._listen(), self._case.run(), self._list.run(), remember):
            self._spawn(job)

    async def testify(self, card: SessionCard, store: Store) -> None:
        """Watch the log as well: what this desktop saw of it before is known now."""
        parts = self._parts
        self._witness = Witness(parts.server, self._calls, store, parts.disk, parts.now)
        self._show(await self._witness.pin(card.log_key))
        self._spawn(self._audit.run())

    def end(self) -> None:
        """Stop watching. The task that calls this is left to end by itself."""
        self._plan(None)
        for task in tuple(self._tasks):
            if task is not asyncio.current_task():
                task.cancel()
        self._tasks.clear()

    def refresh(self) -> None:
        """Read everything that is shown again."""
        for job in (self._case, self._list, self._audit):
            job.ask()

    def refresh_case(self) -> None:
        """Read the shown case again."""
        self._case.ask()

    async def acknowledge(self, by: StaffId) -> None:
        """A person has seen the witness's alarm."""
        if self._witness is not None:
            self._show(await self._witness.acknowledge(by))
            self._audit.ask()

    async def _listen(self) -> None:
        live = Live(self._parts.service, self._hear, chance=self._parts.chance)
        try:
            async with aclosing(live.events()) as events:
                async for event in events:
                    if event.topic is Topic.SESSION_ENDED:
                        break
                    self._take(event)
        except SignedOut:
            pass  # said in the stream or in answer to it: the session is over
        await self._over(self._parts.teller.trouble("session_ended", Tone.NOTICE))

    def _hear(self, connection: Connection) -> None:
        self._board.apply(heard(connection))

    def _take(self, event: LiveEvent) -> None:
        if event.topic is Topic.HELLO:
            self.refresh()
        elif event.topic is Topic.CHECKPOINT:
            self._audit.ask()
        elif event.topic is Topic.CASE:
            self._list.ask()
            if (case := self._board.state.case) is not None and case.id == event.id:
                self._case.ask()

    async def _read_case(self) -> None:
        if (case := self._board.state.case) is None:
            return
        try:
            self._board.apply(await read_case(self._calls, self.turn(), case.id))
        except Missing:
            gone = self._parts.teller.trouble("case_gone", Tone.NOTICE)
            self._board.apply(left_case, told(gone))

    async def _read_list(self) -> None:
        self._board.apply(await list_cases(self._calls, None))

    async def _read_log(self) -> None:
        if self._witness is not None:
            state = await self._witness.check()
            self._show(state)
            if state.standing is Standing.UNPROVEN:
                asyncio.get_running_loop().call_later(RETRY_SECONDS, self._audit.ask)

    def _reading(self, read: Callable[[], Awaitable[None]]) -> Callable[[], Awaitable[None]]:
        """*read*, with its errors: the end of the session is told, anything else is tried again later."""

        async def job() -> None:
            try:
                await read()
            except SignedOut:
                await self._over(self._parts.teller.trouble("session_ended", Tone.NOTICE))
            except GatewayError as error:
                _log.info("Reading again failed, and will be tried again: %s", type(error).__name__)
                asyncio.get_running_loop().call_later(RETRY_SECONDS, self.refresh_case)

        return job

    def _show(self, state: WitnessState) -> None:
        self._board.apply(witnessed(replace(state, sentence=self._sentence(state))))

    def _sentence(self, state: WitnessState) -> str:
        wording, now = self._parts.wording, self._parts.now()
        if self._witness is not None and (alarm := self._witness.alarm) is not None:
            sizes = {"held": alarm.held.size, "offered": alarm.offered_size}
            return f"{wording.sentence('alarm_kind', alarm.kind, **sizes)} {wording.hint(Standing.ALARM)}"
        ago = wording.moments.ago(state.checked_at, now) if state.checked_at is not None else None
        return wording.hint(state.standing, size=state.size, ago=ago)

    def _plan_ahead(self, state: DeskState) -> None:
        """Have the shown case read again when the clock alone will have changed it."""
        if state.case is not self._planned_for:
            self._plan(state.case)

    def _plan(self, case: CaseCard | None) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
        self._deadline, self._planned_for = None, case
        now = self._parts.now()
        if case is not None and (moment := next_deadline(case, now)) is not None:
            seconds = (moment - now).total_seconds() + DEADLINE_GRACE
            self._deadline = asyncio.get_running_loop().call_later(seconds, self._case.ask)

    def _spawn(self, job: Coroutine[None, None, None]) -> None:
        task = asyncio.get_running_loop().create_task(job)
        self._tasks.add(task)
        task.add_done_callback(partial(self._ended))

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            _log.error("The desk stopped watching.", exc_info=error)
            self._board.apply(told(self._parts.teller.trouble("fault", Tone.FAULT)))
