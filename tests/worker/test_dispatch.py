"""The dispatcher hands over every row, goes on after trouble, and stands by while another process performs."""

import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta

import pytest

from services.domain.outcome import Effect
from services.worker.dispatch import KEPT, LONGEST_TROUBLE, LOOKS, ROUNDS, Dispatcher
from services.worker.system_database import Occupied
from tests.support.server import eventually
from tests.worker.portal import ACT, Hold

START = datetime(2025, 1, 1, tzinfo=UTC)
SOUND = threading.Event()
SOUND.set()


class Rows:
    """An outbox in memory. A row stays until it is handed over."""

    def __init__(self, *keys: str) -> None:
        self.waiting = list(keys)
        self.handed: list[str] = []
        self.trouble: list[Exception] = []

    def due(self, limit: int) -> list[Effect]:
        if self.trouble:
            raise self.trouble.pop()
        return [Effect(key=key, kind=ACT, payload={"action": key}) for key in self.waiting[:limit]]

    def handed_over(self, key: str) -> None:
        self.waiting.remove(key)
        self.handed.append(key)

    def take_back(self) -> None:
        self.waiting, self.handed = self.handed + self.waiting, []


class Log:
    """An engine that writes down what it is asked, and lets a test wait for it."""

    def __init__(self, *refusals: Exception) -> None:
        self.said: list[str] = []
        self.looks = 0
        self._refusals = list(refusals)
        self._news = threading.Condition()

    def launch(self) -> None:
        if self._refusals:
            self._say("refused")
            raise self._refusals.pop(0)
        self._say("launched")

    def submit(self, key: str, kind: str, payload: Mapping[str, str]) -> None:
        assert (kind, payload) == (ACT, {"action": key})
        self._say(key)

    def resume_lost(self) -> None:
        self.looks += 1

    def tidy(self, before: datetime) -> None:
        self._say(f"tidied {before:%Y-%m-%d %H}")

    def stop(self) -> None:
        self._say("stopped")

    def heard(self, *said: str) -> bool:
        with self._news:
            return self._news.wait_for(lambda: self.said == list(said), 10)

    def _say(self, what: str) -> None:
        with self._news:
            self.said.append(what)
            self._news.notify_all()


