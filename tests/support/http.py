"""The real HTTP application without a socket: requests go straight into it, as a signed-in desktop sends them."""

import asyncio
from collections.abc import Coroutine
from contextlib import nullcontext
from itertools import count
from typing import Any, TypeVar

import httpx
from fastapi import FastAPI

from services.api.application import make
from services.api.calls import Mount
from services.api.health import Wellness
from services.api.live import Hub
from services.serving import Log
from services.storage.lately import SqlLog
from tests.support.world import PASSWORD, Person, World

T = TypeVar("T")
BASE = "http://127.0.0.1"


class Site:
    """A world's HTTP application, on an event loop of its own."""

    def __init__(self, world: World) -> None:
        self.world = world
        world.parts.audit.integrate()
        self.app: FastAPI
        self.mount: Mount
        self.app, self.mount = make(
            world.service,
            Log(world.parts.audit),
            world.parts.desk,
            Hub(world.service, SqlLog(world.parts.database)),
            running=nullcontext,
            well=Wellness(worker=lambda: True, audit_log=lambda: True),
            threads=20,
        )
        self._loop = asyncio.new_event_loop()
        transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
        self._client = httpx.AsyncClient(transport=transport, base_url=BASE)
        self._keys = count(1)

    def close(self) -> None:
        """Close the client and the loop."""
        self.run(self._client.aclose())
        self.run(self._loop.shutdown_default_executor())
        self._loop.close()

    def run(self, doing: Coroutine[Any, Any, T]) -> T:
        """Run something on the loop."""
        return self._loop.run_until_complete(doing)

    def request(self, method: str, path: str, **more: Any) -> httpx.Response:
        """One request, as it is."""
        return self.run(self._client.request(method, path, **more))

    def all_at_once(self, *requests: tuple[str, str, dict[str, Any]]) -> list[httpx.Response]:
        """Many requests at the same time."""

        async def together() -> list[httpx.Response]:
            sent = (self._client.request(method, path, **more) for method, path, more in requests)
            return list(await asyncio.gather(*sent))

        return self.run(together())

    def sign_in(self, person: Person) -> "Caller":
        """Sign a person in."""
        ask = {"login": person.staff.login, "password": PASSWORD, "code": self.world.totp(person.key)}
        answer = self.request("POST", "/v1/sessions", json=ask)
        assert answer.status_code == 200, answer.text
        return Caller(self, answer.json()["token"])

    def new_key(self) -> str:
        """An idempotency key that was not used before."""
        return f"key-{next(self._keys):08}"


class Caller:
    """A signed-in desktop."""

    def __init__(self, site: Site, token: str) -> None:
        self.site, self.token = site, token

    @property
    def headers(self) -> dict[str, str]:
        """What every request carries."""
        return {"Authorization": f"Bearer {self.token}"}

    def get(self, path: str) -> httpx.Response:
        """Read something."""
        return self.site.request("GET", f"/v1{path}", headers=self.headers)

    def post(self, path: str, ask: object = None, key: str = "", method: str = "POST") -> httpx.Response:
        """Change something."""
        headers = {**self.headers, "Idempotency-Key": key or self.site.new_key()}
        return self.site.request(method, f"/v1{path}", headers=headers, json=ask)

    def open_case(self, query: str = "") -> dict[str, Any]:
        """A new case, with its account when something to look up is given."""
        case: dict[str, Any] = self.post("/cases", {"channel": "phone", "reference": "T-1042"}).json()
        if query:
            case = self.post(f"/cases/{case['id']}/lookup", {"query": query}).json()
        return case
