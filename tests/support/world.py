"""A whole server in one process: real parts on a real SQLite file, a clock that tests turn, a worker run by hand."""

import re
import secrets
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from sqlalchemy import String, func, insert, literal, select, union_all

from services.app import Parts, build, data_keys
from services.domain.account import Account, Authenticator, ContactPoint, RecoveryCodes
from services.domain.handover import Message
from services.domain.one_time import TotpKey, new_totp_key, recovery_codes
from services.domain.outcome import Entry, Outcome, Unavailable
from services.domain.staff import Staff, with_permissions
from services.secret import Secret
from services.settings import Settings
from services.storage import tables
from services.storage.bulk import DEVICES, TrustedDevice
from services.storage.database import Database
from services.storage.key_file import KeyFile
from services.storage.password_hashing import PasswordHashing
from services.usecases import staff as usecase
from services.vocabulary import (
    SYSTEM,
    AccountId,
    AuthenticatorId,
    AuthenticatorKind,
    ContactKind,
    ContactPointId,
    Event,
    SignalAnswer,
    StaffId,
)
from services.worker.engine import Progress
from services.worker.performers import performers
from tests.support.totp import totp_now

PASSWORD = "correct horse battery staple"
"""Of every member of staff and every customer in tests."""
LINK = re.compile(r"https?://[^\s/]+(/c/[\w-]+)")
"""A customer's page in a message; the group is its path."""
START = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)

_LENGTHS = [
    (column, column.type.length)
    for table in tables.metadata.sorted_tables
    for column in table.c
    if isinstance(column.type, String) and column.type.length is not None
]
OVERLONG = union_all(
    *(
        select(literal(f"{column.table.name}.{column.name}: ") + column).where(func.length(column) > length)
        for column, length in _LENGTHS
    )
)
"""What SQLite keeps and PostgreSQL would refuse. Made once: making takes longer than asking."""


class TurnedClock:
    """A clock that stands still until a test turns it."""

    def __init__(self, now: datetime = START) -> None:
        self.now = now

    def __call__(self) -> datetime:
        """The time now."""
        return self.now

    def turn(self, span: timedelta) -> None:
        """Let *span* go by."""
        self.now += span


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A member of staff with what they sign in with."""

    staff: Staff
    key: TotpKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    """A customer with everything that only they know."""

    account: Account
    phone: ContactPoint | None
    email: ContactPoint | None
    authenticator: Authenticator | None
    key: TotpKey | None
    codes: tuple[Secret[str], ...]


class Saved(NamedTuple):
    """Somebody's recovery codes, and what the database keeps of them."""

    codes: tuple[Secret[str], ...]
    salt: bytes
    digests: tuple[bytes, ...]


@cache
def _saved(nth: int) -> Saved:
    """A set of codes that no other *nth* has: every world's first customer gets the same, for hashing takes a while."""
    codes, salt, hashing = recovery_codes(secrets.token_bytes), secrets.token_bytes(16), PasswordHashing()
    return Saved(codes, salt, tuple(hashing.code_digest(salt, code) for code in codes))


@cache
def _first_files() -> tuple[bytes, bytes]:
    """A key, and a database with tables and data keys and nobody in it: each world begins with a copy."""
    with TemporaryDirectory() as folder:
        key = KeyFile(Path(folder) / "rightful.key")
        settings = Settings(data_dir=Path(folder), key_file=key.path)
        key.create(database_exists=False)
        database = Database(settings.database_url)
        tables.metadata.create_all(database.engine)
        data_keys(database, key, START)
        database.close()
        return key.path.read_bytes(), (Path(folder) / "rightful.db").read_bytes()


