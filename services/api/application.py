"""The HTTP application: every route of the contract mounted once, the customer's pages, and limits on what comes in."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractContextManager, asynccontextmanager
from functools import partial
from typing import Any

from anyio.to_thread import current_default_thread_limiter, run_sync
from fastapi import FastAPI
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.api import audit, cases, customer, health, live, log_files, problems, staff
from services.api.calls import Mount
from services.api.last_resort import LastResort, Say
from services.api.pages.assets import PREFIX
from services.api.pages.rendering import Pages
from services.api.problems import answer
from services.contract.problems import ProblemCode
from services.usecases.ports import AuditLog
from services.usecases.service import Service
from services.wording import Desk

TITLE, SUMMARY = "Rightful", "Account recovery for support desks"
LARGEST_BODY = 65_536
"""Bytes of a request: nothing here is larger (A-60)."""
HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"cache-control", b"no-store"),
    (b"referrer-policy", b"no-referrer"),
    (b"strict-transport-security", b"max-age=31536000"),
)
"""On every answer that does not say otherwise."""


def make(
    service: Service,
    log: AuditLog,
    desk: Desk,
    hub: live.Hub,
    *,
    running: Callable[[], AbstractContextManager[None]],
    well: health.Wellness,
    threads: int,
    described: bool = False,
) -> tuple[FastAPI, Mount]:
    """The application, and what was mounted on it.

    *running* starts the worker and the log's integration, and stops them; at most *threads* requests are decided at a
    time. *described*: it can say what it is (`openapi`), which the running service need not.
    """

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        current_default_thread_limiter().total_tokens = threads
        beside = running()
        await run_sync(beside.__enter__)
        try:
            yield
        finally:
            await run_sync(beside.__exit__, None, None, None)

    closed: dict[str, Any] = {"docs_url": None, "redoc_url": None, "openapi_url": None, "redirect_slashes": False}
    app = FastAPI(title=TITLE, version="1", summary=SUMMARY, lifespan=lifespan, **closed)
    mount = Mount(service, described=described)
    staff.mount(mount, service, log.vkey)
    cases.mount(mount)
    audit.mount(mount, log)
    health.mount(mount, service, log, well)
    pages = Pages(desk)
    routers = (mount.router, log_files.router(service, log), live.router(service, hub), customer.router(service, pages))
    for (
        router
    ) in routers:  # side by side: a router within a router is looked through for each request, and costs 0.1 ms
        app.router.routes += router.routes
    problems.install(app)
    problems.install_unfound(app, partial(_fault, pages))
    app.add_middleware(LastResort, say=partial(_fault, pages))
    app.add_middleware(Guard, say=partial(_fault, pages))
    return app, mount


def _fault(pages: Pages, path: str, code: ProblemCode, reference: str) -> Response:
    """An owner gets a page, everybody else a problem."""
    if path == PREFIX or path.startswith(f"{PREFIX}/"):
        return customer.fault(pages, code, reference)
    return answer(code, reference=reference)


class Guard:
    """Refuses bodies that are too large, as they come in, and adds the headers that every answer carries."""

    def __init__(self, app: ASGIApp, say: Say) -> None:
        self._app, self._say = app, say

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Guard one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        declared = next((value for name, value in scope["headers"] if name == b"content-length"), b"0")
        chunked = any(name == b"transfer-encoding" for name, _value in scope["headers"])
        if chunked or not declared.isdigit() or int(declared) > LARGEST_BODY:
            await self._say(scope["path"], ProblemCode.TOO_LARGE, "")(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                present = {name for name, _value in message["headers"]}
                message["headers"] = [*message["headers"], *(one for one in HEADERS if one[0] not in present)]
            await send(message)

        await self._app(scope, receive, with_headers)
