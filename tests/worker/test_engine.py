"""Effects are performed to their end, in order and once, whatever happens in between (invariant 13)."""

import asyncio
import logging
import shutil
import sqlite3
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from services.worker.engine import Effects
from services.worker.system_database import Occupied
from tests.support.processes import PROCESSES
from tests.worker.portal import STEPS, Portal, Unavailable, drained, effects_of, run, submit

PATIENT = timedelta(seconds=10)
KEYS = ("act_1",)
AT_A_TIME = 20
PHONE = "+44 20 7946 0018"


def test_an_effect_is_performed_step_by_step(portal: Portal, effects: Effects) -> None:
    submit(effects, "act_1")
    assert drained(10)
    assert portal.what_happened("act_1") == STEPS


def test_a_key_submitted_again_and_at_once_happens_once(portal: Portal, effects: Effects) -> None:
    start = threading.Barrier(8)

    def insist() -> None:
        start.wait()
        submit(effects, *(f"act_{n}" for n in range(5)))

    threads = [threading.Thread(target=insist) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert drained(30)
    assert [portal.what_happened(f"act_{n}") for n in range(5)] == [STEPS] * 5


def test_what_is_unavailable_for_a_while_is_tried_again(portal: Portal, effects: Effects) -> None:
    troubles = [Unavailable(), Unavailable()]

    def trouble(_key: str, step: str) -> None:
        if step == "send_link" and troubles:
            raise troubles.pop()

    portal.trouble = trouble
    submit(effects, "act_1")
    assert drained(10)
    assert (portal.what_happened("act_1"), troubles) == (STEPS, [])


def test_a_later_try_waits_without_holding_a_thread(portal: Portal, tmp_path: Path) -> None:
    troubles = [Unavailable()]

    def trouble(key: str, _step: str) -> None:
        if key == "act_1" and troubles:
            raise troubles.pop()

    portal.trouble = trouble
    effects = effects_of(portal, tmp_path, timedelta(seconds=1), threads=1)
    effects.launch()
    submit(effects, "act_1", "act_2")
    assert drained(20)
    effects.stop()
    assert portal.what_happened("act_1") == portal.what_happened("act_2") == STEPS
    assert portal.finished() == ["act_2", "act_1"]


def test_when_patience_is_over_the_step_is_given_up_and_the_next_one_goes_on(portal: Portal, effects: Effects) -> None:
    tried: list[str] = []

    def trouble(_key: str, step: str) -> None:
        tried.append(step)
        if step == "send_link":
            raise Unavailable

    portal.trouble = trouble
    submit(effects, "act_1")
    assert drained(10)
    assert portal.what_happened("act_1") == (*STEPS[:2], "send_link unavailable", "notify")
    assert tried.count("send_link") == 3


@pytest.mark.logs_warning("perform_action act_1: ValueError")
def test_an_error_is_given_up_at_once_and_its_text_is_kept_nowhere(
    portal: Portal, effects: Effects, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    def trouble(_key: str, step: str) -> None:
        if step == "send_link":
            raise ValueError(PHONE)

    portal.trouble = trouble
    submit(effects, "act_1")
    assert drained(10)
    effects.stop()
    assert portal.what_happened("act_1") == (*STEPS[:2], "send_link failed", "notify")
    assert "trouble" in caplog.text
    assert PHONE not in caplog.text
    assert all(PHONE.encode() not in file.read_bytes() for file in tmp_path.iterdir())


@pytest.mark.logs_warning("later act_1: KeyError", "giving up later act_1: KeyError")
def test_an_effect_nobody_can_perform_yet_waits_for_a_release_that_can(portal: Portal, tmp_path: Path) -> None:
    effects = effects_of(portal, tmp_path, PATIENT)
    effects.launch()
    effects.submit("act_1", "later", {"action": "act_1"})
    assert not drained(0.5)
    effects.stop()


def test_stopping_ends_between_two_steps_and_the_next_launch_goes_on(portal: Portal, tmp_path: Path) -> None:
    reached, go_on = threading.Event(), threading.Event()

    def trouble(_key: str, step: str) -> None:
        if step == "remove_authenticator" and not go_on.is_set():
            reached.set()
            assert go_on.wait(10)

    portal.trouble = trouble
    effects = effects_of(portal, tmp_path)
    effects.launch()
    submit(effects, "act_1")
    assert reached.wait(10)
    stopping = threading.Thread(target=effects.stop)
    stopping.start()
    assert effects._stopping.wait(10)
    go_on.set()
    stopping.join()
    assert portal.what_happened("act_1") == STEPS[:2]

    again = effects_of(portal, tmp_path)
    again.launch()
    submit(again, "act_1")
    assert drained(10)
    again.stop()
    assert portal.what_happened("act_1") == STEPS


def test_it_can_be_launched_and_stopped_over_and_over(portal: Portal, tmp_path: Path) -> None:
    before = threading.active_count()
    for n in range(5):
        effects = effects_of(portal, tmp_path)
        effects.launch()
        submit(effects, f"act_{n}")
        assert drained(10)
        effects.stop()
        effects.stop()
    assert [portal.what_happened(f"act_{n}") for n in range(5)] == [STEPS] * 5
    assert threading.active_count() == before


def test_a_second_engine_is_kept_out(effects: Effects, portal: Portal, tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="already"):
        effects_of(portal, tmp_path).launch()
    submit(effects, "act_1")
    assert drained(10)


def test_a_second_process_is_kept_out_until_the_first_is_gone(portal: Portal, tmp_path: Path) -> None:
    other = sqlite3.connect(tmp_path / "effects.db-held", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    effects = effects_of(portal, tmp_path)
    with pytest.raises(Occupied):
        effects.launch()
    other.close()
    effects.launch()
    effects.stop()


def test_it_does_not_launch_on_an_event_loop(portal: Portal, tmp_path: Path) -> None:
    async def launch() -> None:
        effects_of(portal, tmp_path).launch()

    with pytest.raises(RuntimeError, match="event loop"):
        asyncio.run(launch())


def test_what_ended_long_ago_is_forgotten_and_what_ended_lately_is_not(portal: Portal, effects: Effects) -> None:
    submit(effects, "act_1")
    assert drained(10)
    portal.forget()
    effects.tidy(datetime.now(UTC) - timedelta(hours=1))
    submit(effects, "act_1")
    assert drained(10)
    assert portal.what_happened("act_1") == ()
    effects.tidy(datetime.now(UTC) + timedelta(hours=1))
    submit(effects, "act_1")
    assert drained(10)
    assert portal.what_happened("act_1") == STEPS


@pytest.mark.logs_warning("broke inside the engine, and can be submitted anew: ['act_1']")
def test_what_broke_inside_the_engine_can_be_submitted_anew(portal: Portal, effects: Effects, tmp_path: Path) -> None:
    submit(effects, "act_1")
    assert drained(10)
    portal.forget()
    with sqlite3.connect(tmp_path / "effects.db") as database:
        database.execute("UPDATE workflow_status SET status = 'ERROR', error = '{}'")
    database.close()
    effects.tidy(datetime.now(UTC) - timedelta(hours=1))
    submit(effects, "act_1")
    assert drained(10)
    assert portal.what_happened("act_1") == STEPS


def test_dbos_says_nothing_of_its_own(effects: Effects, capfd: pytest.CaptureFixture[str]) -> None:
    submit(effects, "act_1")
    assert drained(10)
    effects.stop()
    assert capfd.readouterr() == ("", "")
    assert logging.getLogger("dbos").propagate


@pytest.mark.slow
def test_a_crash_at_any_point_loses_nothing_and_repeats_nothing(portal: Portal, tmp_path: Path) -> None:
    """kill -9 before every statement and every commit of a life that performs an effect, then a life to the end."""
    empty = effects_of(portal, tmp_path)
    empty.launch()
    empty.stop()
    point, survived = 1, False
    while not survived:
        folders = [begun(tmp_path / str(n), tmp_path / "effects.db") for n in range(point, point + AT_A_TIME)]
        survived = 0 in live(folders, crash=True)
        assert live(folders, crash=False) == [0] * AT_A_TIME
        for folder in folders:
            what = {key: Portal(folder / "portal.db").what_happened(key) for key in KEYS}
            assert what == dict.fromkeys(KEYS, STEPS), f"killed at event {folder.name}"
        point += AT_A_TIME
    assert point > 100


def begun(folder: Path, empty: Path) -> Path:
    """A portal that has decided and not performed. The engine's database exists, to skip its hundreds of migrations."""
    folder.mkdir()
    shutil.copy(empty, folder)
    Portal(folder / "portal.db").decide(*KEYS)
    return folder


def live(folders: list[Path], *, crash: bool) -> list[int | None]:
    """Run a life in each folder, at the same time. With *crash* each is killed at the event its folder is named for."""
    lives = [PROCESSES.Process(target=run, args=(folder, int(folder.name) if crash else 0)) for folder in folders]
    for life in lives:
        life.start()
    for life in lives:
        life.join(60)
        life.kill()
    return [life.exitcode for life in lives]
