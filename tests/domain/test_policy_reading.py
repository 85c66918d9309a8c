"""The policy that ships is read; nonsense, and what is weaker than the standards allow, is refused in sentences."""

import tomllib
from datetime import timedelta
from typing import Any

import pytest

from services.domain.policy_reading import PolicyError, demand_usable, read_policy, read_roles
from services.vocabulary import ActionKind, Method, Permission, Tier
from tests.architecture.source import ROOT
from tests.support.facts import POLICY, faults, policy, policy_table


def shipped_roles() -> dict[str, Any]:
    return tomllib.loads((ROOT / "resources/policy/roles.toml").read_text("utf-8"))


def test_the_policy_that_ships_can_be_used() -> None:
    assert POLICY.edition
    assert POLICY.owner
    assert POLICY.sources
    assert set(POLICY.methods) == set(Method)
    assert set(POLICY.actions) == set(ActionKind)


def test_the_policy_that_ships_stays_within_the_standards() -> None:
    """N-REC-08, N-THR-01, N-OOB-02; five tries, as Twilio Verify gives a code, where NIST would give a hundred."""
    assert POLICY.attempts.limit == 5
    assert POLICY.attempts_together.limit == 10
    for limits in (POLICY.attempts, POLICY.attempts_together):
        assert limits.disable_after is not None
        assert limits.disable_after <= 100
        assert limits.lock >= limits.window >= timedelta(hours=1)
    assert POLICY.retired_contacts_told > POLICY.quarantine


@pytest.mark.parametrize(
    ("method", "longest"),
    [("sms_code", 10), ("voice_code", 10), ("reverse_code", 10), ("email_code", 24 * 60)],
)
def test_an_issued_code_lives_as_long_as_nist_lets_it_and_no_minute_longer(method: str, longest: int) -> None:
    """N-REC-08, N-OOB-02."""
    place = f"method.{method}.valid_minutes"
    assert policy((place, longest)).methods[Method(method)].valid == timedelta(minutes=longest)
    [fault] = faults(policy_table((place, longest + 1)))
    assert fault.startswith(f"{place} must be")


def test_a_case_that_is_left_alone_stays_open_for_a_week_at_most() -> None:
    """Invariant 2: no policy makes an open case a window for ever."""
    assert policy(("cases.idle_hours", 168)).case_idle == timedelta(days=7)
    [fault] = faults(policy_table(("cases.idle_hours", 169)))
    assert fault.startswith("cases.idle_hours must be")


