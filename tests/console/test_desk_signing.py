"""The desk: signing in and out, and what nobody may see afterwards."""

import asyncio

import pytest

from console.errors import (
    GatewayError,
    Refused,
    SignedOut,
    Unreachable,
    Untrusted,
    unavailable,
)
from console.state.desk_state import Act, Connection, DeskState, Phase, TokenHome, Tone
from console.store import MemoryStore
from console.vault import VaultState
from services.contract.cases import (
    LOOK_UP,
    READ_CASE,
)
from services.contract.events import Topic
from services.contract.problems import ProblemCode, Reason
from services.contract.staff import CURRENT_SESSION, SIGN_IN, SIGN_OUT
from services.vocabulary import CaseId, Objection
from tests.support.cards import case_card, problem, session_card
from tests.support.desk import TOKEN, Scene
from tests.support.vault import MemoryVault

pytestmark = pytest.mark.anyio


def refused(*codes: Objection) -> Refused:
    return Refused(problem(ProblemCode.REFUSED, *(Reason(code=code) for code in codes)))


async def test_the_first_snapshot_comes_at_once_and_each_change_is_one(scene: Scene) -> None:
    assert scene.shown == [DeskState()]
    await scene.signed_in()
    assert scene.shown[-1] == scene.state
    assert all(before != after for before, after in zip(scene.shown, scene.shown[1:], strict=False))


async def test_a_subscriber_can_leave(scene: Scene) -> None:
    shown: list[DeskState] = []
    leave = scene.desk.subscribe(shown.append)
    leave()
    await scene.signed_in()
    assert len(shown) == 1


async def test_without_a_session_it_starts_signed_out(scene: Scene) -> None:
    assert not await scene.desk.start()
    assert scene.state.phase is Phase.SIGNED_OUT
    assert scene.state.message is None


async def test_a_session_of_an_earlier_run_goes_on() -> None:
    scene = Scene(MemoryVault(TOKEN), MemoryStore())
    assert await scene.desk.start()
    assert (scene.state.phase, scene.state.token_home) == (Phase.SIGNED_IN, TokenHome.KEYRING)
    await scene.desk.close()


async def test_a_session_that_has_ended_meanwhile_is_forgotten() -> None:
    scene = Scene(MemoryVault(TOKEN), MemoryStore())
    scene.service.answers[CURRENT_SESSION] = SignedOut(problem(ProblemCode.SIGNED_OUT))
    assert not await scene.desk.start()
    assert scene.state.phase is Phase.SIGNED_OUT
    assert scene.vault.secret is None
    await scene.desk.close()


@pytest.mark.parametrize("away", [Unreachable("x"), unavailable(503)])
async def test_a_service_out_of_reach_at_the_start_is_told_and_asked_again(away: GatewayError) -> None:
    """Nobody signs in again because the service was away when the desktop was started."""
    scene = Scene(MemoryVault(TOKEN), MemoryStore())
    answer, scene.service.answers[CURRENT_SESSION] = scene.service.answers[CURRENT_SESSION], away
    starting = asyncio.create_task(scene.desk.start())
    await scene.pass_time(60)
    assert (scene.state.phase, scene.connection()) == (Phase.STARTING, Connection.OFFLINE)
    assert scene.said() == "The service cannot be reached. Your session goes on as soon as it answers."
    assert scene.vault.secret == TOKEN
    assert 3 < scene.service.times(CURRENT_SESSION) < 10, "less and less often"
    scene.service.answers[CURRENT_SESSION] = answer
    assert await starting
    assert (scene.state.phase, scene.said()) == (Phase.SIGNED_IN, "")
    await scene.desk.close()


async def test_a_session_that_ended_while_the_service_was_away_is_forgotten() -> None:
    scene = Scene(MemoryVault(TOKEN), MemoryStore())
    scene.service.answers[CURRENT_SESSION] = Unreachable("x")
    starting = asyncio.create_task(scene.desk.start())
    await scene.pass_time(5)
    scene.service.answers[CURRENT_SESSION] = SignedOut(problem(ProblemCode.SIGNED_OUT))
    assert not await starting
    assert (scene.state.phase, scene.said(), scene.vault.secret) == (Phase.SIGNED_OUT, "", None)
    await scene.desk.close()


async def test_a_service_that_is_not_believed_at_the_start_is_told_and_the_token_kept() -> None:
    scene = Scene(MemoryVault(TOKEN), MemoryStore())
    answer, scene.service.answers[CURRENT_SESSION] = scene.service.answers[CURRENT_SESSION], Untrusted("x")
    assert not await scene.desk.start()
    assert scene.state.phase is Phase.SIGNED_OUT
    assert scene.state.message is not None
    assert scene.state.message.tone is Tone.TROUBLE
    assert scene.vault.secret == TOKEN
    scene.service.answers[CURRENT_SESSION] = answer
    assert await scene.desk.start(), "trying again is enough"
    await scene.desk.close()


async def test_a_locked_password_store_is_waited_for_in_plain_sight() -> None:
    scene = Scene(MemoryVault(TOKEN, VaultState.LOCKED), MemoryStore())
    scene.session._aside._takes = 0.1  # type: ignore[attr-defined]  # of the fake
    assert await scene.desk.start()
    assert Phase.WAITING_FOR_PASSWORD_STORE in [state.phase for state in scene.shown]
    assert scene.state.phase is Phase.SIGNED_IN
    await scene.desk.close()


