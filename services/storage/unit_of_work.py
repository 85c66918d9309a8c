"""State, audit entries and outbox rows, committed together or not at all."""

import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from functools import cached_property, partial
from hmac import compare_digest
from typing import TypeVar

from sqlalchemy import Connection, delete

from services.domain.account import Authenticator, ContactPoint, RecoveryCodes
from services.domain.attempts import Attempts
from services.domain.audit.entry import SALT_BYTES, parse_entry, write_entry
from services.domain.containment import Review
from services.domain.ids import id_of
from services.domain.outcome import Effect, Entry, KeyReused, Outcome
from services.guarded import guarded
from services.secret import Secret
from services.storage import mappers, statements, tables
from services.storage import repositories as kinds
from services.storage.data_keys import Unreadable
from services.storage.database import Database
from services.storage.directory import BuiltInDirectory
from services.storage.records import Records
from services.storage.sealing import Sealer, token_digest
from services.vocabulary import AccountId, CaseId, Event

State = TypeVar("State")

Committed = Callable[[Mapping[int, Entry], int], None]
"""Told after each commit: the entries that were written, by serial number, and how many effects wait in the outbox."""


class Unaudited(Exception):
    """State was written and nothing about it in the audit log: a bug, and the transaction does not happen."""


class Work:
    """One transaction, with every kind of state in it."""

    def __init__(self, connection: Connection, sealer: Sealer, now: datetime) -> None:
        self.connection, self._sealer, self._now = connection, sealer, now
        self.entries: dict[int, Entry] = {}
        self.effects = 0
        self._texts_erased = 0

    @cached_property
    def staff(self) -> kinds.StaffRecords:
        """Members of staff."""
        return kinds.StaffRecords(self.connection, self._sealer, mappers.STAFF)

    @cached_property
    def sessions(self) -> kinds.SessionRecords:
        """Staff sessions."""
        return kinds.SessionRecords(self.connection, self._sealer, mappers.SESSIONS)

    @cached_property
    def accounts(self) -> kinds.AccountRecords:
        """Customers' accounts."""
        return kinds.AccountRecords(self.connection, self._sealer, mappers.ACCOUNTS)

    @cached_property
    def contacts(self) -> Records[ContactPoint]:
        """Contact points."""
        return Records(self.connection, self._sealer, mappers.CONTACTS)

    @cached_property
    def authenticators(self) -> Records[Authenticator]:
        """Customers' authenticators."""
        return Records(self.connection, self._sealer, mappers.AUTHENTICATORS)

    @cached_property
    def recovery_codes(self) -> Records[RecoveryCodes]:
        """Saved recovery codes."""
        return Records(self.connection, self._sealer, mappers.RECOVERY_CODES)

    @cached_property
    def attempts(self) -> Records[Attempts]:
        """Failures, by account and factor."""
        return Records(self.connection, self._sealer, mappers.ATTEMPTS)

    @cached_property
    def budgets(self) -> kinds.BudgetRecords:
        """What staff have used of their hourly budgets."""
        return kinds.BudgetRecords(self.connection, self._sealer, mappers.BUDGETS)

    @cached_property
    def cases(self) -> kinds.CaseRecords:
        """Cases."""
        return kinds.CaseRecords(self.connection, self._sealer, mappers.CASES)

    @cached_property
    def checks(self) -> kinds.CheckRecords:
        """Checks."""
        return kinds.CheckRecords(self.connection, self._sealer, mappers.CHECKS)

    @cached_property
    def actions(self) -> kinds.ActionRecords:
        """Recovery actions."""
        return kinds.ActionRecords(self.connection, self._sealer, mappers.ACTIONS)

    @cached_property
    def links(self) -> kinds.LinkRecords:
        """One-time links."""
        return kinds.LinkRecords(self.connection, self._sealer, mappers.LINKS)

    @cached_property
    def messages(self) -> kinds.MessageRecords:
        """Messages to owners."""
        return kinds.MessageRecords(self.connection, self._sealer, mappers.MESSAGES)

    @cached_property
    def reviews(self) -> Records[Review]:
        """Accounts that wait for a person to look at them."""
        return Records(self.connection, self._sealer, mappers.REVIEWS)

    @cached_property
    def notes(self) -> kinds.NoteRecords:
        """Notes on cases."""
        return kinds.NoteRecords(self.connection, self._sealer, mappers.NOTES)

    @cached_property
    def directory(self) -> BuiltInDirectory:
        """Customers' credentials, changed in this transaction."""
        return BuiltInDirectory(self.connection, self._sealer)

    def record(self, outcome: Outcome[State]) -> State:
        """Write an outcome's audit entries and effects; returns its state, which the caller puts away."""
        for entry in outcome.entries:
            self._append(entry)
        for effect in outcome.effects:
            self.enqueue(effect)
        return outcome.state

    def enqueue(self, effect: Effect) -> None:
        """Write one more effect for the worker, beside the outcome's own."""
        row = {"id": effect.key, "kind": effect.kind, "payload": dict(effect.payload), "created_at": self._now}
        self.connection.execute(statements.ENQUEUE, row)
        self.effects += 1

    def settle_effect(self, key: str) -> None:
        """Mark an effect as settled: nothing is left of it to do."""
        self.connection.execute(statements.SETTLE_EFFECT, {"of": key, "now": self._now})

    def kept_answer(self, key: str, request: bytes) -> bytes | None:
        """The first answer to this key, or None when it is new.

        Raises:
            KeyReused: If the key came with another request (a digest of it) before.
        """
        row = self.connection.execute(statements.KEPT_ANSWER, {"of": key}).first()
        if row is None:
            return None
        if not compare_digest(row.request_digest, request):
            raise KeyReused
        return self._sealer.open(row.body, f"idempotency.body:{key}")

    def keep_answer(self, key: str, request: bytes, answer: bytes) -> None:
        """Keep the first answer to a key, sealed: it may show what only this desktop may see."""
        body = self._sealer.seal(answer, f"idempotency.body:{key}")
        row = {"id": key, "request_digest": request, "body": body, "created_at": self._now}
        self.connection.execute(statements.KEEP_ANSWER, row)

    def forget_answers(self, before: datetime) -> int:
        """Forget the answers that were kept before a time; returns how many there were."""
        table = tables.idempotency
        return self.connection.execute(delete(table).where(table.c.created_at < before)).rowcount

    def forget_spent(self, before: datetime, count: int) -> int:
        """Forget messages that were settled, links that died and sessions that ended before a time.

        The oldest first, and of each at most *count*; returns how many there were. What happened stays in the log.
        """
        given = {"before": before, "count": count}
        return sum(
            self.connection.execute(forget, given | {"first": id_of(prefix, before)}).rowcount
            for prefix, forget in statements.FORGET_SPENT.items()
        )

    def erase_prose(self, account_id: AccountId) -> int:
        """Erase what was typed in entries about an account, or in a case of it; returns how many texts there were.

        The log keeps its commitments to them, which say nothing without the salts, and still verifies (L-12).
        """
        erased = self.connection.execute(statements.ERASE_PROSE, {"account_id": account_id}).rowcount
        self._texts_erased += erased
        return erased

    def timeline(self, case_id: CaseId) -> list[kinds.LoggedEntry]:
        """The audit entries of a case, oldest first."""
        return [_read_back(text) for text in self.connection.scalars(statements.TIMELINE, {"case_id": case_id})]

    def newest_entry(self, event: Event, subject: str) -> kinds.LoggedEntry | None:
        """The newest audit entry of an event about a subject; None if there was never one."""
        text = self.connection.scalar(statements.NEWEST_ENTRY, {"event": event, "subject": subject})
        return None if text is None else _read_back(text)

    def code_digest(self, context: str, code: Secret[str] | str) -> bytes:
        """What stands in the database for a short one-time code."""
        return self._sealer.code_digest(context, code)

    def token_digest(self, token: Secret[str]) -> bytes:
        """What stands in the database for a token of 256 random bits."""
        return token_digest(token)

    def sealed(self, octets: Secret[bytes], place: str) -> Secret[str]:
        """Something secret, sealed for the one place that *place* names, in hexadecimal digits."""
        return Secret(self._sealer.seal(octets.reveal(), place).hex())

    def unsealed(self, sealed: Secret[str], place: str) -> Secret[bytes] | None:
        """What was sealed for a place; None if it was made up, altered, or sealed for another."""
        try:
            return Secret(self._sealer.open(bytes.fromhex(sealed.reveal()), place))
        except (ValueError, Unreadable):
            return None

    def audited(self) -> None:
        """Refuse to commit state that the log says nothing about (invariant 11).

        Raises:
            Unaudited: If there is any.
        """
        silent = {"budgets", "sessions", "messages"}
        states = [one for name, one in vars(self).items() if isinstance(one, Records) and name not in silent]
        written = [one.table.name for one in states if one.written]
        written += sorted(self.directory.written)
        if self._texts_erased:
            written.append(tables.audit_prose.name)
        if written and not self.entries:
            raise Unaudited(", ".join(written))

    def _append(self, entry: Entry) -> None:
        written = write_entry(entry, secrets.token_bytes(SALT_BYTES))
        row = {
            "at": entry.at,
            "event": entry.event,
            "actor": entry.actor,
            "subject": entry.subject,
            "case_id": entry.case,
            "text": written.canonical.decode(),
        }
        (serial,) = self.connection.execute(statements.APPEND, row).inserted_primary_key or (0,)
        if written.prose is not None:
            sealed = self._sealer.seal(written.prose.text, f"audit_prose.text:{serial}")
            salt = self._sealer.seal(written.prose.salt, f"audit_prose.salt:{serial}")
            self.connection.execute(statements.APPEND_PROSE, {"serial": serial, "salt": salt, "text": sealed})
        self.entries[serial] = entry


def _read_back(text: str) -> kinds.LoggedEntry:
    one = parse_entry(text.encode())
    return kinds.LoggedEntry(at=one.at, event=Event(one.event), actor=one.actor, details=dict(one.details))


class SqlStorage:
    """State, audit log and outbox in one database."""

    def __init__(self, database: Database, sealer: Sealer, clock: Callable[[], datetime]) -> None:
        self.database, self.sealer, self._clock = database, sealer, clock
        self.committed: list[Committed] = []
        """Who wants to know of each commit. Called after it, in the committing thread; what one raises is logged."""

    @contextmanager
    def reading(self) -> Iterator[Work]:
        """A transaction that only reads."""
        with self.database.reading() as connection:
            yield Work(connection, self.sealer, self._clock())

    @contextmanager
    def changing(self) -> Iterator[Work]:
        """A transaction that commits at the end of the block, or not at all when it raises.

        Raises:
            Unaudited: If state was written without an audit entry.
        """
        with self.database.changing() as connection:
            work = Work(connection, self.sealer, self._clock())
            yield work
            work.audited()
        if work.entries or work.effects:
            for tell in self.committed:
                guarded("told of a commit", partial(tell, work.entries, work.effects))