DAY = 24 * 60
APP_ALONE = [["bound_authenticator"]]
BOUND_OR_TWO = {
    "source": "NIST SP 800-63B-4 section 4.2",
    "confirmed": True,
    "unexposed_at_least": 0,
    "any_of": [["bound_authenticator"], ["saved_code", "issued_code"]],
}
REFUSED: list[tuple[str, list[tuple[str, object]], str]] = [
    (
        "two issued codes reset an authenticator (AC-1)",
        [("requirement.two_proofs.any_of", [["issued_code", "issued_code"]])],
        "action.authenticator_reset.protected must need two different proofs (N-REC-15).",
    ),
    (
        "one code resets an authenticator",
        [("action.authenticator_reset.protected", "one_proof"), ("action.authenticator_reset.standard", "one_proof")],
        "action.authenticator_reset.protected must need two different proofs (N-REC-15).",
    ),
    (
        "one of the alternatives is a code alone",
        [("requirement.two_proofs.any_of", [["saved_code", "issued_code"], ["issued_code"]])],
        "action.authenticator_reset.protected must need two different proofs (N-REC-15).",
    ),
    (
        "two authenticators and no code",
        [("requirement.two_proofs.any_of", [["bound_authenticator", "bound_authenticator"]])],
        "action.authenticator_reset.protected must need two different proofs (N-REC-15).",
    ),
    (
        "one code replaces the password beside a second factor",
        [("action.reset_link.protected", "one_proof")],
        "action.reset_link.protected must need two different proofs, or an authenticator (N-REC-01, N-REC-15).",
    ),
    (
        "the same, where most stands behind it",
        [("action.reset_link.privileged", "one_proof"), ("action.reset_link.protected", "one_proof")],
        "action.reset_link.privileged must need two different proofs, or an authenticator (N-REC-01, N-REC-15).",
    ),
    (
        "no proof in the middle tier",
        [("action.unlock.standard", "nothing"), ("action.unlock.protected", "nothing")],
        "action.unlock.protected needs no proof, and the action is not protective (invariant 3).",
    ),
    (
        "no proof when it is risky",
        [("action.unlock.elevated", "nothing")],
        "action.unlock.elevated needs no proof, and the action is not protective (invariant 3).",
    ),
    (
        "an alternative without proofs",
        [("requirement.one_proof.any_of", [["saved_code"], []])],
        "action.reset_link.standard needs no proof, and the action is not protective (invariant 3).",
    ),
    (
        "a higher tier asks for less",
        [("action.reset_link.privileged", "one_proof"), ("action.reset_link.protected", "two_proofs")],
        "action.reset_link.privileged must ask for everything that protected asks for.",
    ),
    (
        "risk asks for something else",
        [
            (
                "requirement.app",
                {"source": "test", "confirmed": False, "unexposed_at_least": 0, "any_of": [["saved_code"]]},
            ),
            ("action.reset_link.elevated", "app"),
            ("requirement.one_proof.any_of", [["issued_code"]]),
        ],
        "action.reset_link.elevated must ask for everything that standard asks for, or for less (N-AAL-04).",
    ),
    (
        "nobody has what is asked for",
        [("requirement.two_proofs.any_of", [["contact_code", "proofing"]])],
        "requirement.two_proofs can be met by nobody with the methods that are enabled.",
    ),
    (
        "nobody has two sets of saved codes",
        [("requirement.two_proofs.any_of", [["saved_code", "saved_code"]])],
        "requirement.two_proofs can be met by nobody with the methods that are enabled.",
    ),
    (
        "nothing that is asked for can be unexposed",
        [("requirement.two_proofs_unexposed.any_of", [["saved_code", "bound_authenticator"]])],
        "requirement.two_proofs_unexposed can be met by nobody with the methods that are enabled.",
    ),
    (
        "two unexposed proofs where one is read aloud",
        [("requirement.two_proofs_unexposed.unexposed_at_least", 2)],
        "requirement.two_proofs_unexposed can be met by nobody with the methods that are enabled.",
    ),
    (
        "the reverse code is off, and nothing else is unexposed",
        [("method.reverse_code.enabled", False)],
        "requirement.two_proofs_unexposed can be met by nobody with the methods that are enabled.",
    ),
    (
        "only an authenticator could reset an authenticator",
        [("method.recovery_code.enabled", False)],
        "action.authenticator_reset.protected can be met only with an authenticator, and that is what was lost.",
    ),
    (
        "a phone of unknown SIM history is one proof",
        [("requirement.one_proof.confirmed", False)],
        "requirement.one_proof.confirmed must be true: an unknown SIM history is no proof (invariant 5).",
    ),
    (
        "a phone of unknown SIM history is one of two proofs",
        [("requirement.two_proofs.confirmed", False)],
        "requirement.two_proofs.confirmed must be true: an unknown SIM history is no proof (invariant 5).",
    ),
    (
        "only an authenticator brings back an account that has none",
        [
            ("requirement.app", {"source": "test", "confirmed": True, "unexposed_at_least": 0, "any_of": APP_ALONE}),
            *((f"action.reset_link.{asker}", "app") for asker in (*Tier, "elevated")),
        ],
        "action.reset_link.standard can be met only with an authenticator, and an account of that tier has none.",
    ),
    (
        "a reset cools off for longer than the link lives that stops it",
        [("action.authenticator_reset.cooling_minutes", 60 * DAY)],
        "action.authenticator_reset.cooling_minutes must be at most 41760: the owner's link that stops it dies soon ",
    ),
    (
        "the same, when it is risky, and by a minute",
        [("action.reset_link.cooling_elevated_minutes", 29 * DAY + 1)],
        "action.reset_link.cooling_elevated_minutes must be at most 41760: the owner's link that stops it dies soon ",
    ),
    (
        "phone codes and nothing beside them",
        [
            ("method.email_code.enabled", False),
            ("method.totp.enabled", False),
            ("method.recovery_code.enabled", False),
        ],
        "method.sms_code or method.voice_code is enabled and nothing else is: offer one method beside ",
    ),
    (
        "a lock shorter than its window",
        [("attempts.lock_minutes", 59)],
        "attempts.lock_minutes must be at least window_minutes: a shorter lock lets more through than the limit.",
    ),
    (
        "disabled before it is locked",
        [("attempts.disable_after", 4)],
        "attempts.disable_after must be at least limit.",
    ),
    (
        "a planted address outlives the telling of the one it replaced",
        [("freshness.retired_contacts_told_days", 7)],
        "freshness.retired_contacts_told_days must be more than quarantine_days: when a planted address begins ",
    ),
    (
        "giving back without proof, called protective",
        [("action.unlock.protective", True)],
        "action.unlock.protective must be false: freezing alone gives nothing back.",
    ),
    (
        "freezing waits for an approval",
        [("action.freeze.approval", ["standard"])],
        "action.freeze.protective must wait for no approval and no cooling-off.",
    ),
    (
        "freezing cools off",
        [("action.freeze.cooling_elevated_minutes", 1)],
        "action.freeze.protective must wait for no approval and no cooling-off.",
    ),
    (
        "freezing takes two proofs",
        [("action.freeze.privileged", "two_proofs")],
        "action.freeze.privileged must need one proof at most (N-REC-19).",
    ),
    (
        "a method is worth more than NIST says",
        [("method.email_code.evidence", "bound_authenticator")],
        "method.email_code.evidence must be issued_code (NIST SP 800-63B-4 section 4.2.1).",
    ),
    (
        "what is read aloud is called unexposed",
        [("method.totp.exposed", False)],
        "method.totp.exposed must be true: the caller reads it aloud (AC-5).",
    ),
    (
        "more proofs than a plan can hold",
        [("requirement.one_proof.any_of", [["saved_code", "issued_code", "issued_code", "issued_code"]])],
        "requirement.one_proof.any_of asks for more than 3 proofs at once.",
    ),
    ("no way to meet it", [("requirement.nothing.any_of", [])], "requirement.nothing.any_of names no way to meet it."),
]


