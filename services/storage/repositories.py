"""Each kind of state in its table, with the questions that the use cases ask of it."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, or_, select, update

from services.domain.account import Account, Authenticator, ContactPoint, Dossier, RecoveryCodes
from services.domain.attempts import Attempts
from services.domain.case import Case
from services.domain.handover import Budget, CaseNote, Link, Message, Review
from services.domain.identifiers import Candidate, Kind
from services.domain.recovery import UNSETTLED, Action, StepRecord
from services.domain.staff import Staff, StaffSession
from services.domain.verification import Check
from services.secret import Secret
from services.storage import tables
from services.storage.mapping import HEX_LIST, LIST, Codec, Mapper
from services.storage.records import Records
from services.storage.sealing import Sealer, token_digest
from services.storage.tables import EPOCH
from services.vocabulary import (
    AccountId,
    ActionState,
    CaseId,
    CheckState,
    Event,
    MessageState,
    StaffId,
    StepKind,
    StepState,
)


def _steps(steps: Iterable[StepRecord]) -> list[dict[str, Any]]:
    return [{**asdict(step), "done_at": step.done_at.isoformat() if step.done_at else None} for step in steps]


def _read_steps(stored: list[dict[str, Any]]) -> tuple[StepRecord, ...]:
    return tuple(
        StepRecord(
            kind=StepKind(step["kind"]),
            state=StepState(step["state"]),
            result=step["result"],
            done_at=datetime.fromisoformat(step["done_at"]) if step["done_at"] else None,
        )
        for step in stored
    )


def _account_indexes(account: Account, sealer: Sealer) -> dict[str, Any]:
    number, username = account.customer_number, account.username
    return {
        "customer_number_index": sealer.blind_index(Kind.CUSTOMER_NUMBER, number),
        "username_index": sealer.blind_index(Kind.USER_NAME, username) if username else None,
    }


def _contact_index(contact: ContactPoint, sealer: Sealer) -> dict[str, Any]:
    return {"value_index": sealer.blind_index(contact.kind, contact.value)}


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedEntry:
    """An audit entry as it is read back for a timeline."""

    at: datetime
    event: Event
    actor: str
    details: dict[str, Any]


STAFF = Mapper(Staff, tables.staff, sealed=frozenset({"totp_secret"}), left_out=frozenset({"permissions"}))
SESSIONS = Mapper(StaffSession, tables.staff_sessions)
ACCOUNTS = Mapper(
    Account, tables.accounts, sealed=frozenset({"name", "username", "customer_number"}), extra=_account_indexes
)
CONTACTS = Mapper(ContactPoint, tables.contact_points, sealed=frozenset({"value"}), extra=_contact_index)
AUTHENTICATORS = Mapper(Authenticator, tables.authenticators, sealed=frozenset({"secret"}))
RECOVERY_CODES = Mapper(RecoveryCodes, tables.recovery_codes, codecs={"digests": HEX_LIST})
ATTEMPTS = Mapper(Attempts, tables.attempts)
BUDGETS = Mapper(Budget, tables.budgets)
CASES = Mapper(Case, tables.cases, sealed=frozenset({"reference"}), codecs={"revealed": LIST})
CHECKS = Mapper(Check, tables.checks, sealed=frozenset({"read_out"}))
ACTIONS = Mapper(
    Action,
    tables.actions,
    sealed=frozenset({"about"}),
    codecs={"evidence": LIST, "steps": Codec(to_column=_steps, to_field=_read_steps)},
)
LINKS = Mapper(Link, tables.links)
MESSAGES = Mapper(Message, tables.messages, sealed=frozenset({"address", "subject", "body"}))
REVIEWS = Mapper(Review, tables.reviews)
NOTES = Mapper(CaseNote, tables.notes, sealed=frozenset({"text"}))


class StaffRecords(Records[Staff]):
    """Members of staff."""

    def by_login(self, login: str) -> Staff | None:
        """Whoever signs in with this login."""
        return self.first(self.table.c.login == login)

    def everybody(self) -> list[Staff]:
        """All of them, by login."""
        return self.every(order=self.table.c.login)


class SessionRecords(Records[StaffSession]):
    """Staff sessions."""

    def by_token(self, token: Secret[str]) -> StaffSession | None:
        """The session that a token opens, over or not."""
        return self.first(self.table.c.token_digest == token_digest(token))

    def end_all(self, staff_id: StaffId, now: datetime) -> int:
        """End every running session of one person; returns how many there were."""
        running = and_(self.table.c.staff_id == staff_id, self.table.c.ended_at.is_(None))
        return self._connection.execute(update(self.table).where(running).values(ended_at=now)).rowcount

    def end(self, session: StaffSession, now: datetime) -> None:
        """End one session."""
        self._connection.execute(update(self.table).where(self.table.c.id == session.id).values(ended_at=now))

    def touch(self, session: StaffSession, now: datetime) -> None:
        """Note that it was used."""
        self._connection.execute(update(self.table).where(self.table.c.id == session.id).values(seen_at=now))


class AccountRecords(Records[Account]):
    """Customers' accounts: the built-in directory's reading side."""

    def match(self, candidates: Iterable[Candidate]) -> AccountId | None:
        """The one account that any reading matches; None for none, and for several. One index probe a reading."""
        found = {account for candidate in candidates for account in self._probe(candidate)}
        return AccountId(found.pop()) if len(found) == 1 else None

    def neighbour(self, text: str) -> AccountId | None:
        """Some account, chosen by what was typed and by nothing else: the next keyed index, round the corner."""
        contacts = tables.contact_points.c
        index = self._sealer.blind_index("neighbour", text)
        after = select(contacts.account_id).where(contacts.value_index >= index).order_by(contacts.value_index).limit(1)
        first = select(contacts.account_id).order_by(contacts.value_index).limit(1)
        found = self._connection.scalar(after) or self._connection.scalar(first)
        return AccountId(found) if found else None

    def dossier(self, account_id: AccountId) -> Dossier:
        """Everything that decisions about an account need.

        Raises:
            Missing: If there is no such account.
        """
        account = self.get(account_id)
        codes = self._of(RECOVERY_CODES, account_id, column="id")
        attempts: list[Attempts] = self._of(ATTEMPTS, account_id)
        return Dossier(
            account=account,
            contacts=tuple(self._of(CONTACTS, account_id)),
            authenticators=tuple(self._of(AUTHENTICATORS, account_id)),
            recovery_codes=codes[0] if codes else None,
            trusted_devices=self._count(tables.trusted_devices, account_id),
            sessions=self._count(tables.customer_sessions, account_id),
            attempts={one.id.split("/", 1)[1]: one for one in attempts},
            open_reviews=self._count(tables.reviews, account_id, tables.reviews.c.closed_at.is_(None)),
        )

    def _probe(self, candidate: Candidate) -> list[str]:
        index = self._sealer.blind_index(candidate.kind, candidate.canonical)
        accounts, contacts = tables.accounts.c, tables.contact_points.c
        if candidate.kind is Kind.CUSTOMER_NUMBER:
            query = select(accounts.id).where(accounts.customer_number_index == index)
        elif candidate.kind is Kind.USER_NAME:
            query = select(accounts.id).where(accounts.username_index == index)
        else:
            query = select(contacts.account_id).where(contacts.value_index == index, contacts.retired_at.is_(None))
        return list(self._connection.scalars(query.limit(2)))

    def _of(self, mapper: Mapper[Any], account_id: AccountId, column: str = "account_id") -> list[Any]:
        return Records(self._connection, self._sealer, mapper).every(mapper.table.c[column] == account_id)

    def _count(self, table: Any, account_id: AccountId, *where: Any) -> int:
        query = select(func.count()).select_from(table).where(table.c.account_id == account_id, *where)
        return self._connection.scalar(query) or 0


class CaseRecords(Records[Case]):
    """Cases."""

    def of_agent(self, agent_id: StaffId, after: str | None, count: int) -> list[Case]:
        """A page of an agent's cases, newest first."""
        older = (self.table.c.id < after,) if after else ()
        return self.every(self.table.c.agent_id == agent_id, *older, order=self.table.c.id.desc(), count=count)


