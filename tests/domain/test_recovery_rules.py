"""What stops a recovery action, and where its link goes: invariants 3, 4, 6, 9, AC-3, N-REC-15, N-NOT-02, N-NOT-05."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.domain.account import Dossier
from services.domain.assurance import is_met
from services.domain.channels import LONGEST_LINK, handover_contact, is_safe, link_life, notice_contacts, told_elsewhere
from services.domain.recovery_rules import (
    Possibility,
    cooling_of,
    evidence_for,
    handover_of,
    possibilities,
    requirement_of,
)
from services.domain.recovery_rules import (
    objections as rules_against,
)
from services.domain.verification import Check
from services.vocabulary import ActionKind, ContactKind, Method, Objection, Permission, SignalAnswer, Tier
from tests.support.facts import (
    LONG_AGO,
    MICROSECOND,
    NOW,
    POLICY,
    account,
    app,
    codes,
    dossier,
    email,
    objections,
    passed,
    phone,
    setting,
    staff,
)

FRESH, JUST_OLD = NOW - POLICY.quarantine + MICROSECOND, NOW - POLICY.quarantine
RESET_LINK = Possibility(kind=ActionKind.RESET_LINK)
RESET_APP = Possibility(kind=ActionKind.AUTHENTICATOR_RESET, target="app")
FREEZE = Possibility(kind=ActionKind.FREEZE)
UNLOCK = Possibility(kind=ActionKind.UNLOCK)
SMS, MAIL = passed(Method.REVERSE_CODE, "phone"), passed(Method.EMAIL_CODE, "email")
TOTP, SAVED = passed(Method.TOTP, "app"), passed(Method.RECOVERY_CODE)
PLAIN = dossier(phone(), email())
FULL = dossier(phone(), email(), app(), codes())
SWAPPED: dict[str, Any] = {"sim_swap": SignalAnswer.YES, "sim_swapped_at": NOW - timedelta(days=1)}


def against(wanted: Possibility, facts: Dossier, *checks: Check, **changes: Any) -> set[Objection]:
    """What stops an action when these checks were passed."""
    return objections(rules_against(wanted, staff(), setting(facts, *checks, **changes)))


@pytest.mark.parametrize(
    ("wanted", "facts", "checks", "expected"),
    [
        (RESET_LINK, PLAIN, (), {Objection.NEEDS_MORE_PROOF}),
        (RESET_LINK, PLAIN, (SMS,), set()),
        (RESET_LINK, PLAIN, (MAIL,), set()),
        (RESET_LINK, dossier(phone(), email(), codes()), (SAVED,), set()),
        (RESET_LINK, FULL, (SMS,), {Objection.NEEDS_MORE_PROOF}),
        (RESET_LINK, FULL, (SAVED,), {Objection.NEEDS_MORE_PROOF}),
        (RESET_LINK, FULL, (SMS, MAIL), {Objection.NEEDS_MORE_PROOF}),
        (RESET_LINK, FULL, (SMS, TOTP), set()),
        (RESET_LINK, FULL, (SMS, SAVED), set()),
        (RESET_APP, FULL, (SMS,), {Objection.NEEDS_MORE_PROOF}),
        (RESET_APP, FULL, (SMS, MAIL), {Objection.NEEDS_MORE_PROOF}),
        (RESET_APP, FULL, (SMS, SAVED), set()),
        (RESET_APP, FULL, (SMS, TOTP), {Objection.VOUCHES_FOR_ITSELF, Objection.NEEDS_MORE_PROOF}),
        (RESET_APP, dossier(phone(), email(), app(), app("other")), (SMS, passed(Method.TOTP, "other")), set()),
        (FREEZE, PLAIN, (), set()),
        (UNLOCK, dossier(phone(), email(), account(locked_at=NOW)), (SMS,), set()),
        (UNLOCK, PLAIN, (SMS,), {Objection.NOTHING_TO_DO}),
        (Possibility(kind=ActionKind.REVOKE_SESSIONS), PLAIN, (SMS,), set()),
        (Possibility(kind=ActionKind.FORGET_DEVICES), PLAIN, (SMS,), set()),
        (RESET_LINK, dossier(phone(), email(), account(frozen_at=NOW)), (SMS,), {Objection.ACCOUNT_FROZEN}),
        (FREEZE, dossier(phone(), account(frozen_at=NOW)), (), {Objection.ACCOUNT_FROZEN}),
    ],
)
def test_what_stops_an_action(
    wanted: Possibility, facts: Dossier, checks: tuple[Check, ...], expected: set[Objection]
) -> None:
    """Invariants 3 and 4; N-REC-15: beside a second factor no password is replaced on one code."""
    assert against(wanted, facts, *checks) == expected


def test_what_is_not_there_cannot_be_reset_or_ended() -> None:
    nothing = dossier(phone(), email(), app(), codes(), trusted_devices=0, sessions=0)
    gone = Possibility(kind=ActionKind.AUTHENTICATOR_RESET, target="gone")
    assert against(gone, nothing, SMS, SAVED) == {Objection.NOT_ON_FILE}
    for kind in (ActionKind.REVOKE_SESSIONS, ActionKind.FORGET_DEVICES):
        assert against(Possibility(kind=kind), nothing, SMS) == {Objection.NOTHING_TO_DO}


def test_what_is_under_way_is_not_begun_again() -> None:
    assert against(RESET_LINK, PLAIN, SMS, running=[RESET_LINK]) == {Objection.ALREADY_RUNNING}
    other = Possibility(kind=ActionKind.AUTHENTICATOR_RESET, target="other")
    assert against(RESET_APP, FULL, SMS, SAVED, running=[RESET_LINK, other]) == set()


@pytest.mark.parametrize("missing", [Permission.SEND_RESET_LINK])
def test_a_role_that_does_not_grant_it(missing: Permission) -> None:
    agent = staff("stf_1", *(set(Permission) - {missing}))
    assert objections(rules_against(RESET_LINK, agent, setting(PLAIN, SMS))) == {Objection.MAY_NOT}


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (RESET_LINK, {Objection.MAY_NOT, Objection.NEEDS_APPROVAL}),
        (RESET_APP, {Objection.MAY_NOT, Objection.NEEDS_APPROVAL}),
        (UNLOCK, {Objection.MAY_NOT}),
        (FREEZE, set()),
    ],
)
def test_a_privileged_account_takes_a_permission_of_its_own_unless_it_is_protected(
    wanted: Possibility, expected: set[Objection]
) -> None:
    """M&S: an outsourced desk does not act on who matters most. Freezing never waits (N-REC-19)."""
    agent = staff("stf_1", *(set(Permission) - {Permission.ACT_ON_PRIVILEGED}))
    vip = dossier(phone(), email(), app(), codes(), account(privileged=True, locked_at=NOW))
    assert objections(rules_against(wanted, agent, setting(vip, SMS, SAVED))) == expected


def test_a_privileged_account_needs_two_proofs_one_of_them_not_read_aloud() -> None:
    vip = dossier(phone(), email(), codes(), account(privileged=True))
    aloud, unexposed = (passed(method, "phone") for method in (Method.SMS_CODE, Method.REVERSE_CODE))
    assert Objection.NEEDS_MORE_PROOF in against(RESET_LINK, vip, aloud, SAVED)
    assert against(RESET_LINK, vip, unexposed, SAVED) == {Objection.NEEDS_APPROVAL}


@pytest.mark.parametrize(
    ("facts", "tier"),
    [
        (PLAIN, Tier.STANDARD),
        (FULL, Tier.PROTECTED),
        (dossier(account(privileged=True)), Tier.PRIVILEGED),
        (dossier(codes()), Tier.STANDARD),
    ],
)
def test_what_stands_behind_an_account(facts: Dossier, tier: Tier) -> None:
    assert facts.tier is tier


def test_a_fresh_contact_raises_what_every_action_needs_and_how_long_it_waits() -> None:
    """Invariants 3 and 9: risk asks for more, and gives the owner longer to stop it."""
    calm, risky = setting(FULL), setting(dossier(phone(), email(changed_at=FRESH), app(), codes()))
    plain = [setting(facts) for facts in (PLAIN, dossier(phone(), email(changed_at=FRESH)))]
    assert [requirement_of(RESET_LINK, one).name for one in plain] == ["one_proof", "two_proofs"]
    assert {requirement_of(RESET_LINK, one).name for one in (calm, risky)} == {"two_proofs"}
    assert (cooling_of(RESET_APP, calm), cooling_of(RESET_APP, risky)) == (timedelta(minutes=15), timedelta(days=1))
    assert (cooling_of(RESET_LINK, calm), cooling_of(RESET_LINK, risky)) == (timedelta(0), timedelta(hours=1))


kinds = st.sampled_from([*Method])
check_sets = st.lists(
    st.tuples(kinds, st.sampled_from(["phone", "email", "app", "other"])).map(lambda drawn: passed(*drawn)), max_size=6
)


@given(check_sets)
def test_a_factor_never_vouches_for_its_own_reset(checks: list[Check]) -> None:
    """Invariant 4, for any checks passed: those on the authenticator that is reset make no difference."""
    facts = dossier(phone(), email(), app(), app("other"), codes())
    without = [one for one in checks if one.bucket != "authenticator:app"]
    assert against(RESET_APP, facts, *checks) - {Objection.VOUCHES_FOR_ITSELF} == against(RESET_APP, facts, *without)
    assert all("authenticator:app" not in one.depends_on for one in evidence_for(RESET_APP, setting(facts, *checks)))


@given(check_sets)
def test_nothing_fresh_ever_counts(checks: list[Check]) -> None:
    """Invariant 4: whatever was checked, on an account where all of it changed within the quarantine."""
    fresh = dossier(
        *(phone(changed_at=FRESH), email(changed_at=FRESH), codes(issued_at=FRESH)),
        *(app(bound_at=FRESH), app("other", bound_at=FRESH)),
    )
    assert setting(fresh, *checks).evidence == ()


@given(check_sets, check_sets)
def test_more_checks_never_stop_what_could_be_done(before: list[Check], more: list[Check]) -> None:
    """An agent who runs a check too many has not made things worse."""
    facts = dossier(phone(), email(), app(), app("other"), codes())
    for wanted in possibilities(facts):
        if not against(wanted, facts, *before):
            assert against(wanted, facts, *before, *more) == set()


@given(check_sets)
def test_nothing_runs_without_its_requirement(checks: list[Check]) -> None:
    """Invariant 3, for any checks passed and every action offered."""
    for facts in (PLAIN, FULL, dossier(phone(sim_swap=SignalAnswer.UNKNOWN), email(), app(), codes())):
        judged = setting(facts, *checks)
        for wanted in possibilities(facts):
            if not rules_against(wanted, staff(), judged):
                assert is_met(requirement_of(wanted, judged), evidence_for(wanted, judged))


@pytest.mark.parametrize(
    ("facts", "wanted"),
    [
        (PLAIN, ["reset_link", "revoke_sessions", "forget_devices", "freeze"]),
        (dossier(account(locked_at=NOW)), ["unlock", "reset_link", "revoke_sessions", "forget_devices", "freeze"]),
        (
            dossier(app(), app("other")),
            [
                *("reset_link", "authenticator_reset:app", "authenticator_reset:other"),
                *("revoke_sessions", "forget_devices", "freeze"),
            ],
        ),
    ],
)
def test_what_an_account_offers(facts: Dossier, wanted: list[str]) -> None:
    assert [one.option for one in possibilities(facts)] == wanted


def told(facts: Dossier) -> set[str]:
    return {contact.id for contact in notice_contacts(facts, POLICY, NOW)}


RETIRED = POLICY.retired_contacts_told


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (PLAIN, {"phone", "email"}),
        (dossier(phone(verified_at=None), email()), {"email"}),
        (dossier(phone(changed_at=NOW), email()), {"phone", "email"}),
        (dossier(phone("old", retired_at=NOW - RETIRED + MICROSECOND), phone()), {"old", "phone"}),
        (dossier(phone("old", retired_at=NOW - RETIRED), phone()), {"phone"}),
        (dossier(phone(**SWAPPED), email()), {"phone", "email"}),
    ],
)
def test_who_is_told(facts: Dossier, expected: set[str]) -> None:
    """N-NOT-02, N-IDP-17: every address, the old ones for a while, the doubtful ones too."""
    assert told(facts) == expected


@pytest.mark.parametrize(
    ("facts", "used", "expected"),
    [
        (PLAIN, set(), True),
        (PLAIN, {"phone"}, True),
        (PLAIN, {"phone", "email"}, True),
        (dossier(phone()), {"phone"}, False),
        (dossier(phone()), set(), True),
        (dossier(), set(), False),
        (dossier(phone(), email(verified_at=None)), {"phone"}, False),
        (dossier(phone(), email("old", retired_at=NOW)), {"phone"}, True),
        (dossier(phone(), email(changed_at=FRESH)), {"phone"}, False),
        (dossier(phone(), email(changed_at=JUST_OLD)), {"phone"}, True),
        (dossier(phone(), email(changed_at=NOW), email("old", retired_at=NOW)), {"phone"}, True),
        (dossier(phone(), email(changed_at=FRESH, retired_at=NOW)), {"phone"}, False),
        (dossier(phone(), email(changed_at=JUST_OLD, retired_at=NOW - MICROSECOND)), {"phone"}, False),
        (dossier(phone(), email(changed_at=JUST_OLD, retired_at=NOW)), {"phone"}, True),
        (dossier(phone(), phone("second", changed_at=FRESH), email(changed_at=FRESH)), set(), True),
        (dossier(phone(changed_at=FRESH), email(changed_at=FRESH)), set(), False),
        (dossier(email(), email("again", value="email@postbox.example")), {"email"}, False),
        (dossier(email("old", value="email@postbox.example", retired_at=NOW), email()), {"email"}, False),
    ],
)
def test_no_address_that_was_used_is_the_only_one_told(facts: Dossier, used: set[str], expected: bool) -> None:
    """AC-3, N-NOT-02. An address that is on file twice is one address; one that was planted lately is nobody else.

    What a fresh address replaced counts (N-IDP-17), unless that was fresh itself when it was replaced.
    """
    assert told_elsewhere(facts, used, POLICY, NOW) is expected


@pytest.mark.parametrize(
    ("facts", "checks", "expected"),
    [
        (dossier(email()), (MAIL,), {Objection.ONLY_CHANNEL_USED}),
        (dossier(phone()), (SMS,), {Objection.ONLY_CHANNEL_USED}),
        (dossier(email(), codes()), (SAVED,), {Objection.ONLY_CHANNEL_USED}),
        (dossier(email(), phone(), codes()), (SAVED,), set()),
        (dossier(codes()), (SAVED,), {Objection.NO_SAFE_CHANNEL, Objection.ONLY_CHANNEL_USED}),
        (dossier(phone(), codes()), (SMS, SAVED), {Objection.ONLY_CHANNEL_USED}),
        (dossier(phone(), email(changed_at=FRESH), codes()), (SMS, SAVED), {Objection.ONLY_CHANNEL_USED}),
        (dossier(phone(), email(changed_at=JUST_OLD), codes()), (SMS, SAVED), set()),
    ],
)
def test_a_link_needs_somebody_else_to_be_told(
    facts: Dossier, checks: tuple[Check, ...], expected: set[Objection]
) -> None:
    """AC-3, and N-NOT-05: the address that the link goes to is not the only one told of it.

    A thief who adds a mailbox of their own takes nothing away from what protects the owner (invariant 4).
    """
    assert against(RESET_LINK, facts, *checks) == expected


def test_what_hands_nothing_over_needs_no_safe_channel() -> None:
    locked = dossier(phone(sim_swap=SignalAnswer.UNKNOWN), codes(), account(locked_at=NOW))
    assert against(UNLOCK, locked, SAVED) == set()
    assert handover_of(UNLOCK, setting(locked, SAVED)) is None
    assert against(FREEZE, dossier()) == set()


@pytest.mark.parametrize(
    ("facts", "used", "expected"),
    [
        (PLAIN, set(), "email"),
        (PLAIN, {"phone"}, "email"),
        (PLAIN, {"email"}, "phone"),
        (PLAIN, {"phone", "email"}, "email"),
        (dossier(phone(), email(changed_at=FRESH)), set(), "phone"),
        (dossier(phone(), email(changed_at=JUST_OLD)), set(), "email"),
        (dossier(phone(), email(verified_at=None)), set(), "phone"),
        (dossier(phone(), email(retired_at=LONG_AGO)), set(), "phone"),
        (dossier(phone(**SWAPPED)), set(), None),
        (dossier(phone(sim_swap=SignalAnswer.UNKNOWN)), set(), None),
        (dossier(phone(sim_swap=SignalAnswer.UNKNOWN), email()), {"email"}, "email"),
        (dossier(email("b"), email("a")), set(), "a"),
        (dossier(), set(), None),
    ],
)
def test_where_a_link_goes(facts: Dossier, used: set[str], expected: str | None) -> None:
    """Invariants 4 and 6: on file, verified, not fresh, its SIM known; rather one that did not just answer."""
    found = handover_contact(facts, used, POLICY, NOW)
    assert (found.id if found else None) == expected


@given(st.integers(1, 10_000))
def test_no_policy_makes_a_link_live_longer_than_its_channel_allows(minutes: int) -> None:
    """N-REC-08."""
    rules = replace(POLICY.actions[ActionKind.RESET_LINK], link_valid=timedelta(minutes=minutes))
    assert link_life(phone(), rules) == timedelta(minutes=min(minutes, 10))
    assert link_life(email(), rules) == timedelta(minutes=min(minutes, 24 * 60))
    assert set(LONGEST_LINK) == set(ContactKind)


contacts = st.builds(
    lambda name, kind, verified, changed, retired, swap, swapped: (phone if kind is ContactKind.PHONE else email)(
        name, verified_at=verified, changed_at=changed, retired_at=retired, sim_swap=swap, sim_swapped_at=swapped
    ),
    st.sampled_from("abcdef"),
    st.sampled_from(ContactKind),
    st.sampled_from([None, LONG_AGO, NOW]),
    st.sampled_from([LONG_AGO, JUST_OLD, FRESH, NOW]),
    st.sampled_from([None, None, LONG_AGO, NOW]),
    st.sampled_from(SignalAnswer),
    st.sampled_from([None, LONG_AGO, NOW]),
)


@given(st.lists(contacts, max_size=5, unique_by=lambda contact: contact.id), st.sets(st.sampled_from("abcdef")))
def test_a_link_never_goes_anywhere_unsafe(found: list[Any], used: set[str]) -> None:
    facts = dossier(*found)
    chosen = handover_contact(facts, used, POLICY, NOW)
    safe = [contact for contact in facts.current_contacts if is_safe(contact, POLICY, NOW)]
    assert (chosen is None) is (safe == [])
    if chosen is not None:
        assert chosen in safe
        assert chosen.verified_at is not None
        assert chosen.changed_at <= JUST_OLD
        assert chosen.retired_at is None
        assert chosen.kind is ContactKind.EMAIL or chosen.sim_swap is not SignalAnswer.UNKNOWN
        assert chosen.id not in used or all(contact.id in used for contact in safe)
