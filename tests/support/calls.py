"""A service that answers as a test scripts it, without HTTP."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from console.errors import GatewayError, Unreachable
from services.contract.route import Route

Reply = Any


@dataclass(frozen=True)
class Asked:
    """One question that was asked."""

    route: Route[Any, Any]
    ask: Any
    query: Mapping[str, str]
    path: Mapping[str, str]
    in_background: bool = False


class InBackground:
    """The same service, for what nobody asked for."""

    def __init__(self, answer: Callable[[Asked], Awaitable[Any]]) -> None:
        self._answer = answer

    async def call(self, route: Route[Any, Any], ask: Any, query: Mapping[str, str] | None = None, **path: str) -> Any:
        """See `console.ports.Calls`."""
        return await self._answer(Asked(route, ask, query or {}, path, in_background=True))


class Scripted:
    """Answers each route as `answers` says: with a message, an error, or a function of the question, which may wait."""

    def __init__(self) -> None:
        self.answers: dict[Route[Any, Any], Reply] = {}
        self.asked: list[Asked] = []
        self.held = asyncio.Event()
        self.held.set()
        """Clear it, and no answer comes until it is set again."""
        self.events: asyncio.Queue[bytes | GatewayError] = asyncio.Queue()
        """What the stream brings; an error interrupts it."""
        self.closed = False

    async def call(self, route: Route[Any, Any], ask: Any, query: Mapping[str, str] | None = None, **path: str) -> Any:
        """See `console.ports.Calls`."""
        return await self._answer(Asked(route, ask, query or {}, path))

    def in_background(self) -> "InBackground":
        """See `console.ports.Service`."""
        return InBackground(self._answer)

    async def _answer(self, asked: Asked) -> Any:
        self.asked.append(asked)
        await self.held.wait()
        reply = self.answers.get(asked.route, Unreachable("not scripted"))
        answer = reply(asked) if callable(reply) else reply
        if isinstance(answer, Awaitable):
            answer = await answer
        if isinstance(answer, Exception):
            raise answer
        return answer

    @asynccontextmanager
    async def stream(self) -> AsyncIterator[AsyncIterator[bytes]]:
        """See `console.ports.Streams`."""
        yield self._pieces()

    async def _pieces(self) -> AsyncIterator[bytes]:
        while True:
            piece = await self.events.get()
            if isinstance(piece, Exception):
                raise piece
            yield piece

    async def aclose(self) -> None:
        """See `console.ports.Service`."""
        self.closed = True

    def times(self, route: Route[Any, Any]) -> int:
        """How often it was asked."""
        return sum(asked.route is route for asked in self.asked)
