"""What the use cases need of storage and of the outside world. Storage and connectors fit these shapes."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, TypeVar

from services.domain.account import Account, Authenticator, ContactPoint, Dossier, RecoveryCodes
from services.domain.attempts import Attempts
from services.domain.case import Case
from services.domain.handover import Budget, CaseNote, Link, Message, Review
from services.domain.identifiers import Candidate
from services.domain.outcome import Effect, Outcome
from services.domain.recovery import Action
from services.domain.staff import Staff, StaffSession
from services.domain.verification import Check
from services.secret import Secret
from services.vocabulary import AccountId, ActionId, CaseId, Event, StaffId

T = TypeVar("T")
State = TypeVar("State")

Clock = Callable[[], datetime]
"""The time now, aware, UTC."""


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

    def by_token(self, token: Secret[str]) -> StaffSession | None:
        """The session that a token opens, over or not."""

    def end_all(self, staff_id: StaffId, now: datetime) -> int:
        """End every running session of one person; returns how many there were."""

    def end(self, session: StaffSession, now: datetime) -> None:
        """End one session."""

    def touch(self, session: StaffSession, now: datetime) -> None:
        """Note that it was used."""


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


class CheckRecords(Records[Check], Protocol):
    """Checks."""

    def of_case(self, case_id: CaseId) -> list[Check]:
        """Of one case, oldest first."""

    def overdue(self, now: datetime, count: int) -> list[Check]:
        """Pending ones whose time is over."""


class ActionRecords(Records[Action], Protocol):
    """Recovery actions."""

    def of_case(self, case_id: CaseId) -> list[Action]:
        """Of one case, oldest first."""

    def unsettled(self, account_id: AccountId) -> list[Action]:
        """Of an account, of any case, that can still be stopped."""

    def due(self, now: datetime, count: int) -> list[Action]:
        """Whose cooling-off is over."""

    def overdue(self, now: datetime, count: int) -> list[Action]:
        """Handed over, and the owner's link has died."""


class LinkRecords(Records[Link], Protocol):
    """One-time links."""

    def by_token(self, token: Secret[str]) -> Link | None:
        """The link that a token opens, dead or alive."""


class MessageRecords(Records[Message], Protocol):
    """Messages to owners."""

    def by_dedupe(self, dedupe: str) -> Message | None:
        """The message with this key, if it was written before."""

    def sent_after(self, after: str, count: int) -> list[Message]:
        """Sent messages of everybody, oldest first, after an id: what the demo's phone shows."""


class Directory(Protocol):
    """Customers' credentials: what recovery steps change. Every call is repeatable without doing harm."""

    def revoke_sessions(self, account_id: AccountId) -> int:
        """End every session of the customer; returns how many there were."""

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


class LoggedEntry(Protocol):
    """An audit entry as it is read back for a timeline."""

    @property
    def at(self) -> datetime: ...
    @property
    def event(self) -> Event: ...
    @property
    def actor(self) -> str: ...
    @property
    def details(self) -> dict[str, Any]: ...


class Work(Protocol):
    """One transaction: what is read in it is what is decided on; what is written appears together or not at all."""

    @property
    def staff(self) -> StaffRecords: ...
    @property
    def sessions(self) -> SessionRecords: ...
    @property
    def accounts(self) -> AccountRecords: ...
    @property
    def contacts(self) -> Records[ContactPoint]: ...
    @property
    def authenticators(self) -> Records[Authenticator]: ...
    @property
    def recovery_codes(self) -> Records[RecoveryCodes]: ...
    @property
    def attempts(self) -> Records[Attempts]: ...
    @property
    def budgets(self) -> Records[Budget]: ...
    @property
    def cases(self) -> CaseRecords: ...
    @property
    def checks(self) -> CheckRecords: ...
    @property
    def actions(self) -> ActionRecords: ...
    @property
    def links(self) -> LinkRecords: ...
    @property
    def messages(self) -> MessageRecords: ...
    @property
    def reviews(self) -> Records[Review]: ...
    @property
    def notes(self) -> Records[CaseNote]: ...
    @property
    def directory(self) -> Directory: ...

    def record(self, outcome: Outcome[State]) -> State:
        """Write an outcome's audit entries and effects; returns its state, which the caller puts away."""

    def enqueue(self, effect: Effect) -> None:
        """Write one more effect for the worker, beside the outcome's own."""

    def settle_effect(self, key: str) -> None:
        """Mark an effect as settled: nothing is left of it to do."""

    def kept_answer(self, key: str, request: bytes) -> bytes | None:
        """The first answer to this key, or None when it is new.

        Raises:
            KeyReused: If the key came with another request (a digest of it) before.
        """

    def keep_answer(self, key: str, request: bytes, answer: bytes) -> None:
        """Keep the first answer to a key, sealed."""

    def timeline(self, case_id: CaseId) -> Sequence[LoggedEntry]:
        """The audit entries of a case, oldest first."""

    def code_digest(self, context: str, code: Secret[str] | str) -> bytes:
        """What stands in the database for a short one-time code."""

    def token_digest(self, token: Secret[str]) -> bytes:
        """What stands in the database for a token of 256 random bits."""


