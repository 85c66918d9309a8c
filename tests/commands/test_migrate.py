"""`migrate`, and what every command needs before it starts."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from services.commands.errors import Unusable
from tests.architecture.source import ROOT
from tests.commands.conftest import PASSWORD, CommandLine


def test_migrate_checks_migrates_and_has_nothing_more_to_do(command_line: CommandLine) -> None:
    assert command_line.run("migrate", "--check") == 1
    assert not (command_line.folder / "state").exists()
    assert command_line.run("migrate") == 0
    assert command_line.out == "The database was migrated.\n"
    assert command_line.run("migrate", "--check") == 0
    assert command_line.run("migrate") == 0
    assert command_line.out == "There is nothing to migrate.\n"


def test_migrate_prints_sql_for_postgresql(command_line: CommandLine) -> None:
    assert command_line.run("migrate", "--sql") == 0
    assert "CREATE TABLE accounts" in command_line.out
    assert not (command_line.folder / "state").exists()


def test_a_new_installation_gets_its_database_and_its_key_once(command_line: CommandLine) -> None:
    bootstrap = ("bootstrap", "--login", "ada", "--name", "Ada", "--password-stdin")
    assert command_line.run_apart(*bootstrap, stdin=PASSWORD) == 0
    assert "A new key was written to" in command_line.err
    key = (command_line.folder / "keys" / "rightful.key").read_bytes()
    assert command_line.run("staff", "list") == 0
    assert command_line.err == ""
    assert (command_line.folder / "keys" / "rightful.key").read_bytes() == key


OTHERS = pytest.mark.parametrize(
    "command",
    [
        ("verify-log",),
        ("export-log", "{folder}/export"),
        ("staff", "list"),
        ("staff", "role", "ada", "agent"),
        ("staff", "disable", "ada"),
        ("staff", "renew", "ada", "--password-stdin"),
        ("staff", "add", "--login", "ada", "--name", "Ada", "--role", "agent", "--password-stdin"),
        ("import", "{folder}/server.toml", "--format", "csv"),
        ("erase-words", "RC1000001"),
        ("accept-restore",),
        ("rotate-key",),
    ],
)
"""Every command that neither begins an installation nor migrates one."""


def make_older(command_line: CommandLine) -> None:
    """A database as the release before the last revision left it."""
    command_line.begin()
    with closing(sqlite3.connect(command_line.settings.data_dir / "rightful.db")) as database, database:
        database.execute("DROP INDEX ix_cases_open")
        database.execute("UPDATE alembic_version SET version_num = '0003'")


@OTHERS
def test_a_database_of_an_older_release_is_migrated_on_purpose_only(
    command_line: CommandLine, command: tuple[str, ...]
) -> None:
    """The daily `verify-log` of a new release would do it beneath the old service, and before there is a backup."""
    make_older(command_line)
    before = (command_line.settings.data_dir / "rightful.db").read_bytes()
    assert command_line.run(*(word.format(folder=command_line.folder) for word in command)) == 2
    assert command_line.err == (
        "rightful-server: The database is not at the tables of this release: "
        "stop the service, back the database up and run: rightful-server migrate\n"
    )
    assert (command_line.settings.data_dir / "rightful.db").read_bytes() == before
    assert command_line.run("migrate") == 0
    assert command_line.run("verify-log") == 0


def test_a_start_migrates_a_database_of_an_older_release(command_line: CommandLine) -> None:
    make_older(command_line)
    assert command_line.run("migrate", "--check") == 1
    command_line.begin()
    assert command_line.run("migrate", "--check") == 0


@OTHERS
@pytest.mark.parametrize("present", [False, True], ids=["nothing", "an empty file"])
def test_who_looks_for_a_database_makes_none(
    command_line: CommandLine, command: tuple[str, ...], present: bool
) -> None:
    """A misspelt data_dir is a sentence, and not a second service with a sound and empty log."""
    state = command_line.folder / "state"
    if present:
        state.mkdir()
        (state / "rightful.db").touch()
    assert command_line.run(*(word.format(folder=command_line.folder) for word in command)) == 2
    assert command_line.err.startswith(
        f"rightful-server: There is no database {state / 'rightful.db'}: check --config, "
    )
    assert command_line.err.count("\n") == 1
    assert not (command_line.folder / "keys").exists()
    assert state.exists() == present
    assert not present or (state / "rightful.db").stat().st_size == 0


def test_who_looks_for_a_key_makes_none(command_line: CommandLine) -> None:
    assert command_line.run("migrate") == 0
    assert command_line.run("verify-log") == 2
    key = command_line.folder / "keys" / "rightful.key"
    assert command_line.err.startswith(f"rightful-server: There is no key file {key}: ")
    assert not key.parent.exists()


def test_a_database_whose_key_is_lost_gets_no_new_one(command_line: CommandLine) -> None:
    command_line.begin()
    key = command_line.folder / "keys" / "rightful.key"
    key.unlink()
    with pytest.raises(Unusable, match="restore its key"):
        command_line.begin()
    assert command_line.run("staff", "list") == 2
    assert "restore its key" in command_line.err
    assert not key.exists()


def test_a_key_of_another_database_is_refused(command_line: CommandLine) -> None:
    command_line.begin()
    (command_line.folder / "keys" / "rightful.key").unlink()
    key = command_line.folder / "state" / "rightful.db"
    aside = key.rename(command_line.folder / "aside.db")
    for journal in command_line.folder.glob("state/rightful.db-*"):
        journal.unlink()
    command_line.begin()
    aside.replace(key)
    assert command_line.run("staff", "list") == 2
    assert "it is not this database's key" in command_line.err
    assert command_line.err.count("\n") == 1


def test_a_policy_that_is_nonsense_is_one_answer(command_line: CommandLine, tmp_path: Path) -> None:
    command_line.begin()
    policy = tmp_path / "policy"
    policy.mkdir()
    (policy / "recovery.toml").write_text('edition = "none"\n')
    (policy / "roles.toml").write_text("")
    with command_line.config.open("a") as file:
        file.write(f'policy_dir = "{policy}"\n')
    assert command_line.run("staff", "list") == 2
    assert command_line.err.splitlines()[-1].startswith("rightful-server: The policy cannot be used: ")


def test_roles_that_the_policy_does_not_fit_are_one_answer(command_line: CommandLine, tmp_path: Path) -> None:
    """What no role could do is no action: the two files are compared before anything starts."""
    command_line.begin()
    policy = shutil.copytree(ROOT / "resources/policy", tmp_path / "policy", ignore=shutil.ignore_patterns("blocklist"))
    recovery = policy / "recovery.toml"
    recovery.write_text(recovery.read_text("utf-8").replace('"send_reset_link"', '"administer_staff"'), "utf-8")
    with command_line.config.open("a") as file:
        file.write(f'policy_dir = "{policy}"\n')
    assert command_line.run("staff", "list") == 2
    assert command_line.err.splitlines()[-1] == (
        "rightful-server: The policy cannot be used: action.reset_link.permission says administer_staff, "
        "which no role holds together with open_case and run_check."
    )


def test_a_shared_database_is_migrated_on_purpose_only(command_line: CommandLine) -> None:
    with command_line.config.open("a") as file:
        file.write('database = "postgresql+psycopg://nobody@/nothing?host=/nonexistent"\n')
    assert command_line.run("staff", "list") == 75
    assert command_line.err.startswith("rightful-server: The database does not answer: ")
    assert command_line.err.count("\n") == 1
