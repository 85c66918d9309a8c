"""What the head of the page says of the account: who it belongs to, masked, and what speaks for or against it.

Pure functions of a case's card. They word and arrange what the service decided; they decide nothing.
"""

from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from services.vocabulary import ContactKind, Risk, SignalAnswer, Tier
from ui.widgets.tone import Tone
from ui.words import say

if TYPE_CHECKING:
    from console.wording import Wording
    from services.contract.accounts import AccountCard, AuthenticatorCard, ContactCard
    from services.contract.cases import CaseCard


class Badge(NamedTuple):
    """A state as a pill."""

    words: str
    tone: Tone
    icon: str


class ValueView(NamedTuple):
    """One masked or shown value. *field* asks to see it; empty when there is nothing to ask for."""

    field: str
    caption: str
    value: str
    masked: bool
    badges: tuple[Badge, ...]


class FactView(NamedTuple):
    """Something that is not personal: a count, a day."""

    caption: str
    value: str


class OwnerView(NamedTuple):
    """The account of a case."""

    name: str
    name_masked: bool
    line: str
    badges: tuple[Badge, ...]
    values: tuple[ValueView, ...]
    facts: tuple[FactView, ...]
    warning: str
    """Why more proof is asked for than usual; empty when it is not."""
    reveal_why_not: str
    """Why nothing masked can be shown now; empty when it can."""


NOBODY = OwnerView("", name_masked=False, line="", badges=(), values=(), facts=(), warning="", reveal_why_not="")
NAME = "name"
"""The field that shows the owner's name (`services.contract.cases.Reveal`)."""


def owner_view(card: "CaseCard", account: "AccountCard", wording: "Wording", now: datetime) -> OwnerView:
    """Everything that the head of the page shows."""
    return OwnerView(
        name=account.name,
        name_masked=account.live and NAME not in account.revealed,
        line=account.customer_number,
        badges=_badges(card, account, wording),
        values=tuple(_contact(contact, wording, now) for contact in account.contacts),
        facts=_facts(account, wording, now),
        warning=_warning(card, wording, now),
        reveal_why_not=wording.objections(card.reveal_why_not, now),
    )


def _badges(card: "CaseCard", account: "AccountCard", wording: "Wording") -> tuple[Badge, ...]:
    badges = []
    if account.frozen:
        badges.append(Badge(say("Account frozen"), Tone.BAD, "snowflake"))
    if account.locked:
        badges.append(Badge(say("Account locked"), Tone.BAD, "lock"))
    if card.risk is Risk.ELEVATED:
        badges.append(Badge(wording.word(card.risk), Tone.WARN, "triangle-alert"))
    if account.live:
        plain = account.tier is not Tier.PRIVILEGED
        tone, icon = (Tone.NEUTRAL, "user-round") if plain else (Tone.PLUM, "badge-check")
        badges.append(Badge(wording.word(account.tier), tone, icon))
    return tuple(badges)


def _contact(contact: "ContactCard", wording: "Wording", now: datetime) -> ValueView:
    badges = []
    if contact.fresh:
        ago = wording.moments.ago(contact.changed_at, now)
        badges.append(Badge(say("Changed %s", ago), Tone.WARN, "history"))
    if contact.verified_at is None:
        badges.append(Badge(say("Never verified"), Tone.WARN, "circle-question-mark"))
    if contact.sim_swap is SignalAnswer.YES:
        badges.append(Badge(wording.word(contact.sim_swap), Tone.BAD, "triangle-alert"))
    if contact.sim_swap is SignalAnswer.UNKNOWN:
        badges.append(Badge(wording.word(contact.sim_swap), Tone.NEUTRAL, "circle-question-mark"))
    caption = say("Phone on file") if contact.kind is ContactKind.PHONE else say("E-mail on file")
    return ValueView(contact.id, caption, contact.revealed or contact.masked, contact.revealed is None, tuple(badges))


def _facts(account: "AccountCard", wording: "Wording", now: datetime) -> tuple[FactView, ...]:
    opened = FactView(say("Account opened"), wording.moments.ago(account.created_at, now))
    last = account.last_sign_in_at
    if not account.live:
        return (opened,)
    return (
        opened,
        FactView(say("Last sign-in"), wording.moments.ago(last, now) if last else say("never")),
        FactView(say("Authenticators"), _authenticators(account.authenticators, wording)),
        FactView(say("Recovery codes left"), str(account.recovery_codes_left)),
        FactView(say("Trusted devices"), str(account.trusted_devices)),
        FactView(say("Signed in now"), str(account.sessions)),
    )


def _authenticators(cards: tuple["AuthenticatorCard", ...], wording: "Wording") -> str:
    if not cards:
        return say("none")
    return ", ".join(wording.word(card.kind) + _condition(card) for card in cards)


def _condition(card: "AuthenticatorCard") -> str:
    if card.disabled_at is not None:
        return say(" (out of use, waits to be replaced)")
    return say(" (new)") if card.fresh else ""


def _warning(card: "CaseCard", wording: "Wording", now: datetime) -> str:
    if card.risk is not Risk.ELEVATED:
        return ""
    return f"{wording.objections(card.risk_reasons, now)} {wording.hint(card.risk)}".strip()
