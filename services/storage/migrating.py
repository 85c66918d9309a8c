"""Brings a database to the tables of this release, and says whether it is there."""

import logging
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from enum import StrEnum
from io import StringIO
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, ProgrammingError

from services.storage.database import Database, answering, transaction

SCRIPTS = "services.storage:migrations"
"""Where the revisions are, as a resource of a package: it is found in a wheel too."""

logging.getLogger("alembic").setLevel(logging.WARNING)  # which kind of database it found is no news


class Condition(StrEnum):
    """How a database stands to this release."""

    CURRENT = "current"
    BEHIND = "behind"
    """Empty, or made by an older release."""
    UNKNOWN = "unknown"
    """Made by a release that is newer than this one."""


class Unmigrated(Exception):
    """The database is not at the tables of this release. The message is one sentence for the operator."""


def missing_file(database_url: str) -> Path | None:
    """The file of an embedded database that was never made; None if there is one, and for databases of other kinds.

    Raises:
        Unmigrated: If that is no database's URL.
    """
    file = embedded_file(database_url)
    return file if file is not None and not (file.exists() and file.stat().st_size) else None


def condition(database_url: str) -> Condition:
    """How the database stands; an SQLite file that does not exist yet is empty, and is not made by asking.

    Raises:
        Unmigrated: If the URL leads to no database.
        Unavailable: If the database cannot be used.
    """
    file = embedded_file(database_url)
    if file is not None and not file.exists():
        return Condition.BEHIND
    with _opened(database_url) as connection:
        present = MigrationContext.configure(connection).get_current_revision()
    scripts = ScriptDirectory.from_config(_config())
    if present == scripts.get_current_head():
        return Condition.CURRENT
    known = {revision.revision for revision in scripts.walk_revisions()}
    return Condition.BEHIND if present is None or present in known else Condition.UNKNOWN


def pending(database_url: str) -> bool:
    """Whether there is anything to migrate.

    Raises:
        Unmigrated: If the URL leads to no database, or it was made by a newer release.
        Unavailable: If the database cannot be used.
    """
    found = condition(database_url)
    if found is Condition.UNKNOWN:
        raise Unmigrated("The database was made by a newer release of Rightful: start that one, or restore a backup.")
    return found is Condition.BEHIND


def migrate(database_url: str) -> bool:
    """Upgrade in one transaction; returns whether there was anything to do. Repeating it does no harm.

    Raises:
        Unmigrated: If the URL leads to no database, or it was made by a newer release. It is left as it was.
        Unavailable: If the database cannot be used. It is left as it was.
    """
    if not pending(database_url):
        return False
    _make_private(embedded_file(database_url))
    with _opened(database_url, "BEGIN IMMEDIATE") as connection:
        command.upgrade(_config(connection=connection), "head")
        _demand_whole(connection)
    return True


def demand_current(database_url: str) -> None:
    """Make sure that the database is at the tables of this release, and change nothing.

    Raises:
        Unmigrated: If it is not; the message says what to run.
        Unavailable: If the database cannot be used.
    """
    if pending(database_url):
        raise Unmigrated(
            "The database is not at the tables of this release: "
            "stop the service, back the database up and run: rightful-server migrate"
        )


def ready(database_url: str) -> None:
    """Make sure that a service may start: the embedded database migrates itself, a shared one is its operator's.

    Raises:
        Unmigrated: If it may not; the message says what to run.
        Unavailable: If the database cannot be used.
    """
    if embedded_file(database_url) is None:
        demand_current(database_url)
    else:
        migrate(database_url)


def as_sql(dialect: str) -> str:
    """Every revision as SQL for one kind of database (`postgresql`), for operators who run it themselves."""
    output = StringIO()
    command.upgrade(_config(dialect=dialect, output=output), "head", sql=True)
    return output.getvalue()


def write_revision(scratch_url: str, message: str, scripts: str = SCRIPTS) -> Path:
    """Write the next revision: what the tables have, and a scratch database at the newest revision has not."""
    config = _config(scripts)
    number = len(list(ScriptDirectory.from_config(config).walk_revisions())) + 1
    with _opened(scratch_url) as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        written = command.revision(config, message, autogenerate=True, rev_id=f"{number:04}")
    if written is None or isinstance(written, list):
        raise AssertionError("one message writes one revision")
    return Path(written.path)


def _config(scripts: str = SCRIPTS, **attributes: object) -> Config:
    config = Config(attributes=attributes)
    config.set_main_option("script_location", scripts)
    config.set_main_option("file_template", "r%%(rev)s_%%(slug)s")
    config.set_main_option("path_separator", "os")
    return config


def embedded_file(database_url: str) -> Path | None:
    """Where an embedded database is; None for a shared one, and for one in memory that has no name.

    Raises:
        Unmigrated: If this is no database URL.
    """
    try:
        url = make_url(database_url)
    except (ArgumentError, ValueError):
        raise Unmigrated("The setting database is not a database URL.") from None
    return Path(url.database) if url.get_backend_name() == "sqlite" and url.database else None


def _make_private(file: Path | None) -> None:
    """A new embedded database is for the service alone; SQLite gives its journals the same mode."""
    if file is None or file.exists():
        return
    try:
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.close(os.open(file, os.O_CREAT | os.O_WRONLY, 0o600))
    except OSError as error:
        raise Unmigrated(f"The database {file} cannot be made: {error.strerror}.") from None


@contextmanager
def _opened(database_url: str, begin: str = "BEGIN") -> Iterator[Connection]:
    """A connection in a transaction. SQLite changes a table by copying it, and must not follow foreign keys then.

    Raises:
        Unmigrated: If the URL leads to no database.
        Unavailable: If the database cannot be used.
    """
    with answering(), ExitStack() as stack:
        try:
            database = Database(database_url)
            stack.callback(database.close)
            connection = stack.enter_context(database.engine.connect())
            if database.engine.dialect.name == "sqlite":
                connection.connection.cursor().execute("PRAGMA foreign_keys=OFF")
            stack.enter_context(transaction(connection, begin))
        except (ProgrammingError, NoSuchModuleError, ImportError) as error:
            said = str(getattr(error, "orig", error)).strip().partition("\n")[0]
            raise Unmigrated(f"The database cannot be used: {said}.") from None
        yield connection


def _demand_whole(connection: Connection) -> None:
    if connection.dialect.name == "sqlite" and connection.exec_driver_sql("PRAGMA foreign_key_check").first():
        raise Unmigrated("The database has rows that refer to nothing: restore a backup.")