@pytest.mark.parametrize(
    ("changes", "sentence"), [(row[1], row[2]) for row in REFUSED], ids=[row[0] for row in REFUSED]
)
def test_what_nobody_could_live_by_is_refused(changes: list[tuple[str, object]], sentence: str) -> None:
    assert any(fault.startswith(sentence) for fault in faults(policy_table(*changes)))


@pytest.mark.parametrize(
    "changes",
    [
        [("method.sms_code.enabled", False), ("method.voice_code.enabled", False)],
        [("method.totp.enabled", False)],
        [("attempts.limit", 1), ("attempts.disable_after", 1)],
        [("attempts.disable_after", 100)],
        [("freshness.retired_contacts_told_days", 8)],
        [("action.reset_link.cooling_minutes", 29 * DAY)],
        [("requirement.bound", BOUND_OR_TWO), ("action.reset_link.protected", "bound")],
        [("requirement.nothing.any_of", [["issued_code"]]), ("requirement.nothing.confirmed", False)],
        [
            ("action.freeze.protective", False),
            *((f"action.freeze.{asker}", "one_proof") for asker in (*Tier, "elevated")),
        ],
    ],
)
def test_what_is_stricter_or_merely_different_is_not_refused(changes: list[tuple[str, object]]) -> None:
    """Without telephone codes at all, for one: NIST restricts them, and ASVS 6.6.1 would have none."""
    assert faults(policy_table(*changes)) == []


