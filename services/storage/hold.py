"""Holds a database's effects for one process at a time, wherever each process keeps its own files (invariant 13)."""

import sqlite3
from typing import Final, Protocol

from sqlalchemy import Connection, func, select
from sqlalchemy.exc import DBAPIError

from services.storage.database import Database, answering

ADVISORY_KEY: Final = 0x5269676874
"""Names the lock among PostgreSQL's advisory locks of a database: any number that nobody else uses."""


class Hold(Protocol):
    """This process, and no other, performs the effects of a database."""

    def lasts(self) -> bool:
        """Whether it still does; once False, another process may."""

    def release(self) -> None:
        """Let go."""


def hold(database: Database) -> Hold | None:
    """Hold the effects of *database* until released, or until this process dies, even by kill -9. None: another does.

    On SQLite it is an exclusive lock on an empty file beside the database's own, which the operating system ends with
    the process; on PostgreSQL an advisory lock, which the server ends with the session that took it.

    Raises:
        OSError: If the file beside the database cannot be made.
        Unavailable: If the database cannot be used.
    """
    if database.engine.dialect.name == "sqlite":
        return _hold_file(database)
    with answering():
        return _hold_session(database)


def _hold_session(database: Database) -> Hold | None:
    connection = database.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
    connection.detach()  # a session of its own, not one of the pool's: it ends when it is closed
    if not connection.scalar(select(func.pg_try_advisory_lock(ADVISORY_KEY))):
        connection.close()
        return None
    return _OfSession(connection)


def _hold_file(database: Database) -> Hold | None:
    """SQLite itself says where the file is: every path to it, relative or linked, leads to the same one."""
    with database.reading() as connection:
        file: str = connection.exec_driver_sql("PRAGMA database_list").one()[2]
    beside = f"{file}-held" if file else ":memory:"
    try:
        held = sqlite3.connect(beside, timeout=0, isolation_level=None, check_same_thread=False)
    except sqlite3.OperationalError as error:
        raise OSError(None, str(error), beside) from None
    try:
        held.execute("BEGIN EXCLUSIVE")
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
