"""The bridge: results arrive on Qt's thread, in order, and never after their owner is gone."""

import asyncio
import gc
import threading
import weakref
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
import shiboken6
from PySide6.QtCore import QObject, QThread
from PySide6.QtWidgets import QWidget

from console.engine import Engine
from ui.bridge import AsyncBridge, GuiGc

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication
    from pytestqt.qtbot import QtBot


@pytest.fixture
def bridge(qapp: "QApplication") -> Iterator[AsyncBridge]:
    engine = Engine()
    made = AsyncBridge(engine)
    engine.start()
    yield made
    assert made.close()


async def echo(value: object) -> object:
    await asyncio.to_thread(lambda: None)
    return value


async def broken() -> None:
    raise ValueError("as asked")


def test_a_result_arrives_on_the_thread_that_draws(qtbot: "QtBot", bridge: AsyncBridge, qapp: "QApplication") -> None:
    came: list[tuple[object, bool]] = []
    bridge.submit(echo("x"), lambda result: came.append((result, QThread.currentThread() is qapp.thread())))
    qtbot.waitUntil(lambda: bool(came))
    assert came == [("x", True)]


def test_an_error_goes_to_whoever_asked_or_to_everybody(qtbot: "QtBot", bridge: AsyncBridge) -> None:
    failed: list[BaseException] = []
    with qtbot.waitSignal(bridge.unhandled) as told:
        bridge.submit(broken(), failed=failed.append)
        bridge.submit(broken())
    assert len(failed) == 1
    assert isinstance(told.args[0], ValueError)


def test_a_cancelled_call_says_nothing(qtbot: "QtBot", bridge: AsyncBridge) -> None:
    came: list[object] = []
    bridge.submit(echo("dropped"), came.append).cancel()
    bridge.submit(echo("kept"), came.append)
    qtbot.waitUntil(lambda: bool(came))
    assert came == ["kept"]


def test_a_call_dies_with_its_owner(qtbot: "QtBot", bridge: AsyncBridge) -> None:
    came: list[object] = []
    owner = QObject()
    began, ended = threading.Event(), threading.Event()

    async def forever() -> None:
        began.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    bridge.submit(forever(), came.append, owner=owner)
    qtbot.waitUntil(began.is_set)
    bridge.submit(echo("to the dead"), came.append, owner=owner)
    shiboken6.delete(owner)
    qtbot.waitUntil(ended.is_set)
    bridge.submit(echo("to the living"), came.append)
    qtbot.waitUntil(lambda: bool(came))
    assert came == ["to the living"]


def test_snapshots_arrive_in_order(qtbot: "QtBot", bridge: AsyncBridge) -> None:
    came: list[object] = []
    bridge.arrived.connect(came.append)

    async def publish() -> None:
        for number in range(200):
            bridge.publish(number)

    bridge.submit(publish())
    qtbot.waitUntil(lambda: len(came) == 200)
    assert came == list(range(200))


def test_garbage_is_collected_only_on_the_thread_that_draws(
    qtbot: "QtBot", bridge: AsyncBridge, qapp: "QApplication"
) -> None:
    """Without this, a collection on the engine's thread deletes widgets there, and Qt crashes."""
    collector = GuiGc(every_ms=5)
    deleted_on: list[threading.Thread] = []

    def dropped() -> "weakref.ref[QWidget]":
        """A widget that only the collector can free."""
        widget = QWidget()
        widget.__dict__["itself"] = widget
        weakref.finalize(widget, lambda: deleted_on.append(threading.current_thread()))
        return weakref.ref(widget)

    seen = [dropped() for _ in range(50)]

    async def litter() -> None:
        for _ in range(50_000):
            cycle: list[object] = []
            cycle.append(cycle)

    bridge.submit(litter())
    qtbot.waitUntil(lambda: all(one() is None for one in seen))
    collector.stop()
    assert gc.isenabled()
    assert set(deleted_on) == {threading.main_thread()}
