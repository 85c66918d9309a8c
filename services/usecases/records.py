"""What the use cases need of stored states: read by id, written with a version, and the questions each kind answers."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Protocol, TypeVar

from services.domain.account import Account, Authenticator, Dossier, RecoveryCodes
from services.domain.budget import Budget, Hour
from services.domain.case import Case, CaseNote
from services.domain.handover import Link, Message
from services.domain.identifiers import Candidate
from services.domain.recovery import Action
from services.domain.staff import Staff, StaffSession
from services.domain.verification import Check
from services.secret import Secret
from services.vocabulary import AccountId, ActionId, CaseId, LinkPurpose, StaffId

T = TypeVar("T")


class Records(Protocol[T]):
    """States of one kind, by id."""

    def get(self, wanted: str) -> T:
        """The state with this id.

        Raises:
            Missing: If there is none.
        """

    def find(self, wanted: str) -> T | None:
        """The state with this id, if there is one."""

    def put(self, state: T) -> T:
        """Write a state: a new one (version 0) or the next version of what was read; returns it as written.

        Raises:
            Stale: If someone else wrote it since it was read.
        """


class StaffRecords(Records[Staff], Protocol):
    """Members of staff."""

    def by_login(self, login: str) -> Staff | None:
        """Whoever signs in with this login."""

    def everybody(self) -> list[Staff]:
        """All of them, by login."""


class SessionRecords(Records[StaffSession], Protocol):
    """Staff sessions."""

    def holder(self, token: Secret[str]) -> tuple[StaffSession, Staff] | None:
        """The session that a token opens, over or not, and whose it is."""

    def end_all(self, staff_id: StaffId, now: datetime) -> int:
        """End every running session of one person; returns how many there were."""

    def end(self, session: StaffSession, now: datetime) -> None:
        """End one session."""

    def touch(self, session: StaffSession, now: datetime) -> None:
        """Note that it was used."""


class BudgetRecords(Records[Budget], Protocol):
    """What staff have used of their hourly budgets."""

    def hour(self, staff_id: StaffId) -> Hour:
        """Both budgets of one person."""


class AccountRecords(Records[Account], Protocol):
    """Customers' accounts: the built-in directory's reading side."""

    def match(self, candidates: Iterable[Candidate]) -> AccountId | None:
        """The one account that any reading of what was typed matches exactly; None for none, and for several."""

    def neighbour(self, text: str) -> AccountId | None:
        """Some account, chosen by what was typed and by nothing else; None only when there are none."""

    def dossier(self, account_id: AccountId) -> Dossier:
        """Everything that decisions about an account need.

        Raises:
            Missing: If there is no such account.
        """


class CaseRecords(Records[Case], Protocol):
    """Cases."""

    def of_agent(self, agent_id: StaffId, after: str | None, count: int) -> list[Case]:
        """A page of an agent's cases, newest first."""

    def idle(self, since: datetime, count: int) -> Sequence[str]:
        """Ids of open ones in which nothing happened after *since*, and that wait for no check and no action."""

    def of_account(self, account_id: AccountId) -> list[Case]:
        """Every case whose account it became, oldest first."""


class NoteRecords(Records[CaseNote], Protocol):
    """Notes on cases."""

    def erase(self, case_id: CaseId) -> int:
        """Erase every note on a case; returns how many there were."""


class CheckRecords(Records[Check], Protocol):
    """Checks."""

    def of_case(self, case_id: CaseId) -> list[Check]:
        """Of one case, oldest first."""

    def pending(self, count: int) -> list[Check]:
        """Of any case, those that wait for an answer."""

    def overdue(self, now: datetime, count: int) -> Sequence[str]:
        """Ids of pending ones whose time is over."""


class ActionRecords(Records[Action], Protocol):
    """Recovery actions."""

    def of_case(self, case_id: CaseId) -> list[Action]:
        """Of one case, oldest first."""

    def unsettled(self, account_id: AccountId) -> list[Action]:
        """Of an account, of any case, that can still be stopped."""

    def under_way(self, count: int) -> list[Action]:
        """Of any account, those that can still be stopped."""

    def around(self, case_id: CaseId, account_id: AccountId | None) -> list[Action]:
        """Of one case, and of its account's other cases those that can still be stopped; oldest first."""

    def due(self, now: datetime, count: int) -> Sequence[str]:
        """Ids of those whose cooling-off is over."""

    def overdue(self, now: datetime, count: int) -> Sequence[str]:
        """Ids of those that were handed over, and whose link has died."""


class LinkRecords(Records[Link], Protocol):
    """One-time links."""

    def by_token(self, token: Secret[str]) -> Link | None:
        """The link that a token opens, dead or alive."""

    def of_action(self, action_id: ActionId, purpose: LinkPurpose) -> list[Link]:
        """The links of one purpose that belong to an action."""


class MessageRecords(Records[Message], Protocol):
    """Messages to owners."""

    def by_dedupe(self, dedupe: str) -> Message | None:
        """The message with this key, if it was written before."""

    def queued(self, count: int) -> list[Message]:
        """Those that were neither sent nor given up."""

    def sent_after(self, after: str, count: int) -> list[Message]:
        """Sent messages of everybody, oldest first, after an id: what the demo's phone shows."""


class Directory(Protocol):
    """Customers' credentials: what recovery steps change. Every call is repeatable without doing harm."""

    def revoke_sessions(self, account_id: AccountId) -> int:
        """End every session of the customer; returns how many there were."""

    def disable_authenticator(self, account_id: AccountId, authenticator_id: str, now: datetime) -> bool:
        """Take one authenticator out of use, its secret erased; False when it was already, or is not on file."""

    def remove_authenticator(self, account_id: AccountId, authenticator_id: str) -> bool:
        """Remove one authenticator; False when it was gone already."""

    def forget_devices(self, account_id: AccountId) -> int:
        """Forget the trusted devices; returns how many there were."""

    def unlock(self, account_id: AccountId) -> bool:
        """End a lock; False when there was none."""

    def set_password(self, account_id: AccountId, password_hash: str, now: datetime) -> None:
        """Replace the password's hash."""

    def bind_totp(self, authenticator: Authenticator) -> None:
        """Bind a new authenticator."""

    def replace_recovery_codes(self, codes: RecoveryCodes) -> None:
        """Replace the saved recovery codes."""
