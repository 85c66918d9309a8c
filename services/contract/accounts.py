"""The account of a case as staff may see it: masked, with what is on file and how fresh it is."""

from dataclasses import dataclass
from datetime import datetime

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
class ContactCard:
    """A contact point on file."""

    id: ContactPointId
    kind: ContactKind
    masked: str
    verified_at: datetime | None
    changed_at: datetime
    fresh: bool
    """Changed within the quarantine period: it proves nothing yet."""
    sim_swap: SignalAnswer | None
    """For a phone: whether the SIM was swapped lately. None for an e-mail address."""
    revealed: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthenticatorCard:
    """An authenticator on file. Its secret never leaves the server."""

    id: AuthenticatorId
    kind: AuthenticatorKind
    label: str
    fresh: bool
    disabled_at: datetime | None = None
    """Since when it is out of use, waiting for its owner to set up another in its place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountCard:
    """The account that a look-up found. What is in clear, is for the agent who gave the reason, and for minutes."""

    id: AccountId
    name: str
    """Masked, unless it is among `revealed`."""
    customer_number: str
    tier: Tier
    created_at: datetime
    last_sign_in_at: datetime | None
    locked: bool
    frozen: bool
    contacts: tuple[ContactCard, ...]
    authenticators: tuple[AuthenticatorCard, ...]
    recovery_codes_left: int
    trusted_devices: int
    sessions: int
    revealed: tuple[str, ...] = ()
    """Names of the fields shown in clear here and now: `name` or a contact point's id."""
    masked_again_at: datetime | None = None
    """When the first of them is masked again; None while there are none."""
    live: bool = True
    """It tells of the account as it is now. Once the case has ended it only says whose the account is, by its masked
    name, its customer number and the day it was opened, and whether the case ended by freezing it; the rest is empty
    and says nothing."""