class CheckRecords(Records[Check]):
    """Checks."""

    def of_case(self, case_id: CaseId) -> list[Check]:
        """Of one case, oldest first."""
        return self.every(self.table.c.case_id == case_id)

    def overdue(self, now: datetime, count: int) -> list[Check]:
        """Pending ones whose time is over."""
        return self.every(self.table.c.state == CheckState.PENDING, self.table.c.expires_at <= now, count=count)


class ActionRecords(Records[Action]):
    """Recovery actions."""

    def of_case(self, case_id: CaseId) -> list[Action]:
        """Of one case, oldest first."""
        return self.every(self.table.c.case_id == case_id)

    def unsettled(self, account_id: AccountId) -> list[Action]:
        """Of an account, of any case, that can still be stopped."""
        return self.every(self.table.c.account_id == account_id, self.table.c.state.in_(sorted(UNSETTLED)))

    def due(self, now: datetime, count: int) -> list[Action]:
        """Whose cooling-off is over."""
        return self.every(self.table.c.state == ActionState.COOLING, self.table.c.due_at <= now, count=count)

    def overdue(self, now: datetime, count: int) -> list[Action]:
        """Handed over, and the owner's link has died."""
        dead = self.table.c.link_expires_at <= now
        return self.every(self.table.c.state == ActionState.HANDED_OVER, dead, count=count)


class LinkRecords(Records[Link]):
    """One-time links."""

    def by_token(self, token: Secret[str]) -> Link | None:
        """The link that a token opens, dead or alive."""
        return self.first(self.table.c.token_digest == token_digest(token))


class MessageRecords(Records[Message]):
    """Messages to owners."""

    def by_dedupe(self, dedupe: str) -> Message | None:
        """The message with this key, if it was written before."""
        return self.first(self.table.c.dedupe == dedupe)

    def sent_after(self, after: str, count: int) -> list[Message]:
        """Sent messages of everybody, in the order they were sent, after one of them."""
        place = self.first(self.table.c.id == after)
        sent_at = place.sent_at if place and place.sent_at else EPOCH
        later = or_(self.table.c.sent_at > sent_at, and_(self.table.c.sent_at == sent_at, self.table.c.id > after))
        order = (self.table.c.sent_at, self.table.c.id)
        query = select(self.table).where(self.table.c.state == MessageState.SENT, later).order_by(*order).limit(count)
        return [self._mapper.state(row, self._sealer) for row in self._connection.execute(query)]
