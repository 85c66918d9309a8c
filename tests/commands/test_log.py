"""The audit log is verified here and exported for others; whatever was done to it is told (L-11)."""

import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest

from services.app import build
from services.domain.outcome import Entry, Outcome
from services.vocabulary import SYSTEM, Event
from tests.commands.conftest import CommandLine
from tests.support.damage import damage


@pytest.fixture
def exported(staffed: CommandLine, tmp_path: Path) -> tuple[Path, str]:
    """An exported log, and the key to check it with."""
    folder = tmp_path / "export"
    assert staffed.run("export-log", str(folder)) == 0
    assert staffed.out.startswith("1 entries were exported")
    return folder, staffed.out.rpartition("--key '")[2].strip().removesuffix("'")


def test_a_log_is_sound(staffed: CommandLine) -> None:
    assert staffed.run("verify-log") == 0
    assert "Entries      1\n" in staffed.out
    assert staffed.out.endswith("The log is sound.\n")


@pytest.mark.parametrize("command", [("verify-log",), ("staff", "list"), ("accept-restore",)])
def test_a_log_that_was_given_another_name_is_not_signed_on(staffed: CommandLine, command: tuple[str, ...]) -> None:
    """It would look tampered with, here and on every desktop."""
    assert staffed.run("verify-log") == 0
    with closing(build(staffed.settings)) as parts:
        parts.audit.integrate()
    with staffed.config.open("a") as file:
        file.write('log_origin = "desk.example/other"\n')
    assert staffed.run(*command) == 2
    assert staffed.err == (
        "rightful-server: log_origin says 'desk.example/other', and the audit log of this database is "
        "'rightful.example/audit': its name cannot change, set it back.\n"
    )


def test_an_empty_log_is_sound(command_line: CommandLine) -> None:
    command_line.begin()
    assert command_line.run("verify-log") == 0


@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE audit_entries SET text = replace(text, 'administrator', 'agent')",
        "DELETE FROM audit_entries",
        "UPDATE audit_entries SET actor = 'stf_1'",
        "DELETE FROM audit_checkpoints",
    ],
)
def test_tampering_with_the_database_is_told(staffed: CommandLine, tampering: str) -> None:
    staffed.run("verify-log")
    remembered = staffed.folder / "remembered"
    staffed.run("export-log", str(staffed.folder / "before"))
    remembered.write_bytes((staffed.folder / "before" / "checkpoint").read_bytes())
    database = sqlite3.connect(staffed.settings.data_dir / "rightful.db")
    with database:
        database.execute(tampering)
    database.close()
    assert staffed.run("verify-log", "--remembered", str(remembered)) == 1
    assert staffed.out.endswith("The log is NOT sound.\n")
    assert staffed.err


def test_a_database_that_was_rolled_back_is_told(staffed: CommandLine) -> None:
    """L-04: the note that is kept beside the key has signed more entries than an older copy of the database holds."""
    staffed.run("verify-log")
    database = staffed.settings.data_dir / "rightful.db"
    older = database.read_bytes()
    staffed.add("bo")
    assert staffed.run("verify-log") == 0
    assert "Entries      2\n" in staffed.out
    database.write_bytes(older)
    assert staffed.run("verify-log") == 1
    assert staffed.out.endswith("The log is NOT sound.\n")
    assert staffed.err


def test_a_database_that_was_rolled_back_is_not_exported(staffed: CommandLine) -> None:
    """Nothing waits for its place, so that nothing but the check itself can notice."""
    staffed.run("verify-log")
    database = staffed.settings.data_dir / "rightful.db"
    older = database.read_bytes()
    staffed.add("bo")
    staffed.run("verify-log")
    database.write_bytes(older)
    assert staffed.run("export-log", str(staffed.folder / "export")) == 2
    assert staffed.err.startswith("rightful-server: The log in the database is not what was signed (")
    assert staffed.err.count("\n") == 1
    assert not (staffed.folder / "export").exists()


@pytest.mark.parametrize("command", [("verify-log",), ("export-log", "{folder}/export")])
def test_a_memory_that_cannot_be_read_is_named(staffed: CommandLine, command: tuple[str, ...]) -> None:
    staffed.run("verify-log")
    memory = staffed.settings.key_file.with_name("last-signed")
    memory.unlink()
    memory.mkdir()
    assert staffed.run(*(word.format(folder=staffed.folder) for word in command)) == 2
    assert staffed.err == f"rightful-server: {memory}, what was signed last, cannot be read: Is a directory.\n"
    assert not (staffed.folder / "export").exists()


