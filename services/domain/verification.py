"""Verification: what stops a check, its life, and what it proves once passed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from services.domain import attempts as limits
from services.domain.account import Dossier, sim_swap
from services.domain.assurance import Evidence, adds_nothing
from services.domain.methods import (
    ISSUED,
    Offer,
    objections_to_target,
    objections_to_unknown,
    proof,
    proof_of,
    stands_on,
)
from services.domain.outcome import Detail, Entry, Outcome, Why, demand
from services.domain.policy import Policy
from services.domain.transitions import CHECK, moved
from services.vocabulary import (
    CUSTOMER,
    AccountId,
    ActionKind,
    ActorId,
    CaseId,
    CheckId,
    CheckState,
    Event,
    Method,
    Objection,
    SignalAnswer,
)

_ENDED = {
    CheckState.CANCELLED: Event.CHECK_CANCELLED,
    CheckState.EXPIRED: Event.CHECK_EXPIRED,
    CheckState.REPUDIATED: Event.CHECK_REPUDIATED,
}


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
    wanted: ActionKind | None = None
    """What it is for, as the owner reads it."""

    @property
    def target(self) -> str | None:
        """The contact point or authenticator it is about."""
        return self.contact_id or self.authenticator_id

    @property
    def bucket(self) -> str:
        """Where guesses at it count."""
        return stands_on(self.method, self.target)


def objections_to_start(
    offer: Offer, dossier: Dossier, checks: Sequence[Check], policy: Policy, now: datetime
) -> tuple[Why, ...]:
    """Everything that stops a method from being started now; empty means go ahead.

    *checks* are those of the case. What is proven already can be proven again when that is worth more: unexposed, or
    over a phone that is known by now to have its old SIM.
    """
    reasons: list[Why] = []
    if dossier.account.frozen_at is not None:
        reasons.append(Why(code=Objection.ACCOUNT_FROZEN, at=dossier.account.frozen_at))
    if not policy.methods[offer.method].enabled:
        reasons.append(Why(code=Objection.METHOD_OFF))
    reasons += objections_to_target(offer.method, offer.target, dossier, policy, now)
    reasons += objections_to_unknown(offer, policy, now)
    buckets = [stands_on(offer.method, offer.target), limits.ANY]
    reasons += objections_of_limits(
        (*buckets, *limits.EVERY_SEND) if offer.method in ISSUED else buckets, dossier, policy, now
    )
    if adds_nothing(proof_of(offer, policy, now), evidence_of(checks, dossier, policy, now)):
        reasons.append(Why(code=Objection.ALREADY_PROVEN))
    return tuple(reasons)


def new_check(
    offer: Offer,
    dossier: Dossier,
    checks: Sequence[Check],
    policy: Policy,
    now: datetime,
    *,
    check_id: CheckId,
    case_id: CaseId,
) -> Check:
    """A check of a method, before anything is sent.

    Raises:
        Refused: With everything that objects; nothing was done.
    """
    demand(objections_to_start(offer, dossier, checks, policy, now))
    return Check(
        id=check_id,
        case_id=case_id,
        account_id=dossier.account.id,
        method=offer.method,
        contact_id=offer.contact.id if offer.contact else None,
        authenticator_id=offer.authenticator_id,
        started_at=now,
        expires_at=now + policy.methods[offer.method].valid,
        sim_swap=sim_swap(offer.contact, policy, now) if offer.contact else SignalAnswer.UNKNOWN,
    )


def start(check: Check, actor: ActorId, now: datetime) -> Outcome[Check]:
    """Begin a new check, its code sent if it has one."""
    details = {"method": check.method, "target": check.target, "sim_swap": check.sim_swap, "wanted": check.wanted}
    return Outcome(state=check, entry=entry_of(Event.CHECK_STARTED, check, actor, now, details))


def state_now(check: Check, now: datetime) -> CheckState:
    """The state with time taken into account: nobody need have noticed yet that a check expired."""
    if check.state is CheckState.PENDING and now >= check.expires_at:
        return CheckState.EXPIRED
    return check.state


def state_for(check: Check, dossier: Dossier, policy: Policy, now: datetime) -> CheckState:
    """The state with time and the account's attempts taken into account: what is locked takes no answer (C-TA-07).

    Guesses at another check of the same thing lock it, in whatever case they were made (invariant 10).
    """
    state = state_now(check, now)
    if state is CheckState.PENDING and objections_of_limits((check.bucket, limits.ANY), dossier, policy, now):
        return CheckState.FAILED
    return state


def end(check: Check, state: CheckState, actor: ActorId, now: datetime) -> Outcome[Check]:
    """End a check without an answer: cancelled, expired or repudiated.

    Raises:
        Refused: When it is over already (but one that was passed can still be repudiated), when it has not expired yet,
            or when *state* is not one of these.
    """
    if state not in _ENDED or (state is CheckState.EXPIRED and now < check.expires_at):
        demand((Why(code=Objection.NOTHING_TO_DO),))
    ended = moved_to(check, state, now)
    return Outcome(state=ended, entry=entry_of(_ENDED[state], ended, actor, now, {"method": check.method}))


def opened(check: Check, now: datetime) -> Outcome[Check]:
    """Note that the owner opened the link of a reverse code. It proves nothing yet.

    Raises:
        Refused: When the check is over.
    """
    if state_now(check, now) is not CheckState.PENDING:
        demand((Why(code=Objection.CHECK_NOT_PENDING, about=check.state),))
    seen = replace(check, opened_at=check.opened_at or now)
    return Outcome(state=seen, entry=entry_of(Event.CHECK_OPENED, seen, CUSTOMER, now, {"method": check.method}))


def lapses_at(check: Check, policy: Policy) -> datetime | None:
    """When a passed check stops counting."""
    if check.state is not CheckState.PASSED or check.settled_at is None:
        return None
    return check.settled_at + policy.methods[check.method].lapses


def holds(check: Check, dossier: Dossier, policy: Policy, now: datetime) -> bool:
    """Whether a check was passed and nothing objects to what it stands on, however long ago that was."""
    if check.state is not CheckState.PASSED or not policy.methods[check.method].enabled:
        return False
    return not objections_to_target(check.method, check.target, dossier, policy, now)


def counts(check: Check, dossier: Dossier, policy: Policy, now: datetime) -> bool:
    """Whether a check is evidence now: it holds, and has not lapsed."""
    lapse = lapses_at(check, policy)
    return lapse is not None and now < lapse and holds(check, dossier, policy, now)


def evidence_of(checks: Sequence[Check], dossier: Dossier, policy: Policy, now: datetime) -> tuple[Evidence, ...]:
    """What the checks of a case prove now."""
    return _proofs([check for check in checks if counts(check, dossier, policy, now)], dossier, policy)


def evidence_held(checks: Sequence[Check], dossier: Dossier, policy: Policy, now: datetime) -> tuple[Evidence, ...]:
    """What checks that something was decided on still prove: time alone takes nothing from them."""
    return _proofs([check for check in checks if holds(check, dossier, policy, now)], dossier, policy)


def objections_of_limits(buckets: Sequence[str], dossier: Dossier, policy: Policy, now: datetime) -> tuple[Why, ...]:
    """Attempts and sends of the account that are used up (invariant 10)."""
    found = [limits.objections(dossier.attempts.get(name), limits.limits_of(name, policy), now) for name in buckets]
    return limits.to_wait_for(why for reasons in found for why in reasons)


def _proofs(checks: Sequence[Check], dossier: Dossier, policy: Policy) -> tuple[Evidence, ...]:
    return tuple(
        proof(check.method, check.target, dossier.contact(check.contact_id), check.sim_swap, policy, check.id)
        for check in checks
    )


def moved_to(check: Check, state: CheckState, now: datetime) -> Check:
    """The check, over.

    Raises:
        Refused: When it was over before.
    """
    return replace(check, state=moved(CHECK, check.state, state, Objection.CHECK_NOT_PENDING), settled_at=now)


def entry_of(event: Event, check: Check, actor: ActorId, now: datetime, details: Mapping[str, Detail]) -> Entry:
    """An entry about a check."""
    return Entry(
        event=event,
        at=now,
        actor=actor,
        subject=check.account_id,
        case=check.case_id,
        details={"check": check.id, **details},
    )
