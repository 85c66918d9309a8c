"""From the engine's thread to Qt's: what comes up comes by one queued signal, on the thread that draws."""

import gc
from collections.abc import Callable, Coroutine
from typing import Any, Generic, TypeVar

import shiboken6
from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from console.engine import Completion, Engine, Handle

Result = TypeVar("Result")


class Call(Generic[Result]):
    """A coroutine under way for the user interface. Once cancelled, neither of its callbacks is called."""

    def __init__(
        self,
        owner: QObject | None,
        done: Callable[[Result], object] | None,
        failed: Callable[[BaseException], object] | None,
    ) -> None:
        self.owner, self.done, self.failed = owner, done, failed
        self.handle: Handle[Result] | None = None
        self.completion: Completion[Result] = Completion(cancelled=True)
        self.dropped = False

    def cancel(self) -> None:
        """Stop it. On the Qt thread."""
        self.dropped = True
        if self.handle is not None:
            self.handle.cancel()


class AsyncBridge(QObject):
    """Gives coroutines to the engine, and brings results back to Qt's thread.

    Coroutines never hold widgets. A call with an *owner* is cancelled when that object is destroyed.
    """

    unhandled = Signal(object)
    """An error that no `failed` was there for."""
    arrived = Signal(object)
    """A frozen snapshot that `publish` was given."""
    _finished = Signal(object)
    _published = Signal(object)

    def __init__(self, engine: Engine, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._engine = engine
        self._calls: dict[int, set[Call[Any]]] = {}
        self._finished.connect(self._deliver, Qt.ConnectionType.QueuedConnection)
        self._published.connect(self.arrived, Qt.ConnectionType.QueuedConnection)

    def submit(
        self,
        coroutine: Coroutine[Any, Any, Result],
        done: Callable[[Result], object] | None = None,
        failed: Callable[[BaseException], object] | None = None,
        owner: QObject | None = None,
    ) -> Call[Result]:
        """Run *coroutine* on the engine; *done* or *failed* is called on Qt's thread. Nothing is, once cancelled."""
        call = Call(owner, done, failed)
        if owner is not None:
            self._keep(owner, call)

        def finish(completion: Completion[Result]) -> None:
            call.completion = completion
            if shiboken6.isValid(self):
                self._finished.emit(call)

        call.handle = self._engine.run(coroutine, finish)
        return call

    def publish(self, snapshot: object) -> None:
        """Have `arrived` say *snapshot* on Qt's thread, in the order of these calls. From any thread."""
        if shiboken6.isValid(self):
            self._published.emit(snapshot)

    def close(self) -> bool:
        """Stop the engine. Returns whether its thread ended in time. Before the application ends."""
        return self._engine.stop()

    def _keep(self, owner: QObject, call: Call[Any]) -> None:
        key = id(owner)
        if key not in self._calls:
            self._calls[key] = set()
            owner.destroyed.connect(lambda *_: self._drop(key))
        self._calls[key].add(call)

    def _drop(self, key: int) -> None:
        for call in self._calls.pop(key, ()):
            call.cancel()

    @Slot(object)
    def _deliver(self, call: Call[Any]) -> None:
        if call.owner is not None:
            self._calls.get(id(call.owner), set()).discard(call)
        completion = call.completion
        if call.dropped or completion.cancelled:
            return
        if completion.error is None:
            if call.done is not None:
                call.done(completion.result)
        elif call.failed is not None:
            call.failed(completion.error)
        else:
            self.unhandled.emit(completion.error)


class GuiGc(QObject):
    """Collects garbage on Qt's thread only. Make it before the first other thread, keep it as long as widgets live.

    Python's collector runs on whichever thread allocates; on the engine's thread it would delete widgets there, and Qt
    does not survive that.
    """

    def __init__(
        self, parent: QObject | None = None, every_ms: int = 1000, limits: tuple[int, int, int] = (700, 10, 10)
    ) -> None:
        super().__init__(parent)
        self._limits = limits
        gc.disable()
        self._timer = QTimer(self, interval=every_ms)
        self._timer.timeout.connect(self.check)
        self._timer.start()

    @Slot()
    def check(self) -> None:
        """Collect the oldest generation that is due."""
        young, middle, old = gc.get_count()
        if young > self._limits[0]:
            gc.collect(2 if old > self._limits[2] else 1 if middle > self._limits[1] else 0)

    def stop(self) -> None:
        """Give the collecting back to Python. When no other thread is left."""
        self._timer.stop()
        gc.enable()
