"""Whoever is shut out while their change waits for its turn changes nothing (A-34, C-TA-08)."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from services.usecases import staff as usecase
from services.usecases.ports import Storage, Work
from tests.support.http import Site
from tests.support.world import Person, World

Shut = Callable[[World, Work, Person, Person], object]
SHUT: dict[str, Shut] = {
    "disabled": lambda world, work, boss, who: usecase.disable(world.service, work, boss.staff, who.staff.id),
    "signed out": lambda world, work, boss, who: usecase.end_sessions(world.service, work, boss.staff, who.staff.id),
    "another role": lambda world, work, boss, who: usecase.change_role(
        world.service, work, boss.staff, who.staff.id, "auditor"
    ),
}


class Queue:
    """A storage in which somebody else's change comes first, once."""

    def __init__(self, storage: Storage) -> None:
        self._storage, self.first = storage, list[Callable[[Work], object]]()

    def reading(self):  # type: ignore[no-untyped-def]  # as in the port
        return self._storage.reading()

    @contextmanager
    def changing(self) -> Iterator[Work]:
        while self.first:
            with self._storage.changing() as work:
                self.first.pop()(work)
        with self._storage.changing() as work:
            yield work


@pytest.fixture
def queue(tmp_path: Path) -> Iterator[tuple[Site, Queue]]:
    """A site, and the queue of its changes."""
    world = World(tmp_path)
    queue = Queue(world.storage)
    world.service = replace(world.service, storage=queue)
    site = Site(world)
    yield site, queue
    site.close()
    world.close()


@pytest.mark.parametrize("how", SHUT)
def test_a_change_that_waited_is_decided_for_who_is_there_now(queue: tuple[Site, Queue], how: str) -> None:
    site, changes = queue
    world, who = site.world, site.world.customer()
    agent, boss = world.person(), world.person("administrator")
    caller = site.sign_in(agent)
    case = caller.open_case(who.account.customer_number)
    changes.first.append(lambda work: SHUT[how](world, work, boss, agent))
    answer = caller.post(f"/cases/{case['id']}/reveal", {"field": "name", "reason": "Quickly now"})
    assert (answer.status_code, answer.json()["code"]) == (401, "signed_out")
    assert who.account.name not in answer.text
    assert "account.revealed" not in world.events()
    assert world.events()[-1] == "staff.refused"


def test_a_reading_that_is_on_record_waits_its_turn_too(queue: tuple[Site, Queue]) -> None:
    site, changes = queue
    world, supervisor, boss = site.world, site.world.person("supervisor"), site.world.person("administrator")
    case = site.sign_in(world.person()).open_case()
    caller = site.sign_in(supervisor)
    changes.first.append(lambda work: SHUT["disabled"](world, work, boss, supervisor))
    assert caller.get(f"/cases/{case['id']}").status_code == 401
    assert "case.read" not in world.events()


def test_a_stranger_never_takes_the_lock(queue: tuple[Site, Queue]) -> None:
    site, changes = queue
    changes.first.append(lambda _work: None)
    headers = {"Authorization": "Bearer nobody", "Idempotency-Key": "12345678"}
    ask = {"channel": "phone", "reference": "T-1042"}
    assert site.request("POST", "/v1/cases", headers=headers, json=ask).status_code == 401
    assert len(changes.first) == 1
