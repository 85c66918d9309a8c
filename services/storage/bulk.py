"""Many accounts at once: sealed row by row, written a table at a time."""

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import Connection, Table, bindparam, delete, insert, select, update

from services.domain.account import Account, Authenticator, ContactPoint, RecoveryCodes
from services.domain.attempts import Attempts
from services.domain.identifiers import Kind
from services.domain.ids import RANDOM_OCTETS, id_of
from services.storage import tables
from services.storage.database import Database, answering
from services.storage.mappers import ACCOUNTS, ATTEMPTS, AUTHENTICATORS, CONTACTS, RECOVERY_CODES
from services.storage.mapping import Mapper
from services.storage.sealing import Sealer
from services.vocabulary import AccountId

T = TypeVar("T")

ASKED_AT_ONCE = 5_000
"""Values in one question: SQLite takes 32,766 and PostgreSQL 65,535."""
WRITTEN_AT_ONCE = 2_000
"""Accounts whose rows are written together: bounds the memory."""
CACHE_KIB = 262_144
"""SQLite's page cache for bulk writing. Keyed indexes are hit all over: what is not cached is read from the disk."""
CHECKPOINT_PAGES = 50_000
"""Pages in SQLite's write-ahead log before they are copied to where they belong: most are written again before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustedDevice:
    """A browser or phone that the portal remembers."""

    id: str
    account_id: AccountId
    label: str
    seen_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerSession:
    """A session of the customer at the portal."""

    id: str
    account_id: AccountId
    started_at: datetime


DEVICES = Mapper(TrustedDevice, tables.trusted_devices, sealed=frozenset({"label"}))
SESSIONS = Mapper(CustomerSession, tables.customer_sessions)
_TABLES: tuple[Table, ...] = tuple(
    mapper.table for mapper in (ACCOUNTS, CONTACTS, AUTHENTICATORS, RECOVERY_CODES, DEVICES, SESSIONS)
)
"""In the order in which they refer to each other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """An account with everything that hangs on it."""

    account: Account
    contacts: tuple[ContactPoint, ...] = ()
    authenticators: tuple[Authenticator, ...] = ()
    recovery_codes: RecoveryCodes | None = None
    devices: tuple[TrustedDevice, ...] = ()
    sessions: tuple[CustomerSession, ...] = ()


Rows = Mapping[str, list[dict[str, Any]]]
"""Sealed rows by table, ready to be written."""


class Ids:
    """Ids made together, of the moment of their batch; otherwise as `Service.new_id` makes them."""

    def __init__(self, now: datetime, random: Callable[[int], bytes] = os.urandom) -> None:
        self._now, self._random = now, random

    def new(self, prefix: str) -> str:
        """A fresh id."""
        return id_of(prefix, self._now, self._random(RANDOM_OCTETS))


def rows_of(holding: Holding, sealer: Sealer) -> Rows:
    """The sealed rows of a new account: what takes longest, and needs no database."""
    parts: tuple[tuple[Mapper[Any], Iterable[Any]], ...] = (
        (ACCOUNTS, (holding.account,)),
        (CONTACTS, holding.contacts),
        (AUTHENTICATORS, holding.authenticators),
        (RECOVERY_CODES, (holding.recovery_codes,) if holding.recovery_codes else ()),
        (DEVICES, holding.devices),
        (SESSIONS, holding.sessions),
    )
    return {mapper.table.name: [mapper.row(one, sealer) for one in states] for mapper, states in parts if states}


def number_index(number: str, sealer: Sealer) -> bytes:
    """What a canonical customer number is found by."""
    return sealer.blind_index(Kind.CUSTOMER_NUMBER, number)


def name_index(username: str, sealer: Sealer) -> bytes:
    """What a canonical user name is found by."""
    return sealer.blind_index(Kind.USER_NAME, username)


def make_room(database: Database) -> None:
    """Prepare an embedded database's connection for bulk writing, in a process that does nothing else."""
    if database.engine.dialect.name != "sqlite":
        return
    with answering(), database.engine.connect() as connection:
        connection.exec_driver_sql(f"PRAGMA cache_size=-{CACHE_KIB}")
        connection.exec_driver_sql(f"PRAGMA wal_autocheckpoint={CHECKPOINT_PAGES}")


