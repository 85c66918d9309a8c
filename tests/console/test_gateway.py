"""The gateway over a transport of ours: what it sends, and what it makes of every answer."""

import json
from typing import Any

import httpx
import pytest
from pydantic import TypeAdapter

from console.errors import (
    Answered,
    Broken,
    GatewayError,
    Invalid,
    Missing,
    Refused,
    SignedOut,
    Stale,
    Unavailable,
    Unreachable,
)
from services.contract.audit import PROVE_CONSISTENCY, ConsistencyProof
from services.contract.cases import READ_CASE
from services.contract.events import EVENTS_PATH
from services.contract.problems import ProblemCode, Reason
from services.contract.route import BACKGROUND
from services.contract.routes import PREFIX, ROUTES
from services.contract.staff import SIGN_OUT, Nothing
from services.vocabulary import Objection
from tests.support.cards import case_card
from tests.support.transport import SERVER, Answers, Service, json_of, look_up, problem_of

pytestmark = pytest.mark.anyio


async def test_a_question_goes_to_its_route_with_the_token_and_without_a_key() -> None:
    service = Service(json_of(case_card()))
    assert await service.gateway().call(READ_CASE, None, case_id="case_1") == case_card()
    (request,) = service.asked
    assert str(request.url) == SERVER + "/v1/cases/case_1"
    assert (request.method, request.headers["Authorization"]) == ("GET", "Bearer token-1")
    assert service.keys == [None]


async def test_nobody_signed_in_sends_no_token() -> None:
    service = Service(json_of(case_card()))
    await service.gateway(token=None).call(READ_CASE, None, case_id="case_1")
    assert "Authorization" not in service.asked[0].headers


async def test_what_nobody_asked_for_says_so() -> None:
    service = Service(json_of(case_card()), json_of(case_card()))
    gateway = service.gateway()
    assert await gateway.in_background().call(READ_CASE, None, case_id="case_1") == case_card()
    await gateway.call(READ_CASE, None, case_id="case_1")
    assert [BACKGROUND in request.headers for request in service.asked] == [True, False]
    assert service.asked[0].headers["Authorization"] == "Bearer token-1"


async def test_names_in_a_path_cannot_leave_it() -> None:
    service = Service(json_of(case_card()))
    await service.gateway().call(READ_CASE, None, case_id="../staff?x=1#")
    assert service.asked[0].url.raw_path == b"/recovery/v1/cases/..%2Fstaff%3Fx%3D1%23"


async def test_a_query_is_sent() -> None:
    service = Service(json_of(ConsistencyProof(first=3, second=7, hashes=())))
    await service.gateway().call(PROVE_CONSISTENCY, None, {"first": "3", "second": "7"})
    assert dict(service.asked[0].url.params) == {"first": "3", "second": "7"}


async def test_an_answer_may_say_more_than_we_know() -> None:
    known = json.loads(json_of(case_card()).content)
    service = Service(httpx.Response(200, json=known | {"mood": "sunny"}))
    assert await service.gateway().call(READ_CASE, None, case_id="case_1") == case_card()


async def test_an_answer_of_nothing_may_be_empty() -> None:
    assert await Service(httpx.Response(204)).gateway().call(SIGN_OUT, None) == Nothing()


@pytest.mark.parametrize(
    ("code", "status", "error"),
    [
        (ProblemCode.MISSING, 404, Missing),
        (ProblemCode.STALE, 409, Stale),
        (ProblemCode.INVALID, 422, Invalid),
        (ProblemCode.KEY_REUSED, 422, Invalid),
        (ProblemCode.KEY_MISSING, 400, Invalid),
        (ProblemCode.TOO_LARGE, 413, Invalid),
        (ProblemCode.SIGNED_OUT, 401, SignedOut),
        (ProblemCode.BROKEN, 500, Broken),
    ],
)
async def test_a_problem_is_its_error_and_is_not_asked_again(
    code: ProblemCode, status: int, error: type[Answered]
) -> None:
    service = Service(problem_of(code, status, reference="ref-7"))
    with pytest.raises(error) as caught:
        await look_up(service.gateway())
    assert type(caught.value) is error
    assert caught.value.problem.reference == "ref-7"


async def test_a_refusal_brings_its_reasons() -> None:
    reason = Reason(code=Objection.ATTEMPTS_USED_UP, at="2026-05-04T14:32:00Z", about="5")
    with pytest.raises(Refused) as caught:
        await look_up(Service(problem_of(ProblemCode.REFUSED, 409, reason)).gateway())
    assert caught.value.reasons == (reason,)


async def test_a_refusal_without_a_reason_is_broken() -> None:
    with pytest.raises(Broken):
        await look_up(Service(problem_of(ProblemCode.REFUSED, 409)).gateway())


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(302, headers={"Location": "https://portal.example.net/"}),
        httpx.Response(200, text="<html>Welcome to the hotel</html>"),
        httpx.Response(200, json={"id": "case_1"}),
        httpx.Response(418, text="short and stout"),
        httpx.Response(409, text="{}", headers={"Content-Type": "application/problem+json"}),
        httpx.Response(403, json={"code": "forbidden"}),
        httpx.Response(200, content=b'{"id": "\xff\xfe"}'),
        httpx.Response(200, content=b'{"later": ' + b"[" * 100_000),
        httpx.Response(409, content=b"[" * 100_000, headers={"Content-Type": "application/problem+json"}),
        httpx.Response(409, json={"code": "hotel"}, headers={"Content-Type": "application/problem+json"}),
    ],
    ids=range(10),
)
async def test_whatever_is_not_of_the_contract_is_broken_and_not_followed(answer: httpx.Response) -> None:
    service = Service(answer)
    with pytest.raises(Broken) as caught:
        await look_up(service.gateway())
    assert len(service.asked) == 1, "no redirect is followed (A-53)"
    assert caught.value.reference is None
    assert "hotel" not in str(caught.value)


def test_every_route_has_messages_that_can_be_read_and_written() -> None:
    for route in ROUTES:
        TypeAdapter(route.answer).json_schema()
        TypeAdapter(route.ask).json_schema()


async def test_a_stream_brings_bytes() -> None:
    service = Service(httpx.Response(200, content=b": hello\n\n"))
    async with service.gateway().stream() as pieces:
        assert [piece async for piece in pieces] == [b": hello\n\n"]
    assert service.asked[0].url.path == "/recovery" + PREFIX + EVENTS_PATH
    assert service.asked[0].headers["Accept"] == "text/event-stream"


class Torn(httpx.AsyncByteStream):
    """A body that breaks off."""

    async def __aiter__(self) -> Any:
        yield b"data"
        raise httpx.ReadError("gone")


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (problem_of(ProblemCode.SIGNED_OUT, 401), SignedOut),
        (httpx.Response(503), Unavailable),
        (httpx.ConnectError("x"), Unreachable),
        (httpx.Response(200, stream=Torn()), Unreachable),
    ],
)
async def test_a_stream_fails_with_the_same_errors(answer: Answers, error: type[GatewayError]) -> None:
    with pytest.raises(error):
        async with Service(answer).gateway().stream() as pieces:
            assert not [piece async for piece in pieces]


async def test_hanging_up_twice_or_before_calling_is_fine() -> None:
    gateway = Service(json_of(case_card())).gateway()
    await gateway.aclose()
    await look_up(gateway)
    await gateway.aclose()
