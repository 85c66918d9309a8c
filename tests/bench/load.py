"""Closed-loop load: each of several connections sends its next request when the last one is answered."""

import asyncio
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from time import perf_counter, process_time
from urllib.parse import urlsplit

PATIENCE = 60.0
"""Seconds that one answer may take."""

Answer = tuple[int, bytes]
Source = Iterator[bytes]
"""Requests of one connection, each made when its turn comes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What came of it."""

    answers: Sequence[Answer]
    seconds: float
    client: float
    """How much of one core the client itself took: near 1, the client is measured and not the server."""

    @property
    def rate(self) -> float:
        """Answers a second."""
        return len(self.answers) / self.seconds


def request(method: str, path: str, token: str = "", key: str = "", ask: object = None) -> bytes:
    """A request as it goes over the wire."""
    content = b"" if ask is None else json.dumps(ask).encode()
    head = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", f"Content-Length: {len(content)}"]
    if token:
        head += [f"Authorization: Bearer {token}", f"Idempotency-Key: {key}", "Content-Type: application/json"]
    return "\r\n".join(head).encode() + b"\r\n\r\n" + content


def drive(url: str, sources: Sequence[Source], judge: Callable[[Answer], bool]) -> Load:
    """Send everything, on a connection for each source.

    Raises:
        AssertionError: If *judge* does not find an answer right: what was refused fast is no speed.
    """
    return asyncio.run(_drive(url, sources, judge))


async def _drive(url: str, sources: Sequence[Source], judge: Callable[[Answer], bool]) -> Load:
    host = urlsplit(url)
    lines = [await asyncio.open_connection(host.hostname, host.port) for _ in sources]
    start, busy = perf_counter(), process_time()
    found = await asyncio.gather(*(_send(*line, source) for line, source in zip(lines, sources, strict=True)))
    seconds, busy = perf_counter() - start, process_time() - busy
    for _reader, writer in lines:
        writer.close()
    answers = [answer for each in found for answer in each]
    wrong = [answer for answer in answers if not judge(answer)]
    assert not wrong, f"{len(wrong)} of {len(answers)} answers are not right: {wrong[0]!r}"
    return Load(answers=answers, seconds=seconds, client=busy / seconds)


async def _send(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, source: Source) -> list[Answer]:
    answers = []
    for octets in source:
        writer.write(octets)
        answers.append(await asyncio.wait_for(_read(reader), PATIENCE))
    return answers


async def _read(reader: asyncio.StreamReader) -> Answer:
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    _before, _name, after = head.partition(b"\r\ncontent-length: ")
    assert after, head
    return int(head[9:12]), await reader.readexactly(int(after.split(b"\r\n", 1)[0]))
