"""The gateway: what it sends again, and under which key."""

import asyncio
import json
import ssl

import httpx
import pytest

from console.errors import (
    Unavailable,
    Unreachable,
    Untrusted,
)
from console.gateway import TRIES, UNSETTLED_SECONDS, Gateway
from services.contract.cases import CANCEL_CHECK
from services.contract.problems import ProblemCode
from services.contract.staff import SIGN_IN, SignIn
from tests.support.cards import case_card
from tests.support.transport import SERVER, Answers, Service, json_of, look_up, problem_of

pytestmark = pytest.mark.anyio


async def test_a_change_sends_its_message_under_a_key_of_its_own() -> None:
    service = Service(json_of(case_card()), json_of(case_card()))
    gateway = service.gateway()
    await look_up(gateway)
    await look_up(gateway)
    assert json.loads(service.asked[0].content) == {"query": "amara@example.com"}
    assert service.asked[0].headers["Content-Type"] == "application/json"
    assert None not in service.keys
    assert len(set(service.keys)) == 2, "two intents that were both answered are two intents"


async def test_a_change_without_a_message_has_a_key_too() -> None:
    service = Service(json_of(case_card()))
    await service.gateway().call(CANCEL_CHECK, None, case_id="case_1", check_id="chk_1")
    assert service.asked[0].content == b""
    assert service.keys != [None]


@pytest.mark.parametrize("lost", [httpx.ConnectError("x"), httpx.ReadTimeout("x"), httpx.Response(502)], ids=str)
async def test_a_lost_change_is_sent_again_under_the_same_key(lost: Answers) -> None:
    service = Service(lost, lost, json_of(case_card()))
    assert await look_up(service.gateway()) == case_card()
    assert len(service.asked) == 3
    assert len(set(service.keys)) == 1
    assert len({request.content for request in service.asked}) == 1


async def test_signing_in_is_sent_once_and_without_a_key() -> None:
    """Its answer is a token, which the service does not keep: a second one would be told that the code was used."""
    service = Service(httpx.ReadTimeout("x"), json_of(case_card()))
    with pytest.raises(Unreachable):
        await service.gateway().call(SIGN_IN, SignIn(login="ana", password="a long one", code="482913"))
    assert service.keys == [None]


async def test_it_gives_up_after_some_tries_and_a_few_seconds() -> None:
    service = Service(*[httpx.ConnectError("amara@example.com")] * 9)
    began = asyncio.get_running_loop().time()
    with pytest.raises(Unreachable) as caught:
        await look_up(service.gateway())
    assert len(service.asked) == TRIES
    assert 1 < asyncio.get_running_loop().time() - began < 5
    assert "amara" not in str(caught.value)


async def test_pressing_again_after_silence_goes_on_under_the_same_key() -> None:
    service = Service(*[httpx.ReadTimeout("x")] * TRIES, json_of(case_card()), json_of(case_card()))
    gateway = service.gateway()
    with pytest.raises(Unreachable):
        await look_up(gateway)
    await look_up(gateway)
    assert len(set(service.keys)) == 1
    await look_up(gateway)
    assert len(set(service.keys)) == 2, "once answered, the next press is a new intent"


async def test_a_cancelled_change_keeps_its_key_for_the_next_press() -> None:
    service = Service(asyncio.CancelledError(), json_of(case_card()))
    gateway = service.gateway()
    with pytest.raises(asyncio.CancelledError):
        await look_up(gateway)
    await look_up(gateway)
    assert len(set(service.keys)) == 1


@pytest.mark.parametrize("other", ["another query", "later"])
async def test_another_intent_never_shares_a_key(other: str) -> None:
    service = Service(*[httpx.ReadTimeout("x")] * TRIES, json_of(case_card()))
    gateway = service.gateway()
    with pytest.raises(Unreachable):
        await look_up(gateway)
    if other == "later":
        await asyncio.sleep(UNSETTLED_SECONDS)
    await look_up(gateway, "amara@example.com" if other == "later" else "bo@example.com")
    assert len(set(service.keys)) == 2


async def test_another_session_never_shares_a_key() -> None:
    service, tokens = Service(*[httpx.ReadTimeout("x")] * TRIES, json_of(case_card())), ["ana", "bo"]
    gateway = Gateway(SERVER, lambda: tokens[0], transport=httpx.MockTransport(service))
    with pytest.raises(Unreachable):
        await look_up(gateway)
    del tokens[0]
    await look_up(gateway)
    assert len(set(service.keys)) == 2


async def test_a_certificate_that_is_not_believed_is_not_met_again() -> None:
    error, cause = httpx.ConnectError("x"), ssl.SSLCertVerificationError()
    cause.verify_message = "self-signed certificate"
    error.__cause__ = cause
    service = Service(*[error] * TRIES)
    with pytest.raises(Untrusted):
        await look_up(service.gateway())
    assert len(service.asked) == 1


async def test_a_busy_service_is_asked_again_and_then_unavailable() -> None:
    service = Service(*[problem_of(ProblemCode.UNAVAILABLE, 503)] * TRIES)
    with pytest.raises(Unavailable):
        await look_up(service.gateway())
    assert len(service.asked) == TRIES
