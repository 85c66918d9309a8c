"""`rotate-key`: whoever had the key before opens nothing any more, and everything goes on."""

import os
import shutil
import subprocess
import sys
from contextlib import closing

import pytest

from services.commands.opening import opened
from services.commands.rotating import wrap_anew
from services.storage.data_key_rows import load_keys
from services.storage.database import Database
from services.storage.hold import Presence
from services.storage.key_file import KeyFile
from services.storage.key_rotation import begin
from services.vocabulary import Event
from tests.architecture.source import ROOT
from tests.commands.conftest import CommandLine

APART = ("unshare", "--user", "--map-root-user", "--mount")
"""In namespaces of its own a command sees mounts that nobody else does, and is in no group but its own."""
MOUNTED = ("sh", "-ec", 'mount --bind "$0" "$0"; exec "$@"')
"""A file mounted by itself, as containers do it, and then a command."""


def can_be_apart() -> bool:
    """Whether this system lets everybody make namespaces."""
    return bool(shutil.which(APART[0])) and subprocess.run([*APART, "true"], check=False).returncode == 0


namespaces = pytest.mark.skipif(not can_be_apart(), reason="needs Linux, where it lets everybody make namespaces")


def run_in_namespace(staffed: CommandLine, command: str, *, mounted: bool = True) -> tuple[int, str]:
    """A command that may find the key's file mounted by itself; its exit code and what it said."""
    mount = [*MOUNTED, str(staffed.settings.key_file)] if mounted else []
    words = [*APART, *mount, sys.executable, "-m", "services", "--config", str(staffed.config), command]
    done = subprocess.run(words, check=False, cwd=ROOT, capture_output=True, text=True)
    return done.returncode, done.stderr


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
    """Though it rests, and lets somebody else perform."""
    before = staffed.settings.key_file.read_bytes()
    with closing(Database(staffed.settings.database_url)) as database:
        running = Presence(database)
        assert staffed.run("rotate-key") == 2
        running.end()
    assert staffed.err.endswith("The service runs on this database: stop it first, every server of it.\n")
    assert staffed.settings.key_file.read_bytes() == before
    assert staffed.run("rotate-key") == 0


def break_off(staffed: CommandLine) -> None:
    """A rotation that ends before its last step: the new key opens the database, and has yet to take its place."""
    file = KeyFile(staffed.settings.key_file)
    with opened(staffed.settings) as parts:
        with parts.database.reading() as connection:
            rows = load_keys(connection)
        begin(file, rows)
        wrap_anew(parts, file)


def keys(staffed: CommandLine) -> list[str]:
    """The names of the files beside the key."""
    return sorted(path.name for path in staffed.settings.key_file.parent.iterdir())


def test_a_rotation_that_was_broken_off_is_finished_by_any_command(staffed: CommandLine) -> None:
    break_off(staffed)
    assert staffed.run("verify-log") == 0
    assert keys(staffed) == ["last-signed", "rightful.key"]


@namespaces
def test_a_key_whose_file_cannot_be_replaced_is_left_before_anything_is_wrapped(staffed: CommandLine) -> None:
    """Or the only key that opens the database would be gone with the container."""
    key, before = staffed.settings.key_file, staffed.settings.key_file.read_bytes()
    code, said = run_in_namespace(staffed, "rotate-key")
    why = "it is mounted by itself, mount its folder"
    assert said == f"rightful-server: The key file {key} cannot be replaced by {key}.new: {why}.\n"
    assert code == 2
    assert (key.read_bytes(), keys(staffed)) == (before, ["rightful.key"])
    assert staffed.run("verify-log") == 0


@namespaces
def test_a_new_key_that_cannot_take_its_place_opens_the_database_where_it_is(staffed: CommandLine) -> None:
    """Once said in a sentence, everything goes on; replacing it again has to wait."""
    break_off(staffed)
    key = staffed.settings.key_file
    code, said = run_in_namespace(staffed, "verify-log")
    assert code == 0
    assert said.count(f"this database is opened by {key}.new alone: keep it, and put it there yourself") == 1
    assert said.count("\n") == 1
    code, said = run_in_namespace(staffed, "rotate-key")
    assert code == 2
    assert said.endswith(f"{key} is not this database's key any more: {key}.new has to take its place first.\n")
    assert keys(staffed) == ["last-signed", "rightful.key", "rightful.key.new"]
    assert staffed.run("verify-log") == 0
    assert keys(staffed) == ["last-signed", "rightful.key"]


@namespaces
@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives a file to a group that is not its own")
def test_a_key_of_a_group_that_the_service_is_not_in_is_replaced_all_the_same(staffed: CommandLine) -> None:
    """Mode 0600 gives the group nothing: root puts a key back with `install -m 600 -o rightful`, group root."""
    os.chown(staffed.settings.key_file, -1, 65533)
    before = staffed.settings.key_file.read_bytes()
    assert run_in_namespace(staffed, "rotate-key", mounted=False)[0] == 0
    assert staffed.settings.key_file.read_bytes() != before
    assert staffed.run("verify-log") == 0


def test_a_key_that_cannot_be_written_is_said_in_a_sentence(staffed: CommandLine) -> None:
    new = staffed.settings.key_file.with_name("rightful.key.new")
    (new / "something").mkdir(parents=True)
    assert staffed.run("rotate-key") == 2
    assert f"The key file {new} cannot be deleted: Is a directory." in staffed.err
    assert staffed.run("verify-log") == 0
