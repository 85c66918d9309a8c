"""Many requests at one moment: each on a connection of its own, all sent before any answer is read."""

import json
import socket
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from http.client import HTTPResponse
from typing import Any
from urllib.parse import urlencode, urlsplit

PATIENCE = 60.0
"""Seconds that an answer may take."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shot:
    """One request. A body is JSON, or a form if it goes to an owner's page; without one it is read with GET."""

    path: str
    token: str = ""
    key: str = ""
    body: Mapping[str, Any] | None = None
    method: str = ""
    """If it is neither GET nor POST."""

    def octets(self) -> bytes:
        """As it goes over the wire."""
        form = self.path.startswith("/c/")
        content = b"" if self.body is None else (urlencode(self.body) if form else json.dumps(self.body)).encode()
        head = [
            f"{self.method or ('GET' if self.body is None else 'POST')} {self.path} HTTP/1.1",
            "Host: 127.0.0.1",
            f"Authorization: Bearer {self.token}",
            f"Idempotency-Key: {self.key}",
            f"Content-Type: application/{'x-www-form-urlencoded' if form else 'json'}",
            f"Content-Length: {len(content)}",
        ]
        return "\r\n".join(head).encode() + b"\r\n\r\n" + content


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    content: bytes

    @property
    def said(self) -> Any:
        """The content, read as JSON."""
        return json.loads(self.content)


class Volley:
    """So many connections, to each of some servers in turn, kept open from one volley to the next."""

    def __init__(self, width: int, *urls: str) -> None:
        ends = [(parts.hostname or "", parts.port or 0) for parts in map(urlsplit, urls)]
        self._open = ExitStack()
        self._connections = [
            self._open.enter_context(socket.create_connection(ends[nth % len(ends)], PATIENCE)) for nth in range(width)
        ]
        for connection in self._connections:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def fire(self, shots: Sequence[Shot]) -> list[Answer]:
        """Send every shot, then read every answer, in the order of the shots."""
        self.send(shots)
        return [_answer(connection) for connection in self._connections]

    def send(self, shots: Sequence[Shot]) -> None:
        """Send every shot, and read nothing."""
        wire = [shot.octets() for shot in shots]
        for connection, octets in zip(self._connections, wire, strict=True):
            connection.sendall(octets)

    def close(self) -> None:
        """Hang up."""
        self._open.close()


def _answer(connection: socket.socket) -> Answer:
    response = HTTPResponse(connection)
    response.begin()
    with response:
        return Answer(response.status, response.read())
