"""Every field of the policy, spoilt one at a time: refused by name, or harmless."""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.domain.assurance import is_met
from services.domain.policy import Policy
from services.domain.policy_contradictions import contradictions
from services.domain.policy_reading import read_policy
from services.vocabulary import ActionKind, Method, Risk, Tier
from tests.support.facts import dossier, email, faults, passed, phone, policy_table, setting

ABSENT = object()
"""As a value: take the field out."""


def leaves(table: dict[str, Any], place: str = "") -> Iterator[tuple[str, Any]]:
    """Every field with its value, by dotted place."""
    for name, value in table.items():
        if isinstance(value, dict):
            yield from leaves(value, f"{place}{name}.")
        else:
            yield f"{place}{name}", value


FIELDS = dict(leaves(policy_table()))


def spoilt(place: str, value: object) -> dict[str, Any]:
    """The policy with another value at *place*."""
    if value is not ABSENT:
        return policy_table((place, value))
    table = policy_table()
    *folders, last = place.split(".")
    inner = table
    for folder in folders:
        inner = inner[folder]
    del inner[last]
    return table


def corruptions(value: object) -> Iterator[tuple[str, object]]:
    """What a slip of the pen makes of a value, with a name for it."""
    yield "absent", ABSENT
    yield "a table", {"x": 1}
    yield "a fraction", 0.5
    match value:
        case bool():
            yield from (("text", "true"), ("a number", 1))
        case int():
            yield from (("negative", -1), ("text", str(value)), ("a flag", True), ("huge", 10**9))
        case str():
            yield from (("a number", 7), ("empty", " "), ("a list", [value]))
        case list():
            yield from (
                ("text", "saved_code"),
                ("numbers", [1]),
                ("an unknown word", ["nonsense"]),
                ("nested", [["nonsense"]]),
            )


SLIPS = [
    pytest.param(place, slip, id=f"{place} {name}")
    for place, value in FIELDS.items()
    for name, slip in corruptions(value)
    if (place, name) != ("sources", "an unknown word")  # any text is a source
]


@pytest.mark.parametrize(("place", "slip"), SLIPS)
def test_a_slip_in_any_field_is_refused_by_its_name(place: str, slip: object) -> None:
    found = faults(spoilt(place, slip))
    assert any(fault.startswith(f"{place} ") for fault in found), found
    assert all(fault.endswith(".") for fault in found)


@pytest.mark.parametrize("place", [place for place, value in FIELDS.items() if isinstance(value, str)])
def test_an_unknown_word_is_refused_by_the_field_that_says_it(place: str) -> None:
    """Names that are free are not words of anything: whoever owns the policy may call it what they like."""
    free = {"edition", "owner"} | {place for place in FIELDS if place.endswith(".source")}
    found = faults(spoilt(place, "nonsense"))
    assert bool(found) is (place not in free)
    assert all(fault.startswith(f"{place} ") for fault in found)


@pytest.mark.parametrize("folder", sorted({place.rpartition(".")[0] for place in FIELDS}))
def test_a_name_that_nobody_asked_for_is_refused(folder: str) -> None:
    """A misspelt rule must not be a silent one."""
    place = f"{folder}.confirmd" if folder else "confirmd"
    assert faults(policy_table((place, True))) == [f"{place} is not something a policy says."]


@pytest.mark.parametrize("folder", ["method", "action"])
def test_a_method_or_action_that_there_is_not_is_refused(folder: str) -> None:
    table = policy_table()
    table[folder]["mothers_maiden_name"] = table[folder].pop(next(iter(table[folder])))
    assert any(fault.startswith(f"{folder}.mothers_maiden_name is none of ") for fault in faults(table))


values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-5, 10**6)
    | st.floats(allow_nan=False)
    | st.text(max_size=3)
    | st.sampled_from(["one_proof", "nothing", "two_proofs", "issued_code", "saved_code", "standard", "privileged"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=6,
)
places = st.sampled_from([*FIELDS, *{place.rpartition(".")[0] for place in FIELDS if "." in place}])


def is_harmless(policy: Policy) -> bool:
    """What must hold of whatever is accepted: nobody is recovered by nothing, nor an authenticator by issued codes."""
    full = dossier(phone(), email())
    two_issued = setting(full, passed(Method.SMS_CODE, "phone"), passed(Method.EMAIL_CODE, "email"), rules=policy)
    gives_back = [kind for kind in ActionKind if not policy.actions[kind].protective]
    asked = [policy.requirement_for(kind, tier, risk) for kind in gives_back for tier in Tier for risk in Risk]
    bound = (Tier.PROTECTED, Tier.PRIVILEGED)
    reset = [policy.requirement_for(ActionKind.AUTHENTICATOR_RESET, tier, risk) for tier in bound for risk in Risk]
    return (
        not any(is_met(requirement, []) for requirement in asked)
        and not any(is_met(requirement, two_issued.evidence) for requirement in reset)
        and policy.attempts.limit <= (policy.attempts.disable_after or 0) <= 100
        and contradictions(policy) == []
    )


@given(st.dictionaries(places, values, min_size=1, max_size=3))
def test_whatever_stands_there_is_refused_in_sentences_or_does_no_harm(changes: dict[str, object]) -> None:
    """Nothing but sentences ever comes of it, whatever somebody put where."""
    table = policy_table(*sorted(changes.items(), key=lambda change: -change[0].count(".")))
    found = faults(table)
    assert all(fault.endswith(".") and " " in fault for fault in found)
    assert found or is_harmless(read_policy(table))
