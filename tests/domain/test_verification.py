"""The life of a check: answers, expiry, repudiation, and for how long it counts."""

from datetime import datetime, timedelta

import pytest

from services.domain.account import Dossier
from services.domain.answering import Fit, attempts_left, objections_to_answer, settle
from services.domain.attempts import ANY, SENDS, SENDS_DAILY
from services.domain.outcome import Refused
from services.domain.policy import Policy
from services.domain.verification import Check, counts, end, evidence_of, lapses_at, opened, start, state_for, state_now
from services.vocabulary import CUSTOMER, SYSTEM, ActorId, CheckState, Event, Method, Objection, SignalAnswer
from tests.support.facts import (
    LONG_AGO,
    MICROSECOND,
    NOW,
    POLICY,
    account,
    app,
    attempts,
    check,
    codes,
    dossier,
    email,
    objections,
    passed,
    phone,
    policy,
)

AGENT = ActorId("stf_1")
FULL = dossier(phone(), email(), app(), codes())
SMS = check(Method.SMS_CODE, "phone")


@pytest.mark.parametrize(
    ("bucket", "failures", "state"),
    [
        (SMS.bucket, POLICY.attempts.limit - 1, CheckState.PENDING),
        (SMS.bucket, POLICY.attempts.limit, CheckState.FAILED),
        (ANY, POLICY.attempts_together.limit, CheckState.FAILED),
        ("another", POLICY.attempts.limit, CheckState.PENDING),
        (SENDS, POLICY.sends.limit, CheckState.PENDING),
    ],
)
def test_what_is_locked_takes_no_answer_whichever_check_the_guesses_were_made_at(
    bucket: str, failures: int, state: CheckState
) -> None:
    """C-TA-07, invariant 10: and the lock ends as every lock does."""
    guessed = dossier(phone(), attempts(bucket, failures=failures))
    assert state_for(SMS, guessed, POLICY, NOW) is state
    assert bool(objections_to_answer(SMS, guessed, POLICY, NOW)) == (state is CheckState.FAILED)
    assert state_for(SMS, guessed, POLICY, SMS.expires_at) is CheckState.EXPIRED
    assert state_for(passed(Method.SMS_CODE, "phone"), guessed, POLICY, NOW) is CheckState.PASSED


def test_a_start_is_on_record_without_where_it_went() -> None:
    entry = start(SMS, AGENT, NOW).entry
    assert (entry.event, entry.actor, entry.subject, entry.case) == (
        *(Event.CHECK_STARTED, AGENT, SMS.account_id, SMS.case_id),
    )
    assert dict(entry.details) == {
        "check": SMS.id,
        "method": "sms_code",
        "target": "phone",
        "sim_swap": "no",
        "wanted": None,
    }


def test_a_check_expires_exactly_when_its_time_is_up() -> None:
    """N-REC-08, N-OOB-02: nobody need have noticed."""
    before, at = SMS.expires_at - MICROSECOND, SMS.expires_at
    assert state_now(SMS, before) is CheckState.PENDING
    assert objections_to_answer(SMS, FULL, POLICY, before) == ()
    assert state_now(SMS, at) is CheckState.EXPIRED
    assert objections(objections_to_answer(SMS, FULL, POLICY, at)) == {Objection.CHECK_EXPIRED}
    with pytest.raises(Refused):
        settle(SMS, FULL, Fit.RIGHT, AGENT, POLICY, at)


