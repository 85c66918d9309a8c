"""What the use cases need of storage and of the outside world. Storage and connectors fit these shapes."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, TypeVar

from services.domain.account import Authenticator, ContactPoint, RecoveryCodes
from services.domain.attempts import Attempts
from services.domain.audit.tiles import Tile
from services.domain.audit.tlog_proof import InclusionProof
from services.domain.containment import Review
from services.domain.handover import Message
from services.domain.outcome import Effect, Outcome
from services.secret import Secret
from services.usecases.records import (
    AccountRecords,
    ActionRecords,
    BudgetRecords,
    CaseRecords,
    CheckRecords,
    Directory,
    LinkRecords,
    MessageRecords,
    NoteRecords,
    Records,
    SessionRecords,
    StaffRecords,
)
from services.vocabulary import AccountId, CaseId, ContactKind, Event, MessageKind

T = TypeVar("T")
State = TypeVar("State")

Clock = Callable[[], datetime]
"""The time now, aware, UTC."""


class LoggedEntry(Protocol):
    """An audit entry as it is read back."""

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
    def budgets(self) -> BudgetRecords: ...
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
    def notes(self) -> NoteRecords: ...
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

    def forget_answers(self, before: datetime) -> int:
        """Forget the answers that were kept before a time; returns how many there were."""

    def forget_spent(self, before: datetime, count: int) -> int:
        """Forget messages that were settled, links that died and sessions that ended before a time.

        The oldest first, and of each at most *count*; returns how many there were. What happened stays in the log.
        """

    def erase_prose(self, account_id: AccountId) -> int:
        """Erase what was typed in entries about an account, or in a case of it; returns how many texts there were."""

    def timeline(self, case_id: CaseId) -> Sequence[LoggedEntry]:
        """The audit entries of a case, oldest first."""

    def newest_entry(self, event: Event, subject: str) -> LoggedEntry | None:
        """The newest audit entry of an event about a subject; None if there was never one."""

    def code_digest(self, context: str, code: Secret[str] | str) -> bytes:
        """What stands in the database for a short one-time code."""

    def token_digest(self, token: Secret[str]) -> bytes:
        """What stands in the database for a token of 256 random bits."""

    def sealed(self, octets: Secret[bytes], place: str) -> Secret[str]:
        """Something secret, sealed for the one place that *place* names, to be handed out and taken back."""

    def unsealed(self, sealed: Secret[str], place: str) -> Secret[bytes] | None:
        """What was sealed for a place; None if it was made up, altered, or sealed for another."""


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

    kind: MessageKind
    channel: ContactKind
    case_number: str
    action: str = ""
    steps: tuple[str, ...] = ()
    """What was done of it, from `StepKind`."""
    new_codes: bool = False
    """The owner's recovery codes were replaced as well."""
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


class SignedCheckpoint(Protocol):
    """A checkpoint that was signed and stored."""

    @property
    def size(self) -> int:
        """Entries that it covers."""

    @property
    def note(self) -> str:
        """The signed note itself."""


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

    def tile(self, tile: Tile) -> bytes:
        """The content of a tile of hashes, or of a bundle of entries.

        Raises:
            Missing: If the log has none such.
        """

    def proof(self, index: int) -> InclusionProof:
        """What proves offline that an entry is in the log of the newest checkpoint.

        Raises:
            Missing: If there is no such entry in it.
        """

    def entries(self, first: int, count: int) -> tuple[Sequence[tuple[int, str]], int]:
        """Entries in order of the log (index and exact text), and the size of the log."""
