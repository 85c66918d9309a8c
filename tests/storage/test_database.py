"""The database forgets what was deleted or overwritten; where it cannot be used, it says so in one way."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import exc

from services.domain.outcome import OutOfOrder, Unavailable
from services.storage.database import Database, answering
from tests.support.damage import damage

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


@pytest.mark.parametrize("changing", [False, True])
def test_a_damaged_file_is_said_to_be_one(database: Database, tmp_path: Path, changing: bool) -> None:
    database.close()
    damage(tmp_path / "rightful.db", "kept")
    said = r"^the database is damaged: .*malformed \(SQLITE_CORRUPT\w*\); restore a backup$"
    with pytest.raises(OutOfOrder, match=said), database.changing() if changing else database.reading() as connection:
        connection.exec_driver_sql("SELECT value FROM kept").all()


def test_a_file_that_is_no_database_is_said_to_be_damaged(tmp_path: Path) -> None:
    (tmp_path / "letter.db").write_text("Dear Sir or Madam,\n" * 100)
    with closing(Database(f"sqlite:///{tmp_path / 'letter.db'}")) as letter:
        with pytest.raises(Unavailable, match=r"damaged: file is not a database \(SQLITE_NOTADB\)"), letter.reading():
            pass
        with pytest.raises(Unavailable, match="damaged"):
            letter.forget_deleted()


def test_a_database_that_another_process_keeps_busy_does_not_answer(database: Database, tmp_path: Path) -> None:
    with database.reading() as connection:
        connection.exec_driver_sql("PRAGMA busy_timeout=0")
    with closing(sqlite3.connect(tmp_path / "rightful.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        said = r"^the database does not answer: database is locked \(SQLITE_BUSY\)$"
        with pytest.raises(Unavailable, match=said), database.changing():
            pass
        with database.reading() as connection:
            assert connection.exec_driver_sql("SELECT value FROM kept").scalar() == CANARY


@pytest.mark.parametrize(
    ("name", "passes"),
    [
        ("SQLITE_BUSY_SNAPSHOT", True),
        ("SQLITE_LOCKED", True),
        ("SQLITE_FULL", True),
        ("SQLITE_IOERR_SHMSIZE", True),
        ("SQLITE_CORRUPT_VTAB", False),
        ("SQLITE_NOTADB", False),
        ("SQLITE_READONLY", False),
        ("SQLITE_CANTOPEN", False),
        ("SQLITE_ERROR", False),
    ],
)
def test_what_passes_by_itself_is_told_from_what_somebody_has_to_mend(name: str, passes: bool) -> None:
    """Whoever starts the service again and again waits for the one, and would not be told of the other."""
    said = sqlite3.OperationalError("that is the matter")
    said.sqlite_errorname = name
    with pytest.raises(Unavailable) as raised, answering():
        raise exc.OperationalError("SELECT", {}, said)
    assert isinstance(raised.value, OutOfOrder) is not passes


def test_whoever_gets_no_connection_is_told_so() -> None:
    with pytest.raises(Unavailable, match="every connection is in use") as raised, answering():
        raise exc.TimeoutError(f"of {CANARY!r}")
    assert not isinstance(raised.value, OutOfOrder)


def test_what_is_shared_says_in_its_driver_s_first_line_what_is_the_matter() -> None:
    driver = RuntimeError(f"invalid page in block 0\nCONTEXT: {CANARY!r}")
    with pytest.raises(Unavailable) as raised, answering():
        raise exc.InternalError("SELECT", {"value": CANARY}, driver)
    assert str(raised.value) == "the database does not answer: invalid page in block 0"


def test_a_value_that_python_quotes_is_not_told(database: Database) -> None:
    """Invariant 14: `Could not decode to UTF-8 column 'value' with text ...` is no word of SQLite's."""
    with pytest.raises(Unavailable) as raised, database.reading() as connection:
        connection.exec_driver_sql("SELECT CAST(value || x'ff' AS TEXT) FROM kept").all()
    assert str(raised.value) == "the database does not answer: OperationalError"
    assert raised.value.__suppress_context__
    context = raised.value.__context__
    assert isinstance(context, exc.OperationalError)
    assert CANARY.decode() in str(context.orig)


def test_a_row_that_is_there_already_is_no_trouble_of_the_database(database: Database) -> None:
    with database.changing() as connection:
        connection.exec_driver_sql("CREATE UNIQUE INDEX once ON kept (value)")
    with pytest.raises(exc.IntegrityError), database.changing() as connection:
        connection.exec_driver_sql("INSERT INTO kept VALUES (?)", (CANARY,))