@pytest.mark.parametrize("state", sorted(set(CheckState) - {CheckState.PENDING}))
def test_an_answer_is_judged_once(state: CheckState) -> None:
    """A code works once (invariant 10, N-OOB-02)."""
    over = check(Method.SMS_CODE, "phone", state=state, settled_at=NOW)
    with pytest.raises(Refused) as refused:
        settle(over, FULL, Fit.RIGHT, AGENT, POLICY, NOW)
    expired = state is CheckState.EXPIRED
    assert objections(refused.value) == {Objection.CHECK_EXPIRED if expired else Objection.CHECK_NOT_PENDING}


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (dossier(phone(), account(frozen_at=NOW)), Objection.ACCOUNT_FROZEN),
        (dossier(phone(), attempts("contact:phone", failures=5)), Objection.ATTEMPTS_USED_UP),
        (dossier(phone(), attempts(ANY, failures=10)), Objection.ATTEMPTS_USED_UP),
        (dossier(phone(), attempts("contact:phone", in_a_row=50)), Objection.FACTOR_DISABLED),
    ],
)
def test_an_answer_that_is_not_even_looked_at(facts: Dossier, expected: Objection) -> None:
    """Right or wrong: the next correct code of a locked or disabled factor is refused too (N-THR-01)."""
    for fit in Fit:
        with pytest.raises(Refused) as refused:
            settle(SMS, facts, fit, AGENT, POLICY, NOW)
        assert objections(refused.value) == {expected}


def test_a_right_answer_passes_and_starts_its_factor_afresh() -> None:
    """N-THR-03, N-OOB-04."""
    facts = dossier(
        phone(),
        attempts("contact:phone", failures=4, in_a_row=40),
        attempts("contact:email", failures=4, in_a_row=40),
        attempts(ANY, failures=8, in_a_row=80),
        attempts(SENDS, failures=3, in_a_row=3),
        attempts(SENDS_DAILY, failures=9, in_a_row=9),
    )
    outcome = settle(SMS, facts, Fit.RIGHT, AGENT, POLICY, NOW)
    assert (outcome.state.check.state, outcome.state.check.settled_at) == (CheckState.PASSED, NOW)
    assert outcome.entry.event == Event.CHECK_PASSED
    after = {one.bucket: (one.failures, one.in_a_row) for one in outcome.state.attempts}
    assert after == {"contact:phone": (0, 0), SENDS: (0, 0), ANY: (8, 0)}


def test_a_right_answer_of_an_app_answers_no_message() -> None:
    facts = dossier(app(), attempts(SENDS, failures=3))
    outcome = settle(check(Method.TOTP, "app"), facts, Fit.RIGHT, AGENT, POLICY, NOW)
    assert outcome.state.attempts == ()


@pytest.mark.parametrize(("fit", "event"), [(Fit.WRONG, Event.CHECK_FAILED), (Fit.REPLAYED, Event.CODE_REPLAYED)])
def test_a_wrong_answer_counts_and_the_check_waits_on(fit: Fit, event: Event) -> None:
    """N-OTP-03: a replay counts like any other wrong answer, and is told apart in the log."""
    outcome = settle(SMS, dossier(phone()), fit, AGENT, POLICY, NOW)
    assert outcome.entry.event == event
    assert outcome.more == ()
    assert (outcome.state.check.state, outcome.state.check.wrong) == (CheckState.PENDING, 1)
    assert {one.bucket: one.failures for one in outcome.state.attempts} == {"contact:phone": 1, ANY: 1}


@pytest.mark.parametrize(
    ("facts", "bucket", "disabled"),
    [
        (dossier(phone(), attempts("contact:phone", failures=4)), "contact:phone", False),
        (dossier(phone(), attempts(ANY, failures=9)), ANY, False),
        (dossier(phone(), attempts("contact:phone", in_a_row=49)), "contact:phone", True),
    ],
)
def test_the_last_wrong_answer_ends_the_check_and_is_on_record(facts: Dossier, bucket: str, disabled: bool) -> None:
    """C-TA-07, C-LOG-05: whoever goes on starts anew, once the lock is over; a disabled factor never does."""
    outcome = settle(SMS, facts, Fit.WRONG, AGENT, POLICY, NOW)
    assert (outcome.state.check.state, outcome.state.check.settled_at) == (CheckState.FAILED, NOW)
    assert [(one.event, one.details["bucket"], one.details["disabled"]) for one in outcome.more] == [
        (Event.ATTEMPTS_LOCKED, bucket, disabled)
    ]


