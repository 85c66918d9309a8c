"""What is known of a customer's account: the facts that every decision about it starts from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from services.domain.attempts import Attempts
from services.domain.policy import Policy
from services.vocabulary import (
    AccountId,
    AuthenticatorId,
    AuthenticatorKind,
    ContactKind,
    ContactPointId,
    SignalAnswer,
    Tier,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A customer's account at the portal."""

    id: AccountId
    version: int = 0
    name: str
    username: str | None
    customer_number: str
    privileged: bool
    created_at: datetime
    last_sign_in_at: datetime | None = None
    locked_at: datetime | None = None
    frozen_at: datetime | None = None
    password_hash: str | None = None
    password_changed_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactPoint:
    """A phone number (E.164) or e-mail address on file."""

    id: ContactPointId
    account_id: AccountId
    kind: ContactKind
    value: str
    verified_at: datetime | None
    changed_at: datetime
    retired_at: datetime | None = None
    """Replaced by another: still told of what happens for a while, and never used to prove anything."""
    sim_swap: SignalAnswer = SignalAnswer.UNKNOWN
    sim_swapped_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Authenticator:
    """What a customer signs in with beside a password (N-BND-04)."""

    id: AuthenticatorId
    version: int = 0
    account_id: AccountId
    kind: AuthenticatorKind
    label: str
    secret: bytes | None
    bound_at: datetime
    last_used_at: datetime | None = None
    last_step: int = -1
    """TOTP: the newest time step accepted; nothing at or before it is accepted again (O-06)."""
    disabled_at: datetime | None = None
    """Since when it is out of use: it proves nothing and its secret is erased. It stays on file, and the account in its
    tier, until its owner has bound another in its place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecoveryCodes:
    """An account's saved recovery codes: one salt for the set, a digest for each code that is left (N-REC-04)."""

    id: AccountId
    version: int = 0
    salt: bytes
    digests: tuple[bytes, ...]
    issued_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossier:
    """Everything that decisions about one account need, read in one transaction."""

    account: Account
    contacts: tuple[ContactPoint, ...]
    authenticators: tuple[Authenticator, ...]
    recovery_codes: RecoveryCodes | None
    trusted_devices: int
    sessions: int
    attempts: Mapping[str, Attempts] = field(default_factory=dict)
    """By bucket; a bucket that is not here has no failures."""
    open_reviews: int = 0

    @property
    def tier(self) -> Tier:
        """How much stands behind the account."""
        if self.account.privileged:
            return Tier.PRIVILEGED
        return Tier.PROTECTED if self.authenticators else Tier.STANDARD

    @property
    def has_second_factor(self) -> bool:
        """Whether signing in asks for an authenticator: one that is out of use is on file and is asked for no more."""
        return any(one.disabled_at is None for one in self.authenticators)

    @property
    def current_contacts(self) -> tuple[ContactPoint, ...]:
        """Contact points that were not replaced."""
        return tuple(contact for contact in self.contacts if contact.retired_at is None)

    def contact(self, wanted: str | None) -> ContactPoint | None:
        """The current contact point with this id."""
        return next((contact for contact in self.current_contacts if contact.id == wanted), None)

    def authenticator(self, wanted: str | None) -> Authenticator | None:
        """The authenticator with this id."""
        return next((one for one in self.authenticators if one.id == wanted), None)


def is_fresh(changed_at: datetime, policy: Policy, now: datetime) -> bool:
    """Whether something changed so lately that it proves nothing yet (invariant 4)."""
    return now - changed_at < policy.quarantine


def sim_swap(contact: ContactPoint, policy: Policy, now: datetime) -> SignalAnswer:
    """Whether the phone's SIM was swapped lately. Unknown stays unknown: it is never read as no (N-OOB-08)."""
    if contact.sim_swapped_at is not None and now - contact.sim_swapped_at < policy.sim_swap_window:
        return SignalAnswer.YES
    if contact.sim_swapped_at is not None and contact.sim_swap is SignalAnswer.YES:
        return SignalAnswer.NO
    return contact.sim_swap


def is_swapped(contact: ContactPoint, policy: Policy, now: datetime) -> bool:
    """Whether it is a phone that somebody else may hold by now."""
    return contact.kind is ContactKind.PHONE and sim_swap(contact, policy, now) is SignalAnswer.YES
