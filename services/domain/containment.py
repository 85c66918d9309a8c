"""Containment: "that is not me", and "stop this". The case and the account freeze, and a person looks into it."""

from dataclasses import replace
from datetime import datetime

from services.domain.account import Account
from services.domain.case import Case
from services.domain.outcome import Entry, Outcome
from services.vocabulary import ActorId, CaseState, Event


def freeze_case(case: Case, actor: ActorId, now: datetime) -> Outcome[Case]:
    """Nothing more is done in this case (invariant 9)."""
    frozen = replace(case, state=CaseState.FROZEN, closed_at=now)
    return Outcome(state=frozen, entry=_entry(Event.CASE_FROZEN, actor, case.account_id, case.id, now))


def freeze_account(account: Account, case: Case | None, actor: ActorId, now: datetime) -> Outcome[Account]:
    """No check and no recovery for this account, by anyone, until a review ends (N-REC-21)."""
    frozen = replace(account, frozen_at=account.frozen_at or now)
    case_id = case.id if case else None
    return Outcome(
        state=frozen,
        entry=_entry(Event.ACCOUNT_FROZEN, actor, account.id, case_id, now),
        more=(_entry(Event.REVIEW_OPENED, actor, account.id, case_id, now),),
    )


def _entry(event: Event, actor: ActorId, subject: str | None, case: str | None, now: datetime) -> Entry:
    return Entry(event=event, at=now, actor=actor, subject=subject, case=case)
