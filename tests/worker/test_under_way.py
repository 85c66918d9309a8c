"""What lost its thread, because the engine's file could not be written for a moment, goes on (invariant 13)."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Connection, Engine, event

from services.worker.engine import Effects
from tests.support.server import eventually
from tests.worker.portal import ACT, STEPS, Portal, drained, submit


@contextmanager
def full_disk() -> Iterator[None]:
    """Inside, nothing is written into the engine's database."""

    def refuse(connection: Connection, _cursor: object, statement: str, *_: object) -> None:
        if str(connection.engine.url).endswith("effects.db") and not statement.lstrip().upper().startswith("SELECT"):
            raise sqlite3.OperationalError("database or disk is full")

    event.listen(Engine, "before_cursor_execute", refuse)
    try:
        yield
    finally:
        event.remove(Engine, "before_cursor_execute", refuse)


@pytest.mark.logs_warning(f"{ACT} act_1: OperationalError: database or disk is full", "lost their threads, and go on")
@pytest.mark.parametrize("step", [STEPS[0], STEPS[-1]])
def test_what_the_engine_could_not_record_goes_on_when_it_can_again(
    step: str, portal: Portal, effects: Effects, caplog: pytest.LogCaptureFixture
) -> None:
    """A disk that was full for a moment: no step is lost, none happens twice, and no restart is needed."""
    reached, is_full = threading.Event(), threading.Event()

    def trouble(_key: str, at: str) -> None:
        if at == step and not reached.is_set():
            reached.set()
            assert is_full.wait(10)

    portal.trouble = trouble
    submit(effects, "act_1")
    assert reached.wait(10)
    with full_disk():
        is_full.set()
        assert eventually(lambda: "disk is full" in caplog.text)
    assert not drained(0.1)
    submit(effects, "act_1")
    effects.resume_lost()
    effects.resume_lost()
    assert drained(20)
    assert portal.what_happened("act_1") == STEPS


@pytest.mark.logs_warning("Exception encountered in background workflow", "lost their threads, and go on")
def test_an_end_that_the_engine_could_not_record_is_recorded_later(portal: Portal, effects: Effects) -> None:
    ended = threading.Event()

    def refuse(_connection: object, _cursor: object, statement: str, values: object, *_: object) -> None:
        if statement.startswith("UPDATE") and "SUCCESS" in str(values):
            ended.set()
            raise sqlite3.OperationalError("database or disk is full")

    event.listen(Engine, "before_cursor_execute", refuse)
    submit(effects, "act_1")
    assert ended.wait(10)
    event.remove(Engine, "before_cursor_execute", refuse)
    effects.resume_lost()
    effects.resume_lost()
    assert drained(20)
    assert portal.what_happened("act_1") == STEPS


def test_what_runs_is_not_taken_for_lost(portal: Portal, effects: Effects) -> None:
    reached, go_on = threading.Event(), threading.Event()

    def trouble(_key: str, step: str) -> None:
        if step == STEPS[1]:
            reached.set()
            assert go_on.wait(10)

    portal.trouble = trouble
    submit(effects, "act_1")
    assert reached.wait(10)
    for _ in range(3):
        effects.resume_lost()
    go_on.set()
    assert drained(10)
    assert portal.what_happened("act_1") == STEPS