class World:
    """A server's parts, and what tests do to them."""

    _hash = ""
    """Of everybody's password: the worlds' keys are one."""

    def __init__(self, folder: Path) -> None:
        key_file = folder / "key" / "rightful.key"
        key_file.parent.mkdir(parents=True)
        key, database = _first_files()
        key_file.write_bytes(key)
        key_file.chmod(0o600)
        (folder / "rightful.db").write_bytes(database)
        self.settings = Settings(data_dir=folder, key_file=key_file, messenger="demo", demo_token="demo")
        self.clock = TurnedClock()
        self.parts: Parts = build(self.settings, self.clock)
        self.service = self.parts.service
        self.storage = self.parts.storage
        World._hash = self._hash or self.service.passwords.hashed(Secret(PASSWORD))
        self._made = 0

    def close(self) -> None:
        """Close the database, after a look at what SQLite does not look at and PostgreSQL refuses."""
        long = self._overlong()
        self.parts.close()
        assert not long, f"longer than their columns: {long}"

    def _overlong(self) -> list[str]:
        """Texts that were written and are longer than their columns; none where a test damaged the database."""
        with suppress(Unavailable), self.parts.database.reading() as connection:
            return list(connection.scalars(OVERLONG))
        return []

    def person(self, role: str = "agent", login: str = "", name: str = "Ada Demo") -> Person:
        """A member of staff who can sign in."""
        key = new_totp_key(secrets.token_bytes)
        staff = Staff(
            id=StaffId(self.service.new_id("stf")),
            login=login or f"{role}{self._count()}",
            name=name,
            role=role,
            password_hash=self._hash,
            totp_secret=key.secret.reveal(),
            created_at=self.clock(),
        )
        with self.storage.changing() as work:
            added = usecase.add(self.service, work, SYSTEM, staff)
        return Person(staff=with_permissions(added, self.service.roles), key=key)

    def customer(
        self,
        *,
        phone: bool = True,
        email: bool = True,
        totp: bool = False,
        codes: bool = False,
        privileged: bool = False,
        locked: bool = False,
        sim_swap: SignalAnswer = SignalAnswer.NO,
        age: timedelta = timedelta(days=400),
        phone_age: timedelta | None = None,
    ) -> Customer:
        """A customer on file, everything on it as old as *age*."""
        nth, since = self._count(), self.clock() - age
        account = Account(
            id=AccountId(self.service.new_id("acct")),
            name=f"Amara Okafor {nth}",
            username=f"amara{nth}",
            customer_number=f"RC{nth:07}",
            privileged=privileged,
            created_at=since,
            locked_at=self.clock() if locked else None,
            password_hash=self._hash,
        )
        key = new_totp_key(secrets.token_bytes) if totp else None
        saved = _saved(nth) if codes else None
        phone_since = self.clock() - (phone_age or age)
        with self.storage.changing() as work:
            account = work.accounts.put(account)
            phone_point = self._contact(account, ContactKind.PHONE, f"+4477009{nth:05}", phone_since, sim_swap)
            email_point = self._contact(account, ContactKind.EMAIL, f"amara{nth}@postbox.example", since)
            if phone:
                work.contacts.put(phone_point)
            if email:
                work.contacts.put(email_point)
            authenticator = None
            if key is not None:
                authenticator = work.authenticators.put(
                    Authenticator(
                        id=AuthenticatorId(self.service.new_id("auth")),
                        account_id=account.id,
                        kind=AuthenticatorKind.TOTP,
                        label="Authenticator app",
                        secret=key.secret.reveal(),
                        bound_at=since,
                    )
                )
            if saved:
                kept = RecoveryCodes(id=account.id, salt=saved.salt, digests=saved.digests, issued_at=since)
                work.recovery_codes.put(kept)
            entry = Entry(event=Event.ACCOUNTS_IMPORTED, at=self.clock(), actor=SYSTEM, details={"count": 1})
            work.record(Outcome(state=None, entry=entry))
        return Customer(
            account=account,
            phone=phone_point if phone else None,
            email=email_point if email else None,
            authenticator=authenticator,
            key=key,
            codes=saved.codes if saved else (),
        )

    def add_contact(self, who: Customer, kind: ContactKind, value: str) -> ContactPoint:
        """Another contact point on file of *who*, as old as the account."""
        since = who.account.created_at
        with self.storage.changing() as work:
            added = work.contacts.put(self._contact(who.account, kind, value, since, SignalAnswer.NO))
            entry = Entry(event=Event.ACCOUNTS_IMPORTED, at=self.clock(), actor=SYSTEM, details={"count": 1})
            work.record(Outcome(state=None, entry=entry))
        return added

    def signed_in(self, who: Customer) -> None:
        """The customer, or somebody in their place, is signed in at the portal, on a device that it remembers."""
        device = TrustedDevice(
            id=self.service.new_id("dev"), account_id=who.account.id, label="Phone", seen_at=self.clock()
        )
        session = {"id": self.service.new_id("cs"), "account_id": who.account.id, "started_at": self.clock()}
        with self.parts.database.changing() as connection:
            connection.execute(insert(tables.trusted_devices).values(DEVICES.row(device, self.parts.sealer)))
            connection.execute(insert(tables.customer_sessions).values(session))

    def totp(self, key: TotpKey) -> str:
        """What an authenticator app shows now."""
        return totp_now(key, self.clock())

    def work(self, rounds: int = 1000) -> int:
        """Perform every effect that waits, as the worker would; how many there were."""
        doers = performers(self.service)
        performed = 0
        while due := self.parts.outbox.due(100):
            for effect in due:
                doer = doers[effect.kind]
                while doer.perform(effect.payload, effect.key) is Progress.MORE:
                    rounds -= 1
                    assert rounds > 0, "an effect never settles"
                self.parts.outbox.handed_over(effect.key)
                performed += 1
        return performed

    def messages(self) -> list[Message]:
        """Everything that was sent, oldest first."""
        with self.storage.reading() as work:
            return work.messages.sent_after("", 10_000)

    def links(self, kind: str) -> Iterator[str]:
        """Paths of the customer's pages in messages of one kind, newest first."""
        for message in reversed(self.messages()):
            found = LINK.search(message.body)
            if message.kind == kind and found:
                yield found.group(1)

    def token(self, kind: str) -> Secret[str]:
        """The token of the newest link in messages of one kind."""
        return Secret(next(self.links(kind)).removeprefix("/c/"))

    def events(self) -> list[str]:
        """Every event in the audit log, oldest first."""
        with self.parts.database.reading() as connection:
            table = tables.audit_entries
            return list(connection.scalars(table.select().with_only_columns(table.c.event).order_by(table.c.serial)))

    def entries(self, event: Event) -> list[str]:
        """The text of every entry of one event, oldest first."""
        with self.parts.database.reading() as connection:
            table = tables.audit_entries
            query = table.select().with_only_columns(table.c.text).where(table.c.event == event)
            return list(connection.scalars(query.order_by(table.c.serial)))

    def _contact(
        self,
        account: Account,
        kind: ContactKind,
        value: str,
        since: datetime,
        sim_swap: SignalAnswer = SignalAnswer.UNKNOWN,
    ) -> ContactPoint:
        return ContactPoint(
            id=ContactPointId(self.service.new_id("cp")),
            account_id=account.id,
            kind=kind,
            value=value,
            verified_at=since,
            changed_at=since,
            sim_swap=sim_swap,
            sim_swapped_at=self.clock() - timedelta(days=1) if sim_swap is SignalAnswer.YES else None,
        )

    def _count(self) -> int:
        self._made += 1
        return self._made
