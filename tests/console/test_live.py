"""The stream of live events across interruptions, in virtual time."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing, asynccontextmanager
from itertools import pairwise

import pytest

from console.errors import GatewayError, SignedOut, Unreachable
from console.live import LATE_SECONDS, LONGEST_PAUSE, SILENCE_SECONDS, Live
from console.state.desk_state import Connection
from services.contract.events import HEARTBEAT_SECONDS, LiveEvent, Topic
from services.contract.problems import ProblemCode
from tests.support.cards import problem

pytestmark = pytest.mark.anyio

Step = bytes | float | Exception
"""Bytes that come, seconds of silence, or how the stream fails. A stream without more steps ends."""
Script = Sequence[Step] | GatewayError | None
"""None: the stream never opens."""


def sent(topic: str, about: str = "") -> bytes:
    return f"event: {topic}\ndata: {json.dumps({'topic': topic, 'id': about})}\n\n".encode()


HELLO, BEAT = sent("hello"), b": beat\n\n"


class Streaming:
    """A service whose streams go as they are scripted; when there are no more, it refuses."""

    def __init__(self, *streams: Script) -> None:
        self._streams = list(streams)
        self.opened_at: list[float] = []

    @asynccontextmanager
    async def stream(self) -> AsyncIterator[AsyncIterator[bytes]]:
        self.opened_at.append(asyncio.get_running_loop().time())
        script = self._streams.pop(0) if self._streams else SignedOut(problem(ProblemCode.SIGNED_OUT, status=401))
        if isinstance(script, GatewayError):
            raise script
        if script is None:
            await asyncio.Event().wait()
            return
        yield self._play(script)

    async def _play(self, script: Sequence[Step]) -> AsyncIterator[bytes]:
        for step in script:
            if isinstance(step, Exception):
                raise step
            if isinstance(step, float):
                await asyncio.sleep(step)
            else:
                yield step


class Listener:
    """Hears everything until the service says that the session is over."""

    def __init__(self, *streams: Script) -> None:
        self.service = Streaming(*streams)
        self.connection: list[Connection] = []
        self.heard: list[LiveEvent] = []
        self.live = Live(self.service, self._told, chance=lambda: 1.0)

    def _told(self, connection: Connection) -> None:
        if self.connection[-1:] != [connection]:
            self.connection.append(connection)

    async def listen(self) -> None:
        with pytest.raises(SignedOut):
            await self._listen()

    async def _listen(self) -> None:
        async with aclosing(self.live.events()) as events:
            async for event in events:
                self.heard.append(event)

    @property
    def pauses(self) -> list[float]:
        times = self.service.opened_at
        return [later - earlier for earlier, later in pairwise(times)]


async def test_events_come_in_order_and_say_what_changed() -> None:
    listener = Listener([HELLO, sent("case", "case_1"), BEAT, sent("checkpoint", "12")])
    await listener.listen()
    topics = [Topic.HELLO, Topic.CASE, Topic.CHECKPOINT]
    assert [(event.topic, event.id) for event in listener.heard] == list(zip(topics, ["", "case_1", "12"], strict=True))


async def test_after_an_interruption_it_connects_again_and_says_hello() -> None:
    listener = Listener([HELLO, Unreachable("gone")], [HELLO])
    await listener.listen()
    assert [event.topic for event in listener.heard] == [Topic.HELLO, Topic.HELLO]
    assert listener.connection == [Connection.ONLINE, Connection.OFFLINE, Connection.ONLINE, Connection.OFFLINE]


async def test_what_it_does_not_know_is_left_out() -> None:
    strange = [sent("weather"), b"data: [1]\n\n", b"data: not json\n\n", b"data: null\n\n"]
    listener = Listener([*strange, HELLO])
    await listener.listen()
    assert [event.topic for event in listener.heard] == [Topic.HELLO]


async def test_heartbeats_keep_a_quiet_stream_open_for_hours() -> None:
    beats: list[Step] = [HEARTBEAT_SECONDS, BEAT]
    listener = Listener([HELLO, *beats * 1000, HELLO])
    await listener.listen()
    assert len(listener.heard) == 2
    assert listener.connection == [Connection.ONLINE, Connection.OFFLINE]


async def test_a_missing_heartbeat_is_slow_and_two_are_the_end() -> None:
    listener = Listener([HELLO, LATE_SECONDS + 1, BEAT, 10 * SILENCE_SECONDS, HELLO], [HELLO])
    await listener.listen()
    slow_then_back = [Connection.ONLINE, Connection.SLOW, Connection.ONLINE]
    assert listener.connection[:5] == [*slow_then_back, Connection.SLOW, Connection.OFFLINE]
    silent_since = LATE_SECONDS + 1
    assert silent_since + SILENCE_SECONDS < listener.service.opened_at[1] < silent_since + SILENCE_SECONDS + 2
    assert len(listener.heard) == 2


async def test_it_tries_less_and_less_often_but_never_less_than_every_15_seconds() -> None:
    listener = Listener(*[Unreachable("no")] * 10, [HELLO])
    await listener.listen()
    assert listener.pauses[:4] == [1, 2, 4, 8]
    assert listener.pauses[4:10] == [LONGEST_PAUSE] * 6


async def test_a_service_that_hangs_up_at_once_is_not_asked_faster_and_faster() -> None:
    listener = Listener(*[[HELLO]] * 6)
    await listener.listen()
    assert listener.pauses == [1, 2, 4, 8, 15, 15]


async def test_a_connection_that_lived_clears_the_failures_before_it() -> None:
    lived: list[Step] = [HELLO, HEARTBEAT_SECONDS, BEAT]
    listener = Listener(*[Unreachable("no")] * 6, lived, [HELLO])
    await listener.listen()
    assert listener.pauses[6] == HEARTBEAT_SECONDS + 1


async def test_garbage_is_an_interruption_like_any_other() -> None:
    listener = Listener([b"x" * 50_000] * 2, [HELLO])
    await listener.listen()
    assert [event.topic for event in listener.heard] == [Topic.HELLO]


async def test_a_stream_that_never_opens_is_an_interruption_too() -> None:
    listener = Listener(None, [HELLO])
    await listener.listen()
    assert [event.topic for event in listener.heard] == [Topic.HELLO]
    assert listener.pauses[0] == SILENCE_SECONDS + 1
