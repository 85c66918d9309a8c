"""`serve` in a process of its own: how it ends, and what stops it from starting."""

import os
import shutil
import signal
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest

from services.commands.opening import alone, opened
from services.serving import bound_port
from tests.architecture.source import ROOT
from tests.commands.conftest import CommandLine
from tests.support.server import Server

pytestmark = pytest.mark.loopback


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """Not started."""
    made = Server(tmp_path / "server")
    yield made
    made.close()


@pytest.mark.parametrize("told", [signal.SIGTERM, signal.SIGINT])
def test_a_service_that_is_told_to_stop_closes_its_database(
    server: Server, tmp_path: Path, told: signal.Signals
) -> None:
    """A plain copy of the one file is then a backup: nothing is left in SQLite's own log."""
    server.start()
    os.kill(server.pid, told)
    assert server.await_end() == 0, server.said()
    assert "services.serving: stopped" in server.said()
    database = server.settings.data_dir / "rightful.db"
    assert [file.name for file in database.parent.glob("rightful.db-[ws]*")] == []
    copy = shutil.copy(database, tmp_path / "copy.db")
    with closing(sqlite3.connect(copy)) as opened:
        assert opened.execute("SELECT count(*) FROM data_keys").fetchone()[0] > 0
        assert opened.execute("SELECT count(*) FROM audit_checkpoints").fetchone() == (1,)


def test_the_policy_is_on_record_before_anything_is_decided_by_it(tmp_path: Path) -> None:
    """Once, and again when its files changed, whatever edition they name; anybody can work out the digest."""
    folder = tmp_path / "policy"
    folder.mkdir()
    for name in ("recovery.toml", "roles.toml"):
        shutil.copy(ROOT / "resources/policy" / name, folder)
    server, digests = Server(tmp_path / "server", policy_dir=folder), []
    for changed in ("", "", "recovery.toml", "roles.toml"):
        if changed:
            with (folder / changed).open("a") as file:
                file.write("# looked through\n")
        server.start()
        assert server.stop() == 0, server.said()
        sums = "".join(f"{sha256(file.read_bytes()).hexdigest()}  {file.name}\n" for file in sorted(folder.iterdir()))
        digests.append(sha256(sums.encode()).hexdigest())
    with closing(sqlite3.connect(server.settings.data_dir / "rightful.db")) as opened:
        asked = "SELECT json_extract(text, '$.details.digest') FROM audit_entries WHERE event = 'policy.loaded'"
        assert [row[0] for row in opened.execute(f"{asked} ORDER BY serial")] == digests[1:]


def test_a_policy_that_cannot_be_put_on_record_is_not_served(command_line: CommandLine) -> None:
    command_line.begin()
    with closing(sqlite3.connect(command_line.settings.data_dir / "rightful.db")) as opened:
        opened.execute("CREATE TRIGGER full BEFORE INSERT ON audit_entries BEGIN INSERT INTO no_room VALUES (1); END")
    assert command_line.run("serve", "--port", "0") == 2
    assert command_line.err == "rightful-server: The database does not answer: no such table: main.no_room.\n"


def test_nothing_is_served_beside_a_command_that_has_to_be_alone(command_line: CommandLine) -> None:
    command_line.begin()
    with opened(command_line.settings) as parts, alone(parts):
        assert command_line.run("serve", "--port", "0") == 75
    assert command_line.err == (
        "rightful-server: A command that has to be alone with the database is running: start again once it has ended.\n"
    )


def test_a_ready_file_that_cannot_be_written_stops_the_service_before_it_starts(command_line: CommandLine) -> None:
    nowhere = command_line.folder / "nope" / "ready"
    assert command_line.run("serve", "--port", "0", "--ready-file", str(nowhere)) == 2
    assert command_line.err == (
        f"rightful-server: The ready file {nowhere} cannot be written: No such file or directory.\n"
    )
    assert command_line.run("serve", "--port", "0", "--ready-file", str(command_line.folder)) == 2
    assert command_line.err.endswith("cannot be written: it is a folder.\n")
    demo = ("demo", "--folder", str(command_line.folder / "demo"), "--ready-file", str(nowhere))
    assert command_line.run(*demo) == 2
    assert not (command_line.folder / "state").exists()


def test_wrong_settings_are_one_answer_without_a_trace(command_line: CommandLine) -> None:
    """The key is not written before they are right."""
    with command_line.config.open("a") as file:
        file.write('log_origin = "a b+c"\ncompany = ""\n')
    assert command_line.run("serve") == 2
    assert command_line.err.startswith("rightful-server: log_origin says 'a b+c': ")
    assert "company says ''" in command_line.err
    assert command_line.err.count("\n") == 1
    assert not (command_line.folder / "keys").exists()


def test_the_service_listens_on_ipv6_too(server: Server) -> None:
    try:
        bound_port("::1")
    except OSError:
        pytest.skip("this machine has no IPv6")
    server.settings = replace(server.settings, host="::1")
    server.start()
    assert server.settings.base_url == f"http://[::1]:{server.settings.port}"
    assert server.stop() == 0, server.said()
