"""Portals to measure on: with many accounts, made once and kept, or new and empty."""

import logging
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from secrets import token_bytes
from shutil import rmtree
from tempfile import TemporaryDirectory

from sqlalchemy import delete
from sqlalchemy.schema import CreateIndex, CreateTable

from services.app import Parts, build
from services.commands.opening import prepare
from services.domain.account import Account, Authenticator, ContactPoint
from services.settings import Settings
from services.storage import tables
from services.storage.bulk import BulkAccounts, Holding, Ids
from services.storage.key_file import KeyFile
from services.vocabulary import (
    AccountId,
    AuthenticatorId,
    AuthenticatorKind,
    ContactKind,
    ContactPointId,
    SignalAnswer,
)

KEPT = Path("build") / "bench-cache"
"""Portals with many accounts, which take minutes to make."""
BATCH = 10_000
"""Accounts written in one transaction: what is held in memory."""
EDITION = "1"
"""Of what is generated here."""
_AGE = timedelta(days=400)
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
    prepare(settings)
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
        yield parts


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


def _fingerprint() -> str:
    """Of everything that a kept portal depends on."""
    said = [EDITION]
    for table in tables.metadata.sorted_tables:
        said += [str(CreateTable(table)), *(str(CreateIndex(index)) for index in sorted(table.indexes, key=str))]
    return sha256("\n".join(said).encode()).hexdigest()[:12]


def _make(folder: Path, accounts: int) -> None:
    for old in KEPT.glob(f"{accounts}-*"):
        rmtree(old)
    with opened(settings_in(folder)) as parts:
        for first in range(0, accounts, BATCH):
            holdings = [holding(parts, nth) for nth in range(first, min(first + BATCH, accounts))]
            with parts.database.changing() as connection:
                BulkAccounts(connection, parts.sealer).add(holdings)
            logging.getLogger(__name__).info("%d of %d accounts", first + len(holdings), accounts)
    (folder / "whole").touch()


def holding(parts: Parts, nth: int) -> Holding:
    """An account with a phone and an e-mail address; every other one with an authenticator app."""
    now = parts.service.clock()
    ids, since, known = Ids(now), now - _AGE, identifiers(nth)
    account = Account(
        id=AccountId(ids.new("acct")),
        version=1,
        name=f"Amara Okafor {nth}",
        username=known["user_name"],
        customer_number=known["customer_number"],
        privileged=False,
        created_at=since,
    )
    authenticator = Authenticator(
        id=AuthenticatorId(ids.new("auth")),
        version=1,
        account_id=account.id,
        kind=AuthenticatorKind.TOTP,
        label="Authenticator app",
        secret=token_bytes(20),
        bound_at=since,
    )
    contacts = tuple(
        ContactPoint(
            id=ContactPointId(ids.new("cp")),
            account_id=account.id,
            kind=kind,
            value=value,
            verified_at=since,
            changed_at=since,
            sim_swap=SignalAnswer.NO if kind is ContactKind.PHONE else SignalAnswer.UNKNOWN,
        )
        for kind, value in ((ContactKind.PHONE, f"+44{known['phone'][1:]}"), (ContactKind.EMAIL, known["email"]))
    )
    return Holding(account=account, contacts=contacts, authenticators=(authenticator,) if nth % 2 else ())


def _tidy(parts: Parts) -> None:
    """Remove what earlier measurements left, and that its log was ever signed: the log would take it for tampering."""
    parts.settings.key_file.with_name("last-signed").unlink(missing_ok=True)
    with parts.database.changing() as connection:
        for table in reversed(tables.metadata.sorted_tables):
            if table not in _KEPT_TABLES:
                connection.execute(delete(table))
    parts.audit.integrate()
