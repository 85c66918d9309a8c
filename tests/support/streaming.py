"""An ASGI application as an httpx transport that streams, and a line to it that a test can cut, hold and hush."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
from starlette.types import ASGIApp, Message

_END = None


class StreamingTransport(httpx.AsyncBaseTransport):
    """Requests go into *app*; answers come out piece by piece. Leaving an answer cancels its request."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """One request: returns as soon as the application has said its status."""
        body = await request.aread()
        started: asyncio.Future[Message] = asyncio.get_running_loop().create_future()
        pieces: asyncio.Queue[bytes | None] = asyncio.Queue()
        gone = asyncio.Event()
        asked = False

        async def receive() -> Message:
            nonlocal asked
            if not asked:
                asked = True
                return {"type": "http.request", "body": body, "more_body": False}
            await gone.wait()
            return {"type": "http.disconnect"}

        async def send(message: Message) -> None:
            if message["type"] == "http.response.start":
                started.set_result(message)
                return
            await pieces.put(message.get("body", b""))
            if not message.get("more_body", False):
                await pieces.put(_END)

        task = asyncio.create_task(self._run(request, receive, send, pieces))
        either: set[asyncio.Future[Any]] = {task, started}
        await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        if not started.done():
            task.result()
        head = started.result()
        stream = _Pieces(task, pieces, gone)
        return httpx.Response(head["status"], headers=head["headers"], stream=stream, request=request)

    async def _run(self, request: httpx.Request, receive: Any, send: Any, pieces: asyncio.Queue[bytes | None]) -> None:
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": request.method,
            "headers": [(name.lower(), value) for name, value in request.headers.raw],
            "scheme": request.url.scheme,
            "path": request.url.path,
            "raw_path": request.url.raw_path.split(b"?")[0],
            "query_string": request.url.query,
            "server": (request.url.host, request.url.port),
            "client": ("127.0.0.1", 1),
            "root_path": "",
        }
        try:
            await self._app(scope, receive, send)
        finally:
            await pieces.put(_END)


class _Pieces(httpx.AsyncByteStream):
    def __init__(self, task: "asyncio.Task[None]", pieces: asyncio.Queue[bytes | None], gone: asyncio.Event) -> None:
        self._task, self._pieces, self._gone = task, pieces, gone

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while (piece := await self._pieces.get()) is not _END:
            if piece:
                yield piece

    async def aclose(self) -> None:
        """The caller has gone."""
        self._gone.set()
        if not self._task.done():
            self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)


class Line(httpx.AsyncBaseTransport):
    """One desktop's line to *app*. It works until a test says otherwise, from the test's own thread."""

    def __init__(self, app: ASGIApp) -> None:
        self._transport = StreamingTransport(app)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._broken = asyncio.Event()
        self._passing, self._speaking = asyncio.Event(), asyncio.Event()
        self._passing.set()
        self._speaking.set()
        self._losing = asyncio.Event()
        self.sent: list[str] = []
        """Every request that got through, as `METHOD /path`."""

    def cut(self) -> None:
        """Nobody is reached any more, and a stream that is open breaks."""
        self._call(self._broken.set)

    def mend(self) -> None:
        """It works again; what was open stays broken."""
        self._call(self._broken.clear)

    def hold(self) -> None:
        """Requests wait on their way, until `release`."""
        self._call(self._passing.clear)

    def release(self) -> None:
        """Let everything through."""
        self._call(self._passing.set)

    def lose_one_answer(self) -> None:
        """The next change is made, and its answer never arrives."""
        self._call(self._losing.set)

    def hush(self) -> None:
        """Live events are held back, until `speak`: the desktop knows less than it thinks."""
        self._call(self._speaking.clear)

    def speak(self) -> None:
        """Let the live events come."""
        self._call(self._speaking.set)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """One request, if the line is up."""
        self._loop = asyncio.get_running_loop()
        if self._broken.is_set():
            raise httpx.ConnectError("the line is cut", request=request)
        await self._passing.wait()
        self.sent.append(f"{request.method} {request.url.path}")
        response = await self._transport.handle_async_request(request)
        if self._losing.is_set() and request.method != "GET":
            self._losing.clear()
            await response.aread()
            raise httpx.ReadError("the answer was lost", request=request)
        if response.headers.get("content-type", "").startswith("text/event-stream"):
            assert isinstance(response.stream, _Pieces)
            response.stream = _Live(response.stream, self._broken, self._speaking)
        return response

    def _call(self, change: Any) -> None:
        if self._loop is None:  # nobody has used this line yet
            change()
        else:
            self._loop.call_soon_threadsafe(change)


class _Live(httpx.AsyncByteStream):
    """A stream of live events on a line."""

    def __init__(self, stream: _Pieces, broken: asyncio.Event, speaking: asyncio.Event) -> None:
        self._stream, self._broken, self._speaking = stream, broken, speaking

    async def __aiter__(self) -> AsyncIterator[bytes]:
        pieces = aiter(self._stream)
        broke = asyncio.create_task(self._broken.wait())
        try:
            while True:
                piece = asyncio.ensure_future(anext(pieces, None))
                await asyncio.wait({piece, broke}, return_when=asyncio.FIRST_COMPLETED)
                if broke.done():
                    piece.cancel()
                    raise httpx.ReadError("the line is cut")
                await self._speaking.wait()
                if (heard := piece.result()) is None:
                    return
                yield heard
        finally:
            broke.cancel()

    async def aclose(self) -> None:
        await self._stream.aclose()
