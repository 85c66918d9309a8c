"""How fast the worker performs what was decided: durably, through its engine, and by hand for comparison."""

import threading
from collections.abc import Iterator, Mapping, Sequence
from time import perf_counter

from services.app import Parts
from services.domain.outcome import Entry
from services.storage.hold import hold
from services.usecases import actions
from services.usecases.ports import Work
from services.vocabulary import ActionState, EffectKind, Event
from services.worker.dispatch import Dispatcher
from services.worker.engine import Effects, Progress
from services.worker.performers import performers
from tests.bench.figures import MILLISECONDS, Figure, figure, parts_of, quantile
from tests.bench.portals import new_portal, opened, settings_in
from tests.support.cast import Cast

RUNS = 3
ALONE, TOGETHER = 45, 60
"""Actions one after the other, and actions decided at once."""
PATIENCE = 60.0
"""Seconds after which something is broken."""


def measure(*, quick: bool) -> Iterator[Figure]:
    """Freezes: two steps in a transaction each, and a message to every address of the owner; the first ends it."""
    alone, together = (12, 18) if quick else (ALONE, TOGETHER)
    with new_portal() as folder, opened(settings_in(folder)) as parts:
        desk = _Desk(parts, alone + 2 * together)
        by_hand = [_by_hand(desk, together // RUNS) for _ in range(RUNS)]
        with _Worker(parts) as worker:
            worker.await_done(desk.decide(1))
            waits = [worker.await_done(desk.decide(1)) * MILLISECONDS for _ in range(alone)]
            rates = [worker.rate(desk, together // RUNS) for _ in range(RUNS)]
    yield figure("effects_by_hand", by_hand, "1/s", note="steps and messages performed without an engine")
    yield figure("effects", rates, "1/s", against="effects_by_hand", note="a freeze or a message, durable to its end")
    runs = parts_of(waits, RUNS)
    yield figure(
        "effect_wait_p50",
        [quantile(run, 0.5) for run in runs],
        "ms",
        note="commit to done: two steps, and the first notice sent",
    )
    yield figure("effect_wait_p95", [quantile(run, 0.95) for run in runs], "ms")


class _Desk:
    """Accounts, each in a case, to freeze one after the other."""

    def __init__(self, parts: Parts, count: int) -> None:
        self.parts, cast = parts, Cast(parts)
        self._agent = agent = cast.agents(1)[0]
        customers = cast.customers(count + 1)
        with parts.storage.changing() as work:
            self._cases = iter([cast.case(work, agent, who) for who in customers])

    def decide(self, count: int) -> list[str]:
        """Decide so many actions in one transaction; their ids."""
        with self.parts.storage.changing() as work:
            return [self._freeze(work) for _ in range(count)]

    def _freeze(self, work: Work) -> str:
        case, service = next(self._cases), self.parts.service
        action = actions.run(service, work, self._agent.staff, case.id, "freeze", case.version, "measured")
        assert action.state is ActionState.RUNNING
        return action.id


class _Worker:
    """The engine and its dispatcher, beside a count of what was done."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        effects = Effects(parts.settings.worker_database, performers(parts.service), passing=())
        self._dispatcher = Dispatcher(
            effects,
            parts.outbox,
            parts.service.clock,
            hold=lambda: hold(parts.database),
            may_perform=lambda: True,
        )
        self._changed = threading.Condition()
        self._settled = {Event.ACTION_DONE: 0, Event.MESSAGE_SENT: 0}

    def __enter__(self) -> "_Worker":
        self._dispatcher.start()
        self._parts.storage.committed += [self._count, lambda _entries, waiting: self._wake(waiting)]
        return self

    def __exit__(self, *_: object) -> None:
        self._parts.storage.committed.clear()
        self._dispatcher.stop()

    def await_done(self, decided: Sequence[str]) -> float:
        """Seconds until what was just decided is done; then its messages are waited for, uncounted."""
        start, before = perf_counter(), dict(self._settled)
        self._await(Event.ACTION_DONE, before[Event.ACTION_DONE] + len(decided))
        seconds = perf_counter() - start
        self._await(Event.MESSAGE_SENT, 2 * self._settled[Event.ACTION_DONE])
        return seconds

    def rate(self, desk: _Desk, count: int) -> float:
        """Effects a second when so many actions are decided at once: each action, and its two messages."""
        start = perf_counter()
        self.await_done(desk.decide(count))
        return 3 * count / (perf_counter() - start)

    def _await(self, event: Event, count: int) -> None:
        with self._changed:
            assert self._changed.wait_for(lambda: self._settled[event] >= count, PATIENCE), f"no {event}"

    def _count(self, entries: Mapping[int, Entry], _waiting: int) -> None:
        with self._changed:
            for entry in entries.values():
                if entry.event in self._settled:
                    self._settled[Event(entry.event)] += 1
            self._changed.notify_all()

    def _wake(self, waiting: int) -> None:
        if waiting:
            self._dispatcher.wake()


def _by_hand(desk: _Desk, count: int) -> float:
    """Effects a second without the engine: the floor, which survives no crash."""
    doers, outbox = performers(desk.parts.service), desk.parts.outbox
    start, performed = perf_counter(), 0
    desk.decide(count)
    while due := outbox.due(100):
        for effect in due:
            while doers[EffectKind(effect.kind)].perform(effect.payload, effect.key) is Progress.MORE:
                pass
            outbox.handed_over(effect.key)
            performed += 1
    return performed / (perf_counter() - start)
