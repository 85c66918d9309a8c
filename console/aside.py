"""Blocking calls, off the loop: one thread each for the password store and the disk, one call after the other.

Why not `asyncio.to_thread`: a password store may block until a person answers its prompt, and the pool behind that
function would then hold up the end of the program. And writes must happen in the order in which they were asked for.
"""

import asyncio
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

Result = TypeVar("Result")
Got = TypeVar("Got", covariant=True)


@dataclass(frozen=True, slots=True)
class Attempt(Generic[Got]):
    """How a blocking call went: a result, an error of whatever kind, or neither yet."""

    result: Got | None = None
    error: BaseException | None = None
    late: bool = False
    """It did not end in time. It is still under way, and so is everything behind it."""


class Aside(Protocol):
    """Somewhere to make blocking calls."""

    async def attempt(self, work: Callable[[], Result], seconds: float | None = None) -> Attempt[Result]:
        """Call *work* after everything that was asked for before, and wait for it, at most *seconds*.

        Cancelling does not take the call back: it happens in its turn.
        """

    def close(self) -> None:
        """Finish what was asked for, as far as it does not block, and end."""


class SideThread:
    """A daemon thread that makes blocking calls in order. It starts with the first."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._begun: tuple[asyncio.AbstractEventLoop, threading.Thread] | None = None
        self._closed = False

    async def attempt(self, work: Callable[[], Result], seconds: float | None = None) -> Attempt[Result]:
        """See `Aside.attempt`. After `close`, nothing is called: everything is late."""
        if self._closed:
            return Attempt(late=True)

        async def call() -> Result:
            return work()

        asked = asyncio.wrap_future(asyncio.run_coroutine_threadsafe(call(), self._loop()))
        done, _ = await asyncio.wait({asked}, timeout=seconds)
        if not done:
            asked.add_done_callback(_look_at)
            return Attempt(late=True)
        error = asked.exception()
        return Attempt(result=None if error is not None else asked.result(), error=error)

    def close(self, seconds: float = 1.0) -> None:
        """End the thread, after what was asked for before. One that is blocked is left behind; it is a daemon."""
        self._closed = True
        if self._begun is None:
            return
        loop, thread = self._begun
        # Two rounds later: in the first what was asked for last is called, in the second whoever asked is told.
        loop.call_soon_threadsafe(loop.call_soon, loop.call_soon, loop.stop)
        thread.join(seconds)
        if not thread.is_alive():
            loop.close()
            self._begun = None

    def _loop(self) -> asyncio.AbstractEventLoop:
        if self._begun is None:
            loop = asyncio.new_event_loop()
            thread = threading.Thread(target=loop.run_forever, name=self._name, daemon=True)
            thread.start()
            self._begun = loop, thread
        return self._begun[0]


def _look_at(late: "asyncio.Future[Result]") -> None:
    """Nobody waits for it any more: an error that nobody looks at would be reported as a fault."""
    if not late.cancelled():
        late.exception()
