"""The only HTTP of the desktop: one call for every route, one error for everything that can go wrong.

The errors are drawn in `console.errors`. Everything here runs on the net thread, which also imports this module and
makes the client: importing and making TLS ready costs more than the window's first paint may wait for.
"""

import asyncio
import hashlib
import re
import ssl
import uuid
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote

import httpx
import msgspec

from console import tls
from console.backoff import Chance, chance, pause
from console.errors import GatewayError, Unavailable, Unreachable, Untrusted, broken, error_of, unavailable
from services.contract.events import EVENTS_PATH
from services.contract.problems import Problem
from services.contract.route import BACKGROUND, Route
from services.contract.routes import PREFIX

Ask = TypeVar("Ask")
Answer = TypeVar("Answer")
Transport = httpx.AsyncBaseTransport
"""What takes the place of the network."""
Token = Callable[[], str | None]
"""The session's token now, or None when nobody is signed in."""

TRIES = 4
FIRST_PAUSE = 0.3
LONGEST_PAUSE = 3.0
"""Seconds. Four tries with these pauses ride out a restart of the service, and an agent does not wait longer."""
TIMEOUT = httpx.Timeout(10.0, connect=4.0)
"""Seconds for each read and write."""
STREAM_TIMEOUT = httpx.Timeout(10.0, connect=4.0, read=None)
"""For the stream of live events: how long silence may last is the affair of `console.live`."""
UNSETTLED_SECONDS = 43_200.0
"""How long a change whose fate is unknown keeps its key: pressing the button again then cannot do it twice.

As long as a session lives at most; the service keeps its answers for a day."""
UNSETTLED_MOST = 64

_PASSING = frozenset({502, 503, 504})
_PROBLEM = "application/problem+json"
_UNASKED = {BACKGROUND: "1"}

_decoders: dict[Any, msgspec.json.Decoder[Any]] = {}
_PLACE = re.compile(r"`(\$[^`]*)`\Z")
"""Where in an answer the fault is, at the end of what msgspec says; before it, a value may be quoted."""


class Gateway:
    """A connection to one service, in the name of whoever holds the token."""

    def __init__(
        self,
        server: str,
        token: Token,
        *,
        ca_file: Path | None = None,
        transport: Transport | None = None,
        chance: Chance = chance,
    ) -> None:
        """*server* is a web address without a slash at the end; a *transport* takes the place of the network.

        Raises:
            OSError: When *ca_file* cannot be read or holds no certificate.
        """
        self._server = server
        self._token = token
        self._verify = tls.context(ca_file) if server.startswith("https:") else tls.trusting_nobody()
        self._transport = transport
        self._chance = chance
        self._made: httpx.AsyncClient | None = None
        self._unsettled: OrderedDict[bytes, tuple[str, float]] = OrderedDict()

    async def call(
        self, route: Route[Ask, Answer], ask: Ask, query: Mapping[str, str] | None = None, **path: str
    ) -> Answer:
        """Ask the service, again if need be, and return what it answered.

        A change carries an `Idempotency-Key`; it is sent again under the same key after a lost connection, a time-out
        or a proxy's complaint, and that is safe because the service acts once for a key. If its fate stays unknown,
        the same ask within `UNSETTLED_SECONDS` goes on under that key. What may be sent `once` is sent once.

        Raises:
            GatewayError: See `console.errors`.
        """
        return await self._answer(route, ask, query, path, self._headers())

    def in_background(self) -> "InBackground":
        """The same, for reads that no person asked for."""
        return InBackground(
            lambda route, query, path: self._answer(route, None, query, path, self._headers() | _UNASKED)
        )

    async def _answer(
        self,
        route: Route[Ask, Answer],
        ask: Ask,
        query: Mapping[str, str] | None,
        path: Mapping[str, str],
        headers: Mapping[str, str],
    ) -> Answer:
        body = None if ask is None else msgspec.json.encode(ask)
        url = PREFIX + route.path.format_map({name: quote(value, safe="") for name, value in path.items()})
        request = self._client().build_request(route.method, url, params=query, content=body, headers=headers)
        if body is not None:
            request.headers["Content-Type"] = "application/json"
        if route.once:
            return _read(await self._send_once(request), route.answer)
        if not route.changes:
            return _read(await self._send(request), route.answer)
        intent = _intent(request, body)
        request.headers["Idempotency-Key"] = key = self._key(intent)
        try:
            answer = await self._send(request)
        except (Unreachable, Unavailable, asyncio.CancelledError):
            self._keep(intent, key)
            raise
        return _read(answer, route.answer)

    @asynccontextmanager
    async def stream(self) -> AsyncIterator[AsyncIterator[bytes]]:
        """The stream of live events, open.

        Raises:
            GatewayError: On entering and while reading. Silence is not an error here: `console.live` listens for it.
        """
        client, headers = self._client(), self._headers() | {"Accept": "text/event-stream", "Cache-Control": "no-store"}
        request = client.build_request("GET", PREFIX + EVENTS_PATH, headers=headers, timeout=STREAM_TIMEOUT)
        try:
            response = await client.send(request, stream=True)
            try:
                if response.status_code != httpx.codes.OK:
                    await response.aread()
                    raise _error(response)
                yield response.aiter_bytes()
            finally:
                await response.aclose()
        except httpx.HTTPError as error:
            raise _unheard(error) from None

    async def aclose(self) -> None:
        """Hang up."""
        if self._made is not None:
            await self._made.aclose()

    def _client(self) -> httpx.AsyncClient:
        """Made on first use, on the loop that uses it. No proxy, no .netrc, no redirects (A-53)."""
        if self._made is None:
            self._made = httpx.AsyncClient(
                base_url=self._server,
                transport=self._transport,
                verify=self._verify,
                timeout=TIMEOUT,
                trust_env=False,
                follow_redirects=False,
            )
        return self._made

    def _headers(self) -> dict[str, str]:
        token = self._token()
        accept = {"Accept": f"application/json, {_PROBLEM}"}
        return accept if token is None else accept | {"Authorization": f"Bearer {token}"}

    async def _send(self, request: httpx.Request) -> httpx.Response:
        """Send until somebody answers, at most `TRIES` times."""
        for attempt in range(1, TRIES):
            try:
                return await self._send_once(request)
            except Untrusted:
                raise
            except (Unreachable, Unavailable):
                await asyncio.sleep(pause(attempt, first=FIRST_PAUSE, most=LONGEST_PAUSE, chance=self._chance))
        return await self._send_once(request)

    async def _send_once(self, request: httpx.Request) -> httpx.Response:
        try:
            response = await self._client().send(request)
        except (httpx.TransportError, httpx.DecodingError) as error:
            raise _unheard(error) from None
        if response.is_success:
            return response
        raise _error(response)

    def _key(self, intent: bytes) -> str:
        key, until = self._unsettled.pop(intent, ("", 0.0))
        return key if asyncio.get_running_loop().time() < until else str(uuid.uuid4())

    def _keep(self, intent: bytes, key: str) -> None:
        self._unsettled[intent] = (key, asyncio.get_running_loop().time() + UNSETTLED_SECONDS)
        while len(self._unsettled) > UNSETTLED_MOST:
            self._unsettled.popitem(last=False)


