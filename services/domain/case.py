"""A case: one caller's matter, and when it may be worked on."""

from dataclasses import dataclass, field, replace
from datetime import datetime

from services.domain.outcome import Entry, Outcome, Why, demand
from services.domain.staff import Staff, lacks
from services.domain.transitions import CASE, moved
from services.vocabulary import (
    CUSTOMER,
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


def objections(case: Case, staff: Staff) -> tuple[Why, ...]:
    """Everything that stops *staff* from working on the case at all."""
    if case.agent_id != staff.id:
        return (Why(code=Objection.NOT_YOUR_CASE),)
    if case.state is not CaseState.OPEN:
        return (Why(code=Objection.CASE_NOT_OPEN, about=case.state),)
    return ()


def may_read(case: Case, staff: Staff) -> bool:
    """Whether *staff* may see the case: its own agent, and those who see every case."""
    return case.agent_id == staff.id or Permission.SEE_EVERY_CASE in staff.permissions


def open_case(case: Case, staff: Staff, now: datetime) -> Outcome[Case]:
    """Open a case for a call.

    Raises:
        Refused: Without the permission, or without a reference to a call or ticket (invariant 2).
    """
    reasons = lacks(staff, Permission.OPEN_CASE)
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


def note(case: Case, staff: Staff, text: str, now: datetime) -> Outcome[Case]:
    """Add a note; the log keeps a commitment to it.

    Raises:
        Refused: When the case is not the agent's, or the note is empty. A closed case can still be annotated.
    """
    if case.agent_id != staff.id:
        demand((Why(code=Objection.NOT_YOUR_CASE),))
    if not text.strip():
        demand((Why(code=Objection.REASON_MISSING),))
    return Outcome(state=case, entry=_entry(Event.CASE_NOTED, case, ActorId(staff.id), now, {}, prose=text))


def _ended(case: Case, state: CaseState, now: datetime) -> Case:
    return replace(case, state=moved(CASE, case.state, state, Objection.CASE_NOT_OPEN), closed_at=now)


def _entry(
    event: Event, case: Case, actor: ActorId, now: datetime, details: dict[str, str], prose: str | None = None
) -> Entry:
    return Entry(event=event, at=now, actor=actor, subject=case.account_id, case=case.id, details=details, prose=prose)
