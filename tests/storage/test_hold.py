"""One process at a time performs the effects of a database, any number serve it, and one may be alone with it."""

import os
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from multiprocessing.synchronize import Event
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from services.domain.outcome import Unavailable
from services.storage.database import Database
from services.storage.hold import Hold, Presence, be_alone, hold
from tests.support.processes import PROCESSES
from tests.support.server import eventually

POSTGRESQL = shutil.which("initdb") and shutil.which("pg_ctl")


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'rightful.db'}"


@pytest.fixture
def postgresql() -> Iterator[str]:
    """A server of PostgreSQL that listens on a socket in a folder of its own; it refuses to run as root."""
    with TemporaryDirectory() as folder:
        data, user = f"{folder}/data", "nobody" if os.geteuid() == 0 else None
        if user:
            shutil.chown(folder, user)
        run = partial(subprocess.run, check=True, stdout=subprocess.DEVNULL, cwd=folder, user=user)
        run(["initdb", "-D", data, "-A", "trust", "-U", "rightful", "-N"])
        options = f"-k {folder} -h '' -F"
        run(["pg_ctl", "-D", data, "-w", "-o", options, "-l", f"{folder}/log", "start"])
        yield f"postgresql+psycopg://rightful@/postgres?host={folder}"
        run(["pg_ctl", "-D", data, "-m", "immediate", "stop"])


def held(database: Database, take: Callable[[Database], Hold | None] = hold) -> Hold:
    """The lock, which is there to be had."""
    mine = take(database)
    assert mine is not None
    return mine


def one_at_a_time(url: str) -> None:
    with closing(Database(url)) as one, closing(Database(url)) as other:
        mine = held(one)
        assert hold(other) is None
        assert hold(one) is None
        assert mine.lasts()
        mine.release()
        held(other).release()


def many_or_one_alone(url: str) -> None:
    with closing(Database(url)) as one, closing(Database(url)) as other:
        first, second = Presence(one), Presence(other)
        held(one).release()  # to serve is not to perform
        first.end()
        assert be_alone(one) is None
        second.renew()
        assert be_alone(one) is None
        second.end()
        alone = held(one, be_alone)
        assert be_alone(other) is None
        with pytest.raises(Unavailable, match="a command that has to be alone with the database is running"):
            Presence(other)
        alone.release()
        Presence(other).end()


def test_one_process_at_a_time(url: str) -> None:
    one_at_a_time(url)


def test_any_number_of_servers_or_one_command_alone(url: str) -> None:
    many_or_one_alone(url)


def test_every_path_to_the_file_leads_to_the_same_hold(url: str, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.symlink_to(tmp_path)
    (tmp_path / "linked.db").symlink_to(tmp_path / "rightful.db")
    with closing(Database(url)) as database:
        mine = held(database)
        for path in (
            elsewhere / "rightful.db",
            tmp_path / "linked.db",
            Path(os.path.relpath(tmp_path / "rightful.db")),
        ):
            with closing(Database(f"sqlite:///{path}")) as other:
                assert hold(other) is None
        mine.release()


def test_databases_of_their_own_are_held_by_themselves(url: str, tmp_path: Path) -> None:
    with closing(Database(url)) as one, closing(Database(f"sqlite:///{tmp_path / 'other.db'}")) as other:
        held(one).release()
        mine, theirs = held(one), held(other)
        mine.release()
        theirs.release()


def test_holding_hinders_nobody_at_the_database(url: str) -> None:
    with closing(Database(url)) as database:
        mine = held(database)
        with closing(Database(url)) as other, other.changing() as connection:
            connection.exec_driver_sql("CREATE TABLE anything (id INTEGER)")
        mine.release()


def test_a_folder_that_takes_no_file_is_trouble_and_no_other_process(url: str, tmp_path: Path) -> None:
    with closing(Database(url)) as database:
        held(database).release()
        (tmp_path / "rightful.db-held").unlink()
        (tmp_path / "rightful.db-held").mkdir()
        with pytest.raises(OSError, match="unable to open"):
            hold(database)


def test_whoever_is_killed_lets_go(url: str) -> None:
    with closing(Database(url)) as database:
        is_held = PROCESSES.Event()
        other = PROCESSES.Process(target=hold_for_ever, args=(url, is_held), daemon=True)
        other.start()
        assert is_held.wait(30)
        assert (hold(database), be_alone(database)) == (None, None)
        assert other.pid is not None
        os.kill(other.pid, signal.SIGKILL)
        other.join()
        held(database).release()
        held(database, be_alone).release()


def hold_for_ever(url: str, is_held: Event) -> None:
    """A process that serves and holds, until it is killed."""
    database = Database(url)
    presence, mine = Presence(database), hold(database)
    assert (presence, mine) != (presence, None)
    is_held.set()
    signal.pause()


@pytest.mark.slow
@pytest.mark.skipif(not POSTGRESQL, reason="needs PostgreSQL's own programs")
def test_on_postgresql_the_session_holds(postgresql: str) -> None:
    one_at_a_time(postgresql)
    many_or_one_alone(postgresql)
    with closing(Database(postgresql)) as one, closing(Database(postgresql)) as other:
        mine, presence = held(one), Presence(one)
        with other.changing() as connection:
            connection.exec_driver_sql(
                "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted"
            )
        assert [mine.lasts(), mine.lasts()] == [False, False]
        mine.release()
        assert eventually(lambda: is_free(other))
        held(other, be_alone).release()
        presence.renew()
        assert be_alone(other) is None
        presence.end()
        held(other, be_alone).release()


def is_free(database: Database) -> bool:
    """Whether it can be held; nobody holds it after."""
    mine = hold(database)
    if mine is not None:
        mine.release()
    return mine is not None
