"""The engine: every coroutine given to it completes exactly once, whatever stops when."""

import asyncio
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from console.engine import Completion, Engine

PATIENCE = 10.0
"""Seconds until a test gives up waiting for a thread."""


class Ends:
    """Collects completions, and lets a test wait for them."""

    def __init__(self) -> None:
        self.all: list[Completion[Any]] = []
        self.threads: list[str] = []
        self._came = threading.Semaphore(0)

    def __call__(self, completion: Completion[Any]) -> None:
        self.all.append(completion)
        self.threads.append(threading.current_thread().name)
        self._came.release()

    def await_count(self, count: int) -> list[Completion[Any]]:
        """The completions, once there are *count* more."""
        for _ in range(count):
            assert self._came.acquire(timeout=PATIENCE)
        return self.all


@pytest.fixture
def engine() -> Iterator[Engine]:
    made = Engine("net-test")
    yield made
    assert made.stop(PATIENCE)


@pytest.fixture
def ends() -> Ends:
    return Ends()


async def twice(number: int) -> int:
    return number * 2


async def broken() -> None:
    raise ValueError("as asked")


class Waits:
    """A coroutine that waits for ever, and tells how it ended."""

    def __init__(self) -> None:
        self.began, self.cancelled = threading.Event(), threading.Event()

    async def run(self) -> None:
        self.began.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            self.cancelled.set()
            raise


def test_results_and_errors_come_back_on_its_own_thread(engine: Engine, ends: Ends) -> None:
    engine.start()
    engine.run(twice(21), ends)
    engine.run(broken(), ends)
    first, second = sorted(ends.await_count(2), key=lambda end: end.error is not None)
    assert first == Completion(result=42)
    assert isinstance(second.error, ValueError)
    assert set(ends.threads) == {"net-test"}


def test_what_was_given_before_the_start_runs_after_it_in_order(engine: Engine, ends: Ends) -> None:
    handles = [engine.run(twice(number), ends) for number in range(50)]
    assert ends.all == []
    engine.start()
    assert [end.result for end in ends.await_count(50)] == list(range(0, 100, 2))
    assert handles[-1].wait(PATIENCE)


def test_cancel_reaches_the_coroutine(engine: Engine, ends: Ends) -> None:
    engine.start()
    waits = Waits()
    handle = engine.run(waits.run(), ends)
    assert waits.began.wait(PATIENCE)
    handle.cancel()
    assert ends.await_count(1) == [Completion(cancelled=True)]
    assert waits.cancelled.is_set()


def test_cancel_before_the_start_counts(engine: Engine, ends: Ends) -> None:
    handle = engine.run(twice(1), ends)
    handle.cancel()
    engine.start()
    assert ends.await_count(1) == [Completion(cancelled=True)]


def test_stop_cancels_what_is_under_way(engine: Engine, ends: Ends) -> None:
    engine.start()
    waits = Waits()
    engine.run(waits.run(), ends)
    assert waits.began.wait(PATIENCE)
    assert engine.stop(PATIENCE)
    assert ends.all == [Completion(cancelled=True)]
    assert waits.cancelled.is_set()


def test_after_stop_nothing_runs_any_more(engine: Engine, ends: Ends) -> None:
    engine.start()
    assert engine.stop(PATIENCE)
    assert engine.run(twice(1), ends).wait(0.0)
    assert ends.all == [Completion(cancelled=True)]


def test_an_engine_that_never_started_stops(engine: Engine, ends: Ends) -> None:
    engine.run(twice(1), ends)
    assert engine.stop(PATIENCE)
    assert engine.stop(PATIENCE)
    assert ends.all == [Completion(cancelled=True)]


def test_every_coroutine_completes_once_while_it_stops() -> None:
    """100 rounds of 40 coroutines, given by two threads while a third stops the engine."""
    for _ in range(100):
        engine, ends = Engine(), Ends()
        engine.start()

        def give(engine: Engine = engine, ends: Ends = ends) -> None:
            for number in range(20):
                engine.run(twice(number), ends)

        givers = [threading.Thread(target=give) for _ in range(2)]
        for giver in givers:
            giver.start()
        assert engine.stop(PATIENCE)
        for giver in givers:
            giver.join(PATIENCE)
        assert len(ends.all) == 40
