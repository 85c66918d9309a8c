"""Each kind of state in its table, with the questions that the use cases ask of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.domain.account import Account, Dossier
from services.domain.attempts import Attempts
from services.domain.budget import Budget, Hour, lookups_of, reveals_of
from services.domain.case import Case, CaseNote
from services.domain.handover import Link, Message
from services.domain.identifiers import Candidate, Kind
from services.domain.outcome import Missing
from services.domain.recovery import Action
from services.domain.staff import Staff, StaffSession
from services.domain.verification import Check
from services.secret import Secret
from services.storage import mappers, statements
from services.storage.mapping import Mapper
from services.storage.records import ReadOnce, Records
from services.storage.sealing import token_digest
from services.storage.tables import EPOCH
from services.vocabulary import (
    AccountId,
    ActionId,
    CaseId,
    Event,
    LinkPurpose,
    StaffId,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedEntry:
    """An audit entry as it is read back."""

    at: datetime
    event: Event
    actor: str
    details: dict[str, Any]


_PROBES = {
    Kind.CUSTOMER_NUMBER: statements.BY_CUSTOMER_NUMBER,
    Kind.USER_NAME: statements.BY_USER_NAME,
    Kind.EMAIL: statements.BY_CONTACT,
    Kind.PHONE: statements.BY_CONTACT,
}
"""Where each kind of identifier is looked for."""


class StaffRecords(ReadOnce[Staff]):
    """Members of staff."""

    def by_login(self, login: str) -> Staff | None:
        """Whoever signs in with this login."""
        return self.first(login=login)

    def everybody(self) -> list[Staff]:
        """All of them, by login."""
        return self.chosen(statements.EVERYBODY)


class SessionRecords(Records[StaffSession]):
    """Staff sessions."""

    def holder(self, token: Secret[str]) -> tuple[StaffSession, Staff] | None:
        """The session that a token opens, over or not, and whose it is. One statement: every request begins with it."""
        row = self._connection.execute(statements.HOLDER, {"digest": token_digest(token)}).first()
        if row is None:
            return None
        ours, theirs = self.table.columns.keys(), mappers.STAFF.table.columns.keys()
        session = mappers.SESSIONS.state_of(dict(zip(ours, row[: len(ours)], strict=True)), self._sealer)
        return session, mappers.STAFF.state_of(dict(zip(theirs, row[len(ours) :], strict=True)), self._sealer)

    def end_all(self, staff_id: StaffId, now: datetime) -> int:
        """End every running session of one person; returns how many there were."""
        return self._connection.execute(statements.END_SESSIONS, {"of": staff_id, "now": now}).rowcount

    def end(self, session: StaffSession, now: datetime) -> None:
        """End one session."""
        self._connection.execute(statements.END_SESSION, {"of": session.id, "now": now})

    def touch(self, session: StaffSession, now: datetime) -> None:
        """Note that it was used."""
        self._connection.execute(statements.TOUCH_SESSION, {"of": session.id, "now": now})


class BudgetRecords(ReadOnce[Budget]):
    """What staff have used of their hourly budgets."""

    def hour(self, staff_id: StaffId) -> Hour:
        """Both budgets of one person, in one statement."""
        lookups, reveals = ids = (lookups_of(staff_id), reveals_of(staff_id))
        if not self._known.keys() >= set(ids):
            found = self.chosen(statements.HOUR, lookups=lookups, reveals=reveals)
            self._known |= dict.fromkeys(ids) | {one.id: one for one in found}
        return Hour(self._known[lookups], self._known[reveals])


class AccountRecords(Records[Account]):
    """Customers' accounts: the built-in directory's reading side."""

    def match(self, candidates: Iterable[Candidate]) -> AccountId | None:
        """The one account that any reading matches; None for none, and for several. One index probe a reading."""
        found = {account for candidate in candidates for account in self._probe(candidate)}
        return AccountId(found.pop()) if len(found) == 1 else None

    def neighbour(self, text: str) -> AccountId | None:
        """Some account, chosen by what was typed and by nothing else: the next keyed index, round the corner."""
        index = {"index": self._sealer.blind_index("neighbour", text)}
        found = self._connection.scalar(statements.NEXT_CONTACT, index)
        found = found or self._connection.scalar(statements.FIRST_CONTACT)
        return AccountId(found) if found else None

    def dossier(self, account_id: AccountId) -> Dossier:
        """Everything that decisions about an account need.

        Raises:
            Missing: If there is no such account.
        """
        row = self._connection.execute(statements.HOLDING, {"account_id": account_id}).first()
        if row is None:
            raise Missing
        codes = self._of(mappers.RECOVERY_CODES, id=account_id)
        attempts: list[Attempts] = self._of(mappers.ATTEMPTS, account_id=account_id)
        return Dossier(
            account=mappers.ACCOUNTS.state(row, self._sealer),
            contacts=tuple(self._of(mappers.CONTACTS, account_id=account_id)),
            authenticators=tuple(self._of(mappers.AUTHENTICATORS, account_id=account_id)),
            recovery_codes=codes[0] if codes else None,
            trusted_devices=row.trusted_devices,
            sessions=row.sessions,
            attempts={one.id.split("/", 1)[1]: one for one in attempts},
            open_reviews=row.open_reviews,
        )

    def _probe(self, candidate: Candidate) -> Sequence[str]:
        index = self._sealer.blind_index(candidate.kind, candidate.canonical)
        return self._connection.scalars(_PROBES[candidate.kind], {"index": index}).all()

    def _of(self, mapper: Mapper[Any], **account: str) -> list[Any]:
        return Records(self._connection, self._sealer, mapper).every(**account)


class CaseRecords(ReadOnce[Case]):
    """Cases."""

    def of_agent(self, agent_id: StaffId, after: str | None, count: int) -> list[Case]:
        """A page of an agent's cases, newest first."""
        if after is None:
            return self.chosen(statements.CASES_OF_AGENT, agent_id=agent_id, count=count)
        return self.chosen(statements.OLDER_CASES_OF_AGENT, agent_id=agent_id, after=after, count=count)

    def idle(self, since: datetime, count: int) -> Sequence[str]:
        """Ids of open ones in which nothing happened after *since*, and that wait for no check and no action."""
        return self._connection.scalars(statements.IDLE_CASES, {"since": since, "count": count}).all()

    def of_account(self, account_id: AccountId) -> list[Case]:
        """Every case whose account it became, oldest first."""
        return self.every(account_id=account_id)