class Watch:
    """A clock that a test turns."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now


def made(
    engine: Log,
    outbox: Rows,
    watch: Watch,
    *holds: Hold | None,
    sound: threading.Event = SOUND,
    now: Callable[[], float] = time.monotonic,
) -> Dispatcher:
    """A dispatcher that gets these holds on its effects in turn, and then one each time it asks."""
    coming = list(holds)
    hold = lambda: coming.pop(0) if coming else Hold()  # noqa: E731 - as short as what it stands for
    return Dispatcher(engine, outbox, watch, hold=hold, may_perform=sound.is_set, now=now)


Start = Callable[[Log, Rows, Watch], Dispatcher]
TIDIED = f"tidied {START - KEPT:%Y-%m-%d %H}"


@pytest.fixture
def start() -> Iterator[Start]:
    started: list[Dispatcher] = []

    def begin(engine: Log, outbox: Rows, clock: Watch) -> Dispatcher:
        dispatcher = made(engine, outbox, clock)
        dispatcher.start()
        started.append(dispatcher)
        return dispatcher

    yield begin
    for dispatcher in started:
        dispatcher.stop()


def test_rows_are_handed_over_in_order_at_start_and_when_woken(start: Start) -> None:
    engine, outbox = Log(), Rows("act_1", "act_2")
    dispatcher = start(engine, outbox, Watch())
    assert engine.heard("launched", TIDIED, "act_1", "act_2")
    outbox.waiting.append("act_3")
    dispatcher.wake()
    assert engine.heard("launched", TIDIED, "act_1", "act_2", "act_3")


def test_a_row_nobody_woke_us_for_is_found(start: Start) -> None:
    engine, outbox = Log(), Rows()
    start(engine, outbox, Watch())
    assert engine.heard("launched", TIDIED)
    outbox.waiting.append("act_1")
    assert engine.heard("launched", TIDIED, "act_1")


def test_more_rows_than_fit_one_batch_are_all_handed_over() -> None:
    keys = [f"act_{n}" for n in range(250)]
    engine, outbox = Log(), Rows(*keys)
    assert made(engine, outbox, Watch()).hand_over() == 250
    assert (engine.said, outbox.handed) == (keys, keys)


def test_what_was_handed_over_and_not_settled_is_handed_over_again_at_start(start: Start) -> None:
    engine, outbox = Log(), Rows("act_2")
    outbox.handed = ["act_1"]
    start(engine, outbox, Watch())
    assert engine.heard("launched", TIDIED, "act_1", "act_2")


def test_and_again_every_round(start: Start) -> None:
    engine, outbox, watch = Log(), Rows("act_1"), Watch()
    dispatcher = start(engine, outbox, watch)
    before = ["launched", TIDIED, "act_1"]
    assert engine.heard(*before)
    watch.now += ROUNDS - timedelta(seconds=1)
    outbox.waiting.append("act_2")
    dispatcher.wake()
    assert engine.heard(*before, "act_2")
    watch.now += timedelta(seconds=1)
    dispatcher.wake()
    assert engine.heard(*before, "act_2", f"tidied {START - KEPT + ROUNDS:%Y-%m-%d %H}", "act_1", "act_2")


def test_what_lost_its_thread_is_looked_for_every_some_seconds(start: Start) -> None:
    engine, outbox, watch = Log(), Rows("act_1"), Watch()
    dispatcher = start(engine, outbox, watch)
    before = ["launched", TIDIED, "act_1"]
    assert engine.heard(*before)
    watch.now += LOOKS - timedelta(seconds=1)
    outbox.waiting.append("act_2")
    dispatcher.wake()
    assert engine.heard(*before, "act_2")
    assert engine.looks == 1
    watch.now += timedelta(seconds=1)
    outbox.waiting.append("act_3")
    dispatcher.wake()
    assert engine.heard(*before, "act_2", "act_3")
    assert engine.looks == 2


def test_a_clock_that_is_set_back_puts_no_round_off(start: Start) -> None:
    engine, watch = Log(), Watch()
    dispatcher = start(engine, Rows(), watch)
    assert engine.heard("launched", TIDIED)
    watch.now -= timedelta(days=2)
    dispatcher.wake()
    assert engine.heard("launched", TIDIED, f"tidied {START - KEPT - timedelta(days=2):%Y-%m-%d %H}")


@pytest.mark.logs_warning("dispatcher: OSError")
def test_trouble_with_the_outbox_is_logged_and_survived(start: Start) -> None:
    engine, outbox = Log(), Rows("act_1")
    outbox.trouble = [OSError()]
    dispatcher = start(engine, outbox, Watch())
    dispatcher.wake()
    assert engine.heard("launched", TIDIED, "act_1")


def test_it_stands_by_until_the_other_process_is_gone(start: Start) -> None:
    engine, outbox = Log(Occupied(), Occupied()), Rows("act_1")
    dispatcher = start(engine, outbox, Watch())
    dispatcher.wake()
    assert engine.heard("refused", "refused", "launched", TIDIED, "act_1")


def test_a_standby_that_never_launched_stops_nothing() -> None:
    engine = Log(*[Occupied() for _ in range(99)])
    dispatcher = made(engine, Rows("act_1"), Watch())
    dispatcher.start()
    dispatcher.stop()
    assert set(engine.said) == {"refused"}


def test_an_engine_that_cannot_launch_is_not_hidden() -> None:
    with pytest.raises(OSError, match="disk"):
        made(Log(OSError("disk")), Rows(), Watch()).start()


def test_stopping_hands_nothing_more_over() -> None:
    engine, outbox = Log(), Rows()
    dispatcher = made(engine, outbox, Watch())
    dispatcher.start()
    assert engine.heard("launched", TIDIED)
    dispatcher.stop()
    outbox.waiting = ["act_1"]
    assert dispatcher.hand_over() == 0
    assert engine.said == ["launched", TIDIED, "stopped"]


def test_it_is_well_from_start_to_stop(start: Start) -> None:
    dispatcher = start(Log(Occupied()), Rows(), Watch())
    assert dispatcher.is_well()
    dispatcher.stop()
    assert not dispatcher.is_well()


@pytest.mark.logs_warning("dispatcher: OSError")
def test_it_is_not_well_once_it_has_failed_to_take_over_for_too_long() -> None:
    """The process that performed is gone, and the engine cannot be launched here: nobody performs."""
    now = [0.0]
    engine, outbox = Log(Occupied(), OSError(), OSError()), Rows("act_1")
    dispatcher = made(engine, outbox, Watch(), now=lambda: now[0])
    dispatcher.start()
    assert engine.heard("refused", "refused")
    now[0] += LONGEST_TROUBLE - 1
    assert dispatcher.is_well()
    now[0] += 1
    assert not dispatcher.is_well()
    dispatcher.wake()
    assert engine.heard("refused", "refused", "refused")
    assert not dispatcher.is_well()
    dispatcher.wake()
    assert engine.heard("refused", "refused", "refused", "launched", TIDIED, "act_1")
    assert eventually(dispatcher.is_well)
    dispatcher.stop()


def test_a_standby_says_so_once(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    engine = Log(*[Occupied() for _ in range(3)])
    dispatcher = made(engine, Rows(), Watch())
    dispatcher.start()
    dispatcher.wake()
    assert engine.heard(*["refused"] * 3, "launched", TIDIED)
    dispatcher.stop()
    assert caplog.text.count("standing by") == 1


def test_no_engine_is_launched_while_another_process_holds_the_effects() -> None:
    """Invariant 13: the other process may keep its own files anywhere; the hold is on the database that is shared."""
    engine, mine = Log(), Hold()
    dispatcher = made(engine, Rows("act_1"), Watch(), None, None, mine)
    dispatcher.start()
    assert engine.heard("launched", TIDIED, "act_1")
    dispatcher.stop()
    assert not mine.is_held


def test_an_engine_whose_hold_is_gone_stops() -> None:
    engine, mine = Log(), Hold()
    dispatcher = made(engine, Rows(), Watch(), mine, None)
    dispatcher.start()
    assert engine.heard("launched", TIDIED)
    mine.is_held = False
    dispatcher.wake()
    assert engine.heard("launched", TIDIED, "stopped", "launched", TIDIED)
    dispatcher.stop()


def test_nothing_is_performed_while_it_may_not_be() -> None:
    """Nor said to be well."""
    engine, outbox, sound, mine = Log(), Rows("act_1"), threading.Event(), Hold()
    dispatcher = made(engine, outbox, Watch(), mine, sound=sound)
    dispatcher.start()
    dispatcher.wake()
    assert not dispatcher.is_well()
    assert engine.said == []
    sound.set()
    dispatcher.wake()
    assert engine.heard("launched", TIDIED, "act_1")
    assert dispatcher.is_well()
    sound.clear()
    outbox.waiting = ["act_2"]
    assert dispatcher.hand_over() == 0
    dispatcher.wake()
    assert engine.heard("launched", TIDIED, "act_1", "stopped")
    dispatcher.stop()
    assert (outbox.waiting, mine.is_held) == (["act_2"], False)