def test_three_wrong_a_new_code_and_two_wrong_are_five() -> None:
    """AC-4."""
    facts = dossier(phone())
    first, second = SMS, check(Method.VOICE_CODE, "phone")
    answered = [first, first, first, second, second]
    states = []
    for one in answered:
        settled = settle(one, facts, Fit.WRONG, AGENT, POLICY, NOW).state
        facts = dossier(phone(), *settled.attempts)
        states.append(settled.check.state)
    assert states == [CheckState.PENDING] * 4 + [CheckState.FAILED]
    assert objections(objections_to_answer(SMS, facts, POLICY, NOW)) == {Objection.ATTEMPTS_USED_UP}


def test_tries_left_are_of_the_factor_or_of_all_together_whichever_is_less() -> None:
    one = {"contact:phone": attempts("contact:phone", failures=1)}
    assert attempts_left(SMS, {}, POLICY, NOW) == 5
    assert attempts_left(SMS, one, POLICY, NOW) == 4
    assert attempts_left(SMS, {**one, ANY: attempts(ANY, failures=9)}, POLICY, NOW) == 1


@pytest.mark.parametrize(
    ("state", "event"),
    [
        (CheckState.CANCELLED, Event.CHECK_CANCELLED),
        (CheckState.REPUDIATED, Event.CHECK_REPUDIATED),
    ],
)
def test_a_check_can_end_without_an_answer(state: CheckState, event: Event) -> None:
    outcome = end(SMS, state, CUSTOMER, NOW)
    assert (outcome.state.state, outcome.state.settled_at, outcome.entry.event) == (state, NOW, event)


def test_a_check_is_not_expired_before_its_time() -> None:
    with pytest.raises(Refused):
        end(SMS, CheckState.EXPIRED, SYSTEM, SMS.expires_at - MICROSECOND)
    assert end(SMS, CheckState.EXPIRED, SYSTEM, SMS.expires_at).state.state is CheckState.EXPIRED


@pytest.mark.parametrize("state", [CheckState.PASSED, CheckState.FAILED, CheckState.PENDING])
def test_a_check_is_not_ended_as_if_it_had_been_answered(state: CheckState) -> None:
    with pytest.raises(Refused):
        end(SMS, state, SYSTEM, SMS.expires_at)


def test_an_owner_who_was_talked_into_typing_can_take_it_back() -> None:
    """Invariant 9: what was repudiated proves nothing."""
    talked_into = passed(Method.REVERSE_CODE, "phone")
    assert counts(talked_into, FULL, POLICY, NOW)
    repudiated = end(talked_into, CheckState.REPUDIATED, CUSTOMER, NOW).state
    assert not counts(repudiated, FULL, POLICY, NOW)
    with pytest.raises(Refused):
        end(talked_into, CheckState.CANCELLED, AGENT, NOW)


def test_opening_the_link_proves_nothing_and_is_noted_once() -> None:
    reverse = check(Method.REVERSE_CODE, "phone")
    later = NOW + timedelta(minutes=1)
    seen = opened(opened(reverse, NOW).state, later).state
    assert (seen.opened_at, seen.state) == (NOW, CheckState.PENDING)
    assert not counts(seen, FULL, POLICY, NOW)
    with pytest.raises(Refused):
        opened(reverse, reverse.expires_at)


def test_a_check_lapses_exactly_when_the_policy_says() -> None:
    """Evidence does not last."""
    done = passed(Method.SMS_CODE, "phone")
    lapse = lapses_at(done, POLICY)
    assert lapse == NOW + POLICY.methods[Method.SMS_CODE].lapses
    assert counts(done, FULL, POLICY, lapse - MICROSECOND)
    assert not counts(done, FULL, POLICY, lapse)
    assert lapses_at(SMS, POLICY) is None


@pytest.mark.parametrize("state", sorted(set(CheckState) - {CheckState.PASSED}))
def test_only_what_was_passed_counts(state: CheckState) -> None:
    assert not counts(check(Method.SMS_CODE, "phone", state=state, settled_at=NOW), FULL, POLICY, NOW)


