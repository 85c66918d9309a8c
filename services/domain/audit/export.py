"""An exported log: a folder that anyone can check offline, byte for byte what was hashed and signed (L-11).

```
checkpoint      the head: the newest signed note
checkpoints     every signed note in order, an empty line between them (optional)
entries.jsonl   {"index":0,"entry":"<the entry's exact canonical text>"}, one entry to a line, in order
prose.jsonl     {"index":0,"salt":"<hex>","text":"..."} for words that are disclosed, in order (optional)
```

The key to verify with is never in the folder: it comes from elsewhere, or it proves nothing.
"""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any, Protocol

from services.domain.audit.entry import MAX_ENTRY_BYTES, SALT_BYTES, Prose
from services.proofs.note import MAX_NOTE_BYTES

HEAD_FILE = "checkpoint"
HISTORY_FILE = "checkpoints"
ENTRIES_FILE = "entries.jsonl"
PROSE_FILE = "prose.jsonl"


class Stream(Protocol):
    """As much of a file opened for reading bytes as a verifier needs."""

    def read(self, limit: int, /) -> bytes:
        """The next bytes, at most *limit*; none at the end."""

    def readline(self, limit: int, /) -> bytes:
        """The next line with its newline, or its next *limit* bytes; none at the end."""

    def close(self) -> None:
        """Done with it."""


OpenFile = Callable[[str], Stream | None]
"""Opens one of the four files by name, or None if the export does not have it. Whoever reads it closes it."""

MAX_LINE_BYTES = 2 * MAX_ENTRY_BYTES + 64
"""An entry's text is printable, so escaping it at most doubles it; a longer line is not read any further."""

MAX_PROSE_BYTES = 1_000_000
"""Of a line of disclosed words."""

_spell = json.JSONEncoder(ensure_ascii=False).encode
_SALT = re.compile(rf"[0-9a-f]{{{2 * SALT_BYTES}}}")


def entry_line(index: int, canonical: bytes) -> bytes:
    """The line of an entry, with its newline."""
    return f'{{"index":{index},"entry":{_spell(canonical.decode())}}}\n'.encode()


def parse_entry_line(line: bytes) -> tuple[int, bytes]:
    """Index and canonical bytes of an entry.

    Raises:
        ValueError: If the line is anything but what `entry_line` writes.
    """
    fields = _fields(line, {"index", "entry"})
    index, text = fields["index"], fields["entry"]
    if not _is_index(index) or not isinstance(text, str):
        raise ValueError("does not hold an index and an entry")
    canonical = _encoded(text)
    if len(canonical) > MAX_ENTRY_BYTES:
        raise ValueError(f"holds an entry of more than {MAX_ENTRY_BYTES} bytes")
    _require_spelling(line, entry_line(index, canonical))
    return index, canonical


def prose_line(index: int, prose: Prose) -> bytes:
    """The line of an entry's disclosed words, with its newline."""
    return f'{{"index":{index},"salt":"{prose.salt.hex()}","text":{_spell(prose.text)}}}\n'.encode()


def parse_prose_line(line: bytes) -> tuple[int, Prose]:
    """Index of an entry, and the words it committed to, not yet compared.

    Raises:
        ValueError: If the line is anything but what `prose_line` writes.
    """
    fields = _fields(line, {"index", "salt", "text"})
    index, salt, text = fields["index"], fields["salt"], fields["text"]
    if not _is_index(index) or not isinstance(salt, str) or not isinstance(text, str):
        raise ValueError("does not hold an index, a salt and a text")
    if not _SALT.fullmatch(salt):
        raise ValueError(f"holds a salt that is not {SALT_BYTES} bytes in hexadecimal")
    prose = Prose(salt=bytes.fromhex(salt), text=_encoded(text).decode())
    _require_spelling(line, prose_line(index, prose))
    return index, prose


def read_lines(stream: Stream, limit: int = MAX_LINE_BYTES) -> Iterator[bytes]:
    """Lines without their newline; one longer than *limit* comes in pieces, none of which can be parsed."""
    while line := stream.readline(limit + 1):
        yield line.removesuffix(b"\n")


def read_notes(stream: Stream) -> Iterator[bytes]:
    """The signed notes of the history. A checkpoint's text has no empty line, so its note has exactly one."""
    note, parts = b"", 0
    for line in read_lines(stream, MAX_NOTE_BYTES):
        parts += not line
        if parts == 2:
            yield note
            note, parts = b"", 0
        else:
            note += line + b"\n"
        if len(note) > MAX_NOTE_BYTES:
            break
    if note:
        yield note


def _fields(line: bytes, names: set[str]) -> dict[str, Any]:
    try:
        fields = json.loads(line.decode())
    except (ValueError, RecursionError):
        raise ValueError("is not JSON in UTF-8") from None
    if not isinstance(fields, dict) or fields.keys() != names:
        raise ValueError(f"does not hold {', '.join(sorted(names))}, and nothing else")
    return fields


def _encoded(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeError:
        raise ValueError("holds half a character") from None


def _require_spelling(line: bytes, spelled: bytes) -> None:
    """A line has one spelling, so that nobody can show one thing and have another hashed."""
    if line != spelled[:-1]:
        raise ValueError("is not spelled as an export spells it")


def _is_index(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0
