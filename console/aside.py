"""Blocking calls, off the loop: one thread each for the password store and the disk, one call after the other.

Why not `asyncio.to_thread`: a password store may block until a person answers its prompt, and the pool behind that
function would then hold up the end of the program. And writes must happen in the order in which they were asked for.
"""

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from queue import SimpleQueue
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
        self._calls: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._thread: threading.Thread | None = None
        self._closed = False

    async def attempt(self, work: Callable[[], Result], seconds: float | None = None) -> Attempt[Result]:
        """See `Aside.attempt`. After `close`, nothing is called: everything is late."""
        if self._closed:
            return Attempt(late=True)
        asked: asyncio.Future[Attempt[Result]] = asyncio.get_running_loop().create_future()
        self._begin()
        self._calls.put(partial(_call, work, asked))
        done, _ = await asyncio.wait({asked}, timeout=seconds)
        return asked.result() if done else Attempt(late=True)

    def close(self, seconds: float = 1.0) -> None:
        """End the thread, after what was asked for before. One that is blocked is left behind; it is a daemon."""
        self._closed = True
        if self._thread is not None:
            self._calls.put(None)
            self._thread.join(seconds)

    def _begin(self) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._loop, name=self._name, daemon=True)
            self._thread.start()

    def _loop(self) -> None:
        while (call := self._calls.get()) is not None:
            call()


def _call(work: Callable[[], Result], asked: "asyncio.Future[Attempt[Result]]") -> None:
    """Call *work*, and tell whoever asked, if their loop still runs."""
    try:
        went = Attempt(result=work())
    except BaseException as error:  # noqa: BLE001 - whatever it is, it is told, and the next call is made
        went = Attempt(error=error)
    with suppress(RuntimeError):
        asked.get_loop().call_soon_threadsafe(asked.set_result, went)