@pytest.mark.parametrize(
    ("table", "command"),
    [
        ("audit_entries", ("verify-log",)),
        ("audit_entries", ("export-log", "{folder}/export")),
        ("audit_entries", ("rotate-key",)),
        ("staff", ("staff", "list")),
        ("data_keys", ("staff", "list")),
        ("alembic_version", ("migrate",)),
    ],
)
def test_a_damaged_database_is_a_sentence(staffed: CommandLine, table: str, command: tuple[str, ...]) -> None:
    """And no verdict on the log: exit code 1 would be one."""
    staffed.run("verify-log")
    damage(staffed.settings.data_dir / "rightful.db", table)
    assert staffed.run(*(word.format(folder=staffed.folder) for word in command)) == 2
    assert staffed.err.startswith("rightful-server: The database is damaged: database disk image is malformed (SQLITE_")
    assert staffed.err.endswith("); restore a backup.\n")
    assert staffed.err.count("\n") == 1
    assert not (staffed.folder / "export").exists()


def test_an_export_is_for_its_owner_alone(exported: tuple[Path, str]) -> None:
    """With disclosed words it is personal; whoever it is for gets a copy on purpose."""
    folder, _ = exported
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_words_that_were_altered_are_not_disclosed(staffed: CommandLine) -> None:
    with closing(build(staffed.settings)) as parts, parts.storage.changing() as work:
        entry = Entry(event=Event.CASE_NOTED, at=parts.service.clock(), actor=SYSTEM, prose="The caller said so")
        work.record(Outcome(state=None, entry=entry))
    folder = staffed.folder / "export"
    assert staffed.run("export-log", "--disclose-words", str(folder)) == 0
    assert "The caller said so" in (folder / "prose.jsonl").read_text()
    database = sqlite3.connect(staffed.settings.data_dir / "rightful.db")
    with database:
        database.execute("UPDATE audit_prose SET text = salt")
    database.close()
    again = staffed.folder / "again"
    assert staffed.run("export-log", "--disclose-words", str(again)) == 2
    place = staffed.settings.data_dir / "rightful.db"
    assert staffed.err.startswith(f"rightful-server: Words in {place} cannot be opened (")
    assert staffed.err.count("\n") == 1
    assert not again.exists()


def test_an_export_is_checked_without_the_database(staffed: CommandLine, exported: tuple[Path, str]) -> None:
    folder, key = exported
    (staffed.settings.data_dir / "rightful.db").unlink()
    assert staffed.run("verify-log", "--export", str(folder), "--key", key) == 0
    assert not (staffed.settings.data_dir / "rightful.db").exists()
    remembered = str(folder / "checkpoint")
    assert staffed.run("verify-log", "--export", str(folder), "--key", key, "--remembered", remembered) == 0
    assert "1 remembered were compared" in staffed.out


def test_an_edited_export_is_told(staffed: CommandLine, exported: tuple[Path, str]) -> None:
    folder, key = exported
    entries = folder / "entries.jsonl"
    entries.write_text(entries.read_text().replace("administrator", "agent"))
    assert staffed.run("verify-log", "--export", str(folder), "--key", key) == 1
    assert "something was changed" in staffed.err


@pytest.mark.parametrize("name", ["checkpoint", "checkpoints", "entries.jsonl", "prose.jsonl"])
def test_a_folder_where_a_file_should_be_is_said_in_a_sentence(
    staffed: CommandLine, exported: tuple[Path, str], name: str
) -> None:
    folder, key = exported
    (folder / name).unlink(missing_ok=True)
    (folder / name).mkdir()
    assert staffed.run("verify-log", "--export", str(folder), "--key", key) == 2
    assert staffed.err == f"rightful-server: {folder / name} cannot be read: Is a directory.\n"


def test_exporting_needs_a_new_folder(staffed: CommandLine, exported: tuple[Path, str]) -> None:
    folder, _ = exported
    assert staffed.run("export-log", str(folder)) == 2
    assert "exists already" in staffed.err


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--export", "."), "give it with --key"),
        (("--export", "nowhere", "--key", "KEY"), "There is no folder nowhere."),
        (("--export", ".", "--key", "none"), "--key is not a verifier key"),
        (("--remembered", "nowhere"), "nowhere cannot be read"),
    ],
)
def test_what_cannot_be_checked_is_said_in_a_sentence(
    staffed: CommandLine, exported: tuple[Path, str], arguments: tuple[str, ...], sentence: str
) -> None:
    given = [exported[1] if argument == "KEY" else argument for argument in arguments]
    assert staffed.run("verify-log", *given) == 2
    assert sentence in staffed.err
    assert staffed.err.count("\n") == 1
