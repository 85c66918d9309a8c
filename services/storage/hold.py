"""Locks on a database as a whole, wherever each process keeps its own files.

One process at a time performs its effects (invariant 13). Any number serve it, or one is alone with it. These are two
locks: a server that only rests lets go of the effects, and serves still.

On SQLite a lock is one on an empty file beside the database's own, which the operating system ends with the process, of
kill -9 too; on PostgreSQL an advisory lock, which the server ends with the session that took it.
"""

import sqlite3
from dataclasses import dataclass
from typing import Final, Protocol

from sqlalchemy import Connection, func, select
from sqlalchemy.exc import DBAPIError

from services.domain.outcome import Unavailable
from services.storage.database import Database, answering

PASSING_SECONDS: Final = 1.0
"""How long a server waits for the lock on SQLite's file: whoever tries to be alone has it for a moment, in vain too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Lock:
    suffix: str
    """Of the file beside the database's own, after its name."""
    key: int
    """Names the lock among PostgreSQL's advisory locks of a database: any number that nobody else uses."""


_EFFECTS: Final = _Lock(suffix="-held", key=0x5269676874)
_SERVICE: Final = _Lock(suffix="-in-use", key=0x5269676875)


class Hold(Protocol):
    """This process has a lock."""

    def lasts(self) -> bool:
        """Whether it still has; once False, another process may."""

    def release(self) -> None:
        """Let go."""


def hold(database: Database) -> Hold | None:
    """Hold the effects of *database* until released, or until this process dies. None: another does.

    Raises:
        OSError: If the file beside the database cannot be made.
        Unavailable: If the database cannot be used.
    """
    return _taken(database, _EFFECTS)


def be_alone(database: Database) -> Hold | None:
    """Keep every server from *database* until released, or until this process dies. None: one serves it.

    Raises:
        OSError: If the file beside the database cannot be made.
        Unavailable: If the database cannot be used.
    """
    return _taken(database, _SERVICE)


class Presence:
    """This process serves a database: for as long as it lives, nobody is alone with it."""

    def __init__(self, database: Database) -> None:
        """Begin, beside any number of others.

        Raises:
            OSError: If the file beside the database cannot be made.
            Unavailable: If the database cannot be used, or somebody is alone with it.
        """
        self._database = database
        self._held: Hold | None = None
        self.renew()

    def renew(self) -> None:
        """Begin again if PostgreSQL ended the session, as when it was started anew.

        Raises:
            Unavailable: As at the beginning; call it again later.
        """
        if self._held is not None and self._held.lasts():
            return
        self.end()
        self._held = _taken(self._database, _SERVICE, shared=True)
        if self._held is None:
            raise Unavailable(
                "a command that has to be alone with the database is running: start again once it has ended"
            )

    def end(self) -> None:
        """Serve no more."""
        if self._held is not None:
            self._held.release()
            self._held = None


def _taken(database: Database, lock: _Lock, *, shared: bool = False) -> Hold | None:
    if database.engine.dialect.name == "sqlite":
        return _taken_file(database, lock, shared)
    with answering():
        return _taken_session(database, lock, shared)


def _taken_session(database: Database, lock: _Lock, shared: bool) -> Hold | None:
    attempt = func.pg_try_advisory_lock_shared if shared else func.pg_try_advisory_lock
    connection = database.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
    connection.detach()  # a session of its own, not one of the pool's: it ends when it is closed
    if not connection.scalar(select(attempt(lock.key))):
        connection.close()
        return None
    return _OfSession(connection)


def _taken_file(database: Database, lock: _Lock, shared: bool) -> Hold | None:
    """SQLite itself says where the file is: every path to it, relative or linked, leads to the same one."""
    with database.reading() as connection:
        file: str = connection.exec_driver_sql("PRAGMA database_list").one()[2]
    beside = f"{file}{lock.suffix}" if file else ":memory:"
    wait = PASSING_SECONDS if shared else 0
    try:
        held = sqlite3.connect(beside, timeout=wait, isolation_level=None, check_same_thread=False)
    except sqlite3.OperationalError as error:
        raise OSError(None, str(error), beside) from None
    try:
        held.execute("BEGIN" if shared else "BEGIN EXCLUSIVE")
        held.execute("SELECT count(*) FROM sqlite_master").fetchone()  # who only begins has nothing yet
    except sqlite3.OperationalError as error:
        held.close()
        if error.sqlite_errorcode == sqlite3.SQLITE_BUSY:
            return None
        raise OSError(None, str(error), beside) from None
    return _OfFile(held)


class _OfFile:
    def __init__(self, held: sqlite3.Connection) -> None:
        self._held = held

    def lasts(self) -> bool:
        return True

    def release(self) -> None:
        self._held.close()


class _OfSession:
    def __init__(self, session: Connection) -> None:
        self._session = session

    def lasts(self) -> bool:
        try:
            if not self._session.invalidated:  # else it would begin another session, which holds nothing
                self._session.execute(select(1))
        except DBAPIError:
            return False
        return not self._session.invalidated

    def release(self) -> None:
        self._session.close()
