"""One-time links: how the owner gets something that no member of staff ever sees (invariant 7)."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from services.domain.outcome import Entry, Outcome, Why
from services.vocabulary import (
    CUSTOMER,
    AccountId,
    ActionId,
    ActionKind,
    CaseId,
    CheckId,
    ContactKind,
    Event,
    LinkPurpose,
    MessageKind,
    MessageState,
    Objection,
)

STOP_LINK_LIFE = timedelta(days=30)
"""A notice can be read late; its link still stops what can be stopped, and always freezes."""
PURPOSE_OF: Mapping[ActionKind, LinkPurpose] = {
    ActionKind.RESET_LINK: LinkPurpose.NEW_PASSWORD,
    ActionKind.AUTHENTICATOR_RESET: LinkPurpose.ENROL_TOTP,
}
"""What the owner's link of an action opens."""

OF_CHECKS = frozenset(
    {MessageKind.SMS_CODE, MessageKind.VOICE_CODE, MessageKind.EMAIL_CODE, MessageKind.REVERSE_CODE_LINK}
)
"""Messages that belong to a check: its id stands in their `dedupe`, after the kind."""

NOTICE_OF: Mapping[ActionKind, MessageKind] = {
    kind: MessageKind.NOTICE_FROZEN if kind is ActionKind.FREEZE else MessageKind.NOTICE_DONE for kind in ActionKind
}
"""The notice that the last step of each action sends."""


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


def link_objections(link: Link, now: datetime) -> tuple[Why, ...]:
    """What stops a link from being used: used once, or too late."""
    if link.used_at is not None or now >= link.expires_at:
        return (Why(code=Objection.LINK_DEAD),)
    return ()


def sent(link: Link, life: timedelta, now: datetime) -> Link:
    """The link, its life begun: it waited for the messenger, and its owner has the whole time all the same."""
    return replace(link, expires_at=now + life)


def check_of(message: Message) -> str | None:
    """Id of the check that a message is a part of, which it is of no use without; None for other messages."""
    return message.dedupe.partition("/")[2] if message.kind in OF_CHECKS else None


def notice_key(kind: MessageKind, about: str, contact_id: str) -> str:
    """The `dedupe` of a notice to one contact point: *about* is the id of an action, or of a case."""
    return f"{kind}/{about}/{contact_id}"


def noticed_action(message: Message) -> str | None:
    """Id of the action, or of the case, that a message tells the owner of as done; None for other messages."""
    return message.dedupe.split("/")[1] if message.kind in NOTICE_OF.values() else None


def use(link: Link, now: datetime) -> Outcome[Link]:
    """Use a link up: a decision of its holder, whatever else comes of it (invariant 11)."""
    entry = Entry(
        event=Event.LINK_USED,
        at=now,
        actor=CUSTOMER,
        subject=link.account_id,
        case=link.case_id,
        details={"link": link.id, "purpose": link.purpose},
    )
    return Outcome(state=replace(link, used_at=now), entry=entry)
