"""The keeper of the log: what it finds out at the start, and how long entries may wait before it is not well."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from services.keeper import LONGEST_WAIT, Keeper
from services.storage.last_signed import MemoryUnreadable
from tests.storage.audit_logs import Log
from tests.support.unsigned import unsigned


class Seconds:
    """A clock that a test turns."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Log]:
    made = Log(tmp_path)
    made.grow(5)
    yield made
    made.database.close()


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


@pytest.fixture
def keeper(log: Log, seconds: Seconds) -> Keeper:
    return Keeper(log.opened(), lambda _size: None, seconds)


def test_it_tells_each_size_that_was_signed(log: Log) -> None:
    told: list[int] = []
    keeper = Keeper(log.store, told.append)
    log.write(3)
    keeper.integrate()
    assert (told, keeper.is_sound, keeper.is_well()) == ([8], True, True)


def test_a_log_is_not_called_sound_before_it_was_looked_at(keeper: Keeper) -> None:
    assert not keeper.is_sound
    keeper.integrate()
    assert keeper.is_sound


@pytest.mark.logs_warning("the audit log was tampered with or rolled back")
def test_a_log_that_was_rolled_back_is_found_though_nothing_waits(log: Log, tmp_path: Path) -> None:
    """Else the first thing to fall due would run before anybody looks."""
    newer = log.memory.read()
    assert newer is not None
    (tmp_path / "older").mkdir()
    older = Log(tmp_path / "older")
    older.grow(3)
    older.memory.keep(newer)
    keeper = Keeper(older.opened(), lambda _size: None)
    keeper.integrate()
    keeper.integrate()
    assert (keeper.is_sound, keeper.is_well()) == (False, False)
    older.database.close()


def test_what_cannot_be_looked_at_is_not_called_sound(log: Log, keeper: Keeper, tmp_path: Path) -> None:
    note = log.memory.read() or ""
    (tmp_path / "last-signed").unlink()
    (tmp_path / "last-signed").mkdir()
    with pytest.raises(MemoryUnreadable):
        keeper.integrate()
    assert not keeper.is_sound
    (tmp_path / "last-signed").rmdir()
    log.memory.keep(note)
    keeper.integrate()
    assert keeper.is_sound


def test_it_is_well_until_entries_have_waited_too_long(
    log: Log, keeper: Keeper, seconds: Seconds, tmp_path: Path
) -> None:
    keeper.integrate()
    note = log.memory.read() or ""
    log.write(1)
    (tmp_path / "last-signed").unlink()
    (tmp_path / "last-signed").mkdir()
    while seconds.now < LONGEST_WAIT:
        assert keeper.is_well()
        with pytest.raises(MemoryUnreadable):
            keeper.integrate()
        seconds.now += 0.5
    assert (keeper.is_well(), keeper.is_sound, unsigned(log.database)) == (False, True, 1)
    (tmp_path / "last-signed").rmdir()
    log.memory.keep(note)
    keeper.integrate()
    assert (keeper.is_well(), unsigned(log.database)) == (True, 0)


def test_where_nothing_waits_time_alone_does_no_harm(keeper: Keeper, seconds: Seconds) -> None:
    for _ in range(100):
        keeper.integrate()
        assert keeper.is_well()
        seconds.now += LONGEST_WAIT - 1