FRESH = NOW - timedelta(days=1)
STOPPED_COUNTING: list[tuple[str, Check, Dossier, Policy]] = [
    ("the phone was replaced", passed(Method.SMS_CODE, "phone"), dossier(phone(retired_at=NOW)), POLICY),
    ("the phone is gone", passed(Method.SMS_CODE, "phone"), dossier(), POLICY),
    ("the phone is fresh", passed(Method.SMS_CODE, "phone"), dossier(phone(changed_at=FRESH)), POLICY),
    ("the phone is unverified", passed(Method.SMS_CODE, "phone"), dossier(phone(verified_at=None)), POLICY),
    (
        "its SIM turns out to have been swapped",
        passed(Method.REVERSE_CODE, "phone"),
        dossier(phone(sim_swap=SignalAnswer.YES, sim_swapped_at=FRESH)),
        POLICY,
    ),
    ("the address is fresh", passed(Method.EMAIL_CODE, "email"), dossier(email(changed_at=FRESH)), POLICY),
    ("the app is gone", passed(Method.TOTP, "app"), dossier(app("another")), POLICY),
    ("the app is fresh", passed(Method.TOTP, "app"), dossier(app(bound_at=FRESH)), POLICY),
    ("the codes were replaced", passed(Method.RECOVERY_CODE), dossier(codes(issued_at=NOW)), POLICY),
    ("there are no codes any more", passed(Method.RECOVERY_CODE), dossier(), POLICY),
    (
        "the method was switched off",
        passed(Method.SMS_CODE, "phone"),
        dossier(phone()),
        policy(("method.sms_code.enabled", False)),
    ),
]


@pytest.mark.parametrize(
    ("done", "facts", "rules"), [row[1:] for row in STOPPED_COUNTING], ids=[row[0] for row in STOPPED_COUNTING]
)
def test_what_was_proven_stops_counting_when(done: Check, facts: Dossier, rules: Policy) -> None:
    """Invariant 4: nothing gone, changed within the quarantine, or swapped counts, whenever it was checked."""
    assert counts(done, FULL, POLICY, NOW)
    assert not counts(done, facts, rules, NOW)
    assert evidence_of([done], facts, rules, NOW) == ()


def test_the_last_saved_code_counts_though_none_is_left() -> None:
    """A code is used up by being right (N-REC-05)."""
    assert counts(passed(Method.RECOVERY_CODE), dossier(codes(digests=())), POLICY, NOW)


def test_a_sim_that_was_unknown_when_it_was_sent_confirms_nothing_later() -> None:
    """Invariant 5: that the answer is known now does not say who held the phone then."""
    done = passed(Method.SMS_CODE, "phone", sim_swap=SignalAnswer.UNKNOWN)
    [evidence] = evidence_of([done], dossier(phone(sim_swap=SignalAnswer.NO)), POLICY, NOW)
    assert not evidence.confirmed
    [evidence] = evidence_of([passed(Method.SMS_CODE, "phone")], dossier(phone()), POLICY, NOW)
    assert evidence.confirmed


def test_evidence_names_its_check_and_what_it_came_through() -> None:
    done = [passed(Method.SMS_CODE, "phone"), passed(Method.TOTP, "app"), passed(Method.EMAIL_CODE, "gone")]
    found = evidence_of(done, FULL, POLICY, NOW)
    assert [(one.check, one.contacts, one.exposed) for one in found] == [
        (done[0].id, frozenset({"phone"}), True),
        (done[1].id, frozenset(), True),
    ]


def test_only_what_is_read_aloud_is_exposed() -> None:
    """AC-5."""
    done = [passed(Method.REVERSE_CODE, "phone"), passed(Method.RECOVERY_CODE)]
    assert [one.exposed for one in evidence_of(done, FULL, POLICY, NOW)] == [False, True]


@pytest.mark.parametrize("at", [LONG_AGO, NOW])
def test_nothing_secret_shows_in_a_check(at: datetime) -> None:
    """C-LOG-03."""
    shown = repr(check(Method.REVERSE_CODE, "phone", code_digest=b"digest", read_out="424242", started_at=at))
    assert "424242" not in shown
    assert "digest" not in shown
