"""One-time links and hourly budgets: used once, dead on time (C-FP-03, A-05)."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.domain.handover import (
    BUDGET_WINDOW,
    PURPOSE_OF,
    STOP_LINK_LIFE,
    Budget,
    Link,
    is_spent,
    link_objections,
    spend,
    use,
)
from services.domain.recovery_rules import HANDS_OVER
from services.vocabulary import LinkPurpose, Objection
from tests.support.facts import ACCOUNT, CASE, MICROSECOND, NOW, POLICY, objections

LINK = Link(
    id="lnk_1",
    token_digest=b"digest",
    purpose=LinkPurpose.NEW_PASSWORD,
    account_id=ACCOUNT,
    case_id=CASE,
    created_at=NOW,
    expires_at=NOW + timedelta(hours=1),
)
HOUR = timedelta(hours=1)
BUDGET = Budget(id="b", spent=0, since=NOW)


def test_a_link_lives_until_it_expires_and_not_at_that_instant() -> None:
    assert link_objections(LINK, NOW) == ()
    assert link_objections(LINK, LINK.expires_at - MICROSECOND) == ()
    assert objections(link_objections(LINK, LINK.expires_at)) == {Objection.LINK_DEAD}


def test_a_link_is_used_once() -> None:
    assert objections(link_objections(use(LINK, NOW), NOW)) == {Objection.LINK_DEAD}


def test_a_link_does_not_show_what_it_is_known_by() -> None:
    assert "digest" not in repr(LINK)


def test_every_action_that_hands_over_has_its_page() -> None:
    assert set(PURPOSE_OF) == HANDS_OVER
    assert len(set(PURPOSE_OF.values())) == len(PURPOSE_OF)


def test_a_notice_can_still_stop_what_it_is_about_however_long_that_takes() -> None:
    """Invariant 9."""
    for rules in POLICY.actions.values():
        assert max(rules.cooling, rules.cooling_elevated) + rules.link_valid < STOP_LINK_LIFE


def test_nothing_of_a_new_budget_is_spent() -> None:
    assert not is_spent(None, 1, NOW)
    assert not is_spent(Budget(id="b", spent=0, since=NOW), 1, NOW)


def test_a_budget_is_spent_at_its_limit_until_its_hour_is_over() -> None:
    budget = Budget(id="b", spent=2, since=NOW)
    assert not is_spent(budget, 3, NOW)
    full = spend(budget, NOW)
    assert is_spent(full, 3, NOW + BUDGET_WINDOW - MICROSECOND)
    assert not is_spent(full, 3, NOW + BUDGET_WINDOW)
    assert spend(full, NOW + BUDGET_WINDOW) == replace(full, spent=1, since=NOW + BUDGET_WINDOW)


@given(st.integers(1, 5), st.lists(st.integers(0, 40), max_size=40))
def test_no_running_hour_holds_more_than_the_budget(most: int, pauses: list[int]) -> None:
    budget, now, spent = Budget(id="b", spent=0, since=NOW), NOW, []
    for pause in pauses:
        now += timedelta(minutes=pause)
        if not is_spent(budget, most, now):
            budget = spend(budget, now)
            spent.append((budget.since, now))
    for since, _ in spent:
        assert sum(other == since for other, _ in spent) <= most


@pytest.mark.parametrize("budget", [None, BUDGET, replace(BUDGET, spent=9, since=NOW - HOUR)])
def test_a_budget_of_nothing_is_always_spent(budget: Budget | None) -> None:
    """A policy may allow no reveals at all."""
    assert is_spent(budget, 0, NOW)
    assert not is_spent(budget, 1, NOW)