def test_every_fault_is_told_at_once() -> None:
    table = policy_table(("attempts.limit", 0), ("sends.limit", "five"), ("method.totp.exposed", False))
    with pytest.raises(PolicyError) as error:
        read_policy(table)
    assert len(error.value.faults) == 3
    assert str(error.value) == " ".join(error.value.faults)


def test_what_the_log_tells_of_a_policy_is_a_code() -> None:
    """Else nothing that is decided under it could be put on record."""
    table = policy_table(("edition", "November 2026"))
    table["requirement"]["two good proofs"] = table["requirement"]["two_proofs"]
    told = "must be letters, digits and ._:/+=,- without a space: the audit log tells it."
    assert faults(table) == [f"edition {told}", f"requirement.two good proofs {told}"]


@pytest.mark.parametrize("part", ["method.totp", "action.unlock", "requirement.one_proof", "attempts", "freshness"])
def test_a_part_that_is_not_there_is_missed(part: str) -> None:
    table = policy_table()
    folder, _, name = part.rpartition(".")
    del (table[folder] if folder else table)[name]
    assert any(part in fault and ("is missing" in fault or "is not there" in fault) for fault in faults(table))


def test_the_roles_that_ship() -> None:
    """An outsourced agent resets no authenticator; nobody who works on cases administers staff."""
    roles = read_roles(shipped_roles())
    assert Permission.RESET_AUTHENTICATOR not in roles["outsourced_agent"]
    assert Permission.ACT_ON_PRIVILEGED not in roles["agent"]
    assert all(
        Permission.OPEN_CASE not in granted for granted in roles.values() if Permission.ADMINISTER_STAFF in granted
    )


@pytest.mark.parametrize(
    ("roles", "sentence"),
    [
        ({"agent": {"permissions": ["open_case"]}}, "No role may administer staff."),
        ({"agent": 3}, "agent must be a table."),
        ({"the agent": {"permissions": []}}, "the agent must be letters, digits and"),
        ({"agent": {"permissions": ["fly"]}}, "agent.permissions says 'fly', which is none of"),
        ({"agent": {"permissions": "all"}}, "agent.permissions must be a list."),
        ({"agent": {}}, "agent.permissions is missing."),
        ({"agent": {"permissions": [], "more": 1}}, "agent.more is not something a policy says."),
    ],
)
def test_roles_that_cannot_be_used(roles: dict[str, Any], sentence: str) -> None:
    with pytest.raises(PolicyError) as error:
        read_roles({**shipped_roles(), **roles} if "administer" not in sentence else roles)
    assert any(fault.startswith(sentence) for fault in error.value.faults)


@pytest.mark.parametrize(
    ("changes", "taken", "sentence"),
    [
        (
            [("action.reset_link.permission", "administer_staff")],
            "",
            "action.reset_link.permission says administer_staff, which no role holds together with open_case and ",
        ),
        ([], "reset_authenticator", "action.authenticator_reset.permission says reset_authenticator, which no role"),
        ([], "run_check", "action.unlock.permission says unlock, which no role holds together with open_case and run"),
        ([], "open_case", "action.freeze.permission says freeze, which no role holds together with open_case."),
    ],
)
def test_an_action_that_no_role_could_run_is_refused(
    changes: list[tuple[str, object]], taken: str, sentence: str
) -> None:
    """Policy and roles are two files, and one rule: what nobody may do is not offered to anybody."""
    roles = {name: granted - {taken} for name, granted in read_roles(shipped_roles()).items()}
    with pytest.raises(PolicyError) as error:
        demand_usable(policy(*changes), roles)
    assert any(fault.startswith(sentence) for fault in error.value.faults)


def test_the_roles_that_ship_can_do_what_the_policy_that_ships_allows() -> None:
    demand_usable(POLICY, read_roles(shipped_roles()))