class NoteRecords(Records[CaseNote]):
    """Notes on cases."""

    def erase(self, case_id: CaseId) -> int:
        """Erase every note on a case; returns how many there were."""
        erased = self._connection.execute(statements.ERASE_NOTES, {"of": case_id}).rowcount
        self.written += erased
        return erased


class CheckRecords(Records[Check]):
    """Checks."""

    def of_case(self, case_id: CaseId) -> list[Check]:
        """Of one case, oldest first."""
        return self.every(case_id=case_id)

    def pending(self, count: int) -> list[Check]:
        """Of any case, those that wait for an answer."""
        return self.chosen(statements.PENDING_CHECKS, count=count)

    def overdue(self, now: datetime, count: int) -> Sequence[str]:
        """Ids of pending ones whose time is over."""
        return self._connection.scalars(statements.OVERDUE_CHECKS, {"now": now, "count": count}).all()


class ActionRecords(Records[Action]):
    """Recovery actions."""

    def of_case(self, case_id: CaseId) -> list[Action]:
        """Of one case, oldest first."""
        return self.every(case_id=case_id)

    def unsettled(self, account_id: AccountId) -> list[Action]:
        """Of an account, of any case, that can still be stopped."""
        return self.chosen(statements.UNSETTLED_ACTIONS, account_id=account_id)

    def under_way(self, count: int) -> list[Action]:
        """Of any account, those that can still be stopped."""
        return self.chosen(statements.UNDER_WAY, count=count)

    def around(self, case_id: CaseId, account_id: AccountId | None) -> list[Action]:
        """Of one case, and of its account's other cases those that can still be stopped; oldest first."""
        return self.chosen(statements.ACTIONS_AROUND, case_id=case_id, account_id=account_id)

    def due(self, now: datetime, count: int) -> Sequence[str]:
        """Ids of those whose cooling-off is over."""
        return self._connection.scalars(statements.DUE_ACTIONS, {"now": now, "count": count}).all()

    def overdue(self, now: datetime, count: int) -> Sequence[str]:
        """Ids of those that were handed over, and whose link has died."""
        return self._connection.scalars(statements.OVERDUE_ACTIONS, {"now": now, "count": count}).all()


class LinkRecords(Records[Link]):
    """One-time links."""

    def by_token(self, token: Secret[str]) -> Link | None:
        """The link that a token opens, dead or alive."""
        return self.first(token_digest=token_digest(token))

    def of_action(self, action_id: ActionId, purpose: LinkPurpose) -> list[Link]:
        """The links of one purpose that belong to an action."""
        return self.every(action_id=action_id, purpose=purpose)


class MessageRecords(Records[Message]):
    """Messages to owners."""

    def by_dedupe(self, dedupe: str) -> Message | None:
        """The message with this key, if it was written before."""
        return self.first(dedupe=dedupe)

    def queued(self, count: int) -> list[Message]:
        """Those that were neither sent nor given up."""
        return self.chosen(statements.QUEUED_MESSAGES, count=count)

    def sent_after(self, after: str, count: int) -> list[Message]:
        """Sent messages of everybody, in the order they were sent, after one of them."""
        place = self.find(after)
        sent_at = place.sent_at if place and place.sent_at else EPOCH
        return self.chosen(statements.SENT_AFTER, sent_at=sent_at, after=after, count=count)
