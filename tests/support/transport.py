"""A service at the other end of a transport of ours: answers in order, and keeps what it was asked."""

from typing import Any

import httpx
from pydantic import TypeAdapter

from console.gateway import Gateway
from services.contract.cases import LOOK_UP, LookUp
from services.contract.problems import ProblemCode, Reason
from tests.support.cards import problem

Answers = httpx.Response | BaseException
SERVER = "https://desk.example.com/recovery"


class Service:
    """Answers in the order it is given, and keeps what it was asked."""

    def __init__(self, *answers: Answers) -> None:
        self._answers = list(answers)
        self.asked: list[httpx.Request] = []

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        answer = self._answers.pop(0)
        if isinstance(answer, BaseException):
            raise answer
        return answer

    @property
    def keys(self) -> list[str | None]:
        """The idempotency keys it saw."""
        return [request.headers.get("Idempotency-Key") for request in self.asked]

    def gateway(self, token: str | None = "token-1") -> Gateway:
        """A gateway to this service."""
        return Gateway(SERVER, lambda: token, transport=httpx.MockTransport(self), chance=lambda: 0.5)


def json_of(message: Any, status: int = 200) -> httpx.Response:
    """A message as the service would send it."""
    return httpx.Response(
        status, content=TypeAdapter(type(message)).dump_json(message), headers={"Content-Type": "application/json"}
    )


def problem_of(code: ProblemCode, status: int, *reasons: Reason, reference: str | None = None) -> httpx.Response:
    """A problem as the service would send it."""
    answer = json_of(problem(code, *reasons, status=status, reference=reference), status)
    answer.headers["Content-Type"] = "application/problem+json; charset=utf-8"
    return answer


async def look_up(gateway: Gateway, query: str = "amara@example.com") -> object:
    """One change, as an agent would ask for it."""
    return await gateway.call(LOOK_UP, LookUp(query=query), case_id="case_1")
