"""An ASGI application as an httpx transport that streams: what the application sends is read as it is sent."""

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
        await asyncio.wait({task, started}, return_when=asyncio.FIRST_COMPLETED)
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
