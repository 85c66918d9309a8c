"""The key-encryption key is replaced, and a crash after any step leaves a key that opens the database (A-43, A-49)."""

import logging
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import partial
from pathlib import Path
from threading import Barrier

import pytest

from services.app import data_keys
from services.storage import tables
from services.storage.data_key_rows import load_keys
from services.storage.data_keys import DataKey, Unreadable
from services.storage.database import Database
from services.storage.key_file import KeyFile, KeyUnusable
from services.storage.key_rotation import begin, finish, rewrap, settle, successor
from services.storage.sealing import Sealer
from tests.storage.keys import START

PLACE = "contact_points.value:cp_1"
CANARY = "amara@postbox.example"
posix = pytest.mark.skipif(os.name != "posix", reason="Windows has no mode bits: a folder's access list keeps the key")


class Installation:
    """A database and its key file, with something sealed."""

    def __init__(self, folder: Path) -> None:
        self.url = f"sqlite:///{folder / 'rightful.db'}"
        self.file = KeyFile(folder / "keys" / "rightful.key")
        self.file.path.parent.mkdir()
        self.file.make()
        self.first = self.file.path.read_bytes()
        self.database = Database(self.url)
        tables.metadata.create_all(self.database.engine)
        self.sealed = Sealer(*data_keys(self.database, self.file, START)).seal(CANARY, PLACE)

    def rows(self) -> list[DataKey]:
        """The data keys as they are wrapped now."""
        with self.database.reading() as connection:
            return load_keys(connection)

    def opened(self) -> str:
        """What was sealed, as a process that starts now reads it."""
        with closing(Database(self.url)) as database:
            return Sealer(*data_keys(database, self.file, START)).open_text(self.sealed, PLACE)

    def step(self, number: int) -> None:
        """One step of a rotation."""
        if number == 1:
            begin(self.file, self.rows())
        elif number == 2:
            with self.database.changing() as connection:
                rewrap(connection, self.file)
        else:
            finish(self.file)

    def rotate(self, steps: int = 3) -> None:
        """A rotation, broken off after so many of its three steps."""
        for number in range(1, steps + 1):
            self.step(number)


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    made = Installation(tmp_path)
    yield made
    made.database.close()


def names(installation: Installation) -> list[str]:
    return sorted(path.name for path in installation.file.path.parent.iterdir())


def test_the_new_key_opens_what_was_sealed_and_the_old_one_nothing(installation: Installation) -> None:
    installation.rotate()
    assert installation.file.path.read_bytes() != installation.first
    assert installation.opened() == CANARY
    assert names(installation) == ["rightful.key"]
    installation.file.path.write_bytes(installation.first)
    with pytest.raises(Unreadable, match="not this database's key"):
        installation.opened()


@pytest.mark.parametrize("steps", [0, 1, 2, 3])
def test_broken_off_after_any_step_the_database_opens_and_the_key_can_be_replaced_again(
    installation: Installation, steps: int
) -> None:
    installation.rotate(steps)
    assert installation.opened() == CANARY
    before = installation.file.path.read_bytes()
    assert (before == installation.first) is (steps < 2)
    installation.rotate()
    assert installation.opened() == CANARY
    assert installation.file.path.read_bytes() != before
    assert names(installation) == ["rightful.key"]


def test_broken_off_while_the_data_keys_are_wrapped_the_old_key_opens_them(installation: Installation) -> None:
    installation.rotate(1)
    with pytest.raises(KeyboardInterrupt):
        broken_off_while_wrapping(installation)
    assert installation.opened() == CANARY
    assert installation.file.path.read_bytes() == installation.first
    assert names(installation) == ["rightful.key", "rightful.key.new"]


def broken_off_while_wrapping(installation: Installation) -> None:
    with installation.database.changing() as connection:
        rewrap(connection, installation.file)
        raise KeyboardInterrupt


def test_a_link_to_the_key_stays_one(installation: Installation, tmp_path: Path) -> None:
    """The key goes on standing where the operator put it, on a disk of its own."""
    linked = installation.file.path
    safe = linked.rename(tmp_path / "safe.key")
    linked.symlink_to(safe)
    for steps in (2, 3):
        installation.rotate(steps)
        assert installation.opened() == CANARY
        assert (linked.readlink(), names(installation)) == (safe, ["rightful.key"])
        assert sorted(path.name for path in tmp_path.glob("safe*")) == ["safe.key"]


def test_what_is_finished_at_a_start_is_said_in_one_line(
    installation: Installation, caplog: pytest.LogCaptureFixture
) -> None:
    installation.rotate(2)
    caplog.set_level(logging.INFO)
    assert [installation.opened(), installation.opened()] == [CANARY, CANARY]
    [said] = caplog.messages
    assert said.endswith(f"{successor(installation.file).path} took the place of {installation.file.path}")


def test_of_many_that_start_at_once_one_finishes_and_all_open(installation: Installation) -> None:
    databases = [Database(installation.url) for _ in range(8)]
    for _ in range(20):
        installation.rotate(2)
        start = Barrier(8)
        with ThreadPoolExecutor(8) as pool:
            keys = list(pool.map(partial(started, installation.file, start), databases))
        assert [len(rows) for rows in keys] == [3] * 8
        assert installation.opened() == CANARY
    for database in databases:
        database.close()


def started(file: KeyFile, start: Barrier, database: Database) -> list[DataKey]:
    start.wait()
    return data_keys(database, file, START)[1]


def test_a_new_key_that_is_in_use_is_not_replaced_by_another(installation: Installation) -> None:
    """Between two commands another may have been broken off: its new key is the only one there is."""
    installation.rotate(2)
    new = successor(installation.file).path
    with pytest.raises(KeyUnusable, match=f"not this database's key any more: {new} has to take its place first"):
        begin(installation.file, installation.rows())
    assert installation.opened() == CANARY


def test_where_neither_key_opens_the_database_none_is_moved(installation: Installation) -> None:
    installation.file.discard()
    installation.file.make()
    successor(installation.file).make()
    before = [path.read_bytes() for path in sorted(installation.file.path.parent.iterdir())]
    settle(installation.file, installation.rows())
    with pytest.raises(Unreadable, match="not this database's key"):
        installation.opened()
    assert [path.read_bytes() for path in sorted(installation.file.path.parent.iterdir())] == before


@posix
def test_a_new_key_that_others_may_read_is_refused_before_it_is_used(installation: Installation) -> None:
    installation.rotate(2)
    successor(installation.file).path.chmod(0o644)
    with pytest.raises(KeyUnusable, match=r"chmod 600 .*rightful\.key\.new"):
        installation.opened()
    successor(installation.file).path.chmod(0o600)
    assert installation.opened() == CANARY


def test_nothing_of_the_old_wrapping_stays_in_the_files(installation: Installation, tmp_path: Path) -> None:
    """Whoever left with the old key and steals the files of today unwraps nothing."""
    before = [row.wrapped for row in installation.rows()]
    assert all(one in written(tmp_path) for one in before)
    installation.rotate()
    assert installation.database.forget_deleted()
    assert [one for one in before if one[13:29] in written(tmp_path)] == []


def written(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.iterdir() if path.is_file())
