"""Two servers on one database, each with a folder of its own: one performs, the other stands by (invariant 13)."""

import asyncio
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from services.contract.cases import CaseCard
from services.storage import tables
from services.usecases import actions
from services.vocabulary import ActionState, Event, Method
from tests.support import cast
from tests.support.agent_script import Agent
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


async def read_again_elsewhere(here: Agent, there: Agent) -> None:
    """An agent writes a note at one server; a supervisor's desktop at the other, which has read the case, sees it."""
    await here.sign_in()
    await there.sign_in()
    case = await here.open("T-1042")
    has_read = asyncio.Event()

    def is_annotated(seen: CaseCard) -> bool:
        has_read.set()
        return any(entry.event == Event.CASE_NOTED for entry in seen.timeline)

    reading = asyncio.create_task(there.until(case, is_annotated))
    await has_read.wait()
    await here.note(case, "She calls back tonight.")
    await reading
    await here.leave()
    await there.leave()


def test_a_desktop_hears_of_what_another_server_commits(servers: tuple[Server, Server]) -> None:
    for server in servers:
        server.start()
    with cast.opened(servers[0].settings) as people:
        (agent,), (supervisor,) = people.agents(1), people.agents(1, "supervisor")
        asyncio.run(read_again_elsewhere(Agent(servers[0].url, agent), Agent(servers[1].url, supervisor)))
