"""A portal in miniature: an outbox, four steps for each effect, and a count of what really happened."""

import os
import signal
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from dbos import DBOS
from sqlalchemy import (
    URL,
    Column,
    Connection,
    Engine,
    Integer,
    MetaData,
    NullPool,
    String,
    Table,
    create_engine,
    delete,
    event,
    func,
    insert,
    select,
    update,
)

from services.domain.outcome import Effect
from services.vocabulary import EffectKind
from services.worker.dispatch import Dispatcher
from services.worker.engine import Effects, Progress, Reason
from tests.support.server import eventually

ACT = EffectKind.PERFORM_ACTION
UNFINISHED = ["PENDING", "ENQUEUED", "DELAYED"]
STEPS = ("revoke_sessions", "remove_authenticator", "send_link", "notify")

metadata = MetaData()
outbox = Table(
    "outbox",
    metadata,
    Column("key", String, primary_key=True),
    Column("handed_over", Integer, nullable=False, default=0),
    Column("settled", Integer, nullable=False, default=0),
)
committed = Table(
    "committed", metadata, Column("key", String, primary_key=True), Column("step", String, primary_key=True)
)
happened = Table("happened", metadata, Column("key", String), Column("what", String))


class Unavailable(Exception):
    """No usable answer for now."""


class Hold:
    """What no other process contends for."""

    def __init__(self) -> None:
        self.is_held = True

    def lasts(self) -> bool:
        return self.is_held

    def release(self) -> None:
        self.is_held = False


class Portal:
    """The state of a portal in one SQLite file; an outbox and a performer of the kind `act`."""

    def __init__(self, file: Path) -> None:
        self.engine = create_engine(
            URL.create("sqlite", database=str(file)), connect_args={"timeout": 30}, poolclass=NullPool
        )
        event.listen(self.engine, "connect", lambda raw, _: raw.execute("PRAGMA journal_mode=WAL"))
        self.trouble: Callable[[str, str], None] = lambda _key, _step: None
        """Called with key and step before a step is performed; what it raises, the step raises."""
        self.settled = threading.Event()
        """Set after each effect that is settled."""
        with self.transaction() as work:
            metadata.create_all(work)

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        with self.engine.connect() as work:
            work.exec_driver_sql("BEGIN IMMEDIATE")
            yield work
            work.commit()

    def decide(self, *keys: str) -> None:
        with self.transaction() as work:
            work.execute(insert(outbox), [{"key": key} for key in keys])

    def due(self, limit: int) -> list[Effect]:
        with self.transaction() as work:
            waiting = work.execute(select(outbox.c.key).where(outbox.c.handed_over == 0).limit(limit)).scalars()
            return [Effect(key=key, kind=ACT, payload={"action": key}) for key in waiting]

    def handed_over(self, key: str) -> None:
        with self.transaction() as work:
            work.execute(update(outbox).where(outbox.c.key == key).values(handed_over=1))

    def take_back(self) -> None:
        with self.transaction() as work:
            work.execute(update(outbox).where(outbox.c.settled == 0).values(handed_over=0))

    def perform(self, payload: Mapping[str, str], key: str) -> Progress:
        assert payload == {"action": key}
        with self.transaction() as work:
            step = self._next(work, key)
            if step is None:
                return Progress.SETTLED
            self.trouble(key, step)
            progress = self._commit(work, key, step, step)
        if progress is Progress.SETTLED:
            self.settled.set()
        return progress

    def give_up(self, payload: Mapping[str, str], key: str, reason: Reason) -> Progress:
        with self.transaction() as work:
            step = self._next(work, key)
            assert step is not None
            return self._commit(work, key, step, f"{step} {reason}")

    def what_happened(self, key: str) -> tuple[str, ...]:
        with self.transaction() as work:
            return tuple(work.execute(select(happened.c.what).where(happened.c.key == key)).scalars())

    def finished(self) -> list[str]:
        """The keys of which every step happened, in the order of their last."""
        with self.transaction() as work:
            return list(work.execute(select(happened.c.key).where(happened.c.what == STEPS[-1])).scalars())

    def unsettled(self) -> int:
        with self.transaction() as work:
            return work.execute(select(func.count()).where(outbox.c.settled == 0)).scalar_one()

    def forget(self) -> None:
        """As if nothing had been performed: what a restored backup looks like to the engine."""
        with self.transaction() as work:
            for table in (committed, happened):
                work.execute(delete(table))
            work.execute(update(outbox).values(handed_over=0, settled=0))

    def _next(self, work: Connection, key: str) -> str | None:
        done = set(work.execute(select(committed.c.step).where(committed.c.key == key)).scalars())
        return next((step for step in STEPS if step not in done), None)

    def _commit(self, work: Connection, key: str, step: str, what: str) -> Progress:
        work.execute(insert(committed).values(key=key, step=step))
        work.execute(insert(happened).values(key=key, what=what))
        if step != STEPS[-1]:
            return Progress.MORE
        work.execute(update(outbox).where(outbox.c.key == key).values(settled=1))
        return Progress.SETTLED


def effects_of(portal: Portal, folder: Path, *patience: timedelta, threads: int = 4) -> Effects:
    """An engine on `effects.db` in *folder*; it tries twice at once unless *patience* says otherwise."""
    waits = patience or (timedelta(0), timedelta(0))
    return Effects(folder / "effects.db", {ACT: portal}, passing=(Unavailable,), patience=waits, threads=threads)


def submit(effects: Effects, *keys: str) -> None:
    """Hand these over."""
    for key in keys:
        effects.submit(key, ACT, {"action": key})


def drained(seconds: float) -> bool:
    """Whether nothing was left unfinished within *seconds*, later tries included."""
    return eventually(lambda: not DBOS.list_workflows(status=UNFINISHED, limit=1, load_input=False), seconds)


def run(folder: Path, die_at: int) -> None:
    """A server's life: start, hand over, perform, end. Killed at its *die_at*-th database event, if it has so many.

    Only a commit changes what the next life finds, and there is an event before and after each, the engine's included.
    """
    left = iter(range(die_at - 1, -1, -1))

    def count(*_: object) -> None:
        if next(left, None) == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(Engine, "before_cursor_execute", count)
    event.listen(Engine, "commit", count)
    portal = Portal(folder / "portal.db")
    effects = Effects(folder / "effects.db", {ACT: portal}, passing=(Unavailable,))
    dispatcher = Dispatcher(effects, portal, lambda: datetime.now(UTC), hold=Hold, may_perform=lambda: True)
    dispatcher.start()
    while portal.unsettled():
        assert portal.settled.wait(30)
        portal.settled.clear()
    dispatcher.stop()
