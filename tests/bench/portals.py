"""Portals to measure on: with many accounts, made once and kept, or new and empty."""

import logging
import os
import sqlite3
import subprocess
import sys
from base64 import b32encode
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from secrets import token_bytes
from shutil import rmtree
from tempfile import TemporaryDirectory, TemporaryFile
from time import perf_counter

from sqlalchemy import delete
from sqlalchemy.schema import CreateIndex, CreateTable

from services.app import Parts, build
from services.commands.opening import prepare
from services.settings import PREFIX, Settings
from services.storage import tables
from services.storage.key_file import KeyFile

KEPT = Path("build") / "bench-cache"
"""Portals with many accounts, which take minutes to make."""
COLUMNS = (
    *("customer_number", "name", "username", "created_at", "email", "email_verified_at", "email_changed_at"),
    *("phone", "phone_verified_at", "phone_changed_at", "phone_sim_swap", "totp_secret", "totp_bound_at"),
)
EDITION = "2"
"""Of what is generated here."""
_KEPT_TABLES = frozenset(
    {tables.data_keys, tables.accounts, tables.contact_points, tables.authenticators, tables.recovery_codes}
)


def settings_in(folder: Path) -> Settings:
    """Settings of a portal in *folder*."""
    return Settings(data_dir=folder / "data", key_file=folder / "key" / "rightful.key", messenger="demo")


@contextmanager
def new_portal() -> Iterator[Path]:
    """An empty folder for one measurement, beside the kept ones: on the same disk."""
    KEPT.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=KEPT, prefix="new-") as folder:
        yield Path(folder).resolve()


def make_key(settings: Settings) -> None:
    """The folders of a portal, and a key if there is none yet."""
    for needed in (settings.data_dir, settings.key_file.parent):
        needed.mkdir(parents=True, exist_ok=True)
    if not settings.key_file.exists():
        KeyFile(settings.key_file).create(database_exists=False)


@contextmanager
def opened(settings: Settings) -> Iterator[Parts]:
    """A portal's parts."""
    make_key(settings)
    prepare(settings, new=True)
    with closing(build(settings)) as parts:
        yield parts


@contextmanager
def portal_of(accounts: int) -> Iterator[Parts]:
    """A portal with so many accounts and nothing else: made now or kept from before, and tidied of earlier runs."""
    folder = KEPT / f"{accounts}-{_fingerprint()}"
    if not is_kept(accounts):
        _make(folder, accounts)
    with opened(settings_in(folder)) as parts:
        _tidy(parts)
        _bring_into_memory(parts, folder)
        yield parts


def _bring_into_memory(parts: Parts, folder: Path) -> None:
    """Write what waits and read everything once: a server that has run for a while does not wait for the disk."""
    with closing(sqlite3.connect(parts.database.engine.url.database or "")) as bare:
        bare.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    for file in folder.rglob("*.db"):
        with file.open("rb") as octets:
            os.fsync(octets.fileno())
            while octets.read(1 << 20):
                pass


def is_kept(accounts: int) -> bool:
    """Whether the portal with so many accounts is there already."""
    return (KEPT / f"{accounts}-{_fingerprint()}" / "whole").exists()


def identifiers(nth: int) -> dict[str, str]:
    """What the *nth* account is found by, as a caller says it."""
    return {
        "email": f"user{nth}@postbox.example",
        "phone": f"07{400_000_000 + nth}",
        "user_name": f"user{nth}",
        "customer_number": f"RC{100_000_000 + nth}",
    }


def write_accounts(file: Path, accounts: int) -> None:
    """A file to import: every account has a phone and an e-mail address, every other one an authenticator app."""
    since = "2024-03-01"
    dated = f"{since},{since}"
    with file.open("w", encoding="utf-8") as csv:
        csv.write(",".join(COLUMNS) + "\n")
        for nth in range(accounts):
            known = identifiers(nth)
            secret = b32encode(token_bytes(20)).decode() if nth % 2 else ""
            csv.write(
                f"{known['customer_number']},Amara Okafor {nth},{known['user_name']},{since},{known['email']},{dated},"
                f"{known['phone']},{dated},no,{secret},{since if secret else ''}\n"
            )


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import took."""

    seconds: float
    memory: int
    """Bytes of the process that writes, at most."""


def run_import(settings: Settings, file: Path) -> Imported:
    """Import a file as an operator does, in a process of its own."""
    with opened(settings):
        pass  # a new database
    places = {"DATA_DIR": settings.data_dir, "KEY_FILE": settings.key_file}
    environment = {**os.environ, **{f"{PREFIX}{name}": str(place) for name, place in places.items()}}
    command = [sys.executable, "-m", "services", "import", str(file)]
    start = perf_counter()
    with TemporaryFile() as said:
        process = subprocess.Popen(command, env=environment, stdout=said, stderr=said)
        _pid, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        said.seek(0)
        assert process.returncode == 0, said.read().decode()[-2000:]
    return Imported(perf_counter() - start, used.ru_maxrss * (1 if sys.platform == "darwin" else 1024))


def _fingerprint() -> str:
    """Of everything that a kept portal depends on."""
    said = [EDITION]
    for table in tables.metadata.sorted_tables:
        said += [str(CreateTable(table)), *(str(CreateIndex(index)) for index in sorted(table.indexes, key=str))]
    return sha256("\n".join(said).encode()).hexdigest()[:12]


def _make(folder: Path, accounts: int) -> None:
    for old in KEPT.glob(f"{accounts}-*"):
        rmtree(old)
    folder.mkdir(parents=True)
    logging.getLogger(__name__).info("importing %d accounts, once for this release's tables", accounts)
    file = folder / "accounts.csv"
    write_accounts(file, accounts)
    run_import(settings_in(folder), file)
    file.unlink()
    (folder / "whole").touch()


def _tidy(parts: Parts) -> None:
    """Remove what earlier measurements left, and that its log was ever signed: the log would take it for tampering."""
    parts.settings.key_file.with_name("last-signed").unlink(missing_ok=True)
    with parts.database.changing() as connection:
        for table in reversed(tables.metadata.sorted_tables):
            if table not in _KEPT_TABLES:
                connection.execute(delete(table))
    parts.audit.integrate()
