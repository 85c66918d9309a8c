"""`migrate`, and what every command needs before it starts."""

from pathlib import Path

from tests.commands.conftest import CommandLine


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
    assert command_line.run("staff", "list") == 0
    assert "A new key was written to" in command_line.err
    key = (command_line.folder / "keys" / "rightful.key").read_bytes()
    assert command_line.run("staff", "list") == 0
    assert command_line.err == ""
    assert (command_line.folder / "keys" / "rightful.key").read_bytes() == key


def test_a_database_whose_key_is_lost_gets_no_new_one(command_line: CommandLine) -> None:
    command_line.run("staff", "list")
    key = command_line.folder / "keys" / "rightful.key"
    key.unlink()
    assert command_line.run("staff", "list") == 2
    assert "restore its key" in command_line.err
    assert not key.exists()


def test_a_key_of_another_database_is_refused(command_line: CommandLine) -> None:
    command_line.run("staff", "list")
    (command_line.folder / "keys" / "rightful.key").unlink()
    key = command_line.folder / "state" / "rightful.db"
    aside = key.rename(command_line.folder / "aside.db")
    for journal in command_line.folder.glob("state/rightful.db-*"):
        journal.unlink()
    command_line.run("staff", "list")
    aside.replace(key)
    assert command_line.run("staff", "list") == 2
    assert "it is not this database's key" in command_line.err
    assert command_line.err.count("\n") == 1


def test_a_policy_that_is_nonsense_is_one_answer(command_line: CommandLine, tmp_path: Path) -> None:
    policy = tmp_path / "policy"
    policy.mkdir()
    (policy / "recovery.toml").write_text('edition = "none"\n')
    (policy / "roles.toml").write_text("")
    with command_line.config.open("a") as file:
        file.write(f'policy_dir = "{policy}"\n')
    assert command_line.run("staff", "list") == 2
    assert command_line.err.splitlines()[-1].startswith("rightful-server: The policy cannot be used: ")


def test_a_shared_database_is_migrated_on_purpose_only(command_line: CommandLine) -> None:
    with command_line.config.open("a") as file:
        file.write('database = "postgresql+psycopg://nobody@/nothing?host=/nonexistent"\n')
    assert command_line.run("staff", "list") == 2
    assert command_line.err.startswith("rightful-server: The database cannot be used: ")
    assert command_line.err.count("\n") == 1
