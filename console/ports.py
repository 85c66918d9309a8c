"""What the desktop's parts need of each other, without the libraries that stand behind it."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager
from typing import Protocol, TypeVar

from services.contract.route import Route

Ask = TypeVar("Ask")
Answer = TypeVar("Answer")


class Calls(Protocol):
    """Asks the service. The real one is `console.gateway.Gateway`."""

    async def call(
        self, route: Route[Ask, Answer], ask: Ask, query: Mapping[str, str] | None = None, **path: str
    ) -> Answer:
        """The answer to *ask*.

        Raises:
            GatewayError: See `console.errors`.
        """


class Streams(Protocol):
    """Opens the service's stream of live events."""

    def stream(self) -> AbstractAsyncContextManager[AsyncIterator[bytes]]:
        """The open stream's bytes as they come, in pieces of any size.

        Raises:
            GatewayError: On entering, and while reading.
        """


class Service(Calls, Streams, Protocol):
    """Both, and a way to hang up."""

    def in_background(self) -> Calls:
        """For reads that no person asked for: they do not keep an idle session alive (N-SES-01)."""

    async def aclose(self) -> None:
        """Hang up. Nothing can be asked after that."""
