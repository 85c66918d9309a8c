"""A case: one caller's matter, and when it may be worked on."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from services.domain.budget import Budget, afresh_at, is_spent
from services.domain.outcome import Entry, Outcome, Why, demand
from services.domain.policy import Policy
from services.domain.staff import Staff, lacks
from services.domain.transitions import CASE, moved
from services.vocabulary import (
    CUSTOMER,
    SYSTEM,
    AccountId,
    ActorId,
    CaseId,
    CaseState,
    Channel,
    Event,
    Objection,
    Permission,
    StaffId,
)

REFERENCE_LENGTH = 3
"""Shortest call or ticket reference that says anything."""
NOTHING_HAPPENED = frozenset({Event.CASE_READ, Event.REFUSED})
"""Entries of a case that keep it open no longer: somebody looked, or tried what they may not."""
ERASED = "–"
"""Stands where the words of a case were erased."""
REVEAL_LIFE = timedelta(minutes=5)
"""How long a field stays in clear after its reason was given: a look during the call, and no copy for later."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One caller's matter."""

    id: CaseId
    version: int = 0
    number: str
    channel: Channel
    reference: str
    agent_id: StaffId
    account_id: AccountId | None = None
    state: CaseState = CaseState.OPEN
    lookup: str = "none"
    lookups: int = 0
    revealed: tuple[str, ...] = ()
    """Fields that were ever shown in clear in it; `in_clear` says which are now, and to whom."""
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
class Reveal:
    """A field that was shown in clear: to whom, and when the reason was given."""

    field: str
    to: str
    at: datetime


def objections(case: Case, staff: Staff) -> tuple[Why, ...]:
    """Everything that stops *staff* from working on the case at all."""
    ended = (Why(code=Objection.CASE_NOT_OPEN, about=case.state),) if case.state is not CaseState.OPEN else ()
    return _somebody_elses(case, staff) or ended


def is_own(case: Case, staff: Staff) -> bool:
    """Whether it is the case of *staff*, and cases are still their work."""
    return not _somebody_elses(case, staff)


def objections_to_note(case: Case, staff: Staff) -> tuple[Why, ...]:
    """Everything that stops *staff* from adding a note: its own agent may, even after the case ended."""
    return _somebody_elses(case, staff)


def lookups_left(case: Case, hour: Budget | None, policy: Policy, now: datetime) -> int:
    """How many look-ups remain in the case; none when the agent's *hour* is used up."""
    if is_spent(hour, policy.lookups_per_agent_hour, now):
        return 0
    return max(0, policy.lookups_per_case - case.lookups)


def objections_to_look_up(
    case: Case, staff: Staff, hour: Budget | None, policy: Policy, now: datetime
) -> tuple[Why, ...]:
    """Everything that stops another look-up in the case (A-05). The agent's hour ends; the tries of a case do not."""
    if closed := objections(case, staff):
        return closed
    reasons = list(lacks(staff, Permission.OPEN_CASE))
    if case.account_id is not None:
        reasons.append(Why(code=Objection.ACCOUNT_ALREADY_FOUND))
    if case.lookups >= policy.lookups_per_case:
        reasons.append(Why(code=Objection.LOOKUPS_USED_UP))
    elif is_spent(hour, policy.lookups_per_agent_hour, now):
        reasons.append(Why(code=Objection.LOOKUPS_USED_UP, at=afresh_at(hour)))
    return tuple(reasons)


def objections_to_reveal(
    case: Case, staff: Staff, hour: Budget | None, policy: Policy, now: datetime
) -> tuple[Why, ...]:
    """Everything that stops a field of the case's account from being shown in clear, whatever the reason (A-05)."""
    if closed := objections(case, staff):
        return closed
    reasons = list(lacks(staff, Permission.REVEAL))
    if case.account_id is None:
        reasons.append(Why(code=Objection.NO_ACCOUNT_YET))
    if is_spent(hour, policy.reveals_per_agent_hour, now):
        reasons.append(Why(code=Objection.REVEALS_USED_UP, at=afresh_at(hour)))
    return tuple(reasons)


def may_read(case: Case, staff: Staff) -> bool:
    """Whether *staff* may see the case: its own agent, and those who see every case."""
    return is_own(case, staff) or Permission.SEE_EVERY_CASE in staff.permissions


