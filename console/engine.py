"""The thread that all waiting happens on: one asyncio loop, apart from the thread that draws."""

import threading
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar

if TYPE_CHECKING:
    import asyncio

Result = TypeVar("Result")

STOP_SECONDS = 2.0
"""How long `Engine.stop` waits for cancelled coroutines to clean up."""


class Completion(NamedTuple, Generic[Result]):
    """How a coroutine ended: with a result, with an error, or cancelled."""

    result: Result | None = None
    error: BaseException | None = None
    cancelled: bool = False


class Handle(Generic[Result]):
    """A coroutine that was given to the engine. It completes exactly once."""

    def __init__(self, coroutine: Coroutine[Any, Any, Result], done: Callable[[Completion[Result]], None]) -> None:
        self._coroutine = coroutine
        self._done = done
        self._cancelled = False
        self._ended = threading.Event()
        self._begun: tuple[asyncio.AbstractEventLoop, asyncio.Task[Result]] | None = None

    def cancel(self) -> None:
        """Ask it to stop, from any thread. It completes as cancelled, unless it was done already."""
        self._cancelled = True
        if self._begun is not None:
            loop, task = self._begun
            _call_soon(loop, task.cancel)

    def wait(self, seconds: float) -> bool:
        """Wait until it has completed; whether it has. For the end of the program, and never on the engine's thread."""
        return self._ended.wait(seconds)

    def begin(self, loop: "asyncio.AbstractEventLoop") -> None:
        """Start it. For the engine, on its thread."""
        task = loop.create_task(self._coroutine)
        task.add_done_callback(self._finish)
        self._begun = loop, task
        if self._cancelled:
            task.cancel()

    def abandon(self) -> None:
        """Complete as cancelled without having run. For the engine."""
        self._coroutine.close()
        self._complete(Completion(cancelled=True))

    def _finish(self, task: "asyncio.Task[Result]") -> None:
        if task.cancelled():
            self._complete(Completion(cancelled=True))
        elif (error := task.exception()) is not None:
            self._complete(Completion(error=error))
        else:
            self._complete(Completion(result=task.result()))

    def _complete(self, completion: Completion[Result]) -> None:
        try:
            self._done(completion)
        finally:
            self._ended.set()


class Engine:
    """Runs coroutines on a thread of its own. `run` may be called from any thread, and before `start`.

    Coroutines must not hold on to widgets: the last reference to one would drop on this thread.
    """

    def __init__(self, name: str = "net") -> None:
        self._lock = threading.Lock()
        self._open: dict[Handle[Any], None] = {}
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None
        self._stopped = False
        self._thread = threading.Thread(target=self._main, name=name, daemon=True)

    def start(self) -> None:
        """Start the thread; the loop follows by itself, and runs what was given to it before. Once only."""
        self._thread.start()

    def run(
        self, coroutine: Coroutine[Any, Any, Result], done: Callable[[Completion[Result]], None] | None = None
    ) -> Handle[Result]:
        """Run *coroutine* soon, and call *done* on the engine's thread when it has ended.

        After `stop` it is not run: it completes as cancelled before this returns.
        """

        def settle(completion: Completion[Result]) -> None:
            with self._lock:
                self._open.pop(handle, None)
            if done is not None:
                done(completion)

        handle = Handle(coroutine, settle)
        with self._lock:
            stopped, loop = self._stopped, self._loop
            if not stopped:
                self._open[handle] = None
        if stopped:
            handle.abandon()
        elif loop is not None:
            _call_soon(loop, self._begin, handle)
        return handle

    def stop(self, seconds: float = STOP_SECONDS) -> bool:
        """Cancel everything and end the thread. Returns whether it ended in time. May be called twice."""
        with self._lock:
            self._stopped = True
            loop, stop = self._loop, self._stop
        if loop is not None and stop is not None:
            _call_soon(loop, stop.set)
        if self._thread.ident is not None:
            self._thread.join(seconds)
        if self._thread.is_alive():
            return False
        self._abandon_the_rest()
        return True

    def _main(self) -> None:
        import asyncio  # 40 ms that the first paint need not wait for

        asyncio.run(self._serve(asyncio.Event()))

    async def _serve(self, stop: "asyncio.Event") -> None:
        import asyncio  # as above

        loop = asyncio.get_running_loop()
        with self._lock:
            self._loop, self._stop = loop, stop
            early = tuple(self._open)
            if self._stopped:
                stop.set()
        for handle in early:
            self._begin(handle)
        await stop.wait()

    def _begin(self, handle: Handle[Any]) -> None:
        """On the loop. What comes after `stop` is left to it: the loop cancels only what had begun."""
        if not self._stopped and self._loop is not None:
            handle.begin(self._loop)

    def _abandon_the_rest(self) -> None:
        """Once the loop has ended, whatever is still open never began."""
        with self._lock:
            rest = tuple(self._open)
        for handle in rest:
            handle.abandon()


def _call_soon(loop: "asyncio.AbstractEventLoop", call: Callable[..., object], *args: object) -> None:
    """Have the loop call; a loop that has ended does not, and nobody waits for it any more."""
    try:
        loop.call_soon_threadsafe(call, *args)
    except RuntimeError:
        return
