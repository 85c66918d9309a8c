"""Staff sign-in: two factors, a failure that never says which, and limits that no waiting lifts (A-17, N-THR-01)."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.domain.outcome import Outcome
from services.domain.staff import (
    LONGEST_REST,
    MOST_FAILURES,
    SESSION_IDLE,
    SESSION_LIFE,
    SIGN_IN_LIMIT,
    SIGN_IN_REST,
    Staff,
    StaffSession,
    is_over,
    lacks,
    may_administer,
    renewed,
    sign_in,
)
from services.vocabulary import Event, Objection, Permission, StaffId
from tests.support.facts import MICROSECOND, NOW, objections, staff

SESSION = StaffSession(id="ses_1", token_digest=b"digest", staff_id=StaffId("stf_1"), started_at=NOW, seen_at=NOW)
ADA = staff(totp_step=100)
STEP = 101


def tried(who: Staff, *, password: bool = True, step: int | None = STEP, now: datetime = NOW) -> Outcome[Staff]:
    return sign_in(who, password_fits=password, totp_step=step, session=SESSION, now=now)


def failed(who: Staff, times: int, now: datetime = NOW) -> Staff:
    """After so many failures, each as soon as it is looked at."""
    for _ in range(times):
        now = max(now, who.locked_until or now)
        who = tried(who, password=False, now=now).state
    return who


def signed_in(outcome: Outcome[Staff]) -> bool:
    return outcome.entry.event == Event.SIGNED_IN


def test_both_factors_open_a_session_and_the_code_is_used_up() -> None:
    outcome = tried(replace(ADA, failures=4))
    assert signed_in(outcome)
    assert (outcome.state.failures, outcome.state.totp_step) == (0, STEP)
    assert dict(outcome.entry.details) == {"session": "ses_1", "role": "agent", "factors": ("password", "totp")}
    assert not signed_in(tried(outcome.state))


@given(st.booleans(), st.sampled_from([None, 99, 100, 101]), st.integers(0, 120), st.booleans())
def test_a_failure_never_tells_which_factor_was_wrong(
    password: bool, step: int | None, failures: int, enabled: bool
) -> None:
    """A-17: whatever was wrong, the log says the same, the counter is the same, and no code is used up."""
    who = replace(ADA, failures=failures, enabled=enabled)
    outcome, neither = tried(who, password=password, step=step), tried(who, password=False, step=None)
    if not signed_in(outcome):
        assert outcome == neither
        assert outcome.state.totp_step == who.totp_step
    else:
        assert password
        assert step == STEP


@given(st.lists(st.tuples(st.booleans(), st.booleans()), max_size=30))
def test_one_factor_never_suffices(tries: list[tuple[bool, bool]]) -> None:
    who, now = ADA, NOW
    for password, code in tries:
        now = max(now, who.locked_until or now)
        outcome = tried(who, password=password, step=who.totp_step + 1 if code else None, now=now)
        assert signed_in(outcome) is (password and code)
        who = outcome.state


def test_a_code_is_accepted_once_and_nothing_before_it() -> None:
    """O-06, whatever the caller of the rule checked."""
    assert not signed_in(tried(ADA, step=100))
    assert not signed_in(tried(ADA, step=99))


def test_a_login_rests_after_five_failures_exactly_as_long_as_it_says() -> None:
    """N-THR-02, A-09."""
    four, five = failed(ADA, SIGN_IN_LIMIT - 1), failed(ADA, SIGN_IN_LIMIT)
    assert signed_in(tried(four))
    assert five.locked_until == NOW + SIGN_IN_REST
    assert not signed_in(tried(five, now=NOW + SIGN_IN_REST - MICROSECOND))
    assert signed_in(tried(five, now=NOW + SIGN_IN_REST))


def test_what_is_tried_while_it_rests_is_not_even_looked_at() -> None:
    five = failed(ADA, SIGN_IN_LIMIT)
    right, wrong = tried(five), tried(five, password=False)
    assert right == wrong
    assert right.state == five


def test_each_rest_is_twice_the_one_before_until_it_is_an_hour() -> None:
    who, rests = ADA, list[timedelta]()
    for _ in range(6):
        now = who.locked_until or NOW
        who = failed(who, SIGN_IN_LIMIT, now)
        assert who.locked_until is not None
        rests.append(who.locked_until - now)
    assert [rest.total_seconds() / 60 for rest in rests] == [5, 10, 20, 40, 60, 60]
    assert max(rests) == LONGEST_REST


@given(st.lists(st.integers(0, 100), max_size=130))
def test_no_more_than_a_hundred_failures_in_a_row_are_looked_at(pauses: list[int]) -> None:
    """N-THR-01: for any pace; then the right password and code are refused too, for ever."""
    who, now, looked_at = ADA, NOW, 0
    for pause in [*pauses, *[60] * MOST_FAILURES]:
        now += timedelta(minutes=pause)
        outcome = tried(who, password=False, now=now)
        looked_at += outcome.entry.details["reason"] == "wrong"
        who = outcome.state
    assert looked_at == MOST_FAILURES
    assert not signed_in(tried(who, now=now + timedelta(days=4000)))


def test_only_new_credentials_help_a_login_that_is_worn_out() -> None:
    worn = failed(ADA, MOST_FAILURES)
    assert worn.is_worn_out
    again = renewed(worn, "new hash", b"new secret")
    assert not again.is_worn_out
    assert (again.password_hash, again.totp_secret, again.totp_step) == ("new hash", b"new secret", -1)
    assert signed_in(tried(again))


def test_who_may_not_sign_in_is_not_told_so() -> None:
    outcome = tried(replace(ADA, enabled=False))
    assert outcome.entry.event == Event.SIGN_IN_FAILED
    assert outcome.state.failures == 0


@pytest.mark.parametrize(
    ("session", "now", "over"),
    [
        (SESSION, NOW, False),
        (SESSION, NOW + SESSION_IDLE - MICROSECOND, False),
        (SESSION, NOW + SESSION_IDLE, True),
        (replace(SESSION, seen_at=NOW + SESSION_LIFE - MICROSECOND), NOW + SESSION_LIFE - MICROSECOND, False),
        (replace(SESSION, seen_at=NOW + SESSION_LIFE - MICROSECOND), NOW + SESSION_LIFE, True),
        (replace(SESSION, ended_at=NOW), NOW, True),
    ],
)
def test_when_a_session_is_over(session: StaffSession, now: datetime, over: bool) -> None:
    """N-SES-01, N-SES-02: 12 hours however busy, 15 minutes without a request."""
    assert (timedelta(hours=12), timedelta(minutes=15)) == (SESSION_LIFE, SESSION_IDLE)
    assert is_over(session, now) is over


def test_what_a_role_lacks_is_told_by_name() -> None:
    nobody = staff("stf_1", Permission.READ_AUDIT)
    missing = lacks(nobody, Permission.READ_AUDIT, Permission.FREEZE, Permission.APPROVE)
    assert [(why.code, why.about) for why in missing] == [
        (Objection.MAY_NOT, Permission.FREEZE),
        (Objection.MAY_NOT, Permission.APPROVE),
    ]


def test_nobody_administers_themselves() -> None:
    administrator, colleague = staff("stf_1", Permission.ADMINISTER_STAFF), staff("stf_2", Permission.OPEN_CASE)
    assert may_administer(administrator, colleague) == ()
    assert objections(may_administer(administrator, administrator)) == {Objection.OWN_ACCOUNT}
    assert objections(may_administer(colleague, administrator)) == {Objection.MAY_NOT}


def test_nothing_secret_shows_of_a_person_or_a_session() -> None:
    """C-LOG-03."""
    shown = repr(replace(ADA, password_hash="hash canary", totp_secret=b"seed canary")) + repr(SESSION)
    assert "canary" not in shown
    assert "digest" not in shown


@pytest.mark.parametrize(("name", "first"), [("Ada Lindqvist", "Ada"), ("Ada", "Ada")])
def test_what_customers_call_them(name: str, first: str) -> None:
    assert staff(name="stf_1").first_name == "Ada"
    assert replace(ADA, name=name).first_name == first