class InBackground:
    """A gateway's calls for reads that no person asked for: they do not keep an idle session alive (N-SES-01)."""

    def __init__(self, read: Callable[[Route[Any, Any], Mapping[str, str] | None, Mapping[str, str]], Awaitable[Any]]):
        self._read = read

    async def call(
        self, route: Route[Ask, Answer], ask: Ask, query: Mapping[str, str] | None = None, **path: str
    ) -> Answer:
        """As `Gateway.call`, for routes that change nothing."""
        assert ask is None
        assert route.method == "GET"
        answer: Answer = await self._read(route, query, path)
        return answer


def _decoder(of: type[Answer]) -> "msgspec.json.Decoder[Answer]":
    """Made once for each message."""
    if of not in _decoders:
        _decoders[of] = msgspec.json.Decoder(of)
    return _decoders[of]


def _intent(request: httpx.Request, body: bytes | None) -> bytes:
    """What tells one change from another, without keeping what it says: it may hold a password."""
    parts = (request.method, str(request.url), request.headers.get("Authorization", ""))
    return hashlib.sha256("\n".join(parts).encode() + b"\n" + (body or b"")).digest()


def _read(response: httpx.Response, answer: type[Answer]) -> Answer:
    try:
        read: Answer = _decoder(answer).decode(response.content or b"{}")
    except (ValueError, RecursionError) as error:  # DecodeError, UnicodeDecodeError, and a thousand brackets
        place = _PLACE.search(str(error))
        where = f"{answer.__name__}: {place[1]}" if place else answer.__name__
        raise broken(response.status_code, f"The answer cannot be read ({where}).") from None
    return read


def _error(response: httpx.Response) -> GatewayError:
    """The error that an answer other than 2xx is: the service's own words, or a proxy's, or nobody's."""
    if response.headers.get("Content-Type", "").startswith(_PROBLEM):
        try:
            return error_of(_decoder(Problem).decode(response.content))
        except (ValueError, RecursionError):
            return broken(response.status_code, "The service gave a problem that cannot be read.")
    if response.status_code in _PASSING:
        return unavailable(response.status_code)
    return broken(response.status_code, f"Something other than the service answered ({response.status_code}).")


def _unheard(error: Exception) -> Unreachable:
    """Says only which kind of error it was: the text of such an error may hold an address."""
    kind, cause = type(error).__name__, error.__cause__
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return Untrusted(f"{kind}: {cause.verify_message}")
        cause = cause.__cause__ or cause.__context__
    return Unreachable(kind)
