"""Live events from the service, across every interruption: what changed, never what it changed to.

Time is the running loop's own (`loop.time`, `asyncio.sleep`): a test runs on a loop whose clock jumps, and never waits.
"""

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import AsyncExitStack, aclosing

from console.backoff import Chance, chance, pause
from console.errors import GatewayError, SignedOut
from console.ports import Streams
from console.sse import NotEvents, Parser
from console.state.desk_state import Connection
from services.contract.events import HEARTBEAT_SECONDS, LiveEvent, Topic

SILENCE_SECONDS = 2 * HEARTBEAT_SECONDS
"""After this long without a byte the stream is taken for dead."""
LATE_SECONDS = 1.25 * HEARTBEAT_SECONDS
"""After this long a heartbeat is missing, and the connection is called slow."""
FIRST_PAUSE = 1.0
LONGEST_PAUSE = 15.0
"""Seconds between two tries to reconnect."""


class Live:
    """The events of one session, from sign-in to sign-out."""

    def __init__(self, service: Streams, told: Callable[[Connection], None], *, chance: Chance = chance) -> None:
        """*told* hears each change of the connection, on the loop's thread."""
        self._service = service
        self._told = told
        self._chance = chance
        self._failures = 0

    async def events(self) -> AsyncGenerator[LiveEvent]:
        """Events without end. After every interruption comes a `HELLO`: what is shown must be read again.

        Raises:
            SignedOut: When the service no longer knows the session.
        """
        while True:
            try:
                async with AsyncExitStack() as stack:
                    async with asyncio.timeout(SILENCE_SECONDS):
                        pieces = await stack.enter_async_context(self._service.stream())
                    async for event in await stack.enter_async_context(aclosing(self._heard(pieces))):
                        yield event
            except SignedOut:
                raise
            except (GatewayError, NotEvents, TimeoutError):
                pass  # however the stream ended, the answer is the same: connect again
            self._told(Connection.OFFLINE)
            self._failures += 1
            await asyncio.sleep(pause(self._failures, first=FIRST_PAUSE, most=LONGEST_PAUSE, chance=self._chance))

    async def _heard(self, pieces: AsyncIterator[bytes]) -> AsyncGenerator[LiveEvent]:
        """The events of one connection. One that lived for a heartbeat clears the failures before it."""
        clock = asyncio.get_running_loop().time
        parser, since = Parser(), clock()
        while (piece := await self._next(pieces)) is not None:
            self._told(Connection.ONLINE)
            if clock() - since >= HEARTBEAT_SECONDS:
                self._failures = 0
            for data in parser.feed(piece):
                if (event := _live_event(data)) is not None:
                    yield event

    async def _next(self, pieces: AsyncIterator[bytes]) -> bytes | None:
        """The next piece, or None at the end of the stream.

        Raises:
            TimeoutError: After `SILENCE_SECONDS` without one.
        """
        loop = asyncio.get_running_loop()
        late = loop.call_later(LATE_SECONDS, self._told, Connection.SLOW)
        try:
            async with asyncio.timeout(SILENCE_SECONDS):
                return await anext(pieces, None)
        finally:
            late.cancel()


def _live_event(data: str) -> LiveEvent | None:
    """The event, or None for one that a newer service has and we do not know."""
    try:
        said = json.loads(data)
        return LiveEvent(topic=Topic(said["topic"]), id=str(said.get("id", "")))
    except (ValueError, TypeError, KeyError, AttributeError):
        return None
