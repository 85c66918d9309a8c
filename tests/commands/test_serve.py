"""`serve` in a process of its own: how it ends, and what stops it from starting."""

import os
import shutil
import signal
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

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
    assert [file.name for file in database.parent.glob("rightful.db*")] == [database.name]
    copy = shutil.copy(database, tmp_path / "copy.db")
    with closing(sqlite3.connect(copy)) as opened:
        assert opened.execute("SELECT count(*) FROM data_keys").fetchone()[0] > 0
        assert opened.execute("SELECT count(*) FROM audit_checkpoints").fetchone() == (1,)
