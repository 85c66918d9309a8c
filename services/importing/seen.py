"""What a file has had so far, in a private database that goes to disk when it grows: memory does not grow with it."""

import sqlite3
from collections.abc import Iterable

from services.storage.bulk import ASKED_AT_ONCE

CACHE_KIB = 16_384
"""Of its pages in memory."""


class Seen:
    """Keyed indexes, and the place in the file where each came first."""

    def __init__(self) -> None:
        self._database = sqlite3.connect("")  # no name: a temporary file of SQLite's own, gone with the connection
        self._database.execute(f"PRAGMA cache_size=-{CACHE_KIB}")
        self._database.execute("CREATE TABLE seen (digest BLOB PRIMARY KEY, place INTEGER NOT NULL) WITHOUT ROWID")

    def places(self, digests: Iterable[bytes]) -> dict[bytes, int]:
        """Where those came first that came before."""
        wanted = list(digests)
        found: dict[bytes, int] = {}
        for start in range(0, len(wanted), ASKED_AT_ONCE):
            asked = wanted[start : start + ASKED_AT_ONCE]
            marks = ",".join("?" * len(asked))
            found.update(self._database.execute(f"SELECT * FROM seen WHERE digest IN ({marks})", asked))  # noqa: S608 - marks only
        return found

    def add(self, places: Iterable[tuple[bytes, int]]) -> None:
        """Remember where they came."""
        with self._database:
            self._database.executemany("INSERT OR IGNORE INTO seen VALUES (?, ?)", places)

    def close(self) -> None:
        """Forget everything."""
        self._database.close()
