"""Verification: what stops a check, its life, and what it proves once passed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from services.domain import attempts as limits
from services.domain.account import Dossier, is_fresh
from services.domain.assurance import Evidence
from services.domain.attempts import Attempts
from services.domain.methods import ISSUED, Offer, objections_to_target, stands_on
from services.domain.outcome import Entry, Outcome, Why, demand
from services.domain.policy import Policy
from services.vocabulary import (
    CUSTOMER,
    SYSTEM,
    AccountId,
    ActorId,
    CaseId,
    CheckId,
    CheckState,
    ContactKind,
    Event,
    Method,
    Objection,
    SignalAnswer,
)


class Fit(StrEnum):
    """How an answer compares with what was expected."""

    RIGHT = "right"
    WRONG = "wrong"
    REPLAYED = "replayed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One attempt at a method."""

    id: CheckId
    version: int = 0
    case_id: CaseId
    account_id: AccountId
    method: Method
    contact_id: str | None = None
    authenticator_id: str | None = None
    state: CheckState = CheckState.PENDING
    started_at: datetime
    expires_at: datetime
    settled_at: datetime | None = None
    opened_at: datetime | None = None
    """Reverse code: when the link was first opened."""
    code_digest: bytes | None = field(default=None, repr=False)
    read_out: str | None = field(default=None, repr=False)
    """Reverse code: what the agent reads out."""
    wrong: int = 0
    sim_swap: SignalAnswer = SignalAnswer.UNKNOWN
    """The signal when it was sent."""

    @property
    def target(self) -> str | None:
        """The contact point or authenticator it is about."""
        return self.contact_id or self.authenticator_id


def objections_to_start(
    offer: Offer, dossier: Dossier, checks: Sequence[Check], policy: Policy, now: datetime
) -> tuple[Why, ...]:
    """Everything that stops a method from being started now; empty means go ahead."""
    reasons: list[Why] = []
    if dossier.account.frozen_at is not None:
        reasons.append(Why(code=Objection.ACCOUNT_FROZEN, at=dossier.account.frozen_at))
    if not policy.methods[offer.method].enabled:
        reasons.append(Why(code=Objection.METHOD_OFF))
    reasons += objections_to_target(offer, dossier, policy, now)
    reasons += _objections_of_limits(offer, dossier, policy, now)
    proven = {stands_on(check.method, check.target) for check in checks if counts(check, dossier, policy, now)}
    if stands_on(offer.method, offer.target) in proven:
        reasons.append(Why(code=Objection.ALREADY_PROVEN))
    return tuple(reasons)


def _objections_of_limits(offer: Offer, dossier: Dossier, policy: Policy, now: datetime) -> list[Why]:
    """Attempts and sends of the account that are used up (invariant 10)."""
    buckets = [limits.bucket_of(offer.method, offer.target), limits.ANY]
    if offer.method in ISSUED:
        buckets.append(limits.SENDS)
    found = [limits.objections(dossier.attempts.get(name), limits.limits_of(name, policy), now) for name in buckets]
    return list(dict.fromkeys(why for reasons in found for why in reasons))


def start(check: Check, actor: ActorId, now: datetime) -> Outcome[Check]:
    """Begin a check that nothing objects to."""
    details = {"method": check.method, "target": check.target, "sim_swap": check.sim_swap}
    return Outcome(state=check, entry=_entry(Event.CHECK_STARTED, check, actor, now, details))


def state_now(check: Check, now: datetime) -> CheckState:
    """The state with time taken into account: nobody need have noticed yet that a check expired."""
    if check.state is CheckState.PENDING and now >= check.expires_at:
        return CheckState.EXPIRED
    return check.state


def objections_to_answer(check: Check, dossier: Dossier, policy: Policy, now: datetime) -> tuple[Why, ...]:
    """Everything that stops an answer from even being looked at."""
    state = state_now(check, now)
    if state is CheckState.EXPIRED:
        return (Why(code=Objection.CHECK_EXPIRED, at=check.expires_at),)
    if state is not CheckState.PENDING:
        return (Why(code=Objection.CHECK_NOT_PENDING, about=state),)
    if dossier.account.frozen_at is not None:
        return (Why(code=Objection.ACCOUNT_FROZEN, at=dossier.account.frozen_at),)
    buckets = (limits.bucket_of(check.method, check.target), limits.ANY)
    found = [limits.objections(dossier.attempts.get(name), limits.limits_of(name, policy), now) for name in buckets]
    return tuple(dict.fromkeys(why for reasons in found for why in reasons))


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """A check after an answer, and the account's counters."""

    check: Check
    attempts: tuple[Attempts, ...]


