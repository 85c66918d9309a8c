"""One-time links: how the owner gets something that no member of staff ever sees (invariant 7)."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from services.domain.outcome import Why
from services.vocabulary import (
    AccountId,
    ActionId,
    ActionKind,
    CaseId,
    CheckId,
    ContactKind,
    LinkPurpose,
    MessageKind,
    MessageState,
    Objection,
)

STOP_LINK_LIFE = timedelta(days=30)
"""A notice can be read late; its link still stops what can be stopped, and always freezes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A one-time link. Only its token's digest is stored (C-FP-03)."""

    id: str
    version: int = 0
    token_digest: bytes = field(repr=False)
    purpose: LinkPurpose
    account_id: AccountId
    case_id: CaseId
    check_id: CheckId | None = None
    action_id: ActionId | None = None
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A message to the owner of an account. Address and text are sealed at rest."""

    id: str
    version: int = 0
    dedupe: str
    """Unique for ever: a second message with it is the same message."""
    account_id: AccountId
    case_id: CaseId | None
    contact_id: str
    kind: MessageKind
    channel: ContactKind
    address: str = field(repr=False)
    subject: str = field(repr=False)
    body: str = field(repr=False)
    state: MessageState = MessageState.QUEUED
    queued_at: datetime
    sent_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """A reason to think that an account is at risk, waiting for a person."""

    id: str
    account_id: AccountId
    case_id: CaseId | None
    reason: str
    opened_at: datetime
    closed_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseNote:
    """What an agent wrote about a case. Sealed at rest."""

    id: str
    case_id: CaseId
    staff_id: str
    text: str = field(repr=False)
    written_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """How much of something a member of staff has used in the running hour."""

    id: str
    version: int = 0
    spent: int
    since: datetime


BUDGET_WINDOW = timedelta(hours=1)
"""Over what a budget of look-ups or reveals is counted."""

PURPOSE_OF: Mapping[ActionKind, LinkPurpose] = {
    ActionKind.RESET_LINK: LinkPurpose.NEW_PASSWORD,
    ActionKind.AUTHENTICATOR_RESET: LinkPurpose.ENROL_TOTP,
}
"""What the owner's link of an action opens."""


def link_objections(link: Link, now: datetime) -> tuple[Why, ...]:
    """What stops a link from being used: used once, or too late."""
    if link.used_at is not None or now >= link.expires_at:
        return (Why(code=Objection.LINK_DEAD),)
    return ()


def use(link: Link, now: datetime) -> Link:
    """The link, used up."""
    return replace(link, used_at=now)


def spend(budget: Budget, now: datetime) -> Budget:
    """One more, in a window that starts afresh after an hour."""
    if now - budget.since >= BUDGET_WINDOW:
        return replace(budget, spent=1, since=now)
    return replace(budget, spent=budget.spent + 1)


def is_spent(budget: Budget | None, most: int, now: datetime) -> bool:
    """Whether nothing is left of a budget; of nothing, nothing ever is."""
    running = budget is not None and now - budget.since < BUDGET_WINDOW
    return (budget.spent if budget and running else 0) >= most
