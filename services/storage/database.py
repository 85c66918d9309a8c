"""The database: one engine, opened the way this service needs it."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, exc, make_url

from services.domain.outcome import OutOfOrder, Unavailable

BUSY_SECONDS = 30.0
"""How long a writer of another process is waited for before the database counts as unavailable."""
THREADS = 20
"""Requests decided at a time, unless told otherwise."""
BESIDE = 8
"""Connections for what runs beside the requests: the worker's threads, the log's integration, timers."""
CACHE_KIB = 65_536
"""SQLite's page cache for each connection, at most."""
LOG_PAGES = 4_000
"""Committed pages that wait in SQLite's own log, about 16 MB, before one commit carries them into the database file: at
the usual 1,000 that is one look-up in fifty, and it takes twice as long as the others; here one in two hundred."""
_OF_A_STATEMENT = (exc.DataError, exc.IntegrityError, exc.NotSupportedError, exc.ProgrammingError)
"""What a database that works says of a statement or its values: a fault of ours, or what `records` waits for."""
_DAMAGED = ("SQLITE_CORRUPT", "SQLITE_NOTADB")
"""How SQLite's names for a damaged file begin."""
_PASSING = ("SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_PROTOCOL", "SQLITE_FULL", "SQLITE_IOERR", "SQLITE_NOMEM")
"""How SQLite's names begin for what may be over in a moment: somebody's lock, a full disk or memory, a disk away."""


class Database:
    """An engine, and the two kinds of transaction on it. A database that cannot be used is `Unavailable` in both."""

    def __init__(self, url: str, threads: int = THREADS) -> None:
        """*threads* is how many requests are decided at a time: each has a connection, and the worker has a few."""
        self.url = url
        self.engine = _engine(url, threads + BESIDE)
        self._is_sqlite = self.engine.dialect.name == "sqlite"
        self._turn = Lock()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that sees one state of the database and writes nothing."""
        with answering(), self.engine.connect() as connection, transaction(connection):
            yield connection

    @contextmanager
    def changing(self) -> Iterator[Connection]:
        """A transaction that commits at the end of the block, or not at all when it raises.

        On SQLite it takes the one write lock at its start (BEGIN IMMEDIATE), so that what it reads is what it decides
        on. Threads of one process queue for it in turn: SQLite's own waiting is by polling, and unfair.
        """
        if not self._is_sqlite:
            with answering(), self.engine.connect() as connection, transaction(connection):
                yield connection
            return
        with answering(), self._turn, self.engine.connect() as connection, transaction(connection, "BEGIN IMMEDIATE"):
            yield connection

    def forget_deleted(self, wait: float = BUSY_SECONDS) -> bool:
        """Leave nothing of what was deleted or overwritten in an embedded database's files; False if it has to stay.

        Each change overwrites with zeros what it frees (`secure_delete`); the pages as they were before still stand in
        SQLite's own log, which this empties. A reader who takes longer than *wait*, in seconds, keeps them there, and
        the last process that closes the database deletes them.

        Raises:
            Unavailable: If the database cannot be used.
        """
        if not self._is_sqlite:
            return True
        with answering(), self._turn, self.engine.connect() as connection:
            connection.detach()  # the pool's connections go on waiting as long as ever
            connection.exec_driver_sql(f"PRAGMA busy_timeout={int(wait * 1000)}")
            is_busy: int = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()[0]
        return not is_busy

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()


@contextmanager
def answering() -> Iterator[None]:
    """The one place where the errors of a database become one of ours.

    A statement that is refused, or whose values are, stays the error it was.

    Raises:
        Unavailable: If the database is out of reach, busy, full or damaged, or every connection is in use; `OutOfOrder`
            if that does not pass by itself. It says what the driver said, and nothing of the statement or its values
            (invariant 14).
    """
    try:
        yield
    except (exc.DatabaseError, exc.TimeoutError) as error:
        if isinstance(error, _OF_A_STATEMENT):
            raise
        raise (Unavailable if _passes(error) else OutOfOrder)(_complaint(error)) from None


def _passes(error: exc.DatabaseError | exc.TimeoutError) -> bool:
    """Whether it may be over by itself. A shared database that is out of reach may be on its way."""
    if isinstance(error, exc.TimeoutError):
        return True
    if isinstance(error.orig, sqlite3.Error):
        return getattr(error.orig, "sqlite_errorname", "").startswith(_PASSING)
    return isinstance(error, exc.OperationalError)


def _complaint(error: exc.DatabaseError | exc.TimeoutError) -> str:
    """What is the matter, in the driver's words, and by SQLite's own name where that says more."""
    if isinstance(error, exc.TimeoutError):
        return "the database does not answer: every connection is in use"
    driver, name = error.orig, getattr(error.orig, "sqlite_errorname", "")
    if isinstance(driver, sqlite3.Error) and not name:  # not SQLite's words but Python's, which may quote a value
        return f"the database does not answer: {type(driver).__name__}"
    said = str(driver).strip().partition("\n")[0]
    if name.startswith(_DAMAGED):
        return f"the database is damaged: {said} ({name}); restore a backup"
    return f"the database does not answer: {said}{f' ({name})' if name not in ('', 'SQLITE_ERROR') else ''}"


@contextmanager
def transaction(connection: Connection, begin: str = "BEGIN") -> Iterator[None]:
    """Commits at the end of the block, or not at all when it raises. *begin* is said to SQLite alone.

    SQLite's driver leaves the beginning to us. It is said here and not on the engine's `begin` event: one listener, and
    SQLAlchemy prepares an event for every statement, which costs a tenth of a look-up.
    """
    with connection.begin():
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql(begin)
        yield


def _engine(url: str, pool: int) -> Engine:
    """Whatever goes wrong, no error or log record holds the values of a statement (invariant 14)."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        return create_engine(
            parsed,
            pool_size=pool,
            max_overflow=0,
            pool_pre_ping=True,
            isolation_level="SERIALIZABLE",
            hide_parameters=True,
        )
    engine = create_engine(
        parsed,
        pool_size=pool,
        max_overflow=0,
        connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False},
        hide_parameters=True,
    )
    event.listen(engine, "connect", _prepare)
    return engine


def _prepare(connection: sqlite3.Connection, _record: Any) -> None:
    """WAL, with every commit on the disk before it is acknowledged: a log that can be proven cannot lose its end."""
    connection.isolation_level = None
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "secure_delete=ON",
        f"cache_size=-{CACHE_KIB}",
        f"wal_autocheckpoint={LOG_PAGES}",
    ):
        connection.execute(f"PRAGMA {pragma}")