def settle(check: Check, dossier: Dossier, fit: Fit, actor: ActorId, policy: Policy, now: datetime) -> Outcome[Settled]:
    """Judge an answer that was looked at.

    Raises:
        Refused: If anything objects to looking at it; nothing is counted then.
    """
    demand(objections_to_answer(check, dossier, policy, now))
    names = (limits.bucket_of(check.method, check.target), limits.ANY)
    before = [dossier.attempts.get(name) or limits.none_yet(check.account_id, name, now) for name in names]
    if fit is Fit.RIGHT:
        passed = replace(check, state=CheckState.PASSED, settled_at=now)
        sends = dossier.attempts.get(limits.SENDS) if check.method in ISSUED else None
        cleared = tuple(limits.succeed(one, now) for one in (before[0], sends) if one is not None)
        return Outcome(
            state=Settled(check=passed, attempts=cleared),
            entry=_entry(Event.CHECK_PASSED, passed, actor, now, {"method": check.method, "target": check.target}),
        )
    after = tuple(
        limits.count(one, limits.limits_of(name, policy), now) for name, one in zip(names, before, strict=True)
    )
    locked = any(one.locked_until is not None for one in after)
    wrong = replace(check, wrong=check.wrong + 1)
    if locked:
        wrong = replace(wrong, state=CheckState.FAILED, settled_at=now)
    event = Event.CODE_REPLAYED if fit is Fit.REPLAYED else Event.CHECK_FAILED
    more = (_entry(Event.ATTEMPTS_LOCKED, check, SYSTEM, now, {"method": check.method}),) if locked else ()
    return Outcome(
        state=Settled(check=wrong, attempts=after),
        entry=_entry(event, wrong, actor, now, {"method": check.method, "wrong": wrong.wrong}),
        more=more,
    )


def end(check: Check, state: CheckState, actor: ActorId, now: datetime) -> Outcome[Check]:
    """End a pending check without an answer: cancelled, expired or repudiated.

    Raises:
        Refused: When it is not pending any more.
    """
    if check.state is not CheckState.PENDING:
        demand((Why(code=Objection.CHECK_NOT_PENDING, about=check.state),))
    events = {
        CheckState.CANCELLED: Event.CHECK_CANCELLED,
        CheckState.EXPIRED: Event.CHECK_EXPIRED,
        CheckState.REPUDIATED: Event.CHECK_REPUDIATED,
    }
    ended = replace(check, state=state, settled_at=now)
    return Outcome(state=ended, entry=_entry(events[state], ended, actor, now, {"method": check.method}))


def opened(check: Check, now: datetime) -> Outcome[Check]:
    """Note that the owner opened the link of a reverse code. It proves nothing yet."""
    seen = replace(check, opened_at=now)
    return Outcome(state=seen, entry=_entry(Event.CHECK_OPENED, seen, CUSTOMER, now, {"method": check.method}))


def lapses_at(check: Check, policy: Policy) -> datetime | None:
    """When a passed check stops counting."""
    if check.state is not CheckState.PASSED or check.settled_at is None:
        return None
    return check.settled_at + policy.methods[check.method].lapses


def counts(check: Check, dossier: Dossier, policy: Policy, now: datetime) -> bool:
    """Whether a check is evidence now: passed, not lapsed, and what it stands on is still on file and not fresh."""
    lapse = lapses_at(check, policy)
    if lapse is None or now >= lapse:
        return False
    if check.method in ISSUED:
        contact = dossier.contact(check.contact_id)
        return contact is not None and not is_fresh(contact.changed_at, policy, now)
    if check.method is Method.TOTP:
        return dossier.authenticator(check.authenticator_id) is not None
    return True


def evidence_of(checks: Sequence[Check], dossier: Dossier, policy: Policy, now: datetime) -> tuple[Evidence, ...]:
    """What the checks of a case prove now."""
    return tuple(
        Evidence(
            evidence=policy.methods[check.method].evidence,
            depends_on=frozenset({stands_on(check.method, check.target)}),
            exposed=policy.methods[check.method].exposed,
            confirmed=_was_confirmed(check, dossier),
        )
        for check in checks
        if counts(check, dossier, policy, now)
    )


def _was_confirmed(check: Check, dossier: Dossier) -> bool:
    contact = dossier.contact(check.contact_id)
    return contact is None or contact.kind is ContactKind.EMAIL or check.sim_swap is SignalAnswer.NO


def _entry(event: Event, check: Check, actor: ActorId, now: datetime, details: Mapping[str, str | int | None]) -> Entry:
    return Entry(
        event=event,
        at=now,
        actor=actor,
        subject=check.account_id,
        case=check.case_id,
        details={"check": check.id, **details},
    )
