"""A database on a disk that went bad."""

import sqlite3
from contextlib import closing
from pathlib import Path


def damage(file: Path, *names: str) -> None:
    """Overwrite the root page of each of these tables or indexes; nobody has the database open."""
    with closing(sqlite3.connect(file)) as database:
        (size,) = database.execute("PRAGMA page_size").fetchone()
        roots = dict(database.execute("SELECT name, rootpage FROM sqlite_master").fetchall())
    with file.open("r+b") as pages:
        for name in names:
            pages.seek((roots[name] - 1) * size)
            pages.write(b"\xff" * size)
