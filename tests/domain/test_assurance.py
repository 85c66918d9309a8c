"""What evidence adds up to: AC-1, AC-2, AC-5, N-REC-15, and invariants 4 and 5."""

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import combinations_with_replacement

import pytest

from services.domain.account import Dossier
from services.domain.assurance import Evidence, Step, Way, adds_nothing, cheapest, is_met, risk_of, way_to, without
from services.vocabulary import ActionKind, Method, Objection, Risk, SignalAnswer, Tier
from tests.support.facts import (
    BOUND,
    ISSUED,
    LONG_AGO,
    MICROSECOND,
    NOW,
    POLICY,
    SAVED,
    app,
    codes,
    dossier,
    email,
    objections,
    passed,
    phone,
    proof,
    requirement,
    setting,
)

TWO = POLICY.requirements["two_proofs"]
UNEXPOSED = POLICY.requirements["two_proofs_unexposed"]
ONE = POLICY.requirements["one_proof"]
QUARANTINE = POLICY.quarantine

FULL = dossier(phone(), phone("second phone"), email(), email("second email"), app(), app("second app"), codes())
"""Somebody with two of everything that one can have two of."""
TARGETS: dict[Method, tuple[str | None, str | None]] = {
    Method.SMS_CODE: ("phone", "second phone"),
    Method.VOICE_CODE: ("phone", "second phone"),
    Method.EMAIL_CODE: ("email", "second email"),
    Method.REVERSE_CODE: ("phone", "second email"),
    Method.TOTP: ("app", "second app"),
    Method.RECOVERY_CODE: (None, None),
}
CODES = {Method.SMS_CODE, Method.VOICE_CODE, Method.EMAIL_CODE, Method.REVERSE_CODE}


def of(*methods: tuple[Method, str | None]) -> tuple[Evidence, ...]:
    """What checks of these methods prove, all passed now."""
    return setting(FULL, *(passed(method, target) for method, target in methods)).evidence


@pytest.mark.parametrize(("one", "other"), list(combinations_with_replacement(Method, 2)))
def test_which_pairs_of_methods_recover_an_aal2_account(one: Method, other: Method) -> None:
    """AC-1, N-REC-15: two codes of different kinds, or a code and a bound authenticator; never two issued codes.

    Each method goes to another thing than its partner does: only the kinds of proof decide.
    """
    kinds = {"issued" if method in CODES else str(method) for method in (one, other)}
    assert is_met(TWO, of((one, TARGETS[one][0]), (other, TARGETS[other][1]))) is (len(kinds) == 2)


def test_every_issued_code_there_is_does_not_make_two_proofs() -> None:
    """AC-1: SMS, voice, e-mail and reverse codes to four contact points are one method."""
    everywhere = [(Method.SMS_CODE, "phone"), (Method.VOICE_CODE, "second phone"), (Method.EMAIL_CODE, "email")]
    assert not is_met(TWO, of(*everywhere, (Method.REVERSE_CODE, "second email")))
    assert is_met(ONE, of(*everywhere))


@pytest.mark.parametrize("method", Method)
def test_one_method_alone_is_one_proof(method: Method) -> None:
    evidence = of((method, TARGETS[method][0]))
    assert is_met(ONE, evidence)
    assert not is_met(TWO, evidence)


def test_there_is_no_knowledge_among_the_methods() -> None:
    """AC-2, N-IDP-01, C-SQ-01: what cannot be run cannot be evidence."""
    assert {str(method) for method in Method} == {
        *("sms_code", "voice_code", "email_code", "reverse_code", "totp", "recovery_code")
    }
    assert {rules.evidence for rules in POLICY.methods.values()} == {ISSUED, BOUND, SAVED}


def test_two_checks_on_one_thing_count_once() -> None:
    """Invariant 4."""
    two_issued = requirement((ISSUED, ISSUED))
    assert not is_met(two_issued, [proof(ISSUED, "contact:phone"), proof(ISSUED, "contact:phone", exposed=False)])
    assert is_met(two_issued, [proof(ISSUED, "contact:phone"), proof(ISSUED, "contact:email")])


