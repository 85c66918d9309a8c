"""What an account offers, what stops each method, and what it would prove (invariants 4, 5 and 6)."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from services.domain.account import Dossier
from services.domain.attempts import ANY, SENDS, SENDS_DAILY
from services.domain.methods import Offer, objections_to_target, offers, proof_of, stands_on
from services.domain.outcome import Refused
from services.domain.verification import new_check, objections_to_start
from services.vocabulary import AuthenticatorKind, CheckId, CheckState, Method, Objection, SignalAnswer
from tests.support.facts import (
    CASE,
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

FRESH, JUST_OLD = NOW - POLICY.quarantine + MICROSECOND, NOW - POLICY.quarantine
PHONE_OFFERS = {"reverse_code:phone", "sms_code:phone", "voice_code:phone"}
EMAIL_OFFERS = {"reverse_code:email", "email_code:email"}


def options(facts: Dossier) -> set[str]:
    return {offer.option for offer in offers(facts)}


def offer(facts: Dossier, option: str) -> Offer:
    return next(one for one in offers(facts) if one.option == option)


def against(facts: Dossier, option: str, now: datetime = NOW) -> set[Objection]:
    """What stops a method of an account from being started."""
    return objections(objections_to_start(offer(facts, option), facts, (), POLICY, now))


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (dossier(), set()),
        (dossier(phone()), PHONE_OFFERS),
        (dossier(email()), EMAIL_OFFERS),
        (dossier(phone(retired_at=LONG_AGO), email()), EMAIL_OFFERS),
        (dossier(app()), {"totp:app"}),
        (dossier(app(kind=AuthenticatorKind.PASSKEY, secret=None)), set()),
        (dossier(app(secret=None)), set()),
        (dossier(codes()), {"recovery_code"}),
        (dossier(codes(digests=())), set()),
        (dossier(phone(), phone("second")), PHONE_OFFERS | {one.replace("phone", "second") for one in PHONE_OFFERS}),
    ],
)
def test_what_an_account_offers(facts: Dossier, expected: set[str]) -> None:
    """Only what is on file, never what was replaced, and nothing that could not be checked (invariant 6)."""
    assert options(facts) == expected


def test_no_two_offers_have_one_name() -> None:
    everything = offers(dossier(phone(), phone("second"), email(), app(), app("other"), codes()))
    assert len({one.option for one in everything}) == len(everything)


UNKNOWN = phone(sim_swap=SignalAnswer.UNKNOWN)
SWAPPED: dict[str, Any] = {"sim_swap": SignalAnswer.YES, "sim_swapped_at": NOW - timedelta(days=1)}


@pytest.mark.parametrize(
    ("facts", "option", "expected"),
    [
        (dossier(phone()), "sms_code:phone", set()),
        (dossier(email()), "email_code:email", set()),
        (dossier(app()), "totp:app", set()),
        (dossier(codes()), "recovery_code", set()),
        (dossier(phone(changed_at=FRESH)), "sms_code:phone", {Objection.CHANGED_RECENTLY}),
        (dossier(phone(changed_at=FRESH)), "reverse_code:phone", {Objection.CHANGED_RECENTLY}),
        (dossier(phone(changed_at=JUST_OLD)), "sms_code:phone", set()),
        (dossier(email(changed_at=FRESH)), "email_code:email", {Objection.CHANGED_RECENTLY}),
        (dossier(phone(verified_at=None)), "voice_code:phone", {Objection.NOT_VERIFIED}),
        (dossier(app(bound_at=FRESH)), "totp:app", {Objection.CHANGED_RECENTLY}),
        (dossier(app(bound_at=JUST_OLD)), "totp:app", set()),
        (dossier(codes(issued_at=FRESH)), "recovery_code", {Objection.CHANGED_RECENTLY}),
        (dossier(codes(issued_at=JUST_OLD)), "recovery_code", set()),
        (dossier(phone(**SWAPPED)), "sms_code:phone", {Objection.SIM_SWAPPED}),
        (dossier(phone(**SWAPPED)), "voice_code:phone", {Objection.SIM_SWAPPED}),
        (dossier(phone(**SWAPPED)), "reverse_code:phone", {Objection.SIM_SWAPPED}),
        (dossier(UNKNOWN), "sms_code:phone", {Objection.SIM_UNKNOWN}),
        (dossier(UNKNOWN), "voice_code:phone", {Objection.SIM_UNKNOWN}),
        (dossier(UNKNOWN), "reverse_code:phone", {Objection.SIM_UNKNOWN}),
        (dossier(UNKNOWN, email(sim_swap=SignalAnswer.UNKNOWN)), "reverse_code:email", set()),
        (dossier(phone(), account(frozen_at=NOW)), "sms_code:phone", {Objection.ACCOUNT_FROZEN}),
        (dossier(phone(), attempts(SENDS, failures=5)), "sms_code:phone", {Objection.SENDS_USED_UP}),
        (dossier(app(), attempts(SENDS, failures=5)), "totp:app", set()),
        (dossier(phone(), attempts(SENDS_DAILY, failures=19)), "sms_code:phone", set()),
        (dossier(phone(), attempts(SENDS_DAILY, failures=20)), "sms_code:phone", {Objection.SENDS_USED_UP}),
        (dossier(phone(), attempts(SENDS_DAILY, failures=20)), "reverse_code:phone", {Objection.SENDS_USED_UP}),
        (dossier(email(), attempts(SENDS_DAILY, failures=20)), "email_code:email", {Objection.SENDS_USED_UP}),
        (dossier(app(), attempts(SENDS_DAILY, failures=20)), "totp:app", set()),
        (dossier(codes(), attempts(SENDS_DAILY, failures=20)), "recovery_code", set()),
        (dossier(app(), attempts(ANY, failures=10)), "totp:app", {Objection.ATTEMPTS_USED_UP}),
        (dossier(app(), attempts("authenticator:app", failures=5)), "totp:app", {Objection.ATTEMPTS_USED_UP}),
        (dossier(app(), attempts("authenticator:app", in_a_row=50)), "totp:app", {Objection.FACTOR_DISABLED}),
        (dossier(app(), attempts("authenticator:gone", in_a_row=50)), "totp:app", set()),
        (dossier(phone(), attempts("contact:phone", failures=5)), "reverse_code:phone", {Objection.ATTEMPTS_USED_UP}),
        (dossier(phone(), email(), attempts("contact:phone", failures=5)), "email_code:email", set()),
    ],
)
def test_what_stops_a_method(facts: Dossier, option: str, expected: set[Objection]) -> None:
    """Invariants 4 and 10, N-OOB-04, N-OOB-08, N-THR-01."""
    assert against(facts, option) == expected


def test_everything_that_stops_a_method_is_told() -> None:
    facts = dossier(phone(verified_at=None, changed_at=NOW, **SWAPPED), account(frozen_at=NOW))
    assert against(facts, "sms_code:phone") == {
        *(Objection.ACCOUNT_FROZEN, Objection.NOT_VERIFIED, Objection.CHANGED_RECENTLY, Objection.SIM_SWAPPED)
    }


def test_a_method_that_the_policy_switched_off() -> None:
    """NIST allows codes by telephone and ASVS 6.6.1 would have none: a desk may do without."""
    off = policy(("method.sms_code.enabled", False))
    facts = dossier(phone())
    assert objections(objections_to_start(offer(facts, "sms_code:phone"), facts, (), off, NOW)) == {
        Objection.METHOD_OFF
    }


def test_a_swap_is_a_swap_for_as_long_as_the_policy_says() -> None:
    """N-OOB-08: the day it happened is what counts, not the day it was heard of."""
    window = POLICY.sim_swap_window
    at = [NOW - window + MICROSECOND, NOW - window]
    recent, over = (dossier(phone(sim_swap=SignalAnswer.YES, sim_swapped_at=one)) for one in at)
    assert against(recent, "sms_code:phone") == {Objection.SIM_SWAPPED}
    assert against(over, "sms_code:phone") == set()
    undated = dossier(phone(sim_swap=SignalAnswer.YES))
    assert against(undated, "sms_code:phone") == {Objection.SIM_SWAPPED}


@pytest.mark.parametrize(
    ("method", "target", "thing"),
    [
        (Method.SMS_CODE, "phone", "contact:phone"),
        (Method.VOICE_CODE, "phone", "contact:phone"),
        (Method.REVERSE_CODE, "phone", "contact:phone"),
        (Method.EMAIL_CODE, "email", "contact:email"),
        (Method.REVERSE_CODE, "email", "contact:email"),
        (Method.TOTP, "app", "authenticator:app"),
        (Method.RECOVERY_CODE, None, "recovery_codes"),
    ],
)
def test_what_a_method_stands_on(method: Method, target: str | None, thing: str) -> None:
    """A reverse code is a check of the channel that its link went to; guesses at one thing count together."""
    assert stands_on(method, target) == check(method, target).bucket == thing


@pytest.mark.parametrize(
    ("facts", "option", "confirmed"),
    [
        (dossier(phone(sim_swap=SignalAnswer.NO)), "sms_code:phone", True),
        (dossier(phone(sim_swap=SignalAnswer.UNKNOWN)), "sms_code:phone", False),
        (dossier(phone(sim_swap=SignalAnswer.UNKNOWN)), "reverse_code:phone", False),
        (dossier(phone(**SWAPPED)), "sms_code:phone", False),
        (dossier(email(sim_swap=SignalAnswer.UNKNOWN)), "email_code:email", True),
        (dossier(app()), "totp:app", True),
        (dossier(codes()), "recovery_code", True),
    ],
)
def test_what_a_method_would_confirm(facts: Dossier, option: str, confirmed: bool) -> None:
    """Invariant 5: only a phone has a SIM, and only a known one confirms."""
    assert proof_of(offer(facts, option), POLICY, NOW).confirmed is confirmed


@pytest.mark.parametrize("method", Method)
def test_what_is_not_on_file_proves_nothing(method: Method) -> None:
    assert objections(objections_to_target(method, "gone", dossier(), POLICY, NOW)) == {Objection.NOT_ON_FILE}


def test_what_is_proven_can_only_be_proven_better() -> None:
    """The SMS code was read aloud: the reverse code to the same phone still adds, another SMS code does not."""
    facts = dossier(phone())
    aloud = [passed(Method.SMS_CODE, "phone")]
    again, better, voice = (offer(facts, f"{name}:phone") for name in ("sms_code", "reverse_code", "voice_code"))
    assert objections(objections_to_start(again, facts, aloud, POLICY, NOW)) == {Objection.ALREADY_PROVEN}
    assert objections(objections_to_start(voice, facts, aloud, POLICY, NOW)) == {Objection.ALREADY_PROVEN}
    assert objections_to_start(better, facts, aloud, POLICY, NOW) == ()
    unexposed = [passed(Method.REVERSE_CODE, "phone")]
    assert objections(objections_to_start(again, facts, unexposed, POLICY, NOW)) == {Objection.ALREADY_PROVEN}


def test_what_has_lapsed_can_be_proven_again() -> None:
    facts = dossier(phone())
    lapse = NOW + POLICY.methods[Method.SMS_CODE].lapses
    old = [passed(Method.SMS_CODE, "phone")]
    wanted = offer(facts, "sms_code:phone")
    assert objections(objections_to_start(wanted, facts, old, POLICY, lapse - MICROSECOND)) == {
        Objection.ALREADY_PROVEN
    }
    assert objections_to_start(wanted, facts, old, POLICY, lapse) == ()


def test_a_phone_of_unknown_sim_history_is_asked_where_something_would_take_it() -> None:
    """To protect an account, a policy may take a proof that gives nothing back (invariant 5, N-REC-19)."""
    lenient, facts = policy(("requirement.nothing.any_of", [["issued_code"]])), dossier(UNKNOWN)
    sms = offer(facts, "sms_code:phone")
    assert objections_to_start(sms, facts, (), lenient, NOW) == ()
    made = new_check(sms, facts, (), lenient, NOW, check_id=CheckId("chk_1"), case_id=CASE)
    assert made.sim_swap is SignalAnswer.UNKNOWN


def test_a_new_check_goes_to_what_is_on_file_and_lives_as_the_policy_says() -> None:
    facts = dossier(phone())
    made = new_check(offer(facts, "sms_code:phone"), facts, (), POLICY, NOW, check_id=CheckId("chk_1"), case_id=CASE)
    assert (made.contact_id, made.authenticator_id, made.state) == ("phone", None, CheckState.PENDING)
    assert made.expires_at == NOW + POLICY.methods[Method.SMS_CODE].valid
    assert made.sim_swap is SignalAnswer.NO


def test_a_check_that_is_objected_to_cannot_be_made() -> None:
    facts = dossier(phone(changed_at=FRESH))
    with pytest.raises(Refused) as refused:
        new_check(offer(facts, "sms_code:phone"), facts, (), POLICY, NOW, check_id=CheckId("chk_1"), case_id=CASE)
    assert objections(refused.value) == {Objection.CHANGED_RECENTLY}
