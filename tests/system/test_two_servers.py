"""Two servers on one database, each with a folder of its own: one performs, the other stands by (invariant 13)."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from services.storage import tables
from services.usecases import actions
from services.vocabulary import ActionState, Method
from tests.support import cast
from tests.support.cast import Cast, Traits
from tests.support.server import Server, eventually
from tests.support.world import Person

pytestmark = [pytest.mark.slow, pytest.mark.loopback]

SOME_TURNS = 3.5
"""Seconds in which a server that stands by has tried at least three times to take over."""
FOLLOWS = 10.0
"""Seconds within which a dead server must have been followed, on a machine that has other things to do."""


@pytest.fixture
def servers(tmp_path: Path) -> Iterator[tuple[Server, Server]]:
    first, second = Server(tmp_path / "first"), Server(tmp_path / "second")
    database, key_file = first.settings.database_url, first.settings.key_file
    second.settings = replace(second.settings, database=database, key_file=key_file)
    yield first, second
    first.close()
    second.close()


def decided(people: Cast, agent: Person) -> str:
    """An action that waits to be performed."""
    (who,) = people.customers(1, Traits(locked=True))
    with people.storage.changing() as work:
        case = people.case(work, agent, who)
        people.passed(work, case, who, Method.SMS_CODE)
        return actions.run(people.service, work, agent.staff, case.id, "unlock", case.version, "").id


def is_done(people: Cast, action_id: str) -> bool:
    with people.parts.database.reading() as connection:
        state = connection.scalar(select(tables.actions.c.state).where(tables.actions.c.id == action_id))
    return bool(state == ActionState.DONE)


def test_one_performs_and_the_other_follows_it(servers: tuple[Server, Server]) -> None:
    first, second = servers
    first.start()
    second.start()
    with cast.opened(first.settings) as people:
        (agent,) = people.agents(1)
        threading.Event().wait(SOME_TURNS)
        said = second.said()
        assert said.count("another process performs the effects; standing by") == 1
        assert "DBOS" not in said
        assert "standing by" not in first.said()
        action = decided(people, agent)
        assert eventually(lambda: is_done(people, action))
        people.parts.database.close()
        first.kill()
        action = decided(people, agent)
        assert eventually(lambda: is_done(people, action), FOLLOWS)