def test_one_of_two_must_not_have_been_read_aloud() -> None:
    """AC-5."""
    assert not is_met(UNEXPOSED, of((Method.SMS_CODE, "phone"), (Method.TOTP, "app")))
    assert is_met(UNEXPOSED, of((Method.REVERSE_CODE, "phone"), (Method.TOTP, "app")))
    assert not is_met(UNEXPOSED, of((Method.REVERSE_CODE, "phone"), (Method.REVERSE_CODE, "email")))


def test_an_exposed_proof_does_not_hide_the_unexposed_one_of_the_same_thing() -> None:
    """The order in which an agent runs things decides nothing."""
    both = of((Method.SMS_CODE, "phone"), (Method.REVERSE_CODE, "phone"), (Method.TOTP, "app"))
    assert is_met(UNEXPOSED, both)
    assert is_met(UNEXPOSED, both[::-1])


def test_a_phone_whose_sim_history_is_unknown_confirms_nothing() -> None:
    """Invariant 5, N-OOB-08: unknown is never a pass."""
    unknown, saved = proof(ISSUED, confirmed=False), proof(SAVED)
    assert not is_met(TWO, [unknown, saved])
    assert not is_met(ONE, [unknown])
    assert is_met(ONE, [replace(unknown, confirmed=True)])
    assert is_met(TWO, [replace(unknown, confirmed=True), saved])


def test_what_an_action_touches_vouches_for_nothing() -> None:
    assert without([proof(BOUND, "authenticator:app"), proof(SAVED)], frozenset({"authenticator:app"})) == (
        proof(SAVED),
    )


SOON, LATER = NOW + timedelta(minutes=5), NOW + timedelta(hours=1)


def step(option: str, what: Evidence, rests_until: datetime | None = None, seconds: int = 40) -> Step:
    return Step(option=option, proof=what, seconds=seconds, rests_until=rests_until)


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ([step("totp", proof(BOUND), seconds=20), step("sms", proof(ISSUED))], (["totp", "sms"], None)),
        ([step("totp", proof(BOUND), seconds=20), step("sms", proof(ISSUED), LATER)], (["totp", "sms"], LATER)),
        ([step("totp", proof(BOUND), SOON, 20), step("sms", proof(ISSUED), LATER)], (["totp", "sms"], LATER)),
        (
            [
                step("totp", proof(BOUND), seconds=20),
                step("sms", proof(ISSUED), LATER, 1),
                step("codes", proof(SAVED), SOON),
            ],
            (["totp", "codes"], SOON),
        ),
    ],
)
def test_a_way_that_rests_says_until_when(steps: list[Step], expected: tuple[list[str], datetime | None]) -> None:
    """A lock is no end: what is there again the soonest is the way, though something else would be quicker."""
    way = way_to(TWO, [], steps)
    assert ([one.option for one in way.steps], next((why.at for why in way.why_not), None)) == expected
    assert objections(way.why_not) == ({Objection.PROOF_RESTS} if expected[1] else set())


def test_where_nothing_leads_no_way_is_named() -> None:
    """Not even a part of one: no agent asks for a saved code that nobody ever got."""
    way = way_to(TWO, [], [step("totp", proof(BOUND)), step("other", proof(BOUND, "other"), LATER)])
    assert (way.steps, objections(way.why_not)) == ((), {Objection.CANNOT_BE_PROVEN})


def test_what_is_met_needs_no_way() -> None:
    assert way_to(TWO, [proof(SAVED), proof(ISSUED)], []) == Way(steps=())


def test_the_cheapest_plan_takes_least_time_not_fewest_steps() -> None:
    either = requirement((SAVED,), (ISSUED, BOUND))
    slow = Step(option="codes", proof=proof(SAVED), seconds=61)
    quick = [Step(option="sms", proof=proof(ISSUED), seconds=40), Step(option="totp", proof=proof(BOUND), seconds=20)]
    assert cheapest(either, [], [slow, *quick]) == (quick[1], quick[0])
    assert cheapest(either, [], [replace(slow, seconds=59), *quick]) == (replace(slow, seconds=59),)