def in_clear(case: Case, staff: Staff, reveals: Iterable[Reveal], now: datetime) -> dict[str, datetime]:
    """The fields that *staff* sees in clear now, each with when it is masked again (invariant 2).

    Those whose reason they gave themselves a moment ago, in a case that they still work on, while they may reveal.
    *reveals* are those of the case, oldest first.
    """
    if objections(case, staff) or lacks(staff, Permission.REVEAL):
        return {}
    masked_at = {one.field: one.at + REVEAL_LIFE for one in reveals if one.to == staff.id}
    return {name: at for name, at in masked_at.items() if name in case.revealed and now < at}


def objections_to_open(staff: Staff) -> tuple[Why, ...]:
    """Everything that stops *staff* from opening any case."""
    return lacks(staff, Permission.OPEN_CASE)


def open_case(case: Case, staff: Staff, now: datetime) -> Outcome[Case]:
    """Open a case for a call.

    Raises:
        Refused: Without the permission, or without a reference to a call or ticket (invariant 2).
    """
    reasons = objections_to_open(staff)
    if len(case.reference.strip()) < REFERENCE_LENGTH:
        reasons = (*reasons, Why(code=Objection.REFERENCE_MISSING))
    demand(reasons)
    details = {"number": case.number, "channel": case.channel}
    return Outcome(
        state=case, entry=_entry(Event.CASE_OPENED, case, ActorId(staff.id), now, details, prose=case.reference)
    )


def close(case: Case, staff: Staff, note: str, now: datetime) -> Outcome[Case]:
    """End a case by hand.

    Raises:
        Refused: When it is not open or not the agent's.
    """
    demand(objections(case, staff))
    closed = _ended(case, CaseState.CLOSED, now)
    return Outcome(
        state=closed, entry=_entry(Event.CASE_CLOSED, closed, ActorId(staff.id), now, {}, prose=note or None)
    )


def resolve(case: Case, now: datetime) -> Outcome[Case]:
    """End a case whose owner completed what it was for.

    Raises:
        Refused: When it is not open.
    """
    resolved = _ended(case, CaseState.RESOLVED, now)
    return Outcome(state=resolved, entry=_entry(Event.CASE_RESOLVED, resolved, CUSTOMER, now, {}))


def expire(case: Case, last_at: datetime, policy: Policy, now: datetime, *, waits: bool) -> Outcome[Case]:
    """End a case that was left alone: while it is open, it is its agent's window on the account (invariant 2).

    *last_at* is when anything last happened in it. One that *waits* for a check or an action has no end before theirs.

    Raises:
        Refused: When it is not open, waits, or was not left alone for as long as the policy says.
    """
    if waits or now < last_at + policy.case_idle:
        demand((Why(code=Objection.NOTHING_TO_DO),))
    expired = _ended(case, CaseState.CLOSED, now)
    return Outcome(state=expired, entry=_entry(Event.CASE_EXPIRED, expired, SYSTEM, now, {}))


def without_words(case: Case) -> Case:
    """The case without what was typed when it was opened."""
    return replace(case, reference=ERASED)


def note(case: Case, staff: Staff, text: str, now: datetime) -> Outcome[Case]:
    """Add a note; the log keeps a commitment to it.

    Raises:
        Refused: When the case is not the agent's, or the note is empty. A closed case can still be annotated.
    """
    demand(objections_to_note(case, staff))
    if not text.strip():
        demand((Why(code=Objection.REASON_MISSING),))
    return Outcome(state=case, entry=_entry(Event.CASE_NOTED, case, ActorId(staff.id), now, {}, prose=text))


def _somebody_elses(case: Case, staff: Staff) -> tuple[Why, ...]:
    """What keeps the case from being that of *staff*: it never was, or cases are not their work any more (A-34)."""
    if case.agent_id != staff.id:
        return (Why(code=Objection.NOT_YOUR_CASE),)
    return lacks(staff, Permission.OPEN_CASE)


def _ended(case: Case, state: CaseState, now: datetime) -> Case:
    return replace(case, state=moved(CASE, case.state, state, Objection.CASE_NOT_OPEN), closed_at=now)


def _entry(
    event: Event, case: Case, actor: ActorId, now: datetime, details: dict[str, str], prose: str | None = None
) -> Entry:
    return Entry(event=event, at=now, actor=actor, subject=case.account_id, case=case.id, details=details, prose=prose)
