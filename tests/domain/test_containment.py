"""Containment: what freezes stays frozen, and a person is asked (invariants 9 and 11, N-REC-21)."""

from datetime import timedelta

import pytest

from services.domain.containment import Review, freeze_account, freeze_case, open_review
from services.domain.outcome import Refused
from services.vocabulary import CUSTOMER, SYSTEM, CaseState, Event
from tests.support.facts import ACCOUNT, CASE, NOW, account, case

LATER = NOW + timedelta(hours=1)


@pytest.mark.parametrize("state", [CaseState.OPEN, CaseState.RESOLVED, CaseState.CLOSED])
def test_a_case_freezes_even_after_it_ended(state: CaseState) -> None:
    """An owner may find out late; when the case ended stays on it."""
    ended = None if state is CaseState.OPEN else NOW
    outcome = freeze_case(case(state, closed_at=ended), CUSTOMER, LATER)
    assert (outcome.state.state, outcome.state.closed_at) == (CaseState.FROZEN, ended or LATER)
    assert (outcome.entry.event, outcome.entry.actor, outcome.entry.case) == (Event.CASE_FROZEN, CUSTOMER, CASE)


def test_a_frozen_case_is_not_frozen_again() -> None:
    with pytest.raises(Refused):
        freeze_case(case(CaseState.FROZEN), CUSTOMER, NOW)


def test_an_account_stays_frozen_since_when_it_was() -> None:
    once = freeze_account(account(), CASE, CUSTOMER, NOW)
    again = freeze_account(once.state, None, SYSTEM, LATER)
    assert (once.state.frozen_at, again.state.frozen_at) == (NOW, NOW)
    assert (once.entry.event, once.entry.subject, once.entry.case) == (Event.ACCOUNT_FROZEN, ACCOUNT, CASE)


def test_a_review_is_on_record_when_it_opens() -> None:
    """Invariant 11: a second reason to look at a frozen account is as much a fact as the first."""
    review = Review(id="rev_1", account_id=ACCOUNT, case_id=CASE, reason="stopped", opened_at=NOW)
    outcome = open_review(review, CUSTOMER)
    assert outcome.state is review
    assert (outcome.entry.event, outcome.entry.at, outcome.entry.subject) == (Event.REVIEW_OPENED, NOW, ACCOUNT)
    assert dict(outcome.entry.details) == {"review": "rev_1", "reason": "stopped"}