def test_a_plan_may_prove_again_what_was_proven_worse() -> None:
    """SMS was read aloud; the reverse code to the same phone is what is still needed."""
    aloud, app_code = proof(ISSUED, "contact:phone"), proof(BOUND)
    better = Step(option="reverse", proof=proof(ISSUED, "contact:phone", exposed=False), seconds=40)
    assert cheapest(UNEXPOSED, [aloud, app_code], [better]) == (better,)


def test_nothing_on_file_could_prove_it() -> None:
    assert cheapest(TWO, [proof(ISSUED)], [Step(option="e", proof=proof(ISSUED, "contact:email"), seconds=1)]) is None


@pytest.mark.parametrize(
    ("again", "nothing_new"),
    [
        (proof(ISSUED, "contact:phone"), True),
        (proof(ISSUED, "contact:phone", confirmed=False), True),
        (proof(ISSUED, "contact:phone", exposed=False), False),
        (proof(ISSUED, "contact:email"), False),
        (proof(SAVED, "contact:phone"), False),
    ],
)
def test_what_proving_again_adds(again: Evidence, nothing_new: bool) -> None:
    assert adds_nothing(again, [proof(ISSUED, "contact:phone")]) is nothing_new


def test_a_confirmed_phone_adds_to_an_unconfirmed_one() -> None:
    assert not adds_nothing(proof(ISSUED, "contact:phone"), [proof(ISSUED, "contact:phone", confirmed=False)])


FRESH, JUST_OLD = NOW - QUARANTINE + MICROSECOND, NOW - QUARANTINE


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (dossier(phone(), email()), set()),
        (dossier(phone(changed_at=FRESH)), {Objection.CHANGED_RECENTLY}),
        (dossier(phone(changed_at=JUST_OLD)), set()),
        (dossier(email(retired_at=FRESH), phone()), {Objection.CHANGED_RECENTLY}),
        (dossier(email(retired_at=JUST_OLD), phone()), set()),
        (dossier(phone(sim_swap=SignalAnswer.YES, sim_swapped_at=NOW)), {Objection.SIM_SWAPPED}),
        (dossier(phone(sim_swap=SignalAnswer.YES, sim_swapped_at=LONG_AGO)), set()),
        (dossier(phone(sim_swap=SignalAnswer.YES)), {Objection.SIM_SWAPPED}),
        (dossier(phone(sim_swap=SignalAnswer.YES, sim_swapped_at=NOW, retired_at=LONG_AGO)), set()),
        (dossier(email(sim_swap=SignalAnswer.YES)), set()),
        (dossier(phone(sim_swap=SignalAnswer.UNKNOWN)), set()),
        (dossier(phone(), open_reviews=1), {Objection.UNDER_REVIEW}),
    ],
)
def test_what_raises_the_risk(facts: Dossier, expected: set[Objection]) -> None:
    risk = risk_of(facts, POLICY, NOW)
    assert objections(risk.reasons) == expected
    assert risk.risk is (Risk.ELEVATED if expected else Risk.STANDARD)


def test_an_agent_is_told_what_makes_it_risky_and_since_when() -> None:
    changed = risk_of(dossier(phone(changed_at=NOW - timedelta(days=2))), POLICY, NOW)
    assert [(why.at, why.about) for why in changed.reasons] == [(NOW - timedelta(days=2), "phone")]


def test_every_action_but_freezing_asks_for_a_proof_in_every_tier() -> None:
    """Invariant 3, for the policy that ships."""
    for kind in set(ActionKind) - {ActionKind.FREEZE}:
        for tier in Tier:
            for risk in Risk:
                assert not is_met(POLICY.requirement_for(kind, tier, risk), [])
