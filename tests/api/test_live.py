"""The stream of live events lives as long as its session, and no longer (N-SES-02)."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi.routing import APIRoute
from starlette.requests import Request

from services.api.live import Hub, router
from services.contract.events import HEARTBEAT_SECONDS
from services.domain.outcome import Entry, Refused
from services.domain.staff import SESSION_IDLE, SESSION_LIFE
from services.secret import Secret
from services.storage.lately import SqlLog
from services.usecases import sign_in
from services.vocabulary import ActorId, Event, Objection
from tests.support.at_work import Desk
from tests.support.virtual_time import VirtualLoop, pass_time
from tests.support.world import PASSWORD, Person, World

NOTHING = timedelta()


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A server's parts on a fresh database."""
    made = World(tmp_path)
    yield made
    made.close()


async def listened(world: World, agent: Person, goes_by: timedelta) -> list[str]:
    """What a desktop hears, piece by piece, while its agent's case changes twice in each pulse of the stream.

    *goes_by* is how much later it is by the service's clock once the stream has begun.
    """
    signed_in = sign_in.sign_in(world.service, agent.staff.login, Secret(PASSWORD), world.totp(agent.key))
    hub, desk = Hub(world.service, SqlLog(world.parts.database)), Desk.open(world, agent)
    (route,) = router(world.service, hub).routes
    assert isinstance(route, APIRoute)
    bearer = f"Bearer {signed_in.token.reveal()}".encode()
    response: Any = await route.endpoint(Request({"type": "http", "headers": [(b"authorization", bearer)]}))
    pieces = aiter(response.body_iterator)
    heard = [await anext(pieces)]
    world.clock.turn(goes_by)
    for serial in range(1_000, 1_006):
        noted = Entry(event=Event.CASE_NOTED, at=world.clock(), actor=ActorId("stf_1"), case=desk.case.id)
        hub.committed({serial: noted}, 0)
        await pass_time(HEARTBEAT_SECONDS / 2)
        heard.append(await anext(pieces, ""))
    await pieces.aclose()
    return [piece.partition("\n")[0].removeprefix("event: ") for piece in heard]


@pytest.mark.parametrize(("goes_by", "lives"), [(NOTHING, True), (SESSION_LIFE, False)], ids=["lives", "over"])
def test_a_stream_ends_with_its_session_however_much_happens(world: World, goes_by: timedelta, lives: bool) -> None:
    """A session that was ended elsewhere, or by its age, is told by nobody: the stream looks for itself, on a clock."""
    loop = VirtualLoop()
    heard = loop.run_until_complete(listened(world, world.person(), goes_by))
    loop.run_until_complete(loop.shutdown_default_executor())
    loop.close()
    assert heard[:2] == ["hello", "case"]
    assert ("session_ended" in heard) is not lives
    assert (heard[-1] == "") is not lives


def test_a_desktop_that_comes_back_by_itself_keeps_no_session_alive(world: World) -> None:
    """N-SES-01: a line that drops and returns is not somebody at the desk."""
    agent, loop = world.person(), VirtualLoop()
    signed_in = sign_in.sign_in(world.service, agent.staff.login, Secret(PASSWORD), world.totp(agent.key))
    (route,) = router(world.service, Hub(world.service, SqlLog(world.parts.database))).routes
    assert isinstance(route, APIRoute)
    bearer = f"Bearer {signed_in.token.reveal()}".encode()

    async def come_back() -> None:
        response: Any = await route.endpoint(Request({"type": "http", "headers": [(b"authorization", bearer)]}))
        await response.body_iterator.aclose()

    for _ in range(SESSION_IDLE // timedelta(minutes=5)):
        loop.run_until_complete(come_back())
        world.clock.turn(timedelta(minutes=5))
    with pytest.raises(Refused) as refused:
        loop.run_until_complete(come_back())
    loop.close()
    assert [why.code for why in refused.value.reasons] == [Objection.SIGNED_OUT]
