"""X-09: the end of a session is said in time, and can be put off as long as the session may last."""

from datetime import timedelta

import pytest

from console.errors import Unreachable
from console.idling import SLACK, WARNING
from console.state.desk_state import Phase
from services.contract.events import Topic
from services.contract.staff import CURRENT_SESSION, SIGN_IN, SessionOpened
from tests.support.cards import NOW, session_card
from tests.support.desk import TOKEN, Scene

pytestmark = pytest.mark.anyio

IDLE = timedelta(minutes=15)
QUIET = (IDLE - SLACK - WARNING).total_seconds()
"""Seconds without a question until the warning."""


def warned(scene: Scene) -> bool:
    """Whether the agent reads now that the session ends."""
    return scene.state.ending is not None


def test_there_is_time_to_act() -> None:
    """WCAG 2.2.1 asks for 20 seconds."""
    assert timedelta(seconds=20) <= WARNING < IDLE - SLACK


async def test_an_idle_agent_is_told_in_time_and_stays(scene: Scene) -> None:
    await scene.signed_in()
    await scene.pass_time(QUIET - 1)
    assert not warned(scene)
    await scene.pass_time(2)
    assert scene.state.ending is not None
    assert scene.state.ending.can_stay
    assert WARNING - timedelta(seconds=2) <= scene.state.ending.at - scene.now() <= WARNING
    assert await scene.desk.stay()
    assert not warned(scene)
    await scene.pass_time(QUIET - 1)
    assert not warned(scene)
    await scene.pass_time(2)
    assert warned(scene)


async def test_whoever_works_is_not_bothered(scene: Scene) -> None:
    await scene.signed_in()
    for _ in range(4):
        await scene.pass_time(QUIET - 5)
        assert await scene.desk.list_cases()
    assert all(state.ending is None for state in scene.shown)


async def test_what_nobody_asked_for_puts_nothing_off(scene: Scene) -> None:
    """N-SES-01: live events and what is read again because of them are no use of the session."""
    await scene.signed_in()
    for _ in range(4):
        await scene.pass_time((QUIET + 2) / 4)
        scene.announce(Topic.HELLO)
    await scene.pass_time(1)
    assert warned(scene)


async def test_a_question_that_was_not_answered_puts_nothing_off(scene: Scene) -> None:
    await scene.signed_in()
    await scene.pass_time(QUIET + 2)
    scene.service.answers[CURRENT_SESSION] = Unreachable("x")
    assert not await scene.desk.stay()
    assert warned(scene)


async def test_the_longest_life_cannot_be_put_off(scene: Scene) -> None:
    ends = NOW + timedelta(minutes=10)
    card = session_card(log_key=str(scene.log.key), ends_at=ends)
    scene.service.answers[SIGN_IN] = lambda _: SessionOpened(token=TOKEN, session=card)
    await scene.signed_in()
    await scene.pass_time((timedelta(minutes=10) - WARNING).total_seconds() + 1)
    assert scene.state.ending is not None
    assert (scene.state.ending.at, scene.state.ending.can_stay) == (ends, False)
    assert await scene.desk.list_cases()
    await scene.pass_time(1)
    assert warned(scene)


async def test_signing_out_takes_the_warning_along(scene: Scene) -> None:
    await scene.signed_in()
    await scene.pass_time(QUIET + 2)
    await scene.desk.sign_out()
    assert not warned(scene)
    await scene.pass_time(QUIET + 2)
    assert (scene.state.phase, scene.state.ending) == (Phase.SIGNED_OUT, None)
