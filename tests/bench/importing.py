"""How fast accounts are imported, and in how much memory, beside writing the same facts with nothing around them."""

import csv
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from time import perf_counter

from tests.bench.figures import Figure, figure
from tests.bench.portals import new_portal, run_import, settings_in, write_accounts

ACCOUNTS, QUICK_ACCOUNTS = 30_000, 3_000
RUNS, QUICK_RUNS = 3, 1
MEGABYTE = 1_000_000


def measure(*, quick: bool) -> Iterator[Figure]:
    """Imports of the same file into new portals."""
    accounts, times = (QUICK_ACCOUNTS, QUICK_RUNS) if quick else (ACCOUNTS, RUNS)
    with new_portal() as folder:
        file = folder / "accounts.csv"
        write_accounts(file, accounts)
        bare = [accounts / _write_bare(file, folder / f"bare{nth}.db") for nth in range(times)]
        runs = [run_import(settings_in(folder / str(nth)), file) for nth in range(times)]
    yield figure("import_bare", bare, "1/s", note="accounts read and written in the clear, bare SQLite")
    yield figure(
        "import", [accounts / run.seconds for run in runs], "1/s", against="import_bare", note="start included"
    )
    yield figure("import_memory", [run.memory / MEGABYTE for run in runs], "MB", note=f"{accounts:,} accounts")


def _write_bare(file: Path, database: Path) -> float:
    start = perf_counter()
    with closing(sqlite3.connect(database)) as bare, file.open(encoding="utf-8") as lines:
        bare.execute("PRAGMA journal_mode=WAL")
        bare.execute("CREATE TABLE accounts (number TEXT UNIQUE, name TEXT, username TEXT UNIQUE, created TEXT)")
        bare.execute("CREATE TABLE contacts (number TEXT, kind TEXT, value TEXT, verified TEXT, changed TEXT)")
        for column in ("number", "value"):
            bare.execute(f"CREATE INDEX contacts_{column} ON contacts ({column})")
        rows = list(csv.reader(lines))[1:]
        bare.executemany("INSERT INTO accounts VALUES (?, ?, ?, ?)", (row[:4] for row in rows))
        bare.executemany("INSERT INTO contacts VALUES (?, 'email', ?, ?, ?)", ((row[0], *row[4:7]) for row in rows))
        bare.executemany("INSERT INTO contacts VALUES (?, 'phone', ?, ?, ?)", ((row[0], *row[7:10]) for row in rows))
        bare.commit()
    return perf_counter() - start
