"""Reading server-sent events out of a stream of bytes, however it was cut into pieces.

Source: WHATWG HTML, section 9.2 "Server-sent events", as far as data and comments go. Types are not used, because
the data says them too; nor ids and `retry`, because the first event of every stream says to read everything again.
"""

from codecs import getincrementaldecoder
from collections.abc import Iterator

LONGEST_EVENT = 65_536
"""Characters. Our events are some dozens long; whoever sends more is not our service."""


class NotEvents(ValueError):
    """The stream is not one of server-sent events."""


class Parser:
    """Give it bytes as they come; it gives back the data of the events that they complete."""

    def __init__(self) -> None:
        self._decode = getincrementaldecoder("utf-8-sig")(errors="replace").decode
        self._rest = ""
        self._data: list[str] = []

    def feed(self, piece: bytes) -> tuple[str, ...]:
        """What the events that *piece* completes say, in order: of each its data lines, joined by newlines.

        Raises:
            NotEvents: When an event, or a line, has no end.
        """
        text = self._rest + self._decode(piece)
        held = "\r" if text.endswith("\r") else ""
        *lines, self._rest = text.removesuffix("\r").replace("\r\n", "\n").replace("\r", "\n").split("\n")
        self._rest += held
        found = tuple(self._events(lines))
        if len(self._rest) + sum(map(len, self._data)) > LONGEST_EVENT:
            raise NotEvents("an event without end")
        return found

    def _events(self, lines: list[str]) -> Iterator[str]:
        for line in lines:
            if line:
                self._take(line)
            elif self._data:
                yield "\n".join(self._data)
                self._data = []

    def _take(self, line: str) -> None:
        name, _, value = line.partition(":")
        if name == "data":
            self._data.append(value.removeprefix(" "))
