"""Runs the server: the worker and the log's integration beside the HTTP application, started and stopped together."""

import gc
import logging
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

import uvicorn
from fastapi import FastAPI

from services.api import demo_phone, live
from services.api.application import make
from services.api.health import Wellness
from services.app import Parts
from services.domain.outcome import Stale, Unavailable
from services.guarded import Recurring
from services.keeper import Keeper
from services.storage.audit_store import AuditStore
from services.storage.hold import Presence, hold
from services.storage.lately import SqlLog
from services.usecases import policy, timers
from services.worker.dispatch import Dispatcher
from services.worker.engine import Effects
from services.worker.performers import performers

INTEGRATE_SECONDS = 0.5
"""Entries wait at most this long for a checkpoint: they are integrated in batches, and writers never wait for it."""
PRESENT_SECONDS = 1.0
"""How often it is looked at whether the lock that says that this server serves is still there."""
LOOK_SECONDS = 0.5
"""How often desktops that listen here are told of what other processes committed."""
DUE_SECONDS = 1.0
"""How often what falls due by itself is settled."""
TIDY_SECONDS = 3600.0
"""How often what need not be kept is forgotten."""
CLOSE_SECONDS = 5
"""How long open requests may go on when the server is told to stop."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Newest:
    """The newest checkpoint, as the API shows it."""

    size: int
    note: str


_log = logging.getLogger(__name__)


class Beside:
    """A thread that does one thing again and again, sooner when woken."""

    def __init__(self, name: str, seconds: float, act: Callable[[], object]) -> None:
        self._seconds, self._act, self._rounds = seconds, act, Recurring(name)
        self._ended, self._wake = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._loop, name=name, daemon=True)

    def round(self) -> None:
        """Do it once, here; not after `start`."""
        self._rounds.attempt(self._act)

    def start(self) -> None:
        """Start."""
        self._thread.start()

    def stop(self) -> None:
        """Stop after the round that is running."""
        self._ended.set()
        self._wake.set()
        self._thread.join()

    def _loop(self) -> None:
        while not self._ended.is_set():
            self._rounds.attempt(self._act)
            self._wake.wait(self._seconds)


class Log:
    """The audit store as the API reads it."""

    def __init__(self, store: AuditStore) -> None:
        self._store = store
        self.consistency, self.inclusion, self.entries = store.consistency, store.inclusion, store.entries
        self.tile, self.proof = store.tile, store.proof

    @property
    def vkey(self) -> str:
        """The verifier key, as text."""
        return str(self._store.key)

    def newest(self) -> Newest:
        """The newest checkpoint."""
        signed = self._store.newest()
        return Newest(size=signed.checkpoint.size, note=signed.note)


@contextmanager
def beside(parts: Parts, dispatcher: Dispatcher, keeper: Keeper, hub: live.Hub) -> Iterator[None]:
    """Run what runs beside the HTTP application, and stop it in order.

    The log is looked at before anything else: what a rolled back one says is under way may have been stopped since.
    """
    integrating = Beside("integrate", INTEGRATE_SECONDS, keeper.integrate)
    threads = [
        integrating,
        Beside("live", LOOK_SECONDS, hub.look),
        Beside("timers", DUE_SECONDS, lambda: _settle(parts, keeper)),
        Beside("tidying", TIDY_SECONDS, lambda: _tidy(parts, keeper)),
    ]
    integrating.round()
    parts.storage.committed += [hub.committed, lambda _entries, waiting: dispatcher.wake() if waiting else None]
    dispatcher.start()
    for one in threads:
        one.start()
    try:
        yield
    finally:
        for one in threads:
            one.stop()
        dispatcher.stop()
        integrating.round()
        parts.storage.committed.clear()


def application(parts: Parts, *, described: bool = False) -> FastAPI:
    """The HTTP application with everything that runs beside it. *described*: it can say what it is (`openapi`)."""
    effects = Effects(parts.settings.worker_database, performers(parts.service), passing=(Unavailable, Stale))
    hub = live.Hub(parts.service, SqlLog(parts.database))
    keeper = Keeper(parts.audit, hub.integrated)
    dispatcher = Dispatcher(
        effects,
        parts.outbox,
        parts.service.clock,
        hold=lambda: hold(parts.database),
        may_perform=lambda: keeper.is_sound,
    )
    app, _mount = make(
        parts.service,
        Log(parts.audit),
        parts.desk,
        hub,
        running=lambda: beside(parts, dispatcher, keeper, hub),
        well=Wellness(worker=dispatcher.is_well, audit_log=keeper.is_well),
        threads=parts.settings.threads,
        described=described,
    )
    if parts.settings.messenger == "demo" and parts.settings.demo_token:
        app.router.routes += demo_phone.router(parts.service, parts.settings.demo_token).routes
    return app


def _settle(parts: Parts, keeper: Keeper) -> None:
    while keeper.is_sound and timers.settle_due(parts.service) >= timers.AT_ONCE:
        pass


def _tidy(parts: Parts, keeper: Keeper) -> None:
    if not keeper.is_sound:
        return
    timers.forget_answers(parts.service)
    while timers.forget_spent(parts.service):
        pass


def bound_port(host: str, wanted: int = 0) -> int:
    """A port that is free now, *wanted* itself if it is not 0: links to customers name it before the server listens.

    Raises:
        OSError: If nobody can listen there.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind((host, wanted))
        port: int = probe.getsockname()[1]
        return port


def serve(parts: Parts, presence: Presence, ready: Callable[[int], None] = lambda _port: None) -> None:
    """Serve until told to stop, and see to it that *presence* lasts. *ready* is told the port once it can be called.

    Nothing is decided by a policy that is not on record.

    Raises:
        Unavailable: If the database cannot be used; nothing is served.
    """
    settings = parts.settings
    policy.put_on_record(parts.service)
    config = uvicorn.Config(
        application(parts),
        host=settings.host,
        port=settings.port,
        ssl_certfile=settings.tls_certificate,
        ssl_keyfile=settings.tls_key,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=CLOSE_SECONDS,
        http="httptools",
    )
    gc.freeze()  # what there is now stays: looking through it again and again would hold up every request a little
    with _renewed(presence), _ended_by_signals():
        _Announcing(config, ready).run()
    _log.info("stopped")


@contextmanager
def _renewed(presence: Presence) -> Iterator[None]:
    renewing = Beside("presence", PRESENT_SECONDS, presence.renew)
    renewing.start()
    try:
        yield
    finally:
        renewing.stop()


@contextmanager
def _ended_by_signals() -> Iterator[None]:
    """Inside, SIGTERM and Ctrl+C end the block and nothing more. Main thread only.

    uvicorn stops in order at either, and then raises the signal once more, for whoever handled it before: by default
    SIGTERM would end the process there and then, with the database open.
    """
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with suppress(KeyboardInterrupt):
            yield
    finally:
        signal.signal(signal.SIGTERM, before)


class _Announcing(uvicorn.Server):
    """Says when it accepts connections, and where: port 0 means any free one."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[int], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start as usual, then tell."""
        await super().startup(sockets)
        if self.started and self.servers:
            self._ready(self.servers[0].sockets[0].getsockname()[1])