class BulkAccounts:
    """Accounts in bulk, within one transaction."""

    def __init__(self, connection: Connection, sealer: Sealer) -> None:
        self._connection, self._sealer = connection, sealer

    def holders_of_numbers(self, indexes: Iterable[bytes]) -> dict[bytes, AccountId]:
        """Keyed index of a customer number -> the account that has it."""
        return self._holders(tables.accounts.c.customer_number_index, indexes)

    def holders_of_names(self, indexes: Iterable[bytes]) -> dict[bytes, AccountId]:
        """Keyed index of a user name -> the account that has it."""
        return self._holders(tables.accounts.c.username_index, indexes)

    def add(self, holdings: Iterable[Holding]) -> None:
        """Write new accounts; none of them is there yet."""
        self.write(rows_of(one, self._sealer) for one in holdings)

    def write(self, accounts: Iterable[Rows]) -> None:
        """The same, of sealed rows."""
        left = iter(accounts)
        while some := list(islice(left, WRITTEN_AT_ONCE)):
            for table in _TABLES:
                rows = [row for one in some for row in one.get(table.name, ())]
                if rows:
                    self._connection.execute(insert(table), rows)

    def load(self, ids: Sequence[AccountId]) -> list[Holding]:
        """Accounts as they are, in no order."""
        accounts: list[Account] = self._read(ACCOUNTS, ids, "id")
        contacts = _by_account(self._read(CONTACTS, ids))
        authenticators = _by_account(self._read(AUTHENTICATORS, ids))
        codes = {one.id: one for one in self._read(RECOVERY_CODES, ids, "id")}
        devices, sessions = _by_account(self._read(DEVICES, ids)), _by_account(self._read(SESSIONS, ids))
        return [
            Holding(
                account=account,
                contacts=tuple(contacts.get(account.id, ())),
                authenticators=tuple(authenticators.get(account.id, ())),
                recovery_codes=codes.get(account.id),
                devices=tuple(devices.get(account.id, ())),
                sessions=tuple(sessions.get(account.id, ())),
            )
            for account in accounts
        ]

    def counters(self, ids: Sequence[AccountId]) -> dict[AccountId, dict[str, Attempts]]:
        """Failures of accounts, by account and bucket; an account without any is not there."""
        found = _by_account(self._read(ATTEMPTS, ids))
        return {account: {one.bucket: one for one in some} for account, some in found.items()}

    def replace(self, before: Sequence[Holding], after: Sequence[Holding]) -> None:
        """Write accounts anew that were loaded in this transaction; what is not among *after* is removed.

        Contact points are never removed: they are told of what happens while they are retired (N-IDP-17).
        """
        self._exchange(ACCOUNTS, [one.account for one in before], [one.account for one in after])
        self._exchange(
            CONTACTS, [x for one in before for x in one.contacts], [x for one in after for x in one.contacts]
        )
        self._exchange(
            AUTHENTICATORS,
            [each for one in before for each in one.authenticators],
            [each for one in after for each in one.authenticators],
        )
        self._exchange(
            RECOVERY_CODES,
            [one.recovery_codes for one in before if one.recovery_codes],
            [one.recovery_codes for one in after if one.recovery_codes],
        )
        self._exchange(DEVICES, [x for one in before for x in one.devices], [x for one in after for x in one.devices])
        self._exchange(
            SESSIONS, [x for one in before for x in one.sessions], [x for one in after for x in one.sessions]
        )

    def _exchange(self, mapper: Mapper[T], before: Sequence[T], after: Sequence[T]) -> None:
        were, are = {_id(one): one for one in before}, {_id(one): one for one in after}
        gone = [{"gone": one} for one in were if one not in are]
        if gone:
            self._connection.execute(delete(mapper.table).where(mapper.table.c.id == bindparam("gone")), gone)
        self._update(mapper, [one for key, one in are.items() if key in were and were[key] != one])
        self._insert(mapper, [one for key, one in are.items() if key not in were])

    def _insert(self, mapper: Mapper[T], states: Sequence[T]) -> None:
        if states:
            self._connection.execute(insert(mapper.table), [mapper.row(one, self._sealer) for one in states])

    def _update(self, mapper: Mapper[T], states: Sequence[T]) -> None:
        if not states:
            return
        columns: dict[str, Any] = {
            column.name: bindparam(f"new_{column.name}") for column in mapper.table.c if column.name != "id"
        }
        statement = update(mapper.table).where(mapper.table.c.id == bindparam("new_id")).values(columns)
        rows = [mapper.row(one, self._sealer) for one in states]
        self._connection.execute(statement, [{f"new_{name}": value for name, value in row.items()} for row in rows])

    def _read(self, mapper: Mapper[T], ids: Sequence[AccountId], column: str = "account_id") -> list[T]:
        table: Table = mapper.table
        query = select(table).where(table.c[column].in_(ids)).order_by(table.c.id)
        return [mapper.state(row, self._sealer) for row in self._connection.execute(query)]

    def _holders(self, column: Any, indexes: Iterable[bytes]) -> dict[bytes, AccountId]:
        wanted = list(indexes)
        found: dict[bytes, AccountId] = {}
        for start in range(0, len(wanted), ASKED_AT_ONCE):
            asked = wanted[start : start + ASKED_AT_ONCE]
            query = select(column, tables.accounts.c.id).where(column.in_(asked))
            found.update((bytes(index), AccountId(holder)) for index, holder in self._connection.execute(query))
        return found


def _id(state: Any) -> str:
    return str(state.id)


def _by_account(states: Iterable[Any]) -> Mapping[AccountId, list[Any]]:
    sorted_out: dict[AccountId, list[Any]] = {}
    for state in states:
        sorted_out.setdefault(state.account_id, []).append(state)
    return sorted_out
