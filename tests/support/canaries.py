"""What must stand nowhere in clear, and a search for it in files of any kind."""

import base64
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from services.domain.one_time import TotpKey, grouped, totp_secret_text

_TOKEN = re.compile(rb"[A-Za-z0-9_-]{43,}")
"""A link's token has 43 such letters; it may stand in the midst of others."""
_CODE = re.compile(r"(?<![0-9A-Za-z.:_-])\d{6}(?![0-9A-Za-z_-])")
"""Six digits that stand alone, and are not the parts of a second."""
_PROCESS = re.compile(r"process \[\d+\]")


@dataclass(slots=True)
class Canaries:
    """Things to look for. Words are long enough to stand nowhere by chance; six digits are not, and are looked for
    where they would stand alone: as a value of a database, or as a word of a text."""

    words: set[bytes] = field(default_factory=set)
    tokens: set[bytes] = field(default_factory=set)
    codes: set[str] = field(default_factory=set)

    def word(self, *texts: str) -> None:
        """Look for these."""
        self.words |= {text.encode() for text in texts}

    def totp(self, key: TotpKey) -> None:
        """Look for a TOTP secret: its octets, in hexadecimal, and in base 32 as it is typed or scanned."""
        octets = key.secret.reveal()
        self.words |= {octets, octets.hex().encode(), octets.hex().upper().encode(), base64.b64encode(octets)[:-1]}
        self.word(base64.b32encode(octets).decode().rstrip("="), totp_secret_text(key).reveal())

    def recovery_code(self, code: str) -> None:
        """Look for a saved code, as it is kept and as it is read out."""
        self.word(code, code.lower(), grouped(code))

    def token(self, path: str) -> None:
        """Look for the token of a link's *path*."""
        self.tokens.add(path.rsplit("/", 1)[-1].encode())

    def in_file(self, file: Path) -> list[str]:
        """What of it stands in the raw octets of a file."""
        content = file.read_bytes()
        found = [word for word in self.words if word in content]
        found += [run for run in _TOKEN.findall(content) if self._holds_token(run)]
        return [f"{file.name}: {one!r}" for one in found]

    def in_text(self, file: Path) -> list[str]:
        """The codes that stand in a text."""
        text = _PROCESS.sub("", file.read_text("utf-8", "replace"))
        return [f"{file.name}: {code}" for code in self.codes.intersection(_CODE.findall(text))]

    def in_database(self, file: Path) -> list[str]:
        """The codes that are a value of a database, or a word of one."""
        with closing(sqlite3.connect(file)) as database:
            database.text_factory = lambda octets: octets.decode("utf-8", "replace")
            return [f"{file.name} {place}: {value!r}" for place, value in _values(database) if self._holds_code(value)]

    def _holds_token(self, run: bytes) -> bool:
        return any(run[at : at + 43] in self.tokens for at in range(len(run) - 42))

    def _holds_code(self, value: object) -> bool:
        if isinstance(value, bytes):
            return value.decode("latin-1") in self.codes
        if isinstance(value, str):
            return bool(self.codes.intersection(_CODE.findall(value)))
        return isinstance(value, int) and str(value) in self.codes


def _values(database: sqlite3.Connection) -> Iterator[tuple[str, object]]:
    """Every value of every table, and where it stands."""
    for (table,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
        rows = database.execute(f'SELECT * FROM "{table}"')
        columns = [column[0] for column in rows.description]
        for row in rows:
            yield from ((f"{table}.{column}", value) for column, value in zip(columns, row, strict=True))
