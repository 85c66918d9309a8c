"""The engine's own SQLite file: prepared, described to DBOS, and held by one process at a time."""

import logging
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Final

from dbos import DBOSConfig, DBOSPortableJSONSerializer
from sqlalchemy import URL

APPLICATION_VERSION: Final = "effects-1"
"""Never changed: DBOS leaves unfinished work of another version lying. Its default is a hash of source and release."""

EXECUTOR: Final = "rightful"
"""Never changed: DBOS recovers only the work of its own executor. `occupy` sees that there is only one."""


class Occupied(Exception):
    """Another process performs the effects of this database. Nothing was started; that process may end later."""


def occupy(file: Path) -> Callable[[], None]:
    """Hold *file* for this process until the answer is called or the process dies, even by kill -9.

    Raises:
        Occupied: If it is held already.
        OSError: If its folder cannot be made.
    """
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)  # the service's own database may be elsewhere
    held = sqlite3.connect(f"{file}-held", timeout=0, isolation_level=None, check_same_thread=False)
    try:
        held.execute("BEGIN EXCLUSIVE")
    except sqlite3.OperationalError as error:
        held.close()
        if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
            raise
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
