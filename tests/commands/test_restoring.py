"""A backup that was put back is accepted by one command, with what it says is under way stopped first."""

import sqlite3
from contextlib import closing

import pytest

from services.storage.database import Database
from services.storage.hold import Presence, hold
from tests.commands.conftest import CommandLine


@pytest.fixture
def restored(staffed: CommandLine) -> CommandLine:
    """An installation whose database is older than what was signed last."""
    assert staffed.run("verify-log") == 0
    database = staffed.settings.data_dir / "rightful.db"
    older = database.read_bytes()
    staffed.add("bo")
    assert staffed.run("verify-log") == 0
    database.write_bytes(older)
    assert staffed.run("verify-log") == 1
    return staffed


def test_a_restore_is_accepted_and_the_log_goes_on(restored: CommandLine) -> None:
    folder = restored.settings.key_file.parent
    evidence = (folder / "last-signed").read_text()
    assert restored.run("accept-restore") == 0
    assert "Stopped: 0 actions, 0 checks, 0 messages" in restored.out
    assert [path.read_text() for path in folder.glob("last-signed-*")] == [evidence]
    assert restored.run("verify-log") == 0
    assert "Entries      2\n" in restored.out
    assert restored.run("verify-log", "--remembered", str(next(folder.glob("last-signed-*")))) == 1


def test_where_nothing_was_lost_what_was_signed_last_stays(staffed: CommandLine) -> None:
    """A snapshot of the whole machine: everything is stopped all the same."""
    staffed.run("verify-log")
    assert staffed.run("accept-restore") == 0
    assert list(staffed.settings.key_file.parent.glob("last-signed-*")) == []
    assert staffed.run("verify-log") == 0


def test_nothing_is_accepted_beside_a_service_that_runs(restored: CommandLine) -> None:
    """Neither one that rests, as it does on such a log, nor one that performs."""
    with closing(Database(restored.settings.database_url)) as database:
        running = Presence(database)
        assert restored.run("accept-restore") == 2
        assert "stop it first" in restored.err
        running.end()
        performing = hold(database)
        assert performing is not None
        assert restored.run("accept-restore") == 2
        assert "stop it first" in restored.err
        performing.release()
    assert restored.run("verify-log") == 1


@pytest.mark.parametrize(
    "tampering", ["UPDATE audit_nodes SET hash = zeroblob(32)", "UPDATE audit_checkpoints SET note = 'nothing'"]
)
def test_a_database_that_was_tampered_with_is_not_accepted(restored: CommandLine, tampering: str) -> None:
    database = sqlite3.connect(restored.settings.data_dir / "rightful.db")
    with database:
        database.execute(tampering)
    database.close()
    assert restored.run("accept-restore") == 2
    assert "is no backup of what was signed" in restored.err
    assert list(restored.settings.key_file.parent.glob("last-signed-*")) == []


def test_a_memory_that_cannot_be_used_is_said_in_a_sentence(restored: CommandLine) -> None:
    last = restored.settings.key_file.with_name("last-signed")
    last.unlink()
    last.mkdir()
    assert restored.run("accept-restore") == 2
    assert f"{last} cannot be used: Is a directory" in restored.err
