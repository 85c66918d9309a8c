"""One account on its way from a file into the directory: as it was read, as it was understood, or as it was refused."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from services.domain.identifiers import Spellings
from services.vocabulary import AuthenticatorKind, ContactKind, SignalAnswer


class NotImportable(Exception):
    """A file that cannot be imported at all. The message is one sentence for the operator."""


@dataclass(frozen=True, slots=True)
class Raw:
    """A row as the file has it, in the fields of the JSON Lines format."""

    place: int
    """Its line, or in a realm export the number of the user, from 1."""
    fields: Mapping[str, Any]
    notes: tuple[str, ...] = ()
    """What the format could not carry over, in sentences."""
    number_stands_in: bool = False
    """Whether the customer number is only another system's id of the account, which no pattern holds for."""


@dataclass(frozen=True, slots=True)
class Bad:
    """A row that is not imported, and why, in one sentence that holds nothing of the row."""

    place: int
    reason: str


class Source(Protocol):
    """A file of accounts, streamed."""

    @property
    def size(self) -> int:
        """Bytes in the file."""

    @property
    def position(self) -> int:
        """Bytes read."""

    def rows(self) -> Iterator[Raw | Bad]:
        """Every row, in order, once."""

    def close(self) -> None:
        """Close the file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """A contact point as a file has it, canonical."""

    said: frozenset[str]
    """The fields that the file has for it; an update leaves the others as they are."""
    kind: ContactKind
    value: str
    verified_at: datetime | None
    changed_at: datetime
    """As the file says, or else since when at least it has been what it is."""
    retired_at: datetime | None = None
    sim_swap: SignalAnswer = SignalAnswer.UNKNOWN
    sim_swapped_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """An authenticator as a file has it."""

    kind: AuthenticatorKind
    label: str
    secret: bytes | None = field(repr=False)
    """None: it counts as a second factor, and its codes cannot be checked here."""
    bound_at: datetime
    """As the file says, or else since when at least it has been bound."""
    is_dated: bool
    """Whether the file says it."""
    last_used_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedCodes:
    """Recovery codes as a file has them: digests made as this service makes them."""

    salt: bytes
    digests: tuple[bytes, ...]
    issued_at: datetime
    """As the file says, or else since when at least they have been these."""
    is_dated: bool
    """Whether the file says it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """A trusted device as a file has it."""

    label: str
    seen_at: datetime
    """As the file says, or else when it was read."""
    is_dated: bool
    """Whether the file says it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A session at the portal as a file has it."""

    started_at: datetime
    """As the file says, or else when it was read."""
    is_dated: bool
    """Whether the file says it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """An account as a file has it, understood."""

    place: int
    given: frozenset[str]
    """The fields that the file has for this account; an update leaves the others as they are."""
    customer_number: str
    name: str
    username: str | None
    privileged: bool
    created_at: datetime
    last_sign_in_at: datetime | None
    locked_at: datetime | None
    frozen_at: datetime | None
    password_hash: str | None = field(repr=False)
    password_changed_at: datetime | None
    contacts: tuple[Contact, ...]
    authenticators: tuple[Bound, ...]
    recovery_codes: SavedCodes | None
    devices: tuple[Device, ...]
    sessions: tuple[Session, ...]
    notes: tuple[str, ...]
    """What was left out, in sentences; the account is imported all the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """How files are understood here."""

    spellings: Spellings
    now: datetime
    home: str
    """ISO 3166 region of phone numbers without a country code."""
    unchanged_since: datetime | None = None
    """Since when what does not say when it changed has been as it is, as the operator vouches; None: nobody knows."""

    def in_place_since(self, verified_at: datetime | None = None) -> datetime:
        """Since when at least a thing is what it is: when it was verified, or else since when the operator vouches for.

        What was verified since then may have been changed since then, and the operator's word does not make it older.
        When nobody knows, it counts as changed now: unknown never passes (invariants 4 and 5).
        """
        return verified_at or self.unchanged_since or self.now
