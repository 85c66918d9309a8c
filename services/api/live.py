"""Live events to desktops: server-sent events, of what any process on this database commits."""

import asyncio
import json
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from threading import Lock

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import StreamingResponse

from services.api.calls import bearer
from services.api.tail import LogEnd, Tail
from services.contract.events import EVENTS_PATH, HEARTBEAT_SECONDS, Topic
from services.contract.routes import PREFIX
from services.domain.audit.lately import Happened
from services.domain.outcome import Entry, Refused
from services.domain.staff import Staff
from services.secret import Secret
from services.usecases import sign_in
from services.usecases.service import Service
from services.vocabulary import Event, Permission

WAITING = 200
"""Events that a slow desktop may leave waiting; past that it is told to read everything again."""
KNOWN_CASES = 20_000
"""Cases whose agent is remembered, so that an event costs no look-up."""


@dataclass(eq=False, slots=True)
class Listener:
    """One desktop that listens."""

    staff: Staff
    loop: asyncio.AbstractEventLoop
    queue: asyncio.Queue[tuple[Topic, str]] = field(default_factory=lambda: asyncio.Queue(WAITING))

    def tell(self, topic: Topic, about: str) -> None:
        """Put an event into the queue; any thread. A full queue turns into one `hello`: read everything again."""
        self.loop.call_soon_threadsafe(self._put, topic, about)

    def _put(self, topic: Topic, about: str) -> None:
        if self.queue.full():
            while not self.queue.empty():
                self.queue.get_nowait()
            topic, about = Topic.HELLO, ""
        self.queue.put_nowait((topic, about))


class Hub:
    """Who listens, and who is told what."""

    def __init__(self, service: Service, log: LogEnd) -> None:
        self._service, self._tail = service, Tail(log)
        self._listeners: set[Listener] = set()
        self._agents: OrderedDict[str, str] = OrderedDict()
        self._lock = Lock()

    def join(self, listener: Listener) -> None:
        """Start telling. Not on an event loop: the first who listens makes it look where the log ends."""
        with self._lock:
            self._listeners.add(listener)
        self._tail.begin()

    def leave(self, listener: Listener) -> None:
        """Stop telling."""
        with self._lock:
            self._listeners.discard(listener)

    def committed(self, entries: Mapping[int, Entry], _effects: int) -> None:
        """Tell whoever may see the cases of these entries that they changed."""
        self._tell_what(self._tail.committed(entries))

    def integrated(self, size: int) -> None:
        """Tell everybody that the audit log has a new checkpoint."""
        if self._tail.has_grown(size):
            self._tell(Topic.CHECKPOINT, str(size), lambda _staff: True)

    def look(self) -> None:
        """Tell of what other processes committed, if anybody listens."""
        lately = self._tail.look(lambda: bool(self._listeners))
        if lately is not None:
            self._tell_what(lately.happened)
            self.integrated(lately.size)

    def _tell_what(self, happened: Sequence[Happened]) -> None:
        changed = (one.case for one in happened if one.case and one.event != Event.CASE_READ)
        for case_id in dict.fromkeys(changed):  # a reading, told, would be read again, and that told, for ever
            self._tell_case(case_id)
        for one in happened:
            if one.event in (Event.SESSIONS_ENDED, Event.SIGNED_OUT):
                self._tell_session(one.subject)

    def _tell_session(self, staff_id: str | None) -> None:
        self._tell(Topic.SESSION_ENDED, "", lambda staff: staff.id == staff_id)

    def _tell_case(self, case_id: str) -> None:
        if not self._listeners:
            return
        agent = self._agent_of(case_id)
        self._tell(
            Topic.CASE,
            case_id,
            lambda staff: staff.id == agent or Permission.SEE_EVERY_CASE in staff.permissions,
        )

    def _tell(self, topic: Topic, about: str, concerns: Callable[[Staff], bool]) -> None:
        with self._lock:
            concerned = [one for one in self._listeners if concerns(one.staff)]
        for listener in concerned:
            listener.tell(topic, about)

    def _agent_of(self, case_id: str) -> str | None:
        with self._lock:
            if case_id in self._agents:
                return self._agents[case_id]
        with self._service.storage.reading() as work:
            case = work.cases.find(case_id)
        if case is None:
            return None
        with self._lock:
            self._agents[case_id] = case.agent_id
            while len(self._agents) > KNOWN_CASES:
                self._agents.popitem(last=False)
        return case.agent_id


def router(service: Service, hub: Hub) -> APIRouter:
    """The route of the stream."""
    api = APIRouter(prefix=PREFIX)

    @api.get(EVENTS_PATH, summary="Live events", response_class=StreamingResponse)
    async def stream(request: Request) -> StreamingResponse:
        token = bearer(request)
        staff, _session = await run_in_threadpool(sign_in.peek, service, token)  # a desktop that comes back is no use
        listener = Listener(staff=staff, loop=asyncio.get_running_loop())
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        body = _events(service, hub, listener, token)
        return StreamingResponse(body, media_type="text/event-stream", headers=headers)

    return api


async def _events(service: Service, hub: Hub, listener: Listener, token: Secret[str]) -> AsyncIterator[str]:
    """Hello, then what happens; a comment when nothing does. Ends with the session, however much happens."""
    clock = asyncio.get_running_loop().time
    try:
        await run_in_threadpool(hub.join, listener)
        yield _event(Topic.HELLO, "")
        look_at = clock() + HEARTBEAT_SECONDS
        while True:
            topic, about = await _next(listener, look_at - clock())
            if topic in (None, Topic.SESSION_ENDED) or clock() >= look_at:
                if await run_in_threadpool(_is_signed_out, service, token):
                    yield _event(Topic.SESSION_ENDED, "")
                    return
                look_at = clock() + HEARTBEAT_SECONDS
            if topic is None:
                yield ": still here\n\n"
            elif topic is not Topic.SESSION_ENDED:
                yield _event(topic, about)
    finally:
        hub.leave(listener)


async def _next(listener: Listener, seconds: float) -> tuple[Topic | None, str]:
    """What happens next; None when nothing does for so long."""
    try:
        return await asyncio.wait_for(listener.queue.get(), seconds)
    except TimeoutError:
        return None, ""


def _event(topic: Topic, about: str) -> str:
    return f"event: {topic}\ndata: {json.dumps({'topic': topic, 'id': about})}\n\n"


def _is_signed_out(service: Service, token: Secret[str]) -> bool:
    """Whether the session is over. Looking counts as no activity: a screen that nobody touches signs itself out."""
    try:
        sign_in.peek(service, token)
    except Refused:
        return True
    return False
