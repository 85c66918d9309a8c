"""`rotate-key`: whoever had the key before opens nothing any more, and everything goes on."""

from contextlib import closing

from services.commands.opening import opened
from services.commands.rotating import wrap_anew
from services.storage.data_key_rows import load_keys
from services.storage.database import Database
from services.storage.hold import hold
from services.storage.key_file import KeyFile
from services.storage.key_rotation import begin
from services.vocabulary import Event
from tests.commands.conftest import CommandLine


def test_the_key_is_replaced_on_record_and_the_log_goes_on(staffed: CommandLine) -> None:
    assert staffed.run("verify-log") == 0
    log_key, before = staffed.out.splitlines()[0], staffed.settings.key_file.read_bytes()
    assert staffed.run("rotate-key") == 0
    assert "There is a new key in" in staffed.out
    assert staffed.run("verify-log") == 0
    assert staffed.out.splitlines()[0] == log_key
    assert staffed.run("staff", "list") == 0
    with opened(staffed.settings) as parts:
        entries, _ = parts.audit.entries(0, 100)
    assert f'"details":{{"data_keys":3}},"event":"{Event.KEY_ROTATED}"' in entries[-1][1]
    staffed.settings.key_file.write_bytes(before)
    assert staffed.run("verify-log") == 2
    assert "it is not this database's key" in staffed.err


def test_the_key_is_not_replaced_beside_a_service_that_runs(staffed: CommandLine) -> None:
    before = staffed.settings.key_file.read_bytes()
    with closing(Database(staffed.settings.database_url)) as database:
        running = hold(database)
        assert running is not None
        assert staffed.run("rotate-key") == 2
        running.release()
    assert staffed.err.endswith("The service runs on this database: stop it first, every server of it.\n")
    assert staffed.settings.key_file.read_bytes() == before
    assert staffed.run("rotate-key") == 0


def test_a_rotation_that_was_broken_off_is_finished_by_any_command(staffed: CommandLine) -> None:
    file = KeyFile(staffed.settings.key_file)
    with opened(staffed.settings) as parts:
        with parts.database.reading() as connection:
            rows = load_keys(connection)
        begin(file, rows)
        wrap_anew(parts, file)
    assert staffed.run("verify-log") == 0
    assert sorted(path.name for path in file.path.parent.iterdir()) == ["last-signed", "rightful.key"]


def test_a_key_that_cannot_be_written_is_said_in_a_sentence(staffed: CommandLine) -> None:
    new = staffed.settings.key_file.with_name("rightful.key.new")
    (new / "something").mkdir(parents=True)
    assert staffed.run("rotate-key") == 2
    assert f"The key file {new} cannot be deleted: Is a directory." in staffed.err
    assert staffed.run("verify-log") == 0
