"""Lines of a text file, one at a time and never a whole file: UTF-8, and how far the reading is."""

from collections import deque
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO, NamedTuple

from services.importing.record import Bad, NotImportable

MAX_LINE_BYTES = 1_048_576
"""A longer line is refused; so much is read at a time."""
_UTF8_MARK, _UTF16_MARKS = b"\xef\xbb\xbf", (b"\xff\xfe", b"\xfe\xff")


class Line(NamedTuple):
    """A line without its end."""

    number: int
    text: str


class Lines:
    """The lines of a file, in order; what is no text comes as bad."""

    def __init__(self, path: Path) -> None:
        """Open the file.

        Raises:
            NotImportable: If it cannot be read.
        """
        self._file: BinaryIO = opened(path)
        self.size = path.stat().st_size
        self.position = 0
        self._number = 0
        self._back: deque[Line | Bad] = deque()

    def __iter__(self) -> Iterator[Line | Bad]:
        """The lines from here on."""
        return self

    def __next__(self) -> Line | Bad:
        """The next line; after the last one the file is closed, and only lines that are given back come again."""
        if self._back:
            return self._back.popleft()
        line = None if self._file.closed else self._next()
        if line is None:
            self.close()
            raise StopIteration
        return line

    def give_back(self, lines: Sequence[Line | Bad]) -> None:
        """Have *lines* come again."""
        self._back.extendleft(reversed(lines))

    def close(self) -> None:
        """Close the file before its end."""
        self._file.close()

    def _next(self) -> Line | Bad | None:
        octets = self._file.readline(MAX_LINE_BYTES + 1)
        if not octets:
            return None
        self._number += 1
        self.position += len(octets)
        if len(octets) > MAX_LINE_BYTES and not octets.endswith(b"\n"):
            self._skip_rest()
            return Bad(self._number, f"the line is longer than {MAX_LINE_BYTES} bytes.")
        if self._number == 1:
            octets = octets.removeprefix(_UTF8_MARK)
        try:
            return Line(self._number, octets.decode().rstrip("\r\n"))
        except UnicodeDecodeError:
            return Bad(self._number, "the line is not UTF-8.")

    def _skip_rest(self) -> None:
        while octets := self._file.readline(MAX_LINE_BYTES):
            self.position += len(octets)
            if octets.endswith(b"\n"):
                return


def opened(path: Path) -> BinaryIO:
    """The file, from its beginning.

    Raises:
        NotImportable: If it cannot be read, is empty, or is UTF-16.
    """
    try:
        with path.open("rb") as file:
            start = file.read(2)
    except OSError as error:
        raise NotImportable(f"{path} cannot be read: {error.strerror}.") from None
    if not start:
        raise NotImportable(f"{path} is empty.")
    if start in _UTF16_MARKS:
        raise NotImportable(f"{path} is UTF-16; save it as UTF-8.")
    return path.open("rb")
