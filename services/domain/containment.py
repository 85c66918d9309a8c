"""Containment: "that is not me", and "stop this". The case and the account freeze, and a person looks into it."""

from dataclasses import dataclass, replace
from datetime import datetime

from services.domain.account import Account
from services.domain.case import Case
from services.domain.outcome import Detail, Entry, Outcome
from services.domain.transitions import CASE, moved
from services.vocabulary import AccountId, ActorId, CaseId, CaseState, Event, Objection


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """A reason to think that an account is at risk, waiting for a person."""

    id: str
    account_id: AccountId
    case_id: CaseId | None
    reason: str
    opened_at: datetime
    closed_at: datetime | None = None


def freeze_case(case: Case, actor: ActorId, now: datetime) -> Outcome[Case]:
    """Nothing more is done in this case (invariant 9). One that ended keeps the time when it did.

    Raises:
        Refused: When it is frozen already.
    """
    state = moved(CASE, case.state, CaseState.FROZEN, Objection.NOTHING_TO_DO)
    frozen = replace(case, state=state, closed_at=case.closed_at or now)
    return Outcome(state=frozen, entry=_entry(Event.CASE_FROZEN, actor, case.account_id, case.id, now))


def freeze_account(account: Account, case_id: CaseId | None, actor: ActorId, now: datetime) -> Outcome[Account]:
    """No check and no recovery for this account, by anyone, until a review ends (N-REC-21).

    One that is frozen stays frozen since when it was.
    """
    frozen = replace(account, frozen_at=account.frozen_at or now)
    return Outcome(state=frozen, entry=_entry(Event.ACCOUNT_FROZEN, actor, account.id, case_id, now))


def sign_out(
    account: Account, case_id: CaseId | None, sessions: int, devices: int, actor: ActorId, now: datetime
) -> Outcome[None]:
    """Put on record that so many sessions were ended and trusted devices forgotten: a thief who is in is out."""
    details: dict[str, Detail] = {"sessions": sessions, "devices": devices}
    return Outcome(state=None, entry=_entry(Event.ACCOUNT_SIGNED_OUT, actor, account.id, case_id, now, details))


def open_review(review: Review, actor: ActorId) -> Outcome[Review]:
    """Ask a person to look into an account (N-IDP-05)."""
    details: dict[str, Detail] = {"review": review.id, "reason": review.reason}
    entry = _entry(Event.REVIEW_OPENED, actor, review.account_id, review.case_id, review.opened_at, details)
    return Outcome(state=review, entry=entry)


def _entry(
    event: Event,
    actor: ActorId,
    subject: AccountId | None,
    case: CaseId | None,
    now: datetime,
    details: dict[str, Detail] | None = None,
) -> Entry:
    return Entry(event=event, at=now, actor=actor, subject=subject, case=case, details=details or {})
