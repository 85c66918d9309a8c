"""Staff sign-in: two factors, a failure that never says which, and limits that no waiting lifts (A-17, N-THR-01).

And who administers whom: nobody themselves, and never so that nobody is left to do it.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.domain.outcome import Entry, Outcome, Refused, Why
from services.domain.staff import (
    LONGEST_REST,
    MOST_FAILURES,
    SESSION_IDLE,
    SESSION_LIFE,
    SIGN_IN_LIMIT,
    SIGN_IN_REST,
    Staff,
    StaffSession,
    add,
    change_role,
    disable,
    enable,
    is_over,
    lacks,
    may_administer,
    nobody,
    renew,
    sessions_ended,
    sign_in,
    sign_out,
    with_permissions,
)
from services.vocabulary import SYSTEM, ActorId, Event, Objection, Permission, StaffId
from tests.support.facts import MICROSECOND, NOW, objections, staff

SESSION = StaffSession(id="ses_1", token_digest=b"digest", staff_id=StaffId("stf_1"), started_at=NOW, seen_at=NOW)
ADA = staff(totp_step=100)
STEP = 101
ROLES = {"administrator": frozenset({Permission.ADMINISTER_STAFF}), "agent": frozenset({Permission.OPEN_CASE})}
BOSS = staff("stf_boss", Permission.ADMINISTER_STAFF, role="administrator")
OTHER = staff("stf_other", Permission.ADMINISTER_STAFF, role="administrator")
EVERYBODY = [ADA, BOSS, OTHER]

Deed = Callable[[Staff, Staff], Outcome[Staff]]
DEEDS: dict[str, Deed] = {
    "role": lambda subject, actor: change_role(subject, actor, "agent", EVERYBODY, ROLES, NOW),
    "disable": lambda subject, actor: disable(subject, actor, EVERYBODY, ROLES, NOW),
    "enable": lambda subject, actor: enable(subject, actor, NOW),
    "renew": lambda subject, actor: renew(subject, actor, "new hash", b"new secret", NOW),
}


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
    again = renew(worn, BOSS, "new hash", b"new secret", NOW).state
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


def refused(decide: Callable[[], Outcome[Staff]]) -> list[Why]:
    with pytest.raises(Refused) as found:
        decide()
    return list(found.value.reasons)


@pytest.mark.parametrize("name", DEEDS)
def test_only_an_administrator_changes_a_colleague_and_nobody_themselves(name: str) -> None:
    agent = staff("stf_2", Permission.OPEN_CASE)
    reasons = refused(lambda: DEEDS[name](ADA, agent))
    assert reasons == [Why(code=Objection.MAY_NOT, about=Permission.ADMINISTER_STAFF)]
    assert objections(refused(lambda: DEEDS[name](BOSS, BOSS))) == {Objection.OWN_ACCOUNT}


@pytest.mark.parametrize(
    ("name", "changes", "event", "details"),
    [
        ("role", {"role": "agent"}, Event.STAFF_ROLE_CHANGED, {"before": "administrator", "after": "agent"}),
        ("disable", {"enabled": False}, Event.STAFF_DISABLED, {}),
        ("enable", {"enabled": True}, Event.STAFF_ENABLED, {}),
        (
            "renew",
            {"password_hash": "new hash", "totp_secret": b"new secret", "totp_step": -1},
            Event.STAFF_RENEWED,
            {},
        ),
    ],
)
def test_what_becomes_of_a_colleague_is_on_record_with_who_did_it(
    name: str, changes: dict[str, object], event: Event, details: dict[str, str]
) -> None:
    outcome = DEEDS[name](OTHER, BOSS)
    assert outcome.state == replace(OTHER, **changes)  # type: ignore[arg-type]  # fields of all types
    assert outcome.entry == Entry(event=event, at=NOW, actor=ActorId(BOSS.id), subject=OTHER.id, details=details)


def test_who_is_disabled_keeps_what_they_had_and_gets_nothing_new() -> None:
    disabled = replace(ADA, enabled=False, password_hash="hash")
    assert refused(lambda: DEEDS["renew"](disabled, BOSS)) == [Why(code=Objection.STAFF_DISABLED)]
    assert DEEDS["enable"](disabled, BOSS).state == replace(disabled, enabled=True)


def test_a_role_that_there_is_not_is_given_to_nobody() -> None:
    unknown = [Why(code=Objection.UNKNOWN_ROLE, about="owner")]
    assert refused(lambda: change_role(ADA, BOSS, "owner", EVERYBODY, ROLES, NOW)) == unknown
    assert refused(lambda: add(replace(ADA, role="owner"), SYSTEM, None, ROLES, NOW)) == unknown


def test_a_login_belongs_to_one_person() -> None:
    assert refused(lambda: add(ADA, SYSTEM, OTHER, ROLES, NOW)) == [Why(code=Objection.LOGIN_TAKEN, about=ADA.login)]
    added, details = add(ADA, SYSTEM, None, ROLES, NOW), {"role": "agent"}
    assert added.state == ADA
    assert added.entry == Entry(event=Event.STAFF_ADDED, at=NOW, actor=SYSTEM, subject=ADA.id, details=details)


@given(st.lists(st.tuples(st.sampled_from(["administrator", "agent", "gone"]), st.booleans()), max_size=6))
def test_somebody_is_always_left_to_administer(others: list[tuple[str, bool]]) -> None:
    """Whoever is disabled, or has a role that the file does not have any more, is nobody who could."""
    colleagues = [staff(f"stf_{nth}", role=role, enabled=enabled) for nth, (role, enabled) in enumerate(others)]
    everybody = [OTHER, *colleagues]
    left = any(role == "administrator" and enabled for role, enabled in others)
    deeds: list[Callable[[], Outcome[Staff]]] = [
        lambda: disable(OTHER, BOSS, everybody, ROLES, NOW),
        lambda: change_role(OTHER, BOSS, "agent", everybody, ROLES, NOW),
    ]
    for deed in deeds:
        if left:
            assert deed().state.id == OTHER.id
        else:
            assert refused(deed) == [Why(code=Objection.LAST_ADMINISTRATOR)]
    assert change_role(OTHER, BOSS, "administrator", everybody, ROLES, NOW).state == OTHER


def test_a_role_grants_what_it_grants_now() -> None:
    """A-34: and one that the file does not have any more grants nothing."""
    assert with_permissions(BOSS, {}).permissions == frozenset()
    assert with_permissions(ADA, ROLES).permissions == {Permission.OPEN_CASE}


def test_the_end_of_sessions_is_on_record() -> None:
    ended, who = sign_out(SESSION, NOW + MICROSECOND), ActorId("stf_1")
    assert ended.state == replace(SESSION, ended_at=NOW + MICROSECOND)
    assert ended.entry == Entry(
        event=Event.SIGNED_OUT, at=NOW + MICROSECOND, actor=who, subject="stf_1", details={"session": "ses_1"}
    )
    actor, details = ActorId(BOSS.id), {"count": 3}
    assert sessions_ended(ADA, BOSS, 3, NOW).entry == Entry(
        event=Event.SESSIONS_ENDED, at=NOW, actor=actor, subject=ADA.id, details=details
    )


def test_a_login_that_nobody_has_is_on_record_without_it() -> None:
    unknown = {"reason": "unknown"}
    assert nobody(NOW).entry == Entry(event=Event.SIGN_IN_FAILED, at=NOW, actor=SYSTEM, details=unknown)


def test_nothing_secret_shows_of_a_person_or_a_session() -> None:
    """C-LOG-03."""
    shown = repr(replace(ADA, password_hash="hash canary", totp_secret=b"seed canary")) + repr(SESSION)
    assert "canary" not in shown
    assert "digest" not in shown


@pytest.mark.parametrize(("name", "first"), [("Ada Lindqvist", "Ada"), ("Ada", "Ada")])
def test_what_customers_call_them(name: str, first: str) -> None:
    assert staff(name="stf_1").first_name == "Ada"
    assert replace(ADA, name=name).first_name == first
