"""Every desktop hears once of everything that is committed, by whichever server on the database."""

import asyncio
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from services.api.live import Hub, Listener
from services.api.tail import LOOKS_BACK, Tail
from services.contract.events import Topic
from services.domain.audit.lately import Happened, Lately
from services.domain.outcome import Entry
from services.domain.staff import Staff
from services.storage.lately import MOST, SqlLog
from services.usecases import cases, staff
from services.vocabulary import ActorId, Event
from tests.support.at_work import Desk
from tests.support.world import START, World


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A database."""
    made = World(tmp_path)
    yield made
    made.close()


class Server:
    """One of several on the database, and a desktop that listens to it."""

    def __init__(self, world: World, person: Staff) -> None:
        self.hub = Hub(world.service, SqlLog(world.parts.database))
        self._loop = asyncio.new_event_loop()
        self._listener = Listener(staff=person, loop=self._loop)
        self.hub.join(self._listener)

    def heard(self) -> list[tuple[Topic, str]]:
        self._loop.run_until_complete(asyncio.sleep(0))
        queue = self._listener.queue
        return [queue.get_nowait() for _ in range(queue.qsize())]

    def close(self) -> None:
        self.hub.leave(self._listener)
        self._loop.close()


@pytest.fixture
def servers(world: World) -> Iterator[tuple[Desk, Server, Server]]:
    """A desk, the server that it works with, and another one."""
    world.parts.audit.integrate()
    desk = Desk.open(world, world.person())
    here, there = Server(world, desk.agent.staff), Server(world, desk.agent.staff)
    world.storage.committed.append(here.hub.committed)
    yield desk, here, there
    here.close()
    there.close()


def note(desk: Desk) -> None:
    with desk.world.storage.changing() as work:
        cases.note(desk.world.service, work, desk.agent.staff, desk.case.id, "She calls back tonight.")


def test_what_one_server_commits_is_heard_at_every_other_once(servers: tuple[Desk, Server, Server]) -> None:
    desk, here, there = servers
    changed = (Topic.CASE, desk.case.id)
    for _ in range(LOOKS_BACK * 2):
        note(desk)
        assert here.heard() == [changed]
        assert there.heard() == []
        for server in (here, there):
            server.hub.look()
        assert (here.heard(), there.heard()) == ([], [changed])
    for server in (here, there) * LOOKS_BACK:
        server.hub.look()
        assert server.heard() == []


def test_a_checkpoint_that_another_server_signed_is_heard_once(servers: tuple[Desk, Server, Server]) -> None:
    desk, here, there = servers
    note(desk)
    signed = desk.world.parts.audit.integrate()
    assert signed is not None
    here.hub.integrated(signed.checkpoint.size)
    for _ in range(2):
        for server in (here, there):
            server.hub.look()
    told = (Topic.CHECKPOINT, str(signed.checkpoint.size))
    assert (here.heard().count(told), there.heard().count(told)) == (1, 1)


def test_a_session_that_is_ended_at_another_server_ends_here(servers: tuple[Desk, Server, Server]) -> None:
    desk, here, there = servers
    otto = desk.world.person("administrator")
    for server in (here, there):
        server.hub.look()
        server.heard()
    with desk.world.storage.changing() as work:
        staff.end_sessions(desk.world.service, work, otto.staff, desk.agent.staff.id)
    assert (here.heard(), there.heard()) == ([(Topic.SESSION_ENDED, "")], [])
    for server in (here, there):
        server.hub.look()
    assert (here.heard(), there.heard()) == ([], [(Topic.SESSION_ENDED, "")])


class Written:
    """A log in memory, and how often it was asked."""

    def __init__(self, *serials: int) -> None:
        self.serials = list(serials)
        self.asked = 0

    def end(self) -> Lately:
        self.asked += 1
        return Lately(happened=(), newest=max(self.serials, default=0), size=0)

    def after(self, serial: int) -> Lately:
        self.asked += 1
        happened = [happening(one) for one in sorted(self.serials) if one > serial]
        some = tuple(happened[:MOST])
        newest = some[-1].serial if some else serial
        return Lately(happened=some, newest=newest, size=0, is_all=len(some) < MOST)


def happening(serial: int) -> Happened:
    return Happened(serial=serial, event=Event.CASE_NOTED, case="cas_1", subject=None)


def looked(tail: Tail) -> list[int]:
    lately = tail.look(lambda: True)
    assert lately is not None
    return serials_of(lately.happened)


def serials_of(happened: Sequence[Happened]) -> list[int]:
    return [one.serial for one in happened]


def test_nothing_is_asked_while_nobody_listens() -> None:
    log = Written(1, 2)
    tail = Tail(log)
    entry = Entry(event=Event.CASE_NOTED, at=START, actor=ActorId("stf_1"), case="cas_1")
    assert tail.look(lambda: False) is None
    assert (tail.committed({3: entry}), log.asked) == ([], 0)
    tail.begin()
    tail.begin()
    assert log.asked == 1
    log.serials += [3, 4]
    assert serials_of(tail.committed({4: entry})) == [4]
    assert (looked(tail), log.asked) == ([3], 2)
    assert tail.look(lambda: False) is None
    assert log.asked == 2


def test_what_is_committed_here_and_found_before_it_is_told_of_is_given_once() -> None:
    log = Written()
    tail = Tail(log)
    tail.begin()
    log.serials.append(1)
    assert looked(tail) == [1]
    entry = Entry(event=Event.CASE_NOTED, at=START, actor=ActorId("stf_1"), case="cas_1")
    assert tail.committed({1: entry}) == []
    for _ in range(LOOKS_BACK * 2):
        assert looked(tail) == []
    assert tail.committed({1: entry}) == []


def test_a_lower_serial_number_that_shows_later_is_given_too() -> None:
    """PostgreSQL numbers entries when they are written, and shows them when they are committed."""
    log = Written(1)
    tail = Tail(log)
    tail.begin()
    log.serials.append(4)
    assert looked(tail) == [4]
    log.serials.append(3)
    assert looked(tail) == [3]
    log.serials.append(5)
    assert looked(tail) == [5]
    log.serials.append(2)
    assert looked(tail) == [2]


def test_more_than_fits_one_answer_is_given_in_several() -> None:
    log = Written()
    tail = Tail(log)
    tail.begin()
    log.serials = list(range(1, 2 * MOST + 2))
    given = [looked(tail) for _ in range(4)]
    assert [one for some in given for one in some] == log.serials
    assert [len(some) for some in given] == [MOST, MOST, 1, 0]
