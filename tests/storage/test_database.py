"""The database forgets: what was deleted or overwritten leaves nothing in its files."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from services.storage.database import Database

CANARY = b"kanarienvogel"


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """With one value in it."""
    made = Database(f"sqlite:///{tmp_path / 'rightful.db'}")
    with made.changing() as connection:
        connection.exec_driver_sql("CREATE TABLE kept (value BLOB)")
        connection.exec_driver_sql("INSERT INTO kept VALUES (?)", (CANARY,))
    yield made
    made.close()


def delete(database: Database) -> None:
    with database.changing() as connection:
        connection.exec_driver_sql("DELETE FROM kept")


def files(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.iterdir())


@pytest.mark.parametrize("carried_over", [False, True])
def test_what_was_deleted_leaves_nothing_in_the_files(database: Database, tmp_path: Path, carried_over: bool) -> None:
    if carried_over:  # into the database's own file, out of SQLite's log
        assert database.forget_deleted()
    delete(database)
    assert CANARY in files(tmp_path)
    assert database.forget_deleted()
    assert CANARY not in files(tmp_path)


def test_somebody_who_reads_keeps_it_until_they_are_done(database: Database, tmp_path: Path) -> None:
    with database.reading() as connection:
        assert connection.exec_driver_sql("SELECT value FROM kept").scalar() == CANARY
        delete(database)
        assert not database.forget_deleted(wait=0)
        assert CANARY in files(tmp_path)
    assert database.forget_deleted(wait=0)
    assert CANARY not in files(tmp_path)


def test_what_is_freed_is_overwritten_whatever_sqlite_was_built_to_do(database: Database) -> None:
    with database.reading() as connection:
        assert connection.exec_driver_sql("PRAGMA secure_delete").scalar() == 1
