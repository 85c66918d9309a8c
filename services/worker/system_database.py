"""The engine's own SQLite file: prepared, described to DBOS, and held by one process at a time."""

import logging
import os
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Final

from dbos import DBOSConfig, DBOSPortableJSONSerializer
from sqlalchemy import URL
from sqlalchemy.exc import DatabaseError

APPLICATION_VERSION: Final = "effects-1"
"""Never changed: DBOS leaves unfinished work of another version lying. Its default is a hash of source and release."""

EXECUTOR: Final = "rightful"
"""Never changed: DBOS recovers only the work of its own executor. `occupy` sees that there is only one."""

REFUSALS: Final = (sqlite3.DatabaseError, DatabaseError)
"""What SQLite complains with, as it does by itself and as DBOS passes it on."""

_DAMAGED: Final = (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT)

_log = logging.getLogger(__name__)


class Occupied(Exception):
    """Another process performs the effects of this database. Nothing was started; that process may end later."""


def occupy(file: Path) -> Callable[[], None]:
    """Hold *file* for this process until the answer is called or the process dies, even by kill -9.

    Raises:
        Occupied: If it is held already.
        OSError: If its folder, or the file that is locked, cannot be made.
    """
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)  # the service's own database may be elsewhere
    beside = f"{file}-held"
    try:
        held = sqlite3.connect(beside, timeout=0, isolation_level=None, check_same_thread=False)
    except sqlite3.OperationalError as error:
        raise OSError(None, str(error), beside) from None
    try:
        held.execute("BEGIN EXCLUSIVE")
    except sqlite3.OperationalError as error:
        held.close()
        if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
            raise OSError(None, str(error), beside) from None
        raise Occupied(file.name) from None
    return held.close


def prepare(file: Path) -> None:
    """Create *file* for its owner's eyes only, in WAL mode: half again to twice as fast, and readers never wait."""
    file.touch(mode=0o600)
    database = sqlite3.connect(file)
    try:
        database.execute("PRAGMA journal_mode=WAL")
    finally:
        database.close()


def is_damaged(error: Exception) -> bool:
    """Whether one of `REFUSALS` says that the file is no database, or none that can be read."""
    code = getattr(getattr(error, "orig", error), "sqlite_errorcode", 0)
    return code & 0xFF in _DAMAGED  # the low byte is the code, the others say more of it


def set_aside(file: Path) -> None:
    """Move a damaged *file* out of the way, in the place of one that was moved before. The caller holds it.

    What SQLite wrote beside it goes first: it would be taken for a new database's own.
    """
    aside = file.with_name(f"{file.name}-damaged")
    for end in ("-wal", "-shm"):
        file.with_name(file.name + end).unlink(missing_ok=True)
    os.replace(file, aside)
    _log.warning("%s is damaged, and was moved to %s; unfinished effects are handed over anew", file, aside.name)


def config(file: Path, threads: int) -> DBOSConfig:
    """What DBOS is told: no console, no telemetry, no network, no pickles, and its warnings go to our own log."""
    said_by_dbos = logging.getLogger("dbos")
    if not said_by_dbos.handlers:
        said_by_dbos.addHandler(logging.NullHandler())  # else DBOS adds one of its own and stops propagating
    return DBOSConfig(
        name="rightful",
        system_database_url=URL.create("sqlite", database=file.as_posix()).render_as_string(),
        application_version=APPLICATION_VERSION,
        executor_id=EXECUTOR,
        max_executor_threads=threads,
        serializer=DBOSPortableJSONSerializer(),
        enable_otlp=False,
        log_level="WARNING",
        notification_listener_polling_interval_sec=0.1,  # bounds how long stopping takes
    )