async def test_signing_in_shows_who_and_where_the_token_is(scene: Scene) -> None:
    await scene.signed_in()
    assert scene.state.session == session_card(log_key=str(scene.log.key))
    assert scene.state.token_home is TokenHome.KEYRING
    assert scene.session.token() == TOKEN
    assert scene.state.busy == frozenset()


async def test_wrong_credentials_are_a_sentence_beside_the_button(scene: Scene) -> None:
    scene.service.answers[SIGN_IN] = refused(Objection.WRONG_CREDENTIALS)
    assert not await scene.desk.sign_in("ana", "wrong", "123456")
    message = scene.state.message
    assert message is not None
    assert (message.tone, message.intent and message.intent.act) == (Tone.REFUSED, Act.SIGN_IN)
    assert message.text.startswith("That did not match.")
    assert scene.session.token() is None


async def test_when_signing_in_was_not_answered_the_next_code_is_asked_for(scene: Scene) -> None:
    """The one that was sent may be used up."""
    scene.service.answers[SIGN_IN] = Unreachable("no answer")
    assert not await scene.desk.sign_in("ana", "right", "123456")
    message = scene.state.message
    assert message is not None
    assert "next code" in message.text


async def test_signing_in_twice_is_once(scene: Scene) -> None:
    await scene.signed_in()
    assert not await scene.desk.sign_in("bo", "x", "1")
    assert scene.service.times(SIGN_IN) == 1


async def test_signing_out_clears_the_screen_before_the_service_answers(scene: Scene) -> None:
    await scene.with_case()
    scene.service.held.clear()
    leaving = asyncio.create_task(scene.desk.sign_out())
    await scene.pass_time()
    assert (scene.state.phase, scene.state.session, scene.state.case) == (Phase.SIGNED_OUT, None, None)
    assert scene.vault.secret is None
    scene.service.held.set()
    assert await leaving
    assert scene.session.token() is None


async def test_signing_out_without_the_service_ends_the_session_here(scene: Scene) -> None:
    await scene.with_case()
    scene.service.answers[SIGN_OUT] = Unreachable("x")
    assert not await scene.desk.sign_out()
    assert (scene.session.token(), scene.vault.secret, scene.state.case) == (None, None, None)
    assert scene.state.message is not None
    assert "on this computer" in scene.state.message.text


async def test_signing_in_waits_until_signing_out_is_over(scene: Scene) -> None:
    await scene.signed_in()
    scene.service.held.clear()
    leaving = asyncio.create_task(scene.desk.sign_out())
    coming = asyncio.create_task(scene.desk.sign_in("bo", "x", "1"))
    await scene.pass_time()
    scene.service.held.set()
    assert await leaving
    assert await coming
    assert scene.session.token() == TOKEN, "the new token is not forgotten with the old"


async def test_the_service_can_end_the_session_at_any_time(scene: Scene) -> None:
    await scene.with_case()
    scene.announce(Topic.HELLO)
    scene.announce(Topic.SESSION_ENDED)
    await scene.pass_time()
    assert (scene.state.phase, scene.state.case, scene.session.token()) == (Phase.SIGNED_OUT, None, None)
    assert scene.state.message is not None
    assert scene.state.message.tone is Tone.NOTICE
    assert scene.vault.secret is None
    asked = len(scene.service.asked)
    await scene.desk.refresh()
    await scene.pass_time(10_000)
    assert len(scene.service.asked) == asked, "nobody watches any more"
    await scene.signed_in()


async def test_an_intent_that_meets_the_end_of_the_session_ends_it_here_too(scene: Scene) -> None:
    await scene.with_case()
    scene.service.answers[LOOK_UP] = SignedOut(problem(ProblemCode.SIGNED_OUT))
    assert not await scene.desk.look_up("x")
    assert (scene.state.phase, scene.state.case, scene.vault.secret) == (Phase.SIGNED_OUT, None, None)


async def test_what_arrives_after_the_session_is_shown_to_nobody(scene: Scene) -> None:
    await scene.with_case()
    scene.service.held.clear()
    late = asyncio.create_task(scene.desk.show_case(CaseId("case_2")))
    await scene.pass_time()
    scene.service.answers[READ_CASE] = case_card(id="case_2")
    scene.service.answers[SIGN_OUT] = Unreachable("x")
    leaving = asyncio.create_task(scene.desk.sign_out())
    await scene.pass_time()
    scene.service.held.set()
    await leaving
    await late
    assert scene.state.case is None


async def test_a_late_signed_out_of_an_old_session_does_not_end_the_new_one(scene: Scene) -> None:
    await scene.with_case()
    arrived = asyncio.Event()

    async def answer() -> SignedOut:
        await arrived.wait()
        return SignedOut(problem(ProblemCode.SIGNED_OUT))

    scene.service.answers[LOOK_UP] = lambda _: answer()
    late = asyncio.create_task(scene.desk.look_up("x"))
    await scene.pass_time()
    scene.announce(Topic.SESSION_ENDED)
    await scene.pass_time()
    await scene.signed_in()
    arrived.set()
    assert not await late
    assert scene.state.phase is Phase.SIGNED_IN
    assert scene.session.token() == TOKEN
