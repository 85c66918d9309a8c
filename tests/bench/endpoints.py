"""A route's own function, called as the framework calls it: everything that the server does but for HTTP itself."""

from collections.abc import Callable
from itertools import count
from typing import Any

from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import Response

from services.api import cases
from services.api.calls import Mount
from services.contract.route import Route
from services.contract.routes import PREFIX
from services.usecases.service import Service


class Endpoints:
    """The routes of cases: sign-in is looked up, the key is kept, and everything is committed."""

    def __init__(self, service: Service) -> None:
        mount = Mount(service)
        cases.mount(mount)
        self._endpoints: dict[tuple[str, str], Callable[..., Response]] = {
            (method, route.path): route.endpoint
            for route in mount.router.routes
            if isinstance(route, APIRoute)
            for method in route.methods or ()
        }
        self._keys = count(1)

    def call(self, route: Route[Any, Any], token: str, ask: object, **path: str) -> bytes:
        """One request; the body of its answer."""
        headers = [
            (b"authorization", f"Bearer {token}".encode()),
            (b"idempotency-key", f"bench-{next(self._keys):08}".encode()),
        ]
        scope = {
            "type": "http",
            "method": route.method,
            "path": PREFIX + route.path.format(**path),
            "path_params": path,
            "query_string": b"",
            "headers": headers,
        }
        endpoint = self._endpoints[route.method, PREFIX + route.path]
        return bytes(endpoint(Request(scope), ask).body)
