"""What each action asks for, and that risk never makes it less (invariant 3, N-AAL-04)."""

from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from services.domain.assurance import Evidence, is_met
from services.domain.policy import Policy, RequirementPolicy, implies
from services.vocabulary import ActionKind, Risk, Tier
from tests.domain.strategies import evidence_sets, requirements
from tests.support.facts import BOUND, ISSUED, POLICY, SAVED, proof, requirement


@pytest.mark.parametrize(
    ("kind", "tier", "risk", "name"),
    [
        (ActionKind.RESET_LINK, Tier.STANDARD, Risk.STANDARD, "one_proof"),
        (ActionKind.RESET_LINK, Tier.STANDARD, Risk.ELEVATED, "two_proofs"),
        (ActionKind.RESET_LINK, Tier.PROTECTED, Risk.STANDARD, "two_proofs"),
        (ActionKind.RESET_LINK, Tier.PRIVILEGED, Risk.STANDARD, "two_proofs_unexposed"),
        (ActionKind.RESET_LINK, Tier.PRIVILEGED, Risk.ELEVATED, "two_proofs_unexposed"),
        (ActionKind.AUTHENTICATOR_RESET, Tier.PROTECTED, Risk.STANDARD, "two_proofs"),
        (ActionKind.AUTHENTICATOR_RESET, Tier.PROTECTED, Risk.ELEVATED, "two_proofs_unexposed"),
        (ActionKind.FREEZE, Tier.PRIVILEGED, Risk.ELEVATED, "nothing"),
    ],
)
def test_what_an_action_asks_for(kind: ActionKind, tier: Tier, risk: Risk, name: str) -> None:
    assert POLICY.requirement_for(kind, tier, risk).name == name


def with_requirements(usual: RequirementPolicy, elevated: RequirementPolicy) -> Policy:
    """A policy whose reset link asks for these two."""
    rules = replace(
        POLICY.actions[ActionKind.RESET_LINK], requirement=dict.fromkeys(Tier, "usual"), elevated="elevated"
    )
    return replace(
        POLICY,
        requirements={"usual": usual, "elevated": elevated},
        actions={**POLICY.actions, ActionKind.RESET_LINK: rules},
    )


@given(requirements, requirements, st.sampled_from(Tier), evidence_sets)
@example(requirement((SAVED, ISSUED)), requirement((BOUND, ISSUED), unexposed=1), Tier.STANDARD, [])
def test_risk_never_lowers_what_is_asked_for(
    usual: RequirementPolicy, elevated: RequirementPolicy, tier: Tier, evidence: list[Evidence]
) -> None:
    """Whoever may act at elevated risk may act at standard risk, whatever the policy and the evidence."""
    policy = with_requirements(usual, elevated)
    risky = policy.requirement_for(ActionKind.RESET_LINK, tier, Risk.ELEVATED)
    if is_met(risky, evidence):
        assert is_met(policy.requirement_for(ActionKind.RESET_LINK, tier, Risk.STANDARD), evidence)


@given(requirements, requirements, evidence_sets)
def test_what_implies_another_is_never_met_without_it(
    stronger: RequirementPolicy, weaker: RequirementPolicy, evidence: list[Evidence]
) -> None:
    if implies(stronger, weaker) and is_met(stronger, evidence):
        assert is_met(weaker, evidence)


@given(requirements)
def test_everything_implies_itself_and_nothing_asks_less_than_nothing(one: RequirementPolicy) -> None:
    assert implies(one, one)
    assert implies(one, requirement(()))


@pytest.mark.parametrize(
    ("stronger", "weaker", "expected"),
    [
        (requirement((SAVED, ISSUED)), requirement((ISSUED,)), True),
        (requirement((ISSUED,)), requirement((SAVED, ISSUED)), False),
        (requirement((ISSUED, ISSUED)), requirement((ISSUED,)), True),
        (requirement((ISSUED,)), requirement((ISSUED, ISSUED)), False),
        (requirement((SAVED,), (ISSUED,)), requirement((SAVED,)), False),
        (requirement((SAVED,)), requirement((SAVED,), (ISSUED,)), True),
        (requirement((SAVED,)), requirement((SAVED,), confirmed=True), False),
        (requirement((SAVED,), confirmed=True), requirement((SAVED,)), True),
        (requirement((SAVED,), unexposed=1), requirement((SAVED,)), True),
        (requirement((SAVED,)), requirement((SAVED,), unexposed=1), False),
        (requirement((SAVED, ISSUED), unexposed=1), requirement((ISSUED,), unexposed=1), False),
        (requirement((SAVED, ISSUED), unexposed=2), requirement((ISSUED,), unexposed=1), True),
    ],
)
def test_which_requirement_implies_which(
    stronger: RequirementPolicy, weaker: RequirementPolicy, expected: bool
) -> None:
    assert implies(stronger, weaker) is expected


def test_one_unexposed_of_two_may_be_the_other_one() -> None:
    """Why a requirement with one unexposed proof among two does not imply one unexposed proof of a class."""
    evidence = [proof(SAVED, exposed=False), proof(ISSUED)]
    assert is_met(requirement((SAVED, ISSUED), unexposed=1), evidence)
    assert not is_met(requirement((ISSUED,), unexposed=1), evidence)