class Storage(Protocol):
    """Where state, audit log and outbox live."""

    def reading(self) -> AbstractContextManager[Work]:
        """A transaction that only reads."""

    def changing(self) -> AbstractContextManager[Work]:
        """A transaction that commits at the end of the block, or not at all when it raises."""


class Passwords(Protocol):
    """Hashing of passwords and saved codes."""

    def hashed(self, password: Secret[str]) -> str:
        """A self-describing hash with its own salt."""

    def fits(self, password: Secret[str], known: str | None) -> bool:
        """Whether a password is the one that was hashed. Costs the same when nothing is known (A-17)."""

    def code_digest(self, salt: bytes, code: Secret[str]) -> bytes:
        """The digest of a saved recovery code under an account's salt."""


class Randomness(Protocol):
    """An approved random bit generator (N-RND-01)."""

    def below(self, bound: int) -> int:
        """A whole number from 0 to *bound* - 1, uniform."""

    def octets(self, count: int) -> bytes:
        """Random bytes."""


class Texts(Protocol):
    """The wording of messages to owners."""

    def compose(self, message: "Draft") -> tuple[str, str]:
        """Subject (empty for a text message) and body."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What a message says, before it is worded."""

    kind: Any
    channel: Any
    case_number: str
    action: str = ""
    agent: str = ""
    code: Secret[str] | None = None
    link: Secret[str] | None = None
    stop_link: Secret[str] | None = None
    minutes: int = 0
    at: datetime | None = None


class Messenger(Protocol):
    """Delivers messages. Handed the same message twice, it delivers once or at least says so."""

    def deliver(self, message: Message) -> None:
        """Send it.

        Raises:
            Unavailable: If it could not be handed over; it may be tried again.
        """


class Blocklist(Protocol):
    """Passwords that everybody tries first."""

    def __contains__(self, password: object) -> bool: ...


def page_of(states: Sequence[T], count: int) -> tuple[Sequence[T], bool]:
    """The first *count* of what was asked for with one more, and whether there is more."""
    return states[:count], len(states) > count


ActionIds = Iterable[ActionId]
"""Ids of recovery actions."""


class SignedCheckpoint(Protocol):
    """A checkpoint that was signed and stored."""

    @property
    def size(self) -> int:
        """Entries that it covers."""

    @property
    def note(self) -> str:
        """The signed note itself."""

    @property
    def signed_at(self) -> datetime:
        """When it was signed."""


class AuditLog(Protocol):
    """The reading side of the audit log."""

    @property
    def vkey(self) -> str:
        """The verifier key, as text (C2SP)."""

    def newest(self) -> SignedCheckpoint:
        """The newest checkpoint.

        Raises:
            Missing: If the log was never signed.
        """

    def consistency(self, first: int, second: int) -> tuple[bytes, ...]:
        """The proof that the log of *first* entries begins the log of *second*.

        Raises:
            Missing: If there are no such sizes.
        """

    def inclusion(self, index: int, size: int) -> tuple[str, tuple[bytes, ...]]:
        """An entry's exact text, and the proof that it is in the log of *size* entries.

        Raises:
            Missing: If there is no such entry at that size.
        """

    def entries(self, first: int, count: int) -> tuple[Sequence[tuple[int, str]], int]:
        """Entries in order of the log (index and exact text), and the size of the log."""
